/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "server/ws-server-core.h"

G_BEGIN_DECLS

/* What a server counts of its connections. What they count themselves is added
 * up when somebody asks, and when one of them goes. */

extern const WsProperty ws_server_figures_properties[];

void ws_server_init_figures (WsServer *self);
void ws_server_count_connection (WsServer *self);
/* A request of plain HTTP was answered. */
void ws_server_count_request (WsServer *self);
/* No connection has become of a peer; @code as in ws_server_report_peer(). */
void ws_server_count_failure (WsServer *self, guint code, const GError *error);
/* The connection of @socket is over. */
void ws_server_count_gone (WsServer *self, WsSocket *socket);

G_END_DECLS
