/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "server/ws-server-core.h"

G_BEGIN_DECLS

/* Whether @client is to get a message. */
typedef gboolean (*WsServerFilter) (WsServerClient *client, gpointer data);

/* Return how many clients get it. @filter (nullable): all do. */
gssize ws_server_send_to_all (WsServer      *self,
                              WsMessage     *message,
                              WsServerFilter filter,
                              gpointer       data);
gssize ws_server_send_to_topic (WsServer      *self,
                                const char    *topic,
                                WsMessage     *message,
                                WsServerFilter filter,
                                gpointer       data);
/* As one of those. */
void ws_server_send_to_client (WsServerClient *client, WsMessage *message);

G_END_DECLS
