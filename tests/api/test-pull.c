/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "async-test.h"

#include <string.h>

/* Messages that are taken rather than signalled. */

static void
send_text (Half *half, const char *text)
{
  raw_peer_send_frame (half->peer, 0x81, text, strlen (text));
}

/* A pong shows that all before it was read. */
static void
expect_pong (Half *half)
{
  g_auto (RawFrame) frame = { 0 };

  raw_peer_send_frame (half->peer, 0x89, "?", 1);
  frame = raw_peer_take_frame (half->peer);
  g_assert_cmphex (frame.first, ==, 0x8a);
}

static void
never (void)
{
  g_assert_not_reached ();
}

/* Waiting before and after the messages came; signals are silent. */
static void
test_order (Half *half, gconstpointer data)
{
  static const char *const silent[]
      = { "message-received", "text-message-received", "text-frame-received",
          "binary-message-received", "binary-frame-received" };
  g_auto (Outcome) first = { 0 };
  g_auto (Outcome) second = { 0 };
  g_auto (Outcome) third = { 0 };
  g_auto (Outcome) last = { 0 };

  ws_socket_set_pull (half->socket, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (silent); i++)
    g_signal_connect (half->socket, silent[i], G_CALLBACK (never), NULL);
  begin_receive (half->socket, NULL, &first);
  begin_receive (half->socket, NULL, &second);
  send_text (half, "one");
  send_text (half, "two");
  send_text (half, "three");
  outcome_expect_text (&first, "one");
  outcome_expect_text (&second, "two");
  g_assert_cmpuint (first.number, <, second.number);
  begin_receive (half->socket, NULL, &third);
  outcome_expect_text (&third, "three");
  expect_pong (half);

  begin_receive (half->socket, NULL, &last);
  raw_peer_send_close (half->peer, 1000, "");
  raw_peer_expect_close (half->peer, 1000, NULL);
  g_clear_pointer (&half->peer, raw_peer_free);
  outcome_expect_text (&last, (const char *) NULL);
  outcome_clear (&last);
  begin_receive (half->socket, NULL, &last);
  outcome_expect_text (&last, (const char *) NULL);
}

typedef struct
{
  guint    n_left;
  guint    n_next; /* number of the message that must come */
  gboolean is_over;
} Loop;

static void
on_loop_message (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Loop            *loop = user_data;
  g_autofree char *expected = g_strdup_printf ("%u", loop->n_next);
  g_autoptr (GError) error = NULL;
  g_autoptr (WsMessage) message
      = ws_socket_receive_message_finish (WS_SOCKET (source), result, &error);

  g_assert_no_error (error);
  if (message == NULL)
    {
      loop->is_over = TRUE;
      return;
    }
  g_assert_cmpstr (ws_message_get_text (message), ==, expected);
  loop->n_next++;
  ws_socket_receive_message_async (WS_SOCKET (source), NULL, on_loop_message,
                                   loop);
}

/* The loop of a program that awaits: all messages, in order, then the end. */
static void
test_loop (Half *half, gconstpointer data)
{
  const gint64 *buffer = data;
  const guint   n_messages = 1000;
  Loop          loop = { 0 };

  ws_socket_set_pull (half->socket, TRUE);
  ws_socket_set_read_buffer_size (half->socket, *buffer);
  ws_socket_receive_message_async (half->socket, NULL, on_loop_message, &loop);
  for (guint i = 0; i < n_messages; i++)
    {
      g_autofree char *text = g_strdup_printf ("%u", i);

      send_text (half, text);
    }
  raw_peer_send_close (half->peer, 1000, "");
  raw_peer_expect_close (half->peer, 1000, NULL);
  g_clear_pointer (&half->peer, raw_peer_free);
  ws_test_until (NULL, loop.is_over);
  g_assert_cmpuint (loop.n_next, ==, n_messages);
}

