/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(WS_INSIDE) && !defined(WS_COMPILATION)
#error "Only <ws-glib/ws-glib.h> can be included directly."
#endif

#include <ws-glib/ws-socket.h>

G_BEGIN_DECLS

/**
 * WsSocketMessageFunc:
 * @socket: the socket
 * @type: whether the message is text or binary
 * @data: (array length=length): the payload where it lies; text is valid UTF-8
 *   and may contain U+0000, and in C a NUL follows it
 * @length: how many bytes @data has
 * @user_data: what was given with the function
 *
 * Gets a message, as [method@Socket.set_message_handler] says.
 *
 * @data is never %NULL, and is valid until the function returns. The function
 * is called in the socket's main context, for one message after the other, and
 * may do everything that a handler of a signal may: send, close, open again,
 * set another handler, run the main loop, which then brings the messages that
 * follow (and signals them before this one, if it returns %FALSE). But nothing
 * holds @socket meanwhile: a function that may drop the last reference, and
 * uses the socket after that, takes a reference before.
 *
 * An exception that ends the function (Python, JavaScript) is the same as
 * %FALSE.
 *
 * Returns: %TRUE when the message is done with; %FALSE: it is signalled as well
 *
 * Since: 1.0
 */
typedef gboolean (*WsSocketMessageFunc) (WsSocket     *socket,
                                         WsMessageType type,
                                         const guint8 *data,
                                         gsize         length,
                                         gpointer      user_data);

WS_AVAILABLE_IN_1_0
void ws_socket_set_message_handler (WsSocket           *self,
                                    WsSocketMessageFunc handler,
                                    gpointer            user_data,
                                    GDestroyNotify      destroy);

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
WsMessage *
ws_socket_try_receive_message (WsSocket *self) G_GNUC_WARN_UNUSED_RESULT;
WS_AVAILABLE_IN_1_0
gboolean ws_socket_try_receive_data (WsSocket      *self,
                                     WsMessageType *type,
                                     const guint8 **data,
                                     gsize *length) G_GNUC_WARN_UNUSED_RESULT;
WS_AVAILABLE_IN_1_0
void ws_socket_pause_receiving (WsSocket *self);
WS_AVAILABLE_IN_1_0
void ws_socket_resume_receiving (WsSocket *self);

G_END_DECLS
