/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What arrives at a stream, cut into messages, as fast as they can be sent. */
#include "message-input.h"

#include <string.h>

#define PIECE_SIZE 65536

struct _MessageInput
{
  GInputStream    *stream;      /* (owned) */
  GCancellable    *cancellable; /* (owned): cancelled when we are freed */
  MessageInputMode mode;
  MessageInputFunc callback;
  gpointer         user_data; /* (unowned) */

  GByteArray *line; /* (owned): the beginning of one */
  gboolean    is_wanted;
  gboolean    is_reading;
  gboolean    is_over;
};

static void read_next (MessageInput *self);

static void
tell (MessageInput *self, gconstpointer data, gsize size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);

  self->callback (bytes, self->user_data);
}

/* The callback may free us: the cancellable tells. */
static void
cut_lines (MessageInput *self, const guint8 *data, gsize size)
{
  g_autoptr (GCancellable) cancellable = g_object_ref (self->cancellable);
  const guint8 *end = data + size;

  while (data < end && !g_cancellable_is_cancelled (cancellable))
    {
      const guint8 *feed = memchr (data, '\n', (gsize) (end - data));
      gsize         length = (gsize) ((feed != NULL ? feed : end) - data);

      if (feed == NULL || self->line->len > 0)
        g_byte_array_append (self->line, data, (guint) length);
      if (feed == NULL)
        return;
      if (self->line->len == 0)
        tell (self, data, length);
      else
        {
          g_autoptr (GByteArray) line = g_steal_pointer (&self->line);

          self->line = g_byte_array_new ();
          tell (self, line->data, line->len);
        }
      data = feed + 1;
    }
}

static void
finish (MessageInput *self)
{
  g_autoptr (GCancellable) cancellable = g_object_ref (self->cancellable);

  self->is_over = TRUE;
  if (self->line->len > 0)
    tell (self, self->line->data, self->line->len);
  if (!g_cancellable_is_cancelled (cancellable))
    self->callback (NULL, self->user_data);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) piece
      = g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result,
                                          &error);
  MessageInput *self = user_data;
  gsize         size = 0;
  const guint8 *data = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return; /* self is no more. */

  g_autoptr (GCancellable) cancellable = g_object_ref (self->cancellable);

  self->is_reading = FALSE;
  if (error != NULL)
    g_printerr ("Cannot read the input: %s\n", error->message);
  else
    data = g_bytes_get_data (piece, &size);
  if (size == 0)
    finish (self);
  else if (self->mode == MESSAGE_INPUT_PIECES)
    self->callback (piece, self->user_data);
  else
    cut_lines (self, data, size);
  if (!g_cancellable_is_cancelled (cancellable))
    read_next (self);
}

static void
read_next (MessageInput *self)
{
  if (!self->is_wanted || self->is_reading || self->is_over)
    return;
  self->is_reading = TRUE;
  g_input_stream_read_bytes_async (self->stream, PIECE_SIZE, G_PRIORITY_DEFAULT,
                                   self->cancellable, on_read, self);
}

/* Nothing is read until message_input_resume(). */
MessageInput *
message_input_new (GInputStream    *stream,
                   MessageInputMode mode,
                   MessageInputFunc callback,
                   gpointer         user_data)
{
  MessageInput *self = g_new0 (MessageInput, 1);

  self->stream = g_object_ref (stream);
  self->cancellable = g_cancellable_new ();
  self->mode = mode;
  self->callback = callback;
  self->user_data = user_data;
  self->line = g_byte_array_new ();
  return self;
}

void
message_input_free (MessageInput *self)
{
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  g_object_unref (self->stream);
  g_byte_array_unref (self->line);
  g_free (self);
}

/* What was read already still comes. */
void
message_input_pause (MessageInput *self)
{
  self->is_wanted = FALSE;
}

void
message_input_resume (MessageInput *self)
{
  self->is_wanted = TRUE;
  read_next (self);
}
