/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "broker-node.h"
#include "broker-table.h"
#include "support/ws-test.h"

/* The table of all brokers, without one, and with the one in memory: servers in
 * this thread, and in four. */

typedef struct
{
  BrokerNodes nodes;
  WsBroker   *broker; /* (nullable) */
  WsServer  **servers;
  GThread   **threads; /* (nullable): the servers are in this one */
  GMainLoop **loops;
  int         n_ready; /* atomic */
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

static gpointer
run_thread (gpointer data)
{
  g_autofree Place *place = data;
  MemoryNodes      *self = place->nodes;
  g_autoptr (GMainContext) context = g_main_context_new ();

  g_main_context_push_thread_default (context);
  self->loops[place->i] = g_main_loop_new (context, FALSE);
  listen (self, place->i);
  g_atomic_int_inc (&self->n_ready);
  g_main_context_wakeup (NULL);
  g_main_loop_run (self->loops[place->i]);
  g_object_unref (self->servers[place->i]);
  g_main_loop_unref (self->loops[place->i]);
  while (g_main_context_iteration (context, FALSE))
    ;
  g_main_context_pop_thread_default (context);
  return NULL;
}

static void
start_threads (MemoryNodes *self)
{
  self->threads = g_new0 (GThread *, self->nodes.n_nodes);
  self->loops = g_new0 (GMainLoop *, self->nodes.n_nodes);
  for (guint i = 0; i < self->nodes.n_nodes; i++)
    {
      Place *place = g_new (Place, 1);

      *place = (Place){ self, i };
      self->threads[i] = g_thread_new ("node", run_thread, place);
    }
  ws_test_until (NULL, g_atomic_int_get (&self->n_ready)
                           == (int) self->nodes.n_nodes);
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
      if (self->threads == NULL)
        {
          g_object_unref (self->servers[i]);
          continue;
        }
      g_main_loop_quit (self->loops[i]);
      g_thread_join (self->threads[i]);
    }
  while (g_main_context_iteration (NULL, FALSE))
    ;
  if (self->broker != NULL)
    g_assert_finalize_object (self->broker);
  g_free (self->threads);
  g_free (self->loops);
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
