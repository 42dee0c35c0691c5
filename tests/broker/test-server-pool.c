/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>
#include <unistd.h>

#include "broker-node.h"
#include "broker-peer.h"
#include "broker-table.h"
#include "support/http-ask.h"
#include "support/ws-test.h"

/* The table of all brokers, with a pool of four threads; and what a pool does
 * besides. */

static void
set_up (WsServer *server, gpointer data)
{
  broker_node_set_up (server);
}

static void
on_closed (GObject *pool, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (
      ws_server_pool_close_finish (WS_SERVER_POOL (pool), result, &error));
  g_assert_no_error (error);
  *(gboolean *) data = TRUE;
}

static void
close_pool (WsServerPool *pool)
{
  gboolean is_closed = FALSE;

  ws_server_pool_close_async (pool, WS_CLOSE_CODE_GOING_AWAY, "Bye", NULL,
                              on_closed, &is_closed);
  ws_test_until (NULL, is_closed);
  g_assert_false (ws_server_pool_get_listening (pool));
}

static WsServerPool *
start_pool (guint n_threads)
{
  WsServerPool *pool = ws_server_pool_new (n_threads, WS_SSL_MODE_NON_SECURE,
                                           set_up, NULL, NULL);
  g_autoptr (GInetAddress) address
      = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (WsBroker) broker = ws_memory_broker_new ();
  g_autoptr (GError) error = NULL;

  ws_broker_set_history (broker, "h/*", 50, 0);
  ws_server_pool_set_broker (pool, broker);
  g_assert_true (ws_server_pool_listen (pool, address, 0, &error));
  g_assert_no_error (error);
  return pool;
}

/* --- The table --- */

typedef struct
{
  BrokerNodes   nodes;
  guint         port;
  WsServerPool *pool;
} PoolNodes;

static BrokerNodes *
start (gpointer data)
{
  PoolNodes *self = g_new0 (PoolNodes, 1);

  self->pool = start_pool (4);
  self->port = ws_server_pool_get_server_port (self->pool);
  self->nodes = (BrokerNodes){ 1, &self->port, TRUE };
  return &self->nodes;
}

static void
stop (BrokerNodes *nodes, gpointer data)
{
  PoolNodes *self = (PoolNodes *) nodes;

  close_pool (self->pool);
  g_assert_finalize_object (self->pool);
  g_free (self);
}

static const BrokerCarrier carrier = { "pool", start, stop, NULL };

/* --- Threads --- */

#define N_SEEN 8

typedef struct
{
  GThread *threads[N_SEEN]; /* where something was done, in turn */
  int      n;               /* atomic */
  gboolean is_freed;
} Seen;

static void
note (WsServer *server, gpointer data)
{
  Seen     *seen = data;
  const int i = g_atomic_int_add (&seen->n, 1);

  g_assert_cmpint (i, <, N_SEEN);
  seen->threads[i] = g_thread_self ();
}

static void
free_seen (gpointer data)
{
  ((Seen *) data)->is_freed = TRUE;
}

static gboolean
has_seen (const Seen *seen, guint from, guint until, const GThread *thread)
{
  for (guint i = from; i < until; i++)
    if (seen->threads[i] == thread)
      return TRUE;
  return FALSE;
}

static void
test_threads (void)
{
  Seen          seen = { .n = 0 };
  WsServerPool *pool
      = ws_server_pool_new (3, WS_SSL_MODE_NON_SECURE, note, &seen, free_seen);
  guint n_threads;
  g_autoptr (GError) error = NULL;

  g_object_get (pool, "n-threads", &n_threads, NULL);
  g_assert_cmpuint (n_threads, ==, 3);
  g_assert_null (ws_server_pool_get_broker (pool));
  g_assert_cmpuint (ws_server_pool_get_server_port (pool), ==, 0);
  g_assert_true (ws_server_pool_listen (pool, NULL, 0, &error));
  g_assert_no_error (error);
  g_assert_cmpint (g_atomic_int_get (&seen.n), ==, 3);
  g_assert_true (WS_IS_MEMORY_BROKER (ws_server_pool_get_broker (pool)));
  /* Each in its own thread, once more. */
  ws_server_pool_invoke (pool, note, &seen, NULL);
  close_pool (pool);
  g_assert_cmpint (g_atomic_int_get (&seen.n), ==, 6);
  g_assert_false (has_seen (&seen, 0, 6, g_thread_self ()));
  for (guint i = 0; i < 3; i++)
    {
      g_assert_false (has_seen (&seen, i + 1, 3, seen.threads[i]));
      g_assert_true (has_seen (&seen, 3, 6, seen.threads[i]));
    }
  g_assert_false (seen.is_freed);
  g_assert_finalize_object (pool);
  g_assert_true (seen.is_freed);
}

