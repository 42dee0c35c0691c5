/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "message/ws-message-pipe.h"
#include "message/ws-message-sink.h"
#include "socket/ws-socket-core.h"
#include "base/ws-call.h"

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

/* What a call is, and what a waiting call has. */
typedef struct
{
  WsCallClass base;
  WsCallKind  kind;
  gboolean    streams; /* RECEIVE: a stream is wanted */
} WsSocketCallClass;

typedef struct
{
  WsCall      base;
  WsOutgoing *outgoing; /* (unowned) (nullable): SEND: not framed yet */
  gint64      mark;     /* PING: when it was sent; SEND: see WsEngine */
} WsSocketCall;

/* A message that waits to be framed, or is being sent in parts. */
struct _WsOutgoing
{
  GList          link;
  WsMessage     *message; /* (owned) (nullable) */
  WsMessageSink *sink;    /* (owned) (nullable): instead of @message */
  WsSocketCall  *call;    /* (unowned) (nullable): none for a plain send */
  guint64        cost;    /* of a plain send: bytes that count as waiting */
};

struct _WsSocketAsync
{
  GQueue        calls[WS_CALL_N_KINDS];
  WsSocketCall *opening; /* (owned) (nullable): whose attempt begins */

  GQueue         outgoing;      /* of WsOutgoing, in the order of sending */
  guint64        outgoing_cost; /* of the plain sends among them */
  gboolean       is_framing;    /* the first is being framed */
  WsMessageSink *message;       /* (owned) (nullable): of begin_message() */

  GQueue         inbox;      /* of WsMessage, not taken yet */
  guint64        inbox_size; /* what the messages cost */
  WsMessage     *taken;      /* (owned) (nullable): whose data was given away */
  WsMessagePipe *pipe; /* (owned) (nullable): the message that is under way */
  gboolean       is_unclaimed; /* nobody was given what reads the pipe */
  gboolean       streams;      /* a stream was asked for last */
  gboolean       is_announced; /* ready-read was told of what waits */
};

/* Made when first needed. */
WsSocketAsync *ws_socket_get_async (WsSocket *self);

static inline const WsSocketCallClass *
ws_socket_call_get_class (const WsSocketCall *call)
{
  return (const WsSocketCallClass *) call->base.klass;
}

/* (transfer full) (nullable): a call that waits in no queue; NULL when the call
 * has ended already, because it was cancelled or made in a wrong thread. */
WsSocketCall *ws_socket_begin_call (WsSocket                *self,
                                    const WsSocketCallClass *klass,
                                    gpointer                 source_tag,
                                    GCancellable            *cancellable,
                                    GAsyncReadyCallback      callback,
                                    gpointer                 user_data);
/* Lets @call wait in the queue of its kind, which takes it. Only then can the
 * call be cancelled. */
void ws_socket_queue_call (WsSocket *self, WsSocketCall *call);
/* Whether @call, which is being cancelled, is one of this attempt. The others
 * are about to end in any case, but a handler may run the main loop before. */
gboolean ws_socket_is_current_call (WsSocket *self, const WsSocketCall *call);
/* Ends a call because the connection has ended. */
void ws_socket_end_call (WsSocket *self, WsSocketCall *call);
/* The connection is there: ends those of open_async(). */
void ws_socket_end_openings (WsSocket *self);
/* A ping was answered that was sent at @sent. */
void ws_socket_end_pings (WsSocket *self, gint64 sent);

G_END_DECLS
