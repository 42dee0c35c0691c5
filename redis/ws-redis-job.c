/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a broker is asked for, in the words of Redis, and what the replies to it
 * say. */
#include "ws-redis-job.h"

#include <string.h>

#include "ws-redis-entry.h"
#include "ws-redis-reply.h"
#include "ws-redis-script.h"

/* Bytes of publications that a reply may have, and one more publication. */
#define MAX_PAGE "1048576"
/* What a number of Lua holds exactly. */
#define MAX_OFFSET (G_GUINT64_CONSTANT (1) << 53)

typedef struct _Job Job;
struct _Job
{
  WsRedisJob             base;
  WsRedisShard          *shard; /* (unowned) */
  const WsRedisSettings *settings;
  WsBrokerQuery         *query;       /* (owned) */
  WsPublication         *publication; /* (owned) (nullable) */
  guint                  max_count;
  guint64                max_age;  /* ms */
  gboolean               is_whole; /* Redis does not know the script */
  void (*use) (Job *self, redisReply *reply);
};

static void
job_free (Job *self)
{
  g_clear_pointer (&self->publication, ws_publication_unref);
  g_object_unref (self->query);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Job, job_free)

/* --- How it ends --- */

static void
fail_query (WsBrokerQuery *query, GError *error)
{
  ws_broker_query_fail (query, error);
  g_error_free (error);
}

static void
fail (WsRedisJob *base, const GError *error)
{
  g_autoptr (Job) self = (Job *) base;

  fail_query (self->query,
              g_error_new (WS_SOCKET_ERROR, WS_SOCKET_ERROR_NOT_CONNECTED,
                           "There is no connection to Redis%s%s",
                           error != NULL ? ": " : "",
                           error != NULL ? error->message : ""));
}

static void
lose (Job *self)
{
  const GError *error = ws_redis_shard_get_error (self->shard);

  fail_query (self->query,
              g_error_new (WS_SOCKET_ERROR, WS_SOCKET_ERROR_NOT_CONNECTED,
                           "The connection broke before Redis has replied: %s",
                           error != NULL ? error->message : ""));
}

static GError *
refuse (redisReply *reply)
{
  GError *error
      = ws_redis_reply_to_error (reply, "Its reply is not the expected one");

  g_prefix_error (&error, "Redis has not done it. ");
  return error;
}

static void
on_reply (gpointer data, redisReply *reply)
{
  Job          *self = data;
  WsRedisShard *shard = self->shard;

  if (reply == NULL)
    {
      lose (self);
      job_free (self);
      return;
    }
  if (ws_redis_reply_is_error (reply, "NOSCRIPT") && !self->is_whole)
    {
      self->is_whole = TRUE;
      ws_redis_shard_send_again (shard, &self->base);
      return;
    }
  if (ws_redis_reply_is_error (reply, "READONLY"))
    {
      g_autoptr (GError) error = refuse (reply);

      ws_broker_query_fail (self->query, error);
      job_free (self);
      ws_redis_shard_give_up (shard, error);
      return;
    }
  self->use (self, reply);
  job_free (self);
  ws_redis_shard_advance (shard);
}

/* --- What is said --- */

/* (transfer full): as texts, for the arguments of commands. */
#define NUMBER(number) \
  g_strdup_printf ("%" G_GUINT64_FORMAT, (guint64) (number))

/* The first @n_keys of @args are keys; at most 9. */
static void
run_script (Job              *self,
            WsRedisLink      *link,
            WsRedisScript     script,
            const char       *n_keys,
            const WsRedisArg *args,
            guint             n_args)
{
  const char *text = self->is_whole ? ws_redis_script_get_text (script)
                                    : ws_redis_script_get_hash (script);
  WsRedisArg  all[12] = { WS_REDIS_ARG (self->is_whole ? "EVAL" : "EVALSHA"),
                          WS_REDIS_ARG (text), WS_REDIS_ARG (n_keys) };

  g_assert (n_args + 3 <= G_N_ELEMENTS (all));
  memcpy (all + 3, args, n_args * sizeof *args);
  ws_redis_link_send (link, all, n_args + 3, on_reply, self);
}

static Job *
job_new (WsRedisShard          *shard,
         const WsRedisSettings *settings,
         WsBrokerQuery         *query,
         void (*send) (WsRedisJob *self, WsRedisLink *link),
         void (*use) (Job *self, redisReply *reply))
{
  Job *self = g_new0 (Job, 1);

  self->shard = shard;
  self->settings = settings;
  self->query = g_object_ref (query);
  self->base.topic = ws_broker_query_get_topic (query);
  self->base.send = send;
  self->base.fail = fail;
  self->use = use;
  return self;
}

/* An epoch that no topic has had before. */
static char *
make_epoch (void)
{
  g_autofree char *uuid = g_uuid_string_random ();

  uuid[8] = '\0';
  return g_strconcat (uuid, uuid + 24, NULL);
}

/* --- Publishing --- */

