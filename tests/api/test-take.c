/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "async-test.h"

#include <string.h>

/* Messages that are taken without waiting, when ready-read has told of them. */

static void
send_message (Half *half, guint8 first, const char *data, gsize len)
{
  raw_peer_send_frame (half->peer, first, data, len);
}

static void
send_text (Half *half, const char *text)
{
  send_message (half, 0x81, text, strlen (text));
}

/* --- What is there --- */

static void
expect_nothing (Half *half)
{
  const guint8 *data;
  gsize         len;

  g_assert_null (ws_socket_try_receive_message (half->socket));
  g_assert_false (ws_socket_try_receive_data (half->socket, NULL, &data, &len));
  g_assert_null (data);
  g_assert_cmpuint (len, ==, 0);
}

static void
expect_data (Half         *half,
             WsMessageType expected_type,
             const char   *expected,
             gsize         expected_len)
{
  WsMessageType type;
  const guint8 *data;
  gsize         len;

  g_assert_true (ws_socket_try_receive_data (half->socket, &type, &data, &len));
  g_assert_cmpint (type, ==, expected_type);
  g_assert_cmpmem (data, len, expected, expected_len);
}

static void
expect_text (Half *half, const char *text)
{
  g_autoptr (WsMessage) message = ws_socket_try_receive_message (half->socket);

  g_assert_nonnull (message);
  g_assert_cmpstr (ws_message_get_text (message), ==, text);
}

/* It tells once of all that waits, and anew when all was taken. */
static void
test_ready_read (Half *half, gconstpointer data)
{
  guint n_told = 0;

  ws_socket_set_pull (half->socket, TRUE);
  api_count (half->socket, "ready-read", &n_told);
  expect_nothing (half);
  send_text (half, "one");
  send_text (half, "two");
  ws_test_until (NULL, n_told == 1);
  settle ();
  g_assert_cmpuint (n_told, ==, 1);
  expect_text (half, "one");
  send_text (half, "three");
  settle ();
  g_assert_cmpuint (n_told, ==, 1);
  expect_text (half, "two");
  expect_text (half, "three");
  expect_nothing (half);
  send_text (half, "four");
  ws_test_until (NULL, n_told == 2);
  expect_text (half, "four");
  ws_socket_abort (half->socket);
}

static void
test_data (Half *half, gconstpointer data)
{
  const gsize       large = 60 * 1000;
  g_autofree char  *bytes = g_malloc (large);
  guint             n_told = 0;
  static const char text[] = "a\0b";

  memset (bytes, 'x', large);
  ws_socket_set_pull (half->socket, TRUE);
  api_count (half->socket, "ready-read", &n_told);
  send_message (half, 0x81, text, 3);
  send_message (half, 0x81, "", 0);
  send_message (half, 0x82, "\xff", 1);
  send_message (half, 0x82, bytes, large);
  ws_test_until (NULL, n_told == 1);
  settle ();
  expect_data (half, WS_MESSAGE_TYPE_TEXT, text, 3);
  expect_data (half, WS_MESSAGE_TYPE_TEXT, "", 0);
  expect_data (half, WS_MESSAGE_TYPE_BINARY, "\xff", 1);
  expect_data (half, WS_MESSAGE_TYPE_BINARY, bytes, large);
  expect_nothing (half);
  ws_socket_abort (half->socket);
}

/* What was taken last ends with the socket, or when it is opened anew. */
static void
test_let_go (Half *half, gconstpointer data)
{
  guint n_told = 0;

  ws_socket_set_pull (half->socket, TRUE);
  api_count (half->socket, "ready-read", &n_told);
  send_text (half, "last");
  ws_test_until (NULL, n_told == 1);
  expect_data (half, WS_MESSAGE_TYPE_TEXT, "last", 4);
}

/* --- Beside calls that wait --- */

static void
test_calls_first (Half *half, gconstpointer data)
{
  g_auto (Outcome) outcome = { 0 };
  guint n_told = 0;

  ws_socket_set_pull (half->socket, TRUE);
  api_count (half->socket, "ready-read", &n_told);
  begin_receive (half->socket, NULL, &outcome);
  expect_nothing (half);
  send_text (half, "awaited");
  outcome_expect_text (&outcome, "awaited");
  g_assert_cmpuint (n_told, ==, 0);
  send_text (half, "taken");
  ws_test_until (NULL, n_told == 1);
  expect_text (half, "taken");
  ws_socket_abort (half->socket);
}

