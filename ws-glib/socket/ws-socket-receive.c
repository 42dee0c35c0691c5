/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* When a socket reads, and who gets what it has read. */
#include "ws-socket-receive.h"

#include "ws-socket-error.h"
#include "socket/ws-socket-receive-private.h"
#include "socket/ws-socket-signals.h"
#include "socket/ws-socket-state.h"
#include "message/ws-message-input-stream-private.h"
#include "message/ws-message-private.h"

/* What a message that waits counts beside its bytes, so that a flood of empty
 * ones is bounded too. */
#define MESSAGE_OVERHEAD 64

/* Bytes that may wait, whatever the user has set, while the connection is being
 * closed, or was lost. */
#define CLOSING_ROOM WS_SOCKET_READ_BUFFER_SIZE

/* --- Messages that wait to be taken --- */

static gsize
get_cost (WsMessage *message)
{
  gsize len;

  ws_message_get_data (message, &len);
  return len + MESSAGE_OVERHEAD;
}

/* Nothing can be sent any more, and all is over when what has come is read. */
static gboolean
is_broken (WsSocketPrivate *priv)
{
  return priv->now.engine != NULL
         && ws_engine_get_failure (priv->now.engine) != NULL;
}

/* Whether the message under way is to come as a whole, as the caller wants it
 * who has asked after it began. */
static gboolean
is_gathered (const WsSocketAsync *async)
{
  return async->is_unclaimed
         && (async->calls[WS_CALL_RECEIVE].length > 0 || !async->streams);
}

/* Whether nothing more is to be read before something was taken. Who closes may
 * not take anything any more, but waits for the peer's close frame behind what
 * is still to come; who sends in vain may not either. */
static gboolean
is_full (WsSocketPrivate *priv)
{
  WsSocketAsync *async = priv->async;
  guint64        least = 0;

  if (async == NULL)
    return FALSE;
  if (priv->state == WS_STATE_CLOSING || is_broken (priv))
    least = CLOSING_ROOM;
  if (async->pipe != NULL)
    return async->pipe->chunks.length > 0 && async->pipe->size >= least
           && !g_atomic_int_get (&async->pipe->dropped) && !is_gathered (async);
  return async->inbox.length > 0 && priv->extras->read_buffer_size > 0
         && async->inbox_size
                >= MAX ((guint64) priv->extras->read_buffer_size, least);
}

/* Whether the next message is to come in pieces: while nobody asks, that is as
 * who asked last wanted it. */
static gboolean
wants_stream (WsSocketPrivate *priv)
{
  WsSocketAsync *async = priv->async;
  GList         *next;

  if (async == NULL || async->pipe != NULL || async->inbox.length > 0)
    return FALSE;
  next = async->calls[WS_CALL_RECEIVE].head;
  return next != NULL ? ws_socket_call_get_class (next->data)->streams
                      : async->streams;
}

void
ws_socket_update_receiving (WsSocket *self)
{
  WsSocketPrivate *priv = ws_socket_peek (self);
  gboolean         paused = priv->now.receiving_paused || priv->is_held;

  if (priv->now.engine == NULL)
    return;
  if (priv->pull)
    ws_engine_set_streaming (priv->now.engine, wants_stream (priv));
  /* What is read for who pulls waits for the end of the pause. */
  if (priv->pull && (is_broken (priv) || priv->state == WS_STATE_CLOSING))
    paused = FALSE;
  ws_engine_set_paused (priv->now.engine, paused || is_full (priv));
}

/* The message under way has come, or never will. */
static void
end_pipe (WsSocket *self, gboolean is_complete)
{
  WsSocketAsync *async = ws_socket_peek (self)->async;

  if (async == NULL || async->pipe == NULL)
    return;
  if (is_complete)
    async->pipe->is_complete = TRUE;
  else if (async->pipe->error == NULL)
    async->pipe->error = ws_socket_make_end_error (self);
  async->is_unclaimed = FALSE;
  g_clear_pointer (&async->pipe, ws_message_pipe_unref);
}

void
ws_socket_set_held (WsSocket *self, gboolean is_held)
{
  ws_socket_peek (self)->is_held = is_held;
  ws_socket_update_receiving (self);
}

void
ws_socket_forget_received (WsSocket *self)
{
  WsSocketAsync *async = ws_socket_peek (self)->async;

  if (async == NULL)
    return;
  g_queue_clear_full (&async->inbox, (GDestroyNotify) ws_message_unref);
  async->inbox_size = 0;
  async->is_announced = FALSE;
  g_clear_pointer (&async->taken, ws_message_unref);
  end_pipe (self, FALSE);
}

