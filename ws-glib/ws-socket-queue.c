/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ws-socket-calls-private.h"

#include "ws-message-private.h"
#include "ws-socket-error.h"

/* Messages that wait to be framed, because there is no room for one of them.
 * They leave in the order in which they were sent. */

void
ws_socket_frame_message (WsEngine *engine, WsMessage *message)
{
  WsOpcode      opcode = WS_OPCODE_BINARY;
  gsize         len;
  const guint8 *data = ws_message_get_data (message, &len);

  if (ws_message_get_message_type (message) == WS_MESSAGE_TYPE_TEXT)
    opcode = WS_OPCODE_TEXT;
  ws_engine_send (engine, opcode, data, len, ws_message_peek_bytes (message));
}

guint64
ws_socket_get_outgoing_cost (WsSocket *self)
{
  WsSocketAsync *async = ws_socket_peek (self)->async;

  return async != NULL ? async->outgoing_cost : 0;
}

void
ws_socket_queue_message (WsSocket *self, WsMessage *message, WsCall *call)
{
  WsSocketPrivate *priv = ws_socket_peek (self);
  WsSocketAsync   *async = ws_socket_get_async (self);
  WsOutgoing      *outgoing = g_new0 (WsOutgoing, 1);

  outgoing->link.data = outgoing;
  outgoing->message = ws_message_ref (message);
  outgoing->call = call;
  if (call != NULL)
    call->outgoing = outgoing;
  else
    {
      gsize len;

      ws_message_get_data (message, &len);
      outgoing->cost = ws_engine_get_cost (priv->engine, len);
      async->outgoing_cost += outgoing->cost;
    }
  g_queue_push_tail_link (&async->outgoing, &outgoing->link);
}

void
ws_socket_drop_outgoing (WsSocket *self, WsOutgoing *outgoing)
{
  WsSocketAsync *async = ws_socket_peek (self)->async;

  g_queue_unlink (&async->outgoing, &outgoing->link);
  async->outgoing_cost -= outgoing->cost;
  if (outgoing->call != NULL)
    outgoing->call->outgoing = NULL;
  ws_message_unref (outgoing->message);
  g_free (outgoing);
}

void
ws_socket_clear_outgoing (WsSocketAsync *async)
{
  while (async->outgoing.length > 0)
    {
      GList      *link = g_queue_pop_head_link (&async->outgoing);
      WsOutgoing *outgoing = link->data;

      ws_message_unref (outgoing->message);
      g_free (outgoing);
    }
  async->outgoing_cost = 0;
}

/* A call whose message was given to the engine: it is done when that is written.
 * Drawing a mask may have run a user's code: when that ended the connection, the
 * message was dropped. */
static void
note_framed (WsSocket *self, WsEngine *engine, GTask *task)
{
  WsSocketPrivate *priv = ws_socket_peek (self);
  WsCall          *call = g_task_get_task_data (task);

  if (call == NULL)
    return; /* it has ended meanwhile */
  if (priv->engine == engine && priv->state == WS_STATE_CONNECTED)
    call->mark = ws_engine_get_queued_mark (engine);
  else
    ws_call_fail (call, g_error_new_literal (WS_SOCKET_ERROR,
                                             WS_SOCKET_ERROR_NOT_CONNECTED,
                                             "The connection is closing"));
}

static void
frame_head (WsSocket *self)
{
  WsSocketPrivate *priv = ws_socket_peek (self);
  WsSocketAsync   *async = priv->async;
  WsOutgoing      *outgoing = async->outgoing.head->data;
  WsEngine        *engine = ws_engine_ref (priv->engine);
  g_autoptr (WsMessage) message = ws_message_ref (outgoing->message);
  g_autoptr (GTask) task = NULL;

  if (outgoing->call != NULL)
    {
      task = g_object_ref (outgoing->call->task);
      outgoing->call->mark = G_MAXINT64;
    }
  ws_socket_drop_outgoing (self, outgoing);
  async->framing = TRUE;
  ws_socket_frame_message (engine, message);
  async->framing = FALSE;
  if (task != NULL)
    note_framed (self, engine, task);
  ws_engine_unref (engine);
}

/* Plain sends were judged before. What became too long for a limit that was
 * lowered has to leave all the same. */
static gboolean
fits (WsSocketPrivate *priv, const WsOutgoing *outgoing)
{
  gsize len;

  if (outgoing->call == NULL
      || ws_engine_get_bytes_to_write (priv->engine) == 0)
    return TRUE;
  ws_message_get_data (outgoing->message, &len);
  return ws_engine_has_room (priv->engine, len);
}

static void
frame_outgoing (WsSocket *self, gboolean all)
{
  WsSocketPrivate *priv = ws_socket_peek (self);
  guint            attempt = priv->attempt;

  g_object_ref (self);
  while (attempt == priv->attempt && priv->engine != NULL
         && priv->state == WS_STATE_CONNECTED
         && priv->async->outgoing.length > 0
         && (all || fits (priv, priv->async->outgoing.head->data)))
    frame_head (self);
  g_object_unref (self);
}

void
ws_socket_frame_outgoing (WsSocket *self)
{
  if (ws_socket_has_outgoing (self) && !ws_socket_peek (self)->async->framing)
    frame_outgoing (self, FALSE);
}

void
ws_socket_frame_all_outgoing (WsSocket *self)
{
  if (ws_socket_has_outgoing (self))
    frame_outgoing (self, TRUE);
}

/* Ends the calls whose messages are written. */
static void
end_written (WsSocket *self)
{
  WsSocketPrivate *priv = ws_socket_peek (self);
  GQueue          *calls = &priv->async->calls[WS_CALL_SEND];
  gint64           written = ws_engine_get_written_mark (priv->engine);
  guint            attempt = priv->attempt;

  while (attempt == priv->attempt && calls->length > 0)
    {
      WsCall *call = calls->head->data;

      if (call->outgoing != NULL || call->mark > written)
        return;
      ws_call_return (call);
    }
}

void
ws_socket_note_written (WsSocket *self)
{
  WsSocketPrivate *priv = ws_socket_peek (self);
  guint            attempt = priv->attempt;

  if (priv->async == NULL)
    return;
  ws_socket_frame_outgoing (self);
  if (attempt == priv->attempt && priv->engine != NULL)
    end_written (self);
}
