/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "socket/ws-socket-properties.h"

/* The properties of WsSocket that set how a connection behaves. */

#define READ_ONLY  WS_SOCKET_READ_ONLY
#define READ_WRITE WS_SOCKET_READ_WRITE

static void
install_size_properties (GParamSpec **props)
{
  /**
   * WsSocket:mask-generator: (getter get_mask_generator) (setter set_mask_generator)
   *
   * Where the masks of a client's frames come from (RFC 6455, 5.3); %NULL: the
   * built-in generator.
   *
   * It may be changed while connected.
   *
   * Since: 1.0
   */
  props[WS_SOCKET_PROP_MASK_GENERATOR]
      = g_param_spec_object ("mask-generator", NULL, NULL,
                             WS_TYPE_MASK_GENERATOR, READ_WRITE);

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
  props[WS_SOCKET_PROP_MAX_INCOMING_FRAME_SIZE]
      = g_param_spec_uint64 ("max-incoming-frame-size", NULL, NULL, 0,
                             G_MAXUINT64, 16 * 1024 * 1024, READ_WRITE);

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
  props[WS_SOCKET_PROP_MAX_INCOMING_FRAGMENTS]
      = g_param_spec_uint ("max-incoming-fragments", NULL, NULL, 0, G_MAXUINT,
                           128 * 1024, READ_WRITE);

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
  props[WS_SOCKET_PROP_MAX_INCOMING_MESSAGE_SIZE]
      = g_param_spec_uint64 ("max-incoming-message-size", NULL, NULL, 0,
                             G_MAXUINT64, 16 * 1024 * 1024, READ_WRITE);

  /**
   * WsSocket:outgoing-frame-size: (getter get_outgoing_frame_size) (setter set_outgoing_frame_size)
   *
   * The payload, in bytes, above which a message is sent in fragments (RFC 6455,
   * 5.4); 0: never.
   *
   * Since: 1.0
   */
  props[WS_SOCKET_PROP_OUTGOING_FRAME_SIZE]
      = g_param_spec_uint64 ("outgoing-frame-size", NULL, NULL, 0, G_MAXUINT64,
                             512 * 1024, READ_WRITE);

  /**
   * WsSocket:bytes-to-write: (getter get_bytes_to_write)
   *
   * What waits to be written, in bytes, frame headers included.
   *
   * Notified after something was written.
   *
   * Since: 1.0
   */
  props[WS_SOCKET_PROP_BYTES_TO_WRITE]
      = g_param_spec_uint64 ("bytes-to-write", NULL, NULL, 0, G_MAXUINT64, 0,
                             READ_ONLY);

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
  props[WS_SOCKET_PROP_MAX_BYTES_TO_WRITE]
      = g_param_spec_uint64 ("max-bytes-to-write", NULL, NULL, 0, G_MAXUINT64,
                             64 * 1024 * 1024, READ_WRITE);
}

static void
install_time_properties (GParamSpec **props)
{
  /**
   * WsSocket:write-high-water-mark: (getter get_write_high_water_mark) (setter set_write_high_water_mark)
   *
   * How many bytes may wait before the writer should pause; nothing enforces it.
   *
   * [signal@Socket::drained] tells when half of it is reached again.
   *
   * Since: 1.0
   */
  props[WS_SOCKET_PROP_WRITE_HIGH_WATER_MARK]
      = g_param_spec_uint64 ("write-high-water-mark", NULL, NULL, 0,
                             G_MAXUINT64, 1024 * 1024, READ_WRITE);

  /**
   * WsSocket:open-timeout: (getter get_open_timeout) (setter set_open_timeout)
   *
   * Milliseconds until an attempt to open is given up; 0: never.
   *
   * It covers name resolution, every address that is tried, and the handshake.
   *
   * Since: 1.0
   */
  props[WS_SOCKET_PROP_OPEN_TIMEOUT]
      = g_param_spec_uint ("open-timeout", NULL, NULL, 0, G_MAXUINT, 20000,
                           READ_WRITE);

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
  props[WS_SOCKET_PROP_CLOSE_TIMEOUT]
      = g_param_spec_uint ("close-timeout", NULL, NULL, 0, G_MAXUINT, 5000,
                           READ_WRITE);

  /**
   * WsSocket:frame-timeout: (getter get_frame_timeout) (setter set_frame_timeout)
   *
   * Milliseconds that a peer may be silent in the middle of a message; 0: any.
   *
   * What is slower closes the connection with 1001.
   *
   * Since: 1.0
   */
  props[WS_SOCKET_PROP_FRAME_TIMEOUT]
      = g_param_spec_uint ("frame-timeout", NULL, NULL, 0, G_MAXUINT, 30000,
                           READ_WRITE);

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
  props[WS_SOCKET_PROP_PING_INTERVAL]
      = g_param_spec_uint ("ping-interval", NULL, NULL, 0, G_MAXUINT,
                           WS_SETTINGS_CLIENT_PING_INTERVAL, READ_WRITE);

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
  props[WS_SOCKET_PROP_PING_TIMEOUT]
      = g_param_spec_uint ("ping-timeout", NULL, NULL, 0, G_MAXUINT, 20000,
                           READ_WRITE);
}

void
ws_socket_install_settings_properties (GParamSpec **props)
{
  install_size_properties (props);
  install_time_properties (props);
}
