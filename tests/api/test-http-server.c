/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api-test.h"

#include <string.h>
#include <sys/socket.h>

/* HTTP beside WebSocket on the same port. */

#define HOST "Host: localhost\r\n"

typedef struct
{
  WsServer   *server; /* (nullable): once the test has dropped it */
  guint       n_errors;
  guint       code;
  guint       n_requests;
  WsRequest  *request;  /* (nullable): the last one */
  WsResponse *deferred; /* (nullable): the last one of /later */
  GBytes     *big;
} Fixture;

#define BIG_SIZE (10 * 1024 * 1024)

static void
on_server_error (WsServer *server, guint code, Fixture *fixture)
{
  fixture->n_errors++;
  fixture->code = code;
}

/* Says what it was asked. */
static void
echo (WsRequest *request, WsResponse *response)
{
  GBytes          *body = ws_request_get_body (request);
  gsize            len = body != NULL ? g_bytes_get_size (body) : 0;
  g_autofree char *text = g_strdup_printf (
      "%s %s %s HTTP/%s %" G_GSIZE_FORMAT " %.*s %s",
      ws_request_get_method (request), ws_request_get_url (request),
      ws_request_get_resource_name (request),
      ws_request_get_http_version (request), len, (int) MIN (len, 20),
      body != NULL ? (const char *) g_bytes_get_data (body, NULL) : "",
      ws_headers_get_one (ws_request_get_headers (request), "X-Test"));

  ws_response_set_text (response, text);
}

static void
answer_evil (WsResponse *response)
{
  WsHeaders *headers = ws_response_get_headers (response);

  ws_response_set_reason (response, "a\r\nEvil: 1");
  ws_response_set_body (response, "a\r\nEvil: 2", NULL);
  g_assert_false (ws_headers_append (headers, "X", "a\r\nEvil: 3", NULL));
  g_assert_true (ws_headers_append (headers, "Content-Length", "7", NULL));
  g_assert_true (ws_headers_append (headers, "Connection", "evil", NULL));
  ws_response_set_text (response, "good");
}

