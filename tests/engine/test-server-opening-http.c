/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/ws-server-opening.h"

#include "engine/ws-engine-error.h"

#include "support/ws-test.h"

#include <glib-unix.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* What an opening does with plain HTTP, while its owner thinks, and with what
 * was read before it was made. */

#define HANDSHAKE                                   \
  "GET /chat HTTP/1.1\r\n"                          \
  "Host: example.com\r\n"                           \
  "Upgrade: websocket\r\n"                          \
  "Connection: Upgrade\r\n"                         \
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" \
  "Sec-WebSocket-Version: 13\r\n"                   \
  "\r\n"
#define POST "POST /form HTTP/1.1\r\nHost: a\r\n"

typedef struct
{
  GMainContext    *context;
  WsPoller        *poller;
  WsServerOpening *opening; /* (owned) (nullable) */
  int              peer;
  GSource         *source; /* (owned) (nullable): reads for the peer */
  GString         *answer;
  gboolean         at_end;
  GString         *log;
} Fixture;

static void
on_request (WsServerOpening *opening, gpointer user_data)
{
  Fixture *fixture = user_data;
  GBytes  *body = ws_server_opening_get_body (opening);

  g_string_append_printf (
      fixture->log, "%s %s %.*s ",
      ws_server_opening_get_handshake (opening)->key != NULL ? "ws" : "http",
      ws_server_opening_get_handshake (opening)->resource,
      body != NULL ? (int) g_bytes_get_size (body) : 1,
      body != NULL ? (const char *) g_bytes_get_data (body, NULL) : "-");
}

static void
on_refused (WsServerOpening   *opening,
            const WsHttpFault *fault,
            gpointer           user_data)
{
  Fixture *fixture = user_data;

  g_string_append_printf (fixture->log, "refused %u ", fault->status);
}

static void
on_gone (WsServerOpening *opening, const GError *error, gpointer user_data)
{
  Fixture *fixture = user_data;

  if (error == NULL)
    g_string_append (fixture->log, "gone ");
  else if (g_error_matches (error, WS_ENGINE_ERROR, WS_ENGINE_ERROR_TIMED_OUT))
    g_string_append (fixture->log, "late ");
  else
    g_string_append (fixture->log, "lost ");
  g_clear_pointer (&fixture->opening, ws_server_opening_free);
}

static gboolean
on_wants_http (WsServerOpening *opening, gpointer user_data)
{
  return TRUE;
}

static const WsServerOpeningSink sink = { .request = on_request,
                                          .refused = on_refused,
                                          .gone = on_gone,
                                          .wants_http = on_wants_http };

static gboolean
on_peer_ready (int fd, GIOCondition condition, gpointer user_data)
{
  Fixture *fixture = user_data;
  char     data[4096];
  gssize   n = recv (fd, data, sizeof data, MSG_DONTWAIT);

  if (n > 0)
    g_string_append_len (fixture->answer, data, n);
  else
    fixture->at_end = TRUE;
  return n > 0;
}

static void
set_reading (Fixture *fixture, gboolean reading)
{
  if (fixture->source != NULL)
    g_source_destroy (fixture->source);
  g_clear_pointer (&fixture->source, g_source_unref);
  if (!reading)
    return;
  fixture->source = g_unix_fd_source_new (fixture->peer, G_IO_IN);
  g_source_set_callback (fixture->source, G_SOURCE_FUNC (on_peer_ready),
                         fixture, NULL);
  g_source_attach (fixture->source, fixture->context);
}

/* @timeout: ms; 0: none */
static void
begin (Fixture *fixture, guint timeout)
{
  WsServerOpeningOptions options = { .timeout = timeout };
  int                    fds[2];

  g_assert_no_errno (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds));
  fixture->peer = fds[1];
  set_reading (fixture, TRUE);
  fixture->opening
      = ws_server_opening_new (ws_transport_new_for_fd (fixture->poller,
                                                        fds[0]),
                               &options, &sink, fixture);
}

