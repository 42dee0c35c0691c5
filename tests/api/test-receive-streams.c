/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "async-test.h"

#include <string.h>

/* Messages that are read as streams. */

#define LARGE (24 * 1024 * 1024)

static void
send_text (Half *half, const char *text)
{
  raw_peer_send_frame (half->peer, 0x81, text, strlen (text));
}

/* --- Reading --- */

typedef struct
{
  GString *text;
  GError  *error;
  gboolean is_over;
} Reader;

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Reader       *reader = user_data;
  GInputStream *stream = G_INPUT_STREAM (source);
  g_autoptr (GBytes) bytes
      = g_input_stream_read_bytes_finish (stream, result, &reader->error);

  if (bytes == NULL || g_bytes_get_size (bytes) == 0)
    {
      reader->is_over = TRUE;
      return;
    }
  g_string_append_len (reader->text, g_bytes_get_data (bytes, NULL),
                       (gssize) g_bytes_get_size (bytes));
  g_input_stream_read_bytes_async (stream, 100 * 1000, 0, NULL, on_read,
                                   reader);
}

/* Reads to the end; frees the stream. */
static void
read_all (GInputStream *stream, Reader *reader)
{
  *reader = (Reader){ .text = g_string_new (NULL) };
  g_input_stream_read_bytes_async (stream, 100 * 1000, 0, NULL, on_read,
                                   reader);
  ws_test_until (NULL, reader->is_over);
  g_object_unref (stream);
}

static void
reader_clear (Reader *reader)
{
  g_string_free (reader->text, TRUE);
  g_clear_error (&reader->error);
}

static void
expect_stream (GInputStream *stream, WsMessageType type, const char *text)
{
  Reader reader;

  g_assert_true (WS_IS_MESSAGE_INPUT_STREAM (stream));
  g_assert_cmpint (ws_message_input_stream_get_message_type (
                       WS_MESSAGE_INPUT_STREAM (stream)),
                   ==, type);
  read_all (stream, &reader);
  g_assert_no_error (reader.error);
  g_assert_cmpstr (reader.text->str, ==, text);
  reader_clear (&reader);
}

static GInputStream *
take_stream (WsSocket *socket)
{
  g_auto (Outcome) outcome = { 0 };

  begin_receive_stream (socket, NULL, &outcome);
  outcome_expect (&outcome, END_WELL);
  return g_steal_pointer (&outcome.value);
}

/* Fragmented, whole, empty, and one that had begun before; in order with whole
 * messages. */
static void
test_received (Half *half, gconstpointer data)
{
  g_auto (Outcome) message = { 0 };
  GInputStream *stream;

  ws_socket_set_pull (half->socket, TRUE);
  raw_peer_send_frame (half->peer, 0x01, "gr\xc3", 3);
  settle ();
  stream = take_stream (half->socket);
  begin_receive (half->socket, NULL, &message);
  raw_peer_send_frame (half->peer, 0x89, "?", 1);
  raw_peer_send_frame (half->peer, 0x00, "\xbc\xc3\x9f", 3);
  raw_peer_send_frame (half->peer, 0x00, "", 0);
  raw_peer_send_frame (half->peer, 0x80, "e", 1);
  send_text (half, "whole");
  expect_stream (stream, WS_MESSAGE_TYPE_TEXT, "gr\303\274\303\237e");
  expect_frame (half->peer, 0x8a, 1);
  outcome_expect_text (&message, "whole");

  raw_peer_send_frame (half->peer, 0x82, "binary", 6);
  expect_stream (take_stream (half->socket), WS_MESSAGE_TYPE_BINARY, "binary");
  send_text (half, "");
  expect_stream (take_stream (half->socket), WS_MESSAGE_TYPE_TEXT, "");
  raw_peer_send_frame (half->peer, 0x02, "a", 1);
  raw_peer_send_frame (half->peer, 0x80, "", 0);
  expect_stream (take_stream (half->socket), WS_MESSAGE_TYPE_BINARY, "a");
  raw_peer_send_close (half->peer, 1000, "");
  raw_peer_expect_close (half->peer, 1000, NULL);
  g_clear_pointer (&half->peer, raw_peer_free);
  g_assert_null (take_stream (half->socket));
}

