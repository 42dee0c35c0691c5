/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api-test.h"

#include <string.h>

/* permessage-deflate (RFC 7692) as a client speaks it, with raw peers and with
 * our own server. */

#define DEFLATE "permessage-deflate"
#define FIELD   "\r\nSec-WebSocket-Extensions: "

/* --- Values --- */

static void
test_values (void)
{
  g_autoptr (WsDeflateOptions) options = ws_deflate_options_new ();
  g_autoptr (WsDeflateOptions) copy = NULL;

  g_assert_cmpuint (ws_deflate_options_get_client_max_window_bits (options), ==,
                    15);
  g_assert_cmpuint (ws_deflate_options_get_server_max_window_bits (options), ==,
                    15);
  g_assert_true (ws_deflate_options_get_client_context_takeover (options));
  g_assert_true (ws_deflate_options_get_server_context_takeover (options));
  g_assert_cmpint (ws_deflate_options_get_level (options), ==, -1);
  g_assert_cmpuint (ws_deflate_options_get_memory_level (options), ==, 8);
  g_assert_cmpuint (ws_deflate_options_get_threshold (options), ==, 256);
  g_assert_cmpuint (ws_deflate_options_get_max_ratio (options), ==, 200);
  g_assert_cmpuint (ws_deflate_options_get_idle_release (options), ==, 10000);

  ws_deflate_options_set_client_max_window_bits (options, 8);
  ws_deflate_options_set_server_max_window_bits (options, 9);
  ws_deflate_options_set_client_context_takeover (options, FALSE);
  ws_deflate_options_set_server_context_takeover (options, FALSE);
  ws_deflate_options_set_level (options, 9);
  ws_deflate_options_set_memory_level (options, 1);
  ws_deflate_options_set_threshold (options, 1);
  ws_deflate_options_set_max_ratio (options, 2);
  ws_deflate_options_set_idle_release (options, 3);
  copy = ws_deflate_options_copy (options);
  g_clear_pointer (&options, ws_deflate_options_free);
  g_assert_cmpuint (ws_deflate_options_get_client_max_window_bits (copy), ==,
                    8);
  g_assert_cmpuint (ws_deflate_options_get_server_max_window_bits (copy), ==,
                    9);
  g_assert_false (ws_deflate_options_get_client_context_takeover (copy));
  g_assert_false (ws_deflate_options_get_server_context_takeover (copy));
  g_assert_cmpint (ws_deflate_options_get_level (copy), ==, 9);
  g_assert_cmpuint (ws_deflate_options_get_memory_level (copy), ==, 1);
  g_assert_cmpuint (ws_deflate_options_get_threshold (copy), ==, 1);
  g_assert_cmpuint (ws_deflate_options_get_max_ratio (copy), ==, 2);
  g_assert_cmpuint (ws_deflate_options_get_idle_release (copy), ==, 3);
}

/* What is set is copied, and notified when it differs. */
static void
test_property (void)
{
  g_autoptr (WsSocket) socket = ws_socket_new ();
  g_autoptr (WsDeflateOptions) options = ws_deflate_options_new ();
  g_autoptr (WsDeflateOptions) initial = ws_socket_get_compression (socket);
  g_autoptr (WsDeflateOptions) got = NULL;
  guint n_notified = 0;

  g_assert_nonnull (initial);
  g_assert_cmpstr (ws_socket_get_extensions (socket), ==, "");
  api_count (socket, "notify::compression", &n_notified);
  ws_socket_set_compression (socket, options);
  g_assert_cmpuint (n_notified, ==, 0);
  ws_deflate_options_set_level (options, 1);
  ws_socket_set_compression (socket, options);
  g_assert_cmpuint (n_notified, ==, 1);
  ws_deflate_options_set_level (options, 2);
  got = ws_socket_get_compression (socket);
  g_assert_cmpint (ws_deflate_options_get_level (got), ==, 1);
  g_object_set (socket, "compression", NULL, NULL);
  g_assert_cmpuint (n_notified, ==, 2);
  g_assert_null (ws_socket_get_compression (socket));
}

