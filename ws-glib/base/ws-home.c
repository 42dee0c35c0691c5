/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where an object belongs, and who may touch it. */
#include "base/ws-home.h"

#include "ws-socket-error.h"
#include "base/ws-tsan-private.h"

/* Guards every home against being moved while another thread copies it: the
 * former happens once a connection, the latter once a queued signal. */
static GMutex mutex;

static void
lock (void)
{
  g_mutex_lock (&mutex);
  WS_TSAN_ACQUIRE (&mutex);
}

static void
unlock (void)
{
  WS_TSAN_RELEASE (&mutex);
  g_mutex_unlock (&mutex);
}

void
ws_home_move (WsHome *self, GMainContext *context)
{
  GMainContext *old = self->context;

  context = context != NULL ? g_main_context_ref (context)
                            : g_main_context_ref_thread_default ();
  lock ();
  self->context = context;
  g_atomic_pointer_set (&self->thread, g_thread_self ());
  g_atomic_pointer_set (&self->key, ws_thread_get_key ());
  unlock ();
  if (old != NULL)
    g_main_context_unref (old);
}

void
ws_home_clear (WsHome *self)
{
  g_clear_pointer (&self->context, g_main_context_unref);
  self->thread = NULL;
  self->key = NULL;
}

WsHome
ws_home_copy (const WsHome *self)
{
  WsHome copy;

  lock ();
  copy = *self;
  if (copy.context != NULL)
    g_main_context_ref (copy.context);
  unlock ();
  return copy;
}

/* --- The right thread --- */

/* The thread that it began in, or whoever runs its main context now: the first
 * may have ended long ago. */
static gboolean
is_here (const WsHome *self)
{
  GThread *thread = ws_home_get_thread (self);
  WsHome   copy;
  gboolean is_owner;

  if (thread == NULL || thread == g_thread_self ())
    return TRUE;
  copy = ws_home_copy (self);
  is_owner = copy.context != NULL && g_main_context_is_owner (copy.context);
  ws_home_clear (&copy);
  return is_owner;
}

gboolean
ws_home_check_stranger (const WsHome *self, const char *problem, GError **error)
{
  if (is_here (self))
    return TRUE;
  g_set_error_literal (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_WRONG_CONTEXT,
                       problem);
  return FALSE;
}

WsContext *
ws_home_enter (GMainContext *context, GError **error)
{
  WsContext *entered = ws_context_enter (context);

  if (entered == NULL)
    g_set_error_literal (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_WRONG_CONTEXT,
                         "Another thread runs the main context that is "
                         "thread-default here: call this in that thread (see "
                         "g_main_context_invoke()), or give this one a context "
                         "of its own (g_main_context_push_thread_default()) "
                         "and run it");
  return entered;
}

gboolean
ws_home_may_enter (const char *caller)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WsContext) context = ws_home_enter (NULL, &error);

  if (context == NULL)
    ws_home_warn (caller, error->message);
  return context != NULL;
}

void
ws_home_warn (const char *caller, const char *problem)
{
  g_warning ("%s: %s", caller, problem);
}

gboolean
ws_home_may_call (const WsHome *self, const char *caller, const char *problem)
{
  if (is_here (self))
    return TRUE;
  ws_home_warn (caller, problem);
  return FALSE;
}

void
ws_home_invoke (const WsHome  *self,
                GSourceFunc    function,
                gpointer       data,
                GDestroyNotify destroy)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, function, data, destroy);
  g_source_attach (source, self->context);
}

void
ws_home_run_later (const WsHome *self, GSourceFunc function, gpointer object)
{
  ws_home_invoke (self, function, g_object_ref (object), NULL);
}

/* --- The interface --- */

G_DEFINE_INTERFACE (WsHomed, ws_homed, G_TYPE_OBJECT)

static void
ws_homed_default_init (WsHomedInterface *iface)
{
}

WsHome
ws_homed_copy_home (gpointer object)
{
  if (!WS_IS_HOMED (object))
    return (WsHome){ NULL };
  return ws_home_copy (WS_HOMED_GET_IFACE (object)->get_home (object));
}

WsAsking
ws_homed_get_asking (gpointer object, guint signal)
{
  if (!WS_IS_HOMED (object))
    return WS_ASKING_NOT;
  return WS_HOMED_GET_IFACE (object)->get_asking (object, signal);
}

void
ws_homed_set_held (gpointer object, gboolean is_held)
{
  if (WS_IS_HOMED (object) && WS_HOMED_GET_IFACE (object)->set_held != NULL)
    WS_HOMED_GET_IFACE (object)->set_held (object, is_held);
}
