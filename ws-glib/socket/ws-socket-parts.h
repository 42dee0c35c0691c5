/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "socket/ws-socket-calls.h"

G_BEGIN_DECLS

/* A message that is sent in parts. */

/* Sends some of @data as a fragment; G_IO_ERROR_WOULD_BLOCK. */
gssize ws_socket_send_part (WsSocket      *self,
                            WsMessageSink *sink,
                            const guint8  *data,
                            gsize          len,
                            GError       **error);
/* The last part was sent. */
gboolean
ws_socket_end_message (WsSocket *self, WsMessageSink *sink, GError **error);
/* The message cannot be completed: the connection is closed if some of it was
 * sent. May run a user's code. */
void ws_socket_break_message (WsSocket *self, WsMessageSink *sink);
/* How a stream sends its message, of begin_message(), by a socket. */
extern const WsMessageSender ws_socket_message_sender;

G_END_DECLS
