/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "socket/ws-socket-core.h"

G_BEGIN_DECLS

/* @engine is about to go: keeps what it has counted, and its addresses. */
void ws_socket_keep_facts (WsSocket *self, WsEngine *engine);

extern const WsProperty ws_socket_status_properties[];

G_END_DECLS
