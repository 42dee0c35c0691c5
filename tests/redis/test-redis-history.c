/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "broker-peer.h"
#include "redis-nodes.h"
#include "redis-server.h"
#include "redis-watch.h"
#include "support/ws-test.h"

/* History that outlives Redis, and presence that does not outlive its node. */

/* --- A numbered stream, and a client that is cut off at random --- */

#define N_CUTS 40

typedef struct
{
  RedisServer *redis;
  RedisNodes  *nodes;
  BrokerPeer  *peer;
  char        *epoch; /* (owned) (nullable): as the client knows it */
  guint64      offset;
  guint64      n;    /* the number that the client expects next */
  guint64      next; /* the number that is published next */
} Stream;

static void
publish (Stream *self, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *text
          = g_strdup_printf ("%" G_GUINT64_FORMAT, self->next++);
      g_autoptr (GError) error
          = redis_watch_publish (self->nodes->brokers[0], "h/s", text);

      g_assert_no_error (error);
    }
}

/* What comes is the next one. */
static void
note (Stream *self, const char *text)
{
  g_auto (GStrv) words = g_strsplit (text, " ", 3);

  g_assert_cmpuint (g_strv_length (words), ==, 3);
  g_assert_cmpstr (words[0], ==, self->epoch);
  g_assert_cmpuint (g_ascii_strtoull (words[1], NULL, 10), ==, ++self->offset);
  g_assert_cmpuint (g_ascii_strtoull (words[2], NULL, 10), ==, self->n++);
}

static void
follow (Stream *self, guint64 until)
{
  while (self->n < until)
    {
      g_autofree char *text = broker_peer_take_text (self->peer);

      note (self, text);
    }
}

/* Whether the client, who comes anew, has missed nothing. */
static gboolean
come_back (Stream *self, guint node)
{
  self->peer = broker_peer_new (self->nodes->nodes.ports[node]);
  broker_peer_say (self->peer, "since h/s %s %" G_GUINT64_FORMAT,
                   self->epoch != NULL ? self->epoch : "-", self->offset);
  for (;;)
    {
      g_autofree char *text = broker_peer_take_text (self->peer);
      g_auto (GStrv) words = g_strsplit (text, " ", 4);

      if (!g_str_equal (words[0], "recovered"))
        {
          note (self, text);
          continue;
        }
      g_free (self->epoch);
      self->epoch = g_strdup (words[2]);
      self->offset = g_ascii_strtoull (words[3], NULL, 10);
      return g_str_equal (words[1], "1");
    }
}

static void
wait_connected (Stream *self)
{
  for (guint i = 0; i < self->nodes->nodes.n_nodes; i++)
    ws_test_until (NULL, ws_broker_get_state (self->nodes->brokers[i])
                             == WS_BROKER_STATE_CONNECTED);
}

static void
restart (Stream *self)
{
  redis_server_kill (self->redis);
  for (guint i = 0; i < self->nodes->nodes.n_nodes; i++)
    ws_test_until (NULL, ws_broker_get_state (self->nodes->brokers[i])
                             != WS_BROKER_STATE_CONNECTED);
  redis_server_start (self->redis);
  wait_connected (self);
}

static void
forget_all (Stream *self)
{
  g_autofree char *said = redis_server_say (self->redis, "flushall", NULL);

  g_assert_cmpstr (said, ==, "OK");
}

static void
step (Stream *self, GRand *rand)
{
  const guint what = (guint) g_rand_int_range (rand, 0, 10);
  const guint missed = (guint) g_rand_int_range (rand, 0, 70);
  gboolean    is_whole = missed <= 50;

  publish (self, (guint) g_rand_int_range (rand, 0, 10));
  follow (self, self->n
                    + (guint64) g_rand_int_range (
                        rand, 0, (gint32) (self->next - self->n + 1)));
  /* What was published and not read counts, too. */
  is_whole = self->next - self->n + missed <= 50;
  broker_peer_free (self->peer);
  publish (self, missed);
  if (what == 0)
    {
      forget_all (self);
      is_whole = FALSE;
    }
  else if (what < 3)
    restart (self);
  g_assert_cmpint (come_back (self, what % 2), ==, is_whole);
  if (!is_whole)
    self->n = self->next;
  /* It is told once. */
  broker_peer_free (self->peer);
  g_assert_true (come_back (self, 1));
  publish (self, 1);
  follow (self, self->next);
}

static void
test_stream (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (2);
  Stream self = { .redis = redis_server_new (FALSE, NULL) };

  self.nodes = redis_nodes_new (redis_server_get_url (self.redis), 2, 0);
  g_assert_true (come_back (&self, 0));
  for (guint i = 0; i < N_CUTS; i++)
    step (&self, rand);
  broker_peer_free (self.peer);
  g_free (self.epoch);
  redis_nodes_free (self.nodes);
  redis_server_free (self.redis);
}

/* --- Trimming --- */

static void
on_read (GObject *broker, GAsyncResult *result, gpointer data)
{
  GAsyncResult **place = data;

  *place = g_object_ref (result);
}

/* (transfer full) */
static GPtrArray *
read_all (WsBroker *broker, const char *topic, guint64 *offset)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GPtrArray *publications;

  ws_broker_read_history_async (broker, topic, NULL, 0, 1000, NULL, on_read,
                                &result);
  ws_test_until (NULL, result != NULL);
  publications
      = ws_broker_read_history_finish (broker, result, NULL, offset, &error);
  g_assert_no_error (error);
  return publications;
}

