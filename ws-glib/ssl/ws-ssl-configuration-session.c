/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The accessors of WsSslConfiguration for what sessions are like. */
#include "ssl/ws-ssl-configuration-session.h"

static gboolean
replace_strv (char ***field, const char *const *value)
{
  char **old = *field;

  if (old == NULL && value == NULL)
    return FALSE;
  if (old != NULL && value != NULL
      && g_strv_equal ((const char *const *) old, value))
    return FALSE;

  *field = g_strdupv ((char **) value);
  g_strfreev (old);
  return TRUE;
}

/**
 * ws_ssl_configuration_get_priority:
 * @self: a TLS configuration
 *
 * Gets which algorithms are used, as a priority string of GnuTLS; %NULL: what
 * it thinks secure, with keys that are exchanged anew for each connection.
 *
 * Those are not in the hands of whoever gets the server's key later, and has
 * recorded connections before (RFC 9325, 4.1). `NORMAL` allows for others.
 *
 * Returns: (transfer none) (nullable): the text
 *
 * Since: 1.0
 */
const char *
ws_ssl_configuration_get_priority (WsSslConfiguration *self)
{
  g_return_val_if_fail (WS_IS_SSL_CONFIGURATION (self), NULL);

  return self->priority;
}

/**
 * ws_ssl_configuration_set_priority:
 * @self: a TLS configuration
 * @priority: (nullable): the text
 *
 * Sets [property@SslConfiguration:priority].
 *
 * Since: 1.0
 */
void
ws_ssl_configuration_set_priority (WsSslConfiguration *self,
                                   const char         *priority)
{
  g_return_if_fail (WS_IS_SSL_CONFIGURATION (self));

  ws_ssl_configuration_put_string (self, &self->priority, priority,
                                   WS_SSL_CONFIGURATION_PROP_PRIORITY);
}

/**
 * ws_ssl_configuration_get_minimum_protocol:
 * @self: a TLS configuration
 *
 * Gets the oldest version of TLS that is spoken.
 *
 * Versions before TLS 1.2 are never spoken.
 *
 * Returns: the setting
 *
 * Since: 1.0
 */
WsSslProtocol
ws_ssl_configuration_get_minimum_protocol (WsSslConfiguration *self)
{
  g_return_val_if_fail (WS_IS_SSL_CONFIGURATION (self), WS_SSL_PROTOCOL_ANY);

  return self->minimum_protocol;
}

/**
 * ws_ssl_configuration_set_minimum_protocol:
 * @self: a TLS configuration
 * @minimum_protocol: the setting
 *
 * Sets [property@SslConfiguration:minimum-protocol].
 *
 * Since: 1.0
 */
void
ws_ssl_configuration_set_minimum_protocol (WsSslConfiguration *self,
                                           WsSslProtocol       minimum_protocol)
{
  g_return_if_fail (WS_IS_SSL_CONFIGURATION (self));

  if (self->minimum_protocol == minimum_protocol)
    return;
  self->minimum_protocol = minimum_protocol;
  ws_ssl_configuration_changed (self,
                                WS_SSL_CONFIGURATION_PROP_MINIMUM_PROTOCOL);
}

/**
 * ws_ssl_configuration_get_maximum_protocol:
 * @self: a TLS configuration
 *
 * Gets the newest version of TLS that is spoken.
 *
 * Returns: the setting
 *
 * Since: 1.0
 */
WsSslProtocol
ws_ssl_configuration_get_maximum_protocol (WsSslConfiguration *self)
{
  g_return_val_if_fail (WS_IS_SSL_CONFIGURATION (self), WS_SSL_PROTOCOL_ANY);

  return self->maximum_protocol;
}

/**
 * ws_ssl_configuration_set_maximum_protocol:
 * @self: a TLS configuration
 * @maximum_protocol: the setting
 *
 * Sets [property@SslConfiguration:maximum-protocol].
 *
 * Since: 1.0
 */
void
ws_ssl_configuration_set_maximum_protocol (WsSslConfiguration *self,
                                           WsSslProtocol       maximum_protocol)
{
  g_return_if_fail (WS_IS_SSL_CONFIGURATION (self));

  if (self->maximum_protocol == maximum_protocol)
    return;
  self->maximum_protocol = maximum_protocol;
  ws_ssl_configuration_changed (self,
                                WS_SSL_CONFIGURATION_PROP_MAXIMUM_PROTOCOL);
}

