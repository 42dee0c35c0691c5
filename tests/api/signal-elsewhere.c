/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signal-elsewhere.h"

void
elsewhere_set_up (Elsewhere *self, gconstpointer data)
{
  self->context = g_main_context_new ();
  self->sender = bell_new ();
  self->receiver = bell_new ();
}

void
elsewhere_tear_down (Elsewhere *self, gconstpointer data)
{
  g_assert_finalize_object (self->sender);
  if (self->receiver != NULL)
    g_assert_finalize_object (self->receiver);
  g_main_context_unref (self->context);
}

WsConnection *
elsewhere_connect (Elsewhere  *self,
                   gpointer    sender,
                   const char *signal,
                   GCallback   slot)
{
  WsConnection *connection;

  g_main_context_push_thread_default (self->context);
  connection = bell_connect (sender, signal, self->receiver, slot,
                             WS_CONNECT_FLAGS_QUEUED);
  g_main_context_pop_thread_default (self->context);
  return g_object_ref (connection);
}

void
elsewhere_deliver (Elsewhere *self)
{
  while (g_main_context_iteration (self->context, FALSE))
    ;
}
