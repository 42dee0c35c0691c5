/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "socket/ws-socket-core.h"

G_BEGIN_DECLS

extern const WsProperty ws_socket_settings_properties[];

/* (transfer full): what every socket begins with. */
WsSettings *ws_socket_share_defaults (void);

/* Changes the setting at @place, if the calling thread may, and notifies. */
void ws_socket_change_number (WsSocket    *self,
                              guint       *place,
                              guint        value,
                              WsSocketProp property);

G_END_DECLS
