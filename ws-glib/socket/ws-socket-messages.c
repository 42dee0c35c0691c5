/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an open connection brings becomes signals here.
 *
 * Between two of them nothing holds the socket: an engine lives on until its
 * turn is over, but a socket whose last reference a handler has dropped is
 * gone, and tells nobody about the rest of what was read. */
#include "socket/ws-socket-messages.h"

#include "socket/ws-socket-ending.h"
#include "socket/ws-socket-handler.h"
#include "socket/ws-socket-queue.h"
#include "socket/ws-socket-receive-private.h"
#include "socket/ws-socket-signals.h"
#include "socket/ws-socket-tap.h"
#include "socket/ws-socket-waiting.h"
#include "message/ws-message-private.h"
#include "value/ws-mask-generator-private.h"

/* Messages up to this size are copied into a WsMessage rather than
 * referenced. */
#define COPY_MAX (4 * 1024)

/* What may still be handed out: nothing after abort(), or of an older
 * connection. */
static gboolean
is_current (WsSocketPrivate *priv, guint attempt)
{
  return attempt == priv->now.number && priv->now.engine != NULL;
}

static void
emit_bytes (WsSocket *self, WsSocketSignal signal, WsEvent *event)
{
  g_autoptr (GBytes) bytes = NULL;

  if (!ws_socket_has_listener (self, signal))
    return;
  bytes = ws_event_take_bytes (event);
  ws_socket_emit (self, signal, bytes);
}

static gboolean
on_enter (gpointer user_data)
{
  WsSocket        *self = user_data;
  WsSocketPrivate *priv = ws_socket_peek (self);

  priv->now.hears_messages = FALSE;
  if (G_UNLIKELY (priv->pull))
    return FALSE;
  return ws_socket_has_listener (self, WS_SOCKET_SIGNAL_TEXT_FRAME_RECEIVED)
         || ws_socket_has_listener (self,
                                    WS_SOCKET_SIGNAL_BINARY_FRAME_RECEIVED);
}

static void
on_frame (gpointer user_data, WsEvent *event)
{
  WS_SOCKET_INSIDE (user_data);
  WsSocket *self = user_data;

  if (event->opcode == WS_OPCODE_TEXT)
    {
      if (ws_socket_has_listener (self, WS_SOCKET_SIGNAL_TEXT_FRAME_RECEIVED))
        ws_socket_emit (self, WS_SOCKET_SIGNAL_TEXT_FRAME_RECEIVED,
                        (const char *) event->data, event->is_last);
    }
  else if (ws_socket_has_listener (self,
                                   WS_SOCKET_SIGNAL_BINARY_FRAME_RECEIVED))
    {
      g_autoptr (GBytes) bytes = g_bytes_new (event->data, event->len);

      ws_socket_emit (self, WS_SOCKET_SIGNAL_BINARY_FRAME_RECEIVED, bytes,
                      event->is_last);
    }
}

/* Whether message-received is heard. To have asked once in a batch is enough
 * when the answer was yes, for an emission that nobody hears does no harm. */
static gboolean
hears_messages (WsSocket *self, WsSocketPrivate *priv)
{
  if (!priv->now.hears_messages)
    priv->now.hears_messages
        = ws_socket_has_listener (self, WS_SOCKET_SIGNAL_MESSAGE_RECEIVED);
  return priv->now.hears_messages;
}

static WsMessage *
make_message (WsEvent *event)
{
  WsMessageType type = ws_message_type_from_opcode (event->opcode);
  g_autoptr (GBytes) bytes = NULL;

  if (event->owned.data == NULL && event->len <= COPY_MAX)
    return ws_message_new_copy (type, event->data, event->len);
  bytes = ws_event_take_bytes (event);
  return ws_message_new_valid (type, bytes);
}

