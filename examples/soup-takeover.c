/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * One port, two libraries: a SoupServer serves a page, and hands what asks for
 * WebSocket over to a WsServer, which never listens. It has read the request
 * already, so the stream goes with what was read.
 */
#include <stdlib.h>

#include <libsoup/soup.h>

#include <ws-glib/ws-glib.h>

static const char page[]
    = "<!doctype html><title>Echo</title><pre id=log></pre><script>\n"
      "const socket = new WebSocket(`ws://${location.host}/echo`);\n"
      "socket.onopen = () => socket.send('hello');\n"
      "socket.onmessage = event => log.textContent += event.data + '\\n';\n"
      "</script>\n";

static void
on_page (SoupServer        *soup,
         SoupServerMessage *message,
         const char        *path,
         GHashTable        *query,
         gpointer           user_data)
{
  gboolean is_root = g_str_equal (path, "/");

  soup_server_message_set_status (message, is_root ? 200 : 404, NULL);
  if (is_root)
    soup_server_message_set_response (message, "text/html; charset=utf-8",
                                      SOUP_MEMORY_STATIC, page,
                                      sizeof page - 1);
}

/* What SoupServer knows of a request, as WsServer wants it. */
static WsRequest *
copy_request (SoupServerMessage *message)
{
  g_autofree char *resource
      = g_uri_to_string_partial (soup_server_message_get_uri (message),
                                 G_URI_HIDE_FRAGMENT | G_URI_HIDE_USERINFO);
  WsRequest             *request = ws_request_new (resource);
  WsHeaders             *headers = ws_request_get_headers (request);
  SoupMessageHeadersIter iter;
  const char            *name, *value;

  soup_message_headers_iter_init (&iter,
                                  soup_server_message_get_request_headers (
                                      message));
  while (soup_message_headers_iter_next (&iter, &name, &value))
    ws_headers_append (headers, name, value, NULL);
  return request;
}

static void
on_echo (SoupServer        *soup,
         SoupServerMessage *message,
         const char        *path,
         GHashTable        *query,
         gpointer           user_data)
{
  SoupMessageHeaders *headers
      = soup_server_message_get_request_headers (message);
  g_autoptr (WsRequest) request = NULL;
  g_autoptr (GIOStream) stream = NULL;
  g_autoptr (GError) error = NULL;

  if (!soup_message_headers_header_contains (headers, "Upgrade", "websocket")
      || !g_str_equal (soup_server_message_get_method (message), "GET"))
    {
      soup_server_message_set_status (message, 426, NULL);
      return;
    }
  request = copy_request (message);
  stream = soup_server_message_steal_connection (message);
  if (!ws_server_handle_request (user_data, stream, request, &error))
    g_printerr ("%s\n", error->message);
}

static void
on_text (WsSocket *client, const char *text)
{
  g_autoptr (GError) error = NULL;

  if (ws_socket_send_text_message (client, text, &error) < 0)
    g_printerr ("%s\n", error->message);
}

static void
on_client (WsServer *server, WsSocket *client)
{
  g_signal_connect (client, "text-message-received", G_CALLBACK (on_text),
                    NULL);
}

int
main (int argc, char **argv)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (WsServer) server = ws_server_new ("echo", WS_SSL_MODE_NON_SECURE);
  g_autoptr (SoupServer) soup = soup_server_new (NULL, NULL);
  g_autoptr (GError) error = NULL;
  guint   port = argc > 1 ? g_ascii_strtoull (argv[1], NULL, 10) : 8080;
  GSList *uris;

  g_signal_connect (server, "client-connected", G_CALLBACK (on_client), NULL);
  soup_server_add_handler (soup, NULL, on_page, NULL, NULL);
  soup_server_add_handler (soup, "/echo", on_echo, server, NULL);
  if (!soup_server_listen_local (soup, port, SOUP_SERVER_LISTEN_IPV4_ONLY,
                                 &error))
    {
      g_printerr ("%s\n", error->message);
      return EXIT_FAILURE;
    }
  uris = soup_server_get_uris (soup);
  g_print ("Listening at http://127.0.0.1:%d/\n", g_uri_get_port (uris->data));
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  g_main_loop_run (loop);
  return EXIT_SUCCESS;
}
