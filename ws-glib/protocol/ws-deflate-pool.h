/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <zlib.h>

G_BEGIN_DECLS

/* Raw zlib streams (RFC 1951), fresh each time. What is given back is kept for
 * the next use in the same thread: without context takeover a connection needs
 * them for a moment only, and making one costs more than a small message. */

/* What a deflater is made for. */
typedef struct
{
  guint8 window_bits;  /* 8 to 15 */
  gint8  level;        /* -1 to 9 */
  guint8 memory_level; /* 1 to 9 */
} WsDeflateShape;

/* (transfer full) */
z_stream *ws_deflate_pool_take_deflater (WsDeflateShape shape);
void ws_deflate_pool_give_deflater (z_stream *stream, WsDeflateShape shape);

/* (transfer full) */
z_stream *ws_deflate_pool_take_inflater (guint window_bits);
void      ws_deflate_pool_give_inflater (z_stream *stream);

G_END_DECLS
