/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A transport over any GIOStream that can be polled. */
#include "net/ws-transport-private.h"

#include <fcntl.h>
#include <gio/gfiledescriptorbased.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct
{
  WsTransport            parent;
  GIOStream             *stream;        /* (owned) */
  GPollableInputStream  *input;         /* the stream's */
  GPollableOutputStream *output;        /* the stream's */
  GSource               *input_source;  /* (owned) (nullable): while wanted */
  GSource               *output_source; /* (owned) (nullable): while wanted */
  WsJob                  job; /* calls the stream, where that may do anything */
  GIOCondition           wanted;
  gboolean               shuts_down; /* the job has to */
  gsize    blocked; /* the size that a write offered in vain; 0: none */
  gboolean busy;  /* inside the stream, which may be a program's own: nothing is
                     read or written meanwhile */
  gboolean freed; /* while it was busy */
} StreamTransport;

static void destroy (StreamTransport *self);

/* Closing calls the program. Where somebody of ours is at work that has to
 * wait; a child has none of its parent's time to do so. */
static void
part (StreamTransport *self)
{
  if (ws_transport_is_inherited (&self->parent)
      || !ws_poller_is_inside (self->parent.poller))
    destroy (self);
  else
    ws_poller_queue (self->parent.poller, &self->job, WS_JOB_CALL);
}

static void
update_job (StreamTransport *self)
{
  if (self->shuts_down
      || ((self->wanted & G_IO_IN) != 0 && self->input_source == NULL)
      || ((self->wanted & G_IO_OUT) != 0 && self->output_source == NULL))
    ws_poller_queue (self->parent.poller, &self->job, WS_JOB_CALL);
  else
    ws_poller_unqueue (self->parent.poller, &self->job);
}

/* FALSE: @self is gone. */
static gboolean
leave_stream (StreamTransport *self)
{
  gboolean freed = self->freed;

  self->busy = FALSE;
  if (freed)
    part (self);
  else
    update_job (self);
  return !freed;
}

