/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api-test.h"

#include <string.h>

/* ws_server_broadcast(): who gets it, in which order, and what becomes of those
 * who read too slowly. */

#define MAX_CLIENTS 8

typedef struct
{
  WsServer *server;
  guint     n;
  RawPeer  *peers[MAX_CLIENTS];   /* (nullable) once a test has freed it */
  WsSocket *sockets[MAX_CLIENTS]; /* the server's */
} Room;

static void
room_add (Room *room)
{
  room->peers[room->n]
      = raw_peer_join (ws_server_get_server_port (room->server), NULL);
  room->sockets[room->n++] = api_server_take (room->server);
}

static void
room_set_up (Room *room, gconstpointer data)
{
  room->server = api_server_new ();
  while (room->n < 3)
    room_add (room);
}

static void
room_tear_down (Room *room, gconstpointer data)
{
  for (guint i = 0; i < room->n; i++)
    {
      g_object_unref (room->sockets[i]);
      g_clear_pointer (&room->peers[i], raw_peer_free);
    }
  g_assert_finalize_object (room->server);
}

#define room_add_test(path, test) \
  g_test_add (path, Room, NULL, room_set_up, test, room_tear_down)

static gssize
broadcast (WsServer *server, const char *text)
{
  g_autoptr (WsMessage) message = ws_message_new_text (text);
  g_autoptr (GError) error = NULL;
  gssize n = ws_server_broadcast (server, message, &error);

  g_assert_no_error (error);
  return n;
}

static gssize
broadcast_bytes (WsServer *server, gsize len)
{
  g_autoptr (GBytes) bytes = g_bytes_new_take (g_malloc0 (len), len);
  g_autoptr (WsMessage) message = ws_message_new_binary (bytes);

  return ws_server_broadcast (server, message, NULL);
}

/* --- Who gets it --- */

static void
test_all (Room *room, gconstpointer data)
{
  g_assert_cmpint (broadcast (room->server, "Hello"), ==, room->n);
  for (guint i = 0; i < room->n; i++)
    g_assert_cmpuint (ws_socket_get_bytes_to_write (room->sockets[i]), ==, 7);
  for (guint i = 0; i < room->n; i++)
    raw_peer_expect_text (room->peers[i], "Hello");
}

static void
test_nobody (void)
{
  WsServer *server = ws_server_new ("", WS_SSL_MODE_NON_SECURE);

  g_assert_cmpint (broadcast (server, "Hello"), ==, 0);
  g_assert_finalize_object (server);
}

/* Types, lengths of every kind, and U+0000. */
static void
test_content (Room *room, gconstpointer data)
{
  static const gsize lens[]
      = { 0, 1, 125, 126, 1000, 1020, 1021, 1022, 4096, 65535, 65536 };
  g_autoptr (GBytes) nul = g_bytes_new_static ("a\0b", 3);
  g_autoptr (WsMessage) text = ws_message_new_text_bytes (nul, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (lens); i++)
    {
      g_autofree guint8 *payload = g_malloc (lens[i] + 1);
      g_autoptr (GBytes) bytes = NULL;
      g_autoptr (WsMessage) message = NULL;

      for (gsize j = 0; j < lens[i]; j++)
        payload[j] = (guint8) (j * 7 + i);
      bytes = g_bytes_new (payload, lens[i]);
      message = ws_message_new_binary (bytes);
      g_assert_cmpint (ws_server_broadcast (room->server, message, NULL), ==,
                       room->n);
      for (guint k = 0; k < room->n; k++)
        {
          g_auto (RawFrame) frame = raw_peer_take_frame (room->peers[k]);

          g_assert_cmphex (frame.first, ==, 0x82);
          g_assert_cmpmem (frame.payload->data, frame.payload->len, payload,
                           lens[i]);
        }
    }
  ws_server_broadcast (room->server, text, NULL);
  for (guint k = 0; k < room->n; k++)
    {
      g_auto (RawFrame) frame = raw_peer_take_frame (room->peers[k]);

      g_assert_cmphex (frame.first, ==, 0x81);
      g_assert_cmpmem (frame.payload->data, frame.payload->len, "a\0b", 3);
    }
}

