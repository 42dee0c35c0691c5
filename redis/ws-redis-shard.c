/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The connections to one data set: they come, are watched, break and come back;
 * and the order in which things are done there. */
#include "ws-redis-shard.h"

#include <string.h>

#include "ws-redis-login.h"
#include "ws-redis-reply.h"

/* Beside what max-queued-bytes allows. */
#define REPLY_HEAD 65536

struct _WsRedisShard
{
  guint                    n_refs;
  WsRedisUrl              *url;      /* (owned) */
  const WsRedisSettings   *settings; /* (unowned) */
  const WsRedisShardFuncs *funcs;    /* (nullable): none once it is freed */
  gpointer                 data;
  char                    *channel; /* (owned): what one begins with */

  guint        host;          /* that is tried, or in use */
  guint        n_refused;     /* hosts, one after another */
  guint        n_attempts;    /* that have failed, one after another */
  WsRedisLink *commands;      /* (owned) (nullable) */
  WsRedisLink *subscriptions; /* (owned) (nullable): once commands are */
  GSource     *timer; /* (owned) (nullable): the next attempt, the end of the
                       * present one, or the next look */
  gint64       next_renewal; /* monotonic µs: of what says that we are alive */
  gint64       next_announcement; /* likewise: of all who are present */
  GError      *error;             /* (owned) (nullable) */
  gboolean     can_subscribe;
  gboolean     is_ready;    /* and all is subscribed to */
  gboolean     is_settling; /* until all is replied to */

  GTree *pending; /* topic → how often it was subscribed to without an answer;
                   * no hash table, for clients choose the names */
  GQueue held;    /* of WsRedisJob */
};

static void begin (WsRedisShard *self);

static void
unref (WsRedisShard *self)
{
  if (--self->n_refs > 0)
    return;
  ws_redis_url_free (self->url);
  g_tree_unref (self->pending);
  g_clear_error (&self->error);
  g_free (self->channel);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsRedisShard, unref)

static WsRedisShard *
ref (WsRedisShard *self)
{
  self->n_refs++;
  return self;
}

static void
stop_timer (WsRedisShard *self)
{
  if (self->timer == NULL)
    return;
  g_source_destroy (self->timer);
  g_clear_pointer (&self->timer, g_source_unref);
}

static void
start_timer (WsRedisShard *self, guint ms, GSourceFunc func)
{
  stop_timer (self);
  self->timer = g_timeout_source_new (ms);
  g_source_set_callback (self->timer, func, self, NULL);
  /* A loop inside of a callback is looked after, too. */
  g_source_set_can_recurse (self->timer, TRUE);
  g_source_attach (self->timer, self->settings->context);
}

/* --- The end of a connection --- */

static void
fail_held (WsRedisShard *self)
{
  GList *first;

  while ((first = g_queue_pop_head_link (&self->held)) != NULL)
    {
      WsRedisJob *job = first->data;

      job->fail (job, self->error);
    }
}

static void
close_links (WsRedisShard *self)
{
  WsRedisLink *commands = g_steal_pointer (&self->commands);
  WsRedisLink *subscriptions = g_steal_pointer (&self->subscriptions);

  self->is_ready = FALSE;
  self->can_subscribe = FALSE;
  self->is_settling = FALSE;
  stop_timer (self);
  g_tree_remove_all (self->pending);
  if (subscriptions != NULL)
    ws_redis_link_close (subscriptions);
  if (commands != NULL)
    ws_redis_link_close (commands);
  fail_held (self);
}

static gboolean
on_retry (gpointer data)
{
  begin (data);
  return G_SOURCE_REMOVE;
}

/* Hosts are alternatives: all are tried before there is a pause. */
static guint
choose_delay (WsRedisShard *self)
{
  int delay;

  self->host++;
  if (++self->n_refused < self->url->hosts->len)
    return 0;
  self->n_refused = 0;
  delay = ws_reconnect_policy_get_delay (self->settings->reconnect,
                                         ++self->n_attempts);
  return (guint) MAX (delay, 1);
}

void
ws_redis_shard_give_up (WsRedisShard *self, const GError *error)
{
  g_autoptr (WsRedisShard) shard = ref (self);
  GError *copy = g_error_copy (error);

  g_clear_error (&shard->error);
  shard->error = copy;
  close_links (shard);
  if (shard->funcs == NULL)
    return;
  start_timer (shard, choose_delay (shard), on_retry);
  shard->funcs->changed (shard->data, shard, shard->error);
}

