/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api-test.h"

#include <string.h>

/* The contracts of sending. */

/* Large enough that the kernel cannot take it. */
#define LARGE (8 * 1024 * 1024)

typedef struct
{
  guint   n_writes;
  guint64 n_bytes;
} Writes;

static void
on_bytes_written (Writes *writes, guint64 n_bytes)
{
  writes->n_writes++;
  writes->n_bytes += n_bytes;
}

static void
watch_writes (Half *half, Writes *writes)
{
  *writes = (Writes){ 0 };
  g_signal_connect_swapped (half->socket, "bytes-written",
                            G_CALLBACK (on_bytes_written), writes);
}

/* Ten sends of one iteration are one write, made by the end of the next. */
static void
test_one_write (Half *half, gconstpointer data)
{
  Writes   writes;
  gboolean is_client = half->server == NULL;

  watch_writes (half, &writes);
  for (guint i = 0; i < 10; i++)
    {
      g_autofree char *text = g_strdup_printf ("message %u", i);

      api_socket_send (half->socket, text);
    }
  g_assert_cmpuint (writes.n_writes, ==, 0);
  /* The peer does not read meanwhile: this iteration is ours. */
  raw_peer_set_reading (half->peer, FALSE);
  g_main_context_iteration (NULL, FALSE);
  g_assert_cmpuint (writes.n_writes, ==, 1);
  g_assert_cmpuint (writes.n_bytes, ==, 10 * (2 + 9 + (is_client ? 4 : 0)));
  g_assert_cmpuint (ws_socket_get_bytes_to_write (half->socket), ==, 0);
  raw_peer_set_reading (half->peer, TRUE);
  for (guint i = 0; i < 10; i++)
    {
      g_autofree char *text = g_strdup_printf ("message %u", i);

      raw_peer_expect_text (half->peer, text);
    }
}

/* flush() writes now: no iteration runs here. */
static void
test_flush (Half *half, gconstpointer data)
{
  Writes writes;

  watch_writes (half, &writes);
  g_assert_false (ws_socket_flush (half->socket));
  g_assert_cmpuint (writes.n_writes, ==, 0);
  api_socket_send (half->socket, "now");
  g_assert_cmpuint (ws_socket_get_bytes_to_write (half->socket), >, 3);
  g_assert_true (ws_socket_flush (half->socket));
  g_assert_cmpuint (writes.n_writes, ==, 1);
  g_assert_cmpuint (ws_socket_get_bytes_to_write (half->socket), ==, 0);
  raw_peer_expect_text (half->peer, "now");
}

/* flush() never blocks. */
static void
test_flush_full (Half *half, gconstpointer data)
{
  g_autofree char *text = g_strnfill (LARGE, 'a');

  raw_peer_set_reading (half->peer, FALSE);
  api_socket_send (half->socket, text);
  g_assert_true (ws_socket_flush (half->socket));
  g_assert_cmpuint (ws_socket_get_bytes_to_write (half->socket), >, 0);
  while (ws_socket_flush (half->socket))
    ;
  g_assert_cmpuint (ws_socket_get_bytes_to_write (half->socket), >, 0);
}

/* Takes frames until @len bytes of messages have come. */
static gsize
take_frames (RawPeer *peer, gsize len, GString *firsts)
{
  gsize size = 0;

  while (size < len)
    {
      g_auto (RawFrame) frame = raw_peer_take_frame (peer);

      g_string_append_printf (firsts, " %02x", frame.first);
      if (!(frame.first & 0x08))
        size += frame.payload->len;
    }
  return size;
}

/* Messages leave in order and whole, in frames of outgoing-frame-size. */
static void
test_fragments (Half *half, gconstpointer data)
{
  g_autoptr (GString) firsts = g_string_new (NULL);
  g_autoptr (GBytes) bytes = g_bytes_new_static ("12345", 5);

  ws_socket_set_outgoing_frame_size (half->socket, 4);
  api_socket_send (half->socket, "0123456789");
  api_socket_send (half->socket, "0123");
  ws_test_ignore (ws_socket_send_binary_message (half->socket, bytes, NULL));
  api_socket_send (half->socket, "");
  ws_socket_set_outgoing_frame_size (half->socket, 0);
  api_socket_send (half->socket, "0123456789");
  g_assert_cmpuint (take_frames (half->peer, 29, firsts), ==, 29);
  g_assert_cmpstr (firsts->str, ==, " 01 00 80 81 02 80 81 81");
}

/* A control frame overtakes what waits, between two fragments. */
static void
test_overtaking (Half *half, gconstpointer data)
{
  g_autofree char *text = g_strnfill (LARGE, 'a');
  g_autoptr (GString) firsts = g_string_new (NULL);

  ws_socket_set_outgoing_frame_size (half->socket, 512 * 1024);
  raw_peer_set_reading (half->peer, FALSE);
  api_socket_send (half->socket, text);
  ws_socket_flush (half->socket);
  g_assert_true (ws_socket_ping (half->socket, NULL, NULL));
  raw_peer_set_reading (half->peer, TRUE);
  g_assert_cmpuint (take_frames (half->peer, LARGE, firsts), ==, LARGE);
  g_assert_nonnull (strstr (firsts->str, " 89 00"));
}