/* Those in the queue do not get it, nor those that are closing. */
static void
test_others (Room *room, gconstpointer data)
{
  RawPeer *pending
      = raw_peer_join (ws_server_get_server_port (room->server), NULL);

  ws_test_until (NULL, ws_server_has_pending_connections (room->server));
  g_assert_true (ws_socket_close (room->sockets[0], 1000, NULL, NULL));
  g_assert_cmpint (broadcast (room->server, "first"), ==, 2);
  room->peers[room->n] = pending;
  room->sockets[room->n++] = api_server_take (room->server);
  g_assert_cmpint (broadcast (room->server, "second"), ==, 3);
  raw_peer_expect_text (pending, "second");
  raw_peer_expect_text (room->peers[1], "first");
  raw_peer_expect_text (room->peers[1], "second");
  raw_peer_expect_close (room->peers[0], 1000, "");
}

/* --- Order --- */

static void
test_order (Room *room, gconstpointer data)
{
  for (guint i = 0; i < 40; i++)
    {
      g_autofree char *text = g_strdup_printf ("%u", i);

      if (i % 4 == 3)
        for (guint k = 0; k < room->n; k++)
          api_socket_send (room->sockets[k], text);
      else
        broadcast (room->server, text);
    }
  for (guint k = 0; k < room->n; k++)
    for (guint i = 0; i < 40; i++)
      {
        g_autofree char *text = g_strdup_printf ("%u", i);

        raw_peer_expect_text (room->peers[k], text);
      }
}

/* A client with an outgoing-frame-size of its own is framed on its own. */
static void
test_fragments (Room *room, gconstpointer data)
{
  static const guint8 firsts[] = { 0x01, 0x00, 0x80 };

  ws_socket_set_outgoing_frame_size (room->sockets[1], 2);
  broadcast (room->server, "Hello");
  raw_peer_expect_text (room->peers[0], "Hello");
  raw_peer_expect_text (room->peers[2], "Hello");
  for (guint i = 0; i < G_N_ELEMENTS (firsts); i++)
    {
      g_auto (RawFrame) frame = raw_peer_take_frame (room->peers[1]);

      g_assert_cmphex (frame.first, ==, firsts[i]);
      g_assert_cmpuint (frame.payload->len, ==, i < 2 ? 2 : 1);
    }
}

/* --- From inside handlers --- */

typedef struct
{
  Room *room;
  guint n_calls;
} Echo;

/* To oneself too; and the server's list changes with the next one. */
static void
on_text_broadcast (WsSocket *socket, const char *text, Echo *echo)
{
  g_assert_cmpint (broadcast (echo->room->server, text), ==, echo->room->n);
  echo->n_calls++;
}

static void
test_in_message (Room *room, gconstpointer data)
{
  Echo echo = { room, 0 };

  for (guint i = 0; i < room->n; i++)
    g_signal_connect (room->sockets[i], "text-message-received",
                      G_CALLBACK (on_text_broadcast), &echo);
  for (guint i = 0; i < room->n; i++)
    {
      raw_peer_send_frame (room->peers[i], 0x81, "one", 3);
      raw_peer_send_frame (room->peers[i], 0x81, "two", 3);
      for (guint k = 0; k < room->n; k++)
        {
          raw_peer_expect_text (room->peers[k], "one");
          raw_peer_expect_text (room->peers[k], "two");
        }
    }
  g_assert_cmpuint (echo.n_calls, ==, 2 * room->n);
}

static void
on_client_connected (WsServer *server, WsSocket *client, guint *n_calls)
{
  ++*n_calls;
  g_assert_cmpint (broadcast (server, "welcome"), ==, *n_calls);
}

static void
on_client_disconnected (WsServer *server, WsSocket *client, guint *n_calls)
{
  --*n_calls;
  g_assert_cmpint (broadcast (server, "bye"), ==, *n_calls);
}

