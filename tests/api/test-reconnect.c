/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api-test.h"

#include <string.h>

/* After which ends a socket with a policy comes back, and how. What
 * may happen while it waits is in test-reconnect-wait.c. */

/* Without chance, and never fresh: the attempts' numbers tell all. */
static WsReconnectPolicy *
policy_new (void)
{
  return g_object_new (WS_TYPE_RECONNECT_POLICY, "minimum", 1u, "maximum", 2u,
                       "jitter", 0.0, "reset-after", (guint) G_MAXINT, NULL);
}

static void
set_policy (WsSocket *socket)
{
  g_autoptr (WsReconnectPolicy) policy = policy_new ();

  ws_socket_set_reconnect (socket, policy);
}

/* --- Ends of a connection --- */

typedef struct
{
  const char *name;
  void (*run) (Half *half);
  gboolean comes_back;
} End;

static void
set_codes (Half *half, const guint *codes, gsize n_codes)
{
  ws_reconnect_policy_set_fatal_close_codes (ws_socket_get_reconnect (
                                                 half->socket),
                                             codes, n_codes);
}

static void
drop_tcp (Half *half)
{
  g_clear_pointer (&half->peer, raw_peer_free);
}

static void
reset_tcp (Half *half)
{
  g_clear_pointer (&half->peer, raw_peer_reset);
}

static void
close_with (Half *half, guint code)
{
  raw_peer_send_close (half->peer, code, "");
  raw_peer_expect_close (half->peer, code != 0 ? code : 1005, NULL);
  drop_tcp (half);
}

/* The peer neither waits for the answer nor takes it. */
static void
close_and_reset (Half *half)
{
  raw_peer_send_close (half->peer, 1000, "");
  reset_tcp (half);
}

static void
close_and_leave (Half *half)
{
  raw_peer_send_close (half->peer, 0, "");
  drop_tcp (half);
}

#define CLOSE_WITH(code) \
  static void close_##code (Half *half) { close_with (half, code); }
/* clang-format off */
CLOSE_WITH (0)
CLOSE_WITH (1000)
CLOSE_WITH (1001)
CLOSE_WITH (1002)
CLOSE_WITH (1003)
CLOSE_WITH (1007)
CLOSE_WITH (1008)
CLOSE_WITH (1009)
CLOSE_WITH (1010)
CLOSE_WITH (1011)
CLOSE_WITH (1012)
CLOSE_WITH (1013)
CLOSE_WITH (3000)
CLOSE_WITH (4000)
/* clang-format on */

static void
close_normally_is_no_end (Half *half)
{
  ws_reconnect_policy_set_after_normal_close (ws_socket_get_reconnect (
                                                  half->socket),
                                              TRUE);
  close_with (half, 1000);
}

static void
close_with_own_fatal (Half *half)
{
  static const guint codes[] = { 4000 };

  set_codes (half, codes, 1);
  close_with (half, 4000);
}

static void
close_with_none_fatal (Half *half)
{
  set_codes (half, NULL, 0);
  close_with (half, 1008);
}

static void
send_bad_utf8 (Half *half)
{
  raw_peer_send_frame (half->peer, 0x81, "\xc3\x28", 2);
  drop_tcp (half);
}

static void
send_too_much (Half *half)
{
  ws_socket_set_max_incoming_message_size (half->socket, 3);
  raw_peer_send_frame (half->peer, 0x81, "four", 4);
  drop_tcp (half);
}

static void
fall_silent (Half *half)
{
  raw_peer_set_reading (half->peer, FALSE);
  ws_socket_set_ping_timeout (half->socket, 20);
  ws_socket_set_ping_interval (half->socket, 20);
}

/* The peer closes with 1001, which nobody has to answer. */
static void
send_half_a_frame (Half *half)
{
  ws_socket_set_frame_timeout (half->socket, 20);
  ws_socket_set_close_timeout (half->socket, 20);
  raw_peer_send_bytes (half->peer, "\x81\x05he", 4);
}