static void
on_broken (gpointer data, const GError *error)
{
  ws_redis_shard_give_up (data, error);
}

/* Takes @error, of the present host. */
static void
give_up_host (WsRedisShard *self, GError *error)
{
  g_prefix_error (&error, "Redis at %s: ",
                  ws_redis_url_get_host (self->url, self->host)->name);
  ws_redis_shard_give_up (self, error);
  g_error_free (error);
}

static gboolean
on_late (gpointer data)
{
  WsRedisShard *self = data;

  give_up_host (self,
                g_error_new (WS_SOCKET_ERROR, WS_SOCKET_ERROR_SOCKET_TIMEOUT,
                             "There is no connection after the %u ms that "
                             "connect-timeout allows",
                             self->settings->connect_timeout));
  return G_SOURCE_REMOVE;
}

/* --- Looking after it --- */

static void
on_role (gpointer data, redisReply *reply)
{
  g_autoptr (WsRedisShard) self = data;
  GError *error = reply != NULL ? ws_redis_login_judge_role (reply) : NULL;

  if (error != NULL)
    give_up_host (self, error);
  else if (reply != NULL)
    ws_redis_shard_advance (self);
}

static void
on_renewed (gpointer data, redisReply *reply)
{
  g_autoptr (WsRedisShard) self = data;

  if (reply == NULL)
    return;
  /* Others have forgotten us: it took too long. */
  if (reply->type == REDIS_REPLY_INTEGER && reply->integer == 0)
    {
      g_autofree char *key
          = ws_redis_shard_name (self, "n:", self->settings->node);
      g_autofree char *ttl
          = g_strdup_printf ("%u", self->settings->presence_ttl);
      const WsRedisArg args[]
          = { WS_REDIS_ARG ("SET"), WS_REDIS_ARG (key), WS_REDIS_ARG ("1"),
              WS_REDIS_ARG ("PX"), WS_REDIS_ARG (ttl) };

      ws_redis_link_send (self->commands, args, G_N_ELEMENTS (args), NULL,
                          NULL);
      ws_broker_renew_presence (self->settings->broker);
    }
  ws_redis_shard_advance (self);
}

static void
renew (WsRedisShard *self)
{
  const gint64     now = g_get_monotonic_time ();
  g_autofree char *key = NULL;
  g_autofree char *ttl = NULL;

  if (now >= self->next_announcement)
    {
      if (self->next_announcement != 0)
        ws_broker_renew_presence (self->settings->broker);
      self->next_announcement
          = now + (gint64) WS_REDIS_PRESENCE_TTL * G_USEC_PER_SEC / 3;
    }
  if (now < self->next_renewal)
    return;
  self->next_renewal = now + self->settings->presence_ttl * 1000LL / 3;
  key = ws_redis_shard_name (self, "n:", self->settings->node);
  ttl = g_strdup_printf ("%u", self->settings->presence_ttl);
  {
    const WsRedisArg args[]
        = { WS_REDIS_ARG ("PEXPIRE"), WS_REDIS_ARG (key), WS_REDIS_ARG (ttl) };

    ws_redis_link_send (self->commands, args, G_N_ELEMENTS (args), on_renewed,
                        ref (self));
  }
}

static void
ping (WsRedisShard *self)
{
  const WsRedisArg role = WS_REDIS_ARG ("ROLE");
  const WsRedisArg ping = WS_REDIS_ARG ("PING");

  ws_redis_link_send (self->commands, &role, 1, on_role, ref (self));
  ws_redis_link_send (self->subscriptions, &ping, 1, NULL, NULL);
}

/* Both were asked for something when this was called last. */
static gboolean
on_look (gpointer data)
{
  g_autoptr (WsRedisShard) self = ref (data);
  GSource *timer = self->timer;

  if (!ws_redis_link_is_alive (self->commands)
      || (self->subscriptions != NULL
          && !ws_redis_link_is_alive (self->subscriptions)))
    {
      if (self->commands != NULL && self->timer == timer)
        give_up_host (self, g_error_new (WS_SOCKET_ERROR,
                                         WS_SOCKET_ERROR_SOCKET_TIMEOUT,
                                         "It has said nothing for the %u ms of "
                                         "ping-interval",
                                         self->settings->ping_interval));
      return G_SOURCE_REMOVE;
    }
  if (self->commands == NULL || self->timer != timer)
    return G_SOURCE_REMOVE;
  ping (self);
  renew (self);
  return G_SOURCE_CONTINUE;
}