/* What nobody reads stays with the peer. */
static void
test_back_pressure (Half *half, gconstpointer data)
{
  g_auto (Flood) flood = { 0 };
  g_auto (Outcome) outcome = { 0 };
  GInputStream *stream;
  gsize         n_read = 0;
  gssize        n;

  ws_socket_set_pull (half->socket, TRUE);
  ws_socket_set_max_incoming_message_size (half->socket, LARGE);
  flood_init (&flood, half->peer);
  flood_add (&flood, 0x02, LARGE / 2);
  flood_add (&flood, 0x80, LARGE / 2);
  begin_receive_stream (half->socket, NULL, &outcome);
  flood_push (&flood);
  outcome_expect (&outcome, END_WELL);
  g_assert_cmpuint (flood.n_pushed, <, flood.bytes->len);
  stream = g_steal_pointer (&outcome.value);
  do
    {
      guint8 part[8192];
      g_autoptr (GError) error = NULL;

      n = g_pollable_input_stream_read_nonblocking (
          G_POLLABLE_INPUT_STREAM (stream), part, sizeof part, NULL, &error);
      if (n > 0)
        n_read += n;
      else if (n < 0)
        {
          g_assert_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
          flood_push (&flood);
        }
      /* No more than the kernel holds, and two reads. */
      g_assert_cmpuint (flood.n_pushed - n_read, <, 12 * 1024 * 1024);
    }
  while (n != 0);
  g_assert_cmpuint (n_read, ==, LARGE);
  g_object_unref (stream);
  ws_socket_abort (half->socket);
}

/* Who takes one stream after the other has not got the next message in memory
 * meanwhile, but may still change over and take that as a whole. */
static void
test_between (Half *half, gconstpointer data)
{
  const gboolean *as_whole = data;
  g_auto (Flood) flood = { 0 };
  g_auto (Outcome) outcome = { 0 };

  ws_socket_set_pull (half->socket, TRUE);
  ws_socket_set_max_incoming_message_size (half->socket, LARGE);
  ws_socket_set_max_incoming_frame_size (half->socket, LARGE);
  send_text (half, "first");
  expect_stream (take_stream (half->socket), WS_MESSAGE_TYPE_TEXT, "first");
  flood_init (&flood, half->peer);
  flood_add (&flood, 0x82, LARGE);
  flood_push (&flood);
  for (guint i = 0; i < 20; i++)
    {
      settle ();
      flood_push (&flood);
    }
  g_assert_cmpuint (flood.n_pushed, <, 12 * 1024 * 1024);

  if (*as_whole)
    begin_receive (half->socket, NULL, &outcome);
  else
    begin_receive_stream (half->socket, NULL, &outcome);
  if (*as_whole)
    while (flood.n_pushed < flood.bytes->len)
      flood_push (&flood);
  outcome_expect (&outcome, END_WELL);
  if (*as_whole)
    {
      g_autoptr (WsMessage) message = g_steal_pointer (&outcome.value);

      g_assert_cmpuint (g_bytes_get_size (ws_message_get_bytes (message)), ==,
                        LARGE);
    }
  else
    g_object_unref (g_steal_pointer (&outcome.value));
  ws_socket_abort (half->socket);
}

/* Pings are answered while nobody asks, but for those behind a message that is
 * not complete. */
