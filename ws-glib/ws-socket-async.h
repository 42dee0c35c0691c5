/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(WS_INSIDE) && !defined(WS_COMPILATION)
#error "Only <ws-glib/ws-glib.h> can be included directly."
#endif

#include <ws-glib/ws-socket.h>

G_BEGIN_DECLS

WS_AVAILABLE_IN_1_0
void ws_socket_open_async (WsSocket           *self,
                           const char         *url,
                           GCancellable       *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer            user_data);
WS_AVAILABLE_IN_1_0
void ws_socket_open_and_stay_async (WsSocket           *self,
                                    const char         *url,
                                    GCancellable       *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer            user_data);
WS_AVAILABLE_IN_1_0
gboolean ws_socket_open_and_stay_finish (WsSocket     *self,
                                         GAsyncResult *result,
                                         GError      **error);
WS_AVAILABLE_IN_1_0
gboolean
ws_socket_open_finish (WsSocket *self, GAsyncResult *result, GError **error);
WS_AVAILABLE_IN_1_0
void ws_socket_close_async (WsSocket           *self,
                            guint               code,
                            const char         *reason,
                            GCancellable       *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer            user_data);
WS_AVAILABLE_IN_1_0
gboolean
ws_socket_close_finish (WsSocket *self, GAsyncResult *result, GError **error);
WS_AVAILABLE_IN_1_0
void ws_socket_ping_async (WsSocket           *self,
                           GBytes             *payload,
                           GCancellable       *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer            user_data);
WS_AVAILABLE_IN_1_0
gint64
ws_socket_ping_finish (WsSocket *self, GAsyncResult *result, GError **error);
WS_AVAILABLE_IN_1_0
void ws_socket_send_message_async (WsSocket           *self,
                                   WsMessage          *message,
                                   GCancellable       *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer            user_data);
WS_AVAILABLE_IN_1_0
gboolean ws_socket_send_message_finish (WsSocket     *self,
                                        GAsyncResult *result,
                                        GError      **error);

G_END_DECLS
