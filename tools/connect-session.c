/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A connection between a terminal, or pipes and files, and a server. */
#include "connect-session.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include <gio/gunixinputstream.h>
#include <glib-unix.h>

#include "connect-commands.h"
#include "message-input.h"
#include "socket-report.h"

/* Nobody waits at a pipe, and the answers to what was sent may be long. */
#define PIPE_CLOSE_TIMEOUT_MS 30000
/* As wscat waits for the answer to what was sent. */
#define DEFAULT_WAIT_S 2

struct _ConnectSession
{
  ConnectOptions *options; /* (unowned) */
  WsSocket       *socket;  /* (owned) */
  GMainLoop      *loop;    /* (owned) */
  GCancellable   *gone;    /* (owned): cancelled when we are freed */
  MessageInput   *input;   /* (owned) (nullable): elsewhere */
  Console         console;
  ToolExit        status;

  guint    n_files; /* under way */
  gboolean was_connected;
  gboolean has_begun; /* sent what the command line says */
  gboolean has_all;   /* nothing more will be sent */
  gboolean is_leaving;
  gboolean is_over;
  guint    ping_id;
  guint    wait_id;
  guint    late_id;
  guint    signal_ids[2];
};

static void
say_response (ConnectSession *self)
{
  g_autofree char *text = socket_report_response (self->socket);

  if (text != NULL)
    console_say_lines (&self->console, text);
}

/* --- The end --- */

static void
end (ConnectSession *self, ToolExit status)
{
  if (self->is_over)
    return;
  self->is_over = TRUE;
  if (self->status == TOOL_EXIT_OK)
    self->status = status;
  if (self->console.editor != NULL)
    line_editor_stop (self->console.editor);
  g_main_loop_quit (self->loop);
}

static void
leave (ConnectSession *self, guint code, const char *reason)
{
  g_autoptr (GError) error = NULL;

  self->is_leaving = ws_socket_close (self->socket, code, reason, &error);
  if (error != NULL)
    console_say (&self->console, "%s", error->message);
}

/* The deadline of a close is for the answer, not for what waits before it. */
static void
leave_when_sent (ConnectSession *self)
{
  if (self->has_all && self->n_files == 0 && self->wait_id == 0
      && !self->is_leaving && ws_socket_get_bytes_to_write (self->socket) == 0)
    leave (self, (guint) self->options->close_code,
           self->options->close_reason);
}

/* --- What goes out --- */

/* What is typed is there again in the history: nothing is kept for later. */
static gboolean
can_send (ConnectSession *self)
{
  if (ws_socket_get_state (self->socket) == WS_STATE_CONNECTED)
    return TRUE;
  console_say (&self->console, "Not sent: there is no connection");
  return FALSE;
}

void
connect_session_send (ConnectSession *self, GBytes *bytes, gboolean is_text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WsMessage) message
      = is_text ? ws_message_new_text_bytes (bytes, &error)
                : ws_message_new_binary (bytes);

  if (!can_send (self)
      || (message != NULL
          && ws_socket_send_message (self->socket, message, &error) >= 0))
    return;
  console_say (&self->console, "Not sent: %s", error->message);
  if (self->console.editor == NULL)
    self->status = TOOL_EXIT_ABNORMAL;
}

static void
on_stream_sent (GObject *socket, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  gboolean is_sent
      = ws_socket_send_stream_finish (WS_SOCKET (socket), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  ConnectSession *self = user_data;

  self->n_files--;
  if (!is_sent)
    {
      console_say (&self->console, "Not sent: %s", error->message);
      if (self->console.editor == NULL)
        self->status = TOOL_EXIT_ABNORMAL;
    }
  leave_when_sent (self);
}

static void
send_stream (ConnectSession *self, GInputStream *stream, gboolean is_text)
{
  self->n_files++;
  ws_socket_send_stream_async (self->socket,
                               is_text ? WS_MESSAGE_TYPE_TEXT
                                       : WS_MESSAGE_TYPE_BINARY,
                               stream, self->gone, on_stream_sent, self);
}

void
connect_session_send_file (ConnectSession *self,
                           const char     *path,
                           gboolean        is_text)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;
  g_autoptr (GFileInputStream) stream = g_file_read (file, NULL, &error);

  if (stream != NULL && can_send (self))
    send_stream (self, G_INPUT_STREAM (stream), is_text);
  else if (stream == NULL)
    {
      console_say (&self->console, "%s", error->message);
      if (self->console.editor == NULL)
        self->status = TOOL_EXIT_USAGE;
    }
}

