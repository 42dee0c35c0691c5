/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "protocol/ws-buffer.h"
#include "protocol/ws-deflate-pool.h"

G_BEGIN_DECLS

/* Messages that stand alone, at once, by libdeflate: two to three times as fast
 * as by zlib. What libdeflate cannot do, or is not there to do, is for zlib: of
 * either function FALSE says so, and that @out is as it was. */

/* Longer ones become several blocks, of which the last is not to be found. */
#define WS_DEFLATE_WHOLE_MAX ((gsize) 9 * 1024)
/* Bytes that are inflated at most, and what they may become. */
#define WS_INFLATE_WHOLE_MAX  ((gsize) 8 * 1024)
#define WS_INFLATE_WHOLE_ROOM ((gsize) 64 * 1024)

/* Appends what @data becomes for a peer with a window of 15 bits and no
 * context, without the four bytes that a message leaves out (RFC 7692, 7.2.1).
 * FALSE as well if that is not shorter than @data. */
gboolean ws_deflate_whole_compress (WsDeflateShape shape,
                                    const guint8  *data,
                                    gsize          len,
                                    WsBuffer      *out);

/* Appends what the payload of a whole message, @data, becomes, and no more than
 * @room bytes. TRUE only if zlib would have made the same of it, or would have
 * refused it for a number that it has no meaning for: a length or distance code
 * beyond the last, more of them than there are, or code lengths that are
 * repeated beyond their number. */
gboolean ws_deflate_whole_inflate (const guint8 *data,
                                   gsize         len,
                                   gsize         room,
                                   WsBuffer     *out);

G_END_DECLS
