/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/ws-outbox.h"
#include "engine/ws-settings.h"
#include "engine/ws-traffic.h"
#include "net/ws-transport.h"
#include "protocol/ws-protocol.h"

G_BEGIN_DECLS

/* One open connection: a transport, a protocol core, an outbox and the clock,
 * coupled on one GMainContext. The engine is the only place where events become
 * calls of the sink, and thereby emissions. */
typedef struct _WsEngine WsEngine;

/* How the connection ends, or ended. */
typedef struct
{
  char *reason;        /* (owned) (nullable) */
  guint code : 16;     /* as the user sees it; 0 while nothing closes */
  guint sent : 16;     /* close codes on the wire, 1005 for an empty frame */
  guint received : 16; /* 0: none */
  guint clean : 1;     /* the closing handshake was completed */
} WsClosing;

/* What the engine tells its owner. Each may close, drop or replace the engine,
 * and run a nested main loop. An owner that goes has dropped the engine before:
 * nothing comes after that. */
typedef struct
{
  /* A batch of events begins: whether anybody listens to single frames. */
  gboolean (*enter) (gpointer user_data);
  void (*frame) (gpointer user_data, WsEvent *event);
  void (*message) (gpointer user_data, WsEvent *event);
  /* Only after ws_engine_set_streaming(). */
  void (*piece) (gpointer user_data, WsEvent *event);
  void (*ping) (gpointer user_data, WsEvent *event);
  /* @elapsed in µs since its ping, -1 when nobody asked; @by_user: this pong
   * does not answer the keepalive. */
  void (*pong) (gpointer user_data,
                WsEvent *event,
                gint64   elapsed,
                gboolean by_user);
  /* The connection will be closed because the peer closes (@error is NULL) or
   * broke a rule. Messages have ended, sending still works. */
  void (*about_to_close) (gpointer user_data, const GError *error);
  /* The connection is closing, without a call of ws_engine_close(). */
  void (*closing) (gpointer user_data);
  /* The peer's close frame came, or the stream ended, after ws_engine_close ()
   * or a fault. */
  void (*read_finished) (gpointer user_data);
  /* Nothing can be written any more, and why. What was received before may
   * still come, and then ended(). */
  void (*broken) (gpointer user_data, const GError *error);
  void (*written) (gpointer user_data, guint64 n_bytes);
  void (*drained) (gpointer user_data);
  /* The connection is over; @error unless that was asked for. No call comes
   * after. */
  void (*ended) (gpointer user_data, const GError *error);
} WsEngineSink;

/* (transfer full): @transport is taken; @settings must live as long as the
 * engine or its owner. Nothing is read before ws_engine_start(). */
WsEngine *ws_engine_new (WsTransport        *transport,
                         WsRole              role,
                         const WsSettings   *settings,
                         const WsEngineSink *sink,
                         gpointer            user_data);
WsEngine *ws_engine_ref (WsEngine *self);
void      ws_engine_unref (WsEngine *self);

/* As _drop, but a close frame with @code leaves before, as far as the transport
 * takes what waits. */
void ws_engine_leave (WsEngine *self, guint code);
/* Cuts the owner off: the transport is closed at once and the sink is not
 * called any more. Drops the owner's reference. */
void ws_engine_drop (WsEngine *self);

/* Has the frames masked, as a client has to: with what @draw gives, which may
 * run a user's code, or where it is NULL with random numbers. */
void ws_engine_set_draw (WsEngine *self, WsOutboxDraw draw, gpointer user_data);

/* Before the engine starts: messages are compressed as agreed on. @extension,
 * of ws_deflate_new(), is taken; its contexts are given back when none was
 * needed for @idle_release ms, 0: never. */
void ws_engine_take_deflate (WsEngine    *self,
                             WsExtension *extension,
                             guint        idle_release);

/* Queues bytes that precede every frame: the head of a handshake's answer. */
void ws_engine_push_head (WsEngine *self, const char *head, gsize len);
/* What came with the handshake's last bytes, and is the first input; copied. */
void ws_engine_push_input (WsEngine *self, const guint8 *data, gsize len);
void ws_engine_start (WsEngine *self);
/* Stops reading, and goes on; also between two events of one batch. What was
 * read waits in between, and an end of the stream is not seen. That a peer is
 * gone is seen by a failed write or by silence: then the owner has
 * close_timeout to go on, before all is over. */
