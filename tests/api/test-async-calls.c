/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "async-test.h"

/* What asynchronous calls do, when, and in which order. */

/* --- When all goes well --- */

static void
note_signal (guint *number)
{
  *number = ++outcome_last;
}

/* Opened after connected, closed after disconnected, and before active is
 * reset. */
static void
test_order (void)
{
  g_autoptr (WsServer) server = api_server_new ();
  g_autoptr (WsSocket) socket = ws_socket_new ();
  g_auto (Outcome) opened = { 0 };
  g_auto (Outcome) pinged = { 0 };
  g_auto (Outcome) sent = { 0 };
  g_auto (Outcome) closed_ = { 0 };
  guint connected = 0, disconnected = 0, inactive = 0;

  g_signal_connect_swapped (socket, "connected", G_CALLBACK (note_signal),
                            &connected);
  g_signal_connect_swapped (socket, "disconnected", G_CALLBACK (note_signal),
                            &disconnected);
  begin_open (socket, ws_server_get_url (server), NULL, &opened);
  outcome_expect (&opened, END_WELL);
  g_assert_cmpuint (opened.number, ==, connected + 1);
  g_assert_cmpint (ws_socket_get_state (socket), ==, WS_STATE_CONNECTED);
  g_object_unref (api_server_take (server));

  begin_ping (socket, "a", NULL, &pinged);
  outcome_expect (&pinged, END_WELL);
  g_assert_cmpint (GPOINTER_TO_INT (pinged.value), >=, 0);
  begin_send (socket, 10, NULL, &sent);
  outcome_expect (&sent, END_WELL);
  g_assert_cmpuint (ws_socket_get_bytes_to_write (socket), ==, 0);

  g_signal_connect_swapped (socket, "notify::active", G_CALLBACK (note_signal),
                            &inactive);
  begin_close (socket, 1000, NULL, &closed_);
  outcome_expect (&closed_, END_WELL);
  ws_test_until (NULL, inactive != 0);
  g_assert_cmpuint (closed_.number, ==, disconnected + 1);
  g_assert_cmpuint (inactive, ==, closed_.number + 1);
  g_assert_true (ws_socket_get_was_clean (socket));

  outcome_clear (&closed_);
  begin_close (socket, 1000, NULL, &closed_);
  outcome_expect (&closed_, END_WELL);
}

/* What is refused at once ends later all the same. */
static void
test_refused (Half *half, gconstpointer data)
{
  g_autofree char *long_payload = g_strnfill (126, 'x');
  g_auto (Outcome) outcome = { 0 };

  begin_open (half->socket, "http://example.org", NULL, &outcome);
  ws_test_until (NULL, outcome.number != 0);
  g_assert_error (outcome.error, WS_SOCKET_ERROR,
                  WS_SOCKET_ERROR_UNSUPPORTED_SOCKET_OPERATION);
  outcome_clear (&outcome);
  begin_close (half->socket, 1005, NULL, &outcome);
  outcome_expect (&outcome, END_INVALID_ARGUMENT);
  outcome_clear (&outcome);
  begin_ping (half->socket, long_payload, NULL, &outcome);
  outcome_expect (&outcome, END_INVALID_ARGUMENT);
  outcome_clear (&outcome);
  ws_socket_set_max_bytes_to_write (half->socket, 100);
  begin_send (half->socket, 101, NULL, &outcome);
  outcome_expect (&outcome, END_BUFFER_FULL);
  g_assert_cmpint (ws_socket_get_state (half->socket), ==, WS_STATE_CONNECTED);

  ws_socket_abort (half->socket);
  outcome_clear (&outcome);
  begin_send (half->socket, 1, NULL, &outcome);
  outcome_expect (&outcome, END_NOT_CONNECTED);
  outcome_clear (&outcome);
  begin_ping (half->socket, NULL, NULL, &outcome);
  outcome_expect (&outcome, END_NOT_CONNECTED);
}

/* --- Sending in order --- */

static void
expect_binary (RawPeer *peer, gsize len)
{
  g_auto (RawFrame) frame = raw_peer_take_frame (peer);

  g_assert_cmphex (frame.first, ==, 0x82);
  g_assert_cmpuint (frame.payload->len, ==, len);
}

