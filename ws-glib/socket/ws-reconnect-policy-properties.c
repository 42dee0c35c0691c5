/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "socket/ws-reconnect-policy-private.h"

/* What a policy is made of. */

#define READ_WRITE \
  (G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS)

typedef enum
{
  PROP_MINIMUM = 1,
  PROP_MAXIMUM,
  PROP_FACTOR,
  PROP_JITTER,
  PROP_RESET_AFTER,
  PROP_MAX_ATTEMPTS,
  PROP_AFTER_NORMAL_CLOSE,
  PROP_FATAL_CLOSE_CODES,
  N_PROPS
} WsReconnectPolicyProp;

static GParamSpec *props[N_PROPS];

static void
set_fatal_close_codes (WsReconnectPolicy *self, GVariant *codes)
{
  gsize         n_codes = 0;
  gconstpointer data = NULL;

  if (codes != NULL)
    data = g_variant_get_fixed_array (codes, &n_codes, sizeof (guint32));
  ws_reconnect_policy_set_fatal_close_codes (self, data, n_codes);
}

static GVariant *
make_fatal_close_codes (const GArray *codes)
{
  return g_variant_new_fixed_array (G_VARIANT_TYPE_UINT32, codes->data,
                                    codes->len, sizeof (guint32));
}

static void
ws_reconnect_policy_set_property (GObject      *object,
                                  guint         prop_id,
                                  const GValue *value,
                                  GParamSpec   *pspec)
{
  WsReconnectPolicy *self = WS_RECONNECT_POLICY (object);

  switch ((WsReconnectPolicyProp) prop_id)
    {
    case PROP_MINIMUM:
      ws_reconnect_policy_set_minimum (self, g_value_get_uint (value));
      break;
    case PROP_MAXIMUM:
      ws_reconnect_policy_set_maximum (self, g_value_get_uint (value));
      break;
    case PROP_FACTOR:
      ws_reconnect_policy_set_factor (self, g_value_get_double (value));
      break;
    case PROP_JITTER:
      ws_reconnect_policy_set_jitter (self, g_value_get_double (value));
      break;
    case PROP_RESET_AFTER:
      ws_reconnect_policy_set_reset_after (self, g_value_get_uint (value));
      break;
    case PROP_MAX_ATTEMPTS:
      ws_reconnect_policy_set_max_attempts (self, g_value_get_uint (value));
      break;
    case PROP_AFTER_NORMAL_CLOSE:
      ws_reconnect_policy_set_after_normal_close (self,
                                                  g_value_get_boolean (value));
      break;
    case PROP_FATAL_CLOSE_CODES:
      set_fatal_close_codes (self, g_value_get_variant (value));
      break;
    case N_PROPS:
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
ws_reconnect_policy_get_property (GObject    *object,
                                  guint       prop_id,
                                  GValue     *value,
                                  GParamSpec *pspec)
{
  WsReconnectPolicyPrivate *priv
      = ws_reconnect_policy_peek (WS_RECONNECT_POLICY (object));

  switch ((WsReconnectPolicyProp) prop_id)
    {
    case PROP_MINIMUM:
      g_value_set_uint (value, priv->minimum);
      break;
    case PROP_MAXIMUM:
      g_value_set_uint (value, priv->maximum);
      break;
    case PROP_FACTOR:
      g_value_set_double (value, priv->factor);
      break;
    case PROP_JITTER:
      g_value_set_double (value, priv->jitter);
      break;
    case PROP_RESET_AFTER:
      g_value_set_uint (value, priv->reset_after);
      break;
    case PROP_MAX_ATTEMPTS:
      g_value_set_uint (value, priv->max_attempts);
      break;
    case PROP_AFTER_NORMAL_CLOSE:
      g_value_set_boolean (value, priv->after_normal_close);
      break;
    case PROP_FATAL_CLOSE_CODES:
      g_value_set_variant (value,
                           make_fatal_close_codes (priv->fatal_close_codes));
      break;
    case N_PROPS:
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
install_delay_properties (void)
{
  /**
   * WsReconnectPolicy:minimum: (getter get_minimum) (setter set_minimum)
   *
   * Milliseconds before the first attempt; at least 1.
   *
   * Since: 1.0
   */
  props[PROP_MINIMUM] = g_param_spec_uint ("minimum", NULL, NULL, 1, G_MAXINT,
                                           1000, READ_WRITE);

  /**
   * WsReconnectPolicy:maximum: (getter get_maximum) (setter set_maximum)
   *
   * The most milliseconds before an attempt.
   *
   * A smaller one than [property@ReconnectPolicy:minimum] counts as that.
   *
   * Since: 1.0
   */
  props[PROP_MAXIMUM] = g_param_spec_uint ("maximum", NULL, NULL, 1, G_MAXINT,
                                           60000, READ_WRITE);

  /**
   * WsReconnectPolicy:factor: (getter get_factor) (setter set_factor)
   *
   * By what the delay grows from one attempt to the next; at least 1.
   *
   * Since: 1.0
   */
  props[PROP_FACTOR] = g_param_spec_double ("factor", NULL, NULL, 1,
                                            G_MAXDOUBLE, 2, READ_WRITE);

  /**
   * WsReconnectPolicy:jitter: (getter get_jitter) (setter set_jitter)
   *
   * The share of a delay, from 0 to 1, that chance may take off.
   *
   * 0 makes delays exact. Clients that lost the same server should not all come
   * back in the same moment.
   *
   * Since: 1.0
   */
  props[PROP_JITTER]
      = g_param_spec_double ("jitter", NULL, NULL, 0, 1, 0.5, READ_WRITE);
}

static void
install_end_properties (void)
{
  /**
   * WsReconnectPolicy:reset-after: (getter get_reset_after) (setter set_reset_after)
   *
   * Milliseconds that a connection must have held for the next attempt to be the
   * first again.
   *
   * 0: every connection that was open does. Else a server that accepts and closes
   * at once sees the delays grow.
   *
   * Since: 1.0
   */
  props[PROP_RESET_AFTER] = g_param_spec_uint ("reset-after", NULL, NULL, 0,
                                               G_MAXINT, 10000, READ_WRITE);

  /**
   * WsReconnectPolicy:max-attempts: (getter get_max_attempts) (setter set_max_attempts)
   *
   * How many attempts are made before the socket gives up; 0: no end.
   *
   * Since: 1.0
   */
  props[PROP_MAX_ATTEMPTS] = g_param_spec_uint ("max-attempts", NULL, NULL, 0,
                                                G_MAXUINT, 0, READ_WRITE);

  /**
   * WsReconnectPolicy:after-normal-close: (getter get_after_normal_close) (setter set_after_normal_close)
   *
   * Whether to reconnect when the peer has closed in order with 1000 or an empty
   * close frame (RFC 6455, 7.4.1).
   *
   * That means that it has done what it was asked for, so that the default is
   * %FALSE. Other codes, such as 1001 of a server that restarts, are no end.
   *
   * Since: 1.0
   */
  props[PROP_AFTER_NORMAL_CLOSE]
      = g_param_spec_boolean ("after-normal-close", NULL, NULL, FALSE,
                              READ_WRITE);

  /**
   * WsReconnectPolicy:fatal-close-codes:
   *
   * The close codes after which no attempt is made.
   *
   * By default 1002, 1003, 1007, 1008, 1009 and 1010, where the same would happen
   * again. What 3000 to 4999 mean the application knows: it lists those of them
   * that no attempt can change.
   *
   * An array of numbers (`au`), as in a `.ui` file;
   * [method@ReconnectPolicy.set_fatal_close_codes] is the shorter way.
   *
   * Since: 1.0
   */
  props[PROP_FATAL_CLOSE_CODES]
      = g_param_spec_variant ("fatal-close-codes", NULL, NULL,
                              G_VARIANT_TYPE ("au"), NULL, READ_WRITE);
}

void
ws_reconnect_policy_install_properties (GObjectClass *object_class)
{
  object_class->get_property = ws_reconnect_policy_get_property;
  object_class->set_property = ws_reconnect_policy_set_property;
  install_delay_properties ();
  install_end_properties ();
  g_object_class_install_properties (object_class, N_PROPS, props);
}

/**
 * ws_reconnect_policy_get_minimum:
 * @self: a policy
 *
 * Gets how long to wait before the first attempt.
 *
 * Returns: milliseconds, at least 1
 *
 * Since: 1.0
 */
guint
ws_reconnect_policy_get_minimum (WsReconnectPolicy *self)
{
  g_return_val_if_fail (WS_IS_RECONNECT_POLICY (self), 0);

  return ws_reconnect_policy_peek (self)->minimum;
}

/**
 * ws_reconnect_policy_set_minimum:
 * @self: a policy
 * @minimum: milliseconds, at least 1
 *
 * Sets how long to wait before the first attempt.
 *
 * Since: 1.0
 */
void
ws_reconnect_policy_set_minimum (WsReconnectPolicy *self, guint minimum)
{
  WsReconnectPolicyPrivate *priv;

  g_return_if_fail (WS_IS_RECONNECT_POLICY (self));
  g_return_if_fail (minimum > 0 && minimum <= G_MAXINT);

  priv = ws_reconnect_policy_peek (self);
  if (priv->minimum == minimum)
    return;
  priv->minimum = minimum;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_MINIMUM]);
}

/**
 * ws_reconnect_policy_get_maximum:
 * @self: a policy
 *
 * Gets how long to wait at most before an attempt.
 *
 * Returns: milliseconds, at least 1
 *
 * Since: 1.0
 */
guint
ws_reconnect_policy_get_maximum (WsReconnectPolicy *self)
{
  g_return_val_if_fail (WS_IS_RECONNECT_POLICY (self), 0);

  return ws_reconnect_policy_peek (self)->maximum;
}

/**
 * ws_reconnect_policy_set_maximum:
 * @self: a policy
 * @maximum: milliseconds, at least 1
 *
 * Sets how long to wait at most before an attempt.
 *
 * Since: 1.0
 */
void
ws_reconnect_policy_set_maximum (WsReconnectPolicy *self, guint maximum)
{
  WsReconnectPolicyPrivate *priv;

  g_return_if_fail (WS_IS_RECONNECT_POLICY (self));
  g_return_if_fail (maximum > 0 && maximum <= G_MAXINT);

  priv = ws_reconnect_policy_peek (self);
  if (priv->maximum == maximum)
    return;
  priv->maximum = maximum;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_MAXIMUM]);
}

