/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api-test.h"

#include <string.h>

/* The contracts of receiving, and of keeping a connection alive. What a stream
 * of bytes means is tested with the protocol layer; here is what it leads
 * to. */

/* Breaking a rule fails the connection, names the rule, and reports no message.
 */

typedef struct
{
  const char *name;
  const char *wire; /* as a client's peer would get it, in hexadecimal */
  guint       code;
  int         error;
} BadFrame;

static const BadFrame bad_frames[] = {
  { "rsv1", "c1 00", 1002, WS_SOCKET_ERROR_PROTOCOL },
  { "opcode", "8b 00", 1002, WS_SOCKET_ERROR_PROTOCOL },
  { "long-control", "89 7e 00 7e", 1002, WS_SOCKET_ERROR_PROTOCOL },
  { "cut-control", "09 00", 1002, WS_SOCKET_ERROR_PROTOCOL },
  { "long-length", "82 7e 00 05 31 32 33 34 35", 1002,
    WS_SOCKET_ERROR_PROTOCOL },
  { "no-start", "80 00", 1002, WS_SOCKET_ERROR_PROTOCOL },
  { "no-end", "01 00 81 00", 1002, WS_SOCKET_ERROR_PROTOCOL },
  { "close-code", "88 02 03 ee", 1002, WS_SOCKET_ERROR_PROTOCOL },
  { "close-byte", "88 01 03", 1002, WS_SOCKET_ERROR_PROTOCOL },
  { "close-reason", "88 03 03 e8 ff", 1007, WS_SOCKET_ERROR_INVALID_UTF8 },
  { "utf8-early", "81 0a 61 ff", 1007, WS_SOCKET_ERROR_INVALID_UTF8 },
  { "utf8-late", "01 01 c3 80 01 28", 1007, WS_SOCKET_ERROR_INVALID_UTF8 },
  { "frame-limit", "82 7e 04 01", 1009, WS_SOCKET_ERROR_MESSAGE_TOO_BIG },
  { "masked", "81 80 00 00 00 00", 1002, WS_SOCKET_ERROR_PROTOCOL },
};

static void
test_bad_frame (Half *half, gconstpointer data)
{
  const BadFrame    *row = data;
  gsize              len;
  g_autofree guint8 *wire = ws_test_hex (row->wire, &len);
  g_autoptr (SignalLog) log = signal_log_new (half->socket);

  ws_socket_set_max_incoming_frame_size (half->socket, 1024);
  raw_peer_send_bytes (half->peer, wire, len);
  raw_peer_expect_close (half->peer, row->code, NULL);
  g_assert_cmpuint (ws_socket_get_close_code (half->socket), ==, row->code);
  g_assert_cmpstr (ws_socket_get_close_reason (half->socket), !=, "");
  g_assert_error (ws_socket_get_error (half->socket), WS_SOCKET_ERROR,
                  row->error);
  g_assert_true (g_str_has_prefix (log->words->str, "error:"));
  g_assert_null (strstr (log->words->str, "text:"));
  g_assert_null (strstr (log->words->str, "binary:"));
}

/* The other direction of masking. */
static void
test_unmasked (Half *half, gconstpointer data)
{
  half->peer->masks = FALSE;
  raw_peer_send_frame (half->peer, 0x81, "bare", 4);
  half->peer->masks = TRUE;
  raw_peer_expect_close (half->peer, 1002, NULL);
  g_assert_error (ws_socket_get_error (half->socket), WS_SOCKET_ERROR,
                  WS_SOCKET_ERROR_PROTOCOL);
}

/* A limit is named, with 1009; the rest of the message is not waited for. */
static void
test_message_limit (Half *half, gconstpointer data)
{
  char  part[600];
  char *reason;

  memset (part, 'a', sizeof part);
  ws_socket_set_max_incoming_message_size (half->socket, 1024);
  raw_peer_send_frame (half->peer, 0x01, part, sizeof part);
  raw_peer_send_frame (half->peer, 0x00, part, sizeof part);
  raw_peer_expect_close (half->peer, 1009, NULL);
  g_assert_error (ws_socket_get_error (half->socket), WS_SOCKET_ERROR,
                  WS_SOCKET_ERROR_MESSAGE_TOO_BIG);
  reason = strstr (ws_socket_get_close_reason (half->socket), "1024");
  g_assert_nonnull (reason);
}

