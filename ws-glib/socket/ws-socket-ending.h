/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "socket/ws-socket-core.h"

G_BEGIN_DECLS

/* Gives back opening and engine, saying 1001 to a peer. Emits nothing;
 * ws_socket_tell_gone() is to follow when all is consistent again. */
void ws_socket_release_connection (WsSocket *self);
/* Sends 1001 and releases the connection without a signal. */
void ws_socket_leave (WsSocket *self);
/* Closes a connection that was not started: nobody hears of it. */
void ws_socket_close_unread (WsSocket *self, guint code, const char *reason);
/* The way to UNCONNECTED and all that follows it. */
void ws_socket_finish (WsSocket *self);
/* How a connection ends, as its engine tells it. */
void ws_socket_on_about_to_close (gpointer user_data, const GError *error);
void ws_socket_on_closing (gpointer user_data);
void ws_socket_on_read_finished (gpointer user_data);
void ws_socket_on_ended (gpointer user_data, const GError *error);
/* Whether a close frame may say this; else INVALID_ARGUMENT. */
gboolean
ws_socket_check_closing (guint code, const char *reason, GError **error);

G_END_DECLS
