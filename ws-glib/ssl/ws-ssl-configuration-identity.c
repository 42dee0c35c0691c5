/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The accessors of WsSslConfiguration for what is shown to peers. */
#include "ssl/ws-ssl-configuration-identity.h"

/**
 * ws_ssl_configuration_get_local_certificate:
 * @self: a TLS configuration
 *
 * Gets the certificate that is shown to peers, and its chain: PEM, or DER of
 * one.
 *
 * It goes before [property@SslConfiguration:local-certificate-file].
 *
 * Returns: (transfer none) (nullable): the bytes
 *
 * Since: 1.0
 */
GBytes *
ws_ssl_configuration_get_local_certificate (WsSslConfiguration *self)
{
  g_return_val_if_fail (WS_IS_SSL_CONFIGURATION (self), NULL);

  return self->local_certificate;
}

/**
 * ws_ssl_configuration_set_local_certificate:
 * @self: a TLS configuration
 * @local_certificate: (nullable): the bytes
 *
 * Sets [property@SslConfiguration:local-certificate].
 *
 * Since: 1.0
 */
void
ws_ssl_configuration_set_local_certificate (WsSslConfiguration *self,
                                            GBytes *local_certificate)
{
  g_return_if_fail (WS_IS_SSL_CONFIGURATION (self));

  ws_ssl_configuration_put_bytes (self, &self->local_certificate,
                                  local_certificate,
                                  WS_SSL_CONFIGURATION_PROP_LOCAL_CERTIFICATE);
}

/**
 * ws_ssl_configuration_get_local_certificate_file:
 * @self: a TLS configuration
 *
 * Gets a file with the certificate that is shown to peers, and its chain: PEM,
 * or DER of one.
 *
 * It is read for the first connection.
 *
 * Returns: (transfer none) (type filename) (nullable): the path
 *
 * Since: 1.0
 */
const char *
ws_ssl_configuration_get_local_certificate_file (WsSslConfiguration *self)
{
  g_return_val_if_fail (WS_IS_SSL_CONFIGURATION (self), NULL);

  return self->local_certificate_file;
}

/**
 * ws_ssl_configuration_set_local_certificate_file:
 * @self: a TLS configuration
 * @local_certificate_file: (type filename) (nullable): the path
 *
 * Sets [property@SslConfiguration:local-certificate-file].
 *
 * Since: 1.0
 */
void
ws_ssl_configuration_set_local_certificate_file (
    WsSslConfiguration *self, const char *local_certificate_file)
{
  g_return_if_fail (WS_IS_SSL_CONFIGURATION (self));

  ws_ssl_configuration_put_string (
      self, &self->local_certificate_file, local_certificate_file,
      WS_SSL_CONFIGURATION_PROP_LOCAL_CERTIFICATE_FILE);
}

/**
 * ws_ssl_configuration_get_local_certificate_uri:
 * @self: a TLS configuration
 *
 * Gets a `pkcs11:` URI (RFC 7512) of the certificate that is shown to peers.
 *
 * Returns: (transfer none) (nullable): the text
 *
 * Since: 1.0
 */
const char *
ws_ssl_configuration_get_local_certificate_uri (WsSslConfiguration *self)
{
  g_return_val_if_fail (WS_IS_SSL_CONFIGURATION (self), NULL);

  return self->local_certificate_uri;
}

/**
 * ws_ssl_configuration_set_local_certificate_uri:
 * @self: a TLS configuration
 * @local_certificate_uri: (nullable): the text
 *
 * Sets [property@SslConfiguration:local-certificate-uri].
 *
 * Since: 1.0
 */
void
ws_ssl_configuration_set_local_certificate_uri (
    WsSslConfiguration *self, const char *local_certificate_uri)
{
  g_return_if_fail (WS_IS_SSL_CONFIGURATION (self));

  ws_ssl_configuration_put_string (
      self, &self->local_certificate_uri, local_certificate_uri,
      WS_SSL_CONFIGURATION_PROP_LOCAL_CERTIFICATE_URI);
}

