/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "server/ws-server-client.h"

G_BEGIN_DECLS

/* (transfer none): @transport, which is taken, has come from @peer and begins
 * its handshake, with TLS if there are @credentials. */
WsServerClient *ws_server_take_transport (WsServer         *self,
                                          WsTransport      *transport,
                                          const WsAddress  *peer,
                                          WsProxyHeaderUse  proxy_header,
                                          WsTlsCredentials *credentials);
/* Reports that @peer was refused before anything was read. Runs a user's code.
 * */
void ws_server_turn_away (WsServer        *self,
                          const WsAddress *peer,
                          WsPeerPhase      phase,
                          guint            code,
                          const char      *message);

G_END_DECLS
