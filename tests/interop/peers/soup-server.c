/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The paths of ../README.md, served by libsoup 3; with --certificate FILE --key
 * FILE over TLS. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <glib-unix.h>
#include <libsoup/soup.h>

typedef struct
{
  GPtrArray *connections; /* (owned): libsoup leaves keeping them to us */
  GQueue     closes;      /* (element-type utf8) (owned) */
  GQueue     waiting;     /* (element-type SoupWebsocketConnection) (owned) */
} Peer;

/* What libsoup cannot say: bytes as they are. */
static void
send_raw (SoupWebsocketConnection *connection, const char *bytes, gsize size)
{
  GIOStream     *stream = soup_websocket_connection_get_io_stream (connection);
  GOutputStream *output = g_io_stream_get_output_stream (stream);

  g_output_stream_write_all (output, bytes, size, NULL, NULL, NULL);
}

static void
tell_how (Peer *self)
{
  while (!g_queue_is_empty (&self->closes)
         && !g_queue_is_empty (&self->waiting))
    {
      g_autofree char *close = g_queue_pop_head (&self->closes);
      g_autoptr (SoupWebsocketConnection) connection
          = g_queue_pop_head (&self->waiting);

      soup_websocket_connection_send_text (connection, close);
    }
}

static void
on_closed (SoupWebsocketConnection *connection, Peer *self)
{
  const char *reason = soup_websocket_connection_get_close_data (connection);
  char       *close
      = g_strdup_printf ("%u %s",
                         soup_websocket_connection_get_close_code (connection),
                         reason != NULL ? reason : "");

  g_queue_push_tail (&self->closes, close);
  tell_how (self);
}

static void
remember (SoupWebsocketConnection *connection, Peer *self)
{
  g_signal_connect (connection, "closed", G_CALLBACK (on_closed), self);
}

static void
on_echo (SoupWebsocketConnection *connection, int type, GBytes *message)
{
  soup_websocket_connection_send_message (connection, type, message);
}

static void
serve_echo (SoupWebsocketConnection *connection, Peer *self)
{
  g_signal_connect (connection, "message", G_CALLBACK (on_echo), NULL);
}

static void
serve_nul (SoupWebsocketConnection *connection, Peer *self)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("a\0b", 3);

  soup_websocket_connection_send_message (connection, SOUP_WEBSOCKET_DATA_TEXT,
                                          bytes);
}

static void
serve_fragments (SoupWebsocketConnection *connection, Peer *self)
{
  static const char frames[] = "\x01\x04one \x00\x00\x00\x04two \x80\x05three"
                               "\x02\x04\0\1\2\3\x80\x05\4\5\6\7\10";

  send_raw (connection, frames, sizeof frames - 1);
}

/* libsoup 3.2 garbles the payload: all it tells is that a pong came. */
static void
on_pong (SoupWebsocketConnection *connection)
{
  soup_websocket_connection_send_text (connection, "are you there");
}

static void
serve_ping (SoupWebsocketConnection *connection, Peer *self)
{
  static const char frame[] = "\x89\x0d"
                              "are you there";

  g_signal_connect (connection, "pong", G_CALLBACK (on_pong), NULL);
  send_raw (connection, frame, sizeof frame - 1);
}

static void
on_close_wish (SoupWebsocketConnection *connection, int type, GBytes *message)
{
  const char      *data = g_bytes_get_data (message, NULL);
  g_autofree char *wish = g_strndup (data, g_bytes_get_size (message));
  char            *reason;
  gushort          code = (gushort) g_ascii_strtoull (wish, &reason, 10);

  /* After an empty close of its own libsoup leaves TCP open for 5 seconds. */
  if (code == 0)
    send_raw (connection, "\x88\x00", 2);
  else
    soup_websocket_connection_close (connection, code, reason + 1);
}

static void
serve_close (SoupWebsocketConnection *connection, Peer *self)
{
  g_signal_connect (connection, "message", G_CALLBACK (on_close_wish), NULL);
}

static void
serve_bad_utf8 (SoupWebsocketConnection *connection, Peer *self)
{
  remember (connection, self);
  send_raw (connection, "\x81\x02\xc3\x28", 4);
}

