/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(WS_INSIDE) && !defined(WS_COMPILATION)
#error "Only <ws-glib/ws-glib.h> can be included directly."
#endif

#include <ws-glib/ws-socket.h>

G_BEGIN_DECLS

WS_AVAILABLE_IN_1_0
gboolean ws_socket_get_pull (WsSocket *self);
WS_AVAILABLE_IN_1_0
void ws_socket_set_pull (WsSocket *self, gboolean pull);
WS_AVAILABLE_IN_1_0
gint64 ws_socket_get_read_buffer_size (WsSocket *self);
WS_AVAILABLE_IN_1_0
void ws_socket_set_read_buffer_size (WsSocket *self, gint64 read_buffer_size);

WS_AVAILABLE_IN_1_0
void ws_socket_receive_message_async (WsSocket           *self,
                                      GCancellable       *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer            user_data);
WS_AVAILABLE_IN_1_0
WsMessage *
ws_socket_receive_message_finish (WsSocket     *self,
                                  GAsyncResult *result,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
WS_AVAILABLE_IN_1_0
void ws_socket_pause_receiving (WsSocket *self);
WS_AVAILABLE_IN_1_0
void ws_socket_resume_receiving (WsSocket *self);

G_END_DECLS
