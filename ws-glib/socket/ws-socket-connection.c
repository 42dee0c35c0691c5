/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "socket/ws-socket-private.h"

#include <string.h>

#include "protocol/ws-close.h"

#include "value/ws-mask-generator-private.h"
#include "base/ws-socket-error-private.h"

/* What an opening and an engine report becomes properties and signals here.
 * Every handler may close, reopen or drop the socket: after each emission the
 * attempt's number tells whether what follows still concerns it. */

/* --- Properties that change --- */

void
ws_socket_announce_state (WsSocket *self)
{
  WsSocketPrivate *priv = ws_socket_peek (self);

  if (priv->announced == priv->state)
    return;
  priv->announced = priv->state;
  ws_socket_emit (self, WS_SOCKET_SIGNAL_STATE_CHANGED, priv->state);
}

void
ws_socket_set_state (WsSocket *self, WsState state)
{
  WsSocketPrivate *priv = ws_socket_peek (self);
  guint            attempt = priv->attempt;

  /* A handler of notify::state may be what changes it again. */
  ws_socket_announce_state (self);
  if (attempt != priv->attempt || priv->state == state)
    return;
  g_debug ("%p: state %d becomes %d", (gpointer) self, priv->state, state);
  priv->state = state;
  g_object_freeze_notify (G_OBJECT (self));
  ws_socket_notify (self, WS_SOCKET_PROP_STATE);
  ws_socket_notify (self, WS_SOCKET_PROP_STATUS);
  g_object_thaw_notify (G_OBJECT (self));
  if (attempt == priv->attempt)
    ws_socket_announce_state (self);
}

void
ws_socket_set_error (WsSocket *self, const GError *error)
{
  WsSocketPrivate *priv = ws_socket_peek (self);

  if (priv->error == NULL && error == NULL)
    return;
  g_clear_error (&priv->error);
  if (error != NULL)
    priv->error = g_error_copy (error);
  g_object_freeze_notify (G_OBJECT (self));
  ws_socket_notify (self, WS_SOCKET_PROP_ERROR_STRING);
  if (priv->state == WS_STATE_UNCONNECTED)
    ws_socket_notify (self, WS_SOCKET_PROP_STATUS);
  g_object_thaw_notify (G_OBJECT (self));
}

void
ws_socket_set_active_flag (WsSocket *self, gboolean active)
{
  WsSocketPrivate *priv = ws_socket_peek (self);

  if (priv->active == active)
    return;
  priv->active = active;
  if (!active)
    ws_socket_clear_watch (self);
  ws_socket_notify (self, WS_SOCKET_PROP_ACTIVE);
}

void
ws_socket_fail (WsSocket *self, const GError *error)
{
  WsSocketPrivate *priv = ws_socket_peek (self);
  guint            attempt = priv->attempt;
  g_autoptr (GError) public_error = NULL;

  if (error == NULL || priv->failed)
    return;
  priv->failed = TRUE;
  public_error = ws_socket_error_translate (error);
  ws_socket_set_error (self, public_error);
  if (attempt == priv->attempt)
    ws_socket_emit (self, WS_SOCKET_SIGNAL_ERROR, public_error);
}

void
ws_socket_note_closing (WsSocket *self, const WsClosing *closing)
{
  static const WsClosing initial = { .code = WS_CLOSE_NORMAL };
  WsSocketPrivate       *priv = ws_socket_peek (self);

  if (closing == NULL)
    closing = &initial;
  g_object_freeze_notify (G_OBJECT (self));
  if (priv->close_code != closing->code)
    ws_socket_notify (self, WS_SOCKET_PROP_CLOSE_CODE);
  if (g_strcmp0 (priv->close_reason, closing->reason) != 0)
    ws_socket_notify (self, WS_SOCKET_PROP_CLOSE_REASON);
  if (priv->close_code_sent != closing->sent)
    ws_socket_notify (self, WS_SOCKET_PROP_CLOSE_CODE_SENT);
  if (priv->close_code_received != closing->received)
    ws_socket_notify (self, WS_SOCKET_PROP_CLOSE_CODE_RECEIVED);
  if (priv->was_clean != closing->clean)
    ws_socket_notify (self, WS_SOCKET_PROP_WAS_CLEAN);
  priv->close_code = closing->code;
  g_free (priv->close_reason);
  priv->close_reason = g_strdup (closing->reason);
  priv->close_code_sent = closing->sent;
  priv->close_code_received = closing->received;
  priv->was_clean = closing->clean;
  g_object_thaw_notify (G_OBJECT (self));
}

static void
notify_connection (WsSocket *self)
{
  g_object_freeze_notify (G_OBJECT (self));
  ws_socket_notify (self, WS_SOCKET_PROP_SUBPROTOCOL);
  ws_socket_notify (self, WS_SOCKET_PROP_EXTENSIONS);
  ws_socket_notify (self, WS_SOCKET_PROP_LOCAL_ADDRESS);
  ws_socket_notify (self, WS_SOCKET_PROP_PEER_ADDRESS);
  ws_socket_notify (self, WS_SOCKET_PROP_STATISTICS);
  g_object_thaw_notify (G_OBJECT (self));
}

