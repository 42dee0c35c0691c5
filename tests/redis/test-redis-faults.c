/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "broker-peer.h"
#include "netfaults/fault-proxy.h"
#include "redis-nodes.h"
#include "redis-server.h"
#include "redis-watch.h"
#include "support/ws-test.h"

/* Redis dies, stops, is full, is not the master any more, or cannot be reached:
 * clients stay, everybody is told, and it heals. */

#define PING 500

typedef struct
{
  RedisServer *redis;
  RedisNodes  *nodes;
  RedisWatch  *watch; /* of the first */
  BrokerPeer  *peers[2];
} Rig;

static void
join (Rig *self, const char *topic)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->peers); i++)
    broker_peer_do (self->peers[i], "join %s", topic);
}

/* @url (nullable): of the server. */
static Rig *
rig_new (const char *url, guint ping_interval)
{
  Rig *self = g_new0 (Rig, 1);

  if (url == NULL)
    self->redis = redis_server_new (FALSE, NULL);
  self->nodes
      = redis_nodes_new (url != NULL ? url : redis_server_get_url (self->redis),
                         G_N_ELEMENTS (self->peers), ping_interval);
  self->watch = redis_watch_new (self->nodes->brokers[0]);
  for (guint i = 0; i < G_N_ELEMENTS (self->peers); i++)
    self->peers[i] = broker_peer_new (self->nodes->nodes.ports[i]);
  join (self, "news");
  return self;
}

static void
rig_free (Rig *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->peers); i++)
    {
      g_assert_cmpint (ws_socket_get_state (self->peers[i]->socket), ==,
                       WS_STATE_CONNECTED);
      broker_peer_free (self->peers[i]);
    }
  redis_watch_free (self->watch);
  redis_nodes_free (self->nodes);
  g_clear_pointer (&self->redis, redis_server_free);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Rig, rig_free)

static void
wait_all (Rig *self, gboolean is_connected)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->peers); i++)
    ws_test_until (NULL, (ws_broker_get_state (self->nodes->brokers[i])
                          == WS_BROKER_STATE_CONNECTED)
                             == is_connected);
}

static void
expect_healed (Rig *self, const char *text)
{
  wait_all (self, TRUE);
  broker_peer_say (self->peers[0], "srv news %s", text);
  for (guint i = 0; i < G_N_ELEMENTS (self->peers); i++)
    broker_peer_expect (self->peers[i], text);
}

/* --- The server --- */

static void
test_killed (void)
{
  g_autoptr (Rig) self = rig_new (NULL, 0);
  WsBroker        *broker = self->nodes->brokers[0];
  g_autofree char *refused = NULL;
  g_autofree char *kept = NULL;
  g_autofree char *lost = NULL;

  join (self, "h/x");
  redis_server_kill (self->redis);
  wait_all (self, FALSE);
  broker_peer_say (self->peers[0], "srv news nobody");
  refused = broker_peer_take_text (self->peers[0]);
  g_assert_true (g_str_has_prefix (refused,
                                   "error The broker has no connection: "
                                   "Redis"));
  g_assert_cmpuint (redis_watch_count (broker, n_refused), ==, 1);
  /* What may wait does. Where it is kept, a node that comes back later than the
   * one that publishes gets it too. */
  broker_peer_say (self->peers[0], "wait h/x later");
  redis_server_start (self->redis);
  kept = broker_peer_take_text (self->peers[1]);
  g_assert_true (g_str_has_suffix (kept, " 1 later"));
  ws_test_until (NULL, self->peers[0]->received.length == 2);
  g_queue_clear_full (&self->peers[0]->received,
                      (GDestroyNotify) ws_message_unref);
  broker_peer_say (self->peers[0], "lost");
  lost = broker_peer_take_text (self->peers[0]);
  /* Told once, of whichever topics have no history. */
  g_assert_cmpstr (lost, ==, "lost 1");
  g_assert_cmpuint (redis_watch_count (broker, n_interruptions), ==, 1);
  g_assert_cmpuint (self->watch->n_errors, >, 0);
  expect_healed (self, "again");
}

/* It says nothing, and the sockets take what they can. */
static void
test_stopped (void)
{
  g_autoptr (Rig) self = rig_new (NULL, PING);

  redis_server_signal (self->redis, SIGSTOP);
  redis_watch_expect (self->watch, "has said nothing");
  wait_all (self, FALSE);
  redis_server_signal (self->redis, SIGCONT);
  expect_healed (self, "again");
}

