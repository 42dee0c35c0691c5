/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api-test.h"

#include <limits.h>
#include <string.h>

/* The twin of Qt's tst_QWebSocketServer; rows about TLS stand in test-ssl.c and
 * its neighbours, more about descriptors in test-adopted.c. */

static void
assert_idle (WsServer *server)
{
  g_autoptr (GArray) versions = ws_server_get_supported_versions (server);

  g_assert_cmpstr (ws_server_get_server_name (server), ==, "");
  g_assert_cmpint (ws_server_get_ssl_mode (server), ==, WS_SSL_MODE_NON_SECURE);
  g_assert_false (ws_server_get_listening (server));
  g_assert_cmpint (ws_server_get_max_pending_connections (server), ==, 30);
  g_assert_cmpuint (ws_server_get_server_port (server), ==, 0);
  g_assert_null (ws_server_get_server_address (server));
  g_assert_cmpint (ws_server_get_socket_descriptor (server), ==, -1);
  g_assert_null (ws_server_get_proxy_resolver (server));
  g_assert_false (ws_server_has_pending_connections (server));
  g_assert_null (ws_server_next_pending_connection (server));
  g_assert_cmpuint (ws_server_get_error (server), ==, 1000);
  g_assert_cmpstr (ws_server_get_error_string (server), ==, "");
  g_assert_cmpuint (versions->len, ==, 1);
  g_assert_cmpint (g_array_index (versions, int, 0), ==, 13);
  g_assert_cmpstr (ws_server_get_url (server), ==, "");
}

/* Qt: tst_QWebSocketServer::initialisation */
static void
test_initialisation (void)
{
  WsServer           *server = ws_server_new (NULL, WS_SSL_MODE_NON_SECURE);
  WsServer           *secure = ws_server_new (NULL, WS_SSL_MODE_SECURE);
  guint               n_closed = 0;
  WsSslConfiguration *defaults = ws_server_get_ssl_configuration (server);

  assert_idle (server);
  api_count (server, "closed", &n_closed);
  ws_server_close (server);
  assert_idle (server);
  ws_test_until (NULL, n_closed == 1);
  assert_idle (server);
  g_assert_null (ws_ssl_configuration_get_local_certificate_file (defaults));
  g_assert_true (ws_server_get_ssl_configuration (server) == defaults);
  g_assert_cmpint (ws_server_get_ssl_mode (secure), ==, WS_SSL_MODE_SECURE);
  g_assert_finalize_object (secure);
  g_assert_finalize_object (server);
}

/* Qt: tst_QWebSocketServer::settersAndGetters
 * D: a plain server keeps its configuration of TLS as well; it does not use it.
 * The proxy is remembered only. */
static void
test_setters (void)
{
  static const int    values[] = { 23, INT_MIN, INT_MAX };
  WsServer           *server = ws_server_new (NULL, WS_SSL_MODE_NON_SECURE);
  WsServer           *secure = ws_server_new (NULL, WS_SSL_MODE_SECURE);
  WsSslConfiguration *configuration = ws_ssl_configuration_new ();
  GProxyResolver     *resolver
      = g_simple_proxy_resolver_new ("socks5://127.0.0.1:1080", NULL);
  guint n_notified = 0;

  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    {
      ws_server_set_max_pending_connections (server, values[i]);
      g_assert_cmpint (ws_server_get_max_pending_connections (server), ==,
                       values[i]);
      ws_server_set_handshake_timeout (server, values[i]);
      g_assert_cmpint (ws_server_get_handshake_timeout (server), ==, values[i]);
    }
  g_assert_false (ws_server_set_socket_descriptor (server, -2, NULL));
  g_assert_cmpint (ws_server_get_socket_descriptor (server), ==, -1);
  ws_server_set_server_name (server, "CustomName");
  g_assert_cmpstr (ws_server_get_server_name (server), ==, "CustomName");

  api_count (server, "notify::proxy-resolver", &n_notified);
  ws_server_set_proxy_resolver (server, resolver);
  ws_server_set_proxy_resolver (server, resolver);
  g_assert_true (ws_server_get_proxy_resolver (server) == resolver);
  g_assert_cmpuint (n_notified, ==, 1);
  g_assert_true (ws_server_listen (server, NULL, 0, NULL));

  ws_server_set_ssl_configuration (server, configuration);
  ws_server_set_ssl_configuration (secure, configuration);
  g_assert_true (ws_server_get_ssl_configuration (server) == configuration);
  g_assert_true (ws_server_get_ssl_configuration (secure) == configuration);
  g_assert_finalize_object (server);
  g_assert_finalize_object (secure);
  g_assert_finalize_object (configuration);
  g_assert_finalize_object (resolver);
}

