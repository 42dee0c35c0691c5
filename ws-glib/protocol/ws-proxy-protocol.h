/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "protocol/ws-address.h"
#include "protocol/ws-fault.h"
#include "protocol/ws-http.h"

G_BEGIN_DECLS

/* The PROXY protocol, versions 1 and 2: what HAProxy and others write before a
 * client's first byte, TLS included. Only a connection from a proxy that is
 * trusted may begin with this, and such a connection has to: nothing is to be
 * guessed. */

/* A line of version 1, line end included. */
#define WS_PROXY_PROTOCOL_MAX_LINE 107
/* The head of version 2 and the longest addresses, those of Unix sockets. What
 * follows them, up to 64 KiB, is not stored. */
#define WS_PROXY_PROTOCOL_MAX_BLOCK (16 + 2 * WS_ADDRESS_MAX_PATH)

typedef enum
{
  WS_PROXY_PROTOCOL_START,
  WS_PROXY_PROTOCOL_LINE,      /* version 1 */
  WS_PROXY_PROTOCOL_HEAD,      /* version 2: signature, command, length */
  WS_PROXY_PROTOCOL_ADDRESSES, /* version 2 */
  WS_PROXY_PROTOCOL_TLV,       /* version 2: type and length of an extra */
  WS_PROXY_PROTOCOL_VALUE,     /* version 2: what a TLV holds */
  WS_PROXY_PROTOCOL_SKIP       /* version 2: what LOCAL and UNSPEC hold */
} WsProxyProtocolState;

/* Zero is a header that has not begun. A header owns nothing. */
typedef struct
{
  /* Once WS_DONE: where the proxy's client is, and whom it has reached. NONE
   * means what TCP says, for the proxy speaks for itself (LOCAL) or does not
   * tell (UNKNOWN, UNSPEC). */
  WsAddress source;
  WsAddress destination;
  gboolean  is_secure; /* the client speaks TLS with the proxy (PP2_TYPE_SSL) */

  WsProxyProtocolState state;
  guint                n_left;   /* bytes of version 2 after its head */
  guint                n_value;  /* bytes of the extra that are to come */
  guint                n_wanted; /* of @bytes, before they are looked at */
  guint                n_bytes;
  guint8               bytes[WS_PROXY_PROTOCOL_MAX_BLOCK];
} WsProxyProtocol;

/* In any split. @consumed: bytes of @data that belong to the header. WS_FAILED:
 * @data is no such header, with status 400 for whoever can answer in HTTP. */
WsParse ws_proxy_protocol_feed (WsProxyProtocol *self,
                                const guint8    *data,
                                gsize            len,
                                gsize           *consumed,
                                WsHttpFault     *fault);

G_END_DECLS
