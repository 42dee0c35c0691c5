/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which topic is where, and what a broker does there. */
#include "ws-redis-broker-carry.h"

#include <string.h>

#include "ws-redis-entry.h"
#include "ws-redis-job.h"

/* Of what is around a publication at Redis. */
#define MARGIN 1024

/* --- Which topic is where --- */

/* FNV-1a; the last step is that of splitmix64, for neighbours are alike. */
static guint64
hash_topic (const char *topic)
{
  guint64 hash = G_GUINT64_CONSTANT (0xcbf29ce484222325);

  for (; *topic != '\0'; topic++)
    hash = (hash ^ (guint8) *topic) * G_GUINT64_CONSTANT (0x100000001b3);
  hash = (hash ^ hash >> 30) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  hash = (hash ^ hash >> 27) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  return hash ^ hash >> 31;
}

/* Jump consistent hashing (Lamping and Veach): of n shards, one more takes a
 * topic from each other, and nothing else moves. */
static WsRedisShard *
find_shard (WsRedisBroker *self, const char *topic)
{
  guint64 hash = hash_topic (topic);
  gint64  place = -1, next = 0;

  while (next < self->shards->len)
    {
      place = next;
      hash = hash * G_GUINT64_CONSTANT (2862933555777941757) + 1;
      next = (gint64) ((double) (place + 1)
                       * ((double) (G_GINT64_CONSTANT (1) << 31)
                          / (double) ((hash >> 33) + 1)));
    }
  return place >= 0 ? g_ptr_array_index (self->shards, place) : NULL;
}

/* --- What the shards tell --- */

static gboolean
is_ready (WsRedisBroker *self)
{
  for (guint i = 0; i < self->shards->len; i++)
    if (!ws_redis_shard_is_ready (g_ptr_array_index (self->shards, i)))
      return FALSE;
  return self->shards->len > 0;
}

static void
on_changed (gpointer data, WsRedisShard *shard, const GError *error)
{
  WsRedisBroker *self = data;

  ws_broker_set_state (WS_BROKER (self),
                       is_ready (self) ? WS_BROKER_STATE_CONNECTED
                                       : WS_BROKER_STATE_CONNECTING,
                       error);
}

static void
on_came (gpointer data, const char *topic, GBytes *payload)
{
  WsRedisBroker *self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (WsPublication) publication
      = ws_redis_entry_read (topic, payload, &error);

  if (publication != NULL)
    ws_broker_deliver (WS_BROKER (self), publication);
  else
    ws_broker_report_foreign (WS_BROKER (self), error);
}

static GPtrArray *
get_topics (gpointer data, WsRedisShard *shard)
{
  WsRedisBroker *self = data;
  GPtrArray     *topics = g_ptr_array_new_with_free_func (g_free);
  char         **all = ws_broker_get_topics (WS_BROKER (self));

  for (guint i = 0; all[i] != NULL; i++)
    if (find_shard (self, all[i]) == shard)
      g_ptr_array_add (topics, all[i]);
    else
      g_free (all[i]);
  g_free (all);
  return topics;
}

static const WsRedisShardFuncs shard_funcs
    = { on_changed, on_came, get_topics };

/* --- What a broker does --- */

static void
carry (WsBroker *broker, WsPublication *publication, WsBrokerQuery *query)
{
  WsRedisBroker *self = WS_REDIS_BROKER (broker);
  const char    *topic = ws_publication_get_topic (publication);
  const guint64  most = ws_broker_get_max_queued_bytes (broker);
  guint          max_count;
  guint64        max_age;
  gsize          len;

  ws_message_get_data (ws_publication_get_message (publication), &len);
  if (len + strlen (topic) + MARGIN > most)
    {
      g_autoptr (GError) error
          = g_error_new (WS_SOCKET_ERROR, WS_SOCKET_ERROR_MESSAGE_TOO_BIG,
                         "A message of %" G_GSIZE_FORMAT
                         " bytes is more than servers with a "
                         "max-queued-bytes of %" G_GUINT64_FORMAT
                         " take from Redis",
                         len, most);

      ws_broker_query_fail (query, error);
      return;
    }
  ws_broker_get_history (broker, topic, &max_count, &max_age);
  ws_redis_job_publish (find_shard (self, topic), &self->settings, publication,
                        max_count, max_age, query);
}

static void
subscribe (WsBroker *broker, const char *topic)
{
  WsRedisShard *shard = find_shard (WS_REDIS_BROKER (broker), topic);

  if (shard != NULL)
    ws_redis_shard_subscribe (shard, topic);
}

static void
unsubscribe (WsBroker *broker, const char *topic)
{
  WsRedisShard *shard = find_shard (WS_REDIS_BROKER (broker), topic);

  if (shard != NULL)
    ws_redis_shard_unsubscribe (shard, topic);
}

static WsRedisShard *
find_shard_or_fail (WsRedisBroker *self, WsBrokerQuery *query)
{
  WsRedisShard *shard = find_shard (self, ws_broker_query_get_topic (query));
  g_autoptr (GError) error = NULL;

  if (shard != NULL)
    return shard;
  error = g_error_new_literal (WS_SOCKET_ERROR, WS_SOCKET_ERROR_NOT_CONNECTED,
                               "The broker has no valid URL");
  ws_broker_query_fail (query, error);
  return NULL;
}

static void
read_history (WsBroker *broker, WsBrokerQuery *query)
{
  WsRedisBroker *self = WS_REDIS_BROKER (broker);
  WsRedisShard  *shard = find_shard_or_fail (self, query);
  guint64        max_age;
  const gboolean has_history
      = ws_broker_get_history (broker, ws_broker_query_get_topic (query), NULL,
                               &max_age);

  if (shard != NULL)
    ws_redis_job_read_history (shard, &self->settings, has_history, max_age,
                               query);
}

static void
announce (WsBroker   *broker,
          const char *topic,
          const char *client,
          const char *data)
{
  WsRedisBroker *self = WS_REDIS_BROKER (broker);
  WsRedisShard  *shard = find_shard (self, topic);

  if (shard != NULL)
    ws_redis_job_announce (shard, &self->settings, topic, client, data);
}

static void
read_presence (WsBroker *broker, WsBrokerQuery *query)
{
  WsRedisBroker *self = WS_REDIS_BROKER (broker);
  WsRedisShard  *shard = find_shard_or_fail (self, query);

  if (shard != NULL)
    ws_redis_job_read_presence (shard, &self->settings, query);
}

gboolean
ws_redis_broker_create_shards (WsRedisBroker *self)
{
  for (guint i = 0; self->urls != NULL && self->urls[i] != NULL; i++)
    {
      WsRedisUrl *url = ws_redis_url_parse (self->urls[i], NULL);

      if (url == NULL)
        {
          g_ptr_array_set_size (self->shards, 0);
          return FALSE;
        }
      g_ptr_array_add (self->shards, ws_redis_shard_new (url, &self->settings,
                                                         &shard_funcs, self));
    }
  return self->shards->len > 0;
}

void
ws_redis_broker_set_carrier (WsBrokerClass *klass)
{
  klass->carry = carry;
  klass->subscribe = subscribe;
  klass->unsubscribe = unsubscribe;
  klass->read_history = read_history;
  klass->announce = announce;
  klass->read_presence = read_presence;
}
