/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ssl-test.h"

#include <netinet/in.h>
#include <sys/socket.h>

/* Who was it: each peer of which no connection became is told once, with its
 * address, how far it had come, and why; health checks are not. */

#define HEAD                      \
  "GET / HTTP/1.1\r\nHost: h\r\n" \
  "Upgrade: websocket\r\n"        \
  "Connection: Upgrade\r\n"       \
  "Sec-WebSocket-Version: 13\r\n"
#define KEY            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
#define REQUEST        HEAD KEY "\r\n"
#define FROM_ELSEWHERE HEAD KEY "Origin: https://elsewhere.example\r\n\r\n"

typedef enum
{
  STAYS,
  LEAVES,
  RESETS
} End;

typedef struct
{
  const char   *name;
  const char   *sent;
  End           end;
  WsPeerPhase   phase;
  guint         code;
  WsSocketError error;
  const char   *text;                /* of the message */
  void (*set_up) (WsServer *server); /* (nullable) */
} Row;

typedef struct
{
  WsServer   *server;
  guint       n_failed;
  guint       n_errors;
  guint16     port; /* of the last one */
  WsPeerPhase phase;
  guint       code;
  GError     *error; /* (owned) (nullable) */
  char       *text;  /* (owned) (nullable): of error-string */
} Fixture;

static void
on_peer_failed (WsServer       *server,
                GSocketAddress *address,
                WsPeerPhase     phase,
                GError         *error,
                gpointer        user_data)
{
  Fixture *fixture = user_data;

  g_assert_cmpuint (fixture->n_failed, ==, fixture->n_errors);
  fixture->n_failed++;
  fixture->port
      = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address));
  fixture->phase = phase;
  g_clear_error (&fixture->error);
  fixture->error = g_error_copy (error);
}

static void
on_server_error (WsServer *server, guint code, gpointer user_data)
{
  Fixture *fixture = user_data;

  fixture->n_errors++;
  fixture->code = code;
  g_free (fixture->text);
  fixture->text = g_strdup (ws_server_get_error_string (server));
}

static void
watch (Fixture *fixture)
{
  g_signal_connect (fixture->server, "peer-failed", G_CALLBACK (on_peer_failed),
                    fixture);
  g_signal_connect (fixture->server, "server-error",
                    G_CALLBACK (on_server_error), fixture);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->server = api_server_new ();
  watch (fixture);
}

