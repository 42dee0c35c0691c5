/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "protocol/ws-mask.h"
#include "protocol/ws-protocol-private.h"

G_BEGIN_DECLS

/* Short frames: the way of nearly all, which copies and allocates nothing, and
 * calls nothing but for what is unusual. */

/* RFC 6455, 5.2: the largest payload whose length stands in the second byte,
 * and the header of such a frame with a mask. */
#define WS_SHORT_MAX        125
#define WS_SHORT_HEADER_MAX 6

/* Moves the payload of a whole frame left, over the header that has been read:
 * that makes room for a NUL without touching the next frame. @mask: (nullable).
 * Returns where the payload is then. @is_ascii: FALSE if that is not known. */
guint8 *ws_protocol_unmask (WsOpcode      opcode,
                            const guint8 *mask,
                            guint8       *payload,
                            gsize         len,
                            gboolean     *is_ascii);

/* A client's part of ws_protocol_take_short(). */
gboolean ws_protocol_take_unmasked (WsProtocol *self,
                                    guint       opcode,
                                    gsize       len,
                                    WsEvent    *event);
/* As ws_protocol_pass_short(), of text that has yet to be looked at. */
gboolean ws_protocol_pass_text (WsProtocol *self, gsize header, WsEvent *event);

static inline void
ws_protocol_use_input (WsProtocol *self, gsize n)
{
  self->input += n;
  self->input_len -= n;
}

/* Whether what comes next begins a message, and nothing is asked for but
 * that. */
static inline gboolean
ws_protocol_begins_message (const WsProtocol *self)
{
  return self->phase == WS_PROTOCOL_READING && !self->reader.in_frame
         && self->reader.n_stored == 0
         && ws_assembler_is_idle (&self->assembler)
         && !self->wants_frame_events;
}

/* Counts a short frame that @event has the payload of. */
static inline gboolean
ws_protocol_pass_short (WsProtocol *self, gsize header, const WsEvent *event)
{
  ws_frame_reader_pass (&self->reader, header + event->len);
  return TRUE;
}

/* Fills @event, but for what a released one has anyway. */
static inline void
ws_event_fill (WsEvent *event, guint opcode, guint8 *data, gsize len)
{
  event->type = WS_EVENT_MESSAGE;
  event->opcode = (WsOpcode) opcode;
  event->is_last = TRUE;
  event->data = data;
  event->len = len;
}

/* Whether what comes next is a frame as nearly all are: a message of its own,
 * of less than 126 bytes, that lies in the input as a whole, not transformed
 * and as the rules demand. Only where ws_protocol_begins_message(). */
static inline gboolean
ws_protocol_is_short (const WsProtocol *self)
{
  const guint   masked = self->reader.role == WS_ROLE_SERVER ? 1 : 0;
  const guint8 *head = self->input;
  guint         opcode, len;

  if (self->input_len < WS_SHORT_HEADER_MAX)
    return FALSE;
  opcode = head[0] ^ 0x80u;
  len = head[1] ^ masked << 7;
  return (opcode == WS_OPCODE_TEXT || opcode == WS_OPCODE_BINARY)
         && len <= WS_SHORT_MAX && 2 + 4 * masked + len <= self->input_len
         && ws_assembler_has_room (&self->assembler, len);
}

/* Yields such a frame. */
static inline gboolean
ws_protocol_take_short (WsProtocol *self, WsEvent *event)
{
  guint8     *head = self->input;
  const guint opcode = head[0] & 0x0Fu;
  const gsize len = head[1] & 0x7Fu;
  gboolean    is_ascii;

  if (self->reader.role == WS_ROLE_CLIENT)
    return ws_protocol_take_unmasked (self, opcode, len, event);
  is_ascii
      = ws_mask_short (head + 2, head + WS_SHORT_HEADER_MAX, len, head + 2);
  head[2 + len] = '\0';
  ws_protocol_use_input (self, WS_SHORT_HEADER_MAX + len);
  ws_event_fill (event, opcode, head + 2, len);
  event->room = 2;
  return opcode == WS_OPCODE_TEXT && !is_ascii
             ? ws_protocol_pass_text (self, WS_SHORT_HEADER_MAX, event)
             : ws_protocol_pass_short (self, WS_SHORT_HEADER_MAX, event);
}

G_END_DECLS
