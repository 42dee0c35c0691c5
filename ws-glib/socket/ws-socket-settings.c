/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "socket/ws-socket-settings.h"

/* Limits, sizes and times: each may change while connected. */

static void
note_change (WsSocket *self, WsSocketProp property)
{
  WsSocketPrivate *priv = ws_socket_peek (self);

  if (priv->now.engine != NULL)
    ws_engine_update (priv->now.engine);
  ws_socket_notify (self, property);
}

static void
set_size (WsSocket *self, guint64 *place, guint64 value, WsSocketProp property)
{
  if (*place == value || !ws_socket_may_set (self, property))
    return;
  *place = value;
  note_change (self, property);
}

static void
set_number (WsSocket *self, guint *place, guint value, WsSocketProp property)
{
  if (*place == value || !ws_socket_may_set (self, property))
    return;
  *place = value;
  note_change (self, property);
}

/**
 * ws_socket_get_max_incoming_frame_size:
 * @self: a socket
 *
 * Gets the largest payload of an incoming frame.
 *
 * Returns: bytes
 *
 * Since: 1.0
 */
guint64
ws_socket_get_max_incoming_frame_size (WsSocket *self)
{
  g_return_val_if_fail (WS_IS_SOCKET (self), 0);

  return ws_socket_peek (self)->settings.max_incoming_frame_size;
}

/**
 * ws_socket_set_max_incoming_frame_size:
 * @self: a socket
 * @max_incoming_frame_size: bytes
 *
 * Sets the largest payload of an incoming frame.
 *
 * Since: 1.0
 */
void
ws_socket_set_max_incoming_frame_size (WsSocket *self,
                                       guint64   max_incoming_frame_size)
{
  g_return_if_fail (WS_IS_SOCKET (self));

  set_size (self, &ws_socket_peek (self)->settings.max_incoming_frame_size,
            max_incoming_frame_size, WS_SOCKET_PROP_MAX_INCOMING_FRAME_SIZE);
}

/**
 * ws_socket_get_max_incoming_fragments:
 * @self: a socket
 *
 * Gets how many frames an incoming message may consist of.
 *
 * Returns: a number of frames; 0: any number
 *
 * Since: 1.0
 */
guint
ws_socket_get_max_incoming_fragments (WsSocket *self)
{
  g_return_val_if_fail (WS_IS_SOCKET (self), 0);

  return ws_socket_peek (self)->settings.max_incoming_fragments;
}

/**
 * ws_socket_set_max_incoming_fragments:
 * @self: a socket
 * @max_incoming_fragments: a number of frames; 0: any number
 *
 * Sets how many frames an incoming message may consist of.
 *
 * Since: 1.0
 */
void
ws_socket_set_max_incoming_fragments (WsSocket *self,
                                      guint     max_incoming_fragments)
{
  g_return_if_fail (WS_IS_SOCKET (self));

  set_number (self, &ws_socket_peek (self)->settings.max_incoming_fragments,
              max_incoming_fragments, WS_SOCKET_PROP_MAX_INCOMING_FRAGMENTS);
}

/**
 * ws_socket_get_max_incoming_message_size:
 * @self: a socket
 *
 * Gets the largest incoming message.
 *
 * Returns: bytes
 *
 * Since: 1.0
 */
guint64
ws_socket_get_max_incoming_message_size (WsSocket *self)
{
  g_return_val_if_fail (WS_IS_SOCKET (self), 0);

  return ws_socket_peek (self)->settings.max_incoming_message_size;
}

/**
 * ws_socket_set_max_incoming_message_size:
 * @self: a socket
 * @max_incoming_message_size: bytes
 *
 * Sets the largest incoming message.
 *
 * Since: 1.0
 */
void
ws_socket_set_max_incoming_message_size (WsSocket *self,
                                         guint64   max_incoming_message_size)
{
  g_return_if_fail (WS_IS_SOCKET (self));

  set_size (self, &ws_socket_peek (self)->settings.max_incoming_message_size,
            max_incoming_message_size,
            WS_SOCKET_PROP_MAX_INCOMING_MESSAGE_SIZE);
}

/**
 * ws_socket_get_outgoing_frame_size:
 * @self: a socket
 *
 * Gets the payload above which a message is sent in fragments.
 *
 * Returns: bytes; 0: never
 *
 * Since: 1.0
 */
guint64
ws_socket_get_outgoing_frame_size (WsSocket *self)
{
  g_return_val_if_fail (WS_IS_SOCKET (self), 0);

  return ws_socket_peek (self)->settings.outgoing_frame_size;
}

/**
 * ws_socket_set_outgoing_frame_size:
 * @self: a socket
 * @outgoing_frame_size: bytes; 0: never
 *
 * Sets the payload above which a message is sent in fragments.
 *
 * Since: 1.0
 */
