/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api-test.h"

#include <string.h>

/* No log message at warning level or above is a peer's to cause: GTest makes
 * them fatal, as G_DEBUG=fatal-warnings does, and peers send whatever there is
 * while everything listens. */

/* How often each is sent. */
#define N_ROUNDS 40

/* What a text slot may do with bytes, and an application with a request. */

static void
ignore (void)
{
}

/* Hears all that an object has to tell. */
static void
hear_all (gpointer object)
{
  for (GType type = G_OBJECT_TYPE (object); type != 0;
       type = g_type_parent (type))
    {
      guint             n_ids;
      g_autofree guint *ids = g_signal_list_ids (type, &n_ids);

      for (guint i = 0; i < n_ids; i++)
        {
          GSignalQuery query;

          g_signal_query (ids[i], &query);
          if ((query.signal_flags & G_SIGNAL_ACTION) == 0
              && query.return_type == G_TYPE_NONE)
            g_signal_connect (object, query.signal_name, G_CALLBACK (ignore),
                              NULL);
        }
    }
}

static void
join_slot (WsSocket   *sender,
           const char *signal,
           WsSocket   *receiver,
           const char *slot)
{
  g_autoptr (GError) error = NULL;

  ws_connect_slot (G_OBJECT (sender), signal, G_OBJECT (receiver), slot, 0,
                   &error);
  g_assert_no_error (error);
}

/* --- Frames --- */

typedef struct
{
  const char *path;
  guint8      first; /* as on the wire */
  const char *payload;
  gsize       len;
} Flood;

#define FLOOD(path, first, payload)            \
  {                                            \
    path, first, payload, sizeof (payload) - 1 \
  }

static const Flood floods[] = {
  FLOOD ("text", 0x81, "hello"),
  FLOOD ("empty-text", 0x81, ""),
  FLOOD ("nul", 0x81, "a\0b\0\0"),
  FLOOD ("long-nul",
         0x81,
         "\0 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789"
         " 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789"),
  FLOOD ("non-character", 0x81, "\xef\xbf\xbf\xef\xbb\xbf"),
  FLOOD ("no-text", 0x81, "\xff\xfe"),
  FLOOD ("surrogate", 0x81, "\xed\xa0\x80"),
  FLOOD ("binary", 0x82, "\0\xff\xc3"),
  FLOOD ("binary-text", 0x82, "hello"),
  FLOOD ("fragment", 0x01, "\xc3"),
  FLOOD ("stray-continuation", 0x80, "x"),
  FLOOD ("compressed", 0xc1, "\x06\x06\x06"),
  FLOOD ("reserved-bit", 0xa1, "x"),
  FLOOD ("reserved-opcode", 0x83, "x"),
  FLOOD ("ping", 0x89, "a\0b\xff"),
  FLOOD ("pong", 0x8a, "a\0b\xff"),
  FLOOD ("fragmented-ping", 0x09, "x"),
  FLOOD ("close", 0x88, "\x03\xe8 bye"),
  FLOOD ("close-nul", 0x88, "\x03\xe8 b\0ye"),
  FLOOD ("close-no-text", 0x88, "\x03\xe8 \xff"),
  FLOOD ("close-1005", 0x88, "\x03\xed"),
  FLOOD ("close-cut", 0x88, "\x03"),
  FLOOD ("close-empty", 0x88, ""),
};

/* Text, bytes and messages go into slots of the other two kinds. */
static void
test_frames (Half *half, gconstpointer data)
{
  const Flood *flood = data;
  g_autoptr (WsSocket) idle = ws_socket_new ();

  hear_all (half->socket);
  join_slot (half->socket, "binary-message-received", idle,
             "send-text-message");
  join_slot (half->socket, "binary-message-received", half->socket,
             "send-text-message");
  join_slot (half->socket, "message-received", half->socket,
             "send-text-message");
  join_slot (half->socket, "text-message-received", half->socket, "ping");
  join_slot (half->socket, "binary-frame-received", idle, "open");
  join_slot (half->socket, "ping-received", half->socket, "send-text-message");
  for (guint i = 0; i < N_ROUNDS; i++)
    raw_peer_send_frame (half->peer, flood->first, flood->payload, flood->len);
  raw_peer_send_close (half->peer, 1000, "");
  g_clear_pointer (&half->peer, raw_peer_free);
  api_wait_state (half->socket, WS_STATE_UNCONNECTED);
}

