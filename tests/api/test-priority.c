/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api-test.h"

/* Whose turn it is in the main loop. */

static gboolean
on_busy (gpointer n)
{
  ++*(guint *) n;
  return G_SOURCE_CONTINUE;
}

/* Something else that always has something to do. */
static GSource *
add_busy (int priority, guint *n)
{
  GSource *source = g_idle_source_new ();

  g_source_set_priority (source, priority);
  g_source_set_callback (source, on_busy, n, NULL);
  g_source_attach (source, NULL);
  return source;
}

static void
test_values (void)
{
  g_autoptr (WsSocket) socket = ws_socket_new ();
  g_autoptr (WsServer) server = api_server_new ();
  guint n_socket = 0, n_server = 0;

  api_count (socket, "notify::priority", &n_socket);
  api_count (server, "notify::priority", &n_server);
  g_assert_cmpint (ws_socket_get_priority (socket), ==, G_PRIORITY_DEFAULT);
  g_assert_cmpint (ws_server_get_priority (server), ==, G_PRIORITY_DEFAULT);
  g_object_set (socket, "priority", G_PRIORITY_HIGH, NULL);
  g_assert_cmpint (ws_socket_get_priority (socket), ==, G_PRIORITY_HIGH);
  g_assert_cmpuint (n_socket, ==, 1);

  g_test_expect_message ("Ws", G_LOG_LEVEL_WARNING, "*has listened already*");
  ws_server_set_priority (server, G_PRIORITY_LOW);
  g_test_assert_expected_messages ();
  g_assert_cmpint (ws_server_get_priority (server), ==, G_PRIORITY_DEFAULT);
  g_assert_cmpuint (n_server, ==, 0);
}

/* Of lower priority than something that never ends. */
static void
test_low (void)
{
  g_autoptr (WsServer) server = ws_server_new (NULL, WS_SSL_MODE_NON_SECURE);
  g_autoptr (WsSocket) client = ws_socket_new ();
  g_autoptr (WsSocket) accepted = NULL;
  g_autoptr (GInetAddress) loopback
      = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  guint n_busy = 0, n_messages = 0;
  g_autoptr (GSource) busy = NULL;

  ws_server_set_priority (server, G_PRIORITY_LOW);
  g_assert_true (ws_server_listen (server, loopback, 0, NULL));
  ws_socket_set_priority (client, G_PRIORITY_LOW);
  api_socket_open (client, ws_server_get_url (server));
  accepted = api_server_take (server);
  g_assert_cmpint (ws_socket_get_priority (accepted), ==, G_PRIORITY_LOW);
  api_count (accepted, "text-message-received", &n_messages);

  busy = add_busy (G_PRIORITY_DEFAULT, &n_busy);
  api_socket_send (client, "waits");
  ws_test_until (NULL, n_busy == 100);
  g_assert_cmpuint (n_messages, ==, 0);
  g_source_destroy (busy);
  ws_test_until (NULL, n_messages == 1);
  ws_socket_abort (client);
  api_wait_state (accepted, WS_STATE_UNCONNECTED);
}

/* Sockets of all priorities live in one context. */
static void
test_several (void)
{
  static const int priorities[]
      = { G_PRIORITY_HIGH, G_PRIORITY_DEFAULT, G_PRIORITY_LOW };
  g_autoptr (WsServer) server = api_server_new ();
  guint n_messages = 0;

  for (guint i = 0; i < G_N_ELEMENTS (priorities); i++)
    {
      g_autoptr (WsSocket) client = ws_socket_new ();
      g_autoptr (WsSocket) accepted = NULL;

      ws_socket_set_priority (client, priorities[i]);
      api_socket_open (client, ws_server_get_url (server));
      accepted = api_server_take (server);
      api_count (client, "text-message-received", &n_messages);
      api_socket_send (accepted, "hello");
      ws_test_until (NULL, n_messages == i + 1);
      ws_socket_abort (client);
      api_wait_state (accepted, WS_STATE_UNCONNECTED);
    }
}

/* Whoever floods holds up no source of lower priority. */
static void
test_flood (Half *half, gconstpointer data)
{
  g_autoptr (GByteArray) flood = g_byte_array_new ();
  static const guint8 empty[] = { 0x82, 0x80, 0, 0, 0, 0 };
  const guint         n = 100000;
  guint               n_messages = 0, n_busy = 0;
  g_autoptr (GSource) busy = add_busy (G_PRIORITY_LOW, &n_busy);

  api_count (half->socket, "binary-message-received", &n_messages);
  for (guint i = 0; i < n; i++)
    g_byte_array_append (flood, empty, sizeof empty);
  raw_peer_send_bytes (half->peer, flood->data, flood->len);
  ws_test_until (NULL, n_messages == n);
  g_assert_cmpuint (n_busy, >, 10);
  g_source_destroy (busy);
  ws_socket_abort (half->socket);
}

int
main (int argc, char **argv)
{
  api_test_init (&argc, &argv);
  g_test_add_func ("/api/priority/values", test_values);
  g_test_add_func ("/api/priority/low", test_low);
  g_test_add_func ("/api/priority/several", test_several);
  half_add_server ("/api/priority/flood", NULL, test_flood);
  return g_test_run ();
}