static void
emit_text (WsSocket *self, const WsEvent *event)
{
  if (!ws_socket_has_listener (self, WS_SOCKET_SIGNAL_TEXT_MESSAGE_RECEIVED))
    return;
  ws_socket_emit (self, WS_SOCKET_SIGNAL_TEXT_MESSAGE_RECEIVED,
                  (const char *) event->data);
}

static void
emit_binary (WsSocket *self, WsEvent *event, WsMessage *message)
{
  g_autoptr (GBytes) bytes = NULL;

  if (!ws_socket_has_listener (self, WS_SOCKET_SIGNAL_BINARY_MESSAGE_RECEIVED))
    return;
  bytes = message != NULL ? g_bytes_ref (ws_message_get_bytes (message))
                          : ws_event_take_bytes (event);
  ws_socket_emit (self, WS_SOCKET_SIGNAL_BINARY_MESSAGE_RECEIVED, bytes);
}

/* The generic signal comes first. Where the message took the event's storage,
 * the message holds it, so that the text stays. */
static G_NO_INLINE void
emit_message (WsSocket *self, WsEvent *event)
{
  WsSocketPrivate *priv = ws_socket_peek (self);
  WsEngine        *engine = priv->now.engine;
  gsize            len;
  g_autoptr (WsMessage) message = NULL;

  if (hears_messages (self, priv))
    {
      message = make_message (event);
      if (event->len >= WS_EVENT_LEND_MIN)
        event->copy = ws_message_get_data (message, &len);
      ws_socket_emit (self, WS_SOCKET_SIGNAL_MESSAGE_RECEIVED, message);
      /* The engine ends with the attempt, and with the socket. */
      if (ws_engine_has_ended (engine))
        return;
    }
  if (event->opcode == WS_OPCODE_TEXT)
    emit_text (self, event);
  else
    emit_binary (self, event, message);
}

static void
take_message (WsSocket *self, WsEvent *event)
{
  g_object_ref (self);
  ws_socket_take_message (self, make_message (event));
  g_object_unref (self);
}

/* Before any signal comes the handler. */
static void
on_message (gpointer user_data, WsEvent *event)
{
  WS_SOCKET_INSIDE (user_data);
  WsSocket        *self = user_data;
  WsSocketPrivate *priv = ws_socket_peek (self);
  WsEngine        *engine = priv->now.engine;

  ws_socket_tell_passing (self,
                          { .type = ws_message_type_from_opcode (event->opcode),
                            .data = event->data,
                            .len = event->len,
                            .is_first = TRUE,
                            .is_last = TRUE });
  if (G_UNLIKELY (priv->pull))
    take_message (self, event);
  else if (priv->handler == NULL
           || (!ws_socket_call_handler (self, event)
               && !ws_engine_has_ended (engine)))
    emit_message (self, event);
}

static void
on_piece (gpointer user_data, WsEvent *event)
{
  WS_SOCKET_INSIDE (user_data);
  WsSocket            *self = g_object_ref (user_data);
  const WsSocketAsync *async = ws_socket_peek (self)->async;

  ws_socket_tell_passing (self,
                          { .type = ws_message_type_from_opcode (event->opcode),
                            .data = event->data,
                            .len = event->len,
                            .is_first = async == NULL || async->pipe == NULL,
                            .is_last = event->is_last });
  ws_socket_take_piece (self, ws_message_type_from_opcode (event->opcode),
                        event);
  g_object_unref (self);
}

static void
on_ping (gpointer user_data, WsEvent *event)
{
  WS_SOCKET_INSIDE (user_data);
  WsSocket *self = user_data;

  emit_bytes (self, WS_SOCKET_SIGNAL_PING_RECEIVED, event);
}

