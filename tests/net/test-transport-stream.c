/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/ws-transport.h"

#include "support/ws-test.h"

#include <sys/socket.h>
#include <unistd.h>

/* What only streams have, and the choice among the ways to take one. */

/* --- A pollable output that blocks when told to, as TLS does --- */

#define STUBBORN_TYPE_OUTPUT (stubborn_output_get_type ())
G_DECLARE_FINAL_TYPE (
    StubbornOutput, stubborn_output, STUBBORN, OUTPUT, GOutputStream)

struct _StubbornOutput
{
  GOutputStream parent_instance;
  gboolean      blocks;
  gsize         offered; /* by the write that blocked; 0: none */
  GString      *written; /* (owned) */
  GThread      *closed_by;
};

static gssize
stubborn_output_write_nonblocking (GPollableOutputStream *stream,
                                   const void            *buffer,
                                   gsize                  count,
                                   GError               **error)
{
  StubbornOutput *self = STUBBORN_OUTPUT (stream);

  if (self->offered > 0)
    g_assert_cmpuint (count, ==, self->offered);
  if (self->blocks)
    {
      self->offered = count;
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK, "full");
      return -1;
    }

  self->offered = 0;
  g_string_append_len (self->written, buffer, (gssize) count);
  return (gssize) count;
}

static void
stubborn_output_iface_init (GPollableOutputStreamInterface *iface)
{
  iface->write_nonblocking = stubborn_output_write_nonblocking;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (
    StubbornOutput,
    stubborn_output,
    G_TYPE_OUTPUT_STREAM,
    G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_OUTPUT_STREAM,
                           stubborn_output_iface_init))

static gboolean
stubborn_output_close (GOutputStream *stream,
                       GCancellable  *cancellable,
                       GError       **error)
{
  STUBBORN_OUTPUT (stream)->closed_by = g_thread_self ();
  return TRUE;
}

static void
stubborn_output_finalize (GObject *object)
{
  g_string_free (STUBBORN_OUTPUT (object)->written, TRUE);
  G_OBJECT_CLASS (stubborn_output_parent_class)->finalize (object);
}

static void
stubborn_output_class_init (StubbornOutputClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = stubborn_output_finalize;
  G_OUTPUT_STREAM_CLASS (klass)->close_fn = stubborn_output_close;
}

static void
stubborn_output_init (StubbornOutput *self)
{
  self->written = g_string_new (NULL);
}

/* --- */

/* (transfer full) */
static GIOStream *
stream_in_memory (const char *input, GOutputStream *output)
{
  g_autoptr (GInputStream) from
      = g_memory_input_stream_new_from_data (input, (gssize) strlen (input),
                                             NULL);

  return g_simple_io_stream_new (from, output);
}

static WsTransport *
transport_of (GIOStream *stream)
{
  g_autoptr (WsPoller) poller = ws_poller_get (NULL);
  g_autoptr (GError) error = NULL;
  WsTransport *transport = ws_transport_new_for_stream (poller, stream, &error);

  g_assert_no_error (error);
  return transport;
}

static gssize
write_text (WsTransport *transport, const char *text)
{
  GOutputVector vector = { text, strlen (text) };

  return ws_transport_writev (transport, &vector, 1, NULL);
}

static void
on_ready (gpointer user_data, GIOCondition condition)
{
  *(GIOCondition *) user_data |= condition;
}

static void
test_memory (void)
{
  g_autoptr (GOutputStream) output = g_memory_output_stream_new_resizable ();
  GIOStream   *stream = stream_in_memory ("in", output);
  WsTransport *transport = transport_of (stream);
  GIOCondition seen = 0;
  guint8       data[8];

  ws_transport_set_ready (transport, on_ready, &seen);
  ws_transport_want (transport, G_IO_IN | G_IO_OUT);
  ws_test_until (NULL, seen == (G_IO_IN | G_IO_OUT));

  g_assert_cmpint (ws_transport_read (transport, data, 8, NULL), ==, 2);
  g_assert_cmpint (ws_transport_read (transport, data, 8, NULL), ==, 0);
  g_assert_cmpint (write_text (transport, "out"), ==, 3);
  g_assert_cmpmem (
      g_memory_output_stream_get_data (G_MEMORY_OUTPUT_STREAM (output)),
      g_memory_output_stream_get_data_size (G_MEMORY_OUTPUT_STREAM (output)),
      "out", 3);
  g_assert_null (ws_transport_get_address (transport, TRUE));

  ws_transport_free (transport);
  g_assert_true (g_io_stream_is_closed (stream));
  g_assert_finalize_object (stream);
}

/* Closing is done here and now, by this thread. */
static void
test_closed_in_memory (void)
{
  StubbornOutput *output = g_object_new (STUBBORN_TYPE_OUTPUT, NULL);
  GIOStream      *stream = stream_in_memory ("", G_OUTPUT_STREAM (output));
  WsTransport    *transport = transport_of (stream);

  ws_transport_shutdown (transport);
  g_assert_true (output->closed_by == g_thread_self ());

  ws_transport_free (transport);
  g_assert_true (g_io_stream_is_closed (stream));
  g_assert_finalize_object (stream);
  g_assert_finalize_object (output);
}

