/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How long the peers of new sockets may take for what they owe. */
#include "server/ws-server-timeouts.h"

#include "server/ws-server-settings.h"

/**
 * ws_server_get_close_timeout:
 * @self: a server
 *
 * Gets the [property@Socket:close-timeout] of new sockets.
 *
 * Returns: milliseconds
 *
 * Since: 1.0
 */
guint
ws_server_get_close_timeout (WsServer *self)
{
  g_return_val_if_fail (WS_IS_SERVER (self), 0);

  return ws_server_peek (self)->settings.close_timeout;
}

/**
 * ws_server_set_close_timeout:
 * @self: a server
 * @close_timeout: milliseconds
 *
 * Sets the [property@Socket:close-timeout] of new sockets.
 *
 * Since: 1.0
 */
void
ws_server_set_close_timeout (WsServer *self, guint close_timeout)
{
  g_return_if_fail (WS_IS_SERVER (self));

  ws_server_change_number (self, &ws_server_peek (self)->settings.close_timeout,
                           close_timeout, WS_SERVER_PROP_CLOSE_TIMEOUT);
}

/**
 * ws_server_get_frame_timeout:
 * @self: a server
 *
 * Gets the [property@Socket:frame-timeout] of new sockets.
 *
 * Returns: milliseconds
 *
 * Since: 1.0
 */
guint
ws_server_get_frame_timeout (WsServer *self)
{
  g_return_val_if_fail (WS_IS_SERVER (self), 0);

  return ws_server_peek (self)->settings.frame_timeout;
}

/**
 * ws_server_set_frame_timeout:
 * @self: a server
 * @frame_timeout: milliseconds
 *
 * Sets the [property@Socket:frame-timeout] of new sockets.
 *
 * Since: 1.0
 */
void
ws_server_set_frame_timeout (WsServer *self, guint frame_timeout)
{
  g_return_if_fail (WS_IS_SERVER (self));

  ws_server_change_number (self, &ws_server_peek (self)->settings.frame_timeout,
                           frame_timeout, WS_SERVER_PROP_FRAME_TIMEOUT);
}

/**
 * ws_server_get_message_timeout:
 * @self: a server
 *
 * Gets the [property@Socket:message-timeout] of new sockets.
 *
 * Returns: milliseconds
 *
 * Since: 1.0
 */
guint
ws_server_get_message_timeout (WsServer *self)
{
  g_return_val_if_fail (WS_IS_SERVER (self), 0);

  return ws_server_peek (self)->settings.message_timeout;
}

/**
 * ws_server_set_message_timeout:
 * @self: a server
 * @message_timeout: milliseconds
 *
 * Sets the [property@Socket:message-timeout] of new sockets.
 *
 * Since: 1.0
 */
void
ws_server_set_message_timeout (WsServer *self, guint message_timeout)
{
  g_return_if_fail (WS_IS_SERVER (self));

  ws_server_change_number (self,
                           &ws_server_peek (self)->settings.message_timeout,
                           message_timeout, WS_SERVER_PROP_MESSAGE_TIMEOUT);
}

/**
 * ws_server_get_write_timeout:
 * @self: a server
 *
 * Gets the [property@Socket:write-timeout] of new sockets.
 *
 * Returns: milliseconds
 *
 * Since: 1.0
 */
guint
ws_server_get_write_timeout (WsServer *self)
{
  g_return_val_if_fail (WS_IS_SERVER (self), 0);

  return ws_server_peek (self)->settings.write_timeout;
}

/**
 * ws_server_set_write_timeout:
 * @self: a server
 * @write_timeout: milliseconds
 *
 * Sets the [property@Socket:write-timeout] of new sockets.
 *
 * Since: 1.0
 */
void
ws_server_set_write_timeout (WsServer *self, guint write_timeout)
{
  g_return_if_fail (WS_IS_SERVER (self));

  ws_server_change_number (self, &ws_server_peek (self)->settings.write_timeout,
                           write_timeout, WS_SERVER_PROP_WRITE_TIMEOUT);
}

/**
 * ws_server_get_ping_interval:
 * @self: a server
 *
 * Gets the [property@Socket:ping-interval] of new sockets.
 *
 * Returns: milliseconds
 *
 * Since: 1.0
 */