static void
on_request (WsServer   *server,
            WsRequest  *request,
            WsResponse *response,
            Fixture    *fixture)
{
  const char *path = ws_request_get_resource_name (request);

  fixture->n_requests++;
  g_assert_false (ws_request_get_is_handshake (request));
  g_assert_true (
      G_IS_INET_SOCKET_ADDRESS (ws_request_get_peer_address (request)));
  g_assert_cmpuint (ws_response_get_status (response), ==, 426);
  g_set_object (&fixture->request, request);
  if (g_str_equal (path, "/echo"))
    echo (request, response);
  else if (g_str_equal (path, "/gone"))
    ws_response_refuse (response, 410, "Long ago");
  else if (g_str_equal (path, "/phrase"))
    ws_response_refuse (response, 404, NULL);
  else if (g_str_equal (path, "/empty"))
    ws_response_set_status (response, 204);
  else if (g_str_equal (path, "/busy"))
    ws_response_set_status (response, 503);
  else if (g_str_equal (path, "/evil"))
    answer_evil (response);
  else if (g_str_equal (path, "/big"))
    ws_response_set_body (response, "application/octet-stream", fixture->big);
  else if (g_str_equal (path, "/later"))
    {
      ws_response_defer (response);
      g_set_object (&fixture->deferred, response);
    }
  else if (g_str_equal (path, "/at-once"))
    {
      ws_response_defer (response);
      ws_response_set_text (response, "now");
      ws_response_done (response);
    }
  else if (g_str_equal (path, "/dropped"))
    ws_response_defer (response);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->server = api_server_new ();
  fixture->big = g_bytes_new_take (g_malloc0 (BIG_SIZE), BIG_SIZE);
  g_signal_connect (fixture->server, "server-error",
                    G_CALLBACK (on_server_error), fixture);
  g_signal_connect (fixture->server, "http-request", G_CALLBACK (on_request),
                    fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_object (&fixture->request);
  g_clear_object (&fixture->deferred);
  if (fixture->server != NULL)
    g_assert_finalize_object (fixture->server);
  g_bytes_unref (fixture->big);
}

static RawPeer *
ask (Fixture *fixture, const char *request)
{
  RawPeer *peer
      = raw_peer_connect (ws_server_get_server_port (fixture->server));

  raw_peer_send (peer, request);
  return peer;
}

/* Waits for an answer, and for the end behind it. */
static void
expect (RawPeer *peer, guint status, const char *body)
{
  api_expect_refusal (peer, status);
  if (body != NULL)
    g_assert_cmpmem (peer->received->data, peer->received->len, body,
                     strlen (body));
  g_assert_null (strstr (peer->head, "Evil"));
}

/* --- Requests and answers --- */

typedef struct
{
  const char *name;
  const char *request;
  guint       status;
  const char *head; /* (nullable): a part of it */
  const char *body; /* (nullable) */
  guint       code; /* of server-error; 0: none */
} Row;

#define POST "POST /echo HTTP/1.1\r\n" HOST "X-Test: ok\r\n"

static const Row rows[] = {
  { "get", "GET /echo HTTP/1.1\r\n" HOST "X-Test: yes\r\n\r\n", 200,
    "\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 47\r\n",
    "GET http://localhost/echo /echo HTTP/1.1 0  yes", 0 },
  { "length", POST "Content-Length: 5\r\n\r\nhello", 200, NULL,
    "POST http://localhost/echo /echo HTTP/1.1 5 hello ok", 0 },
  { "chunked",
    POST "Transfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n",
    200, NULL, "POST http://localhost/echo /echo HTTP/1.1 5 hello ok", 0 },
  { "empty-body", POST "Content-Length: 0\r\n\r\n", 200, NULL,
    "POST http://localhost/echo /echo HTTP/1.1 0  ok", 0 },
  { "other-method", "PURGE /echo HTTP/1.1\r\n" HOST "X-Test: a\r\n\r\n", 200,
    NULL, "PURGE http://localhost/echo /echo HTTP/1.1 0  a", 0 },
  { "http-1.0", "GET /echo HTTP/1.0\r\nX-Test: old\r\n\r\n", 200, NULL,
    "GET (null) /echo HTTP/1.0 0  old", 0 },
  { "absolute",
    "GET http://b.example:81/echo HTTP/1.1\r\n" HOST "X-Test: b\r\n\r\n", 200,
    NULL, "GET http://b.example:81/echo /echo HTTP/1.1 0  b", 0 },
  { "h2c",
    "GET /phrase HTTP/1.1\r\n" HOST
    "Upgrade: h2c\r\nConnection: Upgrade\r\n\r\n",
    404, NULL, "Not Found", 0 },
  { "head", "HEAD /phrase HTTP/1.1\r\n" HOST "\r\n", 404,
    "\r\nContent-Length: 9\r\n", "", 0 },
  { "gone", "GET /gone HTTP/1.1\r\n" HOST "\r\n", 410, "410 Gone\r\n",
    "Long ago", 0 },
  { "no-content", "DELETE /empty HTTP/1.1\r\n" HOST "\r\n", 204, NULL, "", 0 },
  { "no-body", "GET /busy HTTP/1.1\r\n" HOST "\r\n", 503,
    "\r\nContent-Length: 0\r\n", "", 0 },
  { "evil", "GET /evil HTTP/1.1\r\n" HOST "\r\n", 200,
    "\r\nConnection: close\r\n", "good", 0 },
  { "at-once", "GET /at-once HTTP/1.1\r\n" HOST "\r\n", 200, NULL, "now", 0 },
  { "dropped", "GET /dropped HTTP/1.1\r\n" HOST "\r\n", 500, NULL,
    "The answer was dropped\n", 1011 },
  { "untouched", "GET / HTTP/1.1\r\n" HOST "\r\n", 426,
    "\r\nSec-WebSocket-Version: 13\r\n", "Only WebSocket is spoken here\n",
    1002 },
  { "untouched-post", "POST / HTTP/1.1\r\n" HOST "Content-Length: 1\r\n\r\na",
    426, "\r\nUpgrade: websocket\r\n", NULL, 1002 },
  { "untouched-head", "HEAD / HTTP/1.1\r\n" HOST "\r\n", 426, NULL, "", 1002 },
  { "asterisk", "OPTIONS * HTTP/1.1\r\n" HOST "\r\n", 426, NULL, NULL, 1002 },
  { "too-long", POST "Content-Length: 65537\r\n\r\n", 413, NULL, NULL, 1009 },
  { "too-long-and-waits",
    POST "Content-Length: 65537\r\nExpect: 100-continue\r\n\r\n", 413, NULL,
    NULL, 1009 },
  { "too-long-chunk", POST "Transfer-Encoding: chunked\r\n\r\n10001\r\n", 413,
    NULL, NULL, 1009 },
  { "bad-chunk", POST "Transfer-Encoding: chunked\r\n\r\nx\r\n", 400, NULL,
    NULL, 1002 },
  { "bad-length", POST "Content-Length: -1\r\n\r\n", 400, NULL, NULL, 1002 },
  { "two-lengths", POST "Content-Length: 1\r\nContent-Length: 2\r\n\r\n", 400,
    NULL, NULL, 1002 },
  { "smuggled", POST "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
    400, NULL, NULL, 1002 },
  { "coding", POST "Transfer-Encoding: gzip, chunked\r\n\r\n", 501, NULL, NULL,
    1002 },
  { "no-host", "GET /echo HTTP/1.1\r\n\r\n", 400, NULL, NULL, 1002 },
  { "tunnel", "CONNECT a:80 HTTP/1.1\r\n" HOST "\r\n", 400, NULL, NULL, 1002 },
  { "http-2", "PRI * HTTP/2.0\r\n\r\n", 505, NULL, NULL, 1002 },
  /* A handshake that a proxy has robbed of its Upgrade. */
  { "robbed",
    "GET /echo HTTP/1.1\r\n" HOST
    "Connection: close\r\nSec-WebSocket-Key: AAECAwQFBgcICQoLDA0ODw==\r\n"
    "Sec-WebSocket-Version: 13\r\n\r\n",
    426, "\r\nSec-WebSocket-Version: 13\r\n", NULL, 1002 },
};

static void
check_answer (Fixture *fixture, const Row *row, RawPeer *peer)
{
  expect (peer, row->status, row->body);
  if (row->head != NULL && strstr (peer->head, row->head) == NULL)
    g_error ("%s lacks %s", peer->head, row->head);
  g_assert_cmpuint (fixture->code, ==, row->code);
  g_assert_cmpuint (fixture->n_errors, ==, row->code != 0 ? 1 : 0);
}

static void
test_row (Fixture *fixture, gconstpointer data)
{
  const Row *row = data;
  g_autoptr (RawPeer) peer = ask (fixture, row->request);

  check_answer (fixture, row, peer);
}

static void
test_row_by_bytes (Fixture *fixture, gconstpointer data)
{
  const Row *row = data;
  g_autoptr (RawPeer) peer = ask (fixture, "");

  for (const char *p = row->request; *p != '\0' && fixture->n_errors == 0; p++)
    {
      raw_peer_send_bytes (peer, p, 1);
      while (g_main_context_iteration (NULL, FALSE))
        ;
    }
  check_answer (fixture, row, peer);
}

/* 9110, 10.1.1 */
static void
test_expect (Fixture *fixture, gconstpointer data)
{
  g_autoptr (RawPeer) peer
      = ask (fixture, POST "Content-Length: 5\r\nExpect: 100-continue\r\n\r\n");

  raw_peer_wait_head (peer);
  g_assert_cmpstr (peer->head, ==, "HTTP/1.1 100 Continue\r\n\r\n");
  raw_peer_send (peer, "hello");
  expect (peer, 200, "POST http://localhost/echo /echo HTTP/1.1 5 hello ok");
}

static void
test_longest_body (Fixture *fixture, gconstpointer data)
{
  g_autofree char *body = g_strnfill (65536, 'x');
  g_autoptr (RawPeer) peer
      = ask (fixture, POST "Content-Length: 65536\r\n\r\n");

  raw_peer_send (peer, body);
  expect (peer, 200,
          "POST http://localhost/echo /echo HTTP/1.1 65536 "
          "xxxxxxxxxxxxxxxxxxxx ok");
}

/* Nobody listens: what comes is a handshake that lacks everything. */
static void
test_no_handler (Fixture *fixture, gconstpointer data)
{
  g_autoptr (RawPeer) get = NULL;
  g_autoptr (RawPeer) post = NULL;

  g_signal_handlers_disconnect_by_func (fixture->server, on_request, fixture);
  get = ask (fixture, "GET / HTTP/1.1\r\n" HOST "\r\n");
  expect (get, 426, NULL);
  post = ask (fixture, POST "Content-Length: 0\r\n\r\n");
  expect (post, 405, NULL);
  g_assert_nonnull (strstr (post->head, "\r\nAllow: GET\r\n"));
  g_assert_cmpuint (fixture->n_errors, ==, 2);
}

/* The same port speaks WebSocket all the while. */
static void
test_beside (Fixture *fixture, gconstpointer data)
{
  g_autoptr (RawPeer) page
      = ask (fixture, "GET /later HTTP/1.1\r\n" HOST "\r\n");
  WsSocket *client = ws_socket_new ();
  WsSocket *accepted;

  api_socket_open (client, ws_server_get_url (fixture->server));
  accepted = api_server_take (fixture->server);
  ws_test_until (NULL, fixture->deferred != NULL);
  ws_response_set_text (fixture->deferred, "hello");
  ws_response_done (fixture->deferred);
  expect (page, 200, "hello");
  g_assert_cmpuint (fixture->n_requests, ==, 1);
  g_assert_finalize_object (client);
  api_wait_state (accepted, WS_STATE_UNCONNECTED);
  g_assert_finalize_object (accepted);
}

/* --- Large answers --- */

static void
test_big (Fixture *fixture, gconstpointer data)
{
  g_autoptr (RawPeer) peer = ask (fixture, "GET /big HTTP/1.1\r\n" HOST "\r\n");
  g_autoptr (RawPeer) other = NULL;

  raw_peer_set_reading (peer, FALSE);
  ws_test_until (NULL, fixture->n_requests == 1);
  /* It waits for nobody else. */
  other = ask (fixture, "GET /phrase HTTP/1.1\r\n" HOST "\r\n");
  expect (other, 404, NULL);
  raw_peer_set_reading (peer, TRUE);
  api_expect_refusal (peer, 200);
  g_assert_cmpuint (peer->received->len, ==, BIG_SIZE);
  g_assert_cmpuint (fixture->n_errors, ==, 0);
}

static void
test_slow_reader (Fixture *fixture, gconstpointer data)
{
  g_autoptr (RawPeer) peer = NULL;

  ws_server_set_handshake_timeout (fixture->server, 100);
  peer = raw_peer_connect (ws_server_get_server_port (fixture->server));
  raw_peer_set_reading (peer, FALSE);
  raw_peer_send (peer, "GET /big HTTP/1.1\r\n" HOST "\r\n");
  ws_test_until (NULL, fixture->n_requests == 1);
  /* The time-out of one that came later has passed, twice. */
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (RawPeer) silent
          = raw_peer_connect (ws_server_get_server_port (fixture->server));

      ws_test_until (NULL, silent->is_eof);
    }
  raw_peer_set_reading (peer, TRUE);
  ws_test_until (NULL, peer->is_eof);
  g_assert_cmpuint (peer->received->len, <, BIG_SIZE);
}