/**
 * ws_ssl_configuration_get_private_key:
 * @self: a TLS configuration
 *
 * Gets the key of the certificate: PEM or DER.
 *
 * It goes before [property@SslConfiguration:private-key-file]. Without any
 * key, the one beside the certificate is used.
 *
 * Returns: (transfer none) (nullable): the bytes
 *
 * Since: 1.0
 */
GBytes *
ws_ssl_configuration_get_private_key (WsSslConfiguration *self)
{
  g_return_val_if_fail (WS_IS_SSL_CONFIGURATION (self), NULL);

  return self->private_key;
}

/**
 * ws_ssl_configuration_set_private_key:
 * @self: a TLS configuration
 * @private_key: (nullable): the bytes
 *
 * Sets [property@SslConfiguration:private-key].
 *
 * Since: 1.0
 */
void
ws_ssl_configuration_set_private_key (WsSslConfiguration *self,
                                      GBytes             *private_key)
{
  g_return_if_fail (WS_IS_SSL_CONFIGURATION (self));

  ws_ssl_configuration_put_bytes (self, &self->private_key, private_key,
                                  WS_SSL_CONFIGURATION_PROP_PRIVATE_KEY);
}

/**
 * ws_ssl_configuration_get_private_key_file:
 * @self: a TLS configuration
 *
 * Gets a file with the key of the certificate: PEM or DER.
 *
 * It is read for the first connection.
 *
 * Returns: (transfer none) (type filename) (nullable): the path
 *
 * Since: 1.0
 */
const char *
ws_ssl_configuration_get_private_key_file (WsSslConfiguration *self)
{
  g_return_val_if_fail (WS_IS_SSL_CONFIGURATION (self), NULL);

  return self->private_key_file;
}

/**
 * ws_ssl_configuration_set_private_key_file:
 * @self: a TLS configuration
 * @private_key_file: (type filename) (nullable): the path
 *
 * Sets [property@SslConfiguration:private-key-file].
 *
 * Since: 1.0
 */
void
ws_ssl_configuration_set_private_key_file (WsSslConfiguration *self,
                                           const char         *private_key_file)
{
  g_return_if_fail (WS_IS_SSL_CONFIGURATION (self));

  ws_ssl_configuration_put_string (self, &self->private_key_file,
                                   private_key_file,
                                   WS_SSL_CONFIGURATION_PROP_PRIVATE_KEY_FILE);
}

/**
 * ws_ssl_configuration_get_private_key_uri:
 * @self: a TLS configuration
 *
 * Gets a `pkcs11:` URI (RFC 7512) of the key of the certificate.
 *
 * Returns: (transfer none) (nullable): the text
 *
 * Since: 1.0
 */
const char *
ws_ssl_configuration_get_private_key_uri (WsSslConfiguration *self)
{
  g_return_val_if_fail (WS_IS_SSL_CONFIGURATION (self), NULL);

  return self->private_key_uri;
}

/**
 * ws_ssl_configuration_set_private_key_uri:
 * @self: a TLS configuration
 * @private_key_uri: (nullable): the text
 *
 * Sets [property@SslConfiguration:private-key-uri].
 *
 * Since: 1.0
 */
void
ws_ssl_configuration_set_private_key_uri (WsSslConfiguration *self,
                                          const char         *private_key_uri)
{
  g_return_if_fail (WS_IS_SSL_CONFIGURATION (self));

  ws_ssl_configuration_put_string (self, &self->private_key_uri,
                                   private_key_uri,
                                   WS_SSL_CONFIGURATION_PROP_PRIVATE_KEY_URI);
}

/**
 * ws_ssl_configuration_get_password:
 * @self: a TLS configuration
 *
 * Gets the password of an encrypted key, or the PIN of a token.
 *
 * Returns: (transfer none) (nullable): the text
 *
 * Since: 1.0
 */
