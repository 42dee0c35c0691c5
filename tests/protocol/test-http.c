/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "protocol/ws-http.h"

#include <locale.h>
#include <string.h>

#include "protocol/ws-http-date.h"
#include "support/ws-test.h"

/* The fields as "Name=value;" */
static char *
describe_fields (const WsHttpHeaders *headers)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < ws_http_headers_length (headers); i++)
    g_string_append_printf (out, "%s=%s;",
                            ws_http_headers_peek_name (headers, i),
                            ws_http_headers_peek_value (headers, i));
  return g_string_free (out, FALSE);
}

static const struct
{
  const char *head;
  const char *fields; /* NULL: refused */
  const char *message;
} request_rows[] = {
  { "GET /x HTTP/1.1\r\n\r\n", "", NULL },
  { "GET /x HTTP/1.1\r\nA:b\r\nC:  d e\t \r\n\r\n", "A=b;C=d e;", NULL },
  { "GET /x HTTP/1.1\nA: b\n\n", "A=b;", NULL },
  { "GET /x HTTP/1.1\r\nA: b: c\r\nB:\r\n\r\n", "A=b: c;B=;", NULL },
  { "GET /x HTTP/1.1\r\nA: caf\xe9\r\n\r\n", "A=caf\xe9;", NULL },
  /* Qt: tst_HandshakeRequest::tst_parsingWhitespaceInHeaders */
  { "GET /x HTTP/1.1\r\nA: b  \r\n   c\r\nD: e\r\n\r\n", NULL,
    "The header line \"   ...\" begins with a blank" },
  { "GET /x HTTP/1.1\r\nA:\r\n\tb\r\n\r\n", NULL,
    "The header line \"\\t...\" begins with a blank" },
  { "GET /x HTTP/1.1\r\nA: b\r\n \r\n\r\n", NULL,
    "The header line \" \" begins with a blank" },
  { "GET /x HTTP/1.1\r\n A: b\r\n\r\n", NULL,
    "The header line \" ...\" begins with a blank" },
  { "GET /x HTTP/1.1\r\nA : b\r\n\r\n", NULL,
    "The header line \"A ...\" has a blank before its colon" },
  { "GET /x HTTP/1.1\r\nfoo\r\n\r\n", NULL,
    "The header line \"foo\" has no colon" },
  { "GET /x HTTP/1.1\r\n: b\r\n\r\n", NULL,
    "The header line \"\" has a name that is not a token" },
  { "GET /x HTTP/1.1\r\nA B: c\r\n\r\n", NULL,
    "The header line \"A ...\" has a name that is not a token" },
  { "GET /x HTTP/1.1\r\nA: b\rC: d\r\n\r\n", NULL,
    "The header line \"A:...\" holds a control character" },
  { "GET /x HTTP/1.1\r\nA: \033[31m\r\n\r\n", NULL,
    "The header line \"A:...\" holds a control character" },
  { "GET /x HTTP/1.1\r\nA: b\r\n", NULL,
    "The HTTP head ends without an empty line" },
  { "GET /x HTTP/1.1\r\nA: b", NULL,
    "The HTTP head ends without an empty line" },
  { "", NULL, "The request line \"\" is malformed" },
  { "GET /x\r\n\r\n", NULL, "The request line \"GET /x\" is malformed" },
  { "GET  /x HTTP/1.1\r\n\r\n", NULL,
    "The request line \"GET  /x HTTP/1.1\" is malformed" },
  { "GET /x HTTP/1.1 \r\n\r\n", NULL,
    "The request line \"GET /x HTTP/1.1 \" is malformed" },
  { "GET /a b HTTP/1.1\r\n\r\n", NULL,
    "The request line \"GET /a b HTTP/1.1\" is malformed" },
  { "GET /caf\xc3\xa9 HTTP/1.1\r\n\r\n", NULL,
    "The request line \"GET /caf\\303\\251 HTTP/1.1\" is malformed" },
  { "G(T /x HTTP/1.1\r\n\r\n", NULL,
    "The request line \"G(T /x HTTP/1.1\" is malformed" },
  { "GET /x HTTP/a.1\r\n\r\n", NULL,
    "The request line \"GET /x HTTP/a.1\" is malformed" },
  { "GET /x HTTP/1.10\r\n\r\n", NULL,
    "The request line \"GET /x HTTP/1.10\" is malformed" },
  { "GET /x HTTP/1\r\n\r\n", NULL,
    "The request line \"GET /x HTTP/1\" is malformed" },
  { "GET /x?token HTTP/1\r\n\r\n", NULL,
    "The request line \"GET /x?...\" is malformed" },
  { "GET /x http/1.1\r\n\r\n", NULL,
    "The request line \"GET /x http/1.1\" is malformed" },
};

