/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A sender of ours holds on while the queue of any of its links is full: how
 * many are full the sender's hub counts. The sender is told in its own thread,
 * and looks there what is true now, so that what is told late does no harm. */
#include "signal/ws-signal-holding.h"

#include "signal/ws-signal-lock.h"

static gboolean
on_change (gpointer user_data)
{
  GObject     *sender = user_data;
  WsSignalHub *hub = ws_signal_hub_get (sender);
  gboolean     is_held;

  ws_signal_lock ();
  is_held = hub->n_full > 0;
  ws_signal_unlock ();
  ws_signal_hub_unref (hub);
  ws_homed_set_held (sender, is_held);
  g_object_unref (sender);
  return G_SOURCE_REMOVE;
}

/* In its own thread the sender looks at once: what another thread has counted,
 * and is still about to tell, would come behind all that the sender reads in
 * this turn. */
static void
tell (GObject *sender, gboolean has_changed)
{
  WsHome home = ws_homed_copy_home (sender);

  if (home.thread == g_thread_self ())
    on_change (g_object_ref (sender));
  else if (has_changed && home.context != NULL)
    ws_home_run_later (&home, on_change, sender);
  ws_home_clear (&home);
}

void
ws_signal_holding_update (WsSignalLink *link)
{
  WsSignalHub *hub = link->sender;
  gboolean     has_changed, is_full;
  g_autoptr (GObject) sender = NULL;

  ws_signal_lock ();
  has_changed = link->is_counted_full != link->queue.is_full;
  link->is_counted_full = link->queue.is_full;
  if (has_changed)
    hub->n_full += link->is_counted_full ? 1 : -1;
  is_full = link->is_counted_full;
  ws_signal_unlock ();
  if (!(has_changed || is_full) || !link->sender_is_ours)
    return;
  sender = ws_signal_hub_ref_object (hub);
  if (sender != NULL)
    tell (sender, has_changed);
}
