/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ws-connection.h"

#include "signal/ws-connection-private.h"

/**
 * WsConnection:
 *
 * A connection between a signal of one object and a slot of another.
 *
 * [func@connect] and its relatives return one. Made by itself, for instance by
 * a `.ui` file, it connects as soon as [property@Connection:sender],
 * [property@Connection:signal], [property@Connection:receiver] and
 * [property@Connection:slot] are set, in any order:
 *
 *     <object class="WsConnection">
 *       <property name="sender">button</property>
 *       <property name="signal">clicked</property>
 *       <property name="receiver">socket</property>
 *       <property name="slot">ping</property>
 *     </object>
 *
 * If that fails, [property@Connection:error-string] says why, and so does a
 * warning. A property that is changed later connects anew, several that are set
 * together do so once.
 *
 * While it is connected, its sender keeps it: dropping your reference does not
 * end the connection. [func@disconnect] does, as does the disposal of either
 * object. It keeps neither of them alive.
 *
 * Its properties are to be set in one thread.
 *
 * Since: 1.0
 */
G_DEFINE_FINAL_TYPE (WsConnection, ws_connection, G_TYPE_OBJECT)

static GParamSpec *props[WS_CONNECTION_N_PROPS];

void
ws_connection_notify (WsConnection *self, WsConnectionProp property)
{
  g_object_notify_by_pspec (G_OBJECT (self), props[property]);
}

/* --- Connecting --- */

WsSignalLink *
ws_connection_ref_link (WsConnection *self)
{
  WsSignalLink *link;

  ws_signal_lock ();
  link = self->link != NULL ? ws_signal_link_ref (self->link) : NULL;
  ws_signal_unlock ();
  return link;
}

/* Whether @link was the one it has. */
static gboolean
forget_link (WsConnection *self, WsSignalLink *link)
{
  gboolean was_it;

  ws_signal_lock ();
  was_it = self->link == link;
  if (was_it)
    self->link = NULL;
  ws_signal_unlock ();
  if (was_it)
    ws_signal_link_unref (link);
  return was_it;
}

void
ws_connection_on_ended (WsConnection *self, WsSignalLink *link)
{
  if (forget_link (self, link))
    ws_connection_notify (self, WS_CONNECTION_PROP_CONNECTED);
}

static gboolean
make_link (WsConnection *self,
           GObject      *sender,
           GObject      *receiver,
           GError      **error)
{
  WsSignalSlot  slot = self->function;
  WsSignalLink *link;
  gboolean      is_attached;

  if (slot.closure != NULL)
    g_closure_ref (slot.closure);
  link = ws_signal_link_new (sender, self->signal, receiver, &slot, self->slot,
                             self->flags, error);
  if (link == NULL)
    return FALSE;
  ws_signal_lock ();
  self->link = ws_signal_link_ref (link);
  ws_signal_unlock ();
  is_attached = ws_signal_link_attach (link, sender, receiver, self, error);
  if (!is_attached)
    forget_link (self, link);
  ws_signal_link_unref (link);
  return is_attached;
}

WsConnection *
ws_connection_establish (GObject       *sender,
                         const char    *signal,
                         GObject       *receiver,
                         WsSignalSlot  *slot,
                         const char    *slot_name,
                         WsConnectFlags flags,
                         GError       **error)
{
  WsConnection *self = ws_connection_new ();
  gboolean      is_made;

  self->sender = ws_signal_hub_get (sender);
  self->receiver = ws_signal_hub_get (receiver);
  self->signal = g_strdup (signal);
  self->slot = g_strdup (slot_name);
  self->function = *slot;
  self->flags = flags;
  is_made = make_link (self, sender, receiver, error);
  /* The link keeps it, if there is one. */
  g_object_unref (self);
  return is_made ? self : NULL;
}

static void
set_error (WsConnection *self, GError *error)
{
  if (error == NULL && self->error == NULL)
    return;
  g_clear_error (&self->error);
  self->error = error;
  if (error != NULL)
    g_warning ("A WsConnection is not connected: %s", error->message);
  ws_connection_notify (self, WS_CONNECTION_PROP_ERROR_STRING);
}

