/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ssl/ws-ssl-configuration-private.h"

/* The properties of WsSslConfiguration: what they are and mean. */

static GParamSpec *props[WS_SSL_CONFIGURATION_N_PROPS];

#define READ_WRITE \
  (G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS)

void
ws_ssl_configuration_notify (WsSslConfiguration    *self,
                             WsSslConfigurationProp property)
{
  g_object_notify_by_pspec (G_OBJECT (self), props[property]);
}

static void
install_identity_properties (void)
{
  /**
   * WsSslConfiguration:local-certificate: (getter get_local_certificate) (setter set_local_certificate)
   *
   * The certificate that is shown to peers, and its chain: PEM, or DER of one.
   *
   * It goes before [property@SslConfiguration:local-certificate-file].
   *
   * Since: 1.0
   */
  props[WS_SSL_CONFIGURATION_PROP_LOCAL_CERTIFICATE]
      = g_param_spec_boxed ("local-certificate", NULL, NULL, G_TYPE_BYTES,
                            READ_WRITE);

  /**
   * WsSslConfiguration:local-certificate-file: (getter get_local_certificate_file) (setter set_local_certificate_file)
   *
   * A file with the certificate that is shown to peers, and its chain: PEM, or
   * DER of one.
   *
   * It is read for the first connection.
   *
   * Since: 1.0
   */
  props[WS_SSL_CONFIGURATION_PROP_LOCAL_CERTIFICATE_FILE]
      = g_param_spec_string ("local-certificate-file", NULL, NULL, NULL,
                             READ_WRITE);

  /**
   * WsSslConfiguration:local-certificate-uri: (getter get_local_certificate_uri) (setter set_local_certificate_uri)
   *
   * A `pkcs11:` URI (RFC 7512) of the certificate that is shown to peers.
   *
   * Since: 1.0
   */
  props[WS_SSL_CONFIGURATION_PROP_LOCAL_CERTIFICATE_URI]
      = g_param_spec_string ("local-certificate-uri", NULL, NULL, NULL,
                             READ_WRITE);

  /**
   * WsSslConfiguration:private-key: (getter get_private_key) (setter set_private_key)
   *
   * The key of the certificate: PEM or DER.
   *
   * It goes before [property@SslConfiguration:private-key-file]. Without any
   * key, the one beside the certificate is used.
   *
   * Since: 1.0
   */
  props[WS_SSL_CONFIGURATION_PROP_PRIVATE_KEY]
      = g_param_spec_boxed ("private-key", NULL, NULL, G_TYPE_BYTES,
                            READ_WRITE);

  /**
   * WsSslConfiguration:private-key-file: (getter get_private_key_file) (setter set_private_key_file)
   *
   * A file with the key of the certificate: PEM or DER.
   *
   * It is read for the first connection.
   *
   * Since: 1.0
   */
  props[WS_SSL_CONFIGURATION_PROP_PRIVATE_KEY_FILE]
      = g_param_spec_string ("private-key-file", NULL, NULL, NULL, READ_WRITE);

  /**
   * WsSslConfiguration:private-key-uri: (getter get_private_key_uri) (setter set_private_key_uri)
   *
   * A `pkcs11:` URI (RFC 7512) of the key of the certificate.
   *
   * Since: 1.0
   */
  props[WS_SSL_CONFIGURATION_PROP_PRIVATE_KEY_URI]
      = g_param_spec_string ("private-key-uri", NULL, NULL, NULL, READ_WRITE);

  /**
   * WsSslConfiguration:password: (getter get_password) (setter set_password)
   *
   * The password of an encrypted key, or the PIN of a token.
   *
   * Since: 1.0
   */
  props[WS_SSL_CONFIGURATION_PROP_PASSWORD]
      = g_param_spec_string ("password", NULL, NULL, NULL, READ_WRITE);
}

