/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Connects, says hello, and prints what comes back: echo URL */
#include <ws-glib/ws-glib.h>

static void
on_connected (WsSocket *socket)
{
  if (ws_socket_send_text_message (socket, "Hello, world!", NULL) < 0)
    ws_socket_abort (socket);
}

static void
on_text (WsSocket *socket, const char *text)
{
  g_print ("%s\n", text);
  ws_socket_close (socket, WS_CLOSE_CODE_NORMAL, NULL, NULL);
}

int
main (int argc, char **argv)
{
  g_autoptr (WsSocket) socket = ws_socket_new ();

  g_signal_connect (socket, "connected", G_CALLBACK (on_connected), NULL);
  g_signal_connect (socket, "text-message-received", G_CALLBACK (on_text),
                    NULL);
  ws_socket_open (socket, argv[1], NULL);
  while (ws_socket_get_state (socket) != WS_STATE_UNCONNECTED)
    g_main_context_iteration (NULL, TRUE);

  g_printerr ("%s", ws_socket_get_error_string (socket));
  return ws_socket_get_was_clean (socket) ? 0 : 1;
}
