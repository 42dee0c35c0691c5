/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api-test.h"

#include <string.h>
#include <zlib.h>

/* permessage-deflate (RFC 7692) as a server speaks it, seen by raw peers. */

#define DEFLATE "permessage-deflate"
#define OFFER   "Sec-WebSocket-Extensions: " DEFLATE "\r\n"

/* "Hello" of RFC 7692, 7.2.3.1, and what refers to it in 7.2.3.2. */
#define HELLO       "\xf2\x48\xcd\xc9\xc9\x07\x00"
#define HELLO_AGAIN "\xf2\x00\x11\x00\x00"

typedef struct
{
  WsServer *server;
  RawPeer  *peer;
  WsSocket *socket;
} Setup;

static WsDeflateOptions *
make_options (gboolean keeps_history)
{
  WsDeflateOptions *options = ws_deflate_options_new ();

  ws_deflate_options_set_threshold (options, 0);
  if (keeps_history)
    ws_deflate_options_set_client_context_takeover (options, TRUE);
  return options;
}

static void
join (Setup *setup, const char *fields)
{
  setup->peer
      = raw_peer_join (ws_server_get_server_port (setup->server), fields);
  setup->socket = api_server_take (setup->server);
}

static void
leave (Setup *setup)
{
  g_clear_pointer (&setup->peer, raw_peer_free);
  g_clear_object (&setup->socket);
}

static void
set_up (Setup *setup, gconstpointer data)
{
  g_autoptr (WsDeflateOptions) options = make_options (TRUE);

  setup->server = api_server_new ();
  ws_server_set_compression (setup->server, options);
  join (setup, OFFER);
}

static void
tear_down (Setup *setup, gconstpointer data)
{
  leave (setup);
  g_assert_finalize_object (setup->server);
}

#define add(path, data, test) \
  g_test_add (path, Setup, data, set_up, test, tear_down)

/* --- Agreeing --- */

typedef struct
{
  const char *offer;  /* (nullable): none */
  const char *answer; /* "": declined */
  gboolean    keeps_history;
  guint       bits; /* of both windows, 0: as they are */
} Offer;

static const Offer offers[] = {
  { NULL, "", FALSE, 0 },
  { "x-webkit-deflate-frame", "", FALSE, 0 },
  { DEFLATE, DEFLATE "; client_no_context_takeover", FALSE, 0 },
  { DEFLATE, DEFLATE, TRUE, 0 },
  { DEFLATE "; client_max_window_bits",
    DEFLATE "; client_no_context_takeover; server_max_window_bits=10; "
            "client_max_window_bits=10",
    FALSE, 10 },
  { DEFLATE, "", TRUE, 10 },
  { DEFLATE "; server_no_context_takeover; client_max_window_bits=9",
    DEFLATE "; server_no_context_takeover; client_max_window_bits=9", TRUE, 0 },
  { DEFLATE "; mystery, " DEFLATE "; server_max_window_bits=8",
    DEFLATE "; server_max_window_bits=8", TRUE, 0 },
  { DEFLATE "; server_max_window_bits=16", "", TRUE, 0 },
  { DEFLATE "; client_no_context_takeover; client_no_context_takeover", "",
    TRUE, 0 },
};

static void
check_offer (Setup *setup, const Offer *row)
{
  g_autofree char *field
      = row->offer == NULL
            ? NULL
            : g_strdup_printf ("Sec-WebSocket-Extensions: %s\r\n", row->offer);
  g_autofree char *expected
      = g_strdup_printf ("\r\nSec-WebSocket-Extensions: %s\r\n", row->answer);
  g_autoptr (WsDeflateOptions) options = make_options (row->keeps_history);
  g_autoptr (WsDeflateOptions) used = NULL;
  gboolean agreed = *row->answer != '\0';

  if (row->bits != 0)
    {
      ws_deflate_options_set_client_max_window_bits (options, row->bits);
      ws_deflate_options_set_server_max_window_bits (options, row->bits);
    }
  ws_server_set_compression (setup->server, options);
  join (setup, field);
  g_test_message ("%s", row->offer);
  g_assert_cmpint (strstr (setup->peer->head, expected) != NULL, ==, agreed);
  if (!agreed)
    g_assert_null (strstr (setup->peer->head, "Extensions"));
  g_assert_cmpstr (ws_socket_get_extensions (setup->socket), ==, row->answer);
  used = ws_socket_get_compression (setup->socket);
  g_assert_cmpint (used != NULL, ==, agreed);
  leave (setup);
}

