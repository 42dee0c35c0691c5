/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "protocol/ws-buffer.h"
#include "protocol/ws-fault.h"
#include "protocol/ws-frame.h"

G_BEGIN_DECLS

/* What has come, as it is pulled out of the core. */

/* Bytes of what an extension has made of its input, of how many messages ever,
 * between one event of WS_EVENT_BUSY and the next. */
#define WS_PROTOCOL_BUSY_SIZE (256 * 1024)

/* Less is copied rather than sent from where it was read. */
#define WS_EVENT_LEND_MIN 2048

typedef enum
{
  WS_EVENT_FRAME,   /* a data frame; only with frame events switched on */
  WS_EVENT_MESSAGE, /* a whole message */
  WS_EVENT_PIECE,   /* what came of a message; only while streaming */
  WS_EVENT_PING,    /* to be answered with a pong of the same payload */
  WS_EVENT_PONG,
  WS_EVENT_CLOSE, /* the peer's close frame; nothing is read after it */
  WS_EVENT_BUSY,  /* nothing to tell, but much work was done: others may have
                     their turn before the rest */
  WS_EVENT_FAULT  /* the connection is to be failed with @fault */
} WsEventType;

typedef struct
{
  WsEventType    type;
  WsOpcode       opcode;     /* FRAME, MESSAGE: TEXT or BINARY */
  gboolean       is_last;    /* FRAME, PIECE: the last of a message */
  gboolean       is_rare;    /* there may be something to release: all but short
                                messages */
  guint8        *data;       /* payload; CLOSE: the reason. Never NULL. */
  gsize          len;        /* text: a NUL follows that is not counted, but
                                after a PIECE, which may cut a character */
  guint          close_code; /* CLOSE: 1005 when the frame had none; else 0 */
  guint          room;       /* bytes before @data that nobody needs any more:
                                of the frame's header, in the fed memory */
  const WsFault *fault;      /* FAULT, and a CLOSE whose payload is illegal
                                (close_code and data are the fault's then, and
                                no FAULT comes): (unowned): lives as long as
                                the core */
  const guint8  *copy;  /* (nullable) (unowned): the same bytes, which somebody
                            has made of @data and keeps until all is handled */
  WsBuffer       owned; /* storage that came along; empty when @data lies in
                     the fed memory or in static storage */
  gpointer pin;  /* (nullable): a reference to kept input that @data lies in */
  GBytes *bytes; /* (owned) (nullable): @data, whose storage it has, once it was
                   * asked for */
} WsEvent;

/* For ws_event_release(). */
void ws_event_clear (WsEvent *event);

/* Leaves @event as good as zero. */
static inline void
ws_event_release (WsEvent *event)
{
  if (G_UNLIKELY (event->is_rare))
    ws_event_clear (event);
}

/* The same as zero, for what is read of a new one. Compilers clear so large a
 * structure with an instruction that takes longer than a short message. */
static inline void
ws_event_init (WsEvent *event)
{
  event->is_rare = FALSE;
  event->close_code = 0;
  event->fault = NULL;
  event->copy = NULL;
  event->owned.data = NULL;
  event->owned.len = 0;
  event->owned.size = 0;
  event->pin = NULL;
  event->bytes = NULL;
}

/* (transfer full): the payload, without a copy where the event owns it. */
GBytes *ws_event_take_bytes (WsEvent *event);

/* (transfer none) (nullable): the same, where that takes no copy; @data stays
 * where it is until the event is released. */
GBytes *ws_event_peek_bytes (WsEvent *event);

G_END_DECLS
