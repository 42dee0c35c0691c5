/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cut-stream.h"

#include <string.h>

/* --- One direction --- */

typedef struct
{
  GByteArray *bytes; /* (owned) */
  gboolean    has_ended;
  gsize       n_read, n_written;
  int         n_refs;
} Pipe;

static Pipe *
pipe_new (void)
{
  Pipe *self = g_new0 (Pipe, 1);

  self->bytes = g_byte_array_new ();
  self->n_refs = 2;
  return self;
}

static void
pipe_unref (Pipe *self)
{
  if (--self->n_refs > 0)
    return;
  g_byte_array_unref (self->bytes);
  g_free (self);
}

/* --- The ends of it --- */

#define CUT_TYPE_INPUT (cut_input_get_type ())
G_DECLARE_FINAL_TYPE (CutInput, cut_input, CUT, INPUT, GInputStream)
struct _CutInput
{
  GInputStream parent_instance;
  Pipe        *pipe; /* (owned) */
  Cut         *cut;  /* (unowned) (nullable) */
};

#define CUT_TYPE_OUTPUT (cut_output_get_type ())
G_DECLARE_FINAL_TYPE (CutOutput, cut_output, CUT, OUTPUT, GOutputStream)
struct _CutOutput
{
  GOutputStream parent_instance;
  Pipe         *pipe; /* (owned) */
  Cut          *cut;  /* (unowned) (nullable) */
};

static gboolean
is_cut (Cut *cut, gboolean is_read, gsize at)
{
  if (cut == NULL || (cut->kind == CUT_WRITE_ERROR) == is_read
      || at < cut->after)
    return FALSE;
  cut->has_happened = TRUE;
  return TRUE;
}

static gsize
limit (const Cut *cut, gboolean is_read, gsize at, gsize count)
{
  if (cut == NULL)
    return count;
  if ((cut->kind == CUT_WRITE_ERROR) != is_read)
    count = MIN (count, cut->after - at);
  return MIN (count, cut->piece);
}

static gssize
cut_input_read (GPollableInputStream *stream,
                void                 *buffer,
                gsize                 count,
                GError              **error)
{
  CutInput *self = CUT_INPUT (stream);
  Pipe     *pipe = self->pipe;

  if (is_cut (self->cut, TRUE, pipe->n_read))
    {
      if (self->cut->kind == CUT_READ_END)
        return 0;
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT,
                           "Torn while reading");
      return -1;
    }
  if (pipe->bytes->len == 0 && pipe->has_ended)
    return 0;
  count = limit (self->cut, TRUE, pipe->n_read, MIN (count, pipe->bytes->len));
  if (count == 0)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK, "Later");
      return -1;
    }
  memcpy (buffer, pipe->bytes->data, count);
  g_byte_array_remove_range (pipe->bytes, 0, (guint) count);
  pipe->n_read += count;
  return (gssize) count;
}

static gssize
cut_output_write (GPollableOutputStream *stream,
                  const void            *buffer,
                  gsize                  count,
                  GError               **error)
{
  CutOutput *self = CUT_OUTPUT (stream);
  Pipe      *pipe = self->pipe;

  if (is_cut (self->cut, FALSE, pipe->n_written))
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE,
                           "Torn while writing");
      return -1;
    }
  count = limit (self->cut, FALSE, pipe->n_written, count);
  g_byte_array_append (pipe->bytes, buffer, (guint) count);
  pipe->n_written += count;
  return (gssize) count;
}

static gboolean
cut_input_is_readable (GPollableInputStream *stream)
{
  CutInput *self = CUT_INPUT (stream);

  return self->pipe->bytes->len > 0 || self->pipe->has_ended
         || (self->cut != NULL && self->cut->kind != CUT_WRITE_ERROR
             && self->pipe->n_read >= self->cut->after);
}

static gboolean
cut_output_is_writable (GPollableOutputStream *stream)
{
  return TRUE;
}

/* --- What waits for them --- */

