/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Queues frames until the transport takes them, copying as little as it can. */
#include "engine/ws-outbox.h"

#include <string.h>

#include "engine/ws-outbox-chunk.h"
#include "net/ws-random.h"
#include "protocol/ws-mask.h"

/* Payloads up to this size are copied: less work than a reference and one more
 * vector. */
#define COPY_MAX (4 * 1024)
/* While more than this waits, small frames of a broadcast are copied. */
#define SHARE_MAX (16 * 1024)
/* A chunk of control frames that go before messages has this much room. */
#define CONTROL_ROOM 1024
#define MAX_VECTORS  64

/* --- Filling --- */

void
ws_outbox_init (WsOutbox *self)
{
  *self = (WsOutbox){ 0 };
}

void
ws_outbox_set_draw (WsOutbox *self, WsOutboxDraw draw, gpointer user_data)
{
  self->masks = TRUE;
  self->draw = draw;
  self->draw_data = user_data;
}

void
ws_outbox_clear (WsOutbox *self)
{
  self->sealed = TRUE;
  self->doomed = self->writing != NULL;
  if (self->doomed)
    return;
  while (self->head != NULL)
    {
      WsOutboxChunk *chunk = self->head;

      self->head = chunk->next;
      ws_outbox_chunk_free (chunk);
    }
  self->tail = NULL;
  self->control = NULL;
  self->size = 0;
  self->owes = FALSE;
}

void
ws_outbox_seal (WsOutbox *self)
{
  self->sealed = TRUE;
}

static void
append_chunk (WsOutbox *self, WsOutboxChunk *chunk)
{
  if (self->tail != NULL)
    self->tail->next = chunk;
  else
    self->head = chunk;
  self->tail = chunk;
}

static void
begin_chunk (WsOutbox *self, gsize len)
{
  append_chunk (self,
                ws_outbox_chunk_new (MAX (len, WS_OUTBOX_CHUNK_ROOM), NULL));
}

/* Whether @len more bytes may go behind what was collected last. */
static inline gboolean
has_place (const WsOutbox *self, gsize len)
{
  return self->tail != NULL && self->tail->room >= len;
}

/* Where the next @len bytes go: there. */
static inline guint8 *
take_place (WsOutbox *self, gsize len)
{
  WsOutboxChunk *chunk = self->tail;
  guint8        *place = (guint8 *) chunk->data + chunk->len;

  chunk->len += len;
  chunk->room -= len;
  self->size += len;
  return place;
}

/* The same, or into a new chunk. */
static inline guint8 *
claim (WsOutbox *self, gsize len)
{
  if (G_UNLIKELY (!has_place (self, len)))
    begin_chunk (self, len);
  return take_place (self, len);
}

void
ws_outbox_push_raw (WsOutbox *self, const void *data, gsize len)
{
  memcpy (claim (self, len), data, len);
  self->tail->ends_frame = TRUE;
}

/* Completes @template for @len bytes of payload, and draws its mask. That may
 * be the user's code, and comes before anything is changed here. FALSE: there
 * shall be no frame. */
static gboolean
make_header (WsOutbox *self,
             const WsFrameHeader *template,
             gsize          len,
             WsFrameHeader *header)
{
  *header = *template;
  header->length = len;
  header->masked = self->masks;
  if (self->masks && !self->sealed)
    {
      if (self->draw != NULL)
        self->draw (self->draw_data, header->mask);
      else
        ws_random_mask (header->mask);
    }
  return !self->sealed;
}

/* Writes a whole frame to @place; returns its size. */
static gsize
write_frame (guint8 *place, const WsFrameHeader *header, const guint8 *payload)
{
  gsize size = ws_frame_header_write (header, place);

  if (header->masked)
    ws_mask (place + size, payload, header->length, header->mask, 0);
  else if (header->length > 0)
    memcpy (place + size, payload, header->length);
  return size + header->length;
}

static gsize
header_size (const WsOutbox *self, guint64 len)
{
  return ws_frame_header_size (len, self->masks);
}

