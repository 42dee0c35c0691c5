/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api-test.h"

#include <string.h>

/* What is under way when a server closes comes to its end. */

#define BIG_SIZE (10 * 1024 * 1024)

typedef struct
{
  WsServer   *server;
  WsResponse *deferred; /* (nullable): the last one */
  GBytes     *big;
  GError     *error; /* (nullable): of close_async() */
  guint       n_over;
  guint       n_errors;
  void (*act) (gpointer fixture); /* (nullable): in the next handler */
} Fixture;

static void
on_over (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Fixture *fixture = user_data;

  g_clear_error (&fixture->error);
  ws_server_close_finish (WS_SERVER (source), result, &fixture->error);
  fixture->n_over++;
}

static void
close_all (gpointer data)
{
  Fixture *fixture = data;

  ws_server_close_async (fixture->server, 1012, "restart", NULL, on_over,
                         fixture);
}

static void
close_only (gpointer data)
{
  ws_server_close (((Fixture *) data)->server);
}

static void
on_request (WsServer   *server,
            WsRequest  *request,
            WsResponse *response,
            Fixture    *fixture)
{
  const char *path = ws_request_get_resource_name (request);
  void (*act) (gpointer fixture) = fixture->act;

  fixture->act = NULL;
  if (g_str_equal (path, "/later"))
    {
      ws_response_defer (response);
      g_set_object (&fixture->deferred, response);
    }
  else if (g_str_equal (path, "/big"))
    ws_response_set_body (response, "application/octet-stream", fixture->big);
  else if (!ws_request_get_is_handshake (request))
    ws_response_set_text (response, "page");
  if (act != NULL)
    act (fixture);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->server = api_server_new ();
  fixture->big = g_bytes_new_take (g_malloc0 (BIG_SIZE), BIG_SIZE);
  g_signal_connect (fixture->server, "handshake-requested",
                    G_CALLBACK (on_request), fixture);
  g_signal_connect (fixture->server, "http-request", G_CALLBACK (on_request),
                    fixture);
  api_count (fixture->server, "server-error", &fixture->n_errors);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_object (&fixture->deferred);
  g_clear_error (&fixture->error);
  g_bytes_unref (fixture->big);
  g_assert_finalize_object (fixture->server);
}

static void
settle (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

/* --- What peers say, and hear --- */

typedef enum
{
  PAGE,
  HANDSHAKE
} Kind;

/* (transfer full) */
static char *
make_request (Kind kind, const char *path)
{
  g_autofree char *usual = raw_peer_make_request (NULL);
  const char      *fields = strstr (usual, "\r\n");

  if (kind == PAGE)
    fields = "\r\nHost: a\r\n\r\n";
  return g_strdup_printf ("GET %s HTTP/1.1%s", path, fields);
}

static RawPeer *
ask (Fixture *fixture, Kind kind, const char *path)
{
  g_autofree char *request = make_request (kind, path);
  RawPeer         *peer
      = raw_peer_connect (ws_server_get_server_port (fixture->server));

  raw_peer_send (peer, request);
  return peer;
}

static RawPeer *
ask_later (Fixture *fixture, Kind kind)
{
  RawPeer *peer = ask (fixture, kind, "/later");

  ws_test_until (NULL, fixture->deferred != NULL);
  return peer;
}

static void
expect_status (RawPeer *peer, guint status)
{
  g_autofree char *start = g_strdup_printf ("HTTP/1.1 %u ", status);

  raw_peer_wait_head (peer);
  g_assert_true (g_str_has_prefix (peer->head, start));
}

/* Accepted, and sent away as everybody else. */
static void
expect_restart (RawPeer *peer)
{
  expect_status (peer, 101);
  raw_peer_expect_close (peer, 1012, "restart");
  raw_peer_send_close (peer, 1012, "");
  raw_peer_expect_eof (peer);
}

static void
expect_page (RawPeer *peer, const char *text)
{
  expect_status (peer, 200);
  ws_test_until (NULL, peer->is_eof);
  g_assert_cmpmem (peer->received->data, peer->received->len, text,
                   strlen (text));
}

static void
expect_over (Fixture *fixture)
{
  ws_test_until (NULL, fixture->n_over > 0);
  g_assert_no_error (fixture->error);
  g_assert_cmpuint (fixture->n_over, ==, 1);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (fixture->server)),
                    ==, 0);
}

/* --- Answers --- */

static void
test_big (Fixture *fixture, gconstpointer data)
{
  g_autoptr (RawPeer) peer = ask (fixture, PAGE, "/big");
  void (*close) (gpointer fixture) = data;

  raw_peer_wait_head (peer);
  close (fixture);
  ws_test_until (NULL, peer->is_eof);
  g_assert_cmpuint (peer->received->len, ==, BIG_SIZE);
  g_clear_pointer (&peer, raw_peer_free);
  if (close == close_all)
    expect_over (fixture);
  g_assert_cmpuint (fixture->n_errors, ==, 0);
}

