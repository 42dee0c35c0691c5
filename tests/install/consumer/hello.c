/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <ws-glib/ws-glib.h>

/* A server and a client in one: what is installed is enough to say hello, and
 * to hear it. */

static void
on_client (WsServer *server, WsSocket *client)
{
  g_signal_connect (client, "text-message-received",
                    G_CALLBACK (ws_socket_send_text_message), NULL);
}

static void
on_connected (WsSocket *socket)
{
  if (ws_socket_send_text_message (socket, "hello", NULL) < 0)
    ws_socket_abort (socket);
}

static void
on_text (WsSocket *socket, const char *text)
{
  g_print ("%s\n", text);
  ws_socket_close (socket, WS_CLOSE_CODE_NORMAL, NULL, NULL);
}

int
main (void)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (WsServer) server = ws_server_new ("hello", WS_SSL_MODE_NON_SECURE);
  g_autoptr (WsSocket) socket = ws_socket_new ();
  g_autoptr (GInetAddress) loopback
      = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autofree char *url = NULL;

  g_signal_connect (server, "client-connected", G_CALLBACK (on_client), NULL);
  g_signal_connect (socket, "connected", G_CALLBACK (on_connected), NULL);
  g_signal_connect (socket, "text-message-received", G_CALLBACK (on_text),
                    NULL);
  g_signal_connect_swapped (socket, "disconnected",
                            G_CALLBACK (g_main_loop_quit), loop);
  if (!ws_server_listen (server, loopback, 0, NULL))
    return 1;
  url = g_strdup_printf ("ws://127.0.0.1:%u/", ws_server_get_port (server));
  if (!ws_socket_open (socket, url, NULL))
    return 1;
  g_main_loop_run (loop);
  return ws_socket_get_close_code (socket) == WS_CLOSE_CODE_NORMAL ? 0 : 1;
}
