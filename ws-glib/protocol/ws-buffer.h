/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Growing bytes. Zero is an empty buffer that owns nothing. */
typedef struct
{
  guint8 *data; /* (owned) (nullable): large ones by ws-storage.h */
  gsize   len;
  gsize   size; /* allocated */
} WsBuffer;

void ws_buffer_clear (WsBuffer *self);

/* Makes room for @extra more bytes than len, growing by doubling but never
 * beyond @limit bytes (0 = no limit) unless len + @extra demands it. */
void ws_buffer_reserve (WsBuffer *self, gsize extra, gsize limit);

/* Gives back what is beyond len and @room bytes more. */
void ws_buffer_shrink (WsBuffer *self, gsize room);

void ws_buffer_append (WsBuffer *self, const void *data, gsize len);

/* (transfer full): the bytes, without a copy; the buffer is empty after. */
GBytes *ws_buffer_steal_bytes (WsBuffer *self);

G_END_DECLS
