/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api-test.h"
#include "support/worker.h"

#include <string.h>

/* One socket, one context: who may call, and who tears down. */

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
  ws_socket_set_max_incoming_fragments (socket, 1);
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

/* Setters return no error, so that a warning has to say it. */
#define N_SETTERS 18

/* Calls in a thread that the socket does not belong to fail, and say so. */
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

/* Nothing is emitted after the last reference has gone, whoever drops it and
 * whatever has come already. */

static gpointer
unref (gpointer object)
{
  g_object_unref (object);
  return NULL;
}

static void
unref_there (gpointer object)
{
  g_thread_join (g_thread_new ("unref", unref, object));
}

typedef struct
{
  WsSocket *socket;
  void (*drop) (gpointer object);
  guint n_messages;
} Dropper;

static void
on_text_to_drop (WsSocket *socket, const char *text, Dropper *dropper)
{
  g_assert_cmpuint (dropper->n_messages++, ==, 0);
  dropper->drop (g_steal_pointer (&dropper->socket));
}

/* While a message is handed out of which more was read at once. */
static void
test_last_unref_in_handler (Half *half, gconstpointer data)
{
  static const char frames[] = "\x81\x01"
                               "a"
                               "\x81\x01"
                               "b";
  Dropper           dropper = { half->socket, (void (*) (gpointer)) data, 0 };
  Death             death = { NULL };

  g_object_weak_ref (G_OBJECT (half->socket), on_finalised, &death);
  g_signal_connect (half->socket, "text-message-received",
                    G_CALLBACK (on_text_to_drop), &dropper);
  half->socket = NULL;
  raw_peer_send_bytes (half->peer, frames, sizeof frames - 1);
  raw_peer_expect_close (half->peer, 1001, "");
  ws_test_until (NULL, g_atomic_pointer_get (&death.thread) != NULL);
  g_assert_true (death.thread == g_thread_self ());
  g_assert_cmpuint (dropper.n_messages, ==, 1);
}

/* While a message waits to be read. */
static void
test_last_unref_before_message (Half *half, gconstpointer data)
{
  static const char *const signals[]
      = { "notify", "message-received", "text-message-received",
          "text-frame-received", "disconnected" };
  Death death = { NULL };
  guint n_emitted = 0;

  for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
    api_count (half->socket, signals[i], &n_emitted);
  g_object_weak_ref (G_OBJECT (half->socket), on_finalised, &death);
  raw_peer_send_frame (half->peer, 0x81, "a", 1);
  unref_there (g_steal_pointer (&half->socket));
  raw_peer_expect_close (half->peer, 1001, "");
  ws_test_until (NULL, g_atomic_pointer_get (&death.thread) != NULL);
  g_assert_cmpuint (n_emitted, ==, 0);
}

static gboolean
on_busy (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

/* A context that always has something to do, but nothing more urgent. */
static void
test_last_unref_while_busy (Half *half, gconstpointer data)
{
  Death death = { NULL };
  guint busy = g_idle_add_full (G_PRIORITY_DEFAULT, on_busy, NULL, NULL);

  g_object_weak_ref (G_OBJECT (half->socket), on_finalised, &death);
  unref_there (g_steal_pointer (&half->socket));
  for (guint i = 0; i < 3; i++)
    g_main_context_iteration (NULL, FALSE);
  g_assert_nonnull (g_atomic_pointer_get (&death.thread));
  g_source_remove (busy);
}

/* A client of the server leaves. */
static void
test_last_unref_before_goodbye (void)
{
  static const char *const signals[]
      = { "notify", "items-changed", "client-disconnected", "closed" };
  WsServer *server = api_server_new ();
  guint     n_emitted = 0;
  g_autoptr (RawPeer) peer
      = raw_peer_join (ws_server_get_server_port (server), NULL);

  g_object_unref (api_server_take (server));
  for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
    api_count (server, signals[i], &n_emitted);
  raw_peer_send_close (peer, 1000, "");
  unref_there (server);
  raw_peer_expect_close (peer, 1000, NULL);
  raw_peer_expect_eof (peer);
  g_assert_cmpuint (n_emitted, ==, 0);
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
      worker_call (worker, g_free, NULL);
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

/* A server can run in a thread of its own, and its signals come there. */
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

/* Opened in a thread that has ended since: whoever runs its context closes it,
 * and the last reference goes there. */
static gpointer
open_and_end (gpointer data)
{
  g_autoptr (GError) error = NULL;

  ws_socket_open (data, NULL, &error);
  g_assert_no_error (error);
  return NULL;
}

static gboolean
on_send (gpointer data)
{
  api_socket_send (data, "still there");
  return G_SOURCE_REMOVE;
}

static void
test_opener_ended (void)
{
  g_autoptr (WsServer) server = api_server_new ();
  WsSocket *client = ws_socket_new ();
  g_autoptr (WsSocket) accepted = NULL;
  g_autoptr (SignalLog) log = NULL;

  ws_socket_set_url (client, ws_server_get_url (server));
  g_thread_join (g_thread_new ("opener", open_and_end, client));
  accepted = api_server_take (server);
  log = signal_log_new (accepted);
  api_wait_state (client, WS_STATE_CONNECTED);
  g_main_context_invoke (NULL, on_send, client);
  ws_test_until (NULL, log->words->len > 0);
  signal_log_expect (log, "text:still there");

  g_object_add_weak_pointer (G_OBJECT (client), (gpointer *) &client);
  g_object_unref (client);
  ws_test_until (NULL, client == NULL);
  api_wait_state (accepted, WS_STATE_UNCONNECTED);
}

int
main (int argc, char **argv)
{
  api_test_init (&argc, &argv);
  pair_add ("/contracts/threads/wrong-thread", NULL, test_wrong_thread);
  half_add_client ("/contracts/threads/last-unref", NULL, test_last_unref);
  g_test_add_func ("/contracts/threads/last-unref-while-connecting",
                   test_last_unref_while_connecting);
  g_test_add_func ("/contracts/threads/last-unref-of-server",
                   test_last_unref_of_server);
  half_add_client ("/contracts/threads/last-unref-in-handler/here",
                   g_object_unref, test_last_unref_in_handler);
  half_add_client ("/contracts/threads/last-unref-in-handler/there",
                   unref_there, test_last_unref_in_handler);
  half_add_client ("/contracts/threads/last-unref-before-message", NULL,
                   test_last_unref_before_message);
  half_add_client ("/contracts/threads/last-unref-while-busy", NULL,
                   test_last_unref_while_busy);
  g_test_add_func ("/contracts/threads/last-unref-before-goodbye",
                   test_last_unref_before_goodbye);
  g_test_add_func ("/contracts/threads/moved", test_moved);
  g_test_add_func ("/contracts/threads/opener-ended", test_opener_ended);
  g_test_add_func ("/contracts/threads/server-there", test_server_there);
  return g_test_run ();
}
