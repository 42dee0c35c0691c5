/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "broker-node.h"
#include "broker-peer.h"
#include "broker-table.h"
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

typedef struct
{
  GMutex      mutex;
  GHashTable *threads; /* of GThread, those where servers are set up */
  guint       n_calls;
} Seen;

static void
note (WsServer *server, gpointer data)
{
  Seen *seen = data;

  g_mutex_lock (&seen->mutex);
  g_hash_table_add (seen->threads, g_thread_self ());
  seen->n_calls++;
  g_mutex_unlock (&seen->mutex);
}

static void
free_seen (gpointer data)
{
  Seen *seen = data;

  g_hash_table_unref (seen->threads);
  seen->threads = NULL;
}

static guint
count_calls (Seen *seen)
{
  guint n;

  g_mutex_lock (&seen->mutex);
  n = seen->n_calls;
  g_mutex_unlock (&seen->mutex);
  return n;
}

static void
test_threads (void)
{
  Seen          seen = { .threads = g_hash_table_new (NULL, NULL) };
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
  g_assert_cmpuint (count_calls (&seen), ==, 3);
  g_assert_cmpuint (g_hash_table_size (seen.threads), ==, 3);
  g_assert_false (g_hash_table_contains (seen.threads, g_thread_self ()));
  g_assert_true (WS_IS_MEMORY_BROKER (ws_server_pool_get_broker (pool)));
  /* Each in its own thread, once more. */
  ws_server_pool_invoke (pool, note, &seen, NULL);
  close_pool (pool);
  g_assert_cmpuint (count_calls (&seen), ==, 6);
  g_assert_cmpuint (g_hash_table_size (seen.threads), ==, 3);
  /* A closed pool may listen anew. */
  g_assert_true (ws_server_pool_listen (pool, NULL, 0, &error));
  g_assert_no_error (error);
  g_assert_finalize_object (pool);
  g_assert_null (seen.threads);
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
on_disconnected (WsSocket *socket, gpointer data)
{
  *(guint *) data = ws_socket_get_close_code (socket);
}

static void
test_close (void)
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
  close_pool (pool);
  for (guint i = 0; i < G_N_ELEMENTS (peers); i++)
    {
      ws_test_until (NULL, codes[i] != 0);
      g_assert_cmpuint (codes[i], ==, WS_CLOSE_CODE_GOING_AWAY);
      broker_peer_free (peers[i]);
    }
  g_assert_finalize_object (pool);
}

/* --- One handler that takes its time --- */

typedef struct
{
  GMutex   mutex;
  GCond    cond;
  gboolean is_blocked; /* by one */
  gboolean is_over;
} Gate;

static void
block (WsSocket *client, const char *text, gpointer data)
{
  Gate *gate = data;

  if (!g_str_equal (text, "block"))
    {
      (void) !ws_socket_send_text_message (client, text, NULL);
      return;
    }
  g_mutex_lock (&gate->mutex);
  gate->is_blocked = TRUE;
  g_main_context_wakeup (NULL);
  while (!gate->is_over)
    g_cond_wait (&gate->cond, &gate->mutex);
  g_mutex_unlock (&gate->mutex);
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

static gboolean
is_blocked (Gate *gate)
{
  gboolean is_blocked;

  g_mutex_lock (&gate->mutex);
  is_blocked = gate->is_blocked;
  g_mutex_unlock (&gate->mutex);
  return is_blocked;
}

/* While one thread is busy the clients of the other are answered: with 16 there
 * are some. */
static void
test_blocked (void)
{
  Gate          gate = { .is_over = FALSE };
  WsServerPool *pool = ws_server_pool_new (2, WS_SSL_MODE_NON_SECURE,
                                           set_up_blocking, &gate, NULL);
  BrokerPeer   *peers[16];
  guint         n = 0;
  g_autoptr (GError) error = NULL;

  ws_server_pool_listen (pool, NULL, 0, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (peers); i++)
    peers[i] = broker_peer_new (ws_server_pool_get_server_port (pool));
  broker_peer_say (peers[0], "block");
  ws_test_until (NULL, is_blocked (&gate));
  for (guint i = 1; i < G_N_ELEMENTS (peers); i++)
    broker_peer_say (peers[i], "echo");
  for (guint i = 1; i < G_N_ELEMENTS (peers) && n == 0; i++)
    ws_test_until (NULL, ({
                     n = 0;
                     for (guint j = 1; j < G_N_ELEMENTS (peers); j++)
                       n += peers[j]->received.length;
                     n > 0;
                   }));
  g_mutex_lock (&gate.mutex);
  gate.is_over = TRUE;
  g_cond_broadcast (&gate.cond);
  g_mutex_unlock (&gate.mutex);
  for (guint i = 1; i < G_N_ELEMENTS (peers); i++)
    broker_peer_expect (peers[i], "echo");
  for (guint i = 0; i < G_N_ELEMENTS (peers); i++)
    broker_peer_free (peers[i]);
  close_pool (pool);
  g_assert_finalize_object (pool);
}

int
main (int argc, char **argv)
{
  ws_test_init (&argc, &argv);
  g_test_add_func ("/pool/threads", test_threads);
  g_test_add_func ("/pool/refused", test_refused);
  g_test_add_func ("/pool/close", test_close);
  g_test_add_func ("/pool/blocked", test_blocked);
  broker_table_add (&carrier);
  return g_test_run ();
}