static void
we_close (Half *half)
{
  ws_socket_close (half->socket, 1001, NULL, NULL);
  drop_tcp (half);
}

static void
we_close_too_late (Half *half)
{
  ws_socket_set_close_timeout (half->socket, 20);
  ws_socket_close (half->socket, 4000, NULL, NULL);
}

static void
we_abort (Half *half)
{
  ws_socket_abort (half->socket);
}

static void
we_deactivate (Half *half)
{
  ws_socket_set_active (half->socket, FALSE);
  drop_tcp (half);
}

/* The peer's end has begun, but then we want one, too. */
static void
close_in_closing (WsSocket *socket)
{
  ws_socket_close (socket, 1000, NULL, NULL);
}

static void
both_close (Half *half)
{
  g_signal_connect (half->socket, "about-to-close",
                    G_CALLBACK (close_in_closing), NULL);
  close_with (half, 1001);
}

static const End ends[] = {
  { "lost", drop_tcp, TRUE },
  { "reset", reset_tcp, TRUE },
  { "1000", close_1000, FALSE },
  { "empty", close_0, FALSE },
  { "1000-and-reset", close_and_reset, FALSE },
  { "empty-and-gone", close_and_leave, FALSE },
  { "1000-is-no-end", close_normally_is_no_end, TRUE },
  { "1001", close_1001, TRUE },
  { "1002", close_1002, FALSE },
  { "1003", close_1003, FALSE },
  { "1007", close_1007, FALSE },
  { "1008", close_1008, FALSE },
  { "1009", close_1009, FALSE },
  { "1010", close_1010, FALSE },
  { "1011", close_1011, TRUE },
  { "1012", close_1012, TRUE },
  { "1013", close_1013, TRUE },
  { "3000", close_3000, TRUE },
  { "4000", close_4000, TRUE },
  { "own-fatal-code", close_with_own_fatal, FALSE },
  { "no-fatal-code", close_with_none_fatal, TRUE },
  { "bad-utf8", send_bad_utf8, FALSE },
  { "too-big", send_too_much, FALSE },
  { "keepalive", fall_silent, TRUE },
  { "frame-timeout", send_half_a_frame, TRUE },
  { "we-close", we_close, FALSE },
  { "close-timeout", we_close_too_late, FALSE },
  { "we-abort", we_abort, FALSE },
  { "we-deactivate", we_deactivate, FALSE },
  { "both-close", both_close, FALSE },
};

/* The peer of a later attempt, whose other end is the same WsSocket. */
static void
meet_again (Half *half)
{
  g_clear_pointer (&half->peer, raw_peer_free);
  half->peer = raw_listener_take (half->listener);
  raw_peer_accept (half->peer);
  api_wait_state (half->socket, WS_STATE_CONNECTED);
}

static void
test_end (Half *half, gconstpointer data)
{
  const End *end = data;
  g_autoptr (SignalLog) log = NULL;

  set_policy (half->socket);
  log = signal_log_new (half->socket);
  end->run (half);
  if (!end->comes_back)
    {
      ws_test_until (NULL, signal_log_count (log, "inactive") > 0
                               && signal_log_count (log, "disconnected") > 0);
      g_assert_cmpuint (signal_log_count (log, "reconnecting:1"), ==, 0);
      return;
    }
  ws_test_until (NULL, signal_log_count (log, "reconnecting:1") > 0);
  g_assert_true (
      g_str_has_suffix (log->words->str, SIGNAL_LOG_OVER " reconnecting:1"));
  g_string_truncate (log->words, 0);
  meet_again (half);
  signal_log_expect (log, SIGNAL_LOG_OPENING " " SIGNAL_LOG_OPENED);
  g_assert_cmpstr (ws_socket_get_error_string (half->socket), ==, "");
  g_assert_true (ws_socket_get_active (half->socket));
  api_socket_send (half->socket, "again");
  /* Short time-outs bring pings along. */
  if (end->run != fall_silent)
    raw_peer_expect_text (half->peer, "again");
}

/* --- Ends of an attempt --- */

typedef struct
{
  const char *name;
  const char *answer; /* NULL: none */
  gboolean    comes_back;
} Refusal;