/* Unlike Qt: INT_MIN as the length of the queue means 0, with an answer that
 * says so. */
static void
test_no_queue (void)
{
  WsServer *server = api_server_new ();
  g_autoptr (RawPeer) peer
      = raw_peer_connect (ws_server_get_server_port (server));
  g_autofree char *request = raw_peer_make_request (NULL);

  ws_server_set_max_pending_connections (server, INT_MIN);
  raw_peer_send (peer, request);
  api_expect_refusal (peer, 503);
  g_assert_false (ws_server_has_pending_connections (server));
  g_assert_finalize_object (server);
}

static void
on_server_error (WsServer *server, guint code, guint *last)
{
  *last = code;
}

/* Qt: tst_QWebSocketServer::listening */
static void
test_listening (void)
{
  WsServer *server = ws_server_new ("listening", WS_SSL_MODE_NON_SECURE);
  g_autoptr (GInetAddress) foreign
      = g_inet_address_new_from_string ("192.0.2.1");
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) foreign_error = NULL;
  guint n_closed = 0, n_errors = 0, n_other = 0, code = 0;

  api_count (server, "closed", &n_closed);
  api_count (server, "server-error", &n_errors);
  api_count (server, "accept-error", &n_other);
  api_count (server, "new-connection", &n_other);
  api_count (server, "origin-authentication-required", &n_other);
  api_count (server, "peer-verify-error", &n_other);
  api_count (server, "ssl-errors", &n_other);
  g_signal_connect (server, "server-error", G_CALLBACK (on_server_error),
                    &code);
  g_assert_true (ws_server_listen (server, NULL, 0, &error));
  g_assert_no_error (error);
  g_assert_true (ws_server_get_listening (server));
  g_assert_cmpuint (ws_server_get_server_port (server), >, 0);
  ws_server_close (server);
  g_assert_false (ws_server_get_listening (server));
  g_assert_cmpuint (n_closed, ==, 0);
  ws_test_until (NULL, n_closed > 0);
  g_assert_cmpuint (n_errors, ==, 0);

  g_assert_false (ws_server_listen (server, foreign, 0, &foreign_error));
  g_assert_error (foreign_error, WS_SOCKET_ERROR,
                  WS_SOCKET_ERROR_SOCKET_ADDRESS_NOT_AVAILABLE);
  g_assert_nonnull (strstr (foreign_error->message, "192.0.2.1"));
  g_assert_cmpuint (n_errors, ==, 1);
  g_assert_cmpuint (code, ==, 1006);
  g_assert_cmpuint (ws_server_get_error (server), ==, 1006);
  g_assert_cmpstr (ws_server_get_error_string (server), !=, "");
  g_assert_cmpuint (n_closed, ==, 1);
  g_assert_cmpuint (n_other, ==, 0);
  g_assert_finalize_object (server);
}

/* Qt: tst_QWebSocketServer::connectivity */
static void
test_connectivity (void)
{
  WsServer        *server = ws_server_new (NULL, WS_SSL_MODE_NON_SECURE);
  WsSocket        *client = ws_socket_new ();
  WsSocket        *accepted;
  g_autofree char *url = NULL;
  guint            n_connections = 0, n_origins = 0, n_closed = 0, n_errors = 0;

  api_count (server, "new-connection", &n_connections);
  api_count (server, "origin-authentication-required", &n_origins);
  api_count (server, "closed", &n_closed);
  api_count (server, "server-error", &n_errors);
  api_count (server, "accept-error", &n_errors);
  g_assert_true (ws_server_listen (server, NULL, 0, NULL));
  url = g_strdup_printf ("ws://127.0.0.1:%u",
                         ws_server_get_server_port (server));
  g_assert_cmpstr (ws_server_get_url (server), ==, url);
  api_socket_open (client, url);
  accepted = api_server_take (server);
  g_assert_cmpuint (n_connections, ==, 1);
  g_assert_cmpuint (n_origins, ==, 1);
  ws_server_close (server);
  ws_test_until (NULL, n_closed > 0);
  g_assert_cmpuint (n_closed, ==, 1);
  g_assert_cmpuint (n_errors, ==, 0);
  /* Qt: what was handed out lives on */
  g_assert_true (ws_socket_is_valid (accepted));
  g_assert_finalize_object (client);
  api_wait_state (accepted, WS_STATE_UNCONNECTED);
  g_assert_finalize_object (accepted);
  g_assert_finalize_object (server);
}

