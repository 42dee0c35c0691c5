/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ssl-test.h"

#include <string.h>

/* wss as a client sees it: what is verified, what is told of it, and what can
 * be ignored. */

#define FAILED " error:ssl-handshake-failed disconnected"

/* --- Verification --- */

static void
test_good (SslPair *pair, gconstpointer data)
{
  g_autoptr (WsSslCertificate) expected = ssl_load ("server.pem");
  WsSslSession *session;

  ssl_pair_open (pair, NULL);
  ssl_log_expect (pair->log, "connected");
  ssl_pair_check (pair);
  session = ws_socket_get_ssl_session (pair->client);
  g_assert_true (
      ws_ssl_certificate_equal (ws_ssl_session_get_peer_certificate (session),
                                expected));
  g_assert_null (ws_ssl_session_get_peer_certificate (
      ws_socket_get_ssl_session (pair->accepted)));
  ssl_pair_close (pair);
  ssl_log_expect (pair->log, "disconnected");
  ssl_log_expect (pair->server_log, "new-connection");
}

/* A socket that nobody has told anything about TLS. */
static void
test_default (SslPair *pair, gconstpointer data)
{
  g_autoptr (WsSslConfiguration) fresh = ws_ssl_configuration_new ();
  WsSslConfiguration *const configurations[] = { NULL, fresh };

  for (guint i = 0; i < G_N_ELEMENTS (configurations); i++)
    {
      ws_socket_set_ssl_configuration (pair->client, configurations[i]);
      g_assert_false (ssl_pair_try (pair, NULL));
      ssl_log_expect (
          pair->log,
          "verify:unable-to-get-local-issuer-certificate "
          "ssl-errors:unable-to-get-local-issuer-certificate" FAILED);
    }
  g_assert_cmpuint (ws_socket_get_close_code (pair->client), ==, 1006);
  g_assert_cmpuint (ssl_log_count (pair->server_log, "new-connection"), ==, 0);
}

/* What is wrong with the chain, in words. */
typedef struct
{
  const char *name;
  const char *codes; /* with commas */
} Fault;

static const Fault faults[] = {
  { "self-signed", "self-signed-certificate" },
  { "unknown-issuer", "unable-to-get-local-issuer-certificate" },
  { "unknown-issuer-chain", "self-signed-certificate-in-chain" },
  { "expired", "certificate-expired" },
  { "not-yet-valid", "certificate-not-yet-valid" },
  { "wrong-host", "host-name-mismatch" },
  { "client", "host-name-mismatch,invalid-purpose" },
  { "under-leaf-chain", "invalid-ca-certificate" },
  { "three", "self-signed-certificate,certificate-expired,host-name-mismatch" },
};

/* Each fault of a certificate has a name of its own, and stops the opening. */
static void
test_fault (SslPair *pair, gconstpointer data)
{
  const Fault *fault = data;
  g_auto (GStrv) codes = g_strsplit (fault->codes, ",", -1);
  g_autoptr (GString) words = g_string_new (NULL);

  pair->server = ssl_server_new (ssl_configuration_new (fault->name));
  pair->server_log = ssl_log_new (pair->server);
  pair->client = ssl_client_new ();
  pair->log = ssl_log_new (pair->client);
  g_assert_false (ssl_pair_try (pair, NULL));
  for (guint i = 0; codes[i] != NULL; i++)
    g_string_append_printf (words, "verify:%s ", codes[i]);
  g_string_append_printf (words, "ssl-errors:%s" FAILED, fault->codes);
  ssl_log_expect (pair->log, words->str);
  for (guint i = 0; i < pair->log->errors->len; i++)
    {
      WsSslError *error = g_ptr_array_index (pair->log->errors, i);

      g_assert_true (
          WS_IS_SSL_CERTIFICATE (ws_ssl_error_get_certificate (error)));
      g_assert_cmpint (ws_ssl_error_get_depth (error), >=, 0);
      g_assert_cmpstr (ws_ssl_error_get_text (error), !=, "");
    }
  /* The error says what the first one was. */
  g_assert_nonnull (
      strstr (pair->log->text, ws_ssl_error_get_text (
                                   g_ptr_array_index (pair->log->errors, 0))));
}

