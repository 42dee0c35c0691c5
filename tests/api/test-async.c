/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "async-test.h"

#include <gio/gunixinputstream.h>
#include <gio/gunixoutputstream.h>
#include <unistd.h>

/* GIO's face of a socket: calls that wait for what a method has begun. */

/* --- A call and what ends it --- */

typedef struct
{
  Half           half;
  RawListener   *other; /* where else it can be opened */
  GCancellable  *cancellable;
  GOutputStream *writer; /* (nullable): what a stream comes from */
  Outcome        outcome;
} Stage;

typedef struct
{
  const char *name;
  void (*begin) (Stage *stage);
  /* How it ends by each of the events. */
  End      cancel, close, abort, reopen, lost;
  gboolean ends_connection; /* cancelling it does */
} Call;

static void
call_open (Stage *stage)
{
  g_autofree char *url = raw_listener_make_url (stage->other, "/call");

  begin_open (stage->half.socket, url, stage->cancellable, &stage->outcome);
  if (g_cancellable_is_cancelled (stage->cancellable))
    return;
  g_clear_pointer (&stage->half.peer, raw_peer_free);
  stage->half.peer = raw_listener_take (stage->other);
  raw_peer_wait_head (stage->half.peer);
}

static void
call_close (Stage *stage)
{
  begin_close (stage->half.socket, 3000, stage->cancellable, &stage->outcome);
}

static void
call_ping (Stage *stage)
{
  begin_ping (stage->half.socket, NULL, stage->cancellable, &stage->outcome);
}

static void
call_send_waiting (Stage *stage)
{
  fill_buffer (&stage->half);
  begin_send (stage->half.socket, 1000, stage->cancellable, &stage->outcome);
}

static void
call_send_framed (Stage *stage)
{
  fill_buffer (&stage->half);
  ws_socket_set_max_bytes_to_write (stage->half.socket, 1024 * 1024);
  begin_send (stage->half.socket, 1000, stage->cancellable, &stage->outcome);
}

static void
call_receive (Stage *stage)
{
  ws_socket_set_pull (stage->half.socket, TRUE);
  begin_receive (stage->half.socket, stage->cancellable, &stage->outcome);
}

static void
call_receive_stream (Stage *stage)
{
  ws_socket_set_pull (stage->half.socket, TRUE);
  begin_receive_stream (stage->half.socket, stage->cancellable,
                        &stage->outcome);
}

/* Of a stream that neither ends nor brings anything. */
static void
call_send_stream (Stage *stage)
{
  int fds[2];
  g_autoptr (GInputStream) input = NULL;

  g_assert_cmpint (pipe (fds), ==, 0);
  stage->writer = g_unix_output_stream_new (fds[1], TRUE);
  input = g_unix_input_stream_new (fds[0], TRUE);
  begin_send_stream (stage->half.socket, WS_MESSAGE_TYPE_TEXT, input,
                     stage->cancellable, &stage->outcome);
}

/* clang-format off */
static const Call calls[] = {
  { "open", call_open, END_CANCELLED, END_CANCELLED, END_CANCELLED, END_CANCELLED, END_LOST, TRUE },
  { "close", call_close, END_CANCELLED, END_WELL, END_WELL, END_CANCELLED, END_WELL, TRUE },
  { "ping", call_ping, END_CANCELLED, END_NOT_CONNECTED, END_NOT_CONNECTED, END_CANCELLED, END_LOST, FALSE },
  { "send-waiting", call_send_waiting, END_CANCELLED, END_NOT_CONNECTED, END_NOT_CONNECTED, END_CANCELLED, END_LOST, FALSE },
  { "send-framed", call_send_framed, END_CANCELLED, END_NOT_CONNECTED, END_NOT_CONNECTED, END_CANCELLED, END_LOST, FALSE },
  { "receive", call_receive, END_CANCELLED, END_NOT_CONNECTED, END_NOT_CONNECTED, END_CANCELLED, END_LOST, FALSE },
  { "receive-stream", call_receive_stream, END_CANCELLED, END_NOT_CONNECTED, END_NOT_CONNECTED, END_CANCELLED, END_LOST, FALSE },
  { "send-stream", call_send_stream, END_CANCELLED, END_NOT_CONNECTED, END_NOT_CONNECTED, END_CANCELLED, END_LOST, FALSE },
};
/* clang-format on */

/* --- The events --- */

typedef struct
{
  const char *name;
  void (*run) (Stage *stage, const Call *call);
} Event;

