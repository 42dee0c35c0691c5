/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "broker-peer.h"
#include "netfaults/far-side.h"
#include "redis-nodes.h"
#include "redis-server.h"
#include "redis-watch.h"
#include "support/ws-test.h"

/* Redis is at the far end of a cable that is pulled. One node is beside it, and
 * speaks to it by its Unix socket; the other one is at the near end. */

#define PING         500
#define N_WHILE_AWAY 40

typedef struct
{
  FarSide     *far;
  RedisServer *redis;
  RedisNodes  *near;
  RedisNodes  *beside;
  RedisWatch  *watch; /* of the near one */
  BrokerPeer  *at_near;
  BrokerPeer  *at_beside;
} World;

static void
start_redis (gpointer data)
{
  World *self = data;

  self->redis = redis_server_new_at (FAR_ADDRESS, "secret");
}

static void
world_set_up (World *self)
{
  g_autofree char *socket_url = NULL;

  self->far = far_side_new ();
  far_side_call (self->far, start_redis, self);
  socket_url = redis_server_dup_socket_url (self->redis);
  self->near = redis_nodes_new (redis_server_get_url (self->redis), 1, PING);
  self->beside = redis_nodes_new (socket_url, 1, 0);
  self->watch = redis_watch_new (self->near->brokers[0]);
  self->at_near = broker_peer_new (self->near->nodes.ports[0]);
  self->at_beside = broker_peer_new (self->beside->nodes.ports[0]);
  broker_peer_do (self->at_near, "join h/x");
  broker_peer_do (self->at_beside, "join h/x");
}

static void
world_tear_down (World *self)
{
  g_assert_cmpint (ws_socket_get_state (self->at_near->socket), ==,
                   WS_STATE_CONNECTED);
  broker_peer_free (self->at_near);
  broker_peer_free (self->at_beside);
  redis_watch_free (self->watch);
  redis_nodes_free (self->near);
  redis_nodes_free (self->beside);
  redis_server_free (self->redis);
  far_side_free (self->far);
}

/* The next one, with its offset and number. */
static void
expect (BrokerPeer *peer, guint n)
{
  g_autofree char *text = broker_peer_take_text (peer);
  g_autofree char *end = g_strdup_printf (" %u %u", n, n);

  g_assert_true (g_str_has_suffix (text, end));
}

/* The cut-off node says so and keeps its client; the other one goes on. */
static void
go_on_alone (World *self)
{
  g_autofree char *refused = NULL;

  redis_watch_wait (self->watch, WS_BROKER_STATE_CONNECTING);
  broker_peer_say (self->at_near, "srv h/x nobody");
  refused = broker_peer_take_text (self->at_near);
  g_assert_true (
      g_str_has_prefix (refused, "error The broker has no connection: Redis"));
  for (guint i = 1; i <= N_WHILE_AWAY; i++)
    {
      broker_peer_say (self->at_beside, "srv h/x %u", i);
      expect (self->at_beside, i);
    }
  g_assert_cmpuint (self->at_near->received.length, ==, 0);
}

static void
catch_up (World *self)
{
  redis_watch_wait (self->watch, WS_BROKER_STATE_CONNECTED);
  for (guint i = 1; i <= N_WHILE_AWAY; i++)
    expect (self->at_near, i);
  broker_peer_say (self->at_near, "srv h/x %u", N_WHILE_AWAY + 1);
  expect (self->at_near, N_WHILE_AWAY + 1);
  expect (self->at_beside, N_WHILE_AWAY + 1);
  /* Told once, of whichever topics have no history. */
  broker_peer_say (self->at_near, "lost");
  broker_peer_expect (self->at_near, "lost 1");
}

static void
test_near_down (void)
{
  World self = { 0 };

  world_set_up (&self);
  near_side_ip ("link set near down");
  go_on_alone (&self);
  near_side_ip ("link set near up");
  catch_up (&self);
  world_tear_down (&self);
}

/* Nothing tells the near end that its packets go nowhere. */
static void
test_far_down (void)
{
  World self = { 0 };

  world_set_up (&self);
  far_side_ip (self.far, "link set far down");
  redis_watch_expect (self.watch, "has said nothing");
  go_on_alone (&self);
  far_side_ip (self.far, "link set far up");
  catch_up (&self);
  world_tear_down (&self);
}

int
main (int argc, char **argv)
{
  far_side_unshare ();
  ws_test_init (&argc, &argv);
  g_test_add_func ("/redis/namespaces/near-down", test_near_down);
  g_test_add_func ("/redis/namespaces/far-down", test_far_down);
  return g_test_run ();
}
