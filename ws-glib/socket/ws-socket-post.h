/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "socket/ws-socket-core.h"

G_BEGIN_DECLS

/* A broadcast did not fit: the peer is to be told, but not now. */
void ws_socket_post_slow (WsSocket *self);

G_END_DECLS