/* What GIO's -1 means. */
static gssize
fail (GError *failure, GError **error)
{
  if (g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    {
      g_error_free (failure);
      return WS_IO_AGAIN;
    }

  g_propagate_error (error, failure);
  return WS_IO_ERROR;
}

static gssize
stream_read (WsTransport *transport, guint8 *data, gsize len, GError **error)
{
  StreamTransport *self = (StreamTransport *) transport;
  GError          *failure = NULL;
  gssize           n;

  if (self->busy)
    return WS_IO_AGAIN;
  self->busy = TRUE;
  n = g_pollable_input_stream_read_nonblocking (self->input, data, len, NULL,
                                                &failure);
  if (!leave_stream (self))
    {
      g_clear_error (&failure);
      return WS_IO_AGAIN;
    }
  return n >= 0 ? n : fail (failure, error);
}

/* What TLS did not take has to be offered again in the same size, though more
 * may have been coalesced into the vector meanwhile. */
static gssize
write_vector (StreamTransport     *self,
              const GOutputVector *vector,
              GError             **error)
{
  GError *failure = NULL;
  gsize   size = vector->size;
  gssize  n;

  if (self->blocked > 0)
    size = MIN (size, self->blocked);
  n = g_pollable_output_stream_write_nonblocking (self->output, vector->buffer,
                                                  size, NULL, &failure);
  self->blocked = 0;
  if (n >= 0)
    return n;

  n = fail (failure, error);
  if (n == WS_IO_AGAIN)
    self->blocked = size;
  return n;
}

/* One at a time: GUnixOutputStream's writev warns about its own errors (2.74),
 * and the streams that wrap and encrypt have none. */
static gssize
write_vectors (StreamTransport     *self,
               const GOutputVector *vectors,
               guint                n_vectors,
               GError             **error)
{
  gssize n_written = 0;

  for (guint i = 0; i < n_vectors && !self->freed; i++)
    {
      GError *failure = NULL;
      gssize  n;

      if (vectors[i].size == 0)
        continue;
      n = write_vector (self, &vectors[i], &failure);

      /* An error comes again, when there is nothing else to tell. */
      if (n < 0 && n_written > 0)
        {
          g_clear_error (&failure);
          return n_written;
        }
      if (n < 0)
        {
          if (failure != NULL)
            g_propagate_error (error, failure);
          return n;
        }

      n_written += n;
      if ((gsize) n < vectors[i].size)
        return n_written;
    }
  return n_written;
}

static gssize
stream_writev (WsTransport         *transport,
               const GOutputVector *vectors,
               guint                n_vectors,
               GError             **error)
{
  StreamTransport *self = (StreamTransport *) transport;
  GError          *failure = NULL;
  gssize           n;

  if (self->busy)
    return WS_IO_AGAIN;
  self->busy = TRUE;
  n = write_vectors (self, vectors, n_vectors, &failure);
  if (!leave_stream (self))
    {
      g_clear_error (&failure);
      return WS_IO_AGAIN;
    }
  if (failure != NULL)
    g_propagate_error (error, failure);
  return n;
}

/* The transport may be gone afterwards; its sources are destroyed then. */
static void
report (WsTransport *transport, GIOCondition condition)
{
  WsPoller *poller = transport->poller;

  if (((StreamTransport *) transport)->busy)
    return;
  ws_poller_enter (poller);
  transport->ready (transport->user_data, condition);
  ws_poller_leave (poller);
}

static gboolean
on_input_ready (GObject *stream, gpointer user_data)
{
  report (user_data, G_IO_IN);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_output_ready (GObject *stream, gpointer user_data)
{
  report (user_data, G_IO_OUT);
  return G_SOURCE_CONTINUE;
}

static void
remove_source (GSource **source)
{
  if (*source == NULL)
    return;

  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

/* Takes @source, unless nobody wants it any more. */
static void
add_source (StreamTransport    *self,
            GIOCondition        condition,
            GSource            *source,
            GPollableSourceFunc func)
{
  GSource **place
      = condition == G_IO_IN ? &self->input_source : &self->output_source;

  if (self->freed || (self->wanted & condition) == 0 || *place != NULL)
    {
      g_source_unref (source);
      return;
    }
  g_source_set_callback (source, G_SOURCE_FUNC (func), self, NULL);
  g_source_set_priority (source, ws_poller_get_priority (self->parent.poller));
  g_source_set_can_recurse (source, TRUE);
  g_source_attach (source, ws_poller_get_context (self->parent.poller));
  *place = source;
}

static void
add_sources (StreamTransport *self)
{
  if ((self->wanted & G_IO_IN) != 0 && self->input_source == NULL)
    add_source (self, G_IO_IN,
                g_pollable_input_stream_create_source (self->input, NULL),
                on_input_ready);
  if (!self->freed && (self->wanted & G_IO_OUT) != 0
      && self->output_source == NULL)
    add_source (self, G_IO_OUT,
                g_pollable_output_stream_create_source (self->output, NULL),
                on_output_ready);
}

static void
stream_want (WsTransport *transport, GIOCondition condition)
{
  StreamTransport *self = (StreamTransport *) transport;

  self->wanted = condition;
  if (!(condition & G_IO_IN))
    remove_source (&self->input_source);
  if (!(condition & G_IO_OUT))
    remove_source (&self->output_source);
  if (!self->busy)
    update_job (self);
}

/* (transfer none) (nullable): what the bytes go through in the end. */
static GSocketConnection *
peek_connection (GIOStream *stream, gboolean through_tls)
{
  while (stream != NULL && ws_transport_peek_plain_connection (stream) == NULL)
    {
      if (G_IS_TCP_WRAPPER_CONNECTION (stream))
        {
          stream = g_tcp_wrapper_connection_get_base_io_stream (
              G_TCP_WRAPPER_CONNECTION (stream));
        }
      else if (through_tls && G_IS_TLS_CONNECTION (stream))
        {
          g_autoptr (GIOStream) base = NULL;

          /* The TLS connection keeps the stream below. */
          g_object_get (stream, "base-io-stream", &base, NULL);
          stream = base;
        }
      else
        {
          return G_IS_SOCKET_CONNECTION (stream) ? G_SOCKET_CONNECTION (stream)
                                                 : NULL;
        }
    }
  return stream != NULL ? G_SOCKET_CONNECTION (stream) : NULL;
}

/* GIO would close in a thread what brings no asynchronous way of its own.
 * Pollable streams of that kind live in memory, where closing does not block
 * and a thread would come as a surprise; a filter's end may be anything. */
static gboolean
closes_in_memory (GIOStream *stream)
{
  g_autoptr (GTypeClass) stream_class = g_type_class_ref (G_TYPE_IO_STREAM);
  g_autoptr (GTypeClass) output_class = g_type_class_ref (G_TYPE_OUTPUT_STREAM);
  GOutputStream *output = g_io_stream_get_output_stream (stream);
  return G_IO_STREAM_GET_CLASS (stream)->close_async
             == ((GIOStreamClass *) stream_class)->close_async
         && (G_IS_MEMORY_OUTPUT_STREAM (output)
             || (!G_IS_FILTER_OUTPUT_STREAM (output)
                 && G_OUTPUT_STREAM_GET_CLASS (output)->close_async
                        == ((GOutputStreamClass *) output_class)->close_async));
}

/* Whether it is somebody else's TLS that the bytes go through. */
static gboolean
is_encrypted (GIOStream *stream)
{
  while (G_IS_TCP_WRAPPER_CONNECTION (stream))
    stream = g_tcp_wrapper_connection_get_base_io_stream (
        G_TCP_WRAPPER_CONNECTION (stream));
  return G_IS_TLS_CONNECTION (stream);
}

static gboolean
stream_is_readable (WsTransport *transport)
{
  StreamTransport *self = (StreamTransport *) transport;
  gboolean         is_readable;

  if (self->busy)
    return FALSE;
  self->busy = TRUE;
  is_readable = g_pollable_input_stream_is_readable (self->input);
  return leave_stream (self) && is_readable;
}

static gboolean
stream_is_heard (WsTransport *transport, gint64 since)
{
  StreamTransport   *self = (StreamTransport *) transport;
  GSocketConnection *connection = peek_connection (self->stream, TRUE);
  GSocket           *socket;

  if (connection == NULL)
    return TRUE;
  socket = g_socket_connection_get_socket (connection);
  return ws_transport_fd_is_heard (g_socket_get_fd (socket), since);
}

static void
shut_down (StreamTransport *self)
{
  GOutputStream *output = G_OUTPUT_STREAM (self->output);

  self->shuts_down = FALSE;
  if (closes_in_memory (self->stream))
    g_output_stream_close (output, NULL, NULL);
  else
    g_output_stream_close_async (output, G_PRIORITY_DEFAULT, NULL, NULL, NULL);
}

/* The job's, but where nobody of ours is at work. */
static void
stream_shutdown (WsTransport *transport)
{
  StreamTransport   *self = (StreamTransport *) transport;
  GSocketConnection *connection = peek_connection (self->stream, FALSE);

  self->shuts_down = connection == NULL;
  if (connection != NULL)
    {
      g_socket_shutdown (g_socket_connection_get_socket (connection), FALSE,
                         TRUE, NULL);
    }
  else if (!self->busy && !ws_poller_is_inside (self->parent.poller))
    {
      self->busy = TRUE;
      shut_down (self);
      leave_stream (self);
    }
  else if (!self->busy)
    {
      update_job (self);
    }
}

static void
on_job (WsJob *job)
{
  StreamTransport *self = WS_CONTAINER_OF (job, StreamTransport, job);

  if (self->freed)
    {
      destroy (self);
      return;
    }
  /* Whoever is inside the stream asks again. */
  if (self->busy)
    return;
  self->busy = TRUE;
  if (self->shuts_down)
    shut_down (self);
  if (!self->freed)
    add_sources (self);
  leave_stream (self);
}

static void
stream_get_endpoint (WsTransport *transport,
                     gboolean     remote,
                     WsEndpoint  *endpoint)
{
  StreamTransport   *self = (StreamTransport *) transport;
  GSocketConnection *connection = peek_connection (self->stream, TRUE);

  *endpoint = (WsEndpoint){ NULL };
  if (connection == NULL)
    return;
  endpoint->other
      = remote ? g_socket_connection_get_remote_address (connection, NULL)
               : g_socket_connection_get_local_address (connection, NULL);
}

/* What is written to @fd of this process from now on goes nowhere. It is closed
 * first, for there may be no descriptor to spare. */
static void
silence_fd (int fd)
{
  int silent;

  close (fd);
  silent = socket (AF_UNIX, SOCK_STREAM, 0);
  if (silent >= 0 && silent != fd)
    {
      dup2 (silent, fd);
      close (silent);
    }
  if (silent >= 0)
    fcntl (fd, F_SETFD, FD_CLOEXEC);
}

static void
silence_half (gpointer half)
{
  while (G_IS_FILTER_OUTPUT_STREAM (half))
    half = g_filter_output_stream_get_base_stream (half);
  while (G_IS_FILTER_INPUT_STREAM (half))
    half = g_filter_input_stream_get_base_stream (half);
  if (G_IS_FILE_DESCRIPTOR_BASED (half))
    silence_fd (g_file_descriptor_based_get_fd (half));
}

/* Closing a stream may say something, as TLS does: the parent goes on. */
static void
silence (StreamTransport *self)
{
  GSocketConnection *connection = peek_connection (self->stream, TRUE);

  if (connection != NULL)
    silence_fd (g_socket_get_fd (g_socket_connection_get_socket (connection)));
  silence_half (self->input);
  silence_half (self->output);
}

/* The asynchronous close keeps the stream until it is done. In a child it would
 * wait for ever: GIO leaves it to a thread, which a fork leaves behind. Nobody
 * can hold up the other one there, for nobody is listening. */
static void
destroy (StreamTransport *self)
{
  const gboolean is_inherited = ws_transport_is_inherited (&self->parent);

  if (is_inherited)
    silence (self);
  if (is_inherited || closes_in_memory (self->stream))
    g_io_stream_close (self->stream, NULL, NULL);
  else
    g_io_stream_close_async (self->stream, G_PRIORITY_DEFAULT, NULL, NULL,
                             NULL);

  g_object_unref (self->stream);
  ws_poller_unref (self->parent.poller);
  g_free (self);
}

/* Whoever is inside the stream comes back to it. */
static void
stream_free (WsTransport *transport)
{
  StreamTransport *self = (StreamTransport *) transport;

  remove_source (&self->input_source);
  remove_source (&self->output_source);
  self->freed = TRUE;
  ws_poller_unqueue (self->parent.poller, &self->job);
  if (!self->busy)
    part (self);
}

static const WsTransportClass stream_class = {
  .read = stream_read,
  .writev = stream_writev,
  .want = stream_want,
  .is_readable = stream_is_readable,
  .is_heard = stream_is_heard,
  .shutdown = stream_shutdown,
  .short_read_is_last = FALSE,
  .get_endpoint = stream_get_endpoint,
  .free = stream_free,
};

WsTransport *
ws_transport_stream_new (WsPoller *poller, GIOStream *stream)
{
  StreamTransport *self = g_new0 (StreamTransport, 1);

  /* From its first GSocket on GIO ignores SIGPIPE, which a stream over a pipe
   * would raise as well. */
  g_type_class_unref (g_type_class_ref (G_TYPE_SOCKET));

  self->parent.klass = &stream_class;
  ws_transport_note_generation (&self->parent);
  self->parent.poller = ws_poller_ref (poller);
  self->job.func = on_job;
  self->parent.is_encrypted = is_encrypted (stream) != FALSE;
  self->stream = g_object_ref (stream);
  self->input = G_POLLABLE_INPUT_STREAM (g_io_stream_get_input_stream (stream));
  self->output
      = G_POLLABLE_OUTPUT_STREAM (g_io_stream_get_output_stream (stream));
  return &self->parent;
}
