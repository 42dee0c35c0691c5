/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fuzz.h"

#include <string.h>

#include "protocol/ws-http-connect.h"
#include "../support/pieces.h"

/* What a proxy answers, whole and in pieces, whose size the first byte
 * chooses. */

static WsParse
feed_one (gpointer      parser,
          const guint8 *data,
          gsize         len,
          gsize        *consumed,
          WsHttpFault  *fault)
{
  return ws_http_connect_feed (parser, data, len, consumed, fault);
}

static WsParse
feed (WsHttpConnect *self,
      const guint8  *data,
      gsize          size,
      gsize          piece,
      gsize         *total,
      WsHttpFault   *fault)
{
  ws_http_connect_init (self, NULL);
  return pieces_feed (feed_one, self, data, size, piece, piece, total, fault);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  WsHttpConnect whole, pieces;
  WsHttpFault   fault = { 0 }, fault_of_pieces = { 0 };
  gsize         total, total_of_pieces;
  WsParse       answer;

  if (size < 2)
    return 0;
  answer = feed (&whole, data + 1, size - 1, size - 1, &total, &fault);
  g_assert_cmpint (feed (&pieces, data + 1, size - 1, 1 + data[0] % 64,
                         &total_of_pieces, &fault_of_pieces),
                   ==, answer);
  g_assert_cmpstr (fault.message, ==, fault_of_pieces.message);
  g_assert_true (whole.has_response == pieces.has_response);
  g_assert_true (ws_http_connect_is_open (&whole)
                 == ws_http_connect_is_open (&pieces));
  g_assert_true (ws_http_connect_can_reuse (&whole)
                 == ws_http_connect_can_reuse (&pieces));
  /* Where a body that is given up ends does not matter. */
  if (ws_http_connect_is_open (&whole) || ws_http_connect_can_reuse (&whole))
    g_assert_cmpuint (total, ==, total_of_pieces);
  if (answer == WS_DONE)
    g_assert_cmpuint (whole.response.status, ==, pieces.response.status);
  ws_http_connect_clear (&whole);
  ws_http_connect_clear (&pieces);
  return 0;
}
