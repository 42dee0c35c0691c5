/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "socket/ws-socket-core.h"

G_BEGIN_DECLS

/* FALSE with an error when nothing can be sent. */
gboolean ws_socket_check_sendable (WsSocket *self, GError **error);
/* (nullable): @payload, and its length; FALSE with an error when no ping can
 * carry that now. */
gboolean ws_socket_check_ping (WsSocket      *self,
                               GBytes        *payload,
                               const guint8 **data,
                               gsize         *len,
                               GError       **error);

G_END_DECLS
