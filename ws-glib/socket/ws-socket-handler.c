/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The function that gets messages before any signal does. */
#include "socket/ws-socket-handler.h"

#include "ws-socket-receive.h"

void
ws_socket_free_handler (WsSocketHandler *handler)
{
  if (handler->destroy != NULL)
    handler->destroy (handler->user_data);
  g_free (handler);
}

GBytes *
ws_socket_share_handled (WsSocket *self, const guint8 *data, gsize len)
{
  const WsSocketHandler *handler = ws_socket_peek (self)->handler;
  WsEvent               *event = handler != NULL ? handler->event : NULL;
  gsize                  offset;
  GBytes                *whole;

  if (event == NULL || data < event->data || len > event->len)
    return NULL;
  offset = (gsize) (data - event->data);
  if (offset > event->len - len)
    return NULL;
  whole = ws_event_peek_bytes (event);
  return whole != NULL ? g_bytes_new_from_bytes (whole, offset, len) : NULL;
}

gboolean
ws_socket_has_handler (WsSocket *self)
{
  return g_atomic_pointer_get (&ws_socket_peek (self)->handler) != NULL;
}

/* @handler: (transfer full) (nullable). The old one's end may run a user's
 * code. */
static void
take (WsSocket *self, WsSocketHandler *handler)
{
  WsSocketPrivate *priv = ws_socket_peek (self);
  WsSocketHandler *old = priv->handler;

  g_atomic_pointer_set (&priv->handler, handler);
  if (old != NULL)
    ws_socket_unref_handler (old);
}

void
ws_socket_clear_handler (WsSocket *self)
{
  take (self, NULL);
}

/**
 * ws_socket_set_message_handler:
 * @self: a socket
 * @handler: (nullable) (scope notified) (closure user_data) (destroy destroy):
 *   called with each message; %NULL takes the present one away
 * @user_data: what @handler is given as well
 * @destroy: (nullable): called with @user_data when @handler is not needed any
 *   more
 *
 * Sets the function that gets each message before any signal does, and as long
 * as that function wants instead of them.
 *
 * This is the direct way for who handles very many messages: the bytes are seen
 * where they were received, and neither a [struct@Message] is made nor a signal
 * emitted. See [callback@SocketMessageFunc] for what the function may do. All
 * signals are emitted as they are without a handler, but of a message for which
 * the handler returns %TRUE there is no [signal@Socket::message-received],
 * [signal@Socket::text-message-received] or
 * [signal@Socket::binary-message-received]. With [property@Socket:pull]
 * messages wait to be received, and the handler is not called.
 *
 * The handler stays when the socket is opened again. It may be set at any time,
 * by itself too: the next message is for the new one. @destroy is called when
 * another handler is set, or when the socket is disposed of, but not before a
 * call of @handler that goes on meanwhile has returned. As with signals,
 * [property@Socket:stays-alive] takes a handler for somebody who listens.
 *
 * A socket that is in use belongs to a thread: elsewhere the call is refused
 * with a warning, and @destroy is called.
 *
 * Since: 1.0
 */
void
ws_socket_set_message_handler (WsSocket           *self,
                               WsSocketMessageFunc handler,
                               gpointer            user_data,
                               GDestroyNotify      destroy)
{
  WsSocketHandler *made = NULL;

  g_return_if_fail (WS_IS_SOCKET (self));

  if (handler != NULL)
    {
      made = g_new (WsSocketHandler, 1);
      *made = (WsSocketHandler){
        .func = handler, .user_data = user_data, .destroy = destroy, .n_refs = 1
      };
    }
  if (ws_socket_may_instruct (self, G_STRFUNC))
    take (self, made);
  else if (made != NULL)
    ws_socket_unref_handler (made);
  if (handler == NULL && destroy != NULL)
    destroy (user_data);
}
