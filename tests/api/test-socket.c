/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api-test.h"

#include <string.h>

/* The twin of Qt's tst_QWebSocket; the rest is in test-open-request.c,
 * test-auth.c, test-socket-echo.c and test-threads.c. */

/* Qt: tst_QWebSocket::initialisation,
 * tst_WebSocketsTest::testInvalidWithUnopenedSocket */

typedef struct
{
  const char       *name;
  const char       *origin;
  WsProtocolVersion version;
} InitialCase;

static const InitialCase initial_cases[] = {
  { "defaults", NULL, WS_PROTOCOL_VERSION_LATEST },
  { "origin", "http://example.org", WS_PROTOCOL_VERSION_LATEST },
  { "origin-and-version", "http://example.org", WS_PROTOCOL_VERSION_V7 },
};

/* Qt's sends answer 0 when nothing is connected, which is an error here. */
static void
assert_cannot_send (WsSocket *socket)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("A", 1);
  g_autoptr (GError) text_error = NULL;
  g_autoptr (GError) binary_error = NULL;

  g_assert_cmpint (ws_socket_send_text_message (socket, "A", &text_error), ==,
                   -1);
  g_assert_error (text_error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_NOT_CONNECTED);
  g_assert_cmpint (ws_socket_send_binary_message (socket, bytes, &binary_error),
                   ==, -1);
  g_assert_error (binary_error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_NOT_CONNECTED);
}

static void
assert_not_open (WsSocket *socket)
{
  g_assert_false (ws_socket_is_valid (socket));
  g_assert_null (ws_socket_get_local_address (socket));
  g_assert_null (ws_socket_get_peer_address (socket));
  g_assert_cmpstr (ws_socket_get_subprotocol (socket), ==, "");
  g_assert_cmpuint (ws_socket_get_bytes_to_write (socket), ==, 0);
  g_assert_cmpint (ws_socket_get_latency (socket), ==, -1);
}

static void
test_initialisation (gconstpointer data)
{
  const InitialCase *row = data;
  WsSocket          *socket
      = row->origin == NULL
            ? ws_socket_new ()
            : ws_socket_new_with_origin (row->origin, row->version);

  g_assert_cmpstr (ws_socket_get_origin (socket), ==, row->origin);
  g_assert_cmpint (ws_socket_get_version (socket), ==, row->version);
  g_assert_null (ws_socket_get_error (socket));
  g_assert_cmpstr (ws_socket_get_error_string (socket), ==, "");
  g_assert_cmpint (ws_socket_get_state (socket), ==, WS_STATE_UNCONNECTED);
  g_assert_cmpint (ws_socket_get_status (socket), ==, WS_STATUS_CLOSED);
  g_assert_cmpstr (ws_socket_get_peer_name (socket), ==, "");
  g_assert_cmpstr (ws_socket_get_resource_name (socket), ==, "");
  g_assert_null (ws_socket_get_url (socket));
  g_assert_cmpuint (ws_socket_get_close_code (socket), ==, 1000);
  g_assert_cmpstr (ws_socket_get_close_reason (socket), ==, "");
  g_assert_cmpuint (ws_socket_get_close_code_sent (socket), ==, 0);
  g_assert_cmpuint (ws_socket_get_close_code_received (socket), ==, 0);
  g_assert_false (ws_socket_get_was_clean (socket));
  g_assert_false (ws_socket_flush (socket));
  assert_not_open (socket);
  assert_cannot_send (socket);
  g_assert_finalize_object (socket);
}

/* Qt: tst_QWebSocket::settersAndGetters. D: a size below 0 is refused. */
static void
test_setters (void)
{
  WsSocket *socket = ws_socket_new ();

  ws_socket_set_pause_mode (socket, WS_PAUSE_MODES_ON_SSL_ERRORS);
  g_assert_cmpint (ws_socket_get_pause_mode (socket), ==,
                   WS_PAUSE_MODES_ON_SSL_ERRORS);
  ws_socket_set_pause_mode (socket, WS_PAUSE_MODES_NEVER);
  g_assert_cmpint (ws_socket_get_pause_mode (socket), ==, WS_PAUSE_MODES_NEVER);
  g_assert_cmpint (ws_socket_get_read_buffer_size (socket), ==, 1024 * 1024);
  ws_socket_set_read_buffer_size (socket, 128);
  g_assert_cmpint (ws_socket_get_read_buffer_size (socket), ==, 128);
  ws_socket_set_read_buffer_size (socket, 0);
  g_assert_cmpint (ws_socket_get_read_buffer_size (socket), ==, 0);
  g_test_expect_message ("Ws", G_LOG_LEVEL_CRITICAL, "*read_buffer_size >= 0*");
  ws_socket_set_read_buffer_size (socket, -1);
  g_test_assert_expected_messages ();
  g_assert_cmpint (ws_socket_get_read_buffer_size (socket), ==, 0);
  g_assert_finalize_object (socket);
}

