/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Our client examines openssl s_server: test-interop-tls-client COMMAND ARG…,
 * the command that starts peers/openssl-server.py. See
 * README.md for its paths. */
#include <string.h>

#include "interop-client.h"
#include "support/ws-test.h"

static char **server_command;

static char *
certificate (const char *name)
{
  return g_build_filename (g_getenv ("WS_TEST_CERTIFICATES"), name, NULL);
}

/* --- The server --- */

typedef struct
{
  GSubprocess *process; /* (owned) */
  char        *url;     /* (owned) */
  gboolean     has_spoken;
} Server;

static void
on_line (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Server *self = user_data;

  self->url
      = g_data_input_stream_read_line_finish (G_DATA_INPUT_STREAM (source),
                                              result, NULL, NULL);
  self->has_spoken = TRUE;
}

/* Options of s_server with blanks between them; what has a point in it is a
 * file of the test certificates. */
static void
server_start (Server *self, const char *options)
{
  g_auto (GStrv) words = g_strsplit (options, " ", -1);
  g_autoptr (GStrvBuilder) command = g_strv_builder_new ();
  g_autoptr (GDataInputStream) output = NULL;
  g_autoptr (GError) error = NULL;

  g_strv_builder_addv (command, (const char **) server_command);
  for (gsize i = 0; words[i] != NULL; i++)
    {
      g_autofree char *file = certificate (words[i]);
      gboolean         is_file = g_str_has_suffix (words[i], ".pem")
                         || g_str_has_suffix (words[i], ".key")
                         || g_str_has_suffix (words[i], ".ocsp");

      g_strv_builder_add (command, is_file ? file : words[i]);
    }

  g_auto (GStrv) argv = g_strv_builder_end (command);

  g_test_message ("s_server %s", options);

  *self = (Server){ 0 };
  self->process = g_subprocess_newv ((const char *const *) argv,
                                     G_SUBPROCESS_FLAGS_STDIN_PIPE
                                         | G_SUBPROCESS_FLAGS_STDOUT_PIPE,
                                     &error);
  g_assert_no_error (error);
  output
      = g_data_input_stream_new (g_subprocess_get_stdout_pipe (self->process));
  g_data_input_stream_read_line_async (output, G_PRIORITY_DEFAULT, NULL,
                                       on_line, self);
  ws_test_until (NULL, self->has_spoken);
  g_assert_nonnull (self->url);
  g_assert_true (g_str_has_prefix (self->url, "wss://"));
}

static void
on_exited (GObject *source, GAsyncResult *result, gpointer user_data)
{
  gboolean *has_exited = user_data;

  *has_exited = g_subprocess_wait_finish (G_SUBPROCESS (source), result, NULL);
}

static void
server_stop (Server *self)
{
  gboolean has_exited = FALSE;

  g_output_stream_close (g_subprocess_get_stdin_pipe (self->process), NULL,
                         NULL);
  g_subprocess_wait_async (self->process, NULL, on_exited, &has_exited);
  ws_test_until (NULL, has_exited);
  g_assert_true (g_subprocess_get_successful (self->process));
  g_object_unref (self->process);
  g_free (self->url);
}

/* --- The client --- */

static void
speak_only (InteropClient *client, WsSslProtocol protocol)
{
  g_object_set (ws_socket_get_ssl_configuration (client->socket),
                "minimum-protocol", protocol, "maximum-protocol", protocol,
                NULL);
}

static void
show_certificate (InteropClient *client)
{
  g_autofree char *file = certificate ("client.pem");
  g_autofree char *key = certificate ("leaf.key");

  g_object_set (ws_socket_get_ssl_configuration (client->socket),
                "local-certificate-file", file, "private-key-file", key, NULL);
}

static void
say (InteropClient *client, const char *text, const char *answer)
{
  ws_test_ignore (ws_socket_send_text_message (client->socket, text, NULL));
  interop_client_expect_text (client, answer);
}