/* Ends what there is, and connects what is set if that is enough. */
static void
reconnect (WsConnection *self)
{
  WsSignalLink *link = ws_connection_ref_link (self);
  GError       *error = NULL;
  g_autoptr (GObject) sender = ws_connection_dup_sender (self);
  g_autoptr (GObject) receiver = ws_connection_dup_receiver (self);

  g_object_freeze_notify (G_OBJECT (self));
  if (link != NULL)
    {
      ws_signal_link_end (link, TRUE);
      ws_signal_link_unref (link);
    }
  if (sender != NULL && receiver != NULL && self->signal != NULL
      && (self->slot != NULL || self->function.closure != NULL)
      && make_link (self, sender, receiver, &error))
    ws_connection_notify (self, WS_CONNECTION_PROP_CONNECTED);
  set_error (self, error);
  g_object_thaw_notify (G_OBJECT (self));
}

/* Called once for all the properties that were set together. */
static void
ws_connection_dispatch_properties_changed (GObject     *object,
                                           guint        n_pspecs,
                                           GParamSpec **pspecs)
{
  gboolean is_ours = FALSE;

  g_object_ref (object);
  G_OBJECT_CLASS (ws_connection_parent_class)
      ->dispatch_properties_changed (object, n_pspecs, pspecs);
  for (guint i = 0; i < n_pspecs; i++)
    is_ours |= pspecs[i]->owner_type == WS_TYPE_CONNECTION
               && pspecs[i] != props[WS_CONNECTION_PROP_CONNECTED]
               && pspecs[i] != props[WS_CONNECTION_PROP_ERROR_STRING];
  if (is_ours)
    reconnect (WS_CONNECTION (object));
  g_object_unref (object);
}

/* --- Life --- */

static void
ws_connection_dispose (GObject *object)
{
  WsConnection *self = WS_CONNECTION (object);

  ws_disconnect (self);
  ws_signal_slot_clear (&self->function);
  G_OBJECT_CLASS (ws_connection_parent_class)->dispose (object);
}

static void
ws_connection_finalize (GObject *object)
{
  WsConnection *self = WS_CONNECTION (object);

  g_clear_pointer (&self->sender, ws_signal_hub_unref);
  g_clear_pointer (&self->receiver, ws_signal_hub_unref);
  g_free (self->signal);
  g_free (self->slot);
  g_clear_error (&self->error);
  G_OBJECT_CLASS (ws_connection_parent_class)->finalize (object);
}