static void
nothing_to_set_up (SslPair *pair, gconstpointer data)
{
}

/* The name that counts is the URL's, unless it is said to be another one. */
static void
test_verify_name (SslPair *pair, gconstpointer data)
{
  WsSslConfiguration *configuration
      = ws_socket_get_ssl_configuration (pair->client);
  g_autofree char *url
      = g_strdup_printf ("wss://localhost:%u/",
                         ws_server_get_server_port (pair->server));

  ssl_pair_open (pair, url);
  ssl_pair_close (pair);
  ws_ssl_configuration_set_peer_verify_name (configuration, "a.example.test");
  ssl_pair_open (pair, url);
  ssl_pair_close (pair);
  g_string_truncate (pair->log->words, 0);
  ws_ssl_configuration_set_peer_verify_name (configuration, "other.test");
  g_assert_false (ssl_pair_try (pair, url));
  ssl_log_expect (pair->log, "verify:host-name-mismatch "
                             "ssl-errors:host-name-mismatch" FAILED);
}

/* NONE and QUERY have to be asked for; they then tell nothing. */
static void
test_verify_modes (SslPair *pair, gconstpointer data)
{
  static const struct
  {
    WsSslVerifyMode mode;
    gboolean        passes;
  } modes[] = {
    { WS_SSL_VERIFY_MODE_NONE, TRUE },
    { WS_SSL_VERIFY_MODE_QUERY, TRUE },
    { WS_SSL_VERIFY_MODE_VERIFY, FALSE },
    { WS_SSL_VERIFY_MODE_AUTO, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (modes); i++)
    {
      ws_ssl_configuration_set_peer_verify_mode (
          ws_socket_get_ssl_configuration (pair->client), modes[i].mode);
      g_assert_cmpint (ssl_pair_try (pair, NULL), ==, modes[i].passes);
      if (modes[i].passes)
        {
          pair->accepted = api_server_take (pair->server);
          ssl_pair_check (pair);
          ssl_pair_close (pair);
          ssl_log_expect (pair->log, "connected disconnected");
        }
      g_string_truncate (pair->log->words, 0);
    }
}

/* --- Inside ssl-errors --- */

static void
ignore_all (WsSocket *socket)
{
  ws_socket_ignore_ssl_errors (socket);
}

/* Qt: tst_QWebSocketServer::scheme. The session can be looked at while its
 * certificate is judged. */
static void
test_scheme (SslPair *pair, gconstpointer data)
{
  static const struct
  {
    WsSslProtocol protocol;
    const char   *priority;
    const char   *name;
    const char   *cipher;
  } rows[] = {
    { WS_SSL_PROTOCOL_TLS_1_3, "NORMAL:-CIPHER-ALL:+AES-256-GCM", "TLS1.3",
      "TLS_AES_256_GCM_SHA384" },
    { WS_SSL_PROTOCOL_TLS_1_3, "NORMAL:-CIPHER-ALL:+CHACHA20-POLY1305",
      "TLS1.3", "TLS_CHACHA20_POLY1305_SHA256" },
    { WS_SSL_PROTOCOL_TLS_1_2, "NORMAL:-CIPHER-ALL:+AES-128-GCM", "TLS1.2",
      "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256" },
    { WS_SSL_PROTOCOL_TLS_1_2, "NORMAL:-CIPHER-ALL:+CHACHA20-POLY1305",
      "TLS1.2", "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256" },
    { WS_SSL_PROTOCOL_TLS_1_2, "NORMAL:-CIPHER-ALL:+AES-256-CBC:-MAC-ALL:+SHA1",
      "TLS1.2", "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA" },
    { WS_SSL_PROTOCOL_TLS_1_2, "NORMAL:-CIPHER-ALL:+AES-128-CCM", "TLS1.2",
      "TLS_ECDHE_ECDSA_WITH_AES_128_CCM" },
  };

  g_signal_connect (pair->client, "ssl-errors", G_CALLBACK (ignore_all), NULL);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      WsSslSession *session;

      g_object_set (ws_socket_get_ssl_configuration (pair->client),
                    "maximum-protocol", rows[i].protocol, "priority",
                    rows[i].priority, NULL);
      ssl_pair_open (pair, NULL);
      g_assert_cmpstr (pair->log->cipher, ==, rows[i].cipher);
      g_assert_cmpstr (pair->log->protocol, ==, rows[i].name);
      session = ws_socket_get_ssl_session (pair->client);
      g_assert_cmpstr (ws_ssl_session_get_cipher (session), ==, rows[i].cipher);
      g_assert_cmpstr (ws_ssl_session_get_protocol (session), ==, rows[i].name);
      g_assert_true (
          g_str_has_prefix (ws_socket_get_url (pair->accepted), "wss://"));
      ssl_pair_check (pair);
      ssl_pair_close (pair);
      ssl_log_expect (pair->log, "verify:self-signed-certificate "
                                 "ssl-errors:self-signed-certificate "
                                 "connected disconnected");
    }
}

