/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "server/ws-server-core.h"

G_BEGIN_DECLS

extern const WsProperty ws_server_timeouts_properties[];

G_END_DECLS