/* --- Answers that are put off --- */

static RawPeer *
ask_later (Fixture *fixture)
{
  RawPeer *peer = ask (fixture, "GET /later HTTP/1.1\r\n" HOST "\r\n");

  ws_test_until (NULL, fixture->deferred != NULL);
  return peer;
}

static void
answer_deferred (Fixture *fixture)
{
  ws_response_set_text (fixture->deferred, "at last");
  ws_response_done (fixture->deferred);
}

static void
test_later (Fixture *fixture, gconstpointer data)
{
  g_autoptr (RawPeer) silent = NULL;
  g_autoptr (RawPeer) peer = NULL;

  ws_server_set_handshake_timeout (fixture->server, 50);
  peer = ask_later (fixture);
  /* The time-out of one that came later has passed. */
  silent = raw_peer_connect (ws_server_get_server_port (fixture->server));
  ws_test_until (NULL, silent->is_eof);
  g_assert_false (peer->is_eof);
  answer_deferred (fixture);
  expect (peer, 200, "at last");
  answer_deferred (fixture);
  ws_response_defer (fixture->deferred);
  answer_deferred (fixture);
  /* That of the silent one. */
  ws_test_until (NULL, fixture->n_errors == 1);
}

static void
test_later_too_late (Fixture *fixture, gconstpointer data)
{
  g_autoptr (RawPeer) next = NULL;
  RawPeer *peer;

  ws_server_set_trusted_proxies (fixture->server, NULL);
  ws_server_set_max_connections_per_address (fixture->server, 1);
  peer = ask_later (fixture);
  raw_peer_reset (peer);
  next = raw_peer_connect (ws_server_get_server_port (fixture->server));
  /* The first one is gone, or else there is no room. */
  raw_peer_send (next, "GET /phrase HTTP/1.1\r\n" HOST "\r\n");
  expect (next, 404, NULL);
  answer_deferred (fixture);
  g_assert_cmpuint (fixture->n_errors, ==, 1);
}

