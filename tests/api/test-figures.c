/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api-test.h"

#include <string.h>

#include "support/http-ask.h"

/* What a server has carried, whom it has refused, and what it tells those who
 * watch it. */

/* --- Figures --- */

static void
test_traffic (Pair *pair, gconstpointer data)
{
  g_autoptr (WsServerStatistics) now = NULL;
  g_autoptr (WsServerStatistics) after = NULL;
  guint n_messages = 0;

  api_count (pair->accepted, "text-message-received", &n_messages);
  api_socket_send (pair->client, "hello");
  ws_test_until (NULL, n_messages == 1);
  api_socket_send (pair->accepted, "you");
  now = ws_server_get_statistics (pair->server);
  g_assert_cmpuint (now->connections, ==, 1);
  g_assert_cmpuint (now->connections_total, ==, 1);
  g_assert_cmpuint (now->messages_received, ==, 1);
  g_assert_cmpuint (now->messages_sent, ==, 1);
  g_assert_cmpuint (now->payload_bytes_received, ==, 5);
  g_assert_cmpuint (now->payload_bytes_sent, ==, 3);
  g_assert_cmpuint (now->wire_bytes_received, ==, 2 + 4 + 5);
  g_assert_cmpuint (now->bytes_to_write, ==, 2 + 3);
  g_assert_cmpint (now->since, >, 0);
  g_assert_cmpint (now->since_real, >, now->since);

  /* What is gone still counts, and what waited has been written. */
  ws_socket_close (pair->client, 1000, NULL, NULL);
  api_wait_state (pair->accepted, WS_STATE_UNCONNECTED);
  after = ws_server_get_statistics (pair->server);
  g_assert_cmpuint (after->connections, ==, 0);
  g_assert_cmpuint (after->connections_total, ==, 1);
  g_assert_cmpuint (after->messages_received, ==, 1);
  g_assert_cmpuint (after->messages_sent, ==, 1);
  g_assert_cmpuint (after->wire_bytes_sent, ==, 2 + 3 + 2 + 2);
  g_assert_cmpuint (after->bytes_to_write, ==, 0);
  g_assert_cmpint (after->since, ==, now->since);
}

/* A socket that its handler opens anew, as a client, takes nothing along. */
static void
test_reopened (Pair *pair, gconstpointer data)
{
  g_autoptr (WsServerStatistics) figures = NULL;
  g_autoptr (WsServer) other = api_server_new ();
  guint n_messages = 0;

  api_count (pair->accepted, "text-message-received", &n_messages);
  api_socket_send (pair->client, "hello");
  ws_test_until (NULL, n_messages == 1);
  api_socket_open (pair->accepted, ws_server_get_url (other));
  figures = ws_server_get_statistics (pair->server);
  g_assert_cmpuint (figures->connections, ==, 0);
  g_assert_cmpuint (figures->messages_received, ==, 1);
}

/* A connection that nobody takes is one, too. */
static void
test_pending (void)
{
  g_autoptr (WsServer) server = api_server_new ();
  g_autoptr (WsSocket) client = ws_socket_new ();
  g_autoptr (WsServerStatistics) figures = NULL;
  g_autoptr (WsServerStatistics) copy = NULL;

  api_socket_open (client, ws_server_get_url (server));
  g_object_get (server, "statistics", &figures, NULL);
  copy = ws_server_statistics_copy (figures);
  g_assert_cmpuint (copy->connections, ==, 1);
  g_assert_cmpuint (copy->handshakes, ==, 0);
}

#define REQUEST                                                              \
  "GET /%s HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade" \
  "\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: "                     \
  "dGhlIHNhbXBsZSBub25jZQ==\r\n%s\r\n"

static void
on_handshake (WsServer   *server,
              WsRequest  *request,
              WsResponse *response,
              gpointer    data)
{
  if (g_str_equal (ws_request_get_path (request), "/handler"))
    ws_response_refuse (response, 404, NULL);
  else if (g_str_equal (ws_request_get_path (request), "/subprotocol"))
    ws_response_set_subprotocol (response, "none that was offered");
}

static void
visit (WsServer *server, const char *path, const char *fields)
{
  g_autoptr (RawPeer) peer = raw_peer_connect (ws_server_get_port (server));
  g_autofree char *request = g_strdup_printf (REQUEST, path, fields);

  raw_peer_send (peer, request);
  raw_peer_wait_head (peer);
}