/**
 * ws_ssl_configuration_get_allowed_next_protocols:
 * @self: a TLS configuration
 *
 * Gets what is offered by ALPN (RFC 7301), the best first; %NULL: nothing.
 *
 * `http/1.1` unless it is set, for it is what a WebSocket is made from.
 *
 * Returns: (transfer none) (array zero-terminated=1) (nullable): the protocols
 *
 * Since: 1.0
 */
const char *const *
ws_ssl_configuration_get_allowed_next_protocols (WsSslConfiguration *self)
{
  g_return_val_if_fail (WS_IS_SSL_CONFIGURATION (self), NULL);

  return (const char *const *) self->allowed_next_protocols;
}

/**
 * ws_ssl_configuration_set_allowed_next_protocols:
 * @self: a TLS configuration
 * @allowed_next_protocols: (array zero-terminated=1) (nullable): the protocols
 *
 * Sets [property@SslConfiguration:allowed-next-protocols].
 *
 * Since: 1.0
 */
void
ws_ssl_configuration_set_allowed_next_protocols (
    WsSslConfiguration *self, const char *const *allowed_next_protocols)
{
  g_return_if_fail (WS_IS_SSL_CONFIGURATION (self));

  if (!replace_strv (&self->allowed_next_protocols, allowed_next_protocols))
    return;
  ws_ssl_configuration_notify (
      self, WS_SSL_CONFIGURATION_PROP_ALLOWED_NEXT_PROTOCOLS);
}

/**
 * ws_ssl_configuration_get_session_resumption:
 * @self: a TLS configuration
 *
 * Gets whether later connections resume the session of earlier ones, which is
 * faster.
 *
 * Returns: %TRUE if so
 *
 * Since: 1.0
 */
gboolean
ws_ssl_configuration_get_session_resumption (WsSslConfiguration *self)
{
  g_return_val_if_fail (WS_IS_SSL_CONFIGURATION (self), FALSE);

  return self->session_resumption;
}

/**
 * ws_ssl_configuration_set_session_resumption:
 * @self: a TLS configuration
 * @session_resumption: whether it is so
 *
 * Sets [property@SslConfiguration:session-resumption].
 *
 * Since: 1.0
 */
void
ws_ssl_configuration_set_session_resumption (WsSslConfiguration *self,
                                             gboolean session_resumption)
{
  g_return_if_fail (WS_IS_SSL_CONFIGURATION (self));

  session_resumption = session_resumption != FALSE;
  if (self->session_resumption == session_resumption)
    return;
  self->session_resumption = session_resumption;
  ws_ssl_configuration_changed (self,
                                WS_SSL_CONFIGURATION_PROP_SESSION_RESUMPTION);
}

/**
 * ws_ssl_configuration_get_session_ticket_key:
 * @self: a TLS configuration
 *
 * Gets what the tickets of a server are encrypted with; %NULL: a key of its
 * own.
 *
 * Returns: (transfer none) (nullable): 64 bytes
 *
 * Since: 1.0
 */
GBytes *
ws_ssl_configuration_get_session_ticket_key (WsSslConfiguration *self)
{
  g_return_val_if_fail (WS_IS_SSL_CONFIGURATION (self), NULL);

  return self->session_ticket_key;
}

/**
 * ws_ssl_configuration_set_session_ticket_key:
 * @self: a TLS configuration
 * @session_ticket_key: (nullable): 64 bytes; any other number fails when it is
 *   loaded
 *
 * Sets [property@SslConfiguration:session-ticket-key].
 *
 * Since: 1.0
 */
void
ws_ssl_configuration_set_session_ticket_key (WsSslConfiguration *self,
                                             GBytes *session_ticket_key)
{
  g_return_if_fail (WS_IS_SSL_CONFIGURATION (self));

  ws_ssl_configuration_put_bytes (self, &self->session_ticket_key,
                                  session_ticket_key,
                                  WS_SSL_CONFIGURATION_PROP_SESSION_TICKET_KEY);
}

/**
 * ws_ssl_configuration_get_pre_shared_key:
 * @self: a TLS configuration
 *
 * Gets whether connections may be secured by a key that both ends know, instead
 * of certificates.
 *
 * Returns: %TRUE if so
 *
 * Since: 1.0
 */
gboolean
ws_ssl_configuration_get_pre_shared_key (WsSslConfiguration *self)
{
  g_return_val_if_fail (WS_IS_SSL_CONFIGURATION (self), FALSE);

  return self->pre_shared_key;
}

