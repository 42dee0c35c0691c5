/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "http-rig.h"
#include "ssl-test.h"

#include <string.h>

/* How a client gives its credentials to a server. */

#define LOGIN     "user:password"
#define WRONG     "user:wrong"
#define WRONG_2   "other:wrong"
#define CHALLENGE "WWW-Authenticate: Basic realm=\"shadow\"\r\n"

/* Qt: tst_QWebSocket::authenticationRequired */

typedef struct
{
  const char *name;
  gboolean    keeps_alive;
  gboolean    has_length;
  gboolean    has_body;
} Shape;

/* The last one names neither length nor coding, so that only the end of the
 * connection would end its answer: we dial again, Qt takes it for empty. */
static const Shape shapes[] = {
  { "keep-alive-length-body", TRUE, TRUE, TRUE },
  { "close-length-body", FALSE, TRUE, TRUE },
  { "close-body", FALSE, FALSE, TRUE },
  { "close", FALSE, FALSE, FALSE },
  { "keep-alive", TRUE, FALSE, FALSE },
};

typedef struct
{
  const char *name;
  const char *in_url; /* (nullable) */
  const char *first;  /* (nullable): what the handler sets */
  const char *second; /* (nullable): when it is asked again */
  gboolean    succeeds;
  guint       n_asked;
} Client;

static const Client clients[] = {
  { "right-url", LOGIN, NULL, NULL, TRUE, 0 },
  { "right-handler", NULL, LOGIN, NULL, TRUE, 1 },
  { "wrong-url-right-handler", WRONG, LOGIN, NULL, TRUE, 1 },
  { "wrong-url-wrong-handler", WRONG, WRONG_2, NULL, FALSE, 2 },
  { "none", NULL, NULL, NULL, FALSE, 1 },
  { "wrong-url-wrong-then-right-handler", WRONG, WRONG_2, LOGIN, TRUE, 2 },
};

typedef struct
{
  const Shape  *shape;
  const Client *client;
  gboolean      with_tls;
  guint         n_asked;
} Row;

static void
answer_row (HttpVisit *visit, const char *head, gpointer user_data)
{
  const Row *row = user_data;
  g_autoptr (GString) answer = NULL;
  const char *body = row->shape->has_body ? "<p>Who are you?</p>" : "";

  if (http_head_has_basic (head, LOGIN))
    {
      http_visit_accept (visit, head);
      return;
    }
  answer = g_string_new ("HTTP/1.1 401 Unauthorized\r\n" CHALLENGE);
  g_string_append_printf (answer, "Connection: %s\r\n",
                          row->shape->keeps_alive ? "keep-alive" : "close");
  if (row->shape->has_length)
    g_string_append_printf (answer, "Content-Length: %zu\r\n", strlen (body));
  g_string_append_printf (answer, "\r\n%s", body);
  http_visit_say (visit, answer->str);
  if (!row->shape->keeps_alive)
    http_visit_close (visit);
}

static void
set_login (WsAuthenticator *authenticator, const char *login)
{
  g_auto (GStrv) parts = g_strsplit (login, ":", 2);

  ws_authenticator_set_user (authenticator, parts[0]);
  ws_authenticator_set_password (authenticator, parts[1]);
}

static void
on_row (WsSocket *socket, WsAuthenticator *authenticator, Row *row)
{
  WsHandshakeResponse *response = ws_socket_get_response (socket);
  const char          *login
      = row->n_asked == 0 ? row->client->first : row->client->second;

  g_assert_cmpint (ws_socket_get_state (socket), ==, WS_STATE_CONNECTING);
  g_assert_cmpstr (ws_authenticator_get_realm (authenticator), ==, "shadow");
  g_assert_cmpstr (ws_authenticator_get_scheme (authenticator), ==, "Basic");
  g_assert_false (ws_authenticator_get_is_proxy (authenticator));
  g_assert_cmpuint (ws_authenticator_get_retries (authenticator), ==,
                    row->n_asked);
  g_assert_cmpuint (ws_handshake_response_get_status (response), ==, 401);
  row->n_asked++;
  if (login != NULL)
    set_login (authenticator, login);
}

