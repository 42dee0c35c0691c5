/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "http-rig.h"
#include "ssl-test.h"

#include <string.h>

/* Where a server sends its clients. */

#define LOGIN     "user:password"
#define CHALLENGE "WWW-Authenticate: Basic realm=\"shadow\"\r\n"
#define MAX_LINES 6

/* What is answered to one request after the other; then comes the upgrade. PORT
 * stands for the other rig's port, or for its own. */
typedef struct
{
  const char *answers[MAX_LINES];
  guint       port; /* 0: its own */
} Plan;

#define REDIRECT(status, location)                              \
  "HTTP/1.1 " status " Elsewhere\r\nLocation: " location "\r\n" \
  "Content-Length: 0\r\n\r\n"

static void
answer_plan (HttpVisit *visit, const char *head, gpointer user_data)
{
  const Plan *plan = user_data;
  guint       i = visit->rig->heads->len - 1;
  g_autoptr (GString) answer = NULL;
  g_autofree char *port = NULL;

  if (i >= MAX_LINES || plan->answers[i] == NULL)
    {
      http_visit_accept (visit, head);
      return;
    }
  port
      = g_strdup_printf ("%u", plan->port != 0 ? plan->port : visit->rig->port);
  answer = g_string_new (plan->answers[i]);
  g_string_replace (answer, "PORT", port, 0);
  http_visit_say (visit, answer->str);
}

/* A client of a rig, and what it says. */
typedef struct
{
  Plan       plan;
  HttpRig   *rig;
  WsSocket  *socket;
  SignalLog *log;
  char      *url;
  guint      n_redirected;
} Trip;

static void
trip_begin (Trip *self, gboolean with_tls, const char *userinfo)
{
  self->rig = http_rig_new (with_tls, answer_plan, &self->plan);
  self->socket = ssl_client_new ();
  self->log = signal_log_new (self->socket);
  self->url = http_rig_make_url (self->rig, userinfo, "/dir/here");
  ws_socket_set_max_redirects (self->socket, 5);
  api_count (self->socket, "redirected", &self->n_redirected);
}

static void
trip_open (Trip *self)
{
  g_assert_true (ws_socket_open (self->socket, self->url, NULL));
  ws_test_until (NULL,
                 ws_socket_get_state (self->socket) != WS_STATE_CONNECTING);
  g_test_message ("%s", ws_socket_get_error_string (self->socket));
}

static const char *
trip_head (Trip *self, guint i)
{
  g_assert_cmpuint (i, <, self->rig->heads->len);
  return g_ptr_array_index (self->rig->heads, i);
}

static void
trip_expect_open (Trip *self)
{
  g_assert_cmpstr (ws_socket_get_error_string (self->socket), ==, "");
  signal_log_expect (self->log, SIGNAL_LOG_OPENING " " SIGNAL_LOG_OPENED);
}

static void
trip_expect_refusal (Trip *self, const char *text)
{
  signal_log_expect (self->log, SIGNAL_LOG_OPENING
                     " error:handshake-rejected code=1006 " SIGNAL_LOG_ENDED);
  g_assert_nonnull (strstr (ws_socket_get_error_string (self->socket), text));
}

static void
trip_end (Trip *self)
{
  ws_socket_abort (self->socket);
  g_clear_pointer (&self->log, signal_log_free);
  g_assert_finalize_object (self->socket);
  http_rig_free (self->rig);
  g_free (self->url);
}

static void
assert_field (const char *head, const char *name, const char *expected)
{
  g_autofree char *value = http_head_get (head, name);

  g_assert_cmpstr (value, ==, expected);
}

/* --- Places --- */

typedef struct
{
  const char *name;
  const char *answer;
  const char *resource;
} Place;

