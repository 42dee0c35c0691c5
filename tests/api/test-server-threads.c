/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api-test.h"
#include "support/worker.h"

/* Servers in threads: who may call, and one in each at a shared port. */

static void
assert_wrong (GError **error)
{
  g_assert_error (*error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_WRONG_CONTEXT);
  g_clear_error (error);
}

static void
on_wrong_thread (GObject *server, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;

  if (GPOINTER_TO_INT (user_data))
    g_assert_false (
        ws_server_close_finish (WS_SERVER (server), result, &error));
  else
    g_assert_null (
        ws_server_accept_finish (WS_SERVER (server), result, &error));
  assert_wrong (&error);
}

static void
call_server (gpointer data)
{
  WsServer *server = data;
  g_autoptr (GInetAddress) loopback
      = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GInputStream) input = g_memory_input_stream_new ();
  g_autoptr (GOutputStream) output = g_memory_output_stream_new_resizable ();
  g_autoptr (GIOStream) stream = g_simple_io_stream_new (input, output);
  GError *error = NULL;

  g_assert_false (ws_server_listen (server, loopback, 0, &error));
  assert_wrong (&error);
  g_assert_false (ws_server_handle_connection (server, stream, &error));
  assert_wrong (&error);
  g_assert_false (ws_server_listen_unix (server, "/x", &error));
  assert_wrong (&error);
  g_assert_false (ws_server_set_socket_descriptor (server, 0, &error));
  assert_wrong (&error);
  g_assert_false (ws_server_listen_inherited (server, &error));
  assert_wrong (&error);
  g_assert_null (ws_server_next_pending_connection (server));
  ws_server_accept_async (server, NULL, on_wrong_thread,
                          GINT_TO_POINTER (FALSE));
  ws_server_close_async (server, 1000, NULL, NULL, on_wrong_thread,
                         GINT_TO_POINTER (TRUE));
}

/* Every property that can be written, by its name. */
static void
set_server_property (WsServer *server, GParamSpec *pspec)
{
  static const char *const names[] = { "chat", NULL };
  g_auto (GValue) value = G_VALUE_INIT;

  g_value_init (&value, G_PARAM_SPEC_VALUE_TYPE (pspec));
  if (G_VALUE_HOLDS_BOOLEAN (&value))
    g_value_set_boolean (&value, pspec->name[0] == 'r');
  else if (G_VALUE_HOLDS_INT (&value))
    g_value_set_int (&value, 77);
  else if (G_VALUE_HOLDS_UINT (&value))
    g_value_set_uint (&value, 77);
  else if (G_VALUE_HOLDS_UINT64 (&value))
    g_value_set_uint64 (&value, 77);
  else if (G_VALUE_HOLDS_ENUM (&value))
    g_value_set_enum (&value,
                      G_PARAM_SPEC_ENUM (pspec)->default_value == 1 ? 2 : 1);
  else if (G_VALUE_HOLDS_STRING (&value))
    g_value_set_static_string (&value, "127.0.0.77");
  else if (G_VALUE_HOLDS (&value, G_TYPE_STRV))
    g_value_set_static_boxed (&value, names);
  else if (G_VALUE_HOLDS (&value, WS_TYPE_BROKER))
    g_value_take_object (&value, ws_memory_broker_new ());
  g_object_set_property (G_OBJECT (server), pspec->name, &value);
}

static void
set_everything_of_server (gpointer data)
{
  g_autofree GParamSpec **pspecs = NULL;
  guint                   n_pspecs;

  pspecs
      = g_object_class_list_properties (G_OBJECT_GET_CLASS (data), &n_pspecs);
  for (guint i = 0; i < n_pspecs; i++)
    if ((pspecs[i]->flags & G_PARAM_WRITABLE)
        && !(pspecs[i]->flags & G_PARAM_CONSTRUCT_ONLY))
      {
        g_autofree char *pattern
            = g_strdup_printf ("*%s*another thread*", pspecs[i]->name);

        g_test_expect_message ("Ws", G_LOG_LEVEL_WARNING, pattern);
        set_server_property (data, pspecs[i]);
        g_test_assert_expected_messages ();
      }
  g_test_expect_message ("Ws", G_LOG_LEVEL_WARNING,
                         "*accepting*another thread*");
  ws_server_pause_accepting (data);
  g_test_assert_expected_messages ();
}

