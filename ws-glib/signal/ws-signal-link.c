/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One connection that was made: who holds whom, and how it ends.
 *
 * The handler at the sender is a closure that holds the link. The link holds
 * its owner, a WsConnection, until the link is over; the owner holds the link
 * until it is told so. The link knows the objects at both ends by their hubs,
 * which hold them weakly and end all links of an object that is disposed. In a
 * thread that an object may not belong to no strong reference is taken to it,
 * since it might become the last one: what cannot be done without is left to
 * the sender's next emission. */
#include "signal/ws-signal-link.h"

#include "signal/ws-signal-asking.h"
#include "signal/ws-signal-home.h"
#include "signal/ws-signal-lock.h"
#include "ws-socket-error.h"
#include "base/ws-tsan-private.h"

/* --- Hubs --- */

static GQuark
hub_quark (void)
{
  return g_quark_from_static_string ("ws-signal-hub");
}

static WsSignalHub *
hub_ref (WsSignalHub *self)
{
  g_atomic_int_inc (&self->n_refs);
  return self;
}

void
ws_signal_hub_unref (WsSignalHub *self)
{
  if (!g_atomic_int_dec_and_test (&self->n_refs))
    return;
  g_weak_ref_clear (&self->object);
  g_hash_table_unref (self->links);
  g_free (self);
}

GObject *
ws_signal_hub_ref_object (WsSignalHub *self)
{
  return g_weak_ref_get (&self->object);
}

/* For those who find the link in a hub, under the lock. */
static gboolean
ref_unless_gone (WsSignalLink *self)
{
  int n_refs;

  do
    {
      n_refs = g_atomic_int_get (&self->n_refs);
      if (n_refs == 0)
        return FALSE;
    }
  while (
      !g_atomic_int_compare_and_exchange (&self->n_refs, n_refs, n_refs + 1));
  return TRUE;
}

/* Ends all links of a disposed object; takes the hub's reference. */
static void
on_disposed (gpointer data, GObject *where_it_was)
{
  WsSignalHub   *self = data;
  GHashTableIter iter;
  gpointer       link;
  g_autoptr (GPtrArray) links
      = g_ptr_array_new_with_free_func ((GDestroyNotify) ws_signal_link_unref);

  ws_signal_lock ();
  self->is_watched = FALSE;
  g_hash_table_iter_init (&iter, self->links);
  /* A link leaves its hubs only after its last reference went. */
  while (g_hash_table_iter_next (&iter, &link, NULL))
    if (ref_unless_gone (link))
      g_ptr_array_add (links, link);
  ws_signal_unlock ();
  for (guint i = 0; i < links->len; i++)
    {
      WsSignalLink *ended = g_ptr_array_index (links, i);

      ws_signal_link_end (ended, ended->receiver == self);
    }
  ws_signal_hub_unref (self);
}

/* With one reference, which is the object's. */
static WsSignalHub *
hub_new (GObject *object)
{
  WsSignalHub *self = g_new0 (WsSignalHub, 1);

  self->n_refs = 1;
  self->links = g_hash_table_new (NULL, NULL);
  g_weak_ref_init (&self->object, NULL);
  g_object_set_qdata_full (object, hub_quark (), self,
                           (GDestroyNotify) ws_signal_hub_unref);
  return self;
}

WsSignalHub *
ws_signal_hub_get (GObject *object)
{
  WsSignalHub *self;

  ws_signal_lock ();
  self = g_object_get_qdata (object, hub_quark ());
  if (self == NULL)
    self = hub_new (object);
  /* Set anew, too: the object may have been disposed, and live on. */
  g_weak_ref_set (&self->object, object);
  hub_ref (self);
  ws_signal_unlock ();
  return self;
}

/* Ends @link when @object, whose hub it is, is disposed; under the lock. */
static void
hub_add (WsSignalHub *self, GObject *object, WsSignalLink *link)
{
  g_hash_table_add (self->links, link);
  if (self->is_watched)
    return;
  self->is_watched = TRUE;
  g_object_weak_ref (object, on_disposed, hub_ref (self));
}

/* --- Making one --- */

static gboolean
check_flags (WsConnectFlags flags, GError **error)
{
  const guint known = WS_CONNECT_FLAGS_DIRECT | WS_CONNECT_FLAGS_QUEUED
                      | WS_CONNECT_FLAGS_BLOCKING_QUEUED
                      | WS_CONNECT_FLAGS_UNIQUE | WS_CONNECT_FLAGS_SINGLE_SHOT;
  guint ways = flags
               & (WS_CONNECT_FLAGS_DIRECT | WS_CONNECT_FLAGS_QUEUED
                  | WS_CONNECT_FLAGS_BLOCKING_QUEUED);

  if ((flags & ~known) != 0)
    g_set_error (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_INVALID_ARGUMENT,
                 "The flags 0x%x are none of WsConnectFlags", flags & ~known);
  else if ((ways & (ways - 1)) != 0)
    g_set_error_literal (error, WS_SOCKET_ERROR,
                         WS_SOCKET_ERROR_INVALID_ARGUMENT,
                         "A connection has one of the flags direct, queued and "
                         "blocking-queued");
  else
    return TRUE;
  return FALSE;
}

