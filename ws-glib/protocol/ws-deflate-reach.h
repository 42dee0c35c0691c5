/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Follows the compressed bytes of a message (RFC 1951) to see how far back they
 * reach. zlib refuses a distance beyond its window only when it does not find
 * the bytes in the output of the same call, which is to say as TCP has cut the
 * input. */
typedef struct _WsDeflateReach WsDeflateReach;

/* (transfer full): no distance may be over @window_bytes. */
WsDeflateReach *ws_deflate_reach_new (guint window_bytes);
void            ws_deflate_reach_free (WsDeflateReach *self);

/* The bytes that come next, in any split. FALSE: one of them reaches too far.
 * What is no deflate is followed no further: zlib tells what is wrong. */
gboolean
ws_deflate_reach_feed (WsDeflateReach *self, const guint8 *data, gsize len);

G_END_DECLS