static void
ws_connection_get_property (GObject    *object,
                            guint       prop_id,
                            GValue     *value,
                            GParamSpec *pspec)
{
  WsConnection *self = WS_CONNECTION (object);

  switch ((WsConnectionProp) prop_id)
    {
    case WS_CONNECTION_PROP_SENDER:
      g_value_take_object (value, ws_connection_dup_sender (self));
      break;
    case WS_CONNECTION_PROP_SIGNAL:
      g_value_set_string (value, self->signal);
      break;
    case WS_CONNECTION_PROP_RECEIVER:
      g_value_take_object (value, ws_connection_dup_receiver (self));
      break;
    case WS_CONNECTION_PROP_SLOT:
      g_value_set_string (value, self->slot);
      break;
    case WS_CONNECTION_PROP_FLAGS:
      g_value_set_flags (value, self->flags);
      break;
    case WS_CONNECTION_PROP_CONNECTED:
      g_value_set_boolean (value, ws_connection_get_connected (self));
      break;
    case WS_CONNECTION_PROP_ERROR_STRING:
      g_value_set_string (value, ws_connection_get_error_string (self));
      break;
    case WS_CONNECTION_N_PROPS:
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
ws_connection_set_property (GObject      *object,
                            guint         prop_id,
                            const GValue *value,
                            GParamSpec   *pspec)
{
  WsConnection *self = WS_CONNECTION (object);

  switch ((WsConnectionProp) prop_id)
    {
    case WS_CONNECTION_PROP_SENDER:
      ws_connection_set_sender (self, g_value_get_object (value));
      break;
    case WS_CONNECTION_PROP_SIGNAL:
      ws_connection_set_signal (self, g_value_get_string (value));
      break;
    case WS_CONNECTION_PROP_RECEIVER:
      ws_connection_set_receiver (self, g_value_get_object (value));
      break;
    case WS_CONNECTION_PROP_SLOT:
      ws_connection_set_slot (self, g_value_get_string (value));
      break;
    case WS_CONNECTION_PROP_FLAGS:
      ws_connection_set_flags (self, g_value_get_flags (value));
      break;
    case WS_CONNECTION_PROP_CONNECTED:
    case WS_CONNECTION_PROP_ERROR_STRING:
    case WS_CONNECTION_N_PROPS:
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

#define READ_ONLY \
  (G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS)
#define READ_WRITE (READ_ONLY | G_PARAM_WRITABLE)

static void
install_ends (void)
{
  /**
   * WsConnection:sender: (getter dup_sender) (setter set_sender)
   *
   * The object whose signal it is; %NULL once that is gone.
   *
   * Since: 1.0
   */
  props[WS_CONNECTION_PROP_SENDER]
      = g_param_spec_object ("sender", NULL, NULL, G_TYPE_OBJECT, READ_WRITE);

  /**
   * WsConnection:signal: (getter get_signal) (setter set_signal)
   *
   * The name of the signal, with a detail if you like: `notify::state`.
   *
   * Since: 1.0
   */
  props[WS_CONNECTION_PROP_SIGNAL]
      = g_param_spec_string ("signal", NULL, NULL, NULL, READ_WRITE);

  /**
   * WsConnection:receiver: (getter dup_receiver) (setter set_receiver)
   *
   * The object that the slot belongs to; %NULL once that is gone.
   *
   * Since: 1.0
   */
  props[WS_CONNECTION_PROP_RECEIVER]
      = g_param_spec_object ("receiver", NULL, NULL, G_TYPE_OBJECT, READ_WRITE);

  /**
   * WsConnection:slot: (getter get_slot) (setter set_slot)
   *
   * The name of the slot, which is an action signal of the receiver.
   *
   * %NULL, too, where [func@connect] was given a function; that is forgotten
   * when a name is set.
   *
   * Since: 1.0
   */
  props[WS_CONNECTION_PROP_SLOT]
      = g_param_spec_string ("slot", NULL, NULL, NULL, READ_WRITE);

  /**
   * WsConnection:flags: (getter get_flags) (setter set_flags)
   *
   * How the slot is called.
   *
   * Since: 1.0
   */
  props[WS_CONNECTION_PROP_FLAGS]
      = g_param_spec_flags ("flags", NULL, NULL, WS_TYPE_CONNECT_FLAGS,
                            WS_CONNECT_FLAGS_AUTO, READ_WRITE);
}

static void
install_outcome (void)
{
  /**
   * WsConnection:connected: (getter get_connected)
   *
   * Whether emissions of the signal reach the slot.
   *
   * That it ends is notified in the thread where that happens.
   *
   * Since: 1.0
   */
  props[WS_CONNECTION_PROP_CONNECTED]
      = g_param_spec_boolean ("connected", NULL, NULL, FALSE, READ_ONLY);

  /**
   * WsConnection:error-string: (getter get_error_string)
   *
   * Why it could not be connected with what is set; "" if it could, or if
   * something is not set yet.
   *
   * Since: 1.0
   */
  props[WS_CONNECTION_PROP_ERROR_STRING]
      = g_param_spec_string ("error-string", NULL, NULL, "", READ_ONLY);
}

static void
ws_connection_class_init (WsConnectionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = ws_connection_dispose;
  object_class->finalize = ws_connection_finalize;
  object_class->get_property = ws_connection_get_property;
  object_class->set_property = ws_connection_set_property;
  object_class->dispatch_properties_changed
      = ws_connection_dispatch_properties_changed;
  install_ends ();
  install_outcome ();
  g_object_class_install_properties (object_class, WS_CONNECTION_N_PROPS,
                                     props);
}

static void
ws_connection_init (WsConnection *self)
{
}

/**
 * ws_connection_new:
 *
 * Creates a connection of nothing yet.
 *
 * Returns: (transfer full): a new connection
 *
 * Since: 1.0
 */
WsConnection *
ws_connection_new (void)
{
  return g_object_new (WS_TYPE_CONNECTION, NULL);
}