const char *
ws_ssl_configuration_get_password (WsSslConfiguration *self)
{
  g_return_val_if_fail (WS_IS_SSL_CONFIGURATION (self), NULL);

  return self->password;
}

/**
 * ws_ssl_configuration_set_password:
 * @self: a TLS configuration
 * @password: (nullable): the text
 *
 * Sets [property@SslConfiguration:password].
 *
 * Since: 1.0
 */
void
ws_ssl_configuration_set_password (WsSslConfiguration *self,
                                   const char         *password)
{
  g_return_if_fail (WS_IS_SSL_CONFIGURATION (self));

  ws_ssl_configuration_put_string (self, &self->password, password,
                                   WS_SSL_CONFIGURATION_PROP_PASSWORD);
}

/**
 * ws_ssl_configuration_get_ocsp_response:
 * @self: a TLS configuration
 *
 * Gets the response about the status of a server's certificate (OCSP, RFC
 * 6960), in DER, that is sent along with it.
 *
 * Returns: (transfer none) (nullable): the bytes
 *
 * Since: 1.0
 */
GBytes *
ws_ssl_configuration_get_ocsp_response (WsSslConfiguration *self)
{
  g_return_val_if_fail (WS_IS_SSL_CONFIGURATION (self), NULL);

  return self->ocsp_response;
}

/**
 * ws_ssl_configuration_set_ocsp_response:
 * @self: a TLS configuration
 * @ocsp_response: (nullable): the bytes
 *
 * Sets [property@SslConfiguration:ocsp-response].
 *
 * Since: 1.0
 */
void
ws_ssl_configuration_set_ocsp_response (WsSslConfiguration *self,
                                        GBytes             *ocsp_response)
{
  g_return_if_fail (WS_IS_SSL_CONFIGURATION (self));

  ws_ssl_configuration_put_bytes (self, &self->ocsp_response, ocsp_response,
                                  WS_SSL_CONFIGURATION_PROP_OCSP_RESPONSE);
}

/**
 * ws_ssl_configuration_get_ocsp_response_file:
 * @self: a TLS configuration
 *
 * Gets a file with the response about the status of a server's certificate, in
 * DER.
 *
 * Returns: (transfer none) (type filename) (nullable): the path
 *
 * Since: 1.0
 */
const char *
ws_ssl_configuration_get_ocsp_response_file (WsSslConfiguration *self)
{
  g_return_val_if_fail (WS_IS_SSL_CONFIGURATION (self), NULL);

  return self->ocsp_response_file;
}

/**
 * ws_ssl_configuration_set_ocsp_response_file:
 * @self: a TLS configuration
 * @ocsp_response_file: (type filename) (nullable): the path
 *
 * Sets [property@SslConfiguration:ocsp-response-file].
 *
 * Since: 1.0
 */
void
ws_ssl_configuration_set_ocsp_response_file (WsSslConfiguration *self,
                                             const char *ocsp_response_file)
{
  g_return_if_fail (WS_IS_SSL_CONFIGURATION (self));

  ws_ssl_configuration_put_string (
      self, &self->ocsp_response_file, ocsp_response_file,
      WS_SSL_CONFIGURATION_PROP_OCSP_RESPONSE_FILE);
}

/* --- The properties --- */