/* A flood of tiny fragments is no way around the limit of a message. */
static void
test_max_fragments (Half *half, gconstpointer data)
{
  g_autoptr (SignalLog) log = signal_log_new (half->socket);

  g_assert_cmpuint (ws_socket_get_max_incoming_fragments (half->socket), ==,
                    128 * 1024);
  ws_socket_set_max_incoming_fragments (half->socket, 3);
  for (guint i = 0; i < 2; i++)
    {
      raw_peer_send_frame (half->peer, 0x01, "", 0);
      raw_peer_send_frame (half->peer, 0x00, "a", 1);
      raw_peer_send_frame (half->peer, 0x80 * (i == 0), "", 0);
    }
  raw_peer_send_frame (half->peer, 0x80, "", 0);
  raw_peer_expect_close (half->peer, 1009, NULL);
  g_assert_true (
      g_str_has_prefix (log->words->str, "text:a error:message-too-big "));
  g_assert_nonnull (strstr (ws_socket_get_close_reason (half->socket),
                            "max-incoming-fragments, 3"));
}

/* Users get whole messages, however many frames they came in. */
static void
test_within_limits (Half *half, gconstpointer data)
{
  g_autoptr (SignalLog) log = signal_log_new (half->socket);
  char part[512];

  memset (part, 'a', sizeof part);
  ws_socket_set_max_incoming_frame_size (half->socket, sizeof part);
  ws_socket_set_max_incoming_message_size (half->socket, 2 * sizeof part);
  raw_peer_send_frame (half->peer, 0x02, part, sizeof part);
  raw_peer_send_frame (half->peer, 0x80, part, sizeof part);
  ws_test_until (NULL, log->words->len > 0);
  signal_log_expect (log, "binary:1024");
}

/* Any split: each byte in an iteration of its own. */
static void
test_single_bytes (Half *half, gconstpointer data)
{
  static const guint8 wire[]
      = { 0x01, 0x02, 'a',  0xc3, 0x89, 0x01, 'p',  0x80, 0x02, 0xa9,
          'b',  0x82, 0x03, 1,    2,    3,    0x88, 0x02, 0x0f, 0xa0 };
  g_autoptr (SignalLog) log = signal_log_new (half->socket);

  for (guint i = 0; i < sizeof wire; i++)
    {
      raw_peer_send_bytes (half->peer, wire + i, 1);
      g_main_context_iteration (NULL, FALSE);
    }
  raw_peer_set_reading (half->peer, TRUE);
  ws_test_until (NULL, signal_log_count (log, "state=closing") > 0);
  g_assert_true (g_str_has_prefix (log->words->str, "text:a\u00e9b binary:3 "));
}

/* text-frame-received carries a cut character over to the next frame. */
static void
on_text_frame (GString *frames, const char *frame, gboolean is_last)
{
  g_string_append_printf (frames, "[%s]%s", frame, is_last ? "." : "");
}

static void
test_cut_character (Half *half, gconstpointer data)
{
  g_autoptr (GString) frames = g_string_new (NULL);
  g_autoptr (SignalLog) log = signal_log_new (half->socket);

  g_signal_connect_swapped (half->socket, "text-frame-received",
                            G_CALLBACK (on_text_frame), frames);
  raw_peer_send_frame (half->peer, 0x01, "a\xe2", 2);
  raw_peer_send_frame (half->peer, 0x00, "\x82", 1);
  raw_peer_send_frame (half->peer, 0x80,
                       "\xac"
                       "b",
                       2);
  ws_test_until (NULL, log->words->len > 0);
  signal_log_expect (log, "text:a\u20acb");
  g_assert_cmpstr (frames->str, ==, "[a][][\u20acb].");
}

