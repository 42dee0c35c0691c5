/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "server/ws-server-client.h"

G_BEGIN_DECLS

/* How far a peer has come that opens. */
WsPeerPhase ws_server_get_peer_phase (const WsServerClient *client);

/* Tells, once for each peer, that no connection has become of it; @client may
 * be over. @code is that of server-error. Runs a user's code. */
void ws_server_report_peer (WsServer       *self,
                            WsServerClient *client,
                            WsPeerPhase     phase,
                            guint           code,
                            const GError   *error);
/* The same with a text about what the server has refused. */
void ws_server_report_refusal (WsServer       *self,
                               WsServerClient *client,
                               WsPeerPhase     phase,
                               guint           code,
                               const char     *message);

G_END_DECLS