/* 9112, 9.6: whoever has said all may still listen. */
static void
test_later_half_closed (Fixture *fixture, gconstpointer data)
{
  g_autoptr (RawPeer) peer = ask_later (fixture);
  g_autoptr (RawPeer) other = NULL;

  g_assert_no_errno (shutdown (peer->fd, SHUT_WR));
  other = ask (fixture, "GET /phrase HTTP/1.1\r\n" HOST "\r\n");
  expect (other, 404, NULL);
  answer_deferred (fixture);
  expect (peer, 200, "at last");
  g_assert_cmpuint (fixture->n_errors, ==, 0);
}

/* Whether it does is seen then, and its place is free. */
static void
test_later_left (Fixture *fixture, gconstpointer data)
{
  RawPeer *peer;

  ws_server_set_trusted_proxies (fixture->server, NULL);
  ws_server_set_max_connections_per_address (fixture->server, 1);
  peer = ask_later (fixture);
  raw_peer_free (peer);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  answer_deferred (fixture);
  for (gboolean is_free = FALSE; !is_free;)
    {
      g_autoptr (RawPeer) next
          = ask (fixture, "GET /phrase HTTP/1.1\r\n" HOST "\r\n");

      raw_peer_wait_head (next);
      is_free = strstr (next->head, " 404 ") != NULL;
      g_assert_true (is_free || strstr (next->head, " 503 ") != NULL);
    }
}

