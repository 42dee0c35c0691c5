/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api-test.h"

#include <string.h>

/* ws_socket_post_message() and ws_socket_post_close(), from any thread. */

static void
post (WsSocket *socket, const char *text)
{
  g_autoptr (WsMessage) message = ws_message_new_text (text);

  ws_socket_post_message (socket, message);
}

static guint64
count_dropped (WsSocket *socket)
{
  g_autoptr (WsStatistics) statistics = ws_socket_get_statistics (socket);

  return statistics->messages_dropped;
}

/* --- In one's own thread --- */

static void
test_own_thread (Half *half, gconstpointer data)
{
  post (half->socket, "first");
  api_socket_send (half->socket, "before");
  post (half->socket, "second");
  g_assert_true (ws_socket_post_close (half->socket, 4000, "bye", NULL));
  /* Nothing has happened yet. */
  g_assert_cmpint (ws_socket_get_state (half->socket), ==, WS_STATE_CONNECTED);
  post (half->socket, "late");
  raw_peer_expect_text (half->peer, "before");
  raw_peer_expect_text (half->peer, "first");
  raw_peer_expect_text (half->peer, "second");
  raw_peer_expect_close (half->peer, 4000, "bye");
  g_assert_cmpuint (count_dropped (half->socket), ==, 1);
}

static void
test_refused (Half *half, gconstpointer data)
{
  static const guint codes[] = { 0, 999, 1005, 1006, 1015, 2999, 5000 };
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    {
      g_autoptr (GError) problem = NULL;

      g_assert_false (
          ws_socket_post_close (half->socket, codes[i], NULL, &problem));
      g_assert_error (problem, WS_SOCKET_ERROR,
                      WS_SOCKET_ERROR_INVALID_ARGUMENT);
    }
  g_assert_false (ws_socket_post_close (half->socket, 1000, "\xff", &error));
  g_assert_error (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_INVALID_ARGUMENT);
  post (half->socket, "still there");
  raw_peer_expect_text (half->peer, "still there");
}

/* --- What cannot be delivered --- */

static void
test_unconnected (void)
{
  WsSocket *socket = ws_socket_new ();

  post (socket, "nobody");
  g_assert_true (ws_socket_post_close (socket, 1000, NULL, NULL));
  g_assert_cmpuint (count_dropped (socket), ==, 1);
  g_assert_cmpstr (ws_socket_get_error_string (socket), ==, "");
  g_assert_finalize_object (socket);
}

/* What is meant for one connection does not reach the next. */
static void
test_reopened (Pair *pair, gconstpointer data)
{
  g_autoptr (WsSocket) accepted = NULL;
  SignalLog *log;

  post (pair->client, "old");
  g_assert_true (ws_socket_post_close (pair->client, 1000, NULL, NULL));
  ws_socket_abort (pair->client);
  post (pair->client, "between");
  g_assert_true (ws_socket_open (pair->client, NULL, NULL));
  post (pair->client, "connecting");
  ws_test_until (NULL, ws_server_has_pending_connections (pair->server));
  accepted = ws_server_next_pending_connection (pair->server);
  log = signal_log_new (accepted);
  api_wait_state (pair->client, WS_STATE_CONNECTED);
  post (pair->client, "new");
  ws_test_until (NULL, signal_log_count (log, "text:new") > 0);
  signal_log_expect (log, "text:new");
  /* Of the new attempt: "old" arrived in it, "connecting" too early. */
  g_assert_cmpuint (count_dropped (pair->client), ==, 2);
  ws_socket_abort (pair->client);
  signal_log_free (log);
}

static void
test_full (Half *half, gconstpointer data)
{
  ws_socket_set_max_bytes_to_write (half->socket, 20);
  post (half->socket, "this is much too long for it");
  post (half->socket, "this fits");
  raw_peer_expect_text (half->peer, "this fits");
  g_assert_cmpuint (count_dropped (half->socket), ==, 1);
}

/* An attempt is given up. */
static void
test_close_connecting (void)
{
  RawListener     *listener = raw_listener_new ();
  g_autofree char *url = raw_listener_make_url (listener, "/");
  WsSocket        *socket = ws_socket_new ();

  g_assert_true (ws_socket_open (socket, url, NULL));
  g_assert_true (ws_socket_post_close (socket, 1000, NULL, NULL));
  g_assert_cmpint (ws_socket_get_state (socket), ==, WS_STATE_CONNECTING);
  api_wait_state (socket, WS_STATE_UNCONNECTED);
  g_assert_finalize_object (socket);
  raw_listener_free (listener);
}

/* --- Handlers --- */

/* A nested loop in a handler goes on with what was posted behind. */
static void
on_about_to_close (WsSocket *socket, RawPeer *peer)
{
  raw_peer_expect_text (peer, "before");
  raw_peer_expect_text (peer, "behind");
}

static void
test_nested (Half *half, gconstpointer data)
{
  g_signal_connect (half->socket, "about-to-close",
                    G_CALLBACK (on_about_to_close), half->peer);
  post (half->socket, "before");
  ws_socket_post_close (half->socket, 1000, NULL, NULL);
  post (half->socket, "behind");
  raw_peer_expect_close (half->peer, 1000, "");
}

/* --- From other threads --- */

#define N_THREADS  4
#define N_MESSAGES 500

typedef struct
{
  WsSocket *socket; /* (owned) */
  guint     number;
} Poster;