/* What nobody takes holds up the peer. */
static void
test_back_pressure (Half *half, gconstpointer data)
{
  const gint64 *buffer = data;
  const guint   n_frames = 300;
  const gsize   size = 64 * 1024;
  g_auto (Flood) flood = { 0 };
  g_auto (Outcome) outcome = { 0 };

  ws_socket_set_pull (half->socket, TRUE);
  ws_socket_set_read_buffer_size (half->socket, *buffer);
  flood_init (&flood, half->peer);
  for (guint i = 0; i < n_frames; i++)
    flood_add (&flood, 0x82, size);
  flood_push (&flood);
  /* What our kernel holds is beyond us; what we hold is not. */
  g_assert_cmpuint (flood.n_pushed, <, flood.bytes->len);
  g_assert_cmpuint (flood.n_pushed, >, (guint64) *buffer);
  g_assert_cmpint (ws_socket_get_state (half->socket), ==, WS_STATE_CONNECTED);
  for (guint i = 0; i < n_frames; i++)
    {
      gsize len;

      begin_receive (half->socket, NULL, &outcome);
      flood_push (&flood);
      outcome_expect (&outcome, END_WELL);
      ws_message_get_data (outcome.value, &len);
      g_assert_cmpuint (len, ==, size);
      outcome_clear (&outcome);
    }
  expect_pong (half);
  ws_socket_abort (half->socket);
}

/* As in Qt 0 is no limit: all of it comes, however long nobody takes any. */
static void
test_unlimited (Half *half, gconstpointer data)
{
  const guint n_frames = 100;
  g_auto (Flood) flood = { 0 };
  g_auto (Outcome) outcome = { 0 };

  ws_socket_set_pull (half->socket, TRUE);
  ws_socket_set_read_buffer_size (half->socket, 0);
  flood_init (&flood, half->peer);
  for (guint i = 0; i < n_frames; i++)
    flood_add (&flood, 0x82, 64 * 1024);
  while (flood.n_pushed < flood.bytes->len)
    flood_push (&flood);
  expect_pong (half);
  for (guint i = 0; i < n_frames; i++)
    {
      begin_receive (half->socket, NULL, &outcome);
      outcome_expect (&outcome, END_WELL);
      outcome_clear (&outcome);
    }
  ws_socket_abort (half->socket);
}

/* A message that waits stops reading, one that is under way does not; pings
 * are answered as long as none waits. */
static void
test_read_ahead (Half *half, gconstpointer data)
{
  g_auto (Outcome) outcome = { 0 };

  ws_socket_set_pull (half->socket, TRUE);
  ws_socket_set_read_buffer_size (half->socket, 1);
  expect_pong (half);
  raw_peer_send_frame (half->peer, 0x01, "fragment", 8);
  expect_pong (half);
  raw_peer_send_frame (half->peer, 0x80, "!", 1);
  raw_peer_send_frame (half->peer, 0x89, "?", 1);
  settle ();
  g_assert_cmpuint (half->peer->received->len, ==, 0);
  begin_receive (half->socket, NULL, &outcome);
  outcome_expect_text (&outcome, "fragment!");
  {
    g_auto (RawFrame) frame = raw_peer_take_frame (half->peer);

    g_assert_cmphex (frame.first, ==, 0x8a);
  }
  ws_socket_abort (half->socket);
}

/* With a buffer several wait, empty ones too, and the rest of the connection
 * goes on; they can be taken when it is over. */
static void
test_buffer (Half *half, gconstpointer data)
{
  g_auto (Outcome) outcome = { 0 };

  ws_socket_set_pull (half->socket, TRUE);
  ws_socket_set_read_buffer_size (half->socket, 1000);
  send_text (half, "one");
  send_text (half, "");
  send_text (half, "three");
  expect_pong (half);
  g_clear_pointer (&half->peer, raw_peer_free);
  api_wait_state (half->socket, WS_STATE_UNCONNECTED);
  begin_receive (half->socket, NULL, &outcome);
  outcome_expect_text (&outcome, "one");
  outcome_clear (&outcome);
  begin_receive (half->socket, NULL, &outcome);
  outcome_expect_text (&outcome, "");
  outcome_clear (&outcome);
  begin_receive (half->socket, NULL, &outcome);
  outcome_expect_text (&outcome, "three");
  outcome_clear (&outcome);
  begin_receive (half->socket, NULL, &outcome);
  outcome_expect (&outcome, END_LOST);
}

/* A flood of empty messages is bounded as well. */
static void
test_empty_flood (Half *half, gconstpointer data)
{
  g_auto (Flood) flood = { 0 };

  ws_socket_set_pull (half->socket, TRUE);
  ws_socket_set_read_buffer_size (half->socket, 64 * 1024);
  flood_init (&flood, half->peer);
  for (guint i = 0; i < 10 * 1024 * 1024; i++)
    flood_add (&flood, 0x82, 0);
  flood_push (&flood);
  g_assert_cmpuint (flood.n_pushed, <, flood.bytes->len);
  ws_socket_abort (half->socket);
}

