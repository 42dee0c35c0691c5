/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "protocol/ws-buffer.h"
#include "protocol/ws-extension.h"
#include "protocol/ws-frame.h"
#include "protocol/ws-utf8.h"

G_BEGIN_DECLS

/* The message under way. */
typedef struct
{
  WsBuffer message;     /* what there is of it, transformed back */
  gsize    told;        /* bytes of it that frame events have carried */
  guint64  streamed;    /* bytes of it that pieces have carried */
  guint64  offset;      /* for who assembles: where it begins in the stream */
  guint64  received;    /* likewise: bytes that have come of it */
  guint    n_fragments; /* of it */
  gboolean transformed; /* it passes through the extension */
  WsUtf8   utf8;
} WsGathered;

/* Makes messages of data frames: their order, the limits, the validity of text,
 * and the extension's transform. A message that is whole in the input needs
 * only ws_assembler_check(); all others are gathered here. */
typedef struct
{
  guint64     max_frame_size;
  guint64     max_message_size; /* fits a gsize, with room for a NUL */
  WsGathered *now; /* (owned if any message is under way, else a constant) */
  guint       max_fragments; /* of a message; 0: any number */
  WsOpcode    opcode;        /* of that message; CONTINUATION: there is none */
} WsAssembler;

/* What a connection begins with: the defaults of the public properties. */
#define WS_ASSEMBLER_DEFAULT_LIMIT (16 * 1024 * 1024)

void ws_assembler_init (WsAssembler *self);

/* Drops the message under way; the limits stay. */
void ws_assembler_reset (WsAssembler *self);

void ws_assembler_set_limits (WsAssembler *self,
                              guint64      max_frame_size,
                              guint64      max_message_size);

/* 0: any number, which is what an assembler begins with. */
void ws_assembler_set_max_fragments (WsAssembler *self, guint max_fragments);

static inline gboolean
ws_assembler_is_idle (const WsAssembler *self)
{
  return self->opcode == WS_OPCODE_CONTINUATION;
}

/* The same as ws_assembler_check() for a whole message of @len bytes that is
 * not transformed, where none is under way. */
static inline gboolean
ws_assembler_has_room (const WsAssembler *self, gsize len)
{
  return len <= self->max_frame_size && len <= self->max_message_size;
}

/* Whether a data frame may come now and is within the limits: 1002 and 1009.
 * Changes nothing. */
gboolean ws_assembler_check (const WsAssembler   *self,
                             const WsFrameHeader *header,
                             WsFault             *fault);

/* Puts a whole message here that is no more to be looked at: it can be taken.
 */
void ws_assembler_put_message (WsAssembler  *self,
                               WsOpcode      opcode,
                               const guint8 *data,
                               gsize         len);

/* Begins a frame that has been checked. */
void ws_assembler_begin_frame (WsAssembler *self, const WsFrameHeader *header);

/* Where payload may be put before it is given to ws_assembler_add() there, so
 * that it need not be moved; NULL where that does not pay. @left: bytes of the
 * frame that are still to come. @len: bytes of room, @left at most. */
guint8 *ws_assembler_get_place (WsAssembler *self, guint64 left, gsize *len);

/* Takes a piece of the payload as it is on the wire; @left bytes of the frame
 * are still to come. To be called at least once a frame. @data may be changed.
 * @extension (nullable). */
gboolean ws_assembler_add (WsAssembler         *self,
                           const WsFrameHeader *header,
                           guint8              *data,
                           gsize                len,
                           guint64              left,
                           WsExtension         *extension,
                           WsFault             *fault);

/* Puts a copy of what the frame that just ended brought into the empty @out.
 * Text keeps a character that is cut for the next one. A NUL follows, unless
 * @out stays without storage. */
void
ws_assembler_copy_frame (WsAssembler *self, gboolean is_last, WsBuffer *out);

/* The frame that just ended is not asked for: the next copy begins behind that
 * frame. */
void ws_assembler_skip_frame (WsAssembler *self);

/* Moves what there is of the message into the empty @out, so that the message
 * is never gathered. The limit holds for the whole message nevertheless. */
void
ws_assembler_take_piece (WsAssembler *self, gboolean is_last, WsBuffer *out);

/* Moves the whole message into the empty @out. A NUL follows, unless @out stays
 * without storage. No message is under way then. */
void ws_assembler_take_message (WsAssembler *self, WsBuffer *out);

/* 8.1, worded for all ways in which text can fail. FALSE. */
gboolean ws_assembler_refuse_text (WsFault *fault);

G_END_DECLS