/* --- Ending --- */

static void
draw_built_in_mask (gpointer user_data, guint8 mask[4])
{
  ws_mask_generator_draw (NULL, mask);
}

void
ws_socket_release_connection (WsSocket *self)
{
  WsSocketPrivate *priv = ws_socket_peek (self);

  priv->attempt++;
  ws_socket_set_mailbox (self, NULL);
  g_clear_pointer (&priv->opening, ws_client_opening_free);
  if (priv->engine != NULL)
    {
      WsEngine *engine = g_steal_pointer (&priv->engine);

      /* No user code runs for a connection that nobody sees any more. */
      if (priv->target != NULL)
        ws_engine_set_draw (engine, draw_built_in_mask, NULL);
      ws_engine_leave (engine, WS_CLOSE_GOING_AWAY);
    }
  ws_socket_forget_attempt_ssl (self);
  ws_socket_forget_attempt_http (self);
  g_clear_object (&priv->local_address);
  g_clear_object (&priv->peer_address);
}

void
ws_socket_tell_gone (WsSocket *self)
{
  WsSocketPrivate *priv = ws_socket_peek (self);
  WsSocketGone     gone = g_steal_pointer (&priv->gone);

  if (gone != NULL)
    gone (self, priv->gone_data);
}

static void
finish_reading (WsSocket *self)
{
  WsSocketPrivate *priv = ws_socket_peek (self);

  if (priv->read_finished)
    return;
  priv->read_finished = TRUE;
  ws_socket_emit (self, WS_SOCKET_SIGNAL_READ_CHANNEL_FINISHED);
}

void
ws_socket_finish (WsSocket *self)
{
  WsSocketPrivate *priv = ws_socket_peek (self);
  guint            attempt = priv->attempt;

  g_object_ref (self);
  ws_socket_set_mailbox (self, NULL);
  ws_socket_set_state (self, WS_STATE_UNCONNECTED);
  if (attempt == priv->attempt)
    ws_socket_emit (self, WS_SOCKET_SIGNAL_DISCONNECTED);
  if (attempt == priv->attempt)
    {
      g_clear_object (&priv->local_address);
      g_clear_object (&priv->peer_address);
      g_clear_pointer (&priv->subprotocol, g_free);
      g_clear_pointer (&priv->extensions, g_free);
      notify_connection (self);
    }
  if (attempt == priv->attempt)
    ws_socket_end_calls (self);
  if (attempt == priv->attempt && priv->activation == NULL
      && !ws_socket_await_reconnect (self))
    ws_socket_set_active_flag (self, FALSE);
  ws_socket_tell_gone (self);
  g_object_unref (self);
}

void
ws_socket_announce_close (WsSocket *self)
{
  WsSocketPrivate *priv = ws_socket_peek (self);

  if (priv->about_to_close)
    return;
  priv->about_to_close = TRUE;
  ws_socket_emit (self, WS_SOCKET_SIGNAL_ABOUT_TO_CLOSE);
}

void
ws_socket_on_about_to_close (gpointer user_data, const GError *error)
{
  WsSocket        *self = g_object_ref (user_data);
  WsSocketPrivate *priv = ws_socket_peek (self);
  guint            attempt = priv->attempt;

  ws_socket_fail (self, error);
  if (attempt == priv->attempt)
    finish_reading (self);
  if (attempt == priv->attempt)
    ws_socket_announce_close (self);
  if (attempt == priv->attempt)
    ws_socket_frame_all_outgoing (self);
  g_object_unref (self);
}

void
ws_socket_on_closing (gpointer user_data)
{
  WsSocket        *self = g_object_ref (user_data);
  WsSocketPrivate *priv = ws_socket_peek (self);
  guint            attempt = priv->attempt;

  ws_socket_set_state (self, WS_STATE_CLOSING);
  if (attempt == priv->attempt)
    ws_socket_note_closing (self, ws_engine_get_closing (priv->engine));
  g_object_unref (self);
}

void
ws_socket_on_read_finished (gpointer user_data)
{
  WsSocket *self = g_object_ref (user_data);

  finish_reading (self);
  g_object_unref (self);
}

void
ws_socket_on_ended (gpointer user_data, const GError *error)
{
  WsSocket        *self = g_object_ref (user_data);
  WsSocketPrivate *priv = ws_socket_peek (self);
  WsEngine        *engine = g_steal_pointer (&priv->engine);
  guint            attempt = ++priv->attempt;

  ws_socket_keep_traffic (self, engine);
  ws_socket_fail (self, error);
  if (attempt == priv->attempt)
    finish_reading (self);
  if (attempt == priv->attempt)
    ws_socket_note_closing (self, ws_engine_get_closing (engine));
  if (attempt == priv->attempt)
    ws_socket_finish (self);
  ws_engine_unref (engine);
  g_object_unref (self);
}

