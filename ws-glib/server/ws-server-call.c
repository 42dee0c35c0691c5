/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "server/ws-server-call.h"

/* What the asynchronous calls of a server have in common. */

GTask *
ws_server_begin_task (WsServer           *self,
                      gpointer            source_tag,
                      GCancellable       *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer            user_data)
{
  GTask  *task = g_task_new (self, cancellable, callback, user_data);
  GError *error = NULL;

  g_task_set_source_tag (task, source_tag);
  /* A result that is there counts: a socket would be lost. */
  g_task_set_check_cancellable (task, FALSE);
  if (!ws_server_check_thread (self, &error))
    g_task_return_error (task, error);
  if (error == NULL && !g_task_return_error_if_cancelled (task))
    return task;
  g_object_unref (task);
  return NULL;
}

WsServerCall *
ws_server_call_new (GTask *task)
{
  WsServerCall *call = g_new0 (WsServerCall, 1);

  call->task = task;
  return call;
}

void
ws_server_call_watch (WsServerCall *call, GCancellableSourceFunc function)
{
  GCancellable *cancellable = g_task_get_cancellable (call->task);

  if (cancellable == NULL)
    return;
  call->cancel = g_cancellable_source_new (cancellable);
  g_source_set_callback (call->cancel, G_SOURCE_FUNC (function), call, NULL);
  g_source_attach (call->cancel, g_task_get_context (call->task));
}

GTask *
ws_server_call_steal_task (WsServerCall *call)
{
  GTask *task = call->task;

  if (call->cancel != NULL)
    {
      g_source_destroy (call->cancel);
      g_source_unref (call->cancel);
    }
  g_clear_pointer (&call->left, g_hash_table_unref);
  g_free (call);
  return task;
}
