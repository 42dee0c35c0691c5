/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The class of WsBroker: its life, its state, and what a class that implements
 * little gets. */
#include "ws-broker.h"

#include "broker/ws-broker-history.h"
#include "broker/ws-broker-members.h"
#include "broker/ws-broker-presence.h"
#include "broker/ws-broker-publish.h"
#include "broker/ws-broker-topics.h"
#include "base/ws-tsan-private.h"
#include "ws-socket-error.h"

/**
 * WsBroker:
 *
 * Carries what is published about topics from server to server.
 *
 * Set as [property@Server:broker] of several servers, it joins them: what one
 * of them publishes reaches the subscribers of all. [class@MemoryBroker] joins
 * the servers of one process; a broker for several machines is a library of its
 * own, `ws-glib-redis-1.0`.
 *
 * The subscribers of a topic, on every server, get its publications in one
 * order, and each publication once; who published it with
 * [method@Socket.publish] does not. A broker may lose its connection: clients
 * stay connected meanwhile, publishing fails or waits, and
 * [property@Broker:state] tells. Topics with a history
 * ([method@Broker.set_history]) catch up afterwards; for the others
 * [signal@Server::publications-lost] says that something may be missing.
 *
 * A broker belongs to the thread where it was made, and that thread has to run
 * its thread-default main context. Its servers may be in any threads.
 *
 * Another means of carrying is a class derived from this one. It implements
 * [vfunc@Broker.carry], hands what comes to [method@Broker.deliver], and says
 * with [method@Broker.set_state] how it is. [method@Publication.to_bytes] and
 * [ctor@Publication.new_from_bytes] are the form in which publications travel.
 *
 * Since: 1.0
 */

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (WsBroker, ws_broker, G_TYPE_OBJECT)

static guint error_signal;

/* --- State --- */

/**
 * ws_broker_get_state:
 * @self: a broker
 *
 * Gets whether publications can be carried. From any thread.
 *
 * Returns: the state
 *
 * Since: 1.0
 */
WsBrokerState
ws_broker_get_state (WsBroker *self)
{
  WsBrokerState state;

  g_return_val_if_fail (WS_IS_BROKER (self), WS_BROKER_STATE_UNCONNECTED);

  state = ws_broker_lock (self)->state;
  ws_broker_unlock (self);
  return state;
}

/**
 * ws_broker_dup_error_string: (get-property error-string)
 * @self: a broker
 *
 * Gets why there is no connection. From any thread.
 *
 * Returns: (transfer full) (nullable): a sentence; %NULL while there is a
 *   connection, or nothing has failed yet
 *
 * Since: 1.0
 */
char *
ws_broker_dup_error_string (WsBroker *self)
{
  char *error_string;

  g_return_val_if_fail (WS_IS_BROKER (self), NULL);

  error_string = g_strdup (ws_broker_lock (self)->error_string);
  ws_broker_unlock (self);
  return error_string;
}

/* Whether it has changed. */
static gboolean
note_state (WsBroker *self, WsBrokerState state, const GError *error)
{
  WsBrokerPrivate *priv = ws_broker_lock (self);
  const gboolean   has_changed = priv->state != state;

  if (has_changed && priv->state == WS_BROKER_STATE_CONNECTED)
    priv->statistics.n_interruptions++;
  priv->state = state;
  if (error != NULL || state == WS_BROKER_STATE_CONNECTED)
    {
      g_free (priv->error_string);
      priv->error_string = error != NULL ? g_strdup (error->message) : NULL;
    }
  ws_broker_unlock (self);
  return has_changed;
}

/**
 * ws_broker_set_state:
 * @self: a broker
 * @state: the state
 * @error: (nullable): what has gone wrong
 *
 * Sets how it is with the connection.
 *
 * For derived classes, in the thread of the broker. Each @error is an
 * [signal@Broker::error]. With [enum@Ws.BrokerState.connected] what has waited
 * goes out, and topics with a history catch up: subscribe to
 * [method@Broker.get_topics] before.
 *
 * Since: 1.0
 */
