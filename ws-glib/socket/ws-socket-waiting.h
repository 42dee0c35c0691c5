/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "socket/ws-socket-core.h"

G_BEGIN_DECLS

/* All asynchronous calls of a socket at once. */

/* Takes all calls into @stale, for what they wait for is being given up; a call
 * of open_async() waits for what comes instead. */
void ws_socket_renew_calls (WsSocket *self, GQueue *stale);
/* Ends those, because the socket was opened anew. */
void ws_socket_cancel_calls (GQueue *stale);
/* The attempt is over: ends its calls. */
void ws_socket_end_calls (WsSocket *self);
/* Nothing can be sent any more: ends the calls that wait for that. */
void ws_socket_on_broken (gpointer user_data, const GError *error);
/* No call is left. */
void ws_socket_free_async (WsSocket *self);

G_END_DECLS
