/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api-test.h"
#include "http-rig.h"

#include <string.h>

/* What a client can read of the server's answer. */

#define KEPT 16384

typedef struct
{
  const char *name;
  const char *head;
  const char *body;
  gsize       n_filler; /* bytes behind the body */
  gboolean    closes;
  guint       open_timeout; /* ms; 0: as it is */
  guint       status;
  const char *kept; /* how it begins */
  gsize       n_kept;
} Row;

static const Row rows[] = {
  { "length", "HTTP/1.1 403 No\r\nContent-Length: 5\r\n\r\n", "Never", 0, FALSE,
    0, 403, "Never", 5 },
  { "length-and-more", "HTTP/1.1 403 No\r\nContent-Length: 5\r\n\r\n",
    "Never ever", 0, FALSE, 0, 403, "Never", 5 },
  { "length-cut", "HTTP/1.1 403 No\r\nContent-Length: 50\r\n\r\n", "Never", 0,
    TRUE, 0, 403, "Never", 5 },
  { "chunked", "HTTP/1.1 404 No\r\nTransfer-Encoding: chunked\r\n\r\n",
    "3\r\nNev\r\n2;x=y\r\ner\r\n0\r\nX: y\r\n\r\n", 0, FALSE, 0, 404, "Never",
    5 },
  { "chunked-badly", "HTTP/1.1 404 No\r\nTransfer-Encoding: chunked\r\n\r\n",
    "3\r\nNev\r\nzz\r\n", 0, FALSE, 0, 404, "Nev", 3 },
  { "until-close", "HTTP/1.1 503 Busy\r\n\r\n", "Later", 0, TRUE, 0, 503,
    "Later", 5 },
  { "none", "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n", "", 0, FALSE, 0,
    503, "", 0 },
  { "no-content", "HTTP/1.1 204 None\r\n\r\n", "", 0, FALSE, 0, 204, "", 0 },
  { "not-modified", "HTTP/1.1 304 Old\r\nContent-Length: 9\r\n\r\n", "", 0,
    FALSE, 0, 304, "", 0 },
  { "long-length", "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n",
    "Never", 40000, FALSE, 0, 200, "Never", KEPT },
  { "long-until-close", "HTTP/1.1 200 OK\r\n\r\n", "Never", 40000, TRUE, 0, 200,
    "Never", KEPT },
  { "endless", "HTTP/1.1 200 OK\r\n\r\n", "Never", 40000, FALSE, 0, 200,
    "Never", KEPT },
  { "exact", "HTTP/1.1 200 OK\r\nContent-Length: 16384\r\n\r\n", "Never",
    KEPT - 5, FALSE, 0, 200, "Never", KEPT },
  /* The refusal is the better error, with what came of it. */
  { "slow", "HTTP/1.1 503 Busy\r\nContent-Length: 50\r\n\r\n", "Later", 0,
    FALSE, 50, 503, "Later", 5 },
};

static void
answer_row (HttpVisit *visit, const char *head, gpointer user_data)
{
  const Row       *row = user_data;
  g_autofree char *filler = g_strnfill (row->n_filler, 'x');

  http_visit_say (visit, row->head);
  http_visit_say (visit, row->body);
  http_visit_say (visit, filler);
  if (row->closes)
    http_visit_close (visit);
}

static void
test_row (gconstpointer data)
{
  const Row           *row = data;
  WsSocket            *socket = ws_socket_new ();
  HttpRig             *rig = http_rig_new (FALSE, answer_row, (gpointer) row);
  g_autofree char     *url = http_rig_make_url (rig, NULL, "/");
  g_autofree char     *status = g_strdup_printf ("%u", row->status);
  guint                n_notified = 0;
  WsHandshakeResponse *response;
  const char          *body;
  gsize                len;

  if (row->open_timeout != 0)
    ws_socket_set_open_timeout (socket, row->open_timeout);
  g_assert_null (ws_socket_get_response (socket));
  g_assert_true (ws_socket_open (socket, url, NULL));
  api_count (socket, "notify::response", &n_notified);
  api_wait_state (socket, WS_STATE_UNCONNECTED);
  g_assert_error (ws_socket_get_error (socket), WS_SOCKET_ERROR,
                  WS_SOCKET_ERROR_HANDSHAKE_REJECTED);
  g_assert_nonnull (strstr (ws_socket_get_error_string (socket), status));
  g_assert_cmpuint (n_notified, ==, 1);
  response = ws_socket_get_response (socket);
  g_assert_true (response == ws_socket_get_response (socket));
  g_assert_cmpuint (ws_handshake_response_get_status (response), ==,
                    row->status);
  body = g_bytes_get_data (ws_handshake_response_get_body (response), &len);
  g_assert_cmpuint (len, ==, row->n_kept);
  if (len > 0)
    g_assert_cmpint (memcmp (body, row->kept, strlen (row->kept)), ==, 0);
  g_assert_finalize_object (socket);
  http_rig_free (rig);
}