/* What is not answered is bounded, and nothing is lost when it goes on. */
static void
test_slow (void)
{
  g_autoptr (Rig) self = rig_new (NULL, 0);
  WsBroker        *broker = self->nodes->brokers[0];
  g_autofree char *large = g_strnfill (10000, 'x');
  g_autoptr (WsMessage) message = ws_message_new_text (large);
  g_autoptr (WsPublication) publication = ws_publication_new ("news", message);
  g_autoptr (GError) error = NULL;
  guint n = 0;

  ws_broker_set_max_queued_bytes (broker, 200000);
  redis_server_signal (self->redis, SIGSTOP);
  while (ws_broker_publish (broker, publication, &error))
    {
      n++;
      g_main_context_iteration (NULL, FALSE);
    }
  g_assert_error (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_BUFFER_FULL);
  g_assert_cmpuint (n, >, 15);
  g_assert_cmpuint (n, <, 21);
  g_assert_cmpuint (redis_watch_count (broker, queued_bytes), <=, 200000);
  redis_server_signal (self->redis, SIGCONT);
  for (guint i = 0; i < n; i++)
    broker_peer_expect (self->peers[1], large);
  ws_test_until (NULL, redis_watch_count (broker, queued_bytes) == 0);
  g_assert_cmpuint (redis_watch_count (broker, n_failed), ==, 0);
  g_queue_clear_full (&self->peers[0]->received,
                      (GDestroyNotify) ws_message_unref);
}

static void
test_out_of_memory (void)
{
  g_autoptr (Rig) self = rig_new (NULL, 0);
  WsBroker        *broker = self->nodes->brokers[0];
  g_autofree char *full
      = redis_server_say (self->redis, "config", "set", "maxmemory", "1", NULL);
  g_autofree char *empty = NULL;
  GError          *error = redis_watch_publish (broker, "h/x", "one");

  g_assert_cmpstr (full, ==, "OK");
  g_assert_error (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_OPERATION);
  g_assert_nonnull (strstr (error->message, "OOM"));
  g_clear_error (&error);
  g_assert_cmpuint (redis_watch_count (broker, n_failed), ==, 1);
  /* What is kept nowhere needs no memory. */
  expect_healed (self, "small");
  empty
      = redis_server_say (self->redis, "config", "set", "maxmemory", "0", NULL);
  error = redis_watch_publish (broker, "h/x", "two");
  g_assert_no_error (error);
  g_assert_cmpuint (self->watch->n_errors, ==, 0);
}

static void
test_wrong_password (void)
{
  g_autoptr (RedisServer) redis = redis_server_new (TRUE, "right");
  g_autofree char *host = redis_server_dup_host (redis);
  g_autofree char *wrong = g_strdup_printf ("redis://:wr%%6fng@%s", host);
  g_autofree char *without = g_strdup_printf ("redis://%s", host);
  g_autofree char *no_such = g_strdup_printf ("redis://:right@%s/99", host);
  g_autofree char *said = NULL;
  WsBroker        *broker = redis_nodes_make_broker (wrong);
  RedisWatch      *watch = redis_watch_new (broker);

  redis_watch_expect (watch, "refuses the user or password");
  g_assert_error (watch->error, WS_SOCKET_ERROR,
                  WS_SOCKET_ERROR_AUTHENTICATION_REQUIRED);
  g_assert_nonnull (strstr (watch->error->message, host));
  g_assert_null (strstr (watch->error->message, "wrong"));
  g_assert_null (strstr (watch->error->message, "wr%6fng"));
  said
      = redis_server_say (redis, "config", "set", "requirepass", "wrong", NULL);
  redis_watch_wait (watch, WS_BROKER_STATE_CONNECTED);
  redis_watch_free (watch);
  redis_nodes_drop_broker (broker);

  broker = redis_nodes_make_broker (without);
  watch = redis_watch_new (broker);
  redis_watch_expect (watch, "NOAUTH");
  g_assert_error (watch->error, WS_SOCKET_ERROR,
                  WS_SOCKET_ERROR_AUTHENTICATION_REQUIRED);
  redis_watch_free (watch);
  redis_nodes_drop_broker (broker);
}

