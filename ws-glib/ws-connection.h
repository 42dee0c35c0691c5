/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(WS_INSIDE) && !defined(WS_COMPILATION)
#error "Only <ws-glib/ws-glib.h> can be included directly."
#endif

#include <glib-object.h>

#include <ws-glib/ws-enums.h>
#include <ws-glib/ws-version-macros.h>

G_BEGIN_DECLS

#define WS_TYPE_CONNECTION (ws_connection_get_type ())

WS_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (WsConnection, ws_connection, WS, CONNECTION, GObject)

WS_AVAILABLE_IN_1_0
WsConnection *ws_connection_new (void) G_GNUC_WARN_UNUSED_RESULT;

WS_AVAILABLE_IN_1_0
GObject *ws_connection_dup_sender (WsConnection *self);
WS_AVAILABLE_IN_1_0
void ws_connection_set_sender (WsConnection *self, GObject *sender);
WS_AVAILABLE_IN_1_0
const char *ws_connection_get_signal (WsConnection *self);
WS_AVAILABLE_IN_1_0
void ws_connection_set_signal (WsConnection *self, const char *signal);
WS_AVAILABLE_IN_1_0
GObject *ws_connection_dup_receiver (WsConnection *self);
WS_AVAILABLE_IN_1_0
void ws_connection_set_receiver (WsConnection *self, GObject *receiver);
WS_AVAILABLE_IN_1_0
const char *ws_connection_get_slot (WsConnection *self);
WS_AVAILABLE_IN_1_0
void ws_connection_set_slot (WsConnection *self, const char *slot);
WS_AVAILABLE_IN_1_0
WsConnectFlags ws_connection_get_flags (WsConnection *self);
WS_AVAILABLE_IN_1_0
void ws_connection_set_flags (WsConnection *self, WsConnectFlags flags);
WS_AVAILABLE_IN_1_0
gboolean ws_connection_get_connected (WsConnection *self);
WS_AVAILABLE_IN_1_0
const GError *ws_connection_get_error (WsConnection *self);
WS_AVAILABLE_IN_1_0
const char *ws_connection_get_error_string (WsConnection *self);

WS_AVAILABLE_IN_1_0
guint64 ws_connection_get_max_queued_bytes (WsConnection *self);
WS_AVAILABLE_IN_1_0
void ws_connection_set_max_queued_bytes (WsConnection *self, guint64 max_bytes);
WS_AVAILABLE_IN_1_0
WsOverflowPolicy ws_connection_get_overflow_policy (WsConnection *self);
WS_AVAILABLE_IN_1_0
void
ws_connection_set_overflow_policy (WsConnection *self, WsOverflowPolicy policy);
WS_AVAILABLE_IN_1_0
guint64 ws_connection_get_queued_bytes (WsConnection *self);
WS_AVAILABLE_IN_1_0
guint64 ws_connection_get_n_dropped (WsConnection *self);

G_END_DECLS
