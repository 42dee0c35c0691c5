/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A connection that comes back by itself. The wait is the socket's activation,
 * only later: what ends the one ends the other. */
#include "socket/ws-socket-reconnect.h"

#include "ws-ssl-error.h"
#include "socket/ws-reconnect-policy-private.h"
#include "socket/ws-socket-http.h"
#include "socket/ws-socket-log.h"
#include "socket/ws-socket-signals.h"
#include "socket/ws-socket-state.h"
#include "socket/ws-socket-view.h"
#include "engine/ws-engine-error.h"
#include "protocol/ws-http-retry.h"

/* So many ms are divided between those who saw the network come back. */
#define SPREAD_MS 500

static void await_network (WsSocket *self);

/* The most ms that anybody may hold an attempt up for. */
static guint
get_longest (WsReconnectPolicy *policy)
{
  return MAX (ws_reconnect_policy_get_minimum (policy),
              ws_reconnect_policy_get_maximum (policy));
}

/* --- The network --- */

/* Makes the attempt that is waited for at @when, unless the attempt is due
 * before. */
static void
hurry (WsSocket *self, gint64 when)
{
  WsSocketPrivate *priv = ws_socket_peek (self);

  if (when < g_source_get_ready_time (priv->activation))
    g_source_set_ready_time (priv->activation, when);
  ws_socket_update_view (self);
}

/* After @earliest, and not with everybody else. */
static void
hurry_after (WsSocket *self, gint64 earliest)
{
  WsSocketPrivate *priv = ws_socket_peek (self);
  double jitter = ws_reconnect_policy_get_jitter (priv->reconnect->policy);
  gint64 now = g_get_monotonic_time ();

  priv->reconnect->is_held = FALSE;
  hurry (self, MAX (now, earliest)
                   + (gint64) (jitter * SPREAD_MS * 1000 * g_random_double ()));
}

/* Drawing the ping's mask may run a user's code, which may end the connection
 * and drop the socket. */
static void
probe (WsSocket *self)
{
  WsEngine *engine = ws_engine_ref (ws_socket_peek (self)->now.engine);

  g_object_ref (self);
  ws_engine_probe (engine);
  ws_engine_unref (engine);
  g_object_unref (self);
}

/* Addresses come and go in bursts: but for the first good news they shorten a
 * delay only to the shortest one. */
static void
on_network_changed (gboolean came_back, gpointer user_data)
{
  WS_SOCKET_INSIDE (user_data);
  WsSocket        *self = user_data;
  WsSocketPrivate *priv = ws_socket_peek (self);
  WsReconnect     *reconnect = priv->reconnect;

  if (priv->now.engine != NULL)
    probe (self);
  else if (!reconnect->is_waiting)
    return;
  else if (came_back)
    hurry_after (self, 0);
  else if (reconnect->is_held)
    await_network (self);
  else if (ws_network_watch_is_available (reconnect->watch))
    hurry_after (self, reconnect->waiting_since
                           + ws_reconnect_policy_get_minimum (reconnect->policy)
                                 * (gint64) 1000);
}

static void
retry (WsSocket *self)
{
  WsSocketPrivate *priv = ws_socket_peek (self);

  g_object_ref (self);
  priv->reconnect->is_retry = TRUE;
  priv->reconnect->open (self);
  /* In another thread's context nothing was even tried. */
  ws_socket_take_retry (self);
  g_object_unref (self);
}

/* There is no way to the world, but there may be one to the host. */
static void
on_network_answered (gboolean can_reach, gpointer user_data)
{
  WS_SOCKET_INSIDE (user_data);
  WsSocket        *self = user_data;
  WsSocketPrivate *priv = ws_socket_peek (self);

  if (!priv->reconnect->is_waiting || !priv->reconnect->is_held || !can_reach)
    return;
  retry (self);
}

static const WsNetworkWatchSink network_sink = {
  .changed = on_network_changed,
  .answered = on_network_answered,
};

