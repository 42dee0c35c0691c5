/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Turns the bytes that were received into events. */
#include "protocol/ws-protocol.h"

#include <string.h>

#include "protocol/ws-mask.h"
#include "protocol/ws-protocol-private.h"
#include "protocol/ws-protocol-short.h"
#include "protocol/ws-utf8.h"

/* So many transformed bytes are looked at in a row, and become one piece at
 * most, for they may become a thousand times as many. */
#define SLICE 4096

/* Yields a message, now or, if frames are wanted, after its frame. */
static gboolean
take_span (WsProtocol *self, WsOpcode opcode, WsEvent *event)
{
  event->type = WS_EVENT_MESSAGE;
  event->opcode = opcode;
  event->is_last = TRUE;
  if (G_UNLIKELY (self->wants_frame_events))
    {
      WsProtocolSeldom *seldom = ws_protocol_get_seldom (self);

      event->type = WS_EVENT_FRAME;
      self->pending = WS_PENDING_SPAN;
      self->pending_opcode = (guint8) opcode;
      seldom->pending_data = event->data;
      seldom->pending_len = event->len;
    }
  return TRUE;
}

/* A frame that lies in the input as a whole, header included, and needs no
 * other: that copies and allocates nothing, either. */
static gboolean
take_whole (WsProtocol *self, WsEvent *event)
{
  const WsFrameHeader *header = &self->reader.header;
  guint8              *payload = self->input;
  gboolean             is_ascii;
  WsFault              fault;

  *event = (WsEvent){ 0 };
  ws_protocol_use_input (self, (gsize) header->length);
  event->len = (gsize) header->length;
  event->data = ws_protocol_unmask (header->opcode,
                                    header->masked ? header->mask : NULL,
                                    payload, event->len, &is_ascii);
  event->room = (guint) (event->data - (payload - header->size));
  if (G_UNLIKELY (ws_opcode_is_control (header->opcode)))
    return ws_protocol_take_control (self, event);
  if (header->opcode == WS_OPCODE_TEXT && !is_ascii
      && G_UNLIKELY (!ws_utf8_is_valid (event->data, event->len)))
    {
      gboolean yields;

      ws_assembler_refuse_text (&fault);
      yields = ws_protocol_fail (self, WS_PROTOCOL_DRAINING, &fault, event);
      ws_frame_reader_finish (&self->reader);
      return yields;
    }
  ws_frame_reader_finish (&self->reader);
  return take_span (self, header->opcode, event);
}

/* To be called whenever one of the things has changed that it looks at. */
static void
note_plain (WsProtocol *self)
{
  self->is_plain = ws_protocol_begins_message (self) && self->kept == NULL
                   && self->pending == WS_PENDING_NONE;
}

static void
own_payload (WsEvent *event)
{
  event->data
      = event->owned.data != NULL ? event->owned.data : WS_EVENT_NOTHING;
  event->len = event->owned.len;
}

/* A gathered control frame is complete. */
static gboolean
take_split_control (WsProtocol *self, WsEvent *event)
{
  WsProtocolSeldom *seldom = self->seldom;

  *event = (WsEvent){ .data = WS_EVENT_NOTHING };
  if (seldom != NULL && seldom->control != NULL)
    {
      const gsize len = (gsize) self->reader.header.length;

      event->owned = (WsBuffer){ .data = g_steal_pointer (&seldom->control),
                                 .len = len,
                                 .size = len + 1 };
      own_payload (event);
    }
  return ws_protocol_take_control (self, event);
}

static gboolean
take_message (WsProtocol *self, WsOpcode opcode, WsEvent *event)
{
  *event = (WsEvent){ .type = WS_EVENT_MESSAGE,
                      .opcode = opcode,
                      .is_last = TRUE };
  ws_assembler_take_message (&self->assembler, &event->owned);
  own_payload (event);
  return TRUE;
}