void ws_engine_set_paused (WsEngine *self, gboolean paused);
/* Messages that span reads come in pieces, until switched off between two
 * messages. */
void ws_engine_set_streaming (WsEngine *self, gboolean wanted);
/* Whether the engine is over: ended, or dropped by its owner. */
gboolean ws_engine_has_ended (WsEngine *self);
/* Whether anything of the peer's was looked at. */
gboolean ws_engine_has_read (WsEngine *self);

/* (transfer none) (nullable): why nothing can be written any more. */
const GError *ws_engine_get_failure (WsEngine *self);

WsTransport *ws_engine_get_transport (WsEngine *self); /* (nullable) */
/* (transfer full) (nullable): of the connection, also when it has ended. */
GSocketAddress *ws_engine_get_address (WsEngine *self, gboolean remote);
/* (transfer full) (nullable): the same, for who outlives the engine. */
WsEnds          *ws_engine_take_ends (WsEngine *self);
WsPoller        *ws_engine_get_poller (WsEngine *self);
const WsClosing *ws_engine_get_closing (WsEngine *self);
guint64          ws_engine_get_bytes_to_write (WsEngine *self);
gint64           ws_engine_get_latency (WsEngine *self); /* µs, -1: unknown */
/* What the connection has carried until now. */
void ws_engine_get_traffic (WsEngine *self, WsTraffic *traffic);
/* They are somewhere else from now on. */
void ws_engine_set_settings (WsEngine *self, const WsSettings *settings);
/* To be called when the settings have changed. */
void ws_engine_update (WsEngine *self);

/* Whether a message of @len bytes still fits in max_bytes_to_write. */
gboolean ws_engine_has_room (WsEngine *self, gsize len);
/* What one would take of that. */
guint64 ws_engine_get_cost (WsEngine *self, gsize len);
/* Queues a whole message: @bytes is referenced, or @data copied when it is
 * NULL. */
void ws_engine_send (WsEngine     *self,
                     WsOpcode      opcode,
                     const guint8 *data,
                     gsize         len,
                     GBytes       *bytes);
/* The same for what is sent most: a copy of a short message, with nothing in
 * the way. FALSE: something may be in the way, and nothing was done. Calls
 * nothing of the sink. */
gboolean ws_engine_send_short (WsEngine     *self,
                               WsOpcode      opcode,
                               const guint8 *data,
                               gsize         len);
/* Queues a message that goes to many, on a server. FALSE: the message does not
 * fit in max_bytes_to_write. Calls nothing of the sink. */
gboolean ws_engine_send_prepared (WsEngine *self, WsPrepared *message);
/* Counts a message that did not fit. */
void ws_engine_note_dropped (WsEngine *self);
/* Queues one frame of a message that is sent in parts. Until the last of them
 * no other message may be sent. */
void ws_engine_send_fragment (WsEngine     *self,
                              WsOpcode      opcode,
                              gboolean      fin,
                              const guint8 *data,
                              gsize         len);
/* The first says where a message ends that was just sent, which is written as
 * soon as the second has come so far. */
gint64 ws_engine_get_queued_mark (WsEngine *self);
gint64 ws_engine_get_written_mark (WsEngine *self);
/* Returns when the ping was sent, monotonic µs. */
gint64 ws_engine_ping (WsEngine *self, const guint8 *data, gsize len);
/* When the ping was sent that was answered last. */
gint64 ws_engine_get_answered (WsEngine *self);
/* The path may have changed: the keepalive, if there is one, asks now. */
void ws_engine_probe (WsEngine *self);
/* Writes now what the transport takes. TRUE if that was anything. */
gboolean ws_engine_flush (WsEngine *self);

/* Begins the closing handshake; calls nothing of the sink before it returns. */
void ws_engine_close (WsEngine *self, guint code, const char *reason);

G_END_DECLS
