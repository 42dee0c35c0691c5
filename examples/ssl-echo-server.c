/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Sends every message back, over TLS, and tells what each client has agreed
 * on. Unless it is given others it shows the certificate that was made at build
 * time, which only those trust who trust the ca.pem beside it.
 */
#include <stdio.h>
#include <stdlib.h>

#include <ws-glib/ws-glib.h>

static void
on_message (WsSocket *client, WsMessage *message)
{
  if (ws_socket_send_message (client, message, NULL) < 0)
    ws_socket_abort (client);
}

static void
on_client_connected (WsServer *server, WsSocket *client)
{
  WsSslSession *session = ws_socket_get_ssl_session (client);

  g_print ("A client: %s, %s%s\n", ws_ssl_session_get_protocol (session),
           ws_ssl_session_get_cipher (session),
           ws_ssl_session_get_resumed (session) ? ", resumed" : "");
  fflush (stdout);
  g_signal_connect (client, "message-received", G_CALLBACK (on_message), NULL);
}

/* Such as that it does not trust our certificate. */
static void
on_alert_received (WsServer   *server,
                   WsSocket   *client,
                   guint       level,
                   guint       type,
                   const char *description)
{
  g_printerr ("A client says: %s\n", description);
}

/* A mistake ends the program with status 2 and a line that names it. */
static guint16
parse_options (WsSslConfiguration *configuration, int argc, char **argv)
{
  int   port = 8443;
  char *certificate = g_strdup (EXAMPLE_CERTIFICATES "/server.pem");
  char *key = g_strdup (EXAMPLE_CERTIFICATES "/server.key");

  const GOptionEntry entries[] = {
    { "port", 'p', 0, G_OPTION_ARG_INT, &port,
      "Listen on port N, 0 for any (default: 8443)", "N" },
    { "certificate", 0, 0, G_OPTION_ARG_FILENAME, &certificate,
      "The certificate and its chain (PEM)", "FILE" },
    { "key", 0, 0, G_OPTION_ARG_FILENAME, &key, "The certificate's key (PEM)",
      "FILE" },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || argc > 1
      || port < 0 || port > G_MAXUINT16)
    {
      g_printerr ("%s: %s\n", g_get_prgname (),
                  error != NULL ? error->message : "See --help");
      exit (2);
    }
  ws_ssl_configuration_set_local_certificate_file (configuration, certificate);
  ws_ssl_configuration_set_private_key_file (configuration, key);
  g_free (certificate);
  g_free (key);
  return (guint16) port;
}

int
main (int argc, char **argv)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (WsServer) server = ws_server_new ("ssl-echo", WS_SSL_MODE_SECURE);
  g_autoptr (GInetAddress) address
      = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GError) error = NULL;
  guint16 port
      = parse_options (ws_server_get_ssl_configuration (server), argc, argv);

  g_signal_connect (server, "client-connected",
                    G_CALLBACK (on_client_connected), NULL);
  g_signal_connect (server, "alert-received", G_CALLBACK (on_alert_received),
                    NULL);
  if (!ws_server_listen (server, address, port, &error))
    {
      g_printerr ("%s: %s\n", g_get_prgname (), error->message);
      return 1;
    }
  g_print ("%s\n", ws_server_get_url (server));
  fflush (stdout);
  g_main_loop_run (loop);
  return 0;
}
