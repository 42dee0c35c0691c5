/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A socket as one of those whom a broadcast is for. */
#include "socket/ws-socket-broadcast.h"

#include "socket/ws-socket-post.h"
#include "socket/ws-socket-queue.h"
#include "socket/ws-socket-tap.h"

/* FALSE: the message does not fit. Where messages wait to be framed it goes
 * behind them. */
static gboolean
send_to (WsSocket *self, WsMessage *message, WsPrepared *prepared)
{
  if (G_UNLIKELY (ws_socket_has_outgoing (self)))
    return ws_socket_send_message (self, message, NULL) >= 0;
  if (!ws_engine_send_prepared (ws_socket_peek (self)->now.engine, prepared))
    return FALSE;
  ws_socket_tell_message (self, message);
  return TRUE;
}

/* Who misses one gets no other, unless that is the policy: there shall be no
 * gap that nobody knows of. */
gboolean
ws_socket_broadcast (WsSocket   *self,
                     WsMessage  *message,
                     WsPrepared *prepared,
                     gboolean    closes)
{
  WsSocketPrivate *priv = ws_socket_peek (self);

  if (priv->state != WS_STATE_CONNECTED || priv->now.engine == NULL
      || priv->now.is_slow || ws_engine_get_failure (priv->now.engine) != NULL)
    return FALSE;
  if (send_to (self, message, prepared))
    return TRUE;
  ws_engine_note_dropped (priv->now.engine);
  if (closes)
    {
      priv->now.is_slow = TRUE;
      ws_socket_post_slow (self);
    }
  return FALSE;
}