/* What the server says of the next connection's TLS; the client is connected
 * after that. */
static void
expect_told (InteropClient *client, const char *url, const char *told)
{
  interop_client_open (client, url, "/tls");
  interop_client_expect_text (client, told);
  say (client, "as usual", "as usual");
}

static void
expect_subject (InteropClient *client, const char *subject)
{
  WsSslSession     *session = ws_socket_get_ssl_session (client->socket);
  WsSslCertificate *peer = ws_ssl_session_get_peer_certificate (session);

  g_assert_nonnull (peer);
  g_assert_cmpstr (ws_ssl_certificate_get_subject (peer), ==, subject);
}

static void
on_alert (WsSocket   *socket,
          guint       level,
          guint       type,
          const char *description,
          GArray     *alerts)
{
  g_array_append_val (alerts, type);
}

/* Opening must fail, and the server say why. */
static void
expect_refused (InteropClient *client, const char *url)
{
  g_autoptr (GArray) alerts = g_array_new (FALSE, FALSE, sizeof (guint));

  g_signal_connect (client->socket, "alert-received", G_CALLBACK (on_alert),
                    alerts);
  interop_client_attempt (client, url, "/tls");
  if (!client->is_over)
    ws_test_until (NULL, client->is_over);
  g_assert_cmpint (client->error, !=, -1);
  g_assert_cmpuint (alerts->len, ==, 1);
  g_signal_handlers_disconnect_by_data (client->socket, alerts);
}

/* --- Tests --- */

static const WsSslProtocol protocols[]
    = { WS_SSL_PROTOCOL_TLS_1_2, WS_SSL_PROTOCOL_TLS_1_3 };
static const char *const names[] = { "TLS1.2", "TLS1.3" };

static const struct
{
  const char *name;
  const char *options;
  const char *subject;
} keys[] = {
  { "RSA", "-cert server-rsa.pem -key rsa.key", "CN=server-rsa" },
  { "ECDSA", "-cert server.pem -key server.key -cert_chain intermediate.pem",
    "CN=server" },
};

static const struct
{
  const char *name;
  const char *options;
  gboolean    is_asked;
  gboolean    is_demanded;
} modes[] = {
  { "none", "", FALSE, FALSE },
  { "requested", " -CAfile root.pem -verify_return_error -verify 1", TRUE,
    FALSE },
  { "required", " -CAfile root.pem -verify_return_error -Verify 1", TRUE,
    TRUE },
};

static void
shake_hands (const char *url,
             gsize       protocol,
             gsize       key,
             gsize       mode,
             gboolean    has_certificate)
{
  InteropClient    client;
  gboolean         is_shown = has_certificate && modes[mode].is_asked;
  g_autofree char *told
      = g_strdup_printf ("- http/1.1 new %s", is_shown ? "CN=client" : "-");

  interop_client_init (&client);
  speak_only (&client, protocols[protocol]);
  if (has_certificate)
    show_certificate (&client);
  if (modes[mode].is_demanded && !has_certificate)
    {
      expect_refused (&client, url);
      interop_client_clear (&client);
      return;
    }

  expect_told (&client, url, told);
  expect_subject (&client, keys[key].subject);

  WsSslSession *session = ws_socket_get_ssl_session (client.socket);

  g_assert_cmpstr (ws_ssl_session_get_protocol (session), ==, names[protocol]);
  g_assert_cmpstr (ws_ssl_session_get_next_protocol (session), ==, "http/1.1");
  interop_client_clear (&client);
}

/* The number holds an index of keys and one of modes. */
static void
test_matrix (gconstpointer user_data)
{
  gsize            number = GPOINTER_TO_SIZE (user_data);
  gsize            key = number % G_N_ELEMENTS (keys);
  gsize            mode = number / G_N_ELEMENTS (keys);
  g_autofree char *options = g_strconcat (keys[key].options, " -alpn http/1.1",
                                          modes[mode].options, NULL);
  Server           server;

  server_start (&server, options);
  for (gsize i = 0; i < G_N_ELEMENTS (protocols); i++)
    {
      shake_hands (server.url, i, key, mode, FALSE);
      shake_hands (server.url, i, key, mode, TRUE);
    }
  server_stop (&server);
}