/* Qt: tst_QWebSocket::testingFrameAndMessageSizeApi. There are limits
 * that nobody has set. */
static void
test_sizes (void)
{
  WsSocket *socket = ws_socket_new ();

  g_assert_cmpuint (ws_socket_get_outgoing_frame_size (socket), ==, 0);
  g_assert_cmpuint (ws_socket_get_max_incoming_frame_size (socket), ==,
                    16 * 1024 * 1024);
  g_assert_cmpuint (ws_socket_get_max_incoming_message_size (socket), ==,
                    16 * 1024 * 1024);
  ws_socket_set_outgoing_frame_size (socket, 5);
  ws_socket_set_max_incoming_frame_size (socket, 9);
  ws_socket_set_max_incoming_message_size (socket, 889);
  g_assert_cmpuint (ws_socket_get_outgoing_frame_size (socket), ==, 5);
  g_assert_cmpuint (ws_socket_get_max_incoming_frame_size (socket), ==, 9);
  g_assert_cmpuint (ws_socket_get_max_incoming_message_size (socket), ==, 889);
  g_assert_finalize_object (socket);
}

/* Qt: tst_QWebSocket::invalidOpen, "illegal local address"
 * D: no error text while connecting; Qt's is an artefact. */
static void
test_refused (void)
{
  const char *url = "ws://127.0.0.1:1/";
  WsSocket   *socket = ws_socket_new ();
  g_autoptr (SignalLog) log = signal_log_new (socket);
  guint n_other = 0;

  api_count (socket, "pong", &n_other);
  api_count (socket, "bytes-written", &n_other);
  g_assert_true (ws_socket_open (socket, url, NULL));
  g_assert_cmpstr (ws_socket_get_error_string (socket), ==, "");
  g_assert_cmpint (ws_socket_get_state (socket), ==, WS_STATE_CONNECTING);
  g_assert_cmpstr (ws_socket_get_peer_name (socket), ==, "127.0.0.1");
  g_assert_cmpstr (ws_socket_get_resource_name (socket), ==, "/");
  g_assert_cmpstr (ws_socket_get_url (socket), ==, url);
  g_assert_cmpuint (ws_socket_get_close_code (socket), ==, 1000);
  assert_not_open (socket);
  assert_cannot_send (socket);

  ws_test_until (NULL, signal_log_count (log, "disconnected") > 0);
  signal_log_expect (log, SIGNAL_LOG_OPENING
                     " error:connection-refused code=1006 " SIGNAL_LOG_ENDED);
  g_assert_cmpint (ws_socket_get_status (socket), ==, WS_STATUS_ERROR);
  g_assert_cmpuint (n_other, ==, 0);
  g_assert_finalize_object (socket);
}

/* Qt: tst_QWebSocket::invalidOpen, the other rows */
static void
test_line_breaks_in_url (void)
{
  static const char *const urls[] = {
    "ws://some\r\nhost/",
    "ws://%0D%0Ahost/",
    "ws://127.0.0.1:1/some\r\npath",
    "ws://127.0.0.1:1/some%0D%0Apath",
  };

  for (guint i = 0; i < G_N_ELEMENTS (urls); i++)
    {
      WsSocket *socket = ws_socket_new ();
      g_autoptr (SignalLog) log = signal_log_new (socket);
      g_autoptr (GError) error = NULL;

      g_assert_false (ws_socket_open (socket, urls[i], &error));
      g_assert_error (error, WS_SOCKET_ERROR,
                      WS_SOCKET_ERROR_CONNECTION_REFUSED);
      signal_log_expect (log, "error:connection-refused");
      g_assert_null (ws_socket_get_url (socket));
      g_assert_cmpstr (ws_socket_get_resource_name (socket), ==, "");
      g_assert_cmpstr (ws_socket_get_peer_name (socket), ==, "");
      g_assert_finalize_object (socket);
    }
}

