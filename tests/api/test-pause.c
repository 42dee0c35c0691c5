/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "async-test.h"

#include <string.h>

/* Receiving is paused and resumed. */

static void
send_text (Half *half, const char *text)
{
  raw_peer_send_frame (half->peer, 0x81, text, strlen (text));
}

static void
test_paused (Half *half, gconstpointer data)
{
  g_autoptr (SignalLog) log = signal_log_new (half->socket);

  ws_socket_pause_receiving (half->socket);
  ws_socket_pause_receiving (half->socket);
  send_text (half, "one");
  raw_peer_send_frame (half->peer, 0x89, "?", 1);
  send_text (half, "two");
  settle ();
  signal_log_expect (log, "");
  g_assert_cmpuint (half->peer->received->len, ==, 0);
  api_socket_send (half->socket, "sending goes on");
  raw_peer_expect_text (half->peer, "sending goes on");

  ws_socket_resume_receiving (half->socket);
  signal_log_expect (log, "");
  ws_test_until (NULL, signal_log_count (log, "text:two") == 1);
  signal_log_expect (log, "text:one text:two");
  ws_socket_abort (half->socket);
}

/* In the first handler the rest of the batch waits, in order. */
static void
pause_once (WsSocket *socket)
{
  g_signal_handlers_disconnect_by_func (socket, pause_once, NULL);
  ws_socket_pause_receiving (socket);
}

static void
test_in_handler (Half *half, gconstpointer data)
{
  g_autoptr (SignalLog) log = signal_log_new (half->socket);

  g_signal_connect (half->socket, "text-message-received",
                    G_CALLBACK (pause_once), NULL);
  send_text (half, "one");
  send_text (half, "two");
  raw_peer_send_frame (half->peer, 0x01, "th", 2);
  raw_peer_send_frame (half->peer, 0x80, "ree", 3);
  ws_test_until (NULL, signal_log_count (log, "text:one") == 1);
  settle ();
  signal_log_expect (log, "text:one");
  send_text (half, "four");
  settle ();
  signal_log_expect (log, "");
  ws_socket_resume_receiving (half->socket);
  ws_test_until (NULL, signal_log_count (log, "text:four") == 1);
  signal_log_expect (log, "text:two text:three text:four");
  ws_socket_abort (half->socket);
}

static void
resume_at_once (WsSocket *socket)
{
  ws_socket_pause_receiving (socket);
  ws_socket_resume_receiving (socket);
}

static void
test_resumed_in_handler (Half *half, gconstpointer data)
{
  g_autoptr (SignalLog) log = signal_log_new (half->socket);

  g_signal_connect (half->socket, "message-received",
                    G_CALLBACK (resume_at_once), NULL);
  send_text (half, "one");
  send_text (half, "two");
  ws_test_until (NULL, signal_log_count (log, "text:two") == 1);
  signal_log_expect (log, "text:one text:two");
  ws_socket_abort (half->socket);
}

/* One message is not torn between its frame and itself. */
static void
test_between_frames (Half *half, gconstpointer data)
{
  guint n_frames = 0, n_messages = 0;

  api_count (half->socket, "text-frame-received", &n_frames);
  api_count (half->socket, "text-message-received", &n_messages);
  g_signal_connect (half->socket, "text-frame-received",
                    G_CALLBACK (pause_once), NULL);
  send_text (half, "one");
  send_text (half, "two");
  ws_test_until (NULL, n_frames == 1);
  settle ();
  g_assert_cmpuint (n_messages, ==, 0);
  ws_socket_resume_receiving (half->socket);
  ws_test_until (NULL, n_messages == 2);
  g_assert_cmpuint (n_frames, ==, 2);
  ws_socket_abort (half->socket);
}

/* The peer's end is seen when receiving goes on, after all messages. */
static void
test_peer_ends (Half *half, gconstpointer data)
{
  const gboolean *closes = data;
  g_autoptr (SignalLog) log = signal_log_new (half->socket);

  ws_socket_pause_receiving (half->socket);
  send_text (half, "last");
  if (*closes)
    raw_peer_send_close (half->peer, 4000, "");
  settle ();
  g_clear_pointer (&half->peer, raw_peer_free);
  settle ();
  signal_log_expect (log, "");
  ws_socket_resume_receiving (half->socket);
  api_wait_state (half->socket, WS_STATE_UNCONNECTED);
  g_assert_cmpuint (signal_log_count (log, "text:last"), ==, 1);
  g_assert_cmpuint (signal_log_count (log, "error:remote-host-closed"), ==,
                    !*closes);
}

