/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "ws-message.h"

G_BEGIN_DECLS

/* @bytes (transfer full) are known to be valid UTF-8 and are not looked at. */
WsMessage *ws_message_new_text_take (GBytes *bytes) G_GNUC_WARN_UNUSED_RESULT;

/* @bytes (transfer full) */
WsMessage *ws_message_new_binary_take (GBytes *bytes) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