/* Qt: "an endless loop of errors". Each attempt tells its errors once, whatever
 * the handler does. */
typedef struct
{
  SslPair *pair;
  guint    n_left;
  gboolean closes; /* before it reopens */
} Reopening;

static void
on_errors_reopen (Reopening *reopening)
{
  WsSocket *client = reopening->pair->client;

  if (reopening->closes)
    ws_socket_close (client, 1000, NULL, NULL);
  if (reopening->n_left == 0)
    return;
  reopening->n_left--;
  ssl_pair_begin (reopening->pair, NULL);
}

/* Opened again in the handler, each attempt tells its errors once. */
static void
test_reopening (SslPair *pair, gconstpointer data)
{
  for (guint i = 0; i < 2; i++)
    {
      Reopening reopening = { pair, 5, i == 1 };

      g_signal_connect_swapped (pair->client, "ssl-errors",
                                G_CALLBACK (on_errors_reopen), &reopening);
      ssl_pair_begin (pair, NULL);
      ws_test_until (NULL, reopening.n_left == 0
                               && ws_socket_get_state (pair->client)
                                      == WS_STATE_UNCONNECTED);
      ssl_iterate (50);
      g_assert_cmpuint (ssl_log_count (pair->log, "ssl-errors"), ==, 6);
      g_assert_cmpuint (ssl_log_count (pair->log, "connected"), ==, 0);
      g_assert_cmpuint (ssl_log_count (pair->log, "disconnected"), ==,
                        i == 0 ? 1 : 6);
      g_assert_cmpuint (ssl_log_count (pair->log, "error"), <=, 1);
      g_signal_handlers_disconnect_by_data (pair->client, &reopening);
      g_string_truncate (pair->log->words, 0);
    }
}

static void
on_errors_close (WsSocket *socket)
{
  ws_socket_close (socket, 1000, NULL, NULL);
}

/* Closed there, the attempt is over, and no error of it follows. */
static void
test_closing (SslPair *pair, gconstpointer data)
{
  for (guint i = 0; i < 2; i++)
    {
      gulong id = g_signal_connect (pair->client, "ssl-errors",
                                    i == 0 ? G_CALLBACK (on_errors_close)
                                           : G_CALLBACK (ws_socket_abort),
                                    NULL);

      g_assert_false (ssl_pair_try (pair, NULL));
      ssl_iterate (50);
      g_assert_cmpuint (ssl_log_count (pair->log, "ssl-errors"), ==, 1);
      g_assert_cmpuint (ssl_log_count (pair->log, "disconnected"), ==, 1);
      g_assert_cmpuint (ssl_log_count (pair->log, "error"), ==, 0);
      g_string_truncate (pair->log->words, 0);
      g_signal_handler_disconnect (pair->client, id);
    }
}

/* --- The early look --- */

static void
continue_it (WsSocket *socket)
{
  ws_socket_continue_interrupted_handshake (socket);
}

