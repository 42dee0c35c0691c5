/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A message that is sent in parts, between who writes them and the socket. */
#include "message/ws-message-sink.h"

WsMessageSink *
ws_message_sink_new (WsMessageType type)
{
  WsMessageSink *self = g_atomic_rc_box_new0 (WsMessageSink);

  self->type = type;
  return self;
}

WsMessageSink *
ws_message_sink_ref (WsMessageSink *self)
{
  return g_atomic_rc_box_acquire (self);
}

void
ws_message_sink_unref (WsMessageSink *self)
{
  g_atomic_rc_box_release (self);
}