static void
test_later_closed (Fixture *fixture, gconstpointer data)
{
  g_autoptr (RawPeer) peer = ask_later (fixture);

  ws_server_close (fixture->server);
  answer_deferred (fixture);
  expect (peer, 200, "at last");
  g_assert_cmpuint (fixture->n_errors, ==, 0);
}

static void
test_later_dropped (Fixture *fixture, gconstpointer data)
{
  g_autoptr (RawPeer) peer = ask_later (fixture);

  g_assert_finalize_object (g_steal_pointer (&fixture->server));
  answer_deferred (fixture);
  raw_peer_expect_eof (peer);
}

static gpointer
drop_in_thread (gpointer data)
{
  g_object_unref (data);
  return NULL;
}

static void
test_later_forgotten (Fixture *fixture, gconstpointer data)
{
  g_autoptr (RawPeer) peer = ask_later (fixture);

  /* As Python's collector does. */
  g_thread_join (g_thread_new ("collector", drop_in_thread,
                               g_steal_pointer (&fixture->deferred)));
  expect (peer, 500, NULL);
  g_assert_cmpuint (fixture->code, ==, 1011);
}

static gpointer
answer_in_thread (gpointer data)
{
  ws_response_done (data);
  return NULL;
}

static void
test_wrong_thread (Fixture *fixture, gconstpointer data)
{
  g_autoptr (RawPeer) peer = ask_later (fixture);

  g_test_expect_message ("Ws", G_LOG_LEVEL_WARNING, "*another thread*");
  g_thread_join (g_thread_new ("worker", answer_in_thread, fixture->deferred));
  g_test_assert_expected_messages ();
  answer_deferred (fixture);
  expect (peer, 200, "at last");
}

#define add(path, data, test) \
  g_test_add ("/api/http-server/" path, Fixture, data, set_up, test, tear_down)

int
main (int argc, char **argv)
{
  api_test_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *path
          = g_strdup_printf ("/api/http-server/row/%s", rows[i].name);
      g_autofree char *by_bytes = g_strconcat (path, "/by-bytes", NULL);

      g_test_add (path, Fixture, &rows[i], set_up, test_row, tear_down);
      g_test_add (by_bytes, Fixture, &rows[i], set_up, test_row_by_bytes,
                  tear_down);
    }
  add ("expect", NULL, test_expect);
  add ("longest-body", NULL, test_longest_body);
  add ("no-handler", NULL, test_no_handler);
  add ("beside", NULL, test_beside);
  add ("big", NULL, test_big);
  add ("slow-reader", NULL, test_slow_reader);
  add ("later", NULL, test_later);
  add ("later/too-late", NULL, test_later_too_late);
  add ("later/half-closed", NULL, test_later_half_closed);
  add ("later/left", NULL, test_later_left);
  add ("later/closed", NULL, test_later_closed);
  add ("later/dropped", NULL, test_later_dropped);
  add ("later/forgotten", NULL, test_later_forgotten);
  add ("later/wrong-thread", NULL, test_wrong_thread);
  return g_test_run ();
}
