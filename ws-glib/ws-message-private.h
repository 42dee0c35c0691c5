/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "ws-message.h"

G_BEGIN_DECLS

/* @bytes (transfer none) of a text are known to be UTF-8 and not looked at. */
WsMessage *ws_message_new_valid (WsMessageType type,
                                 GBytes       *bytes) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