static void
end (Fixture *fixture)
{
  g_clear_pointer (&fixture->opening, ws_server_opening_free);
  set_reading (fixture, FALSE);
  if (fixture->peer >= 0)
    close (fixture->peer);
  fixture->peer = -1;
  fixture->at_end = FALSE;
  g_string_truncate (fixture->log, 0);
  g_string_truncate (fixture->answer, 0);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->context = g_main_context_new ();
  fixture->poller = ws_poller_get (fixture->context);
  fixture->peer = -1;
  fixture->log = g_string_new (NULL);
  fixture->answer = g_string_new (NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  end (fixture);
  g_string_free (fixture->log, TRUE);
  g_string_free (fixture->answer, TRUE);
  ws_poller_unref (fixture->poller);
  g_main_context_unref (fixture->context);
}

static void
settle (Fixture *fixture)
{
  while (g_main_context_iteration (fixture->context, FALSE))
    ;
}

static void
say (Fixture *fixture, gconstpointer data, gsize len)
{
  g_assert_cmpint (send (fixture->peer, data, len, MSG_NOSIGNAL), ==, len);
}

static void
expect_log (Fixture *fixture, const char *expected)
{
  ws_test_until (fixture->context, fixture->log->len >= strlen (expected));
  settle (fixture);
  g_assert_cmpstr (fixture->log->str, ==, expected);
  g_string_truncate (fixture->log, 0);
}

/* Once a timer that begins now has fired, one as long that began before has. */
static gboolean
on_elapsed (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
  return G_SOURCE_REMOVE;
}

static void
let_pass (Fixture *fixture, guint ms)
{
  gboolean is_over = FALSE;
  g_autoptr (GSource) source = g_timeout_source_new (ms);

  g_source_set_callback (source, on_elapsed, &is_over, NULL);
  g_source_attach (source, fixture->context);
  ws_test_until (fixture->context, is_over);
}

/* --- Requests --- */

static const struct
{
  const char *input;
  const char *log;
} rows[] = {
  { HANDSHAKE, "ws /chat - " },
  { "GET /page HTTP/1.1\r\nHost: a\r\n\r\n", "http /page - " },
  { POST "Content-Length: 5\r\n\r\nhello", "http /form hello " },
  { POST "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    "http /form hello " },
};

static void
test_splits (Fixture *fixture, gconstpointer data)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    for (gsize split = 1; split <= strlen (rows[i].input); split++)
      {
        const char *input = rows[i].input;

        begin (fixture, 0);
        say (fixture, input, split);
        settle (fixture);
        if (split < strlen (input))
          say (fixture, input + split, strlen (input) - split);
        expect_log (fixture, rows[i].log);
        g_assert_cmpuint (fixture->answer->len, ==, 0);
        end (fixture);
      }
}

/* 9110, 10.1.1: whoever waits is told to go on; who does not need not be. */
static void
test_greeting (Fixture *fixture, gconstpointer data)
{
  static const char waits[]
      = POST "Content-Length: 5\r\nExpect: 100-continue\r\n\r\n";
  static const char old[] = "POST /form HTTP/1.0\r\nContent-Length: 5\r\n"
                            "Expect: 100-continue\r\n\r\n";
  static const char at_once[]
      = POST "Content-Length: 5\r\nExpect: 100-continue\r\n\r\nhello";
  static const char empty[]
      = POST "Content-Length: 0\r\nExpect: 100-continue\r\n\r\n";

  begin (fixture, 0);
  say (fixture, waits, strlen (waits));
  ws_test_until (fixture->context, fixture->answer->len > 0);
  g_assert_cmpstr (fixture->answer->str, ==, "HTTP/1.1 100 Continue\r\n\r\n");
  say (fixture, "hello", 5);
  expect_log (fixture, "http /form hello ");
  end (fixture);
  begin (fixture, 0);
  say (fixture, old, strlen (old));
  settle (fixture);
  g_assert_cmpuint (fixture->answer->len, ==, 0);
  end (fixture);
  begin (fixture, 0);
  say (fixture, at_once, strlen (at_once));
  expect_log (fixture, "http /form hello ");
  g_assert_cmpuint (fixture->answer->len, ==, 0);
  end (fixture);
  begin (fixture, 0);
  say (fixture, empty, strlen (empty));
  expect_log (fixture, "http /form - ");
}

/* A body that never ends does not outlast the time-out. */
static void
test_slow_body (Fixture *fixture, gconstpointer data)
{
  begin (fixture, 20);
  say (fixture, POST "Content-Length: 5\r\n\r\nhell",
       strlen (POST "Content-Length: 5\r\n\r\nhell"));
  expect_log (fixture, "late ");
}

/* What another reader has read comes first, and nobody is called at once. */
static void
test_push_input (Fixture *fixture, gconstpointer data)
{
  static const char handshake[] = HANDSHAKE;

  begin (fixture, 0);
  ws_server_opening_push_input (fixture->opening, handshake,
                                strlen (handshake));
  g_assert_cmpuint (fixture->log->len, ==, 0);
  expect_log (fixture, "ws /chat - ");
  end (fixture);
  begin (fixture, 0);
  ws_server_opening_push_input (fixture->opening, handshake, 20);
  say (fixture, handshake + 20, strlen (handshake) - 20);
  expect_log (fixture, "ws /chat - ");
  end (fixture);
  begin (fixture, 0);
  ws_server_opening_push_input (fixture->opening, "nonsense\r\n", 10);
  expect_log (fixture, "refused 400 ");
  end (fixture);
  begin (fixture, 0);
  ws_server_opening_push_input (fixture->opening, handshake, 20);
  end (fixture);
  settle (fixture);
}

/* --- Waiting for the verdict --- */

static void
test_wait (Fixture *fixture, gconstpointer data)
{
  const WsHttpAnswer answer = { .status = 200 };

  begin (fixture, 20);
  say (fixture, HANDSHAKE, strlen (HANDSHAKE));
  ws_test_until (fixture->context, fixture->log->len > 0);
  ws_server_opening_wait (fixture->opening);
  let_pass (fixture, 60);
  expect_log (fixture, "ws /chat - ");
  ws_server_opening_answer (fixture->opening, &answer, NULL);
  ws_test_until (fixture->context, fixture->at_end);
  g_assert_true (g_str_has_prefix (fixture->answer->str, "HTTP/1.1 200 OK"));
}

/* Who sends and sends meanwhile is not read any more. */
static void
test_impatient (Fixture *fixture, gconstpointer data)
{
  char           junk[4096] = { 0 };
  gsize          sent = 0;
  WsServerOpened opened;

  begin (fixture, 0);
  say (fixture, HANDSHAKE, strlen (HANDSHAKE));
  ws_test_until (fixture->context, fixture->log->len > 0);
  for (guint i = 0; i < 1000; i++)
    {
      gssize n = send (fixture->peer, junk, sizeof junk,
                       MSG_NOSIGNAL | MSG_DONTWAIT);

      sent += MAX (n, 0);
      settle (fixture);
    }
  g_assert_cmpuint (sent, <, 1000 * sizeof junk);
  expect_log (fixture, "ws /chat - ");
  opened = ws_server_opening_steal (fixture->opening);
  g_assert_cmpuint (opened.rest.len, >=, 64 * 1024);
  g_assert_cmpuint (opened.rest.len, <=, 128 * 1024);
  ws_transport_free (opened.transport);
  ws_buffer_clear (&opened.head);
  ws_buffer_clear (&opened.rest);
}

/* --- Answers --- */

#define BIG (4 * 1024 * 1024)

/* The time-out is for each part of an answer: a reader that goes on gets all of
 * it, however long that takes, and one that stops is cut off. */
static void
test_slow_reader (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) body = g_bytes_new_take (g_malloc0 (BIG), BIG);
  const WsHttpAnswer answer = { .status = 200 };

  begin (fixture, 50);
  say (fixture, "GET /big HTTP/1.0\r\n\r\n", 21);
  ws_test_until (fixture->context, fixture->log->len > 0);
  set_reading (fixture, FALSE);
  ws_server_opening_answer (fixture->opening, &answer, body);
  expect_log (fixture, "http /big - late ");
  end (fixture);
  begin (fixture, 1000);
  say (fixture, "GET /big HTTP/1.0\r\n\r\n", 21);
  ws_test_until (fixture->context, fixture->log->len > 0);
  set_reading (fixture, FALSE);
  ws_server_opening_answer (fixture->opening, &answer, body);
  for (guint i = 0; i < 6 && fixture->opening != NULL; i++)
    {
      gsize before = fixture->answer->len;

      let_pass (fixture, 200);
      set_reading (fixture, TRUE);
      ws_test_until (fixture->context,
                     fixture->answer->len > before + 512 * 1024);
      set_reading (fixture, FALSE);
    }
  set_reading (fixture, TRUE);
  ws_test_until (fixture->context, fixture->at_end);
  g_assert_cmpuint (fixture->answer->len, >, BIG);
}