static void
append_frame (WsOutbox            *self,
              const WsFrameHeader *header,
              const guint8        *payload)
{
  gsize size = header_size (self, header->length) + header->length;

  write_frame (claim (self, size), header, payload);
  self->tail->ends_frame = TRUE;
  self->n_frames++;
}

/* The first one of a chunk. Apart, as the next is, so that all others need
 * little. */
static G_NO_INLINE gboolean
push_short_first (WsOutbox     *self,
                  guint8        first,
                  const guint8 *payload,
                  gsize         len)
{
  begin_chunk (self, WS_OUTBOX_SHORT_SIZE);
  return ws_outbox_push_short (self, first, payload, len);
}

/* Masks what begins at @place, and has the length of a short one. */
static G_NO_INLINE gboolean
push_short_masked (guint8 *place, const guint8 *payload, gsize len)
{
  place[1] |= 0x80;
  ws_random_mask (place + 2);
  ws_mask_short (place + 6, payload, len, place + 2);
  return TRUE;
}

gboolean
ws_outbox_push_short (WsOutbox     *self,
                      guint8        first,
                      const guint8 *payload,
                      gsize         len)
{
  guint8 *place;

  if (G_UNLIKELY (!has_place (self, WS_OUTBOX_SHORT_SIZE)))
    return push_short_first (self, first, payload, len);
  place = take_place (self, (self->masks ? 6u : 2u) + len);
  self->tail->ends_frame = TRUE;
  self->n_frames++;
  place[0] = first;
  place[1] = (guint8) len;
  if (self->masks)
    return push_short_masked (place, payload, len);
  if (len > 0)
    memcpy (place + 2, payload, len);
  return TRUE;
}

void
ws_outbox_push_copy (WsOutbox            *self,
                     const WsFrameHeader *header,
                     const guint8        *payload,
                     gsize                len)
{
  WsFrameHeader complete;

  if (make_header (self, header, len, &complete))
    append_frame (self, &complete, payload);
}

void
ws_outbox_push_bytes (WsOutbox            *self,
                      const WsFrameHeader *header,
                      GBytes              *bytes,
                      gsize                offset,
                      gsize                len)
{
  const guint8  *payload = g_bytes_get_data (bytes, NULL);
  WsFrameHeader  complete;
  WsOutboxChunk *chunk;

  if (len <= COPY_MAX)
    {
      ws_outbox_push_copy (self, header, payload + offset, len);
      return;
    }
  if (!make_header (self, header, len, &complete))
    return;
  ws_frame_header_write (&complete, claim (self, header_size (self, len)));
  self->tail->ends_frame = FALSE;

  chunk = ws_outbox_chunk_new (0, bytes);
  chunk->data = payload + offset;
  chunk->len = len;
  chunk->masked = complete.masked;
  memcpy (chunk->mask, complete.mask, sizeof chunk->mask);
  chunk->ends_frame = TRUE;
  append_chunk (self, chunk);
  self->size += len;
  self->n_frames++;
}

void
ws_outbox_push_lent (WsOutbox            *self,
                     const WsFrameHeader *header,
                     guint8              *payload,
                     gsize                len)
{
  const gsize    size = header_size (self, len);
  WsFrameHeader  complete;
  WsOutboxChunk *chunk;

  g_assert (!self->masks);
  if (!make_header (self, header, len, &complete))
    return;
  ws_frame_header_write (&complete, payload - size);
  chunk = ws_outbox_chunk_new (0, NULL);
  chunk->data = payload - size;
  chunk->len = size + len;
  chunk->lent = TRUE;
  chunk->ends_frame = TRUE;
  append_chunk (self, chunk);
  self->size += chunk->len;
  self->n_frames++;
  self->owes = TRUE;
}

void
ws_outbox_settle (WsOutbox *self)
{
  g_assert (self->writing == NULL);
  for (WsOutboxChunk *chunk = self->head; chunk != NULL; chunk = chunk->next)
    ws_outbox_chunk_settle (chunk);
  self->owes = FALSE;
}

/* --- Frames that many share --- */

