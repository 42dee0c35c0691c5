/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "http-rig.h"
#include "ssl-test.h"

#include <string.h>

/* What the log tells, with all of it switched on: the story of each connection,
 * nothing above debug level, nothing that a terminal would obey, and no
 * secret. */

#define SECRET "S3CRET"

/* Everything that was logged of our domain. */
typedef struct
{
  GPtrArray  *stories; /* of char *: lines without a topic */
  GString    *all;     /* every field of every line */
  GHashTable *last; /* of char *, by the names of fields: of the last story */
} Record;

static Record record;

static const char *
find_field (const GLogField *fields, gsize n_fields, const char *key)
{
  for (gsize i = 0; i < n_fields; i++)
    if (g_str_equal (fields[i].key, key))
      return fields[i].value;
  return NULL;
}

static void
keep_story (const GLogField *fields, gsize n_fields)
{
  g_ptr_array_add (record.stories,
                   g_strdup (find_field (fields, n_fields, "MESSAGE")));
  g_hash_table_remove_all (record.last);
  for (gsize i = 0; i < n_fields; i++)
    g_hash_table_insert (record.last, g_strdup (fields[i].key),
                         g_strdup (fields[i].value));
}

static GLogWriterOutput
take_record (GLogLevelFlags   level,
             const GLogField *fields,
             gsize            n_fields,
             gpointer         data)
{
  const char *domain = find_field (fields, n_fields, "GLIB_DOMAIN");

  if (g_strcmp0 (domain, "Ws") != 0)
    return g_log_writer_default (level, fields, n_fields, data);
  g_assert_cmpint (level, ==, G_LOG_LEVEL_DEBUG);
  for (gsize i = 0; i < n_fields; i++)
    {
      const char *value = fields[i].value;

      g_assert_true (g_utf8_validate (value, -1, NULL));
      for (; *value != '\0'; value = g_utf8_next_char (value))
        g_assert_true (g_unichar_isprint (g_utf8_get_char (value)));
      g_string_append_printf (record.all, "%s=%s\n", fields[i].key,
                              (const char *) fields[i].value);
    }
  if (find_field (fields, n_fields, "WS_TOPIC") == NULL)
    keep_story (fields, n_fields);
  return G_LOG_WRITER_HANDLED;
}

static void
begin_record (void)
{
  g_ptr_array_set_size (record.stories, 0);
  g_string_truncate (record.all, 0);
}

/* Waits for lines that fit these patterns, in this order; others may come in
 * between. */
static gboolean
has_story (const char *const *patterns)
{
  for (guint i = 0; i < record.stories->len && *patterns != NULL; i++)
    if (g_pattern_match_simple (*patterns,
                                g_ptr_array_index (record.stories, i)))
      patterns++;
  return *patterns == NULL;
}

#define expect_story(...)                                      \
  G_STMT_START                                                 \
  {                                                            \
    static const char *const story_[] = { __VA_ARGS__, NULL }; \
    if (!has_story (story_))                                   \
      g_test_message ("%s", record.all->str);                  \
    ws_test_until (NULL, has_story (story_));                  \
  }                                                            \
  G_STMT_END

static void
expect_no_secret (void)
{
  if (strstr (record.all->str, SECRET) != NULL)
    g_test_message ("%s", record.all->str);
  g_assert_null (strstr (record.all->str, SECRET));
}

static const char *
get_last (const char *field)
{
  return g_hash_table_lookup (record.last, field);
}

/* --- Stories --- */

