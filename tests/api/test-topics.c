/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api-test.h"

#include <string.h>

/* ws_server_publish() and who has subscribed. */

static gssize
publish (WsServer *server, const char *topic, const char *text)
{
  g_autoptr (WsMessage) message = ws_message_new_text (text);
  g_autoptr (GError) error = NULL;
  gssize n = ws_server_publish (server, topic, message, &error);

  g_assert_no_error (error);
  return n;
}

static void
subscribe (WsSocket *socket, const char *topic)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (ws_socket_subscribe (socket, topic, &error));
  g_assert_no_error (error);
}

static void
unsubscribe (WsSocket *socket, const char *topic)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (ws_socket_unsubscribe (socket, topic, &error));
  g_assert_no_error (error);
}

static void
assert_topics (WsSocket *socket, const char *expected)
{
  g_auto (GStrv) topics = ws_socket_get_topics (socket);
  g_autofree char *joined = g_strjoinv (" ", topics);

  g_assert_cmpstr (joined, ==, expected);
}

static void
test_publish (Half *half, gconstpointer data)
{
  WsServer *server = half->server;
  RawPeer  *other = raw_peer_join (ws_server_get_server_port (server), NULL);
  WsSocket *socket = api_server_take (server);
  g_autoptr (WsMessage) message = ws_message_new_text ("said");
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (publish (server, "news", "nobody"), ==, 0);
  subscribe (half->socket, "news");
  g_assert_cmpint (publish (server, "news", "one"), ==, 1);
  subscribe (socket, "news");
  subscribe (socket, "weather");
  g_assert_cmpint (publish (server, "news", "both"), ==, 2);
  g_assert_cmpint (publish (server, "weather", "rain"), ==, 1);
  /* To all but oneself. */
  g_assert_cmpint (ws_socket_publish (half->socket, "news", message, &error),
                   ==, 1);
  g_assert_no_error (error);
  unsubscribe (half->socket, "news");
  g_assert_cmpint (publish (server, "news", "other"), ==, 1);
  g_assert_cmpint (ws_socket_publish (half->socket, "news", message, &error),
                   ==, 1);
  g_assert_no_error (error);

  raw_peer_expect_text (half->peer, "one");
  raw_peer_expect_text (half->peer, "both");
  raw_peer_expect_text (other, "both");
  raw_peer_expect_text (other, "rain");
  raw_peer_expect_text (other, "said");
  raw_peer_expect_text (other, "other");
  raw_peer_expect_text (other, "said");
  g_assert_cmpuint (half->peer->received->len, ==, 0);
  raw_peer_free (other);
  g_object_unref (socket);
}

static void
test_list (Half *half, gconstpointer data)
{
  WsSocket *socket = half->socket;

  assert_topics (socket, "");
  unsubscribe (socket, "never");
  subscribe (socket, "a");
  subscribe (socket, "b");
  subscribe (socket, "a");
  subscribe (socket, "ünïcode / with spaces");
  assert_topics (socket, "a b ünïcode / with spaces");
  unsubscribe (socket, "b");
  unsubscribe (socket, "b");
  assert_topics (socket, "a ünïcode / with spaces");
  /* Once is once. */
  g_assert_cmpint (publish (half->server, "a", "once"), ==, 1);
  unsubscribe (socket, "a");
  unsubscribe (socket, "ünïcode / with spaces");
  assert_topics (socket, "");
  raw_peer_expect_text (half->peer, "once");
}

/* Against a simple model of it. */
#define N_SOCKETS 6
#define N_TOPICS  5

