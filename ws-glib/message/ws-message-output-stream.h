/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "message/ws-message-sink.h"

G_BEGIN_DECLS

/* (transfer full): fills @sink, and holds @sender until it is dropped. */
GOutputStream *ws_message_output_stream_new (GObject               *sender,
                                             const WsMessageSender *klass,
                                             WsMessageSink         *sink);

G_END_DECLS