static void
test_offers (Setup *setup, gconstpointer data)
{
  leave (setup);
  for (guint i = 0; i < G_N_ELEMENTS (offers); i++)
    check_offer (setup, &offers[i]);
}

/* A server opts in. */
static void
test_default (Setup *setup, gconstpointer data)
{
  g_autoptr (WsServer) fresh = ws_server_new (NULL, WS_SSL_MODE_NON_SECURE);

  g_assert_null (ws_server_get_compression (fresh));
  ws_server_set_compression (setup->server, NULL);
  leave (setup);
  join (setup, OFFER);
  g_assert_cmpstr (ws_socket_get_extensions (setup->socket), ==, "");
  raw_peer_send_frame (setup->peer, 0xc1, HELLO, 7);
  raw_peer_expect_close (setup->peer, 1002, NULL);
}

/* What was agreed on can be read until the next connection. */
static void
test_end (Setup *setup, gconstpointer data)
{
  guint n_notified = 0;

  g_assert_cmpstr (ws_socket_get_extensions (setup->socket), ==, DEFLATE);
  api_count (setup->socket, "notify::extensions", &n_notified);
  raw_peer_send_close (setup->peer, 1000, "");
  api_wait_state (setup->socket, WS_STATE_UNCONNECTED);
  g_assert_cmpstr (ws_socket_get_extensions (setup->socket), ==, DEFLATE);
  g_assert_cmpuint (n_notified, ==, 0);
}

/* --- Receiving --- */

typedef struct
{
  const char *name;
  const char *wire; /* as a client's peer would get it, in hexadecimal */
  const char *words;
} Message;

static const Message messages[] = {
  { "hello", "c1 07 f2 48 cd c9 c9 07 00", "text:Hello" },
  { "fragments", "41 03 f2 48 cd 80 04 c9 c9 07 00", "text:Hello" },
  { "control-between", "41 03 f2 48 cd 89 00 80 04 c9 c9 07 00", "text:Hello" },
  { "takeover", "c1 07 f2 48 cd c9 c9 07 00 c1 05 f2 00 11 00 00",
    "text:Hello text:Hello" },
  { "stored", "c1 0b 00 05 00 fa ff 48 65 6c 6c 6f 00", "text:Hello" },
  { "bfinal", "c1 08 f3 48 cd c9 c9 07 00 00", "text:Hello" },
  { "two-blocks", "c1 0d f2 48 05 00 00 00 ff ff ca c9 c9 07 00",
    "text:Hello" },
  { "mixed", "81 02 48 69 c1 07 f2 48 cd c9 c9 07 00 82 01 00",
    "text:Hi text:Hello binary:1" },
  { "empty", "c1 01 00 c1 00 c2 01 00 82 00", "text: text: binary:0 binary:0" },
};

static void
test_message (Setup *setup, gconstpointer data)
{
  const Message     *row = data;
  gsize              len;
  g_autofree guint8 *wire = ws_test_hex (row->wire, &len);
  g_autoptr (SignalLog) log = signal_log_new (setup->socket);
  gsize i = 0;

  /* Every frame is masked on its way. */
  while (i < len)
    {
      gsize n = wire[i + 1];

      raw_peer_send_frame (setup->peer, wire[i], wire + i + 2, n);
      i += 2 + n;
    }
  ws_test_until (NULL, log->words->len >= strlen (row->words));
  signal_log_expect (log, row->words);
}

typedef struct
{
  const char *name;
  guint8      first[2]; /* of each frame; 0: none */
  const char *payload[2];
  gsize       len[2];
  guint       code;
  int         error;
} Bad;

