/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Compresses the messages of one direction with zlib. */
#include "protocol/ws-deflater.h"

#include "protocol/ws-deflate-whole.h"

/* 7.2.1: what a flush ends with, and a message leaves out. */
#define TAIL_LEN 4

/* Bytes that zlib is given at once. */
#define MAX_STEP (1024 * 1024 * 1024)

void
ws_deflater_init (WsDeflater    *self,
                  WsDeflateShape shape,
                  gboolean       keeps_context)
{
  *self
      = (WsDeflater){ .shape = shape, .keeps_context = keeps_context != FALSE };
}

void
ws_deflater_clear (WsDeflater *self)
{
  ws_deflater_forget (self);
}

void
ws_deflater_forget (WsDeflater *self)
{
  if (self->stream != NULL)
    ws_deflate_pool_give_deflater (g_steal_pointer (&self->stream),
                                   self->shape);
}

/* Compresses and flushes, while @out stays within @max bytes. */
static gboolean
deflate_all (
    z_stream *stream, const guint8 *data, gsize len, gsize max, WsBuffer *out)
{
  stream->next_in = (Bytef *) data;
  stream->avail_in = 0;
  do
    {
      gsize room;
      uInt  given;

      if (stream->avail_in == 0)
        {
          stream->avail_in = (uInt) MIN (len, MAX_STEP);
          len -= stream->avail_in;
        }
      /* What is left over of a flush is a few bytes. */
      ws_buffer_reserve (out, MIN (64, max - out->len), max);
      room = MIN (out->size, max) - out->len;
      given = (uInt) MIN (room, MAX_STEP);
      stream->next_out = out->data + out->len;
      stream->avail_out = given;
      deflate (stream, len == 0 ? Z_SYNC_FLUSH : Z_NO_FLUSH);
      out->len += given - stream->avail_out;
      if (stream->avail_out == 0 && out->len == max)
        return FALSE;
    }
  while (stream->avail_out == 0 || len > 0);
  return TRUE;
}

gboolean
ws_deflater_compress (WsDeflater   *self,
                      const guint8 *data,
                      gsize         len,
                      WsBuffer     *out)
{
  gsize    before = out->len;
  gsize    max = before + len + TAIL_LEN;
  gboolean ok;

  /* 7.2.3.6: one byte, at best. */
  if (len == 0)
    return FALSE;
  if (!self->keeps_context
      && ws_deflate_whole_compress (self->shape, data, len, out))
    return TRUE;
  if (self->stream == NULL)
    self->stream = ws_deflate_pool_take_deflater (self->shape);
  ws_buffer_reserve (out, MIN (len / 2 + 64, max - before), max);
  ok = deflate_all (self->stream, data, len, max, out);
  if (!ok || !self->keeps_context)
    ws_deflater_forget (self);
  if (!ok)
    {
      out->len = before;
      return FALSE;
    }
  g_assert (out->len - before > TAIL_LEN);
  out->len -= TAIL_LEN;
  return TRUE;
}
