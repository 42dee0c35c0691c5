/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "opening-rig.h"

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

/* When it does that: the rig's data. */
typedef struct
{
  Deed in_request, in_refused;
} Deeds;

static void
act (OpeningRig *rig, Deed deed)
{
  WsHttpFault fault;

  switch (deed)
    {
    case DO_NOTHING:
      break;
    case DO_REFUSE:
      ws_http_fault_set (&fault, 403, "Not you");
      ws_server_opening_refuse (rig->opening, &fault);
      break;
    case DO_FREE:
      g_clear_pointer (&rig->opening, ws_server_opening_free);
      break;
    }
}

static void
on_request (WsServerOpening *opening, gpointer user_data)
{
  OpeningRig  *rig = user_data;
  const Deeds *deeds = rig->data;

  g_assert_true (opening == rig->opening);
  g_string_append (rig->log, "request ");
  if (deeds != NULL)
    act (rig, deeds->in_request);
}

static void
on_refused (WsServerOpening   *opening,
            const WsHttpFault *fault,
            gpointer           user_data)
{
  OpeningRig  *rig = user_data;
  const Deeds *deeds = rig->data;

  g_assert_cmpuint (strlen (fault->message), >, 0);
  g_string_append_printf (rig->log, "refused %u ", fault->status);
  if (deeds != NULL)
    act (rig, deeds->in_refused);
}

static const WsServerOpeningSink sink
    = { on_request, on_refused, opening_rig_on_gone };

static void
begin (OpeningRig *rig)
{
  WsServerOpeningOptions options
      = { .timeout = WS_TEST_DEADLINE * 1000, .server_name = "test" };

  opening_rig_begin (rig, &options, &sink);
}

static void
say_text (OpeningRig *rig, const char *text)
{
  opening_rig_say (rig, text, strlen (text));
}

/* --- Good requests --- */

static void
expect_request (OpeningRig *rig, const char *rest, gsize rest_len)
{
  const WsServerHandshake *handshake;
  WsServerOpened           opened;

  opening_rig_expect_log (rig, "request ");
  handshake = ws_server_opening_get_handshake (rig->opening);
  g_assert_cmpstr (handshake->resource, ==, "/chat?room=1");
  g_assert_cmpstr (handshake->host, ==, "example.com");
  g_assert_cmpuint (handshake->port, ==, 8080);
  g_assert_cmpstr (handshake->origin, ==, "http://example.com");
  g_assert_cmpstr (handshake->subprotocols[1], ==, "superchat");
  g_assert_nonnull (ws_server_opening_get_transport (rig->opening));

  opened = ws_server_opening_steal (rig->opening);
  g_clear_pointer (&rig->opening, ws_server_opening_free);
  g_assert_cmpmem (opened.head.data, opened.head.len, REQUEST,
                   strlen (REQUEST));
  g_assert_cmpmem (opened.rest.data, opened.rest.len, rest, rest_len);
  opening_rig_settle (rig);
  g_assert_false (rig->at_end);
  ws_transport_free (opened.transport);
  ws_buffer_clear (&opened.head);
  ws_buffer_clear (&opened.rest);
  ws_test_until (rig->context, rig->at_end);
  g_assert_cmpuint (rig->answer->len, ==, 0);
}

static void
test_whole (OpeningRig *rig, gconstpointer data)
{
  begin (rig);
  say_text (rig, REQUEST);
  expect_request (rig, NULL, 0);
}

static void
test_byte_by_byte (OpeningRig *rig, gconstpointer data)
{
  begin (rig);
  for (const char *p = REQUEST; *p != '\0'; p++)
    {
      opening_rig_say (rig, p, 1);
      opening_rig_settle (rig);
    }
  expect_request (rig, NULL, 0);
}

/* With the first frame right behind it, cut everywhere: what comes before the
 * verdict is kept for the connection. */