static void
append_shared (WsOutbox *self, WsShared *store, const guint8 *data, gsize size)
{
  WsOutboxChunk *chunk = ws_outbox_chunk_new (0, NULL);

  chunk->shared = ws_shared_ref (store);
  chunk->data = data;
  chunk->len = size;
  chunk->ends_frame = TRUE;
  append_chunk (self, chunk);
  self->size += size;
}

/* Each frame is a chunk, so that control frames may go between them. */
static void
push_frames (WsOutbox *self, const WsFraming *framing)
{
  gsize frame = ws_frame_header_size (framing->part, FALSE) + framing->part;
  const guint8 *data = framing->data;
  const guint8 *end = data + framing->size;

  while (data < end)
    {
      gsize n = MIN (frame, (gsize) (end - data));

      append_shared (self, framing->store, data, n);
      data += n;
    }
}

/* Whether what was queued last ends where @framing begins. */
static gboolean
adjoins (const WsOutbox *self, const WsFraming *framing)
{
  const WsOutboxChunk *tail = self->tail;

  return tail != NULL && tail->shared == framing->store
         && tail->data + tail->len == framing->data;
}

/* Small messages: those that follow one another are one piece for all that get
 * them. A client that lags behind gets copies, lest it holds much storage for
 * the few bytes there that are its own. */
static void
push_packed (WsOutbox *self, const WsFraming *framing)
{
  if (adjoins (self, framing))
    {
      self->tail->len += framing->size;
      self->size += framing->size;
    }
  else if (self->size > SHARE_MAX)
    {
      memcpy (claim (self, framing->size), framing->data, framing->size);
      self->tail->ends_frame = TRUE;
    }
  else
    append_shared (self, framing->store, framing->data, framing->size);
}

void
ws_outbox_push_framing (WsOutbox *self, const WsFraming *framing)
{
  g_assert (!self->masks);
  if (self->sealed)
    return;
  if (framing->is_packed)
    push_packed (self, framing);
  else
    push_frames (self, framing);
  self->n_frames += framing->n_frames;
}

/* --- Control frames --- */

/* The chunk behind which a control frame may stand: the last of the control
 * frames that wait there already, or the first that ends a frame. */
static WsOutboxChunk *
find_control_place (WsOutbox *self)
{
  WsOutboxChunk *place = self->control;

  if (self->writing != NULL)
    place = self->writing;
  else if (place != NULL)
    return place;
  else
    place = self->head;
  while (place != NULL && !place->ends_frame)
    place = place->next;
  return place;
}

/* Puts a control frame behind @place and before what follows it. A peer that
 * sends many pings and reads nothing costs no search and few chunks. */
static void
insert_frame (WsOutbox            *self,
              WsOutboxChunk       *place,
              const WsFrameHeader *header,
              const guint8        *payload)
{
  gsize          size = header_size (self, header->length) + header->length;
  WsOutboxChunk *chunk = self->control;

  if (chunk == NULL || chunk->room < size)
    {
      chunk = ws_outbox_chunk_new (CONTROL_ROOM, NULL);
      chunk->ends_frame = TRUE;
      chunk->next = place->next;
      place->next = chunk;
      self->control = chunk;
    }
  write_frame ((guint8 *) chunk->data + chunk->len, header, payload);
  chunk->len += size;
  chunk->room -= size;
  self->size += size;
  self->n_frames++;
}

void
ws_outbox_push_control (WsOutbox     *self,
                        WsOpcode      opcode,
                        const guint8 *payload,
                        gsize         len)
{
  WsFrameHeader template = { .fin = TRUE, .opcode = opcode };
  WsFrameHeader  header;
  WsOutboxChunk *place;

  if (!make_header (self, &template, len, &header))
    return;
  place = find_control_place (self);
  if (place == self->tail)
    append_frame (self, &header, payload);
  else
    insert_frame (self, place, &header, payload);
}

guint64
ws_outbox_get_control_end (const WsOutbox *self)
{
  guint64 end = 0;

  if (self->control == NULL)
    return self->size;
  for (WsOutboxChunk *chunk = self->head; chunk != self->control->next;
       chunk = chunk->next)
    end += chunk->len;
  return end;
}

