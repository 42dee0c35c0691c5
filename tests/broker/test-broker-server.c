/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "broker-node.h"
#include "broker-peer.h"
#include "fake-broker.h"
#include "support/ws-test.h"

/* A server and what its broker hands it: subscriptions, gaps, epochs, clients
 * that come back. */

typedef struct
{
  FakeBroker *broker;
  WsServer   *server;
  BrokerPeer *peer;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  self->broker = g_object_new (fake_broker_get_type (), "linger", 0, NULL);
  ws_broker_set_history (WS_BROKER (self->broker), "h/*", 10, 0);
  fake_broker_set_state (self->broker, WS_BROKER_STATE_CONNECTED);
  self->server = ws_server_new (NULL, WS_SSL_MODE_NON_SECURE);
  broker_node_set_up (self->server);
  ws_server_set_broker (self->server, WS_BROKER (self->broker));
  ws_server_listen (self->server, NULL, 0, &error);
  g_assert_no_error (error);
  self->peer = broker_peer_new (ws_server_get_server_port (self->server));
  fake_broker_expect_log (self->broker, "+ ");
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  broker_peer_free (self->peer);
  g_assert_finalize_object (self->server);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_finalize_object (self->broker);
}

static void
on_subscribed (GObject *client, GAsyncResult *result, gpointer data)
{
  GError **error = data;

  ws_socket_subscribe_since_finish (WS_SOCKET (client), result, NULL, NULL,
                                    NULL, error);
}

/* The client gets what it has missed all the same. */
static void
test_since_given_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (WsSocket) client = NULL;

  broker_peer_do (self->peer, "sub t");
  client = g_list_model_get_item (G_LIST_MODEL (self->server), 0);
  ws_socket_subscribe_since_async (client, "h/1", "e", 1, cancellable,
                                   on_subscribed, &error);
  ws_test_until (NULL, self->broker->queries.length == 2);
  g_cancellable_cancel (cancellable);
  ws_test_until (NULL, error != NULL);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  fake_broker_answer_history (self->broker, "e", 0, 3);
  fake_broker_answer_history (self->broker, "e", 2, 3);
  broker_peer_expect (self->peer, "e 2 2");
  broker_peer_expect (self->peer, "e 3 3");
  g_clear_object (&client);
}

/* The topic has somebody else, and the broker says nothing. */
static void
begin_since (Fixture    *self,
             const char *topic,
             BrokerPeer *other,
             GError    **error)
{
  g_autoptr (WsSocket) client
      = g_list_model_get_item (G_LIST_MODEL (self->server), 0);

  broker_peer_do (other, "sub %s", topic);
  ws_socket_subscribe_since_async (client, topic, "e", 1, NULL, on_subscribed,
                                   error);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_no_error (*error);
}

static const char *const since_topics[] = { "h/1", "t" };

/* The call ends with the client, whatever the broker does. */
static void
test_since_left (Fixture *self, gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (since_topics); i++)
    {
      const guint port = ws_server_get_server_port (self->server);
      g_autoptr (BrokerPeer) other = NULL;
      g_autoptr (GError) error = NULL;

      broker_peer_do (self->peer, "sub own");
      other = broker_peer_new (port);
      begin_since (self, since_topics[i], other, &error);
      ws_socket_close (self->peer->socket, WS_CLOSE_CODE_NORMAL, NULL, NULL);
      ws_test_until (NULL, error != NULL);
      g_assert_error (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_NOT_CONNECTED);
      broker_peer_free (self->peer);
      self->peer = g_steal_pointer (&other);
    }
}