static const Bad bad[] = {
  { "rsv2", { 0xa1 }, { HELLO }, { 7 }, 1002, WS_SOCKET_ERROR_PROTOCOL },
  { "rsv3", { 0x91 }, { HELLO }, { 7 }, 1002, WS_SOCKET_ERROR_PROTOCOL },
  { "control", { 0xc9 }, { "" }, { 0 }, 1002, WS_SOCKET_ERROR_PROTOCOL },
  { "continuation",
    { 0x41, 0xc0 },
    { HELLO, "\x48" },
    { 3, 1 },
    1002,
    WS_SOCKET_ERROR_PROTOCOL },
  { "garbage",
    { 0xc2 },
    { "\xff\xff\xff\xff" },
    { 4 },
    1007,
    WS_SOCKET_ERROR_INVALID_UTF8 },
  { "cut", { 0xc2 }, { HELLO }, { 3 }, 1007, WS_SOCKET_ERROR_INVALID_UTF8 },
  { "unknown-history",
    { 0xc1 },
    { HELLO_AGAIN },
    { 5 },
    1007,
    WS_SOCKET_ERROR_INVALID_UTF8 },
  { "utf8",
    { 0xc1 },
    { "\x00\x02\x00\xfd\xff\xc3\x28\x00" },
    { 8 },
    1007,
    WS_SOCKET_ERROR_INVALID_UTF8 },
  { "utf8-early",
    { 0x41 },
    { "\x00\x02\x00\xfd\xff\xc3\x28" },
    { 7 },
    1007,
    WS_SOCKET_ERROR_INVALID_UTF8 },
};

static void
test_bad (Setup *setup, gconstpointer data)
{
  const Bad *row = data;
  g_autoptr (SignalLog) log = signal_log_new (setup->socket);

  for (guint i = 0; i < 2 && row->first[i] != 0; i++)
    raw_peer_send_frame (setup->peer, row->first[i], row->payload[i],
                         row->len[i]);
  raw_peer_expect_close (setup->peer, row->code, NULL);
  g_assert_error (ws_socket_get_error (setup->socket), WS_SOCKET_ERROR,
                  row->error);
  g_assert_null (strstr (log->words->str, "text:"));
}

/* (transfer full): @len zero bytes, compressed by zlib itself. */
static GByteArray *
make_bomb (gsize len)
{
  g_autofree guint8 *plain = g_malloc0 (len);
  z_stream           stream = { 0 };
  GByteArray        *bomb = g_byte_array_sized_new (len / 100 + 1024);

  g_byte_array_set_size (bomb, len / 100 + 1024);
  g_assert_cmpint (deflateInit2 (&stream, 9, Z_DEFLATED, -15, 8,
                                 Z_DEFAULT_STRATEGY),
                   ==, Z_OK);
  stream.next_in = plain;
  stream.avail_in = len;
  stream.next_out = bomb->data;
  stream.avail_out = bomb->len;
  g_assert_cmpint (deflate (&stream, Z_SYNC_FLUSH), ==, Z_OK);
  g_byte_array_set_size (bomb, bomb->len - stream.avail_out - 4);
  deflateEnd (&stream);
  return bomb;
}

static void
test_limit (Setup *setup, gconstpointer data)
{
  g_autoptr (WsDeflateOptions) options = make_options (FALSE);
  g_autoptr (GByteArray) bomb = make_bomb (2 * 1024 * 1024);
  g_autoptr (SignalLog) log = NULL;
  const GError *error;

  ws_deflate_options_set_max_ratio (options, 0);
  ws_server_set_compression (setup->server, options);
  leave (setup);
  join (setup, OFFER);
  log = signal_log_new (setup->socket);
  ws_socket_set_max_incoming_message_size (setup->socket, 1024 * 1024);
  raw_peer_send_frame (setup->peer, 0xc2, bomb->data, bomb->len);
  raw_peer_expect_close (setup->peer, 1009, NULL);
  error = ws_socket_get_error (setup->socket);
  g_assert_error (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_MESSAGE_TOO_BIG);
  g_assert_nonnull (strstr (error->message, "max-incoming-message-size"));
  g_assert_nonnull (strstr (error->message, "1048576"));
  g_assert_null (strstr (log->words->str, "binary:"));
}

/* No options need be set. */
static void
test_default_ratio (Setup *setup, gconstpointer data)
{
  g_autoptr (GByteArray) bomb = make_bomb (2 * 1024 * 1024);
  const GError *error;

  raw_peer_send_frame (setup->peer, 0xc2, bomb->data, bomb->len);
  raw_peer_expect_close (setup->peer, 1009, NULL);
  error = ws_socket_get_error (setup->socket);
  g_assert_error (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_MESSAGE_TOO_BIG);
  g_assert_nonnull (strstr (error->message, "200 times its size"));
}

