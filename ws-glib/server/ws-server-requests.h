/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "server/ws-server-core.h"

G_BEGIN_DECLS

extern const WsServerOpeningSink ws_server_opening_sink;

G_END_DECLS
