/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "server/ws-server-core.h"

G_BEGIN_DECLS

/* @except (nullable): who does not get it. Returns how many do here, -1 on
 * error. */
gssize                  ws_server_publish_except (WsServer       *self,
                                                  const char     *topic,
                                                  WsMessage      *message,
                                                  WsServerClient *except,
                                                  GError        **error);
extern const WsProperty ws_server_broadcast_properties[];

G_END_DECLS