static void
test_request (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (request_rows); i++)
    {
      const gsize len = strlen (request_rows[i].head);
      guint8     *guarded
          = ws_test_guarded ((const guint8 *) request_rows[i].head, len);
      g_autofree char *fields = NULL;
      WsHttpRequest    request;
      WsHttpFault      fault;
      gboolean         ok;

      g_test_message ("row %" G_GSIZE_FORMAT, i);
      ok = ws_http_request_parse (&request, (const char *) guarded, len,
                                  &fault);
      ws_test_guarded_free (guarded, len);
      if (request_rows[i].fields == NULL)
        {
          g_assert_false (ok);
          g_assert_cmpuint (fault.status, ==, 400);
          g_assert_cmpstr (fault.message, ==, request_rows[i].message);
          g_assert_null (request.method);
          g_assert_null (request.headers);
          continue;
        }
      g_assert_true (ok);
      g_assert_cmpstr (request.method, ==, "GET");
      g_assert_cmpstr (request.target, ==, "/x");
      g_assert_cmpuint (request.major, ==, 1);
      g_assert_cmpuint (request.minor, ==, 1);
      fields = describe_fields (request.headers);
      g_assert_cmpstr (fields, ==, request_rows[i].fields);
      ws_http_request_clear (&request);
    }
}

