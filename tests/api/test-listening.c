/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api-test.h"

#include <string.h>

/* Where a server listens by address: several at once, both families, and what
 * the properties say. */

static void
assert_error (GError **error, int code, const char *part)
{
  g_assert_error (*error, WS_SOCKET_ERROR, code);
  g_assert_nonnull (strstr ((*error)->message, part));
  g_clear_error (error);
}

static void
listen_address (WsServer *server, const char *host, guint16 port)
{
  g_autoptr (GSocketAddress) address
      = g_inet_socket_address_new_from_string (host, port);
  g_autoptr (GError) error = NULL;

  ws_server_listen_address (server, address, &error);
  g_assert_no_error (error);
}

static void
visit_host (WsServer *server, const char *host, guint16 port)
{
  g_autofree char *url = g_strdup_printf ("ws://%s:%u/", host, port);

  api_server_visit (server, url);
}

static guint16
get_port (WsServer *server, guint i)
{
  g_autoptr (GPtrArray) addresses = ws_server_get_server_addresses (server);

  g_assert_cmpuint (i, <, addresses->len);
  return g_inet_socket_address_get_port (g_ptr_array_index (addresses, i));
}

static void
test_several (void)
{
  WsServer *server = api_server_new ();
  guint16   port = ws_server_get_server_port (server);
  g_autoptr (GError) error = NULL;
  g_autofree char *url = g_strdup (ws_server_get_url (server));
  guint            n_closed = 0, n_notified = 0, n_errors = 0;

  api_count (server, "closed", &n_closed);
  api_count (server, "notify", &n_notified);
  listen_address (server, "127.0.0.2", 0);
  listen_address (server, "::1", 0);
  /* What is first stays first. */
  g_assert_cmpuint (n_notified, ==, 0);
  g_assert_cmpuint (ws_server_get_server_port (server), ==, port);
  g_assert_cmpuint (ws_server_get_port (server), ==, port);
  g_assert_cmpstr (ws_server_get_url (server), ==, url);
  g_assert_cmpuint (get_port (server, 0), ==, port);
  api_server_visit (server, url);
  visit_host (server, "127.0.0.2", get_port (server, 1));
  visit_host (server, "[::1]", get_port (server, 2));

  api_count (server, "server-error", &n_errors);
  g_assert_false (ws_server_listen (server, NULL, 0, &error));
  assert_error (&error, WS_SOCKET_ERROR_OPERATION, url);
  g_assert_cmpuint (n_errors, ==, 1);
  api_server_visit (server, url);

  ws_server_close (server);
  g_assert_false (ws_server_get_listening (server));
  ws_test_until (NULL, n_closed > 0);
  g_assert_cmpuint (n_closed, ==, 1);
  g_assert_finalize_object (server);
}

/* One that is added may be the first, and a failure is signalled once. */
static void
test_added_first (void)
{
  WsServer *server = ws_server_new (NULL, WS_SSL_MODE_NON_SECURE);
  WsServer *other = api_server_new ();
  g_autoptr (GError) error = NULL;
  guint n_listening = 0, n_errors = 0;

  api_count (server, "notify::listening", &n_listening);
  api_count (server, "server-error", &n_errors);
  g_assert_false (
      ws_server_listen_address (server, ws_server_get_server_address (other),
                                &error));
  assert_error (&error, WS_SOCKET_ERROR_ADDRESS_IN_USE, "127.0.0.1:");
  g_assert_cmpuint (n_errors, ==, 1);
  g_assert_cmpuint (ws_server_get_error (server), ==, 1006);
  g_assert_false (ws_server_get_listening (server));

  listen_address (server, "127.0.0.1", 0);
  g_assert_true (ws_server_get_listening (server));
  g_assert_cmpuint (n_listening, ==, 1);
  g_assert_cmpuint (ws_server_get_error (server), ==, 1000);
  api_server_visit (server, ws_server_get_url (server));
  g_assert_finalize_object (other);
  g_assert_finalize_object (server);
}

