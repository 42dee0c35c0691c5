/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "ws-message.h"

#include "protocol/ws-frame.h"

G_BEGIN_DECLS

/* RFC 6455, 5.6: the opcode of a message's first frame says its type. */
G_STATIC_ASSERT ((int) WS_MESSAGE_TYPE_TEXT == (int) WS_OPCODE_TEXT);
G_STATIC_ASSERT ((int) WS_MESSAGE_TYPE_BINARY == (int) WS_OPCODE_BINARY);

static inline WsOpcode
ws_message_type_to_opcode (WsMessageType type)
{
  return (WsOpcode) type;
}

static inline WsMessageType
ws_message_type_from_opcode (WsOpcode opcode)
{
  return (WsMessageType) opcode;
}

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
