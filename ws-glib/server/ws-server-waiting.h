/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "server/ws-server-call.h"

G_BEGIN_DECLS

/* Ends the call of a close_async() that is in no queue any more. */
void ws_server_return_closed (WsServerCall *call);
/* @who, a client or (of the signal closed) the server, is gone. */
void ws_server_note_gone (WsServer *self, gpointer who);
/* The server itself is over. */
void ws_server_end_closings (WsServer *self);

G_END_DECLS
