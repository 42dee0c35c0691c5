/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(WS_INSIDE) && !defined(WS_COMPILATION)
#error "Only <ws-glib/ws-glib.h> can be included directly."
#endif

#include <glib-object.h>

#include <ws-glib/ws-headers.h>
#include <ws-glib/ws-version-macros.h>

G_BEGIN_DECLS

#define WS_TYPE_HANDSHAKE_RESPONSE (ws_handshake_response_get_type ())

WS_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (
    WsHandshakeResponse, ws_handshake_response, WS, HANDSHAKE_RESPONSE, GObject)

WS_AVAILABLE_IN_1_0
guint ws_handshake_response_get_status (WsHandshakeResponse *self);
WS_AVAILABLE_IN_1_0
const char *ws_handshake_response_get_reason (WsHandshakeResponse *self);
WS_AVAILABLE_IN_1_0
WsHeaders *ws_handshake_response_get_headers (WsHandshakeResponse *self);
WS_AVAILABLE_IN_1_0
GBytes *ws_handshake_response_get_body (WsHandshakeResponse *self);

G_END_DECLS
