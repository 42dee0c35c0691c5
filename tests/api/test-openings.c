/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api-test.h"

#include <string.h>

/* Attempts to open: what they signal when they fail, and that they may follow
 * each other at any time. */

typedef struct
{
  WsSocket    *socket;
  SignalLog   *log;
  RawListener *listener;
  char        *url;
} Opening;

static void
opening_set_up (Opening *opening, gconstpointer data)
{
  opening->socket = ws_socket_new ();
  opening->log = signal_log_new (opening->socket);
  opening->listener = raw_listener_new ();
  opening->url = raw_listener_make_url (opening->listener, "/opening");
}

static void
opening_tear_down (Opening *opening, gconstpointer data)
{
  signal_log_free (opening->log);
  g_assert_finalize_object (opening->socket);
  raw_listener_free (opening->listener);
  g_free (opening->url);
}

static RawPeer *
open_connection (Opening *opening)
{
  RawPeer *peer;

  g_assert_true (ws_socket_open (opening->socket, opening->url, NULL));
  peer = raw_listener_take (opening->listener);
  raw_peer_accept (peer);
  api_wait_state (opening->socket, WS_STATE_CONNECTED);
  return peer;
}

/* CONNECTING inside open(), then CONNECTED, connected, messages. */
static void
test_order (Opening *opening, gconstpointer data)
{
  g_autoptr (RawPeer) peer = NULL;

  g_assert_true (ws_socket_open (opening->socket, opening->url, NULL));
  signal_log_expect (opening->log, SIGNAL_LOG_OPENING);
  peer = raw_listener_take (opening->listener);
  raw_peer_accept (peer);
  raw_peer_send_frame (peer, 0x81, "first", 5);
  ws_test_until (NULL, signal_log_count (opening->log, "text:first") > 0);
  signal_log_expect (opening->log, SIGNAL_LOG_OPENED " text:first");
}

/* A failed attempt */

typedef struct
{
  const char *name;
  const char *answer; /* (nullable): none */
  gboolean    ends;   /* the server closes behind it */
  const char *error;
  const char *says; /* a part of the message */
} Failure;

#define SWITCHING                                              \
  "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n" \
  "Connection: Upgrade\r\n"

static const Failure failures[] = {
  { "not-found", "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", FALSE,
    "handshake-rejected", "404" },
  { "plain-page", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", FALSE,
    "handshake-rejected", "200" },
  { "redirect", "HTTP/1.1 302 Found\r\nLocation: ws://localhost/\r\n\r\n",
    FALSE, "handshake-rejected", "302" },
  { "garbage", "SSH-2.0-OpenSSH_9.2\r\n\r\n", FALSE, "handshake-rejected",
    NULL },
  { "wrong-key",
    SWITCHING "Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n\r\n",
    FALSE, "handshake-rejected", "Sec-WebSocket-Accept" },
  { "no-key", SWITCHING "\r\n", FALSE, "handshake-rejected",
    "Sec-WebSocket-Accept" },
  { "half", "HTTP/1.1 101 Switch", TRUE, "remote-host-closed", NULL },
  { "nothing", NULL, TRUE, "remote-host-closed", NULL },
  { "time", NULL, FALSE, "socket-timeout", "open-timeout" },
};

static void
test_failure (Opening *opening, gconstpointer data)
{
  const Failure *row = data;
  gboolean       waits = row->answer == NULL && !row->ends;
  g_autoptr (RawPeer) peer = NULL;
  g_autofree char *words
      = g_strconcat (SIGNAL_LOG_OPENING " error:", row->error,
                     " code=1006 " SIGNAL_LOG_ENDED, NULL);

  if (waits)
    ws_socket_set_open_timeout (opening->socket, 40);
  g_assert_true (ws_socket_open (opening->socket, opening->url, NULL));
  peer = raw_listener_take (opening->listener);
  if (!waits)
    raw_peer_wait_head (peer);
  if (row->answer != NULL)
    raw_peer_send (peer, row->answer);
  if (row->ends)
    g_clear_pointer (&peer, raw_peer_free);
  ws_test_until (NULL, signal_log_count (opening->log, "inactive") > 0);
  signal_log_expect (opening->log, words);
  g_assert_cmpint (ws_socket_get_status (opening->socket), ==, WS_STATUS_ERROR);
  if (row->says != NULL)
    g_assert_nonnull (
        strstr (ws_socket_get_error_string (opening->socket), row->says));
  if (peer != NULL)
    ws_test_until (NULL, peer->is_eof);
}