static void
test_alpn (void)
{
  static const struct
  {
    const char *option;
    const char *offered[3];
    const char *told; /* NULL: refused */
    const char *agreed;
  } cases[] = {
    { "", { "http/1.1", NULL }, "- - new -", NULL },
    { " -alpn chat", { "http/1.1", "chat", NULL }, "- chat new -", "chat" },
    { " -alpn h2", { "http/1.1", NULL }, NULL, NULL },
  };

  for (gsize i = 0; i < 2 * G_N_ELEMENTS (cases); i++)
    {
      gsize            n = i / 2;
      g_autofree char *options
          = g_strconcat (keys[0].options, cases[n].option, NULL);
      Server        server;
      InteropClient client;

      server_start (&server, options);
      interop_client_init (&client);
      speak_only (&client, protocols[i % 2]);
      ws_ssl_configuration_set_allowed_next_protocols (
          ws_socket_get_ssl_configuration (client.socket), cases[n].offered);
      if (cases[n].told == NULL)
        expect_refused (&client, server.url);
      else
        {
          expect_told (&client, server.url, cases[n].told);
          g_assert_cmpstr (ws_ssl_session_get_next_protocol (
                               ws_socket_get_ssl_session (client.socket)),
                           ==, cases[n].agreed);
        }
      interop_client_clear (&client);
      server_stop (&server);
    }
}

/* Without a common version nobody gets in. */
static void
test_versions (void)
{
  static const char *const options[] = { " -tls1_3", " -tls1_2" };

  for (gsize i = 0; i < G_N_ELEMENTS (protocols); i++)
    {
      g_autofree char *all = g_strconcat (keys[0].options, options[i], NULL);
      Server           server;
      InteropClient    client;

      server_start (&server, all);
      interop_client_init (&client);
      speak_only (&client, protocols[i]);
      expect_refused (&client, server.url);
      interop_client_clear (&client);

      interop_client_init (&client);
      expect_told (&client, server.url, "- - new -");
      interop_client_clear (&client);
      server_stop (&server);
    }
}

/* A name is said only if the URL has one; an address is none. */
static void
test_sni (void)
{
  Server server;

  server_start (&server, "-cert server.pem -key server.key -cert_chain "
                         "intermediate.pem -servername localhost -cert2 "
                         "server-rsa.pem -key2 rsa.key");
  for (gsize i = 0; i < G_N_ELEMENTS (protocols); i++)
    {
      g_autofree char *url
          = g_strconcat ("wss://localhost", strrchr (server.url, ':'), NULL);
      InteropClient client;

      interop_client_init (&client);
      speak_only (&client, protocols[i]);
      expect_told (&client, server.url, "- - new -");
      expect_subject (&client, "CN=server");
      interop_client_clear (&client);

      interop_client_init (&client);
      speak_only (&client, protocols[i]);
      expect_told (&client, url, "localhost - new -");
      expect_subject (&client, "CN=server-rsa");
      interop_client_clear (&client);
    }
  server_stop (&server);
}

static gboolean
is_resumed (InteropClient *client)
{
  return ws_ssl_session_get_resumed (
      ws_socket_get_ssl_session (client->socket));
}

