/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/ws-server-opening.h"

#include "engine/ws-engine-error.h"

#include "support/ws-test.h"

#include <glib-unix.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define REQUEST                                     \
  "GET /chat?room=1 HTTP/1.1\r\n"                   \
  "Host: example.com:8080\r\n"                      \
  "Upgrade: websocket\r\n"                          \
  "Connection: keep-alive, Upgrade\r\n"             \
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" \
  "Origin: http://example.com\r\n"                  \
  "Sec-WebSocket-Protocol: chat, superchat\r\n"     \
  "Sec-WebSocket-Version: 13\r\n"                   \
  "\r\n"
/* A masked text frame, as it may come in the request's last packet. */
#define FRAME "\x81\x82\x00\x00\x00\x00Hi"

/* What the owner does in one of the sink's functions. */
typedef enum
{
  DO_NOTHING,
  DO_REFUSE, /* in request */
  DO_FREE
} Deed;

typedef struct
{
  GMainContext    *context;
  WsPoller        *poller;
  WsServerOpening *opening; /* (owned) (nullable) */
  int              peer;    /* -1: closed */
  GSource         *source;  /* (owned) (nullable): reads for the peer */
  GString         *answer;
  gboolean         at_end;
  GString         *log;
  Deed             in_request, in_refused, in_gone;
} Fixture;

static void
act (Fixture *fixture, Deed deed)
{
  WsHttpFault fault;

  switch (deed)
    {
    case DO_NOTHING:
      break;
    case DO_REFUSE:
      ws_http_fault_set (&fault, 403, "Not you");
      ws_server_opening_refuse (fixture->opening, &fault);
      break;
    case DO_FREE:
      g_clear_pointer (&fixture->opening, ws_server_opening_free);
      break;
    }
}

static void
on_request (WsServerOpening *opening, gpointer user_data)
{
  Fixture *fixture = user_data;

  g_assert_true (opening == fixture->opening);
  g_string_append (fixture->log, "request ");
  act (fixture, fixture->in_request);
}

static void
on_refused (WsServerOpening   *opening,
            const WsHttpFault *fault,
            gpointer           user_data)
{
  Fixture *fixture = user_data;

  g_assert_cmpuint (strlen (fault->message), >, 0);
  g_string_append_printf (fixture->log, "refused %u ", fault->status);
  act (fixture, fixture->in_refused);
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
  act (fixture, DO_FREE);
}

static const WsServerOpeningSink sink = { on_request, on_refused, on_gone };

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
begin_with (Fixture *fixture, const WsServerOpeningOptions *options)
{
  int fds[2];

  g_assert_no_errno (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds));
  fixture->peer = fds[1];
  fixture->at_end = FALSE;
  g_string_truncate (fixture->log, 0);
  g_string_truncate (fixture->answer, 0);
  fixture->source = g_unix_fd_source_new (fixture->peer, G_IO_IN);
  g_source_set_callback (fixture->source, G_SOURCE_FUNC (on_peer_ready),
                         fixture, NULL);
  g_source_attach (fixture->source, fixture->context);
  fixture->opening
      = ws_server_opening_new (ws_transport_new_for_fd (fixture->poller,
                                                        fds[0]),
                               options, &sink, fixture);
}

static void
begin (Fixture *fixture)
{
  WsServerOpeningOptions options
      = { .timeout = WS_TEST_DEADLINE * 1000, .server_name = "test" };

  begin_with (fixture, &options);
}

static void
hang_up (Fixture *fixture)
{
  if (fixture->peer < 0)
    return;
  g_source_destroy (fixture->source);
  g_clear_pointer (&fixture->source, g_source_unref);
  close (fixture->peer);
  fixture->peer = -1;
}

