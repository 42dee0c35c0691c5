/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "message/ws-message-pipe-private.h"
#include "socket/ws-socket-parts.h"
#include "socket/ws-socket-queue.h"

/* The stream that ws_socket_begin_message() gives: what is written becomes the
 * fragments of one message. */

#define WS_TYPE_MESSAGE_OUTPUT_STREAM (ws_message_output_stream_get_type ())
G_DECLARE_FINAL_TYPE (WsMessageOutputStream,
                      ws_message_output_stream,
                      WS,
                      MESSAGE_OUTPUT_STREAM,
                      GOutputStream)

struct _WsMessageOutputStream
{
  GOutputStream  parent_instance;
  WsSocket      *socket;  /* (owned) */
  GMainContext  *context; /* (owned): the socket's */
  WsMessageSink *sink;    /* (owned) */
  gboolean       closed;
};

static void init_pollable (GPollableOutputStreamInterface *iface);

G_DEFINE_TYPE_WITH_CODE (WsMessageOutputStream,
                         ws_message_output_stream,
                         G_TYPE_OUTPUT_STREAM,
                         G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_OUTPUT_STREAM,
                                                init_pollable))

/* --- The sink --- */

WsMessageSink *
ws_message_sink_new (WsMessageType type)
{
  WsMessageSink *self = g_atomic_rc_box_new0 (WsMessageSink);

  self->type = type;
  return self;
}

WsMessageSink *
ws_message_sink_ref (WsMessageSink *self)
{
  return g_atomic_rc_box_acquire (self);
}

void
ws_message_sink_unref (WsMessageSink *self)
{
  g_atomic_rc_box_release (self);
}

/* --- Writing --- */

static gssize
write_fn (GOutputStream *stream,
          const void    *buffer,
          gsize          count,
          GCancellable  *cancellable,
          GError       **error)
{
  WsMessageOutputStream *self = WS_MESSAGE_OUTPUT_STREAM (stream);

  if (!ws_socket_check_thread (self->socket, error))
    return -1;
  return ws_socket_send_part (self->socket, self->sink, buffer, count, error);
}

static gboolean
is_writable (GPollableOutputStream *stream)
{
  WsMessageOutputStream *self = WS_MESSAGE_OUTPUT_STREAM (stream);

  return ws_socket_takes_part (self->socket, self->sink);
}

typedef struct
{
  GSource                parent;
  WsMessageOutputStream *stream; /* (unowned): the source's parent holds it */
} SinkSource;

static gboolean
prepare_source (GSource *source, int *timeout)
{
  *timeout = -1;
  return is_writable (
      G_POLLABLE_OUTPUT_STREAM (((SinkSource *) source)->stream));
}

static gboolean
check_source (GSource *source)
{
  int timeout;

  return prepare_source (source, &timeout);
}

static gboolean
dispatch_source (GSource *source, GSourceFunc callback, gpointer user_data)
{
  return G_SOURCE_CONTINUE;
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
};

static GSource *
create_source (GPollableOutputStream *stream, GCancellable *cancellable)
{
  g_autoptr (GSource) child = g_source_new (&source_funcs, sizeof (SinkSource));

  ((SinkSource *) child)->stream = WS_MESSAGE_OUTPUT_STREAM (stream);
  return g_pollable_source_new_full (stream, child, cancellable);
}

static void
init_pollable (GPollableOutputStreamInterface *iface)
{
  iface->is_writable = is_writable;
  iface->create_source = create_source;
}

/* --- Closing --- */

static gboolean
close_fn (GOutputStream *stream, GCancellable *cancellable, GError **error)
{
  WsMessageOutputStream *self = WS_MESSAGE_OUTPUT_STREAM (stream);

  if (self->closed)
    return TRUE;
  if (!ws_socket_check_thread (self->socket, error))
    return FALSE;
  self->closed = TRUE;
  return ws_socket_end_message (self->socket, self->sink, error);
}

/* GIO's own would close in a thread. */
static void
close_async (GOutputStream      *stream,
             int                 io_priority,
             GCancellable       *cancellable,
             GAsyncReadyCallback callback,
             gpointer            user_data)
{
  GError *error = NULL;
  g_autoptr (GTask) task
      = g_task_new (stream, cancellable, callback, user_data);

  g_task_set_source_tag (task, close_async);
  g_task_set_priority (task, io_priority);
  if (close_fn (stream, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static gboolean
close_finish (GOutputStream *stream, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* --- The object --- */

/* Dropped before it was closed: what was sent is not all, and must not look so.
 * GIO closes in its dispose. */
static void
ws_message_output_stream_dispose (GObject *object)
{
  WsMessageOutputStream *self = WS_MESSAGE_OUTPUT_STREAM (object);

  if (!self->closed)
    {
      g_atomic_int_set (&self->sink->dropped, TRUE);
      /* It closes, and tells so, which is nothing to do in an unref. */
      if (!ws_socket_check_thread (self->socket, NULL)
          || self->sink->outgoing != NULL)
        ws_socket_invoke (self->socket, self->context, ws_socket_drop_message);
    }
  self->closed = TRUE;
  G_OBJECT_CLASS (ws_message_output_stream_parent_class)->dispose (object);
}

static void
ws_message_output_stream_finalize (GObject *object)
{
  WsMessageOutputStream *self = WS_MESSAGE_OUTPUT_STREAM (object);

  g_clear_object (&self->socket);
  g_clear_pointer (&self->context, g_main_context_unref);
  g_clear_pointer (&self->sink, ws_message_sink_unref);
  G_OBJECT_CLASS (ws_message_output_stream_parent_class)->finalize (object);
}

static void
ws_message_output_stream_class_init (WsMessageOutputStreamClass *klass)
{
  GObjectClass       *object_class = G_OBJECT_CLASS (klass);
  GOutputStreamClass *stream_class = G_OUTPUT_STREAM_CLASS (klass);

  object_class->dispose = ws_message_output_stream_dispose;
  object_class->finalize = ws_message_output_stream_finalize;
  stream_class->write_fn = write_fn;
  stream_class->close_fn = close_fn;
  stream_class->close_async = close_async;
  stream_class->close_finish = close_finish;
  stream_class->flush_async = NULL; /* there is nothing to flush */
}

static void
ws_message_output_stream_init (WsMessageOutputStream *self)
{
  self->closed = TRUE;
}

GOutputStream *
ws_message_output_stream_new (WsSocket *socket, WsMessageSink *sink)
{
  WsMessageOutputStream *self
      = g_object_new (WS_TYPE_MESSAGE_OUTPUT_STREAM, NULL);

  self->socket = g_object_ref (socket);
  self->context = g_main_context_ref (ws_socket_peek (socket)->home.context);
  self->sink = ws_message_sink_ref (sink);
  self->closed = FALSE;
  return G_OUTPUT_STREAM (self);
}
