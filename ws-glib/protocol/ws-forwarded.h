/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "protocol/ws-http.h"
#include "protocol/ws-networks.h"

G_BEGIN_DECLS

/* What proxies say in a request's head about the client they ask for. Anybody
 * can write such fields, so a server reads them only when the peer of the
 * connection itself (as TCP or the PROXY protocol has it) is a trusted proxy:
 *
 *   if (ws_networks_contain (trusted, &peer)
 *       && ws_forwarded_read (&forwarded, headers, trusted, kinds, &fault)
 *       && forwarded.client.family != WS_ADDRESS_NONE)
 *     client = forwarded.client;
 *
 * and answers with the fault when it returns FALSE. */

/* Which fields count. A proxy lets those that it does not write itself through,
 * whoever wrote them. */
typedef enum
{
  WS_FORWARDED_STANDARD = 1 << 0, /* Forwarded (RFC 7239) */
  WS_FORWARDED_X = 1 << 1         /* X-Forwarded-For, -Proto and -Host */
} WsForwardedKinds;

/* Each part may be missing. */
typedef struct
{
  WsAddress client; /* the farthest that is known; NONE: no address is told */
  char     *name;   /* (nullable): what a trusted proxy calls its client instead
                     * of an address, such as "_hidden" or "unknown" */
  gboolean  has_scheme;
  gboolean  is_secure; /* the client has spoken https or wss */
  char     *host;      /* (nullable): the Host field that the client has sent */
} WsForwarded;

/* Whether a request's @head can have any of those fields: FALSE says that
 * ws_forwarded_read() would find none. */
gboolean ws_forwarded_is_mentioned (const char *head, gsize len);

/* Each proxy adds the address that asked it, behind the addresses that it was
 * told. So the list is walked from its end, all fields of a name together: as
 * long as the address belongs to a trusted proxy, the one before it is
 * believed. Scheme and host are those that belong to the client's own step.
 * FALSE: what the last proxy wrote is malformed, or both kinds are there and
 * tell different addresses; nothing is to be cleared. */
gboolean ws_forwarded_read (WsForwarded         *self,
                            const WsHttpHeaders *headers,
                            const WsNetworks    *trusted,
                            WsForwardedKinds     kinds,
                            WsHttpFault         *fault);
void     ws_forwarded_clear (WsForwarded *self);

G_END_DECLS