static void
begin_watch (WsSocket *self)
{
  WS_SOCKET_INSIDE (self);
  WsSocketPrivate *priv = ws_socket_peek (self);

  ws_socket_clear_watch (self);
  if (priv->reconnect->policy != NULL)
    priv->reconnect->watch
        = ws_network_watch_new (priv->home.context, &network_sink, self);
}

/* --- The wait --- */

/* A monitor that knows of no network may be wrong: it may be one without a
 * default route, or the name may be that of a neighbour. So an attempt is held
 * up, for @maximum at most, but never forbidden. */
static gint64
get_latest (const WsReconnect *self)
{
  return self->waiting_since + get_longest (self->policy) * (gint64) 1000;
}

static gboolean
lacks_network (WsSocket *self)
{
  WsSocketPrivate *priv = ws_socket_peek (self);
  const WsUrl     *url = priv->now.target;

  return url->unix_path == NULL && !ws_network_watch_is_local (url->host)
         && !ws_network_watch_is_available (priv->reconnect->watch);
}

static void
await_network (WsSocket *self)
{
  WsSocketPrivate  *priv = ws_socket_peek (self);
  WsConnectorTarget target
      = { .host = priv->now.target->host,
          .port = priv->now.target->port,
          .secure = priv->now.target->secure,
          .proxy_resolver = ws_socket_get_proxy_resolver (self) };

  priv->reconnect->is_held = TRUE;
  g_source_set_ready_time (priv->activation, get_latest (priv->reconnect));
  ws_network_watch_ask (priv->reconnect->watch, &target);
  ws_socket_update_view (self);
}

static gboolean
on_wait_over (gpointer user_data)
{
  WS_SOCKET_INSIDE (user_data);
  WsSocket        *self = user_data;
  WsSocketPrivate *priv = ws_socket_peek (self);

  if (g_get_monotonic_time () < get_latest (priv->reconnect)
      && lacks_network (self))
    {
      await_network (self);
      return G_SOURCE_CONTINUE;
    }
  retry (self);
  return G_SOURCE_REMOVE;
}

static gboolean
dispatch_wait (GSource *source, GSourceFunc callback, gpointer user_data)
{
  return callback (user_data);
}

static void
begin_to_wait (WsSocket *self, int delay)
{
  WS_SOCKET_INSIDE (self);
  /* Not a time-out source, which would set its own ready time. */
  static GSourceFuncs wait_funcs = { .dispatch = dispatch_wait };
  WsSocketPrivate    *priv = ws_socket_peek (self);
  gint64              now = g_get_monotonic_time ();

  priv->activation = g_source_new (&wait_funcs, sizeof (GSource));
  g_source_set_static_name (priv->activation, "[ws-glib] reconnect");
  g_source_set_callback (priv->activation, on_wait_over, self, NULL);
  g_source_set_ready_time (priv->activation, now + delay * (gint64) 1000);
  g_source_attach (priv->activation, priv->home.context);
  /* The policy may be one of a handler just now. */
  if (priv->reconnect->watch == NULL)
    begin_watch (self);
  priv->reconnect->is_waiting = TRUE;
  priv->reconnect->is_held = FALSE;
  priv->reconnect->is_at_work = TRUE;
  priv->reconnect->waiting_since = now;
}

/* The ms that the server which refused the handshake asks for, or 0. It has no
 * power over its clients beyond what their policy allows. */
static int
get_retry_after (WsSocket *self, WsReconnectPolicy *policy)
{
  WsHandshakeResponse *response = ws_socket_get_response (self);
  const char          *value;
  gint64               seconds;

  if (ws_socket_peek (self)->reconnect->connected_at > 0 || response == NULL)
    return 0;
  value = ws_headers_get_one (ws_handshake_response_get_headers (response),
                              "Retry-After");
  if (value == NULL)
    return 0;
  seconds
      = ws_http_parse_retry_after (value, g_get_real_time () / G_USEC_PER_SEC);
  return (int) CLAMP (seconds * 1000, 0, get_longest (policy));
}

