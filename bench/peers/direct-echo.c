/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* As examples/echo-server, with a message handler instead of a signal. */
#include <ws-glib/ws-glib.h>

#include "server-program.h"

static gboolean
on_message (WsSocket     *client,
            WsMessageType type,
            const guint8 *data,
            gsize         length,
            gpointer      server)
{
  if (type == WS_MESSAGE_TYPE_BINARY && length > 0 && data[0] == 'B')
    return FALSE;
  if (ws_socket_send_data (client, type, data, length, NULL) < 0)
    ws_socket_abort (client); /* It sends, but reads no echo. */
  return TRUE;
}

static void
on_broadcast (WsSocket *client, WsMessage *message, WsServer *server)
{
  ws_server_broadcast (server, message, NULL);
}

static void
on_client (WsServer *server, WsSocket *client)
{
  ws_socket_set_message_handler (client, on_message, NULL, NULL);
  g_signal_connect (client, "message-received", G_CALLBACK (on_broadcast),
                    server);
}

int
main (int argc, char **argv)
{
  g_autoptr (GInetAddress) address = NULL;
  g_autoptr (WsServer) server
      = server_program_new ("echo", argc, argv, &address);

  g_signal_connect (server, "client-connected", G_CALLBACK (on_client), NULL);
  ws_server_listen (server, address, ws_server_get_port (server), NULL);
  return server_program_run (server);
}