/**
 * ws_reconnect_policy_get_factor:
 * @self: a policy
 *
 * Gets by what the delay grows from one attempt to the next.
 *
 * Returns: a factor, at least 1
 *
 * Since: 1.0
 */
double
ws_reconnect_policy_get_factor (WsReconnectPolicy *self)
{
  g_return_val_if_fail (WS_IS_RECONNECT_POLICY (self), 0);

  return ws_reconnect_policy_peek (self)->factor;
}

/**
 * ws_reconnect_policy_set_factor:
 * @self: a policy
 * @factor: a factor, at least 1
 *
 * Sets by what the delay grows from one attempt to the next.
 *
 * Since: 1.0
 */
void
ws_reconnect_policy_set_factor (WsReconnectPolicy *self, double factor)
{
  WsReconnectPolicyPrivate *priv;

  g_return_if_fail (WS_IS_RECONNECT_POLICY (self));
  g_return_if_fail (factor >= 1);

  priv = ws_reconnect_policy_peek (self);
  if (priv->factor == factor)
    return;
  priv->factor = factor;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_FACTOR]);
}

/**
 * ws_reconnect_policy_get_jitter:
 * @self: a policy
 *
 * Gets the share of a delay that chance may take off.
 *
 * Returns: 0 to 1
 *
 * Since: 1.0
 */
