/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "server/ws-server-core.h"

G_BEGIN_DECLS

/* @credentials (out) (nullable): none without TLS. */
gboolean ws_server_load_credentials (WsServer          *self,
                                     WsTlsCredentials **credentials,
                                     GError           **error);
void     ws_server_fill_tls_options (WsServer               *self,
                                     WsTlsCredentials       *credentials,
                                     WsServerOpeningOptions *options);
void ws_server_on_opening_paused (WsServerOpening *opening, gpointer user_data);
extern const WsProperty ws_server_ssl_properties[];

G_END_DECLS
