/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "broker-node.h"
#include "broker-table.h"
#include "support/worker.h"
#include "support/ws-test.h"

/* The table of all brokers, without one, and with the one in memory: servers in
 * this thread, and in four. */

typedef struct
{
  BrokerNodes nodes;
  WsBroker   *broker; /* (nullable) */
  WsServer  **servers;
  Worker    **workers; /* (nullable): the servers are in these threads */
} MemoryNodes;

static void
listen (MemoryNodes *self, guint i)
{
  WsServer *server = ws_server_new (NULL, WS_SSL_MODE_NON_SECURE);
  g_autoptr (GError) error = NULL;

  broker_node_set_up (server);
  ws_server_set_broker (server, self->broker);
  ws_server_listen (server, NULL, 0, &error);
  g_assert_no_error (error);
  self->servers[i] = server;
  self->nodes.ports[i] = ws_server_get_server_port (server);
}

/* --- A thread each --- */

typedef struct
{
  MemoryNodes *nodes;
  guint        i;
} Place;

static void
listen_there (gpointer data)
{
  Place *place = data;

  listen (place->nodes, place->i);
}

static void
unref_there (gpointer server)
{
  g_object_unref (server);
}

static void
start_threads (MemoryNodes *self)
{
  self->workers = g_new0 (Worker *, self->nodes.n_nodes);
  for (guint i = 0; i < self->nodes.n_nodes; i++)
    {
      Place place = { self, i };

      self->workers[i] = worker_new ();
      worker_call (self->workers[i], listen_there, &place);
    }
}

/* --- The carriers --- */

static MemoryNodes *
memory_nodes_new (guint n_nodes, gboolean has_broker)
{
  MemoryNodes *self = g_new0 (MemoryNodes, 1);

  self->nodes.n_nodes = n_nodes;
  self->nodes.has_broker = has_broker;
  self->nodes.ports = g_new0 (guint, n_nodes);
  self->servers = g_new0 (WsServer *, n_nodes);
  if (has_broker)
    {
      self->broker = ws_memory_broker_new ();
      ws_broker_set_history (self->broker, "h/*", 50, 0);
    }
  return self;
}

static BrokerNodes *
start (gpointer data)
{
  const guint  n = GPOINTER_TO_UINT (data);
  MemoryNodes *self = memory_nodes_new (MAX (1, n), n > 0);

  for (guint i = 0; i < self->nodes.n_nodes; i++)
    listen (self, i);
  return &self->nodes;
}

static BrokerNodes *
start_in_threads (gpointer data)
{
  MemoryNodes *self = memory_nodes_new (GPOINTER_TO_UINT (data), TRUE);

  start_threads (self);
  return &self->nodes;
}

static void
stop (BrokerNodes *nodes, gpointer data)
{
  MemoryNodes *self = (MemoryNodes *) nodes;

  for (guint i = 0; i < nodes->n_nodes; i++)
    {
      if (self->workers == NULL)
        {
          g_object_unref (self->servers[i]);
          continue;
        }
      worker_call (self->workers[i], unref_there, self->servers[i]);
      worker_free (self->workers[i]);
    }
  while (g_main_context_iteration (NULL, FALSE))
    ;
  if (self->broker != NULL)
    g_assert_finalize_object (self->broker);
  g_free (self->workers);
  g_free (self->servers);
  g_free (nodes->ports);
  g_free (self);
}

static const BrokerCarrier carriers[] = {
  { "none", start, stop, GUINT_TO_POINTER (0) },
  { "memory", start, stop, GUINT_TO_POINTER (3) },
  { "memory-threads", start_in_threads, stop, GUINT_TO_POINTER (4) },
};

int
main (int argc, char **argv)
{
  ws_test_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (carriers); i++)
    broker_table_add (&carriers[i]);
  return g_test_run ();
}
