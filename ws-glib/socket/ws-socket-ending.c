/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Everything that ends a connection or an attempt. */
#include "socket/ws-socket-ending.h"

#include "ws-socket-error.h"
#include "socket/ws-socket-keeping.h"
#include "socket/ws-socket-log.h"
#include "socket/ws-socket-queue.h"
#include "socket/ws-socket-receive-private.h"
#include "socket/ws-socket-reconnect.h"
#include "socket/ws-socket-signals.h"
#include "socket/ws-socket-state.h"
#include "socket/ws-socket-status.h"
#include "socket/ws-socket-view.h"
#include "socket/ws-socket-waiting.h"
#include "protocol/ws-close.h"

/* --- Silently --- */

void
ws_socket_leave (WsSocket *self)
{
  WS_SOCKET_INSIDE (self);
  WsSocketPrivate *priv = ws_socket_peek (self);

  ws_socket_cancel_activation (self);
  ws_mailbox_close (&priv->mailbox);
  if (priv->state != WS_STATE_UNCONNECTED)
    ws_socket_log (self, "left, without waiting for the peer");
  if (priv->now.engine != NULL)
    ws_socket_keep_facts (self, priv->now.engine);
  ws_attempt_leave (&priv->now);
  priv->state = priv->announced = WS_STATE_UNCONNECTED;
  priv->active = FALSE;
  ws_socket_keep_view (self);
  /* That may drop the last reference. */
  g_object_ref (self);
  ws_socket_update_keeping (self);
  ws_socket_tell_gone (self);
  ws_socket_end_calls (self);
  g_object_unref (self);
}

/* --- The end of an attempt --- */

static void
tell_error (WsSocket *self, const WsEnding *ending)
{
  ws_socket_fail (self, ending->error);
}

static void
finish_reading (WsSocket *self, const WsEnding *ending)
{
  if (ending->was_open)
    ws_socket_finish_reading (self);
}

static void
note_codes (WsSocket *self, const WsEnding *ending)
{
  ws_socket_note_closing (self, ending->closing);
  if (ending->was_open)
    ws_socket_notify (self, WS_SOCKET_PROP_STATISTICS);
}

static void
become_unconnected (WsSocket *self, const WsEnding *ending)
{
  ws_mailbox_close (&ws_socket_peek (self)->mailbox);
  ws_socket_set_state (self, WS_STATE_UNCONNECTED);
}

static void
tell_disconnected (WsSocket *self, const WsEnding *ending)
{
  ws_socket_emit (self, WS_SOCKET_SIGNAL_DISCONNECTED);
}

static void
end_calls (WsSocket *self, const WsEnding *ending)
{
  ws_socket_end_calls (self);
}

static void
reconnect_or_rest (WsSocket *self, const WsEnding *ending)
{
  if (ws_socket_peek (self)->activation == NULL
      && !ws_socket_await_reconnect (self))
    ws_socket_set_active_flag (self, FALSE);
}

/* The order that users may rely on: see doc/architecture.md. */
static void (*const steps[]) (WsSocket *self, const WsEnding *ending) = {
  tell_error,         /* error, unless there is none */
  finish_reading,     /* read-channel-finished, if it was open */
  note_codes,         /* close-code and its relatives, statistics */
  become_unconnected, /* state-changed */
  tell_disconnected,  /* disconnected */
  end_calls,          /* what waits for the connection, or for its end */
  reconnect_or_rest,  /* reconnecting, or active is FALSE */
};

void
ws_socket_end_attempt (WsSocket *self, const WsEnding *ending)
{
  WS_SOCKET_INSIDE (self);
  WsSocketPrivate *priv = ws_socket_peek (self);
  guint            attempt = ++priv->now.number;

  g_object_ref (self);
  for (guint i = 0; i < G_N_ELEMENTS (steps) && attempt == priv->now.number;
       i++)
    steps[i](self, ending);
  ws_socket_tell_gone (self);
  g_object_unref (self);
}

/* Ends whatever there is without a closing handshake. */
static void
cut_off (WsSocket *self)
{
  WS_SOCKET_INSIDE (self);
  WsSocketPrivate *priv = ws_socket_peek (self);
  const guint      attempt = priv->now.number;
  WsClosing        closing = { .code = WS_CLOSE_ABNORMAL };
  WsEnding         ending
      = { .closing = &closing, .was_open = priv->state != WS_STATE_CONNECTING };

  g_object_ref (self);
  g_clear_pointer (&priv->now.opening, ws_client_opening_free);
  if (priv->now.engine != NULL)
    ws_socket_keep_facts (self, priv->now.engine);
  g_clear_pointer (&priv->now.engine, ws_engine_drop);
  /* A program's own stream may call back when it is closed. */
  if (attempt == priv->now.number && priv->state != WS_STATE_UNCONNECTED)
    {
      ws_socket_forget_received (self);
      ws_socket_end_attempt (self, &ending);
    }
  g_object_unref (self);
}

/* --- As the engine tells it --- */

void
ws_socket_on_about_to_close (gpointer user_data, const GError *error)
{
  WS_SOCKET_INSIDE (user_data);
  WsSocket        *self = g_object_ref (user_data);
  WsSocketPrivate *priv = ws_socket_peek (self);
  guint            attempt = priv->now.number;

  ws_socket_fail (self, error);
  if (attempt == priv->now.number)
    ws_socket_finish_reading (self);
  if (attempt == priv->now.number)
    ws_socket_announce_close (self);
  if (attempt == priv->now.number)
    ws_socket_frame_all_outgoing (self);
  g_object_unref (self);
}