static void
push_chunk (WsMessagePipe *pipe, GBytes *bytes)
{
  if (g_bytes_get_size (bytes) == 0 || g_atomic_int_get (&pipe->dropped))
    return;
  g_queue_push_tail (&pipe->chunks, g_bytes_ref (bytes));
  pipe->size += g_bytes_get_size (bytes);
}

/* Takes @call out of its queue. Its caller may run the main loop: what comes
 * then is for the calls that wait still. */
static GTask *
take_call (WsSocket *self, WsSocketCall *call)
{
  GTask *task = ws_call_steal_task (&call->base);

  ws_socket_update_receiving (self);
  return task;
}

static gboolean
check_producer (gpointer producer, GError **error)
{
  return ws_socket_check_thread (producer, error);
}

static void
wake_producer (gpointer producer)
{
  ws_socket_update_receiving (producer);
}

static const WsMessageProducer producer
    = { .check_thread = check_producer, .wake = wake_producer };

/* Gives @call, which is taken, what reads @pipe. */
static void
return_stream (WsSocket *self, WsSocketCall *call, WsMessagePipe *pipe)
{
  g_autoptr (GTask) task = take_call (self, call);

  g_task_return_pointer (task,
                         ws_message_input_stream_new (G_OBJECT (self),
                                                      &producer, pipe),
                         g_object_unref);
}

static void
return_message (WsSocket *self, WsSocketCall *call, WsMessage *message)
{
  WsMessagePipe *pipe;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GTask) task = NULL;

  if (!ws_socket_call_get_class (call)->streams)
    {
      task = take_call (self, call);
      g_task_return_pointer (task, message, (GDestroyNotify) ws_message_unref);
      return;
    }
  pipe = ws_message_pipe_new (ws_message_get_message_type (message));
  bytes = g_bytes_ref (ws_message_get_bytes (message));
  push_chunk (pipe, bytes);
  pipe->is_complete = TRUE;
  ws_message_unref (message);
  return_stream (self, call, pipe);
  ws_message_pipe_unref (pipe);
}

WsMessage *
ws_socket_pop_message (WsSocket *self)
{
  WsSocketAsync *async = ws_socket_peek (self)->async;
  WsMessage     *message = NULL;

  if (async->inbox.length > 0 && !ws_socket_peek (self)->now.receiving_paused)
    {
      message = g_queue_pop_head (&async->inbox);
      async->inbox_size -= get_cost (message);
    }
  async->is_announced = async->is_announced && async->inbox.length > 0;
  return message;
}

/* Tells that messages wait which no call has taken, once until all are taken.
 * Last, for a handler may do anything. */
static void
announce (WsSocket *self)
{
  WsSocketPrivate *priv = ws_socket_peek (self);
  WsSocketAsync   *async = priv->async;

  if (async->inbox.length == 0 || async->is_announced
      || priv->now.receiving_paused)
    return;
  async->is_announced = TRUE;
  ws_socket_emit (self, WS_SOCKET_SIGNAL_READY_READ);
}

/* Gives the messages that wait to the calls that wait for them, and then what
 * reads the one under way. Each callback may do anything. */
static void
deliver (WsSocket *self)
{
  WsSocketPrivate *priv = ws_socket_peek (self);
  WsSocketAsync   *async = ws_socket_get_async (self);
  GQueue          *calls = &async->calls[WS_CALL_RECEIVE];
  WsMessage       *message;

  while (calls->length > 0 && (message = ws_socket_pop_message (self)) != NULL)
    return_message (self, calls->head->data, message);
  if (async->is_unclaimed && calls->length > 0 && !priv->now.receiving_paused
      && ws_socket_call_get_class (calls->head->data)->streams)
    {
      async->is_unclaimed = FALSE;
      return_stream (self, calls->head->data, async->pipe);
    }
  ws_socket_update_receiving (self);
  announce (self);
}

static void
queue_message (WsSocketAsync *async, WsMessage *message)
{
  g_queue_push_tail (&async->inbox, message);
  async->inbox_size += get_cost (message);
}

void
ws_socket_take_message (WsSocket *self, WsMessage *message)
{
  queue_message (ws_socket_get_async (self), message);
  deliver (self);
}

/* All of a message has come whose pieces nobody has asked for. */
static void
queue_pieces (WsSocketAsync *async)
{
  g_autoptr (GBytes) bytes = ws_message_pipe_gather (async->pipe);

  queue_message (async, ws_message_new_valid (async->pipe->type, bytes));
}

