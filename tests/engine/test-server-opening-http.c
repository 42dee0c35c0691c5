/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "opening-rig.h"

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

static void
on_request (WsServerOpening *opening, gpointer user_data)
{
  OpeningRig *rig = user_data;
  GBytes     *body = ws_server_opening_get_body (opening);

  g_string_append_printf (
      rig->log, "%s %s %.*s ",
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
  OpeningRig *rig = user_data;

  g_string_append_printf (rig->log, "refused %u ", fault->status);
}

static gboolean
on_wants_http (WsServerOpening *opening, gpointer user_data)
{
  return TRUE;
}

static const WsServerOpeningSink sink = { .request = on_request,
                                          .refused = on_refused,
                                          .gone = opening_rig_on_gone,
                                          .wants_http = on_wants_http };

/* @timeout: ms; 0: none */
static void
begin (OpeningRig *rig, guint timeout)
{
  WsServerOpeningOptions options = { .timeout = timeout };

  opening_rig_begin (rig, &options, &sink);
}

/* Once a timer that begins now has fired, one as long that began before has. */
static gboolean
on_elapsed (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
  return G_SOURCE_REMOVE;
}

static void
let_pass (OpeningRig *rig, guint ms)
{
  gboolean is_over = FALSE;
  g_autoptr (GSource) source = g_timeout_source_new (ms);

  g_source_set_callback (source, on_elapsed, &is_over, NULL);
  g_source_attach (source, rig->context);
  ws_test_until (rig->context, is_over);
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
test_splits (OpeningRig *rig, gconstpointer data)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    for (gsize split = 1; split <= strlen (rows[i].input); split++)
      {
        const char *input = rows[i].input;

        begin (rig, 0);
        opening_rig_say (rig, input, split);
        opening_rig_settle (rig);
        if (split < strlen (input))
          opening_rig_say (rig, input + split, strlen (input) - split);
        opening_rig_expect_log (rig, rows[i].log);
        g_assert_cmpuint (rig->answer->len, ==, 0);
        opening_rig_end (rig);
      }
}

/* 9110, 10.1.1: whoever waits is told to go on; who does not need not be. */
static void
test_greeting (OpeningRig *rig, gconstpointer data)
{
  static const char waits[]
      = POST "Content-Length: 5\r\nExpect: 100-continue\r\n\r\n";
  static const char old[] = "POST /form HTTP/1.0\r\nContent-Length: 5\r\n"
                            "Expect: 100-continue\r\n\r\n";
  static const char at_once[]
      = POST "Content-Length: 5\r\nExpect: 100-continue\r\n\r\nhello";
  static const char empty[]
      = POST "Content-Length: 0\r\nExpect: 100-continue\r\n\r\n";

  begin (rig, 0);
  opening_rig_say (rig, waits, strlen (waits));
  ws_test_until (rig->context, g_str_has_suffix (rig->answer->str, "\r\n\r\n"));
  g_assert_cmpstr (rig->answer->str, ==, "HTTP/1.1 100 Continue\r\n\r\n");
  opening_rig_say (rig, "hello", 5);
  opening_rig_expect_log (rig, "http /form hello ");
  opening_rig_end (rig);
  begin (rig, 0);
  opening_rig_say (rig, old, strlen (old));
  opening_rig_settle (rig);
  g_assert_cmpuint (rig->answer->len, ==, 0);
  opening_rig_end (rig);
  begin (rig, 0);
  opening_rig_say (rig, at_once, strlen (at_once));
  opening_rig_expect_log (rig, "http /form hello ");
  g_assert_cmpuint (rig->answer->len, ==, 0);
  opening_rig_end (rig);
  begin (rig, 0);
  opening_rig_say (rig, empty, strlen (empty));
  opening_rig_expect_log (rig, "http /form - ");
}

/* A body that never ends does not outlast the time-out. */
static void
test_slow_body (OpeningRig *rig, gconstpointer data)
{
  begin (rig, 20);
  opening_rig_say (rig, POST "Content-Length: 5\r\n\r\nhell",
                   strlen (POST "Content-Length: 5\r\n\r\nhell"));
  opening_rig_expect_log (rig, "late ");
}

/* What another reader has read comes first, and nobody is called at once. */
static void
test_push_input (OpeningRig *rig, gconstpointer data)
{
  static const char handshake[] = HANDSHAKE;

  begin (rig, 0);
  ws_server_opening_push_input (rig->opening, handshake, strlen (handshake));
  g_assert_cmpuint (rig->log->len, ==, 0);
  opening_rig_expect_log (rig, "ws /chat - ");
  opening_rig_end (rig);
  begin (rig, 0);
  ws_server_opening_push_input (rig->opening, handshake, 20);
  opening_rig_say (rig, handshake + 20, strlen (handshake) - 20);
  opening_rig_expect_log (rig, "ws /chat - ");
  opening_rig_end (rig);
  begin (rig, 0);
  ws_server_opening_push_input (rig->opening, "nonsense\r\n", 10);
  opening_rig_expect_log (rig, "refused 400 ");
  opening_rig_end (rig);
  begin (rig, 0);
  ws_server_opening_push_input (rig->opening, handshake, 20);
  opening_rig_end (rig);
  opening_rig_settle (rig);
}

/* --- Waiting for the verdict --- */

static void
test_wait (OpeningRig *rig, gconstpointer data)
{
  const WsHttpAnswer answer = { .status = 200 };

  /* Long enough for the request itself, on a slow machine. */
  begin (rig, 400);
  opening_rig_say (rig, HANDSHAKE, strlen (HANDSHAKE));
  ws_test_until (rig->context, rig->log->len > 0);
  ws_server_opening_wait (rig->opening);
  let_pass (rig, 500);
  opening_rig_expect_log (rig, "ws /chat - ");
  ws_server_opening_answer (rig->opening, &answer, NULL);
  ws_test_until (rig->context, rig->at_end);
  g_assert_true (g_str_has_prefix (rig->answer->str, "HTTP/1.1 200 OK"));
}

/* Who sends and sends meanwhile is not read any more. */
static void
test_impatient (OpeningRig *rig, gconstpointer data)
{
  char           junk[4096] = { 0 };
  gsize          sent = 0;
  WsServerOpened opened;

  begin (rig, 0);
  opening_rig_say (rig, HANDSHAKE, strlen (HANDSHAKE));
  ws_test_until (rig->context, rig->log->len > 0);
  for (guint i = 0; i < 1000; i++)
    {
      gssize n
          = send (rig->peer, junk, sizeof junk, MSG_NOSIGNAL | MSG_DONTWAIT);

      sent += MAX (n, 0);
      opening_rig_settle (rig);
    }
  g_assert_cmpuint (sent, <, 1000 * sizeof junk);
  opening_rig_expect_log (rig, "ws /chat - ");
  opened = ws_server_opening_steal (rig->opening);
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
test_slow_reader (OpeningRig *rig, gconstpointer data)
{
  g_autoptr (GBytes) body = g_bytes_new_take (g_malloc0 (BIG), BIG);
  const WsHttpAnswer answer = { .status = 200 };

  begin (rig, 400);
  opening_rig_say (rig, "GET /big HTTP/1.0\r\n\r\n", 21);
  ws_test_until (rig->context, rig->log->len > 0);
  opening_rig_set_reading (rig, FALSE);
  ws_server_opening_answer (rig->opening, &answer, body);
  opening_rig_expect_log (rig, "http /big - late ");
  opening_rig_end (rig);
  begin (rig, 1000);
  opening_rig_say (rig, "GET /big HTTP/1.0\r\n\r\n", 21);
  ws_test_until (rig->context, rig->log->len > 0);
  opening_rig_set_reading (rig, FALSE);
  ws_server_opening_answer (rig->opening, &answer, body);
  for (guint i = 0; i < 6 && rig->opening != NULL; i++)
    {
      gsize before = rig->answer->len;

      let_pass (rig, 200);
      opening_rig_set_reading (rig, TRUE);
      ws_test_until (rig->context, rig->answer->len > before + 512 * 1024);
      opening_rig_set_reading (rig, FALSE);
    }
  opening_rig_set_reading (rig, TRUE);
  ws_test_until (rig->context, rig->at_end);
  g_assert_cmpuint (rig->answer->len, >, BIG);
}

static void
test_free_while_answering (OpeningRig *rig, gconstpointer data)
{
  g_autoptr (GBytes) body = g_bytes_new_take (g_malloc0 (BIG), BIG);
  const WsHttpAnswer answer = { .status = 200 };

  begin (rig, 0);
  opening_rig_say (rig, "GET /big HTTP/1.0\r\n\r\n", 21);
  ws_test_until (rig->context, rig->log->len > 0);
  opening_rig_set_reading (rig, FALSE);
  ws_server_opening_answer (rig->opening, &answer, body);
  opening_rig_settle (rig);
  opening_rig_end (rig);
  begin (rig, 0);
  opening_rig_say (rig, "GET /big HTTP/1.0\r\n\r\n", 21);
  ws_test_until (rig->context, rig->log->len > 0);
  opening_rig_set_reading (rig, FALSE);
  ws_server_opening_answer (rig->opening, &answer, body);
  opening_rig_settle (rig);
  close (rig->peer);
  rig->peer = -1;
  opening_rig_expect_log (rig, "http /big - lost ");
}

/* Whoever stops taking an answer is seen to stall, until more is taken. */
static void
test_stalled (OpeningRig *rig, gconstpointer data)
{
  g_autoptr (GBytes) body = g_bytes_new_take (g_malloc0 (BIG), BIG);
  const WsHttpAnswer answer = { .status = 200 };

  begin (rig, 0);
  opening_rig_say (rig, "GET /big HTTP/1.0\r\n\r\n", 21);
  ws_test_until (rig->context, rig->log->len > 0);
  g_assert_true (ws_server_opening_is_asking (rig->opening));
  opening_rig_set_reading (rig, FALSE);
  ws_server_opening_answer (rig->opening, &answer, body);
  g_assert_false (ws_server_opening_is_asking (rig->opening));
  g_assert_true (ws_server_opening_is_answering (rig->opening));
  g_assert_false (ws_server_opening_is_stalled (rig->opening));
  while (!ws_server_opening_is_stalled (rig->opening))
    let_pass (rig, 50);
  opening_rig_set_reading (rig, TRUE);
  ws_test_until (rig->context, !ws_server_opening_is_stalled (rig->opening));
  g_assert_true (ws_server_opening_is_answering (rig->opening));
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
test_hurry (OpeningRig *rig, gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);

  begin (rig, hurries[i].timeout);
  if (!hurries[i].is_put_off)
    ws_server_opening_hurry (rig->opening);
  opening_rig_say (rig, hurries[i].input, strlen (hurries[i].input));
  if (hurries[i].is_put_off)
    {
      ws_test_until (rig->context, rig->log->len > 0);
      ws_server_opening_wait (rig->opening);
      ws_server_opening_hurry (rig->opening);
    }
  opening_rig_expect_log (rig, hurries[i].log);
  ws_test_until (rig->context, rig->at_end);
  g_assert_true (g_str_has_prefix (rig->answer->str, "HTTP/1.1 503 "));
}

/* What comes in time is asked about as ever, and put off as long as that may
 * be. */
static void
test_hurry_in_time (OpeningRig *rig, gconstpointer data)
{
  begin (rig, WS_TEST_DEADLINE * 1000);
  opening_rig_say (rig, HANDSHAKE, 30);
  opening_rig_settle (rig);
  ws_server_opening_hurry (rig->opening);
  ws_server_opening_hurry (rig->opening);
  opening_rig_say (rig, HANDSHAKE + 30, strlen (HANDSHAKE) - 30);
  opening_rig_expect_log (rig, "ws /chat - ");
  ws_server_opening_wait (rig->opening);
  let_pass (rig, 100);
  g_assert_true (ws_server_opening_is_asking (rig->opening));
}

/* --- Our own loop is late --- */

static const struct
{
  const char *before; /* the peer sends, while the loop is blocked */
  const char *after;
  const char *log;
} blocked[] = {
  { POST "Content-Le", "ngth: 2\r\n\r\nhi", "http /form hi " },
  { POST "Content-Length: 2\r\n\r\nh", "i", "http /form hi " },
  { POST "Content-Le", "", "late " },
  { "", "", "late " },
};

/* What came meanwhile counts, and the peer gets time for the rest. */
static void
test_blocked_loop (OpeningRig *rig, gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (blocked); i++)
    {
      begin (rig, 300);
      opening_rig_say (rig, blocked[i].before, strlen (blocked[i].before));
      ws_test_block (350);
      g_main_context_iteration (rig->context, FALSE);
      g_assert_cmpstr (rig->log->str, ==,
                       *blocked[i].before == 0 ? "late " : "");
      if (rig->opening != NULL)
        opening_rig_say (rig, blocked[i].after, strlen (blocked[i].after));
      opening_rig_expect_log (rig, blocked[i].log);
      opening_rig_end (rig);
    }
}

static void
add (const char *name, void (*test) (OpeningRig *, gconstpointer))
{
  g_autofree char *path
      = g_strdup_printf ("/engine/server-opening-http/%s", name);

  g_test_add (path, OpeningRig, NULL, opening_rig_set_up, test,
              opening_rig_tear_down);
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
  add ("blocked-loop", test_blocked_loop);
  for (guint i = 0; i < G_N_ELEMENTS (hurries); i++)
    {
      g_autofree char *path = g_strconcat ("/engine/server-opening-http/hurry/",
                                           hurries[i].name, NULL);

      g_test_add (path, OpeningRig, GUINT_TO_POINTER (i), opening_rig_set_up,
                  test_hurry, opening_rig_tear_down);
    }
  return g_test_run ();
}
