/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "socket/ws-socket-core.h"
#include "protocol/ws-event.h"

G_BEGIN_DECLS

/* The function that gets messages before any signal does. */

/* Gives a message to the handler, which there must be. FALSE: the message is
 * for the signals as well. The socket may be gone after that. */
gboolean ws_socket_call_handler (WsSocket *self, WsEvent *event);
/* From any thread. */
gboolean ws_socket_has_handler (WsSocket *self);
void     ws_socket_clear_handler (WsSocket *self);

/* (transfer full) (nullable): @data as bytes, if that is what the handler is
 * given at the moment, or a part of it, and takes no copy. */
GBytes *ws_socket_share_handled (WsSocket *self, const guint8 *data, gsize len);

G_END_DECLS