static void
serve_too_big (SoupWebsocketConnection *connection, Peer *self)
{
  g_autofree char *bytes = g_malloc0 (4096);

  remember (connection, self);
  soup_websocket_connection_send_binary (connection, bytes, 4096);
}

static void
serve_how (SoupWebsocketConnection *connection, Peer *self)
{
  g_queue_push_tail (&self->waiting, g_object_ref (connection));
  tell_how (self);
}

static void
serve_headers (SoupWebsocketConnection *connection, SoupServerMessage *message)
{
  SoupMessageHeaders *headers
      = soup_server_message_get_request_headers (message);
  const char *value = soup_message_headers_get_one (headers, "X-Interop");

  soup_websocket_connection_send_text (connection,
                                       value != NULL ? value : "none");
}

static const struct
{
  const char *path;
  void (*serve) (SoupWebsocketConnection *connection, Peer *self);
} services[] = {
  { "/echo", serve_echo },
  { "/nul", serve_nul },
  { "/fragments", serve_fragments },
  { "/ping", serve_ping },
  { "/close", serve_close },
  { "/closed", remember },
  { "/bad-utf8", serve_bad_utf8 },
  { "/too-big", serve_too_big },
  { "/how", serve_how },
};

static void
on_connected (SoupServer              *server,
              SoupServerMessage       *message,
              const char              *path,
              SoupWebsocketConnection *connection,
              gpointer                 user_data)
{
  Peer *self = user_data;

  soup_websocket_connection_set_max_incoming_payload_size (connection, 0);
  g_ptr_array_add (self->connections, g_object_ref (connection));
  if (g_str_equal (path, "/headers"))
    serve_headers (connection, message);
  for (gsize i = 0; i < G_N_ELEMENTS (services); i++)
    if (g_str_equal (services[i].path, path))
      services[i].serve (connection, self);
}

static gboolean
on_signal (gpointer user_data)
{
  g_main_loop_quit (user_data);
  return G_SOURCE_CONTINUE;
}

/* Listens, and prints the URL. */
static gboolean
serve (SoupServer *server, int argc, char **argv, GError **error)
{
  g_autofree char   *certificate_file = NULL, *key_file = NULL;
  const GOptionEntry entries[] = {
    { "certificate", 0, 0, G_OPTION_ARG_FILENAME, &certificate_file },
    { "key", 0, 0, G_OPTION_ARG_FILENAME, &key_file },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GTlsCertificate) certificate = NULL;
  SoupServerListenOptions options = SOUP_SERVER_LISTEN_IPV4_ONLY;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, error))
    return FALSE;
  if (certificate_file != NULL)
    {
      certificate = g_tls_certificate_new_from_files (certificate_file,
                                                      key_file, error);
      if (certificate == NULL)
        return FALSE;
      soup_server_set_tls_certificate (server, certificate);
      options |= SOUP_SERVER_LISTEN_HTTPS;
    }
  if (!soup_server_listen_local (server, 0, options, error))
    return FALSE;

  GSList *uris = soup_server_get_uris (server);

  printf ("%s://127.0.0.1:%d\n", certificate != NULL ? "wss" : "ws",
          g_uri_get_port (uris->data));
  fflush (stdout);
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  return TRUE;
}

int
main (int argc, char **argv)
{
  static const char *subprotocols[] = { "one", "two", NULL };
  Peer               self
      = { .connections = g_ptr_array_new_with_free_func (g_object_unref) };
  g_autoptr (GError) error = NULL;
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (SoupServer) server = soup_server_new (NULL, NULL);

  soup_server_add_websocket_handler (server, NULL, NULL, (char **) subprotocols,
                                     on_connected, &self, NULL);
  if (!serve (server, argc, argv, &error))
    {
      g_printerr ("%s\n", error->message);
      return EXIT_FAILURE;
    }
  g_unix_signal_add (SIGTERM, on_signal, loop);
  g_main_loop_run (loop);

  g_queue_clear_full (&self.closes, g_free);
  g_queue_clear_full (&self.waiting, g_object_unref);
  g_ptr_array_unref (self.connections);
  return EXIT_SUCCESS;
}
