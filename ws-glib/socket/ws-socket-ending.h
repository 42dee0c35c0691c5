/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "socket/ws-socket-core.h"

G_BEGIN_DECLS

/* How an attempt has ended. */
typedef struct
{
  const GError    *error; /* (nullable): that was not signalled yet */
  const WsClosing *closing;
  gboolean         was_open; /* there was a connection */
} WsEnding;

/* The only way to UNCONNECTED that is told: runs step by step, until the user
 * begins something else. Opening and engine were given back. */
void ws_socket_end_attempt (WsSocket *self, const WsEnding *ending);
/* Sends 1001 and gives the connection back without a signal. */
void ws_socket_leave (WsSocket *self);
/* Closes a connection that was not started: nobody hears of it. */
void ws_socket_close_unread (WsSocket *self, guint code, const char *reason);
/* How a connection ends, as its engine tells it. */
void ws_socket_on_about_to_close (gpointer user_data, const GError *error);
void ws_socket_on_closing (gpointer user_data);
void ws_socket_on_read_finished (gpointer user_data);
void ws_socket_on_ended (gpointer user_data, const GError *error);
/* Whether a close frame may say this; else INVALID_ARGUMENT. */
gboolean
ws_socket_check_closing (guint code, const char *reason, GError **error);

G_END_DECLS
