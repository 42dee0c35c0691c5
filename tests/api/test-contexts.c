/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api-test.h"

#include <string.h>

/* Nothing begins in a main context that another thread runs, and what has begun
 * stays in its own. */

/* A thread that runs the default context, as far as GLib can see. */
typedef struct
{
  GThread     *thread;
  GAsyncQueue *held; /* one says that it does */
  GAsyncQueue *done; /* one says that it may go */
} Holder;

static gpointer
hold_context (gpointer data)
{
  Holder *self = data;

  g_assert_true (g_main_context_acquire (NULL));
  g_async_queue_push (self->held, self);
  g_async_queue_pop (self->done);
  g_main_context_release (NULL);
  return NULL;
}

static Holder *
holder_new (void)
{
  Holder *self = g_new (Holder, 1);

  self->held = g_async_queue_new ();
  self->done = g_async_queue_new ();
  self->thread = g_thread_new ("holder", hold_context, self);
  g_async_queue_pop (self->held);
  return self;
}

static void
holder_free (Holder *self)
{
  g_async_queue_push (self->done, self);
  g_thread_join (self->thread);
  g_async_queue_unref (self->held);
  g_async_queue_unref (self->done);
  g_free (self);
}

/* The error says what to do. */
static void
assert_refused (GError **error)
{
  g_assert_error (*error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_WRONG_CONTEXT);
  g_assert_nonnull (strstr ((*error)->message, "push_thread_default"));
  g_clear_error (error);
}

#define EXPECT_WARNING() \
  g_test_expect_message ("Ws", G_LOG_LEVEL_WARNING, "*push_thread_default*")

static void
note_result (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **place = user_data;

  *place = g_object_ref (result);
}

/* --- Beginning --- */

static void
test_client (void)
{
  Holder   *holder = holder_new ();
  WsSocket *socket = ws_socket_new ();
  g_autoptr (SignalLog) log = signal_log_new (socket);
  g_autoptr (WsRequest) request = ws_request_new ("ws://127.0.0.1:1/");
  g_autoptr (GError) error = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  g_assert_false (ws_socket_open (socket, "ws://127.0.0.1:1/", &error));
  assert_refused (&error);
  g_assert_false (ws_socket_open_request (socket, request, &error));
  assert_refused (&error);
  EXPECT_WARNING ();
  ws_socket_set_active (socket, TRUE);
  g_test_assert_expected_messages ();
  ws_socket_open_async (socket, "ws://127.0.0.1:1/", NULL, note_result,
                        &result);
  holder_free (holder);

  ws_test_until (NULL, result != NULL);
  g_assert_false (ws_socket_open_finish (socket, result, &error));
  assert_refused (&error);
  signal_log_expect (log, "");
  g_assert_cmpint (ws_socket_get_status (socket), ==, WS_STATUS_CLOSED);
  g_assert_false (ws_socket_get_active (socket));
  g_clear_object (&result);
  g_assert_finalize_object (socket);
}

static void
test_server (void)
{
  Holder   *holder = holder_new ();
  WsServer *server = ws_server_new (NULL, WS_SSL_MODE_NON_SECURE);
  guint     n_errors = 0;
  g_autoptr (GInetAddress) loopback
      = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GError) error = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  api_count (server, "server-error", &n_errors);
  g_assert_false (ws_server_listen (server, loopback, 0, &error));
  assert_refused (&error);
  g_assert_false (ws_server_listen_address (server, address, &error));
  assert_refused (&error);
  g_assert_false (ws_server_listen_unix (server, "/nonexistent/x", &error));
  assert_refused (&error);
  EXPECT_WARNING ();
  ws_server_set_listening (server, TRUE);
  EXPECT_WARNING ();
  ws_server_close (server);
  g_test_assert_expected_messages ();
  ws_server_accept_async (server, NULL, note_result, &result);
  holder_free (holder);

  ws_test_until (NULL, result != NULL);
  g_assert_null (ws_server_accept_finish (server, result, &error));
  assert_refused (&error);
  g_assert_cmpuint (n_errors, ==, 0);
  g_assert_false (ws_server_get_listening (server));
  /* All is well again. */
  g_assert_true (ws_server_listen (server, loopback, 0, NULL));
  g_clear_object (&result);
  g_assert_finalize_object (server);
}

/* A message from a stream that GIO is to read there. */
static void
test_stream (Pair *pair, gconstpointer data)
{
  Holder *holder = holder_new ();
  g_autoptr (GInputStream) stream
      = g_memory_input_stream_new_from_data ("text", 4, NULL);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (SignalLog) log = signal_log_new (pair->accepted);

  ws_socket_send_stream_async (pair->client, WS_MESSAGE_TYPE_TEXT, stream, NULL,
                               note_result, &result);
  holder_free (holder);

  ws_test_until (NULL, result != NULL);
  g_assert_false (ws_socket_send_stream_finish (pair->client, result, &error));
  assert_refused (&error);
  api_socket_send (pair->client, "whole");
  ws_test_until (NULL, log->words->len > 0);
  signal_log_expect (log, "text:whole");
}

/* --- Staying --- */

/* The context of a socket, and of a server's sockets, is the one where they
 * began, whatever is thread-default while that is run. */
static void
test_run_without_default (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (WsReconnectPolicy) policy
      = g_object_new (WS_TYPE_RECONNECT_POLICY, "minimum", 1u, "maximum", 1u,
                      NULL);
  WsSocket *client = ws_socket_new ();
  WsServer *server;

  g_main_context_push_thread_default (context);
  server = api_server_new ();
  ws_socket_set_reconnect (client, policy);
  g_assert_true (ws_socket_open (client, ws_server_get_url (server), NULL));
  g_main_context_pop_thread_default (context);

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (WsSocket) accepted = NULL;
      guint n_texts = 0;

      ws_test_until (context, ws_server_has_pending_connections (server)
                                  && ws_socket_is_valid (client));
      accepted = ws_server_next_pending_connection (server);
      api_count (client, "text-message-received", &n_texts);
      api_socket_send (accepted, "hello");
      ws_test_until (context, n_texts > 0);
      g_signal_handlers_disconnect_matched (client, G_SIGNAL_MATCH_DATA, 0, 0,
                                            NULL, NULL, &n_texts);
      ws_socket_abort (accepted);
      ws_test_until (context, !ws_socket_is_valid (client));
      g_assert_false (g_main_context_pending (NULL));
    }
  ws_socket_abort (client);
  ws_test_until (context,
                 g_list_model_get_n_items (G_LIST_MODEL (server)) == 0);
  g_assert_finalize_object (client);
  g_assert_finalize_object (server);
}

int
main (int argc, char **argv)
{
  g_setenv ("GIO_USE_NETWORK_MONITOR", "base", TRUE);
  api_test_init (&argc, &argv);
  g_test_add_func ("/api/contexts/client", test_client);
  g_test_add_func ("/api/contexts/server", test_server);
  pair_add ("/api/contexts/stream", NULL, test_stream);
  g_test_add_func ("/api/contexts/run-without-default",
                   test_run_without_default);
  return g_test_run ();
}
