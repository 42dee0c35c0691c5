/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api-test.h"

#include <string.h>

/* How many answers handlers may put off. */

typedef struct
{
  WsServer  *server;    /* (nullable): once the test has dropped it */
  GPtrArray *responses; /* (owned): that were put off, the oldest first */
  guint      n_asked;
  guint      n_errors;
  guint      code; /* of the last error */
} Fixture;

static void
on_request (WsServer   *server,
            WsRequest  *request,
            WsResponse *response,
            Fixture    *fixture)
{
  fixture->n_asked++;
  ws_response_defer (response);
  g_ptr_array_add (fixture->responses, g_object_ref (response));
}

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
  fixture->responses = g_ptr_array_new_with_free_func (g_object_unref);
  g_signal_connect (fixture->server, "handshake-requested",
                    G_CALLBACK (on_request), fixture);
  g_signal_connect (fixture->server, "http-request", G_CALLBACK (on_request),
                    fixture);
  g_signal_connect (fixture->server, "server-error",
                    G_CALLBACK (on_server_error), fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_ptr_array_unref (fixture->responses);
  if (fixture->server != NULL)
    g_assert_finalize_object (fixture->server);
}

static RawPeer *
ask (Fixture *fixture, gboolean is_handshake)
{
  g_autofree char *request
      = is_handshake ? raw_peer_make_request (NULL)
                     : g_strdup ("GET / HTTP/1.1\r\nHost: here\r\n\r\n");
  RawPeer *peer
      = raw_peer_connect (ws_server_get_server_port (fixture->server));

  raw_peer_send (peer, request);
  return peer;
}

static RawPeer *
wait_for_answer (Fixture *fixture, gboolean is_handshake)
{
  const guint n = fixture->n_asked;
  RawPeer    *peer = ask (fixture, is_handshake);

  ws_test_until (NULL, fixture->n_asked > n);
  return peer;
}

/* Nobody is asked about it, and it is told when to come back. */
static void
expect_refusal (Fixture *fixture, gboolean is_handshake)
{
  const guint n_asked = fixture->n_asked, n_errors = fixture->n_errors;
  g_autoptr (RawPeer) peer = ask (fixture, is_handshake);

  api_expect_refusal (peer, 503);
  g_assert_nonnull (strstr (peer->head, "\r\nRetry-After: 1\r\n"));
  g_assert_cmpuint (fixture->n_asked, ==, n_asked);
  g_assert_cmpuint (fixture->n_errors, ==, n_errors + 1);
  g_assert_cmpuint (fixture->code, ==, 1006);
  g_assert_nonnull (strstr (ws_server_get_error_string (fixture->server),
                            "max-deferred-requests"));
}

static void
expect_status (RawPeer *peer, const char *start)
{
  raw_peer_wait_head (peer);
  g_assert_true (g_str_has_prefix (peer->head, start));
}

static void
answer (Fixture *fixture, guint index)
{
  ws_response_done (g_ptr_array_index (fixture->responses, index));
}

/* Both kinds count together, and are let in again when one is answered. */
static void
test_limit (Fixture *fixture, gconstpointer data)
{
  g_autoptr (RawPeer) first = NULL;
  g_autoptr (RawPeer) second = NULL;
  g_autoptr (RawPeer) third = NULL;

  g_assert_cmpuint (ws_server_get_max_deferred_requests (fixture->server), ==,
                    1024);
  ws_server_set_max_deferred_requests (fixture->server, 2);
  first = wait_for_answer (fixture, TRUE);
  second = wait_for_answer (fixture, FALSE);
  expect_refusal (fixture, TRUE);
  expect_refusal (fixture, FALSE);
  answer (fixture, 0);
  expect_status (first, "HTTP/1.1 101 ");
  third = wait_for_answer (fixture, FALSE);
  expect_refusal (fixture, TRUE);
  answer (fixture, 1);
  answer (fixture, 2);
  expect_status (second, "HTTP/1.1 426 ");
  expect_status (third, "HTTP/1.1 426 ");
  raw_peer_free (wait_for_answer (fixture, TRUE));
}

