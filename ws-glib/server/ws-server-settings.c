/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "server/ws-server-private.h"

/* What new sockets begin with. */

/**
 * ws_server_get_max_incoming_frame_size:
 * @self: a server
 *
 * Gets the [property@Socket:max-incoming-frame-size] of new sockets.
 *
 * Returns: bytes
 *
 * Since: 1.0
 */
guint64
ws_server_get_max_incoming_frame_size (WsServer *self)
{
  g_return_val_if_fail (WS_IS_SERVER (self), 0);

  return ws_server_peek (self)->settings.max_incoming_frame_size;
}

/**
 * ws_server_set_max_incoming_frame_size:
 * @self: a server
 * @max_incoming_frame_size: bytes
 *
 * Sets the [property@Socket:max-incoming-frame-size] of new sockets.
 *
 * Since: 1.0
 */
void
ws_server_set_max_incoming_frame_size (WsServer *self,
                                       guint64   max_incoming_frame_size)
{
  WsServerPrivate *priv;

  g_return_if_fail (WS_IS_SERVER (self));

  priv = ws_server_peek (self);
  if (priv->settings.max_incoming_frame_size == max_incoming_frame_size
      || !ws_server_may_set (self, WS_SERVER_PROP_MAX_INCOMING_FRAME_SIZE))
    return;
  priv->settings.max_incoming_frame_size = max_incoming_frame_size;
  ws_server_notify (self, WS_SERVER_PROP_MAX_INCOMING_FRAME_SIZE);
}

/**
 * ws_server_get_max_incoming_fragments:
 * @self: a server
 *
 * Gets the [property@Socket:max-incoming-fragments] of new sockets.
 *
 * Returns: a number of frames; 0: any number
 *
 * Since: 1.0
 */
guint
ws_server_get_max_incoming_fragments (WsServer *self)
{
  g_return_val_if_fail (WS_IS_SERVER (self), 0);

  return ws_server_peek (self)->settings.max_incoming_fragments;
}

/**
 * ws_server_set_max_incoming_fragments:
 * @self: a server
 * @max_incoming_fragments: a number of frames; 0: any number
 *
 * Sets the [property@Socket:max-incoming-fragments] of new sockets.
 *
 * Since: 1.0
 */
void
ws_server_set_max_incoming_fragments (WsServer *self,
                                      guint     max_incoming_fragments)
{
  WsServerPrivate *priv;

  g_return_if_fail (WS_IS_SERVER (self));

  priv = ws_server_peek (self);
  if (priv->settings.max_incoming_fragments == max_incoming_fragments
      || !ws_server_may_set (self, WS_SERVER_PROP_MAX_INCOMING_FRAGMENTS))
    return;
  priv->settings.max_incoming_fragments = max_incoming_fragments;
  ws_server_notify (self, WS_SERVER_PROP_MAX_INCOMING_FRAGMENTS);
}

/**
 * ws_server_get_max_incoming_message_size:
 * @self: a server
 *
 * Gets the [property@Socket:max-incoming-message-size] of new sockets.
 *
 * Returns: bytes
 *
 * Since: 1.0
 */
guint64
ws_server_get_max_incoming_message_size (WsServer *self)
{
  g_return_val_if_fail (WS_IS_SERVER (self), 0);

  return ws_server_peek (self)->settings.max_incoming_message_size;
}

/**
 * ws_server_set_max_incoming_message_size:
 * @self: a server
 * @max_incoming_message_size: bytes
 *
 * Sets the [property@Socket:max-incoming-message-size] of new sockets.
 *
 * Since: 1.0
 */
void
ws_server_set_max_incoming_message_size (WsServer *self,
                                         guint64   max_incoming_message_size)
{
  WsServerPrivate *priv;

  g_return_if_fail (WS_IS_SERVER (self));

  priv = ws_server_peek (self);
  if (priv->settings.max_incoming_message_size == max_incoming_message_size
      || !ws_server_may_set (self, WS_SERVER_PROP_MAX_INCOMING_MESSAGE_SIZE))
    return;
  priv->settings.max_incoming_message_size = max_incoming_message_size;
  ws_server_notify (self, WS_SERVER_PROP_MAX_INCOMING_MESSAGE_SIZE);
}

/**
 * ws_server_get_outgoing_frame_size:
 * @self: a server
 *
 * Gets the [property@Socket:outgoing-frame-size] of new sockets.
 *
 * Returns: bytes
 *
 * Since: 1.0
 */
guint64
ws_server_get_outgoing_frame_size (WsServer *self)
{
  g_return_val_if_fail (WS_IS_SERVER (self), 0);

  return ws_server_peek (self)->settings.outgoing_frame_size;
}

/**
 * ws_server_set_outgoing_frame_size:
 * @self: a server
 * @outgoing_frame_size: bytes
 *
 * Sets the [property@Socket:outgoing-frame-size] of new sockets.
 *
 * Since: 1.0
 */
