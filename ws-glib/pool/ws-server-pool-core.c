/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The struct of a pool, its thread, and the end of its servers'. */
#include "pool/ws-server-pool-core.h"

GParamSpec *ws_server_pool_props[WS_POOL_N_PROPS];

static const char wrong_thread[]
    = "The pool belongs to another thread: the one where it was made";

gboolean
ws_server_pool_check_thread (WsServerPool *self, GError **error)
{
  return ws_home_check (&self->home, wrong_thread, error);
}

gboolean
ws_server_pool_may_call (WsServerPool *self, const char *caller)
{
  return ws_home_may_call (&self->home, caller, wrong_thread);
}

void
ws_server_pool_stop (WsServerPool *self)
{
  g_autoptr (GPtrArray) threads = g_steal_pointer (&self->threads);

  self->threads = g_ptr_array_new ();
  for (guint i = 0; i < threads->len; i++)
    ws_pool_thread_stop (g_ptr_array_index (threads, i), &self->gone);
}
