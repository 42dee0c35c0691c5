/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Makes a main context the default of the thread for a while. */
#include "net/ws-context.h"

WsContext *
ws_context_enter (GMainContext *context)
{
  WsContext *self = context != NULL ? g_main_context_ref (context)
                                    : g_main_context_ref_thread_default ();

  if (!g_main_context_acquire (self))
    {
      g_main_context_unref (self);
      return NULL;
    }
  g_main_context_push_thread_default (self);
  g_main_context_release (self);
  return self;
}

void
ws_context_leave (WsContext *self)
{
  g_main_context_pop_thread_default (self);
  g_main_context_unref (self);
}
