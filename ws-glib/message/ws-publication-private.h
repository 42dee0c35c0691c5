/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "ws-publication.h"

G_BEGIN_DECLS

/* Of @client (0: none) of the server with the number @node (0: none). */
WsPublication         *
ws_publication_new_from (const char *topic,
                                 WsMessage  *message,
                                 guint64     node,
                                 guint64     client) G_GNUC_WARN_UNUSED_RESULT;
guint64 ws_publication_peek_node (const WsPublication *self);
guint64 ws_publication_peek_client (const WsPublication *self);
/* Bytes that it holds, the topic's name included. */
gsize ws_publication_get_size (const WsPublication *self);

G_END_DECLS