/* --- Headers --- */

static void
answer_headers (HttpVisit *visit, const char *head, gpointer user_data)
{
  http_visit_say (visit, "HTTP/1.1 418 I'm a t\xc3\xa9i\xe9re\r\n"
                         "x-oDD: 1\r\nServer: Rig\r\nX-ODD: 2\r\n"
                         "Content-Length: 0\r\n\r\n");
}

static void
test_headers (void)
{
  static const char *const expected[][2] = {
    { "x-oDD", "1" },
    { "Server", "Rig" },
    { "X-ODD", "2" },
    { "Content-Length", "0" },
  };
  WsSocket        *socket = ws_socket_new ();
  HttpRig         *rig = http_rig_new (FALSE, answer_headers, NULL);
  g_autofree char *url = http_rig_make_url (rig, NULL, "/");
  g_autofree char *joined = NULL;
  g_autoptr (WsHandshakeResponse) response = NULL;
  WsHeaders *headers;

  g_assert_true (ws_socket_open (socket, url, NULL));
  api_wait_state (socket, WS_STATE_UNCONNECTED);
  response = g_object_ref (ws_socket_get_response (socket));
  headers = ws_handshake_response_get_headers (response);
  g_assert_cmpuint (ws_headers_get_length (headers), ==,
                    G_N_ELEMENTS (expected));
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      g_assert_cmpstr (ws_headers_get_name (headers, i), ==, expected[i][0]);
      g_assert_cmpstr (ws_headers_get_value (headers, i), ==, expected[i][1]);
    }
  joined = ws_headers_get_list (headers, "X-Odd");
  g_assert_cmpstr (joined, ==, "1, 2");
  g_assert_true (
      g_utf8_validate (ws_handshake_response_get_reason (response), -1, NULL));
  /* It outlives the next opening, which shows none until there is one. */
  g_assert_true (ws_socket_open (socket, url, NULL));
  g_assert_null (ws_socket_get_response (socket));
  ws_socket_abort (socket);
  g_assert_cmpuint (ws_handshake_response_get_status (response), ==, 418);
  g_assert_finalize_object (socket);
  http_rig_free (rig);
}

static void
test_upgrade (Pair *pair, gconstpointer data)
{
  WsHandshakeResponse *response = ws_socket_get_response (pair->client);

  g_assert_cmpuint (ws_handshake_response_get_status (response), ==, 101);
  g_assert_cmpstr (ws_headers_get_one (
                       ws_handshake_response_get_headers (response), "upgrade"),
                   ==, "websocket");
  g_assert_cmpuint (g_bytes_get_size (
                        ws_handshake_response_get_body (response)),
                    ==, 0);
  g_assert_null (ws_socket_get_response (pair->accepted));
  /* The end of the connection leaves it. */
  ws_socket_abort (pair->client);
  g_assert_true (ws_socket_get_response (pair->client) == response);
}

/* A status that cannot be answered is a mistake, but never lets anybody in. */
static void
test_wrong_status (void)
{
  static const guint wrong[] = { 0, 42, 100, 102, 199, 600, G_MAXUINT };
  g_autoptr (WsResponse) response = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    for (guint way = 0; way < 3; way++)
      {
        g_clear_object (&response);
        response = g_object_new (WS_TYPE_RESPONSE, NULL);
        g_test_expect_message ("Ws", G_LOG_LEVEL_CRITICAL, "*no status*500*");
        if (way == 0)
          ws_response_set_status (response, wrong[i]);
        else if (way == 1)
          g_object_set (response, "status", wrong[i], NULL);
        else
          ws_response_refuse (response, wrong[i], NULL);
        g_test_assert_expected_messages ();
        g_assert_cmpuint (ws_response_get_status (response), ==, 500);
      }
  g_test_expect_message ("Ws", G_LOG_LEVEL_CRITICAL, "*101 is no status*");
  ws_response_refuse (response, 101, NULL);
  g_test_assert_expected_messages ();
  g_assert_cmpuint (ws_response_get_status (response), ==, 500);
}

int
main (int argc, char **argv)
{
  api_test_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *path
          = g_strconcat ("/api/response/body/", rows[i].name, NULL);

      g_test_add_data_func (path, &rows[i], test_row);
    }
  g_test_add_func ("/api/response/headers", test_headers);
  pair_add ("/api/response/upgrade", NULL, test_upgrade);
  g_test_add_func ("/api/response/wrong-status", test_wrong_status);
  return g_test_run ();
}
