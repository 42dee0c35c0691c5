/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "ws-message.h"

G_BEGIN_DECLS

/* @bytes (transfer none) of a text are known to be UTF-8 and not looked at. */
WsMessage *ws_message_new_valid (WsMessageType type,
                                 GBytes       *bytes) G_GNUC_WARN_UNUSED_RESULT;

/* A copy of @data, which is valid if it is text, in one allocation. */
WsMessage *ws_message_new_copy (WsMessageType type,
                                const guint8 *data,
                                gsize         len) G_GNUC_WARN_UNUSED_RESULT;

/* (transfer none) (nullable): the payload as bytes; NULL if that would take a
 * copy. */
GBytes *ws_message_peek_bytes (WsMessage *self);

G_END_DECLS
