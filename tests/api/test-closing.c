/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api-test.h"

#include <string.h>

/* Closing, beyond the endings' order and codes: what may be said, what still
 * leaves, how long it takes, and what dying objects do. */

/* close (code, reason) */

static gboolean
is_sendable (guint code)
{
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014)
         || (code >= 3000 && code <= 4999);
}

/* Only refusals are tried in all states, for a close that is accepted ends the
 * connection. */
static void
test_refused_codes (Half *half, gconstpointer data)
{
  g_autoptr (SignalLog) log = signal_log_new (half->socket);

  for (guint code = 0; code <= 5001; code++)
    {
      g_autoptr (GError) error = NULL;

      if (is_sendable (code))
        continue;
      g_assert_false (ws_socket_close (half->socket, code, NULL, &error));
      g_assert_error (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_INVALID_ARGUMENT);
    }
  g_assert_false (ws_socket_close (half->socket, G_MAXUINT, NULL, NULL));
  g_assert_false (ws_socket_close (half->socket, 1000, "\xc3\x28", NULL));
  signal_log_expect (log, "");
  api_socket_send (half->socket, "nothing was sent");
  raw_peer_expect_text (half->peer, "nothing was sent");
}

/* An unconnected socket judges codes as well, and does nothing. */
static void
test_unconnected (void)
{
  WsSocket *socket = ws_socket_new ();
  g_autoptr (SignalLog) log = signal_log_new (socket);

  for (guint code = 0; code <= 5001; code++)
    g_assert_cmpint (ws_socket_close (socket, code, NULL, NULL), ==,
                     is_sendable (code));
  ws_socket_abort (socket);
  signal_log_expect (log, "");
  g_assert_cmpuint (ws_socket_get_close_code (socket), ==, 1000);
  g_assert_finalize_object (socket);
}

static const guint sent_codes[] = { 1000, 1003, 1007, 1012, 1014, 3000, 4999 };

static void
test_sent_code (Half *half, gconstpointer data)
{
  guint code = *(const guint *) data;

  g_assert_true (ws_socket_close (half->socket, code, "why", NULL));
  raw_peer_expect_close (half->peer, code, "why");
}

/* A reason beyond 123 bytes is cut, at a character's boundary. */

typedef struct
{
  const char *name;
  guint       n_ascii; /* before a € of three bytes */
  guint       n_kept;  /* bytes */
} ReasonCase;

static const ReasonCase reason_cases[] = {
  { "fits", 120, 123 },
  { "cut-before-1", 121, 121 },
  { "cut-before-2", 122, 122 },
  { "cut-after", 123, 123 },
};

/* No C string can carry U+0000: another character stands for it, and what comes
 * behind is there. */
static void
test_reason_with_nul (Half *half, gconstpointer data)
{
  raw_peer_send_frame (half->peer, 0x88, "\x0f\xa0no\0pe", 7);
  ws_test_until (NULL,
                 ws_socket_get_close_code_received (half->socket) == 4000);
  g_assert_cmpstr (ws_socket_get_close_reason (half->socket), ==,
                   "no\xef\xbf\xbdpe");
}

static void
test_reason (Half *half, gconstpointer data)
{
  const ReasonCase *row = data;
  g_autofree char  *ascii = g_strnfill (row->n_ascii, 'a');
  g_autofree char  *reason = g_strconcat (ascii, "€", "€", NULL);
  g_autofree char  *kept = g_strndup (reason, row->n_kept);

  g_assert_true (ws_socket_close (half->socket, 4001, reason, NULL));
  g_assert_cmpstr (ws_socket_get_close_reason (half->socket), ==, kept);
  raw_peer_expect_close (half->peer, 4001, kept);
}

/* What leaves */

/* Large enough that the kernel cannot take it. */
#define LARGE (8 * 1024 * 1024)

/* Skips frames until the close frame, and counts the payload. */
static gsize
drain_until_close (RawPeer *peer)
{
  gsize size = 0;

  while (TRUE)
    {
      g_auto (RawFrame) frame = raw_peer_take_frame (peer);

      if (frame.first == 0x88)
        return size;
      size += frame.payload->len;
    }
}