/* A message under way that nobody wants in pieces any more comes whole. */
static void
test_after_pieces (Half *half, gconstpointer data)
{
  g_auto (Outcome) outcome = { 0 };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  guint n_told = 0;

  ws_socket_set_pull (half->socket, TRUE);
  api_count (half->socket, "ready-read", &n_told);
  begin_receive_stream (half->socket, cancellable, &outcome);
  g_cancellable_cancel (cancellable);
  outcome_expect (&outcome, END_CANCELLED);
  send_message (half, 0x01, "some, ", 6);
  settle ();
  expect_nothing (half);
  send_message (half, 0x00, "more, ", 6);
  send_message (half, 0x80, "all", 3);
  ws_test_until (NULL, n_told == 1);
  expect_text (half, "some, more, all");
  ws_socket_abort (half->socket);
}

/* --- Back pressure --- */

/* Taking makes room; reading goes on until all has come. */
static void
test_back_pressure (Half *half, gconstpointer data)
{
  const gint64 *buffer = data;
  const guint   n_frames = 300;
  const gsize   size = 64 * 1024;
  guint         n_taken = 0;
  g_auto (Flood) flood = { 0 };

  ws_socket_set_pull (half->socket, TRUE);
  ws_socket_set_read_buffer_size (half->socket, *buffer);
  flood_init (&flood, half->peer);
  for (guint i = 0; i < n_frames; i++)
    flood_add (&flood, 0x82, size);
  flood_push (&flood);
  g_assert_cmpuint (flood.n_pushed, <, flood.bytes->len);
  while (n_taken < n_frames)
    {
      const guint8 *bytes;
      gsize         len;

      flood_push (&flood);
      if (!ws_socket_try_receive_data (half->socket, NULL, &bytes, &len))
        continue;
      g_assert_cmpuint (len, ==, size);
      n_taken++;
    }
  expect_nothing (half);
  ws_socket_abort (half->socket);
}

/* While it is paused nothing is told, nor taken. */
static void
test_paused (Half *half, gconstpointer data)
{
  guint n_told = 0;

  ws_socket_set_pull (half->socket, TRUE);
  send_text (half, "waits");
  settle ();
  ws_socket_pause_receiving (half->socket);
  api_count (half->socket, "ready-read", &n_told);
  expect_nothing (half);
  ws_socket_resume_receiving (half->socket);
  expect_text (half, "waits");
  ws_socket_pause_receiving (half->socket);
  send_text (half, "comes later");
  settle ();
  g_assert_cmpuint (n_told, ==, 0);
  ws_socket_resume_receiving (half->socket);
  ws_test_until (NULL, n_told == 1);
  expect_text (half, "comes later");
  ws_socket_abort (half->socket);
}

/* --- The end --- */

static void
test_end (Half *half, gconstpointer data)
{
  ws_socket_set_pull (half->socket, TRUE);
  send_text (half, "one");
  send_text (half, "two");
  raw_peer_send_close (half->peer, 1000, "");
  raw_peer_expect_close (half->peer, 1000, NULL);
  g_clear_pointer (&half->peer, raw_peer_free);
  api_wait_state (half->socket, WS_STATE_UNCONNECTED);
  expect_text (half, "one");
  expect_data (half, WS_MESSAGE_TYPE_TEXT, "two", 3);
  expect_nothing (half);
}

static void
test_refused (Half *half, gconstpointer data)
{
  g_test_expect_message ("Ws", G_LOG_LEVEL_WARNING, "*pull is not set*");
  g_assert_null (ws_socket_try_receive_message (half->socket));
  g_test_assert_expected_messages ();
  ws_socket_abort (half->socket);
}

/* --- What a handler may do --- */

static void
act_take (Half *half)
{
  expect_text (half, "one");
}

static void
act_abort (Half *half)
{
  ws_socket_abort (half->socket);
}

static void
act_close (Half *half)
{
  g_assert_true (ws_socket_close (half->socket, 1000, NULL, NULL));
}