/* In one configuration, and with the ticket that another one gave away. */
static void
test_resumption (gconstpointer user_data)
{
  gsize  protocol = GPOINTER_TO_SIZE (user_data);
  Server server;

  server_start (&server, keys[1].options);
  for (int automatic = 0; automatic < 2; automatic++)
    {
      InteropClient first, second;

      interop_client_init (&first);
      interop_client_init (&second);
      speak_only (&first, protocols[protocol]);
      speak_only (&second, protocols[protocol]);
      expect_told (&first, server.url, "- - new -");
      g_assert_false (is_resumed (&first));

      WsSslConfiguration *configuration
          = ws_socket_get_ssl_configuration (first.socket);
      g_autoptr (GBytes) ticket
          = ws_ssl_configuration_get_session_ticket (configuration);

      g_assert_nonnull (ticket);
      if (automatic)
        ws_socket_set_ssl_configuration (second.socket, configuration);
      else
        ws_ssl_configuration_set_session_ticket (
            ws_socket_get_ssl_configuration (second.socket), ticket);
      interop_client_clear (&first);

      expect_told (&second, server.url, "- - resumed -");
      g_assert_true (is_resumed (&second));
      expect_subject (&second, "CN=server");
      interop_client_clear (&second);
    }
  server_stop (&server);
}

static void
on_verify_error (WsSocket *socket, WsSslError *error, GArray *codes)
{
  WsSslErrorCode code = ws_ssl_error_get_code (error);

  g_array_append_val (codes, code);
}

static void
test_ocsp (void)
{
  static const struct
  {
    const char *options;
    int         code; /* of the only error, or -1 */
  } cases[] = {
    { "-cert server-rsa.pem -key rsa.key -status_file server-rsa.ocsp", -1 },
    { "-cert must-staple.pem -key leaf.key -status_file must-staple.ocsp", -1 },
    { "-cert must-staple.pem -key leaf.key",
      WS_SSL_ERROR_CODE_OCSP_STATUS_MISSING },
    { "-cert revoked.pem -key leaf.key -status_file revoked.ocsp",
      WS_SSL_ERROR_CODE_CERTIFICATE_REVOKED },
    { "-cert server-rsa.pem -key rsa.key -status_file must-staple.ocsp",
      WS_SSL_ERROR_CODE_OCSP_STATUS_INVALID },
  };

  for (gsize i = 0; i < 2 * G_N_ELEMENTS (cases); i++)
    {
      gsize         n = i / 2;
      Server        server;
      InteropClient client;
      g_autoptr (GArray) codes
          = g_array_new (FALSE, FALSE, sizeof (WsSslErrorCode));

      server_start (&server, cases[n].options);
      interop_client_init (&client);
      speak_only (&client, protocols[i % 2]);
      g_signal_connect (client.socket, "peer-verify-error",
                        G_CALLBACK (on_verify_error), codes);
      interop_client_attempt (&client, server.url, "/echo");
      g_assert_cmpuint (codes->len, ==, cases[n].code >= 0 ? 1 : 0);
      g_assert_cmpint (client.is_over, ==, codes->len);
      if (codes->len > 0)
        {
          g_assert_cmpint (g_array_index (codes, WsSslErrorCode, 0), ==,
                           cases[n].code);
          g_assert_cmpint (client.error, ==,
                           WS_SOCKET_ERROR_SSL_HANDSHAKE_FAILED);
        }
      g_signal_handlers_disconnect_by_data (client.socket, codes);
      interop_client_clear (&client);
      server_stop (&server);
    }
}

/* TLS 1.2: the server is told no, which OpenSSL takes for the end. */
static void
test_renegotiation (void)
{
  Server        server;
  InteropClient client;
  g_autoptr (GArray) alerts = g_array_new (FALSE, FALSE, sizeof (guint));

  server_start (&server, keys[0].options);
  interop_client_init (&client);
  speak_only (&client, WS_SSL_PROTOCOL_TLS_1_2);
  g_signal_connect (client.socket, "alert-sent", G_CALLBACK (on_alert), alerts);
  interop_client_open (&client, server.url, "/command");
  ws_test_ignore (ws_socket_send_text_message (client.socket, "r", NULL));
  ws_test_until (NULL, client.is_over);
  g_assert_cmpuint (alerts->len, >=, 1);
  g_assert_cmpuint (g_array_index (alerts, guint, 0), ==, 100);
  g_assert_cmpuint (ws_socket_get_close_code (client.socket), ==, 1006);
  g_signal_handlers_disconnect_by_data (client.socket, alerts);
  /* The server may have been able to say that it has asked. */
  g_queue_clear_full (&client.messages, (GDestroyNotify) ws_message_unref);
  interop_client_clear (&client);
  server_stop (&server);
}

