/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api-test.h"

#include <string.h>

/* The HTTP half of the contracts: what a server answers, what it limits, and
 * that no property smuggles a line into either side's head. */

/* Refusals */

typedef struct
{
  const char *name;
  const char *request;
  guint       status;
  guint       code; /* of server-error */
  const char *has;  /* (nullable): a part of the answer */
} Refusal;

#define KEY     "Sec-WebSocket-Key: AAECAwQFBgcICQoLDA0ODw==\r\n"
#define UPGRADE "Upgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n"
#define VERSION "Sec-WebSocket-Version: 13\r\n"
#define HOST    "Host: localhost\r\n"

static const Refusal refusals[] = {
  { "garbage", "\x16\x03\x01 hello\r\n\r\n", 400, 1002, NULL },
  { "no-host", "GET / HTTP/1.1\r\n" UPGRADE KEY VERSION "\r\n", 400, 1002,
    NULL },
  { "no-key", "GET / HTTP/1.1\r\n" HOST UPGRADE VERSION "\r\n", 400, 1002,
    NULL },
  { "bad-key",
    "GET / HTTP/1.1\r\n" HOST UPGRADE VERSION "Sec-WebSocket-Key: x\r\n\r\n",
    400, 1002, NULL },
  { "post", "POST / HTTP/1.1\r\n" HOST UPGRADE KEY VERSION "\r\n", 405, 1002,
    "\r\nAllow: GET\r\n" },
  { "plain-page", "GET / HTTP/1.1\r\n" HOST "\r\n", 426, 1002,
    "\r\nSec-WebSocket-Version: 13\r\n" },
  { "old-version",
    "GET / HTTP/1.1\r\n" HOST UPGRADE KEY "Sec-WebSocket-Version: 8\r\n\r\n",
    426, 1002, "\r\nSec-WebSocket-Version: 13\r\n" },
  { "old-http", "GET / HTTP/1.0\r\n" HOST UPGRADE KEY VERSION "\r\n", 426, 1002,
    NULL },
};

static void
on_server_error (WsServer *server, guint code, guint *last)
{
  *last = code;
}

static void
test_refusal (gconstpointer data)
{
  const Refusal *row = data;
  WsServer      *server = api_server_new ();
  g_autoptr (RawPeer) peer
      = raw_peer_connect (ws_server_get_server_port (server));
  guint code = 0;

  g_signal_connect (server, "server-error", G_CALLBACK (on_server_error),
                    &code);
  raw_peer_send (peer, row->request);
  api_expect_refusal (peer, row->status);
  g_assert_cmpuint (code, ==, row->code);
  g_assert_cmpstr (ws_server_get_error_string (server), !=, "");
  if (row->has != NULL)
    g_assert_nonnull (strstr (peer->head, row->has));
  g_assert_finalize_object (server);
}

/* Limits: a line of 16 KiB, 200 lines, 64 KiB in all, unless they are set. */

typedef struct
{
  const char *name;
  guint       line;    /* bytes of one header line, without its end; 0: none */
  guint       n_lines; /* in all */
  guint       path;    /* bytes of a path; 0: short */
  guint       status;
  const char *property; /* (nullable): the limit that is set and refuses */
  guint       value;
} Limit;

/* clang-format off */
static const Limit limits[] = {
  { "line", 16384, 0, 0, 101, NULL, 0 },
  { "long-line", 16385, 0, 0, 431, NULL, 0 },
  { "lines", 0, 200, 0, 101, NULL, 0 },
  { "many-lines", 0, 201, 0, 431, NULL, 0 },
  { "long-path", 0, 0, 16385, 414, NULL, 0 },
  { "large", 8000, 12, 0, 101, NULL, 0 },
  { "too-large", 8000, 14, 0, 431, NULL, 0 },
  { "own-size", 8000, 9, 0, 431, "max-header-size", 30000 },
  { "own-line", 101, 0, 0, 431, "max-header-line-size", 100 },
  { "own-path", 0, 0, 100, 414, "max-header-line-size", 100 },
  { "own-count", 0, 11, 0, 431, "max-header-count", 10 },
};
/* clang-format on */

