/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "protocol/ws-http.h"

#include <locale.h>
#include <string.h>

#include "head-feed.h"
#include "ws-test.h"

#define HEAD(text) (text), sizeof (text) - 1

static const struct
{
  const char *name;
  const char *data;
  gsize       len;
  WsParse     result;
  gsize       consumed; /* of a head that is read or begun */
  guint       status;   /* of a failed one */
} reader_rows[] = {
  { "whole", HEAD ("GET / HTTP/1.1\r\nA: b\r\n\r\n"), WS_DONE, 24, 0 },
  { "no fields", HEAD ("GET / HTTP/1.1\r\n\r\n"), WS_DONE, 18, 0 },
  { "bare LF", HEAD ("GET / HTTP/1.1\nA: b\n\n"), WS_DONE, 21, 0 },
  { "mixed ends", HEAD ("GET / HTTP/1.1\r\nA: b\n\r\n"), WS_DONE, 23, 0 },
  { "frames follow", HEAD ("GET / HTTP/1.1\r\n\r\n\x81\x00\n\0\n"), WS_DONE, 18,
    0 },
  { "empty line first", HEAD ("\r\nGET / HTTP/1.1\r\n\r\n"), WS_DONE, 20, 0 },
  { "empty LF first", HEAD ("\nGET / HTTP/1.1\r\n\r\n"), WS_DONE, 19, 0 },
  { "response", HEAD ("HTTP/1.1 101 x\r\nA: b\r\n\r\nmore"), WS_DONE, 24, 0 },
  { "unfinished line", HEAD ("GET / HT"), WS_NEED_MORE, 8, 0 },
  { "unfinished head", HEAD ("GET / HTTP/1.1\r\nA: b\r\n\r"), WS_NEED_MORE, 23,
    0 },
  { "blank is not empty", HEAD ("GET / HTTP/1.1\r\nA: b\r\n \r\n"),
    WS_NEED_MORE, 25, 0 },
  /* Qt: tst_HandshakeRequest::tst_invalidStream, "garbage on 1 line" */
  { "a word", HEAD ("foofoofoofoofoo"), WS_NEED_MORE, 15, 0 },
  { "nothing", HEAD (""), WS_NEED_MORE, 0, 0 },
  { "two empty lines first", HEAD ("\r\n\r\nGET / HTTP/1.1\r\n\r\n"), WS_FAILED,
    0, 400 },
  { "CR first", HEAD ("\rGET / HTTP/1.1\r\n\r\n"), WS_FAILED, 0, 400 },
  { "two CRs first", HEAD ("\r\r\n"), WS_FAILED, 0, 400 },
  { "TLS client hello", HEAD ("\x16\x03\x01\x02\x00\x01"), WS_FAILED, 0, 400 },
  { "NUL first", HEAD ("\0"), WS_FAILED, 0, 400 },
  { "binary", HEAD ("\xff\xfe\xfd"), WS_FAILED, 0, 400 },
  { "blank first", HEAD (" GET / HTTP/1.1\r\n\r\n"), WS_FAILED, 0, 400 },
  { "a line of something else", HEAD ("SSH-2.0-OpenSSH_9.2\r\n"), WS_FAILED, 0,
    400 },
  { "HTTP/0.9", HEAD ("GET /\r\n"), WS_FAILED, 0, 400 },
  { "NUL in start line", HEAD ("GET /\0 HTTP/1.1\r\n\r\n"), WS_FAILED, 0, 400 },
  { "NUL in field", HEAD ("GET / HTTP/1.1\r\nA: \0\r\n\r\n"), WS_FAILED, 0,
    400 },
};

static void
test_reader (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (reader_rows); i++)
    {
      g_autoptr (GString) head = NULL;
      WsHttpFault fault;
      gsize       consumed;
      WsParse     result;

      g_test_message ("%s", reader_rows[i].name);
      result = head_feed (reader_rows[i].data, reader_rows[i].len, &head,
                          &consumed, &fault);
      g_assert_cmpint (result, ==, reader_rows[i].result);
      if (result == WS_FAILED)
        {
          g_assert_cmpuint (fault.status, ==, reader_rows[i].status);
          continue;
        }
      g_assert_cmpuint (consumed, ==, reader_rows[i].consumed);
      g_assert_true (g_str_has_suffix (reader_rows[i].data, head->str)
                     || strstr (reader_rows[i].data, head->str) != NULL);
    }
}

/* A head with a start line of @start bytes, @n fields, the last of which has
 * @last bytes; line ends not counted. */
static GString *
new_head (gsize start, guint n, gsize last, const char *line_end)
{
  GString *head = g_string_new ("GET /");

  while (head->len < start - strlen (" HTTP/1.1"))
    g_string_append_c (head, 'x');
  g_string_append (head, " HTTP/1.1");
  g_string_append (head, line_end);
  for (guint i = 0; i < n; i++)
    {
      const gsize end = head->len + (i + 1 == n ? last : 20);

      g_string_append (head, "X: ");
      while (head->len < end)
        g_string_append_c (head, 'c');
      g_string_append (head, line_end);
    }
  g_string_append (head, line_end);
  return head;
}

