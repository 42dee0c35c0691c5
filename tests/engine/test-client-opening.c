/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/ws-client-opening.h"

#include "engine/ws-engine-error.h"
#include "net/ws-listener.h"
#include "protocol/ws-key.h"
#include "support/ws-test.h"

#include <glib-unix.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* %s: the accept key. */
#define SWITCHING                 \
  "HTTP/1.1 101 Switching\r\n"    \
  "Upgrade: websocket\r\n"        \
  "Connection: Upgrade\r\n"       \
  "Sec-WebSocket-Accept: %s\r\n"  \
  "Sec-WebSocket-Protocol: b\r\n" \
  "\r\n"

typedef struct
{
  GMainContext    *context;
  WsPoller        *poller;
  WsListener      *listener;
  WsUrl           *url;
  WsClientOpening *opening; /* (owned) (nullable) */
  int              server;  /* the accepted fd; -1: none */
  GSource         *source;  /* (owned) (nullable): reads for the server */
  GString         *request;
  gboolean         at_end; /* the client has closed */
  GString         *log;
  GError          *error;     /* (owned) (nullable) */
  gboolean         is_inside; /* of ws_client_opening_new() */
  gboolean         frees;     /* in the sink's functions */
} Fixture;

static gboolean
on_server_ready (int fd, GIOCondition condition, gpointer user_data)
{
  Fixture *fixture = user_data;
  char     data[4096];
  gssize   n = recv (fd, data, sizeof data, MSG_DONTWAIT);

  if (n > 0)
    g_string_append_len (fixture->request, data, n);
  else
    fixture->at_end = TRUE;
  return n > 0;
}

static void
close_server (Fixture *fixture)
{
  if (fixture->server < 0)
    return;
  g_source_destroy (fixture->source);
  g_clear_pointer (&fixture->source, g_source_unref);
  close (fixture->server);
  fixture->server = -1;
}

static void
on_accepted (int fd, gpointer user_data)
{
  Fixture *fixture = user_data;

  /* The connection of an attempt that was cancelled may come late. */
  close_server (fixture);
  fixture->server = fd;
  fixture->source = g_unix_fd_source_new (fd, G_IO_IN);
  g_source_set_callback (fixture->source, G_SOURCE_FUNC (on_server_ready),
                         fixture, NULL);
  g_source_attach (fixture->source, fixture->context);
}

static void
on_listener_failed (const GError *error, gpointer user_data)
{
  g_assert_not_reached ();
}

static void
free_opening (Fixture *fixture)
{
  g_clear_pointer (&fixture->opening, ws_client_opening_free);
}

static void
on_opened (WsClientOpening *opening, gpointer user_data)
{
  Fixture *fixture = user_data;

  g_assert_false (fixture->is_inside);
  g_string_append (fixture->log, "opened ");
  if (fixture->frees)
    free_opening (fixture);
}

static void
on_failed (WsClientOpening *opening, const GError *error, gpointer user_data)
{
  Fixture *fixture = user_data;

  g_assert_false (fixture->is_inside);
  g_assert_no_error (fixture->error);
  fixture->error = g_error_copy (error);
  g_string_append (fixture->log, "failed ");
  if (fixture->frees)
    free_opening (fixture);
}

static const WsClientOpeningSink sink = { on_opened, on_failed };

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GSocketAddress) any
      = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr (GSocketAddress) address = NULL;
  g_autofree char *url = NULL;

  fixture->context = g_main_context_new ();
  fixture->poller = ws_poller_get (fixture->context);
  fixture->server = -1;
  fixture->request = g_string_new (NULL);
  fixture->log = g_string_new (NULL);
  fixture->listener = ws_listener_new (fixture->poller, on_accepted,
                                       on_listener_failed, fixture);
  g_assert_true (ws_listener_add_address (fixture->listener, any, 0, NULL));
  address = ws_listener_get_address (fixture->listener);
  url = g_strdup_printf ("ws://127.0.0.1:%u/chat?x",
                         g_inet_socket_address_get_port (
                             G_INET_SOCKET_ADDRESS (address)));
  fixture->url = ws_url_parse (url, NULL);
}

