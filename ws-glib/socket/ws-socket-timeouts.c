/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How long a peer may take for what it owes: each may change
 * while connected. */
#include "socket/ws-socket-timeouts.h"

#include "socket/ws-socket-settings.h"

/**
 * ws_socket_get_open_timeout:
 * @self: a socket
 *
 * Gets how long an attempt to open may take.
 *
 * Returns: milliseconds; 0: as long as it likes
 *
 * Since: 1.0
 */
guint
ws_socket_get_open_timeout (WsSocket *self)
{
  g_return_val_if_fail (WS_IS_SOCKET (self), 0);

  return ws_socket_peek (self)->settings->open_timeout;
}

/**
 * ws_socket_set_open_timeout:
 * @self: a socket
 * @open_timeout: milliseconds; 0: as long as it likes
 *
 * Sets how long an attempt to open may take.
 *
 * Since: 1.0
 */
void
ws_socket_set_open_timeout (WsSocket *self, guint open_timeout)
{
  g_return_if_fail (WS_IS_SOCKET (self));

  ws_socket_change_number (self, &ws_socket_peek (self)->settings->open_timeout,
                           open_timeout, WS_SOCKET_PROP_OPEN_TIMEOUT);
}

/**
 * ws_socket_get_close_timeout:
 * @self: a socket
 *
 * Gets how long a closing handshake may take.
 *
 * Returns: milliseconds; 0: as long as it likes
 *
 * Since: 1.0
 */
guint
ws_socket_get_close_timeout (WsSocket *self)
{
  g_return_val_if_fail (WS_IS_SOCKET (self), 0);

  return ws_socket_peek (self)->settings->close_timeout;
}

/**
 * ws_socket_set_close_timeout:
 * @self: a socket
 * @close_timeout: milliseconds; 0: as long as it likes
 *
 * Sets how long a closing handshake may take.
 *
 * Since: 1.0
 */
void
ws_socket_set_close_timeout (WsSocket *self, guint close_timeout)
{
  g_return_if_fail (WS_IS_SOCKET (self));

  ws_socket_change_number (self,
                           &ws_socket_peek (self)->settings->close_timeout,
                           close_timeout, WS_SOCKET_PROP_CLOSE_TIMEOUT);
}

/**
 * ws_socket_get_frame_timeout:
 * @self: a socket
 *
 * Gets how long a peer may be silent in the middle of a message.
 *
 * Returns: milliseconds; 0: as long as it likes
 *
 * Since: 1.0
 */
guint
ws_socket_get_frame_timeout (WsSocket *self)
{
  g_return_val_if_fail (WS_IS_SOCKET (self), 0);

  return ws_socket_peek (self)->settings->frame_timeout;
}

/**
 * ws_socket_set_frame_timeout:
 * @self: a socket
 * @frame_timeout: milliseconds; 0: as long as it likes
 *
 * Sets how long a peer may be silent in the middle of a message.
 *
 * Since: 1.0
 */
void
ws_socket_set_frame_timeout (WsSocket *self, guint frame_timeout)
{
  g_return_if_fail (WS_IS_SOCKET (self));

  ws_socket_change_number (self,
                           &ws_socket_peek (self)->settings->frame_timeout,
                           frame_timeout, WS_SOCKET_PROP_FRAME_TIMEOUT);
}

/**
 * ws_socket_get_message_timeout:
 * @self: a socket
 *
 * Gets how long a peer may take for a message, from its first byte to its last.
 *
 * Returns: milliseconds; 0: as long as it likes
 *
 * Since: 1.0
 */
guint
ws_socket_get_message_timeout (WsSocket *self)
{
  g_return_val_if_fail (WS_IS_SOCKET (self), 0);

  return ws_socket_peek (self)->settings->message_timeout;
}

/**
 * ws_socket_set_message_timeout:
 * @self: a socket
 * @message_timeout: milliseconds; 0: as long as it likes
 *
 * Sets how long a peer may take for a message, from its first byte to its last.
 *
 * Since: 1.0
 */
