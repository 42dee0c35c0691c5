/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(WS_INSIDE) && !defined(WS_COMPILATION)
#error "Only <ws-glib/ws-glib.h> can be included directly."
#endif

#include <glib-object.h>

#include <ws-glib/ws-version-macros.h>

G_BEGIN_DECLS

#define WS_TYPE_CORS_AUTHENTICATOR (ws_cors_authenticator_get_type ())

WS_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (
    WsCorsAuthenticator, ws_cors_authenticator, WS, CORS_AUTHENTICATOR, GObject)

WS_AVAILABLE_IN_1_0
WsCorsAuthenticator *
ws_cors_authenticator_new (const char *origin) G_GNUC_WARN_UNUSED_RESULT;
WS_AVAILABLE_IN_1_0
const char *ws_cors_authenticator_get_origin (WsCorsAuthenticator *self);
WS_AVAILABLE_IN_1_0
gboolean ws_cors_authenticator_get_allowed (WsCorsAuthenticator *self);
WS_AVAILABLE_IN_1_0
void
ws_cors_authenticator_set_allowed (WsCorsAuthenticator *self, gboolean allowed);

G_END_DECLS
