/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "own-stream.h"

#include <string.h>

void
own_stream_script_init (OwnStreamScript *self)
{
  *self = (OwnStreamScript){ .input = g_byte_array_new (), .piece = G_MAXSIZE };
}

void
own_stream_script_clear (OwnStreamScript *self)
{
  g_byte_array_unref (self->input);
}

static void
play (OwnStreamScript *script, OwnStreamMoment moment)
{
  if (script->moment == moment && script->n_left > 0 && --script->n_left == 0)
    script->act (script->data);
}

#define OWN_TYPE_INPUT (own_input_get_type ())
G_DECLARE_FINAL_TYPE (OwnInput, own_input, OWN, INPUT, GInputStream)
struct _OwnInput
{
  GInputStream     parent_instance;
  OwnStreamScript *script;
};

#define OWN_TYPE_OUTPUT (own_output_get_type ())
G_DECLARE_FINAL_TYPE (OwnOutput, own_output, OWN, OUTPUT, GOutputStream)
struct _OwnOutput
{
  GOutputStream    parent_instance;
  OwnStreamScript *script;
};

static gssize
own_input_read (GPollableInputStream *stream,
                void                 *buffer,
                gsize                 count,
                GError              **error)
{
  OwnStreamScript *script = OWN_INPUT (stream)->script;
  gsize            n = MIN (MIN (count, script->input->len), script->piece);

  memcpy (buffer, script->input->data, n);
  g_byte_array_remove_range (script->input, 0, (guint) n);
  play (script, OWN_STREAM_IN_READ);
  if (n > 0)
    return (gssize) n;
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK, "Later");
  return -1;
}

static gssize
own_output_write (GPollableOutputStream *stream,
                  const void            *buffer,
                  gsize                  count,
                  GError               **error)
{
  OwnStreamScript   *script = OWN_OUTPUT (stream)->script;
  g_autofree guint8 *copy = NULL;

  count = MIN (count, script->piece);
  play (script, OWN_STREAM_IN_WRITE);
  /* So is what is to be written. */
  copy = g_memdup2 (buffer, count);
  if (script->sent != NULL)
    script->sent (script->peer, copy, count);
  return (gssize) count;
}

static gboolean
own_input_is_readable (GPollableInputStream *stream)
{
  OwnStreamScript *script = OWN_INPUT (stream)->script;
  gboolean         is_readable = script->input->len > 0;

  play (script, OWN_STREAM_IN_LOOK);
  return is_readable;
}

static gboolean
own_output_is_writable (GPollableOutputStream *stream)
{
  return TRUE;
}

static OwnStreamScript *
get_script (gpointer stream)
{
  return OWN_IS_INPUT (stream) ? OWN_INPUT (stream)->script
                               : OWN_OUTPUT (stream)->script;
}

static GSource *
make_source (gpointer stream, GCancellable *cancellable)
{
  GSource *source = g_pollable_source_new (stream);
  g_autoptr (GSource) idle = g_idle_source_new ();

  play (get_script (stream), OWN_STREAM_IN_SOURCE);

  g_source_set_dummy_callback (idle);
  g_source_add_child_source (source, idle);
  return source;
}

static void
own_input_init_interface (GPollableInputStreamInterface *iface)
{
  iface->read_nonblocking = own_input_read;
  iface->is_readable = own_input_is_readable;
  iface->create_source
      = (GSource * (*) (GPollableInputStream *, GCancellable *) ) make_source;
}

static void
own_output_init_interface (GPollableOutputStreamInterface *iface)
{
  iface->write_nonblocking = own_output_write;
  iface->is_writable = own_output_is_writable;
  iface->create_source
      = (GSource * (*) (GPollableOutputStream *, GCancellable *) ) make_source;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (
    OwnInput,
    own_input,
    G_TYPE_INPUT_STREAM,
    G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_INPUT_STREAM,
                           own_input_init_interface))
G_DEFINE_FINAL_TYPE_WITH_CODE (
    OwnOutput,
    own_output,
    G_TYPE_OUTPUT_STREAM,
    G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_OUTPUT_STREAM,
                           own_output_init_interface))

static gboolean
close_half (gpointer stream)
{
  play (get_script (stream), OWN_STREAM_IN_CLOSE);
  return TRUE;
}

static gboolean
own_input_close (GInputStream *stream, GCancellable *cancel, GError **error)
{
  return close_half (stream);
}

static gboolean
own_output_close (GOutputStream *stream, GCancellable *cancel, GError **error)
{
  return close_half (stream);
}

static void
own_input_init (OwnInput *self)
{
}

static void
own_input_class_init (OwnInputClass *klass)
{
  G_INPUT_STREAM_CLASS (klass)->close_fn = own_input_close;
}

static void
own_output_init (OwnOutput *self)
{
}

static void
own_output_class_init (OwnOutputClass *klass)
{
  G_OUTPUT_STREAM_CLASS (klass)->close_fn = own_output_close;
}

WsTransport *
own_stream_make_transport (WsPoller *poller, OwnStreamScript *script)
{
  g_autoptr (OwnInput) input = g_object_new (OWN_TYPE_INPUT, NULL);
  g_autoptr (OwnOutput) output = g_object_new (OWN_TYPE_OUTPUT, NULL);
  g_autoptr (GIOStream) stream = NULL;
  WsTransport *transport;

  input->script = output->script = script;
  stream = g_simple_io_stream_new (G_INPUT_STREAM (input),
                                   G_OUTPUT_STREAM (output));
  transport = ws_transport_new_for_stream (poller, stream, NULL);
  g_assert_nonnull (transport);
  return transport;
}

void
own_stream_iterate (GMainContext *context)
{
  for (guint i = 0; i < 50; i++)
    g_main_context_iteration (context, FALSE);
}
