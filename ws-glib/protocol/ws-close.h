/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "protocol/ws-fault.h"

G_BEGIN_DECLS

/* RFC 6455, 7.4, and the IANA registry (1012 to 1014). */
#define WS_CLOSE_NORMAL           1000
#define WS_CLOSE_GOING_AWAY       1001
#define WS_CLOSE_PROTOCOL_ERROR   1002
#define WS_CLOSE_NO_STATUS        1005
#define WS_CLOSE_ABNORMAL         1006
#define WS_CLOSE_INVALID_PAYLOAD  1007
#define WS_CLOSE_POLICY_VIOLATION 1008
#define WS_CLOSE_TOO_BIG          1009

#define WS_CLOSE_PAYLOAD_MAX 125
#define WS_CLOSE_REASON_MAX  123

/* Whether an endpoint may send this code: 1000-1003, 1007-1014, 3000-4999. */
gboolean ws_close_is_sendable (guint code);

/* Reads a close frame's payload. @code becomes 1005 when the payload is empty;
 * @reason points into @payload. A single byte or an illegal code is 1002, a
 * reason that is not UTF-8 is 1007. */
gboolean ws_close_parse (const guint8  *payload,
                         gsize          len,
                         guint         *code,
                         const guint8 **reason,
                         gsize         *reason_len,
                         WsFault       *fault);

/* Writes a payload and returns its length. @code 1005 gives an empty payload; a
 * reason over 123 bytes is cut at a character boundary. */
gsize ws_close_write (guint       code,
                      const char *reason,
                      guint8      out[WS_CLOSE_PAYLOAD_MAX]);

G_END_DECLS