/* What finds no room waits, in order, and is done when written. */
static void
test_sent_in_order (Half *half, gconstpointer data)
{
  g_auto (Outcome) first = { 0 };
  g_auto (Outcome) withdrawn = { 0 };
  g_auto (Outcome) last = { 0 };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *big = g_strnfill (65 * 1024, 'x');
  guint64          full;

  fill_buffer (half);
  full = ws_socket_get_bytes_to_write (half->socket);
  begin_send (half->socket, 1001, NULL, &first);
  g_assert_cmpuint (ws_socket_get_bytes_to_write (half->socket), ==, full);
  begin_send (half->socket, 1002, cancellable, &withdrawn);
  begin_send (half->socket, 1003, NULL, &last);
  ws_test_ignore (ws_socket_send_text_message (half->socket, big, &error));
  g_assert_error (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_BUFFER_FULL);
  g_cancellable_cancel (cancellable);
  outcome_expect (&withdrawn, END_CANCELLED);
  ws_socket_set_max_bytes_to_write (half->socket, full + 1000);
  api_socket_send (half->socket, "plain");
  g_assert_cmpuint (ws_socket_get_bytes_to_write (half->socket), >, full);
  g_assert_cmpuint (first.number, ==, 0);

  raw_peer_set_reading (half->peer, TRUE);
  for (;;)
    {
      g_auto (RawFrame) frame = raw_peer_take_frame (half->peer);

      if (frame.payload->len == 1001)
        break;
      g_assert_cmpuint (frame.payload->len, ==, 64 * 1024);
    }
  expect_binary (half->peer, 1003);
  raw_peer_expect_text (half->peer, "plain");
  outcome_expect (&first, END_WELL);
  outcome_expect (&last, END_WELL);
  g_assert_cmpuint (first.number, <, last.number);
  ws_socket_abort (half->socket);
}

/* Queued messages go out before a close frame, whoever closes. */
static void
test_sent_before_close (Half *half, gconstpointer data)
{
  const gboolean *by_peer = data;
  g_auto (Outcome) sent = { 0 };

  fill_buffer (half);
  begin_send (half->socket, 1001, NULL, &sent);
  if (*by_peer)
    raw_peer_send_close (half->peer, 4000, "");
  else
    g_assert_true (ws_socket_close (half->socket, 4000, NULL, NULL));
  ws_test_until (NULL,
                 ws_socket_get_state (half->socket) != WS_STATE_CONNECTED);
  g_assert_cmpint (ws_socket_get_state (half->socket), ==, WS_STATE_CLOSING);
  raw_peer_set_reading (half->peer, TRUE);
  for (;;)
    {
      g_auto (RawFrame) frame = raw_peer_take_frame (half->peer);

      if (frame.payload->len == 1001)
        break;
    }
  outcome_expect (&sent, END_WELL);
  raw_peer_expect_close (half->peer, 4000, NULL);
  ws_socket_abort (half->socket);
}

/* --- Pings --- */

/* A pong answers all older pings, and no younger one. */
static void
test_pings (Half *half, gconstpointer data)
{
  g_auto (Outcome) older = { 0 };
  g_auto (Outcome) asked = { 0 };
  g_auto (Outcome) younger = { 0 };

  g_assert_true (ws_socket_ping (half->socket, NULL, NULL));
  begin_ping (half->socket, "older", NULL, &older);
  g_usleep (2000);
  begin_ping (half->socket, "asked", NULL, &asked);
  g_usleep (2000);
  begin_ping (half->socket, "asked", NULL, &younger);
  raw_peer_send_frame (half->peer, 0x8a, "", 0);
  raw_peer_send_frame (half->peer, 0x8a, "never asked", 11);
  raw_peer_send_frame (half->peer, 0x8a, "asked", 5);
  outcome_expect (&older, END_WELL);
  outcome_expect (&asked, END_WELL);
  g_assert_cmpint (GPOINTER_TO_INT (older.value), >=,
                   GPOINTER_TO_INT (asked.value) + 2000);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (younger.number, ==, 0);
  raw_peer_send_frame (half->peer, 0x8a, "asked", 5);
  outcome_expect (&younger, END_WELL);
  ws_socket_abort (half->socket);
}

/* --- Ends that say nothing else --- */

