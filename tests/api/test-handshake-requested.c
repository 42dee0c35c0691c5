/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api-test.h"

#include <string.h>

/* What a handler may make of a handshake, at once and later. */

typedef struct
{
  WsServer   *server; /* (nullable): once the test has dropped it */
  guint       n_errors;
  guint       code;
  guint       n_requests;
  guint       n_origins;
  WsResponse *deferred; /* (nullable): the last one */
} Fixture;

typedef void (*Answer) (WsResponse *response);

static void
on_server_error (WsServer *server, guint code, Fixture *fixture)
{
  fixture->n_errors++;
  fixture->code = code;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->server = api_server_new ();
  g_signal_connect (fixture->server, "server-error",
                    G_CALLBACK (on_server_error), fixture);
  api_count (fixture->server, "origin-authentication-required",
             &fixture->n_origins);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_object (&fixture->deferred);
  if (fixture->server != NULL)
    g_assert_finalize_object (fixture->server);
}

static RawPeer *
ask (Fixture *fixture, const char *fields)
{
  g_autofree char *request = raw_peer_make_request (fields);
  RawPeer         *peer
      = raw_peer_connect (ws_server_get_server_port (fixture->server));

  raw_peer_send (peer, request);
  return peer;
}

/* --- Answers at once --- */

static void
leave_alone (WsResponse *response)
{
}

static void
accept_with_headers (WsResponse *response)
{
  WsHeaders *headers = ws_response_get_headers (response);

  ws_response_accept (response);
  g_assert_true (ws_headers_append (headers, "Set-Cookie", "a=1", NULL));
  g_assert_true (ws_headers_append (headers, "Set-Cookie", "b=2", NULL));
  g_assert_true (
      ws_headers_append (headers, "Sec-WebSocket-Accept", "Evil", NULL));
  g_assert_true (ws_headers_append (headers, "Upgrade", "Evil", NULL));
  g_assert_false (ws_headers_append (headers, "X", "\r\nEvil: 1", NULL));
}

static void
choose_last (WsResponse *response)
{
  ws_response_set_subprotocol (response, "last");
}

static void
choose_none (WsResponse *response)
{
  ws_response_set_subprotocol (response, "");
}

static void
choose_foreign (WsResponse *response)
{
  ws_response_set_subprotocol (response, "foreign\r\nEvil: 1");
}

static void
refuse_401 (WsResponse *response)
{
  ws_response_refuse (response, 401, NULL);
  g_assert_true (ws_headers_append (ws_response_get_headers (response),
                                    "WWW-Authenticate", "Basic realm=\"a\"",
                                    NULL));
}

static void
refuse_404 (WsResponse *response)
{
  ws_response_refuse (response, 404, "No such room");
}

static void
refuse_429 (WsResponse *response)
{
  ws_response_set_status (response, 429);
  ws_response_set_reason (response, "Slow down");
}

static void
redirect (WsResponse *response)
{
  ws_response_set_status (response, 307);
  g_assert_true (ws_headers_append (ws_response_get_headers (response),
                                    "Location", "ws://b.example/", NULL));
}

static void
refuse_and_accept (WsResponse *response)
{
  ws_response_refuse (response, 404, NULL);
  ws_response_accept (response);
}

typedef struct
{
  const char *name;
  Answer      answer;
  guint       status;
  guint       code; /* of server-error; 0: none */
  const char *subprotocol;
  const char *head; /* (nullable): a part of it */
  const char *body; /* (nullable) */
} Row;

static const Row rows[] = {
  { "untouched", leave_alone, 101, 0, "middle", NULL, NULL },
  { "headers", accept_with_headers, 101, 0, "middle",
    "\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n", NULL },
  { "subprotocol", choose_last, 101, 0, "last", NULL, NULL },
  { "no-subprotocol", choose_none, 101, 0, NULL, NULL, NULL },
  { "foreign-subprotocol", choose_foreign, 500, 1011, NULL, NULL, NULL },
  { "unauthorized", refuse_401, 401, 1008, NULL,
    "\r\nWWW-Authenticate: Basic realm=\"a\"\r\n", "Unauthorized" },
  { "not-found", refuse_404, 404, 1008, NULL, NULL, "No such room" },
  { "too-many", refuse_429, 429, 1008, NULL, "429 Slow down\r\n", "" },
  { "redirect", redirect, 307, 1008, NULL, "\r\nLocation: ws://b.example/\r\n",
    "" },
  { "changes-its-mind", refuse_and_accept, 101, 0, "middle", NULL, NULL },
};

