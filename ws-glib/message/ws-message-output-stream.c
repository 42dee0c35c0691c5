/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The stream that ws_socket_begin_message() gives: what is written becomes the
 * fragments of one message. */
#include "message/ws-message-output-stream.h"

#include "base/ws-home.h"
#include "message/ws-message-source.h"

#define WS_TYPE_MESSAGE_OUTPUT_STREAM (ws_message_output_stream_get_type ())
G_DECLARE_FINAL_TYPE (WsMessageOutputStream,
                      ws_message_output_stream,
                      WS,
                      MESSAGE_OUTPUT_STREAM,
                      GOutputStream)

struct _WsMessageOutputStream
{
  GOutputStream          parent_instance;
  WsMessageSink         *sink;   /* (owned) (nullable) */
  GObject               *sender; /* (owned) (nullable) */
  const WsMessageSender *klass;  /* of the sender */
  WsHome                 home;   /* of the sender */
  gboolean               is_closed;
};

static void init_pollable (GPollableOutputStreamInterface *iface);

G_DEFINE_TYPE_WITH_CODE (WsMessageOutputStream,
                         ws_message_output_stream,
                         G_TYPE_OUTPUT_STREAM,
                         G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_OUTPUT_STREAM,
                                                init_pollable))

/* --- Writing --- */

static gssize
write_fn (GOutputStream *stream,
          const void    *buffer,
          gsize          count,
          GCancellable  *cancellable,
          GError       **error)
{
  WsMessageOutputStream *self = WS_MESSAGE_OUTPUT_STREAM (stream);

  if (!self->klass->check_thread (self->sender, error))
    return -1;
  return self->klass->send (self->sender, self->sink, buffer, count, error);
}

static gboolean
is_writable (GPollableOutputStream *stream)
{
  WsMessageOutputStream *self = WS_MESSAGE_OUTPUT_STREAM (stream);

  return self->klass->takes (self->sender, self->sink);
}

static gboolean
is_stream_ready (gpointer stream)
{
  return is_writable (stream);
}

static GSource *
create_source (GPollableOutputStream *stream, GCancellable *cancellable)
{
  /* The source that this becomes a child of holds the stream. */
  g_autoptr (GSource) child
      = ws_message_source_new (is_stream_ready, stream, NULL);

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

  if (self->is_closed)
    return TRUE;
  if (!self->klass->check_thread (self->sender, error))
    return FALSE;
  self->is_closed = TRUE;
  return self->klass->end (self->sender, self->sink, error);
}

static void
close_async (GOutputStream      *stream,
             int                 io_priority,
             GCancellable       *cancellable,
             GAsyncReadyCallback callback,
             gpointer            user_data)
{
  GError *error = NULL;

  close_fn (stream, cancellable, &error);
  ws_message_stream_return_closed (stream, io_priority, cancellable, callback,
                                   user_data, error);
}

/* --- The object --- */

/* Dropped before it was closed: what was sent is not all, and must not look so.
 * GOutputStream closes in its own dispose. */
static void
ws_message_output_stream_dispose (GObject *object)
{
  WsMessageOutputStream *self = WS_MESSAGE_OUTPUT_STREAM (object);

  if (!self->is_closed)
    {
      g_atomic_int_set (&self->sink->dropped, TRUE);
      /* Breaking the message closes the connection and tells so, which is
       * nothing to do in an unref. */
      if (!self->klass->check_thread (self->sender, NULL)
          || self->sink->outgoing != NULL)
        ws_home_invoke (&self->home, self->klass->drop,
                        g_object_ref (self->sender), g_object_unref);
    }
  self->is_closed = TRUE;
  G_OBJECT_CLASS (ws_message_output_stream_parent_class)->dispose (object);
}

static void
ws_message_output_stream_finalize (GObject *object)
{
  WsMessageOutputStream *self = WS_MESSAGE_OUTPUT_STREAM (object);

  g_clear_object (&self->sender);
  ws_home_clear (&self->home);
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
  stream_class->flush_async = NULL; /* there is nothing to flush */
}

static void
ws_message_output_stream_init (WsMessageOutputStream *self)
{
  self->is_closed = TRUE;
}

GOutputStream *
ws_message_output_stream_new (GObject               *sender,
                              const WsMessageSender *klass,
                              WsMessageSink         *sink)
{
  WsMessageOutputStream *self
      = g_object_new (WS_TYPE_MESSAGE_OUTPUT_STREAM, NULL);

  self->sink = ws_message_sink_ref (sink);
  self->sender = g_object_ref (sender);
  self->klass = klass;
  self->home = ws_homed_copy_home (sender);
  self->is_closed = FALSE;
  return G_OUTPUT_STREAM (self);
}
