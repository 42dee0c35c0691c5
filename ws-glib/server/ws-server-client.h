/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "server/ws-server-core.h"

G_BEGIN_DECLS

/* (transfer full): a record of what has come with @transport. */
WsServerClient *ws_server_client_new (WsServer *server, WsTransport *transport);
void            ws_server_client_ref (WsServerClient *client);
void            ws_server_client_unref (WsServerClient *client);
/* How many connections @address has, a peer's IP address. */
guint ws_server_count_address (WsServer *self, const char *address);
/* Takes a record out of whatever holds it. */
void ws_server_client_unlink (WsServerClient *client);
/* A record is over: it belongs to no server, and holds nothing. */
void ws_server_client_end (WsServerClient *client);

G_END_DECLS
