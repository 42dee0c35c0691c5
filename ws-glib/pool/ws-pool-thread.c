/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One thread of a pool: it makes its server, runs its main loop, and lets the
 * server go. */
#include "pool/ws-pool-thread.h"

#include "base/ws-tsan-private.h"
#include "value/ws-server-statistics-private.h"

/* --- Functions --- */

WsPoolFunc *
ws_pool_func_new (WsServerPoolFunc func, gpointer data, GDestroyNotify destroy)
{
  WsPoolFunc *self = g_new0 (WsPoolFunc, 1);

  g_atomic_ref_count_init (&self->n_refs);
  self->func = func;
  self->data = data;
  self->destroy = destroy;
  return self;
}

static WsPoolFunc *
pool_func_ref (WsPoolFunc *self)
{
  g_atomic_ref_count_inc (&self->n_refs);
  return self;
}

void
ws_pool_func_unref (WsPoolFunc *self)
{
  WS_TSAN_RELEASE (self);
  if (!g_atomic_ref_count_dec (&self->n_refs))
    return;
  WS_TSAN_ACQUIRE (self);
  if (self->destroy != NULL)
    self->destroy (self->data);
  g_free (self);
}

/* --- The thread --- */

struct _WsPoolThread
{
  GThread      *thread;  /* (owned) */
  GMainContext *context; /* (owned) */
  GMainLoop    *loop;    /* (owned) */
  WsServer     *server;  /* (owned): by the thread */

  /* What it begins with. */
  WsSslMode     ssl_mode;
  WsPoolFunc   *set_up;  /* (unowned) */
  WsBroker     *broker;  /* (unowned) */
  GInetAddress *address; /* (unowned) (nullable) */

  GMutex  mutex;
  GCond   cond;
  int     is_ready; /* atomic: what follows stands */
  GError *error;    /* (owned) (nullable): why it does not listen */
  guint16 port;

  WsServerStatistics carried; /* once it has stopped */
};

static void
begin (WsPoolThread *self)
{
  GError *error = NULL;

  self->server = ws_server_new (NULL, self->ssl_mode);
  ws_server_set_reuse_port (self->server, TRUE);
  ws_server_set_broker (self->server, self->broker);
  self->set_up->func (self->server, self->set_up->data);
  ws_server_listen (self->server, self->address, self->port, &error);

  self->error = error;
  self->port = ws_server_get_server_port (self->server);
  g_mutex_lock (&self->mutex);
  g_atomic_int_set (&self->is_ready, TRUE);
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->mutex);
}

static gpointer
run (gpointer data)
{
  WsPoolThread *self = data;
  g_autoptr (GMainContext) context = g_main_context_ref (self->context);
  g_autoptr (GMainLoop) loop = g_main_loop_ref (self->loop);

  g_main_context_push_thread_default (context);
  begin (self);
  g_main_loop_run (loop);
  /* What was asked for until now is done, and what the server leaves behind. */
  while (g_main_context_iteration (context, FALSE))
    ;
  g_main_context_pop_thread_default (context);
  return NULL;
}

static void
thread_free (WsPoolThread *self)
{
  g_main_loop_unref (self->loop);
  g_main_context_unref (self->context);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->cond);
  g_clear_error (&self->error);
  g_free (self);
}

static void
wait_until_ready (WsPoolThread *self)
{
  g_mutex_lock (&self->mutex);
  while (!g_atomic_int_get (&self->is_ready))
    g_cond_wait (&self->cond, &self->mutex);
  g_mutex_unlock (&self->mutex);
}

WsPoolThread *
ws_pool_thread_start (guint         index,
                      WsSslMode     ssl_mode,
                      WsPoolFunc   *set_up,
                      WsBroker     *broker,
                      GInetAddress *address,
                      guint16       port,
                      GError      **error)
{
  WsPoolThread    *self = g_new0 (WsPoolThread, 1);
  g_autofree char *name = g_strdup_printf ("ws-server-%u", index);

  g_mutex_init (&self->mutex);
  g_cond_init (&self->cond);
  self->context = g_main_context_new ();
  self->loop = g_main_loop_new (self->context, FALSE);
  self->ssl_mode = ssl_mode;
  self->set_up = set_up;
  self->broker = broker;
  self->address = address;
  self->port = port;
  self->thread = g_thread_try_new (name, run, self, error);
  if (self->thread == NULL)
    {
      thread_free (self);
      return NULL;
    }
  wait_until_ready (self);
  if (self->error == NULL)
    return self;
  g_propagate_error (error, g_steal_pointer (&self->error));
  ws_pool_thread_stop (self, &(WsServerStatistics){ 0 });
  return NULL;
}

guint16
ws_pool_thread_get_port (const WsPoolThread *self)
{
  return self->port;
}

/* --- What others want to have done there --- */

typedef struct
{
  WsPoolThread *thread; /* (unowned): it runs this before it ends */
  WsPoolFunc   *func;   /* (owned) */
} Call;

static gboolean
on_call (gpointer data)
{
  Call *self = data;

  WS_TSAN_ACQUIRE (self);
  self->func->func (self->thread->server, self->func->data);
  ws_pool_func_unref (self->func);
  g_free (self);
  return G_SOURCE_REMOVE;
}

static void
attach (WsPoolThread *self, GSourceFunc func, gpointer data)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, func, data, NULL);
  WS_TSAN_RELEASE (data);
  g_source_attach (source, self->context);
}

void
ws_pool_thread_invoke (WsPoolThread *self, WsPoolFunc *func)
{
  Call *call = g_new (Call, 1);

  *call = (Call){ self, pool_func_ref (func) };
  attach (self, on_call, call);
}

/* What there is no more of once the server has gone. */
static void
clear_present (WsServerStatistics *figures)
{
  figures->connections = 0;
  figures->handshakes = 0;
  figures->bytes_to_write = 0;
}

static gboolean
on_stop (gpointer data)
{
  WsPoolThread *self = data;
  g_autoptr (WsServerStatistics) figures = NULL;

  WS_TSAN_ACQUIRE (self);
  figures = ws_server_get_statistics (self->server);
  clear_present (figures);
  self->carried = *figures;
  g_clear_object (&self->server);
  g_main_loop_quit (self->loop);
  return G_SOURCE_REMOVE;
}

void
ws_pool_thread_stop (WsPoolThread *self, WsServerStatistics *gone)
{
  GThread *thread = self->thread;

  if (thread == g_thread_self ())
    {
      /* One of its own handlers has let the pool go. */
      on_stop (self);
      g_thread_unref (thread);
    }
  else
    {
      attach (self, on_stop, self);
      g_thread_join (thread);
    }
  ws_server_statistics_add (gone, &self->carried);
  thread_free (self);
}