static void
set_up_secure (Fixture *fixture, gconstpointer data)
{
  fixture->server = ssl_server_new (ssl_configuration_new ("server"));
  watch (fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_assert_finalize_object (fixture->server);
  g_clear_error (&fixture->error);
  g_free (fixture->text);
}

static guint16
get_port (RawPeer *peer)
{
  struct sockaddr_in address;
  socklen_t          len = sizeof address;

  g_assert_no_errno (
      getsockname (peer->fd, (struct sockaddr *) &address, &len));
  return g_ntohs (address.sin_port);
}

/* (transfer full): what has connected, and was accepted. */
static RawPeer *
come (Fixture *fixture, const char *sent)
{
  RawPeer *peer
      = raw_peer_connect (ws_server_get_server_port (fixture->server));

  raw_peer_send (peer, sent);
  return peer;
}

static void
refuse_origins (WsServer *server)
{
  const char *const others[] = { "https://other.example", NULL };

  ws_server_set_allowed_origins (server, others);
}

static void
on_requested (WsServer *server, WsRequest *request, WsResponse *response)
{
  ws_response_set_status (response, 403);
}

static void
refuse_all (WsServer *server)
{
  g_signal_connect (server, "handshake-requested", G_CALLBACK (on_requested),
                    NULL);
}

static void
defer (WsServer *server, WsRequest *request, WsResponse *response)
{
  ws_response_defer (response);
  g_object_set_data_full (G_OBJECT (server), "response",
                          g_object_ref (response), g_object_unref);
}

static void
defer_all (WsServer *server)
{
  g_signal_connect (server, "handshake-requested", G_CALLBACK (defer), NULL);
}

static void
have_no_room (WsServer *server)
{
  ws_server_set_max_pending_connections (server, 0);
}

static void
be_quick (WsServer *server)
{
  ws_server_set_handshake_timeout (server, 20);
}

static void
send_much (WsServer *server, WsRequest *request, WsResponse *response)
{
  const gsize len = 64 * 1024 * 1024;
  g_autoptr (GBytes) body = g_bytes_new_take (g_malloc0 (len), len);

  ws_response_set_status (response, 200);
  ws_response_set_body (response, "text/plain", body);
}

static void
answer_much (WsServer *server)
{
  g_signal_connect (server, "http-request", G_CALLBACK (send_much), NULL);
}

static const Row rows[] = {
  { "malformed", "\3\n\n\n\n mstshash=Administr\r\n\r\n", STAYS,
    WS_PEER_PHASE_REQUEST, 1002, WS_SOCKET_ERROR_HANDSHAKE_REJECTED, "" },
  { "no-key", HEAD "\r\n", STAYS, WS_PEER_PHASE_REQUEST, 1002,
    WS_SOCKET_ERROR_HANDSHAKE_REJECTED, "Sec-WebSocket-Key" },
  { "half-left", "GET / HT", LEAVES, WS_PEER_PHASE_REQUEST, 1006,
    WS_SOCKET_ERROR_REMOTE_HOST_CLOSED, "closed" },
  { "half-late", "GET / HT", STAYS, WS_PEER_PHASE_REQUEST, 1006,
    WS_SOCKET_ERROR_SOCKET_TIMEOUT, "20 ms", be_quick },
  { "silent-late", "", STAYS, WS_PEER_PHASE_REQUEST, 1006,
    WS_SOCKET_ERROR_SOCKET_TIMEOUT, "20 ms", be_quick },
  { "origin", FROM_ELSEWHERE, STAYS, WS_PEER_PHASE_DECISION, 1008,
    WS_SOCKET_ERROR_HANDSHAKE_REJECTED, "origin", refuse_origins },
  { "handler", REQUEST, STAYS, WS_PEER_PHASE_DECISION, 1008,
    WS_SOCKET_ERROR_HANDSHAKE_REJECTED, "403", refuse_all },
  { "waiting-left", REQUEST, LEAVES, WS_PEER_PHASE_DECISION, 1006,
    WS_SOCKET_ERROR_REMOTE_HOST_CLOSED, "before it was answered", defer_all },
  { "no-room", REQUEST, STAYS, WS_PEER_PHASE_DECISION, 1006,
    WS_SOCKET_ERROR_HANDSHAKE_REJECTED, "max-pending-connections",
    have_no_room },
  { "answer-left", "GET / HTTP/1.1\r\nHost: h\r\n\r\n", LEAVES,
    WS_PEER_PHASE_ANSWER, 1006, WS_SOCKET_ERROR_REMOTE_HOST_CLOSED, "",
    answer_much },
};

static void
expect_report (Fixture *fixture, const Row *row, guint16 port)
{
  g_autofree char *start = g_strdup_printf ("127.0.0.1:%u, ", port);

  ws_test_until (NULL, fixture->n_errors > 0);
  ssl_iterate (20);
  g_assert_cmpuint (fixture->n_failed, ==, 1);
  g_assert_cmpuint (fixture->n_errors, ==, 1);
  g_assert_cmpuint (fixture->port, ==, port);
  g_assert_cmpint (fixture->phase, ==, row->phase);
  g_assert_cmpuint (fixture->code, ==, row->code);
  g_assert_true (g_str_has_prefix (fixture->text, start));
  g_assert_true (g_str_has_suffix (fixture->text, fixture->error->message));
  g_assert_nonnull (strstr (fixture->error->message, row->text));
  if (row->phase != WS_PEER_PHASE_ANSWER)
    g_assert_error (fixture->error, WS_SOCKET_ERROR, (int) row->error);
  fixture->n_failed = fixture->n_errors = 0;
}

static void
test_row (Fixture *fixture, gconstpointer data)
{
  const Row *row = data;
  RawPeer   *peer;
  guint16    port;

  if (row->set_up != NULL)
    row->set_up (fixture->server);
  peer = come (fixture, row->sent);
  port = get_port (peer);
  if (row->phase == WS_PEER_PHASE_ANSWER)
    raw_peer_wait_head (peer);
  if (row->end == LEAVES)
    g_clear_pointer (&peer, raw_peer_free);
  expect_report (fixture, row, port);
  g_clear_pointer (&peer, raw_peer_free);
  ssl_iterate (20);
  g_assert_cmpuint (fixture->n_errors, ==, 0);
}

/* Whoever comes and goes without a byte is nobody's business. */
static void
test_health_checks (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < 10; i++)
    {
      RawPeer *peer = come (fixture, "");

      if ((i & 4) != 0)
        ssl_iterate (5);
      if ((i & 1) != 0)
        raw_peer_reset (peer);
      else
        raw_peer_free (peer);
      ssl_iterate (5);
    }
  ssl_iterate (50);
  g_assert_cmpuint (fixture->n_failed, ==, 0);
  g_assert_cmpuint (fixture->n_errors, ==, 0);
}

static void
test_garbage (Fixture *fixture, gconstpointer data)
{
  const Row row = { .phase = WS_PEER_PHASE_TLS_HANDSHAKE,
                    .code = 1015,
                    .error = WS_SOCKET_ERROR_SSL_HANDSHAKE_FAILED,
                    .text = "" };
  g_autoptr (RawPeer) peer = come (fixture, REQUEST);

  expect_report (fixture, &row, get_port (peer));
}