static const Place places[] = {
  { "301", REDIRECT ("301", "/there"), "/there" },
  { "302", REDIRECT ("302", "/there"), "/there" },
  { "303", REDIRECT ("303", "/there"), "/there" },
  { "307", REDIRECT ("307", "/there"), "/there" },
  { "308", REDIRECT ("308", "/there"), "/there" },
  { "relative", REDIRECT ("302", "there?a=b"), "/dir/there?a=b" },
  { "up", REDIRECT ("302", "../there"), "/there" },
  { "query", REDIRECT ("302", "?a=b"), "/dir/here?a=b" },
  { "fragment", REDIRECT ("302", "/there#part"), "/there" },
  { "http", REDIRECT ("302", "http://127.0.0.1:PORT/there"), "/there" },
  { "http-upper", REDIRECT ("302", "HTTP://127.0.0.1:PORT/there"), "/there" },
  { "ws", REDIRECT ("302", "ws://127.0.0.1:PORT/there"), "/there" },
  { "no-scheme", REDIRECT ("302", "//127.0.0.1:PORT/there"), "/there" },
  { "no-path", REDIRECT ("302", "ws://127.0.0.1:PORT"), "/" },
  /* 9112, 5.2: a folded line, that no header is made of. */
  { "folded", REDIRECT ("302", "/a\n X: y"), "/a%20X:%20y" },
  /* What a redirect says beside is passed over. */
  { "body-length",
    "HTTP/1.1 302 Found\r\nLocation: /there\r\nContent-Length: 16\r\n\r\n"
    "HTTP/1.1 101 x\r\n",
    "/there" },
  { "body-chunked",
    "HTTP/1.1 302 Found\r\nLocation: /there\r\n"
    "Transfer-Encoding: chunked\r\n\r\n5\r\nHTTP/\r\n0\r\n\r\n",
    "/there" },
  { "body-endless",
    "HTTP/1.1 302 Found\r\nLocation: /there\r\n\r\n<p>It has moved", "/there" },
};

static void
test_place (gconstpointer data)
{
  const Place     *row = data;
  Trip             trip = { .plan.answers = { row->answer } };
  g_autofree char *line = NULL;

  trip_begin (&trip, FALSE, NULL);
  trip_open (&trip);
  trip_expect_open (&trip);
  g_assert_cmpuint (trip.n_redirected, ==, 1);
  g_assert_cmpuint (trip.rig->heads->len, ==, 2);
  line = g_strdup_printf ("GET %s HTTP/1.1\r\n", row->resource);
  g_assert_true (g_str_has_prefix (trip_head (&trip, 1), line));
  g_assert_null (strstr (trip_head (&trip, 1), "\r\nX:"));
  g_assert_cmpstr (ws_socket_get_url (trip.socket), ==, trip.url);
  g_assert_cmpstr (ws_socket_get_resource_name (trip.socket), ==,
                   row->resource);
  g_assert_cmpstr (ws_socket_get_peer_name (trip.socket), ==, "127.0.0.1");
  g_assert_cmpuint (ws_handshake_response_get_status (
                        ws_socket_get_response (trip.socket)),
                    ==, 101);
  trip_end (&trip);
}

/* --- No places --- */

static const Place faults[] = {
  { "300", REDIRECT ("300", "/there"), "300" },
  { "304", REDIRECT ("304", "/there"), "304" },
  { "305", REDIRECT ("305", "/there"), "305" },
  { "missing", "HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n", "Location" },
  { "ftp", REDIRECT ("302", "ftp://127.0.0.1/there"), "ftp:" },
  { "mail", REDIRECT ("302", "mailto:someone"), "mailto:" },
  { "no-host", REDIRECT ("302", "http:///there"), "leads nowhere" },
  { "bad-port", REDIRECT ("302", "ws://127.0.0.1:99999/"), "99999" },
  { "bad-address", REDIRECT ("302", "ws://[::1/"), "leads nowhere" },
  { "unix", REDIRECT ("302", "ws+unix:/nonexistent:/"), "Unix socket" },
  { "escaped-line", REDIRECT ("302", "/a%0D%0AX:%20y"), "CR or LF" },
  { "bare-cr", REDIRECT ("302", "/a\rX: y"), "" },
};

static void
test_fault (gconstpointer data)
{
  const Place *row = data;
  Trip         trip = { .plan.answers = { row->answer } };

  trip_begin (&trip, FALSE, NULL);
  trip_open (&trip);
  trip_expect_refusal (&trip, row->resource);
  g_assert_cmpuint (trip.n_redirected, ==, 0);
  g_assert_cmpuint (trip.rig->heads->len, ==, 1);
  trip_end (&trip);
}

/* --- The limit --- */

static void
test_none (void)
{
  Trip trip = { .plan.answers = { REDIRECT ("302", "/there") } };

  trip_begin (&trip, FALSE, NULL);
  ws_socket_set_max_redirects (trip.socket, 0);
  trip_open (&trip);
  trip_expect_refusal (&trip, "302");
  g_assert_cmpuint (trip.n_redirected, ==, 0);
  g_assert_cmpuint (ws_handshake_response_get_status (
                        ws_socket_get_response (trip.socket)),
                    ==, 302);
  trip_end (&trip);
}