void
ws_broker_set_state (WsBroker *self, WsBrokerState state, const GError *error)
{
  gboolean has_changed;

  g_return_if_fail (WS_IS_BROKER (self));

  if (!ws_broker_may_call (self, "ws_broker_set_state"))
    return;
  g_object_ref (self);
  has_changed = note_state (self, state, error);
  g_object_freeze_notify (G_OBJECT (self));
  if (has_changed)
    g_object_notify_by_pspec (G_OBJECT (self),
                              ws_broker_props[WS_BROKER_PROP_STATE]);
  if (has_changed || error != NULL)
    g_object_notify_by_pspec (G_OBJECT (self),
                              ws_broker_props[WS_BROKER_PROP_ERROR_STRING]);
  g_object_thaw_notify (G_OBJECT (self));
  if (error != NULL)
    g_signal_emit (self, error_signal, 0, error);
  if (has_changed && ws_broker_get_state (self) == WS_BROKER_STATE_CONNECTED)
    {
      ws_broker_renew_presence (self);
      ws_broker_resume_members (self);
      ws_broker_publish_waiting (self);
    }
  g_object_unref (self);
}

/* --- Settings --- */

/**
 * ws_broker_get_max_queued_bytes:
 * @self: a broker
 *
 * Gets how many bytes of publications may be under way.
 *
 * Returns: bytes
 *
 * Since: 1.0
 */
guint64
ws_broker_get_max_queued_bytes (WsBroker *self)
{
  g_return_val_if_fail (WS_IS_BROKER (self), 0);

  return ws_broker_peek (self)->max_queued_bytes;
}

/**
 * ws_broker_set_max_queued_bytes:
 * @self: a broker
 * @max_queued_bytes: bytes
 *
 * Sets how many bytes of publications may be under way.
 *
 * Since: 1.0
 */
void
ws_broker_set_max_queued_bytes (WsBroker *self, guint64 max_queued_bytes)
{
  WsBrokerPrivate *priv;

  g_return_if_fail (WS_IS_BROKER (self));

  priv = ws_broker_lock (self);
  priv->max_queued_bytes = max_queued_bytes;
  ws_broker_unlock (self);
  g_object_notify_by_pspec (G_OBJECT (self),
                            ws_broker_props[WS_BROKER_PROP_MAX_QUEUED_BYTES]);
}

/**
 * ws_broker_get_publish_timeout:
 * @self: a broker
 *
 * Gets how long a publication may wait for a connection.
 *
 * Returns: milliseconds; 0: for ever
 *
 * Since: 1.0
 */
guint
ws_broker_get_publish_timeout (WsBroker *self)
{
  g_return_val_if_fail (WS_IS_BROKER (self), 0);

  return ws_broker_peek (self)->publish_timeout;
}

/**
 * ws_broker_set_publish_timeout:
 * @self: a broker
 * @publish_timeout: milliseconds; 0: for ever
 *
 * Sets how long a publication may wait for a connection.
 *
 * Since: 1.0
 */
void
ws_broker_set_publish_timeout (WsBroker *self, guint publish_timeout)
{
  g_return_if_fail (WS_IS_BROKER (self));

  if (ws_broker_peek (self)->publish_timeout == publish_timeout
      || !ws_broker_may_call (self, "ws_broker_set_publish_timeout"))
    return;
  ws_broker_peek (self)->publish_timeout = publish_timeout;
  g_object_notify_by_pspec (G_OBJECT (self),
                            ws_broker_props[WS_BROKER_PROP_PUBLISH_TIMEOUT]);
}

/**
 * ws_broker_get_linger:
 * @self: a broker
 *
 * Gets how long a topic stays subscribed to without a subscriber.
 *
 * Returns: milliseconds
 *
 * Since: 1.0
 */
guint
ws_broker_get_linger (WsBroker *self)
{
  g_return_val_if_fail (WS_IS_BROKER (self), 0);

  return ws_broker_peek (self)->linger;
}

/**
 * ws_broker_set_linger:
 * @self: a broker
 * @linger: milliseconds
 *
 * Sets how long a topic stays subscribed to without a subscriber.
 *
 * Since: 1.0
 */
void
ws_broker_set_linger (WsBroker *self, guint linger)
{
  WsBrokerPrivate *priv;

  g_return_if_fail (WS_IS_BROKER (self));

  priv = ws_broker_lock (self);
  priv->linger = linger;
  ws_broker_unlock (self);
  g_object_notify_by_pspec (G_OBJECT (self),
                            ws_broker_props[WS_BROKER_PROP_LINGER]);
}

/**
 * ws_broker_get_statistics:
 * @self: a broker
 *
 * Gets what a broker has carried so far. From any thread.
 *
 * Returns: (transfer full): the counters, as they are now
 *
 * Since: 1.0
 */
WsBrokerStatistics *
ws_broker_get_statistics (WsBroker *self)
{
  WsBrokerPrivate    *priv;
  WsBrokerStatistics *statistics;

  g_return_val_if_fail (WS_IS_BROKER (self), NULL);

  priv = ws_broker_lock (self);
  statistics = ws_broker_statistics_copy (&priv->statistics);
  statistics->n_topics = g_hash_table_size (priv->topics);
  statistics->queued_bytes = priv->queued_bytes;
  ws_broker_unlock (self);
  return statistics;
}

