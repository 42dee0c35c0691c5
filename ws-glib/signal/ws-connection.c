/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The class of WsConnection: what is connected, and when it is made anew. */
#include "ws-connection.h"

#include "signal/ws-connection-access.h"
#include "signal/ws-connection-private.h"
#include "signal/ws-connection-queue.h"
#include "signal/ws-signal-delivery.h"
#include "signal/ws-signal-lock.h"

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
 * What waits for a receiver that is slower than its sender is bounded, see
 * [property@Connection:max-queued-bytes].
 *
 * Its properties are to be set in one thread.
 *
 * Since: 1.0
 */
G_DEFINE_FINAL_TYPE (WsConnection, ws_connection, G_TYPE_OBJECT)

/* --- Connecting --- */

/* (transfer full) (nullable): in any thread. */
static WsSignalLink *
ref_link (WsConnection *self)
{
  WsSignalLink *link;

  ws_signal_lock ();
  link = self->link != NULL ? ws_signal_link_ref (self->link) : NULL;
  ws_signal_unlock ();
  return link;
}

/* Returns whether @link was the present link. */
static gboolean
forget_link (WsConnection *self, WsSignalLink *link)
{
  gboolean was_it;

  ws_signal_lock ();
  was_it = self->link == link;
  if (was_it)
    {
      self->link = NULL;
      self->n_dropped += link->queue.n_dropped;
    }
  ws_signal_unlock ();
  if (was_it)
    ws_signal_link_unref (link);
  return was_it;
}

static void
on_link_ended (WsSignalLink *link, gpointer owner)
{
  WsConnection *self = owner;

  if (forget_link (self, link))
    ws_connection_notify (self, WS_CONNECTION_PROP_CONNECTED);
}

static const WsSignalLinkSink link_sink = {
  .emitted = ws_signal_on_emission,
  .ended = on_link_ended,
};

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
  link = ws_signal_link_new (&link_sink, sender, self->signal, receiver, &slot,
                             self->slot, self->flags, error);
  if (link == NULL)
    return FALSE;
  ws_signal_lock ();
  self->link = ws_signal_link_ref (link);
  ws_signal_queue_set_bound (&link->queue, self->max_queued, self->policy);
  ws_signal_unlock ();
  is_attached
      = ws_signal_link_attach (link, sender, receiver, G_OBJECT (self), error);
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
  /* A link keeps the connection, if there is one. */
  g_object_unref (self);
  return is_made ? self : NULL;
}

gboolean
ws_connection_end (WsConnection *self)
{
  WsSignalLink *link = ref_link (self);
  gboolean      was_connected;

  if (link == NULL)
    return FALSE;
  was_connected = ws_signal_link_end (link, TRUE);
  ws_signal_link_unref (link);
  return was_connected;
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
  GError *error = NULL;
  g_autoptr (GObject) sender = ws_connection_dup_sender (self);
  g_autoptr (GObject) receiver = ws_connection_dup_receiver (self);

  g_object_freeze_notify (G_OBJECT (self));
  ws_connection_end (self);
  if (sender != NULL && receiver != NULL && self->signal != NULL
      && (self->slot != NULL || self->function.closure != NULL)
      && make_link (self, sender, receiver, &error))
    ws_connection_notify (self, WS_CONNECTION_PROP_CONNECTED);
  set_error (self, error);
  g_object_thaw_notify (G_OBJECT (self));
}

/* Whether a property says which signal is connected to what. */
static gboolean
says_what (GParamSpec *pspec)
{
  for (guint i = WS_CONNECTION_PROP_SENDER; i <= WS_CONNECTION_PROP_FLAGS; i++)
    if (pspec == ws_connection_props[i])
      return TRUE;
  return FALSE;
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
    is_ours
        |= pspecs[i]->owner_type == WS_TYPE_CONNECTION && says_what (pspecs[i]);
  if (is_ours)
    reconnect (WS_CONNECTION (object));
  g_object_unref (object);
}

/* --- Life --- */

static void
ws_connection_dispose (GObject *object)
{
  WsConnection *self = WS_CONNECTION (object);

  ws_connection_end (self);
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

static const WsProperty *const tables[]
    = { ws_connection_access_properties, ws_connection_queue_properties, NULL };

static void
ws_connection_class_init (WsConnectionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = ws_connection_dispose;
  object_class->finalize = ws_connection_finalize;
  object_class->dispatch_properties_changed
      = ws_connection_dispatch_properties_changed;
  ws_property_install (object_class, tables, ws_connection_props,
                       WS_CONNECTION_N_PROPS);
}

static void
ws_connection_init (WsConnection *self)
{
  self->max_queued = WS_SIGNAL_QUEUE_MAX_SIZE;
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
