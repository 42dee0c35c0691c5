/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "client-rig.h"

#include <string.h>
#include <sys/socket.h>

/* --- Good answers --- */

static void
test_good (ClientRig *rig, gconstpointer data)
{
  g_autofree char *answer = NULL;

  client_rig_begin_and_read (rig);
  g_assert_true (
      g_str_has_prefix (rig->request->str, "GET /chat?x HTTP/1.1\r\n"));
  g_assert_nonnull (
      strstr (rig->request->str, "\r\nOrigin: http://example.com\r\n"));
  g_assert_nonnull (
      strstr (rig->request->str, "\r\nSec-WebSocket-Protocol: a, b\r\n"));
  answer = client_rig_make_answer (rig);
  client_rig_say_text (rig, answer);
  client_rig_expect_opened (rig, "");
}

/* Qt: tst_QWebSocket::customHeader, QTBUG-102111; with the first bytes of the
 * connection right behind. */
static void
test_splits (ClientRig *rig, gconstpointer data)
{
  gsize len = G_MAXSIZE;

  for (gsize split = 1; split < len; split += 3)
    {
      g_autofree char *answer = NULL;
      g_autofree char *all = NULL;

      client_rig_begin_and_read (rig);
      answer = client_rig_make_answer (rig);
      all = g_strconcat (answer, "rest", NULL);
      len = strlen (all);
      client_rig_say (rig, all, split);
      client_rig_settle (rig);
      client_rig_say (rig, all + split, len - split);
      client_rig_expect_opened (rig, "rest");
      client_rig_end (rig);
    }
}

static void
test_byte_by_byte (ClientRig *rig, gconstpointer data)
{
  g_autofree char *answer = NULL;

  client_rig_begin_and_read (rig);
  answer = client_rig_make_answer (rig);
  for (const char *p = answer; *p != '\0'; p++)
    {
      client_rig_say (rig, p, 1);
      client_rig_settle (rig);
    }
  client_rig_expect_opened (rig, "");
}

/* RFC 9110, 15.2: interim answers are passed over. */
static void
test_interim (ClientRig *rig, gconstpointer data)
{
  static const char interim[] = "HTTP/1.1 100 Continue\r\n\r\n"
                                "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n";
  g_autofree char  *answer = NULL;
  g_autofree char  *all = NULL;

  client_rig_begin_and_read (rig);
  answer = client_rig_make_answer (rig);
  all = g_strconcat (interim, answer, "rest", NULL);
  client_rig_say_text (rig, all);
  client_rig_expect_opened (rig, "rest");
  client_rig_end (rig);

  client_rig_begin_and_read (rig);
  g_free (answer);
  answer = client_rig_make_answer (rig);
  for (const char *p = interim; *p != '\0'; p++)
    {
      client_rig_say (rig, p, 1);
      client_rig_settle (rig);
    }
  client_rig_say_text (rig, answer);
  client_rig_expect_opened (rig, "");
}

/* A server that closes right behind its answer has answered all the same. */
static void
test_answer_and_end (ClientRig *rig, gconstpointer data)
{
  g_autofree char *answer = NULL;

  client_rig_begin_and_read (rig);
  answer = client_rig_make_answer (rig);
  client_rig_say_text (rig, answer);
  g_assert_no_errno (shutdown (rig->server, SHUT_WR));
  client_rig_expect_opened (rig, "");
}

/* The owner may take its time: it is called once, and nothing is read. */
static void
test_stolen_later (ClientRig *rig, gconstpointer data)
{
  g_autofree char *answer = NULL;

  client_rig_begin_and_read (rig);
  answer = client_rig_make_answer (rig);
  client_rig_say_text (rig, answer);
  client_rig_expect_log (rig, "opened ");
  client_rig_say_text (rig, "rest");
  client_rig_settle (rig);
  client_rig_expect_opened (rig, "rest");
}

/* --- Bad answers --- */

typedef struct
{
  const char *name;
  const char *answer;  /* %s: the accept key */
  const char *message; /* is a part of the error's */
} Refusal;

