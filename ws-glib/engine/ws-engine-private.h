/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/ws-engine.h"
#include "engine/ws-engine-error.h"
#include "engine/ws-keepalive.h"

G_BEGIN_DECLS

/* What the files of an engine share. */

/* Bytes read from one connection before the others have their turn; the events
 * that they bring are bounded by a WsTurn. */
#define WS_ENGINE_READ_BUDGET (1024 * 1024)

typedef enum
{
  WS_ENGINE_OPEN,
  WS_ENGINE_FINISHING, /* the end is being announced, nothing was sent yet */
  WS_ENGINE_CLOSING,   /* our close frame is queued or sent */
  WS_ENGINE_ENDED
} WsEngineState;

/* A connection that owns contexts which it may lack while it is idle. */
typedef struct
{
  WsEngine  *engine; /* (unowned) */
  WsDeadline deadline;
  gint64     last_used;  /* monotonic µs */
  guint      n_messages; /* until then */
} WsIdleContext;

/* What the peer has begun, when, and when the last of it has come. */
typedef struct
{
  WsOwed what;              /* as it was seen last */
  gint64 begun, progressed; /* monotonic µs */
} WsOwedSince;

/* What runs while something is due: few of those who are idle have it. */
typedef struct
{
  WsEngine   *engine;  /* (unowned) */
  WsDeadline  closing; /* of the closing handshake */
  WsDeadline  owed;    /* of what the peer has begun */
  WsDeadline  unread;  /* of what the peer is to read */
  WsOwedSince since;
  gint64      progressed; /* some of what waits was written (monotonic µs) */
  gboolean    is_excused; /* close-timeout has begun once more */
} WsEngineClocks;

/* What a connection has carried, but for what others count already. */
typedef struct
{
  guint64 messages_sent, messages_received;
  guint64 payload_sent, payload_received;
  guint64 wire_sent, wire_received;
  gint64  since;     /* monotonic µs */
  gint64  connected; /* real µs of the same moment */
} WsEngineTraffic;

/* What few of those have who are idle: pings, of either side's, messages that
 * were compressed or dropped, and an end. */
typedef struct
{
  guint64 pings_sent, pings_received, pongs_received;
  guint64 dropped;
  gint64  saved_sent;
  guint64 pong_end;  /* of the last one, as of wire_sent */
  guint64 ping_end;  /* likewise, of the keepalive's last one */
  GBytes *owed_pong; /* (owned) (nullable): the next one's payload */
  guint64 controls;  /* bytes that went before messages */

  WsClosing closing;
  WsEnds   *ends;        /* (owned) (nullable): of the transport, once ended */
  GError   *broken;      /* (owned) (nullable): why writing has failed */
  gboolean  told_broken; /* the owner knows */

  WsIdleContext *idle;         /* (owned) (nullable) */
  guint          idle_release; /* ms until contexts are given back, 0: never */
} WsEngineSeldom;

/* There is one for each idle connection: keep it small. */
struct _WsEngine
{
  guint               n_refs;
  guint               head_len;  /* of the HTTP answer, which is no traffic */
  WsTransport        *transport; /* (owned) (nullable): none once ended */
  WsPoller           *poller;    /* (owned) */
  const WsSettings   *settings;
  const WsEngineSink *sink;
  gpointer            user_data;
  WsProtocol          protocol;
  WsEvent            *event; /* (nullable): that is being handled */
  WsOutbox            outbox;
  WsKeepalive         keepalive;
  WsEngineTraffic     traffic;
  WsEngineSeldom     *seldom;     /* (owned) (nullable): made when needed */
  guint64             untold;     /* bytes that were written but not reported */
  WsJob               resume_job; /* input waits that was read already */
  WsJob               flush_job;
  WsDeadline          life_deadline;
  WsEngineClocks     *clocks;  /* (owned) (nullable): made when needed */
  guint               unsent;  /* bytes that the transport has taken, no more */
  guint8              state;   /* a WsEngineState */
  guint8              n_heavy; /* turns until it is one who says little */

  guint compressing : 1; /* a compressed message is being framed */
  guint is_broken : 1;   /* nothing can be written any more */
  guint started : 1;
  guint paused : 1;     /* by the owner */
  guint reading : 1;    /* started, and not paused */
  guint discarding : 1; /* reads on for the peer's close frame alone */
  guint resting : 1;    /* others have their turn: the resume job goes on */
  guint has_read : 1;
  guint expects_large : 1; /* the last message was one */
  guint above_mark : 1;    /* drained is due at half of the mark */
  guint blocked : 1;       /* the transport did not take all of it last time */
  guint failed : 1;        /* a rule was broken: never clean */
  guint selective : 1;     /* failed, or discarding: some events do not count */
  guint peer_closed : 1;   /* its close frame came, legal or not */
  guint is_halfway : 1;    /* the deadline is that of its first half */
  guint has_looked : 1;    /* at what comes first while we close */
};

/* --- ws-engine-reading.c --- */

/* Lets the transport report to the engine. */
void ws_engine_init_reading (WsEngine *self);
/* Reads what has come, within a turn's budget, until a read says that nothing
 * is left. TRUE: there may be more. */
