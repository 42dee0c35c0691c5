/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api-test.h"

/* Who comes when there is no room: to an application that asks for its clients
 * with accept_async() they wait. */

static RawPeer *
request (WsServer *server)
{
  RawPeer         *peer = raw_peer_connect (ws_server_get_server_port (server));
  g_autofree char *text = raw_peer_make_request (NULL);

  raw_peer_send (peer, text);
  return peer;
}

static void
expect_welcome (RawPeer *peer)
{
  raw_peer_wait_head (peer);
  g_assert_nonnull (strstr (peer->head, " 101 "));
}

/* Sockets, until there comes none. */
typedef struct
{
  GPtrArray *sockets; /* (owned) */
  gboolean   asks_again;
  gboolean   is_over;
} Taker;

static void
on_accepted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  WsServer *server = WS_SERVER (source);
  Taker    *taker = user_data;
  g_autoptr (GError) error = NULL;
  WsSocket *socket = ws_server_accept_finish (server, result, &error);

  if (socket != NULL)
    g_ptr_array_add (taker->sockets, socket);
  else
    taker->is_over = TRUE;
  if (socket != NULL && taker->asks_again)
    ws_server_accept_async (server, NULL, on_accepted, taker);
}

static void
taker_init (Taker *taker)
{
  *taker
      = (Taker){ .sockets = g_ptr_array_new_with_free_func (g_object_unref) };
}

static void
taker_clear (Taker *taker)
{
  g_ptr_array_unref (taker->sockets);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Taker, taker_clear)

static void
take_one (WsServer *server, Taker *taker)
{
  const guint n = taker->sockets->len;

  ws_server_accept_async (server, NULL, on_accepted, taker);
  ws_test_until (NULL, taker->sockets->len == n + 1);
}

/* Nobody is lost to an application that asks again and again, however many come
 * at once. */
static void
test_burst (gconstpointer data)
{
  WsServer *server = api_server_new ();
  RawPeer  *peers[40];
  g_auto (Taker) taker = { NULL };

  taker_init (&taker);
  taker.asks_again = TRUE;
  ws_server_set_max_pending_connections (server, GPOINTER_TO_INT (data));
  ws_server_accept_async (server, NULL, on_accepted, &taker);
  for (guint i = 0; i < G_N_ELEMENTS (peers); i++)
    peers[i] = request (server);
  ws_test_until (NULL, taker.sockets->len == G_N_ELEMENTS (peers));
  for (guint i = 0; i < G_N_ELEMENTS (peers); i++)
    {
      expect_welcome (peers[i]);
      raw_peer_free (peers[i]);
    }
  ws_server_close (server);
  ws_test_until (NULL, taker.is_over);
  g_object_unref (server);
}

/* (transfer full): waits for a place in the queue, which has none. */
static RawPeer *
hold (WsServer *server)
{
  g_auto (Taker) taker = { NULL };
  g_autoptr (RawPeer) first = NULL;
  g_autoptr (RawPeer) other = NULL;
  RawPeer *held;

  taker_init (&taker);
  ws_server_set_max_pending_connections (server, 0);
  ws_server_accept_async (server, NULL, on_accepted, &taker);
  first = raw_peer_join (ws_server_get_server_port (server), NULL);
  held = request (server);
  ws_test_until (NULL, taker.sockets->len == 1);
  /* Who has come later is answered: so the other one was read. */
  other = raw_peer_connect (ws_server_get_server_port (server));
  raw_peer_send (other, "GET / HTTP/1.1\r\nHost: here\r\n\r\n");
  raw_peer_wait_head (other);
  return held;
}

/* Those who wait get a place in the order of coming, or leave. */
static void
test_order (void)
{
  WsServer *server = api_server_new ();
  g_autoptr (RawPeer) first = hold (server);
  RawPeer *gone = request (server);
  g_autoptr (RawPeer) last = request (server);
  g_auto (Taker) taker = { NULL };

  taker_init (&taker);
  raw_peer_free (gone);
  take_one (server, &taker);
  expect_welcome (first);
  g_assert_null (last->head);
  take_one (server, &taker);
  expect_welcome (last);
  g_object_unref (server);
}

