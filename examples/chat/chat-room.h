/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <ws-glib/ws-glib.h>

G_BEGIN_DECLS

typedef struct _ChatRoom ChatRoom;

ChatRoom *chat_room_new (WsServer *server) G_GNUC_WARN_UNUSED_RESULT;
void      chat_room_free (ChatRoom *self);

gboolean    chat_room_join (ChatRoom    *self,
                            WsSocket    *socket,
                            const char  *wish,
                            const char **complaint);
void        chat_room_leave (ChatRoom *self, WsSocket *socket);
gboolean    chat_room_rename (ChatRoom    *self,
                              WsSocket    *socket,
                              const char  *wish,
                              const char **complaint);
const char *chat_room_get_nickname (ChatRoom *self, WsSocket *socket);
char       *chat_room_list (ChatRoom *self);
void chat_room_tell (ChatRoom *self, WsSocket *socket, const char *format, ...)
    G_GNUC_PRINTF (3, 4);
void chat_room_tell_others (ChatRoom   *self,
                            WsSocket   *socket,
                            const char *format,
                            ...) G_GNUC_PRINTF (3, 4);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ChatRoom, chat_room_free)

G_END_DECLS
