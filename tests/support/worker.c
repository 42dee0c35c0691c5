/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "worker.h"

#include "ws-test.h"
#include "base/ws-tsan-private.h"

static gpointer
run_worker (gpointer data)
{
  Worker *worker = data;

  g_main_context_push_thread_default (worker->context);
  g_main_loop_run (worker->loop);
  while (!g_atomic_int_get (&worker->has_quit)
         && g_main_context_iteration (worker->context, FALSE))
    ;
  g_main_context_pop_thread_default (worker->context);
  return NULL;
}

Worker *
worker_new (void)
{
  Worker *worker = g_new0 (Worker, 1);

  worker->context = g_main_context_new ();
  worker->loop = g_main_loop_new (worker->context, FALSE);
  worker->thread = g_thread_new ("worker", run_worker, worker);
  return worker;
}

/* Not by g_main_context_invoke(), which calls the function here as long as the
 * thread has not begun to run its loop; and whoever quits a loop before that is
 * not heard at all. */
static void
attach (Worker *worker, GSourceFunc function, gpointer data)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, function, data, NULL);
  g_source_attach (source, worker->context);
}

typedef struct
{
  void (*function) (gpointer data);
  gpointer data;
  int      is_done;
} Call;

static gboolean
on_call (gpointer user_data)
{
  Call *call = user_data;

  WS_TSAN_ACQUIRE (call);
  call->function (call->data);
  g_atomic_int_set (&call->is_done, TRUE);
  g_main_context_wakeup (NULL);
  return G_SOURCE_REMOVE;
}

void
worker_call (Worker *worker, void (*function) (gpointer data), gpointer data)
{
  Call call = { function, data, FALSE };

  WS_TSAN_RELEASE (&call);
  attach (worker, on_call, &call);
  ws_test_until (NULL, g_atomic_int_get (&call.is_done));
}

static gboolean
on_quit (gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_REMOVE;
}

void
worker_quit (Worker *worker)
{
  g_atomic_int_set (&worker->has_quit, TRUE);
  attach (worker, on_quit, worker->loop);
}

void
worker_free (Worker *worker)
{
  attach (worker, on_quit, worker->loop);
  g_thread_join (worker->thread);
  g_main_loop_unref (worker->loop);
  g_main_context_unref (worker->context);
  g_free (worker);
}
