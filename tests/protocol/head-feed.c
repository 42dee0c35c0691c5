/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "head-feed.h"

#include "support/ws-test.h"

/* Heads over so many bytes are not cut at every place. */
#define LONG_HEAD 4096
#define LONG_STEP 509

typedef struct
{
  WsParse     result;
  WsHttpFault fault;
  GString    *head; /* (owned) */
  gsize       consumed;
} Outcome;

/* Feeds pieces: the first of @first bytes, the others of @rest. */
static Outcome
feed_pieces (
    WsHttpKind kind, const guint8 *data, gsize len, gsize first, gsize rest)
{
  Outcome      outcome = { WS_NEED_MORE, { 0, "" }, NULL, 0 };
  WsHttpReader reader;
  gsize        piece = first;

  ws_http_reader_init (&reader, kind, NULL);
  while (outcome.result == WS_NEED_MORE && outcome.consumed < len)
    {
      const gsize n = MIN (piece, len - outcome.consumed);
      gsize       consumed = G_MAXSIZE;

      outcome.result = ws_http_reader_feed (&reader, data + outcome.consumed, n,
                                            &consumed, &outcome.fault);
      g_assert_cmpuint (consumed, <=, n);
      if (outcome.result == WS_NEED_MORE)
        g_assert_cmpuint (consumed, ==, n);
      outcome.consumed += consumed;
      g_assert_cmpuint (reader.head.size, <=, WS_HTTP_DEFAULT_MAX_HEAD);
      piece = rest;
    }
  outcome.head
      = g_string_new_len ((const char *) reader.head.data, reader.head.len);
  ws_http_reader_clear (&reader);
  return outcome;
}

static void
assert_same (const Outcome *a, const Outcome *b)
{
  g_assert_cmpint (a->result, ==, b->result);
  if (a->result == WS_FAILED)
    {
      g_assert_cmpuint (a->fault.status, ==, b->fault.status);
      g_assert_cmpstr (a->fault.message, ==, b->fault.message);
      return;
    }
  g_assert_cmpuint (a->consumed, ==, b->consumed);
  g_assert_true (g_string_equal (a->head, b->head));
}

WsParse
head_feed (WsHttpKind   kind,
           const char  *data,
           gsize        len,
           GString    **head,
           gsize       *consumed,
           WsHttpFault *fault)
{
  guint8     *guarded = ws_test_guarded ((const guint8 *) data, len);
  Outcome     whole = feed_pieces (kind, guarded, len, len, len);
  const gsize step = len > LONG_HEAD ? LONG_STEP : 1;
  Outcome     bytewise = feed_pieces (kind, guarded, len, 1, 1);

  assert_same (&whole, &bytewise);
  g_string_free (bytewise.head, TRUE);
  for (gsize cut = 1; cut < len; cut += step)
    {
      Outcome halves = feed_pieces (kind, guarded, len, cut, len - cut);

      assert_same (&whole, &halves);
      g_string_free (halves.head, TRUE);
    }

  ws_test_guarded_free (guarded, len);
  *head = whole.head;
  *consumed = whole.consumed;
  *fault = whole.fault;
  return whole.result;
}
