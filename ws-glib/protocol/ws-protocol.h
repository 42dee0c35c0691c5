/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "protocol/ws-event.h"
#include "protocol/ws-extension.h"
#include "protocol/ws-frame-reader.h"
#include "protocol/ws-assembler.h"

G_BEGIN_DECLS

/* The receiving half of an open connection, sans I/O: bytes are fed, events are
 * pulled. What goes out is framed by the engine's outbox, so that there is one
 * way out; the events say what has to be answered.
 *
 * Input is parsed where it lies: the fed memory is borrowed, and changed
 * (unmasking), until ws_protocol_has_input() is FALSE and every event of it is
 * released. Pulling while an event is still held (a nested main loop) is legal
 * and leaves that event's bytes alone. */

/* What is read of the stream. */
typedef enum
{
  WS_PROTOCOL_READING,
  WS_PROTOCOL_DRAINING, /* after a fault in the content: of all frames only the
                           peer's close frame counts */
  WS_PROTOCOL_ENDED     /* after a close frame, or when framing was lost */
} WsProtocolPhase;

/* A message that is complete, but comes after its frame event. */
typedef enum
{
  WS_PENDING_NONE,
  WS_PENDING_SPAN,    /* whose bytes lie in the input */
  WS_PENDING_GATHERED /* whose bytes lie in the assembler */
} WsPending;

/* What the peer has begun and not finished. */
typedef struct
{
  guint64  offset;      /* where it begins in the stream: which one it is */
  guint64  progress;    /* grows with its payload, whatever comes between */
  gboolean is_gathered; /* what has come of it is held */
} WsOwed;

/* What few connections have that are idle. */
typedef struct
{
  guint8  *control;      /* (owned) (nullable): a control frame's payload that
                            spans reads */
  WsFault *fault;        /* (owned) (nullable) */
  gsize    transformed;  /* bytes that an extension has made, since that was
                            told last */
  guint8  *pending_data; /* of WS_PENDING_SPAN */
  gsize    pending_len;
} WsProtocolSeldom;

typedef struct
{
  WsFrameReader     reader;
  WsAssembler       assembler;
  WsExtension      *extension; /* (owned) (nullable) */
  guint8           *input;     /* (unowned): the unread rest of what was fed */
  gsize             input_len;
  guint8           *kept;    /* (owned) (nullable): a g_rc_box: the storage of
                              ws_protocol_keep_input() */
  WsProtocolSeldom *seldom;  /* (owned) (nullable): made when needed */
  guint8            phase;   /* a WsProtocolPhase */
  guint8            pending; /* a WsPending */
  guint8            pending_opcode; /* a WsOpcode */
  guint8            wants_frame_events;
  guint8            streaming;
  guint8            is_plain; /* a message begins, or nothing comes, and nothing
                               * else is asked for */
} WsProtocol;

void ws_protocol_init (WsProtocol *self, WsRole role);
void ws_protocol_clear (WsProtocol *self);

/* Bytes, 16 MiB each if never called; what is larger is a fault of 1009, before
 * anything is stored. */
void ws_protocol_set_limits (WsProtocol *self,
                             guint64     max_frame_size,
                             guint64     max_message_size);
/* Frames a message may consist of, 0 (the beginning): any number; one more is a
 * fault of 1009. */
void ws_protocol_set_max_fragments (WsProtocol *self, guint max_fragments);
void ws_protocol_set_frame_events (WsProtocol *self, gboolean wanted);
/* Messages that do not lie whole in the input come in pieces, without being
 * gathered; switched off, those whose first piece has come still do. Not
 * together with frame events. */
void ws_protocol_set_streaming (WsProtocol *self, gboolean wanted);
/* @extension: (transfer full) (nullable) */
void ws_protocol_take_extension (WsProtocol *self, WsExtension *extension);

/* @data is borrowed; the previous input must have been used up. */
void ws_protocol_feed (WsProtocol *self, guint8 *data, gsize len);

/* The next event, or FALSE when the input is used up. @event is zero at first,
 * or one that was released, as each has to be. There is at most one FAULT in a
 * connection; after it nothing comes but, perhaps, the peer's CLOSE. */
gboolean ws_protocol_next_event (WsProtocol *self, WsEvent *event);

/* Whether some of a message was gathered before pieces were asked for. */
gboolean ws_protocol_has_gathered (const WsProtocol *self);

/* Whether there may be an event to pull without feeding more. */
static inline gboolean
ws_protocol_has_input (const WsProtocol *self)
{
  return self->input_len > 0 || self->pending != WS_PENDING_NONE
         || (self->streaming && ws_protocol_has_gathered (self));
}

/* Where what comes next may be put, at most *@len bytes, to be fed as it lies
 * there, with no other call before: the rest of a large message, which need not
 * be moved then. NULL: there is no such place. */
static inline guint8 *
ws_protocol_get_place (WsProtocol *self, gsize *len)
{
  const WsFrameReader *reader = &self->reader;

  if (G_LIKELY (!reader->in_frame) || self->phase != WS_PROTOCOL_READING
      || ws_opcode_is_control (reader->header.opcode) || self->streaming
      || self->assembler.now->streamed > 0 || ws_protocol_has_input (self))
    return NULL;
  return ws_assembler_get_place (&self->assembler, reader->left, len);
}

/* Whether the next thing to pull is a close frame of the peer's, if what there
 * is of it is legal. */
static inline gboolean
ws_protocol_closes_next (const WsProtocol *self)
{
  return self->phase == WS_PROTOCOL_READING && self->pending == WS_PENDING_NONE
         && !self->reader.in_frame && self->reader.n_stored == 0
         && self->input_len > 0 && (self->input[0] & 0x0f) == WS_OPCODE_CLOSE;
}

/* Moves the unread rest into storage of the core's own, so that the fed memory
 * can be given back. */
void ws_protocol_keep_input (WsProtocol *self);

/* Whether the peer owes the rest of a frame or of a message. FALSE once the
 * peer has sent a close frame or a fault was found. */
gboolean ws_protocol_is_waiting (const WsProtocol *self);
/* The same, and of what. */
gboolean ws_protocol_get_owed (const WsProtocol *self, WsOwed *owed);

G_END_DECLS
