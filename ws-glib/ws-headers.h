/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(WS_INSIDE) && !defined(WS_COMPILATION)
#error "Only <ws-glib/ws-glib.h> can be included directly."
#endif

#include <glib-object.h>

#include <ws-glib/ws-version-macros.h>

G_BEGIN_DECLS

#define WS_TYPE_HEADERS (ws_headers_get_type ())

/**
 * WsHeaders:
 *
 * HTTP header fields, in order.
 *
 * Order and spelling are preserved; look-up ignores case (RFC 9110, 5). A
 * reference counted boxed type: what a property returns is the live object.
 *
 * Since: 1.0
 */
typedef struct _WsHeaders WsHeaders;

WS_AVAILABLE_IN_1_0
GType ws_headers_get_type (void) G_GNUC_CONST;
WS_AVAILABLE_IN_1_0
WsHeaders *ws_headers_new (void) G_GNUC_WARN_UNUSED_RESULT;
WS_AVAILABLE_IN_1_0
WsHeaders *ws_headers_ref (WsHeaders *self);
WS_AVAILABLE_IN_1_0
void ws_headers_unref (WsHeaders *self);
WS_AVAILABLE_IN_1_0
WsHeaders *ws_headers_copy (WsHeaders *self) G_GNUC_WARN_UNUSED_RESULT;

WS_AVAILABLE_IN_1_0
gboolean ws_headers_append (WsHeaders  *self,
                            const char *name,
                            const char *value,
                            GError    **error);
WS_AVAILABLE_IN_1_0
gboolean ws_headers_replace (WsHeaders  *self,
                             const char *name,
                             const char *value,
                             GError    **error);
WS_AVAILABLE_IN_1_0
gboolean ws_headers_remove (WsHeaders *self, const char *name);
WS_AVAILABLE_IN_1_0
const char *ws_headers_get_one (WsHeaders *self, const char *name);
WS_AVAILABLE_IN_1_0
char *ws_headers_get_list (WsHeaders *self, const char *name);
WS_AVAILABLE_IN_1_0
guint ws_headers_get_length (WsHeaders *self);
WS_AVAILABLE_IN_1_0
const char *ws_headers_get_name (WsHeaders *self, guint position);
WS_AVAILABLE_IN_1_0
const char *ws_headers_get_value (WsHeaders *self, guint position);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsHeaders, ws_headers_unref)

G_END_DECLS