static void
on_answer (WsServer     *server,
           WsRequest    *request,
           WsResponse   *response,
           gconstpointer data)
{
  const Row         *row = data;
  const char *const *offers = ws_request_get_subprotocols (request);

  g_assert_cmpuint (ws_response_get_status (response), ==, 101);
  g_assert_true (ws_request_get_is_handshake (request));
  g_assert_cmpstr (ws_request_get_method (request), ==, "GET");
  g_assert_cmpstr (ws_request_get_url (request), ==, "ws://localhost/raw");
  g_assert_cmpstr (ws_request_get_resource_name (request), ==, "/raw");
  g_assert_cmpstr (ws_request_get_origin (request), ==, "http://a.example");
  g_assert_cmpstr (offers[0], ==, "first");
  g_assert_cmpuint (g_strv_length ((char **) offers), ==, 3);
  g_assert_cmpstr (ws_headers_get_one (ws_request_get_headers (request),
                                       "cookie"),
                   ==, "c=d");
  g_assert_nonnull (ws_request_get_peer_address (request));
  g_assert_null (ws_request_get_body (request));
  row->answer (response);
}

static void
check_accepted (Fixture *fixture, const Row *row, RawPeer *peer)
{
  g_autofree char *field
      = g_strdup_printf ("\r\nSec-WebSocket-Protocol: %s\r\n",
                         row->subprotocol != NULL ? row->subprotocol : "");
  WsSocket *socket;

  raw_peer_wait_head (peer);
  g_assert_true (g_str_has_prefix (peer->head, "HTTP/1.1 101 "));
  g_assert_cmpint (strstr (peer->head, field) != NULL, ==,
                   row->subprotocol != NULL);
  socket = api_server_take (fixture->server);
  g_assert_cmpstr (ws_socket_get_subprotocol (socket), ==,
                   row->subprotocol != NULL ? row->subprotocol : "");
  api_socket_send (socket, "hello");
  raw_peer_expect_text (peer, "hello");
  ws_socket_abort (socket);
  g_assert_finalize_object (socket);
}

static void
test_row (Fixture *fixture, gconstpointer data)
{
  static const char *const supported[] = { "other", "middle", NULL };
  const Row               *row = data;
  g_autoptr (RawPeer) peer = NULL;

  ws_server_set_supported_subprotocols (fixture->server, supported);
  g_signal_connect (fixture->server, "handshake-requested",
                    G_CALLBACK (on_answer), (gpointer) row);
  peer = ask (fixture, "Origin: http://a.example\r\nCookie: c=d\r\n"
                       "Sec-WebSocket-Protocol: first, middle, last\r\n");
  if (row->status == 101)
    check_accepted (fixture, row, peer);
  else
    {
      api_expect_refusal (peer, row->status);
      g_assert_false (ws_server_has_pending_connections (fixture->server));
    }
  if (row->head != NULL)
    g_assert_nonnull (strstr (peer->head, row->head));
  if (row->body != NULL)
    g_assert_cmpmem (peer->received->data, peer->received->len, row->body,
                     strlen (row->body));
  g_assert_null (strstr (peer->head, "Evil"));
  g_assert_cmpuint (fixture->code, ==, row->code);
  if (row->status == 500)
    g_assert_nonnull (strstr (ws_server_get_error_string (fixture->server),
                              "was chosen, but not offered"));
  g_assert_cmpuint (fixture->n_errors, ==, row->code != 0 ? 1 : 0);
  g_assert_cmpuint (fixture->n_origins, ==, 1);
}

/* --- Answers that are put off --- */

static void
on_defer (WsServer   *server,
          WsRequest  *request,
          WsResponse *response,
          Fixture    *fixture)
{
  fixture->n_requests++;
  ws_response_defer (response);
  g_set_object (&fixture->deferred, response);
}

static RawPeer *
ask_later (Fixture *fixture)
{
  guint    before = fixture->n_requests;
  RawPeer *peer;

  if (before == 0)
    g_signal_connect (fixture->server, "handshake-requested",
                      G_CALLBACK (on_defer), fixture);
  peer = ask (fixture, NULL);
  ws_test_until (NULL, fixture->n_requests > before);
  return peer;
}

