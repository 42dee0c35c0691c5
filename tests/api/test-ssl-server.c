/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ssl-test.h"

#include <glib/gstdio.h>
#include <string.h>

/* wss as a server sees it: certificates of clients, several of its own, and the
 * signals that say which client they are about. */

static void
set_up (SslPair *pair, gconstpointer data)
{
  ssl_pair_set_up (pair, NULL);
}

static WsSslConfiguration *
of_server (SslPair *pair)
{
  return ws_server_get_ssl_configuration (pair->server);
}

static WsSslConfiguration *
of_client (SslPair *pair)
{
  return ws_socket_get_ssl_configuration (pair->client);
}

static void
show_certificate (SslPair *pair, const char *name)
{
  g_autofree char *file = g_strconcat (name, ".pem", NULL);
  g_autofree char *certificate = ssl_path (file);
  g_autofree char *key = ssl_path ("leaf.key");

  g_object_set (of_client (pair), "local-certificate-file", certificate,
                "private-key-file", key, NULL);
}

static void
ask_for_certificate (SslPair *pair, WsSslVerifyMode mode)
{
  g_autofree char *root = ssl_path ("root.pem");

  g_object_set (of_server (pair), "peer-verify-mode", mode,
                "ca-certificates-file", root, NULL);
}

/* --- Certificates of clients --- */

typedef struct
{
  const char     *name;
  WsSslVerifyMode mode;
  const char     *shows; /* (nullable): the client's */
  gboolean        seen;  /* and the server knows */
  const char     *said;  /* (nullable): of the server, when it refuses */
} Row;

#define REFUSED(code) "verify:" code " ssl-errors:" code " server-error:1015"

static const Row rows[] = {
  /* Browsers give up when a server asks for a certificate: the default is not
   * to. */
  { "auto", WS_SSL_VERIFY_MODE_AUTO, "client", FALSE, NULL },
  { "none", WS_SSL_VERIFY_MODE_NONE, "client", FALSE, NULL },
  { "query", WS_SSL_VERIFY_MODE_QUERY, "client", TRUE, NULL },
  { "query-nothing", WS_SSL_VERIFY_MODE_QUERY, NULL, FALSE, NULL },
  { "query-bad", WS_SSL_VERIFY_MODE_QUERY, "expired", TRUE, NULL },
  { "verify", WS_SSL_VERIFY_MODE_VERIFY, "client", TRUE, NULL },
  { "verify-nothing", WS_SSL_VERIFY_MODE_VERIFY, NULL, FALSE,
    REFUSED ("no-peer-certificate") },
  { "verify-purpose", WS_SSL_VERIFY_MODE_VERIFY, "server-chain", FALSE,
    REFUSED ("invalid-purpose") },
  { "verify-unknown", WS_SSL_VERIFY_MODE_VERIFY, "unknown-issuer", FALSE,
    "verify:unable-to-get-local-issuer-certificate verify:invalid-purpose "
    "ssl-errors:unable-to-get-local-issuer-certificate,invalid-purpose "
    "server-error:1015" },
};

static void
check_certificate (SslPair *pair, const Row *row)
{
  WsSslSession    *session = ws_socket_get_ssl_session (pair->accepted);
  g_autofree char *file = g_strconcat (row->shows, ".pem", NULL);
  g_autoptr (WsSslCertificate) expected = NULL;

  g_assert_nonnull (session);
  if (!row->seen)
    {
      g_assert_null (ws_ssl_session_get_peer_certificate (session));
      return;
    }
  expected = ssl_load (file);
  g_assert_true (
      ws_ssl_certificate_equal (ws_ssl_session_get_peer_certificate (session),
                                expected));
}