static guint
choose_interval (WsRedisShard *self)
{
  const guint third = self->settings->presence_ttl / 3;

  return MAX (1, MIN (self->settings->ping_interval, third));
}

/* --- Subscriptions --- */

static void
subscribe (WsRedisShard *self, const char *command, const char *topic)
{
  g_autofree char *channel = ws_redis_shard_name_channel (self, topic);
  const WsRedisArg args[] = { WS_REDIS_ARG (command), WS_REDIS_ARG (channel) };

  ws_redis_link_send (self->subscriptions, args, G_N_ELEMENTS (args), NULL,
                      NULL);
}

static void
note_pending (WsRedisShard *self, const char *topic)
{
  const gsize n = GPOINTER_TO_SIZE (g_tree_lookup (self->pending, topic));

  g_tree_insert (self->pending, g_strdup (topic), GSIZE_TO_POINTER (n + 1));
}

void
ws_redis_shard_subscribe (WsRedisShard *self, const char *topic)
{
  if (!self->can_subscribe)
    return;
  note_pending (self, topic);
  subscribe (self, "SUBSCRIBE", topic);
}

void
ws_redis_shard_unsubscribe (WsRedisShard *self, const char *topic)
{
  if (self->can_subscribe)
    subscribe (self, "UNSUBSCRIBE", topic);
}

static void
get_ready (WsRedisShard *self)
{
  self->is_ready = TRUE;
  self->n_attempts = 0;
  self->n_refused = 0;
  g_clear_error (&self->error);
  start_timer (self, choose_interval (self), on_look);
  self->next_renewal = 0;
  self->next_announcement = 0;
  ping (self);
  self->funcs->changed (self->data, self, NULL);
}

static void
on_subscribed (WsRedisShard *self, const char *topic)
{
  const gsize n = GPOINTER_TO_SIZE (g_tree_lookup (self->pending, topic));

  if (n > 1)
    g_tree_insert (self->pending, g_strdup (topic), GSIZE_TO_POINTER (n - 1));
  else
    g_tree_remove (self->pending, topic);
  if (!self->is_ready && g_tree_nnodes (self->pending) == 0)
    get_ready (self);
  else if (self->held.length > 0)
    ws_redis_shard_advance (self);
}

/* (nullable): the topic of a channel of ours. */
static const char *
topic_of (WsRedisShard *self, const redisReply *channel)
{
  const gsize len = strlen (self->channel);

  if (!ws_redis_reply_is_text (channel) || channel->len < len
      || memcmp (channel->str, self->channel, len) != 0
      || strlen (channel->str) != channel->len
      || !g_utf8_validate (channel->str, (gssize) channel->len, NULL))
    return NULL;
  return channel->str + len;
}

static void
on_pushed (gpointer data, redisReply *reply)
{
  g_autoptr (WsRedisShard) self = ref (data);
  const char *kind, *topic;

  /* Of a PING, as long as nothing is subscribed to. */
  if (ws_redis_reply_is_text (reply))
    return;
  if (!ws_redis_reply_has (reply, 2)
      || !ws_redis_reply_is_text (reply->element[0]))
    {
      give_up_host (self, ws_redis_reply_to_error (
                              reply, "It says something that does not belong "
                                     "to a subscription"));
      return;
    }
  kind = reply->element[0]->str;
  topic = topic_of (self, reply->element[1]);
  if (topic == NULL)
    return;
  if (strcmp (kind, "message") == 0 && reply->elements == 3
      && ws_redis_reply_is_text (reply->element[2]))
    {
      g_autoptr (GBytes) payload
          = ws_redis_reply_take_bytes (reply->element[2]);

      self->funcs->came (self->data, topic, payload);
    }
  else if (strcmp (kind, "subscribe") == 0)
    on_subscribed (self, topic);
}

/* --- Connecting --- */

static void
on_subscriptions_login (gpointer data, const GError *error)
{
  WsRedisShard *self = data;
  g_autoptr (GPtrArray) topics = NULL;

  if (error != NULL)
    {
      give_up_host (self, g_error_copy (error));
      return;
    }
  ws_redis_link_only_push (self->subscriptions);
  self->can_subscribe = TRUE;
  topics = self->funcs->get_topics (self->data, self);
  for (guint i = 0; i < topics->len; i++)
    ws_redis_shard_subscribe (self, g_ptr_array_index (topics, i));
  if (topics->len == 0)
    get_ready (self);
}

