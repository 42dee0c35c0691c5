/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ws-signal-private.h"

#include "ws-server.h"
#include "ws-socket-error.h"
#include "ws-socket.h"
#include "ws-tsan-private.h"

/* One connection that was made: who holds whom, and how it ends.
 *
 * The handler at the sender is a closure that holds the link. The link holds
 * the WsConnection until it is over, the WsConnection holds the link until it
 * is told so. The objects at both ends are held weakly; each has a hub, which
 * is told of the disposal and then ends all links of its object. In a thread
 * that an object may not belong to no strong reference is taken to it, since
 * it might become the last one: what cannot be done without is left to the
 * sender's next emission. */

static GMutex mutex;
static GCond  cond;

void
ws_signal_lock (void)
{
  g_mutex_lock (&mutex);
  WS_TSAN_ACQUIRE (&mutex);
}

void
ws_signal_unlock (void)
{
  WS_TSAN_RELEASE (&mutex);
  g_mutex_unlock (&mutex);
}

void
ws_signal_wait (guint ms)
{
  gint64 deadline = g_get_monotonic_time () + (gint64) ms * 1000;

  WS_TSAN_RELEASE (&mutex);
  g_cond_wait_until (&cond, &mutex, deadline);
  WS_TSAN_ACQUIRE (&mutex);
}

void
ws_signal_wake (void)
{
  g_cond_broadcast (&cond);
}

/* --- Hubs --- */

static G_DEFINE_QUARK (ws - signal - hub, ws_signal_hub)

    static WsSignalHub *hub_ref (WsSignalHub *self)
{
  g_atomic_int_inc (&self->n_refs);
  return self;
}

static void
hub_unref (gpointer data)
{
  WsSignalHub *self = data;

  if (!g_atomic_int_dec_and_test (&self->n_refs))
    return;
  g_hash_table_unref (self->links);
  g_free (self);
}

/* A link leaves its hubs, under the lock, only after its last reference went. */
static gboolean
ref_unless_gone (WsSignalLink *link)
{
  int n_refs;

  do
    {
      n_refs = g_atomic_int_get (&link->n_refs);
      if (n_refs == 0)
        return FALSE;
    }
  while (
      !g_atomic_int_compare_and_exchange (&link->n_refs, n_refs, n_refs + 1));
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
  while (g_hash_table_iter_next (&iter, &link, NULL))
    if (ref_unless_gone (link))
      g_ptr_array_add (links, link);
  ws_signal_unlock ();
  for (guint i = 0; i < links->len; i++)
    {
      WsSignalLink *ended = g_ptr_array_index (links, i);

      ws_signal_link_end (ended, ended->receiver_id == self->object_id);
    }
  hub_unref (self);
}

/* (transfer full): under the lock; @object is held by the caller. */
static WsSignalHub *
hub_of (GObject *object)
{
  WsSignalHub *self = g_object_get_qdata (object, ws_signal_hub_quark ());

  if (self == NULL)
    {
      self = g_new0 (WsSignalHub, 1);
      self->n_refs = 1;
      self->object_id = object;
      self->links = g_hash_table_new (NULL, NULL);
      g_object_set_qdata_full (object, ws_signal_hub_quark (), self, hub_unref);
    }
  if (!self->is_watched)
    {
      self->is_watched = TRUE;
      g_object_weak_ref (object, on_disposed, hub_ref (self));
    }
  return hub_ref (self);
}

/* Under the lock. */
static void
leave_hubs (WsSignalLink *self)
{
  if (self->sender_hub != NULL)
    g_hash_table_remove (self->sender_hub->links, self);
  if (self->receiver_hub != NULL)
    g_hash_table_remove (self->receiver_hub->links, self);
  g_clear_pointer (&self->sender_hub, hub_unref);
  g_clear_pointer (&self->receiver_hub, hub_unref);
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
    problem = ws_signal_peek_unqueueable (self->signal, self->asking, sender);
  if (problem != NULL)
    {
      g_set_error (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_INVALID_ARGUMENT,
                   "The signal \"%s\" of %s cannot be queued: %s", signal,
                   G_OBJECT_TYPE_NAME (sender), problem);
      return FALSE;
    }
  if ((self->flags & WS_CONNECT_FLAGS_BLOCKING_QUEUED) == 0)
    return TRUE;
  ws_signal_home_init (&home, self, receiver);
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

static gboolean
is_ours (GObject *object)
{
  return WS_IS_SOCKET (object) || WS_IS_SERVER (object);
}

WsSignalLink *
ws_signal_link_new (GObject       *sender,
                    const char    *signal,
                    GObject       *receiver,
                    WsSignalSlot  *slot,
                    const char    *slot_name,
                    WsConnectFlags flags,
                    GError       **error)
{
  WsSignalLink *self = g_new0 (WsSignalLink, 1);

  self->n_refs = 1;
  g_weak_ref_init (&self->sender, sender);
  g_weak_ref_init (&self->receiver, receiver);
  self->sender_id = sender;
  self->receiver_id = receiver;
  self->sender_is_ours = is_ours (sender);
  self->receiver_is_ours = is_ours (receiver);
  self->slot = *slot;
  self->flags = flags;
  self->thread = g_thread_self ();
  self->context = g_main_context_ref_thread_default ();
  if (check_flags (flags, error)
      && ws_signal_find (sender, signal, &self->signal, &self->detail, error))
    {
      self->asking = ws_signal_get_asking (self->signal);
      if ((slot_name == NULL
           || ws_signal_slot_find (&self->slot, receiver, slot_name,
                                   self->signal, error))
          && check_way (self, signal, sender, receiver, error))
        return self;
    }
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

  if (self->thread == g_thread_self ())
    {
      destroy (data);
      return;
    }
  source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, on_given_back, data, destroy);
  WS_TSAN_RELEASE (data);
  g_source_attach (source, self->context);
}