/* The order of listen() and of what is added does not matter: the address of
 * the first is the server's, and both are reached. */
static void
test_added_before (void)
{
  WsServer *server = ws_server_new (NULL, WS_SSL_MODE_NON_SECURE);
  g_autoptr (GInetAddress) address
      = g_inet_address_new_from_string ("127.0.0.2");
  g_autoptr (GError) error = NULL;
  guint   n_listening = 0, n_port = 0;
  guint16 added;

  api_count (server, "notify::listening", &n_listening);
  api_count (server, "notify::port", &n_port);
  listen_address (server, "127.0.0.1", 0);
  added = ws_server_get_server_port (server);
  ws_server_listen (server, address, 0, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (n_listening, ==, 1);
  g_assert_cmpuint (n_port, ==, 2);
  g_assert_true (
      g_str_has_prefix (ws_server_get_url (server), "ws://127.0.0.2:"));
  g_assert_cmpuint (get_port (server, 1), ==, added);
  api_server_visit (server, ws_server_get_url (server));
  visit_host (server, "127.0.0.1", added);

  g_assert_false (ws_server_listen (server, NULL, 0, &error));
  assert_error (&error, WS_SOCKET_ERROR_OPERATION, "ws://127.0.0.2:");
  api_server_close (server);
  g_assert_cmpuint (n_listening, ==, 2);
  g_assert_finalize_object (server);
}

static const struct
{
  const char *name;
  const char *host; /* (nullable) */
  const char *url;
  const char *reached[3];
} families[] = {
  { "any", NULL, "ws://127.0.0.1:", { "127.0.0.1", "[::1]" } },
  { "ipv4", "127.0.0.1", "ws://127.0.0.1:", { "127.0.0.1" } },
  { "ipv4-any", "0.0.0.0", "ws://127.0.0.1:", { "127.0.0.1", "127.0.0.3" } },
  { "ipv6", "::1", "ws://[::1]:", { "[::1]" } },
  { "ipv6-any", "::", "ws://127.0.0.1:", { "127.0.0.1", "[::1]" } },
};

static void
test_family (gconstpointer data)
{
  guint     i = GPOINTER_TO_UINT (data);
  WsServer *server = ws_server_new (NULL, WS_SSL_MODE_NON_SECURE);
  g_autoptr (GInetAddress) address
      = families[i].host != NULL
            ? g_inet_address_new_from_string (families[i].host)
            : NULL;
  g_autoptr (GError) error = NULL;

  ws_server_listen (server, address, 0, &error);
  g_assert_no_error (error);
  g_assert_true (
      g_str_has_prefix (ws_server_get_url (server), families[i].url));
  api_server_visit (server, ws_server_get_url (server));
  for (guint j = 0; families[i].reached[j] != NULL; j++)
    visit_host (server, families[i].reached[j],
                ws_server_get_server_port (server));
  g_assert_finalize_object (server);
}

/* --- The properties --- */

static void
test_localhost (void)
{
  WsServer *server
      = g_object_new (WS_TYPE_SERVER, "ssl-mode", WS_SSL_MODE_NON_SECURE,
                      "host", "localhost", "listening", TRUE, NULL);

  ws_test_until (NULL, ws_server_get_listening (server));
  g_assert_cmpuint (get_port (server, 0), ==, get_port (server, 1));
  visit_host (server, "127.0.0.1", ws_server_get_server_port (server));
  visit_host (server, "[::1]", ws_server_get_server_port (server));
  visit_host (server, "localhost", ws_server_get_server_port (server));
  g_assert_finalize_object (server);
}

static void
start_at (WsServer *server, const char *host, guint port)
{
  guint n_errors = 0;

  api_count (server, "server-error", &n_errors);
  ws_server_set_host (server, host);
  ws_server_set_port (server, port);
  ws_server_set_listening (server, TRUE);
  ws_test_until (NULL, n_errors == 1);
  g_assert_false (ws_server_get_listening (server));
  g_assert_cmpuint (ws_server_get_error (server), ==, 1006);
  g_signal_handlers_disconnect_by_data (server, &n_errors);
}

static void
test_bad_host (void)
{
  WsServer *server = ws_server_new (NULL, WS_SSL_MODE_NON_SECURE);

  start_at (server, "host.example", 0);
  g_assert_nonnull (
      strstr (ws_server_get_error_string (server), "\"host.example\""));
  /* A port that is half taken is taken. Another test may have the other half,
   * which is tried first. */
  for (guint i = 0; i < 10; i++)
    {
      WsServer *other = ws_server_new (NULL, WS_SSL_MODE_NON_SECURE);

      listen_address (other, "::1", 0);
      start_at (server, "localhost", ws_server_get_server_port (other));
      g_assert_finalize_object (other);
      if (strstr (ws_server_get_error_string (server), "127.0.0.1:") == NULL)
        break;
    }
  g_assert_nonnull (strstr (ws_server_get_error_string (server), "[::1]:"));
  g_assert_finalize_object (server);
}

/* A new host or port moves what the properties are about, and only that. */
static void
test_restart (void)
{
  WsServer *server
      = g_object_new (WS_TYPE_SERVER, "ssl-mode", WS_SSL_MODE_NON_SECURE,
                      "listening", TRUE, NULL);
  guint16 added;

  listen_address (server, "127.0.0.2", 0);
  added = ws_server_get_server_port (server);
  ws_test_until (NULL, g_str_has_prefix (ws_server_get_url (server),
                                         "ws://127.0.0.1:"));
  g_assert_cmpuint (get_port (server, 1), ==, added);
  ws_server_set_host (server, "127.0.0.3");
  g_assert_true (ws_server_get_listening (server));
  g_assert_cmpuint (ws_server_get_server_port (server), ==, added);
  ws_test_until (NULL, g_str_has_prefix (ws_server_get_url (server),
                                         "ws://127.0.0.3:"));
  api_server_visit (server, ws_server_get_url (server));
  visit_host (server, "127.0.0.2", added);
  g_assert_finalize_object (server);

  /* Nothing begins where nothing did. */
  server = ws_server_new (NULL, WS_SSL_MODE_NON_SECURE);
  listen_address (server, "127.0.0.2", 0);
  added = ws_server_get_server_port (server);
  ws_server_set_host (server, "127.0.0.3");
  g_assert_cmpuint (ws_server_get_port (server), ==, added);
  visit_host (server, "127.0.0.2", added);
  g_assert_cmpuint (ws_server_get_server_port (server), ==, added);
  g_assert_finalize_object (server);
}

/* --- Accepting --- */

static void
test_pause (void)
{
  WsServer        *server = api_server_new ();
  WsSocket        *clients[2] = { ws_socket_new (), ws_socket_new () };
  WsSocket        *accepted[2];
  g_autofree char *url = NULL;

  ws_server_pause_accepting (server);
  listen_address (server, "127.0.0.2", 0);
  url = g_strdup_printf ("ws://127.0.0.2:%u", get_port (server, 1));
  g_assert_true (ws_socket_open (clients[0], ws_server_get_url (server), NULL));
  g_assert_true (ws_socket_open (clients[1], url, NULL));
  /* A client that comes and goes elsewhere gives these two time enough. */
  {
    WsServer *other = api_server_new ();

    api_server_visit (other, ws_server_get_url (other));
    g_assert_finalize_object (other);
  }
  /* They wait, and nobody is busy with that. */
  while (g_main_context_iteration (NULL, FALSE))
    ;
  for (guint i = 0; i < 2; i++)
    g_assert_cmpint (ws_socket_get_state (clients[i]), ==, WS_STATE_CONNECTING);
  ws_server_resume_accepting (server);
  /* Either may be the first one. */
  for (guint i = 0; i < 2; i++)
    accepted[i] = api_server_take (server);
  for (guint i = 0; i < 2; i++)
    {
      api_wait_state (clients[i], WS_STATE_CONNECTED);
      g_assert_finalize_object (clients[i]);
    }
  for (guint i = 0; i < 2; i++)
    {
      api_wait_state (accepted[i], WS_STATE_UNCONNECTED);
      g_assert_finalize_object (accepted[i]);
    }
  g_assert_finalize_object (server);
}

/* IPv4 that comes by way of IPv6 counts as what it is. */
static void
test_mapped_address (void)
{
  WsServer *server = ws_server_new (NULL, WS_SSL_MODE_NON_SECURE);
  g_autoptr (RawPeer) first = NULL;
  g_autoptr (RawPeer) second = NULL;
  g_autofree char *request = raw_peer_make_request (NULL);

  ws_server_set_trusted_proxies (server, NULL);
  ws_server_set_max_connections_per_address (server, 1);
  g_assert_true (ws_server_listen (server, NULL, 0, NULL));
  listen_address (server, "127.0.0.1", 0);
  first = raw_peer_join (get_port (server, 0), NULL);
  second = raw_peer_connect (get_port (server, 1));
  raw_peer_send (second, request);
  api_expect_refusal (second, 503);
  g_assert_nonnull (
      strstr (ws_server_get_error_string (server), "127.0.0.1 has all"));
  g_assert_null (strstr (ws_server_get_error_string (server), "ffff"));
  g_assert_finalize_object (server);
}

/* --- Handlers --- */

static void
close_server (WsServer *server)
{
  ws_server_close (server);
}

static void
drop_server (WsServer *server)
{
  g_object_unref (server);
}

static void
listen_elsewhere (WsServer *server)
{
  g_signal_handlers_disconnect_by_func (server, listen_elsewhere, NULL);
  listen_address (server, "127.0.0.2", 0);
}

/* The handlers of what listening tells may end it, and begin more. */
static void
test_handlers (void)
{
  WsServer *server = ws_server_new (NULL, WS_SSL_MODE_NON_SECURE);
  WsServer *other = api_server_new ();
  guint     n_closed = 0;

  api_count (server, "closed", &n_closed);
  g_signal_connect (server, "notify::listening", G_CALLBACK (close_server),
                    NULL);
  listen_address (server, "127.0.0.1", 0);
  g_assert_false (ws_server_get_listening (server));
  ws_test_until (NULL, n_closed > 0);
  g_signal_handlers_disconnect_by_func (server, close_server, NULL);

  g_signal_connect (server, "notify::listening", G_CALLBACK (listen_elsewhere),
                    NULL);
  listen_address (server, "127.0.0.1", 0);
  visit_host (server, "127.0.0.2", get_port (server, 1));

  g_object_ref (server);
  g_signal_connect (server, "server-error", G_CALLBACK (drop_server), NULL);
  g_assert_false (
      ws_server_listen_address (server, ws_server_get_server_address (other),
                                NULL));
  g_assert_finalize_object (other);
  g_assert_finalize_object (server);
}

int
main (int argc, char **argv)
{
  api_test_init (&argc, &argv);
  g_test_add_func ("/api/listening/several", test_several);
  g_test_add_func ("/api/listening/added-first", test_added_first);
  g_test_add_func ("/api/listening/added-before", test_added_before);
  for (guint i = 0; i < G_N_ELEMENTS (families); i++)
    {
      g_autofree char *path
          = g_strconcat ("/api/listening/family/", families[i].name, NULL);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_family);
    }
  g_test_add_func ("/api/listening/localhost", test_localhost);
  g_test_add_func ("/api/listening/bad-host", test_bad_host);
  g_test_add_func ("/api/listening/restart", test_restart);
  g_test_add_func ("/api/listening/pause", test_pause);
  g_test_add_func ("/api/listening/mapped-address", test_mapped_address);
  g_test_add_func ("/api/listening/handlers", test_handlers);
  return g_test_run ();
}
