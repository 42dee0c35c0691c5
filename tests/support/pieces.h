/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "protocol/ws-http.h"

G_BEGIN_DECLS

/* Feeds a parser that says how much it has consumed, and that takes all as long
 * as it wants more. */
typedef WsParse (*PiecesFeed) (gpointer      parser,
                               const guint8 *data,
                               gsize         len,
                               gsize        *consumed,
                               WsHttpFault  *fault);

/* Feeds @size bytes, @first at once and then @rest at a time, each piece
 * from memory of its own, until @parser has enough. @total: bytes consumed. */
WsParse pieces_feed (PiecesFeed    feed,
                     gpointer      parser,
                     const guint8 *data,
                     gsize         size,
                     gsize         first,
                     gsize         rest,
                     gsize        *total,
                     WsHttpFault  *fault);

G_END_DECLS