/* U+FEFF is kept, non-characters are characters. */
static void
test_odd_characters (Half *half, gconstpointer data)
{
  g_autoptr (SignalLog) log = signal_log_new (half->socket);
  const char      *text = "\uFEFFa\uFFFE\U0010FFFF";
  g_autofree char *words = g_strconcat ("text:", text, NULL);

  raw_peer_send_frame (half->peer, 0x81, text, strlen (text));
  ws_test_until (NULL, log->words->len > 0);
  signal_log_expect (log, words);
}

/* Text with U+0000 comes whole as a message, cut as a string, with one warning
 * for a connection. */
static void
on_message (GByteArray *received, WsMessage *message)
{
  gsize         len;
  gconstpointer bytes = g_bytes_get_data (ws_message_get_bytes (message), &len);

  g_assert_cmpint (ws_message_get_message_type (message), ==,
                   WS_MESSAGE_TYPE_TEXT);
  g_assert_cmpstr (ws_message_get_text (message), ==, "a");
  g_byte_array_append (received, bytes, len);
}

/* Text with U+0000 comes whole, although the signal has a string of C. */
static void
test_nul (Half *half, gconstpointer data)
{
  g_autoptr (SignalLog) log = signal_log_new (half->socket);
  g_autoptr (GByteArray) received = g_byte_array_new ();

  g_signal_connect_swapped (half->socket, "message-received",
                            G_CALLBACK (on_message), received);
  for (guint i = 0; i < 3; i++)
    raw_peer_send_frame (half->peer, 0x81, "a\0b", 3);
  ws_test_until (NULL, received->len == 9);
  g_assert_cmpmem (received->data, received->len, "a\0ba\0ba\0b", 9);
  signal_log_expect (log, "text:a text:a text:a");
}

/* Received messages come before the end, however they arrive. */
static void
test_before_end (Half *half, gconstpointer data)
{
  g_autoptr (SignalLog) log = signal_log_new (half->socket);

  for (guint i = 0; i < 100; i++)
    raw_peer_send_frame (half->peer, 0x81, "m", 1);
  g_clear_pointer (&half->peer, raw_peer_free);
  ws_test_until (NULL, signal_log_count (log, "inactive") > 0);
  g_assert_cmpuint (signal_log_count (log, "text:m"), ==, 100);
  g_assert_true (
      g_str_has_suffix (log->words->str,
                        "text:m error:remote-host-closed "
                        "read-finished code=1006 " SIGNAL_LOG_ENDED));
}

/* A socket in the queue is not read until it is taken, be it that frames came
 * with the request or after it; nor does its peer's end reach it before. */
static void
test_pending (void)
{
  WsServer *server = api_server_new ();
  guint16   port = ws_server_get_server_port (server);
  g_autoptr (RawPeer) peer = raw_peer_connect (port);
  g_autofree char *request = raw_peer_make_request (NULL);
  g_autoptr (GString) whole = g_string_new (request);
  g_autoptr (SignalLog) log = NULL;
  WsSocket *socket;

  g_string_append_len (whole, "\x81\x85\0\0\0\0first", 11);
  raw_peer_send_bytes (peer, whole->str, whole->len);
  raw_peer_wait_head (peer);
  raw_peer_send_frame (peer, 0x89, "ping", 4);
  raw_peer_send_frame (peer, 0x81, "second", 6);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  /* The ping has no answer yet. */
  g_assert_cmpuint (peer->received->len, ==, 0);
  socket = api_server_take (server);
  log = signal_log_new (socket);
  ws_test_until (NULL, signal_log_count (log, "text:second") > 0);
  signal_log_expect (log, "text:first text:second");
  {
    g_auto (RawFrame) pong = raw_peer_take_frame (peer);

    g_assert_cmphex (pong.first, ==, 0x8a);
    g_assert_cmpstr ((const char *) pong.payload->data, ==, "ping");
  }
  g_clear_pointer (&peer, raw_peer_free);
  api_wait_state (socket, WS_STATE_UNCONNECTED);
  g_assert_finalize_object (socket);
  g_assert_finalize_object (server);
}

