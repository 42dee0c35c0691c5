/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ssl-test.h"

#include <unistd.h>

/* A policy and wss: what may pass, and what has to be put right first. */

static void
set_policy (SslPair *pair)
{
  g_autoptr (WsReconnectPolicy) policy
      = g_object_new (WS_TYPE_RECONNECT_POLICY, "minimum", 1u, "maximum", 1u,
                      "jitter", 0.0, NULL);

  ws_socket_set_reconnect (pair->client, policy);
}

static void
test_lost (SslPair *pair, gconstpointer data)
{
  set_policy (pair);
  ssl_pair_open (pair, NULL);
  for (guint i = 0; i < 3; i++)
    {
      ws_socket_abort (pair->accepted);
      g_clear_object (&pair->accepted);
      ws_test_until (NULL, !ws_socket_is_valid (pair->client));
      pair->accepted = api_server_take (pair->server);
      api_wait_state (pair->client, WS_STATE_CONNECTED);
      ssl_pair_check (pair);
    }
}

/* Somebody on the wire puts a record of his own in: our end finds that it is
 * wrong, or the server does and says so. The connection is lost, no handshake
 * has failed. */
static void
test_damaged (SslPair *pair, gboolean is_up)
{
  static const guint8 forged[32] = { 0x17, 3, 3, 0, 27 };
  g_autoptr (SslTap) tap
      = ssl_tap_new (ws_server_get_server_port (pair->server));
  g_autofree char *url = ssl_tap_make_url (tap);
  g_autoptr (SignalLog) log = signal_log_new (pair->client);

  set_policy (pair);
  ssl_pair_open (pair, url);
  g_assert_cmpint (write (is_up ? tap->server.fd : tap->client.fd, forged,
                          sizeof forged),
                   ==, sizeof forged);
  api_wait_state (pair->accepted, WS_STATE_UNCONNECTED);
  g_clear_object (&pair->accepted);
  pair->accepted = api_server_take (pair->server);
  api_wait_state (pair->client, WS_STATE_CONNECTED);
  g_assert_cmpuint (signal_log_count (log, "error:ssl-internal"), ==, 1);
  ssl_pair_check (pair);
  ssl_pair_close (pair);
}

static void
test_damaged_down (SslPair *pair, gconstpointer data)
{
  test_damaged (pair, FALSE);
}

static void
test_damaged_up (SslPair *pair, gconstpointer data)
{
  test_damaged (pair, TRUE);
}

static void
say_something (WsSocket *socket)
{
  g_assert_cmpint (ws_socket_send_text_message (socket, "?", NULL), ==, -1);
}

/* A certificate that is not trusted will not be the next time, whatever else
 * fails meanwhile. */
static void
test_untrusted (SslPair *pair, gconstpointer data)
{
  g_autoptr (SignalLog) log = signal_log_new (pair->client);

  set_policy (pair);
  g_signal_connect (pair->client, "disconnected", G_CALLBACK (say_something),
                    NULL);
  g_assert_false (ssl_pair_try (pair, NULL));
  ws_test_until (NULL, !ws_socket_get_active (pair->client));
  g_assert_cmpuint (signal_log_count (log, "error:ssl-handshake-failed"), ==,
                    1);
  g_assert_cmpuint (signal_log_count (log, "reconnecting:1"), ==, 0);
  g_assert_error (ws_socket_get_error (pair->client), WS_SOCKET_ERROR,
                  WS_SOCKET_ERROR_SSL_HANDSHAKE_FAILED);
}

/* --- What passes --- */

static void
use_certificate (SslPair *pair, const char *name)
{
  g_autoptr (WsSslConfiguration) configuration = ssl_configuration_new (name);

  ws_server_set_ssl_configuration (pair->server, configuration);
}

/* Waits for the @n th attempt after one that has failed at TLS. */
static void
expect_retry (SignalLog *log, guint n)
{
  g_autofree char *word = g_strdup_printf ("reconnecting:%u", n);

  ws_test_until (NULL, signal_log_count (log, word) > 0);
  g_assert_cmpuint (signal_log_count (log, "error:ssl-handshake-failed"), >, 0);
}

/* Where it was well before somebody is in the way, or at work, just now. */
static void
test_untrusted_later (SslPair *pair, gconstpointer data)
{
  g_autoptr (SignalLog) log = NULL;

  set_policy (pair);
  ssl_pair_open (pair, NULL);
  log = signal_log_new (pair->client);
  use_certificate (pair, "three");
  ws_socket_abort (pair->accepted);
  g_clear_object (&pair->accepted);
  expect_retry (log, 3);
  use_certificate (pair, "server-chain");
  pair->accepted = api_server_take (pair->server);
  api_wait_state (pair->client, WS_STATE_CONNECTED);
  ssl_pair_check (pair);
}

/* But that says nothing about another URL. */
static void
test_untrusted_elsewhere (SslPair *pair, gconstpointer data)
{
  g_autofree char *url
      = g_strdup_printf ("wss://localhost:%u/elsewhere",
                         ws_server_get_server_port (pair->server));
  g_autoptr (SignalLog) log = NULL;

  set_policy (pair);
  ssl_pair_open (pair, NULL);
  ssl_pair_close (pair);
  log = signal_log_new (pair->client);
  use_certificate (pair, "three");
  g_assert_true (ws_socket_open (pair->client, url, NULL));
  ws_test_until (NULL, !ws_socket_get_active (pair->client));
  g_assert_cmpuint (signal_log_count (log, "reconnecting:1"), ==, 0);
}

