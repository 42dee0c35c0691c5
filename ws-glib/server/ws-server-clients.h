/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "server/ws-server-client.h"

G_BEGIN_DECLS

void ws_server_init_clients (WsServer *self);
void ws_server_install_model (GListModelInterface *iface);
/* The client's socket becomes an item of the model. */
void ws_server_client_join (WsServerClient *client);
/* Ends openings, answers and pending connections, these with 1001. */
void ws_server_drop_waiting (WsServer *self);
/* Ends all the others silently, with 1001. */
void ws_server_drop_clients (WsServer *self);

extern const WsProperty ws_server_clients_properties[];

G_END_DECLS
