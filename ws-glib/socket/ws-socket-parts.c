/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A message that is sent in parts: each becomes a fragment, as long as the
 * buffer is below its mark, and nothing but control frames goes between. */
#include "socket/ws-socket-parts.h"

#include "ws-socket-error.h"
#include "socket/ws-socket-queue.h"
#include "socket/ws-socket-tap.h"
#include "message/ws-message-private.h"

/* Bytes that become a part at most: who has much to write waits in between. */
#define MAX_PART (512 * 1024)

static void
set_text_error (GError **error)
{
  g_set_error_literal (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_INVALID_UTF8,
                       "The text to send is not valid UTF-8");
}

static gboolean
check_part (WsSocket      *self,
            WsMessageSink *sink,
            const guint8  *data,
            gsize          len,
            GError       **error)
{
  if (sink->outgoing == NULL)
    {
      g_set_error_literal (error, WS_SOCKET_ERROR,
                           WS_SOCKET_ERROR_NOT_CONNECTED,
                           "The message cannot be completed: the connection "
                           "is closing or has ended");
      return FALSE;
    }
  if (!ws_socket_takes_part (self, sink))
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK,
                           "There is no room for more of the message yet");
      return FALSE;
    }
  if (sink->type != WS_MESSAGE_TYPE_TEXT
      || ws_utf8_feed (&sink->utf8, data, len))
    return TRUE;
  set_text_error (error);
  ws_socket_break_message (self, sink);
  return FALSE;
}

gssize
ws_socket_send_part (WsSocket      *self,
                     WsMessageSink *sink,
                     const guint8  *data,
                     gsize          len,
                     GError       **error)
{
  WsSocketPrivate *priv = ws_socket_peek (self);
  WsOpcode         opcode = WS_OPCODE_CONTINUATION;
  WsEngine        *engine;

  if (len == 0)
    return 0;
  len = MIN (len, MAX_PART);
  if (priv->settings->outgoing_frame_size > 0)
    len = (gsize) MIN (len, priv->settings->outgoing_frame_size);
  if (!check_part (self, sink, data, len, error))
    return -1;
  if (!sink->begun)
    opcode = ws_message_type_to_opcode (sink->type);
  ws_socket_tell_passing (self, { .is_sent = TRUE,
                                  .type = sink->type,
                                  .data = data,
                                  .len = len,
                                  .is_first = !sink->begun });
  sink->begun = TRUE;
  /* Drawing a mask may run a user's code, which may drop the engine, or run the
   * main loop: no other part may come before this one. */
  g_object_ref (self);
  engine = ws_engine_ref (priv->now.engine);
  priv->async->is_framing = TRUE;
  ws_engine_send_fragment (engine, opcode, FALSE, data, len);
  priv->async->is_framing = FALSE;
  ws_engine_unref (engine);
  if (sink->finished || sink->outgoing == NULL)
    ws_socket_frame_outgoing (self);
  g_object_unref (self);
  return (gssize) len;
}

gboolean
ws_socket_end_message (WsSocket *self, WsMessageSink *sink, GError **error)
{
  if (sink->outgoing == NULL)
    {
      g_set_error_literal (error, WS_SOCKET_ERROR,
                           WS_SOCKET_ERROR_NOT_CONNECTED,
                           "The message was not completed before the "
                           "connection ended");
      return FALSE;
    }
  if (sink->type == WS_MESSAGE_TYPE_TEXT && !ws_utf8_is_complete (&sink->utf8))
    {
      set_text_error (error);
      ws_socket_break_message (self, sink);
      return FALSE;
    }
  sink->finished = TRUE;
  ws_socket_frame_outgoing (self);
  return TRUE;
}

void
ws_socket_break_message (WsSocket *self, WsMessageSink *sink)
{
  if (sink->outgoing == NULL)
    return;
  if (!sink->begun)
    {
      ws_socket_drop_outgoing (self, sink->outgoing);
      ws_socket_frame_outgoing (self);
      return;
    }
  /* The message stays until then, so that nothing comes between its
   * fragments. */
  ws_socket_close (self, WS_CLOSE_CODE_BAD_OPERATION,
                   "A message could not be completed", NULL);
}

/* --- For the stream of begin_message() --- */

static gboolean
check_sender (gpointer sender, GError **error)
{
  return ws_socket_check_thread (sender, error);
}

static gboolean
takes (gpointer sender, const WsMessageSink *sink)
{
  return ws_socket_takes_part (sender, sink);
}

static gssize
send_part (gpointer       sender,
           WsMessageSink *sink,
           const guint8  *data,
           gsize          len,
           GError       **error)
{
  return ws_socket_send_part (sender, sink, data, len, error);
}

static gboolean
end_message (gpointer sender, WsMessageSink *sink, GError **error)
{
  return ws_socket_end_message (sender, sink, error);
}

/* Breaks the message if its stream was dropped. */
static gboolean
drop_message (gpointer socket)
{
  WsSocketAsync *async = ws_socket_peek (socket)->async;

  if (async != NULL && async->message != NULL
      && g_atomic_int_get (&async->message->dropped))
    ws_socket_break_message (socket, async->message);
  return G_SOURCE_REMOVE;
}

const WsMessageSender ws_socket_message_sender = {
  .check_thread = check_sender,
  .takes = takes,
  .send = send_part,
  .end = end_message,
  .drop = drop_message,
};