static void
settle (Fixture *fixture)
{
  while (g_main_context_iteration (fixture->context, FALSE))
    ;
}

static void
stop_listening (Fixture *fixture)
{
  g_clear_pointer (&fixture->listener, ws_listener_free);
}

/* Ends an attempt: also what the dialling still holds. */
static void
end (Fixture *fixture)
{
  free_opening (fixture);
  settle (fixture);
  close_server (fixture);
  g_clear_error (&fixture->error);
  g_string_truncate (fixture->log, 0);
  g_string_truncate (fixture->request, 0);
  fixture->at_end = FALSE;
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  end (fixture);
  stop_listening (fixture);
  ws_url_free (fixture->url);
  g_string_free (fixture->request, TRUE);
  g_string_free (fixture->log, TRUE);
  ws_poller_unref (fixture->poller);
  g_main_context_unref (fixture->context);
}

static void
begin_with (Fixture *fixture, const WsClientOpeningOptions *options)
{
  fixture->is_inside = TRUE;
  fixture->opening = ws_client_opening_new (fixture->poller, fixture->url,
                                            options, &sink, fixture);
  fixture->is_inside = FALSE;
}

static void
begin (Fixture *fixture)
{
  static const char *const subprotocols[] = { "a", "b", NULL };
  WsClientOpeningOptions   options = { .origin = "http://example.com",
                                       .subprotocols = subprotocols,
                                       .timeout = WS_TEST_DEADLINE * 1000 };

  begin_with (fixture, &options);
}

static void
expect_request (Fixture *fixture)
{
  ws_test_until (fixture->context,
                 strstr (fixture->request->str, "\r\n\r\n") != NULL);
}

static void
begin_and_read (Fixture *fixture)
{
  begin (fixture);
  expect_request (fixture);
}

static void
say (Fixture *fixture, gconstpointer data, gsize len)
{
  g_assert_cmpint (send (fixture->server, data, len, MSG_NOSIGNAL), ==, len);
}

static void
say_text (Fixture *fixture, const char *text)
{
  say (fixture, text, strlen (text));
}

/* (transfer full): the good answer to the request. */
static char *
make_answer (Fixture *fixture)
{
  const char *field = strstr (fixture->request->str, "Sec-WebSocket-Key: ");
  g_autofree char *key = NULL;
  g_autofree char *accept = NULL;

  g_assert_nonnull (field);
  field += strlen ("Sec-WebSocket-Key: ");
  key = g_strndup (field, strcspn (field, "\r"));
  accept = ws_key_accept (key);
  return g_strdup_printf (SWITCHING, accept);
}

static void
expect_log (Fixture *fixture, const char *expected)
{
  ws_test_until (fixture->context, fixture->log->len > 0);
  settle (fixture);
  g_assert_cmpstr (fixture->log->str, ==, expected);
}

/* Takes what was opened, reads until there are @rest bytes behind the answer,
 * and closes. */
static void
expect_opened (Fixture *fixture, const char *rest)
{
  WsClientOpened opened;
  guint8         data[64];

  expect_log (fixture, "opened ");
  opened = ws_client_opening_steal (fixture->opening);
  free_opening (fixture);
  g_assert_cmpstr (opened.verdict.subprotocol, ==, "b");
  while (opened.rest.len < strlen (rest))
    {
      gssize n = ws_transport_read (opened.transport, data, sizeof data, NULL);

      if (n > 0)
        ws_buffer_append (&opened.rest, data, n);
      else
        g_assert_cmpint (n, ==, WS_IO_AGAIN);
    }
  g_assert_cmpmem (opened.rest.data, opened.rest.len, rest, strlen (rest));
  ws_transport_free (opened.transport);
  ws_client_verdict_clear (&opened.verdict);
  ws_buffer_clear (&opened.rest);
  ws_test_until (fixture->context, fixture->at_end);
}

/* --- Good answers --- */