static void
end (Fixture *fixture)
{
  g_clear_pointer (&fixture->opening, ws_server_opening_free);
  hang_up (fixture);
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
say_text (Fixture *fixture, const char *text)
{
  say (fixture, text, strlen (text));
}

/* Waits for the log to be @expected, and looks once more. */
static void
expect_log (Fixture *fixture, const char *expected)
{
  ws_test_until (fixture->context, fixture->log->len >= strlen (expected));
  settle (fixture);
  g_assert_cmpstr (fixture->log->str, ==, expected);
  g_string_truncate (fixture->log, 0);
}

/* --- Good requests --- */

static void
expect_request (Fixture *fixture, const char *rest, gsize rest_len)
{
  const WsServerHandshake *handshake;
  WsServerOpened           opened;

  expect_log (fixture, "request ");
  handshake = ws_server_opening_get_handshake (fixture->opening);
  g_assert_cmpstr (handshake->resource, ==, "/chat?room=1");
  g_assert_cmpstr (handshake->host, ==, "example.com");
  g_assert_cmpuint (handshake->port, ==, 8080);
  g_assert_cmpstr (handshake->origin, ==, "http://example.com");
  g_assert_cmpstr (handshake->subprotocols[1], ==, "superchat");
  g_assert_nonnull (ws_server_opening_get_transport (fixture->opening));

  opened = ws_server_opening_steal (fixture->opening);
  g_clear_pointer (&fixture->opening, ws_server_opening_free);
  g_assert_cmpmem (opened.head.data, opened.head.len, REQUEST,
                   strlen (REQUEST));
  g_assert_cmpmem (opened.rest.data, opened.rest.len, rest, rest_len);
  settle (fixture);
  g_assert_false (fixture->at_end);
  ws_transport_free (opened.transport);
  ws_buffer_clear (&opened.head);
  ws_buffer_clear (&opened.rest);
  ws_test_until (fixture->context, fixture->at_end);
  g_assert_cmpuint (fixture->answer->len, ==, 0);
}

static void
test_whole (Fixture *fixture, gconstpointer data)
{
  begin (fixture);
  say_text (fixture, REQUEST);
  expect_request (fixture, NULL, 0);
}

static void
test_byte_by_byte (Fixture *fixture, gconstpointer data)
{
  begin (fixture);
  for (const char *p = REQUEST; *p != '\0'; p++)
    {
      say (fixture, p, 1);
      settle (fixture);
    }
  expect_request (fixture, NULL, 0);
}

/* With the first frame right behind it, cut everywhere: what comes before the
 * verdict is kept for the connection. */
static void
test_splits (Fixture *fixture, gconstpointer data)
{
  const char input[] = REQUEST FRAME;
  gsize total = sizeof input - 1, head = strlen (REQUEST);

  for (gsize split = 1; split <= total; split++)
    {
      begin (fixture);
      say (fixture, input, split);
      settle (fixture);
      if (split < total)
        say (fixture, input + split, total - split);
      expect_request (fixture, input + head, total - head);
      end (fixture);
    }
}

/* --- Refusals --- */

typedef struct
{
  const char *name;
  const char *request;
  guint       status;
} Refusal;

static const Refusal refusals[] = {
  { "garbage", "\x16\x03\x01 hello", 400 },
  { "no HTTP", "HELO example.com\r\n\r\n", 400 },
  { "post",
    "POST / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: "
    "Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    "Sec-WebSocket-Version: 13\r\n\r\n",
    405 },
  { "plain page", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", 426 },
  { "old version",
    "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: "
    "Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    "Sec-WebSocket-Version: 8\r\n\r\n",
    426 },
  { "bad key",
    "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: "
    "Upgrade\r\nSec-WebSocket-Key: short\r\n"
    "Sec-WebSocket-Version: 13\r\n\r\n",
    400 },
  { "no host",
    "GET / HTTP/1.1\r\nUpgrade: websocket\r\nConnection: "
    "Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    "Sec-WebSocket-Version: 13\r\n\r\n",
    400 },
  { "HTTP/1.0",
    "GET / HTTP/1.0\r\nHost: a\r\nUpgrade: websocket\r\nConnection: "
    "Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    "Sec-WebSocket-Version: 13\r\n\r\n",
    426 },
};

/* The answer is complete, our end is closed, and the peer is given time to
 * close its own. */
static void
expect_answer (Fixture *fixture, guint status)
{
  g_autofree char *line = g_strdup_printf ("HTTP/1.1 %u ", status);

  ws_test_until (fixture->context, fixture->at_end);
  g_assert_true (g_str_has_prefix (fixture->answer->str, line));
  g_assert_nonnull (strstr (fixture->answer->str, "close\r\n"));
  g_assert_nonnull (strstr (fixture->answer->str, "\r\nServer: test\r\n"));
  g_assert_nonnull (strstr (fixture->answer->str, "\r\n\r\n"));
  settle (fixture);
  g_assert_null (strstr (fixture->log->str, "gone"));
  say_text (fixture, "more that nobody reads");
  settle (fixture);
  g_assert_null (strstr (fixture->log->str, "gone"));
  g_string_truncate (fixture->log, 0);
  hang_up (fixture);
  expect_log (fixture, "gone ");
}

static void
test_refusals (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++)
    {
      const Refusal   *row = &refusals[i];
      g_autofree char *log = g_strdup_printf ("refused %u ", row->status);

      g_test_message ("%s", row->name);
      begin (fixture);
      say_text (fixture, row->request);
      ws_test_until (fixture->context, fixture->log->len > 0);
      g_assert_cmpstr (fixture->log->str, ==, log);
      expect_answer (fixture, row->status);
      end (fixture);
    }
}

/* Each byte on its own: the same answer. */
static void
test_refusals_byte_by_byte (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++)
    {
      const Refusal *row = &refusals[i];

      g_test_message ("%s", row->name);
      begin (fixture);
      for (const char *p = row->request; *p != '\0' && fixture->log->len == 0;
           p++)
        {
          say (fixture, p, 1);
          settle (fixture);
        }
      expect_answer (fixture, row->status);
      end (fixture);
    }
}

