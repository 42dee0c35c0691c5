/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "ws-enums.h"

#include "protocol/ws-utf8.h"

G_BEGIN_DECLS

typedef struct _WsOutgoing WsOutgoing;

/* As WsMessagePipe: all but the counter and @dropped belongs to the thread of
 * the socket that sends. */
typedef struct
{
  WsMessageType type;
  WsUtf8        utf8;
  WsOutgoing   *outgoing; /* (unowned) (nullable): until the message is over */
  gboolean      begun;    /* a frame of the message was sent */
  gboolean      finished; /* only the last frame is missing */
  int           dropped;  /* (atomic): the stream was not closed */
  /* (nullable): called when there is room, and when the message is over */
  void (*ready) (gpointer user_data);
  void (*over) (gpointer user_data);
  gpointer user_data;
} WsMessageSink;

/* What a stream asks of the sender, an object with a home that sends what is
 * written. */
typedef struct
{
  /* FALSE with an error in another thread than the sender's. */
  gboolean (*check_thread) (gpointer sender, GError **error);
  /* Whether a part would be taken, or refused for good; only looks. */
  gboolean (*takes) (gpointer sender, const WsMessageSink *sink);
  /* Takes some of @data; G_IO_ERROR_WOULD_BLOCK. */
  gssize (*send) (gpointer       sender,
                  WsMessageSink *sink,
                  const guint8  *data,
                  gsize          len,
                  GError       **error);
  /* That was all. */
  gboolean (*end) (gpointer sender, WsMessageSink *sink, GError **error);
  /* A GSourceFunc: a stream was dropped that was not closed. */
  gboolean (*drop) (gpointer sender);
} WsMessageSender;

WsMessageSink *ws_message_sink_new (WsMessageType type);
WsMessageSink *ws_message_sink_ref (WsMessageSink *self);
void           ws_message_sink_unref (WsMessageSink *self);

G_END_DECLS
