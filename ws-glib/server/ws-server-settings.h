/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "server/ws-server-core.h"

G_BEGIN_DECLS

extern const WsProperty ws_server_settings_properties[];

/* Sets one of the settings' numbers. */
void ws_server_change_number (WsServer    *self,
                              guint       *place,
                              guint        value,
                              WsServerProp property);

/* (transfer none): what new sockets begin with. */
WsSettings *ws_server_share_settings (WsServer *self);

G_END_DECLS
