/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "async-test.h"

#include <gio/gunixinputstream.h>
#include <string.h>
#include <unistd.h>

/* Messages that are sent as streams. */

#define LARGE (24 * 1024 * 1024)

/* --- Sending a stream --- */

static GInputStream *
make_input (gsize len)
{
  return g_memory_input_stream_new_from_data (g_strnfill (len, 'x'),
                                              (gssize) len, g_free);
}

/* The frames of one message; returns its length. */
static gsize
take_message (RawPeer *peer, guint8 opcode)
{
  gsize    len = 0;
  gboolean fin = FALSE;

  while (!fin)
    {
      g_auto (RawFrame) frame = raw_peer_take_frame (peer);

      g_assert_cmphex (frame.first & 0x7f, ==, opcode);
      opcode = 0;
      fin = (frame.first & 0x80) != 0;
      len += frame.payload->len;
    }
  return len;
}

static void
test_sent (Half *half, gconstpointer data)
{
  static const gsize lengths[] = { 0, 1, 64 * 1024, 200 * 1000 };
  g_auto (Outcome) sent = { 0 };
  g_auto (Outcome) second = { 0 };

  ws_socket_set_write_high_water_mark (half->socket, 10 * 1000);
  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      g_autoptr (GInputStream) input = make_input (lengths[i]);
      g_autoptr (GInputStream) other = make_input (10);

      begin_send_stream (half->socket, WS_MESSAGE_TYPE_TEXT, input, NULL,
                         &sent);
      api_socket_send (half->socket, "behind");
      begin_send_stream (half->socket, WS_MESSAGE_TYPE_BINARY, other, NULL,
                         &second);
      api_socket_send (half->socket, "last");
      g_assert_cmpuint (ws_socket_get_bytes_to_write (half->socket), >, 0);
      g_assert_cmpuint (take_message (half->peer, 1), ==, lengths[i]);
      raw_peer_expect_text (half->peer, "behind");
      g_assert_cmpuint (take_message (half->peer, 2), ==, 10);
      raw_peer_expect_text (half->peer, "last");
      outcome_expect (&sent, END_WELL);
      outcome_expect (&second, END_WELL);
      outcome_clear (&sent);
      outcome_clear (&second);
    }
  ws_socket_abort (half->socket);
}

/* The stream is not read while the peer does not read. */
static void
test_send_back_pressure (Half *half, gconstpointer data)
{
  g_autoptr (GInputStream) input = make_input (LARGE);
  g_auto (Outcome) sent = { 0 };

  fill_buffer (half);
  ws_socket_set_max_bytes_to_write (half->socket, LARGE);
  begin_send_stream (half->socket, WS_MESSAGE_TYPE_BINARY, input, NULL, &sent);
  settle ();
  g_assert_cmpuint (ws_socket_get_bytes_to_write (half->socket), <,
                    1024 * 1024 + 128 * 1024);
  g_assert_cmpuint (sent.number, ==, 0);
  raw_peer_set_reading (half->peer, TRUE);
  for (guint8 first = 0x82; first != 0x02;)
    {
      g_auto (RawFrame) frame = raw_peer_take_frame (half->peer);

      first = frame.first;
    }
  g_assert_cmpuint (take_message (half->peer, 0), >, LARGE - 128 * 1024);
  outcome_expect (&sent, END_WELL);
  ws_socket_abort (half->socket);
}

/* Nothing was sent of it: nothing has happened. */
static void
test_send_fails_early (Half *half, gconstpointer data)
{
  g_autoptr (GInputStream) closed = make_input (10);
  g_autoptr (GInputStream) bad
      = g_memory_input_stream_new_from_data ("\xff", 1, NULL);
  g_auto (Outcome) sent = { 0 };

  g_input_stream_close (closed, NULL, NULL);
  begin_send_stream (half->socket, WS_MESSAGE_TYPE_BINARY, closed, NULL, &sent);
  api_socket_send (half->socket, "behind");
  ws_test_until (NULL, sent.number != 0);
  g_assert_error (sent.error, G_IO_ERROR, G_IO_ERROR_CLOSED);
  raw_peer_expect_text (half->peer, "behind");
  outcome_clear (&sent);
  begin_send_stream (half->socket, WS_MESSAGE_TYPE_TEXT, bad, NULL, &sent);
  outcome_expect (&sent, END_INVALID_UTF8);
  g_assert_true (ws_socket_is_valid (half->socket));
  ws_socket_abort (half->socket);
}

/* Some was sent: the connection is closed, and nothing follows it. */
static void
test_send_fails_late (Half *half, gconstpointer data)
{
  gsize            len = 64 * 1024 + 1;
  g_autofree char *text = g_strnfill (len, 'x');
  g_autoptr (GInputStream) input = NULL;
  g_auto (Outcome) sent = { 0 };

  text[len - 1] = (char) 0xff;
  input = g_memory_input_stream_new_from_data (text, (gssize) len, NULL);
  begin_send_stream (half->socket, WS_MESSAGE_TYPE_TEXT, input, NULL, &sent);
  api_socket_send (half->socket, "never sent");
  outcome_expect (&sent, END_INVALID_UTF8);
  expect_frame (half->peer, 0x01, 64 * 1024);
  raw_peer_expect_close (half->peer, 1011, NULL);
  ws_socket_abort (half->socket);
}

