/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "socket/ws-socket-core.h"

G_BEGIN_DECLS

void ws_socket_schedule_activation (WsSocket *self);
/* Opens as active asked for. */
void ws_socket_activate (WsSocket *self);

G_END_DECLS
