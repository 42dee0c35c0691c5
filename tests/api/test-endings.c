/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api-test.h"

/* Every way a connection can end, as a client and as a server: the order of
 * what is signalled, and the codes that are left. */

typedef struct
{
  const char *name;
  void (*run) (Half *half); /* until nothing more is to be done */
  const char *words;
  guint       code, sent, received;
  gboolean    was_clean;
} Ending;

/* A server closes TCP first, a client waits for it. */
static void
end_stream (Half *half)
{
  if (half->server != NULL)
    raw_peer_expect_eof (half->peer);
  g_clear_pointer (&half->peer, raw_peer_free);
}

static void
we_close (Half *half)
{
  g_assert_true (ws_socket_close (half->socket, 1001, "bye", NULL));
  raw_peer_expect_close (half->peer, 1001, "bye");
  raw_peer_send_close (half->peer, 1001, "");
  end_stream (half);
}

static void
both_close (Half *half)
{
  g_assert_true (ws_socket_close (half->socket, 1001, NULL, NULL));
  raw_peer_send_close (half->peer, 4000, "");
  raw_peer_expect_close (half->peer, 1001, "");
  end_stream (half);
}

static void
peer_closes (Half *half)
{
  raw_peer_send_frame (half->peer, 0x81, "last", 4);
  raw_peer_send_close (half->peer, 4000, "why");
  raw_peer_expect_close (half->peer, 4000, NULL);
  end_stream (half);
}

static void
peer_closes_empty (Half *half)
{
  raw_peer_send_close (half->peer, 0, "");
  raw_peer_expect_close (half->peer, 1005, NULL);
  end_stream (half);
}

static void
lose_tcp (Half *half)
{
  raw_peer_send_frame (half->peer, 0x81, "last", 4);
  g_clear_pointer (&half->peer, raw_peer_free);
}

static void
reset_tcp (Half *half)
{
  g_clear_pointer (&half->peer, raw_peer_reset);
}

static void
abort_it (Half *half)
{
  api_socket_send (half->socket, "never sent");
  ws_socket_abort (half->socket);
  g_assert_cmpint (ws_socket_get_state (half->socket), ==,
                   WS_STATE_UNCONNECTED);
  raw_peer_expect_eof (half->peer);
}

static void
fall_silent (Half *half)
{
  raw_peer_set_reading (half->peer, FALSE);
  ws_socket_set_ping_timeout (half->socket, 20);
  ws_socket_set_ping_interval (half->socket, 20);
}

static void
send_bad_utf8 (Half *half)
{
  raw_peer_send_frame (half->peer, 0x81, "\xc3\x28", 2);
  raw_peer_expect_close (half->peer, 1007, NULL);
}

static void
bad_utf8_echoed (Half *half)
{
  send_bad_utf8 (half);
  raw_peer_send_close (half->peer, 1007, "");
  end_stream (half);
}

static void
bad_utf8_and_gone (Half *half)
{
  send_bad_utf8 (half);
  g_clear_pointer (&half->peer, raw_peer_free);
}

static void
break_protocol (Half *half)
{
  raw_peer_send_frame (half->peer, 0x83, "", 0);
  raw_peer_expect_close (half->peer, 1002, NULL);
  g_clear_pointer (&half->peer, raw_peer_free);
}

static void
never_answer (Half *half)
{
  ws_socket_set_close_timeout (half->socket, 100);
  g_assert_true (ws_socket_close (half->socket, 3000, NULL, NULL));
  raw_peer_expect_close (half->peer, 3000, "");
}

static void
never_answer_but_end (Half *half)
{
  g_assert_true (ws_socket_close (half->socket, 3000, NULL, NULL));
  raw_peer_expect_close (half->peer, 3000, "");
  g_clear_pointer (&half->peer, raw_peer_free);
}

#define OUR_CLOSE(code) \
  "about-to-close " SIGNAL_LOG_CLOSING code " read-finished " SIGNAL_LOG_ENDED
#define THEIR_CLOSE(code) \
  "read-finished about-to-close " SIGNAL_LOG_CLOSING code " " SIGNAL_LOG_ENDED
#define LOSS "read-finished code=1006 " SIGNAL_LOG_ENDED

/* clang-format off */
static const Ending endings[] = {
  { "we-close", we_close, OUR_CLOSE (" code=1001"), 1001, 1001, 1001, TRUE },
  { "both-close", both_close, OUR_CLOSE (" code=1001"), 1001, 1001, 4000,
    TRUE },
  { "peer-closes", peer_closes, "text:last " THEIR_CLOSE (" code=4000"), 4000,
    4000, 4000, TRUE },
  { "peer-closes-empty", peer_closes_empty, THEIR_CLOSE (""), 1000, 1005, 1005,
    TRUE },
  { "tcp-lost", lose_tcp, "text:last error:remote-host-closed " LOSS, 1006, 0,
    0, FALSE },
  { "tcp-reset", reset_tcp, "error:remote-host-closed " LOSS, 1006, 0, 0,
    FALSE },
  { "abort", abort_it, LOSS, 1006, 0, 0, FALSE },
  { "keepalive", fall_silent, "error:socket-timeout " LOSS, 1006, 0, 0, FALSE },
  { "bad-utf8-echoed", bad_utf8_echoed,
    "error:invalid-utf8 " THEIR_CLOSE (" code=1007"), 1007, 1007, 1007, FALSE },
  { "bad-utf8-and-gone", bad_utf8_and_gone,
    "error:invalid-utf8 " THEIR_CLOSE (" code=1007"), 1007, 1007, 0, FALSE },
  { "broken-protocol", break_protocol,
    "error:protocol " THEIR_CLOSE (" code=1002"), 1002, 1002, 0, FALSE },
  { "close-timeout", never_answer,
    "about-to-close " SIGNAL_LOG_CLOSING " code=3000"
    " error:socket-timeout read-finished " SIGNAL_LOG_ENDED, 3000, 3000, 0,
    FALSE },
  { "no-answer", never_answer_but_end, OUR_CLOSE (" code=3000"), 3000, 3000, 0,
    FALSE },
};
/* clang-format on */

