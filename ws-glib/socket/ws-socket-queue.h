/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "socket/ws-socket-calls.h"

G_BEGIN_DECLS

/* Messages that wait to be framed. */

/* Whether a message must wait behind others. */
static inline gboolean
ws_socket_private_has_outgoing (const WsSocketPrivate *priv)
{
  return G_UNLIKELY (priv->async != NULL) && priv->async->outgoing.length > 0;
}

static inline gboolean
ws_socket_has_outgoing (WsSocket *self)
{
  return ws_socket_private_has_outgoing (ws_socket_peek (self));
}

/* Appends a message; @call (nullable): the call that sends it. */
void ws_socket_queue_message (WsSocket     *self,
                              WsMessage    *message,
                              WsSocketCall *call);
/* Appends one that is sent in parts; @call (nullable). */
void
ws_socket_queue_sink (WsSocket *self, WsMessageSink *sink, WsSocketCall *call);
/* Frames what there is room for. */
void ws_socket_frame_outgoing (WsSocket *self);
/* Gives the engine a whole message. That may run a user's code. */
void ws_socket_frame_message (WsEngine *engine, WsMessage *message);
/* What becomes of a message is nothing to its call any more. */
void ws_outgoing_let_go (WsOutgoing *outgoing);
/* Forgets a message that was not framed. */
void ws_socket_drop_outgoing (WsSocket *self, WsOutgoing *outgoing);
void ws_socket_clear_outgoing (WsSocketAsync *async);

/* Something was written: frames what waits for room, and ends calls. */
void ws_socket_note_written (WsSocket *self);
/* Bytes that plain sends among what waits for room will take. */
guint64 ws_socket_get_outgoing_cost (WsSocket *self);
/* Frames what waits, room or not, for a close frame is to follow. */
void ws_socket_frame_all_outgoing (WsSocket *self);
/* Whether a part would be taken, or refused for good. */
gboolean ws_socket_takes_part (WsSocket *self, const WsMessageSink *sink);

G_END_DECLS
