/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What changes of a socket and is told, each in its own function. Every handler
 * may close, reopen or drop the socket: after each emission the attempt's
 * number tells whether what follows still concerns it. */
#include "socket/ws-socket-state.h"

#include "ws-socket-error.h"
#include "socket/ws-socket-keeping.h"
#include "socket/ws-socket-log.h"
#include "socket/ws-socket-signals.h"
#include "socket/ws-socket-view.h"
#include "base/ws-socket-error-private.h"
#include "protocol/ws-close.h"

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
  guint            attempt = priv->now.number;
  gboolean         is_frozen;

  /* A handler of notify::state may be what changes it again. */
  ws_socket_announce_state (self);
  if (attempt != priv->now.number || priv->state == state)
    return;
  priv->state = state;
  ws_socket_log_state (self);
  if (state == WS_STATE_CONNECTED)
    ws_socket_end_work (priv);
  is_frozen = ws_property_freeze (self);
  if (is_frozen)
    {
      ws_socket_notify (self, WS_SOCKET_PROP_STATE);
      ws_socket_notify (self, WS_SOCKET_PROP_STATUS);
    }
  ws_socket_renew_view (self, is_frozen);
  ws_property_thaw (self, is_frozen);
  if (attempt == priv->now.number)
    ws_socket_announce_state (self);
}

void
ws_socket_set_error (WsSocket *self, const GError *error)
{
  WsSocketPrivate *priv = ws_socket_peek (self);
  gboolean         is_frozen;

  if (priv->error == NULL && error == NULL)
    return;
  g_clear_error (&priv->error);
  if (error != NULL)
    priv->error = g_error_copy (error);
  is_frozen = ws_property_freeze (self);
  ws_socket_notify (self, WS_SOCKET_PROP_ERROR_STRING);
  if (priv->state == WS_STATE_UNCONNECTED)
    ws_socket_notify (self, WS_SOCKET_PROP_STATUS);
  ws_socket_renew_view (self, is_frozen);
  ws_property_thaw (self, is_frozen);
}

void
ws_socket_set_active_flag (WsSocket *self, gboolean active)
{
  WsSocketPrivate *priv = ws_socket_peek (self);
  gboolean         is_frozen;

  if (priv->active == active)
    return;
  priv->active = active;
  if (!active)
    {
      ws_socket_cancel_activation (self);
      ws_socket_clear_watch (self);
      ws_socket_end_work (priv);
    }
  is_frozen = ws_property_freeze (self);
  ws_socket_notify (self, WS_SOCKET_PROP_ACTIVE);
  ws_socket_renew_view (self, is_frozen);
  ws_property_thaw (self, is_frozen);
  ws_socket_update_keeping (self);
}

void
ws_socket_fail (WsSocket *self, const GError *error)
{
  WsSocketPrivate *priv = ws_socket_peek (self);
  guint            attempt = priv->now.number;
  g_autoptr (GError) public_error = NULL;

  if (error == NULL || priv->now.failed)
    return;
  priv->now.failed = TRUE;
  public_error = ws_socket_error_translate (error);
  ws_socket_log (self, "failed: %s", public_error->message);
  ws_socket_set_error (self, public_error);
  if (attempt == priv->now.number)
    ws_socket_emit (self, WS_SOCKET_SIGNAL_ERROR, public_error);
}

static void
notify_closing (WsSocket *self, const WsClosing *now, const WsClosing *closing)
{
  if (now->code != closing->code)
    ws_socket_notify (self, WS_SOCKET_PROP_CLOSE_CODE);
  if (g_strcmp0 (now->reason, closing->reason) != 0)
    ws_socket_notify (self, WS_SOCKET_PROP_CLOSE_REASON);
  if (now->sent != closing->sent)
    ws_socket_notify (self, WS_SOCKET_PROP_CLOSE_CODE_SENT);
  if (now->received != closing->received)
    ws_socket_notify (self, WS_SOCKET_PROP_CLOSE_CODE_RECEIVED);
  if (now->clean != closing->clean)
    ws_socket_notify (self, WS_SOCKET_PROP_WAS_CLEAN);
}

void
ws_socket_note_closing (WsSocket *self, const WsClosing *closing)
{
  WsAttempt       *now = &ws_socket_peek (self)->now;
  const WsClosing *last = &ws_attempt_peek_facts (now)->closing;
  gboolean         is_frozen = ws_property_freeze (self);

  if (closing == NULL)
    closing = &ws_attempt_no_facts.closing;
  if (is_frozen)
    notify_closing (self, last, closing);
  if (closing != last)
    ws_attempt_set_closing (now, closing);
  ws_property_thaw (self, is_frozen);
}

void
ws_socket_notify_connection (WsSocket *self)
{
  gboolean is_frozen = ws_property_freeze (self);

  ws_socket_notify (self, WS_SOCKET_PROP_SUBPROTOCOL);
  ws_socket_notify (self, WS_SOCKET_PROP_EXTENSIONS);
  ws_socket_notify (self, WS_SOCKET_PROP_LOCAL_ADDRESS);
  ws_socket_notify (self, WS_SOCKET_PROP_LOCAL_ADDRESS_STRING);
  ws_socket_notify (self, WS_SOCKET_PROP_PEER_ADDRESS);
  ws_socket_notify (self, WS_SOCKET_PROP_PEER_ADDRESS_STRING);
  ws_property_thaw (self, is_frozen);
}

/* --- Ending --- */

void
ws_socket_tell_gone (WsSocket *self)
{
  WsSocketPrivate     *priv = ws_socket_peek (self);
  const WsSocketOwner *owner = g_steal_pointer (&priv->owner);

  if (owner != NULL)
    owner->gone (self, priv->owner_data);
}

void
ws_socket_disown (WsSocket *self)
{
  ws_socket_peek (self)->owner = NULL;
}

void
ws_socket_finish_reading (WsSocket *self)
{
  WsSocketPrivate *priv = ws_socket_peek (self);

  if (priv->now.read_finished)
    return;
  priv->now.read_finished = TRUE;
  ws_socket_emit (self, WS_SOCKET_SIGNAL_READ_CHANNEL_FINISHED);
}

void
ws_socket_announce_close (WsSocket *self)
{
  WsSocketPrivate *priv = ws_socket_peek (self);

  if (priv->now.about_to_close)
    return;
  priv->now.about_to_close = TRUE;
  ws_socket_emit (self, WS_SOCKET_SIGNAL_ABOUT_TO_CLOSE);
}

GError *
ws_socket_make_end_error (WsSocket *self)
{
  WsSocketPrivate *priv = ws_socket_peek (self);

  if (priv->now.failed && priv->error != NULL)
    return g_error_copy (priv->error);
  return g_error_new_literal (WS_SOCKET_ERROR, WS_SOCKET_ERROR_NOT_CONNECTED,
                              "The connection has ended");
}