/* --- Opening --- */

/* A mask of the generator that is set at this moment, so that it may change
 * while connected. */
static void
draw_mask (gpointer user_data, guint8 mask[4])
{
  WsSocketPrivate *priv = ws_socket_peek (user_data);

  ws_mask_generator_draw (priv->mask_generator, mask);
}

void
ws_socket_adopt_engine (WsSocket *self, WsTransport *transport, WsRole role)
{
  WsSocketPrivate *priv = ws_socket_peek (self);

  priv->failed = FALSE;
  priv->read_finished = FALSE;
  priv->about_to_close = FALSE;
  priv->reconnect.connected_at = g_get_monotonic_time ();
  priv->is_slow = FALSE;
  priv->engine = ws_engine_new (transport, role, &priv->settings,
                                &ws_socket_engine_sink, self);
  ws_socket_update_receiving (self);
  if (role == WS_ROLE_CLIENT)
    ws_engine_set_draw (priv->engine, draw_mask, self);
}

static void
on_opened (WsClientOpening *opening, gpointer user_data)
{
  WsSocket        *self = g_object_ref (user_data);
  WsSocketPrivate *priv = ws_socket_peek (self);
  WsTlsSession    *session = ws_client_opening_get_session (opening);
  WsClientOpened   opened = ws_client_opening_steal (opening);
  WsEngine        *engine;
  guint            attempt = priv->attempt;

  ws_socket_take_response (self, opening);
  ws_socket_forget_attempt_http (self);
  g_clear_pointer (&priv->opening, ws_client_opening_free);
  ws_socket_adopt_engine (self, opened.transport, WS_ROLE_CLIENT);
  ws_socket_begin_compression (self, WS_ROLE_CLIENT, opened.verdict.extensions,
                               &opened.deflate, &opened.settings);
  engine = ws_engine_ref (priv->engine);
  ws_engine_push_input (engine, opened.rest.data, opened.rest.len);
  ws_buffer_clear (&opened.rest);
  g_free (priv->subprotocol);
  priv->subprotocol = g_steal_pointer (&opened.verdict.subprotocol);
  ws_client_verdict_clear (&opened.verdict);
  notify_connection (self);
  if (attempt == priv->attempt)
    ws_socket_notify (self, WS_SOCKET_PROP_RESPONSE);
  if (attempt == priv->attempt && session != NULL)
    ws_socket_note_session (self, session);
  if (attempt == priv->attempt)
    ws_socket_set_state (self, WS_STATE_CONNECTED);
  /* Also when a handler has closed: the peer's answer has to be read. Before
   * connected, whose handlers may wait for a message in a nested loop. */
  if (priv->engine == engine)
    ws_engine_start (engine);
  if (attempt == priv->attempt && priv->state == WS_STATE_CONNECTED)
    ws_socket_emit (self, WS_SOCKET_SIGNAL_CONNECTED);
  ws_engine_unref (engine);
  if (attempt == priv->attempt)
    ws_socket_end_openings (self);
  g_object_unref (self);
}

/* (transfer full): @error with the URL in front, unless it names it. */
static GError *
name_target (WsSocketPrivate *priv, const GError *error)
{
  g_autofree char *url = ws_url_quote (priv->target->text);
  GError          *named = g_error_copy (error);

  if (strstr (named->message, url) == NULL)
    g_prefix_error (&named, "%s: ", url);
  return named;
}

static void
on_failed (WsClientOpening *opening, const GError *error, gpointer user_data)
{
  WsSocket        *self = g_object_ref (user_data);
  WsSocketPrivate *priv = ws_socket_peek (self);
  WsClosing        closing = { .code = WS_CLOSE_ABNORMAL };
  guint            attempt = ++priv->attempt;
  g_autoptr (GError) named = name_target (priv, error);

  ws_socket_note_failure (self, error, ws_client_opening_get_status (opening));
  ws_socket_take_response (self, opening);
  ws_socket_forget_attempt_http (self);
  g_clear_pointer (&priv->opening, ws_client_opening_free);
  ws_socket_notify (self, WS_SOCKET_PROP_RESPONSE);
  if (attempt == priv->attempt)
    ws_socket_fail (self, named);
  if (attempt == priv->attempt)
    ws_socket_note_closing (self, &closing);
  if (attempt == priv->attempt)
    ws_socket_finish (self);
  g_object_unref (self);
}

const WsClientOpeningSink ws_socket_opening_sink = {
  .paused = ws_socket_on_opening_paused,
  .asked = ws_socket_on_opening_asked,
  .redirected = ws_socket_on_opening_redirected,
  .opened = on_opened,
  .failed = on_failed,
};