static void
test_ratio (Setup *setup, gconstpointer data)
{
  g_autoptr (WsDeflateOptions) options = make_options (TRUE);
  g_autoptr (GByteArray) bomb = make_bomb (2 * 1024 * 1024);
  g_autoptr (GByteArray) small = make_bomb (60000);
  g_autoptr (SignalLog) log = NULL;
  const GError *error;

  ws_deflate_options_set_max_ratio (options, 100);
  ws_server_set_compression (setup->server, options);
  leave (setup);
  join (setup, OFFER);
  log = signal_log_new (setup->socket);
  raw_peer_send_frame (setup->peer, 0xc2, small->data, small->len);
  ws_test_until (NULL, log->words->len > 0);
  signal_log_expect (log, "binary:60000");
  raw_peer_send_frame (setup->peer, 0xc2, bomb->data, bomb->len);
  raw_peer_expect_close (setup->peer, 1009, NULL);
  error = ws_socket_get_error (setup->socket);
  g_assert_error (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_MESSAGE_TOO_BIG);
  g_assert_nonnull (strstr (error->message, "max-ratio"));
  g_assert_nonnull (strstr (error->message, "100"));
}

/* Frame signals give what a fragment becomes. */
static void
on_text_frame (WsSocket   *socket,
               const char *text,
               gboolean    is_last,
               GString    *all)
{
  g_string_append_printf (all, "%s%s", text, is_last ? ";" : ",");
}

static void
test_frames (Setup *setup, gconstpointer data)
{
  g_autoptr (GString) all = g_string_new (NULL);

  g_signal_connect (setup->socket, "text-frame-received",
                    G_CALLBACK (on_text_frame), all);
  raw_peer_send_frame (setup->peer, 0x41, "\x00\x03\x00\xfc\xffHel", 8);
  raw_peer_send_frame (setup->peer, 0x80, "\x00\x02\x00\xfd\xfflo\x00", 8);
  ws_test_until (NULL, g_str_has_suffix (all->str, ";"));
  g_assert_cmpstr (all->str, ==, "Hel,lo;");
}

/* --- Sending --- */

static void
test_send (Setup *setup, gconstpointer data)
{
  g_autoptr (WsStatistics) before = ws_socket_get_statistics (setup->socket);
  g_autoptr (WsStatistics) after = NULL;
  g_auto (RawFrame) first = { 0 };
  g_auto (RawFrame) again = { 0 };

  g_assert_cmpfloat (before->compression_ratio_sent, ==, 1);
  for (guint i = 0; i < 2; i++)
    api_socket_send (setup->socket, "Hello Hello Hello Hello");
  first = raw_peer_take_frame (setup->peer);
  again = raw_peer_take_frame (setup->peer);
  g_assert_cmphex (first.first, ==, 0xc1);
  g_assert_cmphex (again.first, ==, 0xc1);
  g_assert_cmpuint (first.payload->len, <, 23);
  /* The second one refers to the first. */
  g_assert_cmpuint (again.payload->len, <, first.payload->len);
  after = ws_socket_get_statistics (setup->socket);
  g_assert_cmpfloat_with_epsilon (after->compression_ratio_sent,
                                  (first.payload->len + again.payload->len)
                                      / 46.0,
                                  1e-6);
  g_assert_cmpfloat (after->compression_ratio_received, ==, 1);
}

/* Only the first fragment says that a message is compressed (RFC 7692, 6.1). */
static void
test_send_fragments (Setup *setup, gconstpointer data)
{
  char  noise[401];
  guint n = 0;

  for (guint i = 0; i < 400; i++)
    noise[i] = (char) (' ' + g_test_rand_int_range (0, 64));
  noise[400] = '\0';
  ws_socket_set_outgoing_frame_size (setup->socket, 100);
  api_socket_send (setup->socket, noise);
  for (gboolean is_last = FALSE; !is_last; n++)
    {
      g_auto (RawFrame) frame = raw_peer_take_frame (setup->peer);

      is_last = (frame.first & 0x80) != 0;
      g_assert_cmphex (frame.first & 0x7f, ==, n == 0 ? 0x41 : 0);
      g_assert_cmpuint (frame.payload->len, <=, 100);
    }
  g_assert_cmpuint (n, ==, 4);
}