static void
test_many (void)
{
  static const char *const topics[N_TOPICS] = { "0", "1", "2", "3", "4" };
  WsServer                *server = api_server_new ();
  RawPeer                 *peers[N_SOCKETS];
  WsSocket                *sockets[N_SOCKETS];
  gboolean                 subscribed[N_SOCKETS][N_TOPICS] = { 0 };
  guint                    n_left = N_SOCKETS;

  for (guint i = 0; i < N_SOCKETS; i++)
    {
      peers[i] = raw_peer_join (ws_server_get_server_port (server), NULL);
      sockets[i] = api_server_take (server);
    }
  for (guint step = 0; step < 3000; step++)
    {
      guint  i = g_test_rand_int_range (0, n_left);
      guint  t = g_test_rand_int_range (0, N_TOPICS);
      gssize n = 0;

      if (step % 600 == 599)
        {
          ws_socket_abort (sockets[i]);
          g_object_unref (sockets[i]);
          raw_peer_free (peers[i]);
          sockets[i] = sockets[--n_left];
          peers[i] = peers[n_left];
          memcpy (subscribed[i], subscribed[n_left], sizeof subscribed[i]);
          continue;
        }
      subscribed[i][t] = g_test_rand_bit ();
      if (subscribed[i][t])
        subscribe (sockets[i], topics[t]);
      else
        unsubscribe (sockets[i], topics[t]);
      for (guint k = 0; k < n_left; k++)
        n += subscribed[k][t];
      g_assert_cmpint (publish (server, topics[t], topics[t]), ==, n);
    }
  for (guint i = 0; i < n_left; i++)
    {
      g_object_unref (sockets[i]);
      raw_peer_free (peers[i]);
    }
  g_assert_finalize_object (server);
}

/* --- The end of a connection --- */

typedef struct
{
  char *in_socket, *in_server;
} Seen;

static void
on_disconnected (WsSocket *socket, Seen *seen)
{
  g_auto (GStrv) topics = ws_socket_get_topics (socket);

  seen->in_socket = g_strjoinv (" ", topics);
}

static void
on_client_disconnected (WsServer *server, WsSocket *socket, Seen *seen)
{
  g_auto (GStrv) topics = ws_socket_get_topics (socket);

  seen->in_server = g_strjoinv (" ", topics);
  g_assert_cmpint (publish (server, "a", "gone"), ==, 0);
}

static void
test_end (Half *half, gconstpointer data)
{
  Seen    seen = { 0 };
  GError *error = NULL;

  g_signal_connect (half->socket, "disconnected", G_CALLBACK (on_disconnected),
                    &seen);
  g_signal_connect (half->server, "client-disconnected",
                    G_CALLBACK (on_client_disconnected), &seen);
  subscribe (half->socket, "a");
  subscribe (half->socket, "b");
  ws_socket_close (half->socket, 1000, NULL, NULL);
  /* It still has them, but gets nothing any more. */
  g_assert_cmpint (publish (half->server, "a", "closing"), ==, 0);
  g_assert_false (ws_socket_subscribe (half->socket, "c", &error));
  g_assert_error (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_NOT_CONNECTED);
  g_clear_error (&error);
  unsubscribe (half->socket, "b");
  raw_peer_expect_close (half->peer, 1000, "");
  raw_peer_send_close (half->peer, 1000, "");
  api_wait_state (half->socket, WS_STATE_UNCONNECTED);
  ws_test_until (NULL, seen.in_server != NULL);
  g_assert_cmpstr (seen.in_socket, ==, "a");
  g_assert_cmpstr (seen.in_server, ==, "");
  unsubscribe (half->socket, "a");
  g_assert_false (ws_socket_subscribe (half->socket, "a", &error));
  g_assert_error (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_NOT_CONNECTED);
  g_clear_error (&error);
  g_free (seen.in_socket);
  g_free (seen.in_server);
}

/* --- What is refused --- */

static void
test_refused_names (Half *half, gconstpointer data)
{
  static const char *const names[] = { "", "\xff", "a\xc3" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GError) again = NULL;

      g_assert_false (ws_socket_subscribe (half->socket, names[i], &error));
      g_assert_error (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_INVALID_ARGUMENT);
      g_assert_false (ws_socket_unsubscribe (half->socket, names[i], &again));
      g_assert_error (again, WS_SOCKET_ERROR, WS_SOCKET_ERROR_INVALID_ARGUMENT);
    }
  assert_topics (half->socket, "");
}

static void
expect_limit (WsSocket *socket, const char *topic, const char *name)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (ws_socket_subscribe (socket, topic, &error));
  g_assert_error (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_LIMIT_REACHED);
  g_assert_nonnull (strstr (error->message, name));
}