static void
test_queued_first (Half *half, gconstpointer data)
{
  g_autofree char *text = g_strnfill (LARGE, 'a');

  raw_peer_set_reading (half->peer, FALSE);
  api_socket_send (half->socket, text);
  api_socket_send (half->socket, "small");
  g_assert_true (ws_socket_close (half->socket, 1000, NULL, NULL));
  raw_peer_set_reading (half->peer, TRUE);
  g_assert_cmpuint (drain_until_close (half->peer), ==, LARGE + 5);
}

/* In about-to-close sending works, whoever closes. */
static void
say_goodbye (WsSocket *socket, guint *n_calls)
{
  ++*n_calls;
  g_assert_cmpint (ws_socket_get_state (socket), ==, WS_STATE_CONNECTED);
  api_socket_send (socket, "goodbye");
}

static void
test_goodbye (Half *half, gconstpointer data)
{
  guint n_calls = 0;

  g_signal_connect (half->socket, "about-to-close", G_CALLBACK (say_goodbye),
                    &n_calls);
  if (data == NULL)
    ws_socket_close (half->socket, 4000, NULL, NULL);
  else
    raw_peer_send_close (half->peer, 4000, "");
  raw_peer_expect_text (half->peer, "goodbye");
  raw_peer_expect_close (half->peer, 4000, NULL);
  if (data == NULL)
    raw_peer_send_close (half->peer, 4000, "");
  g_clear_pointer (&half->peer, raw_peer_free);
  api_wait_state (half->socket, WS_STATE_UNCONNECTED);
  g_assert_cmpuint (n_calls, ==, 1);
}

/* After close() sends fail, and receiving goes on until the peer's close. */
static void
test_after_close (Half *half, gconstpointer data)
{
  g_autoptr (SignalLog) log = signal_log_new (half->socket);
  g_autoptr (GBytes) bytes = g_bytes_new_static ("late", 4);
  g_autoptr (GError) text_error = NULL;
  g_autoptr (GError) bytes_error = NULL;
  g_autoptr (GError) ping_error = NULL;

  g_assert_true (ws_socket_close (half->socket, 1001, NULL, NULL));
  g_assert_cmpint (ws_socket_send_text_message (half->socket, "late",
                                                &text_error),
                   ==, -1);
  g_assert_error (text_error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_NOT_CONNECTED);
  g_assert_cmpint (ws_socket_send_binary_message (half->socket, bytes,
                                                  &bytes_error),
                   ==, -1);
  g_assert_error (bytes_error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_NOT_CONNECTED);
  g_assert_false (ws_socket_ping (half->socket, NULL, &ping_error));
  g_assert_error (ping_error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_NOT_CONNECTED);
  /* Closing again changes nothing. */
  g_assert_true (ws_socket_close (half->socket, 4000, "again", NULL));

  raw_peer_expect_close (half->peer, 1001, "");
  raw_peer_send_frame (half->peer, 0x81, "one", 3);
  raw_peer_send_frame (half->peer, 0x82, "two", 3);
  raw_peer_send_close (half->peer, 1001, "");
  raw_peer_send_frame (half->peer, 0x81, "never", 5);
  if (half->server == NULL)
    g_clear_pointer (&half->peer, raw_peer_free);
  ws_test_until (NULL, signal_log_count (log, "inactive") > 0);
  signal_log_expect (log, "about-to-close " SIGNAL_LOG_CLOSING " code=1001"
                          " text:one binary:3 read-finished " SIGNAL_LOG_ENDED);
}

/* The deadline */

/* Each message of the peer asks for the next one, so that it never pauses. */
static void
ask_for_more (WsSocket *socket, const char *text, RawPeer *peer)
{
  raw_peer_send_frame (peer, 0x81, "more", 4);
}