static void
answer_loop (HttpVisit *visit, const char *head, gpointer user_data)
{
  http_visit_say (visit, REDIRECT ("307", "/again"));
}

static void
test_loop (void)
{
  Trip trip = { 0 };

  trip_begin (&trip, FALSE, NULL);
  trip.rig->answer = answer_loop;
  ws_socket_set_max_redirects (trip.socket, 3);
  trip_open (&trip);
  trip_expect_refusal (&trip, "max-redirects (3)");
  g_assert_cmpuint (trip.n_redirected, ==, 3);
  g_assert_cmpuint (trip.rig->heads->len, ==, 4);
  /* Each opening has all of them. */
  trip_open (&trip);
  g_assert_cmpuint (trip.n_redirected, ==, 6);
  trip_end (&trip);
}

/* One time-out is for all of it. */
static void
test_timeout (void)
{
  Trip trip = { 0 };

  trip_begin (&trip, FALSE, NULL);
  trip.rig->answer = answer_loop;
  ws_socket_set_max_redirects (trip.socket, G_MAXUINT);
  ws_socket_set_open_timeout (trip.socket, 50);
  trip_open (&trip);
  signal_log_expect (trip.log, SIGNAL_LOG_OPENING
                     " error:socket-timeout code=1006 " SIGNAL_LOG_ENDED);
  g_assert_cmpuint (trip.n_redirected, >, 0);
  trip_end (&trip);
}

/* --- The handler --- */

static void
on_veto (WsSocket *socket, WsRequest *request, Trip *trip)
{
  g_autofree char *there
      = g_strdup_printf ("ws://127.0.0.1:%u/there", trip->rig->port);

  g_assert_cmpstr (ws_request_get_url (request), ==, there);
  g_assert_cmpint (ws_socket_get_state (socket), ==, WS_STATE_CONNECTING);
  g_assert_cmpuint (ws_handshake_response_get_status (
                        ws_socket_get_response (socket)),
                    ==, 302);
  ws_socket_refuse_redirect (socket);
}

static void
test_veto (void)
{
  Trip trip = { .plan.answers
                = { REDIRECT ("302", "/there"), REDIRECT ("302", "/there") } };

  trip_begin (&trip, FALSE, NULL);
  g_signal_connect (trip.socket, "redirected", G_CALLBACK (on_veto), &trip);
  trip_open (&trip);
  trip_expect_refusal (&trip, "refused");
  g_assert_cmpuint (trip.rig->heads->len, ==, 1);
  /* It holds for one redirect, and said at another time for none. */
  g_signal_handlers_disconnect_by_func (trip.socket, on_veto, &trip);
  ws_socket_refuse_redirect (trip.socket);
  trip_open (&trip);
  trip_expect_open (&trip);
  trip_end (&trip);
}

static void
on_change (WsSocket *socket, WsRequest *request, WsHeaders *own)
{
  const char *const offer[] = { "chat", NULL };

  g_assert_cmpstr (ws_headers_get_one (ws_request_get_headers (request),
                                       "X-Kind"),
                   ==, "old");
  ws_request_set_headers (request, own);
  ws_request_set_origin (request, "https://other.example");
  ws_request_set_subprotocols (request, offer);
  ws_request_set_url (request, "ws://127.0.0.1:1/ignored");
}

static void
test_change (void)
{
  Trip trip = { .plan.answers = { REDIRECT ("302", "/there") } };
  g_autoptr (WsHeaders) old = ws_headers_new ();
  g_autoptr (WsHeaders) own = ws_headers_new ();

  trip_begin (&trip, FALSE, NULL);
  ws_headers_append (old, "X-Kind", "old", NULL);
  ws_headers_append (own, "X-Kind", "new", NULL);
  ws_socket_set_request_headers (trip.socket, old);
  g_signal_connect (trip.socket, "redirected", G_CALLBACK (on_change), own);
  trip_open (&trip);
  trip_expect_open (&trip);
  assert_field (trip_head (&trip, 0), "X-Kind", "old");
  assert_field (trip_head (&trip, 0), "Sec-WebSocket-Protocol", NULL);
  assert_field (trip_head (&trip, 1), "X-Kind", "new");
  assert_field (trip_head (&trip, 1), "Origin", "https://other.example");
  assert_field (trip_head (&trip, 1), "Sec-WebSocket-Protocol", "chat");
  g_assert_cmpstr (ws_headers_get_one (old, "X-Kind"), ==, "old");
  trip_end (&trip);
}

