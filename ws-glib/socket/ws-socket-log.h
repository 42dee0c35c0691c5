/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "socket/ws-socket-core.h"

G_BEGIN_DECLS

/* The story of a socket, in the log. It costs little while nobody wants it. */

/* A server's socket has the number of its connection. */
void ws_socket_set_log_number (WsSocket *self, guint number);
/* The number that an attempt's lower layers shall tell; 0 while nobody asks. */
guint ws_socket_get_log_number (WsSocket *self);

/* The state that the socket is in now, and what there is to say of it. */
void ws_socket_log_state (WsSocket *self);
/* Anything else, without what a peer or a program may have to hide. */
void
ws_socket_log (WsSocket *self, const char *format, ...) G_GNUC_PRINTF (2, 3);
/* Certificates that have problems. */
void ws_socket_log_ssl_errors (WsSocket *self, GPtrArray *errors);

G_END_DECLS