static void
act_drop (Half *half)
{
  g_clear_object (&half->socket);
}

static void
act_nest (Half *half)
{
  settle ();
  expect_text (half, "one");
}

static void
act_pause (Half *half)
{
  ws_socket_pause_receiving (half->socket);
  settle ();
  ws_socket_resume_receiving (half->socket);
}

static const struct
{
  const char *name;
  void (*act) (Half *half);
} acts[] = {
  { "/api/take/handler/take", act_take },
  { "/api/take/handler/abort", act_abort },
  { "/api/take/handler/close", act_close },
  { "/api/take/handler/drop", act_drop },
  { "/api/take/handler/nest", act_nest },
  { "/api/take/handler/pause", act_pause },
};

typedef struct
{
  Half *half;
  void (*act) (Half *half);
} Acting;

static void
on_ready_read (WsSocket *socket, Acting *acting)
{
  void (*act) (Half * half) = g_steal_pointer (&acting->act);

  if (act != NULL)
    act (acting->half);
}

static void
test_handler (Half *half, gconstpointer data)
{
  void (*const *act) (Half * half) = data;
  Acting acting = { half, *act };

  ws_socket_set_pull (half->socket, TRUE);
  g_signal_connect (half->socket, "ready-read", G_CALLBACK (on_ready_read),
                    &acting);
  send_text (half, "one");
  send_text (half, "two");
  ws_test_until (NULL, acting.act == NULL);
  settle ();
  if (half->socket == NULL)
    return;
  if (*act == act_close || *act == act_pause)
    expect_text (half, "one");
  if (*act != act_abort)
    expect_text (half, "two");
  expect_nothing (half);
  ws_socket_abort (half->socket);
}

/* --- Sending what lies anywhere --- */

static void
test_send_data (Half *half, gconstpointer data)
{
  static const guint8 text[] = { 'a', 0, 'b' }, wrong[] = { 0xff };
  g_autoptr (GError) error = NULL;
  g_auto (RawFrame) frame = { 0 };

  g_assert_cmpint (ws_socket_send_data (half->socket, WS_MESSAGE_TYPE_TEXT,
                                        text, 3, &error),
                   ==, 3);
  frame = raw_peer_take_frame (half->peer);
  g_assert_cmphex (frame.first, ==, 0x81);
  g_assert_cmpmem (frame.payload->data, frame.payload->len, text, 3);
  g_assert_cmpint (ws_socket_send_data (half->socket, WS_MESSAGE_TYPE_BINARY,
                                        NULL, 0, &error),
                   ==, 0);
  expect_frame (half->peer, 0x82, 0);
  g_assert_cmpint (ws_socket_send_data (half->socket, WS_MESSAGE_TYPE_TEXT,
                                        wrong, 1, &error),
                   ==, -1);
  g_assert_error (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_INVALID_UTF8);
  g_clear_error (&error);
  ws_socket_abort (half->socket);
  g_assert_cmpint (ws_socket_send_data (half->socket, WS_MESSAGE_TYPE_BINARY,
                                        text, 3, &error),
                   ==, -1);
  g_assert_error (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_NOT_CONNECTED);
}

int
main (int argc, char **argv)
{
  static const gint64 one = 1, large = 1024 * 1024;

  api_test_init (&argc, &argv);
  half_add ("/api/take/ready-read", NULL, test_ready_read);
  half_add ("/api/take/data", NULL, test_data);
  half_add ("/api/take/let-go", NULL, test_let_go);
  half_add ("/api/take/calls-first", NULL, test_calls_first);
  half_add ("/api/take/after-pieces", NULL, test_after_pieces);
  half_add ("/api/take/back-pressure", &one, test_back_pressure);
  half_add ("/api/take/back-pressure-buffer", &large, test_back_pressure);
  half_add ("/api/take/paused", NULL, test_paused);
  half_add ("/api/take/end", NULL, test_end);
  half_add ("/api/take/refused", NULL, test_refused);
  for (guint i = 0; i < G_N_ELEMENTS (acts); i++)
    half_add (acts[i].name, &acts[i].act, test_handler);
  half_add ("/api/take/send-data", NULL, test_send_data);
  return g_test_run ();
}
