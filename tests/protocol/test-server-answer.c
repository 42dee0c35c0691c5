/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "protocol/ws-server-handshake.h"

#include <string.h>

#include "support/ws-test.h"

/* RFC 6455, 1.3: a key and what answers it. */
#define KEY    "dGhlIHNhbXBsZSBub25jZQ=="
#define ACCEPT "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="

static void
test_choose (void)
{
  static const char *const server_order[] = { "b", "a", "x", NULL };
  static const char *const other_case[] = { "A", "B", NULL };
  static const char *const none[] = { NULL };
  g_auto (GStrv) offers = g_strsplit ("z a b", " ", -1);
  char             *no_offers[] = { NULL };
  WsServerHandshake self = { .subprotocols = offers };

  g_assert_cmpstr (ws_server_handshake_choose (&self, server_order), ==, "a");
  g_assert_null (ws_server_handshake_choose (&self, other_case));
  g_assert_null (ws_server_handshake_choose (&self, none));
  g_assert_null (ws_server_handshake_choose (&self, NULL));
  self.subprotocols = no_offers;
  g_assert_null (ws_server_handshake_choose (&self, server_order));
}

/* Qt: tst_HandshakeResponse::date_response */
static void
test_accept (void)
{
  g_autoptr (WsHttpHeaders) extra = ws_http_headers_new ();
  char                    key[] = KEY;
  const WsServerHandshake self = { .key = key };
  WsServerAnswer          answer = { .date = 784111777 };
  g_autoptr (GString) least = ws_server_handshake_accept (&self, &answer);
  g_autoptr (GString) most = NULL;
  g_autoptr (GString) evil = NULL;

  g_assert_cmpstr (least->str, ==,
                   "HTTP/1.1 101 Switching Protocols\r\n"
                   "Upgrade: websocket\r\n"
                   "Connection: Upgrade\r\n"
                   "Sec-WebSocket-Accept: " ACCEPT "\r\n"
                   "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\n");

  ws_http_headers_append (extra, "X-b", "2");
  ws_http_headers_append (extra, "X-A", "1");
  answer.subprotocol = "chat";
  answer.extensions = "x-one; p=1";
  answer.server_name = "Test server";
  answer.headers = extra;
  most = ws_server_handshake_accept (&self, &answer);
  g_assert_cmpstr (most->str, ==,
                   "HTTP/1.1 101 Switching Protocols\r\n"
                   "Upgrade: websocket\r\n"
                   "Connection: Upgrade\r\n"
                   "Sec-WebSocket-Accept: " ACCEPT "\r\n"
                   "Sec-WebSocket-Protocol: chat\r\n"
                   "Sec-WebSocket-Extensions: x-one; p=1\r\n"
                   "Server: Test server\r\n"
                   "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
                   "X-b: 2\r\nX-A: 1\r\n\r\n");

  /* What the handshake says itself cannot be said from outside. */
  ws_http_headers_append (extra, "Sec-WebSocket-Accept", "evil");
  ws_http_headers_append (extra, "connection", "evil");
  ws_http_headers_append (extra, "Transfer-Encoding", "chunked");
  evil = ws_server_handshake_accept (&self, &answer);
  g_assert_cmpstr (evil->str, ==, most->str);
  g_string_free (g_steal_pointer (&evil), TRUE);

  answer = (WsServerAnswer){ "a\r\nEvil: 1", "b\nEvil: 2", "c\rEvil: 3",
                             784111777, NULL };
  evil = ws_server_handshake_accept (&self, &answer);
  g_assert_cmpstr (evil->str, ==, least->str);
}

static void
test_refuse (void)
{
  const WsServerAnswer answer
      = { .date = 784111777, .server_name = "Test server" };
  static const struct
  {
    guint       status;
    const char *head;
    const char *field; /* (nullable) */
  } rows[] = {
    { 400, "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n" },
    { 405, "HTTP/1.1 405 Method Not Allowed\r\nConnection: close\r\n",
      "Allow: GET\r\n" },
    { 426, "HTTP/1.1 426 Upgrade Required\r\nUpgrade: websocket\r\n"
           "Connection: Upgrade, close\r\nSec-WebSocket-Version: 13\r\n" },
    { 431, "HTTP/1.1 431 Request Header Fields Too Large\r\n"
           "Connection: close\r\n" },
    { 503, "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\n",
      "Retry-After: 1\r\n" },
    { 299, "HTTP/1.1 299 \r\nConnection: close\r\n" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const WsHttpFault fault = { rows[i].status, "No luck" };
      g_autoptr (GString) out = ws_server_handshake_refuse (&fault, &answer);
      g_autofree char *expected
          = g_strconcat (rows[i].head,
                         "Server: Test server\r\n"
                         "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n",
                         rows[i].field != NULL ? rows[i].field : "",
                         "Content-Type: text/plain; charset=utf-8\r\n"
                         "Content-Length: 8\r\n\r\nNo luck\n",
                         NULL);

      g_assert_cmpstr (out->str, ==, expected);
    }
}

int
main (int argc, char **argv)
{
  ws_test_init (&argc, &argv);
  g_test_add_func ("/protocol/server-answer/choose", test_choose);
  g_test_add_func ("/protocol/server-answer/accept", test_accept);
  g_test_add_func ("/protocol/server-answer/refuse", test_refuse);
  return g_test_run ();
}
