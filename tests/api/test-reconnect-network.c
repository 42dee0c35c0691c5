/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api-test.h"
#include "fake-network.h"

/* What a socket with a policy makes of the system's
 * network, which is a fake one here; tests/netfaults has real ones. */

typedef struct
{
  RawListener *listener;
  RawPeer     *peer; /* (nullable) */
  WsSocket    *socket;
  SignalLog   *log;
} Client;

/* @delay: of the first attempt; all later ones take for ever. */
static void
client_open (Client *self, const char *host, guint delay)
{
  g_autofree char *url = NULL;
  g_autoptr (WsReconnectPolicy) policy
      = g_object_new (WS_TYPE_RECONNECT_POLICY, "minimum", delay, "maximum",
                      (guint) G_MAXINT, "factor", 1e9, "jitter", 0.0,
                      "reset-after", (guint) G_MAXINT, NULL);

  fake_network_set_available (TRUE);
  fake_network_set_can_reach (FALSE);
  self->listener = raw_listener_new ();
  url = g_strdup_printf ("ws://%s:%u/", host, self->listener->port);
  self->socket = ws_socket_new ();
  ws_socket_set_reconnect (self->socket, policy);
  self->log = signal_log_new (self->socket);
  ws_socket_open (self->socket, url, NULL);
  self->peer = raw_listener_take (self->listener);
  raw_peer_accept (self->peer);
  api_wait_state (self->socket, WS_STATE_CONNECTED);
}

/* The peer is gone, and the socket waits. */
static void
client_lose (Client *self)
{
  g_clear_pointer (&self->peer, raw_peer_free);
  ws_test_until (NULL, signal_log_count (self->log, "reconnecting:1") > 0);
}

static void
client_meet (Client *self)
{
  g_clear_pointer (&self->peer, raw_peer_free);
  self->peer = raw_listener_take (self->listener);
  raw_peer_accept (self->peer);
  api_wait_state (self->socket, WS_STATE_CONNECTED);
}

static void
client_clear (Client *self)
{
  signal_log_free (self->log);
  g_clear_pointer (&self->peer, raw_peer_free);
  g_assert_finalize_object (self->socket);
  raw_listener_free (self->listener);
  g_assert_false (fake_network_has_listener ());
}

static void
breathe (void)
{
  for (guint i = 0; i < 10; i++)
    g_main_context_iteration (NULL, FALSE);
}

/* Attempts are not wasted while there is no network. */
static void
test_held (void)
{
  Client client = { 0 };
  guint  n_questions = fake_network_count_questions ();
  guint  n_lookups;

  client_open (&client, FAKE_HOST, 1);
  n_lookups = fake_network_count_lookups ();
  fake_network_set_available (FALSE);
  client_lose (&client);
  ws_test_until (NULL, fake_network_count_questions () == n_questions + 1);
  breathe ();
  /* Any change is a reason to ask again, but not to try. */
  fake_network_set_available (FALSE);
  ws_test_until (NULL, fake_network_count_questions () == n_questions + 2);
  breathe ();
  g_assert_cmpuint (fake_network_count_lookups (), ==, n_lookups);
  g_assert_cmpint (ws_socket_get_state (client.socket), ==,
                   WS_STATE_UNCONNECTED);
  g_assert_true (ws_socket_get_active (client.socket));

  fake_network_set_available (TRUE);
  client_meet (&client);
  g_assert_cmpuint (fake_network_count_lookups (), ==, n_lookups + 1);
  g_assert_cmpuint (signal_log_count (client.log, "reconnecting:2"), ==, 0);
  client_clear (&client);
}

/* What the monitor knows may be wrong. */
static void
test_held_for_maximum (void)
{
  Client client = { 0 };

  client_open (&client, FAKE_HOST, 1);
  ws_reconnect_policy_set_maximum (ws_socket_get_reconnect (client.socket), 20);
  fake_network_set_available (FALSE);
  client_lose (&client);
  client_meet (&client);
  client_clear (&client);
}

/* Which host is asked about: @expected (nullable): none, as nobody doubts that
 * the loopback can be reached. */
