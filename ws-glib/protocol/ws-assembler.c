/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Puts the fragments of a message together, and bounds their sum. */
#include "protocol/ws-assembler.h"

#include <string.h>

#include "protocol/ws-close.h"
#include "protocol/ws-mask.h"
#include "protocol/ws-storage.h"

/* What a peer may make us allocate before sending the bytes. */
#define FIRST_RESERVE (64 * 1024)
/* More than that, so that a message of which a quarter is there needs no other
 * move: the first read brings its header as well. */
#define SLACK 1024
/* Less room than this is not worth a read of its own. */
#define PLACE_MIN (16 * 1024)
/* So much is unmasked before it is checked: it stays in the nearest cache. */
#define STEP (16 * 1024)

/* What there is of no message; nobody writes there. */
static const WsGathered nothing;
#define NOTHING ((WsGathered *) &nothing)

static gboolean
refuse_order (const WsAssembler *self, WsFault *fault)
{
  ws_fault_set (fault, WS_CLOSE_PROTOCOL_ERROR,
                ws_assembler_is_idle (self)
                    ? "Continuation frame without a message to continue"
                    : "New message before the last one was finished");
  return FALSE;
}

static gboolean
refuse_size (const char *what,
             guint64     size,
             const char *property,
             guint64     limit,
             WsFault    *fault)
{
  ws_fault_set (fault, WS_CLOSE_TOO_BIG,
                "%s of %" G_GUINT64_FORMAT
                " bytes exceeds max-incoming-%s-size, %" G_GUINT64_FORMAT,
                what, size, property, limit);
  return FALSE;
}

/* Each fragment costs work, however little it brings: a flood of fragments is
 * no message. */
static gboolean
refuse_number (const WsAssembler *self, WsFault *fault)
{
  ws_fault_set (fault, WS_CLOSE_TOO_BIG,
                "The message has more fragments than max-incoming-fragments, "
                "%u",
                self->max_fragments);
  return FALSE;
}

/* Whether there is storage that other messages have left, for @there bytes and
 * @left ones more. */
static gboolean
is_kept (gsize there, guint64 left)
{
  return left < G_MAXSSIZE - there
         && ws_storage_has_spare (there + (gsize) left + 1);
}

/* Grows with what arrives, towards what is known to come at most: room for
 * three times as much as is there already, which spares a large message all but
 * one or two moves. What is kept from other messages costs nothing, whatever a
 * peer has announced: then there is room for the whole frame. */
static void
reserve (WsAssembler *self, gboolean fin, gsize len, guint64 left)
{
  guint64 most
      = fin ? self->now->message.len + len + left : self->max_message_size;
  gsize there = self->now->message.len + len;
  gsize extra = len;

  if (there + 1 > self->now->message.size)
    extra = is_kept (there, left)
                ? len + (gsize) left
                : (gsize) MAX (len,
                               MIN (len + left, MAX (FIRST_RESERVE,
                                                     len + 3 * there + SLACK)));
  ws_buffer_reserve (&self->now->message, extra + 1, (gsize) most + 1);
}

/* What the limit leaves beside what pieces have carried. */
static guint64
get_room (const WsAssembler *self)
{
  return self->max_message_size
         - MIN (self->now->streamed, self->max_message_size);
}

static void
begin (WsAssembler *self, WsOpcode opcode)
{
  self->now = g_new0 (WsGathered, 1);
  self->opcode = opcode;
}

static gboolean
decode (WsAssembler  *self,
        WsExtension  *extension,
        const guint8 *data,
        gsize         len,
        gboolean      is_last,
        WsFault      *fault)
{
  if (len == 0 && !is_last)
    return TRUE;
  return extension->klass->decode (extension, data, len, is_last,
                                   get_room (self), &self->now->message, fault);
}

/* What there is of the message without a character that is cut. */
static gsize
complete_len (const WsAssembler *self)
{
  if (self->opcode != WS_OPCODE_TEXT)
    return self->now->message.len;
  return self->now->message.len - self->now->utf8.pending;
}

void
ws_assembler_init (WsAssembler *self)
{
  *self = (WsAssembler){ .now = NOTHING };
  ws_assembler_set_limits (self, WS_ASSEMBLER_DEFAULT_LIMIT,
                           WS_ASSEMBLER_DEFAULT_LIMIT);
}

void
ws_assembler_reset (WsAssembler *self)
{
  if (ws_assembler_is_idle (self))
    return;
  ws_buffer_clear (&self->now->message);
  g_free (self->now);
  self->now = NOTHING;
  self->opcode = WS_OPCODE_CONTINUATION;
}

void
ws_assembler_set_limits (WsAssembler *self,
                         guint64      max_frame_size,
                         guint64      max_message_size)
{
  self->max_frame_size = max_frame_size;
  self->max_message_size = MIN (max_message_size, G_MAXSSIZE - 1);
}

void
ws_assembler_set_max_fragments (WsAssembler *self, guint max_fragments)
{
  self->max_fragments = max_fragments;
}