static void
test_both_ends (Pair *pair, gconstpointer data)
{
  expect_story ("server *: listening at ws://127.0.0.1:*",
                "socket *: connecting to ws://127.0.0.1:*",
                "socket *: 127.0.0.1:* has come to server *",
                "socket *: connected from 127.0.0.1:*, which asked for "
                "ws://127.0.0.1:*",
                "socket *: connected to 127.0.0.1:*");
  begin_record ();
  api_socket_send (pair->client, "hello");
  ws_socket_close (pair->client, 4000, "enough", NULL);
  api_wait_state (pair->client, WS_STATE_UNCONNECTED);
  expect_story ("socket *: closing with 4000 \"enough\"",
                "socket *: closing, as the peer does, with 4000 \"enough\"",
                "socket *: unconnected, closed with 4000 \"enough\": sent "
                "4000, received 4000, clean; 1 messages of 5 bytes sent, 0 of "
                "0 received in *");
  g_assert_cmpstr (get_last ("WS_STATE"), ==, "unconnected");
  g_assert_cmpstr (get_last ("WS_CLOSE_CODE"), ==, "4000");
  g_assert_cmpstr (get_last ("PRIORITY"), ==, "7");
  g_assert_nonnull (get_last ("WS_SOCKET"));
  g_assert_true (g_str_has_prefix (get_last ("WS_PEER"), "127.0.0.1:"));
  g_assert_true (g_str_has_prefix (get_last ("WS_URL"), "ws://127.0.0.1:"));
}

static void
test_lost (Half *half, gconstpointer data)
{
  begin_record ();
  raw_peer_reset (g_steal_pointer (&half->peer));
  expect_story ("socket *: failed: *",
                "socket *: unconnected, closed with 1006: sent 0, received 0, "
                "not clean; *");
}

static void
test_fault (Half *half, gconstpointer data)
{
  begin_record ();
  raw_peer_send_frame (half->peer, 0x81, "\xff", 1);
  expect_story ("socket *: failed: *UTF-8*", "socket *: closing with 1007 *");
  g_assert_nonnull (strstr (record.all->str, "MESSAGE=socket "));
  g_assert_nonnull (strstr (record.all->str, ", frames: < text, 1 bytes"));
  ws_test_until (NULL, strstr (record.all->str, ", frames: > close, ") != NULL);
}

static void
on_handshake (WsServer   *server,
              WsRequest  *request,
              WsResponse *response,
              gpointer    data)
{
  ws_response_refuse (response, 403, "No");
}

static void
test_refusal (void)
{
  g_autoptr (WsServer) server = api_server_new ();
  g_autoptr (WsSocket) client = ws_socket_new ();

  g_signal_connect (server, "handshake-requested", G_CALLBACK (on_handshake),
                    NULL);
  begin_record ();
  ws_socket_open (client, ws_server_get_url (server), NULL);
  expect_story ("socket *: no connection: 127.0.0.1:*, decision: A handler "
                "refused a handshake with status 403",
                "socket *: failed: *403*", "socket *: unconnected");
}

static void
test_reconnect (void)
{
  g_autoptr (WsSocket) client = ws_socket_new ();
  g_autoptr (WsReconnectPolicy) policy = ws_reconnect_policy_new ();
  g_autofree char *url
      = g_strdup_printf ("ws://127.0.0.1:%u/", ws_test_dead_port ());

  g_object_set (policy, "minimum", 1, "maximum", 1, NULL);
  ws_socket_set_reconnect (client, policy);
  begin_record ();
  ws_socket_open (client, url, NULL);
  expect_story ("socket *: connecting to ws://127.0.0.1:*",
                "socket *: failed: *", "socket *: unconnected",
                "socket *: reconnecting: attempt 1 follows in * ms",
                "socket *: connecting to ws://127.0.0.1:*, attempt 1 since "
                "the loss",
                "socket *: reconnecting: attempt 2 follows in * ms");
  ws_socket_close (client, 1000, NULL, NULL);
}

static void
test_tls_failure (SslPair *pair, gconstpointer data)
{
  begin_record ();
  g_assert_false (ssl_pair_try (pair, NULL));
  expect_story ("socket *: connecting to wss://*",
                "socket *: the certificate has a problem: *",
                "socket *: failed: *",
                "socket *: no connection: *TLS handshake*");
  g_assert_nonnull (strstr (record.all->str, ", tls: > fatal alert "));
  g_assert_nonnull (strstr (record.all->str, ", tls: < fatal alert "));
}

