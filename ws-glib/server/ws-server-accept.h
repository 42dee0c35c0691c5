/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "server/ws-server-client.h"

G_BEGIN_DECLS

/* Gives a connection to accept_async(); FALSE: no call waits. */
gboolean ws_server_give_to_accept (WsServerClient *client);
/* The server was closed. */
void ws_server_end_accepts (WsServer *self);

G_END_DECLS