/* A subscription that has ended takes nothing from the one that follows it. */
static void
test_since_again (Fixture *self, gconstpointer data)
{
  FakeBroker *broker = self->broker;
  g_autoptr (BrokerPeer) other
      = broker_peer_new (ws_server_get_server_port (self->server));
  g_autoptr (WsBrokerQuery) position = NULL;
  g_autoptr (WsBrokerQuery) old = NULL;
  g_autoptr (GError) error = NULL;

  broker_peer_do (self->peer, "sub t");
  begin_since (self, "h/1", other, &error);
  position = fake_broker_take_query (broker);
  old = fake_broker_take_query (broker);
  broker_peer_do (self->peer, "unsub h/1");
  broker_peer_say (self->peer, "since h/1 e 2");
  ws_test_until (NULL, broker->queries.length > 0);
  g_assert_error (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_NOT_CONNECTED);
  fake_broker_deliver_at (broker, "e", 5, "5");
  broker_peer_expect (other, "e 5 5");
  fake_broker_answer_history (broker, "e", 3, 4);
  broker_peer_expect (self->peer, "e 3 3");
  broker_peer_expect (self->peer, "e 4 4");
  broker_peer_expect (self->peer, "e 5 5");
  broker_peer_expect (self->peer, "recovered 1 e 5");
}

/* Nor does it wait for a broker that the server has left. */
static void
test_since_detached (Fixture *self, gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (since_topics); i++)
    {
      g_autoptr (BrokerPeer) other
          = broker_peer_new (ws_server_get_server_port (self->server));
      g_autoptr (GError) error = NULL;

      begin_since (self, since_topics[i], other, &error);
      ws_server_set_broker (self->server, NULL);
      ws_test_until (NULL, error != NULL);
      g_assert_error (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_NOT_CONNECTED);
      ws_server_set_broker (self->server, WS_BROKER (self->broker));
    }
}

/* Nor does it keep a server that nobody else keeps. */
static void
test_since_dropped (Fixture *self, gconstpointer data)
{
  g_autoptr (BrokerPeer) other
      = broker_peer_new (ws_server_get_server_port (self->server));
  g_autoptr (GError) error = NULL;

  begin_since (self, "h/1", other, &error);
  g_assert_finalize_object (self->server);
  ws_test_until (NULL, error != NULL);
  g_assert_error (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_NOT_CONNECTED);
  self->server = ws_server_new (NULL, WS_SSL_MODE_NON_SECURE);
}

/* Nobody hears a publication before the broker hands it back. */
static void
test_hand_back (Fixture *self, gconstpointer data)
{
  broker_peer_do (self->peer, "sub t");
  broker_peer_say (self->peer, "srv t one");
  broker_peer_do (self->peer, "sub other");
  g_assert_cmpuint (self->broker->publications.length, ==, 1);
  fake_broker_carry_next (self->broker);
  broker_peer_expect (self->peer, "one");
  fake_broker_set_state (self->broker, WS_BROKER_STATE_CONNECTING);
  broker_peer_say (self->peer, "srv t two");
  broker_peer_expect (self->peer, "error The broker has no connection yet");
}

static void
test_subscriptions (Fixture *self, gconstpointer data)
{
  FakeBroker *broker = self->broker;
  g_auto (GStrv) topics = NULL;

  broker_peer_do (self->peer, "sub t");
  fake_broker_expect_log (broker, "+t ");
  broker_peer_do (self->peer, "sub t");
  broker_peer_do (self->peer, "unsub t");
  ws_test_until (NULL, broker->log->len > 0);
  fake_broker_expect_log (broker, "-t ");
  /* With time to come back nobody is told. */
  ws_broker_set_linger (WS_BROKER (broker), 3600 * 1000);
  broker_peer_do (self->peer, "sub t");
  broker_peer_do (self->peer, "unsub t");
  broker_peer_do (self->peer, "sub t");
  fake_broker_expect_log (broker, "+t ");
  topics = ws_broker_get_topics (WS_BROKER (broker));
  g_assert_cmpuint (g_strv_length (topics), ==, 2);
}

static void
test_announced_again (Fixture *self, gconstpointer data)
{
  broker_peer_do (self->peer, "sub t");
  broker_peer_do (self->peer, "here t Ann");
  fake_broker_expect_log (self->broker, "+t !t=Ann ");
  fake_broker_set_state (self->broker, WS_BROKER_STATE_CONNECTING);
  fake_broker_set_state (self->broker, WS_BROKER_STATE_CONNECTED);
  fake_broker_expect_log (self->broker, "!t=Ann ");
  broker_peer_do (self->peer, "unsub t");
  ws_test_until (NULL, self->broker->log->len > 0);
  g_assert_true (g_str_has_prefix (self->broker->log->str, "!t= "));
}

/* --- Order in a history --- */

