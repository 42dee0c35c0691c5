/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>
#include <sys/resource.h>

#include "support/ws-test.h"

#include <ws-glib/ws-glib.h>

/* One of two nodes is drained, under full sail: its clients come back to the
 * other one by themselves, have missed nothing, and nothing that a node has
 * taken is cut. */

#define TOPIC     "room"
#define N_CLIENTS 1000
#define WINDOW_MS 2000

typedef struct _Crowd Crowd;

typedef struct
{
  Crowd    *crowd;
  WsSocket *socket;
  gboolean  is_connected;
  guint     n_seen;    /* of the stream; its numbers are its offsets */
  guint     n_said;    /* taken for sending while it was connected */
  guint     n_restart; /* how often it was told 1012 */
} Client;

struct _Crowd
{
  WsBroker *broker;
  WsServer *nodes[2];
  Client    clients[N_CLIENTS];
  char     *epoch;       /* (owned) (nullable) */
  guint     n_published; /* numbered from 1 on */
  guint     n_heard;     /* by the nodes */
  guint     n_recovered; /* subscriptions without a gap */
  guint     n_gone;      /* clients that were told to go */
  gboolean  is_over;
};

/* --- The nodes --- */

static void
on_recovered (GObject *client, GAsyncResult *result, gpointer data)
{
  Crowd           *self = data;
  gboolean         is_recovered;
  g_autofree char *epoch = NULL;
  g_autoptr (GError) error = NULL;

  if (!ws_socket_subscribe_since_finish (WS_SOCKET (client), result,
                                         &is_recovered, &epoch, NULL, &error))
    return; /* it has gone meanwhile, and comes again */
  g_assert_true (is_recovered);
  self->n_recovered++;
  if (self->epoch == NULL)
    self->epoch = g_steal_pointer (&epoch);
}

/* "since N", and anything else. */
static void
on_said (WsSocket *client, const char *text, gpointer data)
{
  Crowd *self = data;

  if (g_str_has_prefix (text, "since "))
    ws_socket_subscribe_since_async (client, TOPIC, self->epoch,
                                     g_ascii_strtoull (text + 6, NULL, 10),
                                     NULL, on_recovered, self);
  else
    self->n_heard++;
}

static void
on_client (WsServer *server, WsSocket *client, gpointer data)
{
  /* On a busy machine it takes the clients of this process long to answer. */
  ws_socket_set_close_timeout (client, 60000);
  g_signal_connect (client, "text-message-received", G_CALLBACK (on_said),
                    data);
}

static WsServer *
node_new (Crowd *self)
{
  WsServer *server = ws_server_new (NULL, WS_SSL_MODE_NON_SECURE);

  g_object_set (server, "reuse-port", TRUE, "max-connections", 0, "backlog",
                N_CLIENTS, NULL);
  ws_server_set_broker (server, self->broker);
  g_signal_connect (server, "client-connected", G_CALLBACK (on_client), self);
  return server;
}

static void
listen_at (WsServer *server, guint16 port)
{
  g_autoptr (GInetAddress) loopback
      = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GError) error = NULL;

  ws_server_listen (server, loopback, port, &error);
  g_assert_no_error (error);
}

static void
publish (Crowd *self)
{
  g_autofree char *text = g_strdup_printf ("%u", ++self->n_published);
  g_autoptr (WsMessage) message = ws_message_new_text (text);
  g_autoptr (GError) error = NULL;

  ws_server_publish (self->nodes[1], TOPIC, message, &error);
  g_assert_no_error (error);
}

/* --- The clients --- */

static void
say (Client *self, const char *text)
{
  if (ws_socket_send_text_message (self->socket, text, NULL) > 0)
    self->n_said++;
}

static void
on_connected (WsSocket *socket, Client *self)
{
  g_autofree char *text = g_strdup_printf ("since %u", self->n_seen);

  self->is_connected = TRUE;
  g_assert_cmpint (ws_socket_send_text_message (socket, text, NULL), >, 0);
}

/* The next one of the stream; each is answered. */
static void
on_text (WsSocket *socket, const char *text, Client *self)
{
  g_assert_cmpuint (g_ascii_strtoull (text, NULL, 10), ==, ++self->n_seen);
  say (self, "seen");
}

