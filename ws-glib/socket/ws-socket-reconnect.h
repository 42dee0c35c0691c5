/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "socket/ws-socket-core.h"

G_BEGIN_DECLS

/* Whether it is the policy that opens the socket: TRUE once. */
gboolean ws_socket_take_retry (WsSocket *self);
/* An attempt begins, one of the policy's or not; @open makes the next one. */
void ws_socket_note_attempt (WsSocket *self,
                             gboolean  is_retry,
                             void (*open) (WsSocket *socket));
/* The attempt has failed with this error of the engine's; @status: of the
 * answer, or 0. */
void ws_socket_note_failure (WsSocket *self, const GError *error, guint status);
/* All is over: begins to wait for the next attempt, if there is to be one.
 * FALSE when there is none, and nobody has begun another. */
gboolean ws_socket_await_reconnect (WsSocket *self);

extern const WsProperty ws_socket_reconnect_properties[];

G_END_DECLS
