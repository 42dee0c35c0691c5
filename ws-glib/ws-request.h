/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(WS_INSIDE) && !defined(WS_COMPILATION)
#error "Only <ws-glib/ws-glib.h> can be included directly."
#endif

#include <gio/gio.h>

#include <ws-glib/ws-headers.h>
#include <ws-glib/ws-version-macros.h>

G_BEGIN_DECLS

#define WS_TYPE_REQUEST (ws_request_get_type ())

WS_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (WsRequest, ws_request, WS, REQUEST, GObject)

WS_AVAILABLE_IN_1_0
WsRequest *ws_request_new (const char *url) G_GNUC_WARN_UNUSED_RESULT;

WS_AVAILABLE_IN_1_0
const char *ws_request_get_method (WsRequest *self);
WS_AVAILABLE_IN_1_0
const char *ws_request_get_url (WsRequest *self);
WS_AVAILABLE_IN_1_0
void ws_request_set_url (WsRequest *self, const char *url);
WS_AVAILABLE_IN_1_0
WsHeaders *ws_request_get_headers (WsRequest *self);
WS_AVAILABLE_IN_1_0
void ws_request_set_headers (WsRequest *self, WsHeaders *headers);
WS_AVAILABLE_IN_1_0
const char *const *ws_request_get_subprotocols (WsRequest *self);
WS_AVAILABLE_IN_1_0
void
ws_request_set_subprotocols (WsRequest *self, const char *const *subprotocols);
WS_AVAILABLE_IN_1_0
const char *ws_request_get_origin (WsRequest *self);
WS_AVAILABLE_IN_1_0
void ws_request_set_origin (WsRequest *self, const char *origin);

WS_AVAILABLE_IN_1_0
gboolean ws_request_get_is_handshake (WsRequest *self);
WS_AVAILABLE_IN_1_0
const char *ws_request_get_resource_name (WsRequest *self);
WS_AVAILABLE_IN_1_0
const char *ws_request_get_http_version (WsRequest *self);
WS_AVAILABLE_IN_1_0
const char *ws_request_get_path (WsRequest *self);
WS_AVAILABLE_IN_1_0
const char *ws_request_get_query (WsRequest *self);
WS_AVAILABLE_IN_1_0
char *ws_request_get_query_parameter (WsRequest  *self,
                                      const char *name,
                                      GError    **error);
WS_AVAILABLE_IN_1_0
char **ws_request_get_query_parameters (WsRequest  *self,
                                        const char *name,
                                        GError    **error);
WS_AVAILABLE_IN_1_0
char **ws_request_list_query_parameters (WsRequest *self, GError **error);
WS_AVAILABLE_IN_1_0
GSocketAddress *ws_request_get_client_address (WsRequest *self);
WS_AVAILABLE_IN_1_0
char *ws_request_dup_client_address_string (WsRequest *self);
WS_AVAILABLE_IN_1_0
char *ws_request_dup_peer_address_string (WsRequest *self);
WS_AVAILABLE_IN_1_0
gboolean ws_request_get_is_secure (WsRequest *self);
WS_AVAILABLE_IN_1_0
GSocketAddress *ws_request_get_peer_address (WsRequest *self);
WS_AVAILABLE_IN_1_0
GBytes *ws_request_get_body (WsRequest *self);

G_END_DECLS
