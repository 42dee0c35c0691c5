/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Messages that are never whole in memory. */
#include "ws-socket-streams.h"

#include "ws-socket-error.h"
#include "socket/ws-socket-parts.h"
#include "socket/ws-socket-queue.h"
#include "socket/ws-socket-receive-private.h"
#include "socket/ws-socket-send.h"
#include "message/ws-message-output-stream.h"

/* What is read of a stream at a time, at most. */
#define PART_MAX (64 * 1024)

/* --- Receiving --- */

static const WsSocketCallClass receive_class = {
  .base = { sizeof (WsSocketCall), ws_socket_give_up_receiving, NULL },
  .kind = WS_CALL_RECEIVE,
  .streams = TRUE,
};

/**
 * ws_socket_receive_stream_async:
 * @self: a socket with [property@Socket:pull]
 * @cancellable: (nullable): ends the waiting
 * @callback: (scope async) (closure user_data): called when a message begins
 * @user_data: for @callback
 *
 * Waits for the next message, and gives it as a stream.
 *
 * As [method@Socket.receive_message_async], and in order with it, but the
 * message need not have come as a whole: it is read while it arrives, and the
 * peer is held up while it is not read. The next message can be received when
 * this one has come completely, or when its stream was dropped.
 *
 * [property@Socket:max-incoming-message-size] and
 * [property@Socket:max-incoming-frame-size] hold here, too, and have to be
 * raised for messages beyond 16 MiB.
 *
 * Since: 1.0
 */