void
ws_socket_set_outgoing_frame_size (WsSocket *self, guint64 outgoing_frame_size)
{
  g_return_if_fail (WS_IS_SOCKET (self));

  set_size (self, &ws_socket_peek (self)->settings.outgoing_frame_size,
            outgoing_frame_size, WS_SOCKET_PROP_OUTGOING_FRAME_SIZE);
}

/**
 * ws_socket_get_max_bytes_to_write:
 * @self: a socket
 *
 * Gets how much may wait to be written.
 *
 * Returns: bytes
 *
 * Since: 1.0
 */
guint64
ws_socket_get_max_bytes_to_write (WsSocket *self)
{
  g_return_val_if_fail (WS_IS_SOCKET (self), 0);

  return ws_socket_peek (self)->settings.max_bytes_to_write;
}

/**
 * ws_socket_set_max_bytes_to_write:
 * @self: a socket
 * @max_bytes_to_write: bytes
 *
 * Sets how much may wait to be written.
 *
 * Since: 1.0
 */
void
ws_socket_set_max_bytes_to_write (WsSocket *self, guint64 max_bytes_to_write)
{
  g_return_if_fail (WS_IS_SOCKET (self));

  set_size (self, &ws_socket_peek (self)->settings.max_bytes_to_write,
            max_bytes_to_write, WS_SOCKET_PROP_MAX_BYTES_TO_WRITE);
}

/**
 * ws_socket_get_write_high_water_mark:
 * @self: a socket
 *
 * Gets how much may wait before the writer should pause.
 *
 * Returns: bytes
 *
 * Since: 1.0
 */
guint64
ws_socket_get_write_high_water_mark (WsSocket *self)
{
  g_return_val_if_fail (WS_IS_SOCKET (self), 0);

  return ws_socket_peek (self)->settings.write_high_water_mark;
}

/**
 * ws_socket_set_write_high_water_mark:
 * @self: a socket
 * @write_high_water_mark: bytes
 *
 * Sets how much may wait before the writer should pause.
 *
 * Since: 1.0
 */