static char *
make_request (const Limit *row)
{
  GString *request = g_string_new ("GET /");
  guint    n_lines = 5;

  for (guint i = 0; i < row->path; i++)
    g_string_append_c (request, 'a');
  g_string_append (request, " HTTP/1.1\r\n" HOST UPGRADE KEY VERSION);
  do
    {
      gsize start = request->len;

      g_string_append (request, "X: y");
      while (request->len - start < row->line)
        g_string_append_c (request, 'z');
      g_string_append (request, "\r\n");
    }
  while (++n_lines < row->n_lines);
  g_string_append (request, "\r\n");
  return g_string_free (request, FALSE);
}

static void
test_limit (gconstpointer data)
{
  const Limit *row = data;
  WsServer    *server = api_server_new ();
  g_autoptr (RawPeer) peer = NULL;
  g_autofree char *request = make_request (row);
  guint            code = 0;

  g_signal_connect (server, "server-error", G_CALLBACK (on_server_error),
                    &code);
  if (row->property != NULL)
    g_object_set (server, row->property, row->value, NULL);
  peer = raw_peer_connect (ws_server_get_server_port (server));
  raw_peer_send (peer, request);
  if (row->status == 101)
    {
      raw_peer_wait_head (peer);
      g_assert_true (g_str_has_prefix (peer->head, "HTTP/1.1 101 "));
    }
  else
    {
      api_expect_refusal (peer, row->status);
      g_assert_cmpuint (code, ==, 1009);
      g_assert_nonnull (
          strstr (ws_server_get_error_string (server),
                  row->property != NULL ? row->property : "max-header-"));
    }
  g_assert_finalize_object (server);
}

/* All of them are raised: a head of a megabyte. */
static void
test_raised_limits (void)
{
  WsServer *server = api_server_new ();
  g_autoptr (RawPeer) peer = NULL;
  g_autoptr (GString) request = NULL;
  g_autofree char *line = g_strnfill (400000, 'x');
  g_autofree char *first = NULL;

  ws_server_set_max_header_size (server, 1024 * 1024);
  ws_server_set_max_header_line_size (server, 500000);
  ws_server_set_max_header_count (server, 300);
  g_assert_cmpuint (ws_server_get_max_header_size (server), ==, 1024 * 1024);
  g_assert_cmpuint (ws_server_get_max_header_line_size (server), ==, 500000);
  g_assert_cmpuint (ws_server_get_max_header_count (server), ==, 300);
  first = make_request (&(Limit){ .n_lines = 298 });
  request = g_string_new (first);
  g_string_truncate (request, request->len - 2);
  g_string_append_printf (request, "X: %s\r\nY: %s\r\n\r\n", line, line);
  peer = raw_peer_connect (ws_server_get_server_port (server));
  raw_peer_send (peer, request->str);
  raw_peer_wait_head (peer);
  g_assert_true (g_str_has_prefix (peer->head, "HTTP/1.1 101 "));
  g_assert_finalize_object (server);
}

/* Room */

static void
test_max_connections (gconstpointer data)
{
  gboolean  by_address = data != NULL;
  WsServer *server = api_server_new ();
  guint16   port = ws_server_get_server_port (server);
  RawPeer  *peers[2];
  g_autoptr (RawPeer) third = NULL;
  g_autofree char *request = raw_peer_make_request (NULL);
  WsSocket        *socket;

  ws_server_set_trusted_proxies (server, NULL);
  if (by_address)
    ws_server_set_max_connections_per_address (server, 2);
  else
    ws_server_set_max_connections (server, 2);
  for (guint i = 0; i < 2; i++)
    peers[i] = raw_peer_join (port, NULL);
  third = raw_peer_connect (port);
  raw_peer_send (third, request);
  api_expect_refusal (third, 503);
  g_assert_cmpuint (ws_server_get_error (server), ==, 1006);
  g_assert_nonnull (
      strstr (ws_server_get_error_string (server),
              by_address ? "max-connections-per-address" : "max-connections"));
  /* The refused one lingers, and counts no more once it is gone. */
  g_clear_pointer (&third, raw_peer_free);
  socket = api_server_take (server);
  raw_peer_free (peers[0]);
  api_wait_state (socket, WS_STATE_UNCONNECTED);
  g_assert_finalize_object (socket);
  raw_peer_free (raw_peer_join (port, NULL));
  raw_peer_free (peers[1]);
  g_assert_finalize_object (server);
}