/* A data frame is complete that was gathered. */
static gboolean
take_gathered (WsProtocol *self, WsEvent *event)
{
  gboolean is_last = self->reader.header.fin;
  WsOpcode opcode = self->assembler.opcode;

  ws_frame_reader_finish (&self->reader);
  if (!self->wants_frame_events)
    {
      ws_assembler_skip_frame (&self->assembler);
      return is_last && take_message (self, opcode, event);
    }

  *event = (WsEvent){ .type = WS_EVENT_FRAME,
                      .opcode = opcode,
                      .is_last = is_last };
  ws_assembler_copy_frame (&self->assembler, is_last, &event->owned);
  own_payload (event);
  if (is_last)
    {
      self->pending = WS_PENDING_GATHERED;
      self->pending_opcode = (guint8) opcode;
    }
  return TRUE;
}

/* The message whose frame event went before. */
static gboolean
take_pending (WsProtocol *self, WsEvent *event)
{
  WsPending pending = (WsPending) self->pending;

  self->pending = WS_PENDING_NONE;
  if (pending == WS_PENDING_GATHERED)
    return take_message (self, (WsOpcode) self->pending_opcode, event);
  *event = (WsEvent){ .type = WS_EVENT_MESSAGE,
                      .opcode = (WsOpcode) self->pending_opcode,
                      .is_last = TRUE,
                      .data = self->seldom->pending_data,
                      .len = self->seldom->pending_len };
  return TRUE;
}

/* Uses what there is of a control frame's payload. */
static gboolean
gather_control (WsProtocol *self, guint8 *data, gsize len, WsEvent *event)
{
  WsProtocolSeldom *seldom = ws_protocol_get_seldom (self);
  WsFrameReader    *reader = &self->reader;
  gsize             phase = ws_frame_reader_phase (reader);

  if (reader->header.masked)
    ws_mask (data, data, len, reader->header.mask, phase);
  if (seldom->control == NULL && reader->header.length > 0)
    seldom->control = g_malloc0 ((gsize) reader->header.length + 1);
  if (len > 0)
    memcpy (seldom->control + (reader->header.length - reader->left), data,
            len);
  reader->left -= len;
  return reader->left == 0 && take_split_control (self, event);
}

static gboolean
is_streaming (const WsProtocol *self)
{
  return self->streaming || self->assembler.now->streamed > 0;
}

/* Yields what there is of the message. */
static void
yield_piece (WsProtocol *self, gboolean is_last, WsEvent *event)
{
  *event = (WsEvent){ .type = WS_EVENT_PIECE,
                      .opcode = self->assembler.opcode,
                      .is_last = is_last };
  ws_assembler_take_piece (&self->assembler, is_last, &event->owned);
  own_payload (event);
}

static gboolean
take_piece (WsProtocol *self, WsEvent *event)
{
  gboolean ends_frame = self->reader.left == 0;
  gboolean is_last = ends_frame && self->reader.header.fin;

  if (ends_frame)
    ws_frame_reader_finish (&self->reader);
  if (self->assembler.now->message.len == 0 && !is_last)
    return FALSE;
  yield_piece (self, is_last, event);
  return TRUE;
}

gboolean
ws_protocol_has_gathered (const WsProtocol *self)
{
  return self->streaming && self->assembler.now->message.len > 0
         && self->phase == WS_PROTOCOL_READING;
}

static gboolean
gather_data (WsProtocol *self, guint8 *data, gsize len, WsEvent *event)
{
  WsFrameReader *reader = &self->reader;
  const gsize    before = self->assembler.now->message.len;
  WsFault        fault;

  reader->left -= len;
  self->assembler.now->received += len;
  if (!ws_assembler_add (&self->assembler, &reader->header, data, len,
                         reader->left, self->extension, &fault))
    {
      gboolean yields
          = ws_protocol_fail (self, WS_PROTOCOL_DRAINING, &fault, event);

      if (reader->left == 0)
        ws_frame_reader_finish (reader);
      return yields;
    }
  if (G_UNLIKELY (self->assembler.now->transformed))
    ws_protocol_get_seldom (self)->transformed
        += self->assembler.now->message.len - before;
  if (G_UNLIKELY (is_streaming (self)))
    return take_piece (self, event);
  return reader->left == 0 && take_gathered (self, event);
}