static void
test_good (Fixture *fixture, gconstpointer data)
{
  g_autofree char *answer = NULL;

  begin_and_read (fixture);
  g_assert_true (
      g_str_has_prefix (fixture->request->str, "GET /chat?x HTTP/1.1\r\n"));
  g_assert_nonnull (
      strstr (fixture->request->str, "\r\nOrigin: http://example.com\r\n"));
  g_assert_nonnull (
      strstr (fixture->request->str, "\r\nSec-WebSocket-Protocol: a, b\r\n"));
  answer = make_answer (fixture);
  say_text (fixture, answer);
  expect_opened (fixture, "");
}

/* Qt: tst_QWebSocket::customHeader, QTBUG-102111; with the first bytes of the
 * connection right behind. */
static void
test_splits (Fixture *fixture, gconstpointer data)
{
  gsize len = G_MAXSIZE;

  for (gsize split = 1; split < len; split += 3)
    {
      g_autofree char *answer = NULL;
      g_autofree char *all = NULL;

      begin_and_read (fixture);
      answer = make_answer (fixture);
      all = g_strconcat (answer, "rest", NULL);
      len = strlen (all);
      say (fixture, all, split);
      settle (fixture);
      say (fixture, all + split, len - split);
      expect_opened (fixture, "rest");
      end (fixture);
    }
}

static void
test_byte_by_byte (Fixture *fixture, gconstpointer data)
{
  g_autofree char *answer = NULL;

  begin_and_read (fixture);
  answer = make_answer (fixture);
  for (const char *p = answer; *p != '\0'; p++)
    {
      say (fixture, p, 1);
      settle (fixture);
    }
  expect_opened (fixture, "");
}

/* RFC 9110, 15.2: interim answers are passed over. */
static void
test_interim (Fixture *fixture, gconstpointer data)
{
  static const char interim[] = "HTTP/1.1 100 Continue\r\n\r\n"
                                "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n";
  g_autofree char  *answer = NULL;
  g_autofree char  *all = NULL;

  begin_and_read (fixture);
  answer = make_answer (fixture);
  all = g_strconcat (interim, answer, "rest", NULL);
  say_text (fixture, all);
  expect_opened (fixture, "rest");
  end (fixture);

  begin_and_read (fixture);
  g_free (answer);
  answer = make_answer (fixture);
  for (const char *p = interim; *p != '\0'; p++)
    {
      say (fixture, p, 1);
      settle (fixture);
    }
  say_text (fixture, answer);
  expect_opened (fixture, "");
}

/* A server that closes right behind its answer has answered all the same. */
static void
test_answer_and_end (Fixture *fixture, gconstpointer data)
{
  g_autofree char *answer = NULL;

  begin_and_read (fixture);
  answer = make_answer (fixture);
  say_text (fixture, answer);
  g_assert_no_errno (shutdown (fixture->server, SHUT_WR));
  expect_opened (fixture, "");
}

/* The owner may take its time: it is called once, and nothing is read. */
static void
test_stolen_later (Fixture *fixture, gconstpointer data)
{
  g_autofree char *answer = NULL;

  begin_and_read (fixture);
  answer = make_answer (fixture);
  say_text (fixture, answer);
  expect_log (fixture, "opened ");
  say_text (fixture, "rest");
  settle (fixture);
  expect_opened (fixture, "rest");
}

/* --- Bad answers --- */

static void
expect_failed (Fixture *fixture, GQuark domain, int code)
{
  expect_log (fixture, "failed ");
  g_assert_error (fixture->error, domain, code);
  g_assert_cmpuint (strlen (fixture->error->message), >, 10);
  free_opening (fixture);
}

typedef struct
{
  const char *name;
  const char *answer;  /* %s: the accept key */
  const char *message; /* is a part of the error's */
} Refusal;

#define HEAD       "HTTP/1.1 101 Switching\r\n"
#define UPGRADE    "Upgrade: websocket\r\n"
#define CONNECTION "Connection: Upgrade\r\n"

