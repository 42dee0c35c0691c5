/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api-test.h"

/* The server as a list of its clients, and what a nested main loop does to the
 * sockets of one context. */

/* A copy of the model that believes nothing but items-changed. */
typedef struct
{
  GPtrArray *copy; /* of WsSocket, unowned */
  guint      n_changes;
  guint      n_notified;
} Mirror;

/* Behind items-changed, and once for each. */
static void
on_n_items (WsServer *server, GParamSpec *pspec, Mirror *mirror)
{
  guint n_items;

  g_object_get (server, "n-items", &n_items, NULL);
  g_assert_cmpuint (n_items, ==, mirror->copy->len);
  mirror->n_notified++;
  g_assert_cmpuint (mirror->n_notified, ==, mirror->n_changes);
}

static void
on_items_changed (GListModel *model,
                  guint       position,
                  guint       n_removed,
                  guint       n_added,
                  Mirror     *mirror)
{
  mirror->n_changes++;
  g_assert_cmpuint (n_removed + n_added, ==, 1);
  if (n_removed > 0)
    g_ptr_array_remove_index (mirror->copy, position);
  else
    {
      g_autoptr (WsSocket) added = g_list_model_get_item (model, position);

      g_ptr_array_insert (mirror->copy, position, added);
    }
  g_assert_cmpuint (mirror->copy->len, ==, g_list_model_get_n_items (model));
  for (guint i = 0; i < mirror->copy->len; i++)
    {
      g_autoptr (WsSocket) item = g_list_model_get_item (model, i);

      g_assert_true (item == g_ptr_array_index (mirror->copy, i));
    }
}

#define N_CLIENTS 7

static void
test_changes (void)
{
  WsServer          *server = api_server_new ();
  GListModel        *model = G_LIST_MODEL (server);
  Mirror             mirror = { .copy = g_ptr_array_new () };
  RawPeer           *peers[N_CLIENTS];
  static const guint order[N_CLIENTS] = { 3, 0, 6, 1, 5, 4, 2 };

  g_assert_true (g_list_model_get_item_type (model) == WS_TYPE_SOCKET);
  g_assert_null (g_list_model_get_item (model, 0));
  g_signal_connect (server, "items-changed", G_CALLBACK (on_items_changed),
                    &mirror);
  g_signal_connect (server, "notify::n-items", G_CALLBACK (on_n_items),
                    &mirror);
  for (guint i = 0; i < N_CLIENTS; i++)
    {
      peers[i] = raw_peer_join (ws_server_get_server_port (server), NULL);
      ws_test_until (NULL, ws_server_has_pending_connections (server));
      /* What waits in the queue is no item yet. */
      g_assert_cmpuint (g_list_model_get_n_items (model), ==, i);
      g_object_unref (ws_server_next_pending_connection (server));
      g_assert_cmpuint (g_list_model_get_n_items (model), ==, i + 1);
    }
  for (guint i = 0; i < N_CLIENTS; i++)
    {
      raw_peer_free (peers[order[i]]);
      ws_test_until (NULL, mirror.copy->len == N_CLIENTS - i - 1);
    }
  g_assert_cmpuint (mirror.n_changes, ==, 2 * N_CLIENTS);
  g_assert_cmpuint (mirror.n_notified, ==, 2 * N_CLIENTS);
  g_ptr_array_unref (mirror.copy);
  g_assert_finalize_object (server);
}

/* client-connected: where it has a handler, nothing is queued, the server alone
 * holds the socket, and the socket is an item in the handler already;
 * client-disconnected comes when it is none any more. */

typedef struct
{
  WsSocket *last; /* (unowned) */
  guint     n_connected, n_disconnected, n_queued;
} Clients;

static void
on_client_connected (WsServer *server, WsSocket *client, Clients *clients)
{
  g_autoptr (WsSocket) item = g_list_model_get_item (G_LIST_MODEL (server), 0);

  clients->n_connected++;
  clients->last = client;
  g_assert_true (item == client);
  g_assert_true (ws_socket_is_valid (client));
  g_object_add_weak_pointer (G_OBJECT (client), (gpointer *) &clients->last);
}

static void
on_client_disconnected (WsServer *server, WsSocket *client, Clients *clients)
{
  clients->n_disconnected++;
  g_assert_true (client == clients->last);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (server)), ==, 0);
  g_assert_cmpint (ws_socket_get_state (client), ==, WS_STATE_UNCONNECTED);
  g_assert_cmpuint (ws_socket_get_close_code (client), ==, 4321);
}

