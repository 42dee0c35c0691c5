/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Messages that wait to be framed, because there is no room for one of them, or
 * because the first is sent in parts. Messages leave in the order in which they
 * were sent. */
#include "socket/ws-socket-queue.h"

#include "ws-socket-error.h"
#include "socket/ws-socket-tap.h"
#include "message/ws-message-private.h"

void
ws_socket_frame_message (WsEngine *engine, WsMessage *message)
{
  WsOpcode opcode
      = ws_message_type_to_opcode (ws_message_get_message_type (message));
  gsize         len;
  const guint8 *data = ws_message_get_data (message, &len);

  ws_engine_send (engine, opcode, data, len, ws_message_peek_bytes (message));
}

guint64
ws_socket_get_outgoing_cost (WsSocket *self)
{
  WsSocketAsync *async = ws_socket_peek (self)->async;

  return async != NULL ? async->outgoing_cost : 0;
}

void
ws_socket_queue_message (WsSocket *self, WsMessage *message, WsSocketCall *call)
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
      outgoing->cost = ws_engine_get_cost (priv->now.engine, len);
      async->outgoing_cost += outgoing->cost;
    }
  g_queue_push_tail_link (&async->outgoing, &outgoing->link);
}

void
ws_socket_queue_sink (WsSocket *self, WsMessageSink *sink, WsSocketCall *call)
{
  WsOutgoing *outgoing = g_new0 (WsOutgoing, 1);

  outgoing->link.data = outgoing;
  outgoing->sink = ws_message_sink_ref (sink);
  outgoing->call = call;
  sink->outgoing = outgoing;
  if (call != NULL)
    call->outgoing = outgoing;
  g_queue_push_tail_link (&ws_socket_get_async (self)->outgoing,
                          &outgoing->link);
}

void
ws_outgoing_let_go (WsOutgoing *outgoing)
{
  if (outgoing->call == NULL)
    return;
  outgoing->call->outgoing = NULL;
  outgoing->call->mark = G_MAXINT64;
  outgoing->call = NULL;
}

/* The message's call, if any, waits for what was framed of the message, or for
 * the end. */
static void
outgoing_free (WsOutgoing *outgoing)
{
  ws_outgoing_let_go (outgoing);
  if (outgoing->sink != NULL)
    {
      outgoing->sink->outgoing = NULL;
      if (outgoing->sink->over != NULL)
        outgoing->sink->over (outgoing->sink->user_data);
      ws_message_sink_unref (outgoing->sink);
    }
  g_clear_pointer (&outgoing->message, ws_message_unref);
  g_free (outgoing);
}

void
ws_socket_drop_outgoing (WsSocket *self, WsOutgoing *outgoing)
{
  WsSocketAsync *async = ws_socket_peek (self)->async;

  g_queue_unlink (&async->outgoing, &outgoing->link);
  async->outgoing_cost -= outgoing->cost;
  if (outgoing->sink != NULL && outgoing->sink == async->message)
    g_clear_pointer (&async->message, ws_message_sink_unref);
  outgoing_free (outgoing);
}

void
ws_socket_clear_outgoing (WsSocketAsync *async)
{
  while (async->outgoing.length > 0)
    outgoing_free (g_queue_pop_head_link (&async->outgoing)->data);
  async->outgoing_cost = 0;
  g_clear_pointer (&async->message, ws_message_sink_unref);
}

/* A call whose message was given to the engine is done when the message is
 * written. Drawing a mask may have run a user's code: when that ended the
 * connection, the message was dropped. */
static void
note_framed (WsSocket *self, WsEngine *engine, GTask *task)
{
  WsSocketPrivate *priv = ws_socket_peek (self);
  WsSocketCall    *call = (WsSocketCall *) ws_call_find (task);

  if (call == NULL)
    return; /* the call has ended meanwhile */
  if (priv->now.engine == engine && priv->state == WS_STATE_CONNECTED)
    call->mark = ws_engine_get_queued_mark (engine);
  else
    ws_call_fail (&call->base,
                  g_error_new_literal (WS_SOCKET_ERROR,
                                       WS_SOCKET_ERROR_NOT_CONNECTED,
                                       "The connection is closing"));
}

/* The last frame of a message that was sent in parts. */
static void
frame_end (WsSocket *self, WsEngine *engine, const WsMessageSink *sink)
{
  WsOpcode opcode = sink->begun ? WS_OPCODE_CONTINUATION
                                : ws_message_type_to_opcode (sink->type);

  ws_socket_tell_passing (self, { .is_sent = TRUE,
                                  .type = sink->type,
                                  .data = (const guint8 *) "",
                                  .is_first = !sink->begun,
                                  .is_last = TRUE });
  ws_engine_send_fragment (engine, opcode, TRUE, (const guint8 *) "", 0);
}