/* The handshake-timeout stands still, and that of others does not. */
static void
test_later (Fixture *fixture, gconstpointer data)
{
  g_autoptr (RawPeer) silent = NULL;
  g_autoptr (RawPeer) peer = NULL;
  g_autoptr (WsSocket) socket = NULL;

  ws_server_set_handshake_timeout (fixture->server, 50);
  peer = ask_later (fixture);
  silent = raw_peer_connect (ws_server_get_server_port (fixture->server));
  ws_test_until (NULL, silent->is_eof);
  g_assert_false (peer->is_eof);
  g_assert_false (ws_server_has_pending_connections (fixture->server));
  /* Nobody reads that before there is somebody. */
  raw_peer_send_frame (peer, 0x81, "early", 5);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  ws_response_done (fixture->deferred);
  g_assert_true (ws_server_has_pending_connections (fixture->server));
  ws_response_done (fixture->deferred);
  raw_peer_wait_head (peer);
  socket = api_server_take (fixture->server);
  /* That of the silent one. */
  ws_test_until (NULL, fixture->n_errors == 1);
  ws_socket_abort (socket);
}

static void
count_text (WsSocket *socket, const char *text, guint *n)
{
  g_assert_cmpstr (text, ==, "early");
  ++*n;
}

static void
on_connected (WsServer *server, WsSocket *socket, guint *n)
{
  g_signal_connect (socket, "text-message-received", G_CALLBACK (count_text),
                    n);
}

/* What came meanwhile is the connection's first message. */
static void
test_later_early_frame (Fixture *fixture, gconstpointer data)
{
  guint n = 0;
  g_autoptr (RawPeer) peer = ask_later (fixture);

  g_signal_connect (fixture->server, "client-connected",
                    G_CALLBACK (on_connected), &n);
  raw_peer_send_frame (peer, 0x81, "early", 5);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  ws_response_done (fixture->deferred);
  ws_test_until (NULL, n == 1);
  g_signal_handlers_disconnect_by_data (fixture->server, &n);
}

static void
test_later_refused (Fixture *fixture, gconstpointer data)
{
  g_autoptr (RawPeer) peer = ask_later (fixture);

  ws_response_refuse (fixture->deferred, 403, "Not today");
  ws_response_done (fixture->deferred);
  api_expect_refusal (peer, 403);
  g_assert_cmpuint (fixture->code, ==, 1008);
}

/* A client that goes is noticed and told of, and makes room. */
static void
test_later_gone (Fixture *fixture, gconstpointer data)
{
  g_autoptr (WsResponse) first = NULL;
  g_autoptr (RawPeer) next = NULL;

  ws_server_set_trusted_proxies (fixture->server, NULL);
  ws_server_set_max_connections_per_address (fixture->server, 1);
  raw_peer_free (ask_later (fixture));
  first = g_object_ref (fixture->deferred);
  next = ask_later (fixture);
  ws_response_done (fixture->deferred);
  raw_peer_wait_head (next);
  g_assert_true (g_str_has_prefix (next->head, "HTTP/1.1 101 "));
  ws_response_done (first);
  g_assert_cmpuint (fixture->n_errors, ==, 1);
  g_assert_cmpuint (fixture->code, ==, 1006);
}

/* The limits count when the answer is there. */
static void
test_later_full (Fixture *fixture, gconstpointer data)
{
  gboolean by_queue = data != NULL;
  g_autoptr (WsResponse) first = NULL;
  g_autoptr (RawPeer) a = NULL;
  g_autoptr (RawPeer) b = NULL;

  if (by_queue)
    ws_server_set_max_pending_connections (fixture->server, 1);
  else
    ws_server_set_max_connections (fixture->server, 1);
  a = ask_later (fixture);
  first = g_object_ref (fixture->deferred);
  b = ask_later (fixture);
  ws_response_done (first);
  ws_response_done (fixture->deferred);
  raw_peer_wait_head (a);
  g_assert_true (g_str_has_prefix (a->head, "HTTP/1.1 101 "));
  api_expect_refusal (b, 503);
  g_assert_cmpuint (fixture->code, ==, 1006);
}

static void
test_later_closed (Fixture *fixture, gconstpointer data)
{
  g_autoptr (RawPeer) peer = ask_later (fixture);

  ws_server_close (fixture->server);
  ws_response_done (fixture->deferred);
  raw_peer_wait_head (peer);
  g_assert_true (g_str_has_prefix (peer->head, "HTTP/1.1 101 "));
  g_assert_cmpuint (fixture->n_errors, ==, 0);
}

static void
test_later_dropped (Fixture *fixture, gconstpointer data)
{
  g_autoptr (RawPeer) peer = ask_later (fixture);

  g_assert_finalize_object (g_steal_pointer (&fixture->server));
  if (data != NULL)
    ws_response_done (fixture->deferred);
  raw_peer_expect_eof (peer);
}