static void
test_clients (void)
{
  WsServer *server = api_server_new ();
  Clients   clients = { 0 };
  g_autoptr (RawPeer) peer = NULL;

  g_signal_connect (server, "client-connected",
                    G_CALLBACK (on_client_connected), &clients);
  g_signal_connect (server, "client-disconnected",
                    G_CALLBACK (on_client_disconnected), &clients);
  api_count (server, "new-connection", &clients.n_queued);
  peer = raw_peer_join (ws_server_get_server_port (server), NULL);
  ws_test_until (NULL, clients.n_connected > 0);
  g_assert_cmpuint (clients.n_queued, ==, 0);
  g_assert_false (ws_server_has_pending_connections (server));
  raw_peer_send_close (peer, 4321, "");
  ws_test_until (NULL, clients.n_disconnected > 0);
  g_assert_null (clients.last);
  g_assert_finalize_object (server);
}

/* All of them may be ended while the list is walked. */
static void
test_walk (gconstpointer data)
{
  gboolean    aborts = data != NULL;
  WsServer   *server = api_server_new ();
  GListModel *model = G_LIST_MODEL (server);
  RawPeer    *peers[N_CLIENTS];
  guint       n_disconnected = 0;

  api_count (server, "client-disconnected", &n_disconnected);
  for (guint i = 0; i < N_CLIENTS; i++)
    {
      peers[i] = raw_peer_join (ws_server_get_server_port (server), NULL);
      g_object_unref (api_server_take (server));
    }
  for (guint i = g_list_model_get_n_items (model); i > 0; i--)
    {
      g_autoptr (WsSocket) socket = g_list_model_get_item (model, i - 1);

      if (aborts)
        ws_socket_abort (socket);
      else
        g_assert_true (ws_socket_close (socket, 1001, NULL, NULL));
    }
  for (guint i = 0; i < N_CLIENTS; i++)
    {
      if (!aborts)
        {
          raw_peer_expect_close (peers[i], 1001, "");
          raw_peer_send_close (peers[i], 1001, "");
        }
      raw_peer_expect_eof (peers[i]);
      raw_peer_free (peers[i]);
    }
  ws_test_until (NULL, n_disconnected == N_CLIENTS);
  g_assert_cmpuint (g_list_model_get_n_items (model), ==, 0);
  g_assert_finalize_object (server);
}

/* A handler that waits in a nested loop holds up nobody, not even its own
 * socket; each message comes once, and in order. Qt: QTBUG-55506 */

typedef struct
{
  SignalLog *log;
  RawPeer   *other_peer;
  guint      depth;
} Nested;

static void
on_text_nested (WsSocket *socket, const char *text, Nested *nested)
{
  if (nested->depth++ > 0)
    return;
  /* The rest of this socket's batch comes in here, and another socket talks. */
  ws_test_until (NULL, signal_log_count (nested->log, "text:last") > 0);
  raw_peer_send_frame (nested->other_peer, 0x89, "", 0);
  {
    g_auto (RawFrame) pong = raw_peer_take_frame (nested->other_peer);

    g_assert_cmphex (pong.first, ==, 0x8a);
  }
  g_assert_cmpstr (text, ==, "first");
}

static void
test_nested (void)
{
  WsServer *server = api_server_new ();
  guint16   port = ws_server_get_server_port (server);
  g_autoptr (RawPeer) peer = raw_peer_join (port, NULL);
  g_autoptr (RawPeer) other = raw_peer_join (port, NULL);
  WsSocket *socket = api_server_take (server);
  Nested    nested = { signal_log_new (socket), other, 0 };

  g_object_unref (api_server_take (server));
  g_signal_connect (socket, "text-message-received",
                    G_CALLBACK (on_text_nested), &nested);
  raw_peer_send_frame (peer, 0x81, "first", 5);
  raw_peer_send_frame (peer, 0x81, "second", 6);
  raw_peer_send_frame (peer, 0x81, "last", 4);
  ws_test_until (NULL, nested.depth == 3);
  signal_log_expect (nested.log, "text:first text:second text:last");
  signal_log_free (nested.log);
  g_object_unref (socket);
  g_assert_finalize_object (server);
}

int
main (int argc, char **argv)
{
  api_test_init (&argc, &argv);
  g_test_add_func ("/api/model/changes", test_changes);
  g_test_add_func ("/api/model/clients", test_clients);
  g_test_add_data_func ("/api/model/close-all", NULL, test_walk);
  g_test_add_data_func ("/api/model/abort-all", "abort", test_walk);
  g_test_add_func ("/contracts/handlers/nested-loop", test_nested);
  return g_test_run ();
}
