/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(WS_INSIDE) && !defined(WS_COMPILATION)
#error "Only <ws-glib/ws-glib.h> can be included directly."
#endif

#include <gio/gio.h>

#include <ws-glib/ws-headers.h>
#include <ws-glib/ws-version-macros.h>

G_BEGIN_DECLS

#define WS_TYPE_RESPONSE (ws_response_get_type ())

WS_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (WsResponse, ws_response, WS, RESPONSE, GObject)

WS_AVAILABLE_IN_1_0
guint ws_response_get_status (WsResponse *self);
WS_AVAILABLE_IN_1_0
void ws_response_set_status (WsResponse *self, guint status);
WS_AVAILABLE_IN_1_0
const char *ws_response_get_reason (WsResponse *self);
WS_AVAILABLE_IN_1_0
void ws_response_set_reason (WsResponse *self, const char *reason);
WS_AVAILABLE_IN_1_0
WsHeaders *ws_response_get_headers (WsResponse *self);
WS_AVAILABLE_IN_1_0
GBytes *ws_response_get_body (WsResponse *self);
WS_AVAILABLE_IN_1_0
void
ws_response_set_body (WsResponse *self, const char *content_type, GBytes *body);
WS_AVAILABLE_IN_1_0
void ws_response_set_text (WsResponse *self, const char *text);
WS_AVAILABLE_IN_1_0
const char *ws_response_get_subprotocol (WsResponse *self);
WS_AVAILABLE_IN_1_0
void ws_response_set_subprotocol (WsResponse *self, const char *subprotocol);

WS_AVAILABLE_IN_1_0
void ws_response_accept (WsResponse *self);
WS_AVAILABLE_IN_1_0
void ws_response_refuse (WsResponse *self, guint status, const char *message);
WS_AVAILABLE_IN_1_0
void ws_response_defer (WsResponse *self);
WS_AVAILABLE_IN_1_0
void ws_response_done (WsResponse *self);

G_END_DECLS