/* TLS 1.3 has the client believe that it is through when it is refused. */
static void
test_client_certificate (SslPair *pair, gconstpointer data)
{
  const Row *row = data;

  ask_for_certificate (pair, row->mode);
  if (row->shows != NULL)
    show_certificate (pair, row->shows);
  for (int version = WS_SSL_PROTOCOL_TLS_1_2;
       version <= WS_SSL_PROTOCOL_TLS_1_3; version++)
    {
      g_object_set (of_client (pair), "maximum-protocol", version, NULL);
      if (row->said == NULL)
        {
          ssl_pair_open (pair, NULL);
          check_certificate (pair, row);
          ssl_pair_check (pair);
          ssl_pair_close (pair);
          ssl_log_expect (pair->server_log, "new-connection");
          continue;
        }
      g_assert_false (ssl_pair_try (pair, NULL));
      ssl_log_expect (pair->log, "error:ssl-handshake-failed disconnected");
      ws_test_until (NULL,
                     ssl_log_count (pair->server_log, "server-error") > 0);
      ssl_log_expect (pair->server_log, row->said);
      g_assert_nonnull (
          strstr (pair->server_log->text,
                  ws_ssl_error_get_text (
                      g_ptr_array_index (pair->server_log->errors, 0))));
    }
}

static void
ignore_them (WsServer *server, WsSocket *client)
{
  g_assert_cmpint (ws_socket_get_state (client), ==, WS_STATE_CONNECTING);
  g_assert_nonnull (ws_socket_get_ssl_session (client));
  ws_socket_ignore_ssl_errors (client);
}

static void
ignore_list (WsServer *server, WsSocket *client, GPtrArray *errors)
{
  ws_socket_ignore_ssl_error_list (client, errors);
}

/* A server may ignore what it is told, too; the socket of the signals is the
 * one that comes out of the queue. */
static void
test_ignored (SslPair *pair, gconstpointer data)
{
  GCallback const handlers[]
      = { G_CALLBACK (ignore_them), G_CALLBACK (ignore_list) };

  ask_for_certificate (pair, WS_SSL_VERIFY_MODE_VERIFY);
  show_certificate (pair, "self-signed");
  for (guint i = 0; i < G_N_ELEMENTS (handlers); i++)
    {
      gulong id
          = g_signal_connect (pair->server, "ssl-errors", handlers[i], NULL);

      ssl_pair_open (pair, NULL);
      g_assert_true (pair->server_log->client == pair->accepted);
      g_assert_cmpuint (ssl_log_count (pair->server_log, "ssl-errors"), ==, 1);
      g_assert_nonnull (pair->server_log->cipher);
      ssl_pair_check (pair);
      ssl_pair_close (pair);
      g_string_truncate (pair->server_log->words, 0);
      g_signal_handler_disconnect (pair->server, id);
    }
  /* That was for one client each. */
  g_assert_false (ssl_pair_try (pair, NULL));
}

static void
continue_it (WsServer *server, WsSocket *client, WsSslError *error)
{
  ws_socket_continue_interrupted_handshake (client);
}

static void
test_interrupted (SslPair *pair, gconstpointer data)
{
  ask_for_certificate (pair, WS_SSL_VERIFY_MODE_VERIFY);
  ws_ssl_configuration_set_handshake_must_interrupt_on_error (of_server (pair),
                                                              TRUE);
  g_assert_false (ssl_pair_try (pair, NULL));
  ws_test_until (NULL, ssl_log_count (pair->server_log, "server-error") > 0);
  ssl_log_expect (pair->server_log,
                  "interrupted:no-peer-certificate server-error:1015");
  g_signal_connect (pair->server, "handshake-interrupted-on-error",
                    G_CALLBACK (continue_it), NULL);
  g_signal_connect (pair->server, "ssl-errors", G_CALLBACK (ignore_them), NULL);
  ssl_pair_open (pair, NULL);
  ssl_log_expect (pair->server_log,
                  "interrupted:no-peer-certificate verify:no-peer-certificate "
                  "ssl-errors:no-peer-certificate new-connection");
  ssl_pair_close (pair);
}

static void
test_alerts (SslPair *pair, gconstpointer data)
{
  pair->log->says_alerts = pair->server_log->says_alerts = TRUE;
  ask_for_certificate (pair, WS_SSL_VERIFY_MODE_VERIFY);
  g_assert_false (ssl_pair_try (pair, NULL));
  ws_test_until (NULL, ssl_log_count (pair->server_log, "server-error") > 0);
  ssl_log_expect (pair->server_log,
                  "verify:no-peer-certificate ssl-errors:no-peer-certificate "
                  "sent:116 server-error:1015");
  ssl_log_expect (pair->log,
                  "received:116 error:ssl-handshake-failed disconnected");
}

/* --- Several certificates --- */

