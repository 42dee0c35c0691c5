/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "server/ws-server-core.h"

G_BEGIN_DECLS

/* Tells the broker that a client is present in a topic. FALSE without one. */
gboolean ws_server_client_announce (WsServerClient *client,
                                    const char     *topic,
                                    const char     *text,
                                    GError        **error);
/* It is not any more, if it ever was. */
void ws_server_client_withdraw (WsServerClient *client, const char *topic);
/* Nobody is. */
void ws_server_withdraw_all (WsServer *self);

G_END_DECLS
