/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "line-input.h"

#include <unistd.h>

#include <gio/gunixinputstream.h>

/* Lines of the command line or of standard input, without blocking a loop. */
struct _LineInput
{
  GDataInputStream *stream;      /* (owned) */
  GCancellable     *cancellable; /* (owned): cancelled when we are freed */
  LineInputFunc     callback;
  gpointer          user_data; /* (unowned) */
};

static void read_next (LineInput *self);

static void
on_line_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GDataInputStream *stream = G_DATA_INPUT_STREAM (source);
  g_autoptr (GError) error = NULL;
  g_autofree char *line
      = g_data_input_stream_read_line_finish (stream, result, NULL, &error);
  LineInput *self = user_data;

  /* Cancelled means that self is no more. */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (error != NULL)
    g_printerr ("Cannot read the input: %s\n", error->message);

  /* The callback is the last to touch self when it frees the input. */
  g_autoptr (GCancellable) cancellable = g_object_ref (self->cancellable);

  self->callback (line, self->user_data);
  if (line != NULL && !g_cancellable_is_cancelled (cancellable))
    read_next (self);
}

static void
read_next (LineInput *self)
{
  g_data_input_stream_read_line_async (self->stream, G_PRIORITY_DEFAULT,
                                       self->cancellable, on_line_read, self);
}

/* Without lines they come from standard input. */
LineInput *
line_input_new (char **lines, LineInputFunc callback, gpointer user_data)
{
  g_autoptr (GInputStream) source = NULL;
  LineInput *self = g_new0 (LineInput, 1);

  if (lines != NULL && lines[0] != NULL)
    {
      char *text = g_strjoinv ("\n", lines);

      source = g_memory_input_stream_new_from_data (text, -1, g_free);
    }
  else
    source = g_unix_input_stream_new (STDIN_FILENO, FALSE);

  self->stream = g_data_input_stream_new (source);
  g_data_input_stream_set_newline_type (self->stream,
                                        G_DATA_STREAM_NEWLINE_TYPE_LF);
  self->cancellable = g_cancellable_new ();
  self->callback = callback;
  self->user_data = user_data;
  return self;
}

void
line_input_free (LineInput *self)
{
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  g_object_unref (self->stream);
  g_free (self);
}

void
line_input_start (LineInput *self)
{
  read_next (self);
}