static void
test_free_while_answering (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) body = g_bytes_new_take (g_malloc0 (BIG), BIG);
  const WsHttpAnswer answer = { .status = 200 };

  begin (fixture, 0);
  say (fixture, "GET /big HTTP/1.0\r\n\r\n", 21);
  ws_test_until (fixture->context, fixture->log->len > 0);
  set_reading (fixture, FALSE);
  ws_server_opening_answer (fixture->opening, &answer, body);
  settle (fixture);
  end (fixture);
  begin (fixture, 0);
  say (fixture, "GET /big HTTP/1.0\r\n\r\n", 21);
  ws_test_until (fixture->context, fixture->log->len > 0);
  set_reading (fixture, FALSE);
  ws_server_opening_answer (fixture->opening, &answer, body);
  settle (fixture);
  close (fixture->peer);
  fixture->peer = -1;
  expect_log (fixture, "http /big - lost ");
}

/* Whoever stops taking an answer is seen to stall, until more is taken. */
static void
test_stalled (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) body = g_bytes_new_take (g_malloc0 (BIG), BIG);
  const WsHttpAnswer answer = { .status = 200 };

  begin (fixture, 0);
  say (fixture, "GET /big HTTP/1.0\r\n\r\n", 21);
  ws_test_until (fixture->context, fixture->log->len > 0);
  g_assert_true (ws_server_opening_is_asking (fixture->opening));
  set_reading (fixture, FALSE);
  ws_server_opening_answer (fixture->opening, &answer, body);
  g_assert_false (ws_server_opening_is_asking (fixture->opening));
  g_assert_true (ws_server_opening_is_answering (fixture->opening));
  g_assert_false (ws_server_opening_is_stalled (fixture->opening));
  while (!ws_server_opening_is_stalled (fixture->opening))
    let_pass (fixture, 50);
  set_reading (fixture, TRUE);
  ws_test_until (fixture->context,
                 !ws_server_opening_is_stalled (fixture->opening));
  g_assert_true (ws_server_opening_is_answering (fixture->opening));
}

