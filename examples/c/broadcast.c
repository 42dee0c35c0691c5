/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A server that tells everybody what anybody says: broadcast [PORT] */
#include <stdlib.h>

#include <ws-glib/ws-glib.h>

static void
on_message (WsSocket *client, WsMessage *message, WsServer *server)
{
  ws_server_broadcast (server, message, NULL);
}

static void
on_client (WsServer *server, WsSocket *client)
{
  g_signal_connect (client, "message-received", G_CALLBACK (on_message),
                    server);
}

int
main (int argc, char **argv)
{
  guint16 port = argc > 1 ? (guint16) atoi (argv[1]) : 8765;
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GInetAddress) here
      = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (WsServer) server = ws_server_new (NULL, WS_SSL_MODE_NON_SECURE);
  g_autoptr (GError) error = NULL;

  g_signal_connect (server, "client-connected", G_CALLBACK (on_client), NULL);
  if (!ws_server_listen (server, here, port, &error))
    g_error ("%s", error->message);
  g_print ("%s\n", ws_server_get_url (server));
  g_main_loop_run (loop);
}