#define HEAD            "HTTP/1.1 101 Switching\r\n"
#define UPGRADE         "Upgrade: websocket\r\n"
#define CONNECTION      "Connection: Upgrade\r\n"
#define REFUSED(status) "HTTP/1.1 " status "\r\nContent-Length: 0\r\n\r\n"

static const Refusal refusals[] = {
  { "200", REFUSED ("200 OK"), "200" },
  { "301", REFUSED ("301 Moved\r\nLocation: /"), "301" },
  { "400", REFUSED ("400 Bad Request"), "400" },
  { "401", REFUSED ("401 Unauthorized"), "401" },
  { "403", REFUSED ("403 Forbidden"), "403" },
  { "404", REFUSED ("404 Not Found"), "404" },
  { "426", REFUSED ("426 Upgrade Required"), "426" },
  { "500", REFUSED ("500 Error"), "500" },
  /* Without a length: the client waits for the end of the body, for a while. */
  { "503", "HTTP/1.1 503 Unavailable\r\n\r\nbody", "503" },
  { "bad key",
    HEAD UPGRADE CONNECTION
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n",
    "Accept" },
  { "no key", HEAD UPGRADE CONNECTION "\r\n", "Accept" },
  { "no upgrade", HEAD CONNECTION "\r\n", "Upgrade" },
  { "no connection", HEAD UPGRADE "\r\n", "Connection" },
  { "garbage", "\x16\x03\x01 what?", "" },
  { "no HTTP", "220 smtp.example.com\r\n\r\n", "" },
};

static void
test_refusals (ClientRig *rig, gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++)
    {
      const Refusal *row = &refusals[i];

      g_test_message ("%s", row->name);
      client_rig_begin_and_read (rig);
      client_rig_say_text (rig, row->answer);
      client_rig_expect_failed (rig, WS_ENGINE_ERROR,
                                WS_ENGINE_ERROR_HANDSHAKE_REJECTED);
      g_test_message ("%s", rig->error->message);
      g_assert_nonnull (strstr (rig->error->message, row->message));
      ws_test_until (rig->context, rig->at_end);
      client_rig_end (rig);
    }
}

/* A good answer with one field more, of @count times @filler. @limit
 * (nullable): which one refuses it. */
static void
check_padded (ClientRig  *rig,
              const char *filler,
              guint       count,
              const char *limit)
{
  g_autoptr (GString) all = NULL;
  g_autofree char *answer = NULL;

  client_rig_begin_and_read (rig);
  answer = client_rig_make_answer (rig);
  all = g_string_new (answer);
  g_string_truncate (all, all->len - 2);
  for (guint i = 0; i < count; i++)
    g_string_append (all, filler);
  g_string_append (all, "\r\n");
  if (!g_str_has_suffix (filler, "\n"))
    g_string_append (all, "\r\n");
  /* Too much: the client closes before all is sent. */
  send (rig->server, all->str, all->len, MSG_NOSIGNAL);
  if (limit == NULL)
    client_rig_expect_opened (rig, "");
  else
    {
      client_rig_expect_failed (rig, WS_ENGINE_ERROR,
                                WS_ENGINE_ERROR_HANDSHAKE_REJECTED);
      g_assert_nonnull (strstr (rig->error->message, limit));
    }
  client_rig_end (rig);
}

static void
test_limits (ClientRig *rig, gconstpointer data)
{
  check_padded (rig, "X:yyyyyy", 2048, NULL);
  check_padded (rig, "X:yyyyyy", 2049, "max-header-line-size (16384 bytes)");
  check_padded (rig, "X: y\r\n", 196, NULL);
  check_padded (rig, "X: y\r\n", 197, "max-header-count (200)");
}