/* A close is not held up by what nobody takes, in a pause neither (@data). */
static void
test_close_untaken (Half *half, gconstpointer data)
{
  g_auto (Outcome) closed = { 0 };
  g_auto (Outcome) taken = { 0 };

  ws_socket_set_pull (half->socket, TRUE);
  send_text (half, "one");
  send_text (half, "two");
  settle ();
  if (data != NULL)
    ws_socket_pause_receiving (half->socket);
  begin_close (half->socket, 1000, NULL, &closed);
  raw_peer_expect_close (half->peer, 1000, "bye");
  send_text (half, "three");
  raw_peer_send_close (half->peer, 1000, "");
  g_clear_pointer (&half->peer, raw_peer_free);
  outcome_expect (&closed, END_WELL);
  g_assert_true (ws_socket_get_was_clean (half->socket));
  begin_receive (half->socket, NULL, &taken);
  outcome_expect_text (&taken, "one");
  outcome_clear (&taken);
  begin_receive (half->socket, NULL, &taken);
  outcome_expect_text (&taken, "two");
  outcome_clear (&taken);
  begin_receive (half->socket, NULL, &taken);
  outcome_expect_text (&taken, "three");
  outcome_clear (&taken);
  begin_receive (half->socket, NULL, &taken);
  outcome_expect_text (&taken, (const char *) NULL);
}

/* Whoever goes on taking after a close misses nothing, however much that is. */
static void
test_close_taken (Half *half, gconstpointer data)
{
  g_auto (Outcome) closed = { 0 };
  g_auto (Outcome) taken = { 0 };
  g_auto (Flood) flood = { 0 };
  const guint n = 40;

  ws_socket_set_pull (half->socket, TRUE);
  begin_close (half->socket, 1000, NULL, &closed);
  raw_peer_expect_close (half->peer, 1000, "bye");
  flood_init (&flood, half->peer);
  for (guint i = 0; i < n; i++)
    flood_add (&flood, 0x82, 60 * 1024);
  for (guint i = 0; i < n; i++)
    {
      flood_push (&flood);
      begin_receive (half->socket, NULL, &taken);
      outcome_expect (&taken, END_WELL);
      g_assert_nonnull (taken.value);
      outcome_clear (&taken);
    }
  raw_peer_send_close (half->peer, 1000, "");
  begin_receive (half->socket, NULL, &taken);
  g_clear_pointer (&half->peer, raw_peer_free);
  outcome_expect_text (&taken, (const char *) NULL);
  outcome_expect (&closed, END_WELL);
  g_assert_true (ws_socket_get_was_clean (half->socket));
}

/* Nor does memory grow without end when nobody does. @data: how many frames the
 * peer still has before its answer, which is found; NULL: it has none. */
static void
test_close_flooded (Half *half, gconstpointer data)
{
  g_auto (Outcome) closed = { 0 };
  g_auto (Flood) flood = { 0 };

  ws_socket_set_pull (half->socket, TRUE);
  ws_socket_set_close_timeout (half->socket, data != NULL ? 4000 : 500);
  begin_close (half->socket, 1000, NULL, &closed);
  raw_peer_expect_close (half->peer, 1000, "bye");
  flood_init (&flood, half->peer);
  for (guint i = 0; i < (data != NULL ? GPOINTER_TO_UINT (data) : 1024); i++)
    flood_add (&flood, 0x82, 60 * 1024);
  flood_push (&flood);
  g_assert_cmpuint (flood.n_pushed, <, flood.bytes->len);
  while (data != NULL && flood.n_pushed < flood.bytes->len
         && closed.number == 0)
    {
      g_main_context_iteration (NULL, TRUE);
      flood_push (&flood);
    }
  if (data != NULL)
    {
      raw_peer_send_close (half->peer, 1000, "");
      g_clear_pointer (&half->peer, raw_peer_free);
    }
  outcome_expect (&closed, END_WELL);
  g_assert_cmpint (ws_socket_get_was_clean (half->socket), ==, data != NULL);
}

static void
expect_next (Half *half, const char *text)
{
  g_auto (Outcome) taken = { 0 };

  begin_receive (half->socket, NULL, &taken);
  outcome_expect_text (&taken, text);
}

/* A peer that leaves without reading what is sent to it, while messages of its
 * own wait to be taken: sends end with the reason, the connection does, and
 * nothing that it has said is lost. */