/* A server that goes takes its sockets along, without a signal. */
static void
test_server_gone (Half *half, gconstpointer data)
{
  g_auto (Outcome) received = { 0 };
  g_auto (Outcome) closed = { 0 };

  ws_socket_set_pull (half->socket, TRUE);
  begin_receive (half->socket, NULL, &received);
  begin_close (half->socket, 1000, NULL, &closed);
  g_assert_finalize_object (g_steal_pointer (&half->server));
  outcome_expect (&received, END_NOT_CONNECTED);
  outcome_expect (&closed, END_WELL);
}

static void
test_disposed (Half *half, gconstpointer data)
{
  g_auto (Outcome) received = { 0 };

  ws_socket_set_pull (half->socket, TRUE);
  begin_receive (half->socket, NULL, &received);
  g_object_run_dispose (G_OBJECT (half->socket));
  outcome_expect (&received, END_NOT_CONNECTED);
}

/* A call of an older attempt, which is about to end, ends no newer one. */

static void
cancel_inside (WsSocket *socket, WsState state, Outcome *outcome)
{
  GCancellable *cancellable = g_object_get_data (G_OBJECT (socket), "cancel");

  if (state != WS_STATE_CONNECTING)
    return;
  g_cancellable_cancel (cancellable);
  ws_test_until (NULL, outcome->number != 0);
}

static void
test_cancelled_too_late (Half *half, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autofree char *url = raw_listener_make_url (half->listener, "/anew");
  g_auto (Outcome) outcome = { 0 };

  begin_close (half->socket, 1000, cancellable, &outcome);
  g_object_set_data (G_OBJECT (half->socket), "cancel", cancellable);
  g_signal_connect (half->socket, "state-changed", G_CALLBACK (cancel_inside),
                    &outcome);
  g_assert_true (ws_socket_open (half->socket, url, NULL));
  outcome_expect (&outcome, END_CANCELLED);
  g_assert_cmpint (ws_socket_get_state (half->socket), ==, WS_STATE_CONNECTING);
  raw_peer_free (half->peer);
  half->peer = raw_listener_take (half->listener);
  raw_peer_accept (half->peer);
  api_wait_state (half->socket, WS_STATE_CONNECTED);
}

/* --- Threads --- */

static gpointer
call_from_thread (gpointer data)
{
  Half *half = data;
  g_autoptr (GMainContext) context = g_main_context_new ();
  Outcome outcomes[4] = { 0 };

  g_main_context_push_thread_default (context);
  begin_open (half->socket, NULL, NULL, &outcomes[0]);
  begin_close (half->socket, 1000, NULL, &outcomes[1]);
  begin_ping (half->socket, NULL, NULL, &outcomes[2]);
  begin_send (half->socket, 1, NULL, &outcomes[3]);
  for (guint i = 0; i < G_N_ELEMENTS (outcomes); i++)
    {
      ws_test_until (context, outcomes[i].number != 0);
      outcome_check (&outcomes[i], __FILE__, __LINE__, END_WRONG_CONTEXT);
      outcome_clear (&outcomes[i]);
    }
  g_main_context_pop_thread_default (context);
  return NULL;
}

static void
test_wrong_thread (Half *half, gconstpointer data)
{
  g_thread_join (g_thread_new ("caller", call_from_thread, half));
  g_assert_cmpint (ws_socket_get_state (half->socket), ==, WS_STATE_CONNECTED);
  ws_socket_abort (half->socket);
}

int
main (int argc, char **argv)
{
  static const gboolean no = FALSE, yes = TRUE;

  api_test_init (&argc, &argv);
  g_test_add_func ("/api/async/order", test_order);
  half_add ("/api/async/refused", NULL, test_refused);
  half_add ("/api/async/sent-in-order", NULL, test_sent_in_order);
  half_add ("/api/async/sent-before-close", &no, test_sent_before_close);
  half_add ("/api/async/sent-before-peer-closes", &yes, test_sent_before_close);
  half_add ("/api/async/pings", NULL, test_pings);
  half_add_server ("/api/async/server-gone", NULL, test_server_gone);
  half_add_client ("/api/async/disposed", NULL, test_disposed);
  half_add_client ("/api/async/cancelled-too-late", NULL,
                   test_cancelled_too_late);
  half_add ("/api/async/wrong-thread", NULL, test_wrong_thread);
  return g_test_run ();
}
