/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "socket/ws-socket-core.h"

G_BEGIN_DECLS

void ws_socket_on_opening_asked (WsClientOpening        *opening,
                                 const WsClientQuestion *question,
                                 gpointer                user_data);

extern const WsProperty ws_socket_auth_properties[];

G_END_DECLS
