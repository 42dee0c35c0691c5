/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The broker of several machines: its class and its life. */
#include "ws-glib-redis/ws-redis-broker.h"

#include <string.h>

#include "ws-redis-broker-carry.h"
#include "ws-redis-broker-properties.h"
#include "ws-redis-shard.h"

/**
 * WsRedisBroker:
 *
 * Joins servers of several processes and machines, with Redis between them.
 *
 * It connects by itself as soon as the main context of its thread runs, and
 * comes back by itself however the connection ends: [property@Ws.Broker:state]
 * and [signal@Ws.Broker::error] tell. Redis 6 or later is needed; what keeps to
 * Redis' protocol, such as Valkey, will do.
 *
 * Of the hosts of a URL the broker uses the one that says that it is the
 * master, and looks again when that has become a replica. So a failover is over
 * as soon as a replica was promoted.
 *
 * With several [property@WsRedis.Broker:urls] each topic is at one of them,
 * which is the same for all nodes that have the same URLs in the same order.
 * The broker is connected while all of them are.
 *
 * All properties but [property@WsRedis.Broker:urls] and
 * [property@WsRedis.Broker:prefix] may be set before the main context runs, and
 * count for the next connection later.
 *
 * Since: 1.0
 */

G_DEFINE_FINAL_TYPE (WsRedisBroker, ws_redis_broker, WS_TYPE_BROKER)

/* --- Life --- */

static gboolean
on_problem (gpointer data)
{
  WsRedisBroker *self = data;
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&self->problem, g_source_unref);
  for (guint i = 0; self->urls != NULL && self->urls[i] != NULL; i++)
    {
      WsRedisUrl *url = ws_redis_url_parse (self->urls[i], &error);

      if (url == NULL)
        break;
      ws_redis_url_free (url);
    }
  if (error == NULL)
    error = g_error_new_literal (WS_SOCKET_ERROR,
                                 WS_SOCKET_ERROR_INVALID_ARGUMENT,
                                 "The broker has no URL of Redis");
  ws_broker_set_state (WS_BROKER (self), WS_BROKER_STATE_UNCONNECTED, error);
  return G_SOURCE_REMOVE;
}

/* What is wrong is told when somebody can have begun to listen. */
static void
tell_problem (WsRedisBroker *self)
{
  self->problem = g_idle_source_new ();
  g_source_set_priority (self->problem, G_PRIORITY_DEFAULT);
  g_source_set_callback (self->problem, on_problem, self, NULL);
  g_source_attach (self->problem, self->settings.context);
}

static void
ws_redis_broker_constructed (GObject *object)
{
  WsRedisBroker *self = WS_REDIS_BROKER (object);

  G_OBJECT_CLASS (ws_redis_broker_parent_class)->constructed (object);
  if (ws_redis_broker_create_shards (self))
    ws_broker_set_state (WS_BROKER (self), WS_BROKER_STATE_CONNECTING, NULL);
  else
    tell_problem (self);
}

static void
let_go (WsRedisBroker *self)
{
  g_ptr_array_set_size (self->shards, 0);
  if (self->problem == NULL)
    return;
  g_source_destroy (self->problem);
  g_clear_pointer (&self->problem, g_source_unref);
}

static void
ws_redis_broker_dispose (GObject *object)
{
  WsRedisBroker *self = WS_REDIS_BROKER (object);

  /* Elsewhere the parent class only takes it home. */
  if (self->thread == g_thread_self ())
    let_go (self);
  G_OBJECT_CLASS (ws_redis_broker_parent_class)->dispose (object);
}

static void
ws_redis_broker_finalize (GObject *object)
{
  WsRedisBroker *self = WS_REDIS_BROKER (object);

  g_ptr_array_unref (self->shards);
  g_main_context_unref (self->settings.context);
  g_clear_object (&self->settings.reconnect);
  g_free (self->settings.prefix);
  g_free (self->settings.node);
  g_strfreev (self->urls);
  G_OBJECT_CLASS (ws_redis_broker_parent_class)->finalize (object);
}

static void
ws_redis_broker_class_init (WsRedisBrokerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->constructed = ws_redis_broker_constructed;
  object_class->dispose = ws_redis_broker_dispose;
  object_class->finalize = ws_redis_broker_finalize;
  ws_redis_broker_set_carrier (WS_BROKER_CLASS (klass));
  ws_redis_broker_install_properties (object_class);
}

static char *
make_node (void)
{
  char *uuid = g_uuid_string_random ();

  /* Hexadecimal digits only. */
  memmove (uuid + 8, uuid + 24, strlen (uuid + 24) + 1);
  return uuid;
}

static void
ws_redis_broker_init (WsRedisBroker *self)
{
  WsRedisSettings *settings = &self->settings;

  self->shards
      = g_ptr_array_new_with_free_func ((GDestroyNotify) ws_redis_shard_free);
  self->thread = g_thread_self ();
  settings->broker = WS_BROKER (self);
  settings->context = g_main_context_ref_thread_default ();
  settings->node = make_node ();
  ws_redis_broker_init_settings (self);
}

/**
 * ws_redis_broker_new: (constructor)
 * @url: where Redis is ([property@WsRedis.Broker:urls])
 * @error: return location for an error
 *
 * Creates a broker for the servers of all processes that use the same Redis.
 *
 * It connects when the main context runs that is thread-default now.
 *
 * Fails with %WS_SOCKET_ERROR_INVALID_ARGUMENT if @url is wrong.
 *
 * Returns: (transfer full) (type WsRedis.Broker): a new broker, or %NULL with
 *   @error set
 *
 * Since: 1.0
 */
WsBroker *
ws_redis_broker_new (const char *url, GError **error)
{
  const char *const urls[] = { url, NULL };
  g_autoptr (WsRedisUrl) parsed = NULL;

  g_return_val_if_fail (url != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  parsed = ws_redis_url_parse (url, error);
  if (parsed == NULL)
    return NULL;
  return g_object_new (WS_REDIS_TYPE_BROKER, "urls", urls, NULL);
}