/* Qt: tst_QWebSocketServer::protocols */

typedef struct
{
  const char *name;
  const char *supported[4];
  const char *offered[4];
  const char *field; /* (nullable): set as a header besides */
  const char *chosen;
  const char *seen[5]; /* all that the server's socket shows */
} ProtocolCase;

/* clang-format off */
static const ProtocolCase protocol_cases[] = {
  { "none", { "foo" }, { NULL }, NULL, "", { NULL } },
  { "server-order", { "foo", "bar" }, { "foo", "bar" }, NULL, "foo",
    { "foo", "bar" } },
  { "client-order", { "foo", "bar" }, { "bar", "foo" }, NULL, "bar",
    { "bar", "foo" } },
  { "unknown", { "foo", "bar" }, { "qux" }, NULL, "", { "qux" } },
  { "mixed", { "foo", "bar" }, { "qux", "bar", "foo" }, NULL, "bar",
    { "qux", "bar", "foo" } },
  { "raw-header", { "foo", "bar" }, { NULL }, "bar, foo", "bar",
    { "bar", "foo" } },
  { "merged", { "foo", "bar" }, { "qux", "foo" }, "bar, foo", "foo",
    { "qux", "foo", "bar" } },
};
/* clang-format on */

static void
test_protocols (gconstpointer data)
{
  const ProtocolCase *row = data;
  WsServer           *server = api_server_new ();
  WsSocket           *client = ws_socket_new ();
  WsSocket           *accepted;
  WsHeaders          *headers = ws_socket_get_request_headers (client);
  g_autofree char    *seen = g_strjoinv (" ", (char **) row->seen);
  g_autofree char    *shown = NULL;

  ws_server_set_supported_subprotocols (server, row->supported);
  ws_socket_set_subprotocols (client, row->offered);
  if (row->field != NULL)
    g_assert_true (ws_headers_append (headers, "Sec-WebSocket-Protocol",
                                      row->field, NULL));
  api_socket_open (client, ws_server_get_url (server));
  accepted = api_server_take (server);
  g_assert_cmpstr (ws_socket_get_subprotocol (client), ==, row->chosen);
  g_assert_cmpstr (ws_socket_get_subprotocol (accepted), ==, row->chosen);
  shown = g_strjoinv (" ", (char **) ws_socket_get_subprotocols (accepted));
  g_assert_cmpstr (shown, ==, seen);
  g_assert_finalize_object (client);
  api_wait_state (accepted, WS_STATE_UNCONNECTED);
  g_assert_finalize_object (accepted);
  g_assert_finalize_object (server);
}

/* Qt: tst_QWebSocketServer::maxPendingConnections
 * D: the third client learns why, as a 503, instead of waiting. */
static void
test_max_pending (void)
{
  WsServer *server = api_server_new ();
  WsSocket *clients[3];
  guint     n_origins = 0, n_errors = 0, n_closed = 0, n_accept_errors = 0;
  guint     code = 0;

  api_count (server, "origin-authentication-required", &n_origins);
  api_count (server, "server-error", &n_errors);
  api_count (server, "closed", &n_closed);
  api_count (server, "accept-error", &n_accept_errors);
  g_signal_connect (server, "server-error", G_CALLBACK (on_server_error),
                    &code);
  ws_server_set_max_pending_connections (server, 2);
  for (guint i = 0; i < 3; i++)
    {
      clients[i] = ws_socket_new ();
      ws_socket_open (clients[i], ws_server_get_url (server), NULL);
      ws_test_until (NULL,
                     ws_socket_get_state (clients[i]) != WS_STATE_CONNECTING);
      g_assert_true (ws_socket_is_valid (clients[i]) == (i < 2));
    }
  g_assert_nonnull (strstr (ws_socket_get_error_string (clients[2]), "503"));
  g_assert_cmpuint (n_origins, ==, 2);
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (WsSocket) taken = api_server_take (server);

      g_assert_true (ws_socket_is_valid (taken));
    }
  g_assert_false (ws_server_has_pending_connections (server));
  g_assert_null (ws_server_next_pending_connection (server));
  g_assert_cmpuint (code, ==, 1006);
  g_assert_cmpuint (n_errors, ==, 1);
  g_assert_cmpuint (n_accept_errors, ==, 0);
  ws_server_close (server);
  ws_test_until (NULL, n_closed > 0);
  g_assert_cmpuint (n_closed, ==, 1);
  for (guint i = 0; i < 3; i++)
    g_assert_finalize_object (clients[i]);
  g_assert_finalize_object (server);
}

