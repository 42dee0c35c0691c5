/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(WS_INSIDE) && !defined(WS_COMPILATION)
#error "Only <ws-glib/ws-glib.h> can be included directly."
#endif

#include <gio/gio.h>

#include <ws-glib/ws-message-log-entry.h>
#include <ws-glib/ws-socket.h>
#include <ws-glib/ws-version-macros.h>

G_BEGIN_DECLS

#define WS_TYPE_MESSAGE_LOG (ws_message_log_get_type ())

WS_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (WsMessageLog, ws_message_log, WS, MESSAGE_LOG, GObject)

WS_AVAILABLE_IN_1_0
WsMessageLog *ws_message_log_new (void) G_GNUC_WARN_UNUSED_RESULT;

WS_AVAILABLE_IN_1_0
WsSocket *
ws_message_log_dup_socket (WsMessageLog *self) G_GNUC_WARN_UNUSED_RESULT;
WS_AVAILABLE_IN_1_0
void ws_message_log_set_socket (WsMessageLog *self, WsSocket *socket);
WS_AVAILABLE_IN_1_0
GListModel *
ws_message_log_dup_sockets (WsMessageLog *self) G_GNUC_WARN_UNUSED_RESULT;
WS_AVAILABLE_IN_1_0
void ws_message_log_set_sockets (WsMessageLog *self, GListModel *sockets);
WS_AVAILABLE_IN_1_0
guint ws_message_log_get_max_entries (WsMessageLog *self);
WS_AVAILABLE_IN_1_0
void ws_message_log_set_max_entries (WsMessageLog *self, guint max_entries);
WS_AVAILABLE_IN_1_0
guint64 ws_message_log_get_max_bytes (WsMessageLog *self);
WS_AVAILABLE_IN_1_0
void ws_message_log_set_max_bytes (WsMessageLog *self, guint64 max_bytes);
WS_AVAILABLE_IN_1_0
guint64 ws_message_log_get_n_bytes (WsMessageLog *self);

WS_AVAILABLE_IN_1_0
void ws_message_log_clear (WsMessageLog *self);

G_END_DECLS