static void
test_row (gconstpointer data)
{
  Row       row = *(const Row *) data;
  WsSocket *socket = ssl_client_new ();
  g_autoptr (SignalLog) log = signal_log_new (socket);
  HttpRig         *rig = http_rig_new (row.with_tls, answer_row, &row);
  g_autofree char *url = http_rig_make_url (rig, row.client->in_url, "/");
  g_autofree char *first = NULL;

  g_signal_connect (socket, "authentication-required", G_CALLBACK (on_row),
                    &row);
  g_assert_true (ws_socket_open (socket, url, NULL));
  ws_test_until (NULL, ws_socket_get_state (socket) != WS_STATE_CONNECTING);
  g_test_message ("%s", ws_socket_get_error_string (socket));
  g_assert_cmpuint (row.n_asked, ==, row.client->n_asked);
  if (row.client->succeeds)
    signal_log_expect (log, SIGNAL_LOG_OPENING " " SIGNAL_LOG_OPENED);
  else
    {
      signal_log_expect (
          log, SIGNAL_LOG_OPENING
          " error:authentication-required code=1006 " SIGNAL_LOG_ENDED);
      g_assert_nonnull (strstr (ws_socket_get_error_string (socket), "shadow"));
      g_assert_null (strstr (ws_socket_get_error_string (socket), "wrong"));
    }
  g_assert_cmpuint (ws_handshake_response_get_status (
                        ws_socket_get_response (socket)),
                    ==, row.client->succeeds ? 101 : 401);
  /* Nothing is sent before it is asked for. */
  first = http_head_get (g_ptr_array_index (rig->heads, 0), "Authorization");
  g_assert_null (first);
  if (row.shape->keeps_alive && row.shape->has_length)
    g_assert_cmpuint (rig->n_visits, ==, 1);
  else
    g_assert_cmpuint (rig->n_visits, ==, rig->heads->len);
  ws_socket_abort (socket);
  g_clear_pointer (&log, signal_log_free);
  g_assert_finalize_object (socket);
  http_rig_free (rig);
}

static void
add_rows (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (shapes) * G_N_ELEMENTS (clients) * 2; i++)
    {
      Row             *row = g_new0 (Row, 1);
      g_autofree char *path = NULL;

      row->with_tls = i % 2 == 1;
      row->shape = &shapes[i / 2 % G_N_ELEMENTS (shapes)];
      row->client = &clients[i / 2 / G_N_ELEMENTS (shapes)];
      path = g_strdup_printf ("/api/auth/%s/%s/%s", row->shape->name,
                              row->client->name,
                              row->with_tls ? "tls" : "plain");
      ws_test_add_combination (path, row, test_row);
    }
}

/* --- Digest --- */

typedef struct
{
  const char   *name;
  const char   *algorithm;
  GChecksumType hash;
  gboolean      goes_stale;
  gboolean      is_qop;
} Digest;

static const Digest digests[] = {
  { "md5", "MD5", G_CHECKSUM_MD5, FALSE, TRUE },
  { "md5-no-qop", "MD5", G_CHECKSUM_MD5, FALSE, FALSE },
  { "md5-stale", "MD5", G_CHECKSUM_MD5, TRUE, TRUE },
  { "sha-256", "SHA-256", G_CHECKSUM_SHA256, FALSE, TRUE },
  { "sha-256-stale", "SHA-256", G_CHECKSUM_SHA256, TRUE, TRUE },
};

