/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ssl-test.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>

/* What lies beneath TLS: streams that are cut, that stall, and that somebody
 * else has accepted. */

typedef struct
{
  SslPair    pair;
  SslTap    *tap;
  char      *url;
  SignalLog *said; /* by the client */
} Wire;

static void
wire_set_up (Wire *self, gconstpointer data)
{
  ssl_pair_set_up (&self->pair, NULL);
  self->tap = ssl_tap_new (ws_server_get_server_port (self->pair.server));
  self->url = ssl_tap_make_url (self->tap);
  self->said = signal_log_new (self->pair.client);
}

static void
wire_tear_down (Wire *self, gconstpointer data)
{
  signal_log_free (self->said);
  ssl_tap_free (self->tap);
  g_free (self->url);
  ssl_pair_tear_down (&self->pair, NULL);
}

static void
wire_open (Wire *self)
{
  ssl_pair_open (&self->pair, self->url);
  ssl_pair_check (&self->pair);
  g_string_truncate (self->pair.log->words, 0);
  g_string_truncate (self->said->words, 0);
}

static void
expect_end (WsSocket *socket, guint code, gboolean clean)
{
  api_wait_state (socket, WS_STATE_UNCONNECTED);
  g_assert_cmpuint (ws_socket_get_close_code (socket), ==, code);
  g_assert_cmpint (ws_socket_get_was_clean (socket), ==, clean);
}

/* TCP ends, TLS does not, no close frame was seen: never a clean end. */
static void
test_truncated (Wire *self, gconstpointer data)
{
  wire_open (self);
  ssl_tap_cut (self->tap);
  expect_end (self->pair.client, 1006, FALSE);
  expect_end (self->pair.accepted, 1006, FALSE);
  ssl_log_expect (self->pair.log, "error:remote-host-closed disconnected");
  g_assert_nonnull (strstr (self->pair.log->text, "without ending TLS"));
}

static void
count_byte (guint *n, guint64 bytes)
{
  *n += bytes > 0;
}

/* Our close frame is on its way, the peer's never comes. */
static void
test_truncated_closing (Wire *self, gconstpointer data)
{
  guint n_written = 0;

  wire_open (self);
  ssl_tap_hold (self->tap, &self->tap->server);
  g_signal_connect_swapped (self->pair.client, "bytes-written",
                            G_CALLBACK (count_byte), &n_written);
  ws_socket_close (self->pair.client, 1001, NULL, NULL);
  ws_test_until (NULL, n_written > 0);
  ssl_tap_cut (self->tap);
  api_wait_state (self->pair.client, WS_STATE_UNCONNECTED);
  g_assert_false (ws_socket_get_was_clean (self->pair.client));
  g_assert_cmpuint (ws_socket_get_close_code_sent (self->pair.client), ==,
                    1001);
  g_assert_cmpuint (ws_socket_get_close_code_received (self->pair.client), ==,
                    0);
}

static void
cut (Wire *self)
{
  ssl_tap_cut (self->tap);
}

/* Both close frames have passed: what becomes of TLS is of no matter then. */
static void
test_truncated_after_close (Wire *self, gconstpointer data)
{
  wire_open (self);
  g_signal_connect_swapped (self->pair.accepted, "disconnected",
                            G_CALLBACK (cut), self);
  ws_socket_close (self->pair.accepted, 4000, "bye", NULL);
  expect_end (self->pair.accepted, 4000, TRUE);
  api_wait_state (self->pair.client, WS_STATE_UNCONNECTED);
  g_assert_cmpuint (ws_socket_get_close_code (self->pair.client), ==, 4000);
  g_assert_cmpuint (ssl_log_count (self->pair.log, "error"), ==, 0);
}

/* In the middle of the handshake. */
static void
test_truncated_handshake (Wire *self, gconstpointer data)
{
  ssl_pair_begin (&self->pair, self->url);
  ws_test_until (NULL, self->tap->client.received->len > 0);
  ssl_tap_cut (self->tap);
  api_wait_state (self->pair.client, WS_STATE_UNCONNECTED);
  g_assert_cmpuint (ssl_log_count (self->pair.log, "error"), ==, 1);
  g_assert_cmpuint (ssl_log_count (self->pair.log, "disconnected"), ==, 1);
  expect_end (self->pair.client, 1006, FALSE);
}

/* abort() says close_notify, but no close frame. */
static void
test_abort (Wire *self, gconstpointer data)
{
  wire_open (self);
  ws_socket_abort (self->pair.client);
  expect_end (self->pair.client, 1006, FALSE);
  expect_end (self->pair.accepted, 1006, FALSE);
}

static void
abort_and_wait (Wire *self)
{
  ws_socket_abort (self->pair.client);
  ws_test_until (NULL, self->tap->client.is_eof);
}

/* The peer sees it at once, also while the handler goes on. */
static void
test_abort_inside (Wire *self, gconstpointer data)
{
  wire_open (self);
  g_signal_connect_swapped (self->pair.client, "text-message-received",
                            G_CALLBACK (abort_and_wait), self);
  api_socket_send (self->pair.accepted, "go");
  expect_end (self->pair.client, 1006, FALSE);
  expect_end (self->pair.accepted, 1006, FALSE);
}

