/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "protocol/ws-http-body.h"

#include <string.h>

#include "support/ws-test.h"

/* What the bodies of the tables may keep or be. */
#define KEEP 8

typedef struct
{
  const char *head; /* the lines after the first one */
  const char *data; /* what follows the head */
  const char *expected;
} Row;

/* clang-format off */
/* The outcome: "done" or "more", what was kept, the total, what is left over,
 * and the flags "eof" and "reuse"; or the status of a fault. */
static const Row responses[] = {
  { "200\n", "abc", "more 'abc' 3 '' eof" },
  { "200\n", "", "more '' 0 '' eof" },
  { "200\n", "0123456789", "more '01234567' 10 '' eof" },
  { "200\nContent-Length: 3\n", "abcde", "done 'abc' 3 'de' reuse" },
  { "200\nContent-Length: 3\n", "ab", "more 'ab' 2 ''" },
  { "200\nContent-Length: 0\n", "de", "done '' 0 'de' reuse" },
  { "200\nContent-Length: 10\n", "0123456789x",
    "done '01234567' 10 'x' reuse" },
  { "401\nContent-Length: 3, 3\nContent-Length:003\n", "abcde",
    "done 'abc' 3 'de' reuse" },
  { "200\nContent-Length: 3\nConnection: x, Close\n", "abcde",
    "done 'abc' 3 'de'" },
  { "200\nContent-Length: 9223372036854775807\n", "a", "more 'a' 1 ''" },
  { "200\nContent-Length: 9223372036854775808\n", "", "fault 0" },
  { "200\nContent-Length: 3, 4\n", "", "fault 0" },
  { "200\nContent-Length: +3\n", "", "fault 0" },
  { "200\nContent-Length: -3\n", "", "fault 0" },
  { "200\nContent-Length: 3 3\n", "", "fault 0" },
  { "200\nContent-Length: 0x3\n", "", "fault 0" },
  { "200\nContent-Length:\n", "", "fault 0" },
  { "101\n", "abc", "done '' 0 'abc' reuse" },
  { "204\nContent-Length: 3\n", "abc", "done '' 0 'abc' reuse" },
  { "304\nTransfer-Encoding: chunked\n", "abc", "done '' 0 'abc' reuse" },
  { "1.0 200\nContent-Length: 1\n", "ab", "done 'a' 1 'b'" },
  { "1.0 200\nContent-Length: 1\nConnection: Keep-Alive\n", "ab",
    "done 'a' 1 'b' reuse" },
  { "1.0 200\nTransfer-Encoding: chunked\nConnection: keep-alive\n",
    "0\r\n\r\nb", "done '' 0 'b'" },
  { "200\nTransfer-Encoding: Chunked\n", "3\r\nabc\r\n0\r\n\r\nde",
    "done 'abc' 3 'de' reuse" },
  { "200\nTransfer-Encoding: chunked\nContent-Length: 99\n",
    "3\r\nabc\r\n0\r\n\r\nde", "done 'abc' 3 'de'" },
  { "200\nTransfer-Encoding: chunked\n", "3\r\nabc\r\n0\r\n\r",
    "more 'abc' 3 ''" },
  { "200\nTransfer-Encoding: gzip, chunked\n", "", "fault 0" },
  { "200\nTransfer-Encoding: chunked\n", "ffffffffffffffff\r\na",
    "more 'a' 1 ''" },
  { "200\nTransfer-Encoding: chunked\n", "1\r\na\r\nffffffffffffffff\r\n",
    "fault 0" },
  { "200\nTransfer-Encoding: chunked\n", "10000000000000000\r\n", "fault 0" },
};