/* A peer that keeps sending does not put off the end of the close. */
static void
test_traffic (Half *half, gconstpointer data)
{
  g_autoptr (SignalLog) log = signal_log_new (half->socket);

  g_signal_connect (half->socket, "text-message-received",
                    G_CALLBACK (ask_for_more), half->peer);
  raw_peer_send_frame (half->peer, 0x81, "more", 4);
  ws_socket_set_close_timeout (half->socket, 100);
  g_assert_true (ws_socket_close (half->socket, 1000, NULL, NULL));
  ws_test_until (NULL, signal_log_count (log, "disconnected") > 0);
  g_assert_cmpuint (signal_log_count (log, "error:socket-timeout"), ==, 1);
  g_assert_cmpuint (signal_log_count (log, "text:more"), >, 1);
  g_assert_nonnull (
      strstr (ws_socket_get_error_string (half->socket), "close-timeout"));
}

/* Nothing can be written: the deadline holds, and no close frame was sent. */
static void
test_stuck (Half *half, gconstpointer data)
{
  g_autofree char *text = g_strnfill (LARGE, 'a');
  g_autoptr (SignalLog) log = signal_log_new (half->socket);

  raw_peer_set_reading (half->peer, FALSE);
  api_socket_send (half->socket, text);
  ws_socket_set_close_timeout (half->socket, 40);
  g_assert_true (ws_socket_close (half->socket, 1000, NULL, NULL));
  ws_test_until (NULL, signal_log_count (log, "disconnected") > 0);
  g_assert_cmpuint (signal_log_count (log, "error:socket-timeout"), ==, 1);
  g_assert_cmpuint (ws_socket_get_close_code_sent (half->socket), ==, 0);
  g_assert_false (ws_socket_get_was_clean (half->socket));
}

/* The client waits for the server to end the stream. */
static void
test_client_waits (Half *half, gconstpointer data)
{
  g_assert_true (ws_socket_close (half->socket, 1000, NULL, NULL));
  raw_peer_expect_close (half->peer, 1000, "");
  raw_peer_send_close (half->peer, 1000, "");
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpint (ws_socket_get_state (half->socket), ==, WS_STATE_CLOSING);
  g_assert_false (half->peer->is_eof);
  g_clear_pointer (&half->peer, raw_peer_free);
  api_wait_state (half->socket, WS_STATE_UNCONNECTED);
  g_assert_true (ws_socket_get_was_clean (half->socket));
}

/* What waits when abort() is called is never sent, not even by accident. */
static void
test_abort_drops (Half *half, gconstpointer data)
{
  g_autofree char *text = g_strnfill (LARGE, 'a');
  guint            n_disconnected = 0;

  api_count (half->socket, "disconnected", &n_disconnected);
  raw_peer_set_reading (half->peer, FALSE);
  api_socket_send (half->socket, text);
  if (data != NULL)
    ws_socket_close (half->socket, 1000, NULL, NULL);
  ws_socket_abort (half->socket);
  g_assert_cmpuint (n_disconnected, ==, 1);
  g_assert_cmpint (ws_socket_get_state (half->socket), ==,
                   WS_STATE_UNCONNECTED);
  g_assert_cmpuint (ws_socket_get_bytes_to_write (half->socket), ==, 0);
  g_assert_cmpuint (ws_socket_get_close_code (half->socket), ==, 1006);
  raw_peer_set_reading (half->peer, TRUE);
  ws_test_until (NULL, half->peer->is_eof);
  g_assert_cmpuint (half->peer->received->len, <, LARGE);
}

/* Dying objects */

static void
count_emission (guint *n_emissions)
{
  ++*n_emissions;
}

static void
count_all (WsSocket *socket, guint *n_emissions)
{
  static const char *const signals[]
      = { "notify",         "state-changed",         "error",
          "about-to-close", "read-channel-finished", "disconnected",
          "bytes-written" };

  for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
    g_signal_connect_swapped (socket, signals[i], G_CALLBACK (count_emission),
                              n_emissions);
}

/* Sends 1001, behind what waits, and emits nothing. */
static void
test_finalised (Half *half, gconstpointer data)
{
  guint n_emissions = 0;

  count_all (half->socket, &n_emissions);
  api_socket_send (half->socket, "last words");
  g_assert_finalize_object (half->socket);
  half->socket = NULL;
  raw_peer_expect_text (half->peer, "last words");
  raw_peer_expect_close (half->peer, 1001, "");
  raw_peer_expect_eof (half->peer);
  g_assert_cmpuint (n_emissions, ==, 0);
}

