/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "server/ws-server-core.h"

G_BEGIN_DECLS

/* Subscribes a client, and sends it what it has missed. @task (transfer full)
 * gets a WsRecovered. */
void ws_server_client_recover (WsServerClient *client,
                               const char     *topic,
                               const char     *epoch,
                               guint64         offset,
                               GTask          *task);

G_END_DECLS
