/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "server/ws-server-core.h"

G_BEGIN_DECLS

void ws_server_init_proxies (WsServer *self);
void ws_server_clear_proxies (WsServer *self);
/* Whether what @peer says of its client is believed. */
gboolean ws_server_trusts (WsServer *self, const WsAddress *peer);
/* What @peer is to begin with where a listener has taken @use over. */
WsProxyHeaderUse ws_server_expect_header (WsServer        *self,
                                          WsProxyProtocol  use,
                                          const WsAddress *peer);

extern const WsProperty ws_server_proxies_properties[];

G_END_DECLS
