/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api/api-test.h"
#include "api/fake-network.h"
#include "far-side.h"

#include <string.h>

/* Real cables that are pulled, addresses that come and go, and GIO's own
 * monitor of all that. No name server is asked. */

#define SHORT 60

typedef struct
{
  FarSide   *far;
  WsSocket  *socket;
  SignalLog *log;
} World;

/* @addresses: what the server's name stands for. */
static void
world_set_up (World *self, const char *addresses)
{
  g_autoptr (WsReconnectPolicy) policy
      = g_object_new (WS_TYPE_RECONNECT_POLICY, "minimum", 1u, "maximum", 20u,
                      "jitter", 0.0, NULL);

  self->far = far_side_new ();
  fake_network_set_addresses (addresses);
  self->socket = ws_socket_new ();
  ws_socket_set_reconnect (self->socket, policy);
  self->log = signal_log_new (self->socket);
}

static void
world_begin (World *self)
{
  g_autofree char *url = g_strdup_printf ("ws://" FAKE_HOST ":%u/",
                                          far_side_get_port (self->far));

  g_assert_true (ws_socket_open (self->socket, url, NULL));
}

static void
world_open (World *self)
{
  world_begin (self);
  ws_test_until (NULL, ws_socket_is_valid (self->socket));
  ws_socket_set_ping_interval (self->socket, 0);
}

static void
world_tear_down (World *self)
{
  signal_log_free (self->log);
  g_assert_finalize_object (self->socket);
  far_side_free (self->far);
}

static void
wait_for (World *self, const char *word)
{
  ws_test_until (NULL, signal_log_count (self->log, word) > 0);
}

/* From now on the keepalive asks. Once the path is lost: else it would take a
 * server for lost that has not come to its turn. */
static void
ask (World *self, guint interval)
{
  ws_socket_set_ping_timeout (self->socket, SHORT);
  ws_socket_set_ping_interval (self->socket, interval);
}

/* The client has noticed, and waits or tries. */
static void
wait_lost (World *self)
{
  wait_for (self, "reconnecting:1");
  g_assert_cmpuint (signal_log_count (self->log, "error:socket-timeout"), >, 0);
  g_string_truncate (self->log->words, 0);
}

static void
wait_back (World *self)
{
  wait_for (self, "connected");
  ws_socket_set_ping_interval (self->socket, 0);
}

static void
assert_address (GSocketAddress *address, const char *text)
{
  g_autofree char *actual = g_inet_address_to_string (
      g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address)));

  g_assert_cmpstr (actual, ==, text);
}

/* --- The path is lost --- */

/* Our end of the cable is dead, so that nothing can
 * even be written. */
static void
test_near_down (void)
{
  World world = { 0 };

  world_set_up (&world, FAR_ADDRESS);
  world_open (&world);
  near_side_ip ("link set near down");
  ask (&world, SHORT);
  wait_lost (&world);
  near_side_ip ("link set near up");
  wait_back (&world);
  world_tear_down (&world);
}

/* The other end is dead: both notice, each by its own keepalive. */
static void
test_far_down (void)
{
  World world = { 0 };

  world_set_up (&world, FAR_ADDRESS);
  world_open (&world);
  g_assert_cmpuint (far_side_count_clients (world.far), ==, 1);
  far_side_ip (world.far, "link set far down");
  far_side_set_keepalive (world.far, SHORT);
  ask (&world, SHORT);
  wait_lost (&world);
  ws_test_until (NULL, far_side_count_clients (world.far) == 0);
  far_side_ip (world.far, "link set far up");
  wait_back (&world);
  world_tear_down (&world);
}

/* close() on a dead path. */
static void
test_close_when_down (void)
{
  World world = { 0 };

  world_set_up (&world, FAR_ADDRESS);
  world_open (&world);
  ws_socket_set_close_timeout (world.socket, SHORT);
  near_side_ip ("link set near down");
  g_assert_true (ws_socket_close (world.socket, 4000, NULL, NULL));
  wait_for (&world, "inactive");
  g_assert_false (ws_socket_get_was_clean (world.socket));
  g_assert_cmpuint (signal_log_count (world.log, "reconnecting:1"), ==, 0);
  world_tear_down (&world);
}

/* A change of the network makes the keepalive ask, though its time is far. */
static void
test_change_asks (void)
{
  World world = { 0 };

  world_set_up (&world, FAR_ADDRESS);
  world_open (&world);
  far_side_ip (world.far, "link set far down");
  ask (&world, G_MAXINT);
  near_side_ip ("addr add 10.10.0.1/24 dev near");
  wait_lost (&world);
  far_side_ip (world.far, "link set far up");
  wait_back (&world);
  world_tear_down (&world);
}

/* --- Addresses --- */

/* The server moves: its name is looked up again. */
static void
test_server_moves (void)
{
  World world = { 0 };

  world_set_up (&world, FAR_ADDRESS);
  world_open (&world);
  fake_network_set_addresses ("10.9.0.3");
  far_side_ip (world.far, "addr add 10.9.0.3/24 dev far");
  far_side_ip (world.far, "addr del " FAR_ADDRESS "/24 dev far");
  /* The kernel makes the second address the first. */
  far_side_ip (world.far, "addr replace 10.9.0.3/24 dev far");
  ask (&world, SHORT);
  wait_lost (&world);
  wait_back (&world);
  assert_address (ws_socket_get_peer_address (world.socket), "10.9.0.3");
  world_tear_down (&world);
}

