/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fake-broker.h"
#include "support/ws-test.h"

/* What all brokers do with publications. */

typedef struct
{
  gboolean is_over;
  GError  *error;
} Outcome;

static void
on_published (GObject *broker, GAsyncResult *result, gpointer data)
{
  Outcome *outcome = data;

  ws_broker_publish_finish (WS_BROKER (broker), result, &outcome->error);
  outcome->is_over = TRUE;
}

static WsPublication *
make_publication (gsize size)
{
  g_autofree char *text = g_strnfill (size, 'x');
  g_autoptr (WsMessage) message = ws_message_new_text (text);

  return ws_publication_new ("t", message);
}

static void
test_states (void)
{
  FakeBroker *broker = g_object_new (fake_broker_get_type (), NULL);
  g_autoptr (WsPublication) publication = make_publication (1);
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) cause
      = g_error_new_literal (WS_SOCKET_ERROR, WS_SOCKET_ERROR_NETWORK,
                             "the cable is out");
  g_autofree char *text = NULL;
  g_autoptr (WsBrokerStatistics) statistics = NULL;

  g_assert_false (ws_broker_publish (WS_BROKER (broker), publication, &error));
  g_assert_error (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_NOT_CONNECTED);
  g_assert_cmpstr (error->message, ==, "The broker has no connection yet");
  g_clear_error (&error);
  fake_broker_set_state (broker, WS_BROKER_STATE_CONNECTED);
  g_assert_true (ws_broker_publish (WS_BROKER (broker), publication, &error));
  g_assert_no_error (error);
  ws_broker_set_state (WS_BROKER (broker), WS_BROKER_STATE_CONNECTING, cause);
  g_assert_false (ws_broker_publish (WS_BROKER (broker), publication, &error));
  g_assert_cmpstr (error->message, ==,
                   "The broker has no connection: the cable is out");
  g_object_get (broker, "error-string", &text, NULL);
  g_assert_cmpstr (text, ==, "the cable is out");
  fake_broker_set_state (broker, WS_BROKER_STATE_CONNECTED);
  g_assert_null (ws_broker_dup_error_string (WS_BROKER (broker)));
  statistics = ws_broker_get_statistics (WS_BROKER (broker));
  g_assert_cmpuint (statistics->n_published, ==, 1);
  g_assert_cmpuint (statistics->n_refused, ==, 2);
  g_assert_cmpuint (statistics->n_interruptions, ==, 1);
  g_assert_cmpuint (statistics->queued_bytes, >, 0);
  g_assert_finalize_object (broker);
}

static void
test_full (void)
{
  FakeBroker *broker = g_object_new (fake_broker_get_type (),
                                     "max-queued-bytes", (guint64) 1000, NULL);
  g_autoptr (WsPublication) small = make_publication (1);
  g_autoptr (WsPublication) large = make_publication (5000);
  g_autoptr (GError) error = NULL;
  Outcome outcome = { FALSE };

  fake_broker_set_state (broker, WS_BROKER_STATE_CONNECTED);
  /* One goes through, however large it is. */
  g_assert_true (ws_broker_publish (WS_BROKER (broker), large, &error));
  g_assert_no_error (error);
  g_assert_false (ws_broker_publish (WS_BROKER (broker), small, &error));
  g_assert_error (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_BUFFER_FULL);
  g_clear_error (&error);
  ws_broker_publish_async (WS_BROKER (broker), small, NULL, on_published,
                           &outcome);
  ws_test_until (NULL, outcome.is_over);
  g_assert_error (outcome.error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_BUFFER_FULL);
  g_clear_error (&outcome.error);
  fake_broker_carry_next (broker);
  g_assert_true (ws_broker_publish (WS_BROKER (broker), small, &error));
  g_assert_no_error (error);
  g_assert_finalize_object (broker);
}

static void
test_waiting (void)
{
  FakeBroker *broker = g_object_new (fake_broker_get_type (), NULL);
  g_autoptr (WsPublication) publication = make_publication (1);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Outcome first = { FALSE }, given_up = { FALSE }, last = { FALSE };

  ws_broker_publish_async (WS_BROKER (broker), publication, NULL, on_published,
                           &first);
  ws_broker_publish_async (WS_BROKER (broker), publication, cancellable,
                           on_published, &given_up);
  ws_broker_publish_async (WS_BROKER (broker), publication, NULL, on_published,
                           &last);
  g_cancellable_cancel (cancellable);
  ws_test_until (NULL, given_up.is_over);
  g_assert_error (given_up.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&given_up.error);
  g_assert_cmpuint (broker->publications.length, ==, 0);
  fake_broker_set_state (broker, WS_BROKER_STATE_CONNECTED);
  g_assert_cmpuint (broker->publications.length, ==, 2);
  fake_broker_carry_next (broker);
  ws_test_until (NULL, first.is_over);
  g_assert_no_error (first.error);
  /* A class that forgets one has failed. */
  g_object_unref (fake_broker_take_query (broker));
  ws_test_until (NULL, last.is_over);
  g_assert_error (last.error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_OPERATION);
  g_clear_error (&last.error);
  g_assert_finalize_object (broker);
}