typedef struct
{
  GSource   base;
  CutInput *input; /* (unowned) (nullable): held by the parent source */
} Ready;

static gboolean
prepare (GSource *source, int *timeout)
{
  CutInput *input = ((Ready *) source)->input;

  *timeout = -1;
  return input == NULL
         || cut_input_is_readable (G_POLLABLE_INPUT_STREAM (input));
}

static gboolean
check (GSource *source)
{
  int timeout;

  return prepare (source, &timeout);
}

static gboolean
dispatch (GSource *source, GSourceFunc callback, gpointer data)
{
  return G_SOURCE_CONTINUE;
}

static GSource *
make_source (gpointer stream, CutInput *input)
{
  static GSourceFuncs funcs
      = { .prepare = prepare, .check = check, .dispatch = dispatch };
  GSource *source = g_pollable_source_new (stream);
  g_autoptr (GSource) ready = g_source_new (&funcs, sizeof (Ready));

  ((Ready *) ready)->input = input;
  g_source_add_child_source (source, ready);
  return source;
}

static GSource *
cut_input_make_source (GPollableInputStream *stream, GCancellable *cancellable)
{
  return make_source (stream, CUT_INPUT (stream));
}

static GSource *
cut_output_make_source (GPollableOutputStream *stream,
                        GCancellable          *cancellable)
{
  return make_source (stream, NULL);
}

/* --- The classes --- */

static void
cut_input_init_interface (GPollableInputStreamInterface *iface)
{
  iface->read_nonblocking = cut_input_read;
  iface->is_readable = cut_input_is_readable;
  iface->create_source = cut_input_make_source;
}

static void
cut_output_init_interface (GPollableOutputStreamInterface *iface)
{
  iface->write_nonblocking = cut_output_write;
  iface->is_writable = cut_output_is_writable;
  iface->create_source = cut_output_make_source;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (
    CutInput,
    cut_input,
    G_TYPE_INPUT_STREAM,
    G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_INPUT_STREAM,
                           cut_input_init_interface))
G_DEFINE_FINAL_TYPE_WITH_CODE (
    CutOutput,
    cut_output,
    G_TYPE_OUTPUT_STREAM,
    G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_OUTPUT_STREAM,
                           cut_output_init_interface))

static void
cut_input_finalize (GObject *object)
{
  pipe_unref (CUT_INPUT (object)->pipe);
  G_OBJECT_CLASS (cut_input_parent_class)->finalize (object);
}

static void
cut_input_class_init (CutInputClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cut_input_finalize;
}

static void
cut_input_init (CutInput *self)
{
}

static gboolean
cut_output_close (GOutputStream *stream,
                  GCancellable  *cancellable,
                  GError       **error)
{
  CUT_OUTPUT (stream)->pipe->has_ended = TRUE;
  g_main_context_wakeup (NULL);
  return TRUE;
}

static void
cut_output_finalize (GObject *object)
{
  pipe_unref (CUT_OUTPUT (object)->pipe);
  G_OBJECT_CLASS (cut_output_parent_class)->finalize (object);
}

static void
cut_output_class_init (CutOutputClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cut_output_finalize;
  G_OUTPUT_STREAM_CLASS (klass)->close_fn = cut_output_close;
}

static void
cut_output_init (CutOutput *self)
{
}

static GIOStream *
make_end (Pipe *in, Pipe *out, Cut *cut)
{
  g_autoptr (CutInput) input = g_object_new (CUT_TYPE_INPUT, NULL);
  g_autoptr (CutOutput) output = g_object_new (CUT_TYPE_OUTPUT, NULL);

  input->pipe = in;
  output->pipe = out;
  input->cut = output->cut = cut;
  return g_simple_io_stream_new (G_INPUT_STREAM (input),
                                 G_OUTPUT_STREAM (output));
}

void
cut_stream_make_pair (Cut *cut, GIOStream *ends[2])
{
  Pipe *up = pipe_new (), *down = pipe_new ();

  ends[0] = make_end (down, up, cut);
  ends[1] = make_end (up, down, NULL);
}
