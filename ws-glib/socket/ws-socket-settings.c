/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Limits and sizes: each may change while connected. */
#include "socket/ws-socket-settings.h"

WsSettings *
ws_socket_share_defaults (void)
{
  static WsSettings *defaults; /* (owned) */

  if (g_once_init_enter (&defaults))
    {
      WsSettings settings = ws_settings_default ();

      g_once_init_leave (&defaults, ws_settings_share (&settings));
    }
  return ws_settings_ref (defaults);
}

/* What is at @place of the socket's settings, to be written. */
static gpointer
get_own (WsSocket *self, gpointer place)
{
  WsSocketPrivate *priv = ws_socket_peek (self);
  const glong      offset = (char *) place - (char *) priv->settings;
  WsSettings      *shared = priv->settings;

  if (!priv->has_settings)
    {
      priv->settings = ws_settings_share (shared);
      priv->has_settings = TRUE;
      if (priv->now.engine != NULL)
        ws_engine_set_settings (priv->now.engine, priv->settings);
      ws_settings_unref (shared);
    }
  return G_STRUCT_MEMBER_P (priv->settings, offset);
}

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
  *(guint64 *) get_own (self, place) = value;
  note_change (self, property);
}

void
ws_socket_change_number (WsSocket    *self,
                         guint       *place,
                         guint        value,
                         WsSocketProp property)
{
  if (*place == value || !ws_socket_may_set (self, property))
    return;
  *(guint *) get_own (self, place) = value;
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

  return ws_socket_peek (self)->settings->max_incoming_frame_size;
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

  set_size (self, &ws_socket_peek (self)->settings->max_incoming_frame_size,
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

  return ws_socket_peek (self)->settings->max_incoming_fragments;
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

  ws_socket_change_number (
      self, &ws_socket_peek (self)->settings->max_incoming_fragments,
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

  return ws_socket_peek (self)->settings->max_incoming_message_size;
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

  set_size (self, &ws_socket_peek (self)->settings->max_incoming_message_size,
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

  return ws_socket_peek (self)->settings->outgoing_frame_size;
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

  set_size (self, &ws_socket_peek (self)->settings->outgoing_frame_size,
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

  return ws_socket_peek (self)->settings->max_bytes_to_write;
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

  set_size (self, &ws_socket_peek (self)->settings->max_bytes_to_write,
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

  return ws_socket_peek (self)->settings->write_high_water_mark;
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

  set_size (self, &ws_socket_peek (self)->settings->write_high_water_mark,
            write_high_water_mark, WS_SOCKET_PROP_WRITE_HIGH_WATER_MARK);
}

/**
 * ws_socket_get_priority:
 * @self: a socket
 *
 * Gets the priority of what the socket does in the main loop.
 *
 * Returns: as of a [struct@GLib.Source]
 *
 * Since: 1.0
 */
int
ws_socket_get_priority (WsSocket *self)
{
  g_return_val_if_fail (WS_IS_SOCKET (self), G_PRIORITY_DEFAULT);

  return ws_socket_peek (self)->settings->priority;
}

/**
 * ws_socket_set_priority:
 * @self: a socket
 * @priority: as of a [struct@GLib.Source]
 *
 * Sets the priority of what the socket does in the main loop, from the next
 * opening on.
 *
 * Since: 1.0
 */
void
ws_socket_set_priority (WsSocket *self, int priority)
{
  WsSocketPrivate *priv;

  g_return_if_fail (WS_IS_SOCKET (self));

  priv = ws_socket_peek (self);
  if (priv->settings->priority == priority
      || !ws_socket_may_set (self, WS_SOCKET_PROP_PRIORITY))
    return;
  *(int *) get_own (self, &priv->settings->priority) = priority;
  ws_socket_notify (self, WS_SOCKET_PROP_PRIORITY);
}

/* --- The properties --- */

/* clang-format off */
const WsProperty ws_socket_settings_properties[] = {
  /**
   * WsSocket:max-incoming-frame-size:
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
   * WsSocket:max-incoming-fragments:
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
   * WsSocket:max-incoming-message-size:
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
   * WsSocket:outgoing-frame-size:
   *
   * The payload, in bytes, above which a message is sent in fragments (RFC
   * 6455, 5.4); 0: never.
   *
   * Some peers cannot put fragments together, so that a message which is
   * there as a whole is sent as one. A control frame goes between two frames:
   * with a limit a pong need not wait for the rest of a large message.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_UINT64 (WsSocket, WS_SOCKET_PROP_OUTGOING_FRAME_SIZE,
                        "outgoing-frame-size", 0,
                        ws_socket_get_outgoing_frame_size,
                        ws_socket_set_outgoing_frame_size) },

  /**
   * WsSocket:max-bytes-to-write:
   *
   * How many bytes may wait to be written, frame headers included.
   *
   * A message or ping beyond it is refused with %WS_SOCKET_ERROR_BUFFER_FULL,
   * and nothing of it is sent.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_UINT64 (WsSocket, WS_SOCKET_PROP_MAX_BYTES_TO_WRITE,
                        "max-bytes-to-write", 64 * 1024 * 1024,
                        ws_socket_get_max_bytes_to_write,
                        ws_socket_set_max_bytes_to_write) },

  /**
   * WsSocket:write-high-water-mark:
   *
   * How many bytes may wait before the writer should pause;
   * nothing enforces it.
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
   * WsSocket:priority:
   *
   * The priority of what the socket does in the main loop, as of a
   * [struct@GLib.Source]; from the next opening on.
   *
   * A number above %G_PRIORITY_DEFAULT lets everything else go first. Who
   * always has messages to handle does not keep sources of lower priority from
   * running: after a few milliseconds it waits for one turn of the main loop.
   *
   * A server's socket has that of its server.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_INT (WsSocket, WS_SOCKET_PROP_PRIORITY, "priority", G_MININT,
                     G_MAXINT, G_PRIORITY_DEFAULT, ws_socket_get_priority,
                     ws_socket_set_priority) },

  { 0 }
};
/* clang-format on */
