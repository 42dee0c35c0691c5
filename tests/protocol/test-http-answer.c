/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "protocol/ws-http-answer.h"

#include "support/ws-test.h"

#define DATE "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"

static void
test_head (void)
{
  static const struct
  {
    guint       status;
    const char *reason;
    gsize       body_len;
    const char *head;
  } rows[] = {
    { 200, NULL, 5,
      "HTTP/1.1 200 OK\r\nConnection: close\r\n" DATE
      "Content-Length: 5\r\n\r\n" },
    { 404, "Nope", 0,
      "HTTP/1.1 404 Nope\r\nConnection: close\r\n" DATE
      "Content-Length: 0\r\n\r\n" },
    { 404, "a\r\nEvil: 1", 0,
      "HTTP/1.1 404 Not Found\r\nConnection: close\r\n" DATE
      "Content-Length: 0\r\n\r\n" },
    { 204, NULL, 5,
      "HTTP/1.1 204 No Content\r\nConnection: close\r\n" DATE "\r\n" },
    { 304, NULL, 5,
      "HTTP/1.1 304 Not Modified\r\nConnection: close\r\n" DATE "\r\n" },
    { 426, NULL, 0,
      "HTTP/1.1 426 Upgrade Required\r\nUpgrade: websocket\r\n"
      "Connection: Upgrade, close\r\nSec-WebSocket-Version: 13\r\n" DATE
      "Content-Length: 0\r\n\r\n" },
    { 599, NULL, 0,
      "HTTP/1.1 599 \r\nConnection: close\r\n" DATE
      "Content-Length: 0\r\n\r\n" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const WsHttpAnswer answer = { .status = rows[i].status,
                                    .reason = rows[i].reason,
                                    .date = 784111777,
                                    .body_len = rows[i].body_len };
      g_autoptr (GString) head = ws_http_answer_head (&answer);

      g_assert_cmpstr (head->str, ==, rows[i].head);
    }
}

static void
test_headers (void)
{
  g_autoptr (WsHttpHeaders) headers = ws_http_headers_new ();
  const WsHttpAnswer answer = { .status = 200,
                                .headers = headers,
                                .server_name = "me",
                                .date = 784111777,
                                .body_len = 1 };
  g_autoptr (GString) head = NULL;

  ws_http_headers_append (headers, "X-b", "2");
  ws_http_headers_append (headers, "content-length", "7");
  ws_http_headers_append (headers, "DATE", "today");
  ws_http_headers_append (headers, "server", "not me");
  ws_http_headers_append (headers, "Keep-Alive", "timeout=5");
  ws_http_headers_append (headers, "Transfer-Encoding", "chunked");
  ws_http_headers_append (headers, "Sec-WebSocket-Version", "14");
  ws_http_headers_append (headers, "X-a", "1");
  head = ws_http_answer_head (&answer);
  g_assert_cmpstr (head->str, ==,
                   "HTTP/1.1 200 OK\r\nConnection: close\r\nServer: me\r\n" DATE
                   "X-b: 2\r\nX-a: 1\r\nContent-Length: 1\r\n\r\n");
}

int
main (int argc, char **argv)
{
  ws_test_init (&argc, &argv);
  g_test_add_func ("/protocol/http-answer/head", test_head);
  g_test_add_func ("/protocol/http-answer/headers", test_headers);
  return g_test_run ();
}
