/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ssl-test.h"

#include <string.h>

#include <glib/gstdio.h>

/* What sockets that share a configuration share: sessions to resume, and what
 * was loaded from files. */

static WsSslConfiguration *
of_client (SslPair *pair)
{
  return ws_socket_get_ssl_configuration (pair->client);
}

static gboolean
is_resumed (SslPair *pair)
{
  WsSslSession *here = ws_socket_get_ssl_session (pair->client);
  WsSslSession *there = ws_socket_get_ssl_session (pair->accepted);

  g_assert_cmpint (ws_ssl_session_get_resumed (here), ==,
                   ws_ssl_session_get_resumed (there));
  return ws_ssl_session_get_resumed (here);
}

/* Opens, says a word and closes. */
static gboolean
visit (SslPair *pair)
{
  gboolean resumed;

  ssl_pair_open (pair, NULL);
  ssl_pair_check (pair);
  resumed = is_resumed (pair);
  ssl_pair_close (pair);
  return resumed;
}

static void
use_protocol (SslPair *pair, gconstpointer data)
{
  ws_ssl_configuration_set_maximum_protocol (of_client (pair),
                                             GPOINTER_TO_INT (data));
}

static void
set_up (SslPair *pair, gconstpointer data)
{
  ssl_pair_set_up (pair, NULL);
  use_protocol (pair, data);
}

static void
set_up_bad (SslPair *pair, gconstpointer data)
{
  ssl_pair_set_up (pair, "self-signed");
  use_protocol (pair, data);
}

static void
test_resumed (SslPair *pair, gconstpointer data)
{
  g_autoptr (WsSslCertificate) expected = ssl_load ("server.pem");
  g_autoptr (WsSslConfiguration) shared = g_object_ref (of_client (pair));

  g_assert_false (visit (pair));
  g_assert_true (visit (pair));
  g_assert_true (visit (pair));
  g_assert_true (
      ws_ssl_certificate_equal (ws_ssl_session_get_peer_certificate (
                                    ws_socket_get_ssl_session (pair->client)),
                                expected));

  /* Another socket with the same configuration, and one with another. */
  ssl_log_free (pair->log);
  g_assert_finalize_object (pair->client);
  pair->client = ws_socket_new ();
  pair->log = ssl_log_new (pair->client);
  ws_socket_set_ssl_configuration (pair->client, shared);
  g_assert_true (visit (pair));
  {
    g_autoptr (WsSslConfiguration) other = ssl_trust_new ();

    ws_socket_set_ssl_configuration (pair->client, other);
    g_assert_false (visit (pair));
  }
}

static void
test_switched_off (SslPair *pair, gconstpointer data)
{
  ws_ssl_configuration_set_session_resumption (of_client (pair), FALSE);
  g_assert_false (visit (pair));
  g_assert_false (visit (pair));
}

/* Whoever resumes would not be asked again. */
static void
test_not_after_errors (SslPair *pair, gconstpointer data)
{
  ws_socket_ignore_ssl_errors_always (pair->client);
  for (guint i = 0; i < 3; i++)
    {
      g_assert_false (visit (pair));
      g_assert_cmpuint (ssl_log_count (pair->log, "ssl-errors"), ==, i + 1);
    }
  g_assert_null (ws_ssl_configuration_get_session_ticket (of_client (pair)));
}

/* A ticket that a stricter configuration is given does not get around it. */
static void
test_judged_again (SslPair *pair, gconstpointer data)
{
  g_autoptr (WsSslConfiguration) strict = ws_ssl_configuration_new ();
  g_autoptr (GBytes) ticket = NULL;

  g_assert_false (visit (pair));
  ticket = ws_ssl_configuration_get_session_ticket (of_client (pair));
  g_assert_nonnull (ticket);
  g_object_set (strict, "system-trust", FALSE, "maximum-protocol",
                GPOINTER_TO_INT (data), NULL);
  ws_ssl_configuration_set_session_ticket (strict, ticket);
  ws_socket_set_ssl_configuration (pair->client, strict);
  g_string_truncate (pair->log->words, 0);
  g_assert_false (ssl_pair_try (pair, NULL));
  g_assert_cmpuint (ssl_log_count (pair->log, "ssl-errors"), ==, 1);
}

static void
test_ticket (SslPair *pair, gconstpointer data)
{
  g_autoptr (WsSslConfiguration) other = ssl_trust_new ();
  g_autoptr (GBytes) ticket = NULL;

  g_assert_false (visit (pair));
  ticket = ws_ssl_configuration_get_session_ticket (of_client (pair));
  g_assert_nonnull (ticket);
  g_assert_cmpuint (g_bytes_get_size (ticket), >, 0);
  ws_ssl_configuration_set_maximum_protocol (other, GPOINTER_TO_INT (data));
  ws_ssl_configuration_set_session_ticket (other, ticket);
  ws_socket_set_ssl_configuration (pair->client, other);
  g_assert_true (visit (pair));
}

/* Another server, as in another process: with a configuration of its own. */
static void
replace_server (SslPair *pair, GBytes *ticket_key)
{
  WsSslConfiguration *configuration = ssl_configuration_new ("server-chain");

  ws_ssl_configuration_set_session_ticket_key (configuration, ticket_key);
  g_assert_finalize_object (g_steal_pointer (&pair->server));
  ssl_log_free (pair->server_log);
  pair->server = ssl_server_new (configuration);
  pair->server_log = ssl_log_new (pair->server);
}

