/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api-test.h"

#include <string.h>

/* What a request object and a proxy's URI do to a client. */

/* Qt: tst_QWebSocket::openRequest */

typedef struct
{
  const char *name;
  const char *offered[6];
  const char *header; /* (nullable): Sec-WebSocket-Protocol of the caller's */
  guint       n_warnings;
  const char *field; /* (nullable): as the server sees it */
} RequestCase;

static const RequestCase request_cases[] = {
  { "no-subprotocols", { NULL }, NULL, 0, NULL },
  { "one", { "protocol1" }, NULL, 0, "protocol1" },
  { "several", { "protocol1", "protocol2" }, NULL, 0, "protocol1, protocol2" },
  { "white-space",
    { "protocol1", "chat\r\nbad: yes", "two words", "protocol2" },
    NULL,
    2,
    "protocol1, protocol2" },
  { "braces", { "{protocol}", "protocol1" }, NULL, 1, "protocol1" },
  { "header", { "protocol1" }, "protocol2", 0, "protocol1, protocol2" },
  { "only-header", { NULL }, "protocol2", 0, "protocol2" },
};

static void
test_open_request (gconstpointer data)
{
  const RequestCase *row = data;
  WsSocket          *socket = ws_socket_new ();
  g_autoptr (RawListener) listener = raw_listener_new ();
  g_autofree char *url
      = raw_listener_make_url (listener, "/a%20path?q=%C3%A9&r");
  g_autoptr (WsRequest) request = ws_request_new (url);
  g_autoptr (RawPeer) peer = NULL;
  g_autofree char *line
      = g_strdup_printf ("\r\nSec-WebSocket-Protocol: %s\r\n", row->field);
  WsHeaders *headers = ws_request_get_headers (request);

  g_assert_true (ws_headers_append (headers, "X-Custom", "a value", NULL));
  if (row->header != NULL)
    g_assert_true (ws_headers_append (headers, "Sec-WebSocket-Protocol",
                                      row->header, NULL));
  for (guint i = 0; i < row->n_warnings; i++)
    g_test_expect_message ("Ws", G_LOG_LEVEL_WARNING, "*subprotocol*");
  ws_request_set_subprotocols (request, row->offered);
  g_assert_true (ws_socket_open_request (socket, request, NULL));
  g_test_assert_expected_messages ();
  g_assert_cmpstr (ws_socket_get_url (socket), ==, url);
  g_assert_cmpstr (ws_socket_get_resource_name (socket), ==,
                   "/a%20path?q=%C3%A9&r");

  peer = raw_listener_take (listener);
  raw_peer_wait_head (peer);
  g_assert_true (
      g_str_has_prefix (peer->head, "GET /a%20path?q=%C3%A9&r HTTP/1.1\r\n"));
  g_assert_nonnull (strstr (peer->head, "\r\nX-Custom: a value\r\n"));
  g_assert_null (strstr (peer->head, "bad: yes"));
  if (row->field != NULL)
    g_assert_nonnull (strstr (peer->head, line));
  else
    g_assert_null (strstr (peer->head, "Sec-WebSocket-Protocol"));
  g_assert_finalize_object (socket);
}

/* A request is for its opening only, and its server sees it as a whole. */
static void
test_once (void)
{
  WsServer *server = api_server_new ();
  WsSocket *client = ws_socket_new ();
  g_autoptr (WsRequest) request = ws_request_new (ws_server_get_url (server));
  g_autoptr (WsHeaders) own = ws_headers_new ();

  ws_headers_append (own, "X-Own", "1", NULL);
  ws_socket_set_request_headers (client, own);
  ws_socket_set_origin (client, "http://own.example");
  ws_headers_append (ws_request_get_headers (request), "X-Once", "2", NULL);
  ws_request_set_origin (request, "http://once.example");
  for (guint is_again = 0; is_again < 2; is_again++)
    {
      WsSocket *accepted;
      g_autoptr (WsHeaders) seen = NULL;

      g_assert_true (is_again ? ws_socket_open (client, NULL, NULL)
                              : ws_socket_open_request (client, request, NULL));
      accepted = api_server_take (server);
      g_object_get (accepted, "request-headers", &seen, NULL);
      api_wait_state (client, WS_STATE_CONNECTED);
      g_assert_cmpstr (ws_headers_get_one (seen, "X-Once"), ==,
                       is_again ? NULL : "2");
      g_assert_cmpstr (ws_headers_get_one (seen, "X-Own"), ==,
                       is_again ? "1" : NULL);
      g_assert_cmpstr (ws_socket_get_origin (accepted), ==,
                       is_again ? "http://own.example" : "http://once.example");
      ws_socket_close (client, 1000, NULL, NULL);
      api_wait_state (client, WS_STATE_UNCONNECTED);
      api_wait_state (accepted, WS_STATE_UNCONNECTED);
      g_assert_finalize_object (accepted);
    }
  g_assert_finalize_object (client);
  g_assert_finalize_object (server);
}

/* Qt: tst_QWebSocket::setProxy, tst_WebSocketsTest::testProxy. What is set is a
 * copy: the caller's string is its own again. */