static void
test_later_forgotten (Fixture *fixture, gconstpointer data)
{
  g_autoptr (RawPeer) peer = ask_later (fixture);

  g_assert_finalize_object (g_steal_pointer (&fixture->deferred));
  api_expect_refusal (peer, 500);
  g_assert_cmpuint (fixture->code, ==, 1011);
}

/* Those that stall are dropped for others, the oldest first, but nobody who
 * waits for an answer. */
static void
test_max_handshakes (Fixture *fixture, gconstpointer data)
{
  guint16 port = ws_server_get_server_port (fixture->server);
  g_autoptr (RawPeer) waiting = NULL;
  g_autoptr (RawPeer) oldest = NULL;
  g_autoptr (RawPeer) second = NULL;
  g_autoptr (RawPeer) third = NULL;

  g_assert_cmpuint (ws_server_get_max_handshakes (fixture->server), ==, 1024);
  ws_server_set_max_handshakes (fixture->server, 3);
  waiting = ask_later (fixture);
  oldest = raw_peer_connect (port);
  second = raw_peer_connect (port);
  third = raw_peer_connect (port);
  raw_peer_expect_eof (oldest);
  g_assert_false (second->is_eof);
  g_assert_false (third->is_eof);
  g_assert_false (waiting->is_eof);
  ws_server_set_max_handshakes (fixture->server, 1);
  ws_response_done (fixture->deferred);
  raw_peer_wait_head (waiting);
  raw_peer_free (raw_peer_connect (port));
  raw_peer_expect_eof (second);
  /* Those that were dropped. */
  ws_test_until (NULL, fixture->n_errors == 2);
}

/* --- Inside the handler --- */

static void
on_close_server (WsServer   *server,
                 WsRequest  *request,
                 WsResponse *response,
                 Fixture    *fixture)
{
  fixture->n_requests++;
  ws_server_close (server);
}

static void
test_close_inside (Fixture *fixture, gconstpointer data)
{
  g_autoptr (RawPeer) peer = NULL;

  g_signal_connect (fixture->server, "handshake-requested",
                    G_CALLBACK (on_close_server), fixture);
  peer = ask (fixture, NULL);
  raw_peer_wait_head (peer);
  g_assert_true (g_str_has_prefix (peer->head, "HTTP/1.1 101 "));
  g_assert_cmpuint (fixture->n_requests, ==, 1);
}

typedef struct
{
  Fixture *fixture;
  RawPeer *peer;
} Nesting;

static void
on_nest (WsServer   *server,
         WsRequest  *request,
         WsResponse *response,
         Nesting    *nesting)
{
  /* It goes while it is being asked about. */
  g_clear_pointer (&nesting->peer, raw_peer_free);
  for (guint i = 0; i < 20; i++)
    g_main_context_iteration (NULL, FALSE);
  nesting->fixture->n_requests++;
}

static void
test_nest_inside (Fixture *fixture, gconstpointer data)
{
  Nesting nesting = { fixture, NULL };

  g_signal_connect (fixture->server, "handshake-requested",
                    G_CALLBACK (on_nest), &nesting);
  nesting.peer = ask (fixture, NULL);
  ws_test_until (NULL, fixture->n_requests == 1);
  g_assert_false (ws_server_has_pending_connections (fixture->server));
}

#define add(path, data, test)                                                \
  g_test_add ("/api/handshake-requested/" path, Fixture, data, set_up, test, \
              tear_down)

int
main (int argc, char **argv)
{
  api_test_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *path
          = g_strdup_printf ("/api/handshake-requested/%s", rows[i].name);

      g_test_add (path, Fixture, &rows[i], set_up, test_row, tear_down);
    }
  add ("later", NULL, test_later);
  add ("later/early-frame", NULL, test_later_early_frame);
  add ("later/refused", NULL, test_later_refused);
  add ("later/gone", NULL, test_later_gone);
  add ("later/full", NULL, test_later_full);
  add ("later/full-queue", "queue", test_later_full);
  add ("later/closed", NULL, test_later_closed);
  add ("later/dropped", NULL, test_later_dropped);
  add ("later/dropped-and-answered", "done", test_later_dropped);
  add ("later/forgotten", NULL, test_later_forgotten);
  add ("max-handshakes", NULL, test_max_handshakes);
  add ("close-inside", NULL, test_close_inside);
  add ("nest-inside", NULL, test_nest_inside);
  return g_test_run ();
}