gboolean
ws_assembler_check (const WsAssembler   *self,
                    const WsFrameHeader *header,
                    WsFault             *fault)
{
  const guint64 room = get_room (self);

  /* 5.4 */
  if ((header->opcode == WS_OPCODE_CONTINUATION) == ws_assembler_is_idle (self))
    return refuse_order (self, fault);
  if (header->opcode == WS_OPCODE_CONTINUATION
      && self->now->n_fragments >= self->max_fragments
      && self->max_fragments > 0)
    return refuse_number (self, fault);
  if (G_UNLIKELY (header->length > self->max_frame_size))
    return refuse_size ("Frame", header->length, "frame", self->max_frame_size,
                        fault);
  /* The result of a transform is judged as it is made. */
  if (header->rsv != 0 || self->now->transformed)
    return TRUE;
  /* The limit may have been lowered since. */
  if (G_UNLIKELY (self->now->message.len > room
                  || header->length > room - self->now->message.len))
    return refuse_size ("Message",
                        self->now->streamed + self->now->message.len
                            + header->length,
                        "message", self->max_message_size, fault);
  return TRUE;
}

void
ws_assembler_put_message (WsAssembler  *self,
                          WsOpcode      opcode,
                          const guint8 *data,
                          gsize         len)
{
  begin (self, opcode);
  if (len > 0)
    ws_buffer_append (&self->now->message, data, len);
}

void
ws_assembler_begin_frame (WsAssembler *self, const WsFrameHeader *header)
{
  if (header->opcode == WS_OPCODE_CONTINUATION)
    {
      self->now->n_fragments++;
      return;
    }
  begin (self, (WsOpcode) header->opcode);
  self->now->n_fragments = 1;
  self->now->transformed = header->rsv != 0;
}

guint8 *
ws_assembler_get_place (WsAssembler *self, guint64 left, gsize *len)
{
  const WsBuffer *message = &self->now->message;
  gsize           room = message->size - MIN (message->len + 1, message->size);

  *len = (gsize) MIN (left, room);
  if (self->now->transformed || *len < PLACE_MIN)
    return NULL;
  return message->data + message->len;
}

/* Appends payload that was masked with @key (nullable), from @phase on, and
 * lies at its place perhaps. */
static gboolean
append (WsAssembler  *self,
        const guint8 *data,
        gsize         len,
        const guint8 *key,
        gsize         phase,
        WsFault      *fault)
{
  while (len > 0)
    {
      guint8     *place = self->now->message.data + self->now->message.len;
      const gsize n = self->opcode == WS_OPCODE_TEXT ? MIN (len, STEP) : len;
      gboolean    is_ascii = FALSE;

      if (key != NULL && self->opcode == WS_OPCODE_TEXT)
        is_ascii = ws_mask_text (place, data, n, key, phase);
      else if (key != NULL)
        ws_mask (place, data, n, key, phase);
      else if (place != data)
        memcpy (place, data, n);
      self->now->message.len += n;
      if (self->opcode == WS_OPCODE_TEXT
          && !(is_ascii && ws_utf8_is_complete (&self->now->utf8))
          && !ws_utf8_feed (&self->now->utf8, place, n))
        return ws_assembler_refuse_text (fault);
      data += n;
      len -= n;
    }
  return TRUE;
}

gboolean
ws_assembler_add (WsAssembler         *self,
                  const WsFrameHeader *header,
                  guint8              *data,
                  gsize                len,
                  guint64              left,
                  WsExtension         *extension,
                  WsFault             *fault)
{
  gsize    before = self->now->message.len;
  gsize    phase = (gsize) ((header->length - left - len) & 3);
  gboolean is_last = header->fin && left == 0;
  gboolean ok = TRUE;

  if (self->now->transformed)
    {
      if (header->masked)
        ws_mask (data, data, len, header->mask, phase);
      ok = decode (self, extension, data, len, is_last, fault);
    }
  else if (len > 0)
    {
      reserve (self, header->fin, len, left);
      ok = append (self, data, len, header->masked ? header->mask : NULL, phase,
                   fault);
    }

  /* Of two faults the first one in the message is told, however the message was
   * cut. */
  if (self->opcode != WS_OPCODE_TEXT)
    return ok;
  if (self->now->transformed && self->now->message.len > before
      && !ws_utf8_feed (&self->now->utf8, self->now->message.data + before,
                        self->now->message.len - before))
    return ws_assembler_refuse_text (fault);
  if (ok && is_last && !ws_utf8_is_complete (&self->now->utf8))
    return ws_assembler_refuse_text (fault);
  return ok;
}

void
ws_assembler_copy_frame (WsAssembler *self, gboolean is_last, WsBuffer *out)
{
  gsize end = is_last ? self->now->message.len : complete_len (self);

  /* A flood of empty fragments costs no allocation either. */
  if (end == self->now->told)
    return;
  ws_buffer_reserve (out, end - self->now->told + 1, 0);
  ws_buffer_append (out, self->now->message.data + self->now->told,
                    end - self->now->told);
  out->data[out->len] = '\0';
  self->now->told = end;
}

void
ws_assembler_skip_frame (WsAssembler *self)
{
  self->now->told = complete_len (self);
}

void
ws_assembler_take_piece (WsAssembler *self, gboolean is_last, WsBuffer *out)
{
  *out = self->now->message;
  self->now->message = (WsBuffer){ 0 };
  self->now->streamed += out->len;
  if (is_last)
    ws_assembler_reset (self);
}

void
ws_assembler_take_message (WsAssembler *self, WsBuffer *out)
{
  *out = self->now->message;
  self->now->message = (WsBuffer){ 0 };
  if (out->data != NULL)
    {
      ws_buffer_reserve (out, 1, 0);
      out->data[out->len] = '\0';
    }
  ws_assembler_reset (self);
}

gboolean
ws_assembler_refuse_text (WsFault *fault)
{
  ws_fault_set (fault, WS_CLOSE_INVALID_PAYLOAD, "Text is not valid UTF-8");
  return FALSE;
}