/* k: for the server's own key; K: it wants a new one of the client as well. */
static void
test_key_update (void)
{
  static const char *const commands[] = { "k", "K", "K" };
  Server                   server;
  InteropClient            client;

  server_start (&server, keys[0].options);
  interop_client_init (&client);
  speak_only (&client, WS_SSL_PROTOCOL_TLS_1_3);
  interop_client_open (&client, server.url, "/command");
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    say (&client, commands[i], "done");
  interop_client_clear (&client);
  server_stop (&server);
}

/* The end of TCP alone is none of TLS, nor of WebSocket. */
static void
test_truncation (void)
{
  Server server;

  server_start (&server, keys[0].options);
  for (gsize i = 0; i < G_N_ELEMENTS (protocols); i++)
    {
      InteropClient client;

      interop_client_init (&client);
      speak_only (&client, protocols[i]);
      interop_client_open (&client, server.url, "/command");
      ws_test_ignore (ws_socket_send_text_message (client.socket, "q", NULL));
      ws_test_until (NULL, client.is_over);
      g_assert_cmpuint (ws_socket_get_close_code (client.socket), ==, 1006);
      g_assert_false (ws_socket_get_was_clean (client.socket));
      interop_client_clear (&client);
    }
  server_stop (&server);
}

/* A client ends TLS properly after a close, though the server does not. */
static void
test_end (void)
{
  Server server;

  server_start (&server, keys[0].options);
  for (gsize i = 0; i < G_N_ELEMENTS (protocols); i++)
    {
      InteropClient client;

      interop_client_init (&client);
      speak_only (&client, protocols[i]);
      ws_socket_set_close_timeout (client.socket, 1000);
      interop_client_open (&client, server.url, "/patient");
      interop_client_clear (&client);

      interop_client_init (&client);
      interop_client_open (&client, server.url, "/how");
      interop_client_expect_text (&client, "close_notify");
      interop_client_clear (&client);
    }
  server_stop (&server);
}

static void
add_tests (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (keys) * G_N_ELEMENTS (modes); i++)
    {
      g_autofree char *path
          = g_strdup_printf ("/interop/tls-client/matrix/%s/%s",
                             keys[i % G_N_ELEMENTS (keys)].name,
                             modes[i / G_N_ELEMENTS (keys)].name);

      g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_matrix);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (protocols); i++)
    {
      g_autofree char *path
          = g_strdup_printf ("/interop/tls-client/resumption/%s", names[i]);

      g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_resumption);
    }
  g_test_add_func ("/interop/tls-client/alpn", test_alpn);
  g_test_add_func ("/interop/tls-client/versions", test_versions);
  g_test_add_func ("/interop/tls-client/sni", test_sni);
  g_test_add_func ("/interop/tls-client/ocsp", test_ocsp);
  g_test_add_func ("/interop/tls-client/renegotiation", test_renegotiation);
  g_test_add_func ("/interop/tls-client/key-update", test_key_update);
  g_test_add_func ("/interop/tls-client/truncation", test_truncation);
  g_test_add_func ("/interop/tls-client/end", test_end);
}

int
main (int argc, char **argv)
{
  g_assert_cmpint (argc, >, 1);
  server_command = argv + 1;

  int test_argc = 1;

  /* The desktop's one wants settings that a test's environment lacks. */
  ws_test_init (&test_argc, &argv);
  add_tests ();
  return g_test_run ();
}
