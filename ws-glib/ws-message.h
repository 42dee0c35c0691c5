/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(WS_INSIDE) && !defined(WS_COMPILATION)
#error "Only <ws-glib/ws-glib.h> can be included directly."
#endif

#include <glib-object.h>

#include <ws-glib/ws-enums.h>
#include <ws-glib/ws-version-macros.h>

G_BEGIN_DECLS

#define WS_TYPE_MESSAGE (ws_message_get_type ())

/**
 * WsMessage:
 *
 * A whole message: its type and its bytes.
 *
 * Immutable and reference counted. Text is valid UTF-8 and may contain U+0000.
 *
 * Since: 1.0
 */
typedef struct _WsMessage WsMessage;

WS_AVAILABLE_IN_1_0
GType ws_message_get_type (void) G_GNUC_CONST;
WS_AVAILABLE_IN_1_0
WsMessage *ws_message_new_text (const char *text) G_GNUC_WARN_UNUSED_RESULT;
WS_AVAILABLE_IN_1_0
WsMessage *ws_message_new_characters (const gunichar *text,
                                      gsize           n_characters,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
WS_AVAILABLE_IN_1_0
WsMessage *ws_message_new_text_bytes (GBytes  *bytes,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
WS_AVAILABLE_IN_1_0
WsMessage *ws_message_new_binary (GBytes *bytes) G_GNUC_WARN_UNUSED_RESULT;
WS_AVAILABLE_IN_1_0
WsMessage *ws_message_ref (WsMessage *self);
WS_AVAILABLE_IN_1_0
void ws_message_unref (WsMessage *self);
WS_AVAILABLE_IN_1_0
WsMessageType ws_message_get_message_type (WsMessage *self);
WS_AVAILABLE_IN_1_0
const guint8 *ws_message_get_data (WsMessage *self, gsize *length);
WS_AVAILABLE_IN_1_0
GBytes *ws_message_get_bytes (WsMessage *self);
WS_AVAILABLE_IN_1_0
const char *ws_message_get_text (WsMessage *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsMessage, ws_message_unref)

G_END_DECLS
