/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How the connection is, how it went and how it ended. */
#include "socket/ws-socket-status.h"

#include "socket/ws-socket-queue.h"

/**
 * ws_socket_get_state:
 * @self: a socket
 *
 * Gets where the connection is in its life.
 *
 * Returns: the state
 *
 * Since: 1.0
 */
WsState
ws_socket_get_state (WsSocket *self)
{
  g_return_val_if_fail (WS_IS_SOCKET (self), WS_STATE_UNCONNECTED);

  return ws_socket_peek (self)->state;
}

/**
 * ws_socket_get_status:
 * @self: a socket
 *
 * Gets the state as a user wants to see it.
 *
 * Returns: the status
 *
 * Since: 1.0
 */
WsStatus
ws_socket_get_status (WsSocket *self)
{
  WsSocketPrivate *priv;

  g_return_val_if_fail (WS_IS_SOCKET (self), WS_STATUS_CLOSED);

  priv = ws_socket_peek (self);
  switch (priv->state)
    {
    case WS_STATE_HOST_LOOKUP:
    case WS_STATE_CONNECTING:
      return WS_STATUS_CONNECTING;
    case WS_STATE_CONNECTED:
      return WS_STATUS_OPEN;
    case WS_STATE_CLOSING:
      return WS_STATUS_CLOSING;
    case WS_STATE_UNCONNECTED:
    case WS_STATE_BOUND:
    case WS_STATE_LISTENING:
      break;
    }
  return priv->error != NULL ? WS_STATUS_ERROR : WS_STATUS_CLOSED;
}

/**
 * ws_socket_get_error:
 * @self: a socket
 *
 * Gets what went wrong with the connection, or with the attempt to open one;
 * the next opening clears it.
 *
 * Returns: (nullable) (transfer none): an error in the domain
 *   [error@Ws.SocketError]
 *
 * Since: 1.0
 */
const GError *
ws_socket_get_error (WsSocket *self)
{
  g_return_val_if_fail (WS_IS_SOCKET (self), NULL);

  return ws_socket_peek (self)->error;
}

/**
 * ws_socket_get_error_string:
 * @self: a socket
 *
 * Gets the text of what went wrong with the connection, or with the attempt to
 * open one.
 *
 * Returns: a text, or ""
 *
 * Since: 1.0
 */
const char *
ws_socket_get_error_string (WsSocket *self)
{
  WsSocketPrivate *priv;

  g_return_val_if_fail (WS_IS_SOCKET (self), NULL);

  priv = ws_socket_peek (self);
  return priv->error != NULL ? priv->error->message : "";
}

/**
 * ws_socket_get_close_code:
 * @self: a socket
 *
 * Gets how the connection was closed.
 *
 * Returns: a close code; 1000 before any close
 *
 * Since: 1.0
 */
guint
ws_socket_get_close_code (WsSocket *self)
{
  g_return_val_if_fail (WS_IS_SOCKET (self), 0);

  return ws_attempt_peek_facts (&ws_socket_peek (self)->now)->closing.code;
}

/**
 * ws_socket_get_close_reason:
 * @self: a socket
 *
 * Gets why the connection was closed.
 *
 * Returns: a text, or ""
 *
 * Since: 1.0
 */
const char *
ws_socket_get_close_reason (WsSocket *self)
{
  const char *reason;

  g_return_val_if_fail (WS_IS_SOCKET (self), NULL);

  reason = ws_attempt_peek_facts (&ws_socket_peek (self)->now)->closing.reason;
  return reason != NULL ? reason : "";
}

/**
 * ws_socket_get_close_code_sent:
 * @self: a socket
 *
 * Gets the close code that we sent.
 *
 * Returns: a close code; 0: none, 1005: an empty close frame
 *
 * Since: 1.0
 */
guint
ws_socket_get_close_code_sent (WsSocket *self)
{
  g_return_val_if_fail (WS_IS_SOCKET (self), 0);

  return ws_attempt_peek_facts (&ws_socket_peek (self)->now)->closing.sent;
}

/**
 * ws_socket_get_close_code_received:
 * @self: a socket
 *
 * Gets the close code that the peer sent.
 *
 * Returns: a close code; 0: none, 1005: an empty close frame
 *
 * Since: 1.0
 */
guint
ws_socket_get_close_code_received (WsSocket *self)
{
  g_return_val_if_fail (WS_IS_SOCKET (self), 0);

  return ws_attempt_peek_facts (&ws_socket_peek (self)->now)->closing.received;
}