void
ws_socket_on_closing (gpointer user_data)
{
  WS_SOCKET_INSIDE (user_data);
  WsSocket        *self = g_object_ref (user_data);
  WsSocketPrivate *priv = ws_socket_peek (self);
  guint            attempt = priv->now.number;

  ws_socket_set_state (self, WS_STATE_CLOSING);
  if (attempt == priv->now.number)
    ws_socket_note_closing (self, ws_engine_get_closing (priv->now.engine));
  g_object_unref (self);
}

void
ws_socket_on_read_finished (gpointer user_data)
{
  WS_SOCKET_INSIDE (user_data);
  WsSocket *self = g_object_ref (user_data);

  ws_socket_finish_reading (self);
  g_object_unref (self);
}

void
ws_socket_on_ended (gpointer user_data, const GError *error)
{
  WS_SOCKET_INSIDE (user_data);
  WsSocket *self = user_data;
  WsEngine *engine = g_steal_pointer (&ws_socket_peek (self)->now.engine);
  WsEnding  ending = { .error = error,
                       .closing = ws_engine_get_closing (engine),
                       .was_open = TRUE };

  ws_socket_keep_facts (self, engine);
  ws_socket_end_attempt (self, &ending);
  ws_engine_unref (engine);
}

/* --- As a user asks for it --- */

/**
 * ws_socket_abort:
 * @self: a socket
 *
 * Ends the connection, or the attempt to open one, at once.
 *
 * Nothing that waits is sent, and no close frame either. Before this call ends,
 * [signal@Socket::disconnected] has been emitted; [property@Socket:close-code]
 * is 1006. Does nothing on an unconnected socket.
 *
 * Since: 1.0
 */
void
ws_socket_abort (WsSocket *self)
{
  WsSocketPrivate *priv;

  g_return_if_fail (WS_IS_SOCKET (self));

  if (!ws_socket_may_call (self, G_STRFUNC))
    return;
  priv = ws_socket_peek (self);
  ws_socket_cancel_activation (self);
  if (ws_socket_has_reconnecting (priv))
    priv->reconnect->is_unwanted = TRUE;
  if (priv->state != WS_STATE_UNCONNECTED)
    cut_off (self);
  else
    ws_socket_set_active_flag (self, FALSE);
}

gboolean
ws_socket_check_closing (guint code, const char *reason, GError **error)
{
  if (!ws_close_is_sendable (code))
    {
      g_set_error (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_INVALID_ARGUMENT,
                   "The close code %u may not be sent; 1000 to 1003, 1007 to "
                   "1014 and 3000 to 4999 may",
                   code);
      return FALSE;
    }
  if (reason != NULL && !g_utf8_validate (reason, -1, NULL))
    {
      g_set_error_literal (error, WS_SOCKET_ERROR,
                           WS_SOCKET_ERROR_INVALID_ARGUMENT,
                           "The reason of a close is not valid UTF-8");
      return FALSE;
    }
  return TRUE;
}

static void
close_connection (WsSocket *self, guint code, const char *reason)
{
  WsSocketPrivate *priv = ws_socket_peek (self);
  guint            attempt = priv->now.number;
  WsEngine        *engine;

  ws_socket_announce_close (self);
  if (attempt != priv->now.number || priv->state != WS_STATE_CONNECTED
      || priv->now.engine == NULL)
    return;
  ws_socket_frame_all_outgoing (self);
  if (attempt != priv->now.number || priv->state != WS_STATE_CONNECTED
      || priv->now.engine == NULL)
    return;
  engine = ws_engine_ref (priv->now.engine);
  ws_engine_close (engine, code, reason);
  if (attempt == priv->now.number)
    ws_socket_set_state (self, WS_STATE_CLOSING);
  if (attempt == priv->now.number)
    ws_socket_update_receiving (self);
  if (attempt == priv->now.number)
    ws_socket_note_closing (self, ws_engine_get_closing (engine));
  ws_engine_unref (engine);
}

void
ws_socket_close_unread (WsSocket *self, guint code, const char *reason)
{
  WsEngine *engine = ws_socket_peek (self)->now.engine;

  if (engine != NULL)
    ws_engine_close (engine, code, reason);
}

/**
 * ws_socket_close:
 * @self: a socket
 * @code: the close code: 1000 to 1003, 1007 to 1014 or 3000 to 4999
 * @reason: (nullable): why, for the peer; longer than 123 bytes it is cut
 *   between two characters
 * @error: return location for an error
 *
 * Begins the closing handshake (RFC 6455, 7.1.2).
 *
 * What waits is sent first, then the close frame. Messages of the peer still
 * come until it has answered. One deadline, [property@Socket:close-timeout],
 * holds for all of it. An attempt to open is given up at once.
 *
 * Any other @code is refused with %WS_SOCKET_ERROR_INVALID_ARGUMENT, as is a
 * @reason that is not UTF-8; nothing is sent then.
 *
 * Returns: whether the arguments are right; also on a socket that is
 *   unconnected or closing already, where nothing happens
 *
 * Since: 1.0
 */
gboolean
ws_socket_close (WsSocket *self, guint code, const char *reason, GError **error)
{
  WsSocketPrivate *priv;

  g_return_val_if_fail (WS_IS_SOCKET (self), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  priv = ws_socket_peek (self);
  if (!ws_socket_check_thread (self, error)
      || !ws_socket_check_closing (code, reason, error))
    return FALSE;
  g_object_ref (self);
  ws_socket_cancel_activation (self);
  if (ws_socket_has_reconnecting (priv))
    priv->reconnect->is_unwanted = TRUE;
  if (priv->state == WS_STATE_CONNECTED)
    close_connection (self, code, reason);
  else if (priv->state == WS_STATE_CONNECTING)
    ws_socket_abort (self);
  else if (priv->state == WS_STATE_UNCONNECTED)
    ws_socket_set_active_flag (self, FALSE);
  g_object_unref (self);
  return TRUE;
}