/* A refused URL: a GError, one error, no state change. */

typedef struct
{
  const char *url;
  int         code;
  const char *says;
} BadUrl;

static const BadUrl bad_urls[] = {
  { "", WS_SOCKET_ERROR_CONNECTION_REFUSED, NULL },
  { "ws://", WS_SOCKET_ERROR_CONNECTION_REFUSED, NULL },
  { "nonsense", WS_SOCKET_ERROR_CONNECTION_REFUSED, NULL },
  { "ws://host:99999/", WS_SOCKET_ERROR_CONNECTION_REFUSED, NULL },
  { "ws://host/#fragment", WS_SOCKET_ERROR_CONNECTION_REFUSED, NULL },
  { "http://host/", WS_SOCKET_ERROR_UNSUPPORTED_SOCKET_OPERATION, "http" },
  { "ftp://host/", WS_SOCKET_ERROR_UNSUPPORTED_SOCKET_OPERATION, "ftp" },
};

static void
assert_refused (Opening *opening, const BadUrl *row)
{
  WsState          before = ws_socket_get_state (opening->socket);
  g_autofree char *url = g_strdup (ws_socket_get_url (opening->socket));
  g_autoptr (GError) error = NULL;

  g_test_message ("%s", row->url);
  g_assert_false (ws_socket_open (opening->socket, row->url, &error));
  g_assert_error (error, WS_SOCKET_ERROR, row->code);
  if (row->says != NULL)
    g_assert_nonnull (strstr (error->message, row->says));
  signal_log_expect (opening->log,
                     row->code == WS_SOCKET_ERROR_CONNECTION_REFUSED
                         ? "error:connection-refused"
                         : "error:unsupported-socket-operation");
  g_assert_cmpint (ws_socket_get_state (opening->socket), ==, before);
  g_assert_cmpstr (ws_socket_get_error_string (opening->socket), ==,
                   before == WS_STATE_UNCONNECTED ? error->message : "");
  g_assert_cmpstr (ws_socket_get_url (opening->socket), ==, url);
}

static void
test_bad_urls (Opening *opening, gconstpointer data)
{
  g_autoptr (RawPeer) peer = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (bad_urls); i++)
    assert_refused (opening, &bad_urls[i]);

  /* A connection goes on. */
  peer = open_connection (opening);
  g_string_truncate (opening->log->words, 0);
  for (guint i = 0; i < G_N_ELEMENTS (bad_urls); i++)
    assert_refused (opening, &bad_urls[i]);
  api_socket_send (opening->socket, "still here");
  raw_peer_expect_text (peer, "still here");
}

/* A call's error may be what ends the socket's life. */
static void
drop_socket (WsSocket *socket, GParamSpec *pspec, WsSocket **owner)
{
  g_clear_object (owner);
}

static void
test_bad_url_dropped (void)
{
  WsSocket *socket = ws_socket_new ();
  gpointer  watched = socket;
  g_autoptr (GError) error = NULL;

  g_object_add_weak_pointer (G_OBJECT (socket), &watched);
  g_signal_connect (socket, "notify::error-string", G_CALLBACK (drop_socket),
                    &socket);
  g_assert_false (ws_socket_open (socket, "gopher://a", &error));
  g_assert_error (error, WS_SOCKET_ERROR,
                  WS_SOCKET_ERROR_UNSUPPORTED_SOCKET_OPERATION);
  g_assert_null (watched);
}

/* Given up while connecting: no error, for it was asked for. */
static void
test_given_up (Opening *opening, gconstpointer data)
{
  g_autoptr (RawPeer) peer = NULL;

  for (guint waits = 0; waits < 2; waits++)
    {
      g_assert_true (ws_socket_open (opening->socket, opening->url, NULL));
      if (waits)
        {
          peer = raw_listener_take (opening->listener);
          raw_peer_wait_head (peer);
        }
      if (data != NULL)
        ws_socket_abort (opening->socket);
      else
        g_assert_true (ws_socket_close (opening->socket, 1000, NULL, NULL));
      signal_log_expect (opening->log,
                         SIGNAL_LOG_OPENING " code=1006 " SIGNAL_LOG_ENDED);
    }
  raw_peer_expect_eof (peer);
}

