/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A message that comes in pieces, between the socket that receives it and the
 * stream that a user reads. */
#include "message/ws-message-pipe.h"

#include <string.h>

WsMessagePipe *
ws_message_pipe_new (WsMessageType type)
{
  WsMessagePipe *self = g_atomic_rc_box_new0 (WsMessagePipe);

  self->type = type;
  return self;
}

WsMessagePipe *
ws_message_pipe_ref (WsMessagePipe *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
clear (gpointer data)
{
  WsMessagePipe *self = data;

  g_queue_clear_full (&self->chunks, (GDestroyNotify) g_bytes_unref);
  g_clear_error (&self->error);
}

void
ws_message_pipe_unref (WsMessagePipe *self)
{
  g_atomic_rc_box_release_full (self, clear);
}

gboolean
ws_message_pipe_has_news (const WsMessagePipe *self)
{
  return self->chunks.length > 0 || self->is_complete || self->error != NULL;
}

gsize
ws_message_pipe_take (WsMessagePipe *self, guint8 *buffer, gsize count)
{
  GBytes       *chunk = g_queue_peek_head (&self->chunks);
  gsize         len;
  const guint8 *data = g_bytes_get_data (chunk, &len);

  count = MIN (count, len - self->used);
  memcpy (buffer, data + self->used, count);
  self->used += count;
  self->size -= count;
  if (self->used == len)
    {
      g_bytes_unref (g_queue_pop_head (&self->chunks));
      self->used = 0;
    }
  return count;
}

GBytes *
ws_message_pipe_gather (WsMessagePipe *self)
{
  guint8 *data;
  gsize   len = 0;

  if (self->chunks.length == 1)
    return g_bytes_ref (self->chunks.head->data);
  data = g_malloc (self->size);
  for (GList *link = self->chunks.head; link != NULL; link = link->next)
    {
      gsize         n;
      const guint8 *chunk = g_bytes_get_data (link->data, &n);

      memcpy (data + len, chunk, n);
      len += n;
    }
  return g_bytes_new_take (data, len);
}
