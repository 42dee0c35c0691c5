/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "server/ws-server-core.h"

G_BEGIN_DECLS

/* (transfer full) (nullable): listens nowhere yet. */
WsListener       *ws_server_make_listener (WsServer *self, GError **error);
WsListenerOptions ws_server_get_listener_options (WsServer *self);
/* A socket more listens: all is fine, and the first address perhaps new. */
void ws_server_note_listening (WsServer *self, gboolean is_first);
/* Takes @problem, signals it and returns it, as FALSE. */
gboolean
     ws_server_fail_to_listen (WsServer *self, GError *problem, GError **error);
void ws_server_restart (WsServer *self);
void ws_server_schedule_startup (WsServer *self);

G_END_DECLS
