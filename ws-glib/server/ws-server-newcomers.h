/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "server/ws-server-client.h"

G_BEGIN_DECLS

/* The application gets the client's socket in this turn of the main loop. */
void ws_server_note_newcomer (WsServerClient *client);
void ws_server_clear_newcomers (WsServer *self);

G_END_DECLS
