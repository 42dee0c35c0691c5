/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(WS_REDIS_INSIDE) && !defined(WS_REDIS_COMPILATION)
#error "Only <ws-glib-redis/ws-glib-redis.h> can be included directly."
#endif

#include <ws-glib/ws-glib.h>

G_BEGIN_DECLS

#define WS_REDIS_TYPE_BROKER (ws_redis_broker_get_type ())

WS_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (
    WsRedisBroker, ws_redis_broker, WS_REDIS, BROKER, WsBroker)

WS_AVAILABLE_IN_1_0
WsBroker *
ws_redis_broker_new (const char *url, GError **error) G_GNUC_WARN_UNUSED_RESULT;

WS_AVAILABLE_IN_1_0
const char *const *ws_redis_broker_get_urls (WsRedisBroker *self);
WS_AVAILABLE_IN_1_0
const char *ws_redis_broker_get_prefix (WsRedisBroker *self);
WS_AVAILABLE_IN_1_0
guint ws_redis_broker_get_connect_timeout (WsRedisBroker *self);
WS_AVAILABLE_IN_1_0
void ws_redis_broker_set_connect_timeout (WsRedisBroker *self,
                                          guint          connect_timeout);
WS_AVAILABLE_IN_1_0
guint ws_redis_broker_get_ping_interval (WsRedisBroker *self);
WS_AVAILABLE_IN_1_0
void
ws_redis_broker_set_ping_interval (WsRedisBroker *self, guint ping_interval);
WS_AVAILABLE_IN_1_0
guint ws_redis_broker_get_presence_ttl (WsRedisBroker *self);
WS_AVAILABLE_IN_1_0
void ws_redis_broker_set_presence_ttl (WsRedisBroker *self, guint presence_ttl);
WS_AVAILABLE_IN_1_0
guint64 ws_redis_broker_get_history_ttl (WsRedisBroker *self);
WS_AVAILABLE_IN_1_0
void ws_redis_broker_set_history_ttl (WsRedisBroker *self, guint64 history_ttl);
WS_AVAILABLE_IN_1_0
WsReconnectPolicy *ws_redis_broker_get_reconnect (WsRedisBroker *self);
WS_AVAILABLE_IN_1_0
void ws_redis_broker_set_reconnect (WsRedisBroker     *self,
                                    WsReconnectPolicy *reconnect);

G_END_DECLS
