/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(WS_INSIDE) && !defined(WS_COMPILATION)
#error "Only <ws-glib/ws-glib.h> can be included directly."
#endif

#include <glib-object.h>

#include <ws-glib/ws-version-macros.h>

G_BEGIN_DECLS

#define WS_TYPE_PSK_AUTHENTICATOR (ws_psk_authenticator_get_type ())

WS_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (
    WsPskAuthenticator, ws_psk_authenticator, WS, PSK_AUTHENTICATOR, GObject)

WS_AVAILABLE_IN_1_0
const char *ws_psk_authenticator_get_identity_hint (WsPskAuthenticator *self);
WS_AVAILABLE_IN_1_0
const char *ws_psk_authenticator_get_identity (WsPskAuthenticator *self);
WS_AVAILABLE_IN_1_0
void ws_psk_authenticator_set_identity (WsPskAuthenticator *self,
                                        const char         *identity);
WS_AVAILABLE_IN_1_0
guint
ws_psk_authenticator_get_maximum_identity_length (WsPskAuthenticator *self);
WS_AVAILABLE_IN_1_0
GBytes *ws_psk_authenticator_get_pre_shared_key (WsPskAuthenticator *self);
WS_AVAILABLE_IN_1_0
void ws_psk_authenticator_set_pre_shared_key (WsPskAuthenticator *self,
                                              GBytes *pre_shared_key);

G_END_DECLS