static void
expect_subject (SslPair *pair, const char *host, const char *subject)
{
  g_autofree char *url
      = g_strdup_printf ("wss://%s:%u", host,
                         ws_server_get_server_port (pair->server));
  WsSslCertificate *certificate;

  ssl_pair_open (pair, url);
  certificate = ws_ssl_session_get_peer_certificate (
      ws_socket_get_ssl_session (pair->client));
  g_assert_cmpstr (ws_ssl_certificate_get_subject (certificate), ==, subject);
  ssl_pair_close (pair);
}

/* The URL's name decides, which is also the one that is verified. */
static void
test_sni (SslPair *pair, gconstpointer data)
{
  g_autofree char *rsa = ssl_path ("server-rsa.pem");
  g_autofree char *rsa_key = ssl_path ("rsa.key");

  g_assert_finalize_object (g_steal_pointer (&pair->server));
  ssl_log_free (pair->server_log);
  pair->server = ssl_server_new (ssl_configuration_new ("wrong-host"));
  pair->server_log = ssl_log_new (pair->server);
  ws_ssl_configuration_add_local_certificate_file (of_server (pair), rsa,
                                                   rsa_key, NULL);
  expect_subject (pair, "localhost", "CN=server-rsa");

  /* Without a name it is the first. */
  ws_ssl_configuration_set_peer_verify_name (of_client (pair), "other.test");
  expect_subject (pair, "127.0.0.1", "CN=wrong-host");

  /* What was added is gone for those that come now. */
  ws_ssl_configuration_clear_added_certificates (of_server (pair));
  expect_subject (pair, "localhost", "CN=wrong-host");
}

/* New files, and the same server. */
static void
test_reload (SslPair *pair, gconstpointer data)
{
  g_autofree char  *folder = g_dir_make_tmp ("ws-XXXXXX", NULL);
  g_autofree char  *path = g_build_filename (folder, "certificate.pem", NULL);
  const char *const names[] = { "server.pem", "idn.pem" };
  const char *const subjects[] = { "CN=server", "CN=idn" };

  ws_ssl_configuration_set_peer_verify_mode (of_client (pair),
                                             WS_SSL_VERIFY_MODE_NONE);
  ws_ssl_configuration_set_session_resumption (of_client (pair), FALSE);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *from = ssl_path (names[i]);
      g_autofree char *contents = NULL;
      gsize            len;

      g_assert_true (g_file_get_contents (from, &contents, &len, NULL));
      g_assert_true (g_file_set_contents (path, contents, (gssize) len, NULL));
      if (i == 0)
        ws_ssl_configuration_set_local_certificate_file (of_server (pair),
                                                         path);
      else
        {
          expect_subject (pair, "localhost", subjects[0]);
          g_assert_true (ws_ssl_configuration_reload (of_server (pair), NULL));
        }
      expect_subject (pair, "localhost", subjects[i]);
    }
  g_unlink (path);
  g_rmdir (folder);
}

static void
on_reload_failed (WsSslConfiguration *configuration,
                  const GError       *error,
                  GString            *log)
{
  g_string_append_printf (log, "%s\n", error->message);
}

/* Writes the first part of a file, and has it read; the error names it. */
static void
expect_refusal (SslPair *pair, const char *path, const char *text, gssize len)
{
  GString *log = g_string_new (NULL);
  gulong   handler = g_signal_connect (of_server (pair), "reload-failed",
                                       G_CALLBACK (on_reload_failed), log);
  g_autoptr (GError) error = NULL;
  g_autofree char *told = NULL;

  g_assert_true (g_file_set_contents (path, text, len, NULL));
  g_assert_false (ws_ssl_configuration_reload (of_server (pair), &error));
  g_assert_nonnull (error);
  g_assert_nonnull (strstr (error->message, path));
  told = g_strdup_printf ("%s\n", error->message);
  g_assert_cmpstr (log->str, ==, told);
  g_signal_handler_disconnect (of_server (pair), handler);
  g_string_free (log, TRUE);
}