/* Qt: tst_HandshakeRequest::tst_qtbug_48123. Qt fills up with Host fields,
 * which may not be repeated, D: any other field. */
static void
test_limits (void)
{
  static const struct
  {
    gsize       start;
    guint       n;
    gsize       last;
    guint       status; /* 0: fine */
    const char *message;
  } rows[] = {
    { 20, 5, WS_HTTP_MAX_LINE, 0, NULL },
    { 20, 5, WS_HTTP_MAX_LINE + 1, 431, "Header line 5 is over 8192 bytes" },
    { 20, 5, 200000, 431, "Header line 5 is over 8192 bytes" },
    { 20, WS_HTTP_MAX_LINES, 20, 0, NULL },
    { 20, WS_HTTP_MAX_LINES + 1, 20, 431, "There are over 100 header lines" },
    { 20, WS_HTTP_MAX_LINES, WS_HTTP_MAX_LINE, 0, NULL },
    { WS_HTTP_MAX_LINE, 5, 20, 0, NULL },
    { WS_HTTP_MAX_LINE + 1, 5, 20, 414, "The start line is over 8192 bytes" },
    { 100000, 5, 20, 414, "The start line is over 8192 bytes" },
  };
  static const char *const line_ends[] = { "\r\n", "\n" };

  for (gsize i = 0; i < G_N_ELEMENTS (rows) * 2; i++)
    {
      g_autoptr (GString) sent = new_head (rows[i / 2].start, rows[i / 2].n,
                                           rows[i / 2].last, line_ends[i % 2]);
      g_autoptr (GString) head = NULL;
      WsHttpFault fault;
      gsize       consumed;
      WsParse     result;

      result = head_feed (sent->str, sent->len, &head, &consumed, &fault);
      if (rows[i / 2].status == 0)
        {
          g_assert_cmpint (result, ==, WS_DONE);
          g_assert_true (g_string_equal (head, sent));
          continue;
        }
      g_assert_cmpint (result, ==, WS_FAILED);
      g_assert_cmpuint (fault.status, ==, rows[i / 2].status);
      g_assert_cmpstr (fault.message, ==, rows[i / 2].message);
    }
}

/* Of several faults the first one is told, in any split. */
static void
test_first_fault (void)
{
  g_autofree char *x = g_strnfill (WS_HTTP_MAX_LINE - 1, 'x');
  g_autofree char *fields = g_strnfill (WS_HTTP_MAX_LINES * 2 + 4, '\n');
  const struct
  {
    const char *parts[6]; /* one that is empty stands for a NUL */
    guint       status;
    const char *message;
  } rows[] = {
    { { "GET /\nX: ", x, "x\n" }, 400, "the first line is \"GET /\"" },
    { { "GET /\nX: ", "", "\n" }, 400, "the first line is \"GET /\"" },
    { { "GET /\n", fields }, 400, "the first line is \"GET /\"" },
    { { "GET / HTTP/1.1\nX: ", x, "", "\n" }, 431, "Header line 1 is over" },
    { { "GET / HTTP/1.1\nX", x, "", "\n" }, 400, "There is a NUL" },
    { { "GET / HTTP/1.1\nX", x, "\r", "", "\n" }, 400, "There is a NUL" },
    { { "GET / HTTP/1.1\nX", x, "\rx\n" }, 431, "Header line 1 is over" },
    { { "GET / HTTP/1.1\nX", x, "\r\nX: ", "" }, 400, "There is a NUL" },
    { { "G", x, "x", "" }, 414, "The start line is over" },
    { { "G", x, "\nX: ", "" }, 400, "This is not HTTP/1.1" },
  };

  for (gsize i = 1; i < strlen (fields); i += 2)
    fields[i - 1] = 'a';
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GString) sent = g_string_new (NULL);
      g_autoptr (GString) head = NULL;
      WsHttpFault fault;
      gsize       consumed;

      g_test_message ("row %" G_GSIZE_FORMAT, i);
      for (gsize part = 0; rows[i].parts[part] != NULL; part++)
        g_string_append_len (sent, rows[i].parts[part],
                             MAX (strlen (rows[i].parts[part]), 1));
      g_assert_cmpint (head_feed (sent->str, sent->len, &head, &consumed,
                                  &fault),
                       ==, WS_FAILED);
      g_assert_cmpuint (fault.status, ==, rows[i].status);
      g_assert_nonnull (strstr (fault.message, rows[i].message));
    }
}

