/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a socket does, as GIO's asynchronous calls. Each begins what the method
 * without _async does, then waits for the outcome. */
#include "ws-socket-async.h"

#include "ws-socket-error.h"
#include "socket/ws-socket-keeping.h"
#include "socket/ws-socket-calls.h"
#include "socket/ws-socket-ending.h"
#include "socket/ws-socket-queue.h"
#include "socket/ws-socket-send.h"

static gboolean
finish_boolean (WsSocket     *self,
                GAsyncResult *result,
                gpointer      source_tag,
                GError      **error)
{
  g_return_val_if_fail (WS_IS_SOCKET (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, source_tag), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* Opening and closing are not only waited for: nobody wants to go on. */
static void
give_up_attempt (gpointer socket, WsCall *call)
{
  if (ws_socket_is_current_call (socket, (WsSocketCall *) call))
    ws_socket_abort (socket);
}

static const WsSocketCallClass open_class = {
  .base = { sizeof (WsSocketCall), give_up_attempt, NULL },
  .kind = WS_CALL_OPEN,
};

/**
 * ws_socket_open_async:
 * @self: a socket
 * @url: (nullable): where to connect to; %NULL stands for
 *   [property@Socket:url], which otherwise becomes @url
 * @cancellable: (nullable): gives up the attempt
 * @callback: (scope async) (closure user_data): called when the attempt is over
 * @user_data: for @callback
 *
 * Opens a connection, as [method@Socket.open], and waits for it.
 *
 * It is done when [signal@Socket::connected] has been emitted, or when the
 * attempt has failed and [signal@Socket::disconnected] has. Cancelling it
 * aborts the attempt. When the socket is opened anew meanwhile, it ends with
 * %G_IO_ERROR_CANCELLED.
 *
 * Like all calls that wait it holds a reference to the socket.
 *
 * Since: 1.0
 */
void
ws_socket_open_async (WsSocket           *self,
                      const char         *url,
                      GCancellable       *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer            user_data)
{
  GError        *error = NULL;
  WsSocketAsync *async;
  WsSocketCall  *call;
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (WS_IS_SOCKET (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  call = ws_socket_begin_call (self, &open_class, ws_socket_open_async,
                               cancellable, callback, user_data);
  if (call == NULL)
    return;
  task = g_object_ref (call->base.task);
  async = ws_socket_get_async (self);
  async->opening = call;
  if (ws_socket_open (self, url, &error))
    return;
  /* A handler of the error may have opened another URL, and let the call wait
   * for that. */
  async->opening = NULL;
  if (ws_call_find (task) != NULL)
    ws_call_fail (&call->base, error);
  else
    g_error_free (error);
}

/**
 * ws_socket_open_and_stay_async: (rename-to ws_socket_open_async)
 * @self: a socket
 * @url: (nullable): where to connect to; %NULL stands for
 *   [property@Socket:url], which otherwise becomes @url
 * @cancellable: (nullable): gives up the attempt
 * @callback: (scope async) (closure user_data): called when the attempt is over
 * @user_data: for @callback
 *
 * Opens, as [method@Socket.open_async] does in C, and sets
 * [property@Socket:stays-alive].
 *
 * Since: 1.0
 */
void
ws_socket_open_and_stay_async (WsSocket           *self,
                               const char         *url,
                               GCancellable       *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer            user_data)
{
  g_return_if_fail (WS_IS_SOCKET (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  ws_socket_open_async (self, url, cancellable, callback, user_data);
  if (ws_socket_check_thread (self, NULL))
    ws_socket_set_stays_alive (self, TRUE);
}

/**
 * ws_socket_open_finish:
 * @self: a socket
 * @result: what the callback got
 * @error: return location for an error
 *
 * Gets how [method@Socket.open_async] went.
 *
 * The error is that of the attempt, or the one with which
 * [method@Socket.open] has refused it; %G_IO_ERROR_CANCELLED if it was given
 * up.
 *
 * Returns: whether the connection was opened
 *
 * Since: 1.0
 */
gboolean
ws_socket_open_finish (WsSocket *self, GAsyncResult *result, GError **error)
{
  return finish_boolean (self, result, ws_socket_open_async, error);
}

/**
 * ws_socket_open_and_stay_finish: (rename-to ws_socket_open_finish)
 * @self: a socket
 * @result: what the callback got
 * @error: return location for an error
 *
 * Gets how [method@Socket.open_and_stay_async] went, as
 * [method@Socket.open_finish] does.
 *
 * Returns: whether the connection was opened
 *
 * Since: 1.0
 */
gboolean
ws_socket_open_and_stay_finish (WsSocket     *self,
                                GAsyncResult *result,
                                GError      **error)
{
  return finish_boolean (self, result, ws_socket_open_async, error);
}

static const WsSocketCallClass close_class = {
  .base = { sizeof (WsSocketCall), give_up_attempt, NULL },
  .kind = WS_CALL_CLOSE,
};

/**
 * ws_socket_close_async:
 * @self: a socket
 * @code: the close code, as for [method@Socket.close]
 * @reason: (nullable): why, for the peer
 * @cancellable: (nullable): ends the connection at once
 * @callback: (scope async) (closure user_data): called when the connection is
 *   gone
 * @user_data: for @callback
 *
 * Closes the connection, as [method@Socket.close], and waits until it is gone.
 *
 * It is done when [signal@Socket::disconnected] has been emitted, however the
 * connection has ended; [property@Socket:was-clean] tells. On an unconnected
 * socket it is done at once. Cancelling it does not only end the waiting: the
 * connection is aborted.
 *
 * Since: 1.0
 */
void
ws_socket_close_async (WsSocket           *self,
                       guint               code,
                       const char         *reason,
                       GCancellable       *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer            user_data)
{
  GError       *error = NULL;
  WsSocketCall *call;
  gboolean      waits;

  g_return_if_fail (WS_IS_SOCKET (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  call = ws_socket_begin_call (self, &close_class, ws_socket_close_async,
                               cancellable, callback, user_data);
  if (call == NULL)
    return;
  g_object_ref (self);
  waits = ws_socket_peek (self)->state != WS_STATE_UNCONNECTED;
  if (waits)
    ws_socket_queue_call (self, call);
  if (!ws_socket_close (self, code, reason, &error))
    ws_call_fail (&call->base, error);
  else if (!waits)
    ws_call_return (&call->base);
  g_object_unref (self);
}

/**
 * ws_socket_close_finish:
 * @self: a socket
 * @result: what the callback got
 * @error: return location for an error
 *
 * Gets how [method@Socket.close_async] went.
 *
 * It fails with what [method@Socket.close] refuses, and with
 * %G_IO_ERROR_CANCELLED.
 *
 * Returns: whether the connection is gone
 *
 * Since: 1.0
 */
gboolean
ws_socket_close_finish (WsSocket *self, GAsyncResult *result, GError **error)
{
  return finish_boolean (self, result, ws_socket_close_async, error);
}

/* A payload of its own lets each ping be told from the others. */
static GBytes *
make_ping_payload (void)
{
  gint64 stamp = GINT64_TO_BE (g_get_monotonic_time ());

  return g_bytes_new (&stamp, sizeof stamp);
}

static void
send_ping (WsSocket *self, WsSocketCall *call, const guint8 *data, gsize len)
{
  WsEngine *engine = ws_engine_ref (ws_socket_peek (self)->now.engine);
  gint64    sent;
  g_autoptr (GTask) task = g_object_ref (call->base.task);

  /* Drawing the ping's mask may run a user's code, which may end the
   * connection. */
  call->mark = G_MAXINT64;
  ws_socket_queue_call (self, call);
  sent = ws_engine_ping (engine, data, len);
  if (ws_call_find (task) != NULL)
    call->mark = sent;
  ws_engine_unref (engine);
}

static const WsSocketCallClass ping_class = {
  .base = { sizeof (WsSocketCall), NULL, NULL },
  .kind = WS_CALL_PING,
};

/**
 * ws_socket_ping_async:
 * @self: a socket
 * @payload: (nullable): at most 125 bytes, which the pong brings back
 * @cancellable: (nullable): ends the waiting
 * @callback: (scope async) (closure user_data): called when the pong has come
 * @user_data: for @callback
 *
 * Sends a ping, as [method@Socket.ping], and waits for its answer.
 *
 * Without @payload it gets one that differs from others. The answer to a later
 * ping answers this one as well (RFC 6455, 5.5.3).
 *
 * Since: 1.0
 */
void
ws_socket_ping_async (WsSocket           *self,
                      GBytes             *payload,
                      GCancellable       *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer            user_data)
{
  GError       *error = NULL;
  WsSocketCall *call;
  const guint8 *data;
  gsize         len;
  g_autoptr (GBytes) stamp = NULL;

  g_return_if_fail (WS_IS_SOCKET (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  call = ws_socket_begin_call (self, &ping_class, ws_socket_ping_async,
                               cancellable, callback, user_data);
  if (call == NULL)
    return;
  if (payload == NULL)
    payload = stamp = make_ping_payload ();
  if (!ws_socket_check_ping (self, payload, &data, &len, &error))
    {
      ws_call_fail (&call->base, error);
      return;
    }
  send_ping (self, call, data, len);
}

/**
 * ws_socket_ping_finish:
 * @self: a socket
 * @result: what the callback got
 * @error: return location for an error
 *
 * Gets what [method@Socket.ping_async] has measured.
 *
 * Returns: the microseconds until the pong came, or -1 on error
 *
 * Since: 1.0
 */
gint64
ws_socket_ping_finish (WsSocket *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (WS_IS_SOCKET (self), -1);
  g_return_val_if_fail (g_task_is_valid (result, self), -1);
  g_return_val_if_fail (g_async_result_is_tagged (result, ws_socket_ping_async),
                        -1);
  g_return_val_if_fail (error == NULL || *error == NULL, -1);

  return g_task_propagate_int (G_TASK (result), error);
}

/* Whether @message fits when nothing else waits. */
static gboolean
check_size (WsSocket *self, WsMessage *message, GError **error)
{
  WsSocketPrivate *priv = ws_socket_peek (self);
  gsize            len;

  ws_message_get_data (message, &len);
  if (ws_engine_get_cost (priv->now.engine, len)
      <= priv->settings->max_bytes_to_write)
    return TRUE;
  g_set_error (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_BUFFER_FULL,
               "A message of %" G_GSIZE_FORMAT " bytes can never fit in "
               "max-bytes-to-write, %" G_GUINT64_FORMAT,
               len, priv->settings->max_bytes_to_write);
  return FALSE;
}

static void
take_message_back (gpointer socket, WsCall *base)
{
  WsOutgoing *outgoing = ((WsSocketCall *) base)->outgoing;

  if (outgoing == NULL)
    return;
  ws_socket_drop_outgoing (socket, outgoing);
  ws_socket_frame_outgoing (socket);
}

static const WsSocketCallClass send_class = {
  .base = { sizeof (WsSocketCall), take_message_back, NULL },
  .kind = WS_CALL_SEND,
};

/**
 * ws_socket_send_message_async:
 * @self: a socket
 * @message: the message
 * @cancellable: (nullable): takes the message back, as long as it waits
 * @callback: (scope async) (closure user_data): called when the message was
 *   written
 * @user_data: for @callback
 *
 * Sends a message and waits until it was written to the transport.
 *
 * Where [method@Socket.send_message] refuses what is beyond
 * [property@Socket:max-bytes-to-write], this waits for room: who awaits each
 * call before the next one never fills the buffer. What waits for room does not
 * count in [property@Socket:bytes-to-write], but messages leave in the order in
 * which they were sent: plain sends meanwhile stand behind, as far as they fit
 * in that limit themselves. A message that could never fit fails with
 * %WS_SOCKET_ERROR_BUFFER_FULL.
 *
 * Cancelled while it waits for room nothing of it is sent; later it is sent all
 * the same. It ends with an error when the connection does before.
 *
 * Since: 1.0
 */
void
ws_socket_send_message_async (WsSocket           *self,
                              WsMessage          *message,
                              GCancellable       *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer            user_data)
{
  GError       *error = NULL;
  WsSocketCall *call;

  g_return_if_fail (WS_IS_SOCKET (self));
  g_return_if_fail (message != NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  call = ws_socket_begin_call (self, &send_class, ws_socket_send_message_async,
                               cancellable, callback, user_data);
  if (call == NULL)
    return;
  if (!ws_socket_check_sendable (self, &error)
      || !check_size (self, message, &error))
    {
      ws_call_fail (&call->base, error);
      return;
    }
  ws_socket_queue_call (self, call);
  ws_socket_queue_message (self, message, call);
  ws_socket_frame_outgoing (self);
}

/**
 * ws_socket_send_message_finish:
 * @self: a socket
 * @result: what the callback got
 * @error: return location for an error
 *
 * Gets how [method@Socket.send_message_async] went.
 *
 * It fails as [method@Socket.send_message], or as the connection has ended.
 *
 * Returns: whether the message was written
 *
 * Since: 1.0
 */
gboolean
ws_socket_send_message_finish (WsSocket     *self,
                               GAsyncResult *result,
                               GError      **error)
{
  return finish_boolean (self, result, ws_socket_send_message_async, error);
}
