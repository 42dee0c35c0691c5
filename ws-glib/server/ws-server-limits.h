/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "server/ws-server-core.h"

G_BEGIN_DECLS

extern const WsProperty ws_server_limits_properties[];

/* What the descriptors of the process leave room for. */
guint ws_server_guess_max_connections (void);

G_END_DECLS