static void
on_pong (gpointer user_data, WsEvent *event, gint64 elapsed, gboolean by_user)
{
  WS_SOCKET_INSIDE (user_data);
  WsSocket        *self = g_object_ref (user_data);
  WsSocketPrivate *priv = ws_socket_peek (self);
  guint            attempt = priv->now.number;

  if (elapsed >= 0)
    ws_socket_notify (self, WS_SOCKET_PROP_LATENCY);
  if (by_user && is_current (priv, attempt)
      && ws_socket_has_listener (self, WS_SOCKET_SIGNAL_PONG))
    {
      g_autoptr (GBytes) bytes = ws_event_take_bytes (event);

      ws_socket_emit (self, WS_SOCKET_SIGNAL_PONG,
                      elapsed >= 0 ? (guint64) elapsed / 1000 : G_MAXUINT64,
                      bytes);
    }
  if (G_UNLIKELY (priv->async != NULL) && elapsed >= 0
      && is_current (priv, attempt))
    ws_socket_end_pings (self, ws_engine_get_answered (priv->now.engine));
  g_object_unref (self);
}

/* --- Writing --- */

/* Somebody hears of it, or waits for it. */
static void
tell_written (WsSocket *self, guint64 n_bytes)
{
  WsSocketPrivate *priv = ws_socket_peek (self);
  guint            attempt = priv->now.number;

  g_object_ref (self);
  ws_socket_emit (self, WS_SOCKET_SIGNAL_BYTES_WRITTEN, n_bytes);
  if (is_current (priv, attempt))
    ws_socket_notify (self, WS_SOCKET_PROP_BYTES_TO_WRITE);
  if (G_UNLIKELY (priv->async != NULL) && is_current (priv, attempt))
    ws_socket_note_written (self);
  g_object_unref (self);
}

static void
on_written (gpointer user_data, guint64 n_bytes)
{
  WS_SOCKET_INSIDE (user_data);
  WsSocket *self = user_data;

  if (ws_socket_peek (self)->async != NULL
      || ws_socket_has_listener (self, WS_SOCKET_SIGNAL_BYTES_WRITTEN))
    tell_written (self, n_bytes);
  else
    ws_socket_notify (self, WS_SOCKET_PROP_BYTES_TO_WRITE);
}

static void
on_drained (gpointer user_data)
{
  WS_SOCKET_INSIDE (user_data);
  WsSocket *self = g_object_ref (user_data);

  ws_socket_emit (self, WS_SOCKET_SIGNAL_DRAINED);
  g_object_unref (self);
}

static const WsEngineSink sink = {
  .enter = on_enter,
  .frame = on_frame,
  .message = on_message,
  .piece = on_piece,
  .ping = on_ping,
  .pong = on_pong,
  .about_to_close = ws_socket_on_about_to_close,
  .closing = ws_socket_on_closing,
  .read_finished = ws_socket_on_read_finished,
  .broken = ws_socket_on_broken,
  .written = on_written,
  .drained = on_drained,
  .ended = ws_socket_on_ended,
};

/* A mask of the generator that is set at this moment. */
static void
draw_mask (gpointer user_data, guint8 mask[4])
{
  WS_SOCKET_INSIDE (user_data);
  WsSocketPrivate *priv = ws_socket_peek (user_data);

  ws_mask_generator_draw (priv->extras->mask_generator, mask);
}

void
ws_socket_update_masks (WsSocket *self)
{
  WsSocketPrivate *priv = ws_socket_peek (self);
  WsMaskGenerator *generator = priv->extras->mask_generator;

  if (priv->now.engine == NULL || priv->now.is_incoming)
    return;
  ws_engine_set_draw (priv->now.engine,
                      ws_mask_generator_is_built_in (generator) ? NULL
                                                                : draw_mask,
                      self);
}

void
ws_socket_adopt_engine (WsSocket *self, WsTransport *transport, WsRole role)
{
  WsSocketPrivate *priv = ws_socket_peek (self);

  priv->now.engine
      = ws_engine_new (transport, role, priv->settings, &sink, self);
  ws_socket_update_receiving (self);
  if (role == WS_ROLE_SERVER)
    return;
  ws_socket_get_reconnecting (self)->connected_at = g_get_monotonic_time ();
  priv->reconnect->was_reached = TRUE;
  ws_socket_update_masks (self);
}