/* What does not fit below max-bytes-to-write is refused whole. */
static void
test_buffer_full (Half *half, gconstpointer data)
{
  g_autofree char *text = g_strnfill (600, 'a');
  g_autoptr (GBytes) bytes = g_bytes_new (text, 600);
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) binary_error = NULL;
  guint64 before;

  ws_socket_set_max_bytes_to_write (half->socket, 1000);
  api_socket_send (half->socket, text);
  before = ws_socket_get_bytes_to_write (half->socket);
  g_assert_cmpint (ws_socket_send_text_message (half->socket, text, &error), ==,
                   -1);
  g_assert_error (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_BUFFER_FULL);
  g_assert_nonnull (strstr (error->message, "1000"));
  g_assert_cmpint (ws_socket_send_binary_message (half->socket, bytes,
                                                  &binary_error),
                   ==, -1);
  g_assert_error (binary_error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_BUFFER_FULL);
  g_assert_cmpuint (ws_socket_get_bytes_to_write (half->socket), ==, before);
  api_socket_send (half->socket, "small enough");
  raw_peer_expect_text (half->peer, text);
  raw_peer_expect_text (half->peer, "small enough");
  /* There is room again. */
  api_socket_send (half->socket, text);
  raw_peer_expect_text (half->peer, text);
}

/* Pings are counted with the rest: a peer that does not read costs no more for
 * being asked again and again. */
static void
test_ping_full (Half *half, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  ws_socket_set_max_bytes_to_write (half->socket, 1000);
  while (ws_socket_ping (half->socket, NULL, &error))
    g_assert_cmpuint (ws_socket_get_bytes_to_write (half->socket), <=, 1000);
  g_assert_error (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_BUFFER_FULL);
  g_assert_true (ws_socket_flush (half->socket));
  g_assert_true (ws_socket_ping (half->socket, NULL, NULL));
}

/* drained: once, at half of the mark. */
static void
assert_half (WsSocket *socket)
{
  g_assert_cmpuint (ws_socket_get_bytes_to_write (socket), <=, 512 * 1024);
}

/* Emitted when what waited falls below the mark, and only if it was above. */
static void
test_drained (Half *half, gconstpointer data)
{
  g_autofree char *text = g_strnfill (LARGE, 'a');
  g_autoptr (GString) firsts = g_string_new (NULL);
  guint n_drained = 0;

  api_count (half->socket, "drained", &n_drained);
  g_signal_connect (half->socket, "drained", G_CALLBACK (assert_half), NULL);
  api_socket_send (half->socket, "below the mark");
  raw_peer_expect_text (half->peer, "below the mark");
  g_assert_cmpuint (n_drained, ==, 0);
  raw_peer_set_reading (half->peer, FALSE);
  api_socket_send (half->socket, text);
  raw_peer_set_reading (half->peer, TRUE);
  take_frames (half->peer, LARGE, firsts);
  g_assert_cmpuint (n_drained, ==, 1);
}

/* A slow reader costs its own buffer, and nobody else anything. */
static void
test_slow_reader (void)
{
  WsServer *server = api_server_new ();
  guint16   port = ws_server_get_server_port (server);
  g_autoptr (RawPeer) slow = raw_peer_join (port, NULL);
  g_autoptr (RawPeer) quick = raw_peer_join (port, NULL);
  g_autoptr (WsSocket) to_slow = NULL;
  g_autoptr (WsSocket) to_quick = NULL;
  g_autofree char *text = g_strnfill (64 * 1024, 'a');
  g_autoptr (GError) error = NULL;

  raw_peer_set_reading (slow, FALSE);
  to_slow = api_server_take (server);
  to_quick = api_server_take (server);
  ws_socket_set_max_bytes_to_write (to_slow, LARGE);
  while (ws_socket_send_text_message (to_slow, text, &error) >= 0)
    ws_socket_flush (to_slow);
  g_assert_error (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_BUFFER_FULL);
  g_assert_cmpuint (ws_socket_get_bytes_to_write (to_slow), <=, LARGE);
  for (guint i = 0; i < 10; i++)
    {
      api_socket_send (to_quick, "at once");
      raw_peer_expect_text (quick, "at once");
    }
  g_assert_true (ws_socket_is_valid (to_slow));
  /* A full socket is no source that is always ready. */
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_false (g_main_context_pending (NULL));
  g_assert_finalize_object (server);
}

