/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api-test.h"

#include <string.h>

/* The twin of Qt's QML tests: nothing but properties, set in any order. */

typedef struct
{
  WsServer  *server;
  WsSocket  *client;
  WsSocket  *accepted; /* (owned) (nullable) */
  SignalLog *log;      /* (nullable): of accepted */
} Qml;

static void
on_client_connected (Qml *qml, WsSocket *socket)
{
  g_assert_null (qml->accepted);
  qml->accepted = g_object_ref (socket);
  qml->log = signal_log_new (socket);
}

static void
qml_set_up (Qml *qml, gconstpointer data)
{
  static const char *const names[] = { "first", "second", NULL };

  qml->server = g_object_new (WS_TYPE_SERVER, "listening", TRUE,
                              "supported-subprotocols", names, NULL);
  g_signal_connect_swapped (qml->server, "client-connected",
                            G_CALLBACK (on_client_connected), qml);
  ws_test_until (NULL, ws_server_get_listening (qml->server));
  qml->client = g_object_new (WS_TYPE_SOCKET, "subprotocols", names, NULL);
}

static void
qml_connect (Qml *qml)
{
  g_object_set (qml->client, "active", TRUE, "url",
                ws_server_get_url (qml->server), NULL);
  g_assert_cmpint (ws_socket_get_state (qml->client), ==, WS_STATE_UNCONNECTED);
  ws_test_until (NULL, ws_socket_get_status (qml->client) == WS_STATUS_OPEN
                           && qml->accepted != NULL);
}

static void
qml_disconnect (Qml *qml)
{
  g_object_set (qml->client, "active", FALSE, NULL);
  ws_test_until (NULL, ws_socket_get_status (qml->client) == WS_STATUS_CLOSED);
  g_assert_false (ws_socket_get_active (qml->client));
  api_wait_state (qml->accepted, WS_STATE_UNCONNECTED);
  g_clear_pointer (&qml->log, signal_log_free);
  g_clear_object (&qml->accepted);
}

static void
qml_tear_down (Qml *qml, gconstpointer data)
{
  g_assert_finalize_object (qml->client);
  g_assert_finalize_object (qml->server);
}

/* Qt: WebSockets::test_send_receive_text, ::test_send_receive_binary */
static void
test_send_receive (Qml *qml, gconstpointer data)
{
  gboolean is_text = data != NULL;
  g_autoptr (GBytes) bytes = g_bytes_new_static ("12345", 5);
  g_autoptr (SignalLog) log = signal_log_new (qml->client);

  for (guint round = 0; round < 2; round++)
    {
      qml_connect (qml);
      g_assert_cmpstr (ws_socket_get_subprotocol (qml->client), ==, "first");
      g_assert_cmpstr (ws_socket_get_subprotocol (qml->accepted), ==, "first");
      g_string_truncate (log->words, 0);
      if (is_text)
        api_socket_send (qml->client, "ping");
      else
        ws_test_ignore (
            ws_socket_send_binary_message (qml->client, bytes, NULL));
      ws_test_until (NULL, qml->log->words->len > 0);
      signal_log_expect (qml->log, is_text ? "text:ping" : "binary:5");
      if (is_text)
        api_socket_send (qml->accepted, "pong");
      else
        ws_test_ignore (
            ws_socket_send_binary_message (qml->accepted, bytes, NULL));
      ws_test_until (NULL, log->words->len > 0);
      signal_log_expect (log, is_text ? "text:pong" : "binary:5");
      qml_disconnect (qml);
      /* It can be read until the next opening. */
      g_assert_cmpstr (ws_socket_get_subprotocol (qml->client), ==, "first");
    }
}

/* Qt: WebSockets::test_send_text_error_closed, ::test_send_binary_error_closed.
 * D: the caller is told; the last connection had no error. */
