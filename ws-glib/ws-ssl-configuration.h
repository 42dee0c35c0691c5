/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(WS_INSIDE) && !defined(WS_COMPILATION)
#error "Only <ws-glib/ws-glib.h> can be included directly."
#endif

#include <gio/gio.h>

#include <ws-glib/ws-enums.h>
#include <ws-glib/ws-ssl-certificate.h>
#include <ws-glib/ws-version-macros.h>

G_BEGIN_DECLS

#define WS_TYPE_SSL_CONFIGURATION (ws_ssl_configuration_get_type ())

WS_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (
    WsSslConfiguration, ws_ssl_configuration, WS, SSL_CONFIGURATION, GObject)

WS_AVAILABLE_IN_1_0
WsSslConfiguration *ws_ssl_configuration_new (void) G_GNUC_WARN_UNUSED_RESULT;

WS_AVAILABLE_IN_1_0
GBytes *ws_ssl_configuration_get_local_certificate (WsSslConfiguration *self);
WS_AVAILABLE_IN_1_0
void ws_ssl_configuration_set_local_certificate (WsSslConfiguration *self,
                                                 GBytes *local_certificate);
WS_AVAILABLE_IN_1_0
const char *
ws_ssl_configuration_get_local_certificate_file (WsSslConfiguration *self);
WS_AVAILABLE_IN_1_0
void ws_ssl_configuration_set_local_certificate_file (
    WsSslConfiguration *self, const char *local_certificate_file);
WS_AVAILABLE_IN_1_0
const char *
ws_ssl_configuration_get_local_certificate_uri (WsSslConfiguration *self);
WS_AVAILABLE_IN_1_0
void ws_ssl_configuration_set_local_certificate_uri (
    WsSslConfiguration *self, const char *local_certificate_uri);
WS_AVAILABLE_IN_1_0
GBytes *ws_ssl_configuration_get_private_key (WsSslConfiguration *self);
WS_AVAILABLE_IN_1_0
void ws_ssl_configuration_set_private_key (WsSslConfiguration *self,
                                           GBytes             *private_key);
WS_AVAILABLE_IN_1_0
const char *
ws_ssl_configuration_get_private_key_file (WsSslConfiguration *self);
WS_AVAILABLE_IN_1_0
void ws_ssl_configuration_set_private_key_file (WsSslConfiguration *self,
                                                const char *private_key_file);
WS_AVAILABLE_IN_1_0
const char *ws_ssl_configuration_get_private_key_uri (WsSslConfiguration *self);
WS_AVAILABLE_IN_1_0
void ws_ssl_configuration_set_private_key_uri (WsSslConfiguration *self,
                                               const char *private_key_uri);
WS_AVAILABLE_IN_1_0
const char *ws_ssl_configuration_get_password (WsSslConfiguration *self);
WS_AVAILABLE_IN_1_0
void ws_ssl_configuration_set_password (WsSslConfiguration *self,
                                        const char         *password);
WS_AVAILABLE_IN_1_0
const char *
ws_ssl_configuration_get_ca_certificates_file (WsSslConfiguration *self);
WS_AVAILABLE_IN_1_0
void ws_ssl_configuration_set_ca_certificates_file (
    WsSslConfiguration *self, const char *ca_certificates_file);
WS_AVAILABLE_IN_1_0
gboolean ws_ssl_configuration_get_system_trust (WsSslConfiguration *self);
WS_AVAILABLE_IN_1_0
void ws_ssl_configuration_set_system_trust (WsSslConfiguration *self,
                                            gboolean            system_trust);
WS_AVAILABLE_IN_1_0
GBytes *ws_ssl_configuration_get_crl (WsSslConfiguration *self);
WS_AVAILABLE_IN_1_0
void ws_ssl_configuration_set_crl (WsSslConfiguration *self, GBytes *crl);
WS_AVAILABLE_IN_1_0
const char *ws_ssl_configuration_get_crl_file (WsSslConfiguration *self);
WS_AVAILABLE_IN_1_0
void ws_ssl_configuration_set_crl_file (WsSslConfiguration *self,
                                        const char         *crl_file);
WS_AVAILABLE_IN_1_0
const char *ws_ssl_configuration_get_priority (WsSslConfiguration *self);
WS_AVAILABLE_IN_1_0
void ws_ssl_configuration_set_priority (WsSslConfiguration *self,
                                        const char         *priority);
WS_AVAILABLE_IN_1_0
WsSslProtocol
ws_ssl_configuration_get_minimum_protocol (WsSslConfiguration *self);
WS_AVAILABLE_IN_1_0
void ws_ssl_configuration_set_minimum_protocol (WsSslConfiguration *self,
                                                WsSslProtocol minimum_protocol);
WS_AVAILABLE_IN_1_0
WsSslProtocol
ws_ssl_configuration_get_maximum_protocol (WsSslConfiguration *self);
WS_AVAILABLE_IN_1_0
void ws_ssl_configuration_set_maximum_protocol (WsSslConfiguration *self,
                                                WsSslProtocol maximum_protocol);
WS_AVAILABLE_IN_1_0
WsSslVerifyMode
ws_ssl_configuration_get_peer_verify_mode (WsSslConfiguration *self);
WS_AVAILABLE_IN_1_0
void
ws_ssl_configuration_set_peer_verify_mode (WsSslConfiguration *self,
                                           WsSslVerifyMode peer_verify_mode);
