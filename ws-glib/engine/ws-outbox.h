/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/ws-prepared.h"
#include "net/ws-transport.h"
#include "protocol/ws-frame.h"

G_BEGIN_DECLS

/* What waits to be written. Small frames are collected in chunks; a large
 * payload is held by reference, and masked piecewise when it is written, so
 * that masking never doubles the memory. */
typedef struct _WsOutboxChunk WsOutboxChunk;

/* Gives the next mask; called when a frame is made, never while writing. */
typedef void (*WsOutboxDraw) (gpointer user_data, guint8 mask[4]);

/* Of such a payload the length stands in the second byte (RFC 6455, 5.2); and
 * what it takes on the wire at most. */
#define WS_OUTBOX_SHORT_MAX  125u
#define WS_OUTBOX_SHORT_SIZE (6 + WS_OUTBOX_SHORT_MAX)

typedef struct
{
  WsOutboxChunk *head, *tail; /* (owned) */
  WsOutboxChunk *control;     /* (nullable): the last one put before messages */
  guint64        size;        /* bytes on the wire that wait */
  guint64        n_frames;    /* that were pushed, ever */
  WsOutboxDraw   draw;        /* (nullable): random numbers are masks */
  gpointer       draw_data;
  WsOutboxChunk *writing;    /* (nullable): the last that is being written */
  guint          masks : 1;  /* frames are those of a client */
  guint          sealed : 1; /* no frame may follow any more */
  guint          doomed : 1; /* to be cleared when that is over */
  guint          owes : 1;   /* the memory of some frames is lent */
} WsOutbox;

void ws_outbox_init (WsOutbox *self); /* a server's */
/* It is a client's from now on. @draw (nullable): a random number is. */
void ws_outbox_set_draw (WsOutbox *self, WsOutboxDraw draw, gpointer user_data);
/* Seals the outbox, too. */
void ws_outbox_clear (WsOutbox *self);

/* The last frame was pushed: what comes after is dropped, for drawing a mask
 * may run a user's code that closes while a frame is being made. */
void ws_outbox_seal (WsOutbox *self);

/* Bytes as they are: the head of an HTTP message. */
void ws_outbox_push_raw (WsOutbox *self, const void *data, gsize len);

/* A frame whose payload is copied. @header: fin, rsv and opcode are read. */
void ws_outbox_push_copy (WsOutbox            *self,
                          const WsFrameHeader *header,
                          const guint8        *payload,
                          gsize                len);

/* The same for what is sent most, where ws_outbox_takes_short(). @first: what
 * the frame begins with, as on the wire. TRUE, for who does nothing else. */
gboolean ws_outbox_push_short (WsOutbox     *self,
                               guint8        first,
                               const guint8 *payload,
                               gsize         len);
static inline gboolean
ws_outbox_takes_short (const WsOutbox *self, gsize len)
{
  return len <= WS_OUTBOX_SHORT_MAX && self->draw == NULL && !self->sealed;
}

/* A frame whose payload is the part of @bytes from @offset. Small ones are
 * copied, for that is cheaper. */
void ws_outbox_push_bytes (WsOutbox            *self,
                           const WsFrameHeader *header,
                           GBytes              *bytes,
                           gsize                offset,
                           gsize                len);

/* A frame whose payload is lent until ws_outbox_settle(), with room for its
 * header before it; for a server's outbox. */
void ws_outbox_push_lent (WsOutbox            *self,
                          const WsFrameHeader *header,
                          guint8              *payload,
                          gsize                len);
/* Copies what was lent and waits still. Not while it is being written. */
void ws_outbox_settle (WsOutbox *self);

/* A message that is framed already and belongs to many; for a server's outbox.
 */
void ws_outbox_push_framing (WsOutbox *self, const WsFraming *framing);

/* A ping or pong, which goes before the messages that wait, between two frames
 * (RFC 6455, 5.4). */
void ws_outbox_push_control (WsOutbox     *self,
                             WsOpcode      opcode,
                             const guint8 *payload,
                             gsize         len);

/* How many bytes have to be written until the last one of those has left, just
 * after it was pushed. */
guint64 ws_outbox_get_control_end (const WsOutbox *self);

/* Moves all of @more, which is left empty, behind what waits. */
void ws_outbox_append (WsOutbox *self, WsOutbox *more);

/* The bytes that @len of payload take in frames of at most @frame_size. */
guint64 ws_outbox_cost (const WsOutbox *self, guint64 len, guint64 frame_size);

/* Writes until nothing is left or the transport takes no more. Returns the
 * bytes written, 0 included, or WS_IO_ERROR. */
gssize ws_outbox_flush (WsOutbox *self, WsTransport *transport, GError **error);

static inline gboolean
ws_outbox_is_empty (const WsOutbox *self)
{
  return self->head == NULL;
}

G_END_DECLS