void
ws_socket_take_piece (WsSocket *self, WsMessageType type, WsEvent *event)
{
  WsSocketAsync *async = ws_socket_get_async (self);
  g_autoptr (GBytes) bytes = ws_event_take_bytes (event);

  if (async->pipe == NULL)
    {
      async->pipe = ws_message_pipe_new (type);
      async->is_unclaimed = TRUE;
    }
  push_chunk (async->pipe, bytes);
  if (event->is_last && async->is_unclaimed)
    queue_pieces (async);
  if (event->is_last)
    end_pipe (self, TRUE);
  deliver (self);
}

void
ws_socket_end_receiving (WsSocket *self)
{
  end_pipe (self, FALSE);
  ws_socket_peek (self)->now.receiving_paused = FALSE;
  deliver (self);
}

void
ws_socket_queue_receive (WsSocket *self, WsSocketCall *call)
{
  WsSocketPrivate *priv = ws_socket_peek (self);

  if (!priv->pull)
    {
      ws_call_fail (&call->base, g_error_new_literal (WS_SOCKET_ERROR,
                                                      WS_SOCKET_ERROR_OPERATION,
                                                      WS_SOCKET_NOT_PULLED));
      return;
    }
  ws_socket_get_async (self)->streams
      = ws_socket_call_get_class (call)->streams;
  if (priv->state == WS_STATE_UNCONNECTED
      && (priv->async == NULL || priv->async->inbox.length == 0))
    {
      ws_socket_end_call (self, call);
      return;
    }
  ws_socket_queue_call (self, call);
  deliver (self);
}

void
ws_socket_give_up_receiving (gpointer socket, WsCall *call)
{
  ws_socket_update_receiving (socket);
}

/* --- Pausing --- */

static void
set_paused (WsSocket *self, gboolean paused, const char *function)
{
  WsSocketPrivate *priv = ws_socket_peek (self);

  if (!ws_socket_may_call (self, function))
    return;
  if (priv->state == WS_STATE_UNCONNECTED
      || priv->now.receiving_paused == paused)
    return;
  g_object_ref (self);
  priv->now.receiving_paused = paused;
  if (priv->pull)
    deliver (self);
  else
    ws_socket_update_receiving (self);
  g_object_unref (self);
}

/**
 * ws_socket_pause_receiving:
 * @self: a socket
 *
 * Stops reading until [method@Socket.resume_receiving], or until the socket is
 * opened anew.
 *
 * No message, frame or ping is signalled meanwhile, and none is handed out
 * with [property@Socket:pull]; the peer is held up once the system's buffers
 * are full. In a handler it takes effect behind the present message: those that
 * came with it wait. Sending and closing go on, but the peer's close frame and
 * its end are not seen either. So [method@Socket.close] is answered at once if
 * nothing else has come meanwhile; if something has, it waits for half of
 * [property@Socket:close-timeout], and is dropped then. With
 * [property@Socket:pull] what comes after it is read and waits, as far as
 * [property@Socket:read-buffer-size] says.
 *
 * A peer that is gone is noticed all the same: when something cannot be
 * written, or by [property@Socket:ping-interval] (where its answer may be among
 * what waits, its system still has to acknowledge what is sent) and
 * [property@Socket:frame-timeout]. Then sends fail at once with the reason, and
 * what was received before is signalled when receiving goes on within
 * [property@Socket:close-timeout]; after that the connection has ended.
 * With [property@Socket:pull] it ends at once, and what was received may be
 * taken after the end.
 *
 * Since: 1.0
 */
void
ws_socket_pause_receiving (WsSocket *self)
{
  g_return_if_fail (WS_IS_SOCKET (self));

  set_paused (self, TRUE, G_STRFUNC);
}

/**
 * ws_socket_resume_receiving:
 * @self: a socket
 *
 * Goes on after [method@Socket.pause_receiving].
 *
 * What waits comes with the next iteration of the main loop.
 *
 * Since: 1.0
 */
void
ws_socket_resume_receiving (WsSocket *self)
{
  g_return_if_fail (WS_IS_SOCKET (self));

  set_paused (self, FALSE, G_STRFUNC);
}

/* --- Properties --- */

/**
 * ws_socket_get_pull:
 * @self: a socket
 *
 * Gets whether messages are taken rather than signalled.
 *
 * Returns: whether they are
 *
 * Since: 1.0
 */
