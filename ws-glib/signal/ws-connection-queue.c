/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What waits for a receiver in another context, and the bound of that. */
#include "signal/ws-connection-queue.h"

#include "signal/ws-connection-access.h"
#include "signal/ws-signal-holding.h"
#include "signal/ws-signal-lock.h"

/* What was set holds for the emissions to come; those that wait, wait. */
static void
apply_bound (WsConnection *self)
{
  WsSignalLink *link;

  ws_signal_lock ();
  link = self->link != NULL ? ws_signal_link_ref (self->link) : NULL;
  if (link != NULL)
    ws_signal_queue_set_bound (&link->queue, self->max_queued, self->policy);
  ws_signal_unlock ();
  if (link == NULL)
    return;
  ws_signal_holding_update (link);
  ws_signal_link_unref (link);
}

/**
 * ws_connection_get_max_queued_bytes:
 * @self: a connection
 *
 * Gets how much may wait for the receiver.
 *
 * Returns: bytes; 0: there is no bound
 *
 * Since: 1.0
 */
guint64
ws_connection_get_max_queued_bytes (WsConnection *self)
{
  g_return_val_if_fail (WS_IS_CONNECTION (self), 0);

  return self->max_queued;
}

/**
 * ws_connection_set_max_queued_bytes:
 * @self: a connection
 * @max_bytes: bytes; 0: there is no bound
 *
 * Sets how much may wait for the receiver.
 *
 * Since: 1.0
 */
void
ws_connection_set_max_queued_bytes (WsConnection *self, guint64 max_bytes)
{
  g_return_if_fail (WS_IS_CONNECTION (self));

  if (self->max_queued == max_bytes)
    return;
  self->max_queued = max_bytes;
  apply_bound (self);
  ws_connection_notify (self, WS_CONNECTION_PROP_MAX_QUEUED_BYTES);
}

/**
 * ws_connection_get_overflow_policy:
 * @self: a connection
 *
 * Gets what becomes of emissions when too much waits.
 *
 * Returns: a policy
 *
 * Since: 1.0
 */
WsOverflowPolicy
ws_connection_get_overflow_policy (WsConnection *self)
{
  g_return_val_if_fail (WS_IS_CONNECTION (self), WS_OVERFLOW_POLICY_HOLD);

  return self->policy;
}

/**
 * ws_connection_set_overflow_policy:
 * @self: a connection
 * @policy: a policy
 *
 * Sets what becomes of emissions when too much waits.
 *
 * Since: 1.0
 */
void
ws_connection_set_overflow_policy (WsConnection *self, WsOverflowPolicy policy)
{
  g_return_if_fail (WS_IS_CONNECTION (self));

  if (self->policy == policy)
    return;
  self->policy = policy;
  apply_bound (self);
  ws_connection_notify (self, WS_CONNECTION_PROP_OVERFLOW_POLICY);
}

/**
 * ws_connection_get_queued_bytes:
 * @self: a connection
 *
 * Gets how much waits for the receiver; in any thread.
 *
 * Returns: bytes, as [property@Connection:max-queued-bytes] counts them
 *
 * Since: 1.0
 */
guint64
ws_connection_get_queued_bytes (WsConnection *self)
{
  guint64 n_bytes;

  g_return_val_if_fail (WS_IS_CONNECTION (self), 0);

  ws_signal_lock ();
  n_bytes = self->link != NULL ? self->link->queue.size : 0;
  ws_signal_unlock ();
  return n_bytes;
}

/**
 * ws_connection_get_n_dropped:
 * @self: a connection
 *
 * Gets how many emissions the receiver has missed; in any thread.
 *
 * Returns: a number
 *
 * Since: 1.0
 */
guint64
ws_connection_get_n_dropped (WsConnection *self)
{
  guint64 n_dropped;

  g_return_val_if_fail (WS_IS_CONNECTION (self), 0);

  ws_signal_lock ();
  n_dropped = self->n_dropped;
  if (self->link != NULL)
    n_dropped += self->link->queue.n_dropped;
  ws_signal_unlock ();
  return n_dropped;
}

/* clang-format off */
const WsProperty ws_connection_queue_properties[] = {
  /**
   * WsConnection:max-queued-bytes:
   *
   * How much may wait for the receiver, when that is in another context.
   *
   * Counted is what the texts, the bytes and the messages among the arguments
   * hold, and 512 bytes for each emission. One may wait in any case, however
   * large it is. 0: there is no bound. When it is reached
   * [property@Connection:overflow-policy] says what becomes of others. An
   * emission with %WS_CONNECT_FLAGS_BLOCKING_QUEUED is not counted: its sender
   * waits for it.
   *
   * Setting it does not connect anew.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_UINT64 (WsConnection, WS_CONNECTION_PROP_MAX_QUEUED_BYTES,
                        "max-queued-bytes", WS_SIGNAL_QUEUE_MAX_SIZE,
                        ws_connection_get_max_queued_bytes,
                        ws_connection_set_max_queued_bytes) },

  /**
   * WsConnection:overflow-policy:
   *
   * What becomes of emissions when too much waits.
   *
   * Setting it does not connect anew.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_ENUM (WsConnection, WS_CONNECTION_PROP_OVERFLOW_POLICY,
                      "overflow-policy", WsOverflowPolicy,
                      ws_overflow_policy_get_type, WS_OVERFLOW_POLICY_HOLD,
                      ws_connection_get_overflow_policy,
                      ws_connection_set_overflow_policy) },

  /**
   * WsConnection:queued-bytes:
   *
   * How much waits for the receiver, as [property@Connection:max-queued-bytes]
   * counts it.
   *
   * Changes are not notified.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_UINT64 (WsConnection, WS_CONNECTION_PROP_QUEUED_BYTES,
                        "queued-bytes", 0, ws_connection_get_queued_bytes,
                        NULL) },

  /**
   * WsConnection:n-dropped:
   *
   * How many emissions the receiver has missed: because too much waited for it,
   * or because what they brought cannot become what the slot takes.
   *
   * Changes are not notified.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_UINT64 (WsConnection, WS_CONNECTION_PROP_N_DROPPED,
                        "n-dropped", 0, ws_connection_get_n_dropped, NULL) },

  { 0 }
};
/* clang-format on */