#define EMPTY " X\r\nContent-Length: 0\r\n\r\n"
#define UPGRADE \
  "HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"

static const Refusal refusals[] = {
  { "200", "HTTP/1.1 200" EMPTY, TRUE },
  { "302", "HTTP/1.1 302 X\r\nLocation: /y\r\nContent-Length: 0\r\n\r\n",
    TRUE },
  { "400", "HTTP/1.1 400" EMPTY, FALSE },
  { "401", "HTTP/1.1 401" EMPTY, FALSE },
  { "403", "HTTP/1.1 403" EMPTY, FALSE },
  { "404", "HTTP/1.1 404" EMPTY, FALSE },
  { "408", "HTTP/1.1 408" EMPTY, TRUE },
  { "425", "HTTP/1.1 425" EMPTY, TRUE },
  { "426", "HTTP/1.1 426" EMPTY, FALSE },
  { "429", "HTTP/1.1 429" EMPTY, TRUE },
  { "500", "HTTP/1.1 500" EMPTY, TRUE },
  { "502", "HTTP/1.1 502" EMPTY, TRUE },
  { "503", "HTTP/1.1 503" EMPTY, TRUE },
  { "bad-accept", UPGRADE "Sec-WebSocket-Accept: eA==\r\n\r\n", FALSE },
  { "no-http", "220 mail.example ESMTP\r\n\r\n", TRUE },
  { "no-answer", NULL, TRUE },
};

#define FAILED(error) \
  SIGNAL_LOG_OPENING " error:" error " code=1006 " SIGNAL_LOG_OVER

static void
test_refusal (gconstpointer data)
{
  const Refusal   *refusal = data;
  Half             half = { .listener = raw_listener_new () };
  g_autofree char *url = raw_listener_make_url (half.listener, "/");
  g_autoptr (SignalLog) log = NULL;

  half.socket = ws_socket_new ();
  set_policy (half.socket);
  log = signal_log_new (half.socket);
  ws_socket_open (half.socket, url, NULL);
  half.peer = raw_listener_take (half.listener);
  raw_peer_wait_head (half.peer);
  if (refusal->answer != NULL)
    raw_peer_send_bytes (half.peer, refusal->answer, strlen (refusal->answer));
  g_clear_pointer (&half.peer, raw_peer_free);
  ws_test_until (NULL,
                 signal_log_count (log, refusal->comes_back ? "reconnecting:1"
                                                            : "inactive")
                     > 0);
  g_assert_cmpuint (signal_log_count (log, "disconnected"), ==, 1);
  g_assert_cmpint (ws_socket_get_status (half.socket), ==, WS_STATUS_ERROR);
  if (refusal->comes_back)
    meet_again (&half);
  half_tear_down (&half, NULL);
}

/* (transfer full): nobody listens there. */
static char *
make_dead_url (void)
{
  return g_strdup_printf ("ws://127.0.0.1:%u/", ws_test_dead_port ());
}

static void
test_nobody_listens (void)
{
  WsSocket        *socket = ws_socket_new ();
  g_autofree char *url = make_dead_url ();
  g_autoptr (SignalLog) log = NULL;

  set_policy (socket);
  ws_reconnect_policy_set_max_attempts (ws_socket_get_reconnect (socket), 2);
  log = signal_log_new (socket);
  ws_socket_open (socket, url, NULL);
  ws_test_until (NULL, !ws_socket_get_active (socket));
  signal_log_expect (
      log, FAILED ("connection-refused") " reconnecting:1 " FAILED (
               "connection-refused") " reconnecting:2 " FAILED ("connection-"
                                                                "refused") " in"
                                                                           "act"
                                                                           "iv"
                                                                           "e");
  /* Another activation counts from the beginning. */
  ws_socket_set_active (socket, TRUE);
  ws_test_until (NULL, signal_log_count (log, "reconnecting:1") > 0);
  g_assert_finalize_object (socket);
}