static void
on_reserved (WsSocket *socket, WsRequest *request, gpointer user_data)
{
  ws_headers_append (ws_request_get_headers (request), "Upgrade", "h2c", NULL);
}

static void
test_reserved (void)
{
  Trip trip = { .plan.answers = { REDIRECT ("302", "/there") } };

  trip_begin (&trip, FALSE, NULL);
  g_signal_connect (trip.socket, "redirected", G_CALLBACK (on_reserved), NULL);
  trip_open (&trip);
  g_assert_cmpint (ws_socket_get_state (trip.socket), ==, WS_STATE_UNCONNECTED);
  g_assert_nonnull (
      strstr (ws_socket_get_error_string (trip.socket), "Upgrade"));
  g_assert_cmpuint (trip.rig->heads->len, ==, 1);
  trip_end (&trip);
}

/* --- Secrets are for the server that they were given for --- */

static const char *const secret_names[]
    = { "Authorization", "Cookie", "Proxy-Authorization", "X-Api-Key" };

static void
set_secrets (WsSocket *socket)
{
  g_autoptr (WsHeaders) headers = ws_headers_new ();

  for (guint i = 0; i < G_N_ELEMENTS (secret_names); i++)
    ws_headers_append (headers, secret_names[i], "secret", NULL);
  ws_socket_set_request_headers (socket, headers);
}

static void
assert_secrets (const char *head, const char *expected)
{
  for (guint i = 0; i < G_N_ELEMENTS (secret_names); i++)
    assert_field (head, secret_names[i], expected);
  if (expected == NULL)
    g_assert_null (strstr (head, "secret"));
}

static void
test_same_origin (void)
{
  Trip trip = { .plan.answers = { REDIRECT ("302", "http://127.0.0.1:PORT/a"),
                                  REDIRECT ("302", "b") } };

  trip_begin (&trip, FALSE, NULL);
  set_secrets (trip.socket);
  trip_open (&trip);
  trip_expect_open (&trip);
  for (guint i = 0; i < 3; i++)
    assert_secrets (trip_head (&trip, i), "secret");
  trip_end (&trip);
}

/* Host, port or scheme differ; and the way back gives nothing back. */
static void
test_other_host (void)
{
  Trip trip = { .plan.answers = { REDIRECT ("302", "ws://localhost:PORT/a"),
                                  REDIRECT ("302", "ws://127.0.0.1:PORT/b") } };

  trip_begin (&trip, FALSE, NULL);
  set_secrets (trip.socket);
  ws_socket_set_origin (trip.socket, "https://page.example");
  trip_open (&trip);
  trip_expect_open (&trip);
  assert_secrets (trip_head (&trip, 0), "secret");
  assert_secrets (trip_head (&trip, 1), NULL);
  assert_secrets (trip_head (&trip, 2), NULL);
  assert_field (trip_head (&trip, 2), "Origin", "https://page.example");
  trip_end (&trip);
}

typedef struct
{
  const char *name;
  gboolean    is_first_tls;
  gboolean    is_second_tls;
  const char *answer;
} Move;

static const Move moves[] = {
  { "port", FALSE, FALSE, REDIRECT ("302", "ws://127.0.0.1:PORT/there") },
  { "login-in-place", FALSE, FALSE,
    REDIRECT ("302", "ws://evil:secret@127.0.0.1:PORT/there") },
  { "ws-to-wss", FALSE, TRUE, REDIRECT ("302", "wss://127.0.0.1:PORT/there") },
  { "http-to-https", FALSE, TRUE,
    REDIRECT ("302", "https://127.0.0.1:PORT/there") },
  { "wss-to-wss", TRUE, TRUE, REDIRECT ("302", "wss://127.0.0.1:PORT/there") },
};

static void
on_asked (WsSocket *socket, WsAuthenticator *authenticator, guint *n_asked)
{
  ++*n_asked;
  g_assert_cmpstr (ws_authenticator_get_user (authenticator), ==, "");
  g_assert_cmpstr (ws_authenticator_get_password (authenticator), ==, "");
}