/* A closed pool may listen anew, and one that is dropped closes itself. */
static void
test_again (void)
{
  WsServerPool *pool = start_pool (2);
  g_autoptr (GError) error = NULL;

  close_pool (pool);
  g_assert_true (ws_server_pool_listen (pool, NULL, 0, &error));
  g_assert_no_error (error);
  g_assert_finalize_object (pool);
}

static void
test_refused (void)
{
  WsServerPool *pool = start_pool (2);
  const guint16 port = ws_server_pool_get_server_port (pool);
  g_autoptr (GInetAddress) nobody
      = g_inet_address_new_from_string ("192.0.2.1");
  WsServerPool *other;
  g_autoptr (GError) error = NULL;

  g_assert_false (ws_server_pool_listen (pool, NULL, 0, &error));
  g_assert_error (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_OPERATION);
  g_clear_error (&error);
  /* No address of this machine: the thread that was there is gone. */
  other = ws_server_pool_new (2, WS_SSL_MODE_NON_SECURE, set_up, NULL, NULL);
  g_assert_false (ws_server_pool_listen (other, nobody, port, &error));
  g_assert_error (error, WS_SOCKET_ERROR,
                  WS_SOCKET_ERROR_SOCKET_ADDRESS_NOT_AVAILABLE);
  g_assert_false (ws_server_pool_get_listening (other));
  close_pool (other);
  g_assert_finalize_object (other);
  g_assert_finalize_object (pool);
}

static void
on_drained (GObject *pool, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (
      ws_server_pool_drain_finish (WS_SERVER_POOL (pool), result, &error));
  g_assert_no_error (error);
  *(gboolean *) data = TRUE;
}

static void
drain_pool (WsServerPool *pool)
{
  gboolean is_over = FALSE;

  ws_server_pool_drain_async (pool, 20, NULL, on_drained, &is_over);
  ws_test_until (NULL, is_over);
  g_assert_false (ws_server_pool_get_listening (pool));
}

static void
on_disconnected (WsSocket *socket, gpointer data)
{
  *(guint *) data = ws_socket_get_close_code (socket);
}

static void
check_end (void (*end) (WsServerPool *pool), guint code)
{
  WsServerPool *pool = start_pool (3);
  BrokerPeer   *peers[12];
  guint         codes[G_N_ELEMENTS (peers)] = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (peers); i++)
    {
      peers[i] = broker_peer_new (ws_server_pool_get_server_port (pool));
      g_signal_connect (peers[i]->socket, "disconnected",
                        G_CALLBACK (on_disconnected), &codes[i]);
    }
  end (pool);
  for (guint i = 0; i < G_N_ELEMENTS (peers); i++)
    {
      ws_test_until (NULL, codes[i] != 0);
      g_assert_cmpuint (codes[i], ==, code);
      broker_peer_free (peers[i]);
    }
  g_assert_finalize_object (pool);
}

static void
test_close (void)
{
  check_end (close_pool, WS_CLOSE_CODE_GOING_AWAY);
}

static void
test_drain (void)
{
  check_end (drain_pool, WS_CLOSE_CODE_SERVICE_RESTART);
}

/* --- Figures --- */

static void
on_async (GObject *object, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

/* (transfer full) */
static WsServerStatistics *
get_statistics (WsServerPool *pool)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  WsServerStatistics *figures;

  ws_server_pool_get_statistics_async (pool, NULL, on_async, &result);
  ws_test_until (NULL, result != NULL);
  figures = ws_server_pool_get_statistics_finish (pool, result, &error);
  g_assert_no_error (error);
  return figures;
}

/* (transfer full) */
static char *
dup_metrics (WsServerPool *pool)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  char *text;

  ws_server_pool_dup_metrics_async (pool, NULL, on_async, &result);
  ws_test_until (NULL, result != NULL);
  text = ws_server_pool_dup_metrics_finish (pool, result, &error);
  g_assert_no_error (error);
  return text;
}

