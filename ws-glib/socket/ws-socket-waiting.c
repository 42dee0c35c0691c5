/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The end of all calls that wait: an end ends them, an opening begins anew. */
#include "socket/ws-socket-waiting.h"

#include "socket/ws-socket-queue.h"
#include "socket/ws-socket-receive-private.h"
#include "base/ws-socket-error-private.h"

static void
take_calls (WsSocket *self, GQueue *calls)
{
  WsSocketAsync *async = ws_socket_peek (self)->async;

  g_queue_init (calls);
  if (async == NULL)
    return;
  ws_socket_clear_outgoing (async);
  for (int kind = 0; kind < WS_CALL_N_KINDS; kind++)
    while (async->calls[kind].length > 0)
      {
        WsSocketCall *call = async->calls[kind].head->data;

        call->outgoing = NULL;
        ws_call_queue (&call->base, calls);
      }
}

void
ws_socket_renew_calls (WsSocket *self, GQueue *stale)
{
  WsSocketAsync *async = ws_socket_peek (self)->async;

  take_calls (self, stale);
  ws_socket_forget_received (self);
  if (async != NULL && async->opening != NULL)
    ws_socket_queue_call (self, g_steal_pointer (&async->opening));
}

void
ws_socket_cancel_calls (GQueue *calls)
{
  while (calls->length > 0)
    ws_call_fail_cancelled (calls->head->data,
                            "The socket was opened anew meanwhile");
}

void
ws_socket_end_calls (WsSocket *self)
{
  GQueue calls;

  if (ws_socket_peek (self)->async == NULL)
    return;
  g_object_ref (self);
  ws_socket_end_receiving (self);
  take_calls (self, &calls);
  while (calls.length > 0)
    ws_socket_end_call (self, calls.head->data);
  g_object_unref (self);
}

void
ws_socket_on_broken (gpointer user_data, const GError *error)
{
  WS_SOCKET_INSIDE (user_data);
  WsSocket        *self = g_object_ref (user_data);
  WsSocketPrivate *priv = ws_socket_peek (self);
  WsSocketAsync   *async = priv->async;
  guint            attempt = priv->now.number;

  if (async != NULL)
    ws_socket_clear_outgoing (async);
  while (async != NULL && attempt == priv->now.number)
    {
      GList *head = async->calls[WS_CALL_SEND].head;

      if (head == NULL)
        head = async->calls[WS_CALL_PING].head;
      if (head == NULL)
        break;
      ws_call_fail (head->data, ws_socket_error_translate (error));
    }
  if (attempt == priv->now.number)
    ws_socket_update_receiving (self);
  g_object_unref (self);
}

/* No call is left: each holds a reference to the socket. */
void
ws_socket_free_async (WsSocket *self)
{
  WsSocketAsync *async = ws_socket_peek (self)->async;

  if (async == NULL)
    return;
  ws_socket_forget_received (self);
  ws_socket_clear_outgoing (async);
  g_clear_pointer (&ws_socket_peek (self)->async, g_free);
}