/* Ten times, each signal once (Qt: QTBUG-36762). */
static void
test_ten_times (Opening *opening, gconstpointer data)
{
  for (guint i = 0; i < 10; i++)
    {
      g_autoptr (RawPeer) peer = open_connection (opening);

      raw_peer_send_frame (peer, 0x81, "hello", 5);
      ws_test_until (NULL, signal_log_count (opening->log, "text:hello") > 0);
      g_assert_true (ws_socket_close (opening->socket, 1001, NULL, NULL));
      raw_peer_expect_close (peer, 1001, "");
      raw_peer_send_close (peer, 1001, "");
      g_clear_pointer (&peer, raw_peer_free);
      api_wait_state (opening->socket, WS_STATE_UNCONNECTED);
      signal_log_expect (opening->log, SIGNAL_LOG_OPENING
                         " " SIGNAL_LOG_OPENED
                         " text:hello about-to-close " SIGNAL_LOG_CLOSING
                         " code=1001"
                         " read-finished " SIGNAL_LOG_ENDED);
    }
}

/* Half a frame that has been read: the ping before it is answered. */
static void
leave_half_a_frame (RawPeer *peer)
{
  const guint8 bytes[] = { 0x89, 0x00, 0x01, 0x05, 'h', 'a', 'l' };
  g_auto (RawFrame) pong = { 0 };

  raw_peer_send_bytes (peer, bytes, sizeof bytes);
  pong = raw_peer_take_frame (peer);
  g_assert_cmphex (pong.first, ==, 0x8a);
}

/* open() while connected or closing: the old connection is dropped without a
 * signal, its peer learns 1001, the new attempt starts clean. Half a frame of
 * the old one must not reach the new one (Qt: QTBUG-88923). */
static void
test_while_connected (Opening *opening, gconstpointer data)
{
  gboolean closes = data != NULL;

  for (guint i = 0; i < 10; i++)
    {
      g_autoptr (RawPeer) old = open_connection (opening);
      g_autoptr (RawPeer) new = NULL;

      leave_half_a_frame (old);
      if (closes)
        ws_socket_close (opening->socket, 4000, NULL, NULL);
      g_string_truncate (opening->log->words, 0);
      new = open_connection (opening);
      signal_log_expect (opening->log,
                         SIGNAL_LOG_OPENING " " SIGNAL_LOG_OPENED);
      g_assert_cmpuint (ws_socket_get_close_code (opening->socket), ==, 1000);
      raw_peer_expect_close (old, closes ? 4000 : 1001, NULL);
      raw_peer_expect_eof (old);
      raw_peer_send_frame (new, 0x81, "clean", 5);
      ws_test_until (NULL, opening->log->words->len > 0);
      signal_log_expect (opening->log, "text:clean");
    }
}

/* open() while connecting: the state stays, so that nothing is said again. */
static void
test_while_connecting (Opening *opening, gconstpointer data)
{
  g_autoptr (RawPeer) old = NULL;
  g_autoptr (RawPeer) new = NULL;

  g_assert_true (ws_socket_open (opening->socket, opening->url, NULL));
  old = raw_listener_take (opening->listener);
  raw_peer_wait_head (old);
  new = open_connection (opening);
  signal_log_expect (opening->log, SIGNAL_LOG_OPENING " " SIGNAL_LOG_OPENED);
  raw_peer_expect_eof (old);
  api_socket_send (opening->socket, "new");
  raw_peer_expect_text (new, "new");
}

