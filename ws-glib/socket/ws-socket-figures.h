/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <ws-glib/ws-server-statistics.h>

#include "socket/ws-socket-core.h"

G_BEGIN_DECLS

/* Adds what the socket's connection carries, or has carried, to those of its
 * server. */
void ws_socket_add_figures (WsSocket *self, WsServerStatistics *sum);

G_END_DECLS
