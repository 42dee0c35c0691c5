/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "socket/ws-socket-core.h"

G_BEGIN_DECLS

extern const WsProperty ws_socket_keeping_properties[];

/* What active is now may decide whether the socket keeps itself; that may drop
 * the last reference. */
void ws_socket_update_keeping (WsSocket *self);
/* It does not any more. */
void ws_socket_end_keeping (WsSocket *self);

G_END_DECLS
