/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api-test.h"
#include "http-rig.h"

#include <string.h>

/* Openings with settings of their own. */

static void
answer_accept (HttpVisit *visit, const char *head, gpointer user_data)
{
  http_visit_accept (visit, head);
}

typedef struct
{
  HttpRig   *rig;
  WsSocket  *socket;
  WsRequest *request;
  char      *url;
} Stage;

static void
stage_set_up (Stage *stage, gconstpointer data)
{
  stage->rig = http_rig_new (FALSE, answer_accept, NULL);
  stage->socket = ws_socket_new ();
  stage->url = http_rig_make_url (stage->rig, NULL, "/asked?a=b");
  stage->request = ws_request_new (stage->url);
}

static void
stage_tear_down (Stage *stage, gconstpointer data)
{
  g_assert_finalize_object (stage->socket);
  g_assert_finalize_object (stage->request);
  http_rig_free (stage->rig);
  g_free (stage->url);
}

#define stage_add(path, data, test) \
  g_test_add (path, Stage, data, stage_set_up, test, stage_tear_down)

static void
open_stage (Stage *stage)
{
  g_autoptr (GError) error = NULL;

  ws_socket_open_request (stage->socket, stage->request, &error);
  g_assert_no_error (error);
  ws_test_until (NULL,
                 ws_socket_get_state (stage->socket) != WS_STATE_CONNECTING);
  g_assert_cmpstr (ws_socket_get_error_string (stage->socket), ==, "");
}

/* Of the last request. */
static void
expect_field (Stage *stage, const char *name, const char *expected)
{
  const char *head
      = g_ptr_array_index (stage->rig->heads, stage->rig->heads->len - 1);
  g_autofree char *value = http_head_get (head, name);

  g_assert_cmpstr (value, ==, expected);
}

static void
set_header (Stage *stage, const char *name, const char *value)
{
  g_autoptr (GError) error = NULL;

  ws_headers_append (ws_request_get_headers (stage->request), name, value,
                     &error);
  g_assert_no_error (error);
}

/* What the header names comes behind, and what is none is left out. */
static void
test_merged (Stage *stage, gconstpointer data)
{
  const char *const offered[] = { "chat", NULL };

  ws_request_set_subprotocols (stage->request, offered);
  set_header (stage, "Sec-WebSocket-Protocol", "v2, {bad}");
  g_test_expect_message ("Ws", G_LOG_LEVEL_WARNING, "*{bad}*subprotocol*");
  open_stage (stage);
  g_test_assert_expected_messages ();
  expect_field (stage, "Sec-WebSocket-Protocol", "chat, v2");
}

/* The socket's settings hold for what the request leaves open, and for the next
 * opening. */
static void
test_settings (Stage *stage, gconstpointer data)
{
  const char *const offered[] = { "own", NULL };
  g_autoptr (WsHeaders) headers = ws_headers_new ();

  ws_headers_append (headers, "X-Own", "1", NULL);
  ws_socket_set_request_headers (stage->socket, headers);
  ws_socket_set_subprotocols (stage->socket, offered);
  ws_socket_set_origin (stage->socket, "https://own.example");
  ws_request_set_origin (stage->request, "https://request.example");
  set_header (stage, "X-Request", "1");
  open_stage (stage);
  expect_field (stage, "X-Own", NULL);
  expect_field (stage, "X-Request", "1");
  expect_field (stage, "Origin", "https://request.example");
  expect_field (stage, "Sec-WebSocket-Protocol", "own");

  api_socket_open (stage->socket, stage->url);
  expect_field (stage, "X-Own", "1");
  expect_field (stage, "X-Request", NULL);
  expect_field (stage, "Origin", "https://own.example");
}

/* A request is read at once, and may be used again. */
static void
test_again (Stage *stage, gconstpointer data)
{
  set_header (stage, "X-Turn", "1");
  g_assert_true (ws_socket_open_request (stage->socket, stage->request, NULL));
  ws_headers_replace (ws_request_get_headers (stage->request), "X-Turn", "2",
                      NULL);
  api_wait_state (stage->socket, WS_STATE_CONNECTED);
  expect_field (stage, "X-Turn", "1");
  open_stage (stage);
  expect_field (stage, "X-Turn", "2");
  g_assert_cmpuint (stage->rig->heads->len, ==, 2);
}