/* clang-format off */
static const WsProperty properties[] = {
  /**
   * WsBroker:state:
   *
   * Whether publications can be carried.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_ENUM (WsBroker, WS_BROKER_PROP_STATE, "state", WsBrokerState,
                      ws_broker_state_get_type, WS_BROKER_STATE_UNCONNECTED,
                      ws_broker_get_state, NULL) },

  /**
   * WsBroker:error-string: (getter dup_error_string)
   *
   * Why there is no connection; %NULL while there is one.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_TAKEN_STRING (WsBroker, WS_BROKER_PROP_ERROR_STRING,
                              "error-string", ws_broker_dup_error_string) },

  /**
   * WsBroker:max-queued-bytes:
   *
   * How many bytes of publications may be under way: to the broker, and from
   * there to each server whose thread does not keep up.
   *
   * Beyond that publishing fails, and what comes is dropped; servers fetch what
   * was dropped about topics with a history.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_UINT64 (WsBroker, WS_BROKER_PROP_MAX_QUEUED_BYTES,
                        "max-queued-bytes", WS_BROKER_DEFAULT_QUEUED,
                        ws_broker_get_max_queued_bytes,
                        ws_broker_set_max_queued_bytes) },

  /**
   * WsBroker:publish-timeout:
   *
   * For how many milliseconds [method@Broker.publish_async] waits for a
   * connection; 0: for ever.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_UINT (WsBroker, WS_BROKER_PROP_PUBLISH_TIMEOUT,
                      "publish-timeout", 0, G_MAXUINT,
                      WS_BROKER_DEFAULT_TIMEOUT,
                      ws_broker_get_publish_timeout,
                      ws_broker_set_publish_timeout) },

  /**
   * WsBroker:linger:
   *
   * For how many milliseconds a topic stays subscribed to after its last
   * subscriber here has gone, so that subscribers who come and go cost nothing.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_UINT (WsBroker, WS_BROKER_PROP_LINGER, "linger", 0, G_MAXUINT,
                      WS_BROKER_DEFAULT_LINGER, ws_broker_get_linger,
                      ws_broker_set_linger) },

  /**
   * WsBroker:statistics:
   *
   * What the broker has carried so far.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_BOXED (WsBroker, WS_BROKER_PROP_STATISTICS, "statistics",
                       WsBrokerStatistics *, gpointer,
                       ws_broker_statistics_get_type, ws_broker_get_statistics,
                       NULL), .is_taken = TRUE },

  { 0 }
};
/* clang-format on */

static const WsProperty *const tables[] = { properties, NULL };

/* --- What a class that implements little gets --- */

/**
 * WsBrokerClass::carry:
 * @self: a broker
 * @publication: what to publish
 * @query: ends when the publication was carried, or could not be
 *
 * Carries a publication to all servers that want it, those here included.
 *
 * Called only while the state is [enum@Ws.BrokerState.connected].
 *
 * Since: 1.0
 */
static void
ws_broker_real_carry (WsBroker      *self,
                      WsPublication *publication,
                      WsBrokerQuery *query)
{
  g_autoptr (GError) error
      = g_error_new (WS_SOCKET_ERROR,
                     WS_SOCKET_ERROR_UNSUPPORTED_SOCKET_OPERATION,
                     "%s does not implement carry()",
                     G_OBJECT_TYPE_NAME (self));

  ws_broker_query_fail (query, error);
}

/**
 * WsBrokerClass::subscribe:
 * @self: a broker
 * @topic: the topic's name; "" means all clients of all servers
 *
 * Servers here want what is published about a topic.
 *
 * Called in each state, once for a topic until [vfunc@Broker.unsubscribe]. A
 * class that gets everything anyway leaves it out.
 *
 * Since: 1.0
 */
static void
ws_broker_real_subscribe (WsBroker *self, const char *topic)
{
}

/**
 * WsBrokerClass::unsubscribe:
 * @self: a broker
 * @topic: the topic's name
 *
 * No server here wants what is published about a topic.
 *
 * Since: 1.0
 */
static void
ws_broker_real_unsubscribe (WsBroker *self, const char *topic)
{
}

/**
 * WsBrokerClass::read_history:
 * @self: a broker
 * @query: the question, and takes the answer
 *
 * Looks for what was published about a topic.
 *
 * Asked about topics without a history, too, for the answer has to come after
 * the subscription has taken effect. A class that has neither leaves it out.
 *
 * Since: 1.0
 */
static void
ws_broker_real_read_history (WsBroker *self, WsBrokerQuery *query)
{
  ws_broker_query_succeed (query);
}

/**
 * WsBrokerClass::announce:
 * @self: a broker
 * @topic: the topic's name
 * @client: a name for the client that no other has
 * @data: (nullable): what is to be told of it; %NULL: it is not there any more
 *
 * A client here is present in a topic, or not any more.
 *
 * Called for all once more when the connection is back.
 *
 * Since: 1.0
 */
static void
ws_broker_real_announce (WsBroker   *self,
                         const char *topic,
                         const char *client,
                         const char *data)
{
}

/**
 * WsBrokerClass::read_presence:
 * @self: a broker
 * @query: the question, and takes the answer
 *
 * Looks who is present in a topic.
 *
 * A class that leaves it out tells of the servers here.
 *
 * Since: 1.0
 */

/* --- Life --- */

static void
ws_broker_dispose (GObject *object)
{
  WsBroker        *self = WS_BROKER (object);
  WsBrokerPrivate *priv = ws_broker_peek (self);

  if (ws_stay_is_bound (&priv->stay) && !ws_home_check (&priv->home, "", NULL))
    {
      ws_stay_part (&priv->stay, &priv->home, object);
      return;
    }
  ws_broker_clear_publishing (self);
  ws_broker_stop_sweeping (self);
  g_clear_pointer (&priv->poller, ws_poller_unref);
  ws_stay_settle (&priv->stay, FALSE);
  G_OBJECT_CLASS (ws_broker_parent_class)->dispose (object);
}

static void
ws_broker_finalize (GObject *object)
{
  WsBroker        *self = WS_BROKER (object);
  WsBrokerPrivate *priv = ws_broker_peek (self);

  WS_TSAN_ACQUIRE (object);
  ws_broker_clear_topics (self);
  ws_broker_clear_history (self);
  ws_broker_clear_presence (self);
  g_ptr_array_unref (priv->members);
  g_free (priv->error_string);
  ws_home_clear (&priv->home);
  g_mutex_clear (&priv->mutex);
  G_OBJECT_CLASS (ws_broker_parent_class)->finalize (object);
}

static void
ws_broker_constructed (GObject *object)
{
  WsBroker        *self = WS_BROKER (object);
  WsBrokerPrivate *priv = ws_broker_peek (self);

  if (ws_broker_peek_direct (self) == NULL)
    priv->poller = ws_poller_get (NULL);
  ws_stay_settle (&priv->stay, priv->poller != NULL);
  G_OBJECT_CLASS (ws_broker_parent_class)->constructed (object);
}

static void
ws_broker_class_init (WsBrokerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  ws_broker_private_offset = g_type_class_get_instance_private_offset (klass);
  object_class->constructed = ws_broker_constructed;
  object_class->dispose = ws_broker_dispose;
  object_class->finalize = ws_broker_finalize;
  klass->carry = ws_broker_real_carry;
  klass->subscribe = ws_broker_real_subscribe;
  klass->unsubscribe = ws_broker_real_unsubscribe;
  klass->read_history = ws_broker_real_read_history;
  klass->announce = ws_broker_real_announce;
  klass->read_presence = ws_broker_read_presence_here;
  ws_property_install (object_class, tables, ws_broker_props,
                       WS_BROKER_N_PROPS);

  /**
   * WsBroker::error:
   * @self: the broker
   * @error: (type GLib.Error): what has gone wrong
   *
   * Something is wrong with the connection, or with what has come.
   *
   * Emitted in the thread of the broker; it goes on trying.
   *
   * Since: 1.0
   */
  error_signal = g_signal_new ("error", WS_TYPE_BROKER, G_SIGNAL_RUN_LAST, 0,
                               NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
ws_broker_init (WsBroker *self)
{
  WsBrokerPrivate *priv = ws_broker_peek (self);

  g_mutex_init (&priv->mutex);
  ws_home_move (&priv->home, NULL);
  priv->max_queued_bytes = WS_BROKER_DEFAULT_QUEUED;
  priv->publish_timeout = WS_BROKER_DEFAULT_TIMEOUT;
  priv->linger = WS_BROKER_DEFAULT_LINGER;
  priv->members = g_ptr_array_new ();
  ws_broker_init_topics (self);
  ws_broker_init_history (self);
  ws_broker_init_presence (self);
  ws_broker_init_publishing (self);
}
