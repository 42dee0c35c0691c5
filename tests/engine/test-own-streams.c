/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A program's own stream may do anything while it is read or written: the one
 * here has its owner drop what is at work on it. */
#include "engine-rig.h"

#include "engine/ws-server-opening.h"

#include <string.h>

/* --- The stream --- */

typedef enum
{
  IN_READ,
  IN_WRITE,
  N_MOMENTS
} Moment;

typedef struct
{
  Moment moment;
  guint  n_left; /* calls until it happens */
  void (*act) (gpointer data);
  gpointer data;
  guint8   input[512];
  gsize    n_input;
  gsize    piece; /* that a read brings, and a write takes */
} Script;

static void
play (Script *script, Moment moment)
{
  if (script->moment == moment && script->n_left > 0 && --script->n_left == 0)
    script->act (script->data);
}

#define OWN_TYPE_INPUT (own_input_get_type ())
G_DECLARE_FINAL_TYPE (OwnInput, own_input, OWN, INPUT, GInputStream)
struct _OwnInput
{
  GInputStream parent_instance;
  Script      *script;
};

#define OWN_TYPE_OUTPUT (own_output_get_type ())
G_DECLARE_FINAL_TYPE (OwnOutput, own_output, OWN, OUTPUT, GOutputStream)
struct _OwnOutput
{
  GOutputStream parent_instance;
  Script       *script;
};

static gssize
own_input_read (GPollableInputStream *stream,
                void                 *buffer,
                gsize                 count,
                GError              **error)
{
  Script *script = OWN_INPUT (stream)->script;
  gsize   n = MIN (MIN (count, script->n_input), script->piece);

  memcpy (buffer, script->input, n);
  memmove (script->input, script->input + n, script->n_input - n);
  script->n_input -= n;
  play (script, IN_READ);
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
  Script            *script = OWN_OUTPUT (stream)->script;
  g_autofree guint8 *copy = NULL;

  play (script, IN_WRITE);
  /* So is what is to be written. */
  copy = g_memdup2 (buffer, count);
  return (gssize) MIN (count, script->piece);
}

static gboolean
is_ready (gpointer stream)
{
  return TRUE;
}

static GSource *
make_source (gpointer stream, GCancellable *cancellable)
{
  GSource *source = g_pollable_source_new (stream);
  g_autoptr (GSource) idle = g_idle_source_new ();

  g_source_set_dummy_callback (idle);
  g_source_add_child_source (source, idle);
  return source;
}

static void
own_input_init_interface (GPollableInputStreamInterface *iface)
{
  iface->read_nonblocking = own_input_read;
  iface->is_readable = (gboolean (*) (GPollableInputStream *)) is_ready;
  iface->create_source
      = (GSource * (*) (GPollableInputStream *, GCancellable *) ) make_source;
}

static void
own_output_init_interface (GPollableOutputStreamInterface *iface)
{
  iface->write_nonblocking = own_output_write;
  iface->is_writable = (gboolean (*) (GPollableOutputStream *)) is_ready;
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

static void
own_input_init (OwnInput *self)
{
}

static void
own_input_class_init (OwnInputClass *klass)
{
}

static void
own_output_init (OwnOutput *self)
{
}

static void
own_output_class_init (OwnOutputClass *klass)
{
}

static WsTransport *
make_transport (WsPoller *poller, Script *script)
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

static void
iterate (GMainContext *context)
{
  for (guint i = 0; i < 50; i++)
    g_main_context_iteration (context, FALSE);
}

/* --- A connection --- */

typedef struct
{
  Rig  *rig;
  guint deed;
} Deed;

/* Drops it, says and asks something, or lets all go on in a nested loop. */
static void
do_deed (gpointer data)
{
  Deed *deed = data;
  Rig  *rig = deed->rig;

  if (rig->engine == NULL)
    return;
  if (deed->deed == 0)
    g_clear_pointer (&rig->engine, ws_engine_drop);
  else if (deed->deed == 1)
    {
      rig_send_text (rig, "from inside");
      ws_engine_ping (rig->engine, (const guint8 *) "x", 1);
      ws_engine_flush (rig->engine);
    }
  else if (deed->deed == 2)
    ws_engine_close (rig->engine, 1000, NULL);
  else
    iterate (rig->context);
}

static void
check_engine (WsRole role, Moment moment, guint n, guint what, gsize piece)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (WsPoller) poller = ws_poller_get (context);
  g_autoptr (GByteArray) wire = g_byte_array_new ();
  Deed   deed = { .deed = what };
  Script script = {
    .moment = moment, .n_left = n, .act = do_deed, .data = &deed, .piece = piece
  };
  Rig *rig;

  rig = deed.rig
      = rig_new_for_transport (context, role, make_transport (poller, &script));
  rig->settings.outgoing_frame_size = 5;
  wire_append_text (wire, "Hello", role == WS_ROLE_SERVER);
  wire_append_text (wire, "there", role == WS_ROLE_SERVER);
  memcpy (script.input, wire->data, wire->len);
  script.n_input = wire->len;
  ws_engine_start (rig->engine);
  rig_send_text (rig, "Some text that is longer than a fragment");
  iterate (context);
  g_clear_pointer (&rig->engine, ws_engine_drop);
  rig_free (rig);
  iterate (context);
}