/* A clock that is not set yet. */
static void
test_too_early (SslPair *pair, gconstpointer data)
{
  g_autoptr (SignalLog) log = signal_log_new (pair->client);

  set_policy (pair);
  g_assert_false (ssl_pair_try (pair, NULL));
  expect_retry (log, 2);
}

/* What the server does not like may be put right there. */
static void
test_alert (void)
{
  static const char alert[] = { 0x15, 3, 3, 0, 2, 2, 40 };
  g_autoptr (RawListener) listener = raw_listener_new ();
  WsSocket        *client = ssl_client_new ();
  SslPair          pair = { .client = client };
  g_autofree char *url
      = g_strdup_printf ("wss://127.0.0.1:%u/", listener->port);
  g_autoptr (SignalLog) log = signal_log_new (client);
  RawPeer *peer;

  set_policy (&pair);
  g_assert_true (ws_socket_open (client, url, NULL));
  peer = raw_listener_take (listener);
  ws_test_until (NULL, peer->received->len > 0);
  raw_peer_send_bytes (peer, alert, sizeof alert);
  expect_retry (log, 1);
  raw_peer_free (peer);
  g_assert_finalize_object (client);
}

/* --- What does not --- */

/* A key that cannot be loaded now cannot be loaded later: the attempt
 * does not even begin. */
static void
break_configuration (WsSocket *socket)
{
  WsSslConfiguration *configuration = ws_socket_get_ssl_configuration (socket);

  ws_ssl_configuration_set_ca_certificates_file (configuration,
                                                 "/nonexistent/ca.pem");
}

static void
test_broken_configuration (SslPair *pair, gconstpointer data)
{
  g_autoptr (SignalLog) log = signal_log_new (pair->client);

  set_policy (pair);
  ssl_pair_open (pair, NULL);
  g_signal_connect (pair->client, "reconnecting",
                    G_CALLBACK (break_configuration), NULL);
  ws_socket_abort (pair->accepted);
  ws_test_until (NULL, !ws_socket_get_active (pair->client));
  g_assert_true (
      g_str_has_suffix (log->words->str,
                        "reconnecting:1 error:ssl-invalid-user-data inactive"));
}

static void
open_in_order (WsSocket *socket, GError *error, SslPair *pair)
{
  g_autoptr (WsSslConfiguration) configuration = ssl_trust_new ();

  g_signal_handlers_disconnect_by_func (socket, open_in_order, pair);
  ws_socket_set_ssl_configuration (socket, configuration);
  g_assert_true (ws_socket_open (socket, NULL, NULL));
}

static void
break_once (WsSocket *socket, guint attempt, guint delay, SslPair *pair)
{
  g_signal_handlers_disconnect_by_func (socket, break_once, pair);
  g_signal_connect (socket, "error", G_CALLBACK (open_in_order), pair);
  break_configuration (socket);
}

/* Where a retry is refused, what a handler of the error opens is no retry: it
 * counts from the beginning. */
static void
test_refused_retry (SslPair *pair, gconstpointer data)
{
  g_autoptr (SignalLog) log = NULL;

  set_policy (pair);
  ssl_pair_open (pair, NULL);
  log = signal_log_new (pair->client);
  g_signal_connect (pair->client, "reconnecting", G_CALLBACK (break_once),
                    pair);
  ws_server_close (pair->server);
  ws_socket_abort (pair->accepted);
  g_clear_object (&pair->accepted);
  ws_test_until (NULL, signal_log_count (log, "reconnecting:2") > 0);
  g_assert_cmpuint (signal_log_count (log, "reconnecting:1"), ==, 2);
}

/* The peer is gone in the middle of the TLS handshake. */
static void
test_cut_handshake (void)
{
  g_autoptr (RawListener) listener = raw_listener_new ();
  WsSocket        *client = ssl_client_new ();
  SslPair          pair = { .client = client };
  g_autofree char *url
      = g_strdup_printf ("wss://127.0.0.1:%u/", listener->port);
  g_autoptr (SignalLog) log = signal_log_new (client);

  set_policy (&pair);
  g_assert_true (ws_socket_open (client, url, NULL));
  for (guint i = 0; i < 3; i++)
    {
      RawPeer *peer = raw_listener_take (listener);

      ws_test_until (NULL, peer->received->len > 0);
      raw_peer_free (peer);
    }
  ws_test_until (NULL, signal_log_count (log, "reconnecting:3") > 0);
  g_assert_finalize_object (client);
}

int
main (int argc, char **argv)
{
  g_setenv ("GIO_USE_NETWORK_MONITOR", "base", TRUE);
  api_test_init (&argc, &argv);
  ssl_pair_add ("/api/reconnect/ssl/lost", NULL, test_lost);
  ssl_pair_add ("/api/reconnect/ssl/damaged-down", NULL, test_damaged_down);
  ssl_pair_add ("/api/reconnect/ssl/damaged-up", NULL, test_damaged_up);
  ssl_pair_add ("/api/reconnect/ssl/untrusted", "three", test_untrusted);
  ssl_pair_add ("/api/reconnect/ssl/untrusted-later", NULL,
                test_untrusted_later);
  ssl_pair_add ("/api/reconnect/ssl/untrusted-elsewhere", NULL,
                test_untrusted_elsewhere);
  ssl_pair_add ("/api/reconnect/ssl/too-early", "not-yet-valid",
                test_too_early);
  g_test_add_func ("/api/reconnect/ssl/alert", test_alert);
  ssl_pair_add ("/api/reconnect/ssl/broken-configuration", NULL,
                test_broken_configuration);
  ssl_pair_add ("/api/reconnect/ssl/refused-retry", NULL, test_refused_retry);
  g_test_add_func ("/api/reconnect/ssl/cut-handshake", test_cut_handshake);
  return g_test_run ();
}