static const WsRedisLinkFuncs link_funcs = { on_pushed, on_broken };

static WsRedisLink *
open_link (WsRedisShard *self)
{
  return ws_redis_link_new (ws_redis_url_get_host (self->url, self->host),
                            self->url->is_tls,
                            (gsize) ws_broker_get_max_queued_bytes (
                                self->settings->broker)
                                + REPLY_HEAD,
                            self->settings->context, &link_funcs, self);
}

/* This host is the one: subscriptions are made there, too. */
static void
on_commands_login (gpointer data, const GError *error)
{
  WsRedisShard *self = data;

  if (error != NULL)
    {
      give_up_host (self, g_error_copy (error));
      return;
    }
  self->subscriptions = open_link (self);
  ws_redis_login_for_subscriptions (self->subscriptions, self->url,
                                    on_subscriptions_login, self);
}

static void
begin (WsRedisShard *self)
{
  start_timer (self, self->settings->connect_timeout, on_late);
  self->commands = open_link (self);
  ws_redis_login_for_commands (self->commands, self->url, self->settings,
                               on_commands_login, self);
}

/* --- What is done in its turn --- */

static gboolean
has_to_wait (WsRedisShard *self, const WsRedisJob *job)
{
  return self->is_settling || g_tree_lookup (self->pending, job->topic) != NULL;
}

void
ws_redis_shard_submit (WsRedisShard *self, WsRedisJob *job)
{
  job->link.data = job;
  if (!self->is_ready)
    job->fail (job, self->error);
  else if (self->held.length > 0 || has_to_wait (self, job))
    g_queue_push_tail_link (&self->held, &job->link);
  else
    job->send (job, self->commands);
}

void
ws_redis_shard_send_again (WsRedisShard *self, WsRedisJob *job)
{
  self->is_settling = TRUE;
  job->send (job, self->commands);
}

void
ws_redis_shard_advance (WsRedisShard *self)
{
  WsRedisJob *first;

  if (!self->is_ready)
    return;
  if (self->is_settling && ws_redis_link_count_unanswered (self->commands) == 0)
    self->is_settling = FALSE;
  while (self->is_ready && (first = g_queue_peek_head (&self->held)) != NULL
         && !has_to_wait (self, first))
    {
      g_queue_unlink (&self->held, &first->link);
      first->send (first, self->commands);
    }
}

/* --- Life --- */

static int
compare_topics (gconstpointer a, gconstpointer b, gpointer data)
{
  return strcmp (a, b);
}

WsRedisShard *
ws_redis_shard_new (WsRedisUrl              *url,
                    const WsRedisSettings   *settings,
                    const WsRedisShardFuncs *funcs,
                    gpointer                 data)
{
  WsRedisShard *self = g_new0 (WsRedisShard, 1);

  self->n_refs = 1;
  self->url = url;
  self->settings = settings;
  self->funcs = funcs;
  self->data = data;
  self->channel
      = g_strdup_printf ("%sc%u:", settings->prefix, self->url->database);
  self->pending = g_tree_new_full (compare_topics, NULL, g_free, NULL);
  start_timer (self, 0, on_retry);
  return self;
}

void
ws_redis_shard_free (WsRedisShard *self)
{
  self->funcs = NULL;
  if (self->error == NULL)
    self->error
        = g_error_new_literal (WS_SOCKET_ERROR, WS_SOCKET_ERROR_NOT_CONNECTED,
                               "The broker has been disposed of");
  close_links (self);
  unref (self);
}

gboolean
ws_redis_shard_is_ready (WsRedisShard *self)
{
  return self->is_ready;
}

const GError *
ws_redis_shard_get_error (WsRedisShard *self)
{
  return self->error;
}

char *
ws_redis_shard_name (WsRedisShard *self, const char *kind, const char *topic)
{
  return g_strconcat (self->settings->prefix, kind, topic, NULL);
}

/* Channels are the same for all databases of a server. */
char *
ws_redis_shard_name_channel (WsRedisShard *self, const char *topic)
{
  return g_strconcat (self->channel, topic, NULL);
}

WsRedisLink *
ws_redis_shard_peek_commands (WsRedisShard *self)
{
  return self->is_ready ? self->commands : NULL;
}