/* Pings of a connection that is gone are not answered on the next. */
static void
test_pings_stay (Opening *opening, gconstpointer data)
{
  g_autoptr (RawPeer) old = open_connection (opening);
  g_autoptr (RawPeer) new = NULL;
  g_auto (RawFrame) frame = { 0 };
  guint n_pongs = 0;

  api_count (opening->socket, "pong", &n_pongs);
  g_assert_true (ws_socket_ping (opening->socket, NULL, NULL));
  frame = raw_peer_take_frame (old);
  g_assert_cmphex (frame.first, ==, 0x89);
  new = open_connection (opening);
  g_assert_cmpint (ws_socket_get_latency (opening->socket), ==, -1);
  api_socket_send (opening->socket, "new");
  raw_peer_expect_text (new, "new");
  g_assert_cmpuint (n_pongs, ==, 0);
}

static gboolean
set_true (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
  return G_SOURCE_REMOVE;
}

/* Nor do the deadlines of a connection that is gone end the next one: of half a
 * frame, and of a close that was never answered. */
static void
test_timers_stay (Opening *opening, gconstpointer data)
{
  gboolean is_over = FALSE;
  g_autoptr (RawPeer) old = open_connection (opening);
  g_autoptr (RawPeer) new = NULL;

  ws_socket_set_frame_timeout (opening->socket, 200);
  ws_socket_set_close_timeout (opening->socket, 200);
  leave_half_a_frame (old);
  if (data != NULL)
    ws_socket_close (opening->socket, 4000, NULL, NULL);
  new = open_connection (opening);
  g_string_truncate (opening->log->words, 0);
  g_timeout_add (300, set_true, &is_over);
  ws_test_until (NULL, is_over);
  signal_log_expect (opening->log, "");
  api_socket_send (opening->socket, "alive");
  raw_peer_expect_text (new, "alive");
}

/* The server that had accepted the connection before has no part in this one,
 * not even while that is told. */
static void
dispose_server (WsSocket *socket, gpointer detail, WsServer *server)
{
  g_signal_handlers_disconnect_by_data (socket, server);
  g_object_run_dispose (G_OBJECT (server));
}

static void
test_of_server (Opening *opening, gconstpointer signal)
{
  g_autoptr (WsSocket) client = ws_socket_new ();
  g_autoptr (WsSocket) accepted = NULL;
  g_autoptr (RawPeer) peer = NULL;
  WsServer *server = api_server_new ();

  api_socket_open (client, ws_server_get_url (server));
  accepted = api_server_take (server);
  g_signal_connect (accepted, signal, G_CALLBACK (dispose_server), server);
  g_assert_true (ws_socket_open (accepted, opening->url, NULL));
  g_assert_finalize_object (server);
  g_assert_cmpint (ws_socket_get_state (accepted), ==, WS_STATE_CONNECTING);
  peer = raw_listener_take (opening->listener);
  raw_peer_accept (peer);
  api_wait_state (accepted, WS_STATE_CONNECTED);
  api_wait_state (client, WS_STATE_UNCONNECTED);
}

static void
add (const char   *name,
     gconstpointer data,
     void (*test) (Opening *opening, gconstpointer data))
{
  g_autofree char *path = g_strconcat ("/contracts/openings/", name, NULL);

  g_test_add (path, Opening, data, opening_set_up, test, opening_tear_down);
}

int
main (int argc, char **argv)
{
  api_test_init (&argc, &argv);
  add ("order", NULL, test_order);
  for (guint i = 0; i < G_N_ELEMENTS (failures); i++)
    {
      g_autofree char *name = g_strconcat ("failure/", failures[i].name, NULL);

      add (name, &failures[i], test_failure);
    }
  add ("bad-urls", NULL, test_bad_urls);
  add ("closed-while-connecting", NULL, test_given_up);
  add ("aborted-while-connecting", "abort", test_given_up);
  add ("ten-times", NULL, test_ten_times);
  add ("while-connected", NULL, test_while_connected);
  add ("while-closing", "close", test_while_connected);
  add ("while-connecting", NULL, test_while_connecting);
  add ("pings-stay", NULL, test_pings_stay);
  g_test_add_func ("/api/openings/bad-url-dropped", test_bad_url_dropped);
  add ("timers-stay", NULL, test_timers_stay);
  add ("timers-of-closing-stay", "close", test_timers_stay);
  add ("of-server/state", "state-changed", test_of_server);
  add ("of-server/notified", "notify::state", test_of_server);
  return g_test_run ();
}
