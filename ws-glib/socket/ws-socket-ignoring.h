/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "socket/ws-socket-core.h"

G_BEGIN_DECLS

/* Whether none of @errors counts. */
gboolean ws_socket_ignores (WsSocket *self, GPtrArray *errors);

G_END_DECLS
