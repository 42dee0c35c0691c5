/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a window shows of a socket: the state as properties that labels and
 * buttons can be bound to, and the seconds until the next attempt.
 *
 * All of it follows from other things. So whoever changes one of those says so
 * when the change is whole, and what is told is the difference to what was told
 * last. */
#include "socket/ws-socket-view.h"

#include "socket/ws-socket-reasons.h"

/* --- What there is to see --- */

/* The whole seconds that are left of the wait, the last one included; -1: there
 * is none. */
static int
count_seconds (const WsSocketPrivate *priv)
{
  gint64 left;

  if (!priv->reconnect->is_waiting)
    return -1;
  left = g_source_get_ready_time (priv->activation) - g_get_monotonic_time ();
  return left > 0 ? (int) ((left - 1) / G_USEC_PER_SEC + 1) : 0;
}

static gboolean
is_reconnecting (const WsSocketPrivate *priv)
{
  return priv->reconnect->is_at_work && priv->state != WS_STATE_CONNECTED
         && priv->state != WS_STATE_CLOSING;
}

static gboolean
is_connecting (const WsSocketPrivate *priv)
{
  return priv->state == WS_STATE_CONNECTING
         || priv->state == WS_STATE_HOST_LOOKUP;
}

static WsSocketPhase
find_phase (const WsSocketPrivate *priv)
{
  if (priv->state == WS_STATE_CONNECTED)
    return WS_SOCKET_PHASE_CONNECTED;
  if (priv->state == WS_STATE_CLOSING)
    return WS_SOCKET_PHASE_CLOSING;
  if (priv->reconnect->is_waiting && priv->reconnect->is_held)
    return WS_SOCKET_PHASE_HELD;
  if (priv->reconnect->is_waiting && count_seconds (priv) > 0)
    return WS_SOCKET_PHASE_WAITING;
  if (is_reconnecting (priv))
    return WS_SOCKET_PHASE_RETRYING;
  if (is_connecting (priv))
    return WS_SOCKET_PHASE_CONNECTING;
  return priv->error != NULL ? WS_SOCKET_PHASE_FAILED : WS_SOCKET_PHASE_CLOSED;
}

static WsSocketView
look (const WsSocketPrivate *priv)
{
  return (WsSocketView){
    .next_attempt = count_seconds (priv),
    .phase = find_phase (priv),
    .code = priv->error != NULL ? priv->error->code + 1 : 0,
    .is_connected = priv->state == WS_STATE_CONNECTED,
    .is_connecting = is_connecting (priv),
    .is_reconnecting = is_reconnecting (priv),
  };
}

/* --- The countdown --- */

static gboolean
has_handler (WsSocket *self, GQuark detail)
{
  static guint notify = 0;

  if (notify == 0)
    notify = g_signal_lookup ("notify", G_TYPE_OBJECT);
  return g_signal_handler_find (self, G_SIGNAL_MATCH_ID | G_SIGNAL_MATCH_DETAIL,
                                notify, detail, NULL, NULL, NULL)
         != 0;
}

/* Whether somebody would hear of a second that has passed. */
static gboolean
is_watched (WsSocket *self)
{
  return has_handler (self, 0)
         || has_handler (self, g_quark_from_static_string ("next-attempt"))
         || has_handler (self, g_quark_from_static_string ("status-text"));
}

static gboolean
on_tick (gpointer user_data)
{
  WS_SOCKET_INSIDE (user_data);
  WsSocket *self = user_data;

  /* Nobody has to know what nobody looks at: the time itself goes on. */
  if (is_watched (self))
    ws_socket_update_view (self);
  else
    ws_socket_stop_ticking (self);
  return G_SOURCE_REMOVE;
}

static gboolean
dispatch_tick (GSource *source, GSourceFunc callback, gpointer user_data)
{
  return callback (user_data);
}

/* Wakes up when the number of seconds changes, but for the last change, which
 * is the attempt. */