/* Qt: tst_QWebSocketServer::serverDestroyedWhileSocketConnected */
static void
test_destroyed (void)
{
  WsServer *server = api_server_new ();
  WsSocket *client = ws_socket_new ();
  guint     n_disconnected = 0;

  api_count (client, "disconnected", &n_disconnected);
  api_socket_open (client, ws_server_get_url (server));
  ws_test_until (NULL, ws_server_has_pending_connections (server));
  g_assert_finalize_object (server);
  ws_test_until (NULL, n_disconnected == 1);
  g_assert_cmpuint (ws_socket_get_close_code (client), ==, 1001);
  g_assert_finalize_object (client);
}

/* Qt: tst_QWebSocketServer::scheme, the row without TLS */
static void
test_scheme (Pair *pair, gconstpointer data)
{
  g_assert_true (
      g_str_has_prefix (ws_socket_get_url (pair->accepted), "ws://"));
}

/* Qt: tst_QWebSocketServer::handleConnection */

static gboolean
on_incoming (GSocketService    *service,
             GSocketConnection *connection,
             GObject           *source,
             WsServer          *server)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (
      ws_server_handle_connection (server, G_IO_STREAM (connection), &error));
  g_assert_no_error (error);
  return TRUE;
}

static void
test_handle_connection (void)
{
  WsServer *server = ws_server_new (NULL, WS_SSL_MODE_NON_SECURE);
  WsSocket *client = ws_socket_new ();
  WsSocket *accepted;
  g_autoptr (GSocketService) service = g_socket_service_new ();
  guint16 port
      = g_socket_listener_add_any_inet_port (G_SOCKET_LISTENER (service), NULL,
                                             NULL);
  g_autofree char *url = g_strdup_printf ("ws://localhost:%u", port);
  g_autoptr (SignalLog) log = NULL;
  g_autoptr (SignalLog) accepted_log = NULL;

  g_signal_connect (service, "incoming", G_CALLBACK (on_incoming), server);
  api_socket_open (client, url);
  accepted = api_server_take (server);
  log = signal_log_new (client);
  accepted_log = signal_log_new (accepted);
  api_socket_send (client, "hello");
  g_assert_cmpuint (ws_socket_get_bytes_to_write (client), >, 5);
  ws_test_until (NULL, accepted_log->words->len > 0);
  signal_log_expect (accepted_log, "text:hello");
  g_assert_cmpuint (ws_socket_get_bytes_to_write (client), ==, 0);
  api_socket_send (accepted, "world");
  ws_test_until (NULL, log->words->len > 0);
  signal_log_expect (log, "text:world");
  g_assert_finalize_object (client);
  api_wait_state (accepted, WS_STATE_UNCONNECTED);
  g_socket_service_stop (service);
  g_socket_listener_close (G_SOCKET_LISTENER (service));
  g_assert_finalize_object (accepted);
  g_assert_finalize_object (server);
}

/* Qt: tst_QWebSocketServer::handshakeTimeout */

#define N_SILENT 50

static void
test_silent_clients (void)
{
  WsServer *server = api_server_new ();
  WsSocket *client = ws_socket_new ();
  WsSocket *accepted;
  RawPeer  *silent[N_SILENT];
  guint16   port = ws_server_get_server_port (server);

  ws_server_set_handshake_timeout (server, 500);
  for (guint i = 0; i < N_SILENT; i++)
    silent[i] = raw_peer_connect (port);
  api_socket_open (client, ws_server_get_url (server));
  accepted = api_server_take (server);
  for (guint i = 0; i < N_SILENT; i++)
    {
      ws_test_until (NULL, silent[i]->is_eof);
      raw_peer_free (silent[i]);
    }
  /* What has finished its handshake is not hit. */
  g_assert_true (ws_socket_is_valid (client));
  g_assert_true (ws_socket_is_valid (accepted));
  g_assert_finalize_object (client);
  api_wait_state (accepted, WS_STATE_UNCONNECTED);
  g_assert_finalize_object (accepted);
  g_assert_finalize_object (server);
}

/* Without a time-out a client may begin late: here, after another one has run
 * out. */
