/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* For how long a server's socket knows what the client has sent. */
#include "api-test.h"

#define FIELDS \
  "Origin: http://example.org\r\nSec-WebSocket-Protocol: a, b\r\nX-One: 1\r\n"

typedef enum
{
  TAKE_FROM_QUEUE,
  TAKE_IN_HANDLER,
  TAKE_ACCEPTED
} Taking;

typedef struct
{
  const char *name;
  Taking      taking;
  gboolean    asks; /* as soon as it has the socket */
} Row;

static const Row rows[] = {
  { "queue/asks", TAKE_FROM_QUEUE, TRUE },
  { "queue/asks-later", TAKE_FROM_QUEUE, FALSE },
  { "handler/asks", TAKE_IN_HANDLER, TRUE },
  { "handler/asks-later", TAKE_IN_HANDLER, FALSE },
  { "accept/asks", TAKE_ACCEPTED, TRUE },
  { "accept/asks-later", TAKE_ACCEPTED, FALSE },
};

typedef struct
{
  gboolean  asks;
  WsSocket *socket; /* (owned) (nullable) */
  gboolean  is_idle;
} Taker;

static gboolean
on_idle (gpointer user_data)
{
  ((Taker *) user_data)->is_idle = TRUE;
  return G_SOURCE_REMOVE;
}

static void
take (Taker *self, WsSocket *socket)
{
  self->socket = g_object_ref (socket);
  if (self->asks)
    {
      g_assert_nonnull (ws_socket_get_request_headers (socket));
      g_assert_nonnull (ws_socket_get_subprotocols (socket));
    }
}

static void
on_client_connected (WsServer *server, WsSocket *socket, Taker *self)
{
  take (self, socket);
}

static void
on_accepted (GObject *server, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WsSocket) socket
      = ws_server_accept_finish (WS_SERVER (server), result, NULL);

  take (user_data, socket);
}

static void
let_turn (Taker *self)
{
  self->is_idle = FALSE;
  g_idle_add_full (G_PRIORITY_LOW + 1, on_idle, self, NULL);
  ws_test_until (NULL, self->is_idle);
}

static void
expect_known (WsSocket *socket)
{
  WsHeaders         *headers = ws_socket_get_request_headers (socket);
  WsRequest         *request = ws_socket_get_request (socket);
  const char *const *offers = ws_socket_get_subprotocols (socket);

  g_assert_cmpstr (ws_headers_get_one (headers, "X-One"), ==, "1");
  g_assert_cmpstr (offers[1], ==, "b");
  g_assert_true (ws_request_get_headers (request) == headers);
}

/* Whoever asks too late is told, once each. */
static void
expect_forgotten (WsSocket *socket)
{
  for (guint is_again = 0; is_again < 2; is_again++)
    {
      if (!is_again)
        g_test_expect_message ("Ws", G_LOG_LEVEL_WARNING,
                               "*no longer known*where you get the socket*");
      g_assert_cmpuint (ws_headers_get_length (
                            ws_socket_get_request_headers (socket)),
                        ==, 0);
      if (!is_again)
        g_test_expect_message ("Ws", G_LOG_LEVEL_WARNING,
                               "*no longer known*where you get the socket*");
      g_assert_null (ws_socket_get_subprotocols (socket));
      g_test_assert_expected_messages ();
    }
}

static void
test_taken (gconstpointer data)
{
  const Row *row = data;
  Taker      taker = { .asks = row->asks };
  WsServer  *server = api_server_new ();
  guint16    port = ws_server_get_server_port (server);
  g_autoptr (RawPeer) peer = NULL;

  if (row->taking == TAKE_IN_HANDLER)
    g_signal_connect (server, "client-connected",
                      G_CALLBACK (on_client_connected), &taker);
  else if (row->taking == TAKE_ACCEPTED)
    ws_server_accept_async (server, NULL, on_accepted, &taker);
  peer = raw_peer_join (port, FIELDS);
  if (row->taking == TAKE_FROM_QUEUE)
    {
      g_autoptr (WsSocket) socket = NULL;

      ws_test_until (NULL, ws_server_has_pending_connections (server));
      /* However long that takes. */
      let_turn (&taker);
      socket = ws_server_next_pending_connection (server);
      take (&taker, socket);
    }
  ws_test_until (NULL, taker.socket != NULL);
  let_turn (&taker);
  if (row->asks)
    expect_known (taker.socket);
  else
    expect_forgotten (taker.socket);
  g_assert_cmpstr (ws_socket_get_origin (taker.socket), ==,
                   "http://example.org");
  g_assert_cmpstr (ws_socket_get_resource_name (taker.socket), ==, "/raw");
  g_assert_nonnull (ws_socket_get_url (taker.socket));
  g_object_unref (taker.socket);
  g_assert_finalize_object (server);
}

/* Where nothing was offered, nothing is missed. */
static void
test_no_offers (void)
{
  Taker     taker = { .asks = FALSE };
  WsServer *server = api_server_new ();
  g_autoptr (RawPeer) peer
      = raw_peer_join (ws_server_get_server_port (server), NULL);
  g_autoptr (WsSocket) socket = api_server_take (server);

  let_turn (&taker);
  g_assert_null (ws_socket_get_subprotocols (socket)[0]);
  ws_socket_set_subprotocols (socket, NULL);
  g_assert_null (ws_socket_get_subprotocols (socket));
  g_assert_finalize_object (server);
}

int
main (int argc, char **argv)
{
  api_test_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *path
          = g_strconcat ("/api/newcomers/", rows[i].name, NULL);

      g_test_add_data_func (path, &rows[i], test_taken);
    }
  g_test_add_func ("/api/newcomers/no-offers", test_no_offers);
  return g_test_run ();
}