/**
 * ws_socket_get_was_clean:
 * @self: a socket
 *
 * Gets whether the closing handshake was completed.
 *
 * Returns: whether both close frames were exchanged
 *
 * Since: 1.0
 */
gboolean
ws_socket_get_was_clean (WsSocket *self)
{
  g_return_val_if_fail (WS_IS_SOCKET (self), FALSE);

  return ws_attempt_peek_facts (&ws_socket_peek (self)->now)->closing.clean;
}

/**
 * ws_socket_get_bytes_to_write:
 * @self: a socket
 *
 * Gets how much waits to be written.
 *
 * Returns: bytes, frame headers included
 *
 * Since: 1.0
 */
guint64
ws_socket_get_bytes_to_write (WsSocket *self)
{
  WsSocketPrivate *priv;

  g_return_val_if_fail (WS_IS_SOCKET (self), 0);

  priv = ws_socket_peek (self);
  if (priv->now.engine == NULL)
    return 0;
  return ws_engine_get_bytes_to_write (priv->now.engine)
         + ws_socket_get_outgoing_cost (self);
}

/**
 * ws_socket_get_latency:
 * @self: a socket
 *
 * Gets how long the last answered ping took.
 *
 * Returns: microseconds; -1: unknown
 *
 * Since: 1.0
 */
gint64
ws_socket_get_latency (WsSocket *self)
{
  WsSocketPrivate *priv;

  g_return_val_if_fail (WS_IS_SOCKET (self), -1);

  priv = ws_socket_peek (self);
  return priv->now.engine != NULL ? ws_engine_get_latency (priv->now.engine)
                                  : -1;
}

/**
 * ws_socket_is_valid:
 * @self: a socket
 *
 * Gets whether messages can be sent.
 *
 * Returns: whether the state is [enum@Ws.State.connected]
 *
 * Since: 1.0
 */
gboolean
ws_socket_is_valid (WsSocket *self)
{
  g_return_val_if_fail (WS_IS_SOCKET (self), FALSE);

  return ws_socket_peek (self)->state == WS_STATE_CONNECTED;
}

/* --- What it carries --- */

void
ws_socket_keep_facts (WsSocket *self, WsEngine *engine)
{
  WsSocketPrivate *priv = ws_socket_peek (self);

  ws_attempt_keep_ends (&priv->now, engine);
  if (priv->last_traffic == NULL)
    priv->last_traffic = g_new (WsTraffic, 1);
  ws_engine_get_traffic (engine, priv->last_traffic);
}

static double
get_ratio (guint64 payload, gint64 saved)
{
  return payload > 0 ? ((double) payload - (double) saved) / (double) payload
                     : 1;
}

/**
 * ws_socket_get_statistics:
 * @self: a socket
 *
 * Gets what the connection has carried until now, or the last
 * one until its end.
 *
 * Returns: (transfer full): a snapshot
 *
 * Since: 1.0
 */
WsStatistics *
ws_socket_get_statistics (WsSocket *self)
{
  WsSocketPrivate *priv;
  WsStatistics    *statistics;
  WsTraffic        traffic = { 0 };

  g_return_val_if_fail (WS_IS_SOCKET (self), NULL);

  priv = ws_socket_peek (self);
  if (priv->now.engine != NULL)
    ws_engine_get_traffic (priv->now.engine, &traffic);
  else if (priv->last_traffic != NULL)
    traffic = *priv->last_traffic;
  statistics = g_new (WsStatistics, 1);
  *statistics = (WsStatistics){
    .since = traffic.since,
    .since_real = traffic.connected,
    .messages_sent = traffic.messages_sent,
    .messages_received = traffic.messages_received,
    .frames_sent = traffic.frames_sent,
    .frames_received = traffic.frames_received,
    .payload_bytes_sent = traffic.payload_sent,
    .payload_bytes_received = traffic.payload_received,
    .wire_bytes_sent = traffic.wire_sent,
    .wire_bytes_received = traffic.wire_received,
    .pings_sent = traffic.pings_sent,
    .pings_received = traffic.pings_received,
    .pongs_received = traffic.pongs_received,
    .messages_dropped
    = traffic.dropped + ws_mailbox_count_lost (&priv->mailbox),
    .compression_ratio_sent
    = get_ratio (traffic.payload_sent, traffic.saved_sent),
    .compression_ratio_received
    = get_ratio (traffic.payload_received, traffic.saved_received),
  };
  return statistics;
}

/* --- The properties --- */