void
ws_socket_set_message_timeout (WsSocket *self, guint message_timeout)
{
  g_return_if_fail (WS_IS_SOCKET (self));

  ws_socket_change_number (self,
                           &ws_socket_peek (self)->settings->message_timeout,
                           message_timeout, WS_SOCKET_PROP_MESSAGE_TIMEOUT);
}

/**
 * ws_socket_get_write_timeout:
 * @self: a socket
 *
 * Gets how long a peer may read nothing of what waits to be written.
 *
 * Returns: milliseconds; 0: as long as it likes
 *
 * Since: 1.0
 */
guint
ws_socket_get_write_timeout (WsSocket *self)
{
  g_return_val_if_fail (WS_IS_SOCKET (self), 0);

  return ws_socket_peek (self)->settings->write_timeout;
}

/**
 * ws_socket_set_write_timeout:
 * @self: a socket
 * @write_timeout: milliseconds; 0: as long as it likes
 *
 * Sets how long a peer may read nothing of what waits to be written.
 *
 * Since: 1.0
 */
void
ws_socket_set_write_timeout (WsSocket *self, guint write_timeout)
{
  g_return_if_fail (WS_IS_SOCKET (self));

  ws_socket_change_number (self,
                           &ws_socket_peek (self)->settings->write_timeout,
                           write_timeout, WS_SOCKET_PROP_WRITE_TIMEOUT);
}

/**
 * ws_socket_get_ping_interval:
 * @self: a socket
 *
 * Gets the peer's silence after which the keepalive sends a ping.
 *
 * Returns: milliseconds; 0: never
 *
 * Since: 1.0
 */
guint
ws_socket_get_ping_interval (WsSocket *self)
{
  g_return_val_if_fail (WS_IS_SOCKET (self), 0);

  return ws_socket_peek (self)->settings->ping_interval;
}

/**
 * ws_socket_set_ping_interval:
 * @self: a socket
 * @ping_interval: milliseconds; 0: never
 *
 * Sets the peer's silence after which the keepalive sends a ping.
 *
 * Since: 1.0
 */
void
ws_socket_set_ping_interval (WsSocket *self, guint ping_interval)
{
  g_return_if_fail (WS_IS_SOCKET (self));

  ws_socket_change_number (self,
                           &ws_socket_peek (self)->settings->ping_interval,
                           ping_interval, WS_SOCKET_PROP_PING_INTERVAL);
}

/**
 * ws_socket_get_ping_timeout:
 * @self: a socket
 *
 * Gets how long a peer may leave a keepalive ping unanswered.
 *
 * Returns: milliseconds; 0: as long as it likes
 *
 * Since: 1.0
 */
guint
ws_socket_get_ping_timeout (WsSocket *self)
{
  g_return_val_if_fail (WS_IS_SOCKET (self), 0);

  return ws_socket_peek (self)->settings->ping_timeout;
}

/**
 * ws_socket_set_ping_timeout:
 * @self: a socket
 * @ping_timeout: milliseconds; 0: as long as it likes
 *
 * Sets how long a peer may leave a keepalive ping unanswered.
 *
 * Since: 1.0
 */
void
ws_socket_set_ping_timeout (WsSocket *self, guint ping_timeout)
{
  g_return_if_fail (WS_IS_SOCKET (self));

  ws_socket_change_number (self, &ws_socket_peek (self)->settings->ping_timeout,
                           ping_timeout, WS_SOCKET_PROP_PING_TIMEOUT);
}

/* --- The properties --- */

