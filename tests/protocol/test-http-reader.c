/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "protocol/ws-http.h"

#include <string.h>

#include "head-feed.h"
#include "support/ws-test.h"

#define HEAD(text) (text), sizeof (text) - 1

static const struct
{
  const char *name;
  const char *data;
  gsize       len;
  WsParse     result;
  gsize       consumed; /* of a head that is read or begun */
  guint       status;   /* of a failed one */
  gboolean    is_bare;  /* refused in a request, for a LF without CR */
} reader_rows[] = {
  { "whole", HEAD ("GET / HTTP/1.1\r\nA: b\r\n\r\n"), WS_DONE, 24, 0 },
  { "no fields", HEAD ("GET / HTTP/1.1\r\n\r\n"), WS_DONE, 18, 0 },
  { "bare LF", HEAD ("GET / HTTP/1.1\nA: b\n\n"), WS_DONE, 21, 0, TRUE },
  { "mixed ends", HEAD ("GET / HTTP/1.1\r\nA: b\n\r\n"), WS_DONE, 23, 0, TRUE },
  { "frames follow", HEAD ("GET / HTTP/1.1\r\n\r\n\x81\x00\n\0\n"), WS_DONE, 18,
    0 },
  { "empty line first", HEAD ("\r\nGET / HTTP/1.1\r\n\r\n"), WS_DONE, 20, 0 },
  { "empty LF first", HEAD ("\nGET / HTTP/1.1\r\n\r\n"), WS_DONE, 19, 0, TRUE },
  { "bare LF at the end", HEAD ("GET / HTTP/1.1\r\n\n"), WS_DONE, 17, 0, TRUE },
  { "bare LF of a field", HEAD ("GET / HTTP/1.1\r\nA: b\nC: d\r\n\r\n"),
    WS_DONE, 29, 0, TRUE },
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
check_reader (gsize i, WsHttpKind kind)
{
  const gboolean is_refused = reader_rows[i].is_bare && kind == WS_HTTP_REQUEST;
  g_autoptr (GString) head = NULL;
  WsHttpFault fault;
  gsize       consumed;
  WsParse     result = head_feed (kind, reader_rows[i].data, reader_rows[i].len,
                                  &head, &consumed, &fault);

  g_assert_cmpint (result, ==, is_refused ? WS_FAILED : reader_rows[i].result);
  if (result == WS_FAILED)
    {
      g_assert_cmpuint (fault.status, ==,
                        is_refused ? 400 : reader_rows[i].status);
      g_assert_true ((strstr (fault.message, "without CR") != NULL)
                     == is_refused);
      return;
    }
  g_assert_cmpuint (consumed, ==, reader_rows[i].consumed);
  g_assert_true (g_str_has_suffix (reader_rows[i].data, head->str)
                 || strstr (reader_rows[i].data, head->str) != NULL);
}

static void
test_reader (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (reader_rows); i++)
    {
      g_test_message ("%s", reader_rows[i].name);
      check_reader (i, WS_HTTP_REQUEST);
      check_reader (i, WS_HTTP_RESPONSE);
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
    { 20, 5, WS_HTTP_DEFAULT_MAX_LINE, 0, NULL },
    { 20, 5, WS_HTTP_DEFAULT_MAX_LINE + 1, 431,
      "Header line 5 is over max-header-line-size (16384 bytes)" },
    { 20, 5, 200000, 431,
      "Header line 5 is over max-header-line-size (16384 bytes)" },
    { 20, WS_HTTP_DEFAULT_MAX_LINES, 20, 0, NULL },
    { 20, WS_HTTP_DEFAULT_MAX_LINES + 1, 20, 431,
      "There are more header lines than max-header-count (200)" },
    { 20, WS_HTTP_DEFAULT_MAX_LINES, WS_HTTP_DEFAULT_MAX_LINE, 0, NULL },
    { WS_HTTP_DEFAULT_MAX_LINE, 5, 20, 0, NULL },
    { WS_HTTP_DEFAULT_MAX_LINE + 1, 5, 20, 414,
      "The start line is over max-header-line-size (16384 bytes)" },
    { 100000, 5, 20, 414,
      "The start line is over max-header-line-size (16384 bytes)" },
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

      result = head_feed (i % 2 == 0 ? WS_HTTP_REQUEST : WS_HTTP_RESPONSE,
                          sent->str, sent->len, &head, &consumed, &fault);
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
  g_autofree char *x = g_strnfill (WS_HTTP_DEFAULT_MAX_LINE - 1, 'x');
  g_autofree char *fields
      = g_strnfill (WS_HTTP_DEFAULT_MAX_LINES * 2 + 4, '\n');
  const struct
  {
    const char *parts[6]; /* one that is empty stands for a NUL */
    guint       status;
    const char *message;
    gboolean    is_request;
  } rows[] = {
    { { "GET /\nX: ", x, "x\n" }, 400, "the first line is \"GET /\"", FALSE },
    { { "GET /\nX: ", "", "\n" }, 400, "the first line is \"GET", FALSE },
    { { "GET /\n", fields }, 400, "the first line is \"GET /\"", FALSE },
    { { "GET / HTTP/1.1\nX: ", x, "", "\n" }, 431, "Header line 1", FALSE },
    { { "GET / HTTP/1.1\nX", x, "", "\n" }, 400, "There is a NUL", FALSE },
    { { "GET / HTTP/1.1\nX", x, "\r", "", "\n" }, 400, "is a NUL", FALSE },
    { { "GET / HTTP/1.1\nX", x, "\rx\n" }, 431, "Header line 1", FALSE },
    { { "GET / HTTP/1.1\nX", x, "\r\nX: ", "" }, 400, "is a NUL", FALSE },
    { { "G", x, "x", "" }, 414, "The start line is over", FALSE },
    { { "G", x, "\nX: ", "" }, 400, "This is not HTTP/1.1", FALSE },
    { { "GET /\nX: ", "" }, 400, "the first line is", TRUE },
    { { "GET / HTTP/1.1\n", "" }, 400, "without CR", TRUE },
    { { "GET / HTTP/1.1\r\nX: y\n", "" }, 400, "without CR", TRUE },
    { { "GET / HTTP/1.1\r\nX: ", x, "\n" }, 431, "Header line 1", TRUE },
    { { "G", x, "x\n" }, 414, "The start line is over", TRUE },
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
      g_assert_cmpint (head_feed (rows[i].is_request ? WS_HTTP_REQUEST
                                                     : WS_HTTP_RESPONSE,
                                  sent->str, sent->len, &head, &consumed,
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
      g_autoptr (GString) sent = new_head_of (WS_HTTP_DEFAULT_MAX_HEAD + over);
      g_autoptr (GString) head = NULL;
      WsHttpFault fault;
      gsize       consumed;
      WsParse     result;

      g_assert_cmpuint (sent->len, ==, WS_HTTP_DEFAULT_MAX_HEAD + over);
      result = head_feed (WS_HTTP_REQUEST, sent->str, sent->len, &head,
                          &consumed, &fault);
      g_assert_cmpint (result, ==, over ? WS_FAILED : WS_DONE);
      if (over == 0)
        continue;
      g_assert_cmpuint (fault.status, ==, 431);
      g_assert_cmpstr (fault.message, ==,
                       "The HTTP head is over max-header-size (65536 bytes)");
    }
}

static void
test_total_limit_lowered (void)
{
  static const char data[] = "GET / HTTP/1.1\r\nA: b\r\n\r\n";

  for (guint max = 0; max <= sizeof data; max++)
    {
      WsHttpReader reader;
      WsHttpFault  fault;
      gsize        consumed;
      WsParse      result;

      const WsHttpLimits limits = { max, 100, 10 };

      ws_http_reader_init (&reader, WS_HTTP_REQUEST, &limits);
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

/* Limits of any size, also those that leave nothing or cannot be counted
 * beyond. */
static void
test_own_limits (void)
{
  static const char data[]
      = "GET / HTTP/1.1\r\nAB: cdefghijklm\r\nC: d\r\n\r\n";
  static const struct
  {
    WsHttpLimits limits;
    guint        status; /* 0: fine */
    const char  *message;
  } rows[] = {
    { { 1000, 15, 2 }, 0, NULL },
    { { sizeof data - 1, 15, 2 }, 0, NULL },
    { { G_MAXUINT, G_MAXUINT, G_MAXUINT }, 0, NULL },
    { { 1000, 14, 2 }, 431, "Header line 1 is over max-header-line-size (14 " },
    { { 1000, 13, 2 },
      414,
      "The start line is over max-header-line-size (13 " },
    { { 1000, 0, 2 }, 414, "The start line is over max-header-line-size (0 " },
    { { 1000, 15, 1 }, 431, "more header lines than max-header-count (1)" },
    { { 1000, 15, 0 }, 431, "more header lines than max-header-count (0)" },
    { { 20, 15, 2 }, 431, "The HTTP head is over max-header-size (20 bytes)" },
    { { 0, 15, 2 }, 414, "The HTTP head is over max-header-size (0 bytes)" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows) * 2; i++)
    {
      WsHttpReader reader;
      WsHttpFault  fault = { 0 };
      gsize        consumed, total = 0;
      WsParse      result = WS_NEED_MORE;
      const gsize  piece = i % 2 == 0 ? sizeof data - 1 : 1;

      ws_http_reader_init (&reader, WS_HTTP_REQUEST, &rows[i / 2].limits);
      for (; result == WS_NEED_MORE && total < sizeof data - 1; total += piece)
        result = ws_http_reader_feed (&reader, (const guint8 *) data + total,
                                      piece, &consumed, &fault);
      g_assert_cmpint (result, ==,
                       rows[i / 2].status == 0 ? WS_DONE : WS_FAILED);
      g_assert_cmpuint (fault.status, ==, rows[i / 2].status);
      if (result == WS_FAILED)
        g_assert_nonnull (strstr (fault.message, rows[i / 2].message));
      ws_http_reader_clear (&reader);
    }
}

/* A reader that was cleared reads another head, by the same limits. */
static void
test_reader_again (void)
{
  static const char  data[] = "HTTP/1.1 100 Continue\r\nA: b\r\n\r\n";
  const WsHttpLimits limits = { 100, 50, 1 };
  WsHttpReader       reader;
  WsHttpFault        fault;
  gsize              consumed;

  ws_http_reader_init (&reader, WS_HTTP_RESPONSE, &limits);
  for (guint i = 0; i < 3; i++)
    {
      g_assert_cmpint (ws_http_reader_feed (&reader, (const guint8 *) data,
                                            sizeof data - 1, &consumed, &fault),
                       ==, WS_DONE);
      g_assert_cmpuint (reader.head.len, ==, sizeof data - 1);
      ws_http_reader_clear (&reader);
    }
  g_assert_cmpuint (reader.limits.max_lines, ==, 1);
}

int
main (int argc, char **argv)
{
  ws_test_init (&argc, &argv);

  g_test_add_func ("/protocol/http-reader/rows", test_reader);
  g_test_add_func ("/protocol/http-reader/limits", test_limits);
  g_test_add_func ("/protocol/http-reader/first-fault", test_first_fault);
  g_test_add_func ("/protocol/http-reader/total-limit", test_total_limit);
  g_test_add_func ("/protocol/http-reader/total-limit-lowered",
                   test_total_limit_lowered);
  g_test_add_func ("/protocol/http-reader/own-limits", test_own_limits);
  g_test_add_func ("/protocol/http-reader/again", test_reader_again);
  return g_test_run ();
}