/* What the first server was told is not told to the second, even if it asks. */
static void
test_move (gconstpointer data)
{
  const Move *row = data;
  Plan        plan = { .answers = { "HTTP/1.1 401 Who\r\n" CHALLENGE
                                    "Content-Length: 0\r\n\r\n" } };
  Trip        trip = { .plan.answers = { "HTTP/1.1 401 Who\r\n" CHALLENGE
                                         "Content-Length: 0\r\n\r\n",
                                         row->answer } };
  HttpRig    *other = http_rig_new (row->is_second_tls, answer_plan, &plan);
  guint       n_asked = 0;

  trip.plan.port = other->port;
  trip_begin (&trip, row->is_first_tls, LOGIN);
  set_secrets (trip.socket);
  g_signal_connect (trip.socket, "authentication-required",
                    G_CALLBACK (on_asked), &n_asked);
  trip_open (&trip);
  g_assert_error (ws_socket_get_error (trip.socket), WS_SOCKET_ERROR,
                  WS_SOCKET_ERROR_AUTHENTICATION_REQUIRED);
  g_assert_cmpuint (n_asked, ==, 1);
  g_assert_cmpuint (trip.n_redirected, ==, 1);
  g_assert_true (http_head_has_basic (trip_head (&trip, 1), LOGIN));
  g_assert_cmpuint (other->heads->len, ==, 1);
  assert_secrets (g_ptr_array_index (other->heads, 0), NULL);
  trip_end (&trip);
  http_rig_free (other);
}

/* A login stays with its origin, and nobody is asked twice for it. */
static void
test_login_stays (void)
{
  static const char who[]
      = "HTTP/1.1 401 Who\r\n" CHALLENGE "Content-Length: 0\r\n\r\n";
  Trip  trip = { .plan.answers = { who, REDIRECT ("302", "/there"), who } };
  guint n_asked = 0;

  trip_begin (&trip, FALSE, LOGIN);
  api_count (trip.socket, "authentication-required", &n_asked);
  trip_open (&trip);
  trip_expect_open (&trip);
  g_assert_cmpuint (n_asked, ==, 0);
  g_assert_cmpuint (trip.rig->heads->len, ==, 4);
  assert_field (trip_head (&trip, 2), "Authorization", NULL);
  g_assert_true (http_head_has_basic (trip_head (&trip, 3), LOGIN));
  trip_end (&trip);
}

/* No redirect leads from an encrypted connection to an open one. */
static void
test_downgrade (gconstpointer answer)
{
  Trip trip = { .plan.answers = { answer } };

  trip_begin (&trip, TRUE, NULL);
  trip_open (&trip);
  trip_expect_refusal (&trip, "wss to ws");
  g_assert_cmpuint (trip.n_redirected, ==, 0);
  trip_end (&trip);
}

static void
add_rows (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    {
      g_autofree char *path
          = g_strconcat ("/api/redirects/to/", places[i].name, NULL);

      g_test_add_data_func (path, &places[i], test_place);
    }
  for (guint i = 0; i < G_N_ELEMENTS (faults); i++)
    {
      g_autofree char *path
          = g_strconcat ("/api/redirects/nowhere/", faults[i].name, NULL);

      g_test_add_data_func (path, &faults[i], test_fault);
    }
  for (guint i = 0; i < G_N_ELEMENTS (moves); i++)
    {
      g_autofree char *path
          = g_strconcat ("/api/redirects/other/", moves[i].name, NULL);

      g_test_add_data_func (path, &moves[i], test_move);
    }
}

int
main (int argc, char **argv)
{
  api_test_init (&argc, &argv);
  add_rows ();
  g_test_add_func ("/api/redirects/none", test_none);
  g_test_add_func ("/api/redirects/loop", test_loop);
  g_test_add_func ("/api/redirects/timeout", test_timeout);
  g_test_add_func ("/api/redirects/veto", test_veto);
  g_test_add_func ("/api/redirects/change", test_change);
  g_test_add_func ("/api/redirects/reserved", test_reserved);
  g_test_add_func ("/api/redirects/same-origin", test_same_origin);
  g_test_add_func ("/api/redirects/other-host", test_other_host);
  g_test_add_func ("/api/redirects/login-stays", test_login_stays);
  g_test_add_data_func ("/api/redirects/downgrade/ws",
                        REDIRECT ("302", "ws://127.0.0.1:1/"), test_downgrade);
  g_test_add_data_func ("/api/redirects/downgrade/http",
                        REDIRECT ("302", "http://127.0.0.1:1/"),
                        test_downgrade);
  return g_test_run ();
}