static void
on_history (GObject *broker, GAsyncResult *result, gpointer data)
{
  Outcome *outcome = data;

  g_assert_null (ws_broker_read_history_finish (WS_BROKER (broker), result,
                                                NULL, NULL, &outcome->error));
  outcome->is_over = TRUE;
}

/* The broker may take its time, or never answer. */
static void
test_giving_up (void)
{
  FakeBroker *broker = g_object_new (fake_broker_get_type (), NULL);
  g_autoptr (WsPublication) publication = make_publication (1);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Outcome outcomes[3] = { { FALSE } };

  fake_broker_set_state (broker, WS_BROKER_STATE_CONNECTED);
  ws_broker_publish_async (WS_BROKER (broker), publication, cancellable,
                           on_published, &outcomes[0]);
  ws_broker_read_history_async (WS_BROKER (broker), "h", NULL, 0, 1,
                                cancellable, on_history, &outcomes[1]);
  ws_broker_read_history_async (WS_BROKER (broker), "h", NULL, 0, 1,
                                cancellable, on_history, &outcomes[2]);
  ws_test_until (NULL, broker->queries.length == 3);
  g_cancellable_cancel (cancellable);
  for (guint i = 0; i < G_N_ELEMENTS (outcomes); i++)
    {
      ws_test_until (NULL, outcomes[i].is_over);
      g_assert_error (outcomes[i].error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_clear_error (&outcomes[i].error);
      outcomes[i].is_over = FALSE;
    }
  /* Answers that come later are for nobody; the last one never comes. */
  fake_broker_carry_next (broker);
  fake_broker_answer_history (broker, "e", 1, 2);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  for (guint i = 0; i < G_N_ELEMENTS (outcomes); i++)
    g_assert_false (outcomes[i].is_over);
  g_assert_finalize_object (broker);
}

static void
test_timeout (void)
{
  FakeBroker *broker
      = g_object_new (fake_broker_get_type (), "publish-timeout", 1, NULL);
  g_autoptr (WsPublication) publication = make_publication (1);
  g_autoptr (WsBrokerStatistics) statistics = NULL;
  Outcome outcome = { FALSE };

  ws_broker_publish_async (WS_BROKER (broker), publication, NULL, on_published,
                           &outcome);
  ws_test_until (NULL, outcome.is_over);
  g_assert_error (outcome.error, WS_SOCKET_ERROR,
                  WS_SOCKET_ERROR_SOCKET_TIMEOUT);
  g_clear_error (&outcome.error);
  statistics = ws_broker_get_statistics (WS_BROKER (broker));
  g_assert_cmpuint (statistics->n_failed, ==, 1);
  g_assert_cmpuint (statistics->queued_bytes, ==, 0);
  g_assert_finalize_object (broker);
}

/* --- From another thread --- */

static gpointer
publish_there (gpointer data)
{
  g_autoptr (WsPublication) publication = make_publication (1);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 3; i++)
    {
      g_assert_true (ws_broker_publish (data, publication, &error));
      g_assert_no_error (error);
    }
  g_test_expect_message ("Ws", G_LOG_LEVEL_WARNING,
                         "ws_broker_set_state: *another thread*");
  ws_broker_set_state (data, WS_BROKER_STATE_UNCONNECTED, NULL);
  g_test_assert_expected_messages ();
  g_object_unref (data);
  return NULL;
}

static void
test_thread (void)
{
  FakeBroker *broker = g_object_new (fake_broker_get_type (), NULL);

  fake_broker_set_state (broker, WS_BROKER_STATE_CONNECTED);
  g_thread_join (
      g_thread_new ("publisher", publish_there, g_object_ref (broker)));
  g_assert_cmpuint (broker->publications.length, ==, 0);
  ws_test_until (NULL, broker->publications.length == 3);
  g_assert_finalize_object (broker);
}

int
main (int argc, char **argv)
{
  ws_test_init (&argc, &argv);
  g_test_add_func ("/broker/base/states", test_states);
  g_test_add_func ("/broker/base/full", test_full);
  g_test_add_func ("/broker/base/waiting", test_waiting);
  g_test_add_func ("/broker/base/giving-up", test_giving_up);
  g_test_add_func ("/broker/base/timeout", test_timeout);
  g_test_add_func ("/broker/base/thread", test_thread);
  return g_test_run ();
}