/* clang-format off */
const WsProperty ws_socket_status_properties[] = {
  /**
   * WsSocket:state:
   *
   * Where the connection is in its life.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_ENUM (WsSocket, WS_SOCKET_PROP_STATE, "state", WsState,
                      ws_state_get_type, WS_STATE_UNCONNECTED,
                      ws_socket_get_state, NULL) },

  /**
   * WsSocket:status:
   *
   * The state as a user wants to see it.
   *
   * %WS_STATUS_ERROR stays until the next opening, so that a bound label can
   * show it: the connection was lost, or could not be opened. Its text is
   * [property@Socket:error-string].
   *
   * Since: 1.0
   */
  { WS_PROPERTY_ENUM (WsSocket, WS_SOCKET_PROP_STATUS, "status", WsStatus,
                      ws_status_get_type, WS_STATUS_CLOSED,
                      ws_socket_get_status, NULL) },

  /**
   * WsSocket:error-string:
   *
   * What went wrong with the connection, or with the attempt to open one; empty
   * when all is fine.
   *
   * Cleared by the next opening. A call that is refused, such as a message that
   * is sent while nothing is connected, tells its caller and
   * does not show here.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_STRING (WsSocket, WS_SOCKET_PROP_ERROR_STRING, "error-string",
                        "", ws_socket_get_error_string, NULL) },

  /**
   * WsSocket:close-code:
   *
   * How the connection was closed (RFC 6455, 7.1.5).
   *
   * Our code after [method@Socket.close], the peer's if it closed first; 1000
   * before any close and for a peer that gave no code; 1006 when it was lost or
   * aborted.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_UINT (WsSocket, WS_SOCKET_PROP_CLOSE_CODE, "close-code", 0,
                      G_MAXUINT, 1000, ws_socket_get_close_code, NULL) },

  /**
   * WsSocket:close-reason:
   *
   * The reason that came with [property@Socket:close-code] (RFC 6455, 7.1.6);
   * empty if none did. U+FFFD stands for U+0000 in it.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_STRING (WsSocket, WS_SOCKET_PROP_CLOSE_REASON, "close-reason",
                        "", ws_socket_get_close_reason, NULL) },

  /**
   * WsSocket:close-code-sent:
   *
   * The close code that we sent; 0: none, 1005: an empty close frame (RFC 6455,
   * 7.4.1).
   *
   * Since: 1.0
   */
  { WS_PROPERTY_UINT (WsSocket, WS_SOCKET_PROP_CLOSE_CODE_SENT,
                      "close-code-sent", 0, G_MAXUINT, 0,
                      ws_socket_get_close_code_sent, NULL) },

  /**
   * WsSocket:close-code-received:
   *
   * The close code that the peer sent; 0: none, 1005: an empty close frame (RFC
   * 6455, 7.4.1).
   *
   * Since: 1.0
   */
  { WS_PROPERTY_UINT (WsSocket, WS_SOCKET_PROP_CLOSE_CODE_RECEIVED,
                      "close-code-received", 0, G_MAXUINT, 0,
                      ws_socket_get_close_code_received, NULL) },

  /**
   * WsSocket:was-clean:
   *
   * Whether the closing handshake was completed (RFC 6455, 7.1.4).
   *
   * Since: 1.0
   */
  { WS_PROPERTY_BOOLEAN (WsSocket, WS_SOCKET_PROP_WAS_CLEAN, "was-clean",
                         FALSE, ws_socket_get_was_clean, NULL) },

  /**
   * WsSocket:latency:
   *
   * The microseconds that the last answered ping took; -1: unknown.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_INT64 (WsSocket, WS_SOCKET_PROP_LATENCY, "latency", -1,
                       G_MAXINT64, -1, ws_socket_get_latency, NULL) },

  /**
   * WsSocket:statistics:
   *
   * What the connection has carried until now.
   *
   * A snapshot, to be read again whenever that is of interest: it is notified
   * when a connection begins and ends, not with each message. It stays after
   * the end, until the next connection begins.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_BOXED (WsSocket, WS_SOCKET_PROP_STATISTICS, "statistics",
                       WsStatistics *, WsStatistics *, ws_statistics_get_type,
                       ws_socket_get_statistics, NULL),
    .is_taken = TRUE },

  /**
   * WsSocket:bytes-to-write:
   *
   * What waits to be written, in bytes, frame headers included. What the system
   * has taken does not count, nor do up to 64 KiB that TLS has.
   *
   * Notified after something was written.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_UINT64 (WsSocket, WS_SOCKET_PROP_BYTES_TO_WRITE,
                        "bytes-to-write", 0, ws_socket_get_bytes_to_write,
                        NULL) },

  { 0 }
};
/* clang-format on */