/* Each reason has a figure of its own, and each peer counts once. */
static void
test_refused (void)
{
  const char *const origins[] = { "https://a.example", NULL };
  g_autoptr (WsServer) server = api_server_new ();
  g_autoptr (WsSocket) client = ws_socket_new ();
  g_autoptr (WsServerStatistics) figures = NULL;
  guint n_failed = 0;

  g_signal_connect (server, "handshake-requested", G_CALLBACK (on_handshake),
                    NULL);
  api_count (server, "peer-failed", &n_failed);
  ws_server_set_allowed_origins (server, origins);
  visit (server, "", "Origin: https://b.example\r\n");
  visit (server, "handler", "");
  visit (server, "subprotocol", "");
  visit (server, "", "Broken : x\r\n");
  api_socket_open (client, ws_server_get_url (server));
  ws_server_set_max_connections (server, 1);
  visit (server, "", "");
  {
    g_autoptr (RawPeer) peer = raw_peer_connect (ws_server_get_port (server));

    raw_peer_send (peer, "GET ");
  }
  ws_test_until (NULL, n_failed == 6);
  figures = ws_server_get_statistics (server);
  g_assert_cmpuint (figures->refused_policy, ==, 2);
  g_assert_cmpuint (figures->refused_failed, ==, 1);
  g_assert_cmpuint (figures->refused_request, ==, 1);
  g_assert_cmpuint (figures->refused_limits, ==, 1);
  g_assert_cmpuint (figures->lost, ==, 1);
  g_assert_cmpuint (figures->failed_tls, ==, 0);
  g_assert_cmpuint (figures->connections_total, ==, 1);
}

static void
test_slow (Half *half, gconstpointer data)
{
  g_autoptr (WsServerStatistics) figures = NULL;
  g_autofree char *text = g_strnfill (4 << 20, 'x');
  g_autoptr (WsMessage) message = ws_message_new_text (text);

  raw_peer_set_reading (half->peer, FALSE);
  ws_socket_set_max_bytes_to_write (half->socket, 5 << 20);
  ws_socket_set_close_timeout (half->socket, 1);
  while (ws_server_broadcast (half->server, message, NULL) == 1)
    continue;
  api_wait_state (half->socket, WS_STATE_UNCONNECTED);
  figures = ws_server_get_statistics (half->server);
  g_assert_cmpuint (figures->slow_clients, ==, 1);
  g_assert_cmpuint (figures->messages_dropped, ==, 1);
}

/* --- The text --- */

/* Reads it as strictly as its description is: each metric is described, then
 * its samples come together, a counter's name says so, and no sample comes
 * twice. Values by name and labels. */
static GHashTable *
parse_metrics (const char *text)
{
  g_autoptr (GRegex) head
      = g_regex_new ("^# HELP ([a-z_]+) [A-Z][^\\\\\n]*\\.$", 0, 0, NULL);
  g_autoptr (GRegex) sample = g_regex_new (
      "^([a-z_]+)(\\{([a-z]+=\"(\\\\[\\\\\"n]|[^\\\\\"])*\",?)+\\})? "
      "([0-9]+(\\.[0-9]+)?)$",
      0, 0, NULL);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_autofree char *name = NULL;
  GHashTable      *values
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  g_assert_true (g_str_has_suffix (text, "\n"));
  for (guint i = 0; lines[i + 1] != NULL; i++)
    {
      g_autoptr (GMatchInfo) match = NULL;

      g_test_message ("%s", lines[i]);
      if (g_regex_match (head, lines[i], 0, &match))
        {
          g_autofree char *gauge = NULL;
          g_autofree char *counter = NULL;

          g_free (name);
          name = g_match_info_fetch (match, 1);
          gauge = g_strdup_printf ("# TYPE %s gauge", name);
          counter = g_strdup_printf ("# TYPE %s counter", name);
          i++;
          g_assert_cmpstr (lines[i], ==,
                           g_str_has_suffix (name, "_total") ? counter : gauge);
          continue;
        }
      g_clear_pointer (&match, g_match_info_unref);
      g_assert_true (g_regex_match (sample, lines[i], 0, &match));
      {
        g_autofree char *sample_name = g_match_info_fetch (match, 1);
        char            *blank = strrchr (lines[i], ' ');

        g_assert_cmpstr (sample_name, ==, name);
        *blank = '\0';
        g_assert_true (g_hash_table_insert (values, g_strdup (lines[i]),
                                            g_strdup (blank + 1)));
      }
    }
  return values;
}

#define expect_metric(values, name, value) \
  g_assert_cmpstr (g_hash_table_lookup (values, name), ==, value)