void
ws_server_set_outgoing_frame_size (WsServer *self, guint64 outgoing_frame_size)
{
  WsServerPrivate *priv;

  g_return_if_fail (WS_IS_SERVER (self));

  priv = ws_server_peek (self);
  if (priv->settings.outgoing_frame_size == outgoing_frame_size
      || !ws_server_may_set (self, WS_SERVER_PROP_OUTGOING_FRAME_SIZE))
    return;
  priv->settings.outgoing_frame_size = outgoing_frame_size;
  ws_server_notify (self, WS_SERVER_PROP_OUTGOING_FRAME_SIZE);
}

/**
 * ws_server_get_max_bytes_to_write:
 * @self: a server
 *
 * Gets the [property@Socket:max-bytes-to-write] of new sockets.
 *
 * Returns: bytes
 *
 * Since: 1.0
 */
guint64
ws_server_get_max_bytes_to_write (WsServer *self)
{
  g_return_val_if_fail (WS_IS_SERVER (self), 0);

  return ws_server_peek (self)->settings.max_bytes_to_write;
}

/**
 * ws_server_set_max_bytes_to_write:
 * @self: a server
 * @max_bytes_to_write: bytes
 *
 * Sets the [property@Socket:max-bytes-to-write] of new sockets.
 *
 * Since: 1.0
 */
void
ws_server_set_max_bytes_to_write (WsServer *self, guint64 max_bytes_to_write)
{
  WsServerPrivate *priv;

  g_return_if_fail (WS_IS_SERVER (self));

  priv = ws_server_peek (self);
  if (priv->settings.max_bytes_to_write == max_bytes_to_write
      || !ws_server_may_set (self, WS_SERVER_PROP_MAX_BYTES_TO_WRITE))
    return;
  priv->settings.max_bytes_to_write = max_bytes_to_write;
  ws_server_notify (self, WS_SERVER_PROP_MAX_BYTES_TO_WRITE);
}

/**
 * ws_server_get_write_high_water_mark:
 * @self: a server
 *
 * Gets the [property@Socket:write-high-water-mark] of new sockets.
 *
 * Returns: bytes
 *
 * Since: 1.0
 */
guint64
ws_server_get_write_high_water_mark (WsServer *self)
{
  g_return_val_if_fail (WS_IS_SERVER (self), 0);

  return ws_server_peek (self)->settings.write_high_water_mark;
}

/**
 * ws_server_set_write_high_water_mark:
 * @self: a server
 * @write_high_water_mark: bytes
 *
 * Sets the [property@Socket:write-high-water-mark] of new sockets.
 *
 * Since: 1.0
 */
void
ws_server_set_write_high_water_mark (WsServer *self,
                                     guint64   write_high_water_mark)
{
  WsServerPrivate *priv;

  g_return_if_fail (WS_IS_SERVER (self));

  priv = ws_server_peek (self);
  if (priv->settings.write_high_water_mark == write_high_water_mark
      || !ws_server_may_set (self, WS_SERVER_PROP_WRITE_HIGH_WATER_MARK))
    return;
  priv->settings.write_high_water_mark = write_high_water_mark;
  ws_server_notify (self, WS_SERVER_PROP_WRITE_HIGH_WATER_MARK);
}

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
  WsServerPrivate *priv;

  g_return_if_fail (WS_IS_SERVER (self));

  priv = ws_server_peek (self);
  if (priv->settings.close_timeout == close_timeout
      || !ws_server_may_set (self, WS_SERVER_PROP_CLOSE_TIMEOUT))
    return;
  priv->settings.close_timeout = close_timeout;
  ws_server_notify (self, WS_SERVER_PROP_CLOSE_TIMEOUT);
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
  WsServerPrivate *priv;

  g_return_if_fail (WS_IS_SERVER (self));

  priv = ws_server_peek (self);
  if (priv->settings.frame_timeout == frame_timeout
      || !ws_server_may_set (self, WS_SERVER_PROP_FRAME_TIMEOUT))
    return;
  priv->settings.frame_timeout = frame_timeout;
  ws_server_notify (self, WS_SERVER_PROP_FRAME_TIMEOUT);
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
  WsServerPrivate *priv;

  g_return_if_fail (WS_IS_SERVER (self));

  priv = ws_server_peek (self);
  if (priv->settings.ping_interval == ping_interval
      || !ws_server_may_set (self, WS_SERVER_PROP_PING_INTERVAL))
    return;
  priv->settings.ping_interval = ping_interval;
  ws_server_notify (self, WS_SERVER_PROP_PING_INTERVAL);
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
  WsServerPrivate *priv;

  g_return_if_fail (WS_IS_SERVER (self));

  priv = ws_server_peek (self);
  if (priv->settings.ping_timeout == ping_timeout
      || !ws_server_may_set (self, WS_SERVER_PROP_PING_TIMEOUT))
    return;
  priv->settings.ping_timeout = ping_timeout;
  ws_server_notify (self, WS_SERVER_PROP_PING_TIMEOUT);
}
