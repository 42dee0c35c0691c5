/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api-test.h"

#include <string.h>

/* What a user may derive: sockets and servers that override instead of
 * connecting, and mask generators. */

#define TEST_TYPE_SOCKET (test_socket_get_type ())
G_DECLARE_FINAL_TYPE (TestSocket, test_socket, TEST, SOCKET, WsSocket)

struct _TestSocket
{
  WsSocket parent_instance;
  GString *words;
};

G_DEFINE_FINAL_TYPE (TestSocket, test_socket, WS_TYPE_SOCKET)

static void
test_socket_connected (WsSocket *socket)
{
  g_string_append (TEST_SOCKET (socket)->words, " connected");
}

static void
test_socket_disconnected (WsSocket *socket)
{
  g_string_append (TEST_SOCKET (socket)->words, " disconnected");
}

static void
test_socket_state_changed (WsSocket *socket, WsState state)
{
  g_string_append_printf (TEST_SOCKET (socket)->words, " %d", state);
}

static void
test_socket_error (WsSocket *socket, const GError *error)
{
  g_string_append_printf (TEST_SOCKET (socket)->words, " error:%d",
                          error->code);
}

static void
test_socket_message (WsSocket *socket, WsMessage *message)
{
  g_string_append_printf (TEST_SOCKET (socket)->words, " message:%d",
                          ws_message_get_message_type (message));
}

static void
test_socket_text (WsSocket *socket, const char *text)
{
  g_string_append_printf (TEST_SOCKET (socket)->words, " text:%s", text);
}

static void
test_socket_binary (WsSocket *socket, GBytes *bytes)
{
  g_string_append_printf (TEST_SOCKET (socket)->words,
                          " binary:%" G_GSIZE_FORMAT, g_bytes_get_size (bytes));
}

static void
test_socket_finalize (GObject *object)
{
  g_string_free (TEST_SOCKET (object)->words, TRUE);
  G_OBJECT_CLASS (test_socket_parent_class)->finalize (object);
}

static void
test_socket_class_init (TestSocketClass *klass)
{
  WsSocketClass *socket_class = WS_SOCKET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = test_socket_finalize;
  socket_class->connected = test_socket_connected;
  socket_class->disconnected = test_socket_disconnected;
  socket_class->state_changed = test_socket_state_changed;
  socket_class->error = test_socket_error;
  socket_class->message_received = test_socket_message;
  socket_class->text_message_received = test_socket_text;
  socket_class->binary_message_received = test_socket_binary;
}

static void
test_socket_init (TestSocket *self)
{
  self->words = g_string_new (NULL);
}

/* Overriding is enough; handlers that are connected as well come before. */
static void
on_text (WsSocket *socket, const char *text, guint *n_calls)
{
  ++*n_calls;
}

static void
test_socket_subclass (gconstpointer data)
{
  gboolean    connects = data != NULL;
  TestSocket *socket = g_object_new (TEST_TYPE_SOCKET, NULL);
  g_autoptr (RawListener) listener = raw_listener_new ();
  g_autoptr (RawPeer) peer = NULL;
  g_autofree char *url = raw_listener_make_url (listener, "/");
  guint            n_calls = 0;

  if (connects)
    for (guint i = 0; i < 2; i++)
      g_signal_connect (socket, "text-message-received", G_CALLBACK (on_text),
                        &n_calls);
  g_assert_true (ws_socket_open (WS_SOCKET (socket), url, NULL));
  peer = raw_listener_take (listener);
  raw_peer_accept (peer);
  raw_peer_send_frame (peer, 0x81, "hello", 5);
  raw_peer_send_frame (peer, 0x82, "bytes!", 6);
  g_clear_pointer (&peer, raw_peer_free);
  api_wait_state (WS_SOCKET (socket), WS_STATE_UNCONNECTED);
  g_assert_cmpstr (socket->words->str, ==,
                   " 2 3 connected message:1 text:hello message:2 binary:6"
                   " error:1 0 disconnected");
  g_assert_cmpuint (n_calls, ==, connects ? 2 : 0);
  g_assert_finalize_object (socket);
}

/* A server whose sockets are handed to an override, and not queued. */

#define TEST_TYPE_SERVER (test_server_get_type ())
G_DECLARE_FINAL_TYPE (TestServer, test_server, TEST, SERVER, WsServer)

struct _TestServer
{
  WsServer parent_instance;
  guint    n_connected, n_disconnected, n_closed;
};

G_DEFINE_FINAL_TYPE (TestServer, test_server, WS_TYPE_SERVER)

static void
test_server_client_connected (WsServer *server, WsSocket *client)
{
  TEST_SERVER (server)->n_connected++;
  g_assert_true (ws_socket_is_valid (client));
}

static void
test_server_client_disconnected (WsServer *server, WsSocket *client)
{
  TEST_SERVER (server)->n_disconnected++;
}

static void
test_server_closed (WsServer *server)
{
  TEST_SERVER (server)->n_closed++;
}

static void
test_server_class_init (TestServerClass *klass)
{
  WsServerClass *server_class = WS_SERVER_CLASS (klass);

  server_class->client_connected = test_server_client_connected;
  server_class->client_disconnected = test_server_client_disconnected;
  server_class->closed = test_server_closed;
}

static void
test_server_init (TestServer *self)
{
}