static void
name_server (WsServer *server, gpointer data)
{
  int *n_servers = data;

  ws_server_set_server_name (server, g_atomic_int_add (n_servers, 1) < 6
                                         ? "pool"
                                         : "other");
}

/* What the clients of all threads do is told as a whole, also of those that are
 * gone with the threads. */
static void
test_figures (void)
{
  int           n_servers = 0;
  WsServerPool *pool = ws_server_pool_new (3, WS_SSL_MODE_NON_SECURE,
                                           name_server, &n_servers, NULL);
  BrokerPeer   *peers[12];
  g_autoptr (GError) error = NULL;

  for (guint round = 1; round <= 2; round++)
    {
      g_autoptr (WsServerStatistics) now = NULL;
      g_autoptr (WsServerStatistics) after = NULL;
      g_autofree char *text = NULL;

      ws_server_pool_listen (pool, NULL, 0, &error);
      g_assert_no_error (error);
      for (guint i = 0; i < G_N_ELEMENTS (peers); i++)
        peers[i] = broker_peer_new (ws_server_pool_get_server_port (pool));
      now = get_statistics (pool);
      g_assert_cmpuint (now->connections, ==, 12);
      g_assert_cmpuint (now->connections_total, ==, round * 12);
      text = dup_metrics (pool);
      g_assert_nonnull (
          strstr (text, "\nws_connections{server=\"pool\"} 12\n"));
      g_assert_nonnull (strstr (text, "\nws_draining{server=\"pool\"} 0\n"));
      g_assert_nonnull (strstr (text, "ws_broker_connected"));
      close_pool (pool);
      after = get_statistics (pool);
      g_assert_cmpuint (after->connections, ==, 0);
      g_assert_cmpuint (after->connections_total, ==, round * 12);
      g_assert_cmpint (after->since, ==, now->since);
      for (guint i = 0; i < G_N_ELEMENTS (peers); i++)
        broker_peer_free (peers[i]);
    }
  g_assert_finalize_object (pool);
}

/* Servers that have different names share none. */
static void
test_names (void)
{
  int              n_servers = 5;
  WsServerPool    *pool = ws_server_pool_new (2, WS_SSL_MODE_NON_SECURE,
                                              name_server, &n_servers, NULL);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  ws_server_pool_listen (pool, NULL, 0, &error);
  g_assert_no_error (error);
  text = dup_metrics (pool);
  g_assert_nonnull (strstr (text, "\nws_connections 0\n"));
  close_pool (pool);
  g_assert_finalize_object (pool);
}

static void
on_http (WsServer     *watcher,
         WsRequest    *request,
         WsResponse   *response,
         WsServerPool *pool)
{
  if (!ws_server_pool_answer_health (pool, request, response))
    ws_response_refuse (response, 404, NULL);
}

static void
test_health (void)
{
  WsServerPool *pool = start_pool (2);
  g_autoptr (WsServer) watcher
      = ws_server_new ("watcher", WS_SSL_MODE_NON_SECURE);
  guint port;

  g_signal_connect (watcher, "http-request", G_CALLBACK (on_http), pool);
  g_assert_true (ws_server_listen (watcher, NULL, 0, NULL));
  port = ws_server_get_server_port (watcher);
  http_ask_expect (port, "GET", "/healthz", "HTTP/1.1 200 ", "\r\n\r\nok\n");
  http_ask_expect (port, "HEAD", "/healthz", "HTTP/1.1 200 ", "\r\n\r\n");
  http_ask_expect (port, "GET", "/metrics", "HTTP/1.1 200 ",
                   "ws_broker_interruptions_total 0\n");
  http_ask_expect (port, "POST", "/metrics", "HTTP/1.1 405 ", "");
  http_ask_expect (port, "GET", "/else", "HTTP/1.1 404 ", "");
  close_pool (pool);
  http_ask_expect (port, "GET", "/healthz", "HTTP/1.1 503 ", "draining\n");
  http_ask_expect (port, "GET", "/metrics", "HTTP/1.1 200 ", "_total 0\n");
  g_clear_object (&watcher);
  g_assert_finalize_object (pool);
}

static gpointer
ask_elsewhere (gpointer pool)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  g_main_context_push_thread_default (context);
  ws_server_pool_get_statistics_async (pool, NULL, on_async, &result);
  ws_test_until (context, result != NULL);
  g_assert_null (ws_server_pool_get_statistics_finish (pool, result, &error));
  g_assert_error (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_WRONG_CONTEXT);
  g_main_context_pop_thread_default (context);
  return NULL;
}

