/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "socket/ws-socket-calls.h"

G_BEGIN_DECLS

#define WS_SOCKET_NOT_PULLED \
  "Messages are signalled: the property pull is not set"

/* (transfer full): a message for who pulls. */
void ws_socket_take_message (WsSocket *self, WsMessage *message);
/* (transfer full) (nullable): takes the first message that waits, unless
 * receiving is paused. */
WsMessage *ws_socket_pop_message (WsSocket *self);
/* Some of a message, for a caller that wants it in pieces. */
void ws_socket_take_piece (WsSocket *self, WsMessageType type, WsEvent *event);
/* Reads as long as somebody wants what comes. */
void ws_socket_update_receiving (WsSocket *self);
/* @is_held: nothing is read, because slots in other contexts do not keep up;
 * else reading goes on. */
void ws_socket_set_held (WsSocket *self, gboolean is_held);
/* Nothing of a connection reaches the next. */
void ws_socket_forget_received (WsSocket *self);
/* Nothing will come any more: what waits may be taken all the same. */
void ws_socket_end_receiving (WsSocket *self);
/* Waits for a message, or a stream; takes @call. */
void ws_socket_queue_receive (WsSocket *self, WsSocketCall *call);
/* How a class of such calls is cancelled: no pieces are for the caller any
 * more. */
void ws_socket_give_up_receiving (gpointer socket, WsCall *call);

extern const WsProperty ws_socket_receive_properties[];

G_END_DECLS