static void
test_head_limit (Fixture *fixture, gconstpointer data)
{
  WsHttpLimits limits
      = { .max_head = strlen (REQUEST), .max_line = 100, .max_lines = 10 };
  WsServerOpeningOptions options = { .timeout = WS_TEST_DEADLINE * 1000,
                                     .limits = &limits,
                                     .server_name = "test" };

  begin_with (fixture, &options);
  say_text (fixture, REQUEST);
  expect_request (fixture, NULL, 0);
  end (fixture);
  limits.max_head--;
  begin_with (fixture, &options);
  say_text (fixture, REQUEST);
  expect_answer (fixture, 431);
}

static void
test_owner_refuses (Fixture *fixture, gconstpointer data)
{
  fixture->in_request = DO_REFUSE;
  begin (fixture);
  say_text (fixture, REQUEST);
  expect_answer (fixture, 403);
  g_assert_nonnull (strstr (fixture->answer->str, "Not you"));
}

/* The verdict may come later; until then what comes is kept. */
static void
test_owner_refuses_later (Fixture *fixture, gconstpointer data)
{
  begin (fixture);
  say_text (fixture, REQUEST);
  expect_log (fixture, "request ");
  say_text (fixture, REQUEST);
  settle (fixture);
  act (fixture, DO_REFUSE);
  expect_answer (fixture, 403);
}