static void
check_question (const char *proxy, const char *expected)
{
  Client client = { 0 };
  guint  n_questions = fake_network_count_questions ();

  client_open (&client, FAKE_HOST, 1);
  g_assert_true (ws_socket_set_proxy (client.socket, proxy, NULL));
  fake_network_set_available (FALSE);
  client_lose (&client);
  if (expected != NULL)
    {
      ws_test_until (NULL, fake_network_count_questions () > n_questions);
      g_assert_true (g_str_has_prefix (fake_network_get_question (), expected));
    }
  else
    {
      ws_test_until (NULL, signal_log_count (client.log, "reconnecting:2") > 0);
      g_assert_cmpuint (fake_network_count_questions (), ==, n_questions);
    }
  client_clear (&client);
}

static void
test_question (void)
{
  check_question ("direct://", FAKE_HOST ":");
  check_question ("http://proxy.example:3128", "proxy.example:3128");
  check_question ("SOCKS5H://user:secret@[2001:db8::1]:1080",
                  "2001:db8::1:1080");
  check_question ("http://127.0.0.1:1", NULL);
}

/* A network without a way to the world, but with one to the server. */
static void
test_local_network (void)
{
  Client client = { 0 };

  client_open (&client, FAKE_HOST, 1);
  fake_network_set_available (FALSE);
  fake_network_set_can_reach (TRUE);
  client_lose (&client);
  client_meet (&client);
  client_clear (&client);
}

/* The server's network comes, with no way to the world. */
static void
test_local_network_later (void)
{
  Client client = { 0 };
  guint  n_questions = fake_network_count_questions ();

  client_open (&client, FAKE_HOST, 1);
  fake_network_set_available (FALSE);
  client_lose (&client);
  ws_test_until (NULL, fake_network_count_questions () > n_questions);
  fake_network_set_can_reach (TRUE);
  fake_network_set_available (FALSE);
  client_meet (&client);
  client_clear (&client);
}

static void
test_closed_while_held (void)
{
  Client client = { 0 };
  guint  n_questions = fake_network_count_questions ();

  client_open (&client, FAKE_HOST, 1);
  fake_network_set_available (FALSE);
  client_lose (&client);
  ws_test_until (NULL, fake_network_count_questions () > n_questions);
  ws_socket_close (client.socket, 1000, NULL, NULL);
  g_assert_false (ws_socket_get_active (client.socket));
  g_assert_false (fake_network_has_listener ());
  fake_network_set_available (TRUE);
  breathe ();
  g_assert_cmpint (ws_socket_get_state (client.socket), ==,
                   WS_STATE_UNCONNECTED);
  client_clear (&client);
}

/* The loopback needs no network. */
static void
test_loopback (void)
{
  Client client = { 0 };
  guint  n_questions = fake_network_count_questions ();

  client_open (&client, "127.0.0.1", 1);
  fake_network_set_available (FALSE);
  client_lose (&client);
  client_meet (&client);
  g_assert_cmpuint (fake_network_count_questions (), ==, n_questions);
  client_clear (&client);
}

static void
test_unix_socket (void)
{
  WsSocket *socket = ws_socket_new ();
  g_autoptr (WsReconnectPolicy) policy
      = g_object_new (WS_TYPE_RECONNECT_POLICY, "minimum", 1u, "maximum", 1u,
                      "max-attempts", 3u, NULL);
  g_autoptr (SignalLog) log = signal_log_new (socket);

  ws_socket_set_reconnect (socket, policy);
  fake_network_set_available (FALSE);
  ws_socket_open (socket, "ws+unix:/nonexistent/socket:/", NULL);
  ws_test_until (NULL, !ws_socket_get_active (socket));
  g_assert_cmpuint (signal_log_count (log, "reconnecting:3"), ==, 1);
  g_assert_finalize_object (socket);
}

/* The network comes back in the middle of a delay. */
static void
test_came_back (void)
{
  Client client = { 0 };

  client_open (&client, FAKE_HOST, G_MAXINT);
  client_lose (&client);
  fake_network_set_available (FALSE);
  breathe ();
  g_assert_cmpuint (signal_log_count (client.log, "state=connecting"), ==, 1);
  fake_network_set_available (TRUE);
  client_meet (&client);
  client_clear (&client);
}

/* Another network: a grown delay shrinks to the shortest one. */
static void
test_changed_while_waiting (void)
{
  Client client = { 0 };

  client_open (&client, FAKE_HOST, 1);
  client_lose (&client);
  client.peer = raw_listener_take (client.listener);
  g_clear_pointer (&client.peer, raw_peer_reset);
  ws_test_until (NULL, signal_log_count (client.log, "reconnecting:2") > 0);
  fake_network_set_available (TRUE);
  client_meet (&client);
  client_clear (&client);
}