static void
frame_head (WsSocket *self)
{
  WsSocketPrivate *priv = ws_socket_peek (self);
  WsSocketAsync   *async = priv->async;
  WsOutgoing      *outgoing = async->outgoing.head->data;
  WsEngine        *engine = ws_engine_ref (priv->now.engine);
  g_autoptr (WsMessage) message = g_steal_pointer (&outgoing->message);
  WsMessageSink *sink
      = outgoing->sink != NULL ? ws_message_sink_ref (outgoing->sink) : NULL;
  g_autoptr (GTask) task = NULL;

  if (outgoing->call != NULL)
    task = g_object_ref (outgoing->call->base.task);
  ws_socket_drop_outgoing (self, outgoing);
  async->is_framing = TRUE;
  if (sink != NULL)
    frame_end (self, engine, sink);
  else
    {
      ws_socket_tell_message (self, message);
      ws_socket_frame_message (engine, message);
    }
  async->is_framing = FALSE;
  if (task != NULL)
    note_framed (self, engine, task);
  g_clear_pointer (&sink, ws_message_sink_unref);
  ws_engine_unref (engine);
}

/* A message in parts holds up the others behind it until it is complete. Plain
 * sends were judged before: what became too long for a limit that was lowered
 * has to leave all the same. */
static gboolean
fits (WsSocketPrivate *priv, const WsOutgoing *outgoing)
{
  gsize len;

  if (outgoing->sink != NULL)
    return outgoing->sink->finished;
  if (outgoing->call == NULL
      || ws_engine_get_bytes_to_write (priv->now.engine) == 0)
    return TRUE;
  ws_message_get_data (outgoing->message, &len);
  return ws_engine_has_room (priv->now.engine, len);
}

static WsOutgoing *
peek_head (WsSocket *self, guint attempt)
{
  WsSocketPrivate *priv = ws_socket_peek (self);

  if (attempt != priv->now.number || priv->now.engine == NULL
      || priv->state != WS_STATE_CONNECTED || priv->async->outgoing.length == 0)
    return NULL;
  return priv->async->outgoing.head->data;
}

void
ws_socket_frame_outgoing (WsSocket *self)
{
  WsSocketPrivate *priv = ws_socket_peek (self);
  guint            attempt = priv->now.number;
  WsOutgoing      *head;

  if (!ws_socket_has_outgoing (self) || priv->async->is_framing)
    return;
  g_object_ref (self);
  while ((head = peek_head (self, attempt)) != NULL && fits (priv, head))
    frame_head (self);
  if (head != NULL && head->sink != NULL && head->sink->ready != NULL
      && ws_socket_takes_part (self, head->sink))
    head->sink->ready (head->sink->user_data);
  g_object_unref (self);
}

/* A message that was begun and is not complete never will be, and nothing can
 * follow; a message that was not begun is left out. */
void
ws_socket_frame_all_outgoing (WsSocket *self)
{
  guint       attempt = ws_socket_peek (self)->now.number;
  WsOutgoing *head;

  if (!ws_socket_has_outgoing (self))
    return;
  g_object_ref (self);
  while ((head = peek_head (self, attempt)) != NULL)
    if (head->sink == NULL || head->sink->finished)
      frame_head (self);
    else if (!head->sink->begun)
      ws_socket_drop_outgoing (self, head);
    else
      ws_socket_clear_outgoing (ws_socket_peek (self)->async);
  g_object_unref (self);
}

/* Ends the calls whose messages are written. */
static void
end_written (WsSocket *self)
{
  WsSocketPrivate *priv = ws_socket_peek (self);
  GQueue          *calls = &priv->async->calls[WS_CALL_SEND];
  gint64           written = ws_engine_get_written_mark (priv->now.engine);
  guint            attempt = priv->now.number;

  while (attempt == priv->now.number && calls->length > 0)
    {
      WsSocketCall *call = calls->head->data;

      if (call->outgoing != NULL || call->mark > written)
        return;
      ws_call_return (&call->base);
    }
}

void
ws_socket_note_written (WsSocket *self)
{
  WsSocketPrivate *priv = ws_socket_peek (self);
  guint            attempt = priv->now.number;

  if (priv->async == NULL)
    return;
  ws_socket_frame_outgoing (self);
  if (attempt == priv->now.number && priv->now.engine != NULL)
    end_written (self);
}

static gboolean
is_at_turn (WsSocketPrivate *priv, const WsMessageSink *sink)
{
  return priv->now.engine != NULL && priv->state == WS_STATE_CONNECTED
         && priv->async->outgoing.head == &sink->outgoing->link
         && !priv->async->is_framing;
}

gboolean
ws_socket_takes_part (WsSocket *self, const WsMessageSink *sink)
{
  WsSocketPrivate *priv = ws_socket_peek (self);

  if (sink->outgoing == NULL)
    return TRUE; /* the error says why not */
  return is_at_turn (priv, sink)
         && ws_engine_get_bytes_to_write (priv->now.engine)
                < MAX (priv->settings->write_high_water_mark, 1);
}
