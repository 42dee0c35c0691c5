/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api-test.h"

#include <string.h>

/* One socket, one context: who may call, and who tears down. */

/* A thread with a context and a loop of its own, where functions are run. */
typedef struct
{
  GMainContext *context;
  GMainLoop    *loop;
  GThread      *thread;
} Worker;

static gpointer
run_worker (gpointer data)
{
  Worker *worker = data;

  g_main_context_push_thread_default (worker->context);
  g_main_loop_run (worker->loop);
  while (g_main_context_iteration (worker->context, FALSE))
    ;
  g_main_context_pop_thread_default (worker->context);
  return NULL;
}

static Worker *
worker_new (void)
{
  Worker *worker = g_new0 (Worker, 1);

  worker->context = g_main_context_new ();
  worker->loop = g_main_loop_new (worker->context, FALSE);
  worker->thread = g_thread_new ("worker", run_worker, worker);
  return worker;
}

static gboolean
quit (gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_REMOVE;
}

static void
worker_free (Worker *worker)
{
  g_main_context_invoke (worker->context, quit, worker->loop);
  g_thread_join (worker->thread);
  g_main_loop_unref (worker->loop);
  g_main_context_unref (worker->context);
  g_free (worker);
}

typedef struct
{
  void (*function) (gpointer data);
  gpointer data;
  int      is_done;
} Call;

static gboolean
on_call (gpointer user_data)
{
  Call *call = user_data;

  call->function (call->data);
  g_atomic_int_set (&call->is_done, TRUE);
  g_main_context_wakeup (NULL);
  return G_SOURCE_REMOVE;
}

/* Runs @function in the worker, and our own context meanwhile. */
static void
worker_call (Worker *worker, void (*function) (gpointer data), gpointer data)
{
  Call call = { function, data, FALSE };

  g_main_context_invoke (worker->context, on_call, &call);
  ws_test_until (NULL, g_atomic_int_get (&call.is_done));
}

/* Each call from another thread fails, and changes nothing. */

static void
assert_wrong (GError **error)
{
  g_assert_error (*error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_WRONG_CONTEXT);
  g_clear_error (error);
}

static void
call_everything (gpointer data)
{
  WsSocket *socket = data;
  GError   *error = NULL;
  g_autoptr (GBytes) bytes = g_bytes_new_static ("x", 1);
  g_autoptr (WsMessage) message = ws_message_new_text ("x");

  g_assert_cmpint (ws_socket_send_text_message (socket, "x", &error), ==, -1);
  assert_wrong (&error);
  g_assert_cmpint (ws_socket_send_binary_message (socket, bytes, &error), ==,
                   -1);
  assert_wrong (&error);
  g_assert_cmpint (ws_socket_send_message (socket, message, &error), ==, -1);
  assert_wrong (&error);
  g_assert_false (ws_socket_ping (socket, NULL, &error));
  assert_wrong (&error);
  g_assert_false (ws_socket_close (socket, 1000, NULL, &error));
  assert_wrong (&error);
  g_assert_false (ws_socket_open (socket, "ws://127.0.0.1:1", &error));
  assert_wrong (&error);
  g_assert_false (ws_socket_flush (socket));
}

static void
set_everything (gpointer data)
{
  static const char *const names[] = { "chat", NULL };
  WsSocket                *socket = data;
  g_autoptr (WsHeaders) headers = ws_headers_new ();

  ws_socket_set_url (socket, "ws://127.0.0.1:1");
  ws_socket_set_max_incoming_message_size (socket, 1);
  ws_socket_set_max_incoming_frame_size (socket, 1);
  ws_socket_set_outgoing_frame_size (socket, 1);
  ws_socket_set_max_bytes_to_write (socket, 1);
  ws_socket_set_write_high_water_mark (socket, 1);
  ws_socket_set_close_timeout (socket, 1);
  ws_socket_set_open_timeout (socket, 1);
  ws_socket_set_frame_timeout (socket, 1);
  ws_socket_set_ping_interval (socket, 1);
  ws_socket_set_ping_timeout (socket, 1);
  ws_socket_set_mask_generator (socket, ws_mask_generator_get_default ());
  ws_socket_set_active (socket, FALSE);
  ws_socket_set_origin (socket, "http://example.org");
  ws_socket_set_version (socket, WS_PROTOCOL_VERSION_V8);
  ws_socket_set_subprotocols (socket, names);
  ws_socket_set_request_headers (socket, headers);
}

/* They return no error, so that a warning has to say it. */
#define N_SETTERS 17