static void
expect_lost (Fixture *self, const char *expected)
{
  broker_peer_say (self->peer, "lost");
  broker_peer_expect (self->peer, expected);
}

/* What comes after a gap waits for what is missing. */
static void
test_gap (Fixture *self, gconstpointer data)
{
  FakeBroker *broker = self->broker;

  broker_peer_do (self->peer, "sub h/1");
  fake_broker_expect_log (broker, "+h/1 ?h/1@0 ");
  fake_broker_answer_history (broker, "e", 0, 4);
  fake_broker_deliver_at (broker, "e", 5, "5");
  broker_peer_expect (self->peer, "e 5 5");
  fake_broker_deliver_at (broker, "e", 5, "5");
  fake_broker_deliver_at (broker, "e", 8, "8");
  fake_broker_deliver_at (broker, "e", 9, "9");
  ws_test_until (NULL, broker->queries.length > 0);
  fake_broker_expect_log (broker, "?h/1@5 ");
  g_assert_cmpuint (self->peer->received.length, ==, 0);
  fake_broker_answer_history (broker, "e", 6, 8);
  broker_peer_expect (self->peer, "e 6 6");
  broker_peer_expect (self->peer, "e 7 7");
  broker_peer_expect (self->peer, "e 8 8");
  broker_peer_expect (self->peer, "e 9 9");
  expect_lost (self, "lost 0");
}

/* A question about it does not keep the server. */
static void
test_gap_unanswered (Fixture *self, gconstpointer data)
{
  FakeBroker *broker = self->broker;

  broker_peer_do (self->peer, "sub h/1");
  fake_broker_answer_history (broker, "e", 0, 4);
  fake_broker_deliver_at (broker, "e", 5, "5");
  broker_peer_expect (self->peer, "e 5 5");
  fake_broker_deliver_at (broker, "e", 8, "8");
  ws_test_until (NULL, broker->queries.length > 0);
}

/* The part that is not kept is told; the rest comes. */
static void
test_trimmed (Fixture *self, gconstpointer data)
{
  FakeBroker *broker = self->broker;

  broker_peer_do (self->peer, "sub h/1");
  fake_broker_answer_history (broker, "e", 0, 4);
  fake_broker_deliver_at (broker, "e", 5, "5");
  broker_peer_expect (self->peer, "e 5 5");
  fake_broker_deliver_at (broker, "e", 20, "20");
  fake_broker_answer_history (broker, "e", 18, 20);
  broker_peer_expect (self->peer, "e 18 18");
  broker_peer_expect (self->peer, "e 19 19");
  broker_peer_expect (self->peer, "e 20 20");
  expect_lost (self, "lost 1");
}

static void
test_other_epoch (Fixture *self, gconstpointer data)
{
  FakeBroker *broker = self->broker;

  broker_peer_do (self->peer, "sub h/1");
  fake_broker_answer_history (broker, "e", 0, 4);
  fake_broker_deliver_at (broker, "e", 5, "5");
  broker_peer_expect (self->peer, "e 5 5");
  fake_broker_deliver_at (broker, "f", 2, "2");
  fake_broker_answer_history (broker, "f", 0, 2);
  fake_broker_answer_history (broker, "f", 1, 2);
  broker_peer_expect (self->peer, "f 1 1");
  broker_peer_expect (self->peer, "f 2 2");
  expect_lost (self, "lost 1");
}

/* The broker was away: topics with a history catch up, the others say so. */
static void
test_resumed (Fixture *self, gconstpointer data)
{
  FakeBroker *broker = self->broker;

  broker_peer_do (self->peer, "sub h/1");
  fake_broker_answer_history (broker, "e", 0, 4);
  fake_broker_deliver_at (broker, "e", 5, "5");
  broker_peer_expect (self->peer, "e 5 5");
  fake_broker_set_state (broker, WS_BROKER_STATE_CONNECTING);
  fake_broker_set_state (broker, WS_BROKER_STATE_CONNECTED);
  fake_broker_answer_history (broker, "e", 6, 7);
  broker_peer_expect (self->peer, "e 6 6");
  broker_peer_expect (self->peer, "e 7 7");
  /* For what is broadcast. */
  expect_lost (self, "lost 1");
}

