/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The properties of WsReconnectPolicy, and their accessors. */
#include "socket/ws-reconnect-policy-properties.h"

#include "base/ws-property.h"

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

int ws_reconnect_policy_offset;

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

/* --- The properties --- */

static void
set_fatal_close_codes (WsReconnectPolicy *self, GVariant *codes)
{
  gsize         n_codes = 0;
  gconstpointer data = NULL;

  if (codes != NULL)
    data = g_variant_get_fixed_array (codes, &n_codes, sizeof (guint32));
  ws_reconnect_policy_set_fatal_close_codes (self, data, n_codes);
}

/* (transfer floating) */
static GVariant *
get_fatal_close_codes (WsReconnectPolicy *self)
{
  GArray *codes = ws_reconnect_policy_peek (self)->fatal_close_codes;

  return g_variant_new_fixed_array (G_VARIANT_TYPE_UINT32, codes->data,
                                    codes->len, sizeof (guint32));
}

/* clang-format off */
static const WsProperty properties[] = {
  /**
   * WsReconnectPolicy:minimum:
   *
   * Milliseconds before the first attempt; at least 1.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_UINT (WsReconnectPolicy, PROP_MINIMUM, "minimum", 1, G_MAXINT,
                      1000, ws_reconnect_policy_get_minimum,
                      ws_reconnect_policy_set_minimum) },

  /**
   * WsReconnectPolicy:maximum:
   *
   * The most milliseconds before an attempt.
   *
   * A smaller one than [property@ReconnectPolicy:minimum] counts as that.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_UINT (WsReconnectPolicy, PROP_MAXIMUM, "maximum", 1, G_MAXINT,
                      60000, ws_reconnect_policy_get_maximum,
                      ws_reconnect_policy_set_maximum) },

  /**
   * WsReconnectPolicy:factor:
   *
   * By what the delay grows from one attempt to the next; at least 1.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_DOUBLE (WsReconnectPolicy, PROP_FACTOR, "factor", 1,
                        G_MAXDOUBLE, 2, ws_reconnect_policy_get_factor,
                        ws_reconnect_policy_set_factor) },

  /**
   * WsReconnectPolicy:jitter:
   *
   * The share of a delay, from 0 to 1, that chance may take off.
   *
   * 0 makes delays exact. Clients that lost the same server should not all come
   * back in the same moment.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_DOUBLE (WsReconnectPolicy, PROP_JITTER, "jitter", 0, 1, 0.5,
                        ws_reconnect_policy_get_jitter,
                        ws_reconnect_policy_set_jitter) },

  /**
   * WsReconnectPolicy:reset-after:
   *
   * Milliseconds that a connection must have held for the next attempt to be
   * the first again.
   *
   * 0: every connection that was open does. Else a server that accepts and
   * closes at once sees the delays grow.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_UINT (WsReconnectPolicy, PROP_RESET_AFTER, "reset-after", 0,
                      G_MAXINT, 10000, ws_reconnect_policy_get_reset_after,
                      ws_reconnect_policy_set_reset_after) },

  /**
   * WsReconnectPolicy:max-attempts:
   *
   * How many attempts are made before the socket gives up; 0: no end.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_UINT (WsReconnectPolicy, PROP_MAX_ATTEMPTS, "max-attempts", 0,
                      G_MAXUINT, 0, ws_reconnect_policy_get_max_attempts,
                      ws_reconnect_policy_set_max_attempts) },

  /**
   * WsReconnectPolicy:after-normal-close:
   *
   * Whether to reconnect when the peer has closed with 1000 or an empty close
   * frame (RFC 6455, 7.4.1).
   *
   * That means that it has done what it was asked for, so that the default is
   * %FALSE. Other codes, such as 1001 of a server that restarts, are no end.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_BOOLEAN (WsReconnectPolicy, PROP_AFTER_NORMAL_CLOSE,
                         "after-normal-close", FALSE,
                         ws_reconnect_policy_get_after_normal_close,
                         ws_reconnect_policy_set_after_normal_close) },

  /**
   * WsReconnectPolicy:fatal-close-codes:
   *
   * The close codes after which no attempt is made.
   *
   * By default 1002, 1003, 1007, 1008, 1009 and 1010, where the same would
   * happen again. 1012 and 1013 mean "come back", and are none. What 3000 to
   * 4999 mean the application knows: it lists those of them that no
   * attempt can change.
   *
   * An array of numbers (`au`), as in a `.ui` file;
   * [method@ReconnectPolicy.set_fatal_close_codes] is the shorter way.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_VARIANT (WsReconnectPolicy, PROP_FATAL_CLOSE_CODES,
                         "fatal-close-codes", "au", get_fatal_close_codes,
                         set_fatal_close_codes) },

  { 0 }
};
/* clang-format on */

static const WsProperty *const tables[] = { properties, NULL };

void
ws_reconnect_policy_install_properties (GObjectClass *object_class)
{
  ws_reconnect_policy_offset
      = g_type_class_get_instance_private_offset (object_class);
  ws_property_install (object_class, tables, props, N_PROPS);
}
