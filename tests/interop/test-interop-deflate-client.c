/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Our client speaks permessage-deflate with another library's echo server, with
 * each of its options: test-interop-deflate-client ws|websockets URL. */
#include <string.h>

#include <ws-glib/ws-glib.h>

#include "interop-client.h"
#include "support/ws-test.h"

#define DEFLATE "permessage-deflate"

static const char *base; /* the server's URL */

typedef struct
{
  const char *options;    /* the server's, as JSON */
  const char *extensions; /* what it must answer */
  gboolean    is_stored;  /* it does not make anything shorter */
} Row;

static const Row ws_rows[] = {
  { "true", DEFLATE },
  { "{}", DEFLATE },
  { "{\"threshold\":0}", DEFLATE },
  { "{\"threshold\":100000}", DEFLATE },
  { "{\"serverNoContextTakeover\":true}",
    DEFLATE "; server_no_context_takeover" },
  { "{\"clientNoContextTakeover\":true}",
    DEFLATE "; client_no_context_takeover" },
  { "{\"serverMaxWindowBits\":9}", DEFLATE "; server_max_window_bits=9" },
  { "{\"serverMaxWindowBits\":10}", DEFLATE "; server_max_window_bits=10" },
  { "{\"serverMaxWindowBits\":11}", DEFLATE "; server_max_window_bits=11" },
  { "{\"serverMaxWindowBits\":12}", DEFLATE "; server_max_window_bits=12" },
  { "{\"serverMaxWindowBits\":13}", DEFLATE "; server_max_window_bits=13" },
  { "{\"serverMaxWindowBits\":14}", DEFLATE "; server_max_window_bits=14" },
  { "{\"serverMaxWindowBits\":15}", DEFLATE "; server_max_window_bits=15" },
  { "{\"clientMaxWindowBits\":9}", DEFLATE "; client_max_window_bits=9" },
  { "{\"clientMaxWindowBits\":10}", DEFLATE "; client_max_window_bits=10" },
  { "{\"clientMaxWindowBits\":11}", DEFLATE "; client_max_window_bits=11" },
  { "{\"clientMaxWindowBits\":12}", DEFLATE "; client_max_window_bits=12" },
  { "{\"clientMaxWindowBits\":13}", DEFLATE "; client_max_window_bits=13" },
  { "{\"clientMaxWindowBits\":14}", DEFLATE "; client_max_window_bits=14" },
  { "{\"clientMaxWindowBits\":15}", DEFLATE "; client_max_window_bits=15" },
  { "{\"clientMaxWindowBits\":false}", DEFLATE },
  { "{\"concurrencyLimit\":1}", DEFLATE },
  { "{\"zlibDeflateOptions\":{\"level\":0}}", DEFLATE, TRUE },
  { "{\"zlibDeflateOptions\":{\"level\":1}}", DEFLATE },
  { "{\"zlibDeflateOptions\":{\"level\":9,\"memLevel\":1}}", DEFLATE },
  { "{\"zlibDeflateOptions\":{\"memLevel\":9}}", DEFLATE },
  { "{\"serverNoContextTakeover\":true,\"clientNoContextTakeover\":true,"
    "\"serverMaxWindowBits\":9,\"clientMaxWindowBits\":10,\"threshold\":0}",
    DEFLATE "; client_max_window_bits=10; server_no_context_takeover"
            "; client_no_context_takeover; server_max_window_bits=9" },
  { "false", "" },
};

static const Row websockets_rows[] = {
  { "{}", DEFLATE },
  { "{\"server_no_context_takeover\":true}",
    DEFLATE "; server_no_context_takeover" },
  { "{\"client_no_context_takeover\":true}",
    DEFLATE "; client_no_context_takeover" },
  { "{\"server_max_window_bits\":9}", DEFLATE "; server_max_window_bits=9" },
  { "{\"server_max_window_bits\":12}", DEFLATE "; server_max_window_bits=12" },
  { "{\"server_max_window_bits\":15}", DEFLATE "; server_max_window_bits=15" },
  { "{\"client_max_window_bits\":9}", DEFLATE "; client_max_window_bits=9" },
  { "{\"client_max_window_bits\":12}", DEFLATE "; client_max_window_bits=12" },
  { "{\"client_max_window_bits\":15,\"require_client_max_window_bits\":true}",
    DEFLATE "; client_max_window_bits=15" },
  { "{\"compress_settings\":{\"level\":0}}", DEFLATE, TRUE },
  { "{\"compress_settings\":{\"level\":9,\"memLevel\":1}}", DEFLATE },
  { "{\"server_no_context_takeover\":true,\"client_no_context_takeover\":true,"
    "\"server_max_window_bits\":9,\"client_max_window_bits\":10}",
    DEFLATE "; server_no_context_takeover; client_no_context_takeover"
            "; server_max_window_bits=9; client_max_window_bits=10" },
  { "false", "" },
};

