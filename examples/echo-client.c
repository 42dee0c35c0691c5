/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Sends lines of text, closes, and prints what comes back until the server has
 * closed as well: a close frame overtakes no message.
 */
#include <stdio.h>

#include <ws-glib/ws-glib.h>

#include "echo-cases.h"
#include "echo-options.h"
#include "line-input.h"
#include "terminal-text.h"

static void
on_message (WsSocket *socket, WsMessage *message)
{
  GBytes          *bytes = ws_message_get_bytes (message);
  g_autofree char *shown
      = terminal_text_escape (g_bytes_get_data (bytes, NULL),
                              (gssize) g_bytes_get_size (bytes));
  puts (shown);
}

static void
on_line (const char *line, gpointer socket)
{
  g_autoptr (GError) error = NULL;

  if (line == NULL)
    ws_socket_close (socket, WS_CLOSE_CODE_NORMAL, NULL, NULL);
  else if (ws_socket_send_text_message (socket, line, &error) < 0)
    g_printerr ("%s\n", error->message);
}

int
main (int argc, char **argv)
{
  EchoOptions options;

  echo_options_parse (&options, argc, argv);
  if (options.runs_cases)
    return echo_cases_run (&options);

  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (WsSocket) socket = echo_options_make_socket (&options);
  g_autoptr (LineInput) input = line_input_new (options.lines, on_line, socket);

  g_signal_connect_swapped (socket, "connected", G_CALLBACK (line_input_start),
                            input);
  g_signal_connect (socket, "message-received", G_CALLBACK (on_message), NULL);
  g_signal_connect_swapped (socket, "disconnected",
                            G_CALLBACK (g_main_loop_quit), loop);
  if (ws_socket_open (socket, options.url, NULL))
    g_main_loop_run (loop);

  const char *error = ws_socket_get_error_string (socket);
  g_printerr ("%s%s", error, *error != '\0' ? "\n" : "");
  return ws_socket_get_was_clean (socket) ? 0 : 1;
}
