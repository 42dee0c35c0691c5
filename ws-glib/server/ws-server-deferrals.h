/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "server/ws-server-core.h"

G_BEGIN_DECLS

/* An answer that a handler has put off. */
typedef struct _WsServerDeferral WsServerDeferral;

extern const WsProperty ws_server_deferrals_properties[];

/* Whether one more answer may be put off. */
gboolean ws_server_check_deferrals (WsServer *self, WsHttpFault *fault);
/* Counts until it is freed, which any thread may do. */
WsServerDeferral *ws_server_deferral_new (WsServerClient *client);
void              ws_server_deferral_free (WsServerDeferral *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsServerDeferral, ws_server_deferral_free)
/* (transfer none): which may be over. */
WsServerClient *ws_server_deferral_get_client (WsServerDeferral *self);

G_END_DECLS
