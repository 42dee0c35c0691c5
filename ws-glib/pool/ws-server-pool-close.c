/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The end of a pool: all its servers close or drain, and then its threads. */
#include "pool/ws-server-pool-core.h"

#include "base/ws-tsan-private.h"
#include "ws-server-async.h"

typedef struct
{
  gboolean is_drain;
  guint    window; /* of a drain, in ms */
  guint    code;   /* of a close, as what follows */
  char    *reason; /* (owned) (nullable) */
  guint    n_left; /* servers that are not closed yet */
  GError  *error;  /* (owned) (nullable): the first */
  GMutex   mutex;
} Closing;

static void
closing_free (gpointer data)
{
  Closing *self = data;

  g_free (self->reason);
  g_clear_error (&self->error);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

/* In the thread of the pool: all servers are closed. */
static gboolean
on_all_closed (gpointer data)
{
  g_autoptr (GTask) task = data;
  WsServerPool *self = g_task_get_source_object (task);
  Closing      *closing = g_task_get_task_data (task);

  WS_TSAN_ACQUIRE (closing);
  ws_server_pool_stop (self);
  g_object_notify_by_pspec (G_OBJECT (self),
                            ws_server_pool_props[WS_POOL_PROP_LISTENING]);
  if (closing->error != NULL)
    g_task_return_error (task, g_steal_pointer (&closing->error));
  else
    g_task_return_boolean (task, TRUE);
  return G_SOURCE_REMOVE;
}

static void
note_closed (GTask *task, GError *error)
{
  Closing *closing = g_task_get_task_data (task);
  gboolean is_last;

  g_mutex_lock (&closing->mutex);
  WS_TSAN_ACQUIRE (closing);
  if (closing->error == NULL)
    closing->error = g_steal_pointer (&error);
  is_last = --closing->n_left == 0;
  WS_TSAN_RELEASE (closing);
  g_mutex_unlock (&closing->mutex);
  g_clear_error (&error);
  if (is_last)
    g_main_context_invoke (g_task_get_context (task), on_all_closed,
                           g_object_ref (task));
}

static void
on_closed (GObject *server, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  const Closing *closing = g_task_get_task_data (task);
  GError        *error = NULL;

  if (closing->is_drain)
    ws_server_drain_finish (WS_SERVER (server), result, &error);
  else
    ws_server_close_finish (WS_SERVER (server), result, &error);
  note_closed (task, error);
}

static void
close_one (WsServer *server, gpointer data)
{
  const Closing *closing = g_task_get_task_data (data);
  GCancellable  *cancellable = g_task_get_cancellable (data);

  if (closing->is_drain)
    ws_server_drain_async (server, closing->window, cancellable, on_closed,
                           g_object_ref (data));
  else
    ws_server_close_async (server, closing->code, closing->reason, cancellable,
                           on_closed, g_object_ref (data));
}

/* Takes @closing and @task. */
static void
close_all (WsServerPool *self, Closing *closing, GTask *task)
{
  g_autoptr (GTask) owned = task;
  GError *error = NULL;

  g_mutex_init (&closing->mutex);
  closing->n_left = self->threads->len;
  g_task_set_task_data (task, closing, closing_free);
  g_task_set_check_cancellable (task, FALSE);
  if (!ws_server_pool_check_thread (self, &error))
    g_task_return_error (task, error);
  else if (self->threads->len == 0)
    g_task_return_boolean (task, TRUE);
  else
    ws_server_pool_invoke (self, close_one, g_object_ref (task),
                           g_object_unref);
}

/**
 * ws_server_pool_close_async:
 * @self: a pool
 * @code: the close code for the clients, as for [method@Socket.close]
 * @reason: (nullable): why, for the clients
 * @cancellable: (nullable): ends all connections at once
 * @callback: (scope async) (closure user_data): called when all is over
 * @user_data: for @callback
 *
 * Closes each server as [method@Server.close_async], and ends the threads.
 *
 * Since: 1.0
 */
void
ws_server_pool_close_async (WsServerPool       *self,
                            guint               code,
                            const char         *reason,
                            GCancellable       *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer            user_data)
{
  Closing *closing;
  GTask   *task;

  g_return_if_fail (WS_IS_SERVER_POOL (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, ws_server_pool_close_async);
  closing = g_new0 (Closing, 1);
  closing->code = code;
  closing->reason = g_strdup (reason);
  close_all (self, closing, task);
}

/**
 * ws_server_pool_close_finish:
 * @self: a pool
 * @result: what the callback got
 * @error: return location for an error
 *
 * Gets how [method@ServerPool.close_async] went.
 *
 * Returns: whether all clients are gone in order, or by their own fault
 *
 * Since: 1.0
 */
gboolean
ws_server_pool_close_finish (WsServerPool *self,
                             GAsyncResult *result,
                             GError      **error)
{
  g_return_val_if_fail (WS_IS_SERVER_POOL (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result,
                                                  ws_server_pool_close_async),
                        FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * ws_server_pool_drain_async:
 * @self: a pool
 * @window: milliseconds for all clients together; 0: all at once
 * @cancellable: (nullable): ends all connections at once
 * @callback: (scope async) (closure user_data): called when all is over
 * @user_data: for @callback
 *
 * Drains each server as [method@Server.drain_async], all at the same time, and
 * ends the threads.
 *
 * Since: 1.0
 */
void
ws_server_pool_drain_async (WsServerPool       *self,
                            guint               window,
                            GCancellable       *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer            user_data)
{
  Closing *closing;
  GTask   *task;

  g_return_if_fail (WS_IS_SERVER_POOL (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, ws_server_pool_drain_async);
  closing = g_new0 (Closing, 1);
  closing->is_drain = TRUE;
  closing->window = window;
  close_all (self, closing, task);
}

/**
 * ws_server_pool_drain_finish:
 * @self: a pool
 * @result: what the callback got
 * @error: return location for an error
 *
 * Gets how [method@ServerPool.drain_async] went.
 *
 * Returns: whether all clients are gone in order, or by their own fault
 *
 * Since: 1.0
 */
gboolean
ws_server_pool_drain_finish (WsServerPool *self,
                             GAsyncResult *result,
                             GError      **error)
{
  g_return_val_if_fail (WS_IS_SERVER_POOL (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result,
                                                  ws_server_pool_drain_async),
                        FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