static void
use_published (Job *self, redisReply *reply)
{
  if (reply->type == REDIS_REPLY_INTEGER)
    ws_broker_query_succeed (self->query);
  else
    fail_query (self->query, refuse (reply));
}

static void
send_publish (WsRedisJob *base, WsRedisLink *link)
{
  Job             *self = (Job *) base;
  g_autofree char *channel
      = ws_redis_shard_name_channel (self->shard, base->topic);
  g_autoptr (GBytes) bytes = ws_publication_to_bytes (self->publication);
  const WsRedisArg args[] = { WS_REDIS_ARG ("PUBLISH"), WS_REDIS_ARG (channel),
                              WS_REDIS_ARG_BYTES (bytes) };

  ws_redis_link_send (link, args, G_N_ELEMENTS (args), on_reply, self);
}

static void
send_keep (WsRedisJob *base, WsRedisLink *link)
{
  Job             *self = (Job *) base;
  WsRedisShard    *shard = self->shard;
  g_autofree char *head = ws_redis_shard_name (shard, "e:", base->topic);
  g_autofree char *stream = ws_redis_shard_name (shard, "h:", base->topic);
  g_autofree char *channel = ws_redis_shard_name_channel (shard, base->topic);
  g_autofree char *max_count = NUMBER (self->max_count);
  g_autofree char *max_age = NUMBER (self->max_age);
  g_autofree char *ttl = NUMBER (self->settings->history_ttl);
  g_autofree char *epoch = make_epoch ();
  g_autoptr (GBytes) bytes = ws_publication_to_bytes (self->publication);
  const WsRedisArg args[]
      = { WS_REDIS_ARG (head),      WS_REDIS_ARG (stream),
          WS_REDIS_ARG (channel),   WS_REDIS_ARG_BYTES (bytes),
          WS_REDIS_ARG (max_count), WS_REDIS_ARG (max_age),
          WS_REDIS_ARG (ttl),       WS_REDIS_ARG (epoch) };

  run_script (self, link, WS_REDIS_SCRIPT_KEEP, "2", args, G_N_ELEMENTS (args));
}

void
ws_redis_job_publish (WsRedisShard          *shard,
                      const WsRedisSettings *settings,
                      WsPublication         *publication,
                      guint                  max_count,
                      guint64                max_age,
                      WsBrokerQuery         *query)
{
  Job *self = job_new (shard, settings, query,
                       max_count > 0 ? send_keep : send_publish, use_published);

  self->publication = ws_publication_ref (publication);
  self->max_count = max_count;
  self->max_age = max_age;
  ws_redis_shard_submit (shard, &self->base);
}

/* --- History --- */

/* FALSE: it is none of ours. */
static gboolean
add_entry (Job *self, const char *epoch, redisReply *id, redisReply *message)
{
  guint64 offset = 0;
  char   *end = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (WsPublication) publication = NULL;
  g_autoptr (WsPublication) placed = NULL;

  if (ws_redis_reply_is_text (id) && ws_redis_reply_is_text (message))
    {
      offset = g_ascii_strtoull (id->str, &end, 10);
      bytes = ws_redis_reply_take_bytes (message);
    }
  if (offset == 0 || strcmp (end, "-0") != 0)
    error = g_error_new (WS_SOCKET_ERROR, WS_SOCKET_ERROR_PROTOCOL,
                         "What is in the history of the topic \"%s\" is no "
                         "publication: its id is no offset",
                         self->base.topic);
  else
    publication
        = ws_publication_new_from_bytes (self->base.topic, bytes, &error);
  if (publication == NULL)
    {
      ws_broker_report_foreign (self->settings->broker, error);
      return FALSE;
    }
  placed = ws_publication_new_at (publication, epoch, offset);
  ws_broker_query_add_publication (self->query, placed);
  return TRUE;
}

static gboolean
read_position (redisReply *reply, char **epoch, guint64 *offset)
{
  if (!ws_redis_reply_has (reply, 2)
      || !ws_redis_reply_is_text (reply->element[0])
      || !ws_redis_reply_is_text (reply->element[1])
      || !g_utf8_validate (reply->element[0]->str,
                           (gssize) reply->element[0]->len, NULL))
    return FALSE;
  *epoch = reply->element[0]->str;
  *offset = g_ascii_strtoull (reply->element[1]->str, NULL, 10);
  return TRUE;
}

static void
use_history (Job *self, redisReply *reply)
{
  char   *epoch;
  guint64 offset;

  if (!read_position (reply, &epoch, &offset))
    {
      fail_query (self->query, refuse (reply));
      return;
    }
  ws_broker_query_set_position (self->query, epoch, offset);
  for (gsize i = 2; i + 1 < reply->elements; i += 2)
    add_entry (self, epoch, reply->element[i], reply->element[i + 1]);
  ws_broker_query_succeed (self->query);
}