static const Refusal refusals[] = {
  { "200", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "200" },
  { "301", "HTTP/1.1 301 Moved\r\nLocation: /\r\n\r\n", "301" },
  { "400", "HTTP/1.1 400 Bad Request\r\n\r\n", "400" },
  { "401", "HTTP/1.1 401 Unauthorized\r\n\r\n", "401" },
  { "403", "HTTP/1.1 403 Forbidden\r\n\r\n", "403" },
  { "404", "HTTP/1.1 404 Not Found\r\n\r\n", "404" },
  { "426", "HTTP/1.1 426 Upgrade Required\r\n\r\n", "426" },
  { "500", "HTTP/1.1 500 Error\r\n\r\n", "500" },
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
test_refusals (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++)
    {
      const Refusal *row = &refusals[i];

      g_test_message ("%s", row->name);
      begin_and_read (fixture);
      say_text (fixture, row->answer);
      expect_failed (fixture, WS_ENGINE_ERROR,
                     WS_ENGINE_ERROR_HANDSHAKE_REJECTED);
      g_test_message ("%s", fixture->error->message);
      g_assert_nonnull (strstr (fixture->error->message, row->message));
      ws_test_until (fixture->context, fixture->at_end);
      end (fixture);
    }
}

/* A good answer with one field more, of @count times @filler. */
static void
check_padded (Fixture *fixture, const char *filler, guint count, gboolean good)
{
  g_autoptr (GString) all = NULL;
  g_autofree char *answer = NULL;

  begin_and_read (fixture);
  answer = make_answer (fixture);
  all = g_string_new (answer);
  g_string_truncate (all, all->len - 2);
  for (guint i = 0; i < count; i++)
    g_string_append (all, filler);
  g_string_append (all, "\r\n");
  if (!g_str_has_suffix (filler, "\n"))
    g_string_append (all, "\r\n");
  /* Too much: the client closes before all is sent. */
  send (fixture->server, all->str, all->len, MSG_NOSIGNAL);
  if (good)
    expect_opened (fixture, "");
  else
    expect_failed (fixture, WS_ENGINE_ERROR,
                   WS_ENGINE_ERROR_HANDSHAKE_REJECTED);
  end (fixture);
}

static void
test_limits (Fixture *fixture, gconstpointer data)
{
  check_padded (fixture, "X:yyyyyy", 1024, TRUE);
  check_padded (fixture, "X:yyyyyy", 1025, FALSE);
  check_padded (fixture, "X: y\r\n", 96, TRUE);
  check_padded (fixture, "X: y\r\n", 97, FALSE);
}

/* --- Servers that do not answer --- */

static void
test_closed_early (Fixture *fixture, gconstpointer data)
{
  gsize len = G_MAXSIZE;

  for (gsize n = 0; n < len; n += 7)
    {
      g_autofree char *answer = NULL;

      begin_and_read (fixture);
      answer = make_answer (fixture);
      len = strlen (answer);
      if (n > 0)
        say (fixture, answer, n);
      close_server (fixture);
      expect_failed (fixture, WS_ENGINE_ERROR, WS_ENGINE_ERROR_PEER_GONE);
      end (fixture);
    }
}

static void
test_reset (Fixture *fixture, gconstpointer data)
{
  struct linger linger = { .l_onoff = 1 };

  begin_and_read (fixture);
  g_assert_no_errno (setsockopt (fixture->server, SOL_SOCKET, SO_LINGER,
                                 &linger, sizeof linger));
  close_server (fixture);
  expect_failed (fixture, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED);
}

/* It accepts, reads, begins an answer, and then is silent. */
static void
test_timeout (Fixture *fixture, gconstpointer data)
{
  WsClientOpeningOptions options = { .timeout = 50 };

  ws_listener_set_accepting (fixture->listener, FALSE);
  begin_with (fixture, &options);
  expect_failed (fixture, WS_ENGINE_ERROR, WS_ENGINE_ERROR_TIMED_OUT);
  g_assert_nonnull (strstr (fixture->error->message, "127.0.0.1"));
  g_assert_nonnull (strstr (fixture->error->message, "50 ms"));
  ws_listener_set_accepting (fixture->listener, TRUE);
  ws_test_until (fixture->context, fixture->at_end);
  end (fixture);

  options.timeout = 200;
  begin_with (fixture, &options);
  ws_test_until (fixture->context, fixture->server >= 0);
  say_text (fixture, HEAD UPGRADE);
  expect_failed (fixture, WS_ENGINE_ERROR, WS_ENGINE_ERROR_TIMED_OUT);
}