static void
cancelled_before (Stage *stage, const Call *call)
{
  g_cancellable_cancel (stage->cancellable);
  call->begin (stage);
  outcome_expect (&stage->outcome, END_CANCELLED);
  g_assert_true (ws_socket_is_valid (stage->half.socket));
}

static void
cancelled (Stage *stage, const Call *call)
{
  call->begin (stage);
  g_cancellable_cancel (stage->cancellable);
  g_assert_cmpuint (stage->outcome.number, ==, 0);
  outcome_expect (&stage->outcome, call->cancel);
  g_assert_cmpint (ws_socket_get_state (stage->half.socket), ==,
                   call->ends_connection ? WS_STATE_UNCONNECTED
                                         : WS_STATE_CONNECTED);
}

static void
closed (Stage *stage, const Call *call)
{
  call->begin (stage);
  g_assert_true (ws_socket_close (stage->half.socket, 1000, NULL, NULL));
  g_clear_pointer (&stage->half.peer, raw_peer_reset);
  outcome_expect (&stage->outcome, call->close);
}

static void
aborted (Stage *stage, const Call *call)
{
  call->begin (stage);
  ws_socket_abort (stage->half.socket);
  outcome_expect (&stage->outcome, call->abort);
}

static void
opened_anew (Stage *stage, const Call *call)
{
  g_autofree char *url = raw_listener_make_url (stage->other, "/anew");

  call->begin (stage);
  g_assert_true (ws_socket_open (stage->half.socket, url, NULL));
  outcome_expect (&stage->outcome, call->reopen);
  g_assert_cmpint (ws_socket_get_state (stage->half.socket), ==,
                   WS_STATE_CONNECTING);
}

static void
lost (Stage *stage, const Call *call)
{
  call->begin (stage);
  g_clear_pointer (&stage->half.peer, raw_peer_reset);
  outcome_expect (&stage->outcome, call->lost);
  g_assert_cmpint (ws_socket_get_state (stage->half.socket), ==,
                   WS_STATE_UNCONNECTED);
}

/* A call holds its socket, and nothing holds it after that. */
static void
dropped (Stage *stage, const Call *call)
{
  gpointer watched = stage->half.socket;

  call->begin (stage);
  g_object_add_weak_pointer (watched, &watched);
  g_object_unref (g_steal_pointer (&stage->half.socket));
  g_assert_nonnull (watched);
  g_clear_pointer (&stage->half.peer, raw_peer_reset);
  outcome_expect (&stage->outcome, call->lost);
  g_clear_object (&stage->writer);
  ws_test_until (NULL, watched == NULL);
}

static const Event events[] = {
  { "cancelled-before", cancelled_before },
  { "cancelled", cancelled },
  { "closed", closed },
  { "aborted", aborted },
  { "opened-anew", opened_anew },
  { "lost", lost },
  { "dropped", dropped },
};

typedef struct
{
  const Call  *call;
  const Event *event;
} Case;

static void
test_case (gconstpointer data)
{
  const Case *test = data;
  Stage       stage = { 0 };

  half_set_up_client (&stage.half, NULL);
  stage.other = raw_listener_new ();
  stage.cancellable = g_cancellable_new ();
  test->event->run (&stage, test->call);
  g_clear_pointer (&stage.other, raw_listener_free);
  /* Ends a read that is still under way. */
  g_clear_object (&stage.writer);
  settle ();
  half_tear_down (&stage.half, NULL);
  g_assert_finalize_object (stage.cancellable);
  outcome_clear (&stage.outcome);
}

static void
add_cases (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (calls); i++)
    for (guint j = 0; j < G_N_ELEMENTS (events); j++)
      {
        g_autofree char *path = g_strdup_printf ("/api/async/%s/%s",
                                                 calls[i].name, events[j].name);
        Case            *test = g_new (Case, 1);

        *test = (Case){ &calls[i], &events[j] };
        g_test_add_data_func_full (path, test, test_case, g_free);
      }
}

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

/* Pitfall 31: what finds no room waits, in order, and is done when written. */
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
  ws_socket_send_text_message (half->socket, big, &error);
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
  add_cases ();
  g_test_add_func ("/api/async/order", test_order);
  half_add ("/api/async/refused", NULL, test_refused);
  half_add ("/api/async/sent-in-order", NULL, test_sent_in_order);
  half_add ("/api/async/sent-before-close", &no, test_sent_before_close);
  half_add ("/api/async/sent-before-peer-closes", &yes, test_sent_before_close);
  half_add ("/api/async/pings", NULL, test_pings);
  half_add ("/api/async/wrong-thread", NULL, test_wrong_thread);
  return g_test_run ();
}
