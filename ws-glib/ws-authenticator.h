/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(WS_INSIDE) && !defined(WS_COMPILATION)
#error "Only <ws-glib/ws-glib.h> can be included directly."
#endif

#include <glib-object.h>

#include <ws-glib/ws-version-macros.h>

G_BEGIN_DECLS

#define WS_TYPE_AUTHENTICATOR (ws_authenticator_get_type ())

WS_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (
    WsAuthenticator, ws_authenticator, WS, AUTHENTICATOR, GObject)

WS_AVAILABLE_IN_1_0
const char *ws_authenticator_get_realm (WsAuthenticator *self);
WS_AVAILABLE_IN_1_0
const char *ws_authenticator_get_scheme (WsAuthenticator *self);
WS_AVAILABLE_IN_1_0
const char *ws_authenticator_get_uri (WsAuthenticator *self);
WS_AVAILABLE_IN_1_0
gboolean ws_authenticator_get_is_proxy (WsAuthenticator *self);
WS_AVAILABLE_IN_1_0
guint ws_authenticator_get_retries (WsAuthenticator *self);
WS_AVAILABLE_IN_1_0
const char *ws_authenticator_get_user (WsAuthenticator *self);
WS_AVAILABLE_IN_1_0
void ws_authenticator_set_user (WsAuthenticator *self, const char *user);
WS_AVAILABLE_IN_1_0
const char *ws_authenticator_get_password (WsAuthenticator *self);
WS_AVAILABLE_IN_1_0
void
ws_authenticator_set_password (WsAuthenticator *self, const char *password);

WS_AVAILABLE_IN_1_0
void ws_authenticator_defer (WsAuthenticator *self);
WS_AVAILABLE_IN_1_0
void ws_authenticator_done (WsAuthenticator *self);

G_END_DECLS
