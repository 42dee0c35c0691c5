/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "server/ws-server-client.h"

G_BEGIN_DECLS

/* What the PROXY protocol says of @client. */
void
ws_server_hear_header (WsServerClient *client, const WsProxyHeader *header);
/* What the request's fields say, if they may: FALSE where they cannot be
 * understood. */
gboolean ws_server_hear_fields (WsServerClient *client, WsHttpFault *fault);
/* Whether the client's own connection is encrypted, be it to a proxy. */
gboolean ws_server_is_client_secure (const WsServerClient *client);
/* Whether the client is another one than TCP's peer. */
gboolean ws_server_is_proxied (const WsServerClient *client);
/* (transfer full): where the client is; NULL: nobody knows. */
GSocketAddress *ws_server_get_client_address (const WsServerClient *client);
/* (transfer full) (nullable): what the client may have opened; none if it names
 * no host, or asks about no resource. */
char *ws_server_make_client_url (const WsServerClient *client);

G_END_DECLS
