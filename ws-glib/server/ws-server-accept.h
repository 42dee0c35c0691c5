/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "server/ws-server-client.h"

G_BEGIN_DECLS

/* Gives a connection to accept_async(); FALSE: no call waits. */
gboolean ws_server_give_to_accept (WsServerClient *client);
/* Ends the calls that wait if nobody can come any more. Runs
 * their callers' code. */
void ws_server_check_accepts (WsServer *self);
/* The server itself is over: ends all calls. */
void ws_server_end_accepts (WsServer *self);

G_END_DECLS
