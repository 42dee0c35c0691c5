/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The stream that a user reads a message from while it still arrives. */
#include "message/ws-message-input-stream-private.h"

#include "base/ws-home.h"
#include "base/ws-property.h"
#include "message/ws-message-source.h"

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
  GInputStream             parent_instance;
  WsMessagePipe           *pipe;     /* (owned) */
  GObject                 *producer; /* (owned) (nullable): fills the pipe */
  const WsMessageProducer *klass;    /* (nullable): of the producer */
  WsHome                   home;     /* of the producer */
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

/* --- Reading --- */

static gssize
read_fn (GInputStream *stream,
         void         *buffer,
         gsize         count,
         GCancellable *cancellable,
         GError      **error)
{
  WsMessageInputStream *self = WS_MESSAGE_INPUT_STREAM (stream);
  WsMessagePipe        *pipe = self->pipe;

  if (self->producer != NULL
      && !self->klass->check_thread (self->producer, error))
    return -1;
  if (pipe->chunks.length > 0)
    {
      count = ws_message_pipe_take (pipe, buffer, count);
      if (pipe->chunks.length == 0)
        self->klass->wake (self->producer);
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
  return ws_message_pipe_has_news (WS_MESSAGE_INPUT_STREAM (stream)->pipe);
}

static gboolean
is_pipe_ready (gpointer pipe)
{
  return ws_message_pipe_has_news (pipe);
}

static GSource *
create_source (GPollableInputStream *stream, GCancellable *cancellable)
{
  WsMessageInputStream *self = WS_MESSAGE_INPUT_STREAM (stream);
  g_autoptr (GSource) child
      = ws_message_source_new (is_pipe_ready, ws_message_pipe_ref (self->pipe),
                               (GDestroyNotify) ws_message_pipe_unref);

  return g_pollable_source_new_full (stream, child, cancellable);
}

static void
init_pollable (GPollableInputStreamInterface *iface)
{
  iface->is_readable = is_readable;
  iface->create_source = create_source;
}

/* --- Closing --- */

typedef struct
{
  const WsMessageProducer *klass;
  GObject                 *producer; /* (owned) */
} Waking;

static gboolean
on_dropped (gpointer user_data)
{
  Waking *self = user_data;

  self->klass->wake (self->producer);
  return G_SOURCE_REMOVE;
}

static void
waking_free (gpointer data)
{
  Waking *self = data;

  g_object_unref (self->producer);
  g_free (self);
}

/* The producer is to hear that nobody reads any more, in its own thread. */
static void
wake_there (WsMessageInputStream *self)
{
  Waking *waking = g_new (Waking, 1);

  waking->klass = self->klass;
  waking->producer = g_object_ref (self->producer);
  ws_home_invoke (&self->home, on_dropped, waking, waking_free);
}

static gboolean
close_fn (GInputStream *stream, GCancellable *cancellable, GError **error)
{
  WsMessageInputStream *self = WS_MESSAGE_INPUT_STREAM (stream);

  if (g_atomic_int_get (&self->pipe->dropped))
    return TRUE;
  g_atomic_int_set (&self->pipe->dropped, TRUE);
  if (self->klass->check_thread (self->producer, NULL))
    self->klass->wake (self->producer);
  else
    wake_there (self);
  return TRUE;
}

static void
close_async (GInputStream       *stream,
             int                 io_priority,
             GCancellable       *cancellable,
             GAsyncReadyCallback callback,
             gpointer            user_data)
{
  close_fn (stream, cancellable, NULL);
  ws_message_stream_return_closed (stream, io_priority, cancellable, callback,
                                   user_data, NULL);
}

/* --- The object --- */

static void
ws_message_input_stream_finalize (GObject *object)
{
  WsMessageInputStream *self = WS_MESSAGE_INPUT_STREAM (object);

  g_clear_object (&self->producer);
  ws_home_clear (&self->home);
  g_clear_pointer (&self->pipe, ws_message_pipe_unref);
  G_OBJECT_CLASS (ws_message_input_stream_parent_class)->finalize (object);
}

/* clang-format off */
static const WsProperty properties[] = {
  /**
   * WsMessageInputStream:message-type:
   *
   * Whether the message is text or binary.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_ENUM (WsMessageInputStream, PROP_MESSAGE_TYPE, "message-type",
                      WsMessageType, ws_message_type_get_type,
                      WS_MESSAGE_TYPE_TEXT,
                      ws_message_input_stream_get_message_type, NULL) },

  { 0 }
};
/* clang-format on */

static const WsProperty *const tables[] = { properties, NULL };

static void
ws_message_input_stream_class_init (WsMessageInputStreamClass *klass)
{
  GObjectClass      *object_class = G_OBJECT_CLASS (klass);
  GInputStreamClass *stream_class = G_INPUT_STREAM_CLASS (klass);

  object_class->finalize = ws_message_input_stream_finalize;
  stream_class->read_fn = read_fn;
  stream_class->close_fn = close_fn;
  stream_class->close_async = close_async;
  ws_property_install (object_class, tables, props, N_PROPS);
}

static void
ws_message_input_stream_init (WsMessageInputStream *self)
{
  /* A stream that nobody made for a message is empty. */
  self->pipe = ws_message_pipe_new (WS_MESSAGE_TYPE_TEXT);
  self->pipe->is_complete = TRUE;
  self->pipe->dropped = TRUE;
}

GInputStream *
ws_message_input_stream_new (GObject                 *producer,
                             const WsMessageProducer *klass,
                             WsMessagePipe           *pipe)
{
  WsMessageInputStream *self
      = g_object_new (WS_TYPE_MESSAGE_INPUT_STREAM, NULL);

  ws_message_pipe_unref (self->pipe);
  self->pipe = ws_message_pipe_ref (pipe);
  self->producer = g_object_ref (producer);
  self->klass = klass;
  self->home = ws_homed_copy_home (producer);
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
