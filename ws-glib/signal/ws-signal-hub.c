/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signal/ws-signal-private.h"

#include "base/ws-tsan-private.h"

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
    if (ws_signal_link_ref_unless_gone (link))
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
  g_object_set_qdata_full (object, ws_signal_hub_quark (), self,
                           (GDestroyNotify) ws_signal_hub_unref);
  return self;
}

WsSignalHub *
ws_signal_hub_get (GObject *object)
{
  WsSignalHub *self;

  ws_signal_lock ();
  self = g_object_get_qdata (object, ws_signal_hub_quark ());
  if (self == NULL)
    self = hub_new (object);
  /* Anew, too: it may have been disposed, and live on. */
  g_weak_ref_set (&self->object, object);
  hub_ref (self);
  ws_signal_unlock ();
  return self;
}

void
ws_signal_hub_add (WsSignalHub *self, GObject *object, WsSignalLink *link)
{
  g_hash_table_add (self->links, link);
  if (self->is_watched)
    return;
  self->is_watched = TRUE;
  g_object_weak_ref (object, on_disposed, hub_ref (self));
}