static gboolean
yield_busy (WsProtocol *self, WsEvent *event)
{
  *event = (WsEvent){ .type = WS_EVENT_BUSY, .data = WS_EVENT_NOTHING };
  self->seldom->transformed = 0;
  return TRUE;
}

/* Goes on with the payload of a frame that is cut, fragmented, transformed or
 * dropped. */
static gboolean
read_payload (WsProtocol *self, WsEvent *event)
{
  WsFrameReader *reader = &self->reader;
  guint8        *data = self->input;
  gsize          len = (gsize) MIN (self->input_len, reader->left);

  if (G_UNLIKELY (self->assembler.now->transformed))
    {
      if (len > 0 && self->seldom != NULL
          && self->seldom->transformed >= WS_PROTOCOL_BUSY_SIZE)
        return yield_busy (self, event);
      len = MIN (len, SLICE);
    }
  ws_protocol_use_input (self, len);
  if (reader->header.opcode == WS_OPCODE_CLOSE
      || (ws_opcode_is_control (reader->header.opcode)
          && self->phase == WS_PROTOCOL_READING))
    return gather_control (self, data, len, event);
  if (self->phase == WS_PROTOCOL_READING)
    return gather_data (self, data, len, event);
  reader->left -= len;
  if (reader->left == 0)
    ws_frame_reader_finish (reader);
  return FALSE;
}

/* Reads a header, and the whole frame if it lies in the input. TRUE: there is
 * an event. */
static gboolean
read_frame (WsProtocol *self, WsEvent *event)
{
  WsFrameReader       *reader = &self->reader;
  const WsFrameHeader *header = &reader->header;
  gsize                used;
  gboolean             is_whole, begins;
  WsFault              fault;
  WsParse              parsed;

  parsed = ws_frame_reader_read_header (reader, self->input, self->input_len,
                                        &used, &fault);
  ws_protocol_use_input (self, used);
  if (G_UNLIKELY (parsed == WS_FAILED))
    return ws_protocol_fail (self, WS_PROTOCOL_ENDED, &fault, event);
  if (G_UNLIKELY (parsed == WS_NEED_MORE))
    return FALSE;

  is_whole = used == header->size && header->length <= self->input_len;
  if (G_UNLIKELY (self->phase == WS_PROTOCOL_DRAINING))
    return read_payload (self, event);
  if (ws_opcode_is_control (header->opcode))
    return is_whole ? take_whole (self, event) : read_payload (self, event);
  if (!ws_assembler_check (&self->assembler, header, &fault))
    {
      gboolean yields
          = ws_protocol_fail (self, WS_PROTOCOL_DRAINING, &fault, event);

      if (reader->left == 0)
        ws_frame_reader_finish (reader);
      return yields;
    }
  begins = ws_assembler_is_idle (&self->assembler);
  if (is_whole && header->fin && header->rsv == 0 && begins)
    return take_whole (self, event);
  ws_assembler_begin_frame (&self->assembler, header);
  if (begins)
    self->assembler.now->offset = reader->offset;
  return read_payload (self, event);
}

static gboolean
pull (WsProtocol *self, WsEvent *event)
{
  if (G_UNLIKELY (self->pending != WS_PENDING_NONE))
    return take_pending (self, event);
  if (G_UNLIKELY (ws_protocol_has_gathered (self)))
    {
      yield_piece (self, FALSE, event);
      return TRUE;
    }
  while (self->input_len > 0)
    {
      if (self->reader.in_frame ? read_payload (self, event)
                                : read_frame (self, event))
        return TRUE;
      if (ws_protocol_begins_message (self) && ws_protocol_is_short (self))
        return ws_protocol_take_short (self, event);
    }
  return FALSE;
}

/* Lets an event hold the kept input that its bytes may lie in, and lets go of
 * the input once it is used up. */
static void
settle_kept (WsProtocol *self, WsEvent *event)
{
  if (event != NULL && event->owned.data == NULL)
    event->pin = g_rc_box_acquire (self->kept);
  if (!ws_protocol_has_input (self))
    g_clear_pointer (&self->kept, g_rc_box_release);
}

/* All but short frames, for which was asked before. Apart, so that those need
 * little. */
