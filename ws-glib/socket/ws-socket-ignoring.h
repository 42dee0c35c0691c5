/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "socket/ws-socket-core.h"

G_BEGIN_DECLS

/* Whether none of @errors counts. */
gboolean ws_socket_ignores (WsSocket *self, GPtrArray *errors);
/* An attempt begins: what was said of the next one is about that. */
void ws_socket_begin_to_ignore (WsSocket *self);
void ws_socket_clear_ignored (WsSocket *self);

G_END_DECLS
