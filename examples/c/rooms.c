/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A server whose paths are rooms, as /kitchen?name=anna is: rooms [PORT] */
#include <stdlib.h>

#include <glib-unix.h>
#include <ws-glib/ws-glib.h>

/* Who has no name is not let in. */
static void
on_handshake (WsServer *server, WsRequest *request, WsResponse *response)
{
  g_autofree char *name
      = ws_request_get_query_parameter (request, "name", NULL);

  if (name == NULL)
    ws_response_refuse (response, 401, "Who are you?\n");
}

static void
on_text (WsSocket *client, const char *text)
{
  g_autofree char *name = ws_socket_get_query_parameter (client, "name", NULL);
  g_autofree char *line = g_strconcat (name, ": ", text, NULL);
  g_autoptr (WsMessage) message = ws_message_new_text (line);

  ws_socket_publish (client, ws_socket_get_path (client), message, NULL);
}

static void
on_client (WsServer *server, WsSocket *client)
{
  g_signal_connect (client, "text-message-received", G_CALLBACK (on_text),
                    NULL);
  ws_socket_subscribe (client, ws_socket_get_path (client), NULL);
}

static void
on_drained (GObject *server, GAsyncResult *result, gpointer loop)
{
  g_main_loop_quit (loop);
}

/* Clients come back to the next server, one after the other. */
static gboolean
on_terminate (gpointer server)
{
  GMainLoop *loop = g_object_get_data (server, "loop");

  ws_server_drain_async (server, 2000, NULL, on_drained, loop);
  return G_SOURCE_REMOVE;
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

  g_signal_connect (server, "handshake-requested", G_CALLBACK (on_handshake),
                    NULL);
  g_signal_connect (server, "client-connected", G_CALLBACK (on_client), NULL);
  if (!ws_server_listen (server, here, port, &error))
    g_error ("%s", error->message);
  g_print ("%s\n", ws_server_get_url (server));
  g_object_set_data (G_OBJECT (server), "loop", loop);
  g_unix_signal_add (SIGTERM, on_terminate, server);
  g_main_loop_run (loop);
  return 0;
}
