/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ws-message-input-stream.h"

#include <string.h>

#include "message/ws-message-pipe-private.h"
#include "socket/ws-socket-private.h"

/**
 * WsMessageInputStream:
 *
 * One message, read as it arrives.
 *
 * [method@Socket.receive_stream_async] gives it. What comes out was checked, as
 * far as it has come: text is UTF-8, though a read may cut a character. The
 * stream ends where the message does; if the connection ends before, reading
 * fails with its error.
 *
 * It is read with [method@Gio.InputStream.read_async] and its relatives, in the
 * socket's context, and as a [iface@Gio.PollableInputStream]. A read that would
 * have to block fails with %G_IO_ERROR_WOULD_BLOCK. While nothing is read,
 * nothing more is taken from the connection, but for the present read. Dropped
 * or closed before its end, it discards the rest of the message.
 *
 * It holds a reference to its socket.
 *
 * Since: 1.0
 */
struct _WsMessageInputStream
{
  GInputStream   parent_instance;
  WsSocket      *socket;  /* (owned) (nullable): until it is closed */
  GMainContext  *context; /* (owned): the socket's */
  WsMessagePipe *pipe;    /* (owned) */
};

static void init_pollable (GPollableInputStreamInterface *iface);

G_DEFINE_TYPE_WITH_CODE (WsMessageInputStream,
                         ws_message_input_stream,
                         G_TYPE_INPUT_STREAM,
                         G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_INPUT_STREAM,
                                                init_pollable))

typedef enum
{
  PROP_MESSAGE_TYPE = 1,
  N_PROPS
} WsMessageInputStreamProp;

static GParamSpec *props[N_PROPS];

/* --- The pipe --- */

WsMessagePipe *
ws_message_pipe_new (WsMessageType type)
{
  WsMessagePipe *self = g_atomic_rc_box_new0 (WsMessagePipe);

  self->type = type;
  return self;
}

WsMessagePipe *
ws_message_pipe_ref (WsMessagePipe *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
clear_pipe (gpointer data)
{
  WsMessagePipe *self = data;

  g_queue_clear_full (&self->chunks, (GDestroyNotify) g_bytes_unref);
  g_clear_error (&self->error);
}

void
ws_message_pipe_unref (WsMessagePipe *self)
{
  g_atomic_rc_box_release_full (self, clear_pipe);
}

static gboolean
has_news (const WsMessagePipe *pipe)
{
  return pipe->chunks.length > 0 || pipe->is_complete || pipe->error != NULL;
}

/* --- Reading --- */

/* Takes up to @count bytes of the first chunk. */
static gsize
take_bytes (WsMessagePipe *pipe, guint8 *buffer, gsize count)
{
  GBytes       *chunk = g_queue_peek_head (&pipe->chunks);
  gsize         len;
  const guint8 *data = g_bytes_get_data (chunk, &len);

  count = MIN (count, len - pipe->used);
  memcpy (buffer, data + pipe->used, count);
  pipe->used += count;
  pipe->size -= count;
  if (pipe->used == len)
    {
      g_bytes_unref (g_queue_pop_head (&pipe->chunks));
      pipe->used = 0;
    }
  return count;
}

static gssize
read_fn (GInputStream *stream,
         void         *buffer,
         gsize         count,
         GCancellable *cancellable,
         GError      **error)
{
  WsMessageInputStream *self = WS_MESSAGE_INPUT_STREAM (stream);
  WsMessagePipe        *pipe = self->pipe;

  if (self->socket != NULL && !ws_socket_check_thread (self->socket, error))
    return -1;
  if (pipe->chunks.length > 0)
    {
      count = take_bytes (pipe, buffer, count);
      if (pipe->chunks.length == 0)
        ws_socket_update_receiving (self->socket);
      return (gssize) count;
    }
  if (pipe->error != NULL)
    g_propagate_error (error, g_error_copy (pipe->error));
  else if (!pipe->is_complete)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK,
                         "No more of the message has come yet");
  return pipe->error == NULL && pipe->is_complete ? 0 : -1;
}

/* --- Polling --- */

static gboolean
is_readable (GPollableInputStream *stream)
{
  return has_news (WS_MESSAGE_INPUT_STREAM (stream)->pipe);
}

typedef struct
{
  GSource        parent;
  WsMessagePipe *pipe; /* (owned) */
} PipeSource;

static gboolean
prepare_source (GSource *source, int *timeout)
{
  *timeout = -1;
  return has_news (((PipeSource *) source)->pipe);
}

static gboolean
check_source (GSource *source)
{
  return has_news (((PipeSource *) source)->pipe);
}