static void
install_trust_properties (void)
{
  /**
   * WsSslConfiguration:ca-certificates-file: (getter get_ca_certificates_file) (setter set_ca_certificates_file)
   *
   * A file with authorities that are trusted, beside
   * [property@SslConfiguration:ca-certificates]: PEM, or DER of one.
   *
   * Since: 1.0
   */
  props[WS_SSL_CONFIGURATION_PROP_CA_CERTIFICATES_FILE]
      = g_param_spec_string ("ca-certificates-file", NULL, NULL, NULL,
                             READ_WRITE);

  /**
   * WsSslConfiguration:system-trust: (getter get_system_trust) (setter set_system_trust)
   *
   * Whether the authorities are trusted that the system trusts.
   *
   * Since: 1.0
   */
  props[WS_SSL_CONFIGURATION_PROP_SYSTEM_TRUST]
      = g_param_spec_boolean ("system-trust", NULL, NULL, TRUE, READ_WRITE);

  /**
   * WsSslConfiguration:crl: (getter get_crl) (setter set_crl)
   *
   * Lists of revoked certificates (RFC 5280, 5): PEM, or DER of one.
   *
   * Since: 1.0
   */
  props[WS_SSL_CONFIGURATION_PROP_CRL]
      = g_param_spec_boxed ("crl", NULL, NULL, G_TYPE_BYTES, READ_WRITE);

  /**
   * WsSslConfiguration:crl-file: (getter get_crl_file) (setter set_crl_file)
   *
   * A file with lists of revoked certificates, beside
   * [property@SslConfiguration:crl].
   *
   * Since: 1.0
   */
  props[WS_SSL_CONFIGURATION_PROP_CRL_FILE]
      = g_param_spec_string ("crl-file", NULL, NULL, NULL, READ_WRITE);

  /**
   * WsSslConfiguration:peer-verify-mode: (getter get_peer_verify_mode) (setter set_peer_verify_mode)
   *
   * Whether the peer's certificate is asked for, and judged.
   *
   * Since: 1.0
   */
  props[WS_SSL_CONFIGURATION_PROP_PEER_VERIFY_MODE]
      = g_param_spec_enum ("peer-verify-mode", NULL, NULL,
                           WS_TYPE_SSL_VERIFY_MODE, WS_SSL_VERIFY_MODE_AUTO,
                           READ_WRITE);

  /**
   * WsSslConfiguration:peer-verify-depth: (getter get_peer_verify_depth) (setter set_peer_verify_depth)
   *
   * How many certificates the peer's chain may have, the trusted one not
   * counted; 0: any number.
   *
   * Since: 1.0
   */
  props[WS_SSL_CONFIGURATION_PROP_PEER_VERIFY_DEPTH]
      = g_param_spec_uint ("peer-verify-depth", NULL, NULL, 0, G_MAXUINT, 0,
                           READ_WRITE);

  /**
   * WsSslConfiguration:peer-verify-name: (getter get_peer_verify_name) (setter set_peer_verify_name)
   *
   * The name that a server's certificate must be for; %NULL: the host of the
   * URL.
   *
   * Since: 1.0
   */
  props[WS_SSL_CONFIGURATION_PROP_PEER_VERIFY_NAME]
      = g_param_spec_string ("peer-verify-name", NULL, NULL, NULL, READ_WRITE);

  /**
   * WsSslConfiguration:ca-certificates: (getter get_ca_certificates) (setter set_ca_certificates)
   *
   * Authorities that are trusted, of type [class@SslCertificate].
   *
   * Since: 1.0
   */
  props[WS_SSL_CONFIGURATION_PROP_CA_CERTIFICATES]
      = g_param_spec_object ("ca-certificates", NULL, NULL, G_TYPE_LIST_MODEL,
                             READ_WRITE);
}

