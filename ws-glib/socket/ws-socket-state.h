/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "socket/ws-socket-core.h"

G_BEGIN_DECLS

/* What changes, and is told. Each of these may run a user's code, which may do
 * anything to the socket. */

void ws_socket_set_state (WsSocket *self, WsState state);
/* Emits state-changed, unless the state is known already. */
void ws_socket_announce_state (WsSocket *self);
/* Sets the last error without signalling; NULL clears it. */
void ws_socket_set_error (WsSocket *self, const GError *error);
void ws_socket_set_active_flag (WsSocket *self, gboolean active);
/* Takes @error as the attempt's, and signals it unless one was. */
void ws_socket_fail (WsSocket *self, const GError *error);
/* Takes over the closing codes, and notifies. */
void ws_socket_note_closing (WsSocket *self, const WsClosing *closing);
/* What was agreed on and the addresses are others now. */
void ws_socket_notify_connection (WsSocket *self);
/* Signals, once a connection, that no message follows. */
void ws_socket_finish_reading (WsSocket *self);
/* Signals, once a connection, that a close frame will leave. */
void ws_socket_announce_close (WsSocket *self);
/* Calls what waits for the end of a server's connection, once. */
void ws_socket_tell_gone (WsSocket *self);
/* The owner wants to hear no more of the socket. */
void ws_socket_disown (WsSocket *self);
/* (transfer full): why a call could not be done whose connection has ended. */
GError *ws_socket_make_end_error (WsSocket *self);

G_END_DECLS
