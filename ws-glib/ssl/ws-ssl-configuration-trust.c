/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The accessors of WsSslConfiguration for whom it trusts. */
#include "ssl/ws-ssl-configuration-trust.h"

/**
 * ws_ssl_configuration_get_ca_certificates_file:
 * @self: a TLS configuration
 *
 * Gets a file with authorities that are trusted, beside
 * [property@SslConfiguration:ca-certificates]: PEM, or DER of one.
 *
 * Returns: (transfer none) (type filename) (nullable): the path
 *
 * Since: 1.0
 */
const char *
ws_ssl_configuration_get_ca_certificates_file (WsSslConfiguration *self)
{
  g_return_val_if_fail (WS_IS_SSL_CONFIGURATION (self), NULL);

  return self->ca_certificates_file;
}

/**
 * ws_ssl_configuration_set_ca_certificates_file:
 * @self: a TLS configuration
 * @ca_certificates_file: (type filename) (nullable): the path
 *
 * Sets [property@SslConfiguration:ca-certificates-file].
 *
 * Since: 1.0
 */
void
ws_ssl_configuration_set_ca_certificates_file (WsSslConfiguration *self,
                                               const char *ca_certificates_file)
{
  g_return_if_fail (WS_IS_SSL_CONFIGURATION (self));

  ws_ssl_configuration_put_string (
      self, &self->ca_certificates_file, ca_certificates_file,
      WS_SSL_CONFIGURATION_PROP_CA_CERTIFICATES_FILE);
}

/**
 * ws_ssl_configuration_get_system_trust:
 * @self: a TLS configuration
 *
 * Gets whether the authorities are trusted that the system trusts.
 *
 * Returns: %TRUE if so
 *
 * Since: 1.0
 */
gboolean
ws_ssl_configuration_get_system_trust (WsSslConfiguration *self)
{
  g_return_val_if_fail (WS_IS_SSL_CONFIGURATION (self), FALSE);

  return self->system_trust;
}

/**
 * ws_ssl_configuration_set_system_trust:
 * @self: a TLS configuration
 * @system_trust: whether it is so
 *
 * Sets [property@SslConfiguration:system-trust].
 *
 * Since: 1.0
 */
void
ws_ssl_configuration_set_system_trust (WsSslConfiguration *self,
                                       gboolean            system_trust)
{
  g_return_if_fail (WS_IS_SSL_CONFIGURATION (self));

  system_trust = system_trust != FALSE;
  if (self->system_trust == system_trust)
    return;
  self->system_trust = system_trust;
  ws_ssl_configuration_changed (self, WS_SSL_CONFIGURATION_PROP_SYSTEM_TRUST);
}

/**
 * ws_ssl_configuration_get_crl:
 * @self: a TLS configuration
 *
 * Gets the lists of revoked certificates (RFC 5280, 5): PEM, or DER of one.
 *
 * Returns: (transfer none) (nullable): the bytes
 *
 * Since: 1.0
 */
GBytes *
ws_ssl_configuration_get_crl (WsSslConfiguration *self)
{
  g_return_val_if_fail (WS_IS_SSL_CONFIGURATION (self), NULL);

  return self->crl;
}

/**
 * ws_ssl_configuration_set_crl:
 * @self: a TLS configuration
 * @crl: (nullable): the bytes
 *
 * Sets [property@SslConfiguration:crl].
 *
 * Since: 1.0
 */
void
ws_ssl_configuration_set_crl (WsSslConfiguration *self, GBytes *crl)
{
  g_return_if_fail (WS_IS_SSL_CONFIGURATION (self));

  ws_ssl_configuration_put_bytes (self, &self->crl, crl,
                                  WS_SSL_CONFIGURATION_PROP_CRL);
}

/**
 * ws_ssl_configuration_get_crl_file:
 * @self: a TLS configuration
 *
 * Gets a file with lists of revoked certificates, beside
 * [property@SslConfiguration:crl].
 *
 * Returns: (transfer none) (type filename) (nullable): the path
 *
 * Since: 1.0
 */
const char *
ws_ssl_configuration_get_crl_file (WsSslConfiguration *self)
{
  g_return_val_if_fail (WS_IS_SSL_CONFIGURATION (self), NULL);

  return self->crl_file;
}

/**
 * ws_ssl_configuration_set_crl_file:
 * @self: a TLS configuration
 * @crl_file: (type filename) (nullable): the path
 *
 * Sets [property@SslConfiguration:crl-file].
 *
 * Since: 1.0
 */
void
ws_ssl_configuration_set_crl_file (WsSslConfiguration *self,
                                   const char         *crl_file)
{
  g_return_if_fail (WS_IS_SSL_CONFIGURATION (self));

  ws_ssl_configuration_put_string (self, &self->crl_file, crl_file,
                                   WS_SSL_CONFIGURATION_PROP_CRL_FILE);
}

/**
 * ws_ssl_configuration_get_peer_verify_mode:
 * @self: a TLS configuration
 *
 * Gets whether the peer's certificate is asked for, and judged.
 *
 * Returns: the setting
 *
 * Since: 1.0
 */