/* But no shorter. */
static void
test_changes_do_not_hammer (void)
{
  Client client = { 0 };

  client_open (&client, FAKE_HOST, G_MAXINT);
  client_lose (&client);
  for (guint i = 0; i < 10; i++)
    {
      fake_network_set_available (TRUE);
      breathe ();
    }
  g_assert_cmpuint (signal_log_count (client.log, "state=connecting"), ==, 1);
  client_clear (&client);
}

/* What the name stands for now is what counts. */
static void
test_address_changes (void)
{
  Client    client = { 0 };
  WsServer *server = ws_server_new (NULL, WS_SSL_MODE_NON_SECURE);
  g_autoptr (GInetAddress) other = g_inet_address_new_from_string ("127.0.0.2");
  g_autoptr (WsSocket) accepted = NULL;
  GSocketAddress *peer;

  client_open (&client, FAKE_HOST, 1);
  g_assert_true (ws_server_listen (server, other, client.listener->port, NULL));
  fake_network_set_addresses ("127.0.0.2");
  client_lose (&client);
  accepted = api_server_take (server);
  api_wait_state (client.socket, WS_STATE_CONNECTED);
  peer = ws_socket_get_peer_address (client.socket);
  g_assert_true (g_inet_address_equal (
      g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (peer)), other));
  fake_network_set_addresses ("127.0.0.1");
  client_clear (&client);
  api_wait_state (accepted, WS_STATE_UNCONNECTED);
  g_clear_object (&accepted);
  g_assert_finalize_object (server);
}

/* --- While connected --- */

/* The keepalive asks at once whether the path still holds. */
static void
test_probe (void)
{
  Client client = { 0 };
  g_auto (RawFrame) ping = { 0 };

  client_open (&client, FAKE_HOST, 1);
  ws_socket_set_ping_interval (client.socket, G_MAXINT);
  ws_socket_set_ping_timeout (client.socket, 20000);
  fake_network_set_available (TRUE);
  ping = raw_peer_take_frame (client.peer);
  g_assert_cmphex (ping.first, ==, 0x89);
  /* An unanswered question is not repeated. */
  for (guint i = 0; i < 3; i++)
    {
      fake_network_set_available (TRUE);
      breathe ();
    }
  g_assert_cmpuint (client.peer->received->len, ==, 0);
  raw_peer_send_frame (client.peer, 0x8a, ping.payload->data,
                       ping.payload->len);
  ws_test_until (NULL, ws_socket_get_latency (client.socket) >= 0);
  g_assert_true (ws_socket_is_valid (client.socket));
  client_clear (&client);
}

/* The mask of that ping may be a user's, who may do anything. */

typedef struct
{
  WsMaskGenerator parent_instance;
  Client         *client; /* (nullable): whose socket is to go */
} Breaker;

typedef WsMaskGeneratorClass BreakerClass;

static GType breaker_get_type (void);
G_DEFINE_TYPE (Breaker, breaker, WS_TYPE_MASK_GENERATOR)

static guint32
breaker_next_mask (WsMaskGenerator *generator)
{
  Breaker *self = (Breaker *) generator;
  Client  *client = g_steal_pointer (&self->client);

  if (client != NULL)
    {
      ws_socket_abort (client->socket);
      g_clear_pointer (&client->log, signal_log_free);
      g_clear_object (&client->socket);
    }
  return 1;
}

static gboolean
breaker_seed (WsMaskGenerator *generator)
{
  return TRUE;
}

static void
breaker_class_init (BreakerClass *klass)
{
  klass->seed = breaker_seed;
  klass->next_mask = breaker_next_mask;
}

static void
breaker_init (Breaker *self)
{
}

static void
test_probe_broken (void)
{
  Client   client = { 0 };
  Breaker *breaker = g_object_new (breaker_get_type (), NULL);

  client_open (&client, FAKE_HOST, 1);
  ws_socket_set_mask_generator (client.socket, WS_MASK_GENERATOR (breaker));
  ws_socket_set_ping_interval (client.socket, G_MAXINT);
  breaker->client = &client;
  fake_network_set_available (TRUE);
  ws_test_until (NULL, client.socket == NULL);
  breathe ();
  g_assert_false (fake_network_has_listener ());
  raw_peer_free (client.peer);
  raw_listener_free (client.listener);
  g_object_unref (breaker);
}