/* --- Requests --- */

/* What goes behind a request's mandatory fields. */
static const char *const fields[] = {
  "Sec-WebSocket-Protocol: \"a b\", {}, \xc3\xa4\r\n",
  "Sec-WebSocket-Protocol: chat\r\nX-Choice: other\r\n",
  "Sec-WebSocket-Protocol: chat\r\nX-Choice: \xff\r\n",
  "Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=77\r\n",
  "Sec-WebSocket-Extensions: ;;,,==\r\n",
  "Origin: \xff\xfe\r\n",
  "Origin: null\r\n",
  "Origin: http://a.example\r\nOrigin: http://b.example\r\n",
  "Cookie: \xff\xfe\r\n",
  "X-Choice: \t\x0b\r\n",
  "Authorization: Basic \xff\r\n",
  "Forwarded: for=\"\xff\";;\r\nX-Forwarded-For: \xff\r\n",
  "Upgrade: \xff\r\nConnection: ,,\r\n",
  "Content-Length: -1\r\n",
};

/* A handler that trusts: all that came goes into the answer, and into another
 * request, as a proxy's would. */
static void
trust (WsRequest *request, WsResponse *response)
{
  const char *choice
      = ws_headers_get_one (ws_request_get_headers (request), "X-Choice");
  g_autofree char *type
      = g_strdup_printf ("text/%s\r\n", ws_request_get_resource_name (request));
  g_autoptr (WsSocket) socket = ws_socket_new ();
  g_autoptr (GBytes) body = g_bytes_new_static ("", 0);
  g_autoptr (WsRequest) onward = ws_request_new (ws_request_get_url (request));

  ws_request_set_subprotocols (onward, ws_request_get_subprotocols (request));
  ws_request_set_origin (onward, ws_request_get_origin (request));
  ws_socket_set_subprotocols (socket, ws_request_get_subprotocols (request));
  ws_response_set_subprotocol (response, choice);
  ws_response_set_reason (response, type);
  ws_response_set_body (response, type, body);
}

static void
on_handshake (WsServer   *server,
              WsRequest  *request,
              WsResponse *response,
              gpointer    user_data)
{
  trust (request, response);
  ws_response_accept (response);
}

static void
on_http (WsServer   *server,
         WsRequest  *request,
         WsResponse *response,
         gpointer    user_data)
{
  trust (request, response);
}

static WsServer *
trusting_server_new (void)
{
  WsServer *server = api_server_new ();

  ws_server_set_supported_subprotocols (server,
                                        (const char *const[]){ "chat", NULL });
  hear_all (server);
  g_signal_connect (server, "handshake-requested", G_CALLBACK (on_handshake),
                    NULL);
  g_signal_connect (server, "http-request", G_CALLBACK (on_http), NULL);
  return server;
}

/* Until the server has said something: that may be a 101 or anything else. */
static void
request_once (WsServer *server, const char *text)
{
  g_autoptr (RawPeer) peer
      = raw_peer_connect (ws_server_get_server_port (server));

  raw_peer_send (peer, text);
  ws_test_until (NULL, peer->received->len > 0 || peer->is_eof);
}