/* Whether the way that the flags ask for can work with this signal. */
static gboolean
check_way (WsSignalLink *self,
           const char   *signal,
           GObject      *sender,
           GObject      *receiver,
           GError      **error)
{
  WsSignalHome home;
  const char  *problem = NULL;
  gboolean     is_deadlock;

  if ((self->flags & WS_CONNECT_FLAGS_QUEUED) != 0)
    problem = ws_signal_peek_unqueueable (self->signal, sender);
  if (problem != NULL)
    {
      g_set_error (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_INVALID_ARGUMENT,
                   "The signal \"%s\" of %s cannot be queued: %s", signal,
                   G_OBJECT_TYPE_NAME (sender), problem);
      return FALSE;
    }
  if ((self->flags & WS_CONNECT_FLAGS_BLOCKING_QUEUED) == 0)
    return TRUE;
  ws_signal_home_init (&home, &self->home,
                       self->receiver_is_ours ? receiver : NULL);
  is_deadlock = ws_signal_home_is_shared (&home, sender);
  ws_signal_home_clear (&home);
  if (!is_deadlock)
    return TRUE;
  g_set_error (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_WRONG_CONTEXT,
               "The signal \"%s\" of %s is emitted in the thread that the "
               "receiver belongs to: waiting for it there would never end",
               signal, G_OBJECT_TYPE_NAME (sender));
  return FALSE;
}

WsSignalLink *
ws_signal_link_new (const WsSignalLinkSink *sink,
                    GObject                *sender,
                    const char             *signal,
                    GObject                *receiver,
                    WsSignalSlot           *slot,
                    const char             *slot_name,
                    WsConnectFlags          flags,
                    GError                **error)
{
  WsSignalLink *self = g_new0 (WsSignalLink, 1);

  self->n_refs = 1;
  self->sink = sink;
  self->sender = ws_signal_hub_get (sender);
  self->receiver = ws_signal_hub_get (receiver);
  self->sender_is_ours = WS_IS_HOMED (sender);
  self->receiver_is_ours = WS_IS_HOMED (receiver);
  self->slot = *slot;
  self->flags = flags;
  ws_home_move (&self->home, NULL);
  if (check_flags (flags, error)
      && ws_signal_find (sender, signal, &self->signal, &self->detail, error)
      && (slot_name == NULL
          || ws_signal_slot_find (&self->slot, receiver, slot_name,
                                  self->signal, error))
      && check_way (self, signal, sender, receiver, error))
    return self;
  ws_signal_link_unref (self);
  return NULL;
}

WsSignalLink *
ws_signal_link_ref (WsSignalLink *self)
{
  g_atomic_int_inc (&self->n_refs);
  return self;
}

static gboolean
on_given_back (gpointer user_data)
{
  WS_TSAN_ACQUIRE (user_data);
  return G_SOURCE_REMOVE;
}

/* What the thread that connected has made is given back there: a closure of a
 * binding may not be touched anywhere else, and the caller of ws_connect() has
 * not looked at what it returns before its loop runs again. */
static void
give_back (WsSignalLink *self, gpointer data, GDestroyNotify destroy)
{
  g_autoptr (GSource) source = NULL;

  if (self->home.thread == g_thread_self ())
    {
      destroy (data);
      return;
    }
  source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, on_given_back, data, destroy);
  WS_TSAN_RELEASE (data);
  g_source_attach (source, self->home.context);
}

void
ws_signal_link_unref (WsSignalLink *self)
{
  if (!g_atomic_int_dec_and_test (&self->n_refs))
    return;
  ws_signal_lock ();
  g_hash_table_remove (self->sender->links, self);
  g_hash_table_remove (self->receiver->links, self);
  ws_signal_unlock ();
  ws_signal_hub_unref (self->sender);
  ws_signal_hub_unref (self->receiver);
  if (self->slot.closure != NULL)
    give_back (self, g_steal_pointer (&self->slot.closure),
               (GDestroyNotify) g_closure_unref);
  ws_home_clear (&self->home);
  g_free (self);
}

/* --- Its life --- */

gboolean
ws_signal_link_is_over (WsSignalLink *self)
{
  return g_atomic_int_get (&self->is_over);
}

gboolean
ws_signal_link_is_dropped (WsSignalLink *self)
{
  return g_atomic_int_get (&self->is_dropped);
}

static gboolean
is_same (const WsSignalLink *self, const WsSignalLink *other)
{
  return self->sender == other->sender && self->receiver == other->receiver
         && self->signal == other->signal && self->detail == other->detail
         && !g_atomic_int_get (&other->has_fired)
         && !g_atomic_int_get (&other->is_over)
         && ws_signal_slot_equal (&self->slot, &other->slot);
}