/* Servers that share a key resume each other's sessions, no others. */
static void
test_shared_key (SslPair *pair, gconstpointer data)
{
  guint8 one[64] = { 1, 2, 3 }, two[64] = { 1, 2, 4 };
  g_autoptr (GBytes) shared = g_bytes_new (one, sizeof one);
  g_autoptr (GBytes) other = g_bytes_new (two, sizeof two);
  g_autoptr (GBytes) ticket = NULL;
  GBytes *const keys[] = { shared, other, NULL };

  replace_server (pair, shared);
  g_assert_false (visit (pair));
  ticket = ws_ssl_configuration_get_session_ticket (of_client (pair));
  g_assert_nonnull (ticket);
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      replace_server (pair, keys[i]);
      ws_ssl_configuration_set_session_ticket (of_client (pair), ticket);
      g_assert_cmpint (visit (pair), ==, keys[i] == shared);
    }
}

/* The number of bytes is told before anybody connects. */
static void
test_short_key (SslPair *pair, gconstpointer data)
{
  g_autoptr (WsSslConfiguration) configuration
      = ssl_configuration_new ("server-chain");
  g_autoptr (GBytes) key = g_bytes_new_static ("short", 5);
  g_autoptr (GError) error = NULL;

  ws_ssl_configuration_set_session_ticket_key (configuration, key);
  g_assert_true (g_bytes_equal (
      ws_ssl_configuration_get_session_ticket_key (configuration), key));
  g_assert_false (ws_ssl_configuration_load (configuration, TRUE, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
  g_assert_nonnull (strstr (error->message, "5 bytes instead of 64"));
  /* A client has no use for it. */
  g_assert_true (ws_ssl_configuration_load (configuration, FALSE, NULL));
}

/* What is no ticket costs a full handshake, and nothing else. */
static void
test_bad_ticket (SslPair *pair, gconstpointer data)
{
  g_autoptr (GBytes) ticket = g_bytes_new_static ("no ticket", 9);

  ws_ssl_configuration_set_session_ticket (of_client (pair), ticket);
  g_assert_false (visit (pair));
}

/* --- Many sockets --- */

#define MANY 50

static gboolean
are_connected (WsSocket **clients)
{
  for (guint i = 0; i < MANY; i++)
    if (!ws_socket_is_valid (clients[i]))
      return FALSE;
  return TRUE;
}

/* The files are gone after the first: nobody misses them. */
static void
test_loaded_once (SslPair *pair, gconstpointer data)
{
  g_autofree char *folder = g_dir_make_tmp ("ws-XXXXXX", NULL);
  g_autofree char *copy = g_build_filename (folder, "root.pem", NULL);
  g_autofree char *root = ssl_path ("root.pem");
  g_autofree char *contents = NULL;
  g_autoptr (WsSslConfiguration) shared = ssl_trust_new ();
  g_autoptr (GError) failure = NULL;
  WsSocket *clients[MANY];

  g_assert_true (g_file_get_contents (root, &contents, NULL, NULL));
  g_assert_true (g_file_set_contents (copy, contents, -1, NULL));
  ws_ssl_configuration_set_ca_certificates_file (shared, copy);
  ws_server_set_max_pending_connections (pair->server, MANY);
  for (guint i = 0; i < MANY; i++)
    {
      g_autoptr (GError) error = NULL;

      clients[i] = ws_socket_new ();
      ws_socket_set_ssl_configuration (clients[i], shared);
      ws_socket_open (clients[i], ws_server_get_url (pair->server), &error);
      g_assert_no_error (error);
      if (i == 0)
        g_assert_no_errno (g_unlink (copy));
    }
  ws_test_until (NULL, are_connected (clients));
  for (guint i = 0; i < MANY; i++)
    {
      ws_socket_abort (clients[i]);
      g_assert_finalize_object (clients[i]);
    }

  /* Loading them anew fails and changes nothing; another setting demands it. */
  g_assert_false (ws_ssl_configuration_reload (shared, &failure));
  g_assert_error (failure, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_true (ws_ssl_configuration_load (shared, FALSE, NULL));
  ws_socket_set_ssl_configuration (pair->client, shared);
  ws_ssl_configuration_set_peer_verify_depth (shared, 5);
  g_assert_false (
      ws_socket_open (pair->client, ws_server_get_url (pair->server), NULL));
  g_rmdir (folder);
}

static void
add_cases (const char *name,
           void (*begin) (SslPair *pair, gconstpointer data),
           void (*test) (SslPair *pair, gconstpointer data))
{
  static const char *const names[] = { "any", "TLS1.2", "TLS1.3" };

  for (int i = WS_SSL_PROTOCOL_TLS_1_2; i <= WS_SSL_PROTOCOL_TLS_1_3; i++)
    {
      g_autofree char *path
          = g_strdup_printf ("/api/ssl-sessions/%s/%s", name, names[i]);

      g_test_add (path, SslPair, GINT_TO_POINTER (i), begin, test,
                  ssl_pair_tear_down);
    }
}

int
main (int argc, char **argv)
{
  api_test_init (&argc, &argv);
  add_cases ("resumed", set_up, test_resumed);
  add_cases ("switched-off", set_up, test_switched_off);
  add_cases ("not-after-errors", set_up_bad, test_not_after_errors);
  add_cases ("judged-again", set_up, test_judged_again);
  add_cases ("ticket", set_up, test_ticket);
  add_cases ("bad-ticket", set_up, test_bad_ticket);
  add_cases ("shared-key", set_up, test_shared_key);
  ssl_pair_add ("/api/ssl-sessions/short-key", NULL, test_short_key);
  ssl_pair_add ("/api/ssl-sessions/loaded-once", NULL, test_loaded_once);
  return g_test_run ();
}
