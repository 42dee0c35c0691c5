/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(WS_INSIDE) && !defined(WS_COMPILATION)
#error "Only <ws-glib/ws-glib.h> can be included directly."
#endif

#include <gio/gio.h>

#include <ws-glib/ws-enums.h>
#include <ws-glib/ws-version-macros.h>

G_BEGIN_DECLS

#define WS_TYPE_MESSAGE_INPUT_STREAM (ws_message_input_stream_get_type ())

WS_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (WsMessageInputStream,
                      ws_message_input_stream,
                      WS,
                      MESSAGE_INPUT_STREAM,
                      GInputStream)

WS_AVAILABLE_IN_1_0
WsMessageType
ws_message_input_stream_get_message_type (WsMessageInputStream *self);

G_END_DECLS
