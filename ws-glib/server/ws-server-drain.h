/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "server/ws-server-waiting.h"

G_BEGIN_DECLS

/* What it means that a server drains; ws-server-close.c does it. */

extern const WsProperty ws_server_drain_properties[];

/* Whether the server neither drains, nor closes, nor is closed. */
gboolean ws_server_is_well (WsServer *self);
/* FALSE with a fault: the server drains, and wants no further connection. */
gboolean ws_server_check_draining (WsServer *self, WsHttpFault *fault);
/* A drain has begun, or is over. Runs a user's code. */
void ws_server_note_drain (WsServer *self, gboolean has_begun);

G_END_DECLS