void
ws_socket_receive_stream_async (WsSocket           *self,
                                GCancellable       *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer            user_data)
{
  WsSocketCall *call;

  g_return_if_fail (WS_IS_SOCKET (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  call = ws_socket_begin_call (self, &receive_class,
                               ws_socket_receive_stream_async, cancellable,
                               callback, user_data);
  if (call != NULL)
    ws_socket_queue_receive (self, call);
}

/**
 * ws_socket_receive_stream_finish:
 * @self: a socket
 * @result: what the callback got
 * @error: return location for an error
 *
 * Gets what [method@Socket.receive_stream_async] has waited for.
 *
 * It ends as [method@Socket.receive_message_finish]. The stream is a
 * [class@MessageInputStream], which tells the message's type.
 *
 * Returns: (transfer full) (nullable): a stream; %NULL at the end
 *
 * Since: 1.0
 */
GInputStream *
ws_socket_receive_stream_finish (WsSocket     *self,
                                 GAsyncResult *result,
                                 GError      **error)
{
  g_return_val_if_fail (WS_IS_SOCKET (self), NULL);
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (
      g_async_result_is_tagged (result, ws_socket_receive_stream_async), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* --- Sending from a stream --- */

/* Held by its sink until the message is over, and by a read under way. */
typedef struct
{
  guint          n_refs;
  WsSocket      *socket; /* (unowned): the task's */
  GTask         *task;   /* (owned): of the call */
  WsMessageSink *sink;   /* (owned) */
  GInputStream  *input;  /* (owned) */
  GBytes        *rest;   /* (owned) (nullable): read, not sent yet */
  gboolean       reading;
} Sender;

static void on_part (GObject *source, GAsyncResult *result, gpointer user_data);

static Sender *
sender_ref (Sender *self)
{
  self->n_refs++;
  return self;
}

static void
sender_unref (Sender *self)
{
  if (--self->n_refs > 0)
    return;
  g_clear_pointer (&self->rest, g_bytes_unref);
  g_object_unref (self->input);
  ws_message_sink_unref (self->sink);
  g_object_unref (self->task);
  g_free (self);
}

static void
on_over (gpointer user_data)
{
  sender_unref (user_data);
}

static void fail_sending (Sender *self, GError *error);

static void
read_part (Sender *self)
{
  WsSocketPrivate *priv = ws_socket_peek (self->socket);
  GError          *error = NULL;
  g_autoptr (WsContext) context = ws_home_enter (priv->home.context, &error);

  if (context == NULL)
    {
      fail_sending (self, error);
      return;
    }
  self->reading = TRUE;
  g_input_stream_read_bytes_async (self->input, PART_MAX, G_PRIORITY_DEFAULT,
                                   g_task_get_cancellable (self->task), on_part,
                                   sender_ref (self));
}

/* The message is not completed, and why. */
static void
fail_sending (Sender *self, GError *error)
{
  WsOutgoing *outgoing = self->sink->outgoing;
  WsCall     *call;

  if (outgoing != NULL)
    ws_outgoing_let_go (outgoing);
  ws_socket_break_message (self->socket, self->sink);
  call = ws_call_find (self->task);
  if (call != NULL)
    ws_call_fail (call, error);
  else
    g_error_free (error);
}

/* Sends what was read, as far as there is room. */
static void
send_rest (Sender *self)
{
  GError *error = NULL;

  while (self->rest != NULL && ws_socket_takes_part (self->socket, self->sink))
    {
      gsize         len;
      const guint8 *data = g_bytes_get_data (self->rest, &len);
      gssize        n
          = ws_socket_send_part (self->socket, self->sink, data, len, &error);
      GBytes *rest = NULL;

      if (n >= 0 && (gsize) n < len)
        rest = g_bytes_new_from_bytes (self->rest, n, len - n);
      g_bytes_unref (self->rest);
      self->rest = rest;
      if (n < 0)
        {
          fail_sending (self, error);
          return;
        }
    }
}

/* There is room, at this message's turn. */
static void
on_room (gpointer user_data)
{
  Sender *self = sender_ref (user_data);

  if (!self->reading)
    send_rest (self);
  if (!self->reading && self->rest == NULL && self->sink->outgoing != NULL
      && ws_socket_takes_part (self->socket, self->sink))
    read_part (self);
  sender_unref (self);
}

/* What came of the stream: no bytes are its end. */
static void
take_part (Sender *self, GBytes *bytes, GError *error)
{
  GError *failure = NULL;

  if (bytes == NULL)
    {
      fail_sending (self, error);
      return;
    }
  if (g_bytes_get_size (bytes) > 0)
    {
      self->rest = g_bytes_ref (bytes);
      on_room (self);
    }
  else if (!ws_socket_end_message (self->socket, self->sink, &failure))
    fail_sending (self, failure);
}

static void
on_part (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Sender *self = user_data;
  GError *error = NULL;
  g_autoptr (GBytes) bytes
      = g_input_stream_read_bytes_finish (self->input, result, &error);

  self->reading = FALSE;
  if (self->sink->outgoing == NULL)
    g_clear_error (&error); /* the message is over already */
  else
    take_part (self, bytes, error);
  sender_unref (self);
}

static void
give_up_sending (gpointer socket, WsCall *base)
{
  WsOutgoing    *outgoing = ((WsSocketCall *) base)->outgoing;
  WsMessageSink *sink;

  if (outgoing == NULL)
    return;
  sink = ws_message_sink_ref (outgoing->sink);
  ws_outgoing_let_go (outgoing);
  ws_socket_break_message (socket, sink);
  ws_message_sink_unref (sink);
}

static const WsSocketCallClass send_class = {
  .base = { sizeof (WsSocketCall), give_up_sending, NULL },
  .kind = WS_CALL_SEND,
};

static void
begin_sending (WsSocket     *self,
               WsSocketCall *call,
               WsMessageType type,
               GInputStream *input)
{
  Sender *sender = g_new0 (Sender, 1);

  sender->n_refs = 1;
  sender->socket = self;
  sender->task = g_object_ref (call->base.task);
  sender->input = g_object_ref (input);
  sender->sink = ws_message_sink_new (type);
  sender->sink->ready = on_room;
  sender->sink->over = on_over;
  sender->sink->user_data = sender;
  ws_socket_queue_call (self, call);
  ws_socket_queue_sink (self, sender->sink, call);
  ws_socket_frame_outgoing (self);
}

/**
 * ws_socket_send_stream_async:
 * @self: a socket
 * @message_type: text or binary
 * @stream: where the message comes from; it is read to its end, and not closed
 * @cancellable: (nullable): gives up
 * @callback: (scope async) (closure user_data): called when all of it was
 *   written
 * @user_data: for @callback
 *
 * Sends one message that is read from a stream, fragment by fragment.
 *
 * The stream is read whenever less than
 * [property@Socket:write-high-water-mark] waits to be written. Until its end
 * other messages wait behind it; those of plain sends count in
 * [property@Socket:bytes-to-write] and [property@Socket:max-bytes-to-write].
 * Pings and pongs go between (RFC 6455, 5.4).
 *
 * Text is checked as it comes. If that, or the stream, fails, or it is
 * cancelled, nothing is sent as long as nothing of it was; later the message
 * cannot be completed, and the connection is closed with the code 1011. Closing
 * gives up what is not complete.
 *
 * Since: 1.0
 */
void
ws_socket_send_stream_async (WsSocket           *self,
                             WsMessageType       message_type,
                             GInputStream       *stream,
                             GCancellable       *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer            user_data)
{
  GError       *error = NULL;
  WsSocketCall *call;

  g_return_if_fail (WS_IS_SOCKET (self));
  g_return_if_fail (message_type == WS_MESSAGE_TYPE_TEXT
                    || message_type == WS_MESSAGE_TYPE_BINARY);
  g_return_if_fail (G_IS_INPUT_STREAM (stream));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  call = ws_socket_begin_call (self, &send_class, ws_socket_send_stream_async,
                               cancellable, callback, user_data);
  if (call == NULL)
    return;
  if (!ws_socket_check_sendable (self, &error))
    ws_call_fail (&call->base, error);
  else
    begin_sending (self, call, message_type, stream);
}

/**
 * ws_socket_send_stream_finish:
 * @self: a socket
 * @result: what the callback got
 * @error: return location for an error
 *
 * Gets how [method@Socket.send_stream_async] went.
 *
 * Returns: whether all of the message was written
 *
 * Since: 1.0
 */
gboolean
ws_socket_send_stream_finish (WsSocket     *self,
                              GAsyncResult *result,
                              GError      **error)
{
  g_return_val_if_fail (WS_IS_SOCKET (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result,
                                                  ws_socket_send_stream_async),
                        FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* --- Sending what is written --- */

/**
 * ws_socket_begin_message:
 * @self: a socket
 * @message_type: text or binary
 * @error: return location for an error
 *
 * Begins a message that is written to a stream, and ends when that is closed.
 *
 * Each write becomes a fragment, or several; many small ones want a
 * [class@Gio.BufferedOutputStream]. The stream takes nothing while
 * [property@Socket:write-high-water-mark] waits to be written:
 * [method@Gio.OutputStream.write_all_async] waits then, a write that would have
 * to block fails with %G_IO_ERROR_WOULD_BLOCK. It belongs to the socket's
 * context, where it is a [iface@Gio.PollableOutputStream], too.
 *
 * Other messages wait behind this one, as behind
 * [method@Socket.send_stream_async]. A stream that is dropped without being
 * closed, or that was given text that is not UTF-8, cannot be completed: the
 * connection is closed with the code 1011 if some of it was sent. One message
 * can be written at a time: %WS_SOCKET_ERROR_OPERATION.
 *
 * The stream holds a reference to the socket.
 *
 * Returns: (transfer full): a stream
 *
 * Since: 1.0
 */
GOutputStream *
ws_socket_begin_message (WsSocket     *self,
                         WsMessageType message_type,
                         GError      **error)
{
  WsSocketAsync *async;

  g_return_val_if_fail (WS_IS_SOCKET (self), NULL);
  g_return_val_if_fail (message_type == WS_MESSAGE_TYPE_TEXT
                            || message_type == WS_MESSAGE_TYPE_BINARY,
                        NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!ws_socket_check_sendable (self, error))
    return NULL;
  async = ws_socket_get_async (self);
  if (async->message != NULL)
    {
      g_set_error_literal (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_OPERATION,
                           "Another message is being written: its stream is "
                           "not closed yet");
      return NULL;
    }
  async->message = ws_message_sink_new (message_type);
  ws_socket_queue_sink (self, async->message, NULL);
  return ws_message_output_stream_new (G_OBJECT (self),
                                       &ws_socket_message_sender,
                                       async->message);
}