static void
test_between_and_end (Half *half, gconstpointer data)
{
  ws_socket_set_pull (half->socket, TRUE);
  send_text (half, "first");
  expect_stream (take_stream (half->socket), WS_MESSAGE_TYPE_TEXT, "first");
  send_text (half, "second");
  raw_peer_send_frame (half->peer, 0x89, "?", 1);
  raw_peer_send_frame (half->peer, 0x01, "third", 5);
  expect_frame (half->peer, 0x8a, 1);
  expect_stream (take_stream (half->socket), WS_MESSAGE_TYPE_TEXT, "second");
  raw_peer_send_frame (half->peer, 0x80, "!", 1);
  raw_peer_send_close (half->peer, 1000, "");
  expect_stream (take_stream (half->socket), WS_MESSAGE_TYPE_TEXT, "third!");
  raw_peer_expect_close (half->peer, 1000, NULL);
  g_clear_pointer (&half->peer, raw_peer_free);
  g_assert_null (take_stream (half->socket));
}

/* A stream that is dropped or closed discards the rest of its message only. */
static void
test_dropped (Half *half, gconstpointer data)
{
  const gboolean *closes = data;
  g_auto (Outcome) next = { 0 };
  g_auto (Flood) flood = { 0 };
  GInputStream *stream;

  ws_socket_set_pull (half->socket, TRUE);
  ws_socket_set_max_incoming_message_size (half->socket, LARGE + 100);
  raw_peer_send_frame (half->peer, 0x01, "begin", 5);
  stream = take_stream (half->socket);
  begin_receive (half->socket, NULL, &next);
  if (*closes)
    g_input_stream_close (stream, NULL, NULL);
  g_object_unref (stream);
  flood_init (&flood, half->peer);
  flood_add (&flood, 0x00, LARGE / 2);
  flood_add (&flood, 0x80, LARGE / 2);
  while (flood.n_pushed < flood.bytes->len)
    flood_push (&flood);
  send_text (half, "next");
  outcome_expect_text (&next, "next");
  ws_socket_abort (half->socket);
}

static void
test_dropped_in_thread (Half *half, gconstpointer data)
{
  g_auto (Outcome) next = { 0 };

  ws_socket_set_pull (half->socket, TRUE);
  raw_peer_send_frame (half->peer, 0x01, "begin", 5);
  unref_in_thread (take_stream (half->socket));
  raw_peer_send_frame (half->peer, 0x80, "rest", 4);
  send_text (half, "next");
  begin_receive (half->socket, NULL, &next);
  outcome_expect_text (&next, "next");
  ws_socket_abort (half->socket);
}

/* --- How reading ends --- */

typedef struct
{
  const char *name;
  void (*run) (Half *half);
  End end;
} Ending;

static void
lose (Half *half)
{
  g_clear_pointer (&half->peer, raw_peer_free);
}

static void
close_early (Half *half)
{
  raw_peer_send_close (half->peer, 1000, "");
  raw_peer_expect_close (half->peer, 1000, NULL);
  g_clear_pointer (&half->peer, raw_peer_free);
}

static void
send_bad_text (Half *half)
{
  raw_peer_send_frame (half->peer, 0x80, "\xff", 1);
  raw_peer_expect_close (half->peer, 1007, NULL);
  g_clear_pointer (&half->peer, raw_peer_free);
}

static void
send_too_much (Half *half)
{
  char payload[200] = { 0 };

  ws_socket_set_max_incoming_message_size (half->socket, sizeof payload);
  raw_peer_send_frame (half->peer, 0x80, payload, sizeof payload);
  raw_peer_expect_close (half->peer, 1009, NULL);
  g_clear_pointer (&half->peer, raw_peer_free);
}

static void
we_abort (Half *half)
{
  ws_socket_abort (half->socket);
}

static void
we_close (Half *half)
{
  g_assert_true (ws_socket_close (half->socket, 1000, NULL, NULL));
  g_clear_pointer (&half->peer, raw_peer_free);
}

static const Ending endings[] = {
  { "lost", lose, END_LOST },
  { "closed-early", close_early, END_NOT_CONNECTED },
  { "bad-text", send_bad_text, END_INVALID_UTF8 },
  { "too-big", send_too_much, END_TOO_BIG },
  { "aborted", we_abort, END_NOT_CONNECTED },
  { "we-close", we_close, END_NOT_CONNECTED },
};