/* Who it was can be asked until the next opening: by who was not curious
 * before, and after a reset, too. */
static void
check_addresses (WsSocket *socket)
{
  GSocketAddress *addresses[2] = { ws_socket_get_local_address (socket),
                                   ws_socket_get_peer_address (socket) };

  for (guint i = 0; i < G_N_ELEMENTS (addresses); i++)
    {
      g_assert_true (G_IS_INET_SOCKET_ADDRESS (addresses[i]));
      g_assert_cmpuint (g_inet_socket_address_get_port (
                            G_INET_SOCKET_ADDRESS (addresses[i])),
                        !=, 0);
    }
}

static void
look_at_addresses (WsSocket *socket, guint *n_looks)
{
  ++*n_looks;
  check_addresses (socket);
}

/* A connection that was lost is 1006 and nothing else; was-clean says whether
 * the closing handshake was completed, without a code in it too. */
static void
test_ending (Half *half, gconstpointer data)
{
  const Ending *ending = data;
  WsSocket     *socket = half->socket;
  gboolean      has_error;
  guint         n_looks = 0;
  g_autoptr (SignalLog) log = signal_log_new (socket);

  g_signal_connect (socket, "disconnected", G_CALLBACK (look_at_addresses),
                    &n_looks);
  ending->run (half);
  ws_test_until (NULL, signal_log_count (log, "inactive") > 0);
  has_error = g_strrstr (ending->words, "error:") != NULL;
  signal_log_expect (log, ending->words);
  g_assert_cmpuint (ws_socket_get_close_code (socket), ==, ending->code);
  g_assert_cmpuint (ws_socket_get_close_code_sent (socket), ==, ending->sent);
  g_assert_cmpuint (ws_socket_get_close_code_received (socket), ==,
                    ending->received);
  g_assert_cmpint (ws_socket_get_was_clean (socket), ==, ending->was_clean);
  g_assert_cmpint (ws_socket_get_status (socket), ==,
                   has_error ? WS_STATUS_ERROR : WS_STATUS_CLOSED);
  g_assert_true ((ws_socket_get_error (socket) != NULL) == has_error);
  check_addresses (socket);
  g_assert_cmpuint (n_looks, ==, 1);

  /* Nothing comes later. */
  while (g_main_context_iteration (NULL, FALSE))
    ;
  signal_log_expect (log, "");
}

/* What the end is made of can be read in the last signal. */
static void
assert_codes (WsSocket *socket, guint *n_calls)
{
  ++*n_calls;
  g_assert_cmpint (ws_socket_get_state (socket), ==, WS_STATE_UNCONNECTED);
  g_assert_cmpuint (ws_socket_get_close_code (socket), ==, 4000);
  g_assert_cmpuint (ws_socket_get_close_code_sent (socket), ==, 4000);
  g_assert_cmpuint (ws_socket_get_close_code_received (socket), ==, 4000);
  g_assert_cmpstr (ws_socket_get_close_reason (socket), ==, "why");
  g_assert_true (ws_socket_get_was_clean (socket));
  g_assert_true (ws_socket_get_active (socket));
}

static void
test_codes_in_signal (Half *half, gconstpointer data)
{
  guint n_calls = 0;

  g_signal_connect (half->socket, "disconnected", G_CALLBACK (assert_codes),
                    &n_calls);
  peer_closes (half);
  api_wait_state (half->socket, WS_STATE_UNCONNECTED);
  g_assert_cmpuint (n_calls, ==, 1);
}

/* active stays when a handler begins a new attempt. */
static void
reopen (WsSocket *socket, const char *url)
{
  g_signal_handlers_disconnect_by_func (socket, reopen, (gpointer) url);
  g_assert_true (ws_socket_open (socket, url, NULL));
}

static void
test_reopened_in_signal (Half *half, gconstpointer data)
{
  g_autoptr (SignalLog) log = NULL;
  g_autofree char *url = NULL;

  /* The log must not hear of the new attempt before the old one's end. */
  log = signal_log_new (half->socket);
  url = raw_listener_make_url (half->listener, "/again");
  g_signal_connect (half->socket, "disconnected", G_CALLBACK (reopen), url);
  peer_closes_empty (half);
  half->peer = raw_listener_take (half->listener);
  raw_peer_accept (half->peer);
  api_wait_state (half->socket, WS_STATE_CONNECTED);
  signal_log_expect (
      log,
      "read-finished about-to-close " SIGNAL_LOG_CLOSING
      " state=unconnected changed:unconnected disconnected " SIGNAL_LOG_OPENING
      " " SIGNAL_LOG_OPENED);
  g_assert_true (ws_socket_get_active (half->socket));
}

int
main (int argc, char **argv)
{
  api_test_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (endings); i++)
    {
      g_autofree char *path
          = g_strconcat ("/contracts/endings/", endings[i].name, NULL);

      half_add (path, &endings[i], test_ending);
    }
  half_add ("/contracts/endings/codes-in-signal", NULL, test_codes_in_signal);
  half_add_client ("/contracts/endings/reopened-in-signal", NULL,
                   test_reopened_in_signal);
  return g_test_run ();
}
