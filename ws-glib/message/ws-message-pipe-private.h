/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "ws-enums.h"
#include "ws-message-input-stream.h"
#include "ws-socket.h"

#include "protocol/ws-utf8.h"

G_BEGIN_DECLS

/* What a socket shares with the streams that users hold. Streams may be dropped
 * in any thread (a collector's), sockets not: so neither holds the other's
 * object in here, and all but the counter and @dropped belongs to the socket's
 * thread. */

/* --- A message that comes in pieces --- */

typedef struct
{
  WsMessageType type;
  GQueue        chunks; /* of GBytes, not read yet */
  gsize         size;   /* bytes of them that were not read yet */
  gsize         used;   /* bytes read of the first one */
  gboolean      is_complete;
  GError       *error;   /* (owned) (nullable): read after the chunks */
  int           dropped; /* (atomic): nobody will read the rest */
} WsMessagePipe;

WsMessagePipe *ws_message_pipe_new (WsMessageType type);
WsMessagePipe *ws_message_pipe_ref (WsMessagePipe *self);
void           ws_message_pipe_unref (WsMessagePipe *self);

/* (transfer full): reads @pipe, and holds @socket until it is dropped. */
GInputStream *
ws_message_input_stream_new (WsSocket *socket, WsMessagePipe *pipe);

/* --- A message that is sent in parts --- */

typedef struct _WsOutgoing WsOutgoing;

typedef struct
{
  WsMessageType type;
  WsUtf8        utf8;
  WsOutgoing   *outgoing; /* (unowned) (nullable): as long as it is not over */
  gboolean      begun;    /* a frame of it was sent */
  gboolean      finished; /* only the last frame is missing */
  int           dropped;  /* (atomic): it was not closed */
  /* (nullable): called when there is room, and when it is over */
  void (*ready) (gpointer user_data);
  void (*over) (gpointer user_data);
  gpointer user_data;
} WsMessageSink;

WsMessageSink *ws_message_sink_new (WsMessageType type);
WsMessageSink *ws_message_sink_ref (WsMessageSink *self);
void           ws_message_sink_unref (WsMessageSink *self);

/* (transfer full): fills @sink, and holds @socket until it is closed. */
GOutputStream *
ws_message_output_stream_new (WsSocket *socket, WsMessageSink *sink);

G_END_DECLS