double
ws_reconnect_policy_get_jitter (WsReconnectPolicy *self)
{
  g_return_val_if_fail (WS_IS_RECONNECT_POLICY (self), 0);

  return ws_reconnect_policy_peek (self)->jitter;
}

/**
 * ws_reconnect_policy_set_jitter:
 * @self: a policy
 * @jitter: 0 to 1
 *
 * Sets the share of a delay that chance may take off.
 *
 * Since: 1.0
 */
void
ws_reconnect_policy_set_jitter (WsReconnectPolicy *self, double jitter)
{
  WsReconnectPolicyPrivate *priv;

  g_return_if_fail (WS_IS_RECONNECT_POLICY (self));
  g_return_if_fail (jitter >= 0 && jitter <= 1);

  priv = ws_reconnect_policy_peek (self);
  if (priv->jitter == jitter)
    return;
  priv->jitter = jitter;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_JITTER]);
}

/**
 * ws_reconnect_policy_get_reset_after:
 * @self: a policy
 *
 * Gets how long a connection must hold for the next attempt to be the first.
 *
 * Returns: milliseconds
 *
 * Since: 1.0
 */
guint
ws_reconnect_policy_get_reset_after (WsReconnectPolicy *self)
{
  g_return_val_if_fail (WS_IS_RECONNECT_POLICY (self), 0);

  return ws_reconnect_policy_peek (self)->reset_after;
}

/**
 * ws_reconnect_policy_set_reset_after:
 * @self: a policy
 * @reset_after: milliseconds
 *
 * Sets how long a connection must hold for the next attempt to be the first.
 *
 * Since: 1.0
 */