static void
test_send_short (Setup *setup, gconstpointer data)
{
  g_autoptr (WsDeflateOptions) options = ws_deflate_options_new ();
  g_auto (RawFrame) frame = { 0 };

  ws_server_set_compression (setup->server, options);
  leave (setup);
  join (setup, OFFER);
  api_socket_send (setup->socket, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
  raw_peer_expect_text (setup->peer, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
}

/* --- Idle --- */

static gboolean
on_later (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
  return G_SOURCE_REMOVE;
}

/* After a pause the next message stands alone; what the peer may refer to is
 * still known. */
static void
test_idle (Setup *setup, gconstpointer data)
{
  g_autoptr (WsDeflateOptions) options = make_options (TRUE);
  g_autoptr (SignalLog) log = NULL;
  gsize size[3];

  ws_deflate_options_set_idle_release (options, 20);
  ws_server_set_compression (setup->server, options);
  leave (setup);
  join (setup, OFFER);
  log = signal_log_new (setup->socket);
  raw_peer_send_frame (setup->peer, 0xc1, HELLO, 7);
  ws_test_until (NULL, log->words->len > 0);
  for (guint i = 0; i < 3; i++)
    {
      g_auto (RawFrame) frame = { 0 };

      if (i == 2)
        {
          gboolean is_later = FALSE;

          g_timeout_add (60, on_later, &is_later);
          ws_test_until (NULL, is_later);
        }
      api_socket_send (setup->socket, "Hello Hello Hello Hello");
      frame = raw_peer_take_frame (setup->peer);
      size[i] = frame.payload->len;
    }
  g_assert_cmpuint (size[1], <, size[0]);
  g_assert_cmpuint (size[2], ==, size[0]);
  signal_log_expect (log, "text:Hello");
  raw_peer_send_frame (setup->peer, 0xc1, HELLO_AGAIN, 5);
  ws_test_until (NULL, log->words->len > 0);
  signal_log_expect (log, "text:Hello");
}

/* --- Broadcasts --- */

/* Everybody gets what was agreed on with him; what is compressed for all fits
 * between what is compressed for one. */
static void
test_broadcast (Setup *setup, gconstpointer data)
{
  static const char        text[] = "Hello Hello Hello Hello";
  static const char *const fields[]
      = { OFFER, NULL,
          "Sec-WebSocket-Extensions: " DEFLATE "; server_max_window_bits=9\r\n",
          "Sec-WebSocket-Extensions: " DEFLATE
          "; server_no_context_takeover\r\n" };
  g_autoptr (WsMessage) message = ws_message_new_text (text);
  gsize size = 0;

  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      g_autoptr (WsStatistics) statistics = NULL;
      guint8 first = fields[i] != NULL ? 0xc1 : 0x81;

      leave (setup);
      join (setup, fields[i]);
      for (guint turn = 0; turn < 4; turn++)
        {
          g_auto (RawFrame) frame = { 0 };

          if (turn % 2 == 0)
            api_socket_send (setup->socket, text);
          else
            g_assert_cmpint (ws_server_broadcast (setup->server, message, NULL),
                             ==, 1);
          frame = raw_peer_take_frame (setup->peer);
          g_assert_cmphex (frame.first, ==, first);
          if (first == 0x81)
            continue;
          if (size == 0)
            size = frame.payload->len;
          /* None refers to an earlier one. */
          g_assert_cmpuint (frame.payload->len, ==, size);
        }
      statistics = ws_socket_get_statistics (setup->socket);
      g_assert_cmpfloat_with_epsilon (statistics->compression_ratio_sent,
                                      first == 0x81
                                          ? 1
                                          : (double) size / strlen (text),
                                      1e-6);
    }
}

int
main (int argc, char **argv)
{
  api_test_init (&argc, &argv);

  add ("/api/compression-server/offers", NULL, test_offers);
  add ("/api/compression-server/default", NULL, test_default);
  add ("/api/compression-server/end", NULL, test_end);
  for (guint i = 0; i < G_N_ELEMENTS (messages); i++)
    {
      g_autofree char *path = g_strconcat ("/api/compression-server/message/",
                                           messages[i].name, NULL);

      add (path, &messages[i], test_message);
    }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *path
          = g_strconcat ("/api/compression-server/bad/", bad[i].name, NULL);

      add (path, &bad[i], test_bad);
    }
  add ("/api/compression-server/limit", NULL, test_limit);
  add ("/api/compression-server/ratio", NULL, test_ratio);
  add ("/api/compression-server/default-ratio", NULL, test_default_ratio);
  add ("/api/compression-server/frames", NULL, test_frames);
  add ("/api/compression-server/send", NULL, test_send);
  add ("/api/compression-server/send-fragments", NULL, test_send_fragments);
  add ("/api/compression-server/send-short", NULL, test_send_short);
  add ("/api/compression-server/idle", NULL, test_idle);
  add ("/api/compression-server/broadcast", NULL, test_broadcast);
  return g_test_run ();
}
