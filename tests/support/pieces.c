/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pieces.h"

WsParse
pieces_feed (PiecesFeed    feed,
             gpointer      parser,
             const guint8 *data,
             gsize         size,
             gsize         first,
             gsize         rest,
             gsize        *total,
             WsHttpFault  *fault)
{
  WsParse answer = WS_NEED_MORE;
  gsize   piece = first;

  *total = 0;
  while (answer == WS_NEED_MORE && *total < size)
    {
      gsize              len = MIN (piece, size - *total);
      g_autofree guint8 *copy = g_memdup2 (data + *total, len);
      gsize              consumed = G_MAXSIZE;

      answer = feed (parser, copy, len, &consumed, fault);
      g_assert_cmpuint (consumed, <=, len);
      if (answer == WS_NEED_MORE)
        g_assert_cmpuint (consumed, ==, len);
      *total += consumed;
      piece = rest;
    }
  return answer;
}
