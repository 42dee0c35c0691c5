/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "server/ws-server-core.h"

G_BEGIN_DECLS

/* Whether one without an origin, or one of the list, asks; TRUE without a list.
 */
gboolean ws_server_knows_origin (WsServer *self, const char *origin);
extern const WsProperty ws_server_origins_properties[];

G_END_DECLS