static GString *
new_head_of (gsize size)
{
  GString *head = g_string_new ("GET / HTTP/1.1\r\n");

  while (head->len + 1000 < size - 4)
    {
      const gsize end = head->len + 900;

      g_string_append (head, "X: ");
      while (head->len < end)
        g_string_append_c (head, 'c');
      g_string_append (head, "\r\n");
    }
  g_string_append (head, "Last: ");
  while (head->len < size - 4)
    g_string_append_c (head, 'l');
  g_string_append (head, "\r\n\r\n");
  return head;
}

static void
test_total_limit (void)
{
  for (gsize over = 0; over <= 1; over++)
    {
      g_autoptr (GString) sent = new_head_of (WS_HTTP_MAX_HEAD + over);
      g_autoptr (GString) head = NULL;
      WsHttpFault fault;
      gsize       consumed;
      WsParse     result;

      g_assert_cmpuint (sent->len, ==, WS_HTTP_MAX_HEAD + over);
      result = head_feed (sent->str, sent->len, &head, &consumed, &fault);
      g_assert_cmpint (result, ==, over ? WS_FAILED : WS_DONE);
      if (over == 0)
        continue;
      g_assert_cmpuint (fault.status, ==, 431);
      g_assert_cmpstr (fault.message, ==, "The HTTP head is over 65536 bytes");
    }
}

static void
test_total_limit_lowered (void)
{
  static const char data[] = "GET / HTTP/1.1\r\nA: b\r\n\r\n";

  for (gsize max = 0; max <= sizeof data; max++)
    {
      WsHttpReader reader;
      WsHttpFault  fault;
      gsize        consumed;
      WsParse      result;

      ws_http_reader_init (&reader);
      reader.max_head = max;
      result = ws_http_reader_feed (&reader, (const guint8 *) data,
                                    sizeof data - 1, &consumed, &fault);
      if (max >= sizeof data - 1)
        g_assert_cmpint (result, ==, WS_DONE);
      else
        {
          g_assert_cmpint (result, ==, WS_FAILED);
          g_assert_cmpuint (fault.status, ==, max < 16 ? 414 : 431);
        }
      ws_http_reader_clear (&reader);
    }
}

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
  { "GET /x HTTP/1.1\r\nA: b  \r\n   c\r\nD: e\r\n\r\n", "A=b c;D=e;", NULL },
  { "GET /x HTTP/1.1\r\nA: b\r\n\tc \r\n d\r\n\r\n", "A=b c d;", NULL },
  { "GET /x HTTP/1.1\r\nA:\r\n b\r\n\r\n", "A=b;", NULL },
  { "GET /x HTTP/1.1\r\nA: b\r\n \r\n\r\n", "A=b;", NULL },
  { "GET /x HTTP/1.1\r\n A: b\r\n\r\n", NULL,
    "The header line \" A: b\" continues nothing" },
  { "GET /x HTTP/1.1\r\nA : b\r\n\r\n", NULL,
    "The header line \"A : b\" has a blank before its colon" },
  { "GET /x HTTP/1.1\r\nfoo\r\n\r\n", NULL,
    "The header line \"foo\" has no colon" },
  { "GET /x HTTP/1.1\r\n: b\r\n\r\n", NULL,
    "The header line \"\" has a name that is not a token" },
  { "GET /x HTTP/1.1\r\nA B: c\r\n\r\n", NULL,
    "The header line \"A B\" has a name that is not a token" },
  { "GET /x HTTP/1.1\r\nA: b\rC: d\r\n\r\n", NULL,
    "The header line \"A: b\\rC: d\" holds a control character" },
  { "GET /x HTTP/1.1\r\nA: \033[31m\r\n\r\n", NULL,
    "The header line \"A: \\033[31m\" holds a control character" },
  { "GET /x HTTP/1.1\r\nA: b\r\n c\r\r\n\r\n", NULL,
    "The header line \"A: b c\\r\" holds a control character" },
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
          g_autofree char *date = ws_http_date (rows[j].time);

          g_assert_cmpstr (date, ==, rows[j].date);
        }
    }
  setlocale (LC_ALL, "C");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/protocol/http/reader", test_reader);
  g_test_add_func ("/protocol/http/limits", test_limits);
  g_test_add_func ("/protocol/http/first-fault", test_first_fault);
  g_test_add_func ("/protocol/http/total-limit", test_total_limit);
  g_test_add_func ("/protocol/http/total-limit-lowered",
                   test_total_limit_lowered);
  g_test_add_func ("/protocol/http/request", test_request);
  g_test_add_func ("/protocol/http/request-with-nul", test_request_with_nul);
  g_test_add_func ("/protocol/http/response", test_response);
  g_test_add_func ("/protocol/http/quote", test_quote);
  g_test_add_func ("/protocol/http/fault-is-cut-at-a-character",
                   test_fault_is_cut_at_a_character);
  g_test_add_func ("/protocol/http/status-phrase", test_status_phrase);
  g_test_add_func ("/protocol/http/date", test_date);
  return g_test_run ();
}