gboolean ws_engine_read_to_the_end (WsEngine *self);
/* Reads what has come already: to be done before a peer is given up, for it may
 * be our own loop that was late. The caller holds a reference. */
void ws_engine_catch_up (WsEngine *self);
/* Never NULL. */
WsEngineClocks *ws_engine_get_clocks (WsEngine *self);
void            ws_engine_clear_clocks (WsEngine *self);
/* Never NULL. */
WsEngineSeldom *ws_engine_get_seldom (WsEngine *self);
void            ws_engine_free_seldom (WsEngine *self);
/* Gives back what the outside sees, and all that could call us. */
void ws_engine_release (WsEngine *self);
/* Tells the transport what to report. */
void ws_engine_update_wanted (WsEngine *self);
/* Notes that something waits, which is written when the batch of reads is done,
 * or with the context's next iteration. */
void ws_engine_queue_flush (WsEngine *self);

/* Writes what the transport takes, and tells the owner. The caller holds a
 * reference. */
void ws_engine_write_and_tell (WsEngine *self);
/* Writes what the transport takes, and reports that with the next flush: calls
 * nothing of the sink. */
void ws_engine_write (WsEngine *self);
/* Queues a ping or pong. */
void ws_engine_push_control (WsEngine     *self,
                             WsOpcode      opcode,
                             const guint8 *data,
                             gsize         len);

/* --- ws-engine-pausing.c --- */

/* While the owner does not read, the peer's answer to our close frame is behind
 * what nobody takes, and a peer that is held up may not come to answer. From
 * now on all of that is read, for nobody. */
void ws_engine_begin_discarding (WsEngine *self);
/* But if that answer is the next that comes nobody misses anything: while we
 * close, and are not to read, we look once. The caller holds a reference. */
gboolean ws_engine_may_look (WsEngine *self);
void     ws_engine_look (WsEngine *self);
/* Whether @event does not count: no message while input is discarded, and of a
 * connection that we fail nothing but the peer's close frame. */
gboolean ws_engine_ignores (WsEngine *self, const WsEvent *event);

/* --- ws-engine-compression.c --- */

/* Sends a message compressed; FALSE: the message is to be sent plain. */
gboolean ws_engine_send_compressed (WsEngine     *self,
                                    WsOpcode      opcode,
                                    const guint8 *data,
                                    gsize         len);
/* Compressed messages may have come, or been sent. */
void ws_engine_watch_contexts (WsEngine *self);
void ws_engine_forget_idle (WsEngine *self);

/* --- ws-engine-broken.c --- */

/* Nothing can be written any more; takes @error. Calls nothing of the sink. */
void ws_engine_note_broken (WsEngine *self, GError *error);
/* The first tells the owner, before handing out what was received, the second
 * ends after that; from the job, and only if the connection is broken. */
void ws_engine_tell_broken (WsEngine *self);
void ws_engine_settle_broken (WsEngine *self);

/* --- ws-engine-owed.c --- */

void ws_engine_init_owed (WsEngineClocks *clocks);
/* Starts the clock for what the peer owes, if it owes something. */
void ws_engine_watch_owed (WsEngine *self);
/* We did not listen: its time begins anew. */
void ws_engine_excuse_owed (WsEngine *self);

/* --- ws-engine-unread.c --- */

void ws_engine_init_unread (WsEngineClocks *clocks);
/* After a write that has left something. */
void ws_engine_note_unread (WsEngine *self, gboolean progressed);
/* Starts or stops the clock for that, as the settings say. */
void ws_engine_watch_unread (WsEngine *self);
/* The same with a timeout that may be another one. */
void ws_engine_renew_unread (WsEngine *self);
void ws_engine_answer_ping (WsEngine *self, const guint8 *data, gsize len);
/* Answers a ping that had to wait, if it can be done. */
void ws_engine_settle_pong (WsEngine *self);

/* --- ws-engine-sending.c --- */

/* Frames a message: @bytes is referenced, or @data copied when it is NULL.
 * @rsv: of the first frame. */
void ws_engine_push_message (WsEngine     *self,
                             WsOpcode      opcode,
                             guint8        rsv,
                             const guint8 *data,
                             gsize         len,
                             GBytes       *bytes);

/* --- ws-engine-closing.c --- */

void ws_engine_init_life (WsEngine *self);
/* Starts or stops the keepalive's clock, as the settings say. */
void ws_engine_watch_life (WsEngine *self);

void ws_engine_init_closing (WsEngineClocks *clocks);
/* The connection is over: tells the owner, which then drops its reference. */
void ws_engine_end (WsEngine *self, const GError *error);
/* The stream is gone. That is an error unless we were closing anyway. */
void ws_engine_lose (WsEngine *self, const GError *error);
/* Ends a server's connection when the closing handshake is complete. */
void ws_engine_check_finished (WsEngine *self);
void ws_engine_handle_close (WsEngine *self, const WsEvent *event);
/* Fails the connection (RFC 6455, 7.1.7). */
void ws_engine_fail (WsEngine *self, const WsFault *fault, WsEngineError kind);
void ws_engine_handle_fault (WsEngine *self, const WsFault *fault);
void ws_engine_handle_eof (WsEngine *self);

G_END_DECLS
