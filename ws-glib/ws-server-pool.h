/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(WS_INSIDE) && !defined(WS_COMPILATION)
#error "Only <ws-glib/ws-glib.h> can be included directly."
#endif

#include <gio/gio.h>

#include <ws-glib/ws-request.h>
#include <ws-glib/ws-response.h>
#include <ws-glib/ws-server-statistics.h>
#include <ws-glib/ws-server.h>
#include <ws-glib/ws-version-macros.h>

G_BEGIN_DECLS

#define WS_TYPE_SERVER_POOL (ws_server_pool_get_type ())

WS_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (WsServerPool, ws_server_pool, WS, SERVER_POOL, GObject)

/**
 * WsServerPoolFunc:
 * @server: a server of the pool
 * @user_data: what was given with the function
 *
 * Does something with a server of a pool, in the server's own thread.
 *
 * Since: 1.0
 */
typedef void (*WsServerPoolFunc) (WsServer *server, gpointer user_data);

WS_AVAILABLE_IN_1_0
WsServerPool *
ws_server_pool_new (guint            n_threads,
                    WsSslMode        ssl_mode,
                    WsServerPoolFunc set_up,
                    gpointer         user_data,
                    GDestroyNotify   destroy) G_GNUC_WARN_UNUSED_RESULT;
WS_AVAILABLE_IN_1_0
guint ws_server_pool_get_n_threads (WsServerPool *self);
WS_AVAILABLE_IN_1_0
WsBroker *ws_server_pool_get_broker (WsServerPool *self);
WS_AVAILABLE_IN_1_0
void ws_server_pool_set_broker (WsServerPool *self, WsBroker *broker);
WS_AVAILABLE_IN_1_0
gboolean ws_server_pool_get_listening (WsServerPool *self);
WS_AVAILABLE_IN_1_0
guint16 ws_server_pool_get_server_port (WsServerPool *self);
WS_AVAILABLE_IN_1_0
gboolean ws_server_pool_listen (WsServerPool *self,
                                GInetAddress *address,
                                guint16       port,
                                GError      **error);
WS_AVAILABLE_IN_1_0
void ws_server_pool_invoke (WsServerPool    *self,
                            WsServerPoolFunc func,
                            gpointer         user_data,
                            GDestroyNotify   destroy);
WS_AVAILABLE_IN_1_0
void ws_server_pool_get_statistics_async (WsServerPool       *self,
                                          GCancellable       *cancellable,
                                          GAsyncReadyCallback callback,
                                          gpointer            user_data);
WS_AVAILABLE_IN_1_0
WsServerStatistics *ws_server_pool_get_statistics_finish (WsServerPool *self,
                                                          GAsyncResult *result,
                                                          GError      **error);
WS_AVAILABLE_IN_1_0
void ws_server_pool_dup_metrics_async (WsServerPool       *self,
                                       GCancellable       *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer            user_data);
WS_AVAILABLE_IN_1_0
char *ws_server_pool_dup_metrics_finish (WsServerPool *self,
                                         GAsyncResult *result,
                                         GError      **error);
WS_AVAILABLE_IN_1_0
gboolean ws_server_pool_answer_health (WsServerPool *self,
                                       WsRequest    *request,
                                       WsResponse   *response);
WS_AVAILABLE_IN_1_0
void ws_server_pool_close_async (WsServerPool       *self,
                                 guint               code,
                                 const char         *reason,
                                 GCancellable       *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer            user_data);
WS_AVAILABLE_IN_1_0
gboolean ws_server_pool_close_finish (WsServerPool *self,
                                      GAsyncResult *result,
                                      GError      **error);
WS_AVAILABLE_IN_1_0
void ws_server_pool_drain_async (WsServerPool       *self,
                                 guint               window,
                                 GCancellable       *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer            user_data);
WS_AVAILABLE_IN_1_0
gboolean ws_server_pool_drain_finish (WsServerPool *self,
                                      GAsyncResult *result,
                                      GError      **error);

G_END_DECLS
