/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api-test.h"

/* WsSocket:statistics */

static WsStatistics *
get (WsSocket *socket)
{
  WsStatistics *statistics = ws_socket_get_statistics (socket);

  g_assert_cmpfloat (statistics->compression_ratio_sent, ==, 1);
  g_assert_cmpfloat (statistics->compression_ratio_received, ==, 1);
  return statistics;
}

static void
test_unopened (void)
{
  g_autoptr (WsSocket) socket = ws_socket_new ();
  g_autoptr (WsStatistics) statistics = get (socket);
  g_autoptr (WsStatistics) copy = ws_statistics_copy (statistics);

  g_assert_cmpint (copy->since, ==, 0);
  g_assert_cmpint (copy->since_real, ==, 0);
  g_assert_cmpuint (copy->frames_sent, ==, 0);
  g_assert_cmpuint (copy->messages_dropped, ==, 0);
}

/* Nothing but the handshake has been: that is no traffic. */
static void
test_fresh (Half *half, gconstpointer data)
{
  g_autoptr (WsStatistics) statistics = get (half->socket);
  gint64 ago = g_get_monotonic_time () - statistics->since;
  gint64 real = g_get_real_time () - statistics->since_real;

  g_assert_cmpint (ago, >=, 0);
  g_assert_cmpint (ago, <, WS_TEST_DEADLINE * G_USEC_PER_SEC);
  g_assert_cmpint (ABS (real - ago), <, WS_TEST_DEADLINE * G_USEC_PER_SEC);
  g_assert_cmpuint (statistics->wire_bytes_sent, ==, 0);
  g_assert_cmpuint (statistics->wire_bytes_received, ==, 0);
  g_assert_cmpuint (statistics->frames_sent, ==, 0);
  g_assert_cmpuint (statistics->frames_received, ==, 0);
}

static void
test_received (Half *half, gconstpointer data)
{
  gsize mask = half->server != NULL ? 4 : 0;
  guint n_messages = 0;
  g_autoptr (WsStatistics) statistics = NULL;

  api_count (half->socket, "message-received", &n_messages);
  raw_peer_send_frame (half->peer, 0x81, "Hello", 5);
  raw_peer_send_frame (half->peer, 0x02, "ab", 2);
  raw_peer_send_frame (half->peer, 0x89, "ping", 4);
  raw_peer_send_frame (half->peer, 0x80, "cde", 3);
  raw_peer_send_frame (half->peer, 0x8a, "", 0);
  raw_peer_send_frame (half->peer, 0x82, "", 0);
  ws_test_until (NULL, n_messages == 3);
  statistics = get (half->socket);
  g_assert_cmpuint (statistics->messages_received, ==, 3);
  g_assert_cmpuint (statistics->payload_bytes_received, ==, 10);
  g_assert_cmpuint (statistics->frames_received, ==, 6);
  g_assert_cmpuint (statistics->wire_bytes_received, ==, 14 + 6 * (2 + mask));
  g_assert_cmpuint (statistics->pings_received, ==, 1);
  g_assert_cmpuint (statistics->pongs_received, ==, 1);
  g_assert_cmpuint (statistics->messages_sent, ==, 0);
  g_assert_cmpuint (statistics->frames_sent, ==, 1); /* the pong */
}

static void
test_sent (Half *half, gconstpointer data)
{
  gsize mask = half->server == NULL ? 4 : 0;
  g_autoptr (WsStatistics) queued = NULL;
  g_autoptr (WsStatistics) written = NULL;

  ws_socket_set_outgoing_frame_size (half->socket, 3);
  api_socket_send (half->socket, "Hello");
  api_socket_send (half->socket, "");
  g_assert_true (ws_socket_ping (half->socket, NULL, NULL));
  queued = get (half->socket);
  g_assert_cmpuint (queued->messages_sent, ==, 2);
  g_assert_cmpuint (queued->payload_bytes_sent, ==, 5);
  g_assert_cmpuint (queued->frames_sent, ==, 4);
  g_assert_cmpuint (queued->pings_sent, ==, 1);
  g_assert_cmpuint (queued->wire_bytes_sent, ==, 0);
  g_assert_true (ws_socket_flush (half->socket));
  written = get (half->socket);
  g_assert_cmpuint (written->wire_bytes_sent, ==, 5 + 4 * (2 + mask));
  g_assert_cmpuint (written->messages_sent, ==, 2);
}

/* The count stays after the end, and begins anew with a connection. */
static void
test_life (Pair *pair, gconstpointer data)
{
  g_autoptr (WsStatistics) first = NULL;
  g_autoptr (WsStatistics) ended = NULL;
  g_autoptr (WsStatistics) second = NULL;
  g_autoptr (WsSocket) accepted = NULL;
  guint n_messages = 0, n_notified = 0;

  api_count (pair->client, "message-received", &n_messages);
  api_count (pair->client, "notify::statistics", &n_notified);
  api_socket_send (pair->accepted, "Hello");
  ws_test_until (NULL, n_messages == 1);
  g_assert_cmpuint (n_notified, ==, 0);
  g_object_get (pair->client, "statistics", &first, NULL);
  g_assert_cmpuint (first->messages_received, ==, 1);
  g_assert_true (ws_socket_close (pair->client, 1000, NULL, NULL));
  api_wait_state (pair->client, WS_STATE_UNCONNECTED);
  g_assert_cmpuint (n_notified, ==, 1);
  ended = get (pair->client);
  g_assert_cmpuint (ended->messages_received, ==, 1);
  g_assert_cmpuint (ended->frames_received, ==, 2); /* with the close frame */
  g_assert_cmpint (ended->since, ==, first->since);
  api_socket_open (pair->client, NULL);
  accepted = api_server_take (pair->server);
  g_assert_cmpuint (n_notified, ==, 2);
  second = get (pair->client);
  g_assert_cmpuint (second->messages_received, ==, 0);
  g_assert_cmpint (second->since, >=, first->since);
  ws_socket_abort (pair->client);
}

int
main (int argc, char **argv)
{
  api_test_init (&argc, &argv);
  g_test_add_func ("/api/statistics/unopened", test_unopened);
  half_add ("/api/statistics/fresh", NULL, test_fresh);
  half_add ("/api/statistics/received", NULL, test_received);
  half_add ("/api/statistics/sent", NULL, test_sent);
  pair_add ("/api/statistics/life", NULL, test_life);
  return g_test_run ();
}
