/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "protocol/ws-http-connect.h"

#include <string.h>

#include "support/pieces.h"
#include "support/ws-test.h"

static void
test_request (void)
{
  static const struct
  {
    const char *host;
    guint       port;
    const char *authorization;
    const char *request;
  } rows[] = {
    { "example.com", 80, NULL,
      "CONNECT example.com:80 HTTP/1.1\r\nHost: example.com:80\r\n\r\n" },
    { "192.0.2.1", 443, NULL,
      "CONNECT 192.0.2.1:443 HTTP/1.1\r\nHost: 192.0.2.1:443\r\n\r\n" },
    { "2001:db8::1", 8080, NULL,
      "CONNECT [2001:db8::1]:8080 HTTP/1.1\r\nHost: [2001:db8::1]:8080\r\n"
      "\r\n" },
    { "fe80::1%eth0", 81, NULL,
      "CONNECT [fe80::1]:81 HTTP/1.1\r\nHost: [fe80::1]:81\r\n\r\n" },
    { "a", 65535, "Basic YTpi",
      "CONNECT a:65535 HTTP/1.1\r\nHost: a:65535\r\n"
      "Proxy-Authorization: Basic YTpi\r\n\r\n" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *target
          = ws_http_connect_target (rows[i].host, rows[i].port);
      g_autoptr (GString) request
          = ws_http_connect_build (target, rows[i].authorization);

      g_assert_cmpstr (request->str, ==, rows[i].request);
    }
}

static WsParse
feed_one (gpointer      parser,
          const guint8 *data,
          gsize         len,
          gsize        *consumed,
          WsHttpFault  *fault)
{
  return ws_http_connect_feed (parser, data, len, consumed, fault);
}

typedef struct
{
  const char *name;
  const char *answer;
  guint       status; /* 0: refused */
  gsize       rest;   /* bytes behind it */
  gboolean    is_open;
  gboolean    can_reuse;
} Row;

#define OK  "HTTP/1.1 200 Connection established\r\n"
#define WHO "HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic realm=\"x\"\r\n"

static const Row rows[] = {
  { "open", OK "\r\n", 200, 0, TRUE, FALSE },
  { "old", "HTTP/1.0 200 OK\r\n\r\n", 200, 0, TRUE, FALSE },
  { "other 2xx", "HTTP/1.1 299\r\n\r\n", 299, 0, TRUE, FALSE },
  { "bare LF", "HTTP/1.1 200 OK\nVia: x\n\n", 200, 0, TRUE, FALSE },
  { "bytes behind", OK "\r\nSSH-2.0", 200, 7, TRUE, FALSE },
  /* 9110, 9.3.6: a length or coding of it does not count. */
  { "length", OK "Content-Length: 5\r\n\r\nhello", 200, 5, TRUE, FALSE },
  { "coding", OK "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 200, 5, TRUE,
    FALSE },
  { "bad length", OK "Content-Length: x\r\n\r\n", 200, 0, TRUE, FALSE },
  { "interim",
    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 x\r\nA: b\r\n\r\n" OK "\r\n",
    200, 0, TRUE, FALSE },
  { "upgrade", "HTTP/1.1 101 x\r\n\r\n", 101, 0, FALSE, FALSE },
  { "denied", "HTTP/1.1 403 No\r\nContent-Length: 3\r\n\r\nno\n", 403, 3, FALSE,
    FALSE },
  { "gateway", "HTTP/1.1 502 Bad\r\n\r\n<html>", 502, 6, FALSE, FALSE },
  { "redirect", "HTTP/1.1 302 x\r\nLocation: http://a/\r\n\r\n", 302, 0, FALSE,
    FALSE },
  { "login", WHO "Content-Length: 0\r\n\r\n", 407, 0, FALSE, TRUE },
  { "login with a body", WHO "Content-Length: 5\r\n\r\nhello", 407, 0, FALSE,
    TRUE },
  { "login in chunks",
    WHO "Transfer-Encoding: chunked\r\n\r\n5;x\r\nhello\r\n0\r\nA: b\r\n\r\n",
    407, 0, FALSE, TRUE },
  { "login and close", WHO "Connection: close\r\nContent-Length: 2\r\n\r\nhi",
    407, 0, FALSE, FALSE },
  { "login until the end", WHO "\r\nhello", 407, 5, FALSE, FALSE },
  { "login of HTTP/1.0",
    "HTTP/1.0 407 Who\r\nProxy-Authenticate: Basic\r\nContent-Length: "
    "0\r\n\r\n",
    407, 0, FALSE, FALSE },
  { "login with a bad length", WHO "Content-Length: -1\r\n\r\n", 407, 0, FALSE,
    FALSE },
  { "login with bad chunks", WHO "Transfer-Encoding: chunked\r\n\r\nx", 407, 0,
    FALSE, FALSE },
  { "not HTTP", "SSH-2.0-OpenSSH_9.2\r\n", 0, 0, FALSE, FALSE },
  { "SOCKS", "\5\1", 0, 0, FALSE, FALSE },
  { "no status", "HTTP/1.1 OK\r\n\r\n", 0, 0, FALSE, FALSE },
  { "no colon", OK "A\r\n\r\n", 0, 0, FALSE, FALSE },
};

static void
check_answer (const Row *row, const WsHttpConnect *self, WsParse result)
{
  g_assert_cmpint (result, ==, row->status != 0 ? WS_DONE : WS_FAILED);
  g_assert_true (self->has_response == (row->status != 0));
  if (row->status != 0)
    g_assert_cmpuint (self->response.status, ==, row->status);
  g_assert_true (ws_http_connect_is_open (self) == row->is_open);
  g_assert_true (ws_http_connect_can_reuse (self) == row->can_reuse);
}

/* Whole, byte by byte and at every split, by a reader that is used again. */
static void
test_answers (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const gsize len = strlen (rows[i].answer);
      guint8 *guarded = ws_test_guarded ((const guint8 *) rows[i].answer, len);
      WsHttpConnect self;

      g_test_message ("%s", rows[i].name);
      ws_http_connect_init (&self, NULL);
      for (gsize cut = 0; cut < len; cut++)
        {
          WsHttpFault fault = { 0 };
          gsize       total;
          WsParse     result
              = pieces_feed (feed_one, &self, guarded, len, cut == 0 ? 1 : cut,
                             cut == 0 ? 1 : len, &total, &fault);

          check_answer (&rows[i], &self, result);
          if (result == WS_DONE)
            g_assert_cmpuint (total, ==, len - rows[i].rest);
          ws_http_connect_clear (&self);
        }
      ws_test_guarded_free (guarded, len);
    }
}