/* --- Agreeing --- */

typedef struct
{
  const char *answer; /* (nullable): none */
  const char *fault;  /* (nullable): what its message has */
  guint       bits;   /* of both windows; 0: no compression is wanted */
  gboolean    alone;  /* no context takeover by the server */
} Answer;

static const Answer answers[] = {
  { NULL, NULL, 15, FALSE },
  { NULL, NULL, 0, FALSE },
  { DEFLATE, NULL, 15, FALSE },
  { DEFLATE "; server_no_context_takeover; client_no_context_takeover", NULL,
    15, FALSE },
  { DEFLATE "; server_max_window_bits=9; client_max_window_bits=8", NULL, 15,
    FALSE },
  { DEFLATE "; server_max_window_bits=10", NULL, 10, FALSE },
  { DEFLATE, "Extensions", 0, FALSE },
  { DEFLATE ", " DEFLATE, "exactly one", 15, FALSE },
  { "x-webkit-deflate-frame", "Extensions", 15, FALSE },
  { DEFLATE "; mystery=1", "mystery", 15, FALSE },
  { DEFLATE "; server_max_window_bits=16", "server_max_window_bits", 15,
    FALSE },
  { DEFLATE, "server_max_window_bits", 10, FALSE },
  { DEFLATE "; server_max_window_bits=11", "server_max_window_bits", 10,
    FALSE },
  { DEFLATE "; server_max_window_bits=10; client_max_window_bits=11",
    "client_max_window_bits", 10, FALSE },
  { DEFLATE, "server_no_context_takeover", 15, TRUE },
};

static void
set_bits (WsSocket *socket, const Answer *row)
{
  g_autoptr (WsDeflateOptions) options = ws_deflate_options_new ();

  if (row->bits == 0)
    {
      ws_socket_set_compression (socket, NULL);
      return;
    }
  ws_deflate_options_set_client_max_window_bits (options, row->bits);
  ws_deflate_options_set_server_max_window_bits (options, row->bits);
  ws_deflate_options_set_server_context_takeover (options, !row->alone);
  ws_socket_set_compression (socket, options);
}

static void
test_answer (gconstpointer data)
{
  const Answer *row = data;
  g_autoptr (RawListener) listener = raw_listener_new ();
  g_autofree char *url = raw_listener_make_url (listener, "/");
  g_autofree char *field
      = row->answer != NULL
            ? g_strdup_printf ("Sec-WebSocket-Extensions: %s\r\n", row->answer)
            : NULL;
  g_autofree char *answer = NULL;
  g_autoptr (WsSocket) socket = ws_socket_new ();
  g_autoptr (RawPeer) peer = NULL;

  set_bits (socket, row);
  g_assert_true (ws_socket_open (socket, url, NULL));
  peer = raw_listener_take (listener);
  raw_peer_wait_head (peer);
  g_assert_cmpint (strstr (peer->head, FIELD DEFLATE) != NULL, ==,
                   row->bits != 0);
  answer = raw_peer_make_answer (peer, field);
  raw_peer_send (peer, answer);
  if (row->fault == NULL)
    {
      api_wait_state (socket, WS_STATE_CONNECTED);
      g_assert_cmpstr (ws_socket_get_extensions (socket), ==,
                       row->answer != NULL ? row->answer : "");
      return;
    }
  api_wait_state (socket, WS_STATE_UNCONNECTED);
  g_assert_error (ws_socket_get_error (socket), WS_SOCKET_ERROR,
                  WS_SOCKET_ERROR_HANDSHAKE_REJECTED);
  g_assert_nonnull (strstr (ws_socket_get_error_string (socket), row->fault));
  g_assert_cmpstr (ws_socket_get_extensions (socket), ==, "");
}

/* --- Both ends --- */

static void
reopen (Pair *pair, WsDeflateOptions *client, WsDeflateOptions *server)
{
  const char *url = ws_server_get_url (pair->server);

  ws_server_set_compression (pair->server, server);
  ws_socket_set_compression (pair->client, client);
  g_clear_object (&pair->accepted);
  api_socket_open (pair->client, url);
  pair->accepted = api_server_take (pair->server);
}