static const Row requests[] = {
  { "\n", "abc", "done '' 0 'abc' reuse" },
  { "1.0\n", "abc", "done '' 0 'abc'" },
  { "\nContent-Length: 8\n", "01234567x", "done '01234567' 8 'x' reuse" },
  { "\nContent-Length: 9\n", "", "fault 413" },
  { "\nContent-Length: 3, 4\n", "", "fault 400" },
  { "\nContent-Length: 3\nContent-Length: 4\n", "", "fault 400" },
  { "\nContent-Length: three\n", "", "fault 400" },
  { "\nContent-Length: 3\nTransfer-Encoding: chunked\n", "", "fault 400" },
  { "1.0\nTransfer-Encoding: chunked\n", "", "fault 400" },
  { "\nTransfer-Encoding: gzip\n", "", "fault 501" },
  { "\nTransfer-Encoding: gzip, chunked\n", "", "fault 501" },
  { "\nTransfer-Encoding: chunked;x=y\n", "", "fault 501" },
  { "\nTransfer-Encoding: xchunked\n", "", "fault 501" },
  { "\nTransfer-Encoding: chunked, gzip\n", "", "fault 400" },
  { "\nTransfer-Encoding: chunked\nTransfer-Encoding: chunked\n", "",
    "fault 400" },
  { "\nTransfer-Encoding:\n", "", "fault 400" },
  { "\nTransfer-Encoding: chunked\n", "3\r\nabc\r\n5\r\ndefgh\r\n0\r\n\r\nx",
    "done 'abcdefgh' 8 'x' reuse" },
  { "\nTransfer-Encoding: chunked\n", "3\r\nabc\r\n6\r\n", "fault 413" },
  { "\nTransfer-Encoding: chunked\n", "9\r\n", "fault 413" },
  { "\nTransfer-Encoding: chunked\n", "fffffffffffffffff\r\n", "fault 413" },
  { "\nTransfer-Encoding: chunked\n", "0000003\r\nabc\r\n000\r\n\r\nx",
    "done 'abc' 3 'x' reuse" },
  { "\nTransfer-Encoding: chunked\n",
    "3;a=b; c=\"d\"\r\nabc\r\n0;x\r\nA: b\r\nC: d\r\n\r\nx",
    "done 'abc' 3 'x' reuse" },
  { "\nTransfer-Encoding: chunked\n", "3 \t\r\nabc\r\n0\r\n\r\nx",
    "done 'abc' 3 'x' reuse" },
  { "\nTransfer-Encoding: chunked\n", "\r\n", "fault 400" },
  { "\nTransfer-Encoding: chunked\n", ";a\r\n", "fault 400" },
  { "\nTransfer-Encoding: chunked\n", " 3\r\n", "fault 400" },
  { "\nTransfer-Encoding: chunked\n", "-3\r\n", "fault 400" },
  { "\nTransfer-Encoding: chunked\n", "0x3\r\n", "fault 400" },
  { "\nTransfer-Encoding: chunked\n", "3\nabc\n0\n\n", "fault 400" },
  { "\nTransfer-Encoding: chunked\n", "3\r\nabcd\r\n", "fault 400" },
  { "\nTransfer-Encoding: chunked\n", "3\r\nabc\r3", "fault 400" },
  { "\nTransfer-Encoding: chunked\n", "3;a\nabc", "fault 400" },
  { "\nTransfer-Encoding: chunked\n", "3;a\r\rabc", "fault 400" },
  { "\nTransfer-Encoding: chunked\n", "0\r\n\n", "fault 400" },
  { "\nTransfer-Encoding: chunked\n", "0\r\nA: b\n\r\n", "fault 400" },
  { "\nTransfer-Encoding: chunked\n", "0\r\n\rx", "fault 400" },
};
/* clang-format on */

/* (transfer full): of what a row begins with, "1.0 200" or less. */
static char *
make_head (const Row *row, gboolean is_request)
{
  g_auto (GStrv) lines = g_strsplit (row->head, "\n", -1);
  gboolean         is_old = g_str_has_prefix (lines[0], "1.0");
  const char      *status = lines[0] + (is_old ? 3 : 0);
  g_autofree char *rest = g_strjoinv ("\r\n", lines + 1);

  if (is_request)
    return g_strdup_printf ("POST / HTTP/1.%d\r\n%s\r\n", is_old ? 0 : 1, rest);
  return g_strdup_printf ("HTTP/1.%d %s x\r\n%s\r\n", is_old ? 0 : 1,
                          g_strstrip ((char *) status), rest);
}

static gboolean
start (WsHttpBody  *body,
       const char  *head,
       gboolean     is_request,
       WsHttpFault *fault)
{
  WsHttpRequest  request;
  WsHttpResponse response;
  gboolean       ok;

  if (is_request)
    {
      g_assert_true (
          ws_http_request_parse (&request, head, strlen (head), fault));
      ok = ws_http_body_init_request (body, &request, KEEP, fault);
      ws_http_request_clear (&request);
      return ok;
    }
  g_assert_true (
      ws_http_response_parse (&response, head, strlen (head), fault));
  ok = ws_http_body_init_response (body, &response, KEEP, fault);
  ws_http_response_clear (&response);
  return ok;
}

static void
check_flags (const WsHttpBody *body, WsParse answer)
{
  g_assert_true (body->is_done == (answer == WS_DONE));
  if (answer != WS_DONE)
    g_assert_false (ws_http_body_can_reuse (body));
}

/* (transfer full): the outcome of a piece of @first bytes and pieces of
 * @step. */
