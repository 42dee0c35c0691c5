/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Our side of the paths in README.md, for the clients of other libraries. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <glib-unix.h>
#include <ws-glib/ws-glib.h>

#include "interop-options.h"
#include "support/ws-test.h"

typedef struct
{
  GQueue closes;  /* (element-type utf8) (owned): remembered on /closed */
  GQueue waiting; /* (element-type WsSocket) (owned): who asks on /how */
} Interop;

/* Gives each who asks its answer as far as there are some. */
static void
tell_how (Interop *self)
{
  while (!g_queue_is_empty (&self->closes)
         && !g_queue_is_empty (&self->waiting))
    {
      g_autofree char *close = g_queue_pop_head (&self->closes);
      g_autoptr (WsSocket) client = g_queue_pop_head (&self->waiting);

      ws_test_ignore (ws_socket_send_text_message (client, close, NULL));
    }
}

static void
on_closed (WsSocket *client, Interop *self)
{
  char *close
      = g_strdup_printf ("%u %s", ws_socket_get_close_code_received (client),
                         ws_socket_get_close_reason (client));

  g_queue_push_tail (&self->closes, close);
  tell_how (self);
}

static void
remember (WsSocket *client, Interop *self)
{
  g_signal_connect (client, "disconnected", G_CALLBACK (on_closed), self);
}

static void
on_echo (WsSocket *client, WsMessage *message)
{
  ws_test_ignore (ws_socket_send_message (client, message, NULL));
}

static void
serve_echo (WsSocket *client, Interop *self)
{
  g_signal_connect (client, "message-received", G_CALLBACK (on_echo), NULL);
}

static void
serve_nul (WsSocket *client, Interop *self)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("a\0b", 3);
  g_autoptr (WsMessage) message = ws_message_new_text_bytes (bytes, NULL);

  ws_test_ignore (ws_socket_send_message (client, message, NULL));
}

static void
serve_fragments (WsSocket *client, Interop *self)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("\0\1\2\3\4\5\6\7\10", 9);

  ws_socket_set_outgoing_frame_size (client, 4);
  ws_test_ignore (ws_socket_send_text_message (client, "one two three", NULL));
  ws_test_ignore (ws_socket_send_binary_message (client, bytes, NULL));
}

static void
on_pong (WsSocket *client, guint64 elapsed, GBytes *payload)
{
  gsize            size;
  const char      *data = g_bytes_get_data (payload, &size);
  g_autofree char *text = g_strndup (data, size);

  ws_test_ignore (ws_socket_send_text_message (client, text, NULL));
}

static void
serve_ping (WsSocket *client, Interop *self)
{
  g_autoptr (GBytes) payload = g_bytes_new_static ("are you there", 13);

  g_signal_connect (client, "pong", G_CALLBACK (on_pong), NULL);
  ws_socket_ping (client, payload, NULL);
}

static void
serve_headers (WsSocket *client, Interop *self)
{
  WsHeaders  *headers = ws_socket_get_request_headers (client);
  const char *value = ws_headers_get_one (headers, "x-interop");

  ws_test_ignore (ws_socket_send_text_message (client,
                                               value != NULL ? value : "none",
                                               NULL));
}

/* The whole subject, "CN=client", for example. */
static void
serve_tls (WsSocket *client, Interop *self)
{
  WsSslSession     *session = ws_socket_get_ssl_session (client);
  WsSslCertificate *peer = ws_ssl_session_get_peer_certificate (session);
  const char       *alpn = ws_ssl_session_get_next_protocol (session);
  g_autofree char  *text
      = g_strdup_printf ("%s %s %s %s", ws_ssl_session_get_protocol (session),
                         alpn != NULL ? alpn : "-",
                         ws_ssl_session_get_resumed (session) ? "resumed"
                                                              : "new",
                         peer != NULL ? ws_ssl_certificate_get_subject (peer)
                                      : "-");

  ws_test_ignore (ws_socket_send_text_message (client, text, NULL));
  serve_echo (client, self);
}

static void
on_close_wish (WsSocket *client, const char *wish)
{
  char *reason = NULL;
  guint code = (guint) g_ascii_strtoull (wish, &reason, 10);

  ws_socket_close (client, code, *reason == ' ' ? reason + 1 : reason, NULL);
}

static void
serve_close (WsSocket *client, Interop *self)
{
  g_signal_connect (client, "text-message-received", G_CALLBACK (on_close_wish),
                    NULL);
}

static void
serve_too_big (WsSocket *client, Interop *self)
{
  g_autoptr (GBytes) bytes = g_bytes_new_take (g_malloc0 (4096), 4096);

  remember (client, self);
  ws_test_ignore (ws_socket_send_binary_message (client, bytes, NULL));
}

static void
serve_limit (WsSocket *client, Interop *self)
{
  ws_socket_set_max_incoming_message_size (client, 1024);
  serve_echo (client, self);
}

static void
serve_how (WsSocket *client, Interop *self)
{
  g_queue_push_tail (&self->waiting, g_object_ref (client));
  tell_how (self);
}

static const struct
{
  const char *path;
  void (*serve) (WsSocket *client, Interop *self);
} services[] = {
  { "/echo", serve_echo },
  { "/nul", serve_nul },
  { "/fragments", serve_fragments },
  { "/ping", serve_ping },
  { "/headers", serve_headers },
  { "/close", serve_close },
  { "/closed", remember },
  { "/too-big", serve_too_big },
  { "/limit", serve_limit },
  { "/how", serve_how },
  { "/tls", serve_tls },
};

static void
on_client_connected (WsServer *server, WsSocket *client, Interop *self)
{
  const char *path = ws_socket_get_resource_name (client);

  for (gsize i = 0; i < G_N_ELEMENTS (services); i++)
    if (g_str_equal (services[i].path, path))
      {
        services[i].serve (client, self);
        return;
      }
  ws_socket_close (client, WS_CLOSE_CODE_POLICY_VIOLATED, "No such path", NULL);
}

static gboolean
on_signal (gpointer user_data)
{
  g_main_loop_quit (user_data);
  return G_SOURCE_CONTINUE;
}

int
main (int argc, char **argv)
{
  const char *const subprotocols[] = { "one", "two", NULL };
  Interop           self = { G_QUEUE_INIT, G_QUEUE_INIT };
  g_autoptr (GError) error = NULL;
  g_autoptr (GInetAddress) address
      = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (WsServer) server = interop_options_make_server (argc, argv);

  ws_server_set_supported_subprotocols (server, subprotocols);
  g_signal_connect (server, "client-connected",
                    G_CALLBACK (on_client_connected), &self);
  if (!ws_server_listen (server, address, 0, &error))
    {
      g_printerr ("%s\n", error->message);
      return EXIT_FAILURE;
    }
  g_print ("%s\n", ws_server_get_url (server));
  fflush (stdout);
  g_unix_signal_add (SIGINT, on_signal, loop);
  g_unix_signal_add (SIGTERM, on_signal, loop);
  g_main_loop_run (loop);

  g_signal_handlers_disconnect_by_data (server, &self);
  g_clear_object (&server);
  g_queue_clear_full (&self.closes, g_free);
  g_queue_clear_full (&self.waiting, g_object_unref);
  return EXIT_SUCCESS;
}
