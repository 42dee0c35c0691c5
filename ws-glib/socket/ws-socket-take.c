/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Messages that are taken: by a call that waits, or only if one is there. */
#include "ws-socket-receive.h"

#include "socket/ws-socket-receive-private.h"

static const WsSocketCallClass receive_class = {
  .base = { sizeof (WsSocketCall), ws_socket_give_up_receiving, NULL },
  .kind = WS_CALL_RECEIVE,
};

/**
 * ws_socket_receive_message_async:
 * @self: a socket with [property@Socket:pull]
 * @cancellable: (nullable): ends the waiting
 * @callback: (scope async) (closure user_data): called when there is a message
 * @user_data: for @callback
 *
 * Takes the next message, or waits for it.
 *
 * Several may wait; they get messages in their order. None is lost when one is
 * cancelled. It needs [property@Socket:pull], and fails with
 * %WS_SOCKET_ERROR_OPERATION without. On a socket that is connecting it waits
 * for the connection, too.
 *
 * Since: 1.0
 */
void
ws_socket_receive_message_async (WsSocket           *self,
                                 GCancellable       *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer            user_data)
{
  WsSocketCall *call;

  g_return_if_fail (WS_IS_SOCKET (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  call = ws_socket_begin_call (self, &receive_class,
                               ws_socket_receive_message_async, cancellable,
                               callback, user_data);
  if (call != NULL)
    ws_socket_queue_receive (self, call);
}

/**
 * ws_socket_receive_message_finish:
 * @self: a socket
 * @result: what the callback got
 * @error: return location for an error
 *
 * Gets what [method@Socket.receive_message_async] has received.
 *
 * After a closing handshake, when all messages have been taken, there is
 * neither a message nor an error; a connection that was lost gives its error,
 * and a socket that was not opened %WS_SOCKET_ERROR_NOT_CONNECTED.
 *
 * Returns: (transfer full) (nullable): a message; %NULL at the end
 *
 * Since: 1.0
 */
WsMessage *
ws_socket_receive_message_finish (WsSocket     *self,
                                  GAsyncResult *result,
                                  GError      **error)
{
  g_return_val_if_fail (WS_IS_SOCKET (self), NULL);
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (
      g_async_result_is_tagged (result, ws_socket_receive_message_async), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * ws_socket_try_receive_message:
 * @self: a socket with [property@Socket:pull]
 *
 * Takes the next message if one waits already, and never waits itself.
 *
 * [signal@Socket::ready-read] tells when there is something to take; a program
 * that then takes all there is spends less than with a call of
 * [method@Socket.receive_message_async] for each message. Calls that wait get
 * their messages first. Nothing is taken while receiving is paused; what was
 * received before the end of a connection may be taken after it. Without
 * [property@Socket:pull] there is a warning.
 *
 * Returns: (transfer full) (nullable): a message; %NULL if none waits
 *
 * Since: 1.0
 */
WsMessage *
ws_socket_try_receive_message (WsSocket *self)
{
  WsSocketPrivate *priv;
  WsMessage       *message;

  g_return_val_if_fail (WS_IS_SOCKET (self), NULL);

  priv = ws_socket_peek (self);
  if (!ws_socket_may_call (self, G_STRFUNC))
    return NULL;
  if (!priv->pull)
    {
      g_warning ("%s: " WS_SOCKET_NOT_PULLED, G_STRFUNC);
      return NULL;
    }
  ws_socket_get_async (self)->streams = FALSE;
  message = ws_socket_pop_message (self);
  ws_socket_update_receiving (self);
  return message;
}

/**
 * ws_socket_try_receive_data:
 * @self: a socket with [property@Socket:pull]
 * @type: (out) (optional): whether it is text or binary
 * @data: (out) (array length=length) (transfer none) (nullable): the content
 * @length: (out): how many bytes it has
 *
 * Takes the content of the next message if one waits already.
 *
 * As [method@Socket.try_receive_message], with nothing to be released: @data is
 * valid until the next such call, which may be made to let go of the message
 * even when none waits, or until the socket is opened anew. Text is valid
 * UTF-8, may hold U+0000, and is not terminated.
 *
 * Returns: whether there was a message
 *
 * Since: 1.0
 */
gboolean
ws_socket_try_receive_data (WsSocket      *self,
                            WsMessageType *type,
                            const guint8 **data,
                            gsize         *length)
{
  WsSocketAsync *async;
  WsMessage     *message;

  g_return_val_if_fail (WS_IS_SOCKET (self), FALSE);
  g_return_val_if_fail (data != NULL, FALSE);
  g_return_val_if_fail (length != NULL, FALSE);

  *data = NULL;
  *length = 0;
  if (type != NULL)
    *type = WS_MESSAGE_TYPE_BINARY;
  message = ws_socket_try_receive_message (self);
  async = ws_socket_peek (self)->async;
  /* Nothing waits there, or has been taken from there, yet. */
  if (async == NULL)
    return FALSE;
  g_clear_pointer (&async->taken, ws_message_unref);
  if (message == NULL)
    return FALSE;
  async->taken = message;
  *data = ws_message_get_data (message, length);
  if (type != NULL)
    *type = ws_message_get_message_type (message);
  return TRUE;
}