static void
test_probe_unanswered (void)
{
  Client client = { 0 };

  client_open (&client, FAKE_HOST, 1);
  ws_socket_set_ping_interval (client.socket, G_MAXINT);
  ws_socket_set_ping_timeout (client.socket, 20);
  raw_peer_set_reading (client.peer, FALSE);
  fake_network_set_available (TRUE);
  ws_test_until (NULL, signal_log_count (client.log, "reconnecting:1") > 0);
  g_assert_cmpuint (signal_log_count (client.log, "error:socket-timeout"), ==,
                    1);
  ws_socket_set_ping_timeout (client.socket, 20000);
  client_meet (&client);
  client_clear (&client);
}

static void
test_no_keepalive_no_probe (void)
{
  Client client = { 0 };

  client_open (&client, FAKE_HOST, 1);
  ws_socket_set_ping_interval (client.socket, 0);
  fake_network_set_available (TRUE);
  breathe ();
  api_socket_send (client.socket, "first");
  raw_peer_expect_text (client.peer, "first");
  client_clear (&client);
}

/* --- The watch --- */

static void
test_listeners (void)
{
  Client client = { 0 };
  g_autoptr (WsReconnectPolicy) policy = ws_reconnect_policy_new ();

  client_open (&client, FAKE_HOST, 1);
  g_assert_true (fake_network_has_listener ());
  ws_socket_set_reconnect (client.socket, NULL);
  g_assert_false (fake_network_has_listener ());
  ws_socket_set_reconnect (client.socket, policy);
  g_assert_true (fake_network_has_listener ());
  for (guint i = 0; i < 3; i++)
    {
      ws_socket_open (client.socket, NULL, NULL);
      g_assert_true (fake_network_has_listener ());
      client_meet (&client);
    }
  ws_socket_abort (client.socket);
  g_assert_false (fake_network_has_listener ());
  client_clear (&client);
}

static gpointer
come_back_in_other_thread (gpointer data)
{
  for (guint i = 0; i < 100; i++)
    {
      fake_network_set_available (FALSE);
      fake_network_set_available (TRUE);
    }
  return NULL;
}

/* GIO's monitor may live anywhere. */
static void
test_other_thread (void)
{
  Client   client = { 0 };
  GThread *thread;

  client_open (&client, FAKE_HOST, G_MAXINT);
  client_lose (&client);
  thread = g_thread_new ("monitor", come_back_in_other_thread, NULL);
  client_meet (&client);
  g_thread_join (thread);
  /* News that nobody waits for any more. */
  thread = g_thread_new ("monitor", come_back_in_other_thread, NULL);
  client_clear (&client);
  g_thread_join (thread);
  breathe ();
}

int
main (int argc, char **argv)
{
  api_test_init (&argc, &argv);
  fake_network_init ();
  g_test_add_func ("/api/reconnect/network/held", test_held);
  g_test_add_func ("/api/reconnect/network/held-for-maximum",
                   test_held_for_maximum);
  g_test_add_func ("/api/reconnect/network/question", test_question);
  g_test_add_func ("/api/reconnect/network/local", test_local_network);
  g_test_add_func ("/api/reconnect/network/local-later",
                   test_local_network_later);
  g_test_add_func ("/api/reconnect/network/closed-while-held",
                   test_closed_while_held);
  g_test_add_func ("/api/reconnect/network/loopback", test_loopback);
  g_test_add_func ("/api/reconnect/network/unix", test_unix_socket);
  g_test_add_func ("/api/reconnect/network/came-back", test_came_back);
  g_test_add_func ("/api/reconnect/network/changed-while-waiting",
                   test_changed_while_waiting);
  g_test_add_func ("/api/reconnect/network/no-hammer",
                   test_changes_do_not_hammer);
  g_test_add_func ("/api/reconnect/network/address-changes",
                   test_address_changes);
  g_test_add_func ("/api/reconnect/network/probe", test_probe);
  g_test_add_func ("/api/reconnect/network/probe-unanswered",
                   test_probe_unanswered);
  g_test_add_func ("/api/reconnect/network/probe-broken", test_probe_broken);
  g_test_add_func ("/api/reconnect/network/no-keepalive",
                   test_no_keepalive_no_probe);
  g_test_add_func ("/api/reconnect/network/listeners", test_listeners);
  g_test_add_func ("/api/reconnect/network/other-thread", test_other_thread);
  return g_test_run ();
}