WsSslVerifyMode
ws_ssl_configuration_get_peer_verify_mode (WsSslConfiguration *self)
{
  g_return_val_if_fail (WS_IS_SSL_CONFIGURATION (self),
                        WS_SSL_VERIFY_MODE_AUTO);

  return self->peer_verify_mode;
}

/**
 * ws_ssl_configuration_set_peer_verify_mode:
 * @self: a TLS configuration
 * @peer_verify_mode: the setting
 *
 * Sets [property@SslConfiguration:peer-verify-mode].
 *
 * Since: 1.0
 */
void
ws_ssl_configuration_set_peer_verify_mode (WsSslConfiguration *self,
                                           WsSslVerifyMode     peer_verify_mode)
{
  g_return_if_fail (WS_IS_SSL_CONFIGURATION (self));

  if (self->peer_verify_mode == peer_verify_mode)
    return;
  self->peer_verify_mode = peer_verify_mode;
  ws_ssl_configuration_changed (self,
                                WS_SSL_CONFIGURATION_PROP_PEER_VERIFY_MODE);
}

/**
 * ws_ssl_configuration_get_peer_verify_depth:
 * @self: a TLS configuration
 *
 * Gets how many certificates the peer's chain may have, the trusted one not
 * counted; 0: any number.
 *
 * Returns: the number
 *
 * Since: 1.0
 */
guint
ws_ssl_configuration_get_peer_verify_depth (WsSslConfiguration *self)
{
  g_return_val_if_fail (WS_IS_SSL_CONFIGURATION (self), 0);

  return self->peer_verify_depth;
}

/**
 * ws_ssl_configuration_set_peer_verify_depth:
 * @self: a TLS configuration
 * @peer_verify_depth: the number
 *
 * Sets [property@SslConfiguration:peer-verify-depth].
 *
 * Since: 1.0
 */
void
ws_ssl_configuration_set_peer_verify_depth (WsSslConfiguration *self,
                                            guint peer_verify_depth)
{
  g_return_if_fail (WS_IS_SSL_CONFIGURATION (self));

  if (self->peer_verify_depth == peer_verify_depth)
    return;
  self->peer_verify_depth = peer_verify_depth;
  ws_ssl_configuration_changed (self,
                                WS_SSL_CONFIGURATION_PROP_PEER_VERIFY_DEPTH);
}

/**
 * ws_ssl_configuration_get_peer_verify_name:
 * @self: a TLS configuration
 *
 * Gets the name that a server's certificate must be for; %NULL: the host of the
 * URL.
 *
 * Returns: (transfer none) (nullable): the text
 *
 * Since: 1.0
 */
const char *
ws_ssl_configuration_get_peer_verify_name (WsSslConfiguration *self)
{
  g_return_val_if_fail (WS_IS_SSL_CONFIGURATION (self), NULL);

  return self->peer_verify_name;
}

/**
 * ws_ssl_configuration_set_peer_verify_name:
 * @self: a TLS configuration
 * @peer_verify_name: (nullable): the text
 *
 * Sets [property@SslConfiguration:peer-verify-name].
 *
 * Since: 1.0
 */
void
ws_ssl_configuration_set_peer_verify_name (WsSslConfiguration *self,
                                           const char         *peer_verify_name)
{
  g_return_if_fail (WS_IS_SSL_CONFIGURATION (self));

  ws_ssl_configuration_put_string (self, &self->peer_verify_name,
                                   peer_verify_name,
                                   WS_SSL_CONFIGURATION_PROP_PEER_VERIFY_NAME);
}

/**
 * ws_ssl_configuration_get_ca_certificates:
 * @self: a TLS configuration
 *
 * Gets the authorities that are trusted, of type [class@SslCertificate].
 *
 * Returns: (transfer none): the authorities; may be empty
 *
 * Since: 1.0
 */
GListModel *
ws_ssl_configuration_get_ca_certificates (WsSslConfiguration *self)
{
  g_return_val_if_fail (WS_IS_SSL_CONFIGURATION (self), NULL);

  return G_LIST_MODEL (self->ca_certificates);
}

/**
 * ws_ssl_configuration_set_ca_certificates:
 * @self: a TLS configuration
 * @ca_certificates: (nullable): objects of type [class@SslCertificate]; %NULL:
 *   none
 *
 * Sets the authorities that are trusted, to copies of these.
 *
 * Since: 1.0
 */
void
ws_ssl_configuration_set_ca_certificates (WsSslConfiguration *self,
                                          GListModel         *ca_certificates)
{
  g_autoptr (GPtrArray) copies
      = g_ptr_array_new_with_free_func (g_object_unref);

  g_return_if_fail (WS_IS_SSL_CONFIGURATION (self));
  g_return_if_fail (ca_certificates == NULL
                    || G_IS_LIST_MODEL (ca_certificates));
  g_return_if_fail (
      ca_certificates == NULL
      || g_type_is_a (g_list_model_get_item_type (ca_certificates),
                      WS_TYPE_SSL_CERTIFICATE));

  for (guint i = 0; ca_certificates != NULL
                    && i < g_list_model_get_n_items (ca_certificates);
       i++)
    g_ptr_array_add (copies, g_list_model_get_item (ca_certificates, i));
  g_list_store_splice (self->ca_certificates, 0,
                       g_list_model_get_n_items (
                           G_LIST_MODEL (self->ca_certificates)),
                       copies->pdata, copies->len);
  ws_ssl_configuration_notify (self, WS_SSL_CONFIGURATION_PROP_CA_CERTIFICATES);
}