void
ws_reconnect_policy_set_reset_after (WsReconnectPolicy *self, guint reset_after)
{
  WsReconnectPolicyPrivate *priv;

  g_return_if_fail (WS_IS_RECONNECT_POLICY (self));
  g_return_if_fail (reset_after <= G_MAXINT);

  priv = ws_reconnect_policy_peek (self);
  if (priv->reset_after == reset_after)
    return;
  priv->reset_after = reset_after;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_RESET_AFTER]);
}

/**
 * ws_reconnect_policy_get_max_attempts:
 * @self: a policy
 *
 * Gets how many attempts are made before the socket gives up.
 *
 * Returns: a number; 0: no end
 *
 * Since: 1.0
 */
guint
ws_reconnect_policy_get_max_attempts (WsReconnectPolicy *self)
{
  g_return_val_if_fail (WS_IS_RECONNECT_POLICY (self), 0);

  return ws_reconnect_policy_peek (self)->max_attempts;
}

/**
 * ws_reconnect_policy_set_max_attempts:
 * @self: a policy
 * @max_attempts: a number; 0: no end
 *
 * Sets how many attempts are made before the socket gives up.
 *
 * Since: 1.0
 */
void
ws_reconnect_policy_set_max_attempts (WsReconnectPolicy *self,
                                      guint              max_attempts)
{
  WsReconnectPolicyPrivate *priv;

  g_return_if_fail (WS_IS_RECONNECT_POLICY (self));

  priv = ws_reconnect_policy_peek (self);
  if (priv->max_attempts == max_attempts)
    return;
  priv->max_attempts = max_attempts;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_MAX_ATTEMPTS]);
}

/**
 * ws_reconnect_policy_get_after_normal_close:
 * @self: a policy
 *
 * Gets whether to reconnect when the peer has closed in order with 1000.
 *
 * Returns: whether to
 *
 * Since: 1.0
 */
gboolean
ws_reconnect_policy_get_after_normal_close (WsReconnectPolicy *self)
{
  g_return_val_if_fail (WS_IS_RECONNECT_POLICY (self), FALSE);

  return ws_reconnect_policy_peek (self)->after_normal_close;
}

/**
 * ws_reconnect_policy_set_after_normal_close:
 * @self: a policy
 * @after_normal_close: whether to
 *
 * Sets whether to reconnect when the peer has closed in order with 1000.
 *
 * Since: 1.0
 */
void
ws_reconnect_policy_set_after_normal_close (WsReconnectPolicy *self,
                                            gboolean after_normal_close)
{
  WsReconnectPolicyPrivate *priv;

  g_return_if_fail (WS_IS_RECONNECT_POLICY (self));

  priv = ws_reconnect_policy_peek (self);
  if (!priv->after_normal_close == !after_normal_close)
    return;
  priv->after_normal_close = after_normal_close;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_AFTER_NORMAL_CLOSE]);
}

/**
 * ws_reconnect_policy_get_fatal_close_codes:
 * @self: a policy
 * @n_codes: (out): how many there are
 *
 * Gets the close codes after which no attempt is made.
 *
 * Returns: (array length=n_codes) (transfer none): the codes
 *
 * Since: 1.0
 */
const guint *
ws_reconnect_policy_get_fatal_close_codes (WsReconnectPolicy *self,
                                           gsize             *n_codes)
{
  GArray *codes;

  g_return_val_if_fail (WS_IS_RECONNECT_POLICY (self), NULL);
  g_return_val_if_fail (n_codes != NULL, NULL);

  codes = ws_reconnect_policy_peek (self)->fatal_close_codes;
  *n_codes = codes->len;
  return (const guint *) (gconstpointer) codes->data;
}

/**
 * ws_reconnect_policy_set_fatal_close_codes:
 * @self: a policy
 * @codes: (array length=n_codes) (nullable): the codes
 * @n_codes: how many there are
 *
 * Sets the close codes after which no attempt is made.
 *
 * Since: 1.0
 */
void
ws_reconnect_policy_set_fatal_close_codes (WsReconnectPolicy *self,
                                           const guint       *codes,
                                           gsize              n_codes)
{
  WsReconnectPolicyPrivate *priv;
  GArray                   *copy;

  g_return_if_fail (WS_IS_RECONNECT_POLICY (self));
  g_return_if_fail (codes != NULL || n_codes == 0);

  priv = ws_reconnect_policy_peek (self);
  copy = g_array_new (FALSE, FALSE, sizeof (guint));
  if (n_codes > 0)
    g_array_append_vals (copy, codes, n_codes);
  g_array_unref (priv->fatal_close_codes);
  priv->fatal_close_codes = copy;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_FATAL_CLOSE_CODES]);
}
