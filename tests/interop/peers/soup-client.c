/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* libsoup 3 examines our servers: soup-client ECHO-URL INTEROP-URL. */
#include <string.h>

#include <libsoup/soup.h>

#include "support/ws-test.h"

static char *echo_url, *interop_url;
/* (nullable): whom to trust, if the URLs are wss */
static GTlsDatabase *tls_database;

typedef struct
{
  SoupSession             *session;    /* (owned) */
  SoupWebsocketConnection *connection; /* (owned) (nullable): none yet */
  GError                  *error;      /* (owned) (nullable): of connecting */
  GQueue                   messages;   /* (element-type GBytes) (owned) */
  int                      type;       /* of the last message */
  gboolean                 has_pong;   /* libsoup 3.2 garbles its payload */
  gboolean                 is_closed;
} Client;

static void
on_message (SoupWebsocketConnection *connection,
            int                      type,
            GBytes                  *message,
            Client                  *self)
{
  self->type = type;
  g_queue_push_tail (&self->messages, g_bytes_ref (message));
}

static void
on_pong (SoupWebsocketConnection *connection, gpointer payload, Client *self)
{
  self->has_pong = TRUE;
}

static void
on_closed (SoupWebsocketConnection *connection, Client *self)
{
  self->is_closed = TRUE;
}

static void
on_connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Client *self = user_data;

  self->connection
      = soup_session_websocket_connect_finish (SOUP_SESSION (source), result,
                                               &self->error);
  if (self->connection == NULL)
    return;
  soup_websocket_connection_set_max_incoming_payload_size (self->connection, 0);
  g_signal_connect (self->connection, "message", G_CALLBACK (on_message), self);
  g_signal_connect (self->connection, "pong", G_CALLBACK (on_pong), self);
  g_signal_connect (self->connection, "closed", G_CALLBACK (on_closed), self);
}

static void
client_open_full (Client     *self,
                  const char *base,
                  const char *path,
                  char      **subprotocols,
                  const char *header)
{
  g_autofree char *url = g_strconcat (base, path, NULL);
  g_autoptr (SoupMessage) message = soup_message_new ("GET", url);

  *self = (Client){ .session = soup_session_new () };
  /* The default one wants settings that a test's environment lacks. */
  soup_session_set_proxy_resolver (self->session, NULL);
  if (tls_database != NULL)
    soup_session_set_tls_database (self->session, tls_database);
  if (header != NULL)
    soup_message_headers_append (soup_message_get_request_headers (message),
                                 "X-Interop", header);
  soup_session_websocket_connect_async (self->session, message, NULL,
                                        subprotocols, G_PRIORITY_DEFAULT, NULL,
                                        on_connected, self);
  ws_test_until (NULL, self->connection != NULL || self->error != NULL);
  g_assert_no_error (self->error);
}

static void
client_open (Client *self, const char *base, const char *path)
{
  client_open_full (self, base, path, NULL, NULL);
}

static void
client_send (Client *self, int type, const char *data, gsize size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);

  soup_websocket_connection_send_message (self->connection, type, bytes);
}

/* What libsoup cannot say: bytes as they are, masked with 0 by the caller. */
static void
client_send_raw (Client *self, const char *bytes, gsize size)
{
  GIOStream *stream
      = soup_websocket_connection_get_io_stream (self->connection);
  GOutputStream *output = g_io_stream_get_output_stream (stream);

  g_assert_true (
      g_output_stream_write_all (output, bytes, size, NULL, NULL, NULL));
}

static GBytes *
client_take (Client *self)
{
  ws_test_until (NULL, !g_queue_is_empty (&self->messages) || self->is_closed);
  g_assert_false (g_queue_is_empty (&self->messages));
  return g_queue_pop_head (&self->messages);
}

static void
client_expect (Client *self, const char *data, gsize size)
{
  g_autoptr (GBytes) message = client_take (self);

  g_assert_cmpmem (g_bytes_get_data (message, NULL), g_bytes_get_size (message),
                   data, size);
}