static void
test_tls (SslPair *pair, gconstpointer data)
{
  begin_record ();
  ssl_pair_open (pair, NULL);
  expect_story ("socket *: connected from 127.0.0.1:*, TLS",
                "socket *: connected to 127.0.0.1:*, TLS*");
  ssl_pair_close (pair);
  g_assert_nonnull (strstr (record.all->str, ", tls: the handshake begins"));
  g_assert_nonnull (strstr (record.all->str, ", frames: > close, "));
}

/* What a peer says is shown, but not obeyed. */
static void
test_controls (void)
{
  g_autoptr (WsServer) server = api_server_new ();
  g_autoptr (RawPeer) peer = raw_peer_connect (ws_server_get_port (server));

  begin_record ();
  raw_peer_send (peer, "GET /\033[31m\xe2\x80\xae HTTP/1.1\r\n\r\n");
  expect_story ("socket *: no connection: *, request: The request line *");
}

/* --- Secrets --- */

static void
answer_with_secrets (HttpVisit *visit, const char *head, gpointer data)
{
  switch (visit->rig->heads->len)
    {
    case 1:
      http_visit_say (visit, "HTTP/1.1 401 Login\r\n"
                             "WWW-Authenticate: Basic realm=\"r\"\r\n"
                             "Set-Cookie: a=" SECRET "\r\n"
                             "Content-Length: 6\r\n\r\n" SECRET);
      break;
    case 2:
      http_visit_say (visit, "HTTP/1.1 302 Found\r\n"
                             "Location: /there?token=" SECRET "\r\n"
                             "Content-Length: 0\r\n\r\n");
      break;
    case 3:
      http_visit_say (visit, "HTTP/1.1 302 Found\r\n"
                             "Location: http://u:" SECRET "@[/?" SECRET
                             "\r\nContent-Length: 0\r\n\r\n");
      break;
    }
}

static void
test_client_secrets (void)
{
  g_autoptr (HttpRig) rig = http_rig_new (FALSE, answer_with_secrets, NULL);
  g_autoptr (WsSocket) client = ws_socket_new ();
  const char *const offers[] = { "token." SECRET, NULL };
  g_autofree char  *url
      = http_rig_make_url (rig, "user:" SECRET, "/here?token=" SECRET);

  begin_record ();
  ws_socket_set_max_redirects (client, 5);
  ws_socket_set_subprotocols (client, offers);
  ws_headers_append (ws_socket_get_request_headers (client), "Cookie",
                     "a=" SECRET, NULL);
  ws_headers_append (ws_socket_get_request_headers (client), "X-Token", SECRET,
                     NULL);
  g_assert_true (ws_socket_open (client, url, NULL));
  expect_story ("socket *: connecting to ws://127.0.0.1:*/here?...",
                "socket *: redirected to ws://127.0.0.1:*/there?...",
                "socket *: failed: *", "socket *: unconnected");
  g_assert_cmpuint (rig->heads->len, ==, 3);
  g_assert_nonnull (strstr (g_ptr_array_index (rig->heads, 2), SECRET));
  g_assert_nonnull (strstr (record.all->str, "; Authorization: ("));
  expect_no_secret ();
}

/* A URL that nobody can open is an error message all the same. */
static void
test_url_secrets (void)
{
  static const char *const urls[] = {
    "ws://user:" SECRET "@host:port/?" SECRET,
    "ws://host/?" SECRET "#" SECRET,
    "ftp://user:" SECRET "@host/" SECRET "?" SECRET,
    "ws://host/#" SECRET,
  };
  g_autoptr (WsSocket) client = ws_socket_new ();

  begin_record ();
  for (guint i = 0; i < G_N_ELEMENTS (urls); i++)
    g_assert_false (ws_socket_open (client, urls[i], NULL));
  g_assert_false (
      ws_socket_set_proxy (client, "ftp://u:" SECRET "@host:1", NULL));
  g_assert_null (strstr (ws_socket_get_error_string (client), SECRET));
  expect_no_secret ();
}