static void
test_ending (Half *half, gconstpointer data)
{
  const Ending *ending = data;
  Outcome       outcome = { 0 };
  Reader        reader;
  GInputStream *stream;

  ws_socket_set_pull (half->socket, TRUE);
  raw_peer_send_frame (half->peer, 0x01, "begin", 5);
  stream = take_stream (half->socket);
  /* What is there would hold up what follows. */
  {
    char part[5];

    g_assert_cmpint (g_input_stream_read (stream, part, 5, NULL, NULL), ==, 5);
  }
  ending->run (half);
  read_all (stream, &reader);
  outcome.number = 1;
  outcome.error = reader.error;
  outcome_check (&outcome, __FILE__, __LINE__, ending->end);
  reader_clear (&reader);
}

/* --- Callbacks that run the main loop --- */

typedef struct
{
  const char *name;
  const char *first[2]; /* (nullable): fragments of the message taken; none: its
                         * call is cancelled */
} Nested;

static const Nested nested[] = {
  { "whole", { "first", NULL } },
  { "piece", { "", "first" } },
  { "cancelled", { NULL, NULL } },
};

static void
send_begin_and_settle (gpointer half)
{
  raw_peer_send_frame (((Half *) half)->peer, 0x01, "be", 2);
  settle ();
}

/* What comes in a callback's main loop, while nobody waits, is not lost. */
static void
test_nested (Half *half, gconstpointer data)
{
  const Nested *row = data;
  g_auto (Outcome) outcome = { .act = send_begin_and_settle, .data = half };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  GInputStream *stream;

  ws_socket_set_pull (half->socket, TRUE);
  begin_receive_stream (half->socket, cancellable, &outcome);
  settle ();
  if (row->first[0] == NULL)
    g_cancellable_cancel (cancellable);
  else if (row->first[1] == NULL)
    send_text (half, row->first[0]);
  else
    {
      raw_peer_send_frame (half->peer, 0x01, row->first[0],
                           strlen (row->first[0]));
      raw_peer_send_frame (half->peer, 0x80, row->first[1],
                           strlen (row->first[1]));
    }
  outcome_expect (&outcome, row->first[0] != NULL ? END_WELL : END_CANCELLED);
  if (outcome.value != NULL)
    expect_stream (g_steal_pointer (&outcome.value), WS_MESSAGE_TYPE_TEXT,
                   "first");
  stream = take_stream (half->socket);
  raw_peer_send_frame (half->peer, 0x80, "gin", 3);
  expect_stream (stream, WS_MESSAGE_TYPE_TEXT, "begin");
  ws_socket_abort (half->socket);
}

/* --- Compressed messages --- */

#define INFLATED (9 * 1024 * 1024)

/* (transfer full): what becomes a thousandth. */
static GBytes *
make_flat (gsize len)
{
  return g_bytes_new_take (g_strnfill (len, 'x'), len);
}

/* A pair that compresses, whose receiver is pulled. */
static void
reopen_pulled (Pair *pair, gboolean up)
{
  g_autoptr (WsDeflateOptions) options = ws_deflate_options_new ();

  ws_deflate_options_set_max_ratio (options, 0);
  ws_server_set_compression (pair->server, options);
  ws_socket_set_compression (pair->client, options);
  g_clear_object (&pair->accepted);
  ws_socket_abort (pair->client);
  ws_socket_set_pull (pair->client, !up);
  api_socket_open (pair->client, ws_server_get_url (pair->server));
  pair->accepted = api_server_take (pair->server);
  ws_socket_set_pull (pair->accepted, up);
  g_assert_cmpstr (ws_socket_get_extensions (pair->client), !=, "");
}