static void
test_refused_connection (Fixture *fixture, gconstpointer data)
{
  stop_listening (fixture);
  begin (fixture);
  expect_failed (fixture, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);
}

/* What cannot be asked fails as everything else does: not from inside. */
static void
test_bad_request (Fixture *fixture, gconstpointer data)
{
  WsClientOpeningOptions options = { .origin = "a\r\nInjected: b" };

  begin_with (fixture, &options);
  expect_failed (fixture, WS_ENGINE_ERROR, WS_ENGINE_ERROR_INVALID_REQUEST);
  g_assert_cmpint (fixture->server, ==, -1);
}

/* --- Freeing --- */

static void
test_cancel (Fixture *fixture, gconstpointer data)
{
  g_autofree char *answer = NULL;

  begin (fixture);
  end (fixture);
  begin (fixture);
  ws_test_until (fixture->context, fixture->server >= 0);
  end (fixture);
  begin_and_read (fixture);
  end (fixture);
  begin_and_read (fixture);
  answer = make_answer (fixture);
  say (fixture, answer, 20);
  settle (fixture);
  g_assert_cmpuint (fixture->log->len, ==, 0);
  free_opening (fixture);
  ws_test_until (fixture->context, fixture->at_end);
  end (fixture);
  begin_and_read (fixture);
  g_free (answer);
  answer = make_answer (fixture);
  say_text (fixture, answer);
  expect_log (fixture, "opened ");
  free_opening (fixture);
  ws_test_until (fixture->context, fixture->at_end);
}

static void
test_free_inside (Fixture *fixture, gconstpointer data)
{
  WsClientOpeningOptions options = { .origin = "a\r\nb" };
  g_autofree char       *answer = NULL;

  fixture->frees = TRUE;
  begin_and_read (fixture);
  answer = make_answer (fixture);
  say_text (fixture, answer);
  expect_log (fixture, "opened ");
  end (fixture);
  begin_and_read (fixture);
  say_text (fixture, "garbage\r\n\r\n");
  expect_log (fixture, "failed ");
  end (fixture);
  begin_and_read (fixture);
  close_server (fixture);
  expect_log (fixture, "failed ");
  end (fixture);
  begin_with (fixture, &options);
  expect_log (fixture, "failed ");
  end (fixture);
  options = (WsClientOpeningOptions){ .timeout = 1 };
  begin_with (fixture, &options);
  expect_log (fixture, "failed ");
  end (fixture);
  stop_listening (fixture);
  begin (fixture);
  expect_log (fixture, "failed ");
}

static void
add (const char *name, void (*test) (Fixture *, gconstpointer))
{
  g_autofree char *path = g_strdup_printf ("/engine/client-opening/%s", name);

  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int argc, char *argv[])
{
  /* A desktop's resolver reads settings, which an isolated test has not. */
  g_setenv ("GIO_USE_PROXY_RESOLVER", "dummy", TRUE);
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  add ("good", test_good);
  add ("splits", test_splits);
  add ("byte-by-byte", test_byte_by_byte);
  add ("interim", test_interim);
  add ("answer-and-end", test_answer_and_end);
  add ("stolen-later", test_stolen_later);
  add ("refusals", test_refusals);
  add ("limits", test_limits);
  add ("closed-early", test_closed_early);
  add ("reset", test_reset);
  add ("timeout", test_timeout);
  add ("refused-connection", test_refused_connection);
  add ("bad-request", test_bad_request);
  add ("cancel", test_cancel);
  add ("free-inside", test_free_inside);

  return g_test_run ();
}