/* What a refused peer may still send is bounded. */
static void
test_linger_budget (Fixture *fixture, gconstpointer data)
{
  char junk[4096] = { 0 };

  begin (fixture);
  say_text (fixture, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  ws_test_until (fixture->context, fixture->at_end);
  for (guint i = 0; i < 10000 && fixture->opening != NULL; i++)
    {
      send (fixture->peer, junk, sizeof junk, MSG_NOSIGNAL | MSG_DONTWAIT);
      settle (fixture);
    }
  g_assert_null (fixture->opening);
}

/* --- Those who do not go on --- */

static void
test_timeout (Fixture *fixture, gconstpointer data)
{
  WsServerOpeningOptions options = { .timeout = 10 };

  begin_with (fixture, &options);
  expect_log (fixture, "late ");
  end (fixture);
  begin_with (fixture, &options);
  say_text (fixture, "GET / HTTP/1.1\r\nHost:");
  expect_log (fixture, "late ");
  ws_test_until (fixture->context, fixture->at_end);
  end (fixture);
  begin_with (fixture, &options);
  say_text (fixture, REQUEST);
  expect_log (fixture, "request late ");
}

/* A peer that does not close after it was refused. */
static void
test_linger_timeout (Fixture *fixture, gconstpointer data)
{
  WsServerOpeningOptions options = { .timeout = 0 };

  begin_with (fixture, &options);
  say_text (fixture, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  expect_log (fixture, "refused 426 ");
  expect_log (fixture, "gone ");
}

static void
test_vanishing (Fixture *fixture, gconstpointer data)
{
  for (gsize n = 0; n < strlen (REQUEST); n++)
    {
      begin (fixture);
      if (n > 0)
        say (fixture, REQUEST, n);
      if (n & 1)
        settle (fixture);
      hang_up (fixture);
      expect_log (fixture, n > 0 ? "lost " : "gone ");
      end (fixture);
    }
}

/* It vanishes while the owner thinks about it, and when it is refused. */
static void
test_vanishing_later (Fixture *fixture, gconstpointer data)
{
  begin (fixture);
  say_text (fixture, REQUEST);
  expect_log (fixture, "request ");
  hang_up (fixture);
  expect_log (fixture, "gone ");
  end (fixture);
  begin (fixture);
  say_text (fixture, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  hang_up (fixture);
  expect_log (fixture, "refused 426 lost ");
}

/* --- Freeing --- */

static void
test_free_inside (Fixture *fixture, gconstpointer data)
{
  fixture->in_request = fixture->in_refused = DO_FREE;
  begin (fixture);
  say_text (fixture, REQUEST);
  expect_log (fixture, "request ");
  g_assert_null (fixture->opening);
  ws_test_until (fixture->context, fixture->at_end);
  end (fixture);
  begin (fixture);
  say_text (fixture, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  expect_log (fixture, "refused 426 ");
  g_assert_null (fixture->opening);
  end (fixture);
  begin (fixture);
  say_text (fixture, "\x16\x03\x01");
  expect_log (fixture, "refused 400 ");
  g_assert_null (fixture->opening);
}

static void
test_free_outside (Fixture *fixture, gconstpointer data)
{
  begin (fixture);
  end (fixture);
  begin (fixture);
  say_text (fixture, REQUEST);
  end (fixture);
  begin (fixture);
  say_text (fixture, REQUEST);
  expect_log (fixture, "request ");
  end (fixture);
  begin (fixture);
  say_text (fixture, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  ws_test_until (fixture->context, fixture->log->len > 0);
  end (fixture);
  settle (fixture);
}

static void
add (const char *name, void (*test) (Fixture *, gconstpointer))
{
  g_autofree char *path = g_strdup_printf ("/engine/server-opening/%s", name);

  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int argc, char *argv[])
{
  ws_test_init (&argc, &argv);

  add ("whole", test_whole);
  add ("byte-by-byte", test_byte_by_byte);
  add ("splits", test_splits);
  add ("refusals", test_refusals);
  add ("refusals-byte-by-byte", test_refusals_byte_by_byte);
  add ("head-limit", test_head_limit);
  add ("owner-refuses", test_owner_refuses);
  add ("owner-refuses-later", test_owner_refuses_later);
  add ("linger-budget", test_linger_budget);
  add ("linger-timeout", test_linger_timeout);
  add ("timeout", test_timeout);
  add ("vanishing", test_vanishing);
  add ("vanishing-later", test_vanishing_later);
  add ("free-inside", test_free_inside);
  add ("free-outside", test_free_outside);
  return g_test_run ();
}