/* A connection that has held long enough makes a fresh start. */
static void
judge_endurance (WsReconnect *self)
{
  gint64 reset_after = ws_reconnect_policy_get_reset_after (self->policy);

  if (self->connected_at > 0
      && g_get_monotonic_time () - self->connected_at >= reset_after * 1000)
    self->n_attempts = 0;
}

gboolean
ws_socket_await_reconnect (WsSocket *self)
{
  WsSocketPrivate *priv = ws_socket_peek (self);
  WsReconnect     *reconnect = priv->reconnect;
  guint            attempt = priv->now.number;
  int              delay;
  g_autoptr (WsReconnectPolicy) policy = NULL;

  if (reconnect->policy == NULL || reconnect->is_unwanted || !priv->active
      || priv->now.target == NULL || priv->now.is_given)
    return FALSE;
  policy = g_object_ref (reconnect->policy);
  judge_endurance (reconnect);
  delay = ws_reconnect_policy_decide (policy, self, reconnect->n_attempts + 1);
  /* A subclass may have done anything meanwhile. */
  if (attempt != priv->now.number || priv->activation != NULL)
    return TRUE;
  if (delay < 0 || reconnect->policy == NULL || !priv->active)
    return FALSE;
  delay = MAX (delay, get_retry_after (self, policy));
  reconnect->n_attempts++;
  begin_to_wait (self, delay);
  ws_socket_log (self, "reconnecting: attempt %u follows in %d ms",
                 reconnect->n_attempts, delay);
  ws_socket_update_view (self);
  if (attempt != priv->now.number || !reconnect->is_waiting)
    return TRUE;
  ws_socket_emit (self, WS_SOCKET_SIGNAL_RECONNECTING, reconnect->n_attempts,
                  (guint) delay);
  return TRUE;
}

gboolean
ws_socket_take_retry (WsSocket *self)
{
  WsReconnect *reconnect = ws_socket_peek (self)->reconnect;
  gboolean     is_retry = reconnect->is_retry;

  if (is_retry)
    reconnect->is_retry = FALSE;
  return is_retry;
}

void
ws_socket_note_attempt (WsSocket *self,
                        gboolean  is_retry,
                        void (*open) (WsSocket *socket))
{
  WsReconnect *reconnect = ws_socket_get_reconnecting (self);

  if (!is_retry)
    {
      reconnect->n_attempts = 0;
      reconnect->is_at_work = FALSE;
    }
  reconnect->is_unwanted = FALSE;
  reconnect->connected_at = 0;
  reconnect->open = open;
  begin_watch (self);
}

/* The server has understood, and will answer the same again; 101 is here an
 * upgrade that we had to refuse. */
static gboolean
is_final (guint status)
{
  return status == 101
         || (status >= 400 && status < 500 && status != 408 && status != 425
             && status != 429);
}

/* As a clock says that was not set yet. */
static gboolean
is_too_early (const WsAttempt *attempt)
{
  GPtrArray *errors = attempt->tls != NULL ? attempt->tls->ssl_errors : NULL;

  if (errors == NULL)
    return FALSE;
  for (guint i = 0; i < errors->len; i++)
    if (ws_ssl_error_get_code (g_ptr_array_index (errors, i))
        != WS_SSL_ERROR_CODE_CERTIFICATE_NOT_YET_VALID)
      return FALSE;
  return TRUE;
}

/* What has never worked may be set up wrongly. What did work before is in the
 * way of something that passes: a portal that wants a login, a server whose
 * certificates are being renewed. An alert is the server's view of us, which
 * may change there. */
static gboolean
is_final_for_tls (WsSocketPrivate *priv, const GError *error)
{
  return error->domain == G_TLS_ERROR && error->code != G_TLS_ERROR_EOF
         && !priv->reconnect->was_reached && !priv->now.ssl_alerted
         && !is_too_early (&priv->now);
}

