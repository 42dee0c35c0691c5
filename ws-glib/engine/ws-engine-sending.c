/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How messages become frames in the outbox. */
#include "engine/ws-engine-private.h"

#include "protocol/ws-deflate.h"

/* Whether @size more bytes may wait. */
static gboolean
fits (WsEngine *self, guint64 size)
{
  guint64 max = self->settings->max_bytes_to_write;

  return self->outbox.size <= max && size <= max - self->outbox.size;
}

gboolean
ws_engine_has_room (WsEngine *self, gsize len)
{
  return fits (self, ws_outbox_cost (&self->outbox, len,
                                     self->settings->outgoing_frame_size));
}

guint64
ws_engine_get_cost (WsEngine *self, gsize len)
{
  return ws_outbox_cost (&self->outbox, len,
                         self->settings->outgoing_frame_size);
}

void
ws_engine_push_control (WsEngine     *self,
                        WsOpcode      opcode,
                        const guint8 *data,
                        gsize         len)
{
  guint64 before = self->outbox.size;

  ws_outbox_push_control (&self->outbox, opcode, data, len);
  ws_engine_get_seldom (self)->controls += self->outbox.size - before;
  ws_engine_queue_flush (self);
}

/* Control frames go before messages, and do not count: as though each had gone
 * before all of them. */
gint64
ws_engine_get_queued_mark (WsEngine *self)
{
  return ws_engine_get_written_mark (self) + (gint64) self->outbox.size;
}

gint64
ws_engine_get_written_mark (WsEngine *self)
{
  guint64 controls = self->seldom != NULL ? self->seldom->controls : 0;

  return (gint64) (self->traffic.wire_sent - controls);
}

/* Frames a message of @len bytes in parts of at most @part. @header: rsv and
 * opcode of the first are read. */
static void
push_parts (WsOutbox     *outbox,
            WsFrameHeader header,
            const guint8 *data,
            gsize         len,
            GBytes       *bytes,
            guint64       part)
{
  gsize offset = 0;

  do
    {
      gsize n = MIN (len - offset, part);

      header.fin = offset + n == len;
      if (bytes != NULL)
        ws_outbox_push_bytes (outbox, &header, bytes, offset, n);
      else
        ws_outbox_push_copy (outbox, &header, data + offset, n);
      header.opcode = WS_OPCODE_CONTINUATION;
      header.rsv = 0;
      offset += n;
    }
  while (offset < len);
}

/* Draws for what is made aside, as long as that may still be sent: a user's
 * code may end the connection, and drop whom the next draw would ask. */
static void
draw_aside (gpointer user_data, guint8 mask[4])
{
  WsOutbox *outbox = &((WsEngine *) user_data)->outbox;

  if (!outbox->sealed)
    outbox->draw (outbox->draw_data, mask);
}

/* Fragments are made aside when their masks are drawn by a user's code: what
 * that sends must not come between them. */
static void
push_fragments (WsEngine     *self,
                WsFrameHeader header,
                const guint8 *data,
                gsize         len,
                GBytes       *bytes,
                guint64       part)
{
  WsOutbox aside;

  if (self->outbox.draw == NULL)
    {
      push_parts (&self->outbox, header, data, len, bytes, part);
      return;
    }
  ws_outbox_init (&aside);
  ws_outbox_set_draw (&aside, draw_aside, self);
  push_parts (&aside, header, data, len, bytes, part);
  ws_outbox_append (&self->outbox, &aside);
}

/* Whether @data is what is being handled, which lies where it was read: then
 * that memory is lent, until the end of the read. Once, for a frame's header
 * goes before its payload. */
static gboolean
lends (WsEngine *self, const guint8 *data, gsize len)
{
  WsEvent *event = self->event;

  if (event == NULL || len != event->len
      || (data != event->data && data != event->copy) || event->pin != NULL
      || event->room < ws_frame_header_size (len, FALSE) || self->outbox.masks
      || !self->transport->is_quiet)
    return FALSE;
  event->room = 0;
  return TRUE;
}