/* Waits for the end, which must be this one; NULL for any reason. */
static void
client_expect_end (Client *self, guint code, const char *reason)
{
  ws_test_until (NULL, self->is_closed);
  g_assert_cmpuint (soup_websocket_connection_get_close_code (self->connection),
                    ==, code);
  if (reason == NULL)
    return;

  const char *seen
      = soup_websocket_connection_get_close_data (self->connection);

  g_assert_cmpstr (seen != NULL ? seen : "", ==, reason);
}

static void
client_clear (Client *self)
{
  if (!self->is_closed)
    {
      soup_websocket_connection_close (self->connection, 1000, NULL);
      ws_test_until (NULL, self->is_closed);
    }
  g_assert_true (g_queue_is_empty (&self->messages));
  g_object_unref (self->connection);
  g_object_unref (self->session);
}

static void
expect_remembered (guint code, const char *reason)
{
  Client           how;
  g_autofree char *expected = g_strdup_printf ("%u %s", code, reason);

  client_open (&how, interop_url, "/how");
  client_expect (&how, expected, strlen (expected));
  client_clear (&how);
}

static void
load_database (void)
{
  g_autofree char *file
      = g_build_filename (g_getenv ("WS_TEST_CERTIFICATES"), "root.pem", NULL);
  g_autoptr (GError) error = NULL;

  tls_database = g_tls_file_database_new (file, &error);
  g_assert_no_error (error);
}

static void
test_echo (void)
{
  static const gsize sizes[]
      = { 0, 1, 125, 126, 127, 65535, 65536, 1024 * 1024 };
  Client client;

  client_open (&client, echo_url, "");
  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    for (int type = SOUP_WEBSOCKET_DATA_TEXT;
         type <= SOUP_WEBSOCKET_DATA_BINARY; type++)
      {
        g_autofree char *data = g_strnfill (sizes[i], 'x');

        client_send (&client, type, data, sizes[i]);
        client_expect (&client, data, sizes[i]);
        g_assert_cmpint (client.type, ==, type);
      }
  client_clear (&client);
}

static void
test_nul (void)
{
  Client client;

  client_open (&client, echo_url, "");
  client_send (&client, SOUP_WEBSOCKET_DATA_TEXT, "\0x\0", 3);
  client_expect (&client, "\0x\0", 3);
  client_clear (&client);

  client_open (&client, interop_url, "/nul");
  client_expect (&client, "a\0b", 3);
  client_clear (&client);
}

static void
test_fragments_sent (void)
{
  static const char frames[] = "\x01\x82\0\0\0\0on"
                               "\x00\x80\0\0\0\0"
                               "\x89\x84\0\0\0\0ping"
                               "\x80\x81\0\0\0\0e";
  Client            client;

  client_open (&client, echo_url, "");
  client_send_raw (&client, frames, sizeof frames - 1);
  client_expect (&client, "one", 3);
  g_assert_true (client.has_pong);
  client_clear (&client);
}

static void
test_fragments_received (void)
{
  Client client;

  client_open (&client, interop_url, "/fragments");
  client_expect (&client, "one two three", 13);
  client_expect (&client, "\0\1\2\3\4\5\6\7\10", 9);
  g_assert_cmpint (client.type, ==, SOUP_WEBSOCKET_DATA_BINARY);
  client_clear (&client);
}

static void
test_ping (void)
{
  static const char frame[] = "\x89\x85\0\0\0\0hello";
  Client            client;

  client_open (&client, echo_url, "");
  client_send_raw (&client, frame, sizeof frame - 1);
  ws_test_until (NULL, client.has_pong || client.is_closed);
  g_assert_true (client.has_pong);
  client_clear (&client);
}

static void
test_pinged (void)
{
  Client client;

  client_open (&client, interop_url, "/ping");
  client_expect (&client, "are you there", 13);
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

      client_open (&client, interop_url, "/closed");
      soup_websocket_connection_close (client.connection,
                                       (gushort) closes[i].code,
                                       closes[i].reason);
      client_expect_end (&client, closes[i].code, NULL);
      client_clear (&client);
      expect_remembered (closes[i].code, closes[i].reason);
    }
}

