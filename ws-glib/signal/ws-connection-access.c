/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The properties of WsConnection: what was set, and what became of it. */
#include "signal/ws-connection-access.h"

#include "signal/ws-signal-lock.h"

GParamSpec *ws_connection_props[WS_CONNECTION_N_PROPS];

void
ws_connection_notify (WsConnection *self, WsConnectionProp property)
{
  g_object_notify_by_pspec (G_OBJECT (self), ws_connection_props[property]);
}

/* (transfer full) (nullable) */
static GObject *
dup_end (WsSignalHub *end)
{
  return end != NULL ? ws_signal_hub_ref_object (end) : NULL;
}

static void
set_end (WsConnection    *self,
         WsSignalHub    **end,
         GObject         *object,
         WsConnectionProp property)
{
  g_autoptr (GObject) old = dup_end (*end);

  if (old == object)
    return;
  g_clear_pointer (end, ws_signal_hub_unref);
  if (object != NULL)
    *end = ws_signal_hub_get (object);
  ws_connection_notify (self, property);
}

static gboolean
set_name (WsConnection    *self,
          char           **name,
          const char      *value,
          WsConnectionProp property)
{
  if (g_strcmp0 (*name, value) == 0)
    return FALSE;
  g_free (*name);
  *name = g_strdup (value);
  ws_connection_notify (self, property);
  return TRUE;
}

/**
 * ws_connection_dup_sender:
 * @self: a connection
 *
 * Gets the object whose signal it is.
 *
 * Returns: (transfer full) (nullable): an object, or %NULL once it is gone
 *
 * Since: 1.0
 */
GObject *
ws_connection_dup_sender (WsConnection *self)
{
  g_return_val_if_fail (WS_IS_CONNECTION (self), NULL);

  return dup_end (self->sender);
}

/**
 * ws_connection_set_sender:
 * @self: a connection
 * @sender: (nullable): an object
 *
 * Sets the object whose signal it is.
 *
 * Since: 1.0
 */
void
ws_connection_set_sender (WsConnection *self, GObject *sender)
{
  g_return_if_fail (WS_IS_CONNECTION (self));
  g_return_if_fail (sender == NULL || G_IS_OBJECT (sender));

  set_end (self, &self->sender, sender, WS_CONNECTION_PROP_SENDER);
}

/**
 * ws_connection_get_signal:
 * @self: a connection
 *
 * Gets the name of the signal.
 *
 * Returns: (nullable): a name
 *
 * Since: 1.0
 */
const char *
ws_connection_get_signal (WsConnection *self)
{
  g_return_val_if_fail (WS_IS_CONNECTION (self), NULL);

  return self->signal;
}

/**
 * ws_connection_set_signal:
 * @self: a connection
 * @signal: (nullable): a name, with a detail if you like
 *
 * Sets the signal.
 *
 * Since: 1.0
 */
void
ws_connection_set_signal (WsConnection *self, const char *signal)
{
  g_return_if_fail (WS_IS_CONNECTION (self));

  set_name (self, &self->signal, signal, WS_CONNECTION_PROP_SIGNAL);
}

/**
 * ws_connection_dup_receiver:
 * @self: a connection
 *
 * Gets the object that the slot belongs to.
 *
 * Returns: (transfer full) (nullable): an object, or %NULL once it is gone
 *
 * Since: 1.0
 */
GObject *
ws_connection_dup_receiver (WsConnection *self)
{
  g_return_val_if_fail (WS_IS_CONNECTION (self), NULL);

  return dup_end (self->receiver);
}

/**
 * ws_connection_set_receiver:
 * @self: a connection
 * @receiver: (nullable): an object
 *
 * Sets the object that the slot belongs to.
 *
 * Since: 1.0
 */
void
ws_connection_set_receiver (WsConnection *self, GObject *receiver)
{
  g_return_if_fail (WS_IS_CONNECTION (self));
  g_return_if_fail (receiver == NULL || G_IS_OBJECT (receiver));

  set_end (self, &self->receiver, receiver, WS_CONNECTION_PROP_RECEIVER);
}

/**
 * ws_connection_get_slot:
 * @self: a connection
 *
 * Gets the name of the slot.
 *
 * Returns: (nullable): a name, or %NULL if it has none or is not set
 *
 * Since: 1.0
 */
const char *
ws_connection_get_slot (WsConnection *self)
{
  g_return_val_if_fail (WS_IS_CONNECTION (self), NULL);

  return self->slot;
}

/**
 * ws_connection_set_slot:
 * @self: a connection
 * @slot: (nullable): the name of an action signal of the receiver
 *
 * Sets the slot.
 *
 * Since: 1.0
 */
void
ws_connection_set_slot (WsConnection *self, const char *slot)
{
  g_return_if_fail (WS_IS_CONNECTION (self));

  if (slot != NULL)
    ws_signal_slot_clear (&self->function);
  set_name (self, &self->slot, slot, WS_CONNECTION_PROP_SLOT);
}

