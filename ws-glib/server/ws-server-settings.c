/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What new sockets begin with. */
#include "server/ws-server-settings.h"

#include <string.h>

WsSettings *
ws_server_share_settings (WsServer *self)
{
  WsServerPrivate *priv = ws_server_peek (self);

  if (priv->shared != NULL
      && memcmp (priv->shared, &priv->settings, sizeof priv->settings) == 0)
    return priv->shared;
  g_clear_pointer (&priv->shared, ws_settings_unref);
  priv->shared = ws_settings_share (&priv->settings);
  return priv->shared;
}

static void
set_size (WsServer *self, guint64 *place, guint64 value, WsServerProp property)
{
  if (*place == value || !ws_server_may_set (self, property))
    return;
  *place = value;
  ws_server_notify (self, property);
}

void
ws_server_change_number (WsServer    *self,
                         guint       *place,
                         guint        value,
                         WsServerProp property)
{
  if (*place == value || !ws_server_may_set (self, property))
    return;
  *place = value;
  ws_server_notify (self, property);
}

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
  g_return_if_fail (WS_IS_SERVER (self));

  set_size (self, &ws_server_peek (self)->settings.max_incoming_frame_size,
            max_incoming_frame_size, WS_SERVER_PROP_MAX_INCOMING_FRAME_SIZE);
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
  g_return_if_fail (WS_IS_SERVER (self));

  ws_server_change_number (
      self, &ws_server_peek (self)->settings.max_incoming_fragments,
      max_incoming_fragments, WS_SERVER_PROP_MAX_INCOMING_FRAGMENTS);
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
  g_return_if_fail (WS_IS_SERVER (self));

  set_size (self, &ws_server_peek (self)->settings.max_incoming_message_size,
            max_incoming_message_size,
            WS_SERVER_PROP_MAX_INCOMING_MESSAGE_SIZE);
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
  g_return_if_fail (WS_IS_SERVER (self));

  set_size (self, &ws_server_peek (self)->settings.outgoing_frame_size,
            outgoing_frame_size, WS_SERVER_PROP_OUTGOING_FRAME_SIZE);
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
  g_return_if_fail (WS_IS_SERVER (self));

  set_size (self, &ws_server_peek (self)->settings.max_bytes_to_write,
            max_bytes_to_write, WS_SERVER_PROP_MAX_BYTES_TO_WRITE);
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
  g_return_if_fail (WS_IS_SERVER (self));

  set_size (self, &ws_server_peek (self)->settings.write_high_water_mark,
            write_high_water_mark, WS_SERVER_PROP_WRITE_HIGH_WATER_MARK);
}

/**
 * ws_server_get_priority:
 * @self: a server
 *
 * Gets the priority of what the server and its sockets do in the main loop.
 *
 * Returns: as of a [struct@GLib.Source]
 *
 * Since: 1.0
 */
int
ws_server_get_priority (WsServer *self)
{
  g_return_val_if_fail (WS_IS_SERVER (self), G_PRIORITY_DEFAULT);

  return ws_server_peek (self)->settings.priority;
}

/**
 * ws_server_set_priority:
 * @self: a server
 * @priority: as of a [struct@GLib.Source]
 *
 * Sets the priority of what the server and its sockets do in the main loop.
 * Refused with a warning once the server has listened.
 *
 * Since: 1.0
 */
void
ws_server_set_priority (WsServer *self, int priority)
{
  WsServerPrivate *priv;

  g_return_if_fail (WS_IS_SERVER (self));

  priv = ws_server_peek (self);
  if (priv->settings.priority == priority
      || !ws_server_may_set (self, WS_SERVER_PROP_PRIORITY))
    return;
  if (priv->poller != NULL)
    {
      g_warning ("The property priority cannot be set any more: the server has "
                 "listened already");
      return;
    }
  priv->settings.priority = priority;
  ws_server_notify (self, WS_SERVER_PROP_PRIORITY);
}

/* --- The properties --- */

/* clang-format off */
const WsProperty ws_server_settings_properties[] = {
  /**
   * WsServer:max-incoming-frame-size:
   *
   * The [property@Socket:max-incoming-frame-size] of new sockets, in bytes.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_UINT64 (WsServer, WS_SERVER_PROP_MAX_INCOMING_FRAME_SIZE,
                        "max-incoming-frame-size", 16 * 1024 * 1024,
                        ws_server_get_max_incoming_frame_size,
                        ws_server_set_max_incoming_frame_size) },

  /**
   * WsServer:max-incoming-fragments:
   *
   * The [property@Socket:max-incoming-fragments] of new sockets.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_UINT (WsServer, WS_SERVER_PROP_MAX_INCOMING_FRAGMENTS,
                      "max-incoming-fragments", 0, G_MAXUINT, 128 * 1024,
                      ws_server_get_max_incoming_fragments,
                      ws_server_set_max_incoming_fragments) },

  /**
   * WsServer:max-incoming-message-size:
   *
   * The [property@Socket:max-incoming-message-size] of new sockets, in bytes.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_UINT64 (WsServer, WS_SERVER_PROP_MAX_INCOMING_MESSAGE_SIZE,
                        "max-incoming-message-size", 16 * 1024 * 1024,
                        ws_server_get_max_incoming_message_size,
                        ws_server_set_max_incoming_message_size) },

  /**
   * WsServer:outgoing-frame-size:
   *
   * The [property@Socket:outgoing-frame-size] of new sockets, in bytes.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_UINT64 (WsServer, WS_SERVER_PROP_OUTGOING_FRAME_SIZE,
                        "outgoing-frame-size", 0,
                        ws_server_get_outgoing_frame_size,
                        ws_server_set_outgoing_frame_size) },

  /**
   * WsServer:max-bytes-to-write:
   *
   * The [property@Socket:max-bytes-to-write] of new sockets, in bytes.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_UINT64 (WsServer, WS_SERVER_PROP_MAX_BYTES_TO_WRITE,
                        "max-bytes-to-write", 64 * 1024 * 1024,
                        ws_server_get_max_bytes_to_write,
                        ws_server_set_max_bytes_to_write) },

  /**
   * WsServer:write-high-water-mark:
   *
   * The [property@Socket:write-high-water-mark] of new sockets, in bytes.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_UINT64 (WsServer, WS_SERVER_PROP_WRITE_HIGH_WATER_MARK,
                        "write-high-water-mark", 1024 * 1024,
                        ws_server_get_write_high_water_mark,
                        ws_server_set_write_high_water_mark) },

  /**
   * WsServer:priority:
   *
   * The priority of what the server and its sockets do in the main loop; see
   * [property@Socket:priority]. To be set before the server listens.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_INT (WsServer, WS_SERVER_PROP_PRIORITY, "priority", G_MININT,
                     G_MAXINT, G_PRIORITY_DEFAULT, ws_server_get_priority,
                     ws_server_set_priority) },

  { 0 }
};
/* clang-format on */
