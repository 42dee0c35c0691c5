/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api-test.h"

/* Nobody has asked for a log: no peer can make one, and nothing is formatted
 * for it. */

static guint n_lines;

static GLogWriterOutput
count_line (GLogLevelFlags   level,
            const GLogField *fields,
            gsize            n_fields,
            gpointer         data)
{
  for (gsize i = 0; i < n_fields; i++)
    if (g_str_equal (fields[i].key, "GLIB_DOMAIN")
        && g_str_equal (fields[i].value, "Ws"))
      n_lines++;
  return g_log_writer_default (level, fields, n_fields, data);
}

static void
test_peers (void)
{
  static const char *const requests[]
      = { "\x16\x03\x01", "GET /?a b HTTP/1.1\r\n\r\n",
          "GET / HTTP/1.1\r\nHost : h\r\n\r\n", "GET / HTTP/1.1\r\n\r\n" };
  g_autoptr (WsServer) server = api_server_new ();
  guint n_failed = 0;

  api_count (server, "peer-failed", &n_failed);
  for (guint i = 0; i < G_N_ELEMENTS (requests); i++)
    {
      g_autoptr (RawPeer) peer = raw_peer_connect (ws_server_get_port (server));

      raw_peer_send (peer, requests[i]);
      ws_test_until (NULL, n_failed == i + 1);
    }
  api_server_visit (server, ws_server_get_url (server));
  api_server_close (server);
  g_assert_cmpuint (n_lines, ==, 0);
}

static void
test_text_with_nul (Half *half, gconstpointer data)
{
  static const guint8 fault[] = { 0x83, 0x00 };
  guint               n_messages = 0;

  api_count (half->socket, "text-message-received", &n_messages);
  for (guint i = 1; i <= 3; i++)
    {
      raw_peer_send_frame (half->peer, 0x81, "a\0b", 3);
      ws_test_until (NULL, n_messages == i);
    }
  raw_peer_send_bytes (half->peer, fault, sizeof fault);
  ws_test_until (NULL, ws_socket_get_state (half->socket) == WS_STATE_CLOSING);
  g_assert_cmpuint (n_lines, ==, 0);
}

int
main (int argc, char **argv)
{
  g_unsetenv ("G_MESSAGES_DEBUG");
  g_unsetenv ("WS_DEBUG");
  api_test_init (&argc, &argv);
  g_log_set_writer_func (count_line, NULL, NULL);

  g_test_add_func ("/api/log-quiet/peers", test_peers);
  half_add ("/api/log-quiet/text-with-nul", NULL, test_text_with_nul);
  return g_test_run ();
}
