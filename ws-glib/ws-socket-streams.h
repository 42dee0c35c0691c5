/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(WS_INSIDE) && !defined(WS_COMPILATION)
#error "Only <ws-glib/ws-glib.h> can be included directly."
#endif

#include <ws-glib/ws-message-input-stream.h>
#include <ws-glib/ws-socket.h>

G_BEGIN_DECLS

WS_AVAILABLE_IN_1_0
void ws_socket_receive_stream_async (WsSocket           *self,
                                     GCancellable       *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer            user_data);
WS_AVAILABLE_IN_1_0
GInputStream *
ws_socket_receive_stream_finish (WsSocket     *self,
                                 GAsyncResult *result,
                                 GError      **error) G_GNUC_WARN_UNUSED_RESULT;
WS_AVAILABLE_IN_1_0
void ws_socket_send_stream_async (WsSocket           *self,
                                  WsMessageType       message_type,
                                  GInputStream       *stream,
                                  GCancellable       *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer            user_data);
WS_AVAILABLE_IN_1_0
gboolean ws_socket_send_stream_finish (WsSocket     *self,
                                       GAsyncResult *result,
                                       GError      **error);
WS_AVAILABLE_IN_1_0
GOutputStream *
ws_socket_begin_message (WsSocket     *self,
                         WsMessageType message_type,
                         GError      **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