static void
test_elsewhere (void)
{
  WsServerPool *pool = start_pool (1);
  GThread      *thread = g_thread_new ("elsewhere", ask_elsewhere, pool);

  g_thread_join (thread);
  close_pool (pool);
  g_assert_finalize_object (pool);
}

/* --- One handler that takes its time --- */

typedef struct
{
  int ends[2];    /* of a pipe, whose other end somebody waits for */
  int is_blocked; /* atomic */
} Gate;

static void
block (WsSocket *client, const char *text, gpointer data)
{
  Gate *gate = data;
  char  byte;

  if (!g_str_equal (text, "block"))
    {
      (void) !ws_socket_send_text_message (client, text, NULL);
      return;
    }
  g_atomic_int_set (&gate->is_blocked, TRUE);
  g_main_context_wakeup (NULL);
  g_assert_cmpint (read (gate->ends[0], &byte, 1), ==, 1);
}

static void
connect_block (WsServer *server, WsSocket *client, gpointer data)
{
  g_signal_connect (client, "text-message-received", G_CALLBACK (block), data);
}

static void
set_up_blocking (WsServer *server, gpointer data)
{
  g_signal_connect (server, "client-connected", G_CALLBACK (connect_block),
                    data);
}

static guint
count_answered (BrokerPeer **peers, guint n_peers)
{
  guint n = 0;

  for (guint i = 0; i < n_peers; i++)
    n += peers[i]->received.length > 0;
  return n;
}

#define N_PEERS 16

/* Who asks for figures meanwhile may give up. */
static void
give_up (WsServerPool *pool)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  ws_server_pool_dup_metrics_async (pool, cancellable, on_async, &result);
  g_cancellable_cancel (cancellable);
  ws_test_until (NULL, result != NULL);
  g_assert_null (ws_server_pool_dup_metrics_finish (pool, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* While one thread is busy the clients of the other are answered. */
static void
test_blocked (void)
{
  Gate          gate = { .is_blocked = FALSE };
  WsServerPool *pool = ws_server_pool_new (2, WS_SSL_MODE_NON_SECURE,
                                           set_up_blocking, &gate, NULL);
  BrokerPeer   *peers[N_PEERS];
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (pipe (gate.ends), ==, 0);
  ws_server_pool_listen (pool, NULL, 0, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < N_PEERS; i++)
    peers[i] = broker_peer_new (ws_server_pool_get_server_port (pool));
  broker_peer_say (peers[0], "block");
  ws_test_until (NULL, g_atomic_int_get (&gate.is_blocked));
  for (guint i = 1; i < N_PEERS; i++)
    broker_peer_say (peers[i], "echo");
  ws_test_until (NULL, count_answered (peers, N_PEERS) > 0);
  give_up (pool);
  g_assert_cmpint (write (gate.ends[1], "", 1), ==, 1);
  ws_test_until (NULL, count_answered (peers, N_PEERS) == N_PEERS - 1);
  for (guint i = 0; i < N_PEERS; i++)
    broker_peer_free (peers[i]);
  close_pool (pool);
  g_assert_finalize_object (pool);
  close (gate.ends[0]);
  close (gate.ends[1]);
}

int
main (int argc, char **argv)
{
  ws_test_init (&argc, &argv);
  /* A class that several threads use is made under a lock of GLib, which
   * ThreadSanitizer does not see. */
  g_type_class_unref (g_type_class_ref (WS_TYPE_SERVER));
  g_type_class_unref (g_type_class_ref (WS_TYPE_SOCKET));
  g_test_add_func ("/pool/threads", test_threads);
  g_test_add_func ("/pool/again", test_again);
  g_test_add_func ("/pool/refused", test_refused);
  g_test_add_func ("/pool/close", test_close);
  g_test_add_func ("/pool/drain", test_drain);
  g_test_add_func ("/pool/figures", test_figures);
  g_test_add_func ("/pool/names", test_names);
  g_test_add_func ("/pool/health", test_health);
  g_test_add_func ("/pool/elsewhere", test_elsewhere);
  g_test_add_func ("/pool/blocked", test_blocked);
  broker_table_add (&carrier);
  return g_test_run ();
}