/* --- The whole --- */

void
ws_outbox_append (WsOutbox *self, WsOutbox *more)
{
  if (more->head != NULL && !self->sealed)
    {
      append_chunk (self, more->head);
      self->tail = more->tail;
      self->size += more->size;
      self->n_frames += more->n_frames;
      more->head = NULL;
    }
  ws_outbox_clear (more);
}

guint64
ws_outbox_cost (const WsOutbox *self, guint64 len, guint64 frame_size)
{
  guint64 whole, rest;

  if (frame_size == 0 || len <= frame_size)
    return header_size (self, len) + len;
  whole = len / frame_size;
  rest = len % frame_size;
  return len + whole * header_size (self, frame_size)
         + (rest > 0 ? header_size (self, rest) : 0);
}

/* Lists what waits in @vectors. Payloads to be masked are masked into @scratch,
 * as far as that has room. */
static guint
list_vectors (WsOutbox     *self,
              GOutputVector vectors[MAX_VECTORS],
              WsReadBuffer *scratch)
{
  gsize used = 0;
  guint n = 0;

  for (WsOutboxChunk *chunk = self->head; chunk != NULL && n < MAX_VECTORS;
       chunk = chunk->next)
    {
      vectors[n++] = (GOutputVector){ chunk->data, chunk->len };
      self->writing = chunk;
      if (chunk->masked)
        {
          guint8 *place;
          gsize   len = MIN (chunk->len, WS_READ_BUFFER_SIZE - used);

          /* Only who draws masks has anything to mask. */
          g_assert (scratch != NULL);
          place = scratch->data + used;
          ws_mask (place, chunk->data, len, chunk->mask, chunk->phase);
          vectors[n - 1] = (GOutputVector){ place, len };
          used += len;
          if (len < chunk->len || used == WS_READ_BUFFER_SIZE)
            break;
        }
    }
  return n;
}

static void
drop_written (WsOutbox *self, gsize written)
{
  self->size -= written;
  while (written > 0)
    {
      WsOutboxChunk *chunk = self->head;

      /* No transport writes more than it was given. */
      g_assert (chunk != NULL);
      if (written < chunk->len)
        {
          chunk->data += written;
          chunk->len -= written;
          chunk->phase += written;
          return;
        }
      written -= chunk->len;
      self->head = chunk->next;
      if (self->head == NULL)
        self->tail = NULL;
      if (self->control == chunk)
        self->control = NULL;
      ws_outbox_chunk_free (chunk);
    }
}

static gboolean
has_masked (const WsOutbox *self)
{
  for (WsOutboxChunk *chunk = self->head; chunk != NULL; chunk = chunk->next)
    if (chunk->masked)
      return TRUE;
  return FALSE;
}

/* A program's own stream may do anything meanwhile: what is being written stays
 * where it is, and nothing is put between. */
gssize
ws_outbox_flush (WsOutbox *self, WsTransport *transport, GError **error)
{
  WsReadBuffer *scratch = NULL;
  WsPoller     *poller = transport->poller;
  gssize        total = 0;
  gssize        n = 0;

  if (self->writing != NULL)
    return 0;
  if (self->masks && has_masked (self))
    scratch = ws_poller_acquire_buffer (poller);
  while (self->head != NULL)
    {
      GOutputVector  vectors[MAX_VECTORS];
      guint          n_vectors = list_vectors (self, vectors, scratch);
      WsOutboxChunk *control = g_steal_pointer (&self->control);

      n = ws_transport_writev (transport, vectors, n_vectors, error);
      self->writing = NULL;
      if (self->control == NULL)
        self->control = control;
      if (G_UNLIKELY (self->doomed))
        ws_outbox_clear (self);
      if (n < 0 || self->head == NULL)
        break;
      drop_written (self, n);
      total += n;
    }
  if (scratch != NULL)
    ws_poller_release_buffer (poller, scratch);
  return n == WS_IO_ERROR ? WS_IO_ERROR : total;
}