static void
begin_to_tick (WsSocket *self)
{
  static GSourceFuncs tick_funcs = { .dispatch = dispatch_tick };
  WsSocketPrivate    *priv = ws_socket_peek (self);
  int                 seconds = count_seconds (priv);

  if (priv->reconnect->tick != NULL || seconds < 2)
    return;
  priv->reconnect->tick = g_source_new (&tick_funcs, sizeof (GSource));
  g_source_set_static_name (priv->reconnect->tick, "[ws-glib] countdown");
  g_source_set_callback (priv->reconnect->tick, on_tick, self, NULL);
  g_source_set_ready_time (priv->reconnect->tick,
                           g_source_get_ready_time (priv->activation)
                               - (seconds - 1) * (gint64) G_USEC_PER_SEC);
  g_source_attach (priv->reconnect->tick, priv->home.context);
}

/* Who reads the seconds may be about to listen to them: a binding does one
 * after the other. The next second finds out. */
static void
note_reader (WsSocket *self)
{
  if (ws_socket_peek (self)->reconnect->is_waiting
      && ws_socket_check_thread (self, NULL))
    begin_to_tick (self);
}

/* --- Telling --- */

static void
notify_changes (WsSocket           *self,
                const WsSocketView *old,
                const WsSocketView *now)
{
  if (old->is_connected != now->is_connected)
    ws_socket_notify (self, WS_SOCKET_PROP_IS_CONNECTED);
  if (old->is_connecting != now->is_connecting)
    ws_socket_notify (self, WS_SOCKET_PROP_IS_CONNECTING);
  if (old->is_reconnecting != now->is_reconnecting)
    ws_socket_notify (self, WS_SOCKET_PROP_IS_RECONNECTING);
  if (old->next_attempt != now->next_attempt)
    ws_socket_notify (self, WS_SOCKET_PROP_NEXT_ATTEMPT);
  if (old->phase != now->phase
      || (now->phase == WS_SOCKET_PHASE_WAITING
          && old->next_attempt != now->next_attempt)
      || (now->phase == WS_SOCKET_PHASE_FAILED && old->code != now->code))
    ws_socket_notify (self, WS_SOCKET_PROP_STATUS_TEXT);
}

void
ws_socket_keep_view (WsSocket *self)
{
  WsSocketPrivate *priv = ws_socket_peek (self);

  priv->view = look (priv);
}

void
ws_socket_renew_view (WsSocket *self, gboolean is_heard)
{
  WsSocketPrivate *priv = ws_socket_peek (self);
  WsSocketView     old = priv->view;
  WsSocketView     now = look (priv);

  priv->view = now;
  ws_socket_stop_ticking (self);
  if (priv->reconnect->is_waiting && is_watched (self))
    begin_to_tick (self);
  if (is_heard)
    notify_changes (self, &old, &now);
}

void
ws_socket_update_view (WsSocket *self)
{
  const gboolean is_frozen = ws_property_freeze (self);

  ws_socket_renew_view (self, is_frozen);
  ws_property_thaw (self, is_frozen);
}

/* --- Asking --- */

/**
 * ws_socket_get_is_connected:
 * @self: a socket
 *
 * Gets whether messages can be sent.
 *
 * Returns: whether the state is [enum@Ws.State.connected]
 *
 * Since: 1.0
 */
gboolean
ws_socket_get_is_connected (WsSocket *self)
{
  g_return_val_if_fail (WS_IS_SOCKET (self), FALSE);

  return ws_socket_peek (self)->state == WS_STATE_CONNECTED;
}

/**
 * ws_socket_get_is_connecting:
 * @self: a socket
 *
 * Gets whether an attempt to connect is under way.
 *
 * Returns: whether it is
 *
 * Since: 1.0
 */
gboolean
ws_socket_get_is_connecting (WsSocket *self)
{
  g_return_val_if_fail (WS_IS_SOCKET (self), FALSE);

  return is_connecting (ws_socket_peek (self));
}

/**
 * ws_socket_get_is_reconnecting:
 * @self: a socket
 *
 * Gets whether [property@Socket:reconnect] is at work.
 *
 * Returns: whether it waits for an attempt, or makes one
 *
 * Since: 1.0
 */