static void
on_http (WsServer   *server,
         WsRequest  *request,
         WsResponse *response,
         gpointer    data)
{
  ws_headers_append (ws_response_get_headers (response), "Set-Cookie",
                     "a=" SECRET, NULL);
  ws_response_set_text (response, SECRET);
}

/* A line that cannot be understood is quoted, but not what may be secret. */
static void
test_server_secrets (void)
{
  static const char *const requests[] = {
    "GET /?" SECRET " HTTP/1.1\r\nHost: h\r\nCookie: " SECRET "\r\n\r\n",
    "POST http://u:" SECRET "@h/?" SECRET " HTTP/1.1\r\nHost: h\r\n"
    "Content-Length: 6\r\n\r\n" SECRET,
    "GET /?" SECRET " HTTP/x\r\n\r\n",
    "GET /?" SECRET " HTTP/1.1\r\nAuthorization : " SECRET "\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: h\r\nCookie: a\r\n " SECRET "\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: h\r\nCookie: " SECRET "\001\r\n\r\n",
  };
  g_autoptr (WsServer) server = api_server_new ();

  begin_record ();
  g_signal_connect (server, "http-request", G_CALLBACK (on_http), NULL);
  for (guint i = 0; i < G_N_ELEMENTS (requests); i++)
    {
      g_autoptr (RawPeer) peer = raw_peer_connect (ws_server_get_port (server));

      raw_peer_send (peer, requests[i]);
      raw_peer_wait_head (peer);
    }
  expect_story ("socket *: a request for \"/?...\" is answered with 200",
                "socket *: no connection: *malformed*",
                "socket *: no connection: *\"Authorization ...*");
  expect_no_secret ();
}

static void
test_payloads (Pair *pair, gconstpointer data)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static (SECRET, strlen (SECRET));
  g_autoptr (WsMessage) message = ws_message_new_text (SECRET);
  guint n_pings = 0;

  begin_record ();
  api_count (pair->accepted, "ping-received", &n_pings);
  api_socket_send (pair->client, SECRET);
  g_assert_cmpint (ws_socket_send_binary_message (pair->client, bytes, NULL),
                   ==, strlen (SECRET));
  ws_socket_ping (pair->client, bytes, NULL);
  ws_socket_post_message (pair->accepted, message);
  ws_test_until (NULL, n_pings == 1);
  ws_socket_abort (pair->client);
  ws_socket_post_message (pair->client, message);
  api_wait_state (pair->accepted, WS_STATE_UNCONNECTED);
  g_assert_nonnull (strstr (record.all->str, "> binary, 6 bytes"));
  g_assert_nonnull (strstr (record.all->str, "< ping, 6 bytes"));
  expect_no_secret ();
}

int
main (int argc, char **argv)
{
  g_setenv ("G_MESSAGES_DEBUG", "Ws", TRUE);
  g_setenv ("WS_DEBUG", "all", TRUE);
  api_test_init (&argc, &argv);
  record
      = (Record){ g_ptr_array_new_with_free_func (g_free), g_string_new (NULL),
                  g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                         g_free) };
  g_log_set_writer_func (take_record, NULL, NULL);

  pair_add ("/api/log/both-ends", NULL, test_both_ends);
  half_add ("/api/log/lost", NULL, test_lost);
  half_add ("/api/log/fault", NULL, test_fault);
  g_test_add_func ("/api/log/refusal", test_refusal);
  g_test_add_func ("/api/log/reconnect", test_reconnect);
  ssl_pair_add ("/api/log/tls-failure", "self-signed", test_tls_failure);
  ssl_pair_add ("/api/log/tls", NULL, test_tls);
  g_test_add_func ("/api/log/controls", test_controls);
  g_test_add_func ("/api/log/secrets/client", test_client_secrets);
  g_test_add_func ("/api/log/secrets/urls", test_url_secrets);
  g_test_add_func ("/api/log/secrets/server", test_server_secrets);
  pair_add ("/api/log/secrets/payloads", NULL, test_payloads);
  return g_test_run ();
}
