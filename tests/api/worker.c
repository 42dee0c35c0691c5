/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "worker.h"

#include "support/ws-test.h"
#include "base/ws-tsan-private.h"

static gpointer
run_worker (gpointer data)
{
  Worker *worker = data;

  g_main_context_push_thread_default (worker->context);
  g_main_loop_run (worker->loop);
  while (g_main_context_iteration (worker->context, FALSE))
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

static gboolean
quit (gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_REMOVE;
}

void
worker_free (Worker *worker)
{
  g_main_context_invoke (worker->context, quit, worker->loop);
  g_thread_join (worker->thread);
  g_main_loop_unref (worker->loop);
  g_main_context_unref (worker->context);
  g_free (worker);
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
  g_main_context_invoke (worker->context, on_call, &call);
  ws_test_until (NULL, g_atomic_int_get (&call.is_done));
}