/**
 * ws_ssl_configuration_set_pre_shared_key:
 * @self: a TLS configuration
 * @pre_shared_key: whether it is so
 *
 * Sets [property@SslConfiguration:pre-shared-key].
 *
 * Since: 1.0
 */
void
ws_ssl_configuration_set_pre_shared_key (WsSslConfiguration *self,
                                         gboolean            pre_shared_key)
{
  g_return_if_fail (WS_IS_SSL_CONFIGURATION (self));

  pre_shared_key = pre_shared_key != FALSE;
  if (self->pre_shared_key == pre_shared_key)
    return;
  self->pre_shared_key = pre_shared_key;
  ws_ssl_configuration_changed (self, WS_SSL_CONFIGURATION_PROP_PRE_SHARED_KEY);
}

/**
 * ws_ssl_configuration_get_pre_shared_key_identity_hint:
 * @self: a TLS configuration
 *
 * Gets what a server tells clients before they choose a key; set, it allows for
 * such keys.
 *
 * Returns: (transfer none) (nullable): the text
 *
 * Since: 1.0
 */
const char *
ws_ssl_configuration_get_pre_shared_key_identity_hint (WsSslConfiguration *self)
{
  g_return_val_if_fail (WS_IS_SSL_CONFIGURATION (self), NULL);

  return self->pre_shared_key_identity_hint;
}

/**
 * ws_ssl_configuration_set_pre_shared_key_identity_hint:
 * @self: a TLS configuration
 * @pre_shared_key_identity_hint: (nullable): the text
 *
 * Sets [property@SslConfiguration:pre-shared-key-identity-hint].
 *
 * Since: 1.0
 */
void
ws_ssl_configuration_set_pre_shared_key_identity_hint (
    WsSslConfiguration *self, const char *pre_shared_key_identity_hint)
{
  g_return_if_fail (WS_IS_SSL_CONFIGURATION (self));

  ws_ssl_configuration_put_string (
      self, &self->pre_shared_key_identity_hint, pre_shared_key_identity_hint,
      WS_SSL_CONFIGURATION_PROP_PRE_SHARED_KEY_IDENTITY_HINT);
}

/**
 * ws_ssl_configuration_get_handshake_must_interrupt_on_error:
 * @self: a TLS configuration
 *
 * Gets whether each problem of a certificate is told as it is found, and the
 * handshake waits for what is to be done.
 *
 * Returns: %TRUE if so
 *
 * Since: 1.0
 */
gboolean
ws_ssl_configuration_get_handshake_must_interrupt_on_error (
    WsSslConfiguration *self)
{
  g_return_val_if_fail (WS_IS_SSL_CONFIGURATION (self), FALSE);

  return self->handshake_must_interrupt_on_error;
}

/**
 * ws_ssl_configuration_set_handshake_must_interrupt_on_error:
 * @self: a TLS configuration
 * @handshake_must_interrupt_on_error: whether it is so
 *
 * Sets [property@SslConfiguration:handshake-must-interrupt-on-error].
 *
 * Since: 1.0
 */
void
ws_ssl_configuration_set_handshake_must_interrupt_on_error (
    WsSslConfiguration *self, gboolean handshake_must_interrupt_on_error)
{
  g_return_if_fail (WS_IS_SSL_CONFIGURATION (self));

  handshake_must_interrupt_on_error
      = handshake_must_interrupt_on_error != FALSE;
  if (self->handshake_must_interrupt_on_error
      == handshake_must_interrupt_on_error)
    return;
  self->handshake_must_interrupt_on_error = handshake_must_interrupt_on_error;
  ws_ssl_configuration_notify (
      self, WS_SSL_CONFIGURATION_PROP_HANDSHAKE_MUST_INTERRUPT_ON_ERROR);
}

/* --- The properties --- */