static void
test_wrong_database (void)
{
  g_autoptr (RedisServer) redis = redis_server_new (TRUE, NULL);
  g_autofree char *host = redis_server_dup_host (redis);
  g_autofree char *url = g_strdup_printf ("redis://%s/99", host);
  g_autoptr (WsBroker) broker = redis_nodes_make_broker (url);
  g_autoptr (RedisWatch) watch = redis_watch_new (broker);

  redis_watch_expect (watch, "DB index is out of range");
}

/* --- Another master --- */

typedef struct
{
  RedisServer *servers[2];
  char        *url; /* (owned): of both */
} Pair;

static void
make_replica (Pair *self, guint i)
{
  g_autofree char *port
      = g_strdup_printf ("%u", redis_server_get_port (self->servers[1 - i]));
  g_autofree char *said = redis_server_say (self->servers[i], "replicaof",
                                            "127.0.0.1", port, NULL);

  g_assert_cmpstr (said, ==, "OK");
}

static void
promote (Pair *self, guint i)
{
  g_autofree char *said
      = redis_server_say (self->servers[i], "replicaof", "no", "one", NULL);

  g_assert_cmpstr (said, ==, "OK");
}

/* What the first has is with the second. */
static void
wait_replicated (Pair *self)
{
  g_autofree char *said = NULL;

  do
    {
      g_free (said);
      said = redis_server_say (self->servers[0], "eval",
                               "redis.call ('set', 'mark', 1)", "0", NULL);
      g_free (said);
      said = redis_server_say (self->servers[1], "get", "mark", NULL);
    }
  while (!g_str_equal (said, "1"));
}

static Pair *
pair_new (void)
{
  Pair *self = g_new0 (Pair, 1);

  for (guint i = 0; i < G_N_ELEMENTS (self->servers); i++)
    self->servers[i] = redis_server_new (TRUE, NULL);
  make_replica (self, 1);
  self->url = g_strdup_printf ("redis://127.0.0.1:%u,127.0.0.1:%u",
                               redis_server_get_port (self->servers[1]),
                               redis_server_get_port (self->servers[0]));
  wait_replicated (self);
  return self;
}

static void
pair_free (Pair *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->servers); i++)
    redis_server_free (self->servers[i]);
  g_free (self->url);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Pair, pair_free)

/* The next one, whose offset is @offset, in the epoch of the others. */
static void
expect_kept (Rig *self, char **epoch, guint offset)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->peers); i++)
    {
      g_autofree char *text = broker_peer_take_text (self->peers[i]);
      g_autofree char *expected = NULL;

      if (*epoch == NULL)
        *epoch = g_strndup (text, strcspn (text, " "));
      expected = g_strdup_printf ("%s %u %u", *epoch, offset, offset);
      g_assert_cmpstr (text, ==, expected);
    }
}

static void
test_failover (void)
{
  g_autoptr (Pair) pair = pair_new ();
  g_autoptr (Rig) self = rig_new (pair->url, 0);
  g_autofree char *epoch = NULL;

  join (self, "h/x");
  broker_peer_say (self->peers[0], "srv h/x 1");
  expect_kept (self, &epoch, 1);
  wait_replicated (pair);
  redis_server_kill (pair->servers[0]);
  wait_all (self, FALSE);
  promote (pair, 1);
  wait_all (self, TRUE);
  broker_peer_say (self->peers[1], "srv h/x 2");
  expect_kept (self, &epoch, 2);
}

/* The master goes on as a replica: publications would end there. */
static void
test_demoted (void)
{
  g_autoptr (Pair) pair = pair_new ();
  g_autoptr (Rig) self = rig_new (pair->url, PING);
  g_autofree char *answer = NULL;

  promote (pair, 1);
  make_replica (pair, 0);
  /* READONLY says it, or the next look does: the publication fails, or waits
   * for the new master. */
  broker_peer_say (self->peers[0], "wait h/x 1");
  answer = broker_peer_take_text (self->peers[0]);
  g_assert_true (g_str_equal (answer, "done")
                 || g_str_has_prefix (answer, "error "));
  for (guint i = 0; i < G_N_ELEMENTS (self->peers); i++)
    ws_test_until (NULL,
                   redis_watch_count (self->nodes->brokers[i], n_interruptions)
                       > 0);
  expect_healed (self, "again");
}