static void
test_engine (gconstpointer data)
{
  for (Moment moment = 0; moment < N_MOMENTS; moment++)
    for (guint n = 1; n <= 3; n++)
      for (guint what = 0; what < 4; what++)
        {
          check_engine (GPOINTER_TO_INT (data), moment, n, what, 4);
          check_engine (GPOINTER_TO_INT (data), moment, n, what, 4096);
        }
}

/* --- A server's opening --- */

typedef struct
{
  WsServerOpening *opening;
} Owner;

static void
free_opening (gpointer data)
{
  g_clear_pointer (&((Owner *) data)->opening, ws_server_opening_free);
}

static void
on_request (WsServerOpening *opening, gpointer user_data)
{
  WsHttpFault fault;

  ws_http_fault_set (&fault, 403, "Not you");
  ws_server_opening_refuse (opening, &fault);
}

static void
on_refused (WsServerOpening   *opening,
            const WsHttpFault *fault,
            gpointer           user_data)
{
}

static void
on_gone (WsServerOpening *opening, const GError *error, gpointer user_data)
{
  free_opening (user_data);
}

static const WsServerOpeningSink sink
    = { .request = on_request, .refused = on_refused, .gone = on_gone };

static void
check_opening (Moment moment, guint n, gsize piece)
{
  static const char request[] = "GET / HTTP/1.1\r\nHost: a\r\n"
                                "Upgrade: websocket\r\n"
                                "Connection: Upgrade\r\n"
                                "Sec-WebSocket-Key: "
                                "dGhlIHNhbXBsZSBub25jZQ==\r\n"
                                "Sec-WebSocket-Version: 13\r\n\r\n";
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (WsPoller) poller = ws_poller_get (context);
  WsServerOpeningOptions options = { .timeout = WS_TEST_DEADLINE * 1000 };
  Owner                  owner = { 0 };
  Script                 script = { .moment = moment,
                                    .n_left = n,
                                    .act = free_opening,
                                    .data = &owner,
                                    .n_input = strlen (request),
                                    .piece = piece };

  memcpy (script.input, request, strlen (request));
  owner.opening = ws_server_opening_new (make_transport (poller, &script),
                                         &options, &sink, &owner);
  iterate (context);
  free_opening (&owner);
  iterate (context);
}

static void
test_opening (void)
{
  for (Moment moment = 0; moment < N_MOMENTS; moment++)
    for (guint n = 1; n <= 3; n++)
      {
        check_opening (moment, n, 50);
        check_opening (moment, n, 4096);
      }
}

int
main (int argc, char *argv[])
{
  ws_test_init (&argc, &argv);
  g_test_add_data_func ("/engine/own-streams/client",
                        GINT_TO_POINTER (WS_ROLE_CLIENT), test_engine);
  g_test_add_data_func ("/engine/own-streams/server",
                        GINT_TO_POINTER (WS_ROLE_SERVER), test_engine);
  g_test_add_func ("/engine/own-streams/opening", test_opening);
  return g_test_run ();
}