/* Of an attempt that had gone to the queue of the node that stopped listening
 * nothing is asked but another one. */
static void
on_disconnected (WsSocket *socket, Client *self)
{
  if (self->crowd->is_over || !self->is_connected)
    return;
  self->is_connected = FALSE;
  g_assert_cmpuint (ws_socket_get_close_code (socket), ==, 1012);
  g_assert_true (ws_socket_get_was_clean (socket));
  self->n_restart++;
  if (++self->crowd->n_gone % 25 == 0)
    publish (self->crowd);
}

static void
client_begin (Client *self, Crowd *crowd, const char *url)
{
  g_autoptr (WsReconnectPolicy) policy = ws_reconnect_policy_new ();

  g_object_set (policy, "minimum", 1, "maximum", 20, NULL);
  self->crowd = crowd;
  self->socket = ws_socket_new ();
  ws_socket_set_close_timeout (self->socket, 60000);
  ws_socket_set_reconnect (self->socket, policy);
  g_signal_connect (self->socket, "connected", G_CALLBACK (on_connected), self);
  g_signal_connect (self->socket, "text-message-received", G_CALLBACK (on_text),
                    self);
  g_signal_connect (self->socket, "disconnected", G_CALLBACK (on_disconnected),
                    self);
  g_assert_true (ws_socket_open (self->socket, url, NULL));
}

/* --- The crowd --- */

static guint
count_behind (const Crowd *self)
{
  guint n = 0;

  for (guint i = 0; i < N_CLIENTS; i++)
    n += self->clients[i].n_seen != self->n_published;
  return n;
}

static guint
count_said (const Crowd *self)
{
  guint n = 0;

  for (guint i = 0; i < N_CLIENTS; i++)
    n += self->clients[i].n_said;
  return n;
}

static void
wait_quiet (Crowd *self)
{
  ws_test_until (NULL, count_behind (self) == 0);
  ws_test_until (NULL, self->n_heard == count_said (self));
}

static void
crowd_begin (Crowd *self)
{
  const char *url;

  self->broker = ws_memory_broker_new ();
  ws_broker_set_history (self->broker, TOPIC, 10000, 0);
  for (guint i = 0; i < G_N_ELEMENTS (self->nodes); i++)
    self->nodes[i] = node_new (self);
  listen_at (self->nodes[0], 0);
  url = ws_server_get_url (self->nodes[0]);
  for (guint i = 0; i < N_CLIENTS; i++)
    client_begin (&self->clients[i], self, url);
  ws_test_until (NULL, self->n_recovered == N_CLIENTS);
  publish (self);
  wait_quiet (self);
  /* From now on new connections get there, too; what is at the first is not
   * affected. */
  listen_at (self->nodes[1], ws_server_get_port (self->nodes[0]));
}

static void
on_drained (GObject *server, GAsyncResult *result, gpointer is_over)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (ws_server_drain_finish (WS_SERVER (server), result, &error));
  *(gboolean *) is_over = TRUE;
}

static void
crowd_end (Crowd *self)
{
  self->is_over = TRUE;
  for (guint i = 0; i < N_CLIENTS; i++)
    {
      ws_socket_abort (self->clients[i].socket);
      g_object_unref (self->clients[i].socket);
    }
  for (guint i = 0; i < G_N_ELEMENTS (self->nodes); i++)
    g_object_unref (self->nodes[i]);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_object_unref (self->broker);
  g_free (self->epoch);
  g_free (self);
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

static void
test_drain (void)
{
  Crowd   *self = g_new0 (Crowd, 1);
  gboolean is_drained = FALSE;

  crowd_begin (self);
  ws_server_drain_async (self->nodes[0], WINDOW_MS, NULL, on_drained,
                         &is_drained);
  ws_test_until (NULL, is_drained);
  ws_test_until (NULL, g_list_model_get_n_items (G_LIST_MODEL (self->nodes[1]))
                           == N_CLIENTS);
  publish (self);
  wait_quiet (self);
  for (guint i = 0; i < N_CLIENTS; i++)
    g_assert_cmpuint (self->clients[i].n_restart, ==, 1);
  crowd_end (self);
}

int
main (int argc, char **argv)
{
  allow_many_files ();
  ws_test_init (&argc, &argv);
  g_test_add_func ("/broker/drain", test_drain);
  return g_test_run ();
}
