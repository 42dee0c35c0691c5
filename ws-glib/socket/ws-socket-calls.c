/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the asynchronous calls of a socket have in common: they wait in a queue
 * of their kind, and end with the attempt at the latest. */
#include "socket/ws-socket-calls.h"

#include "socket/ws-socket-state.h"

WsSocketAsync *
ws_socket_get_async (WsSocket *self)
{
  WsSocketPrivate *priv = ws_socket_peek (self);

  if (priv->async == NULL)
    priv->async = g_new0 (WsSocketAsync, 1);
  return priv->async;
}

/* --- One call --- */

WsSocketCall *
ws_socket_begin_call (WsSocket                *self,
                      const WsSocketCallClass *klass,
                      gpointer                 source_tag,
                      GCancellable            *cancellable,
                      GAsyncReadyCallback      callback,
                      gpointer                 user_data)
{
  WsSocketPrivate *priv = ws_socket_peek (self);
  GError          *refusal = NULL;

  if (priv->state != WS_STATE_UNCONNECTED || klass->kind != WS_CALL_OPEN)
    ws_socket_check_thread (self, &refusal);
  return (WsSocketCall *) ws_call_begin (&klass->base, self, source_tag,
                                         refusal, cancellable, callback,
                                         user_data);
}

void
ws_socket_queue_call (WsSocket *self, WsSocketCall *call)
{
  WsCallKind kind = ws_socket_call_get_class (call)->kind;

  ws_call_queue (&call->base, &ws_socket_get_async (self)->calls[kind]);
  ws_call_watch_cancellable (&call->base);
}

gboolean
ws_socket_is_current_call (WsSocket *self, const WsSocketCall *call)
{
  WsCallKind kind = ws_socket_call_get_class (call)->kind;

  return call->base.queue == &ws_socket_peek (self)->async->calls[kind];
}

void
ws_socket_end_call (WsSocket *self, WsSocketCall *call)
{
  WsSocketPrivate *priv = ws_socket_peek (self);

  switch (ws_socket_call_get_class (call)->kind)
    {
    case WS_CALL_OPEN:
      if (priv->now.failed)
        ws_call_fail (&call->base, ws_socket_make_end_error (self));
      else
        ws_call_fail_cancelled (&call->base, "The attempt was given up");
      break;
    case WS_CALL_RECEIVE:
      if (ws_attempt_peek_facts (&priv->now)->closing.clean)
        {
          g_autoptr (GTask) task = ws_call_steal_task (&call->base);

          g_task_return_pointer (task, NULL, NULL);
          break;
        }
      G_GNUC_FALLTHROUGH;
    case WS_CALL_PING:
    case WS_CALL_SEND:
      ws_call_fail (&call->base, ws_socket_make_end_error (self));
      break;
    case WS_CALL_CLOSE:
      ws_call_return (&call->base);
      break;
    case WS_CALL_N_KINDS:
      break;
    }
}

/* --- What they wait for --- */

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
  guint            attempt = priv->now.number;

  while (attempt == priv->now.number && calls->length > 0)
    {
      WsSocketCall *call = calls->head->data;
      gint64        elapsed = MAX (0, now - call->mark);
      g_autoptr (GTask) task = NULL;

      if (call->mark > sent)
        return;
      task = ws_call_steal_task (&call->base);
      g_task_return_int (task, (gssize) elapsed);
    }
}
