/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "socket/ws-socket-core.h"

G_BEGIN_DECLS

/* What a window shows of a socket. */

/* Tells what has changed since it was told last. May run a user's code, which
 * may do anything to the socket but not end it. */
void ws_socket_update_view (WsSocket *self);
/* The same for who has frozen the notifications, and knows thereby whether
 * anybody hears them. */
void ws_socket_renew_view (WsSocket *self, gboolean is_heard);
/* Takes what has changed as told. */
void ws_socket_keep_view (WsSocket *self);

extern const WsProperty ws_socket_view_properties[];

G_END_DECLS