guint
ws_server_get_ping_interval (WsServer *self)
{
  g_return_val_if_fail (WS_IS_SERVER (self), 0);

  return ws_server_peek (self)->settings.ping_interval;
}

/**
 * ws_server_set_ping_interval:
 * @self: a server
 * @ping_interval: milliseconds
 *
 * Sets the [property@Socket:ping-interval] of new sockets.
 *
 * Since: 1.0
 */
void
ws_server_set_ping_interval (WsServer *self, guint ping_interval)
{
  g_return_if_fail (WS_IS_SERVER (self));

  ws_server_change_number (self, &ws_server_peek (self)->settings.ping_interval,
                           ping_interval, WS_SERVER_PROP_PING_INTERVAL);
}

/**
 * ws_server_get_ping_timeout:
 * @self: a server
 *
 * Gets the [property@Socket:ping-timeout] of new sockets.
 *
 * Returns: milliseconds
 *
 * Since: 1.0
 */
guint
ws_server_get_ping_timeout (WsServer *self)
{
  g_return_val_if_fail (WS_IS_SERVER (self), 0);

  return ws_server_peek (self)->settings.ping_timeout;
}

/**
 * ws_server_set_ping_timeout:
 * @self: a server
 * @ping_timeout: milliseconds
 *
 * Sets the [property@Socket:ping-timeout] of new sockets.
 *
 * Since: 1.0
 */
void
ws_server_set_ping_timeout (WsServer *self, guint ping_timeout)
{
  g_return_if_fail (WS_IS_SERVER (self));

  ws_server_change_number (self, &ws_server_peek (self)->settings.ping_timeout,
                           ping_timeout, WS_SERVER_PROP_PING_TIMEOUT);
}

/* --- The properties --- */

/* clang-format off */
const WsProperty ws_server_timeouts_properties[] = {
  /**
   * WsServer:close-timeout:
   *
   * The [property@Socket:close-timeout] of new sockets, in milliseconds.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_UINT (WsServer, WS_SERVER_PROP_CLOSE_TIMEOUT, "close-timeout",
                      0, G_MAXUINT, 5000, ws_server_get_close_timeout,
                      ws_server_set_close_timeout) },

  /**
   * WsServer:frame-timeout:
   *
   * The [property@Socket:frame-timeout] of new sockets, in milliseconds.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_UINT (WsServer, WS_SERVER_PROP_FRAME_TIMEOUT, "frame-timeout",
                      0, G_MAXUINT, 30000, ws_server_get_frame_timeout,
                      ws_server_set_frame_timeout) },

  /**
   * WsServer:message-timeout:
   *
   * The [property@Socket:message-timeout] of new sockets, in milliseconds.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_UINT (WsServer, WS_SERVER_PROP_MESSAGE_TIMEOUT,
                      "message-timeout", 0, G_MAXUINT, 600000,
                      ws_server_get_message_timeout,
                      ws_server_set_message_timeout) },

  /**
   * WsServer:write-timeout:
   *
   * The [property@Socket:write-timeout] of new sockets, in milliseconds.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_UINT (WsServer, WS_SERVER_PROP_WRITE_TIMEOUT, "write-timeout",
                      0, G_MAXUINT, 60000, ws_server_get_write_timeout,
                      ws_server_set_write_timeout) },

  /**
   * WsServer:ping-interval:
   *
   * The [property@Socket:ping-interval] of new sockets, in milliseconds.
   *
   * Proxies cut connections that carry nothing for a minute, and browsers send
   * no pings.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_UINT (WsServer, WS_SERVER_PROP_PING_INTERVAL, "ping-interval",
                      0, G_MAXUINT, WS_SETTINGS_PING_INTERVAL,
                      ws_server_get_ping_interval,
                      ws_server_set_ping_interval) },

  /**
   * WsServer:ping-timeout:
   *
   * The [property@Socket:ping-timeout] of new sockets, in milliseconds.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_UINT (WsServer, WS_SERVER_PROP_PING_TIMEOUT, "ping-timeout",
                      0, G_MAXUINT, 20000, ws_server_get_ping_timeout,
                      ws_server_set_ping_timeout) },

  { 0 }
};
/* clang-format on */