/* We move: the old address is gone, the old path with it. */
static void
test_client_moves (void)
{
  World world = { 0 };

  world_set_up (&world, FAR_ADDRESS);
  world_open (&world);
  assert_address (ws_socket_get_local_address (world.socket), NEAR_ADDRESS);
  near_side_ip ("addr del " NEAR_ADDRESS "/24 dev near");
  ask (&world, SHORT);
  wait_lost (&world);
  near_side_ip ("addr add 10.9.0.9/24 dev near");
  wait_back (&world);
  assert_address (ws_socket_get_local_address (world.socket), "10.9.0.9");
  world_tear_down (&world);
}

/* The network changes while the attempt is on its way to nowhere. */
static void
test_moves_while_dialling (void)
{
  World world = { 0 };
  guint n_lookups = fake_network_count_lookups ();

  world_set_up (&world, LOST_ADDRESS);
  ws_socket_set_open_timeout (world.socket, SHORT);
  world_begin (&world);
  ws_test_until (NULL, fake_network_count_lookups () > n_lookups);
  fake_network_set_addresses (FAR_ADDRESS);
  wait_lost (&world);
  ws_socket_set_open_timeout (world.socket, 20000);
  wait_back (&world);
  assert_address (ws_socket_get_peer_address (world.socket), FAR_ADDRESS);
  world_tear_down (&world);
}

/* An address of a link may have no zone where only one link can be meant. */
static void
test_no_zone (void)
{
  World world = { 0 };
  g_autoptr (WsServer) server = NULL;
  g_autofree char *url = NULL;
  g_autofree char *own = NULL;

  world_set_up (&world, FAR_ADDRESS);
  ws_socket_set_reconnect (world.socket, NULL);
  near_side_ip ("addr add fe80::9/64 dev near nodad");
  far_side_ip (world.far, "addr add fe80::8/64 dev far nodad");
  url = g_strdup_printf ("ws://[fe80::8]:%u/", far_side_get_port (world.far));
  api_socket_open (world.socket, url);

  near_side_ip ("link add left type veth peer name right");
  near_side_ip ("addr add fe80::7/64 dev left nodad");
  near_side_ip ("link set left up");
  near_side_ip ("link set right up");
  g_assert_true (ws_socket_open (world.socket, url, NULL));
  api_wait_state (world.socket, WS_STATE_UNCONNECTED);
  g_assert_nonnull (strstr (ws_socket_get_error_string (world.socket),
                            "as in [fe80::8%25eth0]"));

  server = ws_server_new (NULL, WS_SSL_MODE_NON_SECURE);
  g_assert_true (ws_server_listen (server, NULL, 0, NULL));
  own = g_strdup_printf ("ws://[fe80::7]:%u/",
                         ws_server_get_server_port (server));
  api_socket_open (world.socket, own);
  near_side_ip ("link del left");
  world_tear_down (&world);
}

/* --- The race --- */

/* open-timeout is one for all addresses. */
static void
test_all_lost (void)
{
  World world = { 0 };

  world_set_up (&world, LOST_ADDRESS " " LOST_ADDRESS2 " " LOST_ADDRESS6);
  ws_socket_set_reconnect (world.socket, NULL);
  /* Time for each address to be tried, as one is every 250 ms. */
  ws_socket_set_open_timeout (world.socket, 600);
  world_begin (&world);
  wait_for (&world, "inactive");
  signal_log_expect (world.log, SIGNAL_LOG_OPENING
                     " error:socket-timeout code=1006 " SIGNAL_LOG_ENDED);
  world_tear_down (&world);
}

static void
test_one_lost (gconstpointer data)
{
  const char *const *addresses = data;
  World              world = { 0 };

  world_set_up (&world, addresses[0]);
  world_begin (&world);
  wait_back (&world);
  g_assert_cmpuint (signal_log_count (world.log, "reconnecting:1"), ==, 0);
  assert_address (ws_socket_get_peer_address (world.socket), addresses[1]);
  world_tear_down (&world);
}

static const char *const broken_ipv6[]
    = { LOST_ADDRESS6 " " FAR_ADDRESS, FAR_ADDRESS };
static const char *const broken_ipv4[]
    = { LOST_ADDRESS " " FAR_ADDRESS6, FAR_ADDRESS6 };
static const char *const first_lost[]
    = { LOST_ADDRESS " " LOST_ADDRESS2 " " FAR_ADDRESS, FAR_ADDRESS };

int
main (int argc, char **argv)
{
  far_side_unshare ();
  g_setenv ("GIO_USE_NETWORK_MONITOR", "netlink", TRUE);
  api_test_init (&argc, &argv);
  fake_network_init_resolver ();
  g_test_add_func ("/netfaults/near-down", test_near_down);
  g_test_add_func ("/netfaults/far-down", test_far_down);
  g_test_add_func ("/netfaults/close-when-down", test_close_when_down);
  g_test_add_func ("/netfaults/change-asks", test_change_asks);
  g_test_add_func ("/netfaults/server-moves", test_server_moves);
  g_test_add_func ("/netfaults/client-moves", test_client_moves);
  g_test_add_func ("/netfaults/moves-while-dialling",
                   test_moves_while_dialling);
  g_test_add_func ("/netfaults/no-zone", test_no_zone);
  g_test_add_func ("/netfaults/all-lost", test_all_lost);
  g_test_add_data_func ("/netfaults/broken-ipv6", broken_ipv6, test_one_lost);
  g_test_add_data_func ("/netfaults/broken-ipv4", broken_ipv4, test_one_lost);
  g_test_add_data_func ("/netfaults/first-lost", first_lost, test_one_lost);
  return g_test_run ();
}
