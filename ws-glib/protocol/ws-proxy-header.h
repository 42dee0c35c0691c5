/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "protocol/ws-address.h"
#include "protocol/ws-fault.h"
#include "protocol/ws-http.h"

G_BEGIN_DECLS

/* The PROXY protocol, versions 1 and 2: what HAProxy and others write before a
 * client's first byte, TLS included. A receiver must not guess whether it
 * comes, or anybody could write one and be whoever they like. So only a
 * connection from a proxy that is trusted may begin with it; of that one it may
 * be detected. */

/* A line of version 1, line end included. */
#define WS_PROXY_HEADER_MAX_LINE 107
/* The head of version 2 and the longest addresses, those of Unix sockets. What
 * follows them, up to 64 KiB, is not stored. */
#define WS_PROXY_HEADER_MAX_BLOCK (16 + 2 * WS_ADDRESS_MAX_PATH)

typedef enum
{
  WS_PROXY_HEADER_START,
  WS_PROXY_HEADER_LINE,      /* version 1 */
  WS_PROXY_HEADER_HEAD,      /* version 2: signature, command, length */
  WS_PROXY_HEADER_ADDRESSES, /* version 2 */
  WS_PROXY_HEADER_TLV,       /* version 2: type and length of an extra */
  WS_PROXY_HEADER_VALUE,     /* version 2: what a TLV holds */
  WS_PROXY_HEADER_SKIP       /* version 2: what LOCAL and UNSPEC hold */
} WsProxyHeaderState;

/* Zero is a header that has not begun. A header owns nothing. */
typedef struct
{
  /* Once WS_DONE: where the proxy's client is, and whom it has reached. NONE
   * means what TCP says, for the proxy speaks for itself (LOCAL) or does not
   * tell (UNKNOWN, UNSPEC). */
  WsAddress source;
  WsAddress destination;
  gboolean  is_secure; /* the client speaks TLS with the proxy (PP2_TYPE_SSL) */

  WsProxyHeaderState state;
  guint              n_left;   /* bytes of version 2 after its head */
  guint              n_value;  /* bytes of the extra that are to come */
  guint              n_wanted; /* of @bytes, before they are looked at */
  guint              n_bytes;
  guint8             bytes[WS_PROXY_HEADER_MAX_BLOCK];
} WsProxyHeader;

/* Whether a stream that starts with @data does with a header: WS_FAILED if not,
 * WS_NEED_MORE if that cannot be told yet. Nothing of HTTP or TLS does. */
WsParse ws_proxy_header_detect (const guint8 *data, gsize len);

/* In any split. @consumed: bytes of @data that belong to the header. WS_FAILED:
 * @data is no such header, with status 400 for whoever can answer in HTTP. */
WsParse ws_proxy_header_feed (WsProxyHeader *self,
                              const guint8  *data,
                              gsize          len,
                              gsize         *consumed,
                              WsHttpFault   *fault);

G_END_DECLS