static void
test_in_connected (void)
{
  WsServer *server = api_server_new ();
  guint     n = 0;
  RawPeer  *one, *two;

  g_signal_connect (server, "client-connected",
                    G_CALLBACK (on_client_connected), &n);
  g_signal_connect (server, "client-disconnected",
                    G_CALLBACK (on_client_disconnected), &n);
  one = raw_peer_join (ws_server_get_server_port (server), NULL);
  raw_peer_expect_text (one, "welcome");
  two = raw_peer_join (ws_server_get_server_port (server), NULL);
  raw_peer_expect_text (one, "welcome");
  raw_peer_expect_text (two, "welcome");
  raw_peer_reset (one);
  raw_peer_expect_text (two, "bye");
  raw_peer_free (two);
  ws_test_until (NULL, n == 0);
  g_assert_finalize_object (server);
}

/* One client goes in the same iteration in which another message comes. */
static void
test_gone (Room *room, gconstpointer data)
{
  broadcast (room->server, "before");
  ws_socket_abort (room->sockets[1]);
  g_assert_cmpint (broadcast (room->server, "behind"), ==, 2);
  raw_peer_expect_text (room->peers[0], "before");
  raw_peer_expect_text (room->peers[0], "behind");
  raw_peer_reset (g_steal_pointer (&room->peers[0]));
  for (guint i = 0; i < 100; i++)
    broadcast (room->server, "more");
  ws_test_until (NULL,
                 g_list_model_get_n_items (G_LIST_MODEL (room->server)) == 1);
  g_assert_cmpint (broadcast (room->server, "last"), ==, 1);
  raw_peer_expect_text (room->peers[2], "before");
  raw_peer_expect_text (room->peers[2], "behind");
  for (guint i = 0; i < 100; i++)
    raw_peer_expect_text (room->peers[2], "more");
  raw_peer_expect_text (room->peers[2], "last");
}

static void
on_written (WsSocket *socket, guint64 n_bytes, WsServer *server)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (server));

  /* In the midst of the flushes of a broadcast, which ends all others. */
  while (n > 0)
    {
      g_autoptr (WsSocket) other
          = g_list_model_get_item (G_LIST_MODEL (server), --n);

      if (other != socket)
        ws_socket_abort (other);
    }
}

static void
test_in_flush (Room *room, gconstpointer data)
{
  g_signal_connect (room->sockets[0], "bytes-written", G_CALLBACK (on_written),
                    room->server);
  broadcast (room->server, "Hello");
  raw_peer_expect_text (room->peers[0], "Hello");
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (room->server)), ==,
                    1);
}

/* The last reference may go in a handler that a broadcast has led to. */
static void
on_text_drop (WsSocket *socket, const char *text, WsServer **server)
{
  broadcast (*server, "last");
  g_clear_object (server);
}

static void
test_drop_server (void)
{
  WsServer *server = api_server_new ();
  WsServer *held = server;
  RawPeer  *peer = raw_peer_join (ws_server_get_server_port (server), NULL);
  WsSocket *socket = api_server_take (server);

  g_object_add_weak_pointer (G_OBJECT (server), (gpointer *) &held);
  g_signal_connect (socket, "text-message-received", G_CALLBACK (on_text_drop),
                    &server);
  raw_peer_send_frame (peer, 0x81, "go", 2);
  raw_peer_expect_text (peer, "last");
  raw_peer_expect_close (peer, 1001, "");
  g_assert_null (held);
  g_object_unref (socket);
  raw_peer_free (peer);
}

/* --- Slow clients --- */

#define BLOCK ((gsize) 1024 * 1024)

/* Sends until the one client that does not read has no room; returns how many
 * messages that took. */
static guint
fill (Room *room, guint slow)
{
  guint n = 0;

  raw_peer_set_reading (room->peers[slow], FALSE);
  for (;;)
    {
      gssize n_takers = broadcast_bytes (room->server, BLOCK);

      n++;
      for (guint i = 0; i < room->n; i++)
        if (i != slow)
          {
            g_auto (RawFrame) frame = raw_peer_take_frame (room->peers[i]);

            g_assert_cmpuint (frame.payload->len, ==, BLOCK);
          }
      if (n_takers < (gssize) room->n)
        return n;
      g_assert_cmpuint (n, <, 200);
    }
}

static void
prepare_slow (Room *room)
{
  for (guint i = 0; i < room->n; i++)
    {
      ws_socket_set_max_bytes_to_write (room->sockets[i], 4 * BLOCK);
      ws_socket_set_outgoing_frame_size (room->sockets[i], 0);
    }
}