/* What was sent before goes before. */
void
connect_session_close (ConnectSession *self, guint code, const char *reason)
{
  if (self->n_files == 0)
    {
      leave (self, code, reason);
      return;
    }

  char *copy = g_strdup (reason); /* It may be the one that goes. */

  g_free (self->options->close_reason);
  self->options->close_reason = copy;
  self->options->close_code = (int) code;
  self->has_all = TRUE;
}

Console *
connect_session_get_console (ConnectSession *self)
{
  return &self->console;
}

WsSocket *
connect_session_get_socket (ConnectSession *self)
{
  return self->socket;
}

static void
on_input_end (ConnectSession *self)
{
  if (self->options->stays || self->options->ends_after_one)
    return;
  self->has_all = TRUE;
  leave_when_sent (self);
}

/* As many pieces as the connection takes. */
static void
on_input (GBytes *bytes, gpointer user_data)
{
  ConnectSession *self = user_data;

  if (bytes == NULL)
    {
      on_input_end (self);
      return;
    }
  connect_session_send (self, bytes, !self->options->is_binary);
  if (ws_socket_get_bytes_to_write (self->socket)
      > ws_socket_get_write_high_water_mark (self->socket))
    message_input_pause (self->input);
}

static void
on_line (const char *line, gpointer user_data)
{
  ConnectSession *self = user_data;

  if (line == NULL)
    connect_session_close (self, (guint) self->options->close_code,
                           self->options->close_reason);
  else if (line[0] == '/' && line[1] != '/')
    connect_commands_obey (self, line);
  else
    {
      g_autoptr (GBytes) bytes
          = g_bytes_new (line + (*line == '/'), strlen (line + (*line == '/')));

      connect_session_send (self, bytes, !self->options->is_binary);
    }
}

static gboolean
on_waited (gpointer user_data)
{
  ConnectSession *self = user_data;

  self->wait_id = 0;
  leave_when_sent (self);
  return G_SOURCE_REMOVE;
}

static void
send_arguments (ConnectSession *self)
{
  ConnectOptions *options = self->options;
  gboolean        is_text = !options->is_binary;
  const double    wait
      = options->wait == CONNECT_WAIT_UNSAID ? DEFAULT_WAIT_S : options->wait;

  for (char **message = options->messages; message && *message; message++)
    {
      g_autoptr (GBytes) bytes = g_bytes_new (*message, strlen (*message));

      connect_session_send (self, bytes, is_text);
    }
  for (char **file = options->files; file && *file; file++)
    connect_session_send_file (self, *file, is_text);
  if (wait > 0)
    self->wait_id = g_timeout_add ((guint) (wait * 1000), on_waited, self);
  on_input_end (self);
}

static void
begin_input (ConnectSession *self)
{
  ConnectOptions *options = self->options;

  if (self->console.editor != NULL)
    {
      line_editor_start (self->console.editor);
      return;
    }

  g_autoptr (GInputStream) stream
      = g_unix_input_stream_new (STDIN_FILENO, FALSE);

  if (options->is_whole)
    {
      send_stream (self, stream, !options->is_binary);
      on_input_end (self);
      return;
    }
  self->input = message_input_new (stream,
                                   options->is_binary ? MESSAGE_INPUT_PIECES
                                                      : MESSAGE_INPUT_LINES,
                                   on_input, self);
  message_input_resume (self->input);
}

/* --- What the socket tells --- */