/* The handshake's own fields are not the user's. */
static void
test_reserved (Stage *stage, gconstpointer data)
{
  set_header (stage, data, "1");
  ws_socket_open_request (stage->socket, stage->request, NULL);
  api_wait_state (stage->socket, WS_STATE_UNCONNECTED);
  g_assert_nonnull (strstr (ws_socket_get_error_string (stage->socket), data));
  g_assert_cmpuint (stage->rig->heads->len, ==, 0);
}

static void
test_bad_header (Stage *stage, gconstpointer data)
{
  WsHeaders *headers = ws_request_get_headers (stage->request);
  g_autoptr (GError) error = NULL;

  g_assert_false (ws_headers_append (headers, "X-Bad", "a\r\nX: y", &error));
  g_assert_error (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  g_assert_false (ws_headers_append (headers, "X Bad", "a", &error));
  g_assert_error (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_INVALID_ARGUMENT);
  g_assert_cmpuint (ws_headers_get_length (headers), ==, 0);
}

/* --- Limits of what is answered --- */

/* One field of the answer has 20 000 bytes, and there are 210 more. */
static void
answer_large (HttpVisit *visit, const char *head, gpointer user_data)
{
  g_autofree char *x = g_strnfill (20000, 'x');
  g_autoptr (GString) answer = g_string_new ("HTTP/1.1 103 Early\r\n");

  g_string_append_printf (answer, "X: %s\r\n", x);
  for (guint i = 0; i < 210; i++)
    g_string_append (answer, "Y: z\r\n");
  g_string_append (answer, "\r\n");
  http_visit_say (visit, answer->str);
  http_visit_accept (visit, head);
}

static void
try_large (WsSocket *socket, const char *url, const char *limit)
{
  g_assert_true (ws_socket_open (socket, url, NULL));
  api_wait_state (socket,
                  limit == NULL ? WS_STATE_CONNECTED : WS_STATE_UNCONNECTED);
  if (limit != NULL)
    g_assert_nonnull (strstr (ws_socket_get_error_string (socket), limit));
}

static void
test_limits (void)
{
  HttpRig         *rig = http_rig_new (FALSE, answer_large, NULL);
  g_autofree char *url = http_rig_make_url (rig, NULL, "/");
  WsSocket        *socket = ws_socket_new ();

  g_assert_cmpuint (ws_socket_get_max_header_size (socket), ==, 64 * 1024);
  g_assert_cmpuint (ws_socket_get_max_header_line_size (socket), ==, 16 * 1024);
  g_assert_cmpuint (ws_socket_get_max_header_count (socket), ==, 200);
  try_large (socket, url, "max-header-line-size (16384 bytes)");
  ws_socket_set_max_header_line_size (socket, 30000);
  try_large (socket, url, "max-header-count (200)");
  ws_socket_set_max_header_count (socket, 300);
  try_large (socket, url, NULL);
  ws_socket_abort (socket);
  ws_socket_set_max_header_size (socket, 20500);
  try_large (socket, url, "max-header-size (20500 bytes)");
  g_assert_finalize_object (socket);
  http_rig_free (rig);
}

int
main (int argc, char **argv)
{
  api_test_init (&argc, &argv);
  stage_add ("/api/request-settings/merged", NULL, test_merged);
  stage_add ("/api/request-settings/settings", NULL, test_settings);
  stage_add ("/api/request-settings/again", NULL, test_again);
  stage_add ("/api/request-settings/reserved/upgrade", "Upgrade",
             test_reserved);
  stage_add ("/api/request-settings/reserved/key", "Sec-WebSocket-Key",
             test_reserved);
  stage_add ("/api/request-settings/bad-header", NULL, test_bad_header);
  g_test_add_func ("/api/request-settings/limits", test_limits);
  return g_test_run ();
}