static void
test_unfinished (void)
{
  static const char *const unfinished[] = {
    "",
    OK,
    WHO "Content-Length: 5\r\n\r\nhell",
    "HTTP/1.1 100 x\r\n\r\n",
    WHO "Transfer-Encoding: chunked\r\n\r\n0\r\n",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (unfinished); i++)
    {
      WsHttpConnect self;
      WsHttpFault   fault;
      gsize         consumed;

      ws_http_connect_init (&self, NULL);
      g_assert_cmpint (ws_http_connect_feed (&self,
                                             (const guint8 *) unfinished[i],
                                             strlen (unfinished[i]), &consumed,
                                             &fault),
                       ==, WS_NEED_MORE);
      g_assert_cmpuint (consumed, ==, strlen (unfinished[i]));
      g_assert_false (ws_http_connect_is_open (&self));
      g_assert_false (ws_http_connect_can_reuse (&self));
      ws_http_connect_clear (&self);
    }
}

static void
test_limits (void)
{
  const WsHttpLimits limits = { 100, 40, 2 };
  static const struct
  {
    const char *answer;
    const char *message;
  } bad[] = {
    { OK "A: b\r\nA: b\r\nA: b\r\n", "max-header-count (2)" },
    { OK "A: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
      "line-size (40 bytes)" },
    { OK "A: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n"
         "A: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n",
      "max-header-size (100 bytes)" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      WsHttpConnect self;
      WsHttpFault   fault;
      gsize         total;

      ws_http_connect_init (&self, &limits);
      g_assert_cmpint (pieces_feed (feed_one, &self,
                                    (const guint8 *) bad[i].answer,
                                    strlen (bad[i].answer), 7, 7, &total,
                                    &fault),
                       ==, WS_FAILED);
      g_assert_nonnull (strstr (fault.message, bad[i].message));
      ws_http_connect_clear (&self);
    }
}

/* A body that is not worth it is not read to its end, nor kept. */
static void
test_long_body (void)
{
  static const char *const heads[]
      = { WHO "Content-Length: 9999999\r\n\r\n",
          WHO "Transfer-Encoding: chunked\r\n\r\nfffffff\r\n" };
  g_autofree guint8 *body = g_malloc0 (4096);

  for (gsize i = 0; i < G_N_ELEMENTS (heads); i++)
    {
      WsHttpConnect self;
      WsHttpFault   fault;
      gsize         consumed, total = 0;
      WsParse       result;

      ws_http_connect_init (&self, NULL);
      result = ws_http_connect_feed (&self, (const guint8 *) heads[i],
                                     strlen (heads[i]), &consumed, &fault);
      while (result == WS_NEED_MORE)
        {
          result = ws_http_connect_feed (&self, body, 4096, &consumed, &fault);
          total += consumed;
        }
      g_assert_cmpint (result, ==, WS_DONE);
      g_assert_cmpuint (total, <=, WS_HTTP_CONNECT_MAX_BODY + 4096);
      g_assert_cmpuint (self.body.kept.len, ==, 0);
      g_assert_cmpuint (self.response.status, ==, 407);
      g_assert_false (ws_http_connect_can_reuse (&self));
      ws_http_connect_clear (&self);
    }
}

int
main (int argc, char **argv)
{
  ws_test_init (&argc, &argv);
  g_test_add_func ("/protocol/http-connect/request", test_request);
  g_test_add_func ("/protocol/http-connect/answers", test_answers);
  g_test_add_func ("/protocol/http-connect/unfinished", test_unfinished);
  g_test_add_func ("/protocol/http-connect/limits", test_limits);
  g_test_add_func ("/protocol/http-connect/long-body", test_long_body);
  return g_test_run ();
}