/* --- A server that closes --- */

static const struct
{
  const char *name;
  const char *input;
  guint       timeout;
  gboolean    is_put_off;
  const char *log;
} hurries[] = {
  { "silent", "", 20, FALSE, "refused 503 " },
  { "head", "GET / HTTP/1.1\r\nHo", 20, FALSE, "refused 503 " },
  { "body", POST "Content-Length: 5\r\n\r\nhell", 20, FALSE, "refused 503 " },
  { "verdict", HANDSHAKE, 20, TRUE, "ws /chat - refused 503 " },
  { "no-time-out", "", 0, FALSE, "refused 503 " },
  { "verdict-no-time-out", HANDSHAKE, 0, TRUE, "ws /chat - refused 503 " },
};

/* Who has had time enough gets an answer that says why. */
static void
test_hurry (Fixture *fixture, gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);

  begin (fixture, hurries[i].timeout);
  if (!hurries[i].is_put_off)
    ws_server_opening_hurry (fixture->opening);
  say (fixture, hurries[i].input, strlen (hurries[i].input));
  if (hurries[i].is_put_off)
    {
      ws_test_until (fixture->context, fixture->log->len > 0);
      ws_server_opening_wait (fixture->opening);
      ws_server_opening_hurry (fixture->opening);
    }
  expect_log (fixture, hurries[i].log);
  ws_test_until (fixture->context, fixture->at_end);
  g_assert_true (g_str_has_prefix (fixture->answer->str, "HTTP/1.1 503 "));
}

/* What comes in time is asked about as ever, and put off as long as that may
 * be. */
static void
test_hurry_in_time (Fixture *fixture, gconstpointer data)
{
  begin (fixture, WS_TEST_DEADLINE * 1000);
  say (fixture, HANDSHAKE, 30);
  settle (fixture);
  ws_server_opening_hurry (fixture->opening);
  ws_server_opening_hurry (fixture->opening);
  say (fixture, HANDSHAKE + 30, strlen (HANDSHAKE) - 30);
  expect_log (fixture, "ws /chat - ");
  ws_server_opening_wait (fixture->opening);
  let_pass (fixture, 100);
  g_assert_true (ws_server_opening_is_asking (fixture->opening));
}

static void
add (const char *name, void (*test) (Fixture *, gconstpointer))
{
  g_autofree char *path
      = g_strdup_printf ("/engine/server-opening-http/%s", name);

  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int argc, char *argv[])
{
  ws_test_init (&argc, &argv);

  add ("splits", test_splits);
  add ("greeting", test_greeting);
  add ("slow-body", test_slow_body);
  add ("push-input", test_push_input);
  add ("wait", test_wait);
  add ("impatient", test_impatient);
  add ("slow-reader", test_slow_reader);
  add ("free-while-answering", test_free_while_answering);
  add ("stalled", test_stalled);
  add ("hurry-in-time", test_hurry_in_time);
  for (guint i = 0; i < G_N_ELEMENTS (hurries); i++)
    {
      g_autofree char *path = g_strconcat ("/engine/server-opening-http/hurry/",
                                           hurries[i].name, NULL);

      g_test_add (path, Fixture, GUINT_TO_POINTER (i), set_up, test_hurry,
                  tear_down);
    }
  return g_test_run ();
}