/* What cannot be loaded, or does not fit, replaces nothing. */
static void
test_reload_broken (SslPair *pair, gconstpointer data)
{
  g_autofree char  *folder = g_dir_make_tmp ("ws-XXXXXX", NULL);
  g_autofree char  *path = g_build_filename (folder, "certificate.pem", NULL);
  const char *const names[] = { "server.pem", "idn.pem", "server-rsa.pem" };
  char             *contents[G_N_ELEMENTS (names)];

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *from = ssl_path (names[i]);

      g_assert_true (g_file_get_contents (from, &contents[i], NULL, NULL));
    }
  ws_ssl_configuration_set_peer_verify_mode (of_client (pair),
                                             WS_SSL_VERIFY_MODE_NONE);
  ws_ssl_configuration_set_session_resumption (of_client (pair), FALSE);
  g_assert_true (g_file_set_contents (path, contents[0], -1, NULL));
  ws_ssl_configuration_set_local_certificate_file (of_server (pair), path);
  expect_subject (pair, "localhost", "CN=server");

  expect_refusal (pair, path, contents[1], (gssize) strlen (contents[1]) / 2);
  expect_subject (pair, "localhost", "CN=server");
  expect_refusal (pair, path, contents[1], 0);
  expect_subject (pair, "localhost", "CN=server");
  /* This one belongs to another key. */
  expect_refusal (pair, path, contents[2], -1);
  expect_subject (pair, "localhost", "CN=server");
  g_assert_cmpuint (ssl_log_count (pair->server_log, "server-error"), ==, 0);

  g_assert_true (g_file_set_contents (path, contents[1], -1, NULL));
  g_assert_true (ws_ssl_configuration_reload (of_server (pair), NULL));
  expect_subject (pair, "localhost", "CN=idn");
  g_unlink (path);
  g_rmdir (folder);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    g_free (contents[i]);
}

/* After a change that cannot be used there is nothing to keep, and reloading
 * says so. */