/**
 * ws_connection_get_flags:
 * @self: a connection
 *
 * Gets how the slot is called.
 *
 * Returns: flags
 *
 * Since: 1.0
 */
WsConnectFlags
ws_connection_get_flags (WsConnection *self)
{
  g_return_val_if_fail (WS_IS_CONNECTION (self), WS_CONNECT_FLAGS_AUTO);

  return self->flags;
}

/**
 * ws_connection_set_flags:
 * @self: a connection
 * @flags: flags
 *
 * Sets how the slot is called.
 *
 * Since: 1.0
 */
void
ws_connection_set_flags (WsConnection *self, WsConnectFlags flags)
{
  g_return_if_fail (WS_IS_CONNECTION (self));

  if (self->flags == flags)
    return;
  self->flags = flags;
  ws_connection_notify (self, WS_CONNECTION_PROP_FLAGS);
}

/**
 * ws_connection_get_connected:
 * @self: a connection
 *
 * Gets whether emissions of the signal reach the slot.
 *
 * Returns: whether it is connected
 *
 * Since: 1.0
 */
gboolean
ws_connection_get_connected (WsConnection *self)
{
  gboolean is_connected;

  g_return_val_if_fail (WS_IS_CONNECTION (self), FALSE);

  ws_signal_lock ();
  is_connected = self->link != NULL;
  ws_signal_unlock ();
  return is_connected;
}

/**
 * ws_connection_get_error:
 * @self: a connection
 *
 * Gets why it could not be connected with what is set.
 *
 * Returns: (transfer none) (nullable): an error, as [func@connect_slot] has
 *   them
 *
 * Since: 1.0
 */
const GError *
ws_connection_get_error (WsConnection *self)
{
  g_return_val_if_fail (WS_IS_CONNECTION (self), NULL);

  return self->error;
}

/**
 * ws_connection_get_error_string:
 * @self: a connection
 *
 * Gets why it could not be connected, for people.
 *
 * Returns: a text; "" if there is no error
 *
 * Since: 1.0
 */
const char *
ws_connection_get_error_string (WsConnection *self)
{
  g_return_val_if_fail (WS_IS_CONNECTION (self), NULL);

  return self->error != NULL ? self->error->message : "";
}

/* --- As properties --- */

/* clang-format off */
const WsProperty ws_connection_access_properties[] = {
  /**
   * WsConnection:sender: (getter dup_sender)
   *
   * The object whose signal it is; %NULL once that is gone.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_OBJECT (WsConnection, WS_CONNECTION_PROP_SENDER, "sender",
                        GObject, g_object_get_type, ws_connection_dup_sender,
                        ws_connection_set_sender),
    .is_taken = TRUE },

  /**
   * WsConnection:signal:
   *
   * The name of the signal, with a detail if you like: `notify::state`.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_STRING (WsConnection, WS_CONNECTION_PROP_SIGNAL, "signal",
                        NULL, ws_connection_get_signal,
                        ws_connection_set_signal) },

  /**
   * WsConnection:receiver: (getter dup_receiver)
   *
   * The object that the slot belongs to; %NULL once that is gone.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_OBJECT (WsConnection, WS_CONNECTION_PROP_RECEIVER, "receiver",
                        GObject, g_object_get_type,
                        ws_connection_dup_receiver, ws_connection_set_receiver),
    .is_taken = TRUE },

  /**
   * WsConnection:slot:
   *
   * The name of the slot, which is an action signal of the receiver.
   *
   * %NULL, too, where [func@connect] was given a function; that is forgotten
   * when a name is set.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_STRING (WsConnection, WS_CONNECTION_PROP_SLOT, "slot", NULL,
                        ws_connection_get_slot, ws_connection_set_slot) },

  /**
   * WsConnection:flags:
   *
   * How the slot is called.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_FLAGS (WsConnection, WS_CONNECTION_PROP_FLAGS, "flags",
                       WsConnectFlags, ws_connect_flags_get_type,
                       WS_CONNECT_FLAGS_AUTO, ws_connection_get_flags,
                       ws_connection_set_flags) },

  /**
   * WsConnection:connected:
   *
   * Whether emissions of the signal reach the slot.
   *
   * That it ends is notified in the thread where that happens.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_BOOLEAN (WsConnection, WS_CONNECTION_PROP_CONNECTED,
                         "connected", FALSE,
                         ws_connection_get_connected, NULL) },

  /**
   * WsConnection:error-string:
   *
   * Why it could not be connected with what is set; "" if it could, or if
   * something is not set yet.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_STRING (WsConnection, WS_CONNECTION_PROP_ERROR_STRING,
                        "error-string", "", ws_connection_get_error_string,
                        NULL) },

  { 0 }
};
/* clang-format on */
