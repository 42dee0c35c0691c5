/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api-test.h"

#include <string.h>

void
api_test_init (int *argc, char ***argv)
{
  ws_test_init (argc, argv);
}

WsServer *
api_server_new (void)
{
  WsServer *server = ws_server_new (NULL, WS_SSL_MODE_NON_SECURE);
  g_autoptr (GInetAddress) loopback
      = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GError) error = NULL;

  ws_server_listen (server, loopback, 0, &error);
  g_assert_no_error (error);
  return server;
}

WsSocket *
api_server_take (WsServer *server)
{
  ws_test_until (NULL, ws_server_has_pending_connections (server));
  return ws_server_next_pending_connection (server);
}

void
api_socket_open (WsSocket *socket, const char *url)
{
  g_autoptr (GError) error = NULL;

  ws_socket_open (socket, url, &error);
  g_assert_no_error (error);
  ws_test_until (NULL, ws_socket_get_state (socket) != WS_STATE_CONNECTING);
  g_assert_cmpstr (ws_socket_get_error_string (socket), ==, "");
  g_assert_cmpint (ws_socket_get_state (socket), ==, WS_STATE_CONNECTED);
}

void
api_socket_send (WsSocket *socket, const char *text)
{
  g_autoptr (GError) error = NULL;
  gssize n = ws_socket_send_text_message (socket, text, &error);

  g_assert_no_error (error);
  g_assert_cmpint (n, ==, strlen (text));
}

static void
count_call (guint *n_calls)
{
  ++*n_calls;
}

void
api_count (gpointer object, const char *signal, guint *n_calls)
{
  g_signal_connect_swapped (object, signal, G_CALLBACK (count_call), n_calls);
}

void
api_server_close (WsServer *server)
{
  guint n_closed = 0;

  api_count (server, "closed", &n_closed);
  ws_server_close (server);
  ws_test_until (NULL, n_closed > 0);
  g_assert_cmpuint (n_closed, ==, 1);
  g_signal_handlers_disconnect_by_data (server, &n_closed);
}

void
api_server_visit (WsServer *server, const char *url)
{
  WsSocket *client = ws_socket_new ();
  WsSocket *accepted;
  g_autoptr (SignalLog) log = NULL;

  api_socket_open (client, url);
  accepted = api_server_take (server);
  log = signal_log_new (accepted);
  api_socket_send (client, "hello");
  ws_test_until (NULL, log->words->len > 0);
  signal_log_expect (log, "text:hello");
  g_assert_finalize_object (client);
  api_wait_state (accepted, WS_STATE_UNCONNECTED);
  g_assert_finalize_object (accepted);
}

void
api_expect_refusal (RawPeer *peer, guint status)
{
  g_autofree char *start = g_strdup_printf ("HTTP/1.1 %u ", status);

  raw_peer_wait_head (peer);
  if (!g_str_has_prefix (peer->head, start))
    g_error ("The answer is not %u, but: %s", status, peer->head);
  ws_test_until (NULL, peer->is_eof);
}

/* --- Two of ours --- */

void
pair_set_up (Pair *pair, gconstpointer data)
{
  pair->server = api_server_new ();
  pair->client = ws_socket_new ();
  api_socket_open (pair->client, ws_server_get_url (pair->server));
  pair->accepted = api_server_take (pair->server);
}

/* The server keeps a reference to each of its sockets until it is over. */
void
pair_tear_down (Pair *pair, gconstpointer data)
{
  if (pair->client != NULL)
    g_assert_finalize_object (pair->client);
  if (pair->accepted != NULL)
    {
      api_wait_state (pair->accepted, WS_STATE_UNCONNECTED);
      g_assert_finalize_object (pair->accepted);
    }
  g_assert_finalize_object (pair->server);
}

/* --- One of ours --- */

void
half_set_up_client (Half *half, gconstpointer data)
{
  g_autofree char *url = NULL;

  half->listener = raw_listener_new ();
  half->socket = ws_socket_new ();
  url = raw_listener_make_url (half->listener, "/half");
  ws_socket_open (half->socket, url, NULL);
  half->peer = raw_listener_take (half->listener);
  raw_peer_accept (half->peer);
  api_wait_state (half->socket, WS_STATE_CONNECTED);
}

void
half_set_up_server (Half *half, gconstpointer data)
{
  half->server = api_server_new ();
  /* On a slow machine a test takes longer than that. */
  ws_server_set_ping_interval (half->server, 0);
  half->peer = raw_peer_join (ws_server_get_server_port (half->server), NULL);
  half->socket = api_server_take (half->server);
}

void
half_tear_down (Half *half, gconstpointer data)
{
  g_clear_pointer (&half->peer, raw_peer_free);
  if (half->socket != NULL && half->server != NULL)
    api_wait_state (half->socket, WS_STATE_UNCONNECTED);
  if (half->socket != NULL)
    g_assert_finalize_object (half->socket);
  if (half->server != NULL)
    g_assert_finalize_object (half->server);
  g_clear_pointer (&half->listener, raw_listener_free);
}

void
half_add (const char   *path,
          gconstpointer data,
          void (*test) (Half *half, gconstpointer data))
{
  g_autofree char *client = g_strconcat (path, "/client", NULL);
  g_autofree char *server = g_strconcat (path, "/server", NULL);

  half_add_client (client, data, test);
  half_add_server (server, data, test);
}
