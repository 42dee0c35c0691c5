/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Sends every message back as it came; a binary message that begins with B
 * goes to all clients.
 */
#include <ws-glib/ws-glib.h>

#include "server-program.h"

/* Unlike text-message-received this signal carries text with U+0000 whole. */
static void
on_message (WsSocket *client, WsMessage *message, WsServer *server)
{
  gsize         length;
  const guint8 *data = ws_message_get_data (message, &length);

  if (length > 0 && data[0] == 'B'
      && ws_message_get_message_type (message) == WS_MESSAGE_TYPE_BINARY)
    ws_server_broadcast (server, message, NULL);
  else if (ws_socket_send_message (client, message, NULL) < 0)
    ws_socket_abort (client); /* It sends, but reads no echo. */
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
  g_autoptr (GInetAddress) address = NULL;
  g_autoptr (WsServer) server
      = server_program_new ("echo", argc, argv, &address);

  g_signal_connect (server, "client-connected", G_CALLBACK (on_client), NULL);
  ws_server_listen (server, address, ws_server_get_port (server), NULL);
  return server_program_run (server);
}