/* A peer stops in the middle of the TLS handshake. */
static void
test_half_handshake (Fixture *fixture, gconstpointer data)
{
  static const guint8 start[] = { 0x16, 3, 1, 1, 0, 1 };
  Row                 row = { .phase = WS_PEER_PHASE_TLS_HANDSHAKE,
                              .code = 1015,
                              .error = WS_SOCKET_ERROR_REMOTE_HOST_CLOSED,
                              .text = "" };
  RawPeer            *peer = come (fixture, "");
  guint16             port = get_port (peer);

  raw_peer_send_bytes (peer, start, sizeof start);
  ssl_iterate (10);
  raw_peer_free (peer);
  expect_report (fixture, &row, port);

  be_quick (fixture->server);
  row.error = WS_SOCKET_ERROR_SOCKET_TIMEOUT;
  row.code = 1006;
  row.text = "20 ms";
  for (guint i = 0; i < 2; i++)
    {
      peer = come (fixture, "");
      if (i > 0)
        raw_peer_send_bytes (peer, start, sizeof start);
      expect_report (fixture, &row, get_port (peer));
      raw_peer_free (peer);
    }
}

/* The client does not trust us. */
static void
test_alert (Fixture *fixture, gconstpointer data)
{
  Row row = { .phase = WS_PEER_PHASE_TLS_HANDSHAKE,
              .code = 1015,
              .error = WS_SOCKET_ERROR_SSL_HANDSHAKE_FAILED,
              .text = "" };
  g_autoptr (WsSocket) client = ws_socket_new ();

  ws_socket_open (client, ws_server_get_url (fixture->server), NULL);
  ws_test_until (NULL, fixture->n_errors > 0);
  expect_report (fixture, &row, fixture->port);
}

/* Whoever is dropped for a newcomer. */
static void
test_dropped (Fixture *fixture, gconstpointer data)
{
  const Row row = { .phase = WS_PEER_PHASE_REQUEST,
                    .code = 1006,
                    .error = WS_SOCKET_ERROR_HANDSHAKE_REJECTED,
                    .text = "max-handshakes" };
  g_autoptr (RawPeer) old = NULL;
  g_autoptr (RawPeer) newcomer = NULL;

  ws_server_set_max_handshakes (fixture->server, 1);
  old = come (fixture, "GET");
  newcomer = come (fixture, "GET");
  expect_report (fixture, &row, get_port (old));
}

/* Whoever leaves while a handler still thinks is told of, but not once more
 * when that answers. */
static void
test_deferred (Fixture *fixture, gconstpointer data)
{
  RawPeer *peer;

  g_signal_connect (fixture->server, "handshake-requested", G_CALLBACK (defer),
                    NULL);
  peer = come (fixture, REQUEST);
  ws_test_until (NULL,
                 g_object_get_data (G_OBJECT (fixture->server), "response")
                     != NULL);
  raw_peer_free (peer);
  ssl_iterate (20);
  g_object_set_data (G_OBJECT (fixture->server), "response", NULL);
  ssl_iterate (20);
  g_assert_cmpuint (fixture->n_errors, ==, 1);
}

/* (scope call): what a handler of peer-failed may do. */
static void
drop_server (WsServer *server)
{
  g_object_unref (server);
}

static void
test_drop_inside (gconstpointer data)
{
  WsServer *server = api_server_new ();
  gpointer  weak = server;
  g_autoptr (RawPeer) peer = NULL;

  g_object_add_weak_pointer (G_OBJECT (server), &weak);
  g_signal_connect (server, "peer-failed", G_CALLBACK (drop_server), NULL);
  peer = raw_peer_connect (ws_server_get_server_port (server));
  raw_peer_send (peer, data);
  if (*(const char *) data != '\0')
    raw_peer_send (peer, "\r\n\r\n");
  else
    ws_server_set_handshake_timeout (server, 10);
  ws_test_until (NULL, weak == NULL);
}

#define add(path, set_up, test) \
  g_test_add (path, Fixture, NULL, set_up, test, tear_down)

int
main (int argc, char **argv)
{
  api_test_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *path
          = g_strconcat ("/api/peer-failed/", rows[i].name, NULL);

      g_test_add (path, Fixture, &rows[i], set_up, test_row, tear_down);
    }
  add ("/api/peer-failed/health-checks", set_up, test_health_checks);
  add ("/api/peer-failed/health-checks-tls", set_up_secure, test_health_checks);
  add ("/api/peer-failed/garbage", set_up_secure, test_garbage);
  add ("/api/peer-failed/half-handshake", set_up_secure, test_half_handshake);
  add ("/api/peer-failed/alert", set_up_secure, test_alert);
  add ("/api/peer-failed/dropped", set_up, test_dropped);
  add ("/api/peer-failed/deferred", set_up, test_deferred);
  g_test_add_data_func ("/api/peer-failed/drop-inside/request", "GET / HTTP",
                        test_drop_inside);
  g_test_add_data_func ("/api/peer-failed/drop-inside/late", "",
                        test_drop_inside);
  return g_test_run ();
}
