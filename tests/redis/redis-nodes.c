/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "redis-nodes.h"

#include <signal.h>

#include "broker-node.h"
#include "support/ws-test.h"

WsBroker *
redis_nodes_make_broker (const char *url)
{
  const char *const urls[] = { url, NULL };
  g_autoptr (WsReconnectPolicy) reconnect = ws_reconnect_policy_new ();

  ws_reconnect_policy_set_minimum (reconnect, 10);
  ws_reconnect_policy_set_maximum (reconnect, 50);
  return g_object_new (WS_REDIS_TYPE_BROKER, "urls", urls, "reconnect",
                       reconnect, NULL);
}

void
redis_nodes_drop_broker (WsBroker *broker)
{
  g_object_add_weak_pointer (G_OBJECT (broker), (gpointer *) &broker);
  g_object_unref (broker);
  ws_test_until (NULL, broker == NULL);
}

static RedisNodes *
nodes_new (guint n_nodes)
{
  RedisNodes *self = g_new0 (RedisNodes, 1);

  self->nodes.n_nodes = n_nodes;
  self->nodes.has_broker = TRUE;
  self->nodes.ports = g_new0 (guint, n_nodes);
  return self;
}

/* --- Here --- */

RedisNodes *
redis_nodes_new (const char *url, guint n_nodes, guint ping_interval)
{
  RedisNodes *self = nodes_new (n_nodes);

  self->brokers = g_new0 (WsBroker *, n_nodes);
  self->servers = g_new0 (WsServer *, n_nodes);
  for (guint i = 0; i < n_nodes; i++)
    {
      g_autoptr (GError) error = NULL;

      self->brokers[i] = redis_nodes_make_broker (url);
      if (ping_interval > 0)
        g_object_set (self->brokers[i], "ping-interval", ping_interval,
                      "connect-timeout", 20 * ping_interval, NULL);
      ws_broker_set_history (self->brokers[i], "h/*", 50, 0);
      self->servers[i] = ws_server_new (NULL, WS_SSL_MODE_NON_SECURE);
      broker_node_set_up (self->servers[i]);
      ws_server_set_broker (self->servers[i], self->brokers[i]);
      ws_server_listen (self->servers[i], NULL, 0, &error);
      g_assert_no_error (error);
      self->nodes.ports[i] = ws_server_get_server_port (self->servers[i]);
    }
  for (guint i = 0; i < n_nodes; i++)
    ws_test_until (NULL, ws_broker_get_state (self->brokers[i])
                             == WS_BROKER_STATE_CONNECTED);
  return self;
}

/* --- Elsewhere --- */

static guint
read_port (GSubprocess *process)
{
  g_autoptr (GDataInputStream) lines
      = g_data_input_stream_new (g_subprocess_get_stdout_pipe (process));
  g_autofree char *line
      = g_data_input_stream_read_line (lines, NULL, NULL, NULL);

  g_assert_nonnull (line);
  return (guint) g_ascii_strtoull (line, NULL, 10);
}

RedisNodes *
redis_nodes_new_processes (const char *url, guint n_nodes)
{
  RedisNodes      *self = nodes_new (n_nodes);
  g_autofree char *program
      = g_test_build_filename (G_TEST_BUILT, "redis-node", NULL);

  self->processes = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < n_nodes; i++)
    {
      g_autoptr (GError) error = NULL;

      g_ptr_array_add (self->processes,
                       g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE
                                             | G_SUBPROCESS_FLAGS_STDOUT_PIPE,
                                         &error, program, url, NULL));
      g_assert_no_error (error);
    }
  for (guint i = 0; i < n_nodes; i++)
    self->nodes.ports[i] = read_port (g_ptr_array_index (self->processes, i));
  return self;
}

void
redis_nodes_kill (RedisNodes *self, guint i)
{
  GSubprocess *process = g_ptr_array_index (self->processes, i);

  g_subprocess_send_signal (process, SIGKILL);
  g_subprocess_wait (process, NULL, NULL);
}

/* --- Both --- */

static void
end_process (GSubprocess *process)
{
  g_output_stream_close (g_subprocess_get_stdin_pipe (process), NULL, NULL);
  g_subprocess_wait (process, NULL, NULL);
  g_assert_true (g_subprocess_get_if_signaled (process)
                 || g_subprocess_get_exit_status (process) == 0);
}

void
redis_nodes_free (RedisNodes *self)
{
  for (guint i = 0; self->servers != NULL && i < self->nodes.n_nodes; i++)
    g_object_unref (self->servers[i]);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  for (guint i = 0; self->brokers != NULL && i < self->nodes.n_nodes; i++)
    redis_nodes_drop_broker (self->brokers[i]);
  for (guint i = 0; self->processes != NULL && i < self->nodes.n_nodes; i++)
    end_process (g_ptr_array_index (self->processes, i));
  g_clear_pointer (&self->processes, g_ptr_array_unref);
  g_free (self->servers);
  g_free (self->brokers);
  g_free (self->nodes.ports);
  g_free (self);
}
