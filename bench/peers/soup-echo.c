/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <libsoup/soup.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sys/resource.h>

/* An echo server on libsoup 3, set up as well as its API allows. */

static GHashTable *connections; /* (element-type SoupWebsocketConnection) */

static void
send_to_all (GBytes *message)
{
  GHashTableIter iter;
  gpointer       connection;

  g_hash_table_iter_init (&iter, connections);
  while (g_hash_table_iter_next (&iter, &connection, NULL))
    if (soup_websocket_connection_get_state (connection)
        == SOUP_WEBSOCKET_STATE_OPEN)
      soup_websocket_connection_send_message (connection,
                                              SOUP_WEBSOCKET_DATA_BINARY,
                                              message);
}

static void
on_message (SoupWebsocketConnection *connection,
            SoupWebsocketDataType    type,
            GBytes                  *message,
            gpointer                 data)
{
  gsize       length;
  const char *bytes = g_bytes_get_data (message, &length);

  (void) data;
  if (type == SOUP_WEBSOCKET_DATA_BINARY && length > 0 && bytes[0] == 'B')
    send_to_all (message);
  else if (soup_websocket_connection_get_state (connection)
           == SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_send_message (connection, type, message);
}

static void
on_closed (SoupWebsocketConnection *connection, gpointer data)
{
  (void) data;
  g_hash_table_remove (connections, connection);
}

static void
on_connection (SoupServer              *server,
               SoupServerMessage       *message,
               const char              *path,
               SoupWebsocketConnection *connection,
               gpointer                 data)
{
  GSocket *socket = soup_server_message_get_socket (message);

  (void) server;
  (void) path;
  (void) data;
  if (socket != NULL)
    g_socket_set_option (socket, IPPROTO_TCP, TCP_NODELAY, 1, NULL);
  soup_websocket_connection_set_max_incoming_payload_size (connection, 0);
  g_hash_table_add (connections, g_object_ref (connection));
  g_signal_connect (connection, "message", G_CALLBACK (on_message), NULL);
  g_signal_connect (connection, "closed", G_CALLBACK (on_closed), NULL);
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
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SoupServer) server = soup_server_new (NULL, NULL);
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  SoupServerListenOptions how = SOUP_SERVER_LISTEN_IPV4_ONLY;
  int                     port = 0;
  char                   *certificate = NULL;
  char                   *key = NULL;
  GSList                 *uris;
  const GOptionEntry      entries[]
      = { { "port", 0, 0, G_OPTION_ARG_INT, &port, NULL, NULL },
          { "certificate", 0, 0, G_OPTION_ARG_FILENAME, &certificate, NULL,
            NULL },
          { "key", 0, 0, G_OPTION_ARG_FILENAME, &key, NULL, NULL },
          { NULL } };

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    g_error ("%s", error->message);
  signal (SIGPIPE, SIG_IGN);
  raise_file_limit ();
  connections = g_hash_table_new_full (NULL, NULL, g_object_unref, NULL);
  soup_server_add_websocket_handler (server, NULL, NULL, NULL, on_connection,
                                     NULL, NULL);
  if (certificate != NULL)
    {
      g_autoptr (GTlsCertificate) identity
          = g_tls_certificate_new_from_files (certificate, key, &error);

      if (identity == NULL)
        g_error ("certificate: %s", error->message);
      soup_server_set_tls_certificate (server, identity);
      how |= SOUP_SERVER_LISTEN_HTTPS;
    }
  if (!soup_server_listen_local (server, (guint) port, how, &error))
    g_error ("listen: %s", error->message);
  uris = soup_server_get_uris (server);
  g_print ("%s://127.0.0.1:%d/\n", certificate != NULL ? "wss" : "ws",
           g_uri_get_port (uris->data));
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  g_main_loop_run (g_main_loop_new (NULL, FALSE));
  return 0;
}