/* (transfer full): somewhat alike, so that it can be compressed. */
static GBytes *
make_payload (gsize len)
{
  char *data = g_malloc (len + 1);

  for (gsize i = 0; i < len; i++)
    data[i] = (char) ('a'
                      + (g_test_rand_int_range (0, 8) == 0
                             ? g_test_rand_int_range (0, 26)
                             : (int) (i % 7)));
  return g_bytes_new_take (data, len);
}

typedef struct
{
  GQueue sent; /* of GBytes */
  guint  n_left;
} Expected;

static void
on_message (WsSocket *socket, WsMessage *message, Expected *expected)
{
  g_autoptr (GBytes) sent = g_queue_pop_head (&expected->sent);

  g_assert_nonnull (sent);
  g_assert_true (g_bytes_equal (ws_message_get_bytes (message), sent));
  expected->n_left--;
}

static void
send_random (WsSocket *from, Expected *expected)
{
  static const int sizes[] = { 1, 10, 300, 5000, 40000, 200000 };
  gsize            len = g_test_rand_int_range (
                 0, sizes[g_test_rand_int_range (0, G_N_ELEMENTS (sizes))] + 1);
  g_autoptr (GBytes) payload = make_payload (len);
  g_autoptr (GError) error = NULL;

  ws_socket_set_outgoing_frame_size (from,
                                     g_test_rand_int_range (0, 2) == 0
                                         ? 0
                                         : g_test_rand_int_range (1, 900));
  g_queue_push_tail (&expected->sent, g_bytes_ref (payload));
  expected->n_left++;
  g_assert_cmpint (ws_socket_send_binary_message (from, payload, &error), ==,
                   len);
  g_assert_no_error (error);
  if (g_test_rand_int_range (0, 4) == 0)
    g_assert_true (ws_socket_ping (from, NULL, NULL));
}

static void
exchange (Pair *pair, guint n_turns)
{
  Expected up = { G_QUEUE_INIT, 0 };
  Expected down = { G_QUEUE_INIT, 0 };
  gulong   ids[2];

  ids[0] = g_signal_connect (pair->accepted, "message-received",
                             G_CALLBACK (on_message), &up);
  ids[1] = g_signal_connect (pair->client, "message-received",
                             G_CALLBACK (on_message), &down);
  for (guint i = 0; i < n_turns; i++)
    {
      send_random (pair->client, &up);
      send_random (pair->accepted, &down);
      if (i % 4 == 3)
        ws_test_until (NULL, up.n_left + down.n_left == 0);
    }
  ws_test_until (NULL, up.n_left + down.n_left == 0);
  g_signal_handler_disconnect (pair->accepted, ids[0]);
  g_signal_handler_disconnect (pair->client, ids[1]);
}

static WsDeflateOptions *
draw_options (void)
{
  WsDeflateOptions *options = ws_deflate_options_new ();

  ws_deflate_options_set_client_max_window_bits (options,
                                                 g_test_rand_int_range (8, 16));
  ws_deflate_options_set_server_max_window_bits (options,
                                                 g_test_rand_int_range (8, 16));
  ws_deflate_options_set_client_context_takeover (options, g_test_rand_bit ());
  ws_deflate_options_set_server_context_takeover (options, g_test_rand_bit ());
  ws_deflate_options_set_level (options, g_test_rand_int_range (-1, 10));
  ws_deflate_options_set_memory_level (options, g_test_rand_int_range (1, 10));
  ws_deflate_options_set_threshold (options, g_test_rand_int_range (0, 400));
  ws_deflate_options_set_idle_release (options, g_test_rand_int_range (0, 3));
  return options;
}

