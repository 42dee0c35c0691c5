/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where an object wants to be called. */
#include "signal/ws-signal-home.h"

void
ws_signal_home_init (WsSignalHome *self,
                     const WsHome *connected,
                     GObject      *receiver)
{
  self->where = ws_homed_copy_home (receiver);
  self->is_own = self->where.context != NULL;
  if (!self->is_own)
    self->where = ws_home_copy (connected);
}

void
ws_signal_home_clear (WsSignalHome *self)
{
  ws_home_clear (&self->where);
}

static gboolean
is_thread_default (GMainContext *context)
{
  g_autoptr (GMainContext) current = g_main_context_ref_thread_default ();

  return current == context;
}

/* Outside of a running loop nobody owns a context, so that
 * g_main_context_is_owner() alone does not tell. */
gboolean
ws_signal_home_is_here (const WsSignalHome *self)
{
  if (self->is_own)
    return self->where.thread == g_thread_self ();
  if (g_main_context_is_owner (self->where.context))
    return TRUE;
  if (self->where.thread != g_thread_self ()
      || !is_thread_default (self->where.context)
      || !g_main_context_acquire (self->where.context))
    return FALSE;
  g_main_context_release (self->where.context);
  return TRUE;
}

gboolean
ws_signal_home_is_shared (const WsSignalHome *self, GObject *sender)
{
  WsHome   home = ws_homed_copy_home (sender);
  gboolean is_shared
      = home.context != NULL && home.thread == self->where.thread;

  ws_home_clear (&home);
  return is_shared;
}
