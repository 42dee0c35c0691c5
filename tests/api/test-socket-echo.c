/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api-test.h"

#include <string.h>

/* Qt: tst_QWebSocket::sendTextMessage, ::sendBinaryMessage;
 * tst_WebSocketsTest::testTextMessage, ::testBinaryMessage. A server echoes;
 * what comes back is logged. */

static void
echo (WsSocket *socket, WsMessage *message)
{
  g_assert_cmpint (ws_socket_send_message (socket, message, NULL), >=, 0);
}

static void
on_client_connected (WsServer *server, WsSocket *socket)
{
  g_assert_cmpstr (ws_socket_get_resource_name (socket), ==,
                   "/the%20path?a=b%26c&d=%C3%A9");
  g_signal_connect (socket, "message-received", G_CALLBACK (echo), NULL);
}

typedef struct
{
  WsServer  *server;
  WsSocket  *client;
  SignalLog *log;
  guint      n_frames, n_last_frames;
  gsize      size; /* of the last message that came back */
} Echo;

static void
on_text_frame (Echo *fixture, const char *frame, gboolean is_last)
{
  fixture->n_frames++;
  fixture->n_last_frames += is_last;
}

static void
on_binary_frame (Echo *fixture, GBytes *frame, gboolean is_last)
{
  fixture->n_frames++;
  fixture->n_last_frames += is_last;
}

static void
on_message (Echo *fixture, WsMessage *message)
{
  fixture->size = g_bytes_get_size (ws_message_get_bytes (message));
}

static void
echo_set_up (Echo *fixture, gconstpointer data)
{
  gboolean is_text = data != NULL;

  fixture->server = api_server_new ();
  g_signal_connect (fixture->server, "client-connected",
                    G_CALLBACK (on_client_connected), NULL);
  fixture->client = ws_socket_new ();
  fixture->log = signal_log_new (fixture->client);
  g_signal_connect_swapped (fixture->client,
                            is_text ? "text-frame-received"
                                    : "binary-frame-received",
                            is_text ? G_CALLBACK (on_text_frame)
                                    : G_CALLBACK (on_binary_frame),
                            fixture);
  g_signal_connect_swapped (fixture->client, "message-received",
                            G_CALLBACK (on_message), fixture);
}

static void
echo_open (Echo *fixture)
{
  g_autofree char *url = g_strconcat (ws_server_get_url (fixture->server),
                                      "/the path?a=b%26c&d=%C3%A9", NULL);

  api_socket_open (fixture->client, url);
  signal_log_expect (fixture->log, SIGNAL_LOG_OPENING " " SIGNAL_LOG_OPENED);
}

static void
echo_close (Echo *fixture)
{
  g_assert_true (ws_socket_close (fixture->client, 1001, "going away", NULL));
  g_assert_cmpuint (ws_socket_get_close_code (fixture->client), ==, 1001);
  g_assert_cmpstr (ws_socket_get_close_reason (fixture->client), ==,
                   "going away");
  api_wait_state (fixture->client, WS_STATE_UNCONNECTED);
  signal_log_expect (fixture->log,
                     "about-to-close " SIGNAL_LOG_CLOSING " code=1001"
                     " read-finished " SIGNAL_LOG_ENDED);
}

static void
echo_tear_down (Echo *fixture, gconstpointer data)
{
  signal_log_free (fixture->log);
  g_assert_finalize_object (fixture->client);
  ws_test_until (NULL, g_list_model_get_n_items (G_LIST_MODEL (fixture->server))
                           == 0);
  g_assert_finalize_object (fixture->server);
}

/* Sends, and waits for the echo. */
static void
echo_send (Echo *fixture, WsMessage *message)
{
  gsize len = g_bytes_get_size (ws_message_get_bytes (message));

  fixture->n_frames = fixture->n_last_frames = 0;
  fixture->size = 0;
  g_assert_cmpuint (ws_socket_get_bytes_to_write (fixture->client), ==, 0);
  g_assert_cmpint (ws_socket_send_message (fixture->client, message, NULL), ==,
                   len);
  g_assert_cmpuint (ws_socket_get_bytes_to_write (fixture->client), >, len);
  ws_test_until (NULL, fixture->size == len);
  g_assert_cmpuint (fixture->n_last_frames, ==, 1);
  g_assert_cmpuint (ws_socket_get_bytes_to_write (fixture->client), ==, 0);
}

static void
test_send_text (Echo *fixture, gconstpointer data)
{
  g_autoptr (WsMessage) hello = ws_message_new_text ("Hello world!");
  g_autofree char *much = g_strnfill (1024 * 1024, 'a');
  g_autoptr (WsMessage) large = ws_message_new_text (much);

  g_assert_cmpint (ws_socket_send_message (fixture->client, hello, NULL), ==,
                   -1);
  echo_open (fixture);
  echo_send (fixture, hello);
  g_assert_cmpuint (fixture->n_frames, ==, 1);
  signal_log_expect (fixture->log, "text:Hello world!");
  echo_close (fixture);

  /* Qt: QTBUG-74464. A message that is whole is one frame. */
  echo_open (fixture);
  echo_send (fixture, large);
  g_assert_cmpuint (fixture->n_frames, ==, 1);
  g_assert_cmpuint (signal_log_count (fixture->log, "drained"), ==, 1);
  g_string_truncate (fixture->log->words, 0);
  echo_close (fixture);

  /* Signals are not doubled. */
  echo_open (fixture);
  echo_send (fixture, hello);
  g_assert_cmpuint (fixture->n_frames, ==, 1);
  signal_log_expect (fixture->log, "text:Hello world!");
  echo_close (fixture);
}

static void
test_send_binary (Echo *fixture, gconstpointer data)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("Hello world!", 12);
  g_autoptr (WsMessage) message = ws_message_new_binary (bytes);

  g_assert_cmpint (ws_socket_send_message (fixture->client, message, NULL), ==,
                   -1);
  for (guint round = 0; round < 2; round++)
    {
      echo_open (fixture);
      echo_send (fixture, message);
      g_assert_cmpuint (fixture->n_frames, ==, 1);
      signal_log_expect (fixture->log, "binary:12");
      echo_close (fixture);
    }
}

int
main (int argc, char **argv)
{
  api_test_init (&argc, &argv);
  g_test_add ("/api/socket-echo/send-text", Echo, "text", echo_set_up,
              test_send_text, echo_tear_down);
  g_test_add ("/api/socket-echo/send-binary", Echo, NULL, echo_set_up,
              test_send_binary, echo_tear_down);
  return g_test_run ();
}