static gboolean
on_ping_due (gpointer user_data)
{
  ConnectSession *self = user_data;

  if (ws_socket_get_state (self->socket) == WS_STATE_CONNECTED)
    ws_socket_ping (self->socket, NULL, NULL);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_late (gpointer user_data)
{
  ConnectSession *self = user_data;

  self->late_id = 0;
  console_say (&self->console, "No message within %g s",
               self->options->client.timeout);
  self->status = TOOL_EXIT_LATE;
  leave (self, WS_CLOSE_CODE_NORMAL, NULL);
  return G_SOURCE_REMOVE;
}

static void
start_timers (ConnectSession *self)
{
  ConnectOptions *options = self->options;

  if (options->ping > 0)
    self->ping_id
        = g_timeout_add ((guint) (options->ping * 1000), on_ping_due, self);
  if (options->ends_after_one && options->client.timeout > 0)
    self->late_id = g_timeout_add ((guint) (options->client.timeout * 1000),
                                   on_late, self);
}

static void
on_connected (WsSocket *socket, ConnectSession *self)
{
  g_autofree char *agreed = socket_report_agreement (socket);

  self->was_connected = TRUE;
  console_remark (&self->console, "Connected to %s%s",
                  ws_socket_get_url (socket), agreed);
  if (self->options->is_verbose)
    say_response (self);
  if (self->has_begun)
    {
      if (self->input != NULL)
        message_input_resume (self->input);
      leave_when_sent (self);
      return;
    }
  self->has_begun = TRUE;
  start_timers (self);
  if (self->options->messages != NULL || self->options->files != NULL)
    send_arguments (self);
  else
    begin_input (self);
}

static void
on_message (WsSocket *socket, WsMessage *message, ConnectSession *self)
{
  if (self->is_over || (self->options->ends_after_one && self->is_leaving))
    return;
  if (!console_show (&self->console, message))
    {
      if (errno != EPIPE)
        console_say (&self->console, "Cannot write: %s", g_strerror (errno));
      self->status = TOOL_EXIT_OUTPUT;
      leave (self, WS_CLOSE_CODE_GOING_AWAY, NULL);
    }
  else if (self->options->ends_after_one)
    leave (self, WS_CLOSE_CODE_NORMAL, NULL);
}

static void
on_pong (WsSocket       *socket,
         guint64         elapsed_ms,
         GBytes         *payload,
         ConnectSession *self)
{
  gint64 latency = ws_socket_get_latency (socket);

  console_say (&self->console, "Pong after %.3f ms", (double) latency / 1000);
}

static void
on_ping_received (WsSocket *socket, GBytes *payload, ConnectSession *self)
{
  console_say (&self->console, "Ping of the server, %" G_GSIZE_FORMAT " bytes",
               g_bytes_get_size (payload));
}

static void
on_bytes_written (WsSocket *socket, guint64 n_bytes, ConnectSession *self)
{
  if (self->input != NULL
      && ws_socket_get_bytes_to_write (socket)
             <= ws_socket_get_write_high_water_mark (socket) / 2)
    message_input_resume (self->input);
  leave_when_sent (self);
}

static void
on_error (WsSocket *socket, const GError *error, ConnectSession *self)
{
  console_say (&self->console, "%s", error->message);
  if (self->options->is_verbose)
    say_response (self);
}

static void
on_disconnected (WsSocket *socket, ConnectSession *self)
{
  const char      *reason = ws_socket_get_close_reason (socket);
  guint            code = ws_socket_get_close_code (socket);
  g_autofree char *name = socket_report_close_code (code);

  if (self->input != NULL)
    message_input_pause (self->input);
  if (ws_socket_get_error (socket) == NULL)
    console_remark (&self->console, "Closed: %u (%s)%s%s", code, name,
                    *reason ? " " : "", reason);
}

static void
on_reconnecting (WsSocket       *socket,
                 guint           attempt,
                 guint           delay_ms,
                 ConnectSession *self)
{
  console_say (&self->console, "Attempt %u in %.1f s", attempt,
               (double) delay_ms / 1000);
}

/* Not active any more: it is over for good. */
static void
on_active_changed (WsSocket *socket, GParamSpec *pspec, ConnectSession *self)
{
  if (!ws_socket_get_active (socket))
    end (self,
         tool_exit_from_socket (socket, self->was_connected, self->is_leaving));
}

/* The first signal closes in order, the second one does not wait. */
static gboolean
on_signal (gpointer user_data)
{
  ConnectSession *self = user_data;

  if (self->is_leaving)
    ws_socket_abort (self->socket);
  else
    leave (self, WS_CLOSE_CODE_NORMAL, NULL);
  return G_SOURCE_CONTINUE;
}

/* --- Its life --- */

static void
connect_signals (ConnectSession *self)
{
  ConnectOptions *options = self->options;
  const struct
  {
    const char *name;
    GCallback   handler;
    gboolean    is_wanted;
  } rows[] = {
    { "connected", G_CALLBACK (on_connected), TRUE },
    { "message-received", G_CALLBACK (on_message), !options->is_bare },
    { "bytes-written", G_CALLBACK (on_bytes_written), TRUE },
    { "pong", G_CALLBACK (on_pong), options->ping > 0 || options->shows_pings },
    { "ping-received", G_CALLBACK (on_ping_received), options->shows_pings },
    { "error", G_CALLBACK (on_error), TRUE },
    { "disconnected", G_CALLBACK (on_disconnected), TRUE },
    { "reconnecting", G_CALLBACK (on_reconnecting), !options->is_quiet },
    { "notify::active", G_CALLBACK (on_active_changed), TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (rows[i].is_wanted)
      g_signal_connect (self->socket, rows[i].name, rows[i].handler, self);
  self->signal_ids[0] = g_unix_signal_add (SIGINT, on_signal, self);
  self->signal_ids[1] = g_unix_signal_add (SIGTERM, on_signal, self);
}

static void
prepare_terminal (ConnectSession *self)
{
  ConnectOptions  *options = self->options;
  g_autofree char *history
      = g_build_filename (g_get_user_state_dir (), "ws-glib", "history", NULL);
  gboolean is_needed = options->messages == NULL && options->files == NULL
                       && !options->is_whole;

  if (is_needed && options->output == NULL && line_editor_is_possible ())
    self->console.editor
        = line_editor_new (options->has_no_history ? NULL : history, on_line,
                           self);
  else
    ws_socket_set_close_timeout (self->socket, PIPE_CLOSE_TIMEOUT_MS);
}

/* The options have to outlive the session. */
ConnectSession *
connect_session_new (ConnectOptions *options, GError **error)
{
  g_autoptr (ConnectSession) self = g_new0 (ConnectSession, 1);

  self->options = options;
  self->loop = g_main_loop_new (NULL, FALSE);
  self->gone = g_cancellable_new ();
  self->socket = ws_socket_new ();
  if (!client_options_apply (&options->client, self->socket, options->url,
                             error)
      || !message_output_open (&self->console.output, options->output, error))
    return NULL;
  self->console.is_quiet = options->is_quiet;
  self->console.is_verbose = options->is_verbose;
  self->console.output.indents_json = options->indents_json;
  self->console.output.is_raw = options->is_binary;
  if (options->reconnects)
    {
      g_autoptr (WsReconnectPolicy) policy = ws_reconnect_policy_new ();

      ws_socket_set_reconnect (self->socket, policy);
    }
  prepare_terminal (self);
  connect_signals (self);
  return g_steal_pointer (&self);
}

void
connect_session_free (ConnectSession *self)
{
  g_cancellable_cancel (self->gone);
  g_signal_handlers_disconnect_by_data (self->socket, self);
  for (guint i = 0; i < G_N_ELEMENTS (self->signal_ids); i++)
    g_clear_handle_id (&self->signal_ids[i], g_source_remove);
  g_clear_handle_id (&self->ping_id, g_source_remove);
  g_clear_handle_id (&self->wait_id, g_source_remove);
  g_clear_handle_id (&self->late_id, g_source_remove);
  g_clear_pointer (&self->input, message_input_free);
  g_clear_pointer (&self->console.editor, line_editor_free);
  message_output_close (&self->console.output);
  g_object_unref (self->socket);
  g_object_unref (self->gone);
  g_main_loop_unref (self->loop);
  g_free (self);
}

/* With a stream of our own somebody else speaks TLS. */
static gboolean
open_socket (ConnectSession *self, GError **error)
{
  const char *url = self->options->url;

  if (self->options->stream == NULL)
    return ws_socket_open (self->socket, NULL, error);

  g_autofree char *bare = g_str_has_prefix (url, "ws+unix:")
                              ? g_strdup ("ws://localhost/")
                              : g_strconcat ("ws", strchr (url, ':'), NULL);

  return ws_socket_open_stream (self->socket, self->options->stream, bare,
                                error);
}

ToolExit
connect_session_run (ConnectSession *self)
{
  g_autoptr (GError) error = NULL;

  if (!open_socket (self, &error))
    {
      /* Else on_error() has told. */
      if (ws_socket_get_error (self->socket) == NULL)
        console_say (&self->console, "%s", error->message);
      return TOOL_EXIT_USAGE;
    }
  if (!self->is_over)
    g_main_loop_run (self->loop);
  if (!message_output_close (&self->console.output)
      && self->status == TOOL_EXIT_OK)
    self->status = TOOL_EXIT_OUTPUT;
  return self->status;
}