void
ws_socket_set_write_high_water_mark (WsSocket *self,
                                     guint64   write_high_water_mark)
{
  g_return_if_fail (WS_IS_SOCKET (self));

  set_size (self, &ws_socket_peek (self)->settings.write_high_water_mark,
            write_high_water_mark, WS_SOCKET_PROP_WRITE_HIGH_WATER_MARK);
}

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

  return ws_socket_peek (self)->settings.open_timeout;
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

  set_number (self, &ws_socket_peek (self)->settings.open_timeout, open_timeout,
              WS_SOCKET_PROP_OPEN_TIMEOUT);
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

  return ws_socket_peek (self)->settings.close_timeout;
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

  set_number (self, &ws_socket_peek (self)->settings.close_timeout,
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

  return ws_socket_peek (self)->settings.frame_timeout;
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

  set_number (self, &ws_socket_peek (self)->settings.frame_timeout,
              frame_timeout, WS_SOCKET_PROP_FRAME_TIMEOUT);
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

  return ws_socket_peek (self)->settings.ping_interval;
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

  set_number (self, &ws_socket_peek (self)->settings.ping_interval,
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

  return ws_socket_peek (self)->settings.ping_timeout;
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

  set_number (self, &ws_socket_peek (self)->settings.ping_timeout, ping_timeout,
              WS_SOCKET_PROP_PING_TIMEOUT);
}

/* --- The properties --- */

/* clang-format off */
const WsProperty ws_socket_settings_properties[] = {
  /**
   * WsSocket:max-incoming-frame-size: (getter get_max_incoming_frame_size) (setter set_max_incoming_frame_size)
   *
   * The largest payload of an incoming frame, in bytes.
   *
   * What goes beyond closes the connection with 1009 before anything of it is
   * stored.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_UINT64 (WsSocket, WS_SOCKET_PROP_MAX_INCOMING_FRAME_SIZE,
                        "max-incoming-frame-size", 16 * 1024 * 1024,
                        ws_socket_get_max_incoming_frame_size,
                        ws_socket_set_max_incoming_frame_size) },

  /**
   * WsSocket:max-incoming-fragments: (getter get_max_incoming_fragments) (setter set_max_incoming_fragments)
   *
   * How many frames an incoming message may consist of; 0: any number.
   *
   * However little the fragments of a message bring (RFC 6455, 5.4), each costs
   * work, and empty ones escape all limits of size. What goes beyond closes the
   * connection with 1009.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_UINT (WsSocket, WS_SOCKET_PROP_MAX_INCOMING_FRAGMENTS,
                      "max-incoming-fragments", 0, G_MAXUINT, 128 * 1024,
                      ws_socket_get_max_incoming_fragments,
                      ws_socket_set_max_incoming_fragments) },

  /**
   * WsSocket:max-incoming-message-size: (getter get_max_incoming_message_size) (setter set_max_incoming_message_size)
   *
   * The largest incoming message, in bytes.
   *
   * What goes beyond closes the connection with 1009 before anything of it is
   * stored.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_UINT64 (WsSocket, WS_SOCKET_PROP_MAX_INCOMING_MESSAGE_SIZE,
                        "max-incoming-message-size", 16 * 1024 * 1024,
                        ws_socket_get_max_incoming_message_size,
                        ws_socket_set_max_incoming_message_size) },

  /**
   * WsSocket:outgoing-frame-size: (getter get_outgoing_frame_size) (setter set_outgoing_frame_size)
   *
   * The payload, in bytes, above which a message is sent in fragments (RFC 6455,
   * 5.4); 0: never.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_UINT64 (WsSocket, WS_SOCKET_PROP_OUTGOING_FRAME_SIZE,
                        "outgoing-frame-size", 512 * 1024,
                        ws_socket_get_outgoing_frame_size,
                        ws_socket_set_outgoing_frame_size) },

  /**
   * WsSocket:max-bytes-to-write: (getter get_max_bytes_to_write) (setter set_max_bytes_to_write)
   *
   * How many bytes may wait to be written, frame headers included.
   *
   * A message or ping beyond it is refused with %WS_SOCKET_ERROR_BUFFER_FULL, and
   * nothing of it is sent.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_UINT64 (WsSocket, WS_SOCKET_PROP_MAX_BYTES_TO_WRITE,
                        "max-bytes-to-write", 64 * 1024 * 1024,
                        ws_socket_get_max_bytes_to_write,
                        ws_socket_set_max_bytes_to_write) },

  /**
   * WsSocket:write-high-water-mark: (getter get_write_high_water_mark) (setter set_write_high_water_mark)
   *
   * How many bytes may wait before the writer should pause; nothing enforces it.
   *
   * [signal@Socket::drained] tells when half of it is reached again.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_UINT64 (WsSocket, WS_SOCKET_PROP_WRITE_HIGH_WATER_MARK,
                        "write-high-water-mark", 1024 * 1024,
                        ws_socket_get_write_high_water_mark,
                        ws_socket_set_write_high_water_mark) },

  /**
   * WsSocket:open-timeout: (getter get_open_timeout) (setter set_open_timeout)
   *
   * Milliseconds until an attempt to open is given up; 0: never.
   *
   * It covers name resolution, every address that is tried, and the handshake.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_UINT (WsSocket, WS_SOCKET_PROP_OPEN_TIMEOUT, "open-timeout",
                      0, G_MAXUINT, 20000, ws_socket_get_open_timeout,
                      ws_socket_set_open_timeout) },

  /**
   * WsSocket:close-timeout: (getter get_close_timeout) (setter set_close_timeout)
   *
   * Milliseconds until a closing handshake is given up; 0: never.
   *
   * It covers what waits, our close frame and the peer's; traffic does not extend
   * it.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_UINT (WsSocket, WS_SOCKET_PROP_CLOSE_TIMEOUT, "close-timeout",
                      0, G_MAXUINT, 5000, ws_socket_get_close_timeout,
                      ws_socket_set_close_timeout) },

  /**
   * WsSocket:frame-timeout: (getter get_frame_timeout) (setter set_frame_timeout)
   *
   * Milliseconds that a peer may be silent in the middle of a message; 0: any.
   *
   * What is slower closes the connection with 1001.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_UINT (WsSocket, WS_SOCKET_PROP_FRAME_TIMEOUT, "frame-timeout",
                      0, G_MAXUINT, 30000, ws_socket_get_frame_timeout,
                      ws_socket_set_frame_timeout) },

  /**
   * WsSocket:ping-interval: (getter get_ping_interval) (setter set_ping_interval)
   *
   * Milliseconds of the peer's silence after which the keepalive sends a ping (RFC
   * 6455, 5.5.2); 0: never.
   *
   * What we write does not count. Clients ask every 30 000 by default, a server's sockets never.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_UINT (WsSocket, WS_SOCKET_PROP_PING_INTERVAL, "ping-interval",
                      0, G_MAXUINT, WS_SETTINGS_CLIENT_PING_INTERVAL,
                      ws_socket_get_ping_interval, ws_socket_set_ping_interval) },

  /**
   * WsSocket:ping-timeout: (getter get_ping_timeout) (setter set_ping_timeout)
   *
   * Milliseconds after a keepalive ping until a silent peer is given up; 0: never.
   *
   * Every byte received counts as a sign of life. The connection ends with 1006 and
   * an error.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_UINT (WsSocket, WS_SOCKET_PROP_PING_TIMEOUT, "ping-timeout",
                      0, G_MAXUINT, 20000, ws_socket_get_ping_timeout,
                      ws_socket_set_ping_timeout) },

  { 0 }
};
/* clang-format on */
