/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Connects over TLS, sends lines and prints what comes back. When there is
 * something wrong with the server's certificate it shows what, and asks whether
 * to connect all the same: the opening pauses for as long as the answer takes,
 * and the main loop goes on.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <ws-glib/ws-glib.h>

#include "line-input.h"
#include "ssl-report.h"
#include "terminal-text.h"

typedef struct
{
  WsSocket  *socket;  /* (owned) */
  GMainLoop *loop;    /* (owned) */
  LineInput *lines;   /* (owned): what is sent */
  LineInput *answers; /* (owned) (nullable): while the user is asked */
  GPtrArray *errors;  /* (owned) (nullable): those the user was asked about */
  gboolean   says_yes_to_all;
  gboolean   may_try_again; /* the user has agreed, and nothing came of it */
  gboolean   is_trying_again;
} SslEcho;

/* What is ignored now holds for this attempt; other errors than these would
 * still end it. */
static void
on_answer (const char *line, gpointer user_data)
{
  SslEcho *self = user_data;

  self->may_try_again = line != NULL
                        && (g_ascii_strcasecmp (line, "y") == 0
                            || g_ascii_strcasecmp (line, "yes") == 0);
  if (self->may_try_again)
    ws_socket_ignore_ssl_error_list (self->socket, self->errors);
  g_clear_pointer (&self->answers, line_input_free);
  ws_socket_resume (self->socket);
}

/* Nothing happens to the opening until the answer resumes it. */
static void
ask (SslEcho *self, GPtrArray *errors)
{
  self->errors = g_ptr_array_ref (errors);
  g_printerr ("Connect all the same? [y/N] ");
  self->answers = line_input_new (NULL, on_answer, self);
  line_input_start (self->answers);
}

static void
on_ssl_errors (WsSocket *socket, GPtrArray *errors, SslEcho *self)
{
  if (!self->is_trying_again)
    ssl_report_errors (ws_socket_get_url (socket), errors);

  if (self->says_yes_to_all)
    ws_socket_ignore_ssl_error_list (socket, errors);
  else if (!self->is_trying_again && isatty (STDIN_FILENO))
    {
      ask (self, errors);
      return;
    }
  else if (!self->is_trying_again)
    g_printerr ("Not connecting: there is no terminal to ask, nor --yes\n");
  ws_socket_resume (socket);
}

static void
on_connected (WsSocket *socket, SslEcho *self)
{
  self->may_try_again = FALSE;
  ssl_report_session (ws_socket_get_ssl_session (socket));
  line_input_start (self->lines);
}

static void
on_message_received (WsSocket *socket, WsMessage *message)
{
  GBytes          *bytes = ws_message_get_bytes (message);
  g_autofree char *shown
      = terminal_text_escape (g_bytes_get_data (bytes, NULL),
                              (gssize) g_bytes_get_size (bytes));
  puts (shown);
  fflush (stdout);
}

static void
on_line (const char *line, gpointer user_data)
{
  SslEcho *self = user_data;
  g_autoptr (GError) error = NULL;

  if (line == NULL)
    ws_socket_close (self->socket, WS_CLOSE_CODE_NORMAL, NULL, NULL);
  else if (ws_socket_send_text_message (self->socket, line, &error) < 0)
    g_printerr ("%s\n", error->message);
}

/*
 * A server waits less patiently than we do: when it has hung up meanwhile the
 * user's answer is good for a second attempt. What is ignored between attempts
 * holds for the next one, and still for these errors only.
 */
static void
on_disconnected (WsSocket *socket, SslEcho *self)
{
  if (self->may_try_again)
    {
      self->may_try_again = FALSE;
      self->is_trying_again = TRUE;
      ws_socket_ignore_ssl_error_list (socket, self->errors);
      if (ws_socket_open (socket, NULL, NULL))
        return;
    }
  g_main_loop_quit (self->loop);
}

static void
on_error (WsSocket *socket, const GError *error, SslEcho *self)
{
  if (self->may_try_again)
    return;

  g_autofree char *shown = terminal_text_escape (error->message, -1);

  g_printerr ("%s\n", shown);
}

/* A mistake ends the program with status 2 and a line that names it. */
static void
parse_options (SslEcho *self, int argc, char **argv)
{
  char *authorities = NULL;

  const GOptionEntry entries[] = {
    { "ca", 0, 0, G_OPTION_ARG_FILENAME, &authorities,
      "Trust the authorities in this file (PEM) as well", "FILE" },
    { "yes", 'y', 0, G_OPTION_ARG_NONE, &self->says_yes_to_all,
      "Connect whatever is wrong with the certificate", NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (
      "URL [LINE…] - send lines, print what comes back");
  g_autoptr (GError) error = NULL;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || argc < 2)
    {
      g_printerr ("%s: %s\n", g_get_prgname (),
                  error != NULL ? error->message
                                : "Give the server's URL, --help says more");
      exit (2);
    }
  ws_ssl_configuration_set_ca_certificates_file (
      ws_socket_get_ssl_configuration (self->socket), authorities);
  g_free (authorities);
  ws_socket_set_url (self->socket, argv[1]);
  self->lines = line_input_new (argv + 2, on_line, self);
}

static void
connect_signals (SslEcho *self)
{
  g_signal_connect (self->socket, "ssl-errors", G_CALLBACK (on_ssl_errors),
                    self);
  g_signal_connect (self->socket, "connected", G_CALLBACK (on_connected), self);
  g_signal_connect (self->socket, "message-received",
                    G_CALLBACK (on_message_received), NULL);
  g_signal_connect (self->socket, "error", G_CALLBACK (on_error), self);
  g_signal_connect (self->socket, "disconnected", G_CALLBACK (on_disconnected),
                    self);
}

int
main (int argc, char **argv)
{
  SslEcho self = { 0 };

  self.loop = g_main_loop_new (NULL, FALSE);
  self.socket = ws_socket_new ();
  parse_options (&self, argc, argv);
  connect_signals (&self);
  ws_socket_set_pause_mode (self.socket, WS_PAUSE_MODES_ON_SSL_ERRORS);
  if (ws_socket_open (self.socket, NULL, NULL))
    g_main_loop_run (self.loop);

  gboolean was_clean = ws_socket_get_was_clean (self.socket);

  g_signal_handlers_disconnect_by_data (self.socket, &self);
  g_clear_pointer (&self.answers, line_input_free);
  g_clear_pointer (&self.errors, g_ptr_array_unref);
  line_input_free (self.lines);
  g_object_unref (self.socket);
  g_main_loop_unref (self.loop);
  return was_clean ? EXIT_SUCCESS : EXIT_FAILURE;
}