/* What a client has stays; others have their own. */
static void
test_max_topics (Half *half, gconstpointer data)
{
  WsServer *server = half->server;
  RawPeer  *peer = raw_peer_join (ws_server_get_server_port (server), NULL);
  g_autoptr (WsSocket) other = api_server_take (server);

  g_assert_cmpuint (ws_server_get_max_topics_per_client (server), ==, 256);
  ws_server_set_max_topics_per_client (server, 2);
  subscribe (half->socket, "a");
  subscribe (half->socket, "b");
  expect_limit (half->socket, "c", "max-topics-per-client");
  subscribe (half->socket, "a");
  subscribe (other, "c");
  ws_server_set_max_topics_per_client (server, 1);
  assert_topics (half->socket, "a b");
  unsubscribe (half->socket, "a");
  expect_limit (half->socket, "a", "max-topics-per-client");
  unsubscribe (half->socket, "b");
  subscribe (half->socket, "c");
  ws_server_set_max_topics_per_client (server, 0);
  for (guint i = 0; i < 300; i++)
    {
      g_autofree char *name = g_strdup_printf ("%u", i);

      subscribe (half->socket, name);
    }
  raw_peer_free (peer);
}

static void
test_max_size (Half *half, gconstpointer data)
{
  WsServer        *server = half->server;
  g_autofree char *most = g_strnfill (256, 'x');
  g_autofree char *more = g_strnfill (257, 'x');

  g_assert_cmpuint (ws_server_get_max_topic_size (server), ==, 256);
  subscribe (half->socket, most);
  expect_limit (half->socket, more, "max-topic-size");
  /* Nobody can have subscribed to it. */
  g_assert_cmpint (publish (server, more, "nobody"), ==, 0);
  unsubscribe (half->socket, more);
  ws_server_set_max_topic_size (server, 3);
  /* In UTF-8. */
  expect_limit (half->socket, "éé", "max-topic-size");
  subscribe (half->socket, "éa");
  ws_server_set_max_topic_size (server, 0);
  subscribe (half->socket, more);
}

static void
test_client (Half *half, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WsSocket) unopened = ws_socket_new ();

  g_assert_false (ws_socket_subscribe (half->socket, "topic", &error));
  g_assert_error (error, WS_SOCKET_ERROR,
                  WS_SOCKET_ERROR_UNSUPPORTED_SOCKET_OPERATION);
  g_clear_error (&error);
  g_assert_false (ws_socket_unsubscribe (unopened, "topic", &error));
  g_assert_error (error, WS_SOCKET_ERROR,
                  WS_SOCKET_ERROR_UNSUPPORTED_SOCKET_OPERATION);
  assert_topics (half->socket, "");
  assert_topics (unopened, "");
}

static gpointer
run_wrong (gpointer socket)
{
  g_autoptr (WsMessage) message = ws_message_new_text ("said");
  g_autoptr (GError) error = NULL;

  g_assert_false (ws_socket_subscribe (socket, "b", &error));
  g_assert_error (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_WRONG_CONTEXT);
  g_clear_error (&error);
  g_assert_false (ws_socket_unsubscribe (socket, "a", &error));
  g_assert_error (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_WRONG_CONTEXT);
  g_clear_error (&error);
  g_assert_cmpint (ws_socket_publish (socket, "a", message, &error), ==, -1);
  g_assert_error (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_WRONG_CONTEXT);
  assert_topics (socket, "");
  return NULL;
}

static void
test_wrong_thread (Half *half, gconstpointer data)
{
  subscribe (half->socket, "a");
  g_thread_join (g_thread_new ("wrong", run_wrong, half->socket));
  assert_topics (half->socket, "a");
}

int
main (int argc, char **argv)
{
  api_test_init (&argc, &argv);
  half_add_server ("/api/topics/publish", NULL, test_publish);
  half_add_server ("/api/topics/list", NULL, test_list);
  g_test_add_func ("/api/topics/many", test_many);
  half_add_server ("/api/topics/end", NULL, test_end);
  half_add_server ("/api/topics/refused-names", NULL, test_refused_names);
  half_add_server ("/api/topics/max-topics", NULL, test_max_topics);
  half_add_server ("/api/topics/max-size", NULL, test_max_size);
  half_add_client ("/api/topics/client", NULL, test_client);
  half_add_server ("/api/topics/wrong-thread", NULL, test_wrong_thread);
  return g_test_run ();
}