gboolean
ws_socket_get_pull (WsSocket *self)
{
  g_return_val_if_fail (WS_IS_SOCKET (self), FALSE);

  return ws_socket_peek (self)->pull;
}

/**
 * ws_socket_set_pull:
 * @self: a socket
 * @pull: whether messages are taken rather than signalled
 *
 * Sets who gets messages. Refused with a warning once something was received.
 *
 * Since: 1.0
 */
void
ws_socket_set_pull (WsSocket *self, gboolean pull)
{
  WsSocketPrivate *priv;

  g_return_if_fail (WS_IS_SOCKET (self));

  priv = ws_socket_peek (self);
  pull = pull != FALSE;
  if (priv->pull == (guint) pull
      || !ws_socket_may_set (self, WS_SOCKET_PROP_PULL))
    return;
  if (priv->now.engine != NULL && ws_engine_has_read (priv->now.engine))
    {
      g_warning ("The property pull cannot be set any more: messages were "
                 "received already");
      return;
    }
  priv->pull = pull;
  ws_socket_forget_received (self);
  ws_socket_notify (self, WS_SOCKET_PROP_PULL);
}

/**
 * ws_socket_get_read_buffer_size:
 * @self: a socket
 *
 * Gets how much may wait to be taken before reading stops.
 *
 * Returns: bytes; 0: no limit
 *
 * Since: 1.0
 */
gint64
ws_socket_get_read_buffer_size (WsSocket *self)
{
  g_return_val_if_fail (WS_IS_SOCKET (self), 0);

  return ws_socket_peek (self)->extras->read_buffer_size;
}

/**
 * ws_socket_set_read_buffer_size:
 * @self: a socket
 * @read_buffer_size: bytes; 0: no limit
 *
 * Sets how much may wait to be taken before reading stops.
 *
 * Since: 1.0
 */
void
ws_socket_set_read_buffer_size (WsSocket *self, gint64 read_buffer_size)
{
  WsSocketPrivate *priv;

  g_return_if_fail (WS_IS_SOCKET (self));
  g_return_if_fail (read_buffer_size >= 0);

  priv = ws_socket_peek (self);
  if (priv->extras->read_buffer_size == read_buffer_size
      || !ws_socket_may_set (self, WS_SOCKET_PROP_READ_BUFFER_SIZE))
    return;
  ws_socket_get_extras (self)->read_buffer_size = read_buffer_size;
  ws_socket_update_receiving (self);
  ws_socket_notify (self, WS_SOCKET_PROP_READ_BUFFER_SIZE);
}

/* --- The properties --- */

/* clang-format off */
const WsProperty ws_socket_receive_properties[] = {
  /**
   * WsSocket:pull:
   *
   * Whether messages are taken, one by one, rather than signalled.
   *
   * Then [method@Socket.receive_message_async] or
   * [method@Socket.try_receive_message] gets them, the signals of messages and
   * frames are silent, and the peer is held up when nobody takes what it sends:
   * reading stops at the first message that waits, or beyond it at
   * [property@Socket:read-buffer-size]. As long as none waits the connection
   * is read, so that pings are answered and its end is seen.
   *
   * It can be set until the first bytes were received: before opening, in a
   * handler of [signal@Socket::connected], or right after a server has handed
   * out the socket.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_BOOLEAN (WsSocket, WS_SOCKET_PROP_PULL, "pull", FALSE,
                         ws_socket_get_pull, ws_socket_set_pull) },

  /**
   * WsSocket:read-buffer-size:
   *
   * How many bytes of whole messages may wait with [property@Socket:pull]
   * before reading stops; 0: no limit. With 1 reading stops with the first
   * message.
   *
   * Each message counts its length and 64 bytes. The one that is under way
   * comes on top, as far as the limits allow, and so does what a single read
   * brings, 256 KiB at most. While receiving is paused nothing is read.
   *
   * After [method@Socket.close] at least 1 MiB may wait, for the peer's close
   * frame comes behind it, and so it may when a connection is lost while
   * nobody takes anything. Beyond that, who takes nothing for half of
   * [property@Socket:close-timeout] gets no more.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_INT64 (WsSocket, WS_SOCKET_PROP_READ_BUFFER_SIZE,
                       "read-buffer-size", 0, G_MAXINT64,
                       WS_SOCKET_READ_BUFFER_SIZE,
                       ws_socket_get_read_buffer_size,
                       ws_socket_set_read_buffer_size) },

  { 0 }
};
/* clang-format on */
