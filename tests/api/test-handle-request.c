/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api-test.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>

/* Requests that another HTTP server has read. */

typedef struct
{
  WsServer          *server;
  GSocketConnection *stream;
  int                peer;
  char              *url; /* (nullable): what a handler was asked for */
} Door;

static void
on_handshake (WsServer   *server,
              WsRequest  *request,
              WsResponse *answer,
              Door       *door)
{
  g_free (door->url);
  door->url = g_strdup (ws_request_get_url (request));
}

static void
door_set_up (Door *door, gconstpointer data)
{
  g_autoptr (GSocket) socket = NULL;
  int fds[2];

  g_assert_no_errno (socketpair (AF_UNIX, SOCK_STREAM, 0, fds));
  socket = g_socket_new_from_fd (fds[0], NULL);
  door->peer = fds[1];
  door->stream = g_socket_connection_factory_create_connection (socket);
  door->server = ws_server_new (NULL, WS_SSL_MODE_NON_SECURE);
  g_signal_connect (door->server, "handshake-requested",
                    G_CALLBACK (on_handshake), door);
}

static void
door_tear_down (Door *door, gconstpointer data)
{
  g_assert_finalize_object (door->server);
  g_object_unref (door->stream);
  g_close (door->peer, NULL);
  g_free (door->url);
}

/* (transfer full) */
static WsRequest *
make_request (const char *url)
{
  static const struct
  {
    const char *name;
    const char *value;
  } fields[] = {
    { "Host", "chat.example" },
    { "Upgrade", "websocket" },
    { "Connection", "Upgrade" },
    { "Sec-WebSocket-Version", "13" },
    { "Sec-WebSocket-Key", "AAECAwQFBgcICQoLDA0ODw==" },
  };
  WsRequest *request = ws_request_new (url);

  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    g_assert_true (ws_headers_append (ws_request_get_headers (request),
                                      fields[i].name, fields[i].value, NULL));
  return request;
}

static void
test_accepted (Door *door, gconstpointer data)
{
  g_autoptr (WsRequest) request = make_request ("/room/1?a=%20");
  g_autoptr (WsSocket) accepted = NULL;
  g_autoptr (GError) error = NULL;
  char answer[13] = { 0 };

  ws_server_handle_request (door->server, G_IO_STREAM (door->stream), request,
                            &error);
  g_assert_no_error (error);
  accepted = api_server_take (door->server);
  g_assert_cmpstr (door->url, ==, "ws://chat.example/room/1?a=%20");
  g_assert_cmpstr (ws_socket_get_url (accepted), ==, door->url);
  ws_test_until (NULL, recv (door->peer, answer, 12, MSG_DONTWAIT) == 12);
  g_assert_cmpstr (answer, ==, "HTTP/1.1 101");
}

/* What comes over another's TLS is encrypted as well. */
static void
test_encrypted (Door *door, gconstpointer data)
{
  g_autoptr (WsRequest) request = make_request ("/");
  g_autoptr (WsSocket) accepted = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GIOStream) secure
      = g_tls_server_connection_new (G_IO_STREAM (door->stream), NULL, &error);

  g_assert_no_error (error);
  g_assert_true (
      ws_server_handle_request (door->server, secure, request, NULL));
  accepted = api_server_take (door->server);
  g_assert_cmpstr (door->url, ==, "wss://chat.example/");
  g_assert_cmpstr (ws_socket_get_url (accepted), ==, "wss://chat.example/");
}

/* A path that somebody has decoded writes no header line. */
static void
test_injected (Door *door, gconstpointer data)
{
  static const char *const urls[]
      = { "/a HTTP/1.1\r\nOrigin: https://good.example\r\nX: ",
          "/a\nOrigin: https://good.example", "/a b", "/\xc3\xa4", "/\x7f" };

  for (guint i = 0; i < G_N_ELEMENTS (urls); i++)
    {
      g_autoptr (WsRequest) request = make_request (urls[i]);
      g_autoptr (GError) error = NULL;

      g_assert_false (ws_server_handle_request (door->server,
                                                G_IO_STREAM (door->stream),
                                                request, &error));
      g_assert_error (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_INVALID_ARGUMENT);
      g_assert_nonnull (strstr (error->message, "percent-encoded"));
    }
  g_assert_null (door->url);
  g_assert_false (g_io_stream_is_closed (G_IO_STREAM (door->stream)));
}

#define add(path, test)                                                   \
  g_test_add ("/api/handle-request/" path, Door, NULL, door_set_up, test, \
              door_tear_down)

int
main (int argc, char **argv)
{
  api_test_init (&argc, &argv);
  add ("accepted", test_accepted);
  add ("encrypted", test_encrypted);
  add ("injected", test_injected);
  return g_test_run ();
}