/* Whether there is another such connection; under the lock. */
static gboolean
is_known (WsSignalLink *self)
{
  GHashTable    *links = self->sender->links;
  GHashTableIter iter;
  gpointer       other;

  if (g_hash_table_size (self->receiver->links) < g_hash_table_size (links))
    links = self->receiver->links;
  g_hash_table_iter_init (&iter, links);
  while (g_hash_table_iter_next (&iter, &other, NULL))
    if (is_same (self, other))
      return TRUE;
  return FALSE;
}

/* FALSE: UNIQUE forbids this link. */
static gboolean
enter_hubs (WsSignalLink *self,
            GObject      *sender,
            GObject      *receiver,
            GObject      *owner)
{
  gboolean is_refused;

  /* Not under the lock: a binding may hear of the second reference. */
  g_object_ref (owner);
  ws_signal_lock ();
  is_refused = (self->flags & WS_CONNECT_FLAGS_UNIQUE) != 0 && is_known (self);
  if (!is_refused)
    {
      hub_add (self->sender, sender, self);
      hub_add (self->receiver, receiver, self);
      self->owner = owner;
    }
  ws_signal_unlock ();
  if (is_refused)
    g_object_unref (owner);
  return !is_refused;
}

/* The handler is gone: with its sender, by ws_signal_link_detach(), or because
 * somebody has disconnected the handler with GObject's means. */
static void
on_handler_gone (gpointer data, GClosure *closure)
{
  WsSignalLink *self = data;

  if (!g_atomic_int_get (&self->has_fired))
    ws_signal_link_end (self, FALSE);
  ws_signal_link_unref (self);
}

gboolean
ws_signal_link_attach (WsSignalLink *self,
                       GObject      *sender,
                       GObject      *receiver,
                       GObject      *owner,
                       GError      **error)
{
  GClosure *closure;
  gulong    handler;

  if (!enter_hubs (self, sender, receiver, owner))
    {
      g_set_error (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_OPERATION,
                   "The signal \"%s\" of this %s is connected to this slot of "
                   "this %s already",
                   g_signal_name (self->signal), G_OBJECT_TYPE_NAME (sender),
                   G_OBJECT_TYPE_NAME (receiver));
      return FALSE;
    }
  closure = g_closure_new_simple (sizeof (GClosure), self);
  g_closure_set_marshal (closure, self->sink->emitted);
  g_closure_add_finalize_notifier (closure, ws_signal_link_ref (self),
                                   on_handler_gone);
  WS_TSAN_RELEASE (self);
  handler = g_signal_connect_closure_by_id (sender, self->signal, self->detail,
                                            closure, FALSE);
  ws_signal_lock ();
  self->handler = handler;
  ws_signal_unlock ();
  /* The link may have had its emission, or lost an end, in another thread. */
  if (ws_signal_link_is_over (self) || g_atomic_int_get (&self->has_fired))
    ws_signal_link_detach (self, sender);
  return TRUE;
}

void
ws_signal_link_detach (WsSignalLink *self, GObject *sender)
{
  gulong handler;

  ws_signal_lock ();
  handler = self->handler;
  self->handler = 0;
  ws_signal_unlock ();
  /* Somebody may have disconnected the handler with GObject's means. */
  if (handler != 0 && g_signal_handler_is_connected (sender, handler))
    g_signal_handler_disconnect (sender, handler);
}

/* Under the lock: what is on its way must still hear of the receiver's end. */
static void
leave_senders_hub (WsSignalLink *self)
{
  if (self->sender != self->receiver)
    g_hash_table_remove (self->sender->links, self);
}

/* (transfer full) (nullable): the source of the oldest delivery on its way. */
static GSource *
take_oldest (WsSignalLink *self)
{
  GSource *source;

  ws_signal_lock ();
  source = ws_signal_queue_take_oldest (&self->queue);
  ws_signal_unlock ();
  return source;
}

/* What is on its way does not arrive, and is freed. The context that a delivery
 * waits in may never run again, and would be kept alive by the link of that
 * delivery. */
static void
drop_deliveries (WsSignalLink *self)
{
  GSource *source;

  while ((source = take_oldest (self)) != NULL)
    {
      g_source_destroy (source);
      g_source_unref (source);
    }
}

gboolean
ws_signal_link_end (WsSignalLink *self, gboolean drops)
{
  GObject *owner;
  g_autoptr (GObject) sender = NULL;

  if (drops)
    {
      g_atomic_int_set (&self->is_dropped, TRUE);
      drop_deliveries (self);
    }
  if (!g_atomic_int_compare_and_exchange (&self->is_over, FALSE, TRUE))
    return FALSE;
  ws_signal_link_ref (self);
  ws_signal_lock ();
  leave_senders_hub (self);
  owner = g_steal_pointer (&self->owner);
  ws_signal_wake ();
  ws_signal_unlock ();
  if (self->home.thread == g_thread_self () || self->sender_is_ours)
    sender = ws_signal_hub_ref_object (self->sender);
  if (sender != NULL)
    ws_signal_link_detach (self, sender);
  if (owner != NULL)
    {
      self->sink->ended (self, owner);
      give_back (self, owner, g_object_unref);
    }
  ws_signal_link_unref (self);
  return TRUE;
}
