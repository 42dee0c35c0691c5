/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is seldom needed for a short frame, and how a payload moves. */
#include "protocol/ws-protocol-short.h"

#include "protocol/ws-utf8.h"

guint8 *
ws_protocol_unmask (WsOpcode      opcode,
                    const guint8 *mask,
                    guint8       *payload,
                    gsize         len,
                    gboolean     *is_ascii)
{
  guint8 *place = payload;

  *is_ascii = FALSE;
  if (mask != NULL)
    {
      place -= 4;
      if (opcode == WS_OPCODE_TEXT)
        *is_ascii = ws_mask_text (place, payload, len, mask, 0);
      else
        ws_mask (place, payload, len, mask, 0);
    }
  else if (opcode == WS_OPCODE_BINARY && len > 0)
    return payload;
  else
    memmove (--place, payload, len);
  place[len] = '\0';
  return place;
}

/* What is illegal lies over the header, which is told without its mask. */
gboolean
ws_protocol_pass_text (WsProtocol *self, gsize header, WsEvent *event)
{
  const guint8 length = (guint8) (event->len | (header > 2 ? 0x80 : 0));
  const guint8 head[WS_SHORT_HEADER_MAX] = { 0x80 | WS_OPCODE_TEXT, length };
  gsize        used;
  WsFault      fault;

  if (G_LIKELY (ws_utf8_is_valid (event->data, event->len)))
    return ws_protocol_pass_short (self, header, event);
  ws_frame_reader_read_header (&self->reader, head, sizeof head, &used, &fault);
  ws_assembler_refuse_text (&fault);
  ws_protocol_fail (self, WS_PROTOCOL_DRAINING, &fault, event);
  ws_frame_reader_finish (&self->reader);
  self->is_plain = FALSE;
  event->is_rare = TRUE;
  return TRUE;
}

gboolean
ws_protocol_take_unmasked (WsProtocol *self,
                           guint       opcode,
                           gsize       len,
                           WsEvent    *event)
{
  guint8  *head = self->input;
  gboolean is_ascii;
  guint8  *data
      = ws_protocol_unmask ((WsOpcode) opcode, NULL, head + 2, len, &is_ascii);

  ws_protocol_use_input (self, 2 + len);
  ws_event_fill (event, opcode, data, len);
  event->room = (guint) (data - head);
  return opcode == WS_OPCODE_TEXT ? ws_protocol_pass_text (self, 2, event)
                                  : ws_protocol_pass_short (self, 2, event);
}