/* Bad input costs nobody else anything. */
static void
test_bad_clients (void)
{
  WsServer *server = api_server_new ();
  guint16   port = ws_server_get_server_port (server);
  RawPeer  *bad[30];
  g_autoptr (RawPeer) good = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      bad[i] = raw_peer_connect (port);
      if (i % 3 == 1)
        raw_peer_send (bad[i], "GET / HTTP/1.1\r\nHost: loc");
      else if (i % 3 == 2)
        raw_peer_send (bad[i], "\1\2\3\r\n\r\n");
    }
  good = raw_peer_join (port, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    raw_peer_free (bad[i]);
  g_object_unref (api_server_take (server));
  raw_peer_send_frame (good, 0x89, "", 0);
  {
    g_auto (RawFrame) pong = raw_peer_take_frame (good);

    g_assert_cmphex (pong.first, ==, 0x8a);
  }
  g_assert_finalize_object (server);
}

/* Injection. Whatever a property holds, no line of an attacker's gets out. */

#define EVIL "x\r\nEvil: yes"

static void
set_evil_header (WsSocket *socket)
{
  WsHeaders *headers = ws_socket_get_request_headers (socket);
  g_autoptr (GError) value_error = NULL;
  g_autoptr (GError) name_error = NULL;

  g_assert_false (ws_headers_append (headers, "X", EVIL, &value_error));
  g_assert_nonnull (value_error);
  g_assert_false (ws_headers_append (headers, EVIL, "x", &name_error));
  g_assert_nonnull (name_error);
  g_assert_false (ws_headers_replace (headers, "X", EVIL, NULL));
}

/* As invalid ones are left out, with a warning, the others are offered. */
static void
set_evil_subprotocols (WsSocket *socket)
{
  static const char *const evil[] = { EVIL, "good", NULL };

  g_test_expect_message ("Ws", G_LOG_LEVEL_WARNING, "*Evil*");
  ws_socket_set_subprotocols (socket, evil);
  g_test_assert_expected_messages ();
}

static void
test_clean_request (void)
{
  WsSocket *socket = ws_socket_new ();
  g_autoptr (RawListener) listener = raw_listener_new ();
  g_autoptr (RawPeer) peer = NULL;
  g_autofree char *url = raw_listener_make_url (listener, "/a b?c=\xc3\xa9");

  set_evil_header (socket);
  set_evil_subprotocols (socket);
  g_assert_true (ws_socket_open (socket, url, NULL));
  peer = raw_listener_take (listener);
  raw_peer_wait_head (peer);
  g_assert_true (
      g_str_has_prefix (peer->head, "GET /a%20b?c=%C3%A9 HTTP/1.1\r\n"));
  g_assert_null (strstr (peer->head, "Evil"));
  g_assert_finalize_object (socket);
}

/* What cannot be cleaned fails the attempt, and nothing is sent. */
static void
test_evil_origin (void)
{
  static const char *const origins[] = { EVIL, "x\ny", "x\ry", "x\1y" };
  g_autoptr (RawListener) listener = raw_listener_new ();
  g_autofree char *url = raw_listener_make_url (listener, "/");

  for (guint i = 0; i < G_N_ELEMENTS (origins); i++)
    {
      WsSocket *socket
          = ws_socket_new_with_origin (origins[i], WS_PROTOCOL_VERSION_LATEST);

      g_assert_true (ws_socket_open (socket, url, NULL));
      api_wait_state (socket, WS_STATE_UNCONNECTED);
      g_assert_error (ws_socket_get_error (socket), WS_SOCKET_ERROR,
                      WS_SOCKET_ERROR_CONNECTION_REFUSED);
      g_assert_nonnull (strstr (ws_socket_get_error_string (socket), "Origin"));
      g_assert_finalize_object (socket);
    }
}

