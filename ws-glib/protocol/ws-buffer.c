/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A buffer of bytes that grows at its end. */
#include "protocol/ws-buffer.h"

#include <string.h>

#include "protocol/ws-storage.h"

/* Bytes; saves the first few reallocations of a buffer that grows slowly. */
#define SIZE_MIN 64

static gboolean
is_large (gsize size)
{
  return size >= WS_STORAGE_MIN;
}

static void
release (guint8 *data, gsize size)
{
  if (is_large (size))
    ws_storage_free (data);
  else
    g_free (data);
}

/* Gives @self storage of @size bytes, in which what there is has room. */
static void
move (WsBuffer *self, gsize size)
{
  guint8 *data;

  if (is_large (self->size) && size >= self->size)
    self->data = ws_storage_grow (self->data, self->len, size);
  else if (!is_large (self->size) && !is_large (size))
    self->data = g_realloc (self->data, size);
  else
    {
      data = is_large (size) ? ws_storage_new (size) : g_malloc (size);
      if (self->len > 0)
        memcpy (data, self->data, self->len);
      release (self->data, self->size);
      self->data = data;
    }
  self->size = size;
}

void
ws_buffer_clear (WsBuffer *self)
{
  release (self->data, self->size);
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

  move (self, size);
}

void
ws_buffer_shrink (WsBuffer *self, gsize room)
{
  if (self->len + room < self->size)
    move (self, self->len + room);
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
  GBytes *bytes = is_large (self->size)
                      ? g_bytes_new_with_free_func (self->data, self->len,
                                                    ws_storage_free, self->data)
                      : g_bytes_new_take (self->data, self->len);

  *self = (WsBuffer){ 0 };
  return bytes;
}
