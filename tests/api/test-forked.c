/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ssl-test.h"

/* A child of a fork drops, or goes on with, what it has inherited: its parent's
 * peers do not notice. */

static void
settle (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

/* Both ways, in the parent. */
static void
assert_talk (WsSocket *socket, RawPeer *peer)
{
  guint n = 0;

  api_count (socket, "text-message-received", &n);
  raw_peer_send_frame (peer, 0x81, "still there", 11);
  ws_test_until (NULL, n == 1);
  api_socket_send (socket, "yes");
  raw_peer_expect_text (peer, "yes");
}

static void
drop_half (gpointer data)
{
  Half *half = data;

  g_clear_object (&half->socket);
  g_clear_object (&half->server);
}

static void
test_dropped (Half *half, gconstpointer data)
{
  ws_test_fork (drop_half, half);
  assert_talk (half->socket, half->peer);
  ws_socket_abort (half->socket);
}

/* The child's main loop tells it that a connection is the parent's. */
static void
run_half (gpointer data)
{
  Half *half = data;
  g_autoptr (SignalLog) log = signal_log_new (half->socket);

  /* Nothing of this gets out. */
  ws_test_ignore (
      ws_socket_send_text_message (half->socket, "from the child", NULL));
  api_wait_state (half->socket, WS_STATE_UNCONNECTED);
  g_assert_cmpuint (signal_log_count (log, "disconnected"), ==, 1);
  g_assert_nonnull (ws_socket_get_error (half->socket));
  settle ();
  if (half->server != NULL)
    g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (half->server)),
                      ==, 0);
  drop_half (data);
}

static void
test_run (Half *half, gconstpointer data)
{
  ws_test_fork (run_half, half);
  assert_talk (half->socket, half->peer);
  ws_socket_abort (half->socket);
}

/* What was read before the fork is the parent's to hand out. */
static void
take_nothing (gpointer data)
{
  Half *half = data;
  g_autoptr (SignalLog) log = signal_log_new (half->socket);

  ws_socket_resume_receiving (half->socket);
  api_wait_state (half->socket, WS_STATE_UNCONNECTED);
  g_assert_cmpuint (signal_log_count (log, "text:two"), ==, 0);
}

static void
pause_after_first (WsSocket *socket)
{
  g_signal_handlers_disconnect_by_func (socket, pause_after_first, NULL);
  ws_socket_pause_receiving (socket);
}

static void
test_read_before (Half *half, gconstpointer data)
{
  g_autoptr (SignalLog) log = signal_log_new (half->socket);

  g_signal_connect (half->socket, "text-message-received",
                    G_CALLBACK (pause_after_first), NULL);
  raw_peer_send_frame (half->peer, 0x81, "one", 3);
  raw_peer_send_frame (half->peer, 0x81, "two", 3);
  ws_test_until (NULL, signal_log_count (log, "text:one") == 1);
  settle ();
  ws_test_fork (take_nothing, half);
  ws_socket_resume_receiving (half->socket);
  ws_test_until (NULL, signal_log_count (log, "text:two") == 1);
  ws_socket_abort (half->socket);
}

static void
drop_ssl_pair (gpointer data)
{
  SslPair *pair = data;

  g_object_unref (pair->accepted);
  g_object_unref (pair->client);
  g_object_unref (pair->server);
}

/* Nothing is said by TLS either. */
static void
test_dropped_ssl (SslPair *pair, gconstpointer data)
{
  ssl_pair_open (pair, NULL);
  ws_test_fork (drop_ssl_pair, pair);
  ssl_pair_check (pair);
}

/* --- Processes that share a listening socket --- */

static void
serve_one (gpointer data)
{
  WsServer *server = data;
  WsSocket *accepted;

  ws_server_resume_accepting (server);
  accepted = api_server_take (server);
  api_socket_send (accepted, "from a child");
  ws_test_until (NULL, ws_socket_get_bytes_to_write (accepted) == 0);
  ws_socket_abort (accepted);
  g_object_unref (accepted);
  g_object_unref (server);
}

/* Children serve one after the other, and then the parent. */
static void
test_shared (void)
{
  WsServer *server = api_server_new ();
  guint16   port = ws_server_get_server_port (server);

  ws_server_pause_accepting (server);
  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *request = raw_peer_make_request (NULL);
      g_autoptr (RawPeer) peer = raw_peer_connect (port);

      raw_peer_send (peer, request);
      raw_peer_set_reading (peer, FALSE);
      ws_test_fork (serve_one, server);
      raw_peer_set_reading (peer, TRUE);
      raw_peer_wait_head (peer);
      raw_peer_expect_text (peer, "from a child");
    }
  ws_server_resume_accepting (server);
  {
    g_autofree char *url = g_strdup (ws_server_get_url (server));

    api_server_visit (server, url);
  }
  g_assert_finalize_object (server);
}

int
main (int argc, char **argv)
{
  api_test_init (&argc, &argv);
  half_add ("/api/forked/dropped", NULL, test_dropped);
  half_add ("/api/forked/run", NULL, test_run);
  half_add ("/api/forked/read-before", NULL, test_read_before);
  ssl_pair_add ("/api/forked/dropped-ssl", NULL, test_dropped_ssl);
  g_test_add_func ("/api/forked/shared", test_shared);
  return g_test_run ();
}