/* Whoever comes back gets what was missed, and then what has come meanwhile,
 * while others already had it. */
static void
test_since (Fixture *self, gconstpointer data)
{
  FakeBroker *broker = self->broker;
  g_autoptr (BrokerPeer) other
      = broker_peer_new (ws_server_get_server_port (self->server));

  broker_peer_do (other, "sub h/1");
  fake_broker_answer_history (broker, "e", 0, 4);
  broker_peer_say (self->peer, "since h/1 e 2");
  ws_test_until (NULL, broker->queries.length > 0);
  fake_broker_deliver_at (broker, "e", 5, "5");
  broker_peer_expect (other, "e 5 5");
  fake_broker_deliver_at (broker, "e", 6, "6");
  broker_peer_expect (other, "e 6 6");
  g_assert_cmpuint (self->peer->received.length, ==, 0);
  fake_broker_answer_history (broker, "e", 3, 5);
  broker_peer_expect (self->peer, "e 3 3");
  broker_peer_expect (self->peer, "e 4 4");
  broker_peer_expect (self->peer, "e 5 5");
  broker_peer_expect (self->peer, "e 6 6");
  broker_peer_expect (self->peer, "recovered 1 e 6");
  fake_broker_deliver_at (broker, "e", 7, "7");
  broker_peer_expect (self->peer, "e 7 7");
  broker_peer_expect (other, "e 7 7");
}

/* The history is ahead of what comes. */
static void
test_since_ahead (Fixture *self, gconstpointer data)
{
  FakeBroker *broker = self->broker;

  broker_peer_say (self->peer, "since h/1 e 2");
  fake_broker_answer_history (broker, "e", 0, 4); /* for the topic */
  fake_broker_answer_history (broker, "e", 3, 6);
  for (guint i = 3; i <= 6; i++)
    {
      g_autofree char *text = g_strdup_printf ("e %u %u", i, i);

      broker_peer_expect (self->peer, text);
    }
  broker_peer_expect (self->peer, "recovered 1 e 6");
  fake_broker_deliver_at (broker, "e", 5, "5");
  fake_broker_deliver_at (broker, "e", 6, "6");
  fake_broker_deliver_at (broker, "e", 7, "7");
  broker_peer_expect (self->peer, "e 7 7");
}

static void
test_since_failed (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error
      = g_error_new_literal (WS_SOCKET_ERROR, WS_SOCKET_ERROR_NETWORK,
                             "no answer");
  g_autoptr (WsBrokerQuery) query = NULL;

  broker_peer_say (self->peer, "since h/1 e 2");
  fake_broker_answer_history (self->broker, "e", 0, 4);
  query = fake_broker_take_query (self->broker);
  ws_broker_query_fail (query, error);
  broker_peer_expect (self->peer, "error no answer");
  fake_broker_deliver_at (self->broker, "e", 5, "5");
  expect_lost (self, "lost 0");
}

int
main (int argc, char **argv)
{
  ws_test_init (&argc, &argv);
#define ADD(path, test) \
  g_test_add (path, Fixture, NULL, set_up, test, tear_down)
  ADD ("/broker/base/hand-back", test_hand_back);
  ADD ("/broker/base/subscriptions", test_subscriptions);
  ADD ("/broker/base/announced-again", test_announced_again);
  ADD ("/broker/base/gap", test_gap);
  ADD ("/broker/base/trimmed", test_trimmed);
  ADD ("/broker/base/other-epoch", test_other_epoch);
  ADD ("/broker/base/resumed", test_resumed);
  ADD ("/broker/base/since", test_since);
  ADD ("/broker/base/since-ahead", test_since_ahead);
  ADD ("/broker/base/since-failed", test_since_failed);
  ADD ("/broker/base/since-given-up", test_since_given_up);
  ADD ("/broker/base/since-left", test_since_left);
  ADD ("/broker/base/since-again", test_since_again);
  ADD ("/broker/base/since-detached", test_since_detached);
  ADD ("/broker/base/since-dropped", test_since_dropped);
  ADD ("/broker/base/gap-unanswered", test_gap_unanswered);
#undef ADD
  return g_test_run ();
}