static G_NO_INLINE gboolean
pull_anything (WsProtocol *self, WsEvent *event)
{
  const gboolean yields = pull (self, event);

  event->is_rare = yields;
  if (G_UNLIKELY (self->kept != NULL))
    settle_kept (self, yields ? event : NULL);
  note_plain (self);
  return yields;
}

void
ws_protocol_init (WsProtocol *self, WsRole role)
{
  memset (self, 0, sizeof *self);
  ws_frame_reader_init (&self->reader, role);
  ws_assembler_init (&self->assembler);
  note_plain (self);
}

void
ws_protocol_clear (WsProtocol *self)
{
  ws_protocol_end (self);
  ws_protocol_take_extension (self, NULL);
  g_clear_pointer (&self->kept, g_rc_box_release);
  ws_protocol_free_seldom (self);
  self->pending = WS_PENDING_NONE;
}

void
ws_protocol_set_limits (WsProtocol *self,
                        guint64     max_frame_size,
                        guint64     max_message_size)
{
  ws_assembler_set_limits (&self->assembler, max_frame_size, max_message_size);
}

void
ws_protocol_set_max_fragments (WsProtocol *self, guint max_fragments)
{
  ws_assembler_set_max_fragments (&self->assembler, max_fragments);
}

void
ws_protocol_set_frame_events (WsProtocol *self, gboolean wanted)
{
  if (self->wants_frame_events == (wanted != FALSE))
    return;
  self->wants_frame_events = wanted != FALSE;
  note_plain (self);
}

void
ws_protocol_set_streaming (WsProtocol *self, gboolean wanted)
{
  self->streaming = wanted != FALSE;
}

void
ws_protocol_take_extension (WsProtocol *self, WsExtension *extension)
{
  if (self->extension != NULL)
    self->extension->klass->free (self->extension);
  self->extension = extension;
  self->reader.rsv_allowed = extension != NULL ? extension->klass->rsv : 0;
}

void
ws_protocol_feed (WsProtocol *self, guint8 *data, gsize len)
{
  g_assert (!ws_protocol_has_input (self));
  if (self->phase == WS_PROTOCOL_ENDED)
    return;
  self->input = data;
  self->input_len = len;
}

gboolean
ws_protocol_next_event (WsProtocol *self, WsEvent *event)
{
  if (G_LIKELY (self->is_plain))
    {
      if (ws_protocol_is_short (self))
        return ws_protocol_take_short (self, event);
      if (self->input_len == 0)
        return FALSE;
    }
  return pull_anything (self, event);
}

void
ws_protocol_keep_input (WsProtocol *self)
{
  if (self->kept != NULL)
    return;
  if (self->pending == WS_PENDING_SPAN)
    {
      ws_assembler_put_message (&self->assembler,
                                (WsOpcode) self->pending_opcode,
                                self->seldom->pending_data,
                                self->seldom->pending_len);
      self->pending = WS_PENDING_GATHERED;
    }
  if (self->input_len == 0)
    return;
  self->kept = g_rc_box_alloc (self->input_len);
  memcpy (self->kept, self->input, self->input_len);
  self->input = self->kept;
  self->is_plain = FALSE;
}

gboolean
ws_protocol_is_waiting (const WsProtocol *self)
{
  return self->phase == WS_PROTOCOL_READING && self->pending == WS_PENDING_NONE
         && (self->reader.n_stored > 0 || self->reader.in_frame
             || !ws_assembler_is_idle (&self->assembler));
}

gboolean
ws_protocol_get_owed (const WsProtocol *self, WsOwed *owed)
{
  const WsFrameReader *reader = &self->reader;
  gboolean             is_message;

  if (!ws_protocol_is_waiting (self))
    return FALSE;
  is_message = !ws_assembler_is_idle (&self->assembler);
  owed->is_gathered = !is_streaming (self);
  owed->offset = is_message ? self->assembler.now->offset : reader->offset;
  owed->progress = reader->n_stored;
  if (is_message)
    owed->progress = WS_FRAME_HEADER_MAX + self->assembler.now->received;
  else if (reader->in_frame)
    owed->progress
        = WS_FRAME_HEADER_MAX + (reader->header.length - reader->left);
  return TRUE;
}
