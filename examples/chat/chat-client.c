/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Chats from a terminal. Lines that begin with # tell of the socket, < is
 * received, > is sent. End of input (Ctrl-D) or /quit leaves.
 */
#include <stdlib.h>
#include <string.h>

#include <glib-unix.h>
#include <ws-glib/ws-glib.h>

#include "chat-terminal.h"

typedef struct
{
  WsSocket     *socket;   /* (owned) */
  ChatTerminal *terminal; /* (owned) */
  GMainLoop    *loop;     /* (owned) */
  gboolean      is_leaving;
} ChatClient;

/*
 * Returns the URL with the name in its query (owned by the caller). The name is
 * taken as it is, UTF-8 whatever the locale says: hence FILENAME.
 */
static char *
parse_options (WsSslConfiguration *configuration, int argc, char **argv)
{
  char *name = NULL, *user = g_strdup (g_getenv ("USER")), *authorities = NULL;

  const GOptionEntry entries[] = {
    { "name", 'n', 0, G_OPTION_ARG_FILENAME, &name,
      "Your nickname (default: your user name)", "NAME" },
    { "ca", 0, 0, G_OPTION_ARG_FILENAME, &authorities,
      "Trust the authorities in this file (PEM) as well", "FILE" },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("URL");
  g_autoptr (GError) error = NULL;

  g_option_context_set_summary (context,
                                "Chats with whom a chat-server knows.");
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || argc != 2)
    {
      g_printerr ("%s: %s\n", g_get_prgname (),
                  error != NULL ? error->message : "Give one URL, see --help");
      exit (2);
    }
  if (name == NULL)
    name = g_strdup (user != NULL ? user : g_get_user_name ());
  ws_ssl_configuration_set_ca_certificates_file (configuration, authorities);
  g_free (authorities);

  const char *url = argv[1], *host = strstr (url, "://");
  const char *separator = strchr (url, '?') != NULL ? "&" : "?";

  /* The query needs a path before it. */
  if (host != NULL && strpbrk (host + strlen ("://"), "/?") == NULL)
    separator = "/?";

  g_autofree char *escaped = g_uri_escape_string (name, NULL, TRUE);

  g_free (name);
  g_free (user);
  return g_strconcat (url, separator, "nick=", escaped, NULL);
}

static void
leave (ChatClient *self)
{
  self->is_leaving = TRUE;
  if (ws_socket_get_state (self->socket) == WS_STATE_CONNECTED)
    ws_socket_close (self->socket, WS_CLOSE_CODE_NORMAL, NULL, NULL);
  else
    ws_socket_abort (self->socket);
}

static void
on_line (const char *line, gpointer user_data)
{
  ChatClient *self = user_data;
  g_autoptr (GError) error = NULL;

  if (line == NULL || g_str_equal (line, "/quit"))
    leave (self);
  else if (*line != '\0'
           && ws_socket_send_text_message (self->socket, line, &error) < 0)
    chat_terminal_print (self->terminal, "# error: %s", error->message);
}

static void
on_connected (WsSocket *socket, ChatClient *self)
{
  chat_terminal_print (self->terminal, "# socket open");
  chat_terminal_start (self->terminal);
}

static void
on_text_message_received (WsSocket *socket, const char *text, ChatClient *self)
{
  chat_terminal_print (self->terminal, "< %s", text);
}

static void
on_error (WsSocket *socket, const GError *error, ChatClient *self)
{
  chat_terminal_print (self->terminal, "# error: %s", error->message);
}

static void
on_disconnected (WsSocket *socket, ChatClient *self)
{
  const char *reason = ws_socket_get_close_reason (socket);

  chat_terminal_print (self->terminal, "# closed: %u%s%s",
                       ws_socket_get_close_code (socket),
                       *reason != '\0' ? " " : "", reason);
  g_main_loop_quit (self->loop);
}

/* The first signal leaves in order, the second one does not wait for that. */
static gboolean
on_signal (gpointer user_data)
{
  ChatClient *self = user_data;

  if (self->is_leaving)
    ws_socket_abort (self->socket);
  else
    leave (self);
  return G_SOURCE_CONTINUE;
}

static void
connect_signals (ChatClient *self)
{
  g_signal_connect (self->socket, "connected", G_CALLBACK (on_connected), self);
  g_signal_connect (self->socket, "text-message-received",
                    G_CALLBACK (on_text_message_received), self);
  g_signal_connect (self->socket, "error", G_CALLBACK (on_error), self);
  g_signal_connect (self->socket, "disconnected", G_CALLBACK (on_disconnected),
                    self);
  g_unix_signal_add (SIGINT, on_signal, self);
  g_unix_signal_add (SIGTERM, on_signal, self);
  g_unix_signal_add (SIGHUP, on_signal, self);
}

int
main (int argc, char **argv)
{
  ChatClient self = { 0 };

  self.loop = g_main_loop_new (NULL, FALSE);
  self.socket = ws_socket_new ();

  WsSslConfiguration *configuration
      = ws_socket_get_ssl_configuration (self.socket);
  g_autofree char *url = parse_options (configuration, argc, argv);

  self.terminal = chat_terminal_new (on_line, &self);
  connect_signals (&self);
  if (ws_socket_open (self.socket, url, NULL))
    g_main_loop_run (self.loop);

  gboolean is_well = self.is_leaving && ws_socket_get_was_clean (self.socket);

  g_signal_handlers_disconnect_by_data (self.socket, &self);
  chat_terminal_free (self.terminal);
  g_object_unref (self.socket);
  g_main_loop_unref (self.loop);
  return is_well ? EXIT_SUCCESS : EXIT_FAILURE;
}