static void
test_interrupted (SslPair *pair, gconstpointer data)
{
  ws_ssl_configuration_set_handshake_must_interrupt_on_error (
      ws_socket_get_ssl_configuration (pair->client), TRUE);
  /* To have said so before is not enough. */
  ws_socket_continue_interrupted_handshake (pair->client);
  g_assert_false (ssl_pair_try (pair, NULL));
  ssl_log_expect (pair->log, "interrupted:self-signed-certificate" FAILED);

  g_signal_connect (pair->client, "handshake-interrupted-on-error",
                    G_CALLBACK (continue_it), NULL);
  g_assert_false (ssl_pair_try (pair, NULL));
  ssl_log_expect (
      pair->log,
      "interrupted:self-signed-certificate verify:self-signed-certificate "
      "verify:certificate-expired verify:host-name-mismatch "
      "ssl-errors:self-signed-certificate,certificate-expired,"
      "host-name-mismatch" FAILED);

  g_signal_connect (pair->client, "ssl-errors", G_CALLBACK (ignore_all), NULL);
  ssl_pair_open (pair, NULL);
  ssl_pair_check (pair);
  ssl_pair_close (pair);
}

/* --- Alerts --- */

static void
test_alerts (SslPair *pair, gconstpointer data)
{
  pair->log->says_alerts = pair->server_log->says_alerts = TRUE;
  g_assert_false (ssl_pair_try (pair, NULL));
  ssl_log_expect (pair->log, "verify:certificate-expired "
                             "ssl-errors:certificate-expired sent:45" FAILED);
  ws_test_until (NULL, ssl_log_count (pair->server_log, "server-error") > 0);
  ssl_log_expect (pair->server_log, "received:45 server-error:1015");

  ws_socket_ignore_ssl_errors (pair->client);
  ssl_pair_open (pair, NULL);
  ssl_pair_close (pair);
  g_assert_cmpuint (ssl_log_count (pair->log, "received:0"), ==, 1);
}

/* --- The state of the art of errors --- */

/* TLS on a port that has none, and the other way round. */
static void
test_mismatch (SslPair *pair, gconstpointer data)
{
  g_autoptr (WsServer) plain = api_server_new ();
  g_autofree char *url = g_strdup_printf ("wss://127.0.0.1:%u",
                                          ws_server_get_server_port (plain));
  g_autofree char *bare
      = g_strdup_printf ("ws://127.0.0.1:%u",
                         ws_server_get_server_port (pair->server));

  g_assert_false (ssl_pair_try (pair, url));
  ssl_log_expect (pair->log, "error:ssl-handshake-failed disconnected");
  g_assert_nonnull (strstr (pair->log->text, "TLS"));
  g_assert_false (ssl_pair_try (pair, bare));
  g_assert_cmpuint (ssl_log_count (pair->log, "error"), ==, 1);
  g_assert_cmpuint (ssl_log_count (pair->server_log, "server-error:1015"), ==,
                    1);
}

int
main (int argc, char **argv)
{
  api_test_init (&argc, &argv);
  ssl_pair_add ("/api/ssl/good", NULL, test_good);
  ssl_pair_add ("/api/ssl/default", "server", test_default);
  for (guint i = 0; i < G_N_ELEMENTS (faults); i++)
    {
      g_autofree char *path
          = g_strconcat ("/api/ssl/fault/", faults[i].name, NULL);

      g_test_add (path, SslPair, &faults[i], nothing_to_set_up, test_fault,
                  ssl_pair_tear_down);
    }
  ssl_pair_add ("/api/ssl/verify-name", NULL, test_verify_name);
  ssl_pair_add ("/api/ssl/verify-modes", "three", test_verify_modes);
  ssl_pair_add ("/api/ssl/scheme", "self-signed", test_scheme);
  ssl_pair_add ("/api/ssl/reopening", "three", test_reopening);
  ssl_pair_add ("/api/ssl/closing", "three", test_closing);
  ssl_pair_add ("/api/ssl/interrupted", "three", test_interrupted);
  ssl_pair_add ("/api/ssl/alerts", "expired", test_alerts);
  ssl_pair_add ("/api/ssl/mismatch", NULL, test_mismatch);
  return g_test_run ();
}
