/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "server/ws-server-core.h"

G_BEGIN_DECLS

/* The story of a server, in the log, and of who has come until there is a
 * socket. Each costs little while nobody wants it. */

void
ws_server_log (WsServer *self, const char *format, ...) G_GNUC_PRINTF (2, 3);
/* Somebody has come over @transport, which is told the number. */
void ws_server_log_arrival (WsServerClient *client, WsTransport *transport);
/* A request that wants no connection has its answer. */
void ws_server_log_answer (WsServerClient *client, guint status);
/* No connection has become of somebody. */
void ws_server_log_failure (WsServer             *self,
                            const WsServerClient *client,
                            const char           *text);

G_END_DECLS
