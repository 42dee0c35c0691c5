/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Frames a broadcast once for all connections that want the same bytes. */
#include "engine/ws-prepared.h"

#include <string.h>

#include "protocol/ws-deflate.h"

/* Small messages stand together in storage of this size. The size is small, for
 * a client that waits for one such message holds all of the storage. */
#define PACK_SIZE (4 * 1024)
#define PACK_MAX  1024

/* Of the smallest window that can be agreed on (RFC 7692, 7.1.2). */
#define MIN_WINDOW_BITS 8

static WsShared *
shared_new (gsize size)
{
  WsShared *self = g_malloc (sizeof *self + size);

  self->n_refs = 1;
  self->used = 0;
  self->size = size;
  return self;
}

WsShared *
ws_shared_ref (WsShared *self)
{
  self->n_refs++;
  return self;
}

void
ws_shared_unref (WsShared *self)
{
  if (--self->n_refs == 0)
    g_free (self);
}

void
ws_prepared_init (WsPrepared   *self,
                  WsOpcode      opcode,
                  const guint8 *data,
                  gsize         len,
                  WsShared    **pack)
{
  *self = (WsPrepared){
    .opcode = opcode, .data = data, .len = len, .pack = pack
  };
}

static void
clear_packed (WsPrepared *self)
{
  for (guint i = 0; self->packed != NULL && i < WS_PREPARED_N_WINDOWS; i++)
    ws_buffer_clear (&self->packed[i].data);
  g_clear_pointer (&self->packed, g_free);
}

void
ws_prepared_clear (WsPrepared *self)
{
  g_clear_pointer (&self->first.store, ws_shared_unref);
  clear_packed (self);
  if (self->others == NULL)
    return;
  for (guint i = 0; i < self->others->len; i++)
    ws_shared_unref (g_array_index (self->others, WsFraming, i).store);
  g_clear_pointer (&self->others, g_array_unref);
}

/* --- Framing --- */

/* (transfer full): the pack, with room for @size bytes. A pack that nobody
 * waits for is used again, for its memory is in the cache. */
static WsShared *
open_pack (WsPrepared *self, gsize size)
{
  WsShared *pack = *self->pack;

  if (pack != NULL && pack->n_refs == 1)
    pack->used = 0;
  if (pack == NULL || pack->size - pack->used < size)
    {
      g_clear_pointer (self->pack, ws_shared_unref);
      pack = *self->pack = shared_new (PACK_SIZE);
    }
  return ws_shared_ref (pack);
}

static void
write_frames (WsFrameHeader header,
              const guint8 *data,
              gsize         len,
              gsize         part,
              guint8       *place)
{
  gsize offset = 0;

  do
    {
      gsize n = MIN (len - offset, part);

      header.fin = offset + n == len;
      header.length = n;
      place += ws_frame_header_write (&header, place);
      if (n > 0)
        memcpy (place, data + offset, n);
      place += n;
      header.opcode = WS_OPCODE_CONTINUATION;
      header.rsv = 0;
      offset += n;
    }
  while (offset < len);
}

/* @packed: (nullable): the payload, compressed */
static WsFraming
make_framing (WsPrepared *self, const WsPacked *packed, gsize part)
{
  WsFrameHeader header = { .opcode = self->opcode };
  const guint8 *data = self->data;
  WsFraming     framing = { .part = part, .len = self->len, .n_frames = 1 };
  gsize         whole, rest;
  guint8       *place;

  if (packed != NULL)
    {
      header.rsv = WS_FRAME_RSV1;
      data = packed->data.data;
      framing.len = packed->data.len;
      framing.window_bits = packed->window_bits;
    }
  whole = part > 0 ? framing.len / part : 0;
  rest = framing.len - whole * part;
  if (whole > 0)
    framing.n_frames = (guint) (whole + (rest > 0 ? 1 : 0));
  framing.size = framing.len + whole * ws_frame_header_size (part, FALSE);
  if (rest > 0 || whole == 0)
    framing.size += ws_frame_header_size (rest, FALSE);
  framing.is_packed = framing.size <= PACK_MAX;
  framing.store = framing.is_packed ? open_pack (self, framing.size)
                                    : shared_new (framing.size);
  place = framing.store->data + framing.store->used;
  framing.store->used += framing.size;
  framing.data = place;
  write_frames (header, data, framing.len, part, place);
  return framing;
}

/* (nullable): the payload as @extension wants it; NULL: plain. */
static const WsPacked *
pack_payload (WsPrepared *self, const WsExtension *extension)
{
  guint     bits = ws_deflate_window_bits (extension);
  WsPacked *packed;

  if (self->packed == NULL)
    self->packed = g_new0 (WsPacked, WS_PREPARED_N_WINDOWS);
  packed = &self->packed[bits - MIN_WINDOW_BITS];
  if (packed->window_bits == 0)
    {
      packed->window_bits = bits;
      packed->is_shorter = ws_deflate_compress_alone (extension, self->data,
                                                      self->len, &packed->data);
    }
  return packed->is_shorter ? packed : NULL;
}

static gboolean
is_framing (const WsFraming *self, guint window_bits, gsize part)
{
  return self->window_bits == window_bits && self->part == part;
}

const WsFraming *
ws_prepared_frame (WsPrepared        *self,
                   const WsExtension *extension,
                   guint64            frame_size)
{
  const WsPacked *packed
      = extension != NULL ? pack_payload (self, extension) : NULL;
  guint     bits = packed != NULL ? packed->window_bits : 0;
  gsize     part = packed != NULL ? packed->data.len : self->len;
  WsFraming framing;

  if (frame_size > 0 && frame_size < part)
    part = (gsize) frame_size;
  if (self->first.store == NULL)
    self->first = make_framing (self, packed, part);
  if (is_framing (&self->first, bits, part))
    return &self->first;
  if (self->others == NULL)
    self->others = g_array_new (FALSE, FALSE, sizeof (WsFraming));
  for (guint i = 0; i < self->others->len; i++)
    if (is_framing (&g_array_index (self->others, WsFraming, i), bits, part))
      return &g_array_index (self->others, WsFraming, i);
  framing = make_framing (self, packed, part);
  g_array_append_val (self->others, framing);
  return &g_array_index (self->others, WsFraming, self->others->len - 1);
}
