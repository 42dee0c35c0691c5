/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/ws-prepared.h"

#include "socket/ws-socket-core.h"

G_BEGIN_DECLS

/* Whether the peer gets @message, which @prepared has framed. Runs nobody's
 * code; if there is no room and @closes, the connection is closed later, and
 * gets nothing more. */
gboolean ws_socket_broadcast (WsSocket   *self,
                              WsMessage  *message,
                              WsPrepared *prepared,
                              gboolean    closes);

G_END_DECLS