/* Only what is known for holding no secret is shown. */
static void
test_described (void)
{
  static const struct
  {
    const char *head;
    const char *shown;
  } rows[] = {
    { "GET /a?token HTTP/1.1\r\nHost: h\r\nCOOKIE: abc\r\n\r\nbody",
      "GET /a?... HTTP/1.1; Host: h; COOKIE: (3 bytes)" },
    { "GET http://u:p@h/a?b HTTP/1.1\r\n\r\n",
      "GET \"http://h/a?...\" HTTP/1.1" },
    { "GET / HTTP/1.1\r\nX-New: a\r\nSec-WebSocket-Protocol: a, token\r\n\r\n",
      "GET / HTTP/1.1; X-New: (1 bytes); Sec-WebSocket-Protocol: (8 bytes)" },
    { "HTTP/1.1 302 Found\nLocation: //u:p@h/?x\nSet-Cookie: a\n\n",
      "HTTP/1.1 302 Found; Location: \"//h/?...\"; Set-Cookie: (1 bytes)" },
    { "HTTP/1.1 101 \r\nSec-WebSocket-Protocol:  chat \r\n\r\n",
      "HTTP/1.1 101; Sec-WebSocket-Protocol: chat" },
    { "no request", "a malformed request" },
    { "GET / HTTP/1.1\r\nno field\r\n: x\r\n\r\n",
      "GET / HTTP/1.1; : (1 bytes)" },
    { "", "" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *shown
          = ws_http_describe_head (rows[i].head, strlen (rows[i].head));

      g_assert_cmpstr (shown, ==, rows[i].shown);
    }
}

static void
test_folded_response (void)
{
  static const struct
  {
    const char *head;
    const char *fields; /* NULL: refused */
    const char *message;
  } rows[] = {
    { "HTTP/1.1 101\r\nA: b  \r\n   c\r\nD: e\r\n\r\n", "A=b c;D=e;", NULL },
    { "HTTP/1.1 101\r\nA: b\r\n\tc \r\n d\r\n\r\n", "A=b c d;", NULL },
    { "HTTP/1.1 101\r\nA:\r\n b\r\n\r\n", "A=b;", NULL },
    { "HTTP/1.1 101\nA: b\n c\n\n", "A=b c;", NULL },
    { "HTTP/1.1 101\r\nA: b\r\n \r\n\r\n", "A=b;", NULL },
    { "HTTP/1.1 101\r\n A: b\r\n\r\n", NULL,
      "The header line \" ...\" begins with a blank" },
    { "HTTP/1.1 101\r\nA: b\r\n c\r\r\n\r\n", NULL,
      "The header line \"A:...\" holds a control character" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *fields = NULL;
      const char      *head = rows[i].head;
      WsHttpResponse   response;
      WsHttpFault      fault;
      gboolean         ok
          = ws_http_response_parse (&response, head, strlen (head), &fault);

      g_test_message ("row %" G_GSIZE_FORMAT, i);
      g_assert_true (ok == (rows[i].fields != NULL));
      if (!ok)
        {
          g_assert_cmpstr (fault.message, ==, rows[i].message);
          continue;
        }
      fields = describe_fields (response.headers);
      g_assert_cmpstr (fields, ==, rows[i].fields);
      ws_http_response_clear (&response);
    }
}

static void
test_request_with_nul (void)
{
  static const char head[] = "GET / HTTP/1.1\r\nA: b\0c\r\n\r\n";
  WsHttpRequest     request;
  WsHttpResponse    response;
  WsHttpFault       fault;

  g_assert_false (
      ws_http_request_parse (&request, head, sizeof head - 1, &fault));
  g_assert_cmpuint (fault.status, ==, 400);
  g_assert_false (
      ws_http_response_parse (&response, head, sizeof head - 1, &fault));
  g_assert_cmpuint (fault.status, ==, 0);
}

static void
test_response (void)
{
  static const struct
  {
    const char *head;
    guint       status; /* 0: refused */
    const char *reason; /* or the message */
  } rows[] = {
    { "HTTP/1.1 101 Switching Protocols\r\nA: b\r\n\r\n", 101,
      "Switching Protocols" },
    { "HTTP/1.0 404 \r\nA: b\r\n\r\n", 404, "" },
    { "HTTP/1.1 999\r\nA: b\r\n\r\n", 999, "" },
    { "HTTP/1.1 200 caf\xe9\r\nA: b\r\n\r\n", 200, "caf\xe9" },
    { "HTTP/1.1 10 x\r\nA: b\r\n\r\n", 0,
      "The status line \"HTTP/1.1 10 x\" is malformed" },
    { "HTTP/1.1 1010 x\r\nA: b\r\n\r\n", 0,
      "The status line \"HTTP/1.1 1010 x\" is malformed" },
    { "HTTP/1.1 099 x\r\nA: b\r\n\r\n", 0,
      "The status line \"HTTP/1.1 099 x\" is malformed" },
    { "HTTP/1.1  101 x\r\nA: b\r\n\r\n", 0,
      "The status line \"HTTP/1.1  101 x\" is malformed" },
    { "HTTP/1.1 101 \033[1m\r\nA: b\r\n\r\n", 0,
      "The status line \"HTTP/1.1 101 \\033[1m\" is malformed" },
    { "HTTP/x.1 101 x\r\nA: b\r\n\r\n", 0,
      "The status line \"HTTP/x.1 101 x\" is malformed" },
    { "HTTP\r\n\r\n", 0, "The status line \"HTTP\" is malformed" },
    { "ICY 200 OK\r\n\r\n", 0, "The status line \"ICY 200 OK\" is malformed" },
    { "", 0, "The status line \"\" is malformed" },
    { "HTTP/1.1 101 x\r\nA\r\n\r\n", 0, "The header line \"A\" has no colon" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      WsHttpResponse response;
      WsHttpFault    fault;
      gboolean       ok;

      g_test_message ("row %" G_GSIZE_FORMAT, i);
      ok = ws_http_response_parse (&response, rows[i].head,
                                   strlen (rows[i].head), &fault);
      g_assert_cmpint (ok, ==, rows[i].status != 0);
      if (!ok)
        {
          g_assert_cmpuint (fault.status, ==, 0);
          g_assert_cmpstr (fault.message, ==, rows[i].reason);
          g_assert_null (response.headers);
          continue;
        }
      g_assert_cmpuint (response.status, ==, rows[i].status);
      g_assert_cmpstr (response.reason, ==, rows[i].reason);
      g_assert_cmpstr (ws_http_headers_peek (response.headers, "a"), ==, "b");
      ws_http_response_clear (&response);
    }
}

static void
test_quote (void)
{
  g_autofree char *plain = ws_http_quote ("plain");
  g_autofree char *wild = ws_http_quote ("\033]0;x\a\"\r\n\xff");
  g_autofree char *huge = g_strnfill (100000, 'h');
  g_autofree char *cut = ws_http_quote (huge);

  g_assert_cmpstr (plain, ==, "\"plain\"");
  g_assert_cmpstr (wild, ==, "\"\\033]0;x\\007\\\"\\r\\n\\377\"");
  g_assert_cmpuint (strlen (cut), ==, 50);
  g_assert_true (g_str_has_suffix (cut, "hhh...\""));
}

static void
test_fault_is_cut_at_a_character (void)
{
  g_autofree char *text = g_strnfill (158, 'x');
  WsHttpFault      fault;

  ws_http_fault_set (&fault, 400, "%s\xc3\xa9\xc3\xa9", text);
  g_assert_cmpuint (fault.status, ==, 400);
  g_assert_cmpstr (fault.message, ==, text);
}

static void
test_status_phrase (void)
{
  g_assert_cmpstr (ws_http_status_phrase (101), ==, "Switching Protocols");
  g_assert_cmpstr (ws_http_status_phrase (426), ==, "Upgrade Required");
  g_assert_cmpstr (ws_http_status_phrase (505), ==,
                   "HTTP Version Not Supported");
  g_assert_cmpstr (ws_http_status_phrase (299), ==, "");
}

/* Qt: tst_HandshakeResponse::date_response */
static void
test_date (void)
{
  static const struct
  {
    gint64      time;
    const char *date;
  } rows[] = {
    { 784111777, "Sun, 06 Nov 1994 08:49:37 GMT" },
    { 0, "Thu, 01 Jan 1970 00:00:00 GMT" },
    { 951782400, "Tue, 29 Feb 2000 00:00:00 GMT" },
    { 4102444799, "Thu, 31 Dec 2099 23:59:59 GMT" },
    { G_MAXINT64, "Thu, 01 Jan 1970 00:00:00 GMT" },
  };
  static const char *const locales[] = { "C", "de_DE.UTF-8", "ar_EG.UTF-8" };

  for (gsize i = 0; i < G_N_ELEMENTS (locales); i++)
    {
      /* A locale that is not installed leaves the one before. */
      setlocale (LC_ALL, locales[i]);
      for (gsize j = 0; j < G_N_ELEMENTS (rows); j++)
        {
          char date[WS_HTTP_DATE_SIZE];

          ws_http_date (rows[j].time, date);

          g_assert_cmpstr (date, ==, rows[j].date);
        }
    }
  setlocale (LC_ALL, "C");
}

int
main (int argc, char **argv)
{
  ws_test_init (&argc, &argv);

  g_test_add_func ("/protocol/http/request", test_request);
  g_test_add_func ("/protocol/http/described", test_described);
  g_test_add_func ("/protocol/http/folded-response", test_folded_response);
  g_test_add_func ("/protocol/http/request-with-nul", test_request_with_nul);
  g_test_add_func ("/protocol/http/response", test_response);
  g_test_add_func ("/protocol/http/quote", test_quote);
  g_test_add_func ("/protocol/http/fault-is-cut-at-a-character",
                   test_fault_is_cut_at_a_character);
  g_test_add_func ("/protocol/http/status-phrase", test_status_phrase);
  g_test_add_func ("/protocol/http/date", test_date);
  return g_test_run ();
}