static void
push_whole (WsEngine     *self,
            WsOpcode      opcode,
            guint8        rsv,
            const guint8 *data,
            gsize         len,
            GBytes       *bytes)
{
  WsFrameHeader header = { .fin = TRUE, .opcode = opcode, .rsv = rsv };
  const guint64 part = self->settings->outgoing_frame_size;

  if (G_UNLIKELY (len > part && part > 0))
    push_fragments (self, header, data, len, bytes, part);
  else if (len >= WS_EVENT_LEND_MIN && lends (self, data, len))
    ws_outbox_push_lent (&self->outbox, &header, self->event->data, len);
  else if (bytes != NULL)
    ws_outbox_push_bytes (&self->outbox, &header, bytes, 0, len);
  else
    ws_outbox_push_copy (&self->outbox, &header, data, len);
}

void
ws_engine_push_message (WsEngine     *self,
                        WsOpcode      opcode,
                        guint8        rsv,
                        const guint8 *data,
                        gsize         len,
                        GBytes       *bytes)
{
  const guint64 part = self->settings->outgoing_frame_size;

  if (bytes == NULL && ws_outbox_takes_short (&self->outbox, len)
      && (len <= part || part == 0))
    ws_outbox_push_short (&self->outbox,
                          ws_frame_first_byte (TRUE, rsv, opcode), data, len);
  else
    push_whole (self, opcode, rsv, data, len, bytes);
}

static inline void
count_sent (WsEngine *self, gsize len)
{
  self->traffic.messages_sent++;
  self->traffic.payload_sent += len;
}

/* A message of @len bytes waits now. */
static inline void
note_sent (WsEngine *self, gsize len)
{
  count_sent (self, len);
  ws_engine_queue_flush (self);
}

/* The first one that is to be written. */
static G_NO_INLINE gboolean
send_short_first (WsEngine     *self,
                  WsOpcode      opcode,
                  const guint8 *data,
                  gsize         len)
{
  ws_engine_queue_flush (self);
  return ws_engine_send_short (self, opcode, data, len);
}

gboolean
ws_engine_send_short (WsEngine     *self,
                      WsOpcode      opcode,
                      const guint8 *data,
                      gsize         len)
{
  const WsSettings *settings = self->settings;
  const guint64     part = settings->outgoing_frame_size;
  const guint64     size = self->outbox.size + WS_OUTBOX_SHORT_SIZE;

  if (!ws_outbox_takes_short (&self->outbox, len)
      || self->protocol.extension != NULL || self->is_broken
      || self->state == WS_ENGINE_ENDED || (len > part && part > 0)
      || size > settings->max_bytes_to_write
      || size > settings->write_high_water_mark)
    return FALSE;
  if (G_UNLIKELY (!ws_job_is_queued (&self->flush_job)))
    return send_short_first (self, opcode, data, len);
  count_sent (self, len);
  return ws_outbox_push_short (&self->outbox,
                               ws_frame_first_byte (TRUE, 0, opcode), data,
                               len);
}

void
ws_engine_send (WsEngine     *self,
                WsOpcode      opcode,
                const guint8 *data,
                gsize         len,
                GBytes       *bytes)
{
  if (self->protocol.extension == NULL
      || !ws_engine_send_compressed (self, opcode, data, len))
    ws_engine_push_message (self, opcode, 0, data, len, bytes);
  note_sent (self, len);
}

void
ws_engine_note_dropped (WsEngine *self)
{
  ws_engine_get_seldom (self)->dropped++;
}

void
ws_engine_send_fragment (WsEngine     *self,
                         WsOpcode      opcode,
                         gboolean      fin,
                         const guint8 *data,
                         gsize         len)
{
  WsFrameHeader header = { .fin = fin, .opcode = opcode };

  ws_outbox_push_copy (&self->outbox, &header, data, len);
  self->traffic.messages_sent += fin;
  self->traffic.payload_sent += len;
  ws_engine_queue_flush (self);
}

gboolean
ws_engine_send_prepared (WsEngine *self, WsPrepared *message)
{
  WsExtension     *extension = self->protocol.extension;
  const WsFraming *framing
      = ws_prepared_frame (message, extension,
                           self->settings->outgoing_frame_size);

  /* Many messages of one iteration make nobody slow. */
  if (!fits (self, framing->size))
    ws_engine_write (self);
  if (!fits (self, framing->size))
    return FALSE;
  ws_outbox_push_framing (&self->outbox, framing);
  if (framing->window_bits != 0)
    {
      ws_deflate_note_shared (extension);
      ws_engine_get_seldom (self)->saved_sent
          += (gint64) (message->len - framing->len);
    }
  note_sent (self, message->len);
  return TRUE;
}