/* Sends until that fails, because the peer is gone. */
static void
lose_while_writing (Half *half)
{
  g_autoptr (GError) error = NULL;

  send_text (half, "last");
  ws_socket_pause_receiving (half->socket);
  settle ();
  g_clear_pointer (&half->peer, raw_peer_free);
  while (ws_socket_send_text_message (half->socket, "into the void", &error)
         >= 0)
    settle ();
  g_assert_cmpint (error->domain, ==, WS_SOCKET_ERROR);
  g_assert_cmpint (error->code, !=, WS_SOCKET_ERROR_NOT_CONNECTED);
  g_assert_cmpint (ws_socket_get_state (half->socket), ==, WS_STATE_CONNECTED);
}

/* A loss that writing finds out waits for what was received before. */
static void
test_loss_while_writing (Half *half, gconstpointer data)
{
  g_autoptr (SignalLog) log = signal_log_new (half->socket);

  lose_while_writing (half);
  signal_log_expect (log, "");
  ws_socket_resume_receiving (half->socket);
  api_wait_state (half->socket, WS_STATE_UNCONNECTED);
  g_assert_cmpuint (signal_log_count (log, "error:remote-host-closed"), ==, 1);
}

static void
test_close (Half *half, gconstpointer data)
{
  g_auto (Outcome) closed = { 0 };

  ws_socket_set_close_timeout (half->socket, 100);
  ws_socket_pause_receiving (half->socket);
  begin_close (half->socket, 3000, NULL, &closed);
  raw_peer_expect_close (half->peer, 3000, "bye");
  raw_peer_send_close (half->peer, 3000, "");
  outcome_expect (&closed, END_WELL);
  g_assert_true (ws_socket_get_was_clean (half->socket));
}

static void
test_close_and_resume (Half *half, gconstpointer data)
{
  g_auto (Outcome) closed = { 0 };

  ws_socket_pause_receiving (half->socket);
  begin_close (half->socket, 3000, NULL, &closed);
  raw_peer_expect_close (half->peer, 3000, "bye");
  raw_peer_send_close (half->peer, 3000, "");
  g_clear_pointer (&half->peer, raw_peer_free);
  ws_socket_resume_receiving (half->socket);
  outcome_expect (&closed, END_WELL);
  g_assert_true (ws_socket_get_was_clean (half->socket));
}

static void
test_abort (Half *half, gconstpointer data)
{
  g_autoptr (SignalLog) log = signal_log_new (half->socket);

  send_text (half, "never seen");
  ws_socket_pause_receiving (half->socket);
  settle ();
  ws_socket_abort (half->socket);
  signal_log_expect (log, "read-finished code=1006 " SIGNAL_LOG_ENDED);
  ws_socket_resume_receiving (half->socket);
  settle ();
  signal_log_expect (log, "");
}

/* The next connection is not paused. */
static void
test_opened_anew (Half *half, gconstpointer data)
{
  g_autofree char *url = raw_listener_make_url (half->listener, "/anew");
  guint            n_messages = 0;

  api_count (half->socket, "message-received", &n_messages);
  ws_socket_pause_receiving (half->socket);
  g_assert_true (ws_socket_open (half->socket, url, NULL));
  raw_peer_free (half->peer);
  half->peer = raw_listener_take (half->listener);
  raw_peer_accept (half->peer);
  send_text (half, "heard");
  ws_test_until (NULL, n_messages == 1);
  ws_socket_abort (half->socket);
}

/* Paused while it opens: before the first message. */
static void
test_while_opening (Half *half, gconstpointer data)
{
  g_autofree char *url = raw_listener_make_url (half->listener, "/anew");
  guint            n_messages = 0;

  api_count (half->socket, "message-received", &n_messages);
  g_assert_true (ws_socket_open (half->socket, url, NULL));
  ws_socket_pause_receiving (half->socket);
  raw_peer_free (half->peer);
  half->peer = raw_listener_take (half->listener);
  raw_peer_accept (half->peer);
  send_text (half, "waits");
  api_wait_state (half->socket, WS_STATE_CONNECTED);
  settle ();
  g_assert_cmpuint (n_messages, ==, 0);
  ws_socket_resume_receiving (half->socket);
  ws_test_until (NULL, n_messages == 1);
  ws_socket_abort (half->socket);
}