static void
test_send_cancelled_late (Half *half, gconstpointer data)
{
  int fds[2];
  g_autoptr (GInputStream) input = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_auto (Outcome) sent = { 0 };

  g_assert_cmpint (pipe (fds), ==, 0);
  input = g_unix_input_stream_new (fds[0], TRUE);
  g_assert_cmpint (write (fds[1], "begin", 5), ==, 5);
  begin_send_stream (half->socket, WS_MESSAGE_TYPE_TEXT, input, cancellable,
                     &sent);
  expect_frame (half->peer, 0x01, 5);
  g_cancellable_cancel (cancellable);
  outcome_expect (&sent, END_CANCELLED);
  raw_peer_expect_close (half->peer, 1011, NULL);
  ws_socket_abort (half->socket);
  settle ();
  close (fds[1]);
}

/* --- Writing a message --- */

static GOutputStream *
begin_message (WsSocket *socket, WsMessageType type)
{
  g_autoptr (GError) error = NULL;
  GOutputStream *stream = ws_socket_begin_message (socket, type, &error);

  g_assert_no_error (error);
  return stream;
}

static void
test_written (Half *half, gconstpointer data)
{
  GOutputStream *stream = begin_message (half->socket, WS_MESSAGE_TYPE_TEXT);
  g_autoptr (GError) error = NULL;

  g_assert_null (
      ws_socket_begin_message (half->socket, WS_MESSAGE_TYPE_TEXT, &error));
  g_assert_error (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_OPERATION);
  api_socket_send (half->socket, "behind");
  g_assert_true (
      g_output_stream_write_all (stream, "gr\xc3", 3, NULL, NULL, NULL));
  g_assert_true (ws_socket_ping (half->socket, NULL, NULL));
  g_assert_true (
      g_output_stream_write_all (stream, "\xbc\xc3\x9f", 3, NULL, NULL, NULL));
  g_assert_true (g_output_stream_flush (stream, NULL, NULL));
  g_assert_true (g_output_stream_close (stream, NULL, NULL));
  g_object_unref (stream);
  {
    guint n_pings = 0, n_fragments = 0;

    while (n_pings + n_fragments < 4)
      {
        g_auto (RawFrame) frame = raw_peer_take_frame (half->peer);

        if (frame.first == 0x89)
          n_pings++;
        else
          {
            static const guint8 firsts[] = { 0x01, 0x00, 0x80 };

            g_assert_cmphex (frame.first, ==, firsts[n_fragments]);
            n_fragments++;
          }
      }
  }
  raw_peer_expect_text (half->peer, "behind");

  stream = begin_message (half->socket, WS_MESSAGE_TYPE_BINARY);
  g_assert_true (g_output_stream_close (stream, NULL, NULL));
  g_object_unref (stream);
  expect_frame (half->peer, 0x82, 0);
  ws_socket_abort (half->socket);
}

static void
on_written (GObject *source, GAsyncResult *result, gpointer done)
{
  g_autoptr (GError) error = NULL;

  g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL,
                                    &error);
  g_assert_no_error (error);
  *(gboolean *) done = TRUE;
}

static void
test_write_back_pressure (Half *half, gconstpointer data)
{
  g_autofree char *text = g_strnfill (LARGE, 'x');
  GOutputStream   *stream;
  gboolean         done = FALSE;

  raw_peer_set_reading (half->peer, FALSE);
  stream = begin_message (half->socket, WS_MESSAGE_TYPE_TEXT);
  g_output_stream_write_all_async (stream, text, LARGE, 0, NULL, on_written,
                                   &done);
  settle ();
  g_assert_false (done);
  g_assert_cmpuint (ws_socket_get_bytes_to_write (half->socket), <,
                    2 * 1024 * 1024);
  raw_peer_set_reading (half->peer, TRUE);
  ws_test_until (NULL, done);
  g_assert_true (g_output_stream_close (stream, NULL, NULL));
  g_object_unref (stream);
  g_assert_cmpuint (take_message (half->peer, 1), ==, LARGE);
  ws_socket_abort (half->socket);
}

/* A message that is not complete must not look so. */
static void
test_write_dropped (Half *half, gconstpointer data)
{
  const gboolean *in_thread = data;
  GOutputStream  *stream;

  stream = begin_message (half->socket, WS_MESSAGE_TYPE_TEXT);
  g_object_unref (stream);
  settle ();
  api_socket_send (half->socket, "nothing was lost");
  raw_peer_expect_text (half->peer, "nothing was lost");

  stream = begin_message (half->socket, WS_MESSAGE_TYPE_TEXT);
  g_assert_true (g_output_stream_write_all (stream, "a", 1, NULL, NULL, NULL));
  api_socket_send (half->socket, "never sent");
  if (*in_thread)
    unref_in_thread (stream);
  else
    g_object_unref (stream);
  expect_frame (half->peer, 0x01, 1);
  raw_peer_expect_close (half->peer, 1011, NULL);
  ws_socket_abort (half->socket);
}