static void
test_none (Fixture *fixture, gconstpointer data)
{
  ws_server_set_max_deferred_requests (fixture->server, 1);
  raw_peer_free (wait_for_answer (fixture, FALSE));
  ws_server_set_max_deferred_requests (fixture->server, 0);
  raw_peer_free (wait_for_answer (fixture, FALSE));
}

/* Who leaves before the answer is told of. */
static void
ask_and_leave (Fixture *fixture, gboolean is_handshake)
{
  const guint n_errors = fixture->n_errors;

  raw_peer_reset (wait_for_answer (fixture, is_handshake));
  ws_test_until (NULL, fixture->n_errors > n_errors);
}

/* Who asks and leaves has begun something all the same, until that is over. */
static void
test_gone (Fixture *fixture, gconstpointer data)
{
  ws_server_set_max_deferred_requests (fixture->server, 1);
  ask_and_leave (fixture, GPOINTER_TO_INT (data));
  expect_refusal (fixture, TRUE);
  answer (fixture, 0);
  ask_and_leave (fixture, TRUE);
  expect_refusal (fixture, TRUE);
}

/* Nobody can answer any more. */
static void
test_forgotten (Fixture *fixture, gconstpointer data)
{
  g_autoptr (RawPeer) peer = NULL;

  ws_server_set_max_deferred_requests (fixture->server, 1);
  peer = wait_for_answer (fixture, TRUE);
  g_ptr_array_set_size (fixture->responses, 0);
  api_expect_refusal (peer, 500);
  raw_peer_free (wait_for_answer (fixture, TRUE));
}

static void
test_server_gone (Fixture *fixture, gconstpointer data)
{
  g_autoptr (RawPeer) peer = wait_for_answer (fixture, TRUE);

  g_assert_finalize_object (g_steal_pointer (&fixture->server));
  answer (fixture, 0);
  raw_peer_expect_eof (peer);
}

static void
on_request_nested (WsServer   *server,
                   WsRequest  *request,
                   WsResponse *response,
                   Fixture    *fixture)
{
  g_signal_handlers_disconnect_by_func (server, on_request_nested, fixture);
  expect_refusal (fixture, TRUE);
  ws_response_set_text (response, "after all");
}

/* One whose handlers run a loop of their own is not answered either. */
static void
test_nested (Fixture *fixture, gconstpointer data)
{
  g_autoptr (RawPeer) peer = NULL;

  g_signal_handlers_disconnect_by_func (fixture->server, on_request, fixture);
  g_signal_connect (fixture->server, "http-request",
                    G_CALLBACK (on_request_nested), fixture);
  g_signal_connect (fixture->server, "handshake-requested",
                    G_CALLBACK (on_request), fixture);
  ws_server_set_max_deferred_requests (fixture->server, 1);
  peer = ask (fixture, FALSE);
  expect_status (peer, "HTTP/1.1 200 ");
  raw_peer_free (wait_for_answer (fixture, TRUE));
}

static void
add (const char   *name,
     gconstpointer data,
     void (*func) (Fixture *fixture, gconstpointer data))
{
  g_autofree char *path = g_strconcat ("/api/deferrals/", name, NULL);

  g_test_add (path, Fixture, data, set_up, func, tear_down);
}

int
main (int argc, char **argv)
{
  api_test_init (&argc, &argv);
  add ("limit", NULL, test_limit);
  add ("none", NULL, test_none);
  add ("gone/handshake", GINT_TO_POINTER (TRUE), test_gone);
  add ("gone/http", GINT_TO_POINTER (FALSE), test_gone);
  add ("forgotten", NULL, test_forgotten);
  add ("server-gone", NULL, test_server_gone);
  add ("nested", NULL, test_nested);
  return g_test_run ();
}