/* Finalised, a client says 1001 here as well. */
static void
test_finalised (Wire *self, gconstpointer data)
{
  wire_open (self);
  g_assert_finalize_object (g_steal_pointer (&self->pair.client));
  api_wait_state (self->pair.accepted, WS_STATE_UNCONNECTED);
  g_assert_cmpuint (ws_socket_get_close_code_received (self->pair.accepted), ==,
                    1001);
}

/* A server that goes says it to its clients. */
static void
test_server_finalised (Wire *self, gconstpointer data)
{
  wire_open (self);
  g_assert_finalize_object (g_steal_pointer (&self->pair.server));
  api_wait_state (self->pair.client, WS_STATE_UNCONNECTED);
  g_assert_cmpuint (ws_socket_get_close_code_received (self->pair.client), ==,
                    1001);
}

/* Much, both ways at once. */
static void
on_size (gsize *total, GBytes *bytes)
{
  *total += g_bytes_get_size (bytes);
}

static void
test_much (Wire *self, gconstpointer data)
{
  gsize size = 3 * 1024 * 1024 + 7;
  gsize n_here = 0, n_there = 0;
  g_autoptr (GBytes) bytes = g_bytes_new_take (g_malloc0 (size), size);

  wire_open (self);
  g_signal_connect_swapped (self->pair.client, "binary-message-received",
                            G_CALLBACK (on_size), &n_here);
  g_signal_connect_swapped (self->pair.accepted, "binary-message-received",
                            G_CALLBACK (on_size), &n_there);
  for (guint i = 0; i < 3; i++)
    {
      ws_test_ignore (
          ws_socket_send_binary_message (self->pair.client, bytes, NULL));
      ws_test_ignore (
          ws_socket_send_binary_message (self->pair.accepted, bytes, NULL));
    }
  ws_test_until (NULL, n_here == 3 * size && n_there == 3 * size);
  ssl_pair_close (&self->pair);
}

/* --- Streams that somebody else has accepted --- */

static void
test_handled (Wire *self, gconstpointer data)
{
  gboolean is_wrapped = data != NULL;
  g_autoptr (WsServer) server = ws_server_new (NULL, WS_SSL_MODE_SECURE);
  g_autoptr (GSocket) socket = NULL;
  g_autoptr (GIOStream) stream = NULL;
  g_autoptr (GError) error = NULL;
  WsSocket *accepted;
  int       fds[2];

  ws_server_set_ssl_configuration (server, ws_server_get_ssl_configuration (
                                               self->pair.server));
  g_assert_no_errno (socketpair (AF_UNIX, SOCK_STREAM, 0, fds));
  socket = g_socket_new_from_fd (fds[0], &error);
  g_assert_no_error (error);
  stream = G_IO_STREAM (g_socket_connection_factory_create_connection (socket));
  if (is_wrapped)
    {
      GIOStream *simple
          = g_simple_io_stream_new (g_io_stream_get_input_stream (stream),
                                    g_io_stream_get_output_stream (stream));

      g_object_set_data_full (G_OBJECT (simple), "inner",
                              g_steal_pointer (&stream), g_object_unref);
      stream = simple;
    }
  ssl_tap_use_fd (self->tap, fds[1]);
  ws_server_handle_connection (server, stream, &error);
  g_assert_no_error (error);
  ssl_pair_try (&self->pair, self->url);
  ssl_log_expect (self->pair.log, "connected");
  accepted = self->pair.accepted = api_server_take (server);
  ssl_pair_check (&self->pair);
  g_assert_true (accepted == self->pair.accepted);
  ssl_pair_close (&self->pair);
  g_assert_finalize_object (g_steal_pointer (&server));
}

/* A configuration that cannot be loaded refuses the stream, not more. */
static void
test_handled_badly (void)
{
  g_autoptr (WsServer) server = ws_server_new (NULL, WS_SSL_MODE_SECURE);
  g_autoptr (GSocket) socket = NULL;
  g_autoptr (GSocketConnection) connection = NULL;
  g_autoptr (GError) error = NULL;
  int fds[2];

  g_assert_no_errno (socketpair (AF_UNIX, SOCK_STREAM, 0, fds));
  socket = g_socket_new_from_fd (fds[0], &error);
  connection = g_socket_connection_factory_create_connection (socket);
  g_assert_false (
      ws_server_handle_connection (server, G_IO_STREAM (connection), &error));
  g_assert_error (error, WS_SOCKET_ERROR,
                  WS_SOCKET_ERROR_SSL_INVALID_USER_DATA);
  g_close (fds[1], NULL);
}