/* A client that is too slow holds up nobody else: by default its connection is
 * closed, and the client is told so after all that it has to read. */
static void
test_slow_close (Room *room, gconstpointer data)
{
  SignalLog *log = signal_log_new (room->sockets[1]);
  guint      n;

  prepare_slow (room);
  g_assert_cmpint (ws_server_get_slow_client_policy (room->server), ==,
                   WS_SLOW_CLIENT_POLICY_CLOSE);
  n = fill (room, 1);
  /* It is out, even for what would have fitted. */
  g_assert_cmpint (broadcast (room->server, "small"), ==, 2);
  api_wait_state (room->sockets[1], WS_STATE_CLOSING);
  g_assert_cmpuint (signal_log_count (log, "error:buffer-full"), ==, 1);
  g_assert_error (ws_socket_get_error (room->sockets[1]), WS_SOCKET_ERROR,
                  WS_SOCKET_ERROR_BUFFER_FULL);
  g_assert_nonnull (strstr (ws_socket_get_error_string (room->sockets[1]),
                            "max-bytes-to-write (4194304 bytes)"));
  g_assert_cmpuint (ws_socket_get_close_code (room->sockets[1]), ==, 1013);
  raw_peer_set_reading (room->peers[1], TRUE);
  for (guint i = 1; i < n; i++)
    {
      g_auto (RawFrame) frame = raw_peer_take_frame (room->peers[1]);

      g_assert_cmpuint (frame.payload->len, ==, BLOCK);
    }
  raw_peer_expect_close (room->peers[1], 1013,
                         "Too slow: more than max-bytes-to-write (4194304 "
                         "bytes) would wait");
  raw_peer_send_close (room->peers[1], 1013, "");
  api_wait_state (room->sockets[1], WS_STATE_UNCONNECTED);
  g_assert_true (ws_socket_get_was_clean (room->sockets[1]));
  for (guint i = 0; i < room->n; i += 2)
    raw_peer_expect_text (room->peers[i], "small");
  signal_log_free (log);
}

/* No signal comes from inside of the broadcast. */
static void
test_slow_quiet (Room *room, gconstpointer data)
{
  SignalLog *log = signal_log_new (room->sockets[1]);

  for (guint i = 0; i < room->n; i++)
    ws_socket_set_max_bytes_to_write (room->sockets[i], 4);
  g_assert_cmpint (broadcast (room->server, "too long"), ==, 0);
  g_assert_cmpint (broadcast (room->server, "a"), ==, 0);
  signal_log_expect (log, "");
  for (guint i = 0; i < room->n; i++)
    {
      api_wait_state (room->sockets[i], WS_STATE_CLOSING);
      g_assert_cmpuint (ws_socket_get_close_code (room->sockets[i]), ==, 1013);
    }
  signal_log_free (log);
}

/* Or a client that is too slow goes without the message, which is counted. */
static void
test_slow_skip (Room *room, gconstpointer data)
{
  guint n;
  guint n_dropped = 1;
  g_autoptr (WsStatistics) statistics = NULL;

  prepare_slow (room);
  ws_server_set_slow_client_policy (room->server, WS_SLOW_CLIENT_POLICY_SKIP);
  n = fill (room, 1);
  g_assert_cmpint (broadcast (room->server, "small"), ==, 3);
  for (guint i = 0; i < 3; i++)
    n_dropped += broadcast_bytes (room->server, BLOCK) < 3;
  statistics = ws_socket_get_statistics (room->sockets[1]);
  g_assert_cmpuint (statistics->messages_dropped, ==, n_dropped);
  g_assert_cmpuint (statistics->messages_sent, ==, n + 3 + 1 - n_dropped);
  g_assert_cmpint (ws_socket_get_state (room->sockets[1]), ==,
                   WS_STATE_CONNECTED);
  raw_peer_set_reading (room->peers[1], TRUE);
  for (guint i = 1; i < n; i++)
    {
      g_auto (RawFrame) frame = raw_peer_take_frame (room->peers[1]);

      g_assert_cmpuint (frame.payload->len, ==, BLOCK);
    }
  raw_peer_expect_text (room->peers[1], "small");
}