static void
test_set_proxy (void)
{
  WsSocket *socket = ws_socket_new ();
  char      uri[] = "http://proxy.network.com:80";
  g_autoptr (GProxyResolver) resolver = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (ws_socket_get_proxy (socket));
  g_assert_true (ws_socket_set_proxy (socket, uri, NULL));
  memset (uri, 'x', strlen (uri));
  g_assert_cmpstr (ws_socket_get_proxy (socket), ==,
                   "http://proxy.network.com:80");
  g_assert_nonnull (ws_socket_get_proxy_resolver (socket));
  g_assert_false (ws_socket_set_proxy (socket, "gopher://proxy", &error));
  g_assert_error (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_INVALID_ARGUMENT);
  g_assert_cmpstr (ws_socket_get_proxy (socket), ==,
                   "http://proxy.network.com:80");

  /* Back to what the system says. */
  ws_socket_set_proxy_resolver (socket, NULL);
  g_assert_null (ws_socket_get_proxy (socket));
  resolver = g_simple_proxy_resolver_new ("direct://", NULL);
  ws_socket_set_proxy_resolver (socket, resolver);
  g_assert_true (ws_socket_get_proxy_resolver (socket) == resolver);
  g_assert_finalize_object (socket);
}

/* What is refused leaves things as they are, and no message shows a login. */
static void
test_proxy_uris (void)
{
  static const struct
  {
    const char *uri;
    gboolean    ok;
  } rows[] = {
    { "http://a:1", TRUE },
    { "HTTP://a:1/", TRUE },
    { "http://user:secret@[::1]:1", TRUE },
    { "socks5://a:1", TRUE },
    { "SOCKS5H://user:secret@a:1", TRUE },
    { "socks4a://a:1", TRUE },
    { "direct://", TRUE },
    { "Direct://", TRUE },
    { "http://user:secret@a", FALSE },
    { "http://user:secret@a:0", FALSE },
    { "http://user:secret@a:1/x", FALSE },
    { "http://user:secret@a:1?x", FALSE },
    { "http://user:secret@a:1\r\n", FALSE },
    { "http://user:secret\r\nX: y@a:1", FALSE },
    { "http://user:secret@:1", FALSE },
    { "https://user:secret@a:1", FALSE },
    { "a:1", FALSE },
    { "", FALSE },
  };
  WsSocket *socket = ws_socket_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *before = g_strdup (ws_socket_get_proxy (socket));

      g_test_message ("%s", rows[i].uri);
      g_assert_true (ws_socket_set_proxy (socket, rows[i].uri, &error)
                     == rows[i].ok);
      g_assert_cmpstr (ws_socket_get_proxy (socket), ==,
                       rows[i].ok ? rows[i].uri : before);
      if (rows[i].ok)
        continue;
      g_assert_error (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_INVALID_ARGUMENT);
      g_assert_null (strstr (error->message, "secret"));
    }
  g_assert_finalize_object (socket);
}

/* What an opening was begun with, whatever is set meanwhile; and what a client
 * has asked for. */
static void
test_property (Pair *pair, gconstpointer data)
{
  static const char *const names[] = { "chat", NULL };
  WsRequest               *request = ws_socket_get_request (pair->client);
  guint                    n_notified = 0;
  g_autoptr (WsRequest) own = ws_request_new (ws_server_get_url (pair->server));
  WsSocket *fresh = ws_socket_new ();

  g_assert_null (ws_socket_get_request (fresh));
  g_assert_finalize_object (fresh);
  api_count (pair->client, "notify::request", &n_notified);
  ws_socket_set_subprotocols (pair->client, names);
  g_assert_cmpstr (ws_request_get_url (request), ==,
                   ws_server_get_url (pair->server));
  g_assert_null (ws_request_get_subprotocols (request));

  ws_headers_append (ws_request_get_headers (own), "X-Kind", "own", NULL);
  g_assert_true (ws_socket_open_request (pair->client, own, NULL));
  g_assert_cmpuint (n_notified, ==, 1);
  g_assert_true (ws_socket_get_request (pair->client) == own);
  api_wait_state (pair->client, WS_STATE_CONNECTED);
  g_object_unref (pair->accepted);
  pair->accepted = api_server_take (pair->server);
  request = ws_socket_get_request (pair->accepted);
  g_assert_cmpstr (ws_request_get_url (request), ==,
                   ws_socket_get_url (pair->accepted));
  g_assert_cmpstr (ws_headers_get_one (ws_request_get_headers (request),
                                       "X-Kind"),
                   ==, "own");
  g_assert_cmpstr (ws_request_get_subprotocols (request)[0], ==, "chat");
  g_assert_true (ws_socket_get_request (pair->accepted) == request);
}

int
main (int argc, char **argv)
{
  api_test_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (request_cases); i++)
    {
      g_autofree char *path
          = g_strconcat ("/api/open-request/", request_cases[i].name, NULL);

      g_test_add_data_func (path, &request_cases[i], test_open_request);
    }
  g_test_add_func ("/api/open-request/once", test_once);
  g_test_add_func ("/api/open-request/set-proxy", test_set_proxy);
  g_test_add_func ("/api/open-request/proxy-uris", test_proxy_uris);
  pair_add ("/api/open-request/property", NULL, test_property);
  return g_test_run ();
}
