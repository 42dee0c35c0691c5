/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <sys/resource.h>

#include <ws-glib/ws-glib.h>

/* An echo server on ws-glib whose clients may take their context over, which is
 * not its default. */

static void
on_message (WsSocket *client, WsMessage *message, gpointer data)
{
  (void) data;
  if (ws_socket_send_message (client, message, NULL) < 0)
    ws_socket_abort (client);
}

static void
on_client (WsServer *server, WsSocket *client)
{
  (void) server;
  g_signal_connect (client, "message-received", G_CALLBACK (on_message), NULL);
}

static void
raise_file_limit (void)
{
  struct rlimit files;

  getrlimit (RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit (RLIMIT_NOFILE, &files);
}

int
main (void)
{
  g_autoptr (GInetAddress) address
      = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (WsDeflateOptions) options = ws_deflate_options_new ();
  g_autoptr (WsServer) server
      = ws_server_new ("takeover", WS_SSL_MODE_NON_SECURE);
  g_autoptr (GError) error = NULL;

  raise_file_limit ();
  ws_deflate_options_set_client_context_takeover (options, TRUE);
  ws_server_set_compression (server, options);
  g_object_set (server, "max-pending-connections", 65535, "backlog", 4096,
                NULL);
  g_signal_connect (server, "client-connected", G_CALLBACK (on_client), NULL);
  if (!ws_server_listen (server, address, 0, &error))
    g_error ("listen: %s", error->message);
  g_print ("ws://127.0.0.1:%u/\n", ws_server_get_port (server));
  g_main_loop_run (g_main_loop_new (NULL, FALSE));
  return 0;
}