/* Headers that the handshake writes cannot be set a second time. */
static void
test_reserved_headers (void)
{
  static const char *const names[]
      = { "Upgrade",           "Connection",
          "Sec-WebSocket-Key", "Sec-WebSocket-Version",
          "Content-Length",    "Transfer-Encoding" };
  g_autoptr (RawListener) listener = raw_listener_new ();
  g_autofree char *url = raw_listener_make_url (listener, "/");

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      WsSocket *socket = ws_socket_new ();

      g_assert_true (ws_headers_append (ws_socket_get_request_headers (socket),
                                        names[i], "1", NULL));
      g_assert_true (ws_socket_open (socket, url, NULL));
      api_wait_state (socket, WS_STATE_UNCONNECTED);
      g_assert_nonnull (strstr (ws_socket_get_error_string (socket), names[i]));
      g_assert_finalize_object (socket);
    }
}

static void
test_clean_answer (gconstpointer data)
{
  gboolean                 refuses = data != NULL;
  WsServer                *server = api_server_new ();
  static const char *const evil[] = { EVIL, NULL };
  g_autoptr (RawPeer) peer = NULL;
  g_autofree char *request
      = raw_peer_make_request ("Sec-WebSocket-Protocol: x\r\n");

  ws_server_set_server_name (server, EVIL);
  ws_server_set_supported_subprotocols (server, evil);
  if (refuses)
    ws_server_set_max_pending_connections (server, 0);
  peer = raw_peer_connect (ws_server_get_server_port (server));
  raw_peer_send (peer, request);
  raw_peer_wait_head (peer);
  g_assert_true (g_str_has_prefix (peer->head, refuses ? "HTTP/1.1 503 "
                                                       : "HTTP/1.1 101 "));
  g_assert_null (strstr (peer->head, "Evil"));
  g_assert_null (strstr (peer->head, "Protocol:"));
  g_assert_finalize_object (server);
}

static void
test_server_name (void)
{
  WsServer *server = api_server_new ();
  g_autoptr (RawPeer) named = NULL;
  g_autoptr (RawPeer) nameless = NULL;
  guint16 port = ws_server_get_server_port (server);

  nameless = raw_peer_join (port, NULL);
  g_assert_null (strstr (nameless->head, "\r\nServer:"));
  ws_server_set_server_name (server, "test/1.0");
  named = raw_peer_join (port, NULL);
  g_assert_nonnull (strstr (named->head, "\r\nServer: test/1.0\r\n"));
  g_assert_finalize_object (server);
}

/* What was not offered is not accepted, and token lists are lists. */
typedef struct
{
  const char *name;
  const char *fields;
  gboolean    is_fine;
} Answer;

static const Answer answers[] = {
  { "offered", "Sec-WebSocket-Protocol: two\r\n", TRUE },
  { "not-offered", "Sec-WebSocket-Protocol: three\r\n", FALSE },
  { "two-chosen",
    "Sec-WebSocket-Protocol: one\r\nSec-WebSocket-Protocol: two\r\n", FALSE },
  { "extension", "Sec-WebSocket-Extensions: permessage-foo\r\n", FALSE },
  { "connection-list", "Connection: keep-alive\r\n", TRUE },
};

static void
test_answer (gconstpointer data)
{
  static const char *const offered[] = { "one", "two", NULL };
  const Answer            *row = data;
  WsSocket                *socket = ws_socket_new ();
  g_autoptr (RawListener) listener = raw_listener_new ();
  g_autoptr (RawPeer) peer = NULL;
  g_autofree char *url = raw_listener_make_url (listener, "/");
  g_autofree char *answer = NULL;

  ws_socket_set_subprotocols (socket, offered);
  ws_socket_open (socket, url, NULL);
  peer = raw_listener_take (listener);
  raw_peer_wait_head (peer);
  answer = raw_peer_make_answer (peer, row->fields);
  raw_peer_send (peer, answer);
  ws_test_until (NULL, ws_socket_get_state (socket) != WS_STATE_CONNECTING);
  g_assert_cmpint (ws_socket_is_valid (socket), ==, row->is_fine);
  if (!row->is_fine)
    g_assert_error (ws_socket_get_error (socket), WS_SOCKET_ERROR,
                    WS_SOCKET_ERROR_HANDSHAKE_REJECTED);
  g_assert_finalize_object (socket);
}