/* Each drops its reference as soon as it has posted. */
static gpointer
run_poster (gpointer user_data)
{
  Poster *poster = user_data;

  for (guint i = 0; i < N_MESSAGES; i++)
    {
      g_autofree char *text = g_strdup_printf ("%u %u", poster->number, i);

      post (poster->socket, text);
    }
  g_object_unref (poster->socket);
  return NULL;
}

/* In order for each thread, none lost, none twice. */
static void
test_threads (Half *half, gconstpointer data)
{
  GThread *threads[N_THREADS];
  Poster   posters[N_THREADS];
  guint    next[N_THREADS] = { 0 };

  for (guint i = 0; i < N_THREADS; i++)
    {
      posters[i] = (Poster){ g_object_ref (half->socket), i };
      threads[i] = g_thread_new ("poster", run_poster, &posters[i]);
    }
  for (guint n = 0; n < N_THREADS * N_MESSAGES; n++)
    {
      g_auto (RawFrame) frame = raw_peer_take_frame (half->peer);
      char *rest;
      guint number
          = (guint) g_ascii_strtoull ((char *) frame.payload->data, &rest, 10);

      g_assert_cmpuint (number, <, N_THREADS);
      g_assert_cmpuint (g_ascii_strtoull (rest, NULL, 10), ==, next[number]);
      next[number]++;
    }
  for (guint i = 0; i < N_THREADS; i++)
    g_thread_join (threads[i]);
  g_assert_cmpuint (count_dropped (half->socket), ==, 0);
}

static gpointer
run_last_reference (gpointer user_data)
{
  Poster *poster = user_data;

  post (poster->socket, "last");
  g_object_unref (poster->socket);
  return NULL;
}

/* The last reference goes in the posting thread: the message leaves first, and
 * the owner releases the connection. */
static void
test_last_reference (void)
{
  RawListener     *listener = raw_listener_new ();
  g_autofree char *url = raw_listener_make_url (listener, "/");
  Poster           poster = { ws_socket_new (), 0 };
  WsSocket        *watched = poster.socket;
  RawPeer         *peer;
  GThread         *thread;

  g_object_add_weak_pointer (G_OBJECT (watched), (gpointer *) &watched);
  g_assert_true (ws_socket_open (poster.socket, url, NULL));
  peer = raw_listener_take (listener);
  raw_peer_accept (peer);
  api_wait_state (poster.socket, WS_STATE_CONNECTED);
  thread = g_thread_new ("last", run_last_reference, &poster);
  raw_peer_expect_text (peer, "last");
  raw_peer_expect_close (peer, 1001, "");
  g_thread_join (thread);
  g_assert_null (watched);
  raw_peer_free (peer);
  raw_listener_free (listener);
}

static gpointer
run_closer (gpointer socket)
{
  g_assert_true (ws_socket_post_close (socket, 4001, "from afar", NULL));
  return NULL;
}

static void
test_close (Half *half, gconstpointer data)
{
  GThread *thread = g_thread_new ("closer", run_closer, half->socket);

  raw_peer_expect_close (half->peer, 4001, "from afar");
  g_thread_join (thread);
}

typedef struct
{
  WsSocket    *socket;
  GAsyncQueue *orders; /* of how many messages to post; 0 does not fit in it */
} Storm;

#define STORM_END 1

static gpointer
run_storm (gpointer user_data)
{
  Storm *storm = user_data;
  guint  n;

  while ((n = GPOINTER_TO_UINT (g_async_queue_pop (storm->orders)))
         != STORM_END)
    for (; n > 0; n--)
      post (storm->socket, "storm");
  return NULL;
}

static void
order (Storm *storm, guint n)
{
  g_async_queue_push (storm->orders, GUINT_TO_POINTER (n));
}

/* Connections begin and end while another thread posts. */
static void
test_storm (void)
{
  WsServer        *server = api_server_new ();
  g_autofree char *url = g_strdup (ws_server_get_url (server));
  Storm            storm = { ws_socket_new (), g_async_queue_new () };
  GThread         *thread = g_thread_new ("storm", run_storm, &storm);

  for (guint i = 0; i < 30; i++)
    {
      WsSocket *accepted;
      guint     n = 0;

      order (&storm, 20);
      g_assert_true (ws_socket_open (storm.socket, url, NULL));
      accepted = api_server_take (server);
      api_count (accepted, "message-received", &n);
      api_wait_state (storm.socket, WS_STATE_CONNECTED);
      order (&storm, 20);
      ws_test_until (NULL, n > 0);
      if (i % 2 == 0)
        ws_socket_abort (storm.socket);
      ws_socket_abort (accepted);
      g_object_unref (accepted);
    }
  order (&storm, STORM_END);
  g_thread_join (thread);
  ws_socket_abort (storm.socket);
  /* Those that are on their way hold it. */
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_finalize_object (storm.socket);
  g_assert_finalize_object (server);
  g_async_queue_unref (storm.orders);
}

int
main (int argc, char **argv)
{
  api_test_init (&argc, &argv);
  half_add ("/api/post/own-thread", NULL, test_own_thread);
  half_add ("/api/post/refused", NULL, test_refused);
  g_test_add_func ("/api/post/unconnected", test_unconnected);
  pair_add ("/api/post/reopened", NULL, test_reopened);
  half_add ("/api/post/full", NULL, test_full);
  g_test_add_func ("/api/post/close-connecting", test_close_connecting);
  half_add ("/api/post/nested", NULL, test_nested);
  half_add ("/api/post/threads", NULL, test_threads);
  g_test_add_func ("/api/post/last-reference", test_last_reference);
  half_add ("/api/post/close", NULL, test_close);
  g_test_add_func ("/api/post/storm", test_storm);
  return g_test_run ();
}
