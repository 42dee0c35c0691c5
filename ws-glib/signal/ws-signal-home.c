/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signal/ws-signal-private.h"

#include "server/ws-server-private.h"
#include "socket/ws-socket-private.h"

/* Where an object wants to be called. */

/* What a socket or a server says itself; its owner writes it under the lock. */
static void
look_up (WsSignalHome *self, GObject *object)
{
  GThread      *thread = NULL;
  GMainContext *context = NULL;

  if (WS_IS_SOCKET (object))
    {
      thread = ws_socket_peek (WS_SOCKET (object))->thread;
      context = ws_socket_peek (WS_SOCKET (object))->context;
    }
  else if (WS_IS_SERVER (object))
    {
      thread = ws_server_peek (WS_SERVER (object))->thread;
      context = ws_server_peek (WS_SERVER (object))->context;
    }
  if (context == NULL)
    return;
  self->thread = thread;
  self->context = g_main_context_ref (context);
  self->is_own = TRUE;
}

void
ws_signal_home_init (WsSignalHome       *self,
                     const WsSignalLink *link,
                     GObject            *receiver)
{
  *self = (WsSignalHome){ NULL };
  if (link->receiver_is_ours && receiver != NULL)
    {
      ws_signal_lock ();
      look_up (self, receiver);
      ws_signal_unlock ();
    }
  if (self->is_own)
    return;
  self->thread = link->thread;
  self->context = g_main_context_ref (link->context);
}

void
ws_signal_home_clear (WsSignalHome *self)
{
  g_clear_pointer (&self->context, g_main_context_unref);
}

static gboolean
is_thread_default (GMainContext *context)
{
  g_autoptr (GMainContext) current = g_main_context_ref_thread_default ();

  return current == context;
}

/* Outside of a running loop nobody owns a context, so that it takes more than
 * g_main_context_is_owner(). */
gboolean
ws_signal_home_is_here (const WsSignalHome *self)
{
  if (self->is_own)
    return self->thread == g_thread_self ();
  if (g_main_context_is_owner (self->context))
    return TRUE;
  if (self->thread != g_thread_self () || !is_thread_default (self->context)
      || !g_main_context_acquire (self->context))
    return FALSE;
  g_main_context_release (self->context);
  return TRUE;
}

gboolean
ws_signal_home_is_shared (const WsSignalHome *self, GObject *sender)
{
  WsSignalHome home = { NULL };
  gboolean     is_shared;

  ws_signal_lock ();
  look_up (&home, sender);
  ws_signal_unlock ();
  is_shared = home.is_own && home.thread == self->thread;
  ws_signal_home_clear (&home);
  return is_shared;
}