static void
test_reload_after_change (SslPair *pair, gconstpointer data)
{
  g_autofree char *missing = ssl_path ("missing.pem");
  g_autofree char *good = ssl_path ("server-chain.pem");
  g_autoptr (WsSslConfiguration) unused = ws_ssl_configuration_new ();
  g_autoptr (GError) error = NULL;

  ws_ssl_configuration_set_local_certificate_file (of_server (pair), missing);
  g_assert_false (ws_ssl_configuration_reload (of_server (pair), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  ws_ssl_configuration_set_local_certificate_file (of_server (pair), good);
  g_assert_true (ws_ssl_configuration_reload (of_server (pair), NULL));
  ssl_pair_open (pair, NULL);
  ssl_pair_close (pair);

  /* Nobody has needed anything of this one. */
  ws_ssl_configuration_set_local_certificate_file (unused, missing);
  g_assert_true (ws_ssl_configuration_reload (unused, NULL));
}

/* --- Files --- */

/* One that cannot be loaded any more is told, and does not end the server. */
static void
test_broken_later (SslPair *pair, gconstpointer data)
{
  g_autofree char *missing = ssl_path ("missing.pem");
  g_autofree char *good = ssl_path ("server-chain.pem");

  ws_ssl_configuration_set_local_certificate_file (of_server (pair), missing);
  g_assert_false (ssl_pair_try (pair, NULL));
  ws_test_until (NULL, ssl_log_count (pair->server_log, "server-error") > 0);
  g_assert_nonnull (strstr (pair->server_log->text, "missing.pem"));
  ws_ssl_configuration_set_local_certificate_file (of_server (pair), good);
  ssl_pair_open (pair, NULL);
  ssl_pair_close (pair);
}

static void
drop_server (WsServer *server)
{
  g_object_unref (server);
}

/* The first that is told of it may drop the server. */
static void
test_broken_dropped (void)
{
  WsSslConfiguration *configuration = ssl_configuration_new ("server");
  WsServer           *server = ssl_server_new (g_object_ref (configuration));
  g_autofree char    *missing = ssl_path ("missing.pem");
  g_autoptr (RawPeer) peer = NULL;

  g_object_add_weak_pointer (G_OBJECT (server), (gpointer *) &server);
  g_signal_connect (server, "notify::error", G_CALLBACK (drop_server), NULL);
  ws_ssl_configuration_set_local_certificate_file (configuration, missing);
  peer = raw_peer_connect (ws_server_get_server_port (server));
  ws_test_until (NULL, server == NULL);
  g_assert_finalize_object (configuration);
}

typedef struct
{
  const char *property;
  const char *file;
  const char *named; /* in the error */
} Broken;

static const Broken broken[] = {
  { "local-certificate-file", "missing.pem", "missing.pem" },
  { "local-certificate-file", "leaf.key", "leaf.key" },
  { "private-key-file", "missing.key", "missing.key" },
  { "private-key-file", "server.pem", "server.pem" },
  { "private-key-file", "rsa.key", "rsa.key" },
  { "private-key-file", "encrypted.key", "encrypted.key" },
  { "ca-certificates-file", "missing.pem", "missing.pem" },
  { "ca-certificates-file", "leaf.key", "leaf.key" },
  { "crl-file", "missing.pem", "missing.pem" },
  { "crl-file", "root.key", "root.key" },
  { "local-certificate-file", NULL, "ertificate" },
};

static void
expect_invalid (GError *error, const Broken *row)
{
  g_assert_error (error, WS_SOCKET_ERROR,
                  WS_SOCKET_ERROR_SSL_INVALID_USER_DATA);
  if (strstr (error->message, row->named) == NULL)
    g_error ("%s=%s is not named: %s", row->property, row->file,
             error->message);
}

static void
test_broken_server (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (broken); i++)
    {
      g_autoptr (WsServer) server = ws_server_new (NULL, WS_SSL_MODE_SECURE);
      g_autoptr (WsSslConfiguration) configuration
          = ssl_configuration_new ("server-chain");
      g_autofree char *path
          = broken[i].file != NULL ? ssl_path (broken[i].file) : NULL;
      g_autoptr (GError) error = NULL;

      g_object_set (configuration, broken[i].property, path, NULL);
      ws_server_set_ssl_configuration (server, configuration);
      g_assert_false (ws_server_listen (server, NULL, 0, &error));
      expect_invalid (error, &broken[i]);
      g_assert_false (ws_server_get_listening (server));
      g_assert_cmpuint (ws_server_get_server_port (server), ==, 0);
    }
}

/* A client needs no certificate; what it has must be good. */
static void
test_broken_client (void)
{
  for (guint i = 0; broken[i].file != NULL; i++)
    {
      g_autoptr (WsSocket) client = ws_socket_new ();
      g_autoptr (SslLog) log = ssl_log_new (client);
      g_autoptr (WsSslConfiguration) configuration
          = ssl_configuration_new ("server-chain");
      g_autofree char *path = ssl_path (broken[i].file);
      g_autoptr (GError) error = NULL;

      g_object_set (configuration, broken[i].property, path, NULL);
      ws_socket_set_ssl_configuration (client, configuration);
      g_assert_false (ws_socket_open (client, "wss://127.0.0.1:1", &error));
      expect_invalid (error, &broken[i]);
      g_assert_cmpint (ws_socket_get_state (client), ==, WS_STATE_UNCONNECTED);
      ssl_log_expect (log, "error:ssl-invalid-user-data");
    }
}

int
main (int argc, char **argv)
{
  api_test_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *path
          = g_strconcat ("/api/ssl-server/certificate/", rows[i].name, NULL);

      g_test_add (path, SslPair, &rows[i], set_up, test_client_certificate,
                  ssl_pair_tear_down);
    }
  ssl_pair_add ("/api/ssl-server/ignored", NULL, test_ignored);
  ssl_pair_add ("/api/ssl-server/interrupted", NULL, test_interrupted);
  ssl_pair_add ("/api/ssl-server/alerts", NULL, test_alerts);
  ssl_pair_add ("/api/ssl-server/sni", NULL, test_sni);
  ssl_pair_add ("/api/ssl-server/reload", NULL, test_reload);
  ssl_pair_add ("/api/ssl-server/reload-broken", NULL, test_reload_broken);
  ssl_pair_add ("/api/ssl-server/reload-after-change", NULL,
                test_reload_after_change);
  ssl_pair_add ("/api/ssl-server/broken-later", NULL, test_broken_later);
  g_test_add_func ("/api/ssl-server/broken-dropped", test_broken_dropped);
  g_test_add_func ("/api/ssl-server/broken", test_broken_server);
  g_test_add_func ("/api/ssl-server/broken-client", test_broken_client);
  return g_test_run ();
}