/* Who waits for a place is on the way. */
static void
test_close (void)
{
  WsServer *server = api_server_new ();
  g_autoptr (RawPeer) held = hold (server);
  g_auto (Taker) taker = { NULL };

  taker_init (&taker);
  ws_server_close (server);
  take_one (server, &taker);
  expect_welcome (held);
  ws_server_accept_async (server, NULL, on_accepted, &taker);
  ws_test_until (NULL, taker.is_over);
  g_object_unref (server);
}

static void
on_closed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_assert_true (ws_server_close_finish (WS_SERVER (source), result, NULL));
  *(gboolean *) user_data = TRUE;
}

/* Nobody is left without an answer. */
static void
test_close_all (void)
{
  WsServer *server = api_server_new ();
  g_autoptr (RawPeer) held = hold (server);
  gboolean is_closed = FALSE;

  ws_server_set_handshake_timeout (server, 300);
  ws_server_close_async (server, 1001, NULL, NULL, on_closed, &is_closed);
  api_expect_refusal (held, 503);
  ws_test_until (NULL, is_closed);
  g_assert_finalize_object (server);
}

/* Those who wait count as connections. */
static void
test_limit (void)
{
  WsServer *server = api_server_new ();
  g_autoptr (RawPeer) held = hold (server);
  g_autoptr (RawPeer) refused = NULL;

  ws_test_until (NULL, g_list_model_get_n_items (G_LIST_MODEL (server)) == 0);
  ws_server_set_max_connections (server, 1);
  refused = request (server);
  api_expect_refusal (refused, 503);
  g_assert_nonnull (
      strstr (ws_server_get_error_string (server), "max-connections"));
  g_assert_finalize_object (server);
  ws_test_until (NULL, held->is_eof);
}

/* Whoever takes them from the queue does not ask for more than it has. */
static void
test_from_queue (void)
{
  WsServer *server = api_server_new ();
  g_autoptr (RawPeer) held = hold (server);
  g_autoptr (RawPeer) refused = NULL;
  g_autoptr (WsSocket) socket = NULL;

  ws_server_set_max_pending_connections (server, 1);
  expect_welcome (held);
  socket = ws_server_next_pending_connection (server);
  g_assert_nonnull (socket);
  ws_server_set_max_pending_connections (server, 0);
  refused = request (server);
  api_expect_refusal (refused, 503);
  g_object_unref (server);
}

/* A call that is given up leaves them where they are. */
static void
test_cancelled (void)
{
  WsServer *server = api_server_new ();
  g_autoptr (RawPeer) held = hold (server);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_auto (Taker) taker = { NULL };

  taker_init (&taker);
  ws_server_accept_async (server, cancellable, on_accepted, &taker);
  g_cancellable_cancel (cancellable);
  ws_test_until (NULL, taker.is_over);
  g_assert_null (held->head);
  g_object_unref (server);
  ws_test_until (NULL, held->is_eof);
}

static void
drop (WsServer *server, gpointer object, gpointer user_data)
{
  g_object_unref (server);
}

/* The handler that is asked about one of them drops the server. */
static void
test_dropped (void)
{
  WsServer *server = api_server_new ();
  RawPeer  *held[] = { hold (server), request (server) };
  gpointer  weak = server;

  g_object_add_weak_pointer (G_OBJECT (server), &weak);
  g_signal_connect (server, "handshake-requested", G_CALLBACK (drop), NULL);
  ws_server_set_max_pending_connections (server, 2);
  ws_test_until (NULL, weak == NULL);
  for (guint i = 0; i < G_N_ELEMENTS (held); i++)
    {
      ws_test_until (NULL, held[i]->is_eof);
      raw_peer_free (held[i]);
    }
}

int
main (int argc, char **argv)
{
  api_test_init (&argc, &argv);
  g_test_add_data_func ("/api/room/burst", GINT_TO_POINTER (30), test_burst);
  g_test_add_data_func ("/api/room/burst-of-one", GINT_TO_POINTER (1),
                        test_burst);
  g_test_add_data_func ("/api/room/burst-without-queue", GINT_TO_POINTER (0),
                        test_burst);
  g_test_add_func ("/api/room/order", test_order);
  g_test_add_func ("/api/room/close", test_close);
  g_test_add_func ("/api/room/close-all", test_close_all);
  g_test_add_func ("/api/room/limit", test_limit);
  g_test_add_func ("/api/room/from-queue", test_from_queue);
  g_test_add_func ("/api/room/cancelled", test_cancelled);
  g_test_add_func ("/api/room/dropped", test_dropped);
  return g_test_run ();
}
