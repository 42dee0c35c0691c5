/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Our client examines another library's server: see README.md for the paths. */
#include <stdlib.h>
#include <string.h>

#include <ws-glib/ws-glib.h>

#include "ws-test.h"

static const char *base; /* the server's URL */

typedef struct
{
  WsSocket *socket;   /* (owned) */
  GQueue    messages; /* (element-type WsMessage) (owned): not looked at */
  GBytes   *pong;     /* (owned) (nullable) */
  GBytes   *pinged;   /* (owned) (nullable) */
  int       error;    /* code of the last error, -1 for none */
  gboolean  is_over;
} Client;

static void
on_message (WsSocket *socket, WsMessage *message, Client *self)
{
  g_queue_push_tail (&self->messages, ws_message_ref (message));
}

static void
on_pong (WsSocket *socket, guint64 elapsed, GBytes *payload, Client *self)
{
  g_clear_pointer (&self->pong, g_bytes_unref);
  self->pong = g_bytes_ref (payload);
}

static void
on_ping (WsSocket *socket, GBytes *payload, Client *self)
{
  g_clear_pointer (&self->pinged, g_bytes_unref);
  self->pinged = g_bytes_ref (payload);
}

static void
on_error (WsSocket *socket, const GError *error, Client *self)
{
  g_assert_cmpint (self->error, ==, -1);
  self->error = error->code;
}

static void
on_disconnected (WsSocket *socket, Client *self)
{
  self->is_over = TRUE;
}

static void
client_init (Client *self)
{
  *self = (Client){ .socket = ws_socket_new (), .error = -1 };
  g_signal_connect (self->socket, "message-received", G_CALLBACK (on_message),
                    self);
  g_signal_connect (self->socket, "pong", G_CALLBACK (on_pong), self);
  g_signal_connect (self->socket, "ping-received", G_CALLBACK (on_ping), self);
  g_signal_connect (self->socket, "error", G_CALLBACK (on_error), self);
  g_signal_connect (self->socket, "disconnected", G_CALLBACK (on_disconnected),
                    self);
}

/* Opens base + path and waits until that has worked. */
static void
client_open (Client *self, const char *path)
{
  g_autofree char *url = g_strconcat (base, path, NULL);
  g_autoptr (GError) error = NULL;

  self->is_over = FALSE;
  ws_socket_open (self->socket, url, &error);
  g_assert_no_error (error);
  ws_test_until (NULL, self->is_over
                           || ws_socket_get_state (self->socket)
                                  == WS_STATE_CONNECTED);
  g_assert_cmpstr (ws_socket_get_error_string (self->socket), ==, "");
  g_assert_false (self->is_over);
}

static void
client_clear (Client *self)
{
  if (!self->is_over)
    {
      ws_socket_close (self->socket, WS_CLOSE_CODE_NORMAL, NULL, NULL);
      ws_test_until (NULL, self->is_over);
      g_assert_true (ws_socket_get_was_clean (self->socket));
    }
  g_signal_handlers_disconnect_by_data (self->socket, self);
  g_assert_true (g_queue_is_empty (&self->messages));
  g_clear_pointer (&self->pong, g_bytes_unref);
  g_clear_pointer (&self->pinged, g_bytes_unref);
  g_assert_finalize_object (self->socket);
}

/* Waits for the next message; the caller owns it. */
static WsMessage *
client_take (Client *self)
{
  ws_test_until (NULL, !g_queue_is_empty (&self->messages) || self->is_over);
  g_assert_false (g_queue_is_empty (&self->messages));
  return g_queue_pop_head (&self->messages);
}

/* Takes the next message, which must be this one. */
static void
client_expect (Client *self, WsMessageType type, const char *data, gsize size)
{
  g_autoptr (WsMessage) message = client_take (self);
  GBytes *bytes = ws_message_get_bytes (message);

  g_assert_cmpint (ws_message_get_message_type (message), ==, type);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes),
                   data, size);
}

static void
client_expect_text (Client *self, const char *text)
{
  client_expect (self, WS_MESSAGE_TYPE_TEXT, text, strlen (text));
}

/* How the server saw the close: with this reason, NULL for any. */
static void
expect_remembered (guint code, const char *reason)
{
  Client           how;
  g_autofree char *begin
      = g_strdup_printf ("%u %s", code, reason != NULL ? reason : "");

  client_init (&how);
  client_open (&how, "/how");

  g_autoptr (WsMessage) message = client_take (&how);
  const char *seen = ws_message_get_text (message);

  if (reason != NULL)
    g_assert_cmpstr (seen, ==, begin);
  else
    g_assert_true (g_str_has_prefix (seen, begin));
  client_clear (&how);
}

static const gsize sizes[] = { 0, 1, 125, 126, 127, 65535, 65536, 1024 * 1024 };

static void
echo_all_sizes (guint64 outgoing_frame_size)
{
  Client client;

  client_init (&client);
  ws_socket_set_outgoing_frame_size (client.socket, outgoing_frame_size);
  client_open (&client, "/echo");
  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autofree char *text = g_strnfill (sizes[i], 'x');
      g_autoptr (GBytes) bytes = g_bytes_new (text, sizes[i]);

      ws_socket_send_text_message (client.socket, text, NULL);
      client_expect (&client, WS_MESSAGE_TYPE_TEXT, text, sizes[i]);
      ws_socket_send_binary_message (client.socket, bytes, NULL);
      client_expect (&client, WS_MESSAGE_TYPE_BINARY, text, sizes[i]);
    }
  client_clear (&client);
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
  Client client;

  client_init (&client);
  client_open (&client, "/fragments");
  client_expect_text (&client, "one two three");
  client_expect (&client, WS_MESSAGE_TYPE_BINARY, "\0\1\2\3\4\5\6\7\10", 9);
  client_clear (&client);
}