static void
test_close_empty (void)
{
  Client client;

  client_open (&client, interop_url, "/closed");
  soup_websocket_connection_close (client.connection,
                                   SOUP_WEBSOCKET_CLOSE_NO_STATUS, NULL);
  client_expect_end (&client, SOUP_WEBSOCKET_CLOSE_NO_STATUS, NULL);
  client_clear (&client);
  expect_remembered (1005, "");
}

static void
test_closed (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (closes); i++)
    {
      Client           client;
      g_autofree char *wish
          = g_strdup_printf ("%u %s", closes[i].code, closes[i].reason);

      client_open (&client, interop_url, "/close");
      soup_websocket_connection_send_text (client.connection, wish);
      client_expect_end (&client, closes[i].code, closes[i].reason);
      client_clear (&client);
    }
}

static void
test_subprotocol (void)
{
  static const struct
  {
    const char *offered[3];
    const char *expected;
  } cases[] = {
    { { "two", NULL }, "two" },
    { { "zero", "one", NULL }, "one" },
    { { NULL }, NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Client client;
      char **offered
          = cases[i].offered[0] != NULL ? (char **) cases[i].offered : NULL;

      client_open_full (&client, interop_url, "/echo", offered, NULL);
      g_assert_cmpstr (soup_websocket_connection_get_protocol (
                           client.connection),
                       ==, cases[i].expected);
      client_clear (&client);
    }
}

static void
test_headers (void)
{
  static const char value[] = "a value; b=\"c\"";
  Client            client;

  client_open_full (&client, interop_url, "/headers", NULL, value);
  client_expect (&client, value, strlen (value));
  client_clear (&client);
}

static void
test_bad_utf8 (void)
{
  static const char frame[] = "\x81\x82\0\0\0\0\xc3\x28";
  Client            client;

  client_open (&client, echo_url, "");
  client_send_raw (&client, frame, sizeof frame - 1);
  client_expect_end (&client, SOUP_WEBSOCKET_CLOSE_BAD_DATA, NULL);
  client_clear (&client);
}

static void
test_limit (void)
{
  g_autofree char *data = g_strnfill (1025, 'x');
  Client           client;

  client_open (&client, interop_url, "/limit");
  client_send (&client, SOUP_WEBSOCKET_DATA_TEXT, data, 1024);
  client_expect (&client, data, 1024);
  client_send (&client, SOUP_WEBSOCKET_DATA_TEXT, data, 1025);
  client_expect_end (&client, SOUP_WEBSOCKET_CLOSE_TOO_BIG, NULL);
  client_clear (&client);
}

int
main (int argc, char **argv)
{
  g_assert_cmpint (argc, ==, 3);
  echo_url = argv[1];
  interop_url = argv[2];
  if (g_str_has_prefix (echo_url, "wss:"))
    load_database ();

  argc = 1;
  ws_test_init (&argc, &argv);
  g_test_add_func ("/interop/soup/echo", test_echo);
  g_test_add_func ("/interop/soup/nul", test_nul);
  g_test_add_func ("/interop/soup/fragments-sent", test_fragments_sent);
  g_test_add_func ("/interop/soup/fragments-received", test_fragments_received);
  g_test_add_func ("/interop/soup/ping", test_ping);
  g_test_add_func ("/interop/soup/pinged", test_pinged);
  g_test_add_func ("/interop/soup/close", test_close);
  g_test_add_func ("/interop/soup/close-empty", test_close_empty);
  g_test_add_func ("/interop/soup/closed", test_closed);
  g_test_add_func ("/interop/soup/subprotocol", test_subprotocol);
  g_test_add_func ("/interop/soup/headers", test_headers);
  g_test_add_func ("/interop/soup/bad-utf8", test_bad_utf8);
  g_test_add_func ("/interop/soup/limit", test_limit);

  int status = g_test_run ();

  g_clear_object (&tls_database);
  return status;
}
