/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A buffer of bytes that grows at its end. */
#include "protocol/ws-buffer.h"

#include <string.h>

/* Bytes; saves the first few reallocations of a buffer that grows slowly. */
#define SIZE_MIN 64

void
ws_buffer_clear (WsBuffer *self)
{
  g_free (self->data);
  *self = (WsBuffer){ 0 };
}

void
ws_buffer_reserve (WsBuffer *self, gsize extra, gsize limit)
{
  gsize needed;
  gsize size;

  g_assert (extra <= G_MAXSIZE - self->len);
  needed = self->len + extra;
  if (needed <= self->size)
    return;

  size = self->size <= G_MAXSIZE / 2 ? self->size * 2 : G_MAXSIZE;
  size = MAX (size, SIZE_MIN);
  if (limit != 0)
    size = MIN (size, limit);
  size = MAX (size, needed);

  self->data = g_realloc (self->data, size);
  self->size = size;
}

void
ws_buffer_append (WsBuffer *self, const void *data, gsize len)
{
  if (len == 0)
    return;
  ws_buffer_reserve (self, len, 0);
  memcpy (self->data + self->len, data, len);
  self->len += len;
}

GBytes *
ws_buffer_steal_bytes (WsBuffer *self)
{
  GBytes *bytes = g_bytes_new_take (self->data, self->len);

  *self = (WsBuffer){ 0 };
  return bytes;
}