/* clang-format off */
const WsProperty ws_ssl_configuration_identity_properties[] = {
  /**
   * WsSslConfiguration:local-certificate:
   *
   * The certificate that is shown to peers, and its chain: PEM, or DER of one.
   *
   * It goes before [property@SslConfiguration:local-certificate-file].
   *
   * Since: 1.0
   */
  { WS_PROPERTY_BOXED (WsSslConfiguration,
                       WS_SSL_CONFIGURATION_PROP_LOCAL_CERTIFICATE,
                       "local-certificate", GBytes *, GBytes *,
                       g_bytes_get_type,
                       ws_ssl_configuration_get_local_certificate,
                       ws_ssl_configuration_set_local_certificate) },

  /**
   * WsSslConfiguration:local-certificate-file:
   *
   * A file with the certificate that is shown to peers, and its chain: PEM, or
   * DER of one.
   *
   * It is read for the first connection.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_STRING (WsSslConfiguration,
                        WS_SSL_CONFIGURATION_PROP_LOCAL_CERTIFICATE_FILE,
                        "local-certificate-file", NULL,
                        ws_ssl_configuration_get_local_certificate_file,
                        ws_ssl_configuration_set_local_certificate_file) },

  /**
   * WsSslConfiguration:local-certificate-uri:
   *
   * A `pkcs11:` URI (RFC 7512) of the certificate that is shown to peers.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_STRING (WsSslConfiguration,
                        WS_SSL_CONFIGURATION_PROP_LOCAL_CERTIFICATE_URI,
                        "local-certificate-uri", NULL,
                        ws_ssl_configuration_get_local_certificate_uri,
                        ws_ssl_configuration_set_local_certificate_uri) },

  /**
   * WsSslConfiguration:private-key:
   *
   * The key of the certificate: PEM or DER.
   *
   * It goes before [property@SslConfiguration:private-key-file]. Without any
   * key, the one beside the certificate is used.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_BOXED (WsSslConfiguration,
                       WS_SSL_CONFIGURATION_PROP_PRIVATE_KEY, "private-key",
                       GBytes *, GBytes *, g_bytes_get_type,
                       ws_ssl_configuration_get_private_key,
                       ws_ssl_configuration_set_private_key) },

  /**
   * WsSslConfiguration:private-key-file:
   *
   * A file with the key of the certificate: PEM or DER.
   *
   * It is read for the first connection.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_STRING (WsSslConfiguration,
                        WS_SSL_CONFIGURATION_PROP_PRIVATE_KEY_FILE,
                        "private-key-file", NULL,
                        ws_ssl_configuration_get_private_key_file,
                        ws_ssl_configuration_set_private_key_file) },

  /**
   * WsSslConfiguration:private-key-uri:
   *
   * A `pkcs11:` URI (RFC 7512) of the key of the certificate.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_STRING (WsSslConfiguration,
                        WS_SSL_CONFIGURATION_PROP_PRIVATE_KEY_URI,
                        "private-key-uri", NULL,
                        ws_ssl_configuration_get_private_key_uri,
                        ws_ssl_configuration_set_private_key_uri) },

  /**
   * WsSslConfiguration:password:
   *
   * The password of an encrypted key, or the PIN of a token.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_STRING (WsSslConfiguration,
                        WS_SSL_CONFIGURATION_PROP_PASSWORD, "password", NULL,
                        ws_ssl_configuration_get_password,
                        ws_ssl_configuration_set_password) },

  /**
   * WsSslConfiguration:ocsp-response:
   *
   * The response about the status of a server's certificate (OCSP, RFC 6960),
   * in DER, that is sent along with it.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_BOXED (WsSslConfiguration,
                       WS_SSL_CONFIGURATION_PROP_OCSP_RESPONSE,
                       "ocsp-response", GBytes *, GBytes *, g_bytes_get_type,
                       ws_ssl_configuration_get_ocsp_response,
                       ws_ssl_configuration_set_ocsp_response) },

  /**
   * WsSslConfiguration:ocsp-response-file:
   *
   * A file with the response about the status of a server's certificate, in
   * DER.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_STRING (WsSslConfiguration,
                        WS_SSL_CONFIGURATION_PROP_OCSP_RESPONSE_FILE,
                        "ocsp-response-file", NULL,
                        ws_ssl_configuration_get_ocsp_response_file,
                        ws_ssl_configuration_set_ocsp_response_file) },

  { 0 }
};
/* clang-format on */
