/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* redis-node URL: a server (broker-node.h) joined by Redis, in a process of its
 * own. Says its port when it is joined, and ends when nobody listens. */
#include <glib-unix.h>
#include <stdio.h>
#include <unistd.h>
#include <ws-glib-redis/ws-glib-redis.h>

#include "broker-node.h"

static gboolean
on_input (int fd, GIOCondition condition, gpointer loop)
{
  char byte;

  if (read (fd, &byte, 1) > 0)
    return G_SOURCE_CONTINUE;
  g_main_loop_quit (loop);
  return G_SOURCE_REMOVE;
}

int
main (int argc, char **argv)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (WsServer) server = ws_server_new (NULL, WS_SSL_MODE_NON_SECURE);
  g_autoptr (GError) error = NULL;
  const char *const urls[] = { argv[1], NULL };
  /* Nobody waits for half a minute. */
  g_autoptr (WsBroker) broker = g_object_new (WS_REDIS_TYPE_BROKER, "urls",
                                              urls, "presence-ttl", 3000, NULL);

  ws_broker_set_history (broker, "h/*", 50, 0);
  broker_node_set_up (server);
  ws_server_set_broker (server, broker);
  if (!ws_server_listen (server, NULL, 0, &error))
    g_error ("%s", error->message);
  while (ws_broker_get_state (broker) != WS_BROKER_STATE_CONNECTED)
    g_main_context_iteration (NULL, TRUE);
  printf ("%u\n", (guint) ws_server_get_server_port (server));
  fflush (stdout);
  g_unix_fd_add (STDIN_FILENO, G_IO_IN | G_IO_HUP, on_input, loop);
  g_main_loop_run (loop);
  return 0;
}