static void
test_nul (void)
{
  Client client;
  g_autoptr (GBytes) bytes = g_bytes_new_static ("\0x\0", 3);
  g_autoptr (WsMessage) message = ws_message_new_text_bytes (bytes, NULL);

  client_init (&client);
  client_open (&client, "/nul");
  client_expect (&client, WS_MESSAGE_TYPE_TEXT, "a\0b", 3);
  client_clear (&client);

  client_init (&client);
  client_open (&client, "/echo");
  ws_socket_send_message (client.socket, message, NULL);
  client_expect (&client, WS_MESSAGE_TYPE_TEXT, "\0x\0", 3);
  client_clear (&client);
}

static void
test_ping (void)
{
  const char *payloads[] = { "", "p", "grüße" };
  Client      client;

  client_init (&client);
  client_open (&client, "/echo");
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
  client_clear (&client);
}

static void
test_pinged (void)
{
  Client client;
  g_autoptr (GBytes) payload = g_bytes_new_static ("are you there", 13);

  client_init (&client);
  client_open (&client, "/ping");
  client_expect_text (&client, "are you there");
  g_assert_true (g_bytes_equal (client.pinged, payload));
  client_clear (&client);
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
      Client client;

      client_init (&client);
      client_open (&client, "/closed");
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
      client_clear (&client);
      expect_remembered (closes[i].code, closes[i].reason);
    }
}

static void
test_closed (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (closes); i++)
    {
      Client           client;
      g_autofree char *wish
          = g_strdup_printf ("%u %s", closes[i].code, closes[i].reason);

      client_init (&client);
      client_open (&client, "/close");
      ws_socket_send_text_message (client.socket, wish, NULL);
      ws_test_until (NULL, client.is_over);
      g_assert_cmpuint (ws_socket_get_close_code (client.socket), ==,
                        closes[i].code);
      g_assert_cmpuint (ws_socket_get_close_code_received (client.socket), ==,
                        closes[i].code);
      g_assert_cmpstr (ws_socket_get_close_reason (client.socket), ==,
                       closes[i].reason);
      g_assert_true (ws_socket_get_was_clean (client.socket));
      client_clear (&client);
    }
}

static void
test_closed_empty (void)
{
  Client client;

  client_init (&client);
  client_open (&client, "/close");
  ws_socket_send_text_message (client.socket, "0 ", NULL);
  ws_test_until (NULL, client.is_over);
  g_assert_cmpuint (ws_socket_get_close_code (client.socket), ==, 1000);
  g_assert_cmpuint (ws_socket_get_close_code_received (client.socket), ==,
                    1005);
  g_assert_cmpuint (ws_socket_get_close_code_sent (client.socket), ==, 1005);
  g_assert_cmpstr (ws_socket_get_close_reason (client.socket), ==, "");
  g_assert_true (ws_socket_get_was_clean (client.socket));
  client_clear (&client);
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
      Client client;

      client_init (&client);
      ws_socket_set_subprotocols (client.socket, cases[i].offered);
      client_open (&client, "/echo");

      const char *agreed = ws_socket_get_subprotocol (client.socket);

      g_assert_cmpstr (agreed != NULL ? agreed : "", ==, cases[i].expected);
      client_clear (&client);
    }
}

static void
test_headers (void)
{
  Client client;
  g_autoptr (WsHeaders) headers = ws_headers_new ();

  g_assert_true (
      ws_headers_append (headers, "X-Interop", "a value; b=\"c\"", NULL));
  client_init (&client);
  ws_socket_set_request_headers (client.socket, headers);
  client_open (&client, "/headers");
  client_expect_text (&client, "a value; b=\"c\"");
  client_clear (&client);
}

static void
test_bad_utf8 (void)
{
  Client client;

  client_init (&client);
  client_open (&client, "/bad-utf8");
  ws_test_until (NULL, client.is_over);
  g_assert_cmpint (client.error, ==, WS_SOCKET_ERROR_INVALID_UTF8);
  g_assert_cmpuint (ws_socket_get_close_code (client.socket), ==, 1007);
  g_assert_cmpuint (ws_socket_get_close_code_sent (client.socket), ==, 1007);
  client_clear (&client);
  expect_remembered (1007, NULL);
}

static void
test_too_big (void)
{
  Client client;

  client_init (&client);
  ws_socket_set_max_incoming_message_size (client.socket, 1024);
  client_open (&client, "/too-big");
  ws_test_until (NULL, client.is_over);
  g_assert_cmpint (client.error, ==, WS_SOCKET_ERROR_MESSAGE_TOO_BIG);
  g_assert_cmpuint (ws_socket_get_close_code_sent (client.socket), ==, 1009);
  client_clear (&client);
  expect_remembered (1009, NULL);
}

int
main (int argc, char **argv)
{
  g_assert_cmpint (argc, ==, 2);
  base = argv[1];

  argc = 1;
  /* The desktop's one wants settings that a test's environment lacks. */
  g_setenv ("GIO_USE_PROXY_RESOLVER", "dummy", TRUE);
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
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