static void
test_server_finalised (void)
{
  WsServer *server = api_server_new ();
  guint16   port = ws_server_get_server_port (server);
  g_autoptr (RawPeer) taken = raw_peer_join (port, NULL);
  g_autoptr (RawPeer) kept = raw_peer_join (port, NULL);
  g_autoptr (RawPeer) pending = raw_peer_join (port, NULL);
  g_autoptr (RawPeer) silent = raw_peer_connect (port);
  g_autoptr (WsSocket) ours = NULL;
  guint n_emissions = 0;

  g_object_unref (api_server_take (server));
  ours = api_server_take (server);
  count_all (ours, &n_emissions);
  g_assert_finalize_object (server);
  raw_peer_expect_close (taken, 1001, NULL);
  raw_peer_expect_eof (taken);
  raw_peer_expect_close (kept, 1001, NULL);
  raw_peer_expect_eof (kept);
  raw_peer_expect_close (pending, 1001, NULL);
  raw_peer_expect_eof (pending);
  raw_peer_expect_eof (silent);
  g_assert_cmpuint (n_emissions, ==, 0);
  g_assert_cmpint (ws_socket_get_state (ours), ==, WS_STATE_UNCONNECTED);
}

/* ws_server_close() ends nothing: what waits can be taken, and what was handed
 * out lives on, and the server keeps it. */
static void
test_server_closed (void)
{
  WsServer *server = api_server_new ();
  guint16   port = ws_server_get_server_port (server);
  g_autoptr (RawPeer) taken = raw_peer_join (port, NULL);
  g_autoptr (RawPeer) pending = raw_peer_join (port, NULL);
  WsSocket *ours = api_server_take (server);

  ws_server_close (server);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (server)), ==, 1);
  api_socket_send (ours, "alive");
  raw_peer_expect_text (taken, "alive");
  g_object_unref (ours);
  ours = api_server_take (server);
  api_socket_send (ours, "welcome");
  raw_peer_expect_text (pending, "welcome");
  g_object_unref (ours);
  raw_peer_send_frame (taken, 0x89, "", 0);
  {
    g_auto (RawFrame) pong = raw_peer_take_frame (taken);

    g_assert_cmphex (pong.first, ==, 0x8a);
  }
  g_assert_finalize_object (server);
}

static void
add_rows (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (sent_codes); i++)
    {
      g_autofree char *path
          = g_strdup_printf ("/contracts/closing/code/%u", sent_codes[i]);

      half_add (path, &sent_codes[i], test_sent_code);
    }
  half_add ("/contracts/closing/reason/with-nul", NULL, test_reason_with_nul);
  for (guint i = 0; i < G_N_ELEMENTS (reason_cases); i++)
    {
      g_autofree char *path = g_strconcat ("/contracts/closing/reason/",
                                           reason_cases[i].name, NULL);

      half_add (path, &reason_cases[i], test_reason);
    }
}

int
main (int argc, char **argv)
{
  api_test_init (&argc, &argv);
  half_add ("/contracts/closing/refused-codes", NULL, test_refused_codes);
  g_test_add_func ("/contracts/closing/unconnected", test_unconnected);
  add_rows ();
  half_add ("/contracts/closing/queued-first", NULL, test_queued_first);
  half_add ("/contracts/closing/goodbye", NULL, test_goodbye);
  half_add ("/contracts/closing/goodbye-to-closer", "peer", test_goodbye);
  half_add ("/contracts/closing/after-close", NULL, test_after_close);
  half_add ("/contracts/closing/traffic", NULL, test_traffic);
  half_add ("/contracts/closing/stuck", NULL, test_stuck);
  half_add_client ("/contracts/closing/client-waits", NULL, test_client_waits);
  half_add ("/contracts/closing/abort", NULL, test_abort_drops);
  half_add ("/contracts/closing/abort-while-closing", "closing",
            test_abort_drops);
  half_add_client ("/contracts/closing/finalised", NULL, test_finalised);
  g_test_add_func ("/contracts/closing/server-finalised",
                   test_server_finalised);
  g_test_add_func ("/contracts/closing/server-closed", test_server_closed);
  return g_test_run ();
}
