/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What can be set of a broker. */
#include "ws-redis-broker-properties.h"

#define DEFAULT_PREFIX          "ws:"
#define DEFAULT_CONNECT_TIMEOUT 10000
#define DEFAULT_PING_INTERVAL   5000
#define DEFAULT_PRESENCE_TTL    30000
#define DEFAULT_HISTORY_TTL     (G_GUINT64_CONSTANT (7) * 24 * 3600 * 1000)
#define MIN_DELAY               200
#define MAX_DELAY               10000

enum
{
  PROP_URLS = 1,
  PROP_PREFIX,
  PROP_CONNECT_TIMEOUT,
  PROP_PING_INTERVAL,
  PROP_PRESENCE_TTL,
  PROP_HISTORY_TTL,
  PROP_RECONNECT,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

/**
 * ws_redis_broker_get_urls:
 * @self: a broker
 *
 * Gets where Redis is.
 *
 * They may hold passwords.
 *
 * Returns: (transfer none) (array zero-terminated=1) (nullable): the URLs
 *
 * Since: 1.0
 */
const char *const *
ws_redis_broker_get_urls (WsRedisBroker *self)
{
  g_return_val_if_fail (WS_REDIS_IS_BROKER (self), NULL);

  return (const char *const *) self->urls;
}

/**
 * ws_redis_broker_get_prefix:
 * @self: a broker
 *
 * Gets what the names of all keys and channels begin with.
 *
 * Returns: the prefix
 *
 * Since: 1.0
 */
const char *
ws_redis_broker_get_prefix (WsRedisBroker *self)
{
  g_return_val_if_fail (WS_REDIS_IS_BROKER (self), NULL);

  return self->settings.prefix;
}

/**
 * ws_redis_broker_get_connect_timeout:
 * @self: a broker
 *
 * Gets how long a connection may take to come about.
 *
 * Returns: milliseconds
 *
 * Since: 1.0
 */
guint
ws_redis_broker_get_connect_timeout (WsRedisBroker *self)
{
  g_return_val_if_fail (WS_REDIS_IS_BROKER (self), 0);

  return self->settings.connect_timeout;
}

/**
 * ws_redis_broker_set_connect_timeout:
 * @self: a broker
 * @connect_timeout: milliseconds
 *
 * Sets how long a connection may take to come about.
 *
 * Since: 1.0
 */
void
ws_redis_broker_set_connect_timeout (WsRedisBroker *self, guint connect_timeout)
{
  g_return_if_fail (WS_REDIS_IS_BROKER (self));
  g_return_if_fail (connect_timeout > 0);

  if (self->settings.connect_timeout == connect_timeout)
    return;
  self->settings.connect_timeout = connect_timeout;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_CONNECT_TIMEOUT]);
}

/**
 * ws_redis_broker_get_ping_interval:
 * @self: a broker
 *
 * Gets how often Redis is asked whether it is there.
 *
 * Returns: milliseconds
 *
 * Since: 1.0
 */
guint
ws_redis_broker_get_ping_interval (WsRedisBroker *self)
{
  g_return_val_if_fail (WS_REDIS_IS_BROKER (self), 0);

  return self->settings.ping_interval;
}

/**
 * ws_redis_broker_set_ping_interval:
 * @self: a broker
 * @ping_interval: milliseconds
 *
 * Sets how often Redis is asked whether it is there.
 *
 * Since: 1.0
 */
void
ws_redis_broker_set_ping_interval (WsRedisBroker *self, guint ping_interval)
{
  g_return_if_fail (WS_REDIS_IS_BROKER (self));
  g_return_if_fail (ping_interval > 0);

  if (self->settings.ping_interval == ping_interval)
    return;
  self->settings.ping_interval = ping_interval;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_PING_INTERVAL]);
}

/**
 * ws_redis_broker_get_presence_ttl:
 * @self: a broker
 *
 * Gets for how long clients of a node that has died are present.
 *
 * Returns: milliseconds
 *
 * Since: 1.0
 */
guint
ws_redis_broker_get_presence_ttl (WsRedisBroker *self)
{
  g_return_val_if_fail (WS_REDIS_IS_BROKER (self), 0);

  return self->settings.presence_ttl;
}

/**
 * ws_redis_broker_set_presence_ttl:
 * @self: a broker
 * @presence_ttl: milliseconds
 *
 * Sets for how long clients of a node that has died are present.
 *
 * Since: 1.0
 */