/* The same mistake would be made again. */
static void
test_bad_request (void)
{
  WsSocket *socket = ws_socket_new ();
  g_autoptr (WsHeaders) headers = ws_headers_new ();
  g_autofree char *url = make_dead_url ();
  g_autoptr (SignalLog) log = NULL;

  set_policy (socket);
  g_assert_true (ws_headers_append (headers, "Upgrade", "none", NULL));
  ws_socket_set_request_headers (socket, headers);
  log = signal_log_new (socket);
  ws_socket_open (socket, url, NULL);
  ws_test_until (NULL, !ws_socket_get_active (socket));
  signal_log_expect (log, FAILED ("connection-refused") " inactive");
  g_assert_finalize_object (socket);
}

static void
test_bad_url (void)
{
  WsSocket *socket = ws_socket_new ();
  g_autoptr (SignalLog) log = NULL;
  g_autoptr (GError) error = NULL;

  set_policy (socket);
  log = signal_log_new (socket);
  g_assert_false (ws_socket_open (socket, "http://x", &error));
  g_assert_nonnull (error);
  signal_log_expect (log, "error:unsupported-socket-operation");
  g_assert_false (ws_socket_get_active (socket));
  ws_socket_set_url (socket, "nonsense");
  ws_socket_set_active (socket, TRUE);
  ws_test_until (NULL, !ws_socket_get_active (socket));
  g_assert_finalize_object (socket);
}

/* --- The count --- */

static void
lose_and_meet (Half *half, SignalLog *log, const char *words)
{
  g_clear_pointer (&half->peer, raw_peer_free);
  ws_test_until (NULL, !ws_socket_is_valid (half->socket));
  meet_again (half);
  g_assert_cmpuint (signal_log_count (log, words), ==, 1);
  g_string_truncate (log->words, 0);
}

static void
test_reset_after (Half *half, gconstpointer data)
{
  WsReconnectPolicy *policy;
  g_autoptr (SignalLog) log = NULL;

  set_policy (half->socket);
  policy = ws_socket_get_reconnect (half->socket);
  log = signal_log_new (half->socket);
  /* It never holds for long enough. */
  lose_and_meet (half, log, "reconnecting:1");
  lose_and_meet (half, log, "reconnecting:2");
  lose_and_meet (half, log, "reconnecting:3");
  /* It always does. */
  ws_reconnect_policy_set_reset_after (policy, 0);
  lose_and_meet (half, log, "reconnecting:1");
  lose_and_meet (half, log, "reconnecting:1");
  /* Only a connection counts as one, not an attempt. */
  g_clear_pointer (&half->peer, raw_peer_free);
  for (guint i = 0; i < 3; i++)
    {
      half->peer = raw_listener_take (half->listener);
      raw_peer_reset (g_steal_pointer (&half->peer));
    }
  ws_test_until (NULL, signal_log_count (log, "reconnecting:4") > 0);
}

static void
count_message (GString *words, const char *text)
{
  g_string_append (words, text);
}

/* The server is stopped, and comes back at its port: the same socket gets there
 * by a new dialling, and its properties say at any time how it is. */
static void
test_server_restarts (void)
{
  WsServer *server = api_server_new ();
  WsSocket *socket = ws_socket_new ();
  guint16   port = ws_server_get_server_port (server);
  GString  *words = g_string_new (NULL);
  g_autoptr (GInetAddress) loopback
      = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);

  set_policy (socket);
  g_signal_connect_swapped (socket, "text-message-received",
                            G_CALLBACK (count_message), words);
  api_socket_open (socket, ws_server_get_url (server));
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (WsSocket) accepted = api_server_take (server);

      api_socket_send (accepted, "x");
      ws_test_until (NULL, words->len == i + 1);
      ws_server_close (server);
      ws_socket_close (accepted, 1012, NULL, NULL);
      g_clear_object (&accepted);
      ws_test_until (NULL, !ws_socket_is_valid (socket));
      g_assert_true (ws_socket_get_active (socket));
      g_assert_true (ws_server_listen (server, loopback, port, NULL));
      api_wait_state (socket, WS_STATE_CONNECTED);
    }
  g_assert_cmpstr (words->str, ==, "xxx");
  g_string_free (words, TRUE);
  g_assert_finalize_object (socket);
  ws_test_until (NULL, g_list_model_get_n_items (G_LIST_MODEL (server)) == 0);
  g_assert_finalize_object (server);
}

