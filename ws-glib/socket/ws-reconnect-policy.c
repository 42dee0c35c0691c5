/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The class of WsReconnectPolicy: whether a new attempt is made, and when. */
#include "socket/ws-reconnect-policy-private.h"

#include "ws-socket-error.h"
#include "socket/ws-reconnect-policy-properties.h"
#include "socket/ws-socket-core.h"

/**
 * WsReconnectPolicy:
 *
 * When a lost connection is opened again, and when not.
 *
 * It belongs to a [class@Socket] by [property@Socket:reconnect], or to several
 * of the same thread: what has to be counted is counted by each socket. When a
 * connection, or an attempt to open one, ends and nobody asked for that, the
 * policy is asked twice: [vfunc@ReconnectPolicy.should_reconnect] tells whether
 * a new attempt can help, [vfunc@ReconnectPolicy.get_delay] how long to wait
 * for it. The delay grows from [property@ReconnectPolicy:minimum] by
 * [property@ReconnectPolicy:factor] up to [property@ReconnectPolicy:maximum];
 * less a random share of it, so that a server that comes back is not run over
 * by all its clients at once. A server that refuses the handshake may ask for
 * more time with `Retry-After` (RFC 9110, 10.2.3), up to the same maximum.
 *
 * The system's network is watched meanwhile (see [iface@Gio.NetworkMonitor]):
 * when it comes back an attempt is made at once, and while it knows no way to
 * the host, or to the proxy before it, one is held up. Since it may be wrong,
 * that lasts no longer than [property@ReconnectPolicy:maximum] from the end of
 * the last connection or attempt. The loopback and Unix sockets
 * are always tried.
 *
 * Since: 1.0
 */

G_DEFINE_TYPE_WITH_PRIVATE (WsReconnectPolicy,
                            ws_reconnect_policy,
                            G_TYPE_OBJECT)

/* The same thing would happen again. */
static const guint default_fatal_close_codes[]
    = { WS_CLOSE_CODE_PROTOCOL_ERROR, WS_CLOSE_CODE_DATATYPE_NOT_SUPPORTED,
        WS_CLOSE_CODE_WRONG_DATATYPE, WS_CLOSE_CODE_POLICY_VIOLATED,
        WS_CLOSE_CODE_TOO_MUCH_DATA,  WS_CLOSE_CODE_MISSING_EXTENSION };

/* --- The decisions --- */

static gboolean
is_fatal_code (const WsReconnectPolicyPrivate *priv, guint code)
{
  for (guint i = 0; i < priv->fatal_close_codes->len; i++)
    if (g_array_index (priv->fatal_close_codes, guint, i) == code)
      return TRUE;
  return FALSE;
}

/* What the user, or the server's administrator, has to put right. */
static gboolean
is_fatal_error (const GError *error)
{
  static const WsSocketError fatal[] = {
    WS_SOCKET_ERROR_UNSUPPORTED_SOCKET_OPERATION,
    WS_SOCKET_ERROR_PROXY_AUTHENTICATION_REQUIRED,
    WS_SOCKET_ERROR_SSL_INVALID_USER_DATA,
    WS_SOCKET_ERROR_INVALID_ARGUMENT,
    WS_SOCKET_ERROR_AUTHENTICATION_REQUIRED,
  };

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (fatal); i++)
    if (g_error_matches (error, WS_SOCKET_ERROR, (int) fatal[i]))
      return TRUE;
  return FALSE;
}

static gboolean
ws_reconnect_policy_real_should_reconnect (WsReconnectPolicy *self,
                                           WsSocket          *socket)
{
  WsReconnectPolicyPrivate *priv = ws_reconnect_policy_peek (self);
  guint                     code = ws_socket_get_close_code (socket);

  if (ws_socket_peek (socket)->now.is_hopeless
      || is_fatal_error (ws_socket_get_error (socket)))
    return FALSE;
  /* Whether our answer got out says nothing about what the peer wants. */
  if (code == WS_CLOSE_CODE_NORMAL
      && ws_socket_get_close_code_received (socket) != 0)
    return priv->after_normal_close;
  return !is_fatal_code (priv, code);
}

/* Stops at the cap: the power of a large number of attempts is infinite. */
static double
back_off (const WsReconnectPolicyPrivate *priv, guint attempt)
{
  double cap = MAX (priv->minimum, priv->maximum);
  double delay = priv->minimum;

  for (guint i = 1; i < attempt && delay < cap && priv->factor > 1; i++)
    delay *= priv->factor;
  return MIN (delay, cap);
}

static int
ws_reconnect_policy_real_get_delay (WsReconnectPolicy *self, guint attempt)
{
  WsReconnectPolicyPrivate *priv = ws_reconnect_policy_peek (self);
  double                    delay = back_off (priv, attempt);

  if (priv->max_attempts > 0 && attempt > priv->max_attempts)
    return -1;
  if (priv->jitter > 0)
    delay -= delay * priv->jitter * g_random_double ();
  return CLAMP (delay, 1, G_MAXINT);
}

int
ws_reconnect_policy_decide (WsReconnectPolicy *self,
                            WsSocket          *socket,
                            guint              attempt)
{
  WsReconnectPolicyPrivate *priv = ws_reconnect_policy_peek (self);
  int                       delay;

  if (!ws_reconnect_policy_should_reconnect (self, socket))
    return -1;
  delay = ws_reconnect_policy_get_delay (self, attempt);
  if (delay != 0)
    return MAX (delay, -1);
  if (!priv->has_warned)
    g_warning ("%s gave no delay; the built-in back-off steps in",
               G_OBJECT_TYPE_NAME (self));
  priv->has_warned = TRUE;
  return ws_reconnect_policy_real_get_delay (self, attempt);
}

