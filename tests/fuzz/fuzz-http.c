/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fuzz.h"

#include <string.h>

#include "protocol/ws-client-handshake.h"
#include "protocol/ws-http.h"
#include "protocol/ws-http-answer.h"
#include "protocol/ws-origin.h"
#include "protocol/ws-server-handshake.h"

/* A head from a peer: the reader, both parsers, both halves of the handshake,
 * and what we would send. The first byte chooses the size of the pieces. */

#define KEY "dGhlIHNhbXBsZSBub25jZQ==" /* RFC 6455, 1.3 */

static const char *const subprotocols[] = { "chat", "superchat", NULL };

static WsParse
read_head (WsHttpKind    kind,
           const guint8 *data,
           gsize         size,
           gsize         piece,
           WsHttpReader *reader,
           gsize        *total,
           WsHttpFault  *fault)
{
  WsParse answer = WS_NEED_MORE;

  ws_http_reader_init (reader, kind, NULL);
  *total = 0;
  while (answer == WS_NEED_MORE && *total < size)
    {
      gsize              len = MIN (piece, size - *total);
      g_autofree guint8 *copy = g_memdup2 (data + *total, len);
      gsize              consumed = 0;

      answer = ws_http_reader_feed (reader, copy, len, &consumed, fault);
      g_assert_cmpuint (consumed, <=, len);
      if (answer == WS_NEED_MORE)
        g_assert_cmpuint (consumed, ==, len);
      *total += consumed;
    }
  g_assert_cmpuint (reader->head.len, <=, WS_HTTP_DEFAULT_MAX_HEAD);
  return answer;
}

/* What we send is one head that our own reader takes, whatever was in it. What
 * repeats a long list of the peer's may be beyond our own limits. */
static void
check_head (const GString *head, gboolean has_body)
{
  WsHttpReader reader;
  gsize        consumed;
  WsHttpFault  fault;

  if (head->len > WS_HTTP_DEFAULT_MAX_LINE)
    return;
  g_assert_cmpint (read_head (WS_HTTP_REQUEST, (const guint8 *) head->str,
                              head->len, MAX (head->len, 1), &reader, &consumed,
                              &fault),
                   ==, WS_DONE);
  if (!has_body)
    g_assert_cmpuint (consumed, ==, head->len);
  ws_http_reader_clear (&reader);
}

static void
check_refusal (const WsHttpFault *fault)
{
  static const WsServerAnswer answer = { 0 };
  g_autoptr (GString) refusal = ws_server_handshake_refuse (fault, &answer);

  check_head (refusal, TRUE);
}

static void
check_origin (const char *origin)
{
  g_autofree char *normal = ws_origin_normalize (origin);
  g_autofree char *again = NULL;

  if (normal == NULL)
    return;
  again = ws_origin_normalize (normal);
  g_assert_cmpstr (again, ==, normal);
}

/* The answer gives the peer its own fields back. */
static void
play_page (const WsHttpRequest *request)
{
  const WsHttpAnswer answer = { .status = 200,
                                .reason = request->target,
                                .headers = request->headers };
  WsServerHandshake  page;
  WsHttpFault        fault = { 0 };
  g_autoptr (GString) head = NULL;

  if (!ws_server_handshake_judge_plain (&page, request, &fault))
    {
      check_refusal (&fault);
      return;
    }
  if (page.origin != NULL)
    check_origin (page.origin);
  ws_server_handshake_clear (&page);
  /* With ours, that would be more lines than our reader takes. */
  if (ws_http_headers_length (request->headers)
      > WS_HTTP_DEFAULT_MAX_LINES - 10)
    return;
  head = ws_http_answer_head (&answer);
  check_head (head, FALSE);
}

static void
play_server (const char *head, gsize len)
{
  WsHttpRequest     request;
  WsServerHandshake handshake;
  WsHttpFault       fault = { 0 };

  if (!ws_http_request_parse (&request, head, len, &fault))
    {
      check_refusal (&fault);
      return;
    }
  g_array_unref (ws_server_handshake_versions (request.headers));
  if (ws_server_handshake_is_plain (&request))
    play_page (&request);
  if (ws_server_handshake_judge (&handshake, &request, &fault))
    {
      WsServerAnswer answer = {
        .subprotocol = ws_server_handshake_choose (&handshake, subprotocols),
        .extensions = handshake.extensions,
        .server_name = handshake.origin,
      };
      g_autoptr (GString) accepted
          = ws_server_handshake_accept (&handshake, &answer);

      check_head (accepted, FALSE);
      ws_server_handshake_clear (&handshake);
    }
  else
    check_refusal (&fault);
  ws_http_request_clear (&request);
}

/* The response, and a request whose origin and fields the peer's bytes made. */
static void
play_client (const char *head, gsize len)
{
  g_autoptr (WsUrl) url = ws_url_parse ("ws://example.com/chat", NULL);
  g_autoptr (GString) built = NULL;
  WsHttpResponse    response;
  WsClientVerdict   verdict;
  WsHttpFault       fault = { 0 };
  WsClientHandshake handshake = {
    .url = url, .key = KEY, .subprotocols = subprotocols, .extensions = "x-toy"
  };

  if (!ws_http_response_parse (&response, head, len, &fault))
    return;
  if (ws_client_handshake_judge (&handshake, &response, &verdict, &fault))
    ws_client_verdict_clear (&verdict);
  if (ws_http_headers_length (response.headers) < WS_HTTP_DEFAULT_MAX_LINES / 2)
    handshake.headers = response.headers;
  handshake.origin = response.reason;
  built = ws_client_handshake_build (&handshake, NULL);
  if (built != NULL)
    check_head (built, FALSE);
  ws_http_response_clear (&response);
}

static void
play_kind (WsHttpKind kind, const guint8 *data, gsize size, gsize piece)
{
  WsHttpReader whole, pieces;
  gsize        total, total_of_pieces;
  WsHttpFault  fault = { 0 }, fault_of_pieces = { 0 };
  WsParse answer = read_head (kind, data, size, size, &whole, &total, &fault);

  g_assert_cmpint (read_head (kind, data, size, piece, &pieces,
                              &total_of_pieces, &fault_of_pieces),
                   ==, answer);
  g_assert_cmpuint (fault.status, ==, fault_of_pieces.status);
  g_assert_cmpstr (fault.message, ==, fault_of_pieces.message);
  if (answer == WS_DONE)
    {
      g_assert_cmpuint (total, ==, total_of_pieces);
      g_assert_cmpmem (whole.head.data, whole.head.len, pieces.head.data,
                       pieces.head.len);
      if (kind == WS_HTTP_REQUEST)
        play_server ((const char *) whole.head.data, whole.head.len);
      else
        play_client ((const char *) whole.head.data, whole.head.len);
    }
  else if (answer == WS_FAILED)
    check_refusal (&fault);
  ws_http_reader_clear (&whole);
  ws_http_reader_clear (&pieces);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  if (size < 2)
    return 0;
  play_kind (WS_HTTP_REQUEST, data + 1, size - 1, 1 + data[0]);
  play_kind (WS_HTTP_RESPONSE, data + 1, size - 1, 1 + data[0]);

  /* The parsers get what the reader would not let through, too. */
  play_server ((const char *) data + 1, size - 1);
  play_client ((const char *) data + 1, size - 1);
  return 0;
}