static void
test_send_closed (Qml *qml, gconstpointer data)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("12345", 5);
  guint  n_status = 0, n_texts = 0;
  gssize n;
  g_autoptr (GError) error = NULL;

  api_count (qml->client, "notify::status", &n_status);
  api_count (qml->client, "notify::error-string", &n_texts);
  g_assert_cmpint (ws_socket_get_status (qml->client), ==, WS_STATUS_CLOSED);
  if (data != NULL)
    n = ws_socket_send_text_message (qml->client, "hello", &error);
  else
    n = ws_socket_send_binary_message (qml->client, bytes, &error);
  g_assert_cmpint (n, ==, -1);
  g_assert_error (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_NOT_CONNECTED);
  g_assert_cmpint (ws_socket_get_status (qml->client), ==, WS_STATUS_CLOSED);
  g_assert_cmpstr (ws_socket_get_error_string (qml->client), ==, "");
  g_assert_cmpuint (n_status + n_texts, ==, 0);
  qml_connect (qml);
  g_assert_cmpstr (ws_socket_get_error_string (qml->client), ==, "");
  g_assert_cmpint (ws_socket_get_status (qml->client), ==, WS_STATUS_OPEN);
  qml_disconnect (qml);
}

/* Activating a socket whose URL is missing or refused ends where it began. */
static void
test_bad_url (void)
{
  static const char *const urls[] = { NULL, "http://localhost/", "ws://" };

  for (guint i = 0; i < G_N_ELEMENTS (urls); i++)
    {
      WsSocket *socket
          = g_object_new (WS_TYPE_SOCKET, "active", TRUE, "url", urls[i], NULL);
      g_autoptr (SignalLog) log = signal_log_new (socket);

      ws_test_until (NULL, !ws_socket_get_active (socket));
      signal_log_expect (log,
                         i == 1 ? "error:unsupported-socket-operation inactive"
                                : "error:connection-refused inactive");
      g_assert_cmpint (ws_socket_get_status (socket), ==, WS_STATUS_ERROR);
      g_assert_finalize_object (socket);
    }
}

/* active is given up before the context has opened anything. */
static void
test_changed_mind (Qml *qml, gconstpointer data)
{
  g_autoptr (SignalLog) log = signal_log_new (qml->client);

  g_object_set (qml->client, "url", ws_server_get_url (qml->server), "active",
                TRUE, "active", FALSE, NULL);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  signal_log_expect (log, "inactive");
}

/* A URL that changes while active moves the connection there. */
static void
test_new_url (Qml *qml, gconstpointer data)
{
  g_autoptr (SignalLog) log = NULL;
  g_autofree char *url
      = g_strconcat (ws_server_get_url (qml->server), "/other", NULL);
  g_autoptr (WsSocket) first = NULL;

  qml_connect (qml);
  log = signal_log_new (qml->client);
  first = g_steal_pointer (&qml->accepted);
  signal_log_free (g_steal_pointer (&qml->log));
  g_object_set (qml->client, "url", url, NULL);
  ws_test_until (NULL, qml->accepted != NULL);
  api_wait_state (qml->client, WS_STATE_CONNECTED);
  signal_log_expect (log, SIGNAL_LOG_OPENING " " SIGNAL_LOG_OPENED);
  g_assert_cmpstr (ws_socket_get_resource_name (qml->accepted), ==, "/other");
  api_wait_state (first, WS_STATE_UNCONNECTED);
  g_assert_cmpuint (ws_socket_get_close_code (first), ==, 1001);
  qml_disconnect (qml);
}

/* Switched off and on again at once: the connection is made anew. */
static void
test_toggled (Qml *qml, gconstpointer data)
{
  g_autoptr (WsSocket) first = NULL;

  qml_connect (qml);
  first = g_steal_pointer (&qml->accepted);
  signal_log_free (g_steal_pointer (&qml->log));
  ws_socket_set_active (qml->client, FALSE);
  g_assert_false (ws_socket_get_active (qml->client));
  ws_socket_set_active (qml->client, TRUE);
  g_assert_true (ws_socket_get_active (qml->client));
  ws_test_until (NULL, qml->accepted != NULL);
  api_wait_state (qml->client, WS_STATE_CONNECTED);
  api_wait_state (first, WS_STATE_UNCONNECTED);
  g_assert_cmpuint (ws_socket_get_close_code (first), ==, 1000);

  /* And off, on, off: it stays off. */
  ws_socket_set_active (qml->client, FALSE);
  ws_socket_set_active (qml->client, TRUE);
  qml_disconnect (qml);
}

