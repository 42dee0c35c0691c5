/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Listens, and comes back whenever the connection is lost: reconnect URL */
#include <ws-glib/ws-glib.h>

static void
on_text (WsSocket *socket, const char *text)
{
  g_print ("%s\n", text);
}

static void
on_reconnecting (WsSocket *socket, guint attempt, guint delay)
{
  g_print ("attempt %u in %u ms\n", attempt, delay);
}

int
main (int argc, char **argv)
{
  g_autoptr (WsSocket) socket = ws_socket_new ();
  g_autoptr (WsReconnectPolicy) policy = ws_reconnect_policy_new ();

  ws_socket_set_reconnect (socket, policy);
  g_signal_connect (socket, "text-message-received", G_CALLBACK (on_text),
                    NULL);
  g_signal_connect (socket, "reconnecting", G_CALLBACK (on_reconnecting), NULL);
  ws_socket_open (socket, argv[1], NULL);
  while (ws_socket_get_active (socket))
    g_main_context_iteration (NULL, TRUE);
}