/* Qt: tst_QWebSocket::invalidOrigin */
static void
test_invalid_origin (void)
{
  WsSocket *socket = ws_socket_new_with_origin ("My server\r\nin the wild",
                                                WS_PROTOCOL_VERSION_LATEST);
  g_autoptr (SignalLog) log = signal_log_new (socket);
  g_autoptr (RawListener) listener = raw_listener_new ();
  g_autofree char *url = raw_listener_make_url (listener, "/");

  g_assert_true (ws_socket_open (socket, url, NULL));
  ws_test_until (NULL, signal_log_count (log, "disconnected") > 0);
  signal_log_expect (log, SIGNAL_LOG_OPENING
                     " error:connection-refused code=1006 " SIGNAL_LOG_ENDED);
  g_assert_finalize_object (socket);
}

/* Qt: tst_QWebSocket::errorString, its first half. The name is looked up in a
 * resolver that knows none. */

#define TEST_TYPE_RESOLVER (test_resolver_get_type ())
G_DECLARE_FINAL_TYPE (TestResolver, test_resolver, TEST, RESOLVER, GResolver)

struct _TestResolver
{
  GResolver parent_instance;
};

G_DEFINE_FINAL_TYPE (TestResolver, test_resolver, G_TYPE_RESOLVER)

static void
lookup_async (GResolver               *resolver,
              const char              *name,
              GResolverNameLookupFlags flags,
              GCancellable            *cancellable,
              GAsyncReadyCallback      callback,
              gpointer                 user_data)
{
  g_autoptr (GTask) task
      = g_task_new (resolver, cancellable, callback, user_data);

  g_task_return_new_error (task, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND,
                           "Nobody is called \"%s\"", name);
}