/**
 * ws_ssl_configuration_add_ca_certificate:
 * @self: a TLS configuration
 * @certificate: an authority, or a peer's own certificate
 *
 * Trusts one more certificate.
 *
 * Since: 1.0
 */
void
ws_ssl_configuration_add_ca_certificate (WsSslConfiguration *self,
                                         WsSslCertificate   *certificate)
{
  g_return_if_fail (WS_IS_SSL_CONFIGURATION (self));
  g_return_if_fail (WS_IS_SSL_CERTIFICATE (certificate));

  g_list_store_append (self->ca_certificates, certificate);
}

/* --- The properties --- */

/* clang-format off */
const WsProperty ws_ssl_configuration_trust_properties[] = {
  /**
   * WsSslConfiguration:ca-certificates-file:
   *
   * A file with authorities that are trusted, beside
   * [property@SslConfiguration:ca-certificates]: PEM, or DER of one.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_STRING (WsSslConfiguration,
                        WS_SSL_CONFIGURATION_PROP_CA_CERTIFICATES_FILE,
                        "ca-certificates-file", NULL,
                        ws_ssl_configuration_get_ca_certificates_file,
                        ws_ssl_configuration_set_ca_certificates_file) },

  /**
   * WsSslConfiguration:system-trust:
   *
   * Whether the authorities are trusted that the system trusts.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_BOOLEAN (WsSslConfiguration,
                         WS_SSL_CONFIGURATION_PROP_SYSTEM_TRUST,
                         "system-trust", TRUE,
                         ws_ssl_configuration_get_system_trust,
                         ws_ssl_configuration_set_system_trust) },

  /**
   * WsSslConfiguration:crl:
   *
   * Lists of revoked certificates (RFC 5280, 5): PEM, or DER of one.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_BOXED (WsSslConfiguration, WS_SSL_CONFIGURATION_PROP_CRL,
                       "crl", GBytes *, GBytes *, g_bytes_get_type,
                       ws_ssl_configuration_get_crl,
                       ws_ssl_configuration_set_crl) },

  /**
   * WsSslConfiguration:crl-file:
   *
   * A file with lists of revoked certificates, beside
   * [property@SslConfiguration:crl].
   *
   * Since: 1.0
   */
  { WS_PROPERTY_STRING (WsSslConfiguration,
                        WS_SSL_CONFIGURATION_PROP_CRL_FILE, "crl-file", NULL,
                        ws_ssl_configuration_get_crl_file,
                        ws_ssl_configuration_set_crl_file) },

  /**
   * WsSslConfiguration:peer-verify-mode:
   *
   * Whether the peer's certificate is asked for, and judged.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_ENUM (WsSslConfiguration,
                      WS_SSL_CONFIGURATION_PROP_PEER_VERIFY_MODE,
                      "peer-verify-mode", WsSslVerifyMode,
                      ws_ssl_verify_mode_get_type, WS_SSL_VERIFY_MODE_AUTO,
                      ws_ssl_configuration_get_peer_verify_mode,
                      ws_ssl_configuration_set_peer_verify_mode) },

  /**
   * WsSslConfiguration:peer-verify-depth:
   *
   * How many certificates the peer's chain may have, the trusted one not
   * counted; 0: any number.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_UINT (WsSslConfiguration,
                      WS_SSL_CONFIGURATION_PROP_PEER_VERIFY_DEPTH,
                      "peer-verify-depth", 0, G_MAXUINT, 0,
                      ws_ssl_configuration_get_peer_verify_depth,
                      ws_ssl_configuration_set_peer_verify_depth) },

  /**
   * WsSslConfiguration:peer-verify-name:
   *
   * The name that a server's certificate must be for; %NULL: the host of the
   * URL.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_STRING (WsSslConfiguration,
                        WS_SSL_CONFIGURATION_PROP_PEER_VERIFY_NAME,
                        "peer-verify-name", NULL,
                        ws_ssl_configuration_get_peer_verify_name,
                        ws_ssl_configuration_set_peer_verify_name) },

  /**
   * WsSslConfiguration:ca-certificates:
   *
   * Authorities that are trusted, of type [class@SslCertificate].
   *
   * Since: 1.0
   */
  { WS_PROPERTY_OBJECT (WsSslConfiguration,
                        WS_SSL_CONFIGURATION_PROP_CA_CERTIFICATES,
                        "ca-certificates", GListModel, g_list_model_get_type,
                        ws_ssl_configuration_get_ca_certificates,
                        ws_ssl_configuration_set_ca_certificates) },

  { 0 }
};
/* clang-format on */