static void
test_lost (Half *half, gconstpointer data)
{
  g_auto (Outcome) first = { 0 };
  g_auto (Outcome) second = { 0 };
  g_auto (Outcome) later = { 0 };
  g_auto (Flood) flood = { 0 };
  g_auto (Outcome) last = { 0 };

  ws_socket_set_pull (half->socket, TRUE);
  fill_buffer (half);
  flood_init (&flood, half->peer);
  for (guint len = 1; len <= 3; len++)
    flood_add (&flood, 0x81, len);
  flood_push (&flood);
  expect_next (half, "x");
  settle ();
  begin_send (half->socket, 1000, NULL, &first);
  begin_send (half->socket, 1000, NULL, &second);
  raw_peer_reset (g_steal_pointer (&half->peer));
  outcome_expect (&first, END_LOST);
  outcome_expect (&second, END_LOST);
  begin_send (half->socket, 1000, NULL, &later);
  ws_test_until (NULL, later.number != 0);
  g_assert_nonnull (later.error);
  api_wait_state (half->socket, WS_STATE_UNCONNECTED);
  expect_next (half, "xx");
  expect_next (half, "xxx");
  begin_receive (half->socket, NULL, &last);
  outcome_expect (&last, END_LOST);
}

/* One that was cancelled takes nothing with it. */
static void
test_cancelled (Half *half, gconstpointer data)
{
  g_auto (Outcome) cancelled = { 0 };
  g_auto (Outcome) next = { 0 };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  ws_socket_set_pull (half->socket, TRUE);
  begin_receive (half->socket, cancellable, &cancelled);
  begin_receive (half->socket, NULL, &next);
  g_cancellable_cancel (cancellable);
  send_text (half, "kept");
  outcome_expect (&cancelled, END_CANCELLED);
  outcome_expect_text (&next, "kept");
  ws_socket_abort (half->socket);
}

/* Aborting and opening anew drop what waits. */
static void
test_forgotten (Half *half, gconstpointer data)
{
  g_auto (Outcome) outcome = { 0 };
  g_autofree char *url = raw_listener_make_url (half->listener, "/anew");

  ws_socket_set_pull (half->socket, TRUE);
  send_text (half, "old");
  settle ();
  g_assert_true (ws_socket_open (half->socket, url, NULL));
  begin_receive (half->socket, NULL, &outcome);
  raw_peer_free (half->peer);
  half->peer = raw_listener_take (half->listener);
  raw_peer_accept (half->peer);
  send_text (half, "new");
  outcome_expect_text (&outcome, "new");
  outcome_clear (&outcome);

  send_text (half, "never taken");
  settle ();
  ws_socket_abort (half->socket);
  begin_receive (half->socket, NULL, &outcome);
  outcome_expect (&outcome, END_NOT_CONNECTED);
}

static void
test_refused (Half *half, gconstpointer data)
{
  g_auto (Outcome) outcome = { 0 };
  guint n_messages = 0;

  begin_receive (half->socket, NULL, &outcome);
  outcome_expect (&outcome, END_OPERATION);
  api_count (half->socket, "message-received", &n_messages);
  send_text (half, "signalled");
  ws_test_until (NULL, n_messages == 1);
  g_test_expect_message ("Ws", G_LOG_LEVEL_WARNING, "*pull cannot be set*");
  ws_socket_set_pull (half->socket, TRUE);
  g_test_assert_expected_messages ();
  g_assert_false (ws_socket_get_pull (half->socket));
  ws_socket_abort (half->socket);
  ws_socket_set_pull (half->socket, TRUE);
  outcome_clear (&outcome);
  begin_receive (half->socket, NULL, &outcome);
  outcome_expect (&outcome, END_NOT_CONNECTED);
}

/* Among what waits unread may be the answer to our pings. */
static void
test_keepalive (Half *half, gconstpointer data)
{
  g_auto (Outcome) outcome = { 0 };
  gint64 end = g_get_monotonic_time () + 200 * 1000;

  ws_socket_set_pull (half->socket, TRUE);
  ws_socket_set_read_buffer_size (half->socket, 1);
  send_text (half, "waits");
  settle ();
  send_text (half, "behind it");
  ws_socket_set_ping_timeout (half->socket, 20);
  ws_socket_set_ping_interval (half->socket, 20);
  while (g_get_monotonic_time () < end)
    g_main_context_iteration (NULL, FALSE);
  g_assert_cmpint (ws_socket_get_state (half->socket), ==, WS_STATE_CONNECTED);
  begin_receive (half->socket, NULL, &outcome);
  outcome_expect_text (&outcome, "waits");
  api_wait_state (half->socket, WS_STATE_UNCONNECTED);
  g_assert_nonnull (ws_socket_get_error (half->socket));
}

/* A peer of which nothing waits any more is silent, also while nobody takes
 * what it has said. */