WS_AVAILABLE_IN_1_0
guint ws_ssl_configuration_get_peer_verify_depth (WsSslConfiguration *self);
WS_AVAILABLE_IN_1_0
void ws_ssl_configuration_set_peer_verify_depth (WsSslConfiguration *self,
                                                 guint peer_verify_depth);
WS_AVAILABLE_IN_1_0
const char *
ws_ssl_configuration_get_peer_verify_name (WsSslConfiguration *self);
WS_AVAILABLE_IN_1_0
void ws_ssl_configuration_set_peer_verify_name (WsSslConfiguration *self,
                                                const char *peer_verify_name);
WS_AVAILABLE_IN_1_0
const char *const *
ws_ssl_configuration_get_allowed_next_protocols (WsSslConfiguration *self);
WS_AVAILABLE_IN_1_0
void ws_ssl_configuration_set_allowed_next_protocols (
    WsSslConfiguration *self, const char *const *allowed_next_protocols);
WS_AVAILABLE_IN_1_0
gboolean ws_ssl_configuration_get_session_resumption (WsSslConfiguration *self);
WS_AVAILABLE_IN_1_0
void ws_ssl_configuration_set_session_resumption (WsSslConfiguration *self,
                                                  gboolean session_resumption);
WS_AVAILABLE_IN_1_0
GBytes *ws_ssl_configuration_get_session_ticket (WsSslConfiguration *self);
WS_AVAILABLE_IN_1_0
void ws_ssl_configuration_set_session_ticket (WsSslConfiguration *self,
                                              GBytes *session_ticket);
WS_AVAILABLE_IN_1_0
GBytes *ws_ssl_configuration_get_session_ticket_key (WsSslConfiguration *self);
WS_AVAILABLE_IN_1_0
void ws_ssl_configuration_set_session_ticket_key (WsSslConfiguration *self,
                                                  GBytes *session_ticket_key);
WS_AVAILABLE_IN_1_0
gboolean ws_ssl_configuration_get_pre_shared_key (WsSslConfiguration *self);
WS_AVAILABLE_IN_1_0
void ws_ssl_configuration_set_pre_shared_key (WsSslConfiguration *self,
                                              gboolean pre_shared_key);
WS_AVAILABLE_IN_1_0
const char *ws_ssl_configuration_get_pre_shared_key_identity_hint (
    WsSslConfiguration *self);
WS_AVAILABLE_IN_1_0
void ws_ssl_configuration_set_pre_shared_key_identity_hint (
    WsSslConfiguration *self, const char *pre_shared_key_identity_hint);
WS_AVAILABLE_IN_1_0
gboolean ws_ssl_configuration_get_handshake_must_interrupt_on_error (
    WsSslConfiguration *self);
WS_AVAILABLE_IN_1_0
void ws_ssl_configuration_set_handshake_must_interrupt_on_error (
    WsSslConfiguration *self, gboolean handshake_must_interrupt_on_error);
WS_AVAILABLE_IN_1_0
GBytes *ws_ssl_configuration_get_ocsp_response (WsSslConfiguration *self);
WS_AVAILABLE_IN_1_0
void ws_ssl_configuration_set_ocsp_response (WsSslConfiguration *self,
                                             GBytes             *ocsp_response);
WS_AVAILABLE_IN_1_0
const char *
ws_ssl_configuration_get_ocsp_response_file (WsSslConfiguration *self);
WS_AVAILABLE_IN_1_0
void
ws_ssl_configuration_set_ocsp_response_file (WsSslConfiguration *self,
                                             const char *ocsp_response_file);
WS_AVAILABLE_IN_1_0
GListModel *ws_ssl_configuration_get_ca_certificates (WsSslConfiguration *self);
WS_AVAILABLE_IN_1_0
void ws_ssl_configuration_set_ca_certificates (WsSslConfiguration *self,
                                               GListModel *ca_certificates);
WS_AVAILABLE_IN_1_0
void ws_ssl_configuration_add_ca_certificate (WsSslConfiguration *self,
                                              WsSslCertificate   *certificate);

WS_AVAILABLE_IN_1_0
void ws_ssl_configuration_add_exception (WsSslConfiguration *self,
                                         WsSslCertificate   *certificate,
                                         const char         *host);
WS_AVAILABLE_IN_1_0
void ws_ssl_configuration_clear_exceptions (WsSslConfiguration *self);

WS_AVAILABLE_IN_1_0
void ws_ssl_configuration_add_local_certificate (WsSslConfiguration *self,
                                                 GBytes     *certificate,
                                                 GBytes     *private_key,
                                                 const char *password);
WS_AVAILABLE_IN_1_0
void
ws_ssl_configuration_add_local_certificate_file (WsSslConfiguration *self,
                                                 const char *certificate_path,
                                                 const char *private_key_path,
                                                 const char *password);
WS_AVAILABLE_IN_1_0
void ws_ssl_configuration_clear_added_certificates (WsSslConfiguration *self);

WS_AVAILABLE_IN_1_0
gboolean ws_ssl_configuration_load (WsSslConfiguration *self,
                                    gboolean            is_server,
                                    GError            **error);
WS_AVAILABLE_IN_1_0
gboolean ws_ssl_configuration_reload (WsSslConfiguration *self, GError **error);

G_END_DECLS
