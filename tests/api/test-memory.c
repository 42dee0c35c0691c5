/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api-test.h"

#include <malloc.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* What an idle connection costs in the process. Its other end is a bare file
 * descriptor here, which costs nothing, so that all of the growth is ours. */

#define N_CONNECTIONS 300
#define MAX_BYTES     4096

#if defined(__SANITIZE_ADDRESS__)
#define HAVE_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAVE_SANITIZER 1
#endif
#endif

#ifdef HAVE_SANITIZER

static void
test_skipped (void)
{
  g_test_skip ("A sanitizer's allocator says nothing about ours");
}

#define test_server    test_skipped
#define test_client    test_skipped
#define test_broadcast test_skipped
#define test_topics    test_skipped

#else

/* Bytes that were allocated and not freed. */
static gsize
measure (void)
{
  struct mallinfo2 info = mallinfo2 ();

  return info.uordblks + info.hblkhd;
}

static void
judge (gsize before)
{
  gsize after = measure ();
  gsize each = after > before ? (after - before) / N_CONNECTIONS : 0;

  g_test_message ("%" G_GSIZE_FORMAT " bytes a connection", each);
  g_assert_cmpuint (each, <=, MAX_BYTES);
}

/* The descriptor of a peer that has nothing else. */
static int
strip (RawPeer *peer)
{
  int fd = dup (peer->fd);

  g_assert_cmpint (fd, >=, 0);
  raw_peer_free (peer);
  return fd;
}

static void
close_all (const int *fds)
{
  for (guint i = 0; i <= N_CONNECTIONS; i++)
    close (fds[i]);
}

/* A server's connections, taken, and held by the server only. The first one is
 * not counted: it brings what all of them share. */
static void
test_server (void)
{
  WsServer   *server = api_server_new ();
  GListModel *model = G_LIST_MODEL (server);
  guint16     port = ws_server_get_server_port (server);
  int         fds[N_CONNECTIONS + 1];
  gsize       before = 0;

  for (guint i = 0; i <= N_CONNECTIONS; i++)
    {
      fds[i] = strip (raw_peer_join (port, "User-Agent: a usual client\r\n"
                                           "Origin: http://example.org\r\n"));
      g_object_unref (api_server_take (server));
      if (i == 0)
        before = measure ();
    }
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (g_list_model_get_n_items (model), ==, N_CONNECTIONS + 1);
  judge (before);
  close_all (fds);
  ws_test_until (NULL, g_list_model_get_n_items (model) == 0);
  g_assert_finalize_object (server);
}

#define N_SLOW     100
#define N_MESSAGES 8
#define MESSAGE    ((gsize) 1024 * 1024)

/* However many wait for a message, it is in the process once. */
static void
test_broadcast (void)
{
  WsServer *server = api_server_new ();
  guint16   port = ws_server_get_server_port (server);
  int       fds[N_SLOW];
  gsize     before, after;

  for (guint i = 0; i < N_SLOW; i++)
    {
      fds[i] = strip (raw_peer_join (port, NULL));
      g_object_unref (api_server_take (server));
    }
  before = measure ();
  for (guint i = 0; i < N_MESSAGES; i++)
    {
      g_autoptr (GBytes) bytes
          = g_bytes_new_take (g_malloc0 (MESSAGE), MESSAGE);
      g_autoptr (WsMessage) message = ws_message_new_binary (bytes);

      g_assert_cmpint (ws_server_broadcast (server, message, NULL), ==, N_SLOW);
      while (g_main_context_iteration (NULL, FALSE))
        ;
    }
  after = measure ();
  g_assert_cmpuint (after - before, <=, (N_MESSAGES + 1) * MESSAGE);
  for (guint i = 0; i < N_SLOW; i++)
    {
      g_autoptr (WsSocket) socket
          = g_list_model_get_item (G_LIST_MODEL (server), i);

      /* That is what it will cost the network, not the memory. */
      g_assert_cmpuint (ws_socket_get_bytes_to_write (socket), >, MESSAGE);
      close (fds[i]);
    }
  ws_test_until (NULL, g_list_model_get_n_items (G_LIST_MODEL (server)) == 0);
  g_assert_cmpuint (measure (), <, before + MESSAGE);
  g_assert_finalize_object (server);
}

#define N_TOPICS        256
/* Of one that nobody else is subscribed to, name included. */
#define MAX_TOPIC_BYTES 192

static void
test_topics (void)
{
  WsServer *server = api_server_new ();
  RawPeer  *peer = raw_peer_join (ws_server_get_server_port (server), NULL);
  g_autoptr (WsSocket) socket = api_server_take (server);
  gsize before, each;

  /* It brings what all of them share. */
  g_assert_true (ws_socket_subscribe (socket, "first", NULL));
  before = measure ();
  for (guint i = 1; i < N_TOPICS; i++)
    {
      char name[16];

      g_snprintf (name, sizeof name, "topic-%u", i);
      g_assert_true (ws_socket_subscribe (socket, name, NULL));
    }
  each = (measure () - before) / N_TOPICS;
  g_test_message ("%" G_GSIZE_FORMAT " bytes a topic", each);
  g_assert_cmpuint (each, <=, MAX_TOPIC_BYTES);
  raw_peer_free (peer);
  ws_test_until (NULL, ws_socket_get_state (socket) == WS_STATE_UNCONNECTED);
  g_clear_object (&socket);
  g_assert_finalize_object (server);
}

/* Clients, after what the dialling has taken is given back. */
static void
test_client (void)
{
  g_autoptr (RawListener) listener = raw_listener_new ();
  g_autofree char *url = raw_listener_make_url (listener, "/");
  WsSocket        *clients[N_CONNECTIONS + 1];
  int              fds[N_CONNECTIONS + 1];
  gsize            before = 0;

  for (guint i = 0; i <= N_CONNECTIONS; i++)
    {
      RawPeer *peer;

      clients[i] = ws_socket_new ();
      g_assert_true (ws_socket_open (clients[i], url, NULL));
      peer = raw_listener_take (listener);
      raw_peer_accept (peer);
      api_wait_state (clients[i], WS_STATE_CONNECTED);
      fds[i] = strip (peer);
      while (g_main_context_iteration (NULL, FALSE))
        ;
      if (i == 0)
        before = measure ();
    }
  judge (before);
  for (guint i = 0; i <= N_CONNECTIONS; i++)
    g_assert_finalize_object (clients[i]);
  close_all (fds);
}

#endif

int
main (int argc, char **argv)
{
  api_test_init (&argc, &argv);
  g_test_add_func ("/contracts/memory/server", test_server);
  g_test_add_func ("/contracts/memory/client", test_client);
  g_test_add_func ("/contracts/memory/broadcast", test_broadcast);
  g_test_add_func ("/contracts/memory/topics", test_topics);
  return g_test_run ();
}
