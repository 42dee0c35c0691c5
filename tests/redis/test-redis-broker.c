/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "redis-nodes.h"
#include "redis-server.h"
#include "support/ws-test.h"

/* The table of all brokers, over Redis: with servers in this process, and in
 * three of their own; at a Unix socket, and at a port with a password. */

static RedisServer *redis;

static BrokerNodes *
start (gpointer data)
{
  redis = redis_server_new (FALSE, NULL);
  return &redis_nodes_new (redis_server_get_url (redis), 3, 0)->nodes;
}

static BrokerNodes *
start_processes (gpointer data)
{
  redis = redis_server_new (TRUE, "secret");
  return &redis_nodes_new_processes (redis_server_get_url (redis), 3)->nodes;
}

static void
stop (BrokerNodes *nodes, gpointer data)
{
  redis_nodes_free ((RedisNodes *) nodes);
  g_clear_pointer (&redis, redis_server_free);
}

static const BrokerCarrier carriers[] = {
  { "redis", start, stop, NULL },
  { "redis-processes", start_processes, stop, NULL },
};

int
main (int argc, char **argv)
{
  ws_test_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (carriers); i++)
    broker_table_add (&carriers[i]);
  return g_test_run ();
}