/* Arguments */
static void
test_arguments (Half *half, gconstpointer data)
{
  g_autoptr (GError) utf8_error = NULL;
  g_autoptr (GError) ping_error = NULL;
  guint8 payload[126] = { 0 };
  g_autoptr (GBytes) too_long = g_bytes_new (payload, 126);
  g_autoptr (GBytes) longest = g_bytes_new (payload, 125);
  g_auto (RawFrame) frame = { 0 };

  g_assert_cmpint (ws_socket_send_text_message (half->socket, "\xff",
                                                &utf8_error),
                   ==, -1);
  g_assert_error (utf8_error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_INVALID_UTF8);
  g_assert_false (ws_socket_ping (half->socket, too_long, &ping_error));
  g_assert_error (ping_error, WS_SOCKET_ERROR,
                  WS_SOCKET_ERROR_INVALID_ARGUMENT);
  g_assert_cmpuint (ws_socket_get_bytes_to_write (half->socket), ==, 0);
  g_assert_true (ws_socket_ping (half->socket, longest, NULL));
  frame = raw_peer_take_frame (half->peer);
  g_assert_cmphex (frame.first, ==, 0x89);
  g_assert_cmpuint (frame.payload->len, ==, 125);
}

/* Text with U+0000 is sent as a message. */
static void
test_nul (Half *half, gconstpointer data)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("a\0b", 3);
  g_autoptr (WsMessage) message = ws_message_new_text_bytes (bytes, NULL);
  g_auto (RawFrame) frame = { 0 };

  g_assert_cmpint (ws_socket_send_message (half->socket, message, NULL), ==, 3);
  frame = raw_peer_take_frame (half->peer);
  g_assert_cmphex (frame.first, ==, 0x81);
  g_assert_cmpmem (frame.payload->data, frame.payload->len, "a\0b", 3);
}

/* So do the characters of a string, as bindings have it. */
static void
test_characters (Half *half, gconstpointer data)
{
  static const gunichar text[] = { 'a', 0, 0xe4 };
  g_auto (RawFrame) frame = { 0 };
  g_autoptr (GError) error = NULL;
  gunichar surrogate = 0xd83d;

  g_assert_cmpint (ws_socket_send_characters (half->socket, &surrogate, 1,
                                              &error),
                   ==, -1);
  g_assert_error (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_INVALID_UTF8);
  g_assert_cmpint (ws_socket_send_characters (half->socket, text, 3, NULL), ==,
                   4);
  frame = raw_peer_take_frame (half->peer);
  g_assert_cmphex (frame.first, ==, 0x81);
  g_assert_cmpmem (frame.payload->data, frame.payload->len, "a\0\303\244", 4);
}

/* A ping is told by its pong; latency is that of the last. */

typedef struct
{
  guint   n_pongs;
  guint64 elapsed_ms;
  char   *payload;
} Pongs;

static void
on_pong (Pongs *pongs, guint64 elapsed_ms, GBytes *payload)
{
  gsize       len;
  const char *data = g_bytes_get_data (payload, &len);

  pongs->n_pongs++;
  pongs->elapsed_ms = elapsed_ms;
  g_free (pongs->payload);
  pongs->payload = g_strndup (data, len);
}

static void
test_pong (Half *half, gconstpointer data)
{
  g_autoptr (GBytes) payload = g_bytes_new_static ("are you there", 13);
  g_auto (RawFrame) ping = { 0 };
  Pongs pongs = { 0 };

  g_signal_connect_swapped (half->socket, "pong", G_CALLBACK (on_pong), &pongs);
  g_assert_cmpint (ws_socket_get_latency (half->socket), ==, -1);
  g_assert_true (ws_socket_ping (half->socket, payload, NULL));
  ping = raw_peer_take_frame (half->peer);
  g_assert_cmpstr ((const char *) ping.payload->data, ==, "are you there");
  raw_peer_send_frame (half->peer, 0x8a, ping.payload->data, ping.payload->len);
  ws_test_until (NULL, pongs.n_pongs == 1);
  g_assert_cmpstr (pongs.payload, ==, "are you there");
  g_assert_cmpuint (pongs.elapsed_ms, <, G_MAXUINT64);
  g_assert_cmpint (ws_socket_get_latency (half->socket), >=, 0);
  /* One that nobody asked for. */
  raw_peer_send_frame (half->peer, 0x8a, "surprise", 8);
  ws_test_until (NULL, pongs.n_pongs == 2);
  g_assert_cmpstr (pongs.payload, ==, "surprise");
  g_assert_cmpuint (pongs.elapsed_ms, ==, G_MAXUINT64);
  g_free (pongs.payload);
}

int
main (int argc, char **argv)
{
  api_test_init (&argc, &argv);
  half_add ("/contracts/sending/one-write", NULL, test_one_write);
  half_add ("/contracts/sending/flush", NULL, test_flush);
  half_add ("/contracts/sending/flush-full", NULL, test_flush_full);
  half_add ("/contracts/sending/fragments", NULL, test_fragments);
  half_add ("/contracts/sending/overtaking", NULL, test_overtaking);
  half_add ("/contracts/sending/buffer-full", NULL, test_buffer_full);
  half_add ("/contracts/sending/ping-full", NULL, test_ping_full);
  half_add ("/contracts/sending/drained", NULL, test_drained);
  g_test_add_func ("/contracts/sending/slow-reader", test_slow_reader);
  half_add ("/contracts/sending/arguments", NULL, test_arguments);
  half_add ("/contracts/sending/nul", NULL, test_nul);
  half_add ("/contracts/sending/characters", NULL, test_characters);
  half_add ("/contracts/sending/pong", NULL, test_pong);
  return g_test_run ();
}