/* clang-format off */
const WsProperty ws_socket_timeout_properties[] = {
  /**
   * WsSocket:open-timeout:
   *
   * Milliseconds until an attempt to open is given up; 0: never.
   *
   * It covers name resolution, every address that is tried, and the handshake.
   * Where the program's own loop was blocked, what has come meanwhile counts,
   * and a server that was in time gets time for the rest.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_UINT (WsSocket, WS_SOCKET_PROP_OPEN_TIMEOUT, "open-timeout",
                      0, G_MAXUINT, 20000, ws_socket_get_open_timeout,
                      ws_socket_set_open_timeout) },

  /**
   * WsSocket:close-timeout:
   *
   * Milliseconds until a closing handshake is given up; 0: never.
   *
   * It covers what waits, our close frame and the peer's; traffic does not
   * extend it. Where the program's own loop was blocked, it begins once more.
   *
   * The peer's answer comes behind all that it has sent before. Nothing of that
   * is lost on whoever does not read, because receiving is paused or more waits
   * than [property@Socket:read-buffer-size] allows: there is half of the time
   * to go on. Then what else comes is discarded, so that the answer is found,
   * and the peer, which may be held up, comes to send it. Where the answer is
   * the next that comes, nobody waits.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_UINT (WsSocket, WS_SOCKET_PROP_CLOSE_TIMEOUT, "close-timeout",
                      0, G_MAXUINT, 5000, ws_socket_get_close_timeout,
                      ws_socket_set_close_timeout) },

  /**
   * WsSocket:frame-timeout:
   *
   * Milliseconds that a peer may be silent in the middle of a message; 0: any.
   *
   * Only what comes of that message ends the silence, not the pings between.
   * What is slower closes the connection with 1001.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_UINT (WsSocket, WS_SOCKET_PROP_FRAME_TIMEOUT, "frame-timeout",
                      0, G_MAXUINT, 30000, ws_socket_get_frame_timeout,
                      ws_socket_set_frame_timeout) },

  /**
   * WsSocket:message-timeout:
   *
   * Milliseconds that a peer may take for a message, from its first byte to its
   * last; 0: any.
   *
   * It bounds for how long a part of a message is held. Time in which reading
   * is paused does not count, and what is read as a stream, which holds
   * nothing, may take any. What is slower closes the connection with 1001.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_UINT (WsSocket, WS_SOCKET_PROP_MESSAGE_TIMEOUT,
                      "message-timeout", 0, G_MAXUINT, 600000,
                      ws_socket_get_message_timeout,
                      ws_socket_set_message_timeout) },

  /**
   * WsSocket:write-timeout:
   *
   * Milliseconds that a peer may read nothing of what waits to be
   * written; 0: any.
   *
   * The system takes what is written ahead of the peer, who has to read some of
   * it before that is full; what TLS has taken waits like the rest. Whatever
   * the peer sends, pongs as well, does not count. The connection ends with
   * 1006 and an error.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_UINT (WsSocket, WS_SOCKET_PROP_WRITE_TIMEOUT, "write-timeout",
                      0, G_MAXUINT, 60000, ws_socket_get_write_timeout,
                      ws_socket_set_write_timeout) },

  /**
   * WsSocket:ping-interval:
   *
   * Milliseconds of the peer's silence after which the keepalive sends a ping
   * (RFC 6455, 5.5.2); 0: never.
   *
   * What we write does not count.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_UINT (WsSocket, WS_SOCKET_PROP_PING_INTERVAL, "ping-interval",
                      0, G_MAXUINT, WS_SETTINGS_PING_INTERVAL,
                      ws_socket_get_ping_interval,
                      ws_socket_set_ping_interval) },

  /**
   * WsSocket:ping-timeout:
   *
   * Milliseconds after a keepalive ping until a silent peer is
   * given up; 0: never.
   *
   * Every byte received counts as a sign of life. The connection ends with 1006
   * and an error.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_UINT (WsSocket, WS_SOCKET_PROP_PING_TIMEOUT, "ping-timeout",
                      0, G_MAXUINT, 20000, ws_socket_get_ping_timeout,
                      ws_socket_set_ping_timeout) },

  { 0 }
};
/* clang-format on */