static void
test_server_subclass (void)
{
  TestServer *self = g_object_new (TEST_TYPE_SERVER, NULL);
  WsServer   *server = WS_SERVER (self);
  g_autoptr (GInetAddress) loopback
      = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);

  g_assert_true (ws_server_listen (server, loopback, 0, NULL));
  raw_peer_free (raw_peer_join (ws_server_get_server_port (server), NULL));
  ws_test_until (NULL, self->n_disconnected > 0);
  g_assert_cmpuint (self->n_connected, ==, 1);
  g_assert_false (ws_server_has_pending_connections (server));
  ws_server_close (server);
  ws_test_until (NULL, self->n_closed > 0);
  g_assert_finalize_object (self);
}

/* Masks */

#define TEST_TYPE_GENERATOR (test_generator_get_type ())
G_DECLARE_FINAL_TYPE (
    TestGenerator, test_generator, TEST, GENERATOR, WsMaskGenerator)

struct _TestGenerator
{
  WsMaskGenerator parent_instance;
  guint32         next;   /* 0: it fails */
  WsSocket      **victim; /* (nullable): finalised in the next call */
};

G_DEFINE_FINAL_TYPE (TestGenerator, test_generator, WS_TYPE_MASK_GENERATOR)

static gboolean
test_generator_seed (WsMaskGenerator *generator)
{
  return TRUE;
}

static guint32
test_generator_next_mask (WsMaskGenerator *generator)
{
  TestGenerator *self = TEST_GENERATOR (generator);
  WsSocket     **victim = g_steal_pointer (&self->victim);

  if (victim != NULL)
    g_assert_finalize_object (g_steal_pointer (victim));
  return self->next != 0 ? self->next++ : 0;
}

static void
test_generator_class_init (TestGeneratorClass *klass)
{
  WsMaskGeneratorClass *generator_class = WS_MASK_GENERATOR_CLASS (klass);

  generator_class->seed = test_generator_seed;
  generator_class->next_mask = test_generator_next_mask;
}

static void
test_generator_init (TestGenerator *self)
{
}

/* Sends a text, and gives the key it was masked with. */
static guint32
send_masked (Half *half)
{
  g_auto (RawFrame) frame = { 0 };

  api_socket_send (half->socket, "masked");
  frame = raw_peer_take_frame (half->peer);
  g_assert_true (frame.is_masked);
  g_assert_cmpstr ((const char *) frame.payload->data, ==, "masked");
  return frame.key;
}

/* Changeable while connected; a generator that fails is replaced by the
 * built-in one, with one warning. */
static void
test_masks (Half *half, gconstpointer data)
{
  TestGenerator *generator = g_object_new (TEST_TYPE_GENERATOR, NULL);
  guint32        built_in = send_masked (half);

  g_assert_cmphex (built_in, !=, send_masked (half));
  generator->next = 0x01020304;
  ws_socket_set_mask_generator (half->socket, WS_MASK_GENERATOR (generator));
  g_assert_cmphex (send_masked (half), ==, 0x01020304);
  g_assert_cmphex (send_masked (half), ==, 0x01020305);
  generator->next = 0;
  g_test_expect_message ("Ws", G_LOG_LEVEL_WARNING, "*mask*");
  g_assert_cmphex (send_masked (half), !=, 0);
  g_assert_cmphex (send_masked (half), !=, 0);
  g_test_assert_expected_messages ();
  generator->next = 7;
  ws_socket_set_mask_generator (half->socket, NULL);
  send_masked (half);
  g_assert_cmpuint (generator->next, ==, 7);
  g_assert_finalize_object (generator);
}

/* No generator of a user's runs for a socket that is being finalised. */
static void
test_last_mask (Half *half, gconstpointer data)
{
  TestGenerator *generator = g_object_new (TEST_TYPE_GENERATOR, NULL);

  generator->next = 7;
  ws_socket_set_mask_generator (half->socket, WS_MASK_GENERATOR (generator));
  g_assert_finalize_object (half->socket);
  half->socket = NULL;
  raw_peer_expect_close (half->peer, 1001, "");
  g_assert_cmpuint (generator->next, ==, 7);
  g_assert_finalize_object (generator);
}

/* A generator may drop the socket it draws for, also between the fragments of a
 * message, which does not leave then. */
static void
test_dropping_mask (Half *half, gconstpointer data)
{
  TestGenerator *generator = g_object_new (TEST_TYPE_GENERATOR, NULL);

  generator->next = 7;
  ws_socket_set_outgoing_frame_size (half->socket, 4);
  ws_socket_set_mask_generator (half->socket, WS_MASK_GENERATOR (generator));
  generator->victim = &half->socket;
  ws_test_ignore (ws_socket_send_text_message (half->socket, data, NULL));
  g_assert_null (half->socket);
  raw_peer_expect_close (half->peer, 1001, "");
  g_assert_cmpuint (generator->next, ==, 8);
  g_assert_finalize_object (generator);
}

int
main (int argc, char **argv)
{
  api_test_init (&argc, &argv);
  g_test_add_data_func ("/api/subclass/socket", NULL, test_socket_subclass);
  g_test_add_data_func ("/api/subclass/socket-and-handlers", "handlers",
                        test_socket_subclass);
  g_test_add_func ("/api/subclass/server", test_server_subclass);
  half_add_client ("/api/subclass/masks", NULL, test_masks);
  half_add_client ("/api/subclass/last-mask", NULL, test_last_mask);
  half_add_client ("/api/subclass/dropping-mask/whole", "text",
                   test_dropping_mask);
  half_add_client ("/api/subclass/dropping-mask/fragments", "a longer text",
                   test_dropping_mask);
  return g_test_run ();
}
