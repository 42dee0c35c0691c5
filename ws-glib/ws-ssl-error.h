/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(WS_INSIDE) && !defined(WS_COMPILATION)
#error "Only <ws-glib/ws-glib.h> can be included directly."
#endif

#include <glib-object.h>

#include <ws-glib/ws-enums.h>
#include <ws-glib/ws-ssl-certificate.h>
#include <ws-glib/ws-version-macros.h>

G_BEGIN_DECLS

#define WS_TYPE_SSL_ERROR (ws_ssl_error_get_type ())

WS_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (WsSslError, ws_ssl_error, WS, SSL_ERROR, GObject)

WS_AVAILABLE_IN_1_0
WsSslError *ws_ssl_error_new (WsSslErrorCode code) G_GNUC_WARN_UNUSED_RESULT;
WS_AVAILABLE_IN_1_0
WsSslError *ws_ssl_error_new_with_certificate (WsSslErrorCode    code,
                                               WsSslCertificate *certificate)
    G_GNUC_WARN_UNUSED_RESULT;

WS_AVAILABLE_IN_1_0
WsSslErrorCode ws_ssl_error_get_code (WsSslError *self);
WS_AVAILABLE_IN_1_0
WsSslCertificate *ws_ssl_error_get_certificate (WsSslError *self);
WS_AVAILABLE_IN_1_0
int ws_ssl_error_get_depth (WsSslError *self);
WS_AVAILABLE_IN_1_0
const char *ws_ssl_error_get_text (WsSslError *self);

WS_AVAILABLE_IN_1_0
gboolean ws_ssl_error_equal (WsSslError *self, WsSslError *other);

G_END_DECLS