/* In the handler that gives the answer. */
static void
test_inside (Fixture *fixture, gconstpointer data)
{
  g_autoptr (RawPeer) peer = NULL;

  fixture->act = close_all;
  peer = ask (fixture, GPOINTER_TO_UINT (data), "/");
  if (GPOINTER_TO_UINT (data) == PAGE)
    expect_page (peer, "page");
  else
    expect_restart (peer);
  g_clear_pointer (&peer, raw_peer_free);
  expect_over (fixture);
}

static void
close_soon (WsServer *server, guint code, Fixture *fixture)
{
  close_all (fixture);
}

/* A refusal that nothing was written of yet. */
static void
test_refused (Fixture *fixture, gconstpointer data)
{
  g_autoptr (RawPeer) peer = NULL;

  g_signal_connect (fixture->server, "server-error", G_CALLBACK (close_soon),
                    fixture);
  peer = raw_peer_connect (ws_server_get_server_port (fixture->server));
  raw_peer_send (peer, "HELO\r\n\r\n");
  api_expect_refusal (peer, 400);
  g_clear_pointer (&peer, raw_peer_free);
  expect_over (fixture);
}

/* --- Handlers that answer later --- */

static void
test_deferred (Fixture *fixture, gconstpointer data)
{
  Kind kind = GPOINTER_TO_UINT (data);
  g_autoptr (RawPeer) peer = ask_later (fixture, kind);

  close_all (fixture);
  settle ();
  g_assert_cmpuint (fixture->n_over, ==, 0);
  ws_response_done (fixture->deferred);
  if (kind == HANDSHAKE)
    expect_restart (peer);
  else
    expect_status (peer, 426);
  g_clear_pointer (&peer, raw_peer_free);
  expect_over (fixture);
}

/* One that never does is not waited for for ever. */
static void
test_never (Fixture *fixture, gconstpointer data)
{
  g_autoptr (RawPeer) peer = NULL;

  ws_server_set_handshake_timeout (fixture->server, 500);
  peer = ask_later (fixture, GPOINTER_TO_UINT (data));
  close_all (fixture);
  api_expect_refusal (peer, 503);
  g_clear_pointer (&peer, raw_peer_free);
  expect_over (fixture);
  g_assert_cmpuint (fixture->n_errors, ==, 1);
  /* It goes nowhere, and does no harm. */
  ws_response_done (fixture->deferred);
  settle ();
  g_assert_cmpuint (fixture->n_errors, ==, 1);
}

/* An answer is not waited for when nobody waits. */
static void
test_left (Fixture *fixture, gconstpointer data)
{
  RawPeer *peer = ask_later (fixture, HANDSHAKE);

  close_all (fixture);
  raw_peer_free (peer);
  expect_over (fixture);
}

/* --- Requests --- */

/* The head comes in two pieces, with the end of the server in between. */
static void
test_split (Fixture *fixture, gconstpointer data)
{
  Kind             kind = GPOINTER_TO_UINT (data);
  g_autofree char *request = make_request (kind, "/");
  gsize            half = strlen (request) / 2;
  g_autoptr (RawPeer) peer
      = raw_peer_connect (ws_server_get_server_port (fixture->server));
  g_autoptr (RawPeer) first = ask (fixture, PAGE, "/");

  raw_peer_send_bytes (peer, request, half);
  /* Both are accepted then. */
  expect_page (first, "page");
  close_all (fixture);
  raw_peer_send (peer, request + half);
  if (kind == PAGE)
    expect_page (peer, "page");
  else
    expect_restart (peer);
  g_clear_pointer (&first, raw_peer_free);
  g_clear_pointer (&peer, raw_peer_free);
  expect_over (fixture);
  g_assert_cmpuint (fixture->n_errors, ==, 0);
}

/* What does not come in time is told why, with half a head and without. */
static void
test_silent (Fixture *fixture, gconstpointer data)
{
  const char *start = data;
  g_autoptr (RawPeer) first = NULL;
  g_autoptr (RawPeer) peer = NULL;

  ws_server_set_handshake_timeout (fixture->server, 100);
  peer = raw_peer_connect (ws_server_get_server_port (fixture->server));
  raw_peer_send (peer, start);
  first = ask (fixture, PAGE, "/");
  raw_peer_wait_head (first);
  close_all (fixture);
  api_expect_refusal (peer, 503);
  g_clear_pointer (&first, raw_peer_free);
  g_clear_pointer (&peer, raw_peer_free);
  expect_over (fixture);
}

/* --- Who takes what comes --- */

static void
on_accepted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GPtrArray *outcomes = user_data;
  g_autoptr (GError) error = NULL;
  WsSocket *socket
      = ws_server_accept_finish (WS_SERVER (source), result, &error);

  if (socket == NULL)
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED);
  g_ptr_array_add (outcomes, socket);
}