static const gsize sizes[]
    = { 0, 1, 100, 255, 256, 1023, 1024, 5000, 65535, 65536, 200000 };
/* Each of these is four times half a second of zlib's: for one row, as no
 * option sees further back than 32 KiB. */
#define LARGE (1024 * 1024)

/* (transfer full): words that deflate makes shorter, and no two alike. */
static char *
make_text (gsize size)
{
  static const char *const words[] = { "alpha", "beta", "{\"id\":", "},[" };
  GString                 *text = g_string_new (NULL);

  for (guint i = (guint) size + 1; text->len < size;
       i = (i * 1103515245 + 12345) % 65536)
    g_string_append_printf (text, "%s%u", words[i % 4], i);
  return g_string_free (g_string_truncate (text, size), FALSE);
}

/* (transfer full): bytes that deflate cannot make shorter. */
static GBytes *
make_noise (gsize size)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed ((guint32) size);
  guint8 *noise = g_malloc (size);

  for (gsize i = 0; i < size; i++)
    noise[i] = (guint8) g_rand_int_range (rand, 0, 256);
  return g_bytes_new_take (noise, size);
}

/* Sends all at once, so that later messages can refer to earlier ones. */
static void
echo_size (InteropClient *client, gsize size)
{
  g_autofree char *text = make_text (size);
  g_autoptr (GBytes) bytes = g_bytes_new (text, size);
  g_autoptr (GBytes) noise = make_noise (size);

  ws_test_ignore (ws_socket_send_text_message (client->socket, text, NULL));
  ws_test_ignore (ws_socket_send_binary_message (client->socket, bytes, NULL));
  ws_test_ignore (ws_socket_send_binary_message (client->socket, noise, NULL));
  ws_test_ignore (ws_socket_send_text_message (client->socket, text, NULL));
  interop_client_expect (client, WS_MESSAGE_TYPE_TEXT, text, size);
  interop_client_expect (client, WS_MESSAGE_TYPE_BINARY, text, size);
  interop_client_expect (client, WS_MESSAGE_TYPE_BINARY,
                         g_bytes_get_data (noise, NULL), size);
  interop_client_expect (client, WS_MESSAGE_TYPE_TEXT, text, size);
}

/* What was agreed on is also made use of. */
static void
assert_shorter (InteropClient *client, const Row *row)
{
  g_autoptr (WsStatistics) statistics
      = ws_socket_get_statistics (client->socket);
  gboolean is_agreed = *row->extensions != '\0';

  g_assert_cmpint (statistics->wire_bytes_sent < statistics->payload_bytes_sent,
                   ==, is_agreed);
  g_assert_cmpint (statistics->wire_bytes_received
                       < statistics->payload_bytes_received,
                   ==, is_agreed && !row->is_stored);
}

static void
test_row (gconstpointer data)
{
  const Row *row = data;
  g_autoptr (WsHeaders) headers = ws_headers_new ();

  g_assert_true (ws_headers_append (headers, "X-Interop", row->options, NULL));
  for (guint frame_size = 0; frame_size <= 1000; frame_size += 1000)
    {
      InteropClient client;

      interop_client_init (&client);
      ws_socket_set_request_headers (client.socket, headers);
      ws_socket_set_outgoing_frame_size (client.socket, frame_size);
      interop_client_open (&client, base, "/");
      g_assert_cmpstr (ws_socket_get_extensions (client.socket), ==,
                       row->extensions);
      /* The largest would be hundreds of frames, which takes its time. */
      for (gsize i = 0; i < G_N_ELEMENTS (sizes) - (frame_size > 0); i++)
        echo_size (&client, sizes[i]);
      if (frame_size == 0 && (row == ws_rows || row == websockets_rows))
        echo_size (&client, LARGE);
      assert_shorter (&client, row);
      interop_client_clear (&client);
    }
}

static void
add_rows (const Row *rows, gsize n_rows)
{
  for (gsize i = 0; i < n_rows; i++)
    {
      g_autofree char *path
          = g_strdup_printf ("/interop/deflate-client/%s", rows[i].options);

      g_test_add_data_func (path, &rows[i], test_row);
    }
}

int
main (int argc, char **argv)
{
  g_assert_cmpint (argc, ==, 3);

  gboolean is_ws = g_str_equal (argv[1], "ws");

  base = argv[2];
  argc = 1;
  /* The desktop's one wants settings that a test's environment lacks. */
  ws_test_init (&argc, &argv);
  if (is_ws)
    add_rows (ws_rows, G_N_ELEMENTS (ws_rows));
  else
    add_rows (websockets_rows, G_N_ELEMENTS (websockets_rows));
  return g_test_run ();
}
