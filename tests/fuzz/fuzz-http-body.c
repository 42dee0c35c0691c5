/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fuzz.h"

#include <string.h>

#include "protocol/ws-http-body.h"

/* A message: a head and what follows it. The first byte says whether it is a
 * request, and the size of the pieces. Whole and in pieces the body has to be
 * the same one. */

#define KEEP 100

typedef struct
{
  WsHttpBody  body;
  WsHttpFault fault;
  WsParse     answer;
  gsize       consumed;
} Outcome;

static gboolean
start (WsHttpBody  *body,
       const char  *head,
       gsize        len,
       gboolean     is_request,
       WsHttpFault *fault)
{
  WsHttpRequest  request;
  WsHttpResponse response;
  gboolean       ok = FALSE;

  if (is_request)
    {
      if (!ws_http_request_parse (&request, head, len, fault))
        return FALSE;
      ok = ws_http_body_init_request (body, &request, KEEP, fault);
      ws_http_request_clear (&request);
      return ok;
    }
  if (!ws_http_response_parse (&response, head, len, fault))
    return FALSE;
  ok = ws_http_body_init_response (body, &response, KEEP, fault);
  ws_http_response_clear (&response);
  return ok;
}

static void
read_body (Outcome *self, const guint8 *data, gsize size, gsize piece)
{
  self->answer
      = ws_http_body_feed (&self->body, NULL, 0, &self->consumed, &self->fault);
  self->consumed = 0;
  while (self->answer == WS_NEED_MORE && self->consumed < size)
    {
      gsize              len = MIN (piece, size - self->consumed);
      g_autofree guint8 *copy = g_memdup2 (data + self->consumed, len);
      gsize              consumed;

      self->answer
          = ws_http_body_feed (&self->body, copy, len, &consumed, &self->fault);
      g_assert_cmpuint (consumed, <=, len);
      if (self->answer == WS_NEED_MORE)
        g_assert_cmpuint (consumed, ==, len);
      g_assert_cmpuint (self->body.kept.len, <=, self->body.total);
      g_assert_cmpuint (self->body.kept.size, <=, KEEP);
      self->consumed += consumed;
    }
}

static void
check (const Outcome *a, const Outcome *b)
{
  g_assert_cmpint (a->answer, ==, b->answer);
  g_assert_cmpuint (a->consumed, ==, b->consumed);
  g_assert_cmpuint (a->body.total, ==, b->body.total);
  g_assert_cmpuint (a->body.total, <=, a->consumed);
  g_assert_cmpmem (a->body.kept.data, a->body.kept.len, b->body.kept.data,
                   b->body.kept.len);
  g_assert_true (ws_http_body_can_reuse (&a->body)
                 == ws_http_body_can_reuse (&b->body));
  if (a->answer == WS_FAILED)
    g_assert_cmpstr (a->fault.message, ==, b->fault.message);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  const char *head = (const char *) data + 1;
  const char *end;
  gsize       len;
  Outcome     whole = { 0 }, pieces = { 0 };

  if (size < 2)
    return 0;
  end = g_strstr_len (head, (gssize) size - 1, "\r\n\r\n");
  if (end == NULL)
    return 0;
  len = (gsize) (end - head) + 4;
  if (!start (&whole.body, head, len, data[0] & 1, &whole.fault))
    return 0;
  g_assert_true (start (&pieces.body, head, len, data[0] & 1, &pieces.fault));

  read_body (&whole, data + 1 + len, size - 1 - len, G_MAXSIZE);
  read_body (&pieces, data + 1 + len, size - 1 - len, 1 + data[0] / 2);
  check (&whole, &pieces);
  ws_http_body_clear (&whole.body);
  ws_http_body_clear (&pieces.body);
  return 0;
}