static void
test_splits (OpeningRig *rig, gconstpointer data)
{
  const char input[] = REQUEST FRAME;
  gsize total = sizeof input - 1, head = strlen (REQUEST);

  for (gsize split = 1; split <= total; split++)
    {
      begin (rig);
      opening_rig_say (rig, input, split);
      opening_rig_settle (rig);
      if (split < total)
        opening_rig_say (rig, input + split, total - split);
      expect_request (rig, input + head, total - head);
      opening_rig_end (rig);
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
expect_answer (OpeningRig *rig, guint status)
{
  g_autofree char *line = g_strdup_printf ("HTTP/1.1 %u ", status);

  ws_test_until (rig->context, rig->at_end);
  g_assert_true (g_str_has_prefix (rig->answer->str, line));
  g_assert_nonnull (strstr (rig->answer->str, "close\r\n"));
  g_assert_nonnull (strstr (rig->answer->str, "\r\nServer: test\r\n"));
  g_assert_nonnull (strstr (rig->answer->str, "\r\n\r\n"));
  opening_rig_settle (rig);
  g_assert_null (strstr (rig->log->str, "gone"));
  say_text (rig, "more that nobody reads");
  opening_rig_settle (rig);
  g_assert_null (strstr (rig->log->str, "gone"));
  g_string_truncate (rig->log, 0);
  opening_rig_hang_up (rig);
  opening_rig_expect_log (rig, "gone ");
}

static void
test_refusals (OpeningRig *rig, gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++)
    {
      const Refusal   *row = &refusals[i];
      g_autofree char *log = g_strdup_printf ("refused %u ", row->status);

      g_test_message ("%s", row->name);
      begin (rig);
      say_text (rig, row->request);
      ws_test_until (rig->context, rig->log->len > 0);
      g_assert_cmpstr (rig->log->str, ==, log);
      expect_answer (rig, row->status);
      opening_rig_end (rig);
    }
}

/* Each byte on its own: the same answer. */
static void
test_refusals_byte_by_byte (OpeningRig *rig, gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++)
    {
      const Refusal *row = &refusals[i];

      g_test_message ("%s", row->name);
      begin (rig);
      for (const char *p = row->request; *p != '\0' && rig->log->len == 0; p++)
        {
          opening_rig_say (rig, p, 1);
          opening_rig_settle (rig);
        }
      expect_answer (rig, row->status);
      opening_rig_end (rig);
    }
}

static void
test_head_limit (OpeningRig *rig, gconstpointer data)
{
  WsHttpLimits limits
      = { .max_head = strlen (REQUEST), .max_line = 100, .max_lines = 10 };
  WsServerOpeningOptions options = { .timeout = WS_TEST_DEADLINE * 1000,
                                     .limits = &limits,
                                     .server_name = "test" };

  opening_rig_begin (rig, &options, &sink);
  say_text (rig, REQUEST);
  expect_request (rig, NULL, 0);
  opening_rig_end (rig);
  limits.max_head--;
  opening_rig_begin (rig, &options, &sink);
  say_text (rig, REQUEST);
  expect_answer (rig, 431);
}

static void
test_owner_refuses (OpeningRig *rig, gconstpointer data)
{
  Deeds deeds = { .in_request = DO_REFUSE };

  rig->data = &deeds;
  begin (rig);
  say_text (rig, REQUEST);
  expect_answer (rig, 403);
  g_assert_nonnull (strstr (rig->answer->str, "Not you"));
}

/* The verdict may come later; until then what comes is kept. */
static void
test_owner_refuses_later (OpeningRig *rig, gconstpointer data)
{
  begin (rig);
  say_text (rig, REQUEST);
  opening_rig_expect_log (rig, "request ");
  say_text (rig, REQUEST);
  opening_rig_settle (rig);
  act (rig, DO_REFUSE);
  expect_answer (rig, 403);
}