static void
test_requests (gconstpointer data)
{
  WsServer        *server = trusting_server_new ();
  g_autofree char *handshake = raw_peer_make_request (data);
  g_autofree char *plain
      = g_strdup_printf ("GET /\xff%%0d%%0a?\xc3 HTTP/1.1\r\n"
                         "Host: a\r\n%s\r\n",
                         (const char *) data);
  g_autofree char *cut = g_strndup (handshake, strlen (handshake) / 2);

  for (guint i = 0; i < N_ROUNDS; i++)
    {
      request_once (server, handshake);
      request_once (server, plain);
    }
  for (gsize len = 0; len < strlen (cut); len += 7)
    {
      RawPeer *peer = raw_peer_connect (ws_server_get_server_port (server));

      raw_peer_send_bytes (peer, cut, len);
      if (len % 2 == 0)
        raw_peer_reset (peer);
      else
        raw_peer_free (peer);
    }
  raw_peer_free (raw_peer_join (ws_server_get_server_port (server), NULL));
  g_assert_finalize_object (server);
}

/* --- Answers --- */

static const char *const answers[] = {
  "Sec-WebSocket-Protocol: other\r\n",
  "Sec-WebSocket-Protocol: \xff\r\n",
  "Sec-WebSocket-Extensions: x-other\r\n",
  "Sec-WebSocket-Extensions: permessage-deflate; "
  "client_max_window_bits=\xff\r\n",
  "Sec-WebSocket-Extensions: ,;=\r\n",
  "X: \xff\x0b\r\n",
  "Set-Cookie: \xff\r\n",
  "Upgrade: other\r\n",
  "Content-Length: x\r\n",
};

static const char *const refusals[] = {
  "HTTP/1.1 401 \xff\r\nWWW-Authenticate: Basic realm=\"\xff\", Digest "
  "x\r\n\r\n",
  "HTTP/1.1 407 No\r\nProxy-Authenticate: ,\r\n\r\n",
  "HTTP/1.1 302 Off\r\nLocation: ws://[::1\xff/\r\n\r\n",
  "HTTP/1.1 302 Off\r\nLocation: ws://user:secret@a b/\r\n\r\n",
  "HTTP/1.1 503 \xff\r\nRetry-After: -\xff\r\n\r\n",
  "HTTP/1.1 426 Up\r\nSec-WebSocket-Version: \xff, 99\r\n\r\n",
  "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\na\xff\x01",
  "HTTP/9.9 \xff\r\n\r\n",
  "SSH-2.0-\xff\r\n",
  "\r\n\r\n\r\n",
};

static WsSocket *
open_hearing (RawListener *listener)
{
  WsSocket        *socket = ws_socket_new ();
  g_autofree char *url = raw_listener_make_url (listener, "/");

  ws_socket_set_subprotocols (socket, (const char *const[]){ "chat", NULL });
  ws_socket_set_max_redirects (socket, 2);
  hear_all (socket);
  g_assert_true (ws_socket_open (socket, url, NULL));
  return socket;
}

static void
answer_once (RawListener *listener, const char *answer, gboolean is_refusal)
{
  WsSocket *socket = open_hearing (listener);
  g_autoptr (RawPeer) peer = raw_listener_take (listener);

  raw_peer_wait_head (peer);
  if (is_refusal)
    raw_peer_send (peer, answer);
  else
    {
      g_autofree char *whole = raw_peer_make_answer (peer, answer);

      raw_peer_send (peer, whole);
    }
  g_clear_pointer (&peer, raw_peer_free);
  api_wait_state (socket, WS_STATE_UNCONNECTED);
  g_assert_finalize_object (socket);
}

static void
test_answers (void)
{
  g_autoptr (RawListener) listener = raw_listener_new ();

  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    answer_once (listener, answers[i], FALSE);
  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++)
    answer_once (listener, refusals[i], TRUE);
}

int
main (int argc, char **argv)
{
  api_test_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (floods); i++)
    {
      g_autofree char *path
          = g_strconcat ("/api/floods/frames/", floods[i].path, NULL);

      half_add (path, &floods[i], test_frames);
    }
  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      g_autofree char *path = g_strdup_printf ("/api/floods/requests/%u", i);

      g_test_add_data_func (path, fields[i], test_requests);
    }
  g_test_add_func ("/api/floods/answers", test_answers);
  return g_test_run ();
}