/* What has to be counted is counted by each. */
static void
test_shared_policy (void)
{
  g_autofree char *url = make_dead_url ();
  g_autoptr (WsReconnectPolicy) policy = policy_new ();
  WsSocket  *sockets[2];
  SignalLog *logs[2];

  for (guint i = 0; i < 2; i++)
    {
      sockets[i] = ws_socket_new ();
      ws_socket_set_reconnect (sockets[i], policy);
      logs[i] = signal_log_new (sockets[i]);
      ws_socket_open (sockets[i], url, NULL);
    }
  for (guint i = 0; i < 2; i++)
    {
      ws_test_until (NULL, signal_log_count (logs[i], "reconnecting:3") > 0);
      g_assert_cmpuint (signal_log_count (logs[i], "reconnecting:1"), ==, 1);
      g_assert_cmpuint (signal_log_count (logs[i], "reconnecting:2"), ==, 1);
      signal_log_free (logs[i]);
      g_assert_finalize_object (sockets[i]);
    }
}

/* The pings that keep a connection alive end with the connection. */
static void
test_no_pings_between (Half *half, gconstpointer data)
{
  set_policy (half->socket);
  ws_reconnect_policy_set_minimum (ws_socket_get_reconnect (half->socket), 60);
  ws_socket_set_ping_timeout (half->socket, 20);
  ws_socket_set_ping_interval (half->socket, 20);
  g_clear_pointer (&half->peer, raw_peer_free);
  ws_test_until (NULL, !ws_socket_is_valid (half->socket));
  g_assert_cmpint (ws_socket_get_latency (half->socket), ==, -1);
  /* Nothing is judged by the former connection's silence. */
  ws_socket_set_ping_timeout (half->socket, 20000);
  half->peer = raw_listener_take (half->listener);
  raw_peer_accept (half->peer);
  api_wait_state (half->socket, WS_STATE_CONNECTED);
  g_assert_cmpint (ws_socket_get_latency (half->socket), ==, -1);
}

static void
test_server_side (Half *half, gconstpointer data)
{
  g_autoptr (SignalLog) log = signal_log_new (half->socket);

  set_policy (half->socket);
  g_clear_pointer (&half->peer, raw_peer_free);
  ws_test_until (NULL, !ws_socket_get_active (half->socket));
  g_assert_cmpuint (signal_log_count (log, "reconnecting:1"), ==, 0);
}

static void
add_ends (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      g_autofree char *path
          = g_strconcat ("/api/reconnect/end/", ends[i].name, NULL);

      half_add_client (path, &ends[i], test_end);
    }
  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++)
    {
      g_autofree char *path
          = g_strconcat ("/api/reconnect/refusal/", refusals[i].name, NULL);

      g_test_add_data_func (path, &refusals[i], test_refusal);
    }
}

int
main (int argc, char **argv)
{
  /* What this machine's network is like does not matter. */
  g_setenv ("GIO_USE_NETWORK_MONITOR", "base", TRUE);
  api_test_init (&argc, &argv);
  add_ends ();
  g_test_add_func ("/api/reconnect/nobody-listens", test_nobody_listens);
  g_test_add_func ("/api/reconnect/bad-request", test_bad_request);
  g_test_add_func ("/api/reconnect/bad-url", test_bad_url);
  half_add_client ("/api/reconnect/reset-after", NULL, test_reset_after);
  g_test_add_func ("/api/reconnect/server-restarts", test_server_restarts);
  g_test_add_func ("/api/reconnect/shared-policy", test_shared_policy);
  half_add_client ("/api/reconnect/no-pings-between", NULL,
                   test_no_pings_between);
  half_add_server ("/api/reconnect/server-side", NULL, test_server_side);
  return g_test_run ();
}