gboolean
ws_socket_get_is_reconnecting (WsSocket *self)
{
  g_return_val_if_fail (WS_IS_SOCKET (self), FALSE);

  return is_reconnecting (ws_socket_peek (self));
}

/**
 * ws_socket_get_next_attempt:
 * @self: a socket
 *
 * Gets how long it is until the next attempt of [property@Socket:reconnect].
 *
 * Returns: seconds, rounded up; -1: none is waited for
 *
 * Since: 1.0
 */
int
ws_socket_get_next_attempt (WsSocket *self)
{
  g_return_val_if_fail (WS_IS_SOCKET (self), -1);

  note_reader (self);
  return count_seconds (ws_socket_peek (self));
}

/**
 * ws_socket_dup_status_text:
 * @self: a socket
 *
 * Gets a sentence that says how the connection is, in the user's language.
 *
 * Returns: (transfer full): a sentence, without a full stop
 *
 * Since: 1.0
 */
char *
ws_socket_dup_status_text (WsSocket *self)
{
  WsSocketPrivate *priv;

  g_return_val_if_fail (WS_IS_SOCKET (self), NULL);

  note_reader (self);
  priv = ws_socket_peek (self);
  return ws_socket_describe_phase (find_phase (priv), count_seconds (priv),
                                   priv->error);
}

/* --- The properties --- */

/* clang-format off */
const WsProperty ws_socket_view_properties[] = {
  /**
   * WsSocket:is-connected:
   *
   * Whether messages can be sent: [property@Socket:state] is
   * [enum@Ws.State.connected].
   *
   * Made to be bound to, as in `sensitive` of a button.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_BOOLEAN (WsSocket, WS_SOCKET_PROP_IS_CONNECTED, "is-connected",
                         FALSE, ws_socket_get_is_connected, NULL) },

  /**
   * WsSocket:is-connecting:
   *
   * Whether an attempt to connect is under way, the first one or another.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_BOOLEAN (WsSocket, WS_SOCKET_PROP_IS_CONNECTING,
                         "is-connecting", FALSE, ws_socket_get_is_connecting,
                         NULL) },

  /**
   * WsSocket:is-reconnecting:
   *
   * Whether [property@Socket:reconnect] is at work: from its decision to open
   * the socket again until the socket is connected, or is given up.
   *
   * It stays %TRUE from one failed attempt to the next.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_BOOLEAN (WsSocket, WS_SOCKET_PROP_IS_RECONNECTING,
                         "is-reconnecting", FALSE,
                         ws_socket_get_is_reconnecting, NULL) },

  /**
   * WsSocket:next-attempt:
   *
   * The seconds, rounded up, until the next attempt of
   * [property@Socket:reconnect]; -1: none is waited for.
   *
   * Notified when a wait begins, ends or changes, and each second while
   * somebody looks: while there is a handler of `notify` for it or for
   * [property@Socket:status-text], as a binding has one. Who begins to listen
   * during a wait is expected to read the property, too.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_INT (WsSocket, WS_SOCKET_PROP_NEXT_ATTEMPT, "next-attempt", -1,
                     G_MAXINT, -1, ws_socket_get_next_attempt, NULL) },

  /**
   * WsSocket:status-text:
   *
   * A sentence that says how the connection is, for a status bar: `Connected`,
   * `Not connected: the server does not answer`, `Reconnecting in 5 seconds…`.
   *
   * In the language of the process's locale, which has to be set as ever, with
   * `setlocale ()` or what a toolkit does. [property@Socket:error-string] has
   * the details of what went wrong.
   *
   * Notified when the sentence changes; each second of a wait while somebody
   * looks, as [property@Socket:next-attempt].
   *
   * Since: 1.0
   */
  { WS_PROPERTY_TAKEN_STRING (WsSocket, WS_SOCKET_PROP_STATUS_TEXT,
                              "status-text", ws_socket_dup_status_text) },

  { 0 }
};
/* clang-format on */