static void
install_session_properties (void)
{
  /**
   * WsSslConfiguration:priority: (getter get_priority) (setter set_priority)
   *
   * Which algorithms are used, as a priority string of GnuTLS; %NULL: what it
   * thinks secure.
   *
   * Since: 1.0
   */
  props[WS_SSL_CONFIGURATION_PROP_PRIORITY]
      = g_param_spec_string ("priority", NULL, NULL, NULL, READ_WRITE);

  /**
   * WsSslConfiguration:minimum-protocol: (getter get_minimum_protocol) (setter set_minimum_protocol)
   *
   * The oldest version of TLS that is spoken.
   *
   * Versions before TLS 1.2 are never spoken.
   *
   * Since: 1.0
   */
  props[WS_SSL_CONFIGURATION_PROP_MINIMUM_PROTOCOL]
      = g_param_spec_enum ("minimum-protocol", NULL, NULL, WS_TYPE_SSL_PROTOCOL,
                           WS_SSL_PROTOCOL_ANY, READ_WRITE);

  /**
   * WsSslConfiguration:maximum-protocol: (getter get_maximum_protocol) (setter set_maximum_protocol)
   *
   * The newest version of TLS that is spoken.
   *
   * Since: 1.0
   */
  props[WS_SSL_CONFIGURATION_PROP_MAXIMUM_PROTOCOL]
      = g_param_spec_enum ("maximum-protocol", NULL, NULL, WS_TYPE_SSL_PROTOCOL,
                           WS_SSL_PROTOCOL_ANY, READ_WRITE);

  /**
   * WsSslConfiguration:allowed-next-protocols: (getter get_allowed_next_protocols) (setter set_allowed_next_protocols)
   *
   * What is offered by ALPN (RFC 7301), the best first; %NULL: nothing.
   *
   * `http/1.1` unless it is set, for it is what a WebSocket is made from.
   *
   * Since: 1.0
   */
  props[WS_SSL_CONFIGURATION_PROP_ALLOWED_NEXT_PROTOCOLS]
      = g_param_spec_boxed ("allowed-next-protocols", NULL, NULL, G_TYPE_STRV,
                            READ_WRITE);

  /**
   * WsSslConfiguration:session-resumption: (getter get_session_resumption) (setter set_session_resumption)
   *
   * Whether later connections resume the session of earlier ones, which is
   * faster.
   *
   * Since: 1.0
   */
  props[WS_SSL_CONFIGURATION_PROP_SESSION_RESUMPTION]
      = g_param_spec_boolean ("session-resumption", NULL, NULL, TRUE,
                              READ_WRITE);

  /**
   * WsSslConfiguration:session-ticket: (getter get_session_ticket) (setter set_session_ticket)
   *
   * A session that a client resumes, and the last that a server has offered.
   *
   * It is a secret, and may be kept for the next run of a program. It is
   * notified in the thread of the connection.
   *
   * Since: 1.0
   */
  props[WS_SSL_CONFIGURATION_PROP_SESSION_TICKET]
      = g_param_spec_boxed ("session-ticket", NULL, NULL, G_TYPE_BYTES,
                            READ_WRITE);
}

static void
install_other_properties (void)
{
  /**
   * WsSslConfiguration:pre-shared-key: (getter get_pre_shared_key) (setter set_pre_shared_key)
   *
   * Whether connections may be secured by a key that both ends know, instead
   * of certificates.
   *
   * Since: 1.0
   */
  props[WS_SSL_CONFIGURATION_PROP_PRE_SHARED_KEY]
      = g_param_spec_boolean ("pre-shared-key", NULL, NULL, FALSE, READ_WRITE);

  /**
   * WsSslConfiguration:pre-shared-key-identity-hint: (getter get_pre_shared_key_identity_hint) (setter set_pre_shared_key_identity_hint)
   *
   * What a server tells clients before they choose a key; set, it allows for
   * such keys.
   *
   * Since: 1.0
   */
  props[WS_SSL_CONFIGURATION_PROP_PRE_SHARED_KEY_IDENTITY_HINT]
      = g_param_spec_string ("pre-shared-key-identity-hint", NULL, NULL, NULL,
                             READ_WRITE);

  /**
   * WsSslConfiguration:handshake-must-interrupt-on-error: (getter get_handshake_must_interrupt_on_error) (setter set_handshake_must_interrupt_on_error)
   *
   * Whether each problem of a certificate is told as it is found, and the
   * handshake waits for what is to be done.
   *
   * Since: 1.0
   */
  props[WS_SSL_CONFIGURATION_PROP_HANDSHAKE_MUST_INTERRUPT_ON_ERROR]
      = g_param_spec_boolean ("handshake-must-interrupt-on-error", NULL, NULL,
                              FALSE, READ_WRITE);

  /**
   * WsSslConfiguration:ocsp-response: (getter get_ocsp_response) (setter set_ocsp_response)
   *
   * The response about the status of a server's certificate (OCSP, RFC 6960),
   * in DER, that is sent along with it.
   *
   * Since: 1.0
   */
  props[WS_SSL_CONFIGURATION_PROP_OCSP_RESPONSE]
      = g_param_spec_boxed ("ocsp-response", NULL, NULL, G_TYPE_BYTES,
                            READ_WRITE);

  /**
   * WsSslConfiguration:ocsp-response-file: (getter get_ocsp_response_file) (setter set_ocsp_response_file)
   *
   * A file with the response about the status of a server's certificate, in
   * DER.
   *
   * Since: 1.0
   */
  props[WS_SSL_CONFIGURATION_PROP_OCSP_RESPONSE_FILE]
      = g_param_spec_string ("ocsp-response-file", NULL, NULL, NULL,
                             READ_WRITE);
}

void
ws_ssl_configuration_install_properties (GObjectClass *object_class)
{
  install_identity_properties ();
  install_trust_properties ();
  install_session_properties ();
  install_other_properties ();
  g_object_class_install_properties (object_class, WS_SSL_CONFIGURATION_N_PROPS,
                                     props);
}