void
ws_socket_note_failure (WsSocket *self, const GError *error, guint status)
{
  WsSocketPrivate *priv = ws_socket_peek (self);

  priv->now.is_hopeless
      = g_error_matches (error, WS_ENGINE_ERROR,
                         WS_ENGINE_ERROR_INVALID_REQUEST)
        || g_error_matches (error, WS_ENGINE_ERROR,
                            WS_ENGINE_ERROR_PROXY_AUTHENTICATION_REQUIRED)
        || is_final (status) || is_final_for_tls (priv, error);
}

/* --- The property --- */

/**
 * ws_socket_get_reconnect:
 * @self: a socket
 *
 * Gets when the socket is opened again after an end that nobody asked for.
 *
 * Returns: (nullable) (transfer none): a policy; %NULL: never
 *
 * Since: 1.0
 */
WsReconnectPolicy *
ws_socket_get_reconnect (WsSocket *self)
{
  g_return_val_if_fail (WS_IS_SOCKET (self), NULL);

  return ws_socket_peek (self)->reconnect->policy;
}

/**
 * ws_socket_set_reconnect:
 * @self: a socket
 * @reconnect: (nullable): a policy; %NULL: never
 *
 * Sets when the socket is opened again after an end that nobody asked for.
 *
 * %NULL gives up an attempt that is being waited for.
 *
 * Since: 1.0
 */
void
ws_socket_set_reconnect (WsSocket *self, WsReconnectPolicy *reconnect)
{
  WsSocketPrivate *priv;

  g_return_if_fail (WS_IS_SOCKET (self));
  g_return_if_fail (reconnect == NULL || WS_IS_RECONNECT_POLICY (reconnect));

  priv = ws_socket_peek (self);
  if (!ws_socket_may_set (self, WS_SOCKET_PROP_RECONNECT)
      || !g_set_object (&ws_socket_get_reconnecting (self)->policy, reconnect))
    return;
  g_object_ref (self);
  if (reconnect == NULL)
    ws_socket_clear_watch (self);
  else if (priv->reconnect->watch == NULL
           && (priv->now.opening != NULL
               || (priv->now.engine != NULL && priv->now.target != NULL)))
    begin_watch (self);
  if (reconnect == NULL && priv->reconnect->is_waiting)
    {
      ws_socket_cancel_activation (self);
      ws_socket_set_active_flag (self, FALSE);
    }
  ws_socket_notify (self, WS_SOCKET_PROP_RECONNECT);
  g_object_unref (self);
}

/* --- The properties --- */

/* clang-format off */
const WsProperty ws_socket_reconnect_properties[] = {
  /**
   * WsSocket:reconnect:
   *
   * When to open the socket again after an end that nobody asked for; %NULL:
   * never.
   *
   * The connection, or attempt, ends as it does without a policy, with
   * [signal@Socket::disconnected] and all that belongs to it, but
   * [property@Socket:active] stays %TRUE and [signal@Socket::reconnecting]
   * tells what comes. [property@Socket:state] and [property@Socket:status] say
   * how the last one ended while the socket waits. Then it is opened anew:
   * names are resolved, the same handlers hear the same signals as ever.
   *
   * [method@Socket.close], [method@Socket.abort] and [property@Socket:active]
   * set to %FALSE end the wait, as does %NULL here; [method@Socket.open] or
   * another [property@Socket:url] makes the attempt at once, and counts from
   * the beginning. Another policy is asked at the next end. A server's socket
   * takes no notice of it.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_OBJECT (WsSocket, WS_SOCKET_PROP_RECONNECT, "reconnect",
                        WsReconnectPolicy, ws_reconnect_policy_get_type,
                        ws_socket_get_reconnect, ws_socket_set_reconnect) },

  { 0 }
};
/* clang-format on */