void
ws_redis_broker_set_presence_ttl (WsRedisBroker *self, guint presence_ttl)
{
  g_return_if_fail (WS_REDIS_IS_BROKER (self));
  g_return_if_fail (presence_ttl > 0);

  if (self->settings.presence_ttl == presence_ttl)
    return;
  self->settings.presence_ttl = presence_ttl;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_PRESENCE_TTL]);
}

/**
 * ws_redis_broker_get_history_ttl:
 * @self: a broker
 *
 * Gets after how long without use a history is forgotten.
 *
 * Returns: milliseconds
 *
 * Since: 1.0
 */
guint64
ws_redis_broker_get_history_ttl (WsRedisBroker *self)
{
  g_return_val_if_fail (WS_REDIS_IS_BROKER (self), 0);

  return self->settings.history_ttl;
}

/**
 * ws_redis_broker_set_history_ttl:
 * @self: a broker
 * @history_ttl: milliseconds
 *
 * Sets after how long without use a history is forgotten.
 *
 * Since: 1.0
 */
void
ws_redis_broker_set_history_ttl (WsRedisBroker *self, guint64 history_ttl)
{
  g_return_if_fail (WS_REDIS_IS_BROKER (self));
  g_return_if_fail (history_ttl > 0);

  if (self->settings.history_ttl == history_ttl)
    return;
  self->settings.history_ttl = history_ttl;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_HISTORY_TTL]);
}

/**
 * ws_redis_broker_get_reconnect:
 * @self: a broker
 *
 * Gets what decides when a new attempt is made.
 *
 * Returns: (transfer none): the policy
 *
 * Since: 1.0
 */
WsReconnectPolicy *
ws_redis_broker_get_reconnect (WsRedisBroker *self)
{
  g_return_val_if_fail (WS_REDIS_IS_BROKER (self), NULL);

  return self->settings.reconnect;
}

/**
 * ws_redis_broker_set_reconnect:
 * @self: a broker
 * @reconnect: the policy
 *
 * Sets what decides when a new attempt is made.
 *
 * Since: 1.0
 */
void
ws_redis_broker_set_reconnect (WsRedisBroker     *self,
                               WsReconnectPolicy *reconnect)
{
  g_return_if_fail (WS_REDIS_IS_BROKER (self));
  g_return_if_fail (WS_IS_RECONNECT_POLICY (reconnect));

  if (g_set_object (&self->settings.reconnect, reconnect))
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_RECONNECT]);
}