/* clang-format off */
const WsProperty ws_ssl_configuration_session_properties[] = {
  /**
   * WsSslConfiguration:priority:
   *
   * Which algorithms are used, as a priority string of GnuTLS; %NULL: what it
   * thinks secure, with keys that are exchanged anew for each connection.
   *
   * Those are not in the hands of whoever gets the server's key later, and has
   * recorded connections before (RFC 9325, 4.1). `NORMAL` allows for others.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_STRING (WsSslConfiguration,
                        WS_SSL_CONFIGURATION_PROP_PRIORITY, "priority", NULL,
                        ws_ssl_configuration_get_priority,
                        ws_ssl_configuration_set_priority) },

  /**
   * WsSslConfiguration:minimum-protocol:
   *
   * The oldest version of TLS that is spoken.
   *
   * Versions before TLS 1.2 are never spoken.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_ENUM (WsSslConfiguration,
                      WS_SSL_CONFIGURATION_PROP_MINIMUM_PROTOCOL,
                      "minimum-protocol", WsSslProtocol,
                      ws_ssl_protocol_get_type, WS_SSL_PROTOCOL_ANY,
                      ws_ssl_configuration_get_minimum_protocol,
                      ws_ssl_configuration_set_minimum_protocol) },

  /**
   * WsSslConfiguration:maximum-protocol:
   *
   * The newest version of TLS that is spoken.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_ENUM (WsSslConfiguration,
                      WS_SSL_CONFIGURATION_PROP_MAXIMUM_PROTOCOL,
                      "maximum-protocol", WsSslProtocol,
                      ws_ssl_protocol_get_type, WS_SSL_PROTOCOL_ANY,
                      ws_ssl_configuration_get_maximum_protocol,
                      ws_ssl_configuration_set_maximum_protocol) },

  /**
   * WsSslConfiguration:allowed-next-protocols:
   *
   * What is offered by ALPN (RFC 7301), the best first; %NULL: nothing.
   *
   * `http/1.1` unless it is set, for it is what a WebSocket is made from.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_BOXED (WsSslConfiguration,
                       WS_SSL_CONFIGURATION_PROP_ALLOWED_NEXT_PROTOCOLS,
                       "allowed-next-protocols", const char *const *,
                       const char *const *, g_strv_get_type,
                       ws_ssl_configuration_get_allowed_next_protocols,
                       ws_ssl_configuration_set_allowed_next_protocols) },

  /**
   * WsSslConfiguration:session-resumption:
   *
   * Whether later connections resume the session of earlier ones, which is
   * faster.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_BOOLEAN (WsSslConfiguration,
                         WS_SSL_CONFIGURATION_PROP_SESSION_RESUMPTION,
                         "session-resumption", TRUE,
                         ws_ssl_configuration_get_session_resumption,
                         ws_ssl_configuration_set_session_resumption) },

  /**
   * WsSslConfiguration:session-ticket-key:
   *
   * What the tickets of a server are encrypted with: 64 random bytes; %NULL: a
   * key of its own, made anew whenever it is loaded.
   *
   * Servers in several processes or on several hosts that share one resume each
   * other's sessions. The keys in use are made from it and from the time, a new
   * one every few hours, so the clocks have to agree. Whoever knows it can read
   * sessions of TLS 1.2 that have a ticket: keep it secret, and renew it.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_BOXED (WsSslConfiguration,
                       WS_SSL_CONFIGURATION_PROP_SESSION_TICKET_KEY,
                       "session-ticket-key", GBytes *, GBytes *,
                       g_bytes_get_type,
                       ws_ssl_configuration_get_session_ticket_key,
                       ws_ssl_configuration_set_session_ticket_key) },

  /**
   * WsSslConfiguration:pre-shared-key:
   *
   * Whether connections may be secured by a key that both ends know, instead
   * of certificates.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_BOOLEAN (WsSslConfiguration,
                         WS_SSL_CONFIGURATION_PROP_PRE_SHARED_KEY,
                         "pre-shared-key", FALSE,
                         ws_ssl_configuration_get_pre_shared_key,
                         ws_ssl_configuration_set_pre_shared_key) },

  /**
   * WsSslConfiguration:pre-shared-key-identity-hint:
   *
   * What a server tells clients before they choose a key; set, it allows for
   * such keys.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_STRING (
      WsSslConfiguration,
      WS_SSL_CONFIGURATION_PROP_PRE_SHARED_KEY_IDENTITY_HINT,
      "pre-shared-key-identity-hint", NULL,
      ws_ssl_configuration_get_pre_shared_key_identity_hint,
      ws_ssl_configuration_set_pre_shared_key_identity_hint) },

  /**
   * WsSslConfiguration:handshake-must-interrupt-on-error:
   *
   * Whether each problem of a certificate is told as it is found, and the
   * handshake waits for what is to be done.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_BOOLEAN (
      WsSslConfiguration,
      WS_SSL_CONFIGURATION_PROP_HANDSHAKE_MUST_INTERRUPT_ON_ERROR,
      "handshake-must-interrupt-on-error", FALSE,
      ws_ssl_configuration_get_handshake_must_interrupt_on_error,
      ws_ssl_configuration_set_handshake_must_interrupt_on_error) },

  { 0 }
};
/* clang-format on */
