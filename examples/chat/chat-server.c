/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The chat as a program of its own. */
#include <ws-glib/ws-glib.h>

#include "../server-program.h"
#include "chat-service.h"

int
main (int argc, char **argv)
{
  g_autoptr (GInetAddress) address = NULL;
  g_autoptr (WsServer) server
      = server_program_new ("chat", argc, argv, &address);
  g_autoptr (ChatRoom) room = chat_service_start (server);

  chat_service_serve_page (server);
  ws_server_listen (server, address, ws_server_get_port (server), NULL);

  int status = server_program_run (server);

  g_signal_handlers_disconnect_by_data (server, room);
  return status;
}
