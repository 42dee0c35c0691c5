/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(WS_INSIDE) && !defined(WS_COMPILATION)
#error "Only <ws-glib/ws-glib.h> can be included directly."
#endif

#include <gio/gio.h>

#include <ws-glib/ws-publication.h>
#include <ws-glib/ws-version-macros.h>

G_BEGIN_DECLS

#define WS_TYPE_BROKER_QUERY (ws_broker_query_get_type ())

WS_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (WsBrokerQuery, ws_broker_query, WS, BROKER_QUERY, GObject)

WS_AVAILABLE_IN_1_0
const char *ws_broker_query_get_topic (WsBrokerQuery *self);
WS_AVAILABLE_IN_1_0
const char *ws_broker_query_get_epoch (WsBrokerQuery *self);
WS_AVAILABLE_IN_1_0
guint64 ws_broker_query_get_offset (WsBrokerQuery *self);
WS_AVAILABLE_IN_1_0
guint ws_broker_query_get_max_count (WsBrokerQuery *self);
WS_AVAILABLE_IN_1_0
void ws_broker_query_add_publication (WsBrokerQuery *self,
                                      WsPublication *publication);
WS_AVAILABLE_IN_1_0
void ws_broker_query_set_position (WsBrokerQuery *self,
                                   const char    *epoch,
                                   guint64        offset);
WS_AVAILABLE_IN_1_0
void ws_broker_query_add_presence (WsBrokerQuery *self,
                                   const char    *client,
                                   const char    *data);
WS_AVAILABLE_IN_1_0
void ws_broker_query_succeed (WsBrokerQuery *self);
WS_AVAILABLE_IN_1_0
void ws_broker_query_fail (WsBrokerQuery *self, const GError *error);

G_END_DECLS