/* What a refused peer may still send is bounded. */
static void
test_linger_budget (OpeningRig *rig, gconstpointer data)
{
  char junk[4096] = { 0 };

  begin (rig);
  say_text (rig, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  ws_test_until (rig->context, rig->at_end);
  for (guint i = 0; i < 10000 && rig->opening != NULL; i++)
    {
      send (rig->peer, junk, sizeof junk, MSG_NOSIGNAL | MSG_DONTWAIT);
      opening_rig_settle (rig);
    }
  g_assert_null (rig->opening);
}

/* --- Those who do not go on --- */

static void
test_timeout (OpeningRig *rig, gconstpointer data)
{
  WsServerOpeningOptions options = { .timeout = 10 };

  opening_rig_begin (rig, &options, &sink);
  opening_rig_expect_log (rig, "late ");
  opening_rig_end (rig);
  opening_rig_begin (rig, &options, &sink);
  say_text (rig, "GET / HTTP/1.1\r\nHost:");
  opening_rig_expect_log (rig, "late ");
  ws_test_until (rig->context, rig->at_end);
  opening_rig_end (rig);
  opening_rig_begin (rig, &options, &sink);
  say_text (rig, REQUEST);
  opening_rig_expect_log (rig, "request late ");
}

/* A peer that does not close after it was refused. */
static void
test_linger_timeout (OpeningRig *rig, gconstpointer data)
{
  WsServerOpeningOptions options = { .timeout = 0 };

  opening_rig_begin (rig, &options, &sink);
  say_text (rig, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  opening_rig_expect_log (rig, "refused 426 ");
  opening_rig_expect_log (rig, "gone ");
}

static void
test_vanishing (OpeningRig *rig, gconstpointer data)
{
  for (gsize n = 0; n < strlen (REQUEST); n++)
    {
      begin (rig);
      if (n > 0)
        opening_rig_say (rig, REQUEST, n);
      if (n & 1)
        opening_rig_settle (rig);
      opening_rig_hang_up (rig);
      opening_rig_expect_log (rig, n > 0 ? "lost " : "gone ");
      opening_rig_end (rig);
    }
}

/* A peer vanishes while the owner thinks, and when it is refused. */
static void
test_vanishing_later (OpeningRig *rig, gconstpointer data)
{
  begin (rig);
  say_text (rig, REQUEST);
  opening_rig_expect_log (rig, "request ");
  opening_rig_hang_up (rig);
  opening_rig_expect_log (rig, "lost ");
  opening_rig_end (rig);
  begin (rig);
  say_text (rig, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  opening_rig_hang_up (rig);
  opening_rig_expect_log (rig, "refused 426 lost ");
}

/* --- Freeing --- */

static void
test_free_inside (OpeningRig *rig, gconstpointer data)
{
  Deeds deeds = { DO_FREE, DO_FREE };

  rig->data = &deeds;
  begin (rig);
  say_text (rig, REQUEST);
  opening_rig_expect_log (rig, "request ");
  g_assert_null (rig->opening);
  ws_test_until (rig->context, rig->at_end);
  opening_rig_end (rig);
  begin (rig);
  say_text (rig, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  opening_rig_expect_log (rig, "refused 426 ");
  g_assert_null (rig->opening);
  opening_rig_end (rig);
  begin (rig);
  say_text (rig, "\x16\x03\x01");
  opening_rig_expect_log (rig, "refused 400 ");
  g_assert_null (rig->opening);
}

static void
test_free_outside (OpeningRig *rig, gconstpointer data)
{
  begin (rig);
  opening_rig_end (rig);
  begin (rig);
  say_text (rig, REQUEST);
  opening_rig_end (rig);
  begin (rig);
  say_text (rig, REQUEST);
  opening_rig_expect_log (rig, "request ");
  opening_rig_end (rig);
  begin (rig);
  say_text (rig, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  ws_test_until (rig->context, rig->log->len > 0);
  opening_rig_end (rig);
  opening_rig_settle (rig);
}

static void
add (const char *name, void (*test) (OpeningRig *, gconstpointer))
{
  g_autofree char *path = g_strdup_printf ("/engine/server-opening/%s", name);

  g_test_add (path, OpeningRig, NULL, opening_rig_set_up, test,
              opening_rig_tear_down);
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