static char *
read_body (const char *head,
           gboolean    is_request,
           guint8     *data,
           gsize       len,
           gsize       first,
           gsize       step)
{
  WsHttpFault fault = { 999, "" };
  WsHttpBody  body;
  WsParse     answer = WS_NEED_MORE;
  gsize       consumed;
  gsize       total = 0;
  gsize       piece = first;
  char       *outcome;

  if (!start (&body, head, is_request, &fault))
    {
      g_assert_cmpstr (fault.message, !=, "");
      g_assert_null (body.kept.data);
      return g_strdup_printf ("fault %u", fault.status);
    }
  answer = ws_http_body_feed (&body, NULL, 0, &consumed, &fault);
  while (answer == WS_NEED_MORE && total < len)
    {
      gsize n = MIN (piece, len - total);

      answer = ws_http_body_feed (&body, data + total, n, &consumed, &fault);
      g_assert_cmpuint (consumed, <=, n);
      check_flags (&body, answer);
      total += consumed;
      piece = step;
    }

  if (answer == WS_FAILED)
    outcome = g_strdup_printf ("fault %u", fault.status);
  else
    outcome = g_strdup_printf (
        "%s '%.*s' %" G_GUINT64_FORMAT " '%.*s'%s%s",
        answer == WS_DONE ? "done" : "more", (int) body.kept.len,
        body.kept.data != NULL ? (const char *) body.kept.data : "", body.total,
        (int) (len - total), (const char *) data + total,
        ws_http_body_ends_at_eof (&body) ? " eof" : "",
        ws_http_body_can_reuse (&body) ? " reuse" : "");
  g_assert_cmpuint (body.kept.size, <=, KEEP);
  ws_http_body_clear (&body);
  return outcome;
}

static void
check_row (const Row *row, gboolean is_request)
{
  g_autofree char *head = make_head (row, is_request);
  g_autofree char *shown_head = g_strescape (row->head, NULL);
  g_autofree char *shown = g_strescape (row->data, NULL);
  gsize            len = strlen (row->data);
  guint8          *data = ws_test_guarded ((const guint8 *) row->data, len);

  g_test_message ("%s | %s", shown_head, shown);
  for (gsize first = 1; first <= MAX (len, 1); first++)
    {
      g_autofree char *rest
          = read_body (head, is_request, data, len, first, MAX (len, 1));
      g_autofree char *bytes
          = read_body (head, is_request, data, len, first, 1);

      g_assert_cmpstr (rest, ==, row->expected);
      g_assert_cmpstr (bytes, ==, row->expected);
    }
  ws_test_guarded_free (data, len);
}

static void
test_responses (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (responses); i++)
    check_row (&responses[i], FALSE);
}

static void
test_requests (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (requests); i++)
    check_row (&requests[i], TRUE);
}

/* What comes between the chunks is not endless. */
static void
test_bounds (void)
{
  static const struct
  {
    const char *begin;
    const char *again;
  } rows[] = {
    { "", "0" },
    { "1;a", "b" },
    { "", "1;abcdefgh\r\nx\r\n" },
    { "0\r\n", "A: b\r\n" },
    { "0\r\nA:", " " },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      WsHttpFault fault;
      WsHttpBody  body;
      gsize       consumed;
      gsize       sent = 0;
      WsParse     answer;

      g_assert_true (
          start (&body, "HTTP/1.1 200 x\r\nTransfer-Encoding: chunked\r\n\r\n",
                 FALSE, &fault));
      answer = ws_http_body_feed (&body, (const guint8 *) rows[i].begin,
                                  strlen (rows[i].begin), &consumed, &fault);
      while (answer == WS_NEED_MORE && sent < 1024 * 1024)
        {
          sent += strlen (rows[i].again);
          answer
              = ws_http_body_feed (&body, (const guint8 *) rows[i].again,
                                   strlen (rows[i].again), &consumed, &fault);
        }
      g_assert_cmpint (answer, ==, WS_FAILED);
      g_assert_cmpuint (body.kept.size, <=, KEEP);
      ws_http_body_clear (&body);
    }
}

/* A long response is counted, not kept. */
static void
test_long (void)
{
  static const guint8 block[4096];
  WsHttpFault         fault;
  WsHttpBody          body;
  gsize               consumed;

  g_assert_true (start (&body, "HTTP/1.1 404 x\r\n\r\n", FALSE, &fault));
  for (guint i = 0; i < 1024; i++)
    {
      g_assert_cmpint (ws_http_body_feed (&body, block, sizeof block, &consumed,
                                          &fault),
                       ==, WS_NEED_MORE);
      g_assert_cmpuint (consumed, ==, sizeof block);
    }
  g_assert_cmpuint (body.total, ==, 1024 * sizeof block);
  g_assert_cmpuint (body.kept.size, ==, KEEP);
  ws_http_body_clear (&body);
}

int
main (int argc, char **argv)
{
  ws_test_init (&argc, &argv);

  g_test_add_func ("/protocol/http-body/responses", test_responses);
  g_test_add_func ("/protocol/http-body/requests", test_requests);
  g_test_add_func ("/protocol/http-body/bounds", test_bounds);
  g_test_add_func ("/protocol/http-body/long", test_long);
  return g_test_run ();
}