/* What of it lies in memory is bounded, and what comes behind it comes. */
static void
test_compressed (Pair *pair, gconstpointer data)
{
  const gboolean *up = data;
  g_autoptr (GBytes) flat = make_flat (INFLATED);
  WsSocket *from, *to;

  reopen_pulled (pair, *up);
  from = *up ? pair->client : pair->accepted;
  to = *up ? pair->accepted : pair->client;
  for (guint i = 0; i < 2; i++)
    {
      g_auto (Outcome) outcome = { 0 };
      g_autoptr (WsStatistics) statistics = NULL;
      Reader reader;

      begin_receive_stream (to, NULL, &outcome);
      ws_test_ignore (ws_socket_send_binary_message (from, flat, NULL));
      api_socket_send (from, "behind");
      outcome_expect (&outcome, END_WELL);
      settle ();
      statistics = ws_socket_get_statistics (to);
      g_assert_cmpuint (statistics->payload_bytes_received, <,
                        i * (INFLATED + 6) + 5 * 1024 * 1024);
      read_all (g_steal_pointer (&outcome.value), &reader);
      g_assert_no_error (reader.error);
      g_assert_cmpmem (reader.text->str, reader.text->len,
                       g_bytes_get_data (flat, NULL), INFLATED);
      reader_clear (&reader);
      expect_stream (take_stream (to), WS_MESSAGE_TYPE_TEXT, "behind");
    }
}

/* The limit holds for the whole message, and is named. */
static void
test_compressed_limit (Pair *pair, gconstpointer data)
{
  const gboolean *up = data;
  g_autoptr (GBytes) flat = make_flat (INFLATED);
  g_auto (Outcome) outcome = { 0 };
  WsSocket *to;
  Reader    reader;

  reopen_pulled (pair, *up);
  to = *up ? pair->accepted : pair->client;
  ws_socket_set_max_incoming_message_size (to, INFLATED - 1);
  begin_receive_stream (to, NULL, &outcome);
  ws_test_ignore (
      ws_socket_send_binary_message (*up ? pair->client : pair->accepted, flat,
                                     NULL));
  outcome_expect (&outcome, END_WELL);
  read_all (g_steal_pointer (&outcome.value), &reader);
  g_assert_error (reader.error, WS_SOCKET_ERROR,
                  WS_SOCKET_ERROR_MESSAGE_TOO_BIG);
  g_assert_nonnull (strstr (reader.error->message, "9437183"));
  g_assert_cmpuint (reader.text->len, <, INFLATED);
  reader_clear (&reader);
}

int
main (int argc, char **argv)
{
  static const gboolean no = FALSE, yes = TRUE;

  api_test_init (&argc, &argv);
  half_add ("/api/streams/received", NULL, test_received);
  half_add ("/api/streams/back-pressure", NULL, test_back_pressure);
  half_add ("/api/streams/between/stream", &no, test_between);
  half_add ("/api/streams/between/message", &yes, test_between);
  half_add ("/api/streams/between/end", NULL, test_between_and_end);
  half_add ("/api/streams/dropped", &no, test_dropped);
  half_add ("/api/streams/closed", &yes, test_dropped);
  half_add ("/api/streams/dropped-in-thread", NULL, test_dropped_in_thread);
  for (guint i = 0; i < G_N_ELEMENTS (endings); i++)
    {
      g_autofree char *path
          = g_strconcat ("/api/streams/ends/", endings[i].name, NULL);

      half_add (path, &endings[i], test_ending);
    }
  for (guint i = 0; i < G_N_ELEMENTS (nested); i++)
    {
      g_autofree char *path
          = g_strconcat ("/api/streams/nested/", nested[i].name, NULL);

      half_add (path, &nested[i], test_nested);
    }
  pair_add ("/api/streams/compressed/up", &yes, test_compressed);
  pair_add ("/api/streams/compressed/down", &no, test_compressed);
  pair_add ("/api/streams/compressed/limit/up", &yes, test_compressed_limit);
  pair_add ("/api/streams/compressed/limit/down", &no, test_compressed_limit);
  return g_test_run ();
}