/* Calls wait until nobody is on the way any more. */
static void
test_accept (Fixture *fixture, gconstpointer data)
{
  void (*close) (gpointer fixture) = data;
  g_autoptr (GPtrArray) outcomes = g_ptr_array_new ();
  g_autoptr (RawPeer) peer = ask_later (fixture, HANDSHAKE);
  g_autoptr (WsSocket) socket = NULL;

  for (guint i = 0; i < 2; i++)
    ws_server_accept_async (fixture->server, NULL, on_accepted, outcomes);
  close (fixture);
  settle ();
  g_assert_cmpuint (outcomes->len, ==, 0);
  ws_response_done (fixture->deferred);
  ws_test_until (NULL, outcomes->len == 2);
  socket = outcomes->pdata[0];
  g_assert_nonnull (socket);
  g_assert_null (outcomes->pdata[1]);
  if (close == close_all)
    {
      expect_restart (peer);
      expect_over (fixture);
      return;
    }
  expect_status (peer, 101);
  api_socket_send (socket, "welcome");
  raw_peer_expect_text (peer, "welcome");
}

/* Somebody takes it in time from the queue. */
static void
on_new (WsServer *server, WsSocket **socket)
{
  *socket = ws_server_next_pending_connection (server);
}

static void
test_taken (Fixture *fixture, gconstpointer data)
{
  g_autoptr (RawPeer) peer = ask_later (fixture, HANDSHAKE);
  g_autoptr (WsSocket) socket = NULL;

  g_signal_connect (fixture->server, "new-connection", G_CALLBACK (on_new),
                    &socket);
  close_all (fixture);
  ws_response_done (fixture->deferred);
  g_assert_nonnull (socket);
  g_assert_cmpint (ws_socket_get_state (socket), ==, WS_STATE_CLOSING);
  expect_restart (peer);
  g_clear_pointer (&peer, raw_peer_free);
  expect_over (fixture);
}

static void
test_cancel (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (RawPeer) later = ask_later (fixture, PAGE);
  g_autoptr (RawPeer) big = ask (fixture, PAGE, "/big");
  g_autoptr (RawPeer) silent
      = raw_peer_connect (ws_server_get_server_port (fixture->server));
  g_autoptr (RawPeer) client = ask (fixture, HANDSHAKE, "/");

  raw_peer_wait_head (big);
  raw_peer_set_reading (big, FALSE);
  expect_status (client, 101);
  g_object_unref (api_server_take (fixture->server));
  ws_server_close_async (fixture->server, 1001, NULL, cancellable, on_over,
                         fixture);
  g_cancellable_cancel (cancellable);
  ws_test_until (NULL, fixture->n_over > 0);
  g_assert_error (fixture->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  raw_peer_expect_eof (later);
  raw_peer_expect_eof (silent);
  raw_peer_expect_eof (client);
  raw_peer_set_reading (big, TRUE);
  ws_test_until (NULL, big->is_eof);
  g_assert_cmpuint (big->received->len, <, BIG_SIZE);
}

/* --- Handshakes that stall --- */

/* Who takes an answer is not dropped, however many others come. */
static void
test_max_handshakes (Fixture *fixture, gconstpointer data)
{
  g_autoptr (RawPeer) reader = ask (fixture, PAGE, "/big");
  g_autoptr (GPtrArray) others
      = g_ptr_array_new_with_free_func ((GDestroyNotify) raw_peer_free);

  ws_server_set_max_handshakes (fixture->server, 1);
  raw_peer_wait_head (reader);
  for (guint i = 0; i < 20 && !reader->is_eof; i++)
    {
      g_ptr_array_add (others, raw_peer_connect (ws_server_get_server_port (
                                   fixture->server)));
      g_main_context_iteration (NULL, TRUE);
    }
  ws_test_until (NULL, reader->is_eof);
  g_assert_cmpuint (reader->received->len, ==, BIG_SIZE);
}

#define add(path, data, test) \
  g_test_add (path, Fixture, data, set_up, test, tear_down)

int
main (int argc, char **argv)
{
  gconstpointer page = GUINT_TO_POINTER (PAGE);
  gconstpointer handshake = GUINT_TO_POINTER (HANDSHAKE);

  api_test_init (&argc, &argv);
  add ("/api/server-drain/big", close_all, test_big);
  add ("/api/server-drain/big-close", close_only, test_big);
  add ("/api/server-drain/inside", handshake, test_inside);
  add ("/api/server-drain/inside-http", page, test_inside);
  add ("/api/server-drain/refused", NULL, test_refused);
  add ("/api/server-drain/deferred", handshake, test_deferred);
  add ("/api/server-drain/deferred-http", page, test_deferred);
  add ("/api/server-drain/never", handshake, test_never);
  add ("/api/server-drain/never-http", page, test_never);
  add ("/api/server-drain/left", NULL, test_left);
  add ("/api/server-drain/split", handshake, test_split);
  add ("/api/server-drain/split-http", page, test_split);
  add ("/api/server-drain/silent", "", test_silent);
  add ("/api/server-drain/half-a-head", "GET / HTTP/1.1\r\nHo", test_silent);
  add ("/api/server-drain/accept", close_all, test_accept);
  add ("/api/server-drain/accept-close", close_only, test_accept);
  add ("/api/server-drain/taken", NULL, test_taken);
  add ("/api/server-drain/cancel", NULL, test_cancel);
  add ("/api/server-drain/max-handshakes", NULL, test_max_handshakes);
  return g_test_run ();
}
