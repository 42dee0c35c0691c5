/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ssl/ws-ssl-configuration-credentials.h"
#include "ssl/ws-ssl-configuration-tickets.h"
#include "ssl/ws-ssl-error-private.h"
#include "ssl/ws-ssl-session-private.h"

#include <string.h>

#include "support/ws-test.h"

/* What sockets and servers ask of the TLS values; no program sees it. */

static char *
path_of (const char *file)
{
  const char *folder = g_getenv ("WS_TEST_CERTIFICATES");

  g_assert_nonnull (folder);
  return g_build_filename (folder, file, NULL);
}

static GBytes *
load_der (const char *file)
{
  g_autofree char *path = path_of (file);
  g_autoptr (GError) error = NULL;
  g_autoptr (WsSslCertificate) certificate
      = ws_ssl_certificate_new_from_file (path, &error);

  g_assert_no_error (error);
  return ws_ssl_certificate_to_der (certificate);
}

static WsSslConfiguration *
new_configuration (void)
{
  WsSslConfiguration *configuration = ws_ssl_configuration_new ();
  g_autofree char    *certificate = path_of ("server-chain.pem");
  g_autofree char    *key = path_of ("leaf.key");

  g_object_set (configuration, "local-certificate-file", certificate,
                "private-key-file", key, "system-trust", FALSE, NULL);
  return configuration;
}

static WsTlsCredentials *
get_credentials (WsSslConfiguration *configuration, gboolean is_server)
{
  g_autoptr (GError) error = NULL;
  WsTlsCredentials *credentials
      = ws_ssl_configuration_get_credentials (configuration, is_server, &error);

  g_assert_no_error (error);
  g_assert_nonnull (credentials);
  return credentials;
}

/* Loaded once for each role, anew after a change; sessions
 * keep the old ones. */
static void
test_cache (void)
{
  g_autoptr (WsSslConfiguration) configuration = new_configuration ();
  g_autoptr (WsTlsCredentials) client = get_credentials (configuration, FALSE);
  g_autoptr (WsTlsCredentials) server = get_credentials (configuration, TRUE);
  g_autoptr (WsTlsCredentials) client_again
      = get_credentials (configuration, FALSE);
  g_autoptr (WsTlsCredentials) server_again
      = get_credentials (configuration, TRUE);
  g_autoptr (WsTlsCredentials) unchanged = NULL;
  g_autoptr (WsTlsCredentials) changed = NULL;
  g_autoptr (WsTlsCredentials) reloaded = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (client != server);
  g_assert_true (client == client_again);
  g_assert_true (server == server_again);

  ws_ssl_configuration_set_handshake_must_interrupt_on_error (configuration,
                                                              TRUE);
  unchanged = get_credentials (configuration, TRUE);
  g_assert_true (unchanged == server);

  ws_ssl_configuration_set_peer_verify_mode (configuration,
                                             WS_SSL_VERIFY_MODE_QUERY);
  changed = get_credentials (configuration, TRUE);
  g_assert_true (changed != server);
  g_assert_cmpint (ws_tls_credentials_get_verify (changed), ==,
                   WS_TLS_VERIFY_QUERY);

  g_assert_true (ws_ssl_configuration_reload (configuration, &error));
  g_assert_no_error (error);
  reloaded = get_credentials (configuration, TRUE);
  g_assert_true (reloaded != changed);
  g_assert_finalize_object (g_steal_pointer (&configuration));
}