static void
test_keepalive_untaken (Half *half, gconstpointer data)
{
  ws_socket_set_pull (half->socket, TRUE);
  ws_socket_set_read_buffer_size (half->socket, 1);
  send_text (half, "waits");
  settle ();
  ws_socket_set_ping_timeout (half->socket, 20);
  ws_socket_set_ping_interval (half->socket, 20);
  api_wait_state (half->socket, WS_STATE_UNCONNECTED);
  g_assert_error (ws_socket_get_error (half->socket), WS_SOCKET_ERROR,
                  WS_SOCKET_ERROR_SOCKET_TIMEOUT);
  expect_next (half, "waits");
}

/* --- What the callback may do --- */

static void
act_abort (gpointer half)
{
  ws_socket_abort (((Half *) half)->socket);
}

static void
act_close (gpointer half)
{
  ws_socket_close (((Half *) half)->socket, 1000, NULL, NULL);
}

static void
act_drop (gpointer half)
{
  g_clear_object (&((Half *) half)->socket);
}

static void
act_pause (gpointer half)
{
  ws_socket_pause_receiving (((Half *) half)->socket);
  settle ();
  ws_socket_resume_receiving (((Half *) half)->socket);
}

static const struct
{
  const char *name;
  void (*act) (gpointer half);
} acts[] = {
  { "/api/pull/callback/abort", act_abort },
  { "/api/pull/callback/close", act_close },
  { "/api/pull/callback/drop", act_drop },
  { "/api/pull/callback/pause", act_pause },
};

/* In the midst of a batch, with others that wait. */
static void
test_callback (Half *half, gconstpointer data)
{
  void (*const *act) (gpointer) = data;
  Outcome outcomes[3] = { 0 };

  ws_socket_set_pull (half->socket, TRUE);
  outcomes[0].act = *act;
  outcomes[0].data = half;
  for (guint i = 0; i < G_N_ELEMENTS (outcomes); i++)
    begin_receive (half->socket, NULL, &outcomes[i]);
  for (guint i = 0; i < 5; i++)
    send_text (half, "text");
  ws_test_until (NULL, outcomes[0].number != 0);
  g_clear_pointer (&half->peer, raw_peer_free);
  for (guint i = 0; i < G_N_ELEMENTS (outcomes); i++)
    {
      ws_test_until (NULL, outcomes[i].number != 0);
      if (i == 0 || *act == act_pause)
        g_assert_cmpstr (outcome_get_text (&outcomes[i]), ==, "text");
      outcome_clear (&outcomes[i]);
    }
  if (half->socket != NULL)
    ws_socket_abort (half->socket);
}

int
main (int argc, char **argv)
{
  static const gint64 one = 1, some = 1000, large = 1024 * 1024;

  api_test_init (&argc, &argv);
  half_add ("/api/pull/order", NULL, test_order);
  half_add ("/api/pull/loop", &one, test_loop);
  half_add ("/api/pull/loop-buffer", &some, test_loop);
  half_add ("/api/pull/back-pressure", &one, test_back_pressure);
  half_add ("/api/pull/back-pressure-buffer", &large, test_back_pressure);
  half_add ("/api/pull/unlimited", NULL, test_unlimited);
  half_add ("/api/pull/read-ahead", NULL, test_read_ahead);
  half_add ("/api/pull/buffer", NULL, test_buffer);
  half_add ("/api/pull/empty-flood", NULL, test_empty_flood);
  half_add ("/api/pull/close-untaken", NULL, test_close_untaken);
  half_add ("/api/pull/close-paused", GINT_TO_POINTER (1), test_close_untaken);
  half_add ("/api/pull/close-taken", NULL, test_close_taken);
  half_add ("/api/pull/close-flooded", NULL, test_close_flooded);
  half_add ("/api/pull/close-answered", GUINT_TO_POINTER (200),
            test_close_flooded);
  half_add ("/api/pull/lost", NULL, test_lost);
  half_add ("/api/pull/cancelled", NULL, test_cancelled);
  half_add_client ("/api/pull/forgotten", NULL, test_forgotten);
  half_add ("/api/pull/refused", NULL, test_refused);
  for (guint i = 0; i < G_N_ELEMENTS (acts); i++)
    half_add (acts[i].name, &acts[i].act, test_callback);
  half_add ("/api/pull/keepalive", NULL, test_keepalive);
  half_add ("/api/pull/keepalive-untaken", NULL, test_keepalive_untaken);
  return g_test_run ();
}