void
ws_signal_link_unref (WsSignalLink *self)
{
  if (!g_atomic_int_dec_and_test (&self->n_refs))
    return;
  ws_signal_lock ();
  leave_hubs (self);
  ws_signal_unlock ();
  if (self->slot.closure != NULL)
    give_back (self, g_steal_pointer (&self->slot.closure),
               (GDestroyNotify) g_closure_unref);
  g_weak_ref_clear (&self->sender);
  g_weak_ref_clear (&self->receiver);
  g_main_context_unref (self->context);
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
  return self->sender_id == other->sender_id
         && self->receiver_id == other->receiver_id
         && self->signal == other->signal && self->detail == other->detail
         && !g_atomic_int_get (&other->has_fired)
         && !g_atomic_int_get (&other->is_over)
         && ws_signal_slot_equal (&self->slot, &other->slot);
}

/* Whether there is another such connection; under the lock. */
static gboolean
is_known (WsSignalLink *self)
{
  GHashTableIter iter;
  gpointer       other;

  g_hash_table_iter_init (&iter, self->sender_hub->links);
  while (g_hash_table_iter_next (&iter, &other, NULL))
    if (is_same (self, other))
      return TRUE;
  return FALSE;
}

/* Under the lock. */
static void
enter_hubs (WsSignalLink *self, GObject *sender, GObject *receiver)
{
  self->sender_hub = hub_of (sender);
  self->receiver_hub = hub_of (receiver);
}

/* The handler is gone: with its sender, by ws_signal_link_detach(), or because
 * somebody has disconnected it with GObject's means. */
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
                       WsConnection *connection,
                       GError      **error)
{
  GClosure *handler;
  gboolean  is_refused;

  ws_signal_lock ();
  enter_hubs (self, sender, receiver);
  is_refused = (self->flags & WS_CONNECT_FLAGS_UNIQUE) != 0 && is_known (self);
  if (is_refused)
    leave_hubs (self);
  else
    {
      g_hash_table_add (self->sender_hub->links, self);
      g_hash_table_add (self->receiver_hub->links, self);
      self->connection = g_object_ref (connection);
    }
  ws_signal_unlock ();
  if (is_refused)
    {
      g_set_error (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_OPERATION,
                   "The signal \"%s\" of this %s is connected to this slot of "
                   "this %s already",
                   g_signal_name (self->signal), G_OBJECT_TYPE_NAME (sender),
                   G_OBJECT_TYPE_NAME (receiver));
      return FALSE;
    }
  handler = g_closure_new_simple (sizeof (GClosure), self);
  g_closure_set_marshal (handler, ws_signal_on_emission);
  g_closure_add_finalize_notifier (handler, ws_signal_link_ref (self),
                                   on_handler_gone);
  WS_TSAN_RELEASE (self);
  g_signal_connect_closure_by_id (sender, self->signal, self->detail, handler,
                                  FALSE);
  /* One of the two may have gone meanwhile, in another thread. */
  if (ws_signal_link_is_over (self))
    ws_signal_link_detach (self, sender);
  return TRUE;
}

void
ws_signal_link_detach (WsSignalLink *self, GObject *sender)
{
  g_signal_handlers_disconnect_matched (sender, G_SIGNAL_MATCH_DATA, 0, 0, NULL,
                                        NULL, self);
}

/* Under the lock: what is on its way must still hear of the receiver's end. */
static void
leave_senders_hub (WsSignalLink *self)
{
  if (self->sender_hub != NULL && self->sender_hub != self->receiver_hub)
    g_hash_table_remove (self->sender_hub->links, self);
}

gboolean
ws_signal_link_end (WsSignalLink *self, gboolean drops)
{
  WsConnection *connection;
  g_autoptr (GObject) sender = NULL;

  if (drops)
    g_atomic_int_set (&self->is_dropped, TRUE);
  if (!g_atomic_int_compare_and_exchange (&self->is_over, FALSE, TRUE))
    return FALSE;
  ws_signal_link_ref (self);
  ws_signal_lock ();
  leave_senders_hub (self);
  connection = g_steal_pointer (&self->connection);
  ws_signal_wake ();
  ws_signal_unlock ();
  if (self->thread == g_thread_self () || self->sender_is_ours)
    sender = g_weak_ref_get (&self->sender);
  if (sender != NULL)
    ws_signal_link_detach (self, sender);
  if (connection != NULL)
    {
      ws_connection_on_ended (connection, self);
      give_back (self, connection, g_object_unref);
    }
  ws_signal_link_unref (self);
  return TRUE;
}
