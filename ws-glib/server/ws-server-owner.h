/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "server/ws-server-client.h"
#include "socket/ws-socket-core.h"

G_BEGIN_DECLS

extern const WsSocketOwner ws_server_socket_owner;

G_END_DECLS