static void
test_age (void)
{
  g_autoptr (RedisServer) redis = redis_server_new (FALSE, NULL);
  g_autoptr (RedisNodes) nodes
      = redis_nodes_new (redis_server_get_url (redis), 1, 0);
  WsBroker        *broker = nodes->brokers[0];
  guint64          offset = 0;
  g_autofree char *n = NULL;
  guint            n_kept = 3;

  ws_broker_set_history (broker, "a/*", 100, 300);
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (GError) error = redis_watch_publish (broker, "a/x", "old");

      g_assert_no_error (error);
    }
  while (n_kept > 0)
    {
      g_autoptr (GPtrArray) kept = read_all (broker, "a/x", &offset);

      n_kept = kept->len;
    }
  g_assert_cmpuint (offset, ==, 3);
  /* The next publication takes them away. */
  {
    g_autoptr (GError) error = redis_watch_publish (broker, "a/x", "new");

    g_assert_no_error (error);
  }
  n = redis_server_say (redis, "xlen", "ws:h:a/x", NULL);
  g_assert_cmpstr (n, ==, "1");
}

/* A history that nobody uses goes. */
static void
test_unused (void)
{
  g_autoptr (RedisServer) redis = redis_server_new (FALSE, NULL);
  g_autoptr (RedisNodes) nodes
      = redis_nodes_new (redis_server_get_url (redis), 1, 0);
  g_autofree char *n = NULL;
  g_autoptr (GError) error = NULL;

  g_object_set (nodes->brokers[0], "history-ttl", (guint64) 1, NULL);
  error = redis_watch_publish (nodes->brokers[0], "h/x", "short");
  g_assert_no_error (error);
  do
    {
      g_free (n);
      n = redis_server_say (redis, "exists", "ws:h:h/x", "ws:e:h/x", NULL);
    }
  while (!g_str_equal (n, "0"));
}

/* Pages have a size, and all of it is read. */
static void
test_pages (void)
{
  g_autoptr (RedisServer) redis = redis_server_new (FALSE, NULL);
  g_autoptr (RedisNodes) nodes
      = redis_nodes_new (redis_server_get_url (redis), 1, 0);
  g_autofree char *large = g_strnfill (300 * 1024, 'x');
  g_autoptr (BrokerPeer) peer = NULL;
  g_autofree char *first = NULL;
  g_autofree char *epoch = NULL;

  for (guint i = 0; i < 12; i++)
    {
      g_autoptr (GError) error
          = redis_watch_publish (nodes->brokers[0], "h/x", large);

      g_assert_no_error (error);
    }
  peer = broker_peer_new (nodes->nodes.ports[0]);
  broker_peer_say (peer, "since h/x - 0");
  first = broker_peer_take_text (peer);
  epoch = g_strndup (first + strlen ("recovered 1 "),
                     strcspn (first + strlen ("recovered 1 "), " "));
  broker_peer_do (peer, "unsub h/x");
  broker_peer_say (peer, "since h/x %s 0", epoch);
  for (guint i = 1; i <= 12; i++)
    {
      g_autofree char *text = broker_peer_take_text (peer);
      g_autofree char *begin = g_strdup_printf ("%s %u xxx", epoch, i);

      g_assert_true (g_str_has_prefix (text, begin));
    }
}

/* --- Who is present --- */

static void
expect_present (BrokerPeer *peer, const char *expected)
{
  for (;;)
    {
      g_autofree char *text = NULL;

      broker_peer_say (peer, "who room");
      text = broker_peer_take_text (peer);
      if (g_str_equal (text, expected))
        return;
    }
}

static void
announce (BrokerPeer *peer, const char *name)
{
  broker_peer_do (peer, "join room");
  broker_peer_do (peer, "here room %s", name);
}

static void
test_killed_node (void)
{
  g_autoptr (RedisServer) redis = redis_server_new (FALSE, NULL);
  g_autoptr (RedisNodes) nodes
      = redis_nodes_new_processes (redis_server_get_url (redis), 3);
  g_autoptr (BrokerPeer) ann = broker_peer_new (nodes->nodes.ports[0]);
  g_autoptr (BrokerPeer) bob = broker_peer_new (nodes->nodes.ports[1]);
  g_autoptr (BrokerPeer) cid = broker_peer_new (nodes->nodes.ports[2]);
  g_autofree char *n = NULL;

  announce (ann, "Ann");
  announce (bob, "Bob");
  announce (cid, "Cid");
  expect_present (ann, "who Ann Bob Cid");
  redis_nodes_kill (nodes, 1);
  expect_present (cid, "who Ann Cid");
  /* Readers have cleared away what it has left. */
  n = redis_server_say (redis, "hlen", "ws:p:room", NULL);
  g_assert_cmpstr (n, ==, "2");
}

/* Redis has forgotten all of it, and who is there says so again. */
static void
test_forgotten (void)
{
  g_autoptr (RedisServer) redis = redis_server_new (FALSE, NULL);
  g_autoptr (RedisNodes) nodes
      = redis_nodes_new_processes (redis_server_get_url (redis), 2);
  g_autoptr (BrokerPeer) ann = broker_peer_new (nodes->nodes.ports[0]);
  g_autoptr (BrokerPeer) bob = broker_peer_new (nodes->nodes.ports[1]);
  g_autofree char *said = NULL;

  announce (ann, "Ann");
  expect_present (bob, "who Ann");
  said = redis_server_say (redis, "flushall", NULL);
  expect_present (bob, "who Ann");
}

int
main (int argc, char **argv)
{
  ws_test_init (&argc, &argv);
  g_test_add_func ("/redis/history/stream", test_stream);
  g_test_add_func ("/redis/history/age", test_age);
  g_test_add_func ("/redis/history/unused", test_unused);
  g_test_add_func ("/redis/history/pages", test_pages);
  g_test_add_func ("/redis/presence/killed-node", test_killed_node);
  g_test_add_func ("/redis/presence/forgotten", test_forgotten);
  return g_test_run ();
}
