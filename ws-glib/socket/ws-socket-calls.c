/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "socket/ws-socket-calls.h"

#include "ws-socket-error.h"
#include "socket/ws-socket-ending.h"
#include "socket/ws-socket-parts.h"
#include "socket/ws-socket-queue.h"
#include "socket/ws-socket-receive-private.h"
#include "socket/ws-socket-state.h"
#include "socket/ws-socket-waiting.h"

/* What the asynchronous calls of a socket have in common: they wait in a queue
 * of their kind, can be cancelled, and end with the attempt at the latest. */

/* GTask puts a result off that is there within the iteration that the call was
 * made in. It comes before anything else happens then, so that calls end in the
 * order in which they got their results. */
#define RESULT_PRIORITY (G_PRIORITY_DEFAULT - 10)

static void on_cancelled (WsSocket *self, WsCall *call);

/* --- One call --- */

static gboolean
on_cancel_source (GCancellable *cancellable, gpointer user_data)
{
  GTask    *task = user_data;
  WsSocket *self = g_object_ref (g_task_get_source_object (task));

  on_cancelled (self, g_task_get_task_data (task));
  g_object_unref (self);
  return G_SOURCE_REMOVE;
}

static void
watch_cancellable (WsCall *call)
{
  GCancellable *cancellable = g_task_get_cancellable (call->task);

  if (cancellable == NULL)
    return;
  call->cancel = g_cancellable_source_new (cancellable);
  g_task_attach_source (call->task, call->cancel,
                        G_SOURCE_FUNC (on_cancel_source));
}

WsCall *
ws_socket_begin_call (WsSocket           *self,
                      WsCallKind          kind,
                      gpointer            source_tag,
                      GCancellable       *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer            user_data)
{
  WsSocketPrivate *priv = ws_socket_peek (self);
  GTask           *task = g_task_new (self, cancellable, callback, user_data);
  GError          *error = NULL;
  WsCall          *call;

  g_task_set_source_tag (task, source_tag);
  g_task_set_priority (task, RESULT_PRIORITY);
  /* A result that is there counts: it may be a message, which would be lost. */
  g_task_set_check_cancellable (task, FALSE);
  if ((priv->state != WS_STATE_UNCONNECTED || kind != WS_CALL_OPEN)
      && !ws_socket_check_thread (self, &error))
    g_task_return_error (task, error);
  if (error != NULL || g_task_return_error_if_cancelled (task))
    {
      g_object_unref (task);
      return NULL;
    }
  call = g_new0 (WsCall, 1);
  call->link.data = call;
  call->kind = kind;
  call->task = task;
  g_task_set_task_data (task, call, NULL);
  return call;
}

void
ws_socket_queue_call (WsSocket *self, WsCall *call)
{
  call->queue = &ws_socket_get_async (self)->calls[call->kind];
  g_queue_push_tail_link (call->queue, &call->link);
  watch_cancellable (call);
}

GTask *
ws_call_steal_task (WsCall *call)
{
  GTask *task = call->task;

  if (call->queue != NULL)
    g_queue_unlink (call->queue, &call->link);
  if (call->cancel != NULL)
    {
      g_source_destroy (call->cancel);
      g_source_unref (call->cancel);
    }
  g_task_set_task_data (task, NULL, NULL);
  g_free (call);
  return task;
}

void
ws_call_return (WsCall *call)
{
  g_autoptr (GTask) task = ws_call_steal_task (call);

  g_task_return_boolean (task, TRUE);
}

void
ws_call_fail (WsCall *call, GError *error)
{
  g_autoptr (GTask) task = ws_call_steal_task (call);

  g_task_return_error (task, error);
}

void
ws_call_fail_cancelled (WsCall *call, const char *message)
{
  ws_call_fail (call, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED,
                                           message));
}

/* Not when the socket is being opened anew, or is over: its calls are about to
 * end then, but a handler may run the main loop before. */
static gboolean
is_of_attempt (WsSocket *self, const WsCall *call)
{
  return call->queue == &ws_socket_peek (self)->async->calls[call->kind];
}

/* Its caller does not want to wait any longer. */
static void
on_cancelled (WsSocket *self, WsCall *call)
{
  GTask         *task;
  WsCallKind     kind = call->kind;
  gboolean       is_stale = !is_of_attempt (self, call);
  WsMessageSink *sink = NULL;

  if (call->outgoing != NULL && call->outgoing->sink != NULL)
    {
      sink = ws_message_sink_ref (call->outgoing->sink);
      call->outgoing->call = NULL;
    }
  else if (call->outgoing != NULL)
    ws_socket_drop_outgoing (self, call->outgoing);
  task = ws_call_steal_task (call);
  if (sink != NULL)
    ws_socket_break_message (self, sink);
  g_clear_pointer (&sink, ws_message_sink_unref);
  if (!is_stale && (kind == WS_CALL_OPEN || kind == WS_CALL_CLOSE))
    ws_socket_abort (self);
  /* Before its caller runs the main loop: no pieces are for him any more. */
  if (kind == WS_CALL_RECEIVE)
    ws_socket_update_receiving (self);
  g_task_return_error_if_cancelled (task);
  g_object_unref (task);
  if (kind == WS_CALL_SEND)
    ws_socket_frame_outgoing (self);
}

/* --- All calls --- */

WsSocketAsync *
ws_socket_get_async (WsSocket *self)
{
  WsSocketPrivate *priv = ws_socket_peek (self);

  if (priv->async == NULL)
    priv->async = g_new0 (WsSocketAsync, 1);
  return priv->async;
}

void
ws_socket_end_call (WsSocket *self, WsCall *call)
{
  WsSocketPrivate *priv = ws_socket_peek (self);

  switch (call->kind)
    {
    case WS_CALL_OPEN:
      if (priv->failed)
        ws_call_fail (call, ws_socket_make_end_error (self));
      else
        ws_call_fail_cancelled (call, "The attempt was given up");
      break;
    case WS_CALL_RECEIVE:
      if (priv->was_clean)
        {
          g_autoptr (GTask) task = ws_call_steal_task (call);

          g_task_return_pointer (task, NULL, NULL);
          break;
        }
      G_GNUC_FALLTHROUGH;
    case WS_CALL_PING:
    case WS_CALL_SEND:
      ws_call_fail (call, ws_socket_make_end_error (self));
      break;
    case WS_CALL_CLOSE:
      ws_call_return (call);
      break;
    case WS_CALL_N_KINDS:
      break;
    }
}

void
ws_socket_end_openings (WsSocket *self)
{
  WsSocketAsync *async = ws_socket_peek (self)->async;

  if (async == NULL || async->calls[WS_CALL_OPEN].length == 0)
    return;
  ws_call_return (async->calls[WS_CALL_OPEN].head->data);
}

void
ws_socket_end_pings (WsSocket *self, gint64 sent)
{
  WsSocketPrivate *priv = ws_socket_peek (self);
  GQueue          *calls = &priv->async->calls[WS_CALL_PING];
  gint64           now = g_get_monotonic_time ();
  guint            attempt = priv->attempt;

  while (attempt == priv->attempt && calls->length > 0)
    {
      WsCall *call = calls->head->data;
      gint64  elapsed = MAX (0, now - call->mark);
      g_autoptr (GTask) task = NULL;

      if (call->mark > sent)
        return;
      task = ws_call_steal_task (call);
      g_task_return_int (task, (gssize) elapsed);
    }
}