/* A client's stream, with TLS over it. */
static void
test_given (SslPair *pair, gconstpointer data)
{
  g_autoptr (GSocketClient) dialler = g_socket_client_new ();
  g_autoptr (GSocketConnection) connection = NULL;
  g_autoptr (GError) error = NULL;

  connection = g_socket_client_connect_to_host (dialler, "127.0.0.1",
                                                ws_server_get_server_port (
                                                    pair->server),
                                                NULL, &error);
  g_assert_no_error (error);
  /* The name is the URL's, wherever the stream leads. */
  g_assert_true (ws_socket_open_stream (pair->client, G_IO_STREAM (connection),
                                        "wss://localhost/", &error));
  g_assert_no_error (error);
  api_wait_state (pair->client, WS_STATE_CONNECTED);
  pair->accepted = api_server_take (pair->server);
  ssl_pair_check (pair);
  ssl_pair_close (pair);
}

/* --- Those that stall --- */

#define SILENT 50

/* Qt: tst_QWebSocketServer::handshakeTimeout, with TLS. */
static void
test_handshake_timeout (SslPair *pair, gconstpointer data)
{
  RawPeer *peers[SILENT];
  guint    n_gone = 0;

  ws_server_set_handshake_timeout (pair->server, 1500);
  for (guint i = 0; i < SILENT; i++)
    {
      peers[i] = raw_peer_connect (ws_server_get_server_port (pair->server));
      /* Some have begun. */
      if (i % 2)
        raw_peer_send_bytes (peers[i], "\x16\x03\x01\x02\x00\x01", 6);
    }
  ssl_pair_open (pair, NULL);
  ssl_pair_check (pair);
  for (guint i = 0; i < SILENT; i++)
    g_assert_false (peers[i]->is_eof);
  while (n_gone < SILENT)
    {
      ws_test_until (NULL, peers[n_gone]->is_eof);
      raw_peer_free (peers[n_gone++]);
    }
  /* Whoever is through is left alone. */
  ssl_pair_check (pair);
  ssl_pair_close (pair);
}

/* What came while our own loop was blocked for longer than the time-out counts,
 * also where TLS has not begun. */
static void
test_blocked_loop (SslPair *pair, gconstpointer data)
{
  g_autoptr (SslTap) tap
      = ssl_tap_new (ws_server_get_server_port (pair->server));
  g_autofree char *url = ssl_tap_make_url (tap);
  guint8           hello[16384];
  gssize           n = -1;

  ws_server_set_handshake_timeout (pair->server, 1000);
  ssl_pair_begin (pair, url);
  ws_test_until (NULL, tap->n_clients == 1);
  ssl_tap_hold (tap, &tap->client);
  while (n < 0)
    {
      /* The server accepts meanwhile. */
      ssl_iterate (10);
      n = recv (tap->client.fd, hello, sizeof hello, MSG_DONTWAIT);
    }
  g_assert_cmpint (send (tap->server.fd, hello, (gsize) n, MSG_NOSIGNAL), ==,
                   n);
  ws_test_block (1100);
  ssl_tap_release (tap, &tap->client);
  api_wait_state (pair->client, WS_STATE_CONNECTED);
  pair->accepted = api_server_take (pair->server);
  ssl_pair_check (pair);
  ssl_pair_close (pair);
}

/* A peer that says nothing. */
static void
test_open_timeout (SslPair *pair, gconstpointer data)
{
  g_autoptr (RawListener) listener = raw_listener_new ();
  g_autofree char *url = g_strdup_printf ("wss://127.0.0.1:%u", listener->port);

  ws_socket_set_open_timeout (pair->client, 200);
  g_assert_false (ssl_pair_try (pair, url));
  ssl_log_expect (pair->log, "error:socket-timeout disconnected");
}

#define add_case(path, data, test) \
  g_test_add (path, Wire, data, wire_set_up, test, wire_tear_down)

int
main (int argc, char **argv)
{
  api_test_init (&argc, &argv);
  add_case ("/api/ssl-streams/truncated", NULL, test_truncated);
  add_case ("/api/ssl-streams/truncated-closing", NULL, test_truncated_closing);
  add_case ("/api/ssl-streams/truncated-after-close", NULL,
            test_truncated_after_close);
  add_case ("/api/ssl-streams/truncated-handshake", NULL,
            test_truncated_handshake);
  add_case ("/api/ssl-streams/abort", NULL, test_abort);
  add_case ("/api/ssl-streams/abort-inside", NULL, test_abort_inside);
  add_case ("/api/ssl-streams/finalised", NULL, test_finalised);
  add_case ("/api/ssl-streams/server-finalised", NULL, test_server_finalised);
  add_case ("/api/ssl-streams/much", NULL, test_much);
  add_case ("/api/ssl-streams/handled", NULL, test_handled);
  add_case ("/api/ssl-streams/handled-wrapped", "wrapped", test_handled);
  ssl_pair_add ("/api/ssl-streams/given", NULL, test_given);
  g_test_add_func ("/api/ssl-streams/handled-badly", test_handled_badly);
  ssl_pair_add ("/api/ssl-streams/handshake-timeout", NULL,
                test_handshake_timeout);
  ssl_pair_add ("/api/ssl-streams/blocked-loop", NULL, test_blocked_loop);
  ssl_pair_add ("/api/ssl-streams/open-timeout", NULL, test_open_timeout);
  return g_test_run ();
}
