/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(WS_INSIDE) && !defined(WS_COMPILATION)
#error "Only <ws-glib/ws-glib.h> can be included directly."
#endif

#include <gio/gio.h>

#include <ws-glib/ws-server.h>
#include <ws-glib/ws-version-macros.h>

G_BEGIN_DECLS

WS_AVAILABLE_IN_1_0
void ws_server_accept_async (WsServer           *self,
                             GCancellable       *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer            user_data);
WS_AVAILABLE_IN_1_0
WsSocket *ws_server_accept_finish (WsServer     *self,
                                   GAsyncResult *result,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

WS_AVAILABLE_IN_1_0
void ws_server_close_async (WsServer           *self,
                            guint               code,
                            const char         *reason,
                            GCancellable       *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer            user_data);
WS_AVAILABLE_IN_1_0
gboolean
ws_server_close_finish (WsServer *self, GAsyncResult *result, GError **error);

WS_AVAILABLE_IN_1_0
void ws_server_publish_async (WsServer           *self,
                              const char         *topic,
                              WsMessage          *message,
                              WsSocket           *except,
                              GCancellable       *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer            user_data);
WS_AVAILABLE_IN_1_0
gboolean
ws_server_publish_finish (WsServer *self, GAsyncResult *result, GError **error);

WS_AVAILABLE_IN_1_0
void ws_server_drain_async (WsServer           *self,
                            guint               window,
                            GCancellable       *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer            user_data);
WS_AVAILABLE_IN_1_0
gboolean
ws_server_drain_finish (WsServer *self, GAsyncResult *result, GError **error);

G_END_DECLS
