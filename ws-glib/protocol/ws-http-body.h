/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "protocol/ws-http.h"

G_BEGIN_DECLS

/* The content that follows an HTTP/1.1 head (RFC 9112, 6 and 7). */

/* What a body ends with. */
typedef enum
{
  WS_HTTP_BODY_NONE,
  WS_HTTP_BODY_LENGTH,
  WS_HTTP_BODY_CHUNKED,
  WS_HTTP_BODY_EOF
} WsHttpFraming;

/* Where reading chunks (9112, 7.1) stands. */
typedef enum
{
  WS_HTTP_CHUNK_SIZE_FIRST, /* at least one digit is needed */
  WS_HTTP_CHUNK_SIZE,
  WS_HTTP_CHUNK_EXTENSION,
  WS_HTTP_CHUNK_SIZE_LF,
  WS_HTTP_CHUNK_DATA,
  WS_HTTP_CHUNK_DATA_CR,
  WS_HTTP_CHUNK_DATA_LF,
  WS_HTTP_CHUNK_TRAILER_START,
  WS_HTTP_CHUNK_TRAILER,
  WS_HTTP_CHUNK_TRAILER_LF,
  WS_HTTP_CHUNK_END_LF
} WsHttpChunkState;

typedef struct
{
  WsBuffer         kept;  /* the first bytes of the content */
  guint64          total; /* bytes of content so far */
  gsize            keep;  /* bytes that are kept at most */
  guint64          max;   /* bytes that may come */
  guint64          left;  /* of the content, or of the present chunk */
  gsize            extra; /* bytes of chunk extensions and trailers so far */
  WsHttpFraming    framing;
  WsHttpChunkState chunk;
  gboolean         is_request;
  gboolean         is_done;
  gboolean         is_persistent; /* what the head says of the connection */
} WsHttpBody;

/* Prepare for what follows a head. Both functions fail, leaving nothing to
 * clear, for lengths that are malformed or differ and for codings that are
 * unknown. A response is never too long, only its first @keep bytes are kept;
 * its faults have status 0. The response must answer a request other than HEAD
 * and CONNECT. */
gboolean ws_http_body_init_response (WsHttpBody           *self,
                                     const WsHttpResponse *response,
                                     gsize                 keep,
                                     WsHttpFault          *fault);
/* Of a request all is kept; one of more than @max bytes is fault 413, as soon
 * as that can be known. What could be read in two ways (a length and a coding,
 * a coding in HTTP/1.0) is 400, other codings than chunked are 501. */
gboolean ws_http_body_init_request (WsHttpBody          *self,
                                    const WsHttpRequest *request,
                                    gsize                max,
                                    WsHttpFault         *fault);
void     ws_http_body_clear (WsHttpBody *self);

/* @consumed: bytes of @data that belong to the body. WS_DONE once the body is
 * complete: if it is empty at the first call, for which @len may be 0. */
WsParse ws_http_body_feed (WsHttpBody   *self,
                           const guint8 *data,
                           gsize         len,
                           gsize        *consumed,
                           WsHttpFault  *fault);

/* Whether the end of the stream is the end of the body; else, unless the body
 * is done already, it was cut. */
gboolean ws_http_body_ends_at_eof (const WsHttpBody *self);

/* Whether another request may follow on the connection (9112, 9.3). FALSE until
 * the body is done. */
gboolean ws_http_body_can_reuse (const WsHttpBody *self);

G_END_DECLS