/* The same sockets, opened again and again, with whatever can be agreed on. */
static void
test_round_trips (Pair *pair, gconstpointer data)
{
  for (guint i = 0; i < 12; i++)
    {
      g_autoptr (WsDeflateOptions) client = draw_options ();
      g_autoptr (WsDeflateOptions) server = draw_options ();

      reopen (pair, client, server);
      g_assert_cmpstr (ws_socket_get_extensions (pair->client), ==,
                       ws_socket_get_extensions (pair->accepted));
      g_assert_true (
          g_str_has_prefix (ws_socket_get_extensions (pair->client), DEFLATE));
      exchange (pair, 16);
    }
}

static void
test_statistics (Pair *pair, gconstpointer data)
{
  g_autoptr (WsDeflateOptions) options = ws_deflate_options_new ();
  g_autoptr (WsStatistics) ours = NULL;
  g_autoptr (WsStatistics) theirs = NULL;

  reopen (pair, options, options);
  exchange (pair, 32);
  ours = ws_socket_get_statistics (pair->client);
  theirs = ws_socket_get_statistics (pair->accepted);
  g_assert_cmpfloat (ours->compression_ratio_sent, <, 0.6);
  g_assert_cmpfloat (ours->compression_ratio_received, <, 0.6);
  g_assert_cmpfloat_with_epsilon (ours->compression_ratio_sent,
                                  theirs->compression_ratio_received, 1e-9);
  g_assert_cmpfloat_with_epsilon (theirs->compression_ratio_sent,
                                  ours->compression_ratio_received, 1e-9);
}

/* Without one side's will nothing is compressed. */
static void
test_unwilling (Pair *pair, gconstpointer data)
{
  g_autoptr (WsDeflateOptions) options = ws_deflate_options_new ();
  g_autoptr (WsStatistics) statistics = NULL;

  reopen (pair, NULL, options);
  g_assert_cmpstr (ws_socket_get_extensions (pair->client), ==, "");
  reopen (pair, options, NULL);
  g_assert_cmpstr (ws_socket_get_extensions (pair->client), ==, "");
  exchange (pair, 8);
  statistics = ws_socket_get_statistics (pair->client);
  g_assert_cmpfloat (statistics->compression_ratio_sent, ==, 1);
}

/* What is set during a connection, or an attempt, concerns the next one. */
static void
test_set_while_open (Pair *pair, gconstpointer data)
{
  g_autoptr (WsDeflateOptions) options = ws_deflate_options_new ();

  reopen (pair, options, options);
  ws_socket_set_compression (pair->client, NULL);
  ws_socket_set_compression (pair->accepted, NULL);
  g_assert_cmpstr (ws_socket_get_extensions (pair->client), !=, "");
  exchange (pair, 8);
  ws_socket_set_compression (pair->client, options);
  g_assert_true (ws_socket_open (pair->client, NULL, NULL));
  ws_socket_set_compression (pair->client, NULL);
  api_wait_state (pair->client, WS_STATE_CONNECTED);
  g_object_unref (pair->accepted);
  pair->accepted = api_server_take (pair->server);
  g_assert_cmpstr (ws_socket_get_extensions (pair->client), !=, "");
  exchange (pair, 8);
  reopen (pair, NULL, options);
  g_assert_cmpstr (ws_socket_get_extensions (pair->client), ==, "");
}

/* --- Masks that do more --- */

typedef struct
{
  WsMaskGenerator parent_instance;
  WsSocket       *socket; /* (unowned) */
  guint           countdown;
  gboolean        closes;
  gboolean        is_busy;
} BusyMask;

typedef WsMaskGeneratorClass BusyMaskClass;

GType busy_mask_get_type (void);
G_DEFINE_TYPE (BusyMask, busy_mask, WS_TYPE_MASK_GENERATOR)

static guint32
busy_mask_next_mask (WsMaskGenerator *generator)
{
  BusyMask *self = (BusyMask *) generator;

  if (self->is_busy || self->socket == NULL || self->countdown-- > 0)
    return 0x01020304;
  self->countdown = 2;
  self->is_busy = TRUE;
  if (self->closes)
    ws_socket_close (self->socket, 1000, NULL, NULL);
  else
    {
      char *nested = g_strnfill (500, 'n');

      ws_test_ignore (ws_socket_send_text_message (self->socket, nested, NULL));
      g_free (nested);
    }
  self->is_busy = FALSE;
  return 0x05060708;
}

