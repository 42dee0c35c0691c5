/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api-test.h"

/* What is asked for, taken apart: at both ends, and of a request. */

#define TARGET "/a%20b/c?room=x+y&room=%C3%BC&bad=%ff&empty"

static void
check_parameters (gpointer object,
                  char *(*get) (gpointer, const char *, GError **),
                  char **(*get_all) (gpointer, const char *, GError **),
                  char **(*list) (gpointer, GError **) )
{
  g_autofree char *room = get (object, "room", NULL);
  g_autofree char *empty = get (object, "empty", NULL);
  g_auto (GStrv) rooms = get_all (object, "room", NULL);
  g_auto (GStrv) others = get_all (object, "none", NULL);
  g_auto (GStrv) names = list (object, NULL);
  g_autofree char *joined = g_strjoinv (" ", names);
  g_autoptr (GError) error = NULL;

  g_assert_cmpstr (room, ==, "x y");
  g_assert_cmpstr (empty, ==, "");
  g_assert_cmpuint (g_strv_length (rooms), ==, 2);
  g_assert_cmpstr (rooms[1], ==, "\303\274");
  g_assert_cmpuint (g_strv_length (others), ==, 0);
  g_assert_cmpstr (joined, ==, "room bad empty");
  g_assert_null (get (object, "none", &error));
  g_assert_no_error (error);
  g_assert_null (get (object, "bad", &error));
  g_assert_error (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_INVALID_UTF8);
  g_assert_nonnull (strstr (error->message, "bad=%ff"));
}

static void
check_request (WsRequest *request)
{
  g_assert_cmpstr (ws_request_get_resource_name (request), ==, TARGET);
  g_assert_cmpstr (ws_request_get_path (request), ==, "/a%20b/c");
  g_assert_cmpstr (ws_request_get_query (request), ==,
                   strchr (TARGET, '?') + 1);
  check_parameters (request, (gpointer) ws_request_get_query_parameter,
                    (gpointer) ws_request_get_query_parameters,
                    (gpointer) ws_request_list_query_parameters);
}

static void
check_socket (WsSocket *socket)
{
  g_assert_cmpstr (ws_socket_get_path (socket), ==, "/a%20b/c");
  g_assert_cmpstr (ws_socket_get_query (socket), ==, strchr (TARGET, '?') + 1);
  check_parameters (socket, (gpointer) ws_socket_get_query_parameter,
                    (gpointer) ws_socket_get_query_parameters,
                    (gpointer) ws_socket_list_query_parameters);
}

static void
test_request (void)
{
  WsRequest *request = ws_request_new ("wss://h" TARGET "#fragment");

  check_request (request);
  g_assert_true (ws_request_get_is_secure (request));
  g_assert_null (ws_request_get_client_address (request));
  ws_request_set_url (request, "ws://h");
  g_assert_cmpstr (ws_request_get_path (request), ==, "/");
  g_assert_null (ws_request_get_query (request));
  g_assert_false (ws_request_get_is_secure (request));
  g_assert_finalize_object (request);
}

static void
on_requested (WsServer *server, WsRequest *request, WsResponse *response)
{
  g_autofree char *client = ws_request_dup_client_address_string (request);
  g_autofree char *peer = ws_request_dup_peer_address_string (request);

  check_request (request);
  g_assert_cmpstr (client, ==, peer);
}

static void
test_sockets (void)
{
  WsServer        *server = api_server_new ();
  WsSocket        *client = ws_socket_new ();
  WsSocket        *accepted;
  g_autofree char *url = g_strconcat (ws_server_get_url (server), TARGET, NULL);
  g_autofree char *local = NULL;
  g_autofree char *peer = NULL;

  g_assert_cmpstr (ws_socket_get_path (client), ==, "");
  g_assert_null (ws_socket_get_query (client));
  g_assert_null (ws_socket_dup_peer_address_string (client));
  g_signal_connect (server, "handshake-requested", G_CALLBACK (on_requested),
                    NULL);
  api_socket_open (client, url);
  accepted = api_server_take (server);
  check_socket (client);
  check_socket (accepted);
  local = ws_socket_dup_local_address_string (client);
  peer = ws_socket_dup_client_address_string (accepted);
  g_assert_cmpstr (local, ==, peer);
  g_assert_null (ws_socket_get_client_address (client));
  g_assert_false (ws_socket_get_is_secure (client));
  ws_socket_abort (client);
  api_wait_state (accepted, WS_STATE_UNCONNECTED);
  g_assert_finalize_object (client);
  g_assert_finalize_object (accepted);
  g_assert_finalize_object (server);
}

int
main (int argc, char **argv)
{
  api_test_init (&argc, &argv);
  g_test_add_func ("/api/target/request", test_request);
  g_test_add_func ("/api/target/sockets", test_sockets);
  return g_test_run ();
}