static void
test_own_limits (ClientRig *rig, gconstpointer data)
{
  const WsHttpLimits           limits = { 300, 60, 5 };
  const WsClientOpeningOptions options
      = { .timeout = WS_TEST_DEADLINE * 1000, .limits = &limits };
  const char *answers[][2] = {
    { "HTTP/1.1 101 x\r\nA: b\r\nA: b\r\nA: b\r\nA: b\r\nA: b\r\nA: b\r\n",
      "max-header-count (5)" },
    /* An interim response does not change them. */
    { "HTTP/1.1 103 x\r\n\r\nHTTP/1.1 101 Switching to some protocol of "
      "which nothing is known\r\n",
      "max-header-line-size (60 bytes)" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      client_rig_begin_with (rig, &options);
      ws_test_until (rig->context, rig->request->len > 0);
      client_rig_say_text (rig, answers[i][0]);
      client_rig_expect_failed (rig, WS_ENGINE_ERROR,
                                WS_ENGINE_ERROR_HANDSHAKE_REJECTED);
      g_assert_nonnull (strstr (rig->error->message, answers[i][1]));
      client_rig_end (rig);
    }
}

/* --- Servers that do not answer --- */

static void
test_closed_early (ClientRig *rig, gconstpointer data)
{
  gsize len = G_MAXSIZE;

  for (gsize n = 0; n < len; n += 7)
    {
      g_autofree char *answer = NULL;

      client_rig_begin_and_read (rig);
      answer = client_rig_make_answer (rig);
      len = strlen (answer);
      if (n > 0)
        client_rig_say (rig, answer, n);
      client_rig_close_server (rig);
      client_rig_expect_failed (rig, WS_ENGINE_ERROR,
                                WS_ENGINE_ERROR_PEER_GONE);
      client_rig_end (rig);
    }
}

static void
test_reset (ClientRig *rig, gconstpointer data)
{
  struct linger linger = { .l_onoff = 1 };

  client_rig_begin_and_read (rig);
  g_assert_no_errno (
      setsockopt (rig->server, SOL_SOCKET, SO_LINGER, &linger, sizeof linger));
  client_rig_close_server (rig);
  client_rig_expect_failed (rig, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED);
}

/* A server accepts, reads, begins an answer, and then is silent. */
static void
test_timeout (ClientRig *rig, gconstpointer data)
{
  WsClientOpeningOptions options = { .timeout = 50 };

  ws_listener_set_accepting (rig->listener, FALSE);
  client_rig_begin_with (rig, &options);
  client_rig_expect_failed (rig, WS_ENGINE_ERROR, WS_ENGINE_ERROR_TIMED_OUT);
  g_assert_nonnull (strstr (rig->error->message, "127.0.0.1"));
  g_assert_nonnull (strstr (rig->error->message, "50 ms"));
  ws_listener_set_accepting (rig->listener, TRUE);
  ws_test_until (rig->context, rig->at_end);
  client_rig_end (rig);

  options.timeout = 200;
  client_rig_begin_with (rig, &options);
  ws_test_until (rig->context, rig->server >= 0);
  client_rig_say_text (rig, HEAD UPGRADE);
  client_rig_expect_failed (rig, WS_ENGINE_ERROR, WS_ENGINE_ERROR_TIMED_OUT);
}

static const char *const subprotocols[] = { "a", "b", NULL };

static const WsClientOpeningOptions impatient
    = { .subprotocols = subprotocols, .timeout = 200 };

/* Our own loop is blocked for longer than the time-out, while the dialling is
 * under way. */
static void
test_blocked_dialling (ClientRig *rig, gconstpointer data)
{
  g_autofree char *answer = NULL;

  client_rig_begin_with (rig, &impatient);
  ws_test_block (400);
  client_rig_expect_request (rig);
  answer = client_rig_make_answer (rig);
  client_rig_say_text (rig, answer);
  client_rig_expect_opened (rig, "");
}

/* What came while our own loop was blocked counts, and the server gets time for
 * the rest; one that has said nothing gets none. */
static void
test_blocked_answer (ClientRig *rig, gconstpointer data)
{
  for (guint is_silent = 0; is_silent < 2; is_silent++)
    {
      g_autofree char *answer = NULL;

      client_rig_begin_with (rig, &impatient);
      client_rig_expect_request (rig);
      answer = client_rig_make_answer (rig);
      if (!is_silent)
        client_rig_say (rig, answer, 20);
      ws_test_block (400);
      g_main_context_iteration (rig->context, FALSE);
      if (is_silent)
        {
          client_rig_expect_failed (rig, WS_ENGINE_ERROR,
                                    WS_ENGINE_ERROR_TIMED_OUT);
          break;
        }
      client_rig_say_text (rig, answer + 20);
      client_rig_expect_opened (rig, "");
      client_rig_end (rig);
    }
}

static void
test_refused_connection (ClientRig *rig, gconstpointer data)
{
  client_rig_stop_listening (rig);
  client_rig_begin (rig);
  client_rig_expect_failed (rig, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);
}

/* What cannot be asked fails as everything else does: not from inside. */
static void
test_bad_request (ClientRig *rig, gconstpointer data)
{
  WsClientOpeningOptions options = { .origin = "a\r\nInjected: b" };

  client_rig_begin_with (rig, &options);
  client_rig_expect_failed (rig, WS_ENGINE_ERROR,
                            WS_ENGINE_ERROR_INVALID_REQUEST);
  g_assert_cmpint (rig->server, ==, -1);
}

/* --- Freeing --- */

static void
test_cancel (ClientRig *rig, gconstpointer data)
{
  g_autofree char *answer = NULL;

  client_rig_begin (rig);
  client_rig_end (rig);
  client_rig_begin (rig);
  ws_test_until (rig->context, rig->server >= 0);
  client_rig_end (rig);
  client_rig_begin_and_read (rig);
  client_rig_end (rig);
  client_rig_begin_and_read (rig);
  answer = client_rig_make_answer (rig);
  client_rig_say (rig, answer, 20);
  client_rig_settle (rig);
  g_assert_cmpuint (rig->log->len, ==, 0);
  client_rig_free_opening (rig);
  ws_test_until (rig->context, rig->at_end);
  client_rig_end (rig);
  client_rig_begin_and_read (rig);
  g_free (answer);
  answer = client_rig_make_answer (rig);
  client_rig_say_text (rig, answer);
  client_rig_expect_log (rig, "opened ");
  client_rig_free_opening (rig);
  ws_test_until (rig->context, rig->at_end);
}

static void
test_free_inside (ClientRig *rig, gconstpointer data)
{
  WsClientOpeningOptions options = { .origin = "a\r\nb" };
  g_autofree char       *answer = NULL;

  rig->frees = TRUE;
  client_rig_begin_and_read (rig);
  answer = client_rig_make_answer (rig);
  client_rig_say_text (rig, answer);
  client_rig_expect_log (rig, "opened ");
  client_rig_end (rig);
  client_rig_begin_and_read (rig);
  client_rig_say_text (rig, "garbage\r\n\r\n");
  client_rig_expect_log (rig, "failed ");
  client_rig_end (rig);
  client_rig_begin_and_read (rig);
  client_rig_close_server (rig);
  client_rig_expect_log (rig, "failed ");
  client_rig_end (rig);
  client_rig_begin_with (rig, &options);
  client_rig_expect_log (rig, "failed ");
  client_rig_end (rig);
  options = (WsClientOpeningOptions){ .timeout = 1 };
  client_rig_begin_with (rig, &options);
  client_rig_expect_log (rig, "failed ");
  client_rig_end (rig);
  client_rig_stop_listening (rig);
  client_rig_begin (rig);
  client_rig_expect_log (rig, "failed ");
}

static void
add (const char *name, void (*test) (ClientRig *, gconstpointer))
{
  g_autofree char *path = g_strdup_printf ("/engine/client-opening/%s", name);

  g_test_add (path, ClientRig, NULL, client_rig_set_up, test,
              client_rig_tear_down);
}

int
main (int argc, char *argv[])
{
  /* A desktop's resolver reads settings, which an isolated test has not. */
  ws_test_init (&argc, &argv);

  add ("good", test_good);
  add ("splits", test_splits);
  add ("byte-by-byte", test_byte_by_byte);
  add ("interim", test_interim);
  add ("answer-and-end", test_answer_and_end);
  add ("stolen-later", test_stolen_later);
  add ("refusals", test_refusals);
  add ("limits", test_limits);
  add ("own-limits", test_own_limits);
  add ("closed-early", test_closed_early);
  add ("reset", test_reset);
  add ("timeout", test_timeout);
  add ("blocked-dialling", test_blocked_dialling);
  add ("blocked-answer", test_blocked_answer);
  add ("refused-connection", test_refused_connection);
  add ("bad-request", test_bad_request);
  add ("cancel", test_cancel);
  add ("free-inside", test_free_inside);
  return g_test_run ();
}
