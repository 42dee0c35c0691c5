/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(WS_INSIDE) && !defined(WS_COMPILATION)
#error "Only <ws-glib/ws-glib.h> can be included directly."
#endif

#include <glib-object.h>

#include <ws-glib/ws-enums.h>
#include <ws-glib/ws-version-macros.h>

G_BEGIN_DECLS

#define WS_TYPE_MESSAGE_LOG_ENTRY (ws_message_log_entry_get_type ())

WS_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (
    WsMessageLogEntry, ws_message_log_entry, WS, MESSAGE_LOG_ENTRY, GObject)

WS_AVAILABLE_IN_1_0
WsMessageDirection ws_message_log_entry_get_direction (WsMessageLogEntry *self);
WS_AVAILABLE_IN_1_0
gboolean ws_message_log_entry_get_is_sent (WsMessageLogEntry *self);
WS_AVAILABLE_IN_1_0
WsMessageType ws_message_log_entry_get_message_type (WsMessageLogEntry *self);
WS_AVAILABLE_IN_1_0
const char *ws_message_log_entry_get_text (WsMessageLogEntry *self);
WS_AVAILABLE_IN_1_0
GBytes *ws_message_log_entry_get_bytes (WsMessageLogEntry *self);
WS_AVAILABLE_IN_1_0
guint64 ws_message_log_entry_get_size (WsMessageLogEntry *self);
WS_AVAILABLE_IN_1_0
gboolean ws_message_log_entry_get_is_cut (WsMessageLogEntry *self);
WS_AVAILABLE_IN_1_0
char *ws_message_log_entry_dup_summary (WsMessageLogEntry *self)
    G_GNUC_WARN_UNUSED_RESULT;
WS_AVAILABLE_IN_1_0
GDateTime *ws_message_log_entry_dup_time (WsMessageLogEntry *self)
    G_GNUC_WARN_UNUSED_RESULT;
WS_AVAILABLE_IN_1_0
char *ws_message_log_entry_dup_time_string (WsMessageLogEntry *self)
    G_GNUC_WARN_UNUSED_RESULT;
WS_AVAILABLE_IN_1_0
const char *ws_message_log_entry_get_peer_name (WsMessageLogEntry *self);
WS_AVAILABLE_IN_1_0
const char *
ws_message_log_entry_get_peer_address_string (WsMessageLogEntry *self);

G_END_DECLS