static void
test_no_timeout (void)
{
  WsServer *server = api_server_new ();
  guint16   port = ws_server_get_server_port (server);
  g_autoptr (RawPeer) patient = NULL;
  g_autoptr (RawPeer) hurried = NULL;
  g_autofree char *request = raw_peer_make_request (NULL);

  ws_server_set_handshake_timeout (server, -1);
  patient = raw_peer_connect (port);
  raw_peer_send_bytes (patient, request, 5);
  /* Let it be accepted: joining takes many iterations. */
  raw_peer_free (raw_peer_join (port, NULL));
  ws_server_set_handshake_timeout (server, 20);
  hurried = raw_peer_connect (port);
  ws_test_until (NULL, hurried->is_eof);
  g_assert_false (patient->is_eof);
  raw_peer_send (patient, request + 5);
  raw_peer_wait_head (patient);
  g_assert_true (g_str_has_prefix (patient->head, "HTTP/1.1 101 "));
  g_assert_finalize_object (server);
}

static gboolean
count_tick (gpointer n_ticks)
{
  ++*(guint *) n_ticks;
  return G_SOURCE_CONTINUE;
}

/* What is connected does not hear of the time-out: here, after another one has
 * run out twice. */
static void
test_finished_in_time (void)
{
  WsServer *server = api_server_new ();
  guint16   port = ws_server_get_server_port (server);
  WsSocket *client = ws_socket_new ();
  WsSocket *accepted;
  guint     n_ticks = 0;
  guint     source = g_timeout_add (500, count_tick, &n_ticks);
  g_autoptr (SignalLog) log = NULL;

  ws_server_set_handshake_timeout (server, 250);
  api_socket_open (client, ws_server_get_url (server));
  accepted = api_server_take (server);
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (RawPeer) silent = raw_peer_connect (port);

      ws_test_until (NULL, silent->is_eof);
    }
  ws_test_until (NULL, n_ticks > 0);
  g_source_remove (source);
  log = signal_log_new (client);
  api_socket_send (accepted, "still here");
  ws_test_until (NULL, log->words->len > 0);
  signal_log_expect (log, "text:still here");
  g_assert_finalize_object (client);
  api_wait_state (accepted, WS_STATE_UNCONNECTED);
  g_assert_finalize_object (accepted);
  g_assert_finalize_object (server);
}

/* Qt: tst_QWebSocketServer::multipleFrames */
static void
test_multiple_frames (Pair *pair, gconstpointer data)
{
  g_autoptr (SignalLog) log = signal_log_new (pair->accepted);
  g_autoptr (GBytes) bytes = g_bytes_new_static ("abc", 3);

  for (guint i = 0; i < 10; i++)
    ws_test_ignore (ws_socket_send_binary_message (pair->client, bytes, NULL));
  g_assert_true (ws_socket_flush (pair->client));
  ws_test_until (NULL, log->words->len > 0);
  g_assert_cmpuint (signal_log_count (log, "binary:3"), ==, 10);
}

/* Qt: tst_HandshakeResponse::date_response */
static void
test_date (void)
{
  WsServer *server = api_server_new ();
  g_autoptr (RawPeer) peer
      = raw_peer_join (ws_server_get_server_port (server), NULL);

  g_assert_true (g_regex_match_simple (
      "\r\nDate: (Mon|Tue|Wed|Thu|Fri|Sat|Sun), [0-3][0-9] "
      "(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [0-9]{4} "
      "[0-2][0-9]:[0-5][0-9]:[0-6][0-9] GMT\r\n",
      peer->head, 0, 0));
  g_assert_finalize_object (server);
}

static void
add_rows (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (protocol_cases); i++)
    {
      g_autofree char *path = g_strconcat ("/api/server/protocols/",
                                           protocol_cases[i].name, NULL);

      g_test_add_data_func (path, &protocol_cases[i], test_protocols);
    }
}

int
main (int argc, char **argv)
{
  api_test_init (&argc, &argv);
  add_rows ();
  g_test_add_func ("/api/server/initialisation", test_initialisation);
  g_test_add_func ("/api/server/setters", test_setters);
  g_test_add_func ("/api/server/no-queue", test_no_queue);
  g_test_add_func ("/api/server/listening", test_listening);
  g_test_add_func ("/api/server/connectivity", test_connectivity);
  g_test_add_func ("/api/server/max-pending", test_max_pending);
  g_test_add_func ("/api/server/destroyed", test_destroyed);
  pair_add ("/api/server/scheme", NULL, test_scheme);
  g_test_add_func ("/api/server/handle-connection", test_handle_connection);
  g_test_add_func ("/api/server/silent-clients", test_silent_clients);
  g_test_add_func ("/api/server/no-timeout", test_no_timeout);
  g_test_add_func ("/api/server/finished-in-time", test_finished_in_time);
  pair_add ("/api/server/multiple-frames", NULL, test_multiple_frames);
  g_test_add_func ("/api/server/date", test_date);
  return g_test_run ();
}
