/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Our client examines another library's server: see README.md for the paths. */
#include <stdlib.h>
#include <string.h>

#include <ws-glib/ws-glib.h>

#include "interop-client.h"
#include "support/ws-test.h"

static const char *base; /* the server's URL */

/* How the server saw the close: with this reason, NULL for any. */
static void
expect_remembered (guint code, const char *reason)
{
  InteropClient    how;
  g_autofree char *begin
      = g_strdup_printf ("%u %s", code, reason != NULL ? reason : "");

  interop_client_init (&how);
  interop_client_open (&how, base, "/how");

  g_autoptr (WsMessage) message = interop_client_take (&how);
  const char *seen = ws_message_get_text (message);

  if (reason != NULL)
    g_assert_cmpstr (seen, ==, begin);
  else
    g_assert_true (g_str_has_prefix (seen, begin));
  interop_client_clear (&how);
}

static const gsize sizes[] = { 0, 1, 125, 126, 127, 65535, 65536, 1024 * 1024 };

static void
echo_all_sizes (guint64 outgoing_frame_size)
{
  InteropClient client;

  interop_client_init (&client);
  ws_socket_set_outgoing_frame_size (client.socket, outgoing_frame_size);
  interop_client_open (&client, base, "/echo");
  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autofree char *text = g_strnfill (sizes[i], 'x');
      g_autoptr (GBytes) bytes = g_bytes_new (text, sizes[i]);

      ws_test_ignore (ws_socket_send_text_message (client.socket, text, NULL));
      interop_client_expect (&client, WS_MESSAGE_TYPE_TEXT, text, sizes[i]);
      ws_test_ignore (
          ws_socket_send_binary_message (client.socket, bytes, NULL));
      interop_client_expect (&client, WS_MESSAGE_TYPE_BINARY, text, sizes[i]);
    }
  interop_client_clear (&client);
}

static void
test_echo (void)
{
  echo_all_sizes (0);
}

static void
test_fragments_sent (void)
{
  echo_all_sizes (1000);
}

static void
test_fragments_received (void)
{
  InteropClient client;

  interop_client_init (&client);
  interop_client_open (&client, base, "/fragments");
  interop_client_expect_text (&client, "one two three");
  interop_client_expect (&client, WS_MESSAGE_TYPE_BINARY, "\0\1\2\3\4\5\6\7\10",
                         9);
  interop_client_clear (&client);
}

static void
test_nul (void)
{
  InteropClient client;
  g_autoptr (GBytes) bytes = g_bytes_new_static ("\0x\0", 3);
  g_autoptr (WsMessage) message = ws_message_new_text_bytes (bytes, NULL);

  interop_client_init (&client);
  interop_client_open (&client, base, "/nul");
  interop_client_expect (&client, WS_MESSAGE_TYPE_TEXT, "a\0b", 3);
  interop_client_clear (&client);

  interop_client_init (&client);
  interop_client_open (&client, base, "/echo");
  ws_test_ignore (ws_socket_send_message (client.socket, message, NULL));
  interop_client_expect (&client, WS_MESSAGE_TYPE_TEXT, "\0x\0", 3);
  interop_client_clear (&client);
}

static void
test_ping (void)
{
  const char   *payloads[] = { "", "p", "grüße" };
  InteropClient client;

  interop_client_init (&client);
  interop_client_open (&client, base, "/echo");
  for (gsize i = 0; i < G_N_ELEMENTS (payloads); i++)
    {
      g_autoptr (GBytes) payload
          = g_bytes_new (payloads[i], strlen (payloads[i]));

      ws_socket_ping (client.socket, payload, NULL);
      ws_test_until (NULL, client.pong != NULL || client.is_over);
      g_assert_nonnull (client.pong);
      g_assert_true (g_bytes_equal (client.pong, payload));
      g_clear_pointer (&client.pong, g_bytes_unref);
    }
  interop_client_clear (&client);
}

static void
test_pinged (void)
{
  InteropClient client;
  g_autoptr (GBytes) payload = g_bytes_new_static ("are you there", 13);

  interop_client_init (&client);
  interop_client_open (&client, base, "/ping");
  interop_client_expect_text (&client, "are you there");
  g_assert_true (g_bytes_equal (client.pinged, payload));
  interop_client_clear (&client);
}

static const struct
{
  guint       code;
  const char *reason;
} closes[] = {
  { 1000, "" },      { 1000, "done" },        { 1001, "tschüß" },
  { 3000, "grüße" }, { 4999, "ende \u20ac" }, { 4000, "" },
};

static void
test_close (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (closes); i++)
    {
      InteropClient client;

      interop_client_init (&client);
      interop_client_open (&client, base, "/closed");
      ws_socket_close (client.socket, closes[i].code, closes[i].reason, NULL);
      ws_test_until (NULL, client.is_over);
      g_assert_cmpuint (ws_socket_get_close_code (client.socket), ==,
                        closes[i].code);
      g_assert_cmpuint (ws_socket_get_close_code_sent (client.socket), ==,
                        closes[i].code);
      g_assert_cmpuint (ws_socket_get_close_code_received (client.socket), ==,
                        closes[i].code);
      g_assert_true (ws_socket_get_was_clean (client.socket));
      g_assert_cmpint (client.error, ==, -1);
      interop_client_clear (&client);
      expect_remembered (closes[i].code, closes[i].reason);
    }
}