/* Keepalive: every received byte is life, what we write is none. */

/* Every byte that is received is a sign of life, not only a pong. */
static void
test_bytes_are_life (Half *half, gconstpointer data)
{
  /* A frame that does not end: one byte answers each ping, and no pong does. */
  static const guint8 start[] = { 0x82, 0x7d };
  static const guint8 masked[] = { 0x82, 0xfd, 0, 0, 0, 0 };

  if (half->peer->masks)
    raw_peer_send_bytes (half->peer, masked, sizeof masked);
  else
    raw_peer_send_bytes (half->peer, start, sizeof start);
  ws_socket_set_ping_timeout (half->socket, 2000);
  ws_socket_set_ping_interval (half->socket, 10);
  for (guint i = 0; i < 10; i++)
    {
      g_auto (RawFrame) ping = raw_peer_take_frame (half->peer);

      g_assert_cmphex (ping.first, ==, 0x89);
      raw_peer_send_bytes (half->peer, "x", 1);
    }
  g_assert_true (ws_socket_is_valid (half->socket));
}

static gboolean
chatter (gpointer user_data)
{
  if (ws_socket_is_valid (user_data))
    ws_test_ignore (ws_socket_send_text_message (user_data, "anybody?", NULL));
  return G_SOURCE_CONTINUE;
}

/* What we write is no sign of the peer's life. */
static void
test_writes_are_no_life (Half *half, gconstpointer data)
{
  guint source = g_timeout_add (2, chatter, half->socket);

  ws_socket_set_ping_timeout (half->socket, 30);
  ws_socket_set_ping_interval (half->socket, 30);
  api_wait_state (half->socket, WS_STATE_UNCONNECTED);
  g_source_remove (source);
  g_assert_error (ws_socket_get_error (half->socket), WS_SOCKET_ERROR,
                  WS_SOCKET_ERROR_SOCKET_TIMEOUT);
  g_assert_nonnull (
      strstr (ws_socket_get_error_string (half->socket), "ping-timeout"));
}

/* Qt: the parser's idle timer, 1001 as there. */
static void
test_frame_timeout (Half *half, gconstpointer data)
{
  ws_socket_set_frame_timeout (half->socket, 30);
  raw_peer_send_frame (half->peer, 0x01, "and then", 8);
  raw_peer_expect_close (half->peer, 1001, NULL);
  g_assert_error (ws_socket_get_error (half->socket), WS_SOCKET_ERROR,
                  WS_SOCKET_ERROR_SOCKET_TIMEOUT);
  g_assert_nonnull (
      strstr (ws_socket_get_close_reason (half->socket), "frame-timeout"));
}

int
main (int argc, char **argv)
{
  api_test_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (bad_frames); i++)
    {
      g_autofree char *path
          = g_strconcat ("/contracts/receiving/bad/", bad_frames[i].name, NULL);

      half_add_client (path, &bad_frames[i], test_bad_frame);
    }
  half_add_server ("/contracts/receiving/bad/unmasked", NULL, test_unmasked);
  half_add ("/contracts/receiving/message-limit", NULL, test_message_limit);
  half_add ("/contracts/receiving/max-fragments", NULL, test_max_fragments);
  half_add ("/contracts/receiving/within-limits", NULL, test_within_limits);
  half_add_client ("/contracts/receiving/single-bytes", NULL,
                   test_single_bytes);
  half_add ("/contracts/receiving/cut-character", NULL, test_cut_character);
  half_add ("/contracts/receiving/odd-characters", NULL, test_odd_characters);
  half_add ("/contracts/receiving/nul", NULL, test_nul);
  half_add ("/contracts/receiving/before-end", NULL, test_before_end);
  g_test_add_func ("/contracts/receiving/pending", test_pending);
  half_add ("/contracts/receiving/bytes-are-life", NULL, test_bytes_are_life);
  half_add ("/contracts/receiving/writes-are-no-life", NULL,
            test_writes_are_no_life);
  half_add ("/contracts/receiving/frame-timeout", NULL, test_frame_timeout);
  return g_test_run ();
}