static void
send_read (WsRedisJob *base, WsRedisLink *link)
{
  Job             *self = (Job *) base;
  WsRedisShard    *shard = self->shard;
  const guint64    after = ws_broker_query_get_offset (self->query);
  const guint      n = ws_broker_query_get_max_count (self->query);
  const char      *known = ws_broker_query_get_epoch (self->query);
  g_autofree char *head = ws_redis_shard_name (shard, "e:", base->topic);
  g_autofree char *stream = ws_redis_shard_name (shard, "h:", base->topic);
  g_autofree char *offset = NUMBER (MIN (after, MAX_OFFSET));
  g_autofree char *max_count = NUMBER (after <= MAX_OFFSET ? n : 0);
  g_autofree char *max_age = NUMBER (self->max_age);
  g_autofree char *ttl = NUMBER (self->settings->history_ttl);
  g_autofree char *epoch = make_epoch ();
  const WsRedisArg args[] = { WS_REDIS_ARG (head),
                              WS_REDIS_ARG (stream),
                              WS_REDIS_ARG (known != NULL ? known : ""),
                              WS_REDIS_ARG (offset),
                              WS_REDIS_ARG (max_count),
                              WS_REDIS_ARG (max_age),
                              WS_REDIS_ARG (MAX_PAGE),
                              WS_REDIS_ARG (ttl),
                              WS_REDIS_ARG (epoch) };

  run_script (self, link, WS_REDIS_SCRIPT_READ, "2", args, G_N_ELEMENTS (args));
}

/* All is subscribed to: that is all that was asked. */
static void
send_nothing (WsRedisJob *base, WsRedisLink *link)
{
  Job *self = (Job *) base;

  ws_broker_query_succeed (self->query);
  job_free (self);
}

void
ws_redis_job_read_history (WsRedisShard          *shard,
                           const WsRedisSettings *settings,
                           gboolean               has_history,
                           guint64                max_age,
                           WsBrokerQuery         *query)
{
  Job *self = job_new (shard, settings, query,
                       has_history ? send_read : send_nothing, use_history);

  self->max_age = max_age;
  ws_redis_shard_submit (shard, &self->base);
}

/* --- Who is present --- */

static void
use_presence (Job *self, redisReply *reply)
{
  if (!ws_redis_reply_has (reply, 0))
    {
      fail_query (self->query, refuse (reply));
      return;
    }
  for (gsize i = 0; i + 1 < reply->elements; i += 2)
    {
      const redisReply *name = reply->element[i];
      const redisReply *data = reply->element[i + 1];

      if (ws_redis_reply_is_text (name) && ws_redis_reply_is_text (data)
          && g_utf8_validate (name->str, (gssize) name->len, NULL)
          && g_utf8_validate (data->str, (gssize) data->len, NULL))
        ws_broker_query_add_presence (self->query, name->str, data->str);
    }
  ws_broker_query_succeed (self->query);
}

static void
send_presence (WsRedisJob *base, WsRedisLink *link)
{
  Job             *self = (Job *) base;
  g_autofree char *key = ws_redis_shard_name (self->shard, "p:", base->topic);
  g_autofree char *nodes = ws_redis_shard_name (self->shard, "n:", "");
  const WsRedisArg args[] = { WS_REDIS_ARG (key), WS_REDIS_ARG (nodes) };

  run_script (self, link, WS_REDIS_SCRIPT_PRESENCE, "1", args,
              G_N_ELEMENTS (args));
}

void
ws_redis_job_read_presence (WsRedisShard          *shard,
                            const WsRedisSettings *settings,
                            WsBrokerQuery         *query)
{
  Job *self = job_new (shard, settings, query, send_presence, use_presence);

  ws_redis_shard_submit (shard, &self->base);
}

void
ws_redis_job_announce (WsRedisShard          *shard,
                       const WsRedisSettings *settings,
                       const char            *topic,
                       const char            *client,
                       const char            *data)
{
  WsRedisLink     *link = ws_redis_shard_peek_commands (shard);
  g_autofree char *key = ws_redis_shard_name (shard, "p:", topic);
  g_autofree char *field = g_strdup_printf ("%s:%s", settings->node, client);
  g_autofree char *ttl = NUMBER (WS_REDIS_PRESENCE_TTL);
  const WsRedisArg set[]
      = { WS_REDIS_ARG ("HSET"), WS_REDIS_ARG (key), WS_REDIS_ARG (field),
          WS_REDIS_ARG (data != NULL ? data : "") };
  const WsRedisArg keep[]
      = { WS_REDIS_ARG ("EXPIRE"), WS_REDIS_ARG (key), WS_REDIS_ARG (ttl) };
  const WsRedisArg end[]
      = { WS_REDIS_ARG ("HDEL"), WS_REDIS_ARG (key), WS_REDIS_ARG (field) };

  /* All are announced once more when there is a connection. */
  if (link == NULL)
    return;
  if (data == NULL)
    {
      ws_redis_link_send (link, end, G_N_ELEMENTS (end), NULL, NULL);
      return;
    }
  ws_redis_link_send (link, set, G_N_ELEMENTS (set), NULL, NULL);
  ws_redis_link_send (link, keep, G_N_ELEMENTS (keep), NULL, NULL);
}