/* --- Life --- */

static void
ws_reconnect_policy_finalize (GObject *object)
{
  WsReconnectPolicyPrivate *priv
      = ws_reconnect_policy_peek (WS_RECONNECT_POLICY (object));

  g_array_unref (priv->fatal_close_codes);
  G_OBJECT_CLASS (ws_reconnect_policy_parent_class)->finalize (object);
}

/* --- The class --- */

static void
ws_reconnect_policy_class_init (WsReconnectPolicyClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = ws_reconnect_policy_finalize;
  ws_reconnect_policy_install_properties (object_class);
  klass->should_reconnect = ws_reconnect_policy_real_should_reconnect;
  klass->get_delay = ws_reconnect_policy_real_get_delay;
}

static void
ws_reconnect_policy_init (WsReconnectPolicy *self)
{
  WsReconnectPolicyPrivate *priv = ws_reconnect_policy_peek (self);

  priv->minimum = 1000;
  priv->maximum = 60000;
  priv->factor = 2;
  priv->jitter = 0.5;
  priv->reset_after = 10000;
  priv->fatal_close_codes = g_array_new (FALSE, FALSE, sizeof (guint));
  g_array_append_vals (priv->fatal_close_codes, default_fatal_close_codes,
                       G_N_ELEMENTS (default_fatal_close_codes));
}

/**
 * ws_reconnect_policy_new:
 *
 * Creates a policy that waits one second, then two, four and so on up to a
 * minute, less up to a half, without end.
 *
 * Returns: (transfer full): a new policy
 *
 * Since: 1.0
 */
WsReconnectPolicy *
ws_reconnect_policy_new (void)
{
  return g_object_new (WS_TYPE_RECONNECT_POLICY, NULL);
}

/* --- Asking it --- */

/**
 * WsReconnectPolicyClass::should_reconnect:
 * @self: a policy
 * @socket: a socket whose connection or attempt has ended
 *
 * Tells whether a new attempt can help.
 *
 * How it ended is in [method@Socket.get_error], [property@Socket:close-code]
 * and its relatives.
 *
 * Returns: %FALSE to leave it at that
 *
 * Since: 1.0
 */

/**
 * ws_reconnect_policy_should_reconnect: (virtual should_reconnect)
 * @self: a policy
 * @socket: a socket whose connection or attempt has ended
 *
 * Tells whether a new attempt can help.
 *
 * It cannot, says the built-in filter, after
 *
 * - a close code of [property@ReconnectPolicy:fatal-close-codes], whoever sent
 *   it;
 * - a normal closing by the peer (1000, or an empty close frame), whether our
 *   answer got out or not, unless [property@ReconnectPolicy:after-normal-close]
 *   is set;
 * - a handshake that was refused with a status 4xx, except 408, 425 and 429, or
 *   whose answer breaks RFC 6455, 4.1, as with a subprotocol that was not
 *   offered;
 * - a TLS handshake that failed, as for a certificate that is not trusted, when
 *   [property@Socket:url] was never reached since it was set, unless the peer
 *   ended it with an alert, or the certificates are not valid yet and nothing
 *   else is wrong (the clock may not be set);
 * - settings of ours that cannot be used;
 * - credentials that are missing or wrong.
 *
 * All else may pass: a host that is not found, a refusal, a time-out, other
 * statuses such as 503, a connection that was lost, and certificates that are
 * wrong where they were right before, as behind a portal that wants a login.
 *
 * Returns: whether it can
 *
 * Since: 1.0
 */
gboolean
ws_reconnect_policy_should_reconnect (WsReconnectPolicy *self, WsSocket *socket)
{
  g_return_val_if_fail (WS_IS_RECONNECT_POLICY (self), FALSE);
  g_return_val_if_fail (WS_IS_SOCKET (socket), FALSE);

  return WS_RECONNECT_POLICY_GET_CLASS (self)->should_reconnect (self, socket);
}

/**
 * WsReconnectPolicyClass::get_delay:
 * @self: a policy
 * @attempt: the attempt's number since the connection last held, from 1 on
 *
 * Tells how long to wait for an attempt.
 *
 * Returns: milliseconds, at least 1; -1: it is not to be made; 0 (as of a
 *   Python method that raises): the built-in answer
 *
 * Since: 1.0
 */

/**
 * ws_reconnect_policy_get_delay: (virtual get_delay)
 * @self: a policy
 * @attempt: the attempt's number since the connection last held, from 1 on
 *
 * Gets how long to wait for an attempt.
 *
 * With [property@ReconnectPolicy:jitter] each call draws anew.
 *
 * Returns: milliseconds, at least 1; -1: it is beyond
 *   [property@ReconnectPolicy:max-attempts]
 *
 * Since: 1.0
 */
int
ws_reconnect_policy_get_delay (WsReconnectPolicy *self, guint attempt)
{
  g_return_val_if_fail (WS_IS_RECONNECT_POLICY (self), -1);
  g_return_val_if_fail (attempt > 0, -1);

  return WS_RECONNECT_POLICY_GET_CLASS (self)->get_delay (self, attempt);
}
