/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "server/ws-server-core.h"

G_BEGIN_DECLS

/* (transfer full): a record of who has come from @address. */
WsServerClient *
ws_server_client_new (WsServer *server, const WsAddress *address);
/* It counts for its address from now on, while that matters. */
void ws_server_client_count (WsServerClient *client);
/* It is a connection, which knows of itself who it is. */
void ws_server_client_forget_peer (WsServerClient *client);
void ws_server_client_ref (WsServerClient *client);
void ws_server_client_unref (WsServerClient *client);
/* How many connections @address has, a peer's IP address. */
guint ws_server_count_address (WsServer *self, const char *address);
/* Puts a record at the end of @queue, one of its server's, instead of the queue
 * that holds it. */
void ws_server_client_enter (WsServerClient *client, GQueue *queue);
/* Takes a record out of the queue that holds it, if any does. */
void ws_server_client_leave (WsServerClient *client);
/* A record is over: it belongs to no server and no queue, and holds nothing. */
void ws_server_client_end (WsServerClient *client);

G_END_DECLS
