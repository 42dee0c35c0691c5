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
  Outcome        again[5]; /* of calls that a callback has begun */
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
  { "open", call_open, END_CANCELLED, END_CANCELLED, END_CANCELLED,
    END_CANCELLED, END_LOST, TRUE },
  { "close", call_close, END_CANCELLED, END_WELL, END_WELL, END_CANCELLED,
    END_WELL, TRUE },
  { "ping", call_ping, END_CANCELLED, END_NOT_CONNECTED, END_NOT_CONNECTED,
    END_CANCELLED, END_LOST, FALSE },
  { "send-waiting", call_send_waiting, END_CANCELLED, END_NOT_CONNECTED,
    END_NOT_CONNECTED, END_CANCELLED, END_LOST, FALSE },
  { "send-framed", call_send_framed, END_CANCELLED, END_NOT_CONNECTED,
    END_NOT_CONNECTED, END_CANCELLED, END_LOST, FALSE },
  { "receive", call_receive, END_CANCELLED, END_NOT_CONNECTED,
    END_NOT_CONNECTED, END_CANCELLED, END_LOST, FALSE },
  { "receive-stream", call_receive_stream, END_CANCELLED, END_NOT_CONNECTED,
    END_NOT_CONNECTED, END_CANCELLED, END_LOST, FALSE },
  { "send-stream", call_send_stream, END_CANCELLED, END_NOT_CONNECTED,
    END_NOT_CONNECTED, END_CANCELLED, END_LOST, FALSE },
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

/* --- What its callback may do --- */

static void
act_abort (gpointer data)
{
  ws_socket_abort (((Stage *) data)->half.socket);
}

static void
act_close (gpointer data)
{
  g_assert_true (
      ws_socket_close (((Stage *) data)->half.socket, 1000, NULL, NULL));
}

static void
act_open (gpointer data)
{
  Stage           *stage = data;
  g_autofree char *url = raw_listener_make_url (stage->other, "/again");

  g_assert_true (ws_socket_open (stage->half.socket, url, NULL));
}

static void
act_drop (gpointer data)
{
  g_clear_object (&((Stage *) data)->half.socket);
}

static void
act_nest (gpointer data)
{
  settle ();
}

/* Begins the same call once more. */
static void
act_again (gpointer data)
{
  Stage           *stage = data;
  g_autofree char *url = raw_listener_make_url (stage->other, "/again");

  begin_open (stage->half.socket, url, NULL, &stage->again[0]);
  begin_ping (stage->half.socket, NULL, NULL, &stage->again[1]);
  begin_send (stage->half.socket, 10, NULL, &stage->again[2]);
  begin_receive (stage->half.socket, NULL, &stage->again[3]);
  begin_close (stage->half.socket, 1000, NULL, &stage->again[4]);
}

static void
act_cancel (gpointer data)
{
  g_cancellable_cancel (((Stage *) data)->cancellable);
}

static const struct
{
  const char *name;
  void (*act) (gpointer data);
} acts[] = {
  { "abort", act_abort },   { "close", act_close }, { "open", act_open },
  { "drop", act_drop },     { "nest", act_nest },   { "again", act_again },
  { "cancel", act_cancel },
};

/* Others wait for the same socket, and end all the same. */
static void
run_act (Stage *stage, const Call *call, void (*act) (gpointer data))
{
  Outcome before = { 0 };
  Outcome after = { 0 };

  stage->outcome.act = act;
  stage->outcome.data = stage;
  begin_ping (stage->half.socket, NULL, stage->cancellable, &before);
  call->begin (stage);
  begin_ping (stage->half.socket, NULL, stage->cancellable, &after);
  g_clear_pointer (&stage->half.peer, raw_peer_reset);
  ws_test_until (NULL, stage->outcome.number != 0);
  ws_test_until (NULL, before.number != 0);
  ws_test_until (NULL, after.number != 0);
  for (guint i = 0; i < G_N_ELEMENTS (stage->again); i++)
    if (stage->again[i].finish != NULL)
      {
        ws_test_until (NULL, stage->again[i].number != 0);
        outcome_clear (&stage->again[i]);
      }
  settle ();
  outcome_clear (&before);
  outcome_clear (&after);
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
  const Event *event;          /* (nullable) */
  void (*act) (gpointer data); /* instead */
} Case;

static void
test_case (gconstpointer data)
{
  const Case *test = data;
  Stage       stage = { 0 };

  half_set_up_client (&stage.half, NULL);
  stage.other = raw_listener_new ();
  stage.cancellable = g_cancellable_new ();
  if (test->event != NULL)
    test->event->run (&stage, test->call);
  else
    run_act (&stage, test->call, test->act);
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

        *test = (Case){ .call = &calls[i], .event = &events[j] };
        g_test_add_data_func_full (path, test, test_case, g_free);
      }
}

static void
add_acts (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (calls); i++)
    for (guint j = 0; j < G_N_ELEMENTS (acts); j++)
      {
        g_autofree char *path = g_strdup_printf ("/api/async/%s/callback/%s",
                                                 calls[i].name, acts[j].name);
        Case            *test = g_new (Case, 1);

        *test = (Case){ .call = &calls[i], .act = acts[j].act };
        g_test_add_data_func_full (path, test, test_case, g_free);
      }
}

int
main (int argc, char **argv)
{
  api_test_init (&argc, &argv);
  add_cases ();
  add_acts ();
  return g_test_run ();
}