static void
test_closed (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (closes); i++)
    {
      InteropClient    client;
      g_autofree char *wish
          = g_strdup_printf ("%u %s", closes[i].code, closes[i].reason);

      interop_client_init (&client);
      interop_client_open (&client, base, "/close");
      ws_test_ignore (ws_socket_send_text_message (client.socket, wish, NULL));
      ws_test_until (NULL, client.is_over);
      g_assert_cmpuint (ws_socket_get_close_code (client.socket), ==,
                        closes[i].code);
      g_assert_cmpuint (ws_socket_get_close_code_received (client.socket), ==,
                        closes[i].code);
      g_assert_cmpstr (ws_socket_get_close_reason (client.socket), ==,
                       closes[i].reason);
      g_assert_true (ws_socket_get_was_clean (client.socket));
      interop_client_clear (&client);
    }
}

static void
test_closed_empty (void)
{
  InteropClient client;

  interop_client_init (&client);
  interop_client_open (&client, base, "/close");
  ws_test_ignore (ws_socket_send_text_message (client.socket, "0 ", NULL));
  ws_test_until (NULL, client.is_over);
  g_assert_cmpuint (ws_socket_get_close_code (client.socket), ==, 1000);
  g_assert_cmpuint (ws_socket_get_close_code_received (client.socket), ==,
                    1005);
  g_assert_cmpuint (ws_socket_get_close_code_sent (client.socket), ==, 1005);
  g_assert_cmpstr (ws_socket_get_close_reason (client.socket), ==, "");
  g_assert_true (ws_socket_get_was_clean (client.socket));
  interop_client_clear (&client);
}

static void
test_subprotocol (void)
{
  static const struct
  {
    const char *offered[4];
    const char *expected;
  } cases[] = {
    { { "two", NULL }, "two" },
    { { "zero", "one", NULL }, "one" },
    { { NULL }, "" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      InteropClient client;

      interop_client_init (&client);
      ws_socket_set_subprotocols (client.socket, cases[i].offered);
      interop_client_open (&client, base, "/echo");

      const char *agreed = ws_socket_get_subprotocol (client.socket);

      g_assert_cmpstr (agreed != NULL ? agreed : "", ==, cases[i].expected);
      interop_client_clear (&client);
    }
}

static void
test_headers (void)
{
  InteropClient client;
  g_autoptr (WsHeaders) headers = ws_headers_new ();

  g_assert_true (
      ws_headers_append (headers, "X-Interop", "a value; b=\"c\"", NULL));
  interop_client_init (&client);
  ws_socket_set_request_headers (client.socket, headers);
  interop_client_open (&client, base, "/headers");
  interop_client_expect_text (&client, "a value; b=\"c\"");
  interop_client_clear (&client);
}

static void
test_bad_utf8 (void)
{
  InteropClient client;

  interop_client_init (&client);
  interop_client_open (&client, base, "/bad-utf8");
  ws_test_until (NULL, client.is_over);
  g_assert_cmpint (client.error, ==, WS_SOCKET_ERROR_INVALID_UTF8);
  g_assert_cmpuint (ws_socket_get_close_code (client.socket), ==, 1007);
  g_assert_cmpuint (ws_socket_get_close_code_sent (client.socket), ==, 1007);
  interop_client_clear (&client);
  expect_remembered (1007, NULL);
}

static void
test_too_big (void)
{
  InteropClient client;

  interop_client_init (&client);
  ws_socket_set_max_incoming_message_size (client.socket, 1024);
  interop_client_open (&client, base, "/too-big");
  ws_test_until (NULL, client.is_over);
  g_assert_cmpint (client.error, ==, WS_SOCKET_ERROR_MESSAGE_TOO_BIG);
  g_assert_cmpuint (ws_socket_get_close_code_sent (client.socket), ==, 1009);
  interop_client_clear (&client);
  expect_remembered (1009, NULL);
}

int
main (int argc, char **argv)
{
  g_assert_cmpint (argc, ==, 2);
  base = argv[1];

  argc = 1;
  /* The desktop's one wants settings that a test's environment lacks. */
  ws_test_init (&argc, &argv);
  g_test_add_func ("/interop/client/echo", test_echo);
  g_test_add_func ("/interop/client/nul", test_nul);
  g_test_add_func ("/interop/client/fragments-sent", test_fragments_sent);
  g_test_add_func ("/interop/client/fragments-received",
                   test_fragments_received);
  g_test_add_func ("/interop/client/ping", test_ping);
  g_test_add_func ("/interop/client/pinged", test_pinged);
  g_test_add_func ("/interop/client/close", test_close);
  g_test_add_func ("/interop/client/closed", test_closed);
  g_test_add_func ("/interop/client/closed-empty", test_closed_empty);
  g_test_add_func ("/interop/client/subprotocol", test_subprotocol);
  g_test_add_func ("/interop/client/headers", test_headers);
  g_test_add_func ("/interop/client/bad-utf8", test_bad_utf8);
  g_test_add_func ("/interop/client/too-big", test_too_big);
  return g_test_run ();
}