/* (transfer full) (nullable): of Authorization. */
static char *
get_parameter (const char *value, const char *name)
{
  g_autofree char *pattern
      = g_strdup_printf ("[ ,]%s=(?:\"([^\"]*)\"|([^, ]*))", name);
  g_autoptr (GRegex) regex = g_regex_new (pattern, 0, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;

  if (!g_regex_match (regex, value, 0, &match))
    return NULL;
  if (g_match_info_get_match_count (match) > 2)
    return g_match_info_fetch (match, 2);
  return g_match_info_fetch (match, 1);
}

/* RFC 7616, 3.4.1, computed here once more. */
static gboolean
is_right (const Digest *row, const char *value, const char *nonce)
{
  static const char ha1_text[] = "user:shadow:password";
  g_autofree char  *got_nonce = get_parameter (value, "nonce");
  g_autofree char  *nc = get_parameter (value, "nc");
  g_autofree char  *cnonce = get_parameter (value, "cnonce");
  g_autofree char  *uri = get_parameter (value, "uri");
  g_autofree char  *response = get_parameter (value, "response");
  g_autofree char  *ha1
      = g_compute_checksum_for_string (row->hash, ha1_text, -1);
  g_autofree char *ha2_text = g_strconcat ("GET:", uri, NULL);
  g_autofree char *ha2
      = g_compute_checksum_for_string (row->hash, ha2_text, -1);
  g_autofree char *text
      = row->is_qop ? g_strdup_printf ("%s:%s:%s:%s:auth:%s", ha1, got_nonce,
                                       nc, cnonce, ha2)
                    : g_strdup_printf ("%s:%s:%s", ha1, got_nonce, ha2);
  g_autofree char *expected
      = g_compute_checksum_for_string (row->hash, text, -1);

  g_assert_cmpstr (uri, ==, "/digest?a=b");
  if (row->is_qop)
    g_assert_cmpstr (nc, ==, "00000001");
  return g_strcmp0 (nonce, got_nonce) == 0
         && g_strcmp0 (response, expected) == 0;
}

static void
answer_digest (HttpVisit *visit, const char *head, gpointer user_data)
{
  const Digest    *row = user_data;
  g_autofree char *value = http_head_get (head, "Authorization");
  gboolean         is_late = row->goes_stale && visit->rig->heads->len > 2;
  g_autofree char *answer = NULL;

  if (value != NULL && is_right (row, value, is_late ? "n2" : "n1")
      && (is_late || !row->goes_stale))
    {
      http_visit_accept (visit, head);
      return;
    }
  /* The weaker ones are there to be passed over. */
  answer = g_strdup_printf (
      "HTTP/1.1 401 Unauthorized\r\n"
      "WWW-Authenticate: Basic realm=\"weak\"\r\n"
      "WWW-Authenticate: Digest realm=\"shadow\", nonce=\"%s\", "
      "algorithm=%s%s%s\r\n"
      "Content-Length: 0\r\n\r\n",
      value != NULL && row->goes_stale ? "n2" : "n1", row->algorithm,
      row->is_qop ? ", qop=\"auth\"" : "",
      value != NULL && row->goes_stale ? ", stale=true" : "");
  http_visit_say (visit, answer);
}

static void
on_digest (WsSocket *socket, WsAuthenticator *authenticator, guint *n_asked)
{
  g_assert_cmpstr (ws_authenticator_get_scheme (authenticator), ==, "Digest");
  g_assert_cmpstr (ws_authenticator_get_realm (authenticator), ==, "shadow");
  ++*n_asked;
  set_login (authenticator, LOGIN);
}

static void
test_digest (gconstpointer data)
{
  const Digest    *row = data;
  WsSocket        *socket = ws_socket_new ();
  HttpRig         *rig = http_rig_new (FALSE, answer_digest, (gpointer) row);
  g_autofree char *url = http_rig_make_url (rig, NULL, "/digest?a=b");
  guint            n_asked = 0;

  g_signal_connect (socket, "authentication-required", G_CALLBACK (on_digest),
                    &n_asked);
  api_socket_open (socket, url);
  /* A stale nonce is no reason to ask again. */
  g_assert_cmpuint (n_asked, ==, 1);
  g_assert_cmpuint (rig->n_visits, ==, 1);
  g_assert_finalize_object (socket);
  http_rig_free (rig);
}

/* --- Who refuses for good --- */

static void
answer_stale_for_ever (HttpVisit *visit, const char *head, gpointer user_data)
{
  http_visit_say (visit, "HTTP/1.1 401 No\r\n"
                         "WWW-Authenticate: Digest realm=\"shadow\", "
                         "nonce=\"n\", stale=true\r\n"
                         "Content-Length: 0\r\n\r\n");
}

static void
answer_bearer (HttpVisit *visit, const char *head, gpointer user_data)
{
  http_visit_say (visit, "HTTP/1.1 401 No\r\n"
                         "WWW-Authenticate: Bearer scope=\"x\"\r\n"
                         "Content-Length: 0\r\n\r\n");
}

static void
expect_error (WsSocket *socket, HttpRig *rig, const char *userinfo, int code)
{
  g_autofree char *url = http_rig_make_url (rig, userinfo, "/");

  g_assert_true (ws_socket_open (socket, url, NULL));
  api_wait_state (socket, WS_STATE_UNCONNECTED);
  g_assert_error (ws_socket_get_error (socket), WS_SOCKET_ERROR, code);
}

static void
test_stale_for_ever (void)
{
  WsSocket *socket = ws_socket_new ();
  HttpRig  *rig = http_rig_new (FALSE, answer_stale_for_ever, NULL);

  expect_error (socket, rig, LOGIN, WS_SOCKET_ERROR_AUTHENTICATION_REQUIRED);
  g_assert_cmpuint (rig->heads->len, <, 10);
  g_assert_finalize_object (socket);
  http_rig_free (rig);
}

static void
test_unknown_scheme (void)
{
  WsSocket *socket = ws_socket_new ();
  HttpRig  *rig = http_rig_new (FALSE, answer_bearer, NULL);
  guint     n_asked = 0;

  api_count (socket, "authentication-required", &n_asked);
  expect_error (socket, rig, NULL, WS_SOCKET_ERROR_AUTHENTICATION_REQUIRED);
  g_assert_nonnull (strstr (ws_socket_get_error_string (socket), "Bearer"));
  g_assert_nonnull (strstr (ws_socket_get_error_string (socket), "401"));
  g_assert_cmpuint (n_asked, ==, 0);
  g_assert_finalize_object (socket);
  http_rig_free (rig);
}

/* --- Later --- */

typedef struct
{
  HttpRig         *rig;
  WsSocket        *socket;
  WsAuthenticator *authenticator; /* (owned) (nullable) */
  HttpVisit       *visit;         /* (unowned): the last one */
} Later;

static void
answer_later (HttpVisit *visit, const char *head, gpointer user_data)
{
  Later *later = user_data;

  later->visit = visit;
  if (http_head_has_basic (head, LOGIN))
    http_visit_accept (visit, head);
  else
    http_visit_say (visit, "HTTP/1.1 401 No\r\n" CHALLENGE
                           "Content-Length: 0\r\n\r\n");
}

static void
on_later (WsSocket *socket, WsAuthenticator *authenticator, Later *later)
{
  g_set_object (&later->authenticator, authenticator);
  ws_authenticator_defer (authenticator);
}

static void
later_set_up (Later *later, gconstpointer data)
{
  g_autofree char *url = NULL;

  later->rig = http_rig_new (FALSE, answer_later, later);
  later->socket = ws_socket_new ();
  url = http_rig_make_url (later->rig, NULL, "/");
  g_signal_connect (later->socket, "authentication-required",
                    G_CALLBACK (on_later), later);
  g_assert_true (ws_socket_open (later->socket, url, NULL));
  ws_test_until (NULL, later->authenticator != NULL);
  ssl_iterate (10);
  g_assert_cmpint (ws_socket_get_state (later->socket), ==,
                   WS_STATE_CONNECTING);
}

static void
later_tear_down (Later *later, gconstpointer data)
{
  g_assert_finalize_object (later->socket);
  if (later->authenticator != NULL)
    g_assert_finalize_object (later->authenticator);
  http_rig_free (later->rig);
}

#define later_add(path, test) \
  g_test_add (path, Later, NULL, later_set_up, test, later_tear_down)

static void
test_later (Later *later, gconstpointer data)
{
  set_login (later->authenticator, LOGIN);
  ssl_iterate (10);
  g_assert_cmpint (ws_socket_get_state (later->socket), ==,
                   WS_STATE_CONNECTING);
  ws_authenticator_done (later->authenticator);
  api_wait_state (later->socket, WS_STATE_CONNECTED);
  g_assert_cmpuint (later->rig->n_visits, ==, 1);
  /* Once is enough. */
  ws_authenticator_done (later->authenticator);
}

/* The server has lost patience, and the client dials again in silence. */
static void
test_later_and_lost (Later *later, gconstpointer data)
{
  http_visit_close (later->visit);
  set_login (later->authenticator, LOGIN);
  ws_authenticator_done (later->authenticator);
  api_wait_state (later->socket, WS_STATE_CONNECTED);
  g_assert_cmpuint (later->rig->n_visits, ==, 2);
}

static void
test_later_without (Later *later, gconstpointer data)
{
  ws_authenticator_done (later->authenticator);
  api_wait_state (later->socket, WS_STATE_UNCONNECTED);
  g_assert_error (ws_socket_get_error (later->socket), WS_SOCKET_ERROR,
                  WS_SOCKET_ERROR_AUTHENTICATION_REQUIRED);
}

static gpointer
drop_elsewhere (gpointer data)
{
  g_object_unref (data);
  return NULL;
}

static void
test_later_dropped (Later *later, gconstpointer data)
{
  g_thread_join (g_thread_new ("drop", drop_elsewhere,
                               g_steal_pointer (&later->authenticator)));
  g_assert_cmpint (ws_socket_get_state (later->socket), ==,
                   WS_STATE_CONNECTING);
  api_wait_state (later->socket, WS_STATE_UNCONNECTED);
  g_assert_error (ws_socket_get_error (later->socket), WS_SOCKET_ERROR,
                  WS_SOCKET_ERROR_AUTHENTICATION_REQUIRED);
}

static void
test_later_closed (Later *later, gconstpointer data)
{
  ws_socket_close (later->socket, 1000, NULL, NULL);
  g_assert_cmpint (ws_socket_get_state (later->socket), ==,
                   WS_STATE_UNCONNECTED);
  set_login (later->authenticator, LOGIN);
  ws_authenticator_done (later->authenticator);
  ssl_iterate (10);
  g_assert_cmpint (ws_socket_get_state (later->socket), ==,
                   WS_STATE_UNCONNECTED);
}

static void
test_later_reopened (Later *later, gconstpointer data)
{
  g_autoptr (WsAuthenticator) old = g_steal_pointer (&later->authenticator);

  g_assert_true (ws_socket_open (later->socket, NULL, NULL));
  ws_test_until (NULL, later->authenticator != NULL);
  set_login (old, LOGIN);
  ws_authenticator_done (old);
  ssl_iterate (10);
  g_assert_cmpint (ws_socket_get_state (later->socket), ==,
                   WS_STATE_CONNECTING);
  set_login (later->authenticator, LOGIN);
  ws_authenticator_done (later->authenticator);
  api_wait_state (later->socket, WS_STATE_CONNECTED);
}

static gpointer
answer_elsewhere (gpointer data)
{
  ws_authenticator_done (data);
  return NULL;
}

static void
test_later_wrong_thread (Later *later, gconstpointer data)
{
  set_login (later->authenticator, LOGIN);
  g_test_expect_message ("Ws", G_LOG_LEVEL_WARNING, "*another thread*");
  g_thread_join (g_thread_new ("done", answer_elsewhere, later->authenticator));
  g_test_assert_expected_messages ();
  ssl_iterate (10);
  g_assert_cmpint (ws_socket_get_state (later->socket), ==,
                   WS_STATE_CONNECTING);
  ws_authenticator_done (later->authenticator);
  api_wait_state (later->socket, WS_STATE_CONNECTED);
}

static gboolean
on_time (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_REMOVE;
}

/* The clock stands still while somebody thinks. */
static void
test_later_than_timeout (void)
{
  Later            later = { .socket = ws_socket_new () };
  g_autofree char *url = NULL;
  gboolean         is_late = FALSE;

  later.rig = http_rig_new (FALSE, answer_later, &later);
  url = http_rig_make_url (later.rig, NULL, "/");
  ws_socket_set_open_timeout (later.socket, 200);
  g_signal_connect (later.socket, "authentication-required",
                    G_CALLBACK (on_later), &later);
  g_assert_true (ws_socket_open (later.socket, url, NULL));
  ws_test_until (NULL, later.authenticator != NULL);
  g_timeout_add (400, on_time, &is_late);
  ws_test_until (NULL, is_late);
  g_assert_cmpint (ws_socket_get_state (later.socket), ==, WS_STATE_CONNECTING);
  set_login (later.authenticator, LOGIN);
  ws_authenticator_done (later.authenticator);
  api_wait_state (later.socket, WS_STATE_CONNECTED);
  later_tear_down (&later, NULL);
}

/* A colon in the user's name, which Basic cannot carry. */
static void
on_colon (WsSocket *socket, WsAuthenticator *authenticator, gpointer user_data)
{
  ws_authenticator_set_user (authenticator, "a:b");
}

static void
test_colon (void)
{
  Later later = { .socket = ws_socket_new () };

  later.rig = http_rig_new (FALSE, answer_later, &later);
  g_signal_connect (later.socket, "authentication-required",
                    G_CALLBACK (on_colon), NULL);
  expect_error (later.socket, later.rig, NULL,
                WS_SOCKET_ERROR_AUTHENTICATION_REQUIRED);
  g_assert_nonnull (
      strstr (ws_socket_get_error_string (later.socket), "colon"));
  later_tear_down (&later, NULL);
}

int
main (int argc, char **argv)
{
  api_test_init (&argc, &argv);
  add_rows ();
  for (guint i = 0; i < G_N_ELEMENTS (digests); i++)
    {
      g_autofree char *path
          = g_strconcat ("/api/auth/digest/", digests[i].name, NULL);

      g_test_add_data_func (path, &digests[i], test_digest);
    }
  g_test_add_func ("/api/auth/stale-for-ever", test_stale_for_ever);
  g_test_add_func ("/api/auth/unknown-scheme", test_unknown_scheme);
  g_test_add_func ("/api/auth/colon", test_colon);
  later_add ("/api/auth/later", test_later);
  later_add ("/api/auth/later/lost", test_later_and_lost);
  later_add ("/api/auth/later/without", test_later_without);
  later_add ("/api/auth/later/dropped", test_later_dropped);
  later_add ("/api/auth/later/closed", test_later_closed);
  later_add ("/api/auth/later/reopened", test_later_reopened);
  later_add ("/api/auth/later/wrong-thread", test_later_wrong_thread);
  g_test_add_func ("/api/auth/later/than-timeout", test_later_than_timeout);
  return g_test_run ();
}