static void
test_write_bad_text (Half *half, gconstpointer data)
{
  g_autoptr (GOutputStream) stream
      = begin_message (half->socket, WS_MESSAGE_TYPE_TEXT);
  g_autoptr (GError) error = NULL;

  g_assert_true (
      g_output_stream_write_all (stream, "\xc3", 1, NULL, NULL, NULL));
  g_assert_false (g_output_stream_close (stream, NULL, &error));
  g_assert_error (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_INVALID_UTF8);
  expect_frame (half->peer, 0x01, 1);
  raw_peer_expect_close (half->peer, 1011, NULL);
  ws_socket_abort (half->socket);
}

/* Closing gives up what is not complete, and what waits behind it. */
static void
test_write_closed (Half *half, gconstpointer data)
{
  g_autoptr (GOutputStream) stream
      = begin_message (half->socket, WS_MESSAGE_TYPE_TEXT);
  g_autoptr (GError) error = NULL;

  g_assert_true (g_output_stream_write_all (stream, "a", 1, NULL, NULL, NULL));
  api_socket_send (half->socket, "never sent");
  g_assert_true (ws_socket_close (half->socket, 1000, NULL, NULL));
  g_assert_cmpint (g_output_stream_write (stream, "b", 1, NULL, &error), ==,
                   -1);
  g_assert_error (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_NOT_CONNECTED);
  expect_frame (half->peer, 0x01, 1);
  raw_peer_expect_close (half->peer, 1000, NULL);
  ws_socket_abort (half->socket);
}

/* --- Masks that run the main loop --- */

typedef struct
{
  WsMaskGenerator parent_instance;
  gboolean        is_busy;
} LoopMask;

typedef WsMaskGeneratorClass LoopMaskClass;

GType loop_mask_get_type (void);
G_DEFINE_TYPE (LoopMask, loop_mask, WS_TYPE_MASK_GENERATOR)

static guint32
loop_mask_next_mask (WsMaskGenerator *generator)
{
  LoopMask *self = (LoopMask *) generator;

  if (!self->is_busy)
    {
      self->is_busy = TRUE;
      settle ();
      self->is_busy = FALSE;
    }
  return 0x01020304;
}

static void
loop_mask_class_init (LoopMaskClass *klass)
{
  klass->next_mask = loop_mask_next_mask;
}

static void
loop_mask_init (LoopMask *self)
{
}

/* No part is sent twice, and none comes before another. */
static void
test_send_with_loop (Half *half, gconstpointer data)
{
  g_autoptr (WsMaskGenerator) mask = g_object_new (loop_mask_get_type (), NULL);
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GInputStream) input = NULL;
  g_auto (Outcome) outcome = { 0 };

  for (guint i = 0; i < 2000; i++)
    g_string_append_printf (text, "%u ", i);
  input = g_memory_input_stream_new_from_data (text->str, (gssize) text->len,
                                               NULL);
  ws_socket_set_outgoing_frame_size (half->socket, 100);
  ws_socket_set_mask_generator (half->socket, mask);
  begin_send_stream (half->socket, WS_MESSAGE_TYPE_TEXT, input, NULL, &outcome);
  api_socket_send (half->socket, "behind");
  outcome_expect (&outcome, END_WELL);
  g_assert_cmpuint (take_message (half->peer, 1), ==, text->len);
  raw_peer_expect_text (half->peer, "behind");
  ws_socket_set_mask_generator (half->socket, NULL);
  ws_socket_abort (half->socket);
}

int
main (int argc, char **argv)
{
  static const gboolean no = FALSE, yes = TRUE;

  api_test_init (&argc, &argv);
  half_add ("/api/streams/sent", NULL, test_sent);
  half_add ("/api/streams/send-back-pressure", NULL, test_send_back_pressure);
  half_add ("/api/streams/send-fails-early", NULL, test_send_fails_early);
  half_add ("/api/streams/send-fails-late", NULL, test_send_fails_late);
  half_add ("/api/streams/send-cancelled-late", NULL, test_send_cancelled_late);
  half_add ("/api/streams/written", NULL, test_written);
  half_add ("/api/streams/write-back-pressure", NULL, test_write_back_pressure);
  half_add ("/api/streams/write-dropped", &no, test_write_dropped);
  half_add ("/api/streams/write-dropped-in-thread", &yes, test_write_dropped);
  half_add ("/api/streams/write-bad-text", NULL, test_write_bad_text);
  half_add ("/api/streams/write-closed", NULL, test_write_closed);
  half_add_client ("/api/streams/send-with-loop", NULL, test_send_with_loop);
  return g_test_run ();
}
