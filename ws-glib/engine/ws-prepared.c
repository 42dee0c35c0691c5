/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/ws-prepared.h"

#include <string.h>

/* Small messages stand together in storage of this size. It is little, for a
 * client that waits for one of them holds all of it. */
#define PACK_SIZE (4 * 1024)
#define PACK_MAX  1024

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

void
ws_prepared_clear (WsPrepared *self)
{
  g_clear_pointer (&self->first.store, ws_shared_unref);
  if (self->others == NULL)
    return;
  for (guint i = 0; i < self->others->len; i++)
    ws_shared_unref (g_array_index (self->others, WsFraming, i).store);
  g_clear_pointer (&self->others, g_array_unref);
}

/* --- Framing --- */

/* (transfer full): the pack, with room for @size bytes. One that nobody waits
 * for is used again, for it is in the cache. */
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
write_frames (const WsPrepared *self, gsize part, guint8 *place)
{
  WsFrameHeader header = { .opcode = self->opcode };
  gsize         offset = 0;

  do
    {
      gsize n = MIN (self->len - offset, part);

      header.fin = offset + n == self->len;
      header.length = n;
      place += ws_frame_header_write (&header, place);
      if (n > 0)
        memcpy (place, self->data + offset, n);
      place += n;
      header.opcode = WS_OPCODE_CONTINUATION;
      offset += n;
    }
  while (offset < self->len);
}

static WsFraming
make_framing (WsPrepared *self, gsize part)
{
  WsFraming framing = { .part = part, .n_frames = 1 };
  gsize     whole = part > 0 ? self->len / part : 0;
  gsize     rest = self->len - whole * part;
  guint8   *place;

  if (whole > 0)
    framing.n_frames = (guint) (whole + (rest > 0 ? 1 : 0));
  framing.size = self->len + whole * ws_frame_header_size (part, FALSE);
  if (rest > 0 || whole == 0)
    framing.size += ws_frame_header_size (rest, FALSE);
  framing.is_packed = framing.size <= PACK_MAX;
  framing.store = framing.is_packed ? open_pack (self, framing.size)
                                    : shared_new (framing.size);
  place = framing.store->data + framing.store->used;
  framing.store->used += framing.size;
  framing.data = place;
  write_frames (self, part, place);
  return framing;
}

const WsFraming *
ws_prepared_frame (WsPrepared *self, guint64 frame_size)
{
  gsize     part = self->len;
  WsFraming framing;

  if (frame_size > 0 && frame_size < part)
    part = (gsize) frame_size;
  if (self->first.store == NULL)
    self->first = make_framing (self, part);
  if (self->first.part == part)
    return &self->first;
  if (self->others == NULL)
    self->others = g_array_new (FALSE, FALSE, sizeof (WsFraming));
  for (guint i = 0; i < self->others->len; i++)
    if (g_array_index (self->others, WsFraming, i).part == part)
      return &g_array_index (self->others, WsFraming, i);
  framing = make_framing (self, part);
  g_array_append_val (self->others, framing);
  return &g_array_index (self->others, WsFraming, self->others->len - 1);
}