/* --- The network between --- */

static void
cut (Rig *self, FaultProxy *proxy, Fault fault)
{
  fault_proxy_set (proxy, fault, FAULT_AT_ONCE, 0);
  wait_all (self, FALSE);
}

/* What others publish meanwhile comes afterwards, where it is kept. */
static void
test_network (gconstpointer data)
{
  const Fault fault = (Fault) GPOINTER_TO_UINT (data);
  g_autoptr (RedisServer) redis = redis_server_new (TRUE, NULL);
  g_autoptr (FaultProxy) proxy
      = fault_proxy_new ((guint16) redis_server_get_port (redis));
  g_autofree char *url
      = g_strdup_printf ("redis://127.0.0.1:%u", fault_proxy_get_port (proxy));
  g_autoptr (RedisNodes) near
      = redis_nodes_new (redis_server_get_url (redis), 1, 0);
  g_autoptr (Rig) self = rig_new (url, PING);
  g_autofree char *epoch = NULL;

  join (self, "h/x");
  cut (self, proxy, fault);
  for (guint i = 1; i <= 40; i++)
    {
      g_autofree char *text = g_strdup_printf ("%u", i);
      g_autoptr (GError) error
          = redis_watch_publish (near->brokers[0], "h/x", text);

      g_assert_no_error (error);
    }
  fault_proxy_set (proxy, FAULT_NONE, FAULT_AT_ONCE, 0);
  for (guint i = 1; i <= 40; i++)
    expect_kept (self, &epoch, i);
  expect_healed (self, "again");
}

/* A path that carries a byte at a time is none that is broken. */
static void
test_trickle (void)
{
  g_autoptr (RedisServer) redis = redis_server_new (TRUE, NULL);
  g_autoptr (FaultProxy) proxy
      = fault_proxy_new ((guint16) redis_server_get_port (redis));
  g_autofree char *url
      = g_strdup_printf ("redis://127.0.0.1:%u", fault_proxy_get_port (proxy));
  g_autoptr (Rig) self = rig_new (url, 0);

  join (self, "h/x");
  fault_proxy_set (proxy, FAULT_TRICKLE, FAULT_AT_ONCE, 0);
  for (guint i = 1; i <= 20; i++)
    broker_peer_say (self->peers[i % 2], "srv h/x %u", i);
  for (guint i = 1; i <= 20; i++)
    for (guint j = 0; j < G_N_ELEMENTS (self->peers); j++)
      {
        g_autofree char *text = broker_peer_take_text (self->peers[j]);
        g_auto (GStrv) words = g_strsplit (text, " ", 3);

        g_assert_cmpuint (g_ascii_strtoull (words[1], NULL, 10), ==, i);
      }
  for (guint i = 0; i < G_N_ELEMENTS (self->peers); i++)
    g_assert_cmpuint (redis_watch_count (self->nodes->brokers[i],
                                         n_interruptions),
                      ==, 0);
}

int
main (int argc, char **argv)
{
  ws_test_init (&argc, &argv);
  g_test_add_func ("/redis/faults/killed", test_killed);
  g_test_add_func ("/redis/faults/stopped", test_stopped);
  g_test_add_func ("/redis/faults/slow", test_slow);
  g_test_add_func ("/redis/faults/out-of-memory", test_out_of_memory);
  g_test_add_func ("/redis/faults/wrong-password", test_wrong_password);
  g_test_add_func ("/redis/faults/wrong-database", test_wrong_database);
  g_test_add_func ("/redis/faults/failover", test_failover);
  g_test_add_func ("/redis/faults/demoted", test_demoted);
  g_test_add_data_func ("/redis/faults/cut", GUINT_TO_POINTER (FAULT_CUT),
                        test_network);
  g_test_add_data_func ("/redis/faults/reset", GUINT_TO_POINTER (FAULT_RESET),
                        test_network);
  g_test_add_data_func ("/redis/faults/black-hole",
                        GUINT_TO_POINTER (FAULT_BLACK_HOLE), test_network);
  g_test_add_data_func ("/redis/faults/half-open",
                        GUINT_TO_POINTER (FAULT_HALF_OPEN_DOWN), test_network);
  g_test_add_func ("/redis/faults/trickle", test_trickle);
  return g_test_run ();
}
