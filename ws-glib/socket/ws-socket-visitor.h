/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "socket/ws-socket-core.h"

G_BEGIN_DECLS

extern const WsProperty ws_socket_visitor_properties[];

G_END_DECLS