/* The peer is held up, and nothing is lost. */
static void
test_back_pressure (Half *half, gconstpointer data)
{
  const guint n_frames = 300;
  g_auto (Flood) flood = { 0 };
  guint n_messages = 0;

  api_count (half->socket, "message-received", &n_messages);
  flood_init (&flood, half->peer);
  for (guint i = 0; i < n_frames; i++)
    flood_add (&flood, 0x82, 64 * 1024);
  ws_socket_pause_receiving (half->socket);
  flood_push (&flood);
  g_assert_cmpuint (flood.n_pushed, <, flood.bytes->len);
  g_assert_cmpuint (n_messages, ==, 0);
  ws_socket_resume_receiving (half->socket);
  while (n_messages < n_frames)
    flood_push (&flood);
  ws_socket_abort (half->socket);
}

/* With pull it holds what waits back as well. */
static void
test_pull (Half *half, gconstpointer data)
{
  g_auto (Outcome) first = { 0 };
  g_auto (Outcome) second = { 0 };

  ws_socket_set_pull (half->socket, TRUE);
  send_text (half, "one");
  send_text (half, "two");
  settle ();
  ws_socket_pause_receiving (half->socket);
  begin_receive (half->socket, NULL, &first);
  begin_receive (half->socket, NULL, &second);
  settle ();
  g_assert_cmpuint (first.number, ==, 0);
  ws_socket_resume_receiving (half->socket);
  outcome_expect_text (&first, "one");
  outcome_expect_text (&second, "two");
  ws_socket_abort (half->socket);
}

static gpointer
pause_in_thread (gpointer socket)
{
  ws_socket_pause_receiving (socket);
  return NULL;
}

static void
test_wrong_thread (Half *half, gconstpointer data)
{
  guint n_messages = 0;

  api_count (half->socket, "message-received", &n_messages);
  g_test_expect_message ("Ws", G_LOG_LEVEL_WARNING,
                         "ws_socket_pause_receiving: *another thread*");
  g_thread_join (g_thread_new ("other", pause_in_thread, half->socket));
  g_test_assert_expected_messages ();
  send_text (half, "heard");
  ws_test_until (NULL, n_messages == 1);
  ws_socket_abort (half->socket);
}

/* But not without an end. */
static void
test_loss_without_resume (Half *half, gconstpointer data)
{
  g_autoptr (SignalLog) log = signal_log_new (half->socket);

  ws_socket_set_close_timeout (half->socket, 10);
  lose_while_writing (half);
  api_wait_state (half->socket, WS_STATE_UNCONNECTED);
  g_assert_cmpuint (signal_log_count (log, "text:last"), ==, 0);
  g_assert_cmpuint (signal_log_count (log, "disconnected"), ==, 1);
}

int
main (int argc, char **argv)
{
  static const gboolean no = FALSE, yes = TRUE;

  api_test_init (&argc, &argv);
  half_add ("/api/pause/paused", NULL, test_paused);
  half_add ("/api/pause/in-handler", NULL, test_in_handler);
  half_add ("/api/pause/resumed-in-handler", NULL, test_resumed_in_handler);
  half_add ("/api/pause/between-frames", NULL, test_between_frames);
  half_add ("/api/pause/peer-closes", &yes, test_peer_ends);
  half_add ("/api/pause/peer-is-lost", &no, test_peer_ends);
  half_add ("/api/pause/loss-while-writing", NULL, test_loss_while_writing);
  half_add ("/api/pause/loss-without-resume", NULL, test_loss_without_resume);
  half_add ("/api/pause/close", NULL, test_close);
  half_add ("/api/pause/close-and-resume", NULL, test_close_and_resume);
  half_add ("/api/pause/abort", NULL, test_abort);
  half_add_client ("/api/pause/opened-anew", NULL, test_opened_anew);
  half_add_client ("/api/pause/while-opening", NULL, test_while_opening);
  half_add ("/api/pause/back-pressure", NULL, test_back_pressure);
  half_add ("/api/pause/pull", NULL, test_pull);
  half_add ("/api/pause/wrong-thread", NULL, test_wrong_thread);
  return g_test_run ();
}
