/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "chat-room.h"

G_BEGIN_DECLS

ChatRoom *chat_service_start (WsServer *server) G_GNUC_WARN_UNUSED_RESULT;
void      chat_service_serve_page (WsServer *server);

G_END_DECLS