static void
test_metrics (Pair *pair, gconstpointer data)
{
  g_autofree char *text = NULL;
  g_autoptr (GHashTable) values = NULL;

  api_socket_send (pair->accepted, "you");
  text = ws_server_dup_metrics (pair->server);
  values = parse_metrics (text);
  expect_metric (values, "ws_connections", "1");
  expect_metric (values, "ws_connections_total", "1");
  expect_metric (values, "ws_messages_total{direction=\"sent\"}", "1");
  expect_metric (values, "ws_messages_total{direction=\"received\"}", "0");
  expect_metric (values, "ws_waiting_bytes", "5");
  expect_metric (values, "ws_failed_total{reason=\"limits\"}", "0");
  expect_metric (values, "ws_draining", "0");
}

/* The name of the server is a label, whatever is in it. */
static void
test_labels (void)
{
  g_autoptr (WsServer) server
      = ws_server_new ("a \"b\"\\\nc", WS_SSL_MODE_NON_SECURE);
  g_autofree char *text = ws_server_dup_metrics (server);
  g_autoptr (GHashTable) values = parse_metrics (text);

  expect_metric (values, "ws_connections{server=\"a \\\"b\\\"\\\\\\nc\"}", "0");
  expect_metric (values,
                 "ws_failed_total{server=\"a \\\"b\\\"\\\\\\nc\","
                 "reason=\"tls\"}",
                 "0");
}

static void
test_broker (void)
{
  g_autoptr (WsServer) server = api_server_new ();
  g_autoptr (WsBroker) broker = ws_memory_broker_new ();
  g_autoptr (WsMessage) message = ws_message_new_text ("hello");
  g_autofree char *text = NULL;
  g_autoptr (GHashTable) values = NULL;

  ws_server_set_broker (server, broker);
  g_assert_cmpint (ws_server_publish (server, "topic", message, NULL), >=, 0);
  text = ws_server_dup_metrics (server);
  values = parse_metrics (text);
  expect_metric (values, "ws_broker_connected", "1");
  expect_metric (values, "ws_broker_published_total", "1");
  g_assert_true (g_hash_table_contains (values, "ws_broker_lag_seconds"));
}

/* --- Answers --- */

static void
on_http (WsServer   *watcher,
         WsRequest  *request,
         WsResponse *response,
         WsServer   *server)
{
  if (!ws_server_answer_health (server, request, response))
    ws_response_refuse (response, 404, NULL);
}

static void
test_answers (void)
{
  g_autoptr (WsServer) server = api_server_new ();
  g_autoptr (WsServer) watcher = api_server_new ();
  g_autoptr (WsServerStatistics) figures = NULL;
  const guint port = ws_server_get_port (watcher);

  g_signal_connect (watcher, "http-request", G_CALLBACK (on_http), server);
  http_ask_expect (port, "GET", "/healthz", "HTTP/1.1 200 ", "\r\n\r\nok\n");
  http_ask_expect (port, "GET", "/healthz?x", "HTTP/1.1 200 ", "ok\n");
  http_ask_expect (port, "HEAD", "/healthz", "HTTP/1.1 200 ", "\r\n\r\n");
  http_ask_expect (port, "POST", "/healthz", "HTTP/1.1 405 ", "");
  http_ask_expect (port, "GET", "/metrics", "HTTP/1.1 200 ",
                   "ws_slow_clients_total 0\n");
  http_ask_expect (port, "DELETE", "/metrics", "HTTP/1.1 405 ", "");
  http_ask_expect (port, "GET", "/metrics/", "HTTP/1.1 404 ", "");
  ws_server_close (server);
  http_ask_expect (port, "GET", "/healthz", "HTTP/1.1 503 ", "draining\n");
  figures = ws_server_get_statistics (watcher);
  g_assert_cmpuint (figures->requests_total, ==, 8);
}

int
main (int argc, char **argv)
{
  api_test_init (&argc, &argv);

  pair_add ("/api/figures/traffic", NULL, test_traffic);
  pair_add ("/api/figures/reopened", NULL, test_reopened);
  g_test_add_func ("/api/figures/pending", test_pending);
  g_test_add_func ("/api/figures/refused", test_refused);
  half_add_server ("/api/figures/slow", NULL, test_slow);
  pair_add ("/api/figures/metrics", NULL, test_metrics);
  g_test_add_func ("/api/figures/labels", test_labels);
  g_test_add_func ("/api/figures/broker", test_broker);
  g_test_add_func ("/api/figures/answers", test_answers);
  return g_test_run ();
}
