/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(WS_INSIDE) && !defined(WS_COMPILATION)
#error "Only <ws-glib/ws-glib.h> can be included directly."
#endif

#include <gio/gio.h>

#include <ws-glib/ws-ssl-certificate.h>
#include <ws-glib/ws-version-macros.h>

G_BEGIN_DECLS

#define WS_TYPE_SSL_SESSION (ws_ssl_session_get_type ())

WS_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (WsSslSession, ws_ssl_session, WS, SSL_SESSION, GObject)

WS_AVAILABLE_IN_1_0
const char *ws_ssl_session_get_protocol (WsSslSession *self);
WS_AVAILABLE_IN_1_0
const char *ws_ssl_session_get_cipher (WsSslSession *self);
WS_AVAILABLE_IN_1_0
const char *ws_ssl_session_get_next_protocol (WsSslSession *self);
WS_AVAILABLE_IN_1_0
gboolean ws_ssl_session_get_resumed (WsSslSession *self);
WS_AVAILABLE_IN_1_0
WsSslCertificate *ws_ssl_session_get_peer_certificate (WsSslSession *self);
WS_AVAILABLE_IN_1_0
GListModel *ws_ssl_session_get_peer_certificate_chain (WsSslSession *self);

G_END_DECLS
