/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(WS_INSIDE) && !defined(WS_COMPILATION)
#error "Only <ws-glib/ws-glib.h> can be included directly."
#endif

#include <gio/gio.h>

#include <ws-glib/ws-enums.h>
#include <ws-glib/ws-version-macros.h>

G_BEGIN_DECLS

#define WS_TYPE_SSL_CERTIFICATE (ws_ssl_certificate_get_type ())

WS_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (
    WsSslCertificate, ws_ssl_certificate, WS, SSL_CERTIFICATE, GObject)

WS_AVAILABLE_IN_1_0
WsSslCertificate *
ws_ssl_certificate_new_from_der (GBytes  *der,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
WS_AVAILABLE_IN_1_0
WsSslCertificate *
ws_ssl_certificate_new_from_pem (const char *pem,
                                 GError    **error) G_GNUC_WARN_UNUSED_RESULT;
WS_AVAILABLE_IN_1_0
WsSslCertificate *
ws_ssl_certificate_new_from_file (const char *path,
                                  GError    **error) G_GNUC_WARN_UNUSED_RESULT;
WS_AVAILABLE_IN_1_0
WsSslCertificate *
ws_ssl_certificate_new_from_tls_certificate (GTlsCertificate *certificate)
    G_GNUC_WARN_UNUSED_RESULT;
WS_AVAILABLE_IN_1_0
GPtrArray *
ws_ssl_certificate_list_new_from_pem (const char *pem,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
WS_AVAILABLE_IN_1_0
GPtrArray *
ws_ssl_certificate_list_new_from_file (const char *path, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

WS_AVAILABLE_IN_1_0
const char *ws_ssl_certificate_get_subject (WsSslCertificate *self);
WS_AVAILABLE_IN_1_0
const char *ws_ssl_certificate_get_issuer (WsSslCertificate *self);
WS_AVAILABLE_IN_1_0
const char *ws_ssl_certificate_get_serial_number (WsSslCertificate *self);
WS_AVAILABLE_IN_1_0
GDateTime *ws_ssl_certificate_get_not_valid_before (WsSslCertificate *self);
WS_AVAILABLE_IN_1_0
GDateTime *ws_ssl_certificate_get_not_valid_after (WsSslCertificate *self);
WS_AVAILABLE_IN_1_0
const char *const *
ws_ssl_certificate_get_subject_alternative_names (WsSslCertificate *self);
WS_AVAILABLE_IN_1_0
WsSslKeyAlgorithm ws_ssl_certificate_get_key_algorithm (WsSslCertificate *self);
WS_AVAILABLE_IN_1_0
guint ws_ssl_certificate_get_key_size (WsSslCertificate *self);
WS_AVAILABLE_IN_1_0
gboolean ws_ssl_certificate_get_self_signed (WsSslCertificate *self);

WS_AVAILABLE_IN_1_0
char *ws_ssl_certificate_digest (WsSslCertificate *self,
                                 GChecksumType type) G_GNUC_WARN_UNUSED_RESULT;
WS_AVAILABLE_IN_1_0
gboolean
ws_ssl_certificate_equal (WsSslCertificate *self, WsSslCertificate *other);
WS_AVAILABLE_IN_1_0
guint ws_ssl_certificate_hash (WsSslCertificate *self);
WS_AVAILABLE_IN_1_0
GBytes *
ws_ssl_certificate_to_der (WsSslCertificate *self) G_GNUC_WARN_UNUSED_RESULT;
WS_AVAILABLE_IN_1_0
char *
ws_ssl_certificate_to_pem (WsSslCertificate *self) G_GNUC_WARN_UNUSED_RESULT;
WS_AVAILABLE_IN_1_0
GTlsCertificate *
ws_ssl_certificate_to_tls_certificate (WsSslCertificate *self, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