/* Each setting arrives below; a failure is not kept. */
static void
test_settings (void)
{
  g_autoptr (WsSslConfiguration) configuration = new_configuration ();
  g_autoptr (WsTlsCredentials) credentials = NULL;
  g_autofree char *missing = path_of ("none.key");
  g_autofree char *key = path_of ("leaf.key");
  g_autoptr (GError) error = NULL;

  ws_ssl_configuration_set_private_key_file (configuration, missing);
  g_assert_null (
      ws_ssl_configuration_get_credentials (configuration, TRUE, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  ws_ssl_configuration_set_private_key_file (configuration, key);

  g_object_set (configuration, "peer-verify-depth", 3,
                "pre-shared-key-identity-hint", "hint", "session-resumption",
                FALSE, "peer-verify-mode", WS_SSL_VERIFY_MODE_VERIFY, NULL);
  credentials = get_credentials (configuration, TRUE);
  g_assert_cmpint (ws_tls_credentials_get_verify (credentials), ==,
                   WS_TLS_VERIFY_PEER);
  g_assert_cmpuint (ws_tls_credentials_get_verify_depth (credentials), ==, 3);
  g_assert_true (ws_tls_credentials_offers_psk (credentials));
  g_assert_false (ws_tls_credentials_wants_resumption (credentials));
}

static void
test_authority_change (void)
{
  g_autoptr (WsSslConfiguration) configuration = new_configuration ();
  g_autofree char *path = path_of ("root.pem");
  g_autoptr (WsSslCertificate) root
      = ws_ssl_certificate_new_from_file (path, NULL);
  g_autoptr (WsTlsCredentials) before = get_credentials (configuration, FALSE);
  g_autoptr (WsTlsCredentials) after = NULL;

  ws_ssl_configuration_add_ca_certificate (configuration, root);
  after = get_credentials (configuration, FALSE);
  g_assert_true (before != after);
}

static void
test_tickets (void)
{
  g_autoptr (WsSslConfiguration) configuration = new_configuration ();
  g_autoptr (WsTlsCredentials) credentials
      = get_credentials (configuration, FALSE);
  g_autoptr (GBytes) ticket = g_bytes_new_static ("ticket", 6);
  g_autoptr (GBytes) found = NULL;
  g_autoptr (GBytes) exported = NULL;
  g_autoptr (GBytes) given = NULL;

  g_assert_null (ws_ssl_configuration_find_ticket (configuration, "a:443"));
  ws_ssl_configuration_store_ticket (configuration, credentials, "a:443",
                                     ticket);
  found = ws_ssl_configuration_find_ticket (configuration, "a:443");
  g_assert_true (found == ticket);
  /* Not offered to another one, though it can be exported. */
  g_assert_null (ws_ssl_configuration_find_ticket (configuration, "b:443"));
  exported = ws_ssl_configuration_get_session_ticket (configuration);
  g_assert_true (exported == ticket);

  /* What was trusted may not be trusted now. */
  ws_ssl_configuration_set_peer_verify_name (configuration, "other.test");
  g_assert_null (ws_ssl_configuration_find_ticket (configuration, "a:443"));
  ws_ssl_configuration_store_ticket (configuration, credentials, "a:443",
                                     ticket);
  g_assert_null (ws_ssl_configuration_find_ticket (configuration, "a:443"));

  ws_ssl_configuration_set_session_ticket (configuration, ticket);
  given = ws_ssl_configuration_find_ticket (configuration, "c:443");
  g_assert_true (given == ticket);
  ws_ssl_configuration_set_session_resumption (configuration, FALSE);
  g_assert_null (ws_ssl_configuration_find_ticket (configuration, "c:443"));
}

static void
test_many_tickets (void)
{
  g_autoptr (WsSslConfiguration) configuration = new_configuration ();
  g_autoptr (WsTlsCredentials) credentials
      = get_credentials (configuration, FALSE);
  g_autoptr (GBytes) ticket = g_bytes_new_static ("ticket", 6);

  for (guint i = 0; i < 2000; i++)
    {
      g_autofree char *peer = g_strdup_printf ("host-%u:443", i);
      g_autoptr (GBytes) found = NULL;

      ws_ssl_configuration_store_ticket (configuration, credentials, peer,
                                         ticket);
      found = ws_ssl_configuration_find_ticket (configuration, peer);
      g_assert_true (found == ticket);
    }
  g_assert_cmpuint (g_hash_table_size (configuration->tickets), <=, 256);
}

static void
test_session (void)
{
  g_autoptr (GPtrArray) chain
      = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr (WsSslSession) session = NULL;
  g_autoptr (WsSslSession) plain = NULL;
  g_autoptr (WsSslCertificate) second = NULL;
  GListModel *model = NULL;

  g_ptr_array_add (chain, load_der ("server.pem"));
  g_ptr_array_add (chain, load_der ("intermediate.pem"));
  session = ws_ssl_session_new ("TLS1.3", "AES", "http/1.1", TRUE, chain);
  g_assert_cmpstr (ws_ssl_session_get_protocol (session), ==, "TLS1.3");
  g_assert_cmpstr (ws_ssl_session_get_cipher (session), ==, "AES");
  g_assert_cmpstr (ws_ssl_session_get_next_protocol (session), ==, "http/1.1");
  g_assert_true (ws_ssl_session_get_resumed (session));
  g_assert_cmpstr (ws_ssl_certificate_get_subject (
                       ws_ssl_session_get_peer_certificate (session)),
                   ==, "CN=server");
  model = ws_ssl_session_get_peer_certificate_chain (session);
  g_assert_cmpuint (g_list_model_get_n_items (model), ==, 2);
  second = g_list_model_get_item (model, 1);
  g_assert_cmpstr (ws_ssl_certificate_get_subject (second), ==,
                   "CN=intermediate");
  g_assert_finalize_object (g_steal_pointer (&session));

  plain = ws_ssl_session_new ("TLS1.2", "AES", NULL, FALSE, NULL);
  g_assert_null (ws_ssl_session_get_next_protocol (plain));
  g_assert_null (ws_ssl_session_get_peer_certificate (plain));
  g_assert_cmpuint (g_list_model_get_n_items (
                        ws_ssl_session_get_peer_certificate_chain (plain)),
                    ==, 0);
}

static void
test_problem (void)
{
  g_autoptr (GBytes) der = load_der ("server.pem");
  const WsTlsProblem problem = { .code = WS_TLS_PROBLEM_HOST_NAME_MISMATCH,
                                 .depth = 0,
                                 .certificate = der,
                                 .text = (char *) "not for you" };
  const WsTlsProblem nothing = { .code = WS_TLS_PROBLEM_NO_PEER_CERTIFICATE,
                                 .depth = -1,
                                 .text = (char *) "nothing shown" };
  g_autoptr (GPtrArray) problems = g_ptr_array_new ();
  g_autoptr (GPtrArray) errors = NULL;
  WsSslError *error, *none;

  g_ptr_array_add (problems, (gpointer) &problem);
  g_ptr_array_add (problems, (gpointer) &nothing);
  errors = ws_ssl_error_list_problems (problems);
  g_assert_cmpuint (errors->len, ==, 2);
  error = g_ptr_array_index (errors, 0);
  none = g_ptr_array_index (errors, 1);

  g_assert_cmpint (ws_ssl_error_get_code (error), ==,
                   WS_SSL_ERROR_CODE_HOST_NAME_MISMATCH);
  g_assert_cmpint (ws_ssl_error_get_depth (error), ==, 0);
  g_assert_cmpstr (ws_ssl_error_get_text (error), ==, "not for you");
  g_assert_cmpstr (ws_ssl_certificate_get_subject (
                       ws_ssl_error_get_certificate (error)),
                   ==, "CN=server");
  g_assert_cmpint (ws_ssl_error_get_depth (none), ==, -1);
  g_assert_null (ws_ssl_error_get_certificate (none));

  /* The two lists are one. */
  g_assert_cmpint (WS_SSL_ERROR_CODE_OCSP_STATUS_MISSING, ==,
                   WS_TLS_PROBLEM_OCSP_STATUS_MISSING);
  g_assert_cmpint (WS_SSL_ERROR_CODE_CERTIFICATE_REVOKED, ==,
                   WS_TLS_PROBLEM_CERTIFICATE_REVOKED);
}

int
main (int argc, char **argv)
{
  ws_test_init (&argc, &argv);

  g_test_add_func ("/api/ssl-private/cache", test_cache);
  g_test_add_func ("/api/ssl-private/settings", test_settings);
  g_test_add_func ("/api/ssl-private/authority-change", test_authority_change);
  g_test_add_func ("/api/ssl-private/tickets", test_tickets);
  g_test_add_func ("/api/ssl-private/many-tickets", test_many_tickets);
  g_test_add_func ("/api/ssl-private/session", test_session);
  g_test_add_func ("/api/ssl-private/problem", test_problem);
  return g_test_run ();
}
