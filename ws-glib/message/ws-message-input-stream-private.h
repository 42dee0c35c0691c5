/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "ws-message-input-stream.h"

#include "message/ws-message-pipe.h"

G_BEGIN_DECLS

/* (transfer full): reads @pipe, and holds its producer until it is dropped. */
GInputStream *ws_message_input_stream_new (GObject                 *producer,
                                           const WsMessageProducer *klass,
                                           WsMessagePipe           *pipe);

G_END_DECLS