static void
test_wrong_thread (Pair *pair, gconstpointer data)
{
  Worker   *worker = worker_new ();
  WsSocket *socket = pair->client;
  g_autoptr (SignalLog) log = signal_log_new (socket);
  g_autoptr (SignalLog) accepted_log = signal_log_new (pair->accepted);
  guint n_notified = 0;

  api_count (socket, "notify", &n_notified);
  worker_call (worker, call_everything, socket);
  g_test_expect_message ("Ws", G_LOG_LEVEL_WARNING, "*abort*another thread*");
  worker_call (worker, (void (*) (gpointer)) ws_socket_abort, socket);
  g_test_expect_message ("Ws", G_LOG_LEVEL_WARNING, "*resume*another thread*");
  worker_call (worker, (void (*) (gpointer)) ws_socket_resume, socket);
  g_test_expect_message ("Ws", G_LOG_LEVEL_WARNING, "*ignore*another thread*");
  worker_call (worker, (void (*) (gpointer)) ws_socket_ignore_ssl_errors,
               socket);
  g_test_expect_message ("Ws", G_LOG_LEVEL_WARNING,
                         "*continue*another thread*");
  worker_call (worker,
               (void (*) (gpointer)) ws_socket_continue_interrupted_handshake,
               socket);
  g_test_assert_expected_messages ();
  for (guint i = 0; i < N_SETTERS; i++)
    g_test_expect_message ("Ws", G_LOG_LEVEL_WARNING, "*another thread*");
  worker_call (worker, set_everything, socket);
  g_test_assert_expected_messages ();
  signal_log_expect (log, "");
  g_assert_cmpuint (n_notified, ==, 0);
  g_assert_cmpuint (ws_socket_get_max_incoming_message_size (socket), ==,
                    16 * 1024 * 1024);
  g_assert_cmpuint (ws_socket_get_ping_interval (socket), ==, 30000);
  g_assert_null (ws_socket_get_mask_generator (socket));
  g_assert_null (ws_socket_get_origin (socket));
  g_assert_true (ws_socket_get_active (socket));
  g_assert_cmpstr (ws_socket_get_url (socket), ==,
                   ws_server_get_url (pair->server));
  api_socket_send (socket, "still here");
  ws_test_until (NULL, accepted_log->words->len > 0);
  signal_log_expect (accepted_log, "text:still here");
  worker_free (worker);
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
    g_value_set_enum (&value, 1);
  else if (G_VALUE_HOLDS_STRING (&value))
    g_value_set_static_string (&value, "127.0.0.77");
  else if (G_VALUE_HOLDS (&value, G_TYPE_STRV))
    g_value_set_static_boxed (&value, names);
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

/* The last reference goes in another thread: the owner tears down. */

typedef struct
{
  GThread *thread; /* where it was finalised */
} Death;

static void
on_finalised (gpointer data, GObject *where_it_was)
{
  Death *death = data;

  g_atomic_pointer_set (&death->thread, g_thread_self ());
  g_main_context_wakeup (NULL);
}

static void
test_last_unref (Half *half, gconstpointer data)
{
  Worker *worker = worker_new ();
  Death   death = { NULL };

  g_object_weak_ref (G_OBJECT (half->socket), on_finalised, &death);
  worker_call (worker, g_object_unref, g_steal_pointer (&half->socket));
  raw_peer_expect_close (half->peer, 1001, "");
  raw_peer_expect_eof (half->peer);
  ws_test_until (NULL, g_atomic_pointer_get (&death.thread) != NULL);
  g_assert_true (death.thread == g_thread_self ());
  worker_free (worker);
}

/* While connecting, and for a server with clients, too. */
static void
test_last_unref_while_connecting (void)
{
  WsSocket *socket = ws_socket_new ();
  Worker   *worker = worker_new ();
  g_autoptr (RawListener) listener = raw_listener_new ();
  g_autoptr (RawPeer) peer = NULL;
  g_autofree char *url = raw_listener_make_url (listener, "/");

  ws_socket_open (socket, url, NULL);
  peer = raw_listener_take (listener);
  raw_peer_wait_head (peer);
  worker_call (worker, g_object_unref, socket);
  raw_peer_expect_eof (peer);
  worker_free (worker);
}

static void
test_last_unref_of_server (void)
{
  WsServer *server = api_server_new ();
  Worker   *worker = worker_new ();
  g_autoptr (RawPeer) peer
      = raw_peer_join (ws_server_get_server_port (server), NULL);

  g_object_unref (api_server_take (server));
  worker_call (worker, g_object_unref, server);
  raw_peer_expect_close (peer, 1001, NULL);
  raw_peer_expect_eof (peer);
  worker_free (worker);
}

/* Qt: tst_QWebSocket::moveToThread, ::moveToThreadNoWarning: made here, opened
 * and used there, without a warning, which would end the test. */

typedef struct
{
  WsSocket *socket;
  char     *url;
  GThread  *thread; /* where the echo arrived */
  int       is_over;
} Moved;

static void
on_moved_connected (WsSocket *socket, Moved *moved)
{
  api_socket_send (socket, "hello from there");
}

static void
on_moved_echo (WsSocket *socket, const char *text, Moved *moved)
{
  g_assert_cmpstr (text, ==, "hello from there");
  moved->thread = g_thread_self ();
  g_assert_true (ws_socket_close (socket, 1000, NULL, NULL));
}

static void
on_moved_over (WsSocket *socket, Moved *moved)
{
  g_atomic_int_set (&moved->is_over, TRUE);
  g_main_context_wakeup (NULL);
}

static void
open_moved (gpointer data)
{
  Moved *moved = data;

  g_assert_true (ws_socket_open (moved->socket, moved->url, NULL));
}

static void
do_nothing (gpointer data)
{
}

static void
echo (WsSocket *socket, const char *text)
{
  api_socket_send (socket, text);
}

static void
on_client_connected (WsServer *server, WsSocket *socket)
{
  g_signal_connect (socket, "text-message-received", G_CALLBACK (echo), NULL);
}

static void
test_moved (void)
{
  WsServer *server = api_server_new ();
  Worker   *first = worker_new ();
  Worker   *second = worker_new ();
  Moved moved = { ws_socket_new (), g_strdup (ws_server_get_url (server)), NULL,
                  FALSE };

  g_signal_connect (server, "client-connected",
                    G_CALLBACK (on_client_connected), NULL);
  g_signal_connect (moved.socket, "connected", G_CALLBACK (on_moved_connected),
                    &moved);
  g_signal_connect (moved.socket, "text-message-received",
                    G_CALLBACK (on_moved_echo), &moved);
  g_signal_connect (moved.socket, "disconnected", G_CALLBACK (on_moved_over),
                    &moved);
  /* From one thread to the next: an unconnected socket is free, once it has
   * told everybody. */
  for (guint round = 0; round < 2; round++)
    {
      Worker *worker = round == 0 ? first : second;

      moved.is_over = FALSE;
      moved.thread = NULL;
      worker_call (worker, open_moved, &moved);
      ws_test_until (NULL, g_atomic_int_get (&moved.is_over));
      worker_call (worker, do_nothing, NULL);
      g_assert_true (moved.thread == worker->thread);
    }
  worker_free (first);
  worker_free (second);
  g_assert_finalize_object (moved.socket);
  ws_test_until (NULL, g_list_model_get_n_items (G_LIST_MODEL (server)) == 0);
  g_assert_finalize_object (server);
  g_free (moved.url);
}

/* A server in a thread of its own, with sockets of that thread. */
static void
listen_there (gpointer data)
{
  WsServer **server = data;

  *server = api_server_new ();
  g_signal_connect (*server, "client-connected",
                    G_CALLBACK (on_client_connected), NULL);
}

static void
test_server_there (void)
{
  WsServer *server;
  Worker   *worker = worker_new ();
  WsSocket *client = ws_socket_new ();
  g_autoptr (SignalLog) log = signal_log_new (client);
  g_autofree char *url = NULL;

  worker_call (worker, listen_there, &server);
  url = g_strdup_printf ("ws://127.0.0.1:%u",
                         ws_server_get_server_port (server));
  api_socket_open (client, url);
  g_string_truncate (log->words, 0);
  api_socket_send (client, "hello");
  ws_test_until (NULL, log->words->len > 0);
  signal_log_expect (log, "text:hello");
  g_assert_true (ws_socket_close (client, 1000, NULL, NULL));
  api_wait_state (client, WS_STATE_UNCONNECTED);
  worker_call (worker, g_object_unref, server);
  worker_free (worker);
  g_assert_finalize_object (client);
}

/* A server in each of two threads, at one port: the system spreads the clients,
 * of whom it is all but certain that both get some (Pitfall 61). */

#define N_SPREAD 64

typedef struct
{
  WsServer *server;
  guint16   port; /* of the other */
  int       n_clients;
  GThread  *thread;
} Share;

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
  pair_add ("/contracts/threads/wrong-thread", NULL, test_wrong_thread);
  g_test_add_func ("/contracts/threads/server-wrong-thread",
                   test_server_wrong_thread);
  half_add_client ("/contracts/threads/last-unref", NULL, test_last_unref);
  g_test_add_func ("/contracts/threads/last-unref-while-connecting",
                   test_last_unref_while_connecting);
  g_test_add_func ("/contracts/threads/last-unref-of-server",
                   test_last_unref_of_server);
  g_test_add_func ("/contracts/threads/moved", test_moved);
  g_test_add_func ("/contracts/threads/server-there", test_server_there);
  g_test_add_func ("/contracts/threads/reuse-port", test_reuse_port);
  return g_test_run ();
}
