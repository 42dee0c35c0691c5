/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "socket/ws-socket-core.h"

G_BEGIN_DECLS

/* (transfer full): @transport becomes the connection, from which nothing is
 * read yet. */
void
ws_socket_adopt_engine (WsSocket *self, WsTransport *transport, WsRole role);
/* The mask generator is another one. */
void ws_socket_update_masks (WsSocket *self);

G_END_DECLS