static void
ws_redis_broker_get_property (GObject    *object,
                              guint       id,
                              GValue     *value,
                              GParamSpec *pspec)
{
  WsRedisBroker         *self = WS_REDIS_BROKER (object);
  const WsRedisSettings *settings = &self->settings;

  switch (id)
    {
    case PROP_URLS:
      g_value_set_boxed (value, self->urls);
      break;
    case PROP_PREFIX:
      g_value_set_string (value, settings->prefix);
      break;
    case PROP_CONNECT_TIMEOUT:
      g_value_set_uint (value, settings->connect_timeout);
      break;
    case PROP_PING_INTERVAL:
      g_value_set_uint (value, settings->ping_interval);
      break;
    case PROP_PRESENCE_TTL:
      g_value_set_uint (value, settings->presence_ttl);
      break;
    case PROP_HISTORY_TTL:
      g_value_set_uint64 (value, settings->history_ttl);
      break;
    case PROP_RECONNECT:
      g_value_set_object (value, settings->reconnect);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
ws_redis_broker_set_property (GObject      *object,
                              guint         id,
                              const GValue *value,
                              GParamSpec   *pspec)
{
  WsRedisBroker *self = WS_REDIS_BROKER (object);

  switch (id)
    {
    case PROP_URLS:
      self->urls = g_value_dup_boxed (value);
      break;
    case PROP_PREFIX:
      self->settings.prefix = g_value_dup_string (value);
      break;
    case PROP_CONNECT_TIMEOUT:
      ws_redis_broker_set_connect_timeout (self, g_value_get_uint (value));
      break;
    case PROP_PING_INTERVAL:
      ws_redis_broker_set_ping_interval (self, g_value_get_uint (value));
      break;
    case PROP_PRESENCE_TTL:
      ws_redis_broker_set_presence_ttl (self, g_value_get_uint (value));
      break;
    case PROP_HISTORY_TTL:
      ws_redis_broker_set_history_ttl (self, g_value_get_uint64 (value));
      break;
    case PROP_RECONNECT:
      if (g_value_get_object (value) != NULL)
        ws_redis_broker_set_reconnect (self, g_value_get_object (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

#define FLAGS \
  (G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY)

void
ws_redis_broker_install_properties (GObjectClass *object_class)
{
  /**
   * WsRedisBroker:urls:
   *
   * Where Redis is: `redis://[USER:PASSWORD@]HOST[:PORT][,HOST[:PORT]…][/DB]`,
   * `rediss://…` the same with TLS, or
   * `redis+unix://[USER:PASSWORD@]/PATH[?db=DB]`.
   *
   * Topics are spread over them. Several hosts of one URL are a master and its
   * replicas, in any order. What is special in a user or password is
   * percent-encoded.
   *
   * Since: 1.0
   */
  props[PROP_URLS] = g_param_spec_boxed ("urls", NULL, NULL, G_TYPE_STRV,
                                         FLAGS | G_PARAM_CONSTRUCT_ONLY);

  /**
   * WsRedisBroker:prefix:
   *
   * What the names of all keys and channels begin with, so that several
   * programs can share a Redis.
   *
   * Since: 1.0
   */
  props[PROP_PREFIX]
      = g_param_spec_string ("prefix", NULL, NULL, DEFAULT_PREFIX,
                             FLAGS | G_PARAM_CONSTRUCT_ONLY);

  /**
   * WsRedisBroker:connect-timeout:
   *
   * For how many milliseconds connecting, logging in and subscribing may take.
   *
   * Since: 1.0
   */
  props[PROP_CONNECT_TIMEOUT]
      = g_param_spec_uint ("connect-timeout", NULL, NULL, 1, G_MAXINT,
                           DEFAULT_CONNECT_TIMEOUT, FLAGS);

  /**
   * WsRedisBroker:ping-interval:
   *
   * How often, in milliseconds, Redis is asked whether it is there, and still
   * the master.
   *
   * A Redis that has said nothing for so long after that is given up.
   *
   * Since: 1.0
   */
  props[PROP_PING_INTERVAL]
      = g_param_spec_uint ("ping-interval", NULL, NULL, 1, G_MAXINT,
                           DEFAULT_PING_INTERVAL, FLAGS);

  /**
   * WsRedisBroker:presence-ttl:
   *
   * For how many milliseconds clients of a node that has died are present.
   *
   * Nodes say three times in that time that they live.
   *
   * Since: 1.0
   */
  props[PROP_PRESENCE_TTL]
      = g_param_spec_uint ("presence-ttl", NULL, NULL, 1, 60000,
                           DEFAULT_PRESENCE_TTL, FLAGS);

  /**
   * WsRedisBroker:history-ttl:
   *
   * After how many milliseconds the history of a topic is forgotten if nobody
   * publishes about it, nor reads it.
   *
   * Since: 1.0
   */
  props[PROP_HISTORY_TTL]
      = g_param_spec_uint64 ("history-ttl", NULL, NULL, 1, G_MAXINT64,
                             DEFAULT_HISTORY_TTL, FLAGS);

  /**
   * WsRedisBroker:reconnect:
   *
   * What decides when a new attempt is made. There always is one; its limit of
   * attempts does not count.
   *
   * Since: 1.0
   */
  props[PROP_RECONNECT] = g_param_spec_object ("reconnect", NULL, NULL,
                                               WS_TYPE_RECONNECT_POLICY, FLAGS);
  object_class->get_property = ws_redis_broker_get_property;
  object_class->set_property = ws_redis_broker_set_property;
  g_object_class_install_properties (object_class, N_PROPS, props);
}

void
ws_redis_broker_init_settings (WsRedisBroker *self)
{
  WsRedisSettings *settings = &self->settings;

  settings->connect_timeout = DEFAULT_CONNECT_TIMEOUT;
  settings->ping_interval = DEFAULT_PING_INTERVAL;
  settings->presence_ttl = DEFAULT_PRESENCE_TTL;
  settings->history_ttl = DEFAULT_HISTORY_TTL;
  settings->reconnect = ws_reconnect_policy_new ();
  ws_reconnect_policy_set_minimum (settings->reconnect, MIN_DELAY);
  ws_reconnect_policy_set_maximum (settings->reconnect, MAX_DELAY);
}