static GList *
lookup_finish (GResolver *resolver, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
test_resolver_class_init (TestResolverClass *klass)
{
  GResolverClass *resolver_class = G_RESOLVER_CLASS (klass);

  resolver_class->lookup_by_name_with_flags_async = lookup_async;
  resolver_class->lookup_by_name_with_flags_finish = lookup_finish;
}

static void
test_resolver_init (TestResolver *self)
{
}

static void
test_unknown_host (void)
{
  g_autoptr (GResolver) system = g_resolver_get_default ();
  g_autoptr (GResolver) resolver = g_object_new (TEST_TYPE_RESOLVER, NULL);
  WsSocket *socket = ws_socket_new ();
  g_autoptr (SignalLog) log = signal_log_new (socket);

  g_resolver_set_default (resolver);
  g_assert_cmpstr (ws_socket_get_error_string (socket), ==, "");
  g_assert_true (ws_socket_open (socket, "ws://no.such.host/", NULL));
  ws_test_until (NULL, signal_log_count (log, "disconnected") > 0);
  signal_log_expect (log, SIGNAL_LOG_OPENING
                     " error:host-not-found code=1006 " SIGNAL_LOG_ENDED);
  g_assert_nonnull (
      strstr (ws_socket_get_error_string (socket), "no.such.host"));
  g_resolver_set_default (system);
  g_assert_finalize_object (socket);
}

/* Qt: tst_QWebSocket::errorString, its second half */
static void
refuse_origin (WsServer *server, WsCorsAuthenticator *authenticator)
{
  ws_cors_authenticator_set_allowed (authenticator, FALSE);
}

static void
test_refused_origin (void)
{
  WsServer *server = api_server_new ();
  WsSocket *socket = ws_socket_new ();
  g_autoptr (SignalLog) log = signal_log_new (socket);
  guint n_connections = 0;

  g_signal_connect (server, "origin-authentication-required",
                    G_CALLBACK (refuse_origin), NULL);
  api_count (server, "new-connection", &n_connections);
  g_assert_true (ws_socket_open (socket, ws_server_get_url (server), NULL));
  ws_test_until (NULL, signal_log_count (log, "disconnected") > 0);
  signal_log_expect (log, SIGNAL_LOG_OPENING
                     " error:handshake-rejected code=1006 " SIGNAL_LOG_ENDED);
  g_assert_nonnull (strstr (ws_socket_get_error_string (socket), "403"));
  g_assert_nonnull (strstr (ws_socket_get_error_string (socket), "Forbidden"));
  g_assert_cmpuint (n_connections, ==, 0);
  g_assert_finalize_object (socket);
  g_assert_finalize_object (server);
}

/* Qt: tst_QWebSocket::protocolAccessor */
static void
test_subprotocol (void)
{
  static const char *const offered[] = { "foo", "bar", NULL };
  static const char *const supported[] = { "bar", NULL };
  WsServer                *server = api_server_new ();
  WsSocket                *client = ws_socket_new ();
  WsSocket                *accepted;

  ws_server_set_supported_subprotocols (server, supported);
  ws_socket_set_subprotocols (client, offered);
  api_socket_open (client, ws_server_get_url (server));
  accepted = api_server_take (server);
  g_assert_cmpstr (ws_socket_get_subprotocol (client), ==, "bar");
  g_assert_cmpstr (ws_socket_get_subprotocol (accepted), ==, "bar");
  g_assert_finalize_object (client);
  api_wait_state (accepted, WS_STATE_UNCONNECTED);
  g_assert_finalize_object (accepted);
  g_assert_finalize_object (server);
}

/* Qt: tst_QWebSocket::protocolsHeaderGeneration, and the rows of ::openRequest
 * that are about subprotocols */

typedef struct
{
  const char *name;
  const char *offered[5];
  guint       n_warnings;
  const char *field; /* (nullable): as the server sees it */
} OfferCase;

static const OfferCase offer_cases[] = {
  { "none", { NULL }, 0, NULL },
  { "all-invalid", { "chat\r\nx", "one two", "a{b}", "" }, 4, NULL },
  { "one-valid", { "chat\r\nx", "chat", "a{b}" }, 2, "chat" },
  { "all-valid", { "chat", "foo", "v1.bar" }, 0, "chat, foo, v1.bar" },
};

static void
test_offers (gconstpointer data)
{
  const OfferCase *row = data;
  WsSocket        *socket = ws_socket_new ();
  g_autoptr (RawListener) listener = raw_listener_new ();
  g_autoptr (RawPeer) peer = NULL;
  g_autofree char *url = raw_listener_make_url (listener, "/");
  g_autofree char *line
      = g_strdup_printf ("\r\nSec-WebSocket-Protocol: %s\r\n", row->field);

  for (guint i = 0; i < row->n_warnings; i++)
    g_test_expect_message ("Ws", G_LOG_LEVEL_WARNING, "*subprotocol*");
  ws_socket_set_subprotocols (socket, row->offered);
  g_test_assert_expected_messages ();
  ws_socket_open (socket, url, NULL);
  peer = raw_listener_take (listener);
  raw_peer_wait_head (peer);
  if (row->field != NULL)
    g_assert_nonnull (strstr (peer->head, line));
  else
    g_assert_null (strstr (peer->head, "Sec-WebSocket-Protocol"));
  g_assert_finalize_object (socket);
}

/* Qt: tst_QWebSocket::overlongCloseReason */
static void
test_long_reason (Pair *pair, gconstpointer data)
{
  g_autofree char *reason = g_strnfill (200, 'a');
  g_autofree char *kept = g_strnfill (123, 'a');

  g_assert_true (ws_socket_close (pair->client, 1001, reason, NULL));
  g_assert_cmpuint (ws_socket_get_close_code (pair->client), ==, 1001);
  g_assert_cmpstr (ws_socket_get_close_reason (pair->client), ==, kept);
  api_wait_state (pair->client, WS_STATE_UNCONNECTED);
  api_wait_state (pair->accepted, WS_STATE_UNCONNECTED);
  g_assert_cmpuint (ws_socket_get_close_code (pair->accepted), ==, 1001);
  g_assert_cmpstr (ws_socket_get_close_reason (pair->accepted), ==, kept);
}

/* Qt: tst_QWebSocket::incomingMessageTooLong, ::incomingFrameTooLong */
static void
test_too_long (Pair *pair, gconstpointer data)
{
  gboolean         is_frame = data != NULL;
  g_autofree char *text = g_strnfill (1025, 'a');

  if (is_frame)
    ws_socket_set_max_incoming_frame_size (pair->accepted, 1024);
  else
    {
      ws_socket_set_max_incoming_message_size (pair->accepted, 1024);
      ws_socket_set_outgoing_frame_size (pair->client, 512);
    }
  api_socket_send (pair->client, text);
  api_wait_state (pair->client, WS_STATE_UNCONNECTED);
  g_assert_cmpuint (ws_socket_get_close_code (pair->client), ==, 1009);
  g_assert_nonnull (strstr (ws_socket_get_close_reason (pair->client), "1024"));
}

/* Qt: tst_QWebSocket::customHeader (QTBUG-102111): the answer comes in two
 * parts. That nothing spins meanwhile is seen in that no source is ready. */
static void
test_custom_header (void)
{
  WsSocket *socket = ws_socket_new ();
  g_autoptr (WsHeaders) headers = ws_headers_new ();
  g_autoptr (RawListener) listener = raw_listener_new ();
  g_autoptr (RawPeer) peer = NULL;
  g_autofree char *url = raw_listener_make_url (listener, "/");
  g_autofree char *answer = NULL;
  gsize            len;

  g_assert_true (ws_headers_append (headers, "CustomHeader", "Example", NULL));
  ws_socket_set_request_headers (socket, headers);
  ws_socket_open (socket, url, NULL);
  peer = raw_listener_take (listener);
  raw_peer_wait_head (peer);
  g_assert_nonnull (strstr (peer->head, "\r\nCustomHeader: Example\r\n"));

  answer = raw_peer_make_answer (peer, NULL);
  len = strlen (answer);
  raw_peer_send_bytes (peer, answer, len - 2);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_false (g_main_context_pending (NULL));
  g_assert_cmpint (ws_socket_get_state (socket), ==, WS_STATE_CONNECTING);
  raw_peer_send_bytes (peer, answer + len - 2, 2);
  api_wait_state (socket, WS_STATE_CONNECTED);
  g_assert_finalize_object (socket);
}

/* Qt: tst_WebSocketsTest::testLocalAddress, ::testPeerAddress */
static void
test_addresses (Pair *pair, gconstpointer data)
{
  GInetSocketAddress *local
      = G_INET_SOCKET_ADDRESS (ws_socket_get_local_address (pair->client));
  GInetSocketAddress *peer
      = G_INET_SOCKET_ADDRESS (ws_socket_get_peer_address (pair->client));
  GInetSocketAddress *seen
      = G_INET_SOCKET_ADDRESS (ws_socket_get_peer_address (pair->accepted));

  g_assert_cmpuint (g_inet_socket_address_get_port (local), >, 0);
  g_assert_cmpuint (g_inet_socket_address_get_port (local), ==,
                    g_inet_socket_address_get_port (seen));
  g_assert_cmpuint (g_inet_socket_address_get_port (peer), ==,
                    ws_server_get_server_port (pair->server));
  g_assert_true (g_inet_address_get_is_loopback (
      g_inet_socket_address_get_address (peer)));
  g_assert_cmpstr (ws_socket_get_peer_name (pair->client), ==, "127.0.0.1");
}

static void
add_rows (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (initial_cases); i++)
    {
      g_autofree char *path = g_strconcat ("/api/socket/initialisation/",
                                           initial_cases[i].name, NULL);

      g_test_add_data_func (path, &initial_cases[i], test_initialisation);
    }
  for (guint i = 0; i < G_N_ELEMENTS (offer_cases); i++)
    {
      g_autofree char *path
          = g_strconcat ("/api/socket/offers/", offer_cases[i].name, NULL);

      g_test_add_data_func (path, &offer_cases[i], test_offers);
    }
}

int
main (int argc, char **argv)
{
  api_test_init (&argc, &argv);
  add_rows ();
  g_test_add_func ("/api/socket/setters", test_setters);
  g_test_add_func ("/api/socket/sizes", test_sizes);
  g_test_add_func ("/api/socket/refused", test_refused);
  g_test_add_func ("/api/socket/line-breaks-in-url", test_line_breaks_in_url);
  g_test_add_func ("/api/socket/invalid-origin", test_invalid_origin);
  g_test_add_func ("/api/socket/unknown-host", test_unknown_host);
  g_test_add_func ("/api/socket/refused-origin", test_refused_origin);
  g_test_add_func ("/api/socket/subprotocol", test_subprotocol);
  pair_add ("/api/socket/long-reason", NULL, test_long_reason);
  pair_add ("/api/socket/message-too-long", NULL, test_too_long);
  pair_add ("/api/socket/frame-too-long", "frame", test_too_long);
  g_test_add_func ("/api/socket/custom-header", test_custom_header);
  pair_add ("/api/socket/addresses", NULL, test_addresses);
  return g_test_run ();
}