static void
busy_mask_class_init (BusyMaskClass *klass)
{
  klass->next_mask = busy_mask_next_mask;
}

static void
busy_mask_init (BusyMask *self)
{
}

static void
on_any_message (WsSocket *socket, WsMessage *message, guint *n)
{
  gsize len = g_bytes_get_size (ws_message_get_bytes (message));

  if (ws_message_get_message_type (message) == WS_MESSAGE_TYPE_TEXT)
    g_assert_cmpuint (len, ==, 500);
  else
    g_assert_cmpuint (len, ==, 2000 + n[0]++);
  n[1]++;
}

/* A generator that sends while a compressed message is being framed: what it
 * sends comes whole and before, and the rest of the connection goes on. */
static void
test_nested_send (Pair *pair, gconstpointer data)
{
  g_autoptr (WsDeflateOptions) options = ws_deflate_options_new ();
  BusyMask *mask = g_object_new (busy_mask_get_type (), NULL);
  guint     n[2] = { 0, 0 };

  ws_deflate_options_set_client_context_takeover (options, TRUE);
  reopen (pair, options, options);
  g_signal_connect (pair->accepted, "message-received",
                    G_CALLBACK (on_any_message), n);
  mask->socket = pair->client;
  ws_socket_set_mask_generator (pair->client, (WsMaskGenerator *) mask);
  for (guint i = 0; i < 40; i++)
    {
      g_autoptr (GBytes) payload = make_payload (2000 + i);

      ws_socket_set_outgoing_frame_size (pair->client, i % 2 == 0 ? 0 : 100);
      g_assert_cmpint (ws_socket_send_binary_message (pair->client, payload,
                                                      NULL),
                       >, 0);
    }
  ws_test_until (NULL, n[0] == 40);
  g_assert_cmpuint (n[1], >, 50);
  mask->socket = NULL;
  ws_socket_set_mask_generator (pair->client, NULL);
  g_assert_finalize_object (mask);
}

static void
test_nested_close (Pair *pair, gconstpointer data)
{
  g_autoptr (WsDeflateOptions) options = ws_deflate_options_new ();
  g_autoptr (GBytes) payload = make_payload (2000);
  BusyMask *mask = g_object_new (busy_mask_get_type (), NULL);

  for (guint countdown = 0; countdown < 3; countdown++)
    {
      reopen (pair, options, options);
      mask->socket = pair->client;
      mask->closes = TRUE;
      mask->countdown = countdown;
      ws_socket_set_outgoing_frame_size (pair->client, 100);
      ws_socket_set_mask_generator (pair->client, (WsMaskGenerator *) mask);
      ws_test_ignore (
          ws_socket_send_binary_message (pair->client, payload, NULL));
      api_wait_state (pair->client, WS_STATE_UNCONNECTED);
      g_assert_true (ws_socket_get_was_clean (pair->client));
      g_assert_cmpuint (ws_socket_get_close_code (pair->client), ==, 1000);
    }
  mask->socket = NULL;
  ws_socket_set_mask_generator (pair->client, NULL);
  g_assert_finalize_object (mask);
}

int
main (int argc, char **argv)
{
  api_test_init (&argc, &argv);

  g_test_add_func ("/api/compression/values", test_values);
  g_test_add_func ("/api/compression/property", test_property);
  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      g_autofree char *path = g_strdup_printf ("/api/compression/answer/%u", i);

      g_test_add_data_func (path, &answers[i], test_answer);
    }
  pair_add ("/api/compression/round-trips", NULL, test_round_trips);
  pair_add ("/api/compression/statistics", NULL, test_statistics);
  pair_add ("/api/compression/unwilling", NULL, test_unwilling);
  pair_add ("/api/compression/set-while-open", NULL, test_set_while_open);
  pair_add ("/api/compression/nested-send", NULL, test_nested_send);
  pair_add ("/api/compression/nested-close", NULL, test_nested_close);
  return g_test_run ();
}
