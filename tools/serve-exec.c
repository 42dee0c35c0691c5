/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A program for each connection: a line of its output is a message to the
 * client, a message of the client a line of its input. */
#include "serve-exec.h"

#include <signal.h>
#include <string.h>

#include "message-input.h"
#include "serve-cgi.h"

/* What the program has not read yet, before the client has to wait. */
#define MAX_UNREAD_SIZE (256 * 1024)
/* For the program to end, once its client has gone. */
#define PATIENCE_S 5

/* Lives until both the client and the program have gone. */
typedef struct
{
  WsSocket     *client;  /* (owned) */
  GSubprocess  *program; /* (owned) */
  MessageInput *output;  /* (owned): what the program writes */
  GQueue        unread;  /* of GBytes (owned): what it is to read */
  gsize         unread_size;
  gboolean      is_binary;
  gboolean      is_writing;
  gboolean      is_gone;   /* the client */
  gboolean      has_ended; /* the program */
  guint         patience_id;
} ServeExec;

static void
free_when_over (ServeExec *self)
{
  if (!self->is_gone || !self->has_ended || self->is_writing)
    return;
  g_signal_handlers_disconnect_by_data (self->client, self);
  g_clear_handle_id (&self->patience_id, g_source_remove);
  g_queue_clear_full (&self->unread, (GDestroyNotify) g_bytes_unref);
  message_input_free (self->output);
  g_object_unref (self->program);
  g_object_unref (self->client);
  g_free (self);
}

/* --- From the client to the program --- */

static void write_next (ServeExec *self);

static void
on_written (GObject *stream, GAsyncResult *result, gpointer user_data)
{
  ServeExec *self = user_data;
  g_autoptr (GBytes) bytes = g_queue_pop_head (&self->unread);
  gboolean is_written
      = g_output_stream_write_all_finish (G_OUTPUT_STREAM (stream), result,
                                          NULL, NULL);

  self->is_writing = FALSE;
  self->unread_size -= g_bytes_get_size (bytes);
  /* A program may close its input and go on. */
  if (!is_written)
    {
      g_queue_clear_full (&self->unread, (GDestroyNotify) g_bytes_unref);
      self->unread_size = 0;
    }
  if (self->unread_size <= MAX_UNREAD_SIZE / 2)
    ws_socket_resume_receiving (self->client);
  write_next (self);
  free_when_over (self);
}

static void
write_next (ServeExec *self)
{
  GOutputStream *input = g_subprocess_get_stdin_pipe (self->program);
  GBytes        *bytes = g_queue_peek_head (&self->unread);

  if (self->is_writing)
    return;
  if (bytes == NULL)
    {
      if (self->is_gone)
        g_output_stream_close (input, NULL, NULL);
      return;
    }
  self->is_writing = TRUE;
  g_output_stream_write_all_async (input, g_bytes_get_data (bytes, NULL),
                                   g_bytes_get_size (bytes), G_PRIORITY_DEFAULT,
                                   NULL, on_written, self);
}

static GBytes *
make_line (WsMessage *message)
{
  gsize         size;
  const guint8 *data = ws_message_get_data (message, &size);
  guint8       *line = g_malloc (size + 1);

  memcpy (line, data, size);
  line[size] = '\n';
  return g_bytes_new_take (line, size + 1);
}

static void
on_message (WsSocket *client, WsMessage *message, ServeExec *self)
{
  GBytes *bytes = self->is_binary ? g_bytes_ref (ws_message_get_bytes (message))
                                  : make_line (message);

  self->unread_size += g_bytes_get_size (bytes);
  g_queue_push_tail (&self->unread, bytes);
  if (self->unread_size > MAX_UNREAD_SIZE)
    ws_socket_pause_receiving (client);
  write_next (self);
}

/* --- From the program to the client --- */

static void
send_line (WsSocket *client, GBytes *bytes)
{
  gsize            size;
  const char      *data = g_bytes_get_data (bytes, &size);
  g_autofree char *line
      = g_utf8_make_valid (data != NULL ? data : "", (gssize) size);

  if (ws_socket_send_text_message (client, line, NULL) < 0)
    ws_socket_abort (client);
}

static void
on_output (GBytes *bytes, gpointer user_data)
{
  ServeExec *self = user_data;

  if (bytes == NULL)
    {
      ws_socket_close (self->client, WS_CLOSE_CODE_NORMAL, NULL, NULL);
      return;
    }
  if (self->is_gone)
    return;
  if (!self->is_binary)
    send_line (self->client, bytes);
  else if (ws_socket_send_binary_message (self->client, bytes, NULL) < 0)
    ws_socket_abort (self->client);
  if (ws_socket_get_bytes_to_write (self->client)
      > ws_socket_get_write_high_water_mark (self->client))
    message_input_pause (self->output);
}

static void
on_drained (WsSocket *client, ServeExec *self)
{
  message_input_resume (self->output);
}

/* --- The end --- */

static gboolean
on_impatient (gpointer user_data)
{
  ServeExec *self = user_data;

  self->patience_id = 0;
  g_subprocess_force_exit (self->program);
  return G_SOURCE_REMOVE;
}

/* The program is told by the end of its input, and by a signal. */
static void
on_disconnected (WsSocket *client, ServeExec *self)
{
  self->is_gone = TRUE;
  if (!self->has_ended)
    {
      self->patience_id
          = g_timeout_add_seconds (PATIENCE_S, on_impatient, self);
      g_subprocess_send_signal (self->program, SIGTERM);
      message_input_resume (self->output);
      write_next (self);
    }
  free_when_over (self);
}

static void
on_program_ended (GObject *program, GAsyncResult *result, gpointer user_data)
{
  ServeExec *self = user_data;

  g_subprocess_wait_finish (self->program, result, NULL);
  self->has_ended = TRUE;
  g_clear_handle_id (&self->patience_id, g_source_remove);
  free_when_over (self);
}

static GSubprocess *
spawn (WsServer *server, WsSocket *client, const char *const *program)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (
      G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  g_auto (GStrv) environment = serve_cgi_get_environment (server, client);
  g_autoptr (GError) error = NULL;
  GSubprocess *started;

  g_subprocess_launcher_set_environ (launcher, environment);
  started = g_subprocess_launcher_spawnv (launcher, program, &error);
  if (started == NULL)
    g_printerr ("%s: %s\n", g_get_prgname (), error->message);
  return started;
}

/* Runs the program for the client, as long as both are there. */
void
serve_exec_start (WsServer          *server,
                  WsSocket          *client,
                  const char *const *program,
                  gboolean           is_binary)
{
  GSubprocess *started = spawn (server, client, program);
  ServeExec   *self;

  if (started == NULL)
    {
      ws_socket_close (client, WS_CLOSE_CODE_BAD_OPERATION,
                       "The program cannot be started", NULL);
      return;
    }
  self = g_new0 (ServeExec, 1);
  self->client = g_object_ref (client);
  self->program = started;
  self->is_binary = is_binary;
  self->output = message_input_new (g_subprocess_get_stdout_pipe (started),
                                    is_binary ? MESSAGE_INPUT_PIECES
                                              : MESSAGE_INPUT_LINES,
                                    on_output, self);
  g_signal_connect (client, "message-received", G_CALLBACK (on_message), self);
  g_signal_connect (client, "drained", G_CALLBACK (on_drained), self);
  g_signal_connect (client, "disconnected", G_CALLBACK (on_disconnected), self);
  g_subprocess_wait_async (started, NULL, on_program_ended, self);
  message_input_resume (self->output);
}