static void
test_blocked_write_is_repeated (void)
{
  StubbornOutput *output = g_object_new (STUBBORN_TYPE_OUTPUT, NULL);
  GIOStream      *stream = stream_in_memory ("", G_OUTPUT_STREAM (output));
  WsTransport    *transport = transport_of (stream);
  GOutputVector   both[] = { { "one", 3 }, { "two", 3 } };

  output->blocks = TRUE;
  g_assert_cmpint (write_text (transport, "one"), ==, WS_IO_AGAIN);
  g_assert_cmpint (write_text (transport, "one more"), ==, WS_IO_AGAIN);
  output->blocks = FALSE;
  g_assert_cmpint (write_text (transport, "one more"), ==, 3);
  g_assert_cmpint (write_text (transport, " more"), ==, 5);
  g_assert_cmpint (ws_transport_writev (transport, both, 2, NULL), ==, 6);
  g_assert_cmpstr (output->written->str, ==, "one moreonetwo");

  ws_transport_free (transport);
  g_assert_finalize_object (stream);
  g_assert_finalize_object (output);
}

static void
test_not_pollable (void)
{
  g_autoptr (WsPoller) poller = ws_poller_get (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GOutputStream) memory = g_memory_output_stream_new_resizable ();
  g_autoptr (GOutputStream) output = g_buffered_output_stream_new (memory);
  g_autoptr (GIOStream) stream = stream_in_memory ("", output);

  g_assert_null (ws_transport_new_for_stream (poller, stream, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
  g_assert_nonnull (strstr (error->message, "GSimpleIOStream"));
}

/* --- Connections --- */

/* (transfer full): over TCP, for nothing else can be wrapped. */
static GSocketConnection *
connection_new (int *peer)
{
  g_autoptr (GSocketAddress) any
      = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr (GSocketAddress) address = NULL;
  g_autoptr (GSocket) listening = NULL;
  g_autoptr (GSocket) socket = NULL;
  g_autoptr (GError) error = NULL;

  listening
      = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, 0, &error);
  g_assert_no_error (error);
  g_assert_true (g_socket_bind (listening, any, TRUE, NULL));
  g_assert_true (g_socket_listen (listening, NULL));
  address = g_socket_get_local_address (listening, NULL);

  socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, 0, NULL);
  g_socket_connect (socket, address, NULL, &error);
  g_assert_no_error (error);
  *peer = accept (g_socket_get_fd (listening), NULL, NULL);
  g_assert_no_errno (*peer);
  return g_socket_connection_factory_create_connection (socket);
}

static void
test_closed_connection (void)
{
  g_autoptr (WsPoller) poller = ws_poller_get (NULL);
  g_autoptr (GSocketConnection) connection = NULL;
  g_autoptr (GError) error = NULL;
  int peer;

  connection = connection_new (&peer);
  g_io_stream_close (G_IO_STREAM (connection), NULL, NULL);
  g_assert_null (
      ws_transport_new_for_stream (poller, G_IO_STREAM (connection), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED);
  close (peer);
}

/* The transport is the connection's last friend. */
static void
test_connection_kept (void)
{
  int                peer;
  GSocketConnection *connection = connection_new (&peer);
  WsTransport       *transport = transport_of (G_IO_STREAM (connection));
  char               data[8];

  g_object_add_weak_pointer (G_OBJECT (connection), (gpointer *) &connection);
  g_object_unref (connection);
  g_assert_nonnull (connection);
  g_assert_cmpint (write_text (transport, "here"), ==, 4);
  g_assert_cmpint (read (peer, data, sizeof data), ==, 4);

  ws_transport_free (transport);
  g_assert_null (connection);
  g_assert_cmpint (read (peer, data, sizeof data), ==, 0);
  close (peer);
}

/* What wraps a connection is read through the wrapper. */
static void
test_wrapped_connection (void)
{
  int                peer;
  GSocketConnection *connection = connection_new (&peer);
  GSocketConnection *wrapper = g_tcp_wrapper_connection_new (
      G_IO_STREAM (connection), g_socket_connection_get_socket (connection));
  WsTransport *transport = transport_of (G_IO_STREAM (wrapper));
  g_autoptr (GSocketAddress) address = NULL;
  char data[8];

  g_assert_false (transport->klass->short_read_is_last);
  g_assert_cmpint (write_text (transport, "here"), ==, 4);
  g_assert_cmpint (read (peer, data, sizeof data), ==, 4);
  address = ws_transport_get_address (transport, FALSE);
  g_assert_nonnull (address);

  ws_transport_shutdown (transport);
  g_assert_cmpint (read (peer, data, sizeof data), ==, 0);
  g_assert_cmpint (write (peer, "late", 4), ==, 4);
  g_assert_cmpint (ws_transport_read (transport, (guint8 *) data, 8, NULL), ==,
                   4);

  ws_transport_free (transport);
  ws_test_until (NULL, g_io_stream_is_closed (G_IO_STREAM (wrapper)));
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_finalize_object (wrapper);
  g_assert_finalize_object (connection);
  close (peer);
}

int
main (int argc, char **argv)
{
  ws_test_init (&argc, &argv);

  g_test_add_func ("/net/transport-stream/memory", test_memory);
  g_test_add_func ("/net/transport-stream/closed-in-memory",
                   test_closed_in_memory);
  g_test_add_func ("/net/transport-stream/blocked-write-is-repeated",
                   test_blocked_write_is_repeated);
  g_test_add_func ("/net/transport-stream/not-pollable", test_not_pollable);
  g_test_add_func ("/net/transport-stream/closed-connection",
                   test_closed_connection);
  g_test_add_func ("/net/transport-stream/connection-kept",
                   test_connection_kept);
  g_test_add_func ("/net/transport-stream/wrapped-connection",
                   test_wrapped_connection);
  return g_test_run ();
}
