/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A node for bench/cluster: what a client says is published to all clients of
 * all nodes, or echoed.
 *
 *   cluster-node MODE [URL]
 *
 * MODE is "local" (a server, no broker), "memory" (two servers in two threads),
 * "redis" (a server, and the Redis at URL), "echo-N" (N threads that echo) or
 * "deflate-N" (the same with messages that are compressed one by one).
 * The port is the first line of the output; the node ends with its input. */
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <glib-unix.h>
#include <ws-glib-redis/ws-glib-redis.h>

#define TOPIC "all"

static gboolean is_echo;
static gboolean is_compressed;

static void
on_message (WsSocket *client, WsMessage *message, gpointer server)
{
  if (is_echo)
    (void) !ws_socket_send_message (client, message, NULL);
  else
    (void) !ws_server_publish (server, TOPIC, message, NULL);
}

static void
on_client (WsServer *server, WsSocket *client, gpointer data)
{
  g_signal_connect (client, "message-received", G_CALLBACK (on_message),
                    server);
  if (!is_echo)
    ws_socket_subscribe (client, TOPIC, NULL);
}

static void
set_up (WsServer *server, gpointer data)
{
  g_object_set (server, "max-connections", 0, "backlog", 4096, NULL);
  if (is_compressed)
    {
      g_autoptr (WsDeflateOptions) options = ws_deflate_options_new ();

      ws_server_set_compression (server, options);
    }
  g_signal_connect (server, "client-connected", G_CALLBACK (on_client), NULL);
}

static gboolean
on_input_end (int fd, GIOCondition condition, gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_REMOVE;
}

static void
allow_many_files (void)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) == 0)
    {
      limit.rlim_cur = limit.rlim_max;
      setrlimit (RLIMIT_NOFILE, &limit);
    }
}

static guint
count_threads (const char *mode)
{
  if (is_echo)
    return (guint) strtoul (strchr (mode, '-') + 1, NULL, 10);
  return g_str_equal (mode, "memory") ? 2 : 1;
}

static void
fail (const GError *error)
{
  g_printerr ("cluster-node: %s\n", error->message);
  exit (1);
}

static WsServerPool *
start_pool (const char *mode, GInetAddress *address)
{
  WsServerPool *pool
      = ws_server_pool_new (count_threads (mode), WS_SSL_MODE_NON_SECURE,
                            set_up, NULL, NULL);
  g_autoptr (GError) error = NULL;

  if (!ws_server_pool_listen (pool, address, 0, &error))
    fail (error);
  g_print ("%u\n", ws_server_pool_get_server_port (pool));
  return pool;
}

/* @url (nullable): of Redis. */
static WsServer *
start_server (const char *url, GInetAddress *address)
{
  WsServer *server = ws_server_new (NULL, WS_SSL_MODE_NON_SECURE);
  g_autoptr (GError) error = NULL;

  if (url != NULL)
    {
      g_autoptr (WsBroker) broker = ws_redis_broker_new (url, &error);

      if (broker == NULL)
        fail (error);
      ws_server_set_broker (server, broker);
    }
  set_up (server, NULL);
  if (!ws_server_listen (server, address, 0, &error))
    fail (error);
  g_print ("%u\n", ws_server_get_server_port (server));
  return server;
}

int
main (int argc, char **argv)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GInetAddress) address
      = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  const char *mode = argc > 1 ? argv[1] : "local";
  g_autoptr (GObject) server = NULL;

  is_compressed = g_str_has_prefix (mode, "deflate-");
  is_echo = is_compressed || g_str_has_prefix (mode, "echo-");
  allow_many_files ();
  if (is_echo || g_str_equal (mode, "memory"))
    server = G_OBJECT (start_pool (mode, address));
  else
    server = G_OBJECT (start_server (argc > 2 ? argv[2] : NULL, address));
  g_unix_fd_add (0, G_IO_IN | G_IO_HUP, on_input_end, loop);
  g_main_loop_run (loop);
  return 0;
}
