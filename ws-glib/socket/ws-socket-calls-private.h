/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "message/ws-message-pipe-private.h"
#include "socket/ws-socket-private.h"

G_BEGIN_DECLS

/* The asynchronous calls that wait for something, and the messages that wait to
 * be framed or taken. Only a socket that was asked for such has this. */

typedef enum
{
  WS_CALL_OPEN,
  WS_CALL_PING,
  WS_CALL_SEND,
  WS_CALL_RECEIVE,
  WS_CALL_CLOSE,
  WS_CALL_N_KINDS
} WsCallKind;

/* One call. Its task holds a reference to the socket. */
typedef struct
{
  GList       link;
  GQueue     *queue; /* (unowned) (nullable): the one that @link is in */
  WsCallKind  kind;
  GTask      *task;     /* (owned) */
  GSource    *cancel;   /* (owned) (nullable): while it can be cancelled */
  WsOutgoing *outgoing; /* (unowned) (nullable): SEND: not framed yet */
  gboolean    streams;  /* RECEIVE: a stream is wanted */
  gint64      mark;     /* PING: when it was sent; SEND: see WsEngine */
} WsCall;

/* A message that waits to be framed, or is being sent in parts. */
struct _WsOutgoing
{
  GList          link;
  WsMessage     *message; /* (owned) (nullable) */
  WsMessageSink *sink;    /* (owned) (nullable): instead of @message */
  WsCall        *call;    /* (unowned) (nullable): none for a plain send */
  guint64        cost;    /* of a plain send: bytes that count as waiting */
};

struct _WsSocketAsync
{
  GQueue  calls[WS_CALL_N_KINDS];
  WsCall *opening; /* (owned) (nullable): its attempt is about to begin */

  GQueue         outgoing;      /* of WsOutgoing, in the order of sending */
  guint64        outgoing_cost; /* of the plain sends among them */
  gboolean       framing;       /* the head of them is being framed */
  WsMessageSink *message;       /* (owned) (nullable): of begin_message() */

  GQueue         inbox;      /* of WsMessage, not taken yet */
  guint64        inbox_size; /* what they cost */
  WsMessagePipe *pipe; /* (owned) (nullable): the message that is under way */
};

/* --- ws-socket-calls.c --- */

/* Made when first needed. */
WsSocketAsync *ws_socket_get_async (WsSocket *self);
void           ws_socket_free_async (WsSocket *self);

/* (transfer full) (nullable): a call that waits in no queue; NULL when it has
 * ended already, because it is cancelled or in a wrong thread. */
WsCall *ws_socket_begin_call (WsSocket           *self,
                              WsCallKind          kind,
                              gpointer            source_tag,
                              GCancellable       *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer            user_data);
/* Lets it wait in the queue of its kind, which takes it. Only then can it be
 * cancelled. */
void ws_socket_queue_call (WsSocket *self, WsCall *call);
/* Ends a call, and frees it. That may run the caller's code, and drop the last
 * reference to the socket. */
void ws_call_return (WsCall *call);
void ws_call_fail (WsCall *call, GError *error);
void ws_call_fail_cancelled (WsCall *call, const char *message);
/* (transfer full): why a call could not be done whose connection has ended. */
GError *ws_socket_make_end_error (WsSocket *self);
/* Ends a call because the connection has ended. */
void ws_socket_end_call (WsSocket *self, WsCall *call);
/* (transfer full): ends a call without a result, which the task is to get. */
GTask *ws_call_steal_task (WsCall *call);

/* --- ws-socket-receive.c --- */

/* Waits for a message, or a stream; takes @call. */
void ws_socket_queue_receive (WsSocket *self, WsCall *call);
/* The message under way has come, or never will. */
void ws_socket_end_pipe (WsSocket *self, gboolean is_complete);
/* Nothing will come any more: what waits may be taken all the same. */
void ws_socket_end_receiving (WsSocket *self);

/* --- ws-socket-queue.c: messages that wait to be framed --- */

/* Whether a message must wait behind others. */
static inline gboolean
ws_socket_private_has_outgoing (const WsSocketPrivate *priv)
{
  return G_UNLIKELY (priv->async != NULL) && priv->async->outgoing.length > 0;
}

static inline gboolean
ws_socket_has_outgoing (WsSocket *self)
{
  return ws_socket_private_has_outgoing (ws_socket_peek (self));
}

/* Appends one; @call (nullable): that it belongs to. */
void ws_socket_queue_message (WsSocket *self, WsMessage *message, WsCall *call);
/* Appends one that is sent in parts; @call (nullable). */
void ws_socket_queue_sink (WsSocket *self, WsMessageSink *sink, WsCall *call);
/* Frames what there is room for. */
void ws_socket_frame_outgoing (WsSocket *self);
/* Gives the engine a whole message. That may run a user's code. */
void ws_socket_frame_message (WsEngine *engine, WsMessage *message);
/* Forgets a message that was not framed. */
void ws_socket_drop_outgoing (WsSocket *self, WsOutgoing *outgoing);
void ws_socket_clear_outgoing (WsSocketAsync *async);

/* --- ws-socket-parts.c: a message that is sent in parts --- */

/* Whether a part would be taken, or refused for good. */
gboolean ws_socket_takes_part (WsSocket *self, WsMessageSink *sink);
/* Sends some of @data as a fragment; G_IO_ERROR_WOULD_BLOCK. */
gssize ws_socket_send_part (WsSocket      *self,
                            WsMessageSink *sink,
                            const guint8  *data,
                            gsize          len,
                            GError       **error);
/* The last part was sent. */
gboolean
ws_socket_end_message (WsSocket *self, WsMessageSink *sink, GError **error);
/* The message cannot be completed: the connection is closed if some of it was
 * sent. May run a user's code. */
void ws_socket_break_message (WsSocket *self, WsMessageSink *sink);
/* A GSourceFunc: breaks that of begin_message() if its stream was dropped. */
gboolean ws_socket_drop_message (gpointer socket);

G_END_DECLS