static gboolean
dispatch_source (GSource *source, GSourceFunc callback, gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

static void
finalize_source (GSource *source)
{
  ws_message_pipe_unref (((PipeSource *) source)->pipe);
}

/* Only there because a source without cannot become another's child. */
static gboolean
on_closure (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs source_funcs = {
  .prepare = prepare_source,
  .check = check_source,
  .dispatch = dispatch_source,
  .closure_callback = on_closure,
  .finalize = finalize_source,
};

static GSource *
create_source (GPollableInputStream *stream, GCancellable *cancellable)
{
  WsMessageInputStream *self = WS_MESSAGE_INPUT_STREAM (stream);
  g_autoptr (GSource) child = g_source_new (&source_funcs, sizeof (PipeSource));

  ((PipeSource *) child)->pipe = ws_message_pipe_ref (self->pipe);
  return g_pollable_source_new_full (stream, child, cancellable);
}

static void
init_pollable (GPollableInputStreamInterface *iface)
{
  iface->is_readable = is_readable;
  iface->create_source = create_source;
}

/* --- Closing --- */

static gboolean
on_dropped (gpointer socket)
{
  ws_socket_update_receiving (socket);
  return G_SOURCE_REMOVE;
}

static gboolean
close_fn (GInputStream *stream, GCancellable *cancellable, GError **error)
{
  WsMessageInputStream *self = WS_MESSAGE_INPUT_STREAM (stream);

  if (g_atomic_int_get (&self->pipe->dropped))
    return TRUE;
  g_atomic_int_set (&self->pipe->dropped, TRUE);
  if (ws_socket_check_thread (self->socket, NULL))
    ws_socket_update_receiving (self->socket);
  else
    ws_socket_invoke (self->socket, self->context, on_dropped);
  return TRUE;
}

/* GIO's own would close in a thread. */
static void
close_async (GInputStream       *stream,
             int                 io_priority,
             GCancellable       *cancellable,
             GAsyncReadyCallback callback,
             gpointer            user_data)
{
  g_autoptr (GTask) task
      = g_task_new (stream, cancellable, callback, user_data);

  g_task_set_source_tag (task, close_async);
  g_task_set_priority (task, io_priority);
  close_fn (stream, cancellable, NULL);
  g_task_return_boolean (task, TRUE);
}

static gboolean
close_finish (GInputStream *stream, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* --- The object --- */

static void
ws_message_input_stream_get_property (GObject    *object,
                                      guint       prop_id,
                                      GValue     *value,
                                      GParamSpec *pspec)
{
  WsMessageInputStream *self = WS_MESSAGE_INPUT_STREAM (object);

  switch ((WsMessageInputStreamProp) prop_id)
    {
    case PROP_MESSAGE_TYPE:
      g_value_set_enum (value, ws_message_input_stream_get_message_type (self));
      break;
    case N_PROPS:
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
ws_message_input_stream_finalize (GObject *object)
{
  WsMessageInputStream *self = WS_MESSAGE_INPUT_STREAM (object);

  g_clear_object (&self->socket);
  g_clear_pointer (&self->context, g_main_context_unref);
  g_clear_pointer (&self->pipe, ws_message_pipe_unref);
  G_OBJECT_CLASS (ws_message_input_stream_parent_class)->finalize (object);
}

static void
ws_message_input_stream_class_init (WsMessageInputStreamClass *klass)
{
  GObjectClass      *object_class = G_OBJECT_CLASS (klass);
  GInputStreamClass *stream_class = G_INPUT_STREAM_CLASS (klass);

  object_class->get_property = ws_message_input_stream_get_property;
  object_class->finalize = ws_message_input_stream_finalize;
  stream_class->read_fn = read_fn;
  stream_class->close_fn = close_fn;
  stream_class->close_async = close_async;
  stream_class->close_finish = close_finish;

  /**
   * WsMessageInputStream:message-type: (getter get_message_type)
   *
   * Whether the message is text or binary.
   *
   * Since: 1.0
   */
  props[PROP_MESSAGE_TYPE]
      = g_param_spec_enum ("message-type", NULL, NULL, WS_TYPE_MESSAGE_TYPE,
                           WS_MESSAGE_TYPE_TEXT,
                           G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY
                               | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
ws_message_input_stream_init (WsMessageInputStream *self)
{
  /* One that was made by itself is empty. */
  self->pipe = ws_message_pipe_new (WS_MESSAGE_TYPE_TEXT);
  self->pipe->is_complete = TRUE;
  self->pipe->dropped = TRUE;
}

GInputStream *
ws_message_input_stream_new (WsSocket *socket, WsMessagePipe *pipe)
{
  WsMessageInputStream *self
      = g_object_new (WS_TYPE_MESSAGE_INPUT_STREAM, NULL);

  ws_message_pipe_unref (self->pipe);
  self->pipe = ws_message_pipe_ref (pipe);
  self->socket = g_object_ref (socket);
  self->context = g_main_context_ref (ws_socket_peek (socket)->home.context);
  return G_INPUT_STREAM (self);
}

/**
 * ws_message_input_stream_get_message_type:
 * @self: a stream
 *
 * Gets whether the message is text or binary.
 *
 * Returns: its type
 *
 * Since: 1.0
 */
WsMessageType
ws_message_input_stream_get_message_type (WsMessageInputStream *self)
{
  g_return_val_if_fail (WS_IS_MESSAGE_INPUT_STREAM (self),
                        WS_MESSAGE_TYPE_TEXT);

  return self->pipe->type;
}
