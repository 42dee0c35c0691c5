/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api-test.h"

#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <string.h>

/* Where both ends of a connection are, where a client comes from, and which
 * host it asks for. */

static void
check_string (WsSocket *socket, const char *property, GSocketAddress *address)
{
  g_autofree char *expected = g_strdup_printf (
      "127.0.0.%u:%u",
      g_inet_address_to_bytes (g_inet_socket_address_get_address (
          G_INET_SOCKET_ADDRESS (address)))[3],
      g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address)));
  g_autofree char *text = NULL;

  g_object_get (socket, property, &text, NULL);
  g_assert_cmpstr (text, ==, expected);
}

static void
test_strings (Pair *pair, gconstpointer data)
{
  g_autofree char *client_end
      = ws_socket_dup_local_address_string (pair->client);
  g_autofree char *seen = ws_socket_dup_peer_address_string (pair->accepted);
  WsSocket        *fresh = ws_socket_new ();

  check_string (pair->client, "local-address-string",
                ws_socket_get_local_address (pair->client));
  check_string (pair->client, "peer-address-string",
                ws_socket_get_peer_address (pair->client));
  check_string (pair->accepted, "peer-address-string",
                ws_socket_get_peer_address (pair->accepted));
  g_assert_cmpstr (client_end, ==, seen);
  g_assert_null (ws_socket_dup_peer_address_string (fresh));
  g_assert_null (ws_socket_dup_local_address_string (fresh));
  g_assert_finalize_object (fresh);
}

/* (transfer full) */
static GSocketAddress *
make_address (const char *text)
{
  return g_inet_socket_address_new_from_string (text, 0);
}

static guint
get_last_byte (GSocketAddress *address)
{
  return g_inet_address_to_bytes (
      g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address)))[3];
}

/* What was set holds for each opening, but a connection shows its own. */
static void
test_local (Pair *pair, gconstpointer data)
{
  g_autoptr (GSocketAddress) second = make_address ("127.0.0.2");
  g_autoptr (GSocketAddress) third = make_address ("127.0.0.3");
  GSocketAddress *real;
  guint           n_notified = 0;

  api_count (pair->client, "notify::local-address", &n_notified);
  ws_socket_set_local_address (pair->client, second);
  g_assert_cmpuint (n_notified, ==, 1);
  real = ws_socket_get_local_address (pair->client);
  g_assert_cmpuint (get_last_byte (real), ==, 1);
  for (guint i = 0; i < 2; i++)
    {
      api_socket_open (pair->client, NULL);
      g_object_unref (pair->accepted);
      pair->accepted = api_server_take (pair->server);
      real = ws_socket_get_peer_address (pair->accepted);
      g_assert_cmpuint (get_last_byte (real), ==, 2);
      g_assert_cmpuint (g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (
                            ws_socket_get_local_address (pair->client))),
                        !=, 0);
      ws_socket_abort (pair->client);
    }
  ws_socket_set_local_address (pair->client, third);
  g_assert_true (ws_socket_get_local_address (pair->client) == third);
  ws_socket_set_local_address (pair->client, NULL);
  g_assert_null (ws_socket_get_local_address (pair->client));
  api_socket_open (pair->client, NULL);
  g_object_unref (pair->accepted);
  pair->accepted = api_server_take (pair->server);
  real = ws_socket_get_peer_address (pair->accepted);
  g_assert_cmpuint (get_last_byte (real), ==, 1);
}

/* One that the host does not have, or of another family. */
static void
test_local_bad (Pair *pair, gconstpointer data)
{
  static const char *const texts[] = { "192.0.2.1", "2001:db8::1" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GSocketAddress) address = make_address (texts[i]);

      ws_socket_set_local_address (pair->client, address);
      g_assert_true (ws_socket_open (pair->client, NULL, NULL));
      api_wait_state (pair->client, WS_STATE_UNCONNECTED);
      /* The first is of the right family, but nobody's here. */
      if (i == 0)
        {
          g_assert_error (ws_socket_get_error (pair->client), WS_SOCKET_ERROR,
                          WS_SOCKET_ERROR_SOCKET_ADDRESS_NOT_AVAILABLE);
          g_assert_nonnull (
              strstr (ws_socket_get_error_string (pair->client), texts[i]));
        }
      g_assert_nonnull (ws_socket_get_error (pair->client));
    }
}

/* A local address does not concern a Unix socket. */
static void
test_local_unix (void)
{
  g_autofree char *folder = g_dir_make_tmp ("ws-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "socket", NULL);
  g_autofree char *url = g_strdup_printf ("ws+unix:%s:/room", path);
  g_autoptr (GSocketAddress) address = make_address ("127.0.0.2");
  WsServer *server = ws_server_new (NULL, WS_SSL_MODE_NON_SECURE);
  WsSocket *client = ws_socket_new ();
  g_autoptr (WsSocket) accepted = NULL;
  g_autofree char *text = NULL;

  g_assert_true (ws_server_listen_unix (server, path, NULL));
  ws_socket_set_local_address (client, address);
  /* A virtual host: only the server cares. */
  ws_headers_append (ws_socket_get_request_headers (client), "Host",
                     "chat.example", NULL);
  api_socket_open (client, url);
  accepted = api_server_take (server);
  text = ws_socket_dup_peer_address_string (client);
  g_assert_cmpstr (text, ==, path);
  g_assert_true (
      G_IS_UNIX_SOCKET_ADDRESS (ws_socket_get_peer_address (client)));
  g_assert_cmpstr (ws_headers_get_one (ws_socket_get_request_headers (accepted),
                                       "Host"),
                   ==, "chat.example");
  g_assert_cmpstr (ws_socket_get_url (accepted), ==, "ws://chat.example/room");
  ws_socket_abort (client);
  api_wait_state (accepted, WS_STATE_UNCONNECTED);
  g_clear_object (&accepted);
  g_assert_finalize_object (client);
  g_assert_finalize_object (server);
  g_rmdir (folder);
}

/* --- Which host is asked for --- */

static void
test_host (void)
{
  g_autoptr (RawListener) listener = raw_listener_new ();
  g_autofree char *url = raw_listener_make_url (listener, "/");
  WsSocket        *socket = ws_socket_new ();
  RawPeer         *peer;

  ws_headers_append (ws_socket_get_request_headers (socket), "Host",
                     "chat.example", NULL);
  g_assert_true (ws_socket_open (socket, url, NULL));
  peer = raw_listener_take (listener);
  raw_peer_wait_head (peer);
  g_assert_true (g_str_has_prefix (peer->head,
                                   "GET / HTTP/1.1\r\nHost: chat.example\r\n"
                                   "Upgrade: websocket\r\n"));
  raw_peer_free (peer);
  api_wait_state (socket, WS_STATE_UNCONNECTED);
  ws_headers_append (ws_socket_get_request_headers (socket), "Host", "b", NULL);
  g_assert_true (ws_socket_open (socket, url, NULL));
  api_wait_state (socket, WS_STATE_UNCONNECTED);
  g_assert_nonnull (
      strstr (ws_socket_get_error_string (socket), "one of several"));
  g_assert_finalize_object (socket);
}

int
main (int argc, char **argv)
{
  api_test_init (&argc, &argv);
  pair_add ("/api/addresses/strings", NULL, test_strings);
  pair_add ("/api/addresses/local", NULL, test_local);
  pair_add ("/api/addresses/local/bad", NULL, test_local_bad);
  g_test_add_func ("/api/addresses/local/unix", test_local_unix);
  g_test_add_func ("/api/addresses/host", test_host);
  return g_test_run ();
}