/* One that has dropped its last messages before it is told: nothing happens. */
static void
test_slow_gone (Room *room, gconstpointer data)
{
  ws_socket_set_max_bytes_to_write (room->sockets[1], 4);
  g_assert_cmpint (broadcast (room->server, "too long"), ==, 2);
  ws_socket_abort (room->sockets[1]);
  raw_peer_expect_text (room->peers[0], "too long");
  g_assert_cmpuint (ws_socket_get_close_code (room->sockets[1]), ==, 1006);
  g_assert_cmpstr (ws_socket_get_error_string (room->sockets[1]), ==, "");
}

static void
on_error_drop (WsSocket *socket, const GError *error, Room *room)
{
  ws_socket_abort (socket);
}

static void
test_slow_handler (Room *room, gconstpointer data)
{
  ws_socket_set_max_bytes_to_write (room->sockets[1], 4);
  g_signal_connect (room->sockets[1], "error", G_CALLBACK (on_error_drop),
                    room);
  broadcast (room->server, "too long");
  api_wait_state (room->sockets[1], WS_STATE_UNCONNECTED);
  g_assert_cmpuint (ws_socket_get_close_code (room->sockets[1]), ==, 1006);
}

static void
test_policy_property (void)
{
  WsServer          *server = ws_server_new ("", WS_SSL_MODE_NON_SECURE);
  guint              n = 0;
  WsSlowClientPolicy policy;

  api_count (server, "notify::slow-client-policy", &n);
  g_object_set (server, "slow-client-policy", WS_SLOW_CLIENT_POLICY_SKIP, NULL);
  ws_server_set_slow_client_policy (server, WS_SLOW_CLIENT_POLICY_SKIP);
  g_object_get (server, "slow-client-policy", &policy, NULL);
  g_assert_cmpint (policy, ==, WS_SLOW_CLIENT_POLICY_SKIP);
  g_assert_cmpuint (n, ==, 1);
  g_assert_finalize_object (server);
}

/* --- Threads --- */

static gpointer
run_wrong (gpointer server)
{
  g_autoptr (WsMessage) message = ws_message_new_text ("Hello");
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (ws_server_broadcast (server, message, &error), ==, -1);
  g_assert_error (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_WRONG_CONTEXT);
  g_clear_error (&error);
  g_assert_cmpint (ws_server_publish (server, "topic", message, &error), ==,
                   -1);
  g_assert_error (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_WRONG_CONTEXT);
  return NULL;
}

static void
test_wrong_thread (Room *room, gconstpointer data)
{
  g_thread_join (g_thread_new ("wrong", run_wrong, room->server));
  g_assert_cmpuint (ws_socket_get_bytes_to_write (room->sockets[0]), ==, 0);
}

int
main (int argc, char **argv)
{
  api_test_init (&argc, &argv);
  room_add_test ("/api/broadcast/all", test_all);
  g_test_add_func ("/api/broadcast/nobody", test_nobody);
  room_add_test ("/api/broadcast/content", test_content);
  room_add_test ("/api/broadcast/others", test_others);
  room_add_test ("/api/broadcast/order", test_order);
  room_add_test ("/api/broadcast/fragments", test_fragments);
  room_add_test ("/api/broadcast/in-message", test_in_message);
  g_test_add_func ("/api/broadcast/in-connected", test_in_connected);
  room_add_test ("/api/broadcast/gone", test_gone);
  room_add_test ("/api/broadcast/in-flush", test_in_flush);
  g_test_add_func ("/api/broadcast/drop-server", test_drop_server);
  room_add_test ("/api/broadcast/slow-close", test_slow_close);
  room_add_test ("/api/broadcast/slow-quiet", test_slow_quiet);
  room_add_test ("/api/broadcast/slow-skip", test_slow_skip);
  room_add_test ("/api/broadcast/slow-gone", test_slow_gone);
  room_add_test ("/api/broadcast/slow-handler", test_slow_handler);
  g_test_add_func ("/api/broadcast/policy-property", test_policy_property);
  room_add_test ("/api/broadcast/wrong-thread", test_wrong_thread);
  return g_test_run ();
}