static void
test_server_wrong_thread (void)
{
  WsServer *server = api_server_new ();
  Worker   *worker = worker_new ();
  g_autoptr (RawPeer) peer
      = raw_peer_join (ws_server_get_server_port (server), NULL);
  guint n_notified = 0;

  worker_call (worker, call_server, server);
  api_count (server, "notify", &n_notified);
  worker_call (worker, set_everything_of_server, server);
  g_assert_cmpuint (n_notified, ==, 0);
  g_assert_true (ws_server_get_accepting (server));
  g_assert_true (ws_server_has_pending_connections (server));
  g_test_expect_message ("Ws", G_LOG_LEVEL_WARNING, "*close*another thread*");
  worker_call (worker, (void (*) (gpointer)) ws_server_close, server);
  g_test_assert_expected_messages ();
  g_assert_true (ws_server_get_listening (server));
  g_assert_false (peer->is_eof);
  worker_free (worker);
  g_assert_finalize_object (server);
}

/* A server in each of two threads, at one port: the system spreads the clients,
 * of whom it is all but certain that both get some. */

#define N_SPREAD 64

typedef struct
{
  WsServer *server;
  guint16   port; /* of the other */
  int       n_clients;
  GThread  *thread;
} Share;

static void
echo (WsSocket *socket, const char *text)
{
  api_socket_send (socket, text);
}

static void
on_share_client (WsServer *server, WsSocket *client, Share *share)
{
  g_assert_true (share->thread == g_thread_self ());
  g_atomic_int_inc (&share->n_clients);
  g_signal_connect (client, "text-message-received", G_CALLBACK (echo), NULL);
  g_main_context_wakeup (NULL);
}

static void
listen_shared (gpointer data)
{
  Share *share = data;
  g_autoptr (GInetAddress) loopback
      = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GError) error = NULL;

  share->thread = g_thread_self ();
  share->server = ws_server_new (NULL, WS_SSL_MODE_NON_SECURE);
  ws_server_set_reuse_port (share->server, TRUE);
  g_signal_connect (share->server, "client-connected",
                    G_CALLBACK (on_share_client), share);
  ws_server_listen (share->server, loopback, share->port, &error);
  g_assert_no_error (error);
}

static int
count_spread (Share *shares)
{
  return g_atomic_int_get (&shares[0].n_clients)
         + g_atomic_int_get (&shares[1].n_clients);
}

static void
test_reuse_port (void)
{
  Worker   *workers[2] = { worker_new (), worker_new () };
  Share     shares[2] = { { NULL } };
  WsServer *stranger = ws_server_new (NULL, WS_SSL_MODE_NON_SECURE);
  RawPeer  *peers[N_SPREAD];
  g_autoptr (GInetAddress) loopback
      = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 2; i++)
    {
      worker_call (workers[i], listen_shared, &shares[i]);
      shares[1].port = ws_server_get_server_port (shares[0].server);
    }
  /* Only for those who share as well. */
  g_assert_false (
      ws_server_listen (stranger, loopback, shares[1].port, &error));
  g_assert_error (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_ADDRESS_IN_USE);
  g_assert_finalize_object (stranger);
  for (guint i = 0; i < N_SPREAD; i++)
    peers[i] = raw_peer_join (shares[1].port, NULL);
  ws_test_until (NULL, count_spread (shares) == N_SPREAD);
  for (guint i = 0; i < 2; i++)
    g_assert_cmpint (shares[i].n_clients, >, 0);
  for (guint i = 0; i < N_SPREAD; i++)
    {
      raw_peer_send_frame (peers[i], 0x81, "mine", 4);
      raw_peer_expect_text (peers[i], "mine");
      raw_peer_free (peers[i]);
    }
  for (guint i = 0; i < 2; i++)
    {
      worker_call (workers[i], g_object_unref, shares[i].server);
      worker_free (workers[i]);
    }
}

int
main (int argc, char **argv)
{
  api_test_init (&argc, &argv);
  g_test_add_func ("/contracts/threads/server-wrong-thread",
                   test_server_wrong_thread);
  g_test_add_func ("/contracts/threads/reuse-port", test_reuse_port);
  return g_test_run ();
}