/* The server's half: host and port may change while it listens. */
static void
test_server_properties (void)
{
  WsServer        *server = g_object_new (WS_TYPE_SERVER, NULL);
  g_autofree char *url = NULL;
  guint            n_port = 0, port;

  g_assert_cmpstr (ws_server_get_host (server), ==, "127.0.0.1");
  g_assert_false (ws_server_get_listening (server));
  g_assert_true (ws_server_get_accepting (server));
  api_count (server, "notify::port", &n_port);
  g_object_set (server, "listening", TRUE, NULL);
  ws_test_until (NULL, ws_server_get_listening (server));
  port = ws_server_get_port (server);
  g_assert_cmpuint (port, >, 0);
  g_assert_cmpuint (n_port, >, 0);
  url = g_strdup_printf ("ws://127.0.0.1:%u", port);
  g_assert_cmpstr (ws_server_get_url (server), ==, url);

  g_object_set (server, "host", "127.0.0.2", NULL);
  ws_test_until (NULL, ws_server_get_listening (server)
                           && strstr (ws_server_get_url (server), "127.0.0.2"));
  g_object_set (server, "host", "no address", NULL);
  ws_test_until (NULL, *ws_server_get_error_string (server) != '\0');
  g_assert_false (ws_server_get_listening (server));
  g_assert_nonnull (strstr (ws_server_get_error_string (server), "no address"));
  g_assert_finalize_object (server);
}

/* Qt: accept. What comes meanwhile waits in the system's queue. */
static void
test_accepting (void)
{
  WsServer *server = api_server_new ();
  WsSocket *client = ws_socket_new ();
  WsSocket *accepted;

  ws_server_pause_accepting (server);
  g_assert_false (ws_server_get_accepting (server));
  ws_socket_open (client, ws_server_get_url (server), NULL);
  /* The kernel completes the TCP handshake; nothing else may happen. */
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpint (ws_socket_get_state (client), ==, WS_STATE_CONNECTING);
  g_assert_false (ws_server_has_pending_connections (server));
  ws_server_resume_accepting (server);
  accepted = api_server_take (server);
  api_wait_state (client, WS_STATE_CONNECTED);
  g_assert_finalize_object (client);
  api_wait_state (accepted, WS_STATE_UNCONNECTED);
  g_assert_finalize_object (accepted);
  g_assert_finalize_object (server);
}

#define qml_add(path, data, test) \
  g_test_add (path, Qml, data, qml_set_up, test, qml_tear_down)

/* --- Proxies --- */

static void
test_proxies (void)
{
  static const char *const some[]
      = { "10.0.0.0/8", "nonsense", "unix", "1.2.3.4/33", NULL };
  WsServer          *server = ws_server_new (NULL, WS_SSL_MODE_NON_SECURE);
  const char *const *list = ws_server_get_trusted_proxies (server);

  g_assert_cmpuint (g_strv_length ((char **) list), ==, 3);
  g_assert_cmpstr (list[0], ==, "127.0.0.0/8");
  g_assert_cmpint (ws_server_get_proxy_protocol (server), ==,
                   WS_PROXY_PROTOCOL_ACCEPTED);
  g_test_expect_message ("Ws", G_LOG_LEVEL_WARNING, "*\"nonsense\"*");
  g_test_expect_message ("Ws", G_LOG_LEVEL_WARNING, "*\"1.2.3.4/33\"*");
  ws_server_set_trusted_proxies (server, some);
  g_test_assert_expected_messages ();
  list = ws_server_get_trusted_proxies (server);
  g_assert_cmpuint (g_strv_length ((char **) list), ==, 2);
  g_assert_cmpstr (list[1], ==, "unix");
  ws_server_set_trusted_proxies (server, NULL);
  g_assert_null (ws_server_get_trusted_proxies (server)[0]);
  g_assert_finalize_object (server);
}

int
main (int argc, char **argv)
{
  api_test_init (&argc, &argv);
  qml_add ("/api/properties/send-text", "text", test_send_receive);
  qml_add ("/api/properties/send-binary", NULL, test_send_receive);
  qml_add ("/api/properties/send-text-closed", "text", test_send_closed);
  qml_add ("/api/properties/send-binary-closed", NULL, test_send_closed);
  g_test_add_func ("/api/properties/bad-url", test_bad_url);
  qml_add ("/api/properties/changed-mind", NULL, test_changed_mind);
  qml_add ("/api/properties/new-url", NULL, test_new_url);
  qml_add ("/api/properties/toggled", NULL, test_toggled);
  g_test_add_func ("/api/properties/server", test_server_properties);
  g_test_add_func ("/api/properties/accepting", test_accepting);
  g_test_add_func ("/api/properties/proxies", test_proxies);
  return g_test_run ();
}
