/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "server/ws-server-client.h"

G_BEGIN_DECLS

/* Whether its address has room for @client; @fault says why not. */
gboolean
ws_server_check_address (const WsServerClient *client, WsHttpFault *fault);
/* Whether there is room for @client, now or once somebody is taken. */
gboolean
ws_server_check_room (const WsServerClient *client, WsHttpFault *fault);
/* Makes @client wait where there is no place in the queue before somebody is
 * taken; FALSE: there is one. */
gboolean ws_server_hold (WsServerClient *client);
/* Somebody was taken: who waits for a place is judged, from the main loop. */
void ws_server_note_place (WsServer *self);

G_END_DECLS
