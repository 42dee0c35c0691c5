/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ssl/ws-ssl-configuration-private.h"

/* From a property's number to its accessors. */

void
ws_ssl_configuration_get_property (GObject    *object,
                                   guint       prop_id,
                                   GValue     *value,
                                   GParamSpec *pspec)
{
  WsSslConfiguration *self = WS_SSL_CONFIGURATION (object);

  switch ((WsSslConfigurationProp) prop_id)
    {
    case WS_SSL_CONFIGURATION_PROP_LOCAL_CERTIFICATE:
      g_value_set_boxed (value,
                         ws_ssl_configuration_get_local_certificate (self));
      break;
    case WS_SSL_CONFIGURATION_PROP_LOCAL_CERTIFICATE_FILE:
      g_value_set_string (value,
                          ws_ssl_configuration_get_local_certificate_file (
                              self));
      break;
    case WS_SSL_CONFIGURATION_PROP_LOCAL_CERTIFICATE_URI:
      g_value_set_string (value,
                          ws_ssl_configuration_get_local_certificate_uri (
                              self));
      break;
    case WS_SSL_CONFIGURATION_PROP_PRIVATE_KEY:
      g_value_set_boxed (value, ws_ssl_configuration_get_private_key (self));
      break;
    case WS_SSL_CONFIGURATION_PROP_PRIVATE_KEY_FILE:
      g_value_set_string (value,
                          ws_ssl_configuration_get_private_key_file (self));
      break;
    case WS_SSL_CONFIGURATION_PROP_PRIVATE_KEY_URI:
      g_value_set_string (value,
                          ws_ssl_configuration_get_private_key_uri (self));
      break;
    case WS_SSL_CONFIGURATION_PROP_PASSWORD:
      g_value_set_string (value, ws_ssl_configuration_get_password (self));
      break;
    case WS_SSL_CONFIGURATION_PROP_CA_CERTIFICATES_FILE:
      g_value_set_string (value,
                          ws_ssl_configuration_get_ca_certificates_file (self));
      break;
    case WS_SSL_CONFIGURATION_PROP_SYSTEM_TRUST:
      g_value_set_boolean (value, ws_ssl_configuration_get_system_trust (self));
      break;
    case WS_SSL_CONFIGURATION_PROP_CRL:
      g_value_set_boxed (value, ws_ssl_configuration_get_crl (self));
      break;
    case WS_SSL_CONFIGURATION_PROP_CRL_FILE:
      g_value_set_string (value, ws_ssl_configuration_get_crl_file (self));
      break;
    case WS_SSL_CONFIGURATION_PROP_PRIORITY:
      g_value_set_string (value, ws_ssl_configuration_get_priority (self));
      break;
    case WS_SSL_CONFIGURATION_PROP_MINIMUM_PROTOCOL:
      g_value_set_enum (value,
                        ws_ssl_configuration_get_minimum_protocol (self));
      break;
    case WS_SSL_CONFIGURATION_PROP_MAXIMUM_PROTOCOL:
      g_value_set_enum (value,
                        ws_ssl_configuration_get_maximum_protocol (self));
      break;
    case WS_SSL_CONFIGURATION_PROP_PEER_VERIFY_MODE:
      g_value_set_enum (value,
                        ws_ssl_configuration_get_peer_verify_mode (self));
      break;
    case WS_SSL_CONFIGURATION_PROP_PEER_VERIFY_DEPTH:
      g_value_set_uint (value,
                        ws_ssl_configuration_get_peer_verify_depth (self));
      break;
    case WS_SSL_CONFIGURATION_PROP_PEER_VERIFY_NAME:
      g_value_set_string (value,
                          ws_ssl_configuration_get_peer_verify_name (self));
      break;
    case WS_SSL_CONFIGURATION_PROP_ALLOWED_NEXT_PROTOCOLS:
      g_value_set_boxed (value,
                         ws_ssl_configuration_get_allowed_next_protocols (
                             self));
      break;
    case WS_SSL_CONFIGURATION_PROP_SESSION_RESUMPTION:
      g_value_set_boolean (value,
                           ws_ssl_configuration_get_session_resumption (self));
      break;
    case WS_SSL_CONFIGURATION_PROP_SESSION_TICKET:
      g_value_take_boxed (value,
                          ws_ssl_configuration_get_session_ticket (self));
      break;
    case WS_SSL_CONFIGURATION_PROP_PRE_SHARED_KEY:
      g_value_set_boolean (value,
                           ws_ssl_configuration_get_pre_shared_key (self));
      break;
    case WS_SSL_CONFIGURATION_PROP_PRE_SHARED_KEY_IDENTITY_HINT:
      g_value_set_string (
          value, ws_ssl_configuration_get_pre_shared_key_identity_hint (self));
      break;
    case WS_SSL_CONFIGURATION_PROP_HANDSHAKE_MUST_INTERRUPT_ON_ERROR:
      g_value_set_boolean (
          value,
          ws_ssl_configuration_get_handshake_must_interrupt_on_error (self));
      break;
    case WS_SSL_CONFIGURATION_PROP_OCSP_RESPONSE:
      g_value_set_boxed (value, ws_ssl_configuration_get_ocsp_response (self));
      break;
    case WS_SSL_CONFIGURATION_PROP_OCSP_RESPONSE_FILE:
      g_value_set_string (value,
                          ws_ssl_configuration_get_ocsp_response_file (self));
      break;
    case WS_SSL_CONFIGURATION_PROP_CA_CERTIFICATES:
      g_value_set_object (value,
                          ws_ssl_configuration_get_ca_certificates (self));
      break;
    case WS_SSL_CONFIGURATION_N_PROPS:
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

void
ws_ssl_configuration_set_property (GObject      *object,
                                   guint         prop_id,
                                   const GValue *value,
                                   GParamSpec   *pspec)
{
  WsSslConfiguration *self = WS_SSL_CONFIGURATION (object);

  switch ((WsSslConfigurationProp) prop_id)
    {
    case WS_SSL_CONFIGURATION_PROP_LOCAL_CERTIFICATE:
      ws_ssl_configuration_set_local_certificate (self,
                                                  g_value_get_boxed (value));
      break;
    case WS_SSL_CONFIGURATION_PROP_LOCAL_CERTIFICATE_FILE:
      ws_ssl_configuration_set_local_certificate_file (self,
                                                       g_value_get_string (
                                                           value));
      break;
    case WS_SSL_CONFIGURATION_PROP_LOCAL_CERTIFICATE_URI:
      ws_ssl_configuration_set_local_certificate_uri (self, g_value_get_string (
                                                                value));
      break;
    case WS_SSL_CONFIGURATION_PROP_PRIVATE_KEY:
      ws_ssl_configuration_set_private_key (self, g_value_get_boxed (value));
      break;
    case WS_SSL_CONFIGURATION_PROP_PRIVATE_KEY_FILE:
      ws_ssl_configuration_set_private_key_file (self,
                                                 g_value_get_string (value));
      break;
    case WS_SSL_CONFIGURATION_PROP_PRIVATE_KEY_URI:
      ws_ssl_configuration_set_private_key_uri (self,
                                                g_value_get_string (value));
      break;
    case WS_SSL_CONFIGURATION_PROP_PASSWORD:
      ws_ssl_configuration_set_password (self, g_value_get_string (value));
      break;
    case WS_SSL_CONFIGURATION_PROP_CA_CERTIFICATES_FILE:
      ws_ssl_configuration_set_ca_certificates_file (self, g_value_get_string (
                                                               value));
      break;
    case WS_SSL_CONFIGURATION_PROP_SYSTEM_TRUST:
      ws_ssl_configuration_set_system_trust (self, g_value_get_boolean (value));
      break;
    case WS_SSL_CONFIGURATION_PROP_CRL:
      ws_ssl_configuration_set_crl (self, g_value_get_boxed (value));
      break;
    case WS_SSL_CONFIGURATION_PROP_CRL_FILE:
      ws_ssl_configuration_set_crl_file (self, g_value_get_string (value));
      break;
    case WS_SSL_CONFIGURATION_PROP_PRIORITY:
      ws_ssl_configuration_set_priority (self, g_value_get_string (value));
      break;
    case WS_SSL_CONFIGURATION_PROP_MINIMUM_PROTOCOL:
      ws_ssl_configuration_set_minimum_protocol (self,
                                                 g_value_get_enum (value));
      break;
    case WS_SSL_CONFIGURATION_PROP_MAXIMUM_PROTOCOL:
      ws_ssl_configuration_set_maximum_protocol (self,
                                                 g_value_get_enum (value));
      break;
    case WS_SSL_CONFIGURATION_PROP_PEER_VERIFY_MODE:
      ws_ssl_configuration_set_peer_verify_mode (self,
                                                 g_value_get_enum (value));
      break;
    case WS_SSL_CONFIGURATION_PROP_PEER_VERIFY_DEPTH:
      ws_ssl_configuration_set_peer_verify_depth (self,
                                                  g_value_get_uint (value));
      break;
    case WS_SSL_CONFIGURATION_PROP_PEER_VERIFY_NAME:
      ws_ssl_configuration_set_peer_verify_name (self,
                                                 g_value_get_string (value));
      break;
    case WS_SSL_CONFIGURATION_PROP_ALLOWED_NEXT_PROTOCOLS:
      ws_ssl_configuration_set_allowed_next_protocols (self, g_value_get_boxed (
                                                                 value));
      break;
    case WS_SSL_CONFIGURATION_PROP_SESSION_RESUMPTION:
      ws_ssl_configuration_set_session_resumption (self,
                                                   g_value_get_boolean (value));
      break;
    case WS_SSL_CONFIGURATION_PROP_SESSION_TICKET:
      ws_ssl_configuration_set_session_ticket (self, g_value_get_boxed (value));
      break;
    case WS_SSL_CONFIGURATION_PROP_PRE_SHARED_KEY:
      ws_ssl_configuration_set_pre_shared_key (self,
                                               g_value_get_boolean (value));
      break;
    case WS_SSL_CONFIGURATION_PROP_PRE_SHARED_KEY_IDENTITY_HINT:
      ws_ssl_configuration_set_pre_shared_key_identity_hint (
          self, g_value_get_string (value));
      break;
    case WS_SSL_CONFIGURATION_PROP_HANDSHAKE_MUST_INTERRUPT_ON_ERROR:
      ws_ssl_configuration_set_handshake_must_interrupt_on_error (
          self, g_value_get_boolean (value));
      break;
    case WS_SSL_CONFIGURATION_PROP_OCSP_RESPONSE:
      ws_ssl_configuration_set_ocsp_response (self, g_value_get_boxed (value));
      break;
    case WS_SSL_CONFIGURATION_PROP_OCSP_RESPONSE_FILE:
      ws_ssl_configuration_set_ocsp_response_file (self,
                                                   g_value_get_string (value));
      break;
    case WS_SSL_CONFIGURATION_PROP_CA_CERTIFICATES:
      ws_ssl_configuration_set_ca_certificates (self,
                                                g_value_get_object (value));
      break;
    case WS_SSL_CONFIGURATION_N_PROPS:
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}