/* What comes with the handshake's last packet is the first frames. */
static void
test_first_frames (void)
{
  WsSocket *socket = ws_socket_new ();
  g_autoptr (SignalLog) log = signal_log_new (socket);
  g_autoptr (RawListener) listener = raw_listener_new ();
  g_autoptr (RawPeer) peer = NULL;
  g_autofree char *url = raw_listener_make_url (listener, "/");
  g_autofree char *answer = NULL;
  g_autofree char *whole = NULL;

  ws_socket_open (socket, url, NULL);
  peer = raw_listener_take (listener);
  raw_peer_wait_head (peer);
  answer = raw_peer_make_answer (peer, NULL);
  whole = g_strconcat (answer,
                       "\x81\x05"
                       "first"
                       "\x81\x06"
                       "second"
                       "\x81",
                       NULL);
  raw_peer_send (peer, whole);
  ws_test_until (NULL, signal_log_count (log, "text:second") > 0);
  signal_log_expect (log, SIGNAL_LOG_OPENING " " SIGNAL_LOG_OPENED
                                             " text:first text:second");
  raw_peer_send (peer, "\x05"
                       "third");
  ws_test_until (NULL, log->words->len > 0);
  signal_log_expect (log, "text:third");
  g_assert_finalize_object (socket);
}

/* A server's socket shows what the client sent. */
static void
test_request_headers (void)
{
  WsServer *server = api_server_new ();
  g_autoptr (RawPeer) peer
      = raw_peer_join (ws_server_get_server_port (server),
                       "Origin: http://example.org\r\n"
                       "x-one: 1\r\nX-One: 2\r\nCookie: a=b\r\n");
  g_autoptr (WsSocket) socket = api_server_take (server);
  WsHeaders       *headers = ws_socket_get_request_headers (socket);
  g_autofree char *list = ws_headers_get_list (headers, "X-ONE");

  g_assert_false (peer->is_eof);
  g_assert_cmpstr (list, ==, "1, 2");
  g_assert_cmpstr (ws_headers_get_one (headers, "cookie"), ==, "a=b");
  g_assert_cmpstr (ws_socket_get_origin (socket), ==, "http://example.org");
  g_assert_cmpstr (ws_socket_get_resource_name (socket), ==, "/raw");
  g_assert_finalize_object (server);
}

#define add_rows(prefix, rows, test)                                           \
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)                              \
    {                                                                          \
      g_autofree char *path = g_strconcat ("/contracts/handshake/" prefix "/", \
                                           rows[i].name, NULL);                \
                                                                               \
      g_test_add_data_func (path, &rows[i], test);                             \
    }

int
main (int argc, char **argv)
{
  api_test_init (&argc, &argv);
  add_rows ("refusal", refusals, test_refusal);
  add_rows ("limit", limits, test_limit);
  add_rows ("answer", answers, test_answer);
  g_test_add_data_func ("/contracts/handshake/max-connections", NULL,
                        test_max_connections);
  g_test_add_data_func ("/contracts/handshake/max-connections-per-address",
                        "address", test_max_connections);
  g_test_add_func ("/contracts/handshake/bad-clients", test_bad_clients);
  g_test_add_func ("/contracts/handshake/clean-request", test_clean_request);
  g_test_add_func ("/contracts/handshake/evil-origin", test_evil_origin);
  g_test_add_func ("/contracts/handshake/reserved-headers",
                   test_reserved_headers);
  g_test_add_data_func ("/contracts/handshake/clean-answer", NULL,
                        test_clean_answer);
  g_test_add_data_func ("/contracts/handshake/clean-refusal", "refuses",
                        test_clean_answer);
  g_test_add_func ("/contracts/handshake/server-name", test_server_name);
  g_test_add_func ("/contracts/handshake/first-frames", test_first_frames);
  g_test_add_func ("/contracts/handshake/request-headers",
                   test_request_headers);
  g_test_add_func ("/contracts/handshake/raised-limits", test_raised_limits);
  return g_test_run ();
}
