/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ssl-test.h"

/* Behind a proxy: who is believed, and what follows from that. */

typedef struct
{
  WsServer *server;
  guint     n_requests;
  guint     n_failed;
  char     *client;    /* of the last request: as a text */
  char     *peer;      /* likewise */
  char     *url;       /* likewise */
  gboolean  is_secure; /* likewise */
  WsSocket *socket;    /* (nullable): the last one */
  char     *error;     /* of the last peer that failed */
} Fixture;

static void
on_requested (WsServer   *server,
              WsRequest  *request,
              WsResponse *response,
              Fixture    *fixture)
{
  fixture->n_requests++;
  g_free (fixture->client);
  g_free (fixture->peer);
  g_free (fixture->url);
  fixture->client = ws_request_dup_client_address_string (request);
  fixture->peer = ws_request_dup_peer_address_string (request);
  fixture->url = g_strdup (ws_request_get_url (request));
  fixture->is_secure = ws_request_get_is_secure (request);
}

static void
on_connected (WsServer *server, WsSocket *socket, Fixture *fixture)
{
  g_set_object (&fixture->socket, socket);
}

static void
on_failed (WsServer       *server,
           GSocketAddress *address,
           WsPeerPhase     phase,
           GError         *error,
           Fixture        *fixture)
{
  fixture->n_failed++;
  g_free (fixture->error);
  fixture->error = g_strdup (ws_server_get_error_string (server));
}

static void
watch (Fixture *fixture)
{
  g_signal_connect (fixture->server, "handshake-requested",
                    G_CALLBACK (on_requested), fixture);
  g_signal_connect (fixture->server, "http-request", G_CALLBACK (on_requested),
                    fixture);
  g_signal_connect (fixture->server, "client-connected",
                    G_CALLBACK (on_connected), fixture);
  g_signal_connect (fixture->server, "peer-failed", G_CALLBACK (on_failed),
                    fixture);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->server = api_server_new ();
  watch (fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_object (&fixture->socket);
  g_assert_finalize_object (fixture->server);
  g_free (fixture->client);
  g_free (fixture->peer);
  g_free (fixture->url);
  g_free (fixture->error);
}

/* (transfer full): says @start, and then a request with @fields. */
static RawPeer *
come (Fixture *fixture, const char *start, gsize start_len, const char *fields)
{
  RawPeer *peer
      = raw_peer_connect (ws_server_get_server_port (fixture->server));
  g_autofree char *request = raw_peer_make_request (fields);
  g_autoptr (GString) all = g_string_new_len (start, (gssize) start_len);

  g_string_append (all, request);
  raw_peer_send_bytes (peer, all->str, all->len);
  return peer;
}

static void
trust (Fixture *fixture, const char *proxies)
{
  g_auto (GStrv) list = g_strsplit (proxies, " ", -1);

  ws_server_set_trusted_proxies (fixture->server,
                                 *proxies != '\0' ? (const char *const *) list
                                                  : NULL);
}

/* --- What the fields say --- */

#define PEER "127.0.0.1"

static const struct
{
  const char *name;
  const char *trusted; /* (nullable): the default */
  const char *fields;
  const char *client; /* without the port if it is the peer */
  gboolean    is_secure;
  const char *url;
} rows[] = {
  { "nothing", NULL, "", PEER, FALSE, "ws://localhost/raw" },
  { "x", NULL, "X-Forwarded-For: 198.51.100.7\r\n", "198.51.100.7", FALSE,
    "ws://localhost/raw" },
  { "x-all", NULL,
    "X-Forwarded-For: 198.51.100.7\r\nX-Forwarded-Proto: https\r\n"
    "X-Forwarded-Host: chat.example:8443\r\n",
    "198.51.100.7", TRUE, "wss://chat.example:8443/raw" },
  { "standard", NULL,
    "Forwarded: for=\"[2001:db8::1]:4711\";proto=https;host=chat.example\r\n",
    "[2001:db8::1]:4711", TRUE, "wss://chat.example/raw" },
  { "proto-only", NULL, "X-Forwarded-Proto: https\r\n", PEER, TRUE,
    "wss://localhost/raw" },
  { "untrusted", "",
    "X-Forwarded-For: 198.51.100.7\r\n"
    "X-Forwarded-Proto: https\r\nX-Forwarded-Host: evil.example\r\n",
    PEER, FALSE, "ws://localhost/raw" },
  { "other-trusted", "192.0.2.0/24 unix",
    "Forwarded: for=198.51.100.7;proto=https\r\n", PEER, FALSE,
    "ws://localhost/raw" },
  { "spoofed", NULL, "X-Forwarded-For: 203.0.113.9, 198.51.100.7\r\n",
    "198.51.100.7", FALSE, "ws://localhost/raw" },
  { "two-lines", NULL,
    "X-Forwarded-For: 203.0.113.9\r\nX-Forwarded-For: 198.51.100.7\r\n",
    "198.51.100.7", FALSE, "ws://localhost/raw" },
  { "chain", "127.0.0.0/8 10.0.0.0/8",
    "X-Forwarded-For: 203.0.113.9, 198.51.100.7, 10.1.2.3\r\n", "198.51.100.7",
    FALSE, "ws://localhost/raw" },
  { "all-trusted", "127.0.0.0/8 10.0.0.0/8",
    "X-Forwarded-For: 10.9.9.9, 10.1.2.3\r\n", "10.9.9.9", FALSE,
    "ws://localhost/raw" },
  { "garbage-behind", "127.0.0.0/8 10.0.0.0/8",
    "X-Forwarded-For: \xff\xfe;, 10.1.2.3\r\n", "10.1.2.3", FALSE,
    "ws://localhost/raw" },
  { "garbage", NULL,
    "X-Forwarded-For: what?\r\nX-Forwarded-Proto: what\r\n"
    "X-Forwarded-Host: a b\r\n",
    PEER, FALSE, "ws://localhost/raw" },
  { "hidden", NULL, "Forwarded: for=_hidden\r\n", PEER, FALSE,
    "ws://localhost/raw" },
  { "malformed-behind", "127.0.0.0/8 10.0.0.0/8",
    "Forwarded: for=a=b;;\", for=10.1.2.3\r\n", NULL, FALSE, NULL },
  { "malformed", NULL, "Forwarded: for=\"\r\n", NULL, FALSE, NULL },
  { "quarrel", NULL,
    "Forwarded: for=203.0.113.9\r\nX-Forwarded-For: 198.51.100.7\r\n", NULL,
    FALSE, NULL },
};

static void
expect_client (Fixture *fixture, const char *client)
{
  g_autofree char *of_socket
      = ws_socket_dup_client_address_string (fixture->socket);
  g_autofree char *peer = ws_socket_dup_peer_address_string (fixture->socket);

  g_assert_true (g_str_has_prefix (peer, "127.0.0.1:"));
  g_assert_cmpstr (peer, ==, fixture->peer);
  g_assert_cmpstr (of_socket, ==, fixture->client);
  g_assert_cmpstr (fixture->client, ==,
                   strcmp (client, PEER) == 0 ? peer : client);
}

static void
test_fields (Fixture *fixture, gconstpointer data)
{
  const guint i = GPOINTER_TO_UINT (data);
  g_autoptr (RawPeer) peer = NULL;

  if (rows[i].trusted != NULL)
    trust (fixture, rows[i].trusted);
  peer = come (fixture, NULL, 0, rows[i].fields);
  if (rows[i].client == NULL)
    {
      api_expect_refusal (peer, 400);
      g_assert_cmpuint (fixture->n_requests, ==, 0);
      g_assert_cmpuint (fixture->n_failed, ==, 1);
      return;
    }
  raw_peer_wait_head (peer);
  expect_client (fixture, rows[i].client);
  g_assert_cmpint (fixture->is_secure, ==, rows[i].is_secure);
  g_assert_cmpint (ws_socket_get_is_secure (fixture->socket), ==,
                   rows[i].is_secure);
  g_assert_cmpstr (fixture->url, ==, rows[i].url);
  g_assert_cmpstr (ws_socket_get_url (fixture->socket), ==, rows[i].url);
}

static void
test_http (Fixture *fixture, gconstpointer data)
{
  g_autoptr (RawPeer) peer
      = raw_peer_connect (ws_server_get_server_port (fixture->server));

  raw_peer_send (peer, "GET /p HTTP/1.1\r\nHost: h\r\n"
                       "Forwarded: for=198.51.100.7;proto=https\r\n\r\n");
  raw_peer_wait_head (peer);
  g_assert_cmpstr (fixture->client, ==, "198.51.100.7");
  g_assert_cmpstr (fixture->url, ==, "https://h/p");
}

/* --- The limit for each address --- */

static void
test_limit (Fixture *fixture, gconstpointer data)
{
  RawPeer *peers[4];
  g_autoptr (RawPeer) refused = NULL;
  g_autoptr (RawPeer) other = NULL;

  ws_server_set_max_connections_per_address (fixture->server, 2);
  for (guint i = 0; i < G_N_ELEMENTS (peers); i++)
    {
      g_autofree char *fields
          = g_strdup_printf ("X-Forwarded-For: 198.51.100.%u\r\n", i / 2);

      peers[i] = come (fixture, NULL, 0, fields);
      raw_peer_wait_head (peers[i]);
      g_assert_nonnull (strstr (peers[i]->head, " 101 "));
    }
  refused = come (fixture, NULL, 0, "X-Forwarded-For: 198.51.100.1\r\n");
  api_expect_refusal (refused, 503);
  g_assert_nonnull (strstr (ws_server_get_error_string (fixture->server),
                            "198.51.100.1 through 127.0.0.1:"));
  raw_peer_free (peers[3]);
  ws_test_until (NULL, g_list_model_get_n_items (G_LIST_MODEL (fixture->server))
                           == 3);
  other = come (fixture, NULL, 0, "X-Forwarded-For: 198.51.100.1\r\n");
  raw_peer_wait_head (other);
  for (guint i = 0; i < 3; i++)
    raw_peer_free (peers[i]);
}

/* Of one network of IPv6 all are one client, who has 2^64 addresses. */
static void
test_limit_ipv6 (Fixture *fixture, gconstpointer data)
{
  static const char *const addresses[]
      = { "2001:db8:0:1::1", "2001:db8:0:2::1", "2001:db8:0:1:ffff::2" };
  RawPeer *peers[3];

  ws_server_set_max_connections_per_address (fixture->server, 1);
  for (guint i = 0; i < G_N_ELEMENTS (peers); i++)
    {
      g_autofree char *fields
          = g_strdup_printf ("X-Forwarded-For: %s\r\n", addresses[i]);

      peers[i] = come (fixture, NULL, 0, fields);
      raw_peer_wait_head (peers[i]);
      g_assert_nonnull (strstr (peers[i]->head, i < 2 ? " 101 " : " 503 "));
    }
  g_assert_nonnull (strstr (ws_server_get_error_string (fixture->server),
                            "2001:db8:0:1::/64"));
  for (guint i = 0; i < G_N_ELEMENTS (peers); i++)
    raw_peer_free (peers[i]);
}

/* --- The PROXY protocol --- */

#define V2(rest) "\r\n\r\n\0\r\nQUIT\n" rest

static const struct
{
  const char *name;
  const char *header;
  gsize       len;
  const char *fields;
  const char *client;
  gboolean    is_secure;
} headers[] = {
#define ROW(text) text, sizeof (text) - 1
  { "v1", ROW ("PROXY TCP4 198.51.100.7 127.0.0.1 50000 80\r\n"), NULL,
    "198.51.100.7:50000" },
  { "v1-ipv6", ROW ("PROXY TCP6 2001:db8::7 ::1 50000 80\r\n"), NULL,
    "[2001:db8::7]:50000" },
  { "v1-unknown", ROW ("PROXY UNKNOWN\r\n"), NULL, PEER },
  { "v2", ROW (V2 ("\x21\x11\0\x0c\xc6\x33\x64\x07\x7f\0\0\1\xc3\x50\0\x50")),
    NULL, "198.51.100.7:50000" },
  { "v2-local", ROW (V2 ("\x20\0\0\0")), NULL, PEER },
  { "v2-tls",
    ROW (V2 ("\x21\x11\0\x14\xc6\x33\x64\x07\x7f\0\0\1\xc3\x50\0\x50"
             "\x20\0\5\1\0\0\0\0")),
    NULL, "198.51.100.7:50000", TRUE },
  /* The client is no proxy, whatever it writes. */
  { "v1-spoofed", ROW ("PROXY TCP4 198.51.100.7 127.0.0.1 50000 80\r\n"),
    "X-Forwarded-For: 203.0.113.9\r\nX-Forwarded-Proto: https\r\n",
    "198.51.100.7:50000" },
  /* Another proxy stands behind the one that wrote the header. */
  { "v1-and-fields", ROW ("PROXY TCP4 127.0.0.9 127.0.0.1 50000 80\r\n"),
    "X-Forwarded-For: 203.0.113.9\r\n", "203.0.113.9" },
  { "none", "", 0, NULL, PEER },
};

static void
test_header (Fixture *fixture, gconstpointer data)
{
  const guint i = GPOINTER_TO_UINT (data);
  g_autoptr (RawPeer) peer
      = come (fixture, headers[i].header, headers[i].len, headers[i].fields);

  raw_peer_wait_head (peer);
  g_assert_nonnull (strstr (peer->head, " 101 "));
  expect_client (fixture, headers[i].client);
  g_assert_cmpint (fixture->is_secure, ==, headers[i].is_secure);
}

/* However it is cut. */
static void
test_header_in_pieces (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (headers); i++)
    for (gsize cut = 1; cut < headers[i].len; cut += 5)
      {
        RawPeer *peer
            = raw_peer_connect (ws_server_get_server_port (fixture->server));
        g_autofree char *request = raw_peer_make_request (headers[i].fields);

        raw_peer_send_bytes (peer, headers[i].header, cut);
        ssl_iterate (3);
        raw_peer_send_bytes (peer, headers[i].header + cut,
                             headers[i].len - cut);
        ssl_iterate (3);
        raw_peer_send (peer, request);
        raw_peer_wait_head (peer);
        expect_client (fixture, headers[i].client);
        raw_peer_free (peer);
      }
}

/* From anybody else it is no header, but a malformed request. */
static void
test_header_untrusted (Fixture *fixture, gconstpointer data)
{
  g_autoptr (RawPeer) peer = NULL;

  trust (fixture, "");
  peer = come (fixture, headers[0].header, headers[0].len, NULL);
  api_expect_refusal (peer, 400);
}

static void
listen_again (Fixture *fixture, WsProxyProtocol use)
{
  ws_server_set_proxy_protocol (fixture->server, use);
  api_server_close (fixture->server);
  g_assert_true (ws_server_listen (fixture->server, NULL, 0, NULL));
}

/* A listener keeps what it has begun with. */
static void
test_none (Fixture *fixture, gconstpointer data)
{
  RawPeer *peer;

  ws_server_set_proxy_protocol (fixture->server, WS_PROXY_PROTOCOL_NONE);
  peer = come (fixture, headers[0].header, headers[0].len, NULL);
  raw_peer_wait_head (peer);
  g_assert_nonnull (strstr (peer->head, " 101 "));
  raw_peer_free (peer);
  listen_again (fixture, WS_PROXY_PROTOCOL_NONE);
  peer = come (fixture, headers[0].header, headers[0].len, NULL);
  api_expect_refusal (peer, 400);
  raw_peer_free (peer);
}

static void
test_required (Fixture *fixture, gconstpointer data)
{
  RawPeer *peer;

  listen_again (fixture, WS_PROXY_PROTOCOL_REQUIRED);
  peer = come (fixture, headers[0].header, headers[0].len, NULL);
  raw_peer_wait_head (peer);
  expect_client (fixture, headers[0].client);
  raw_peer_free (peer);
  peer = come (fixture, NULL, 0, NULL);
  api_expect_refusal (peer, 400);
  raw_peer_free (peer);
  g_assert_nonnull (
      strstr (ws_server_get_error_string (fixture->server), "PROXY header"));
  trust (fixture, "");
  peer = come (fixture, headers[0].header, headers[0].len, NULL);
  ws_test_until (NULL, peer->is_eof);
  g_assert_nonnull (
      strstr (ws_server_get_error_string (fixture->server), "trusted-proxies"));
  raw_peer_free (peer);
}

/* The limit counts whom the header names. */
static void
test_header_limit (Fixture *fixture, gconstpointer data)
{
  g_autoptr (RawPeer) first = NULL;
  g_autoptr (RawPeer) second = NULL;
  g_autoptr (RawPeer) other = NULL;

  ws_server_set_max_connections_per_address (fixture->server, 1);
  first = come (fixture, headers[0].header, headers[0].len, NULL);
  raw_peer_wait_head (first);
  second = come (fixture, headers[3].header, headers[3].len, NULL);
  api_expect_refusal (second, 503);
  other = come (fixture, headers[1].header, headers[1].len, NULL);
  raw_peer_wait_head (other);
  g_assert_nonnull (strstr (other->head, " 101 "));
}

static const char *const bad_headers[] = {
  "PROXY TCP5 1.2.3.4 1.2.3.4 1 2\r\n",
  "PROXY \r\n",
  "PROXY TCP4 1.2.3.4 1.2.3.4 1\r\n",
};

static void
test_bad_header (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (bad_headers); i++)
    {
      g_autoptr (RawPeer) peer
          = come (fixture, bad_headers[i], strlen (bad_headers[i]), NULL);

      api_expect_refusal (peer, 400);
      g_assert_cmpuint (fixture->n_failed, ==, i + 1);
    }
}

/* --- Before TLS --- */

static void
set_up_secure (Fixture *fixture, gconstpointer data)
{
  fixture->server = ssl_server_new (ssl_configuration_new ("server-chain"));
  watch (fixture);
}

/* A proxy that writes a header before it passes bytes on. */
typedef struct
{
  GSocketService *service;
  guint16         port;
  guint16         target;
  GPtrArray      *streams; /* (owned) */
} Tunnel;

static gboolean
on_incoming (GSocketService    *service,
             GSocketConnection *front,
             GObject           *source,
             gpointer           user_data)
{
  Tunnel *tunnel = user_data;
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  GSocketConnection *back
      = g_socket_client_connect_to_host (client, "127.0.0.1", tunnel->target,
                                         NULL, NULL);

  g_assert_true (g_output_stream_write_all (g_io_stream_get_output_stream (
                                                G_IO_STREAM (back)),
                                            headers[3].header, headers[3].len,
                                            NULL, NULL, NULL));
  g_io_stream_splice_async (G_IO_STREAM (front), G_IO_STREAM (back),
                            G_IO_STREAM_SPLICE_CLOSE_STREAM1
                                | G_IO_STREAM_SPLICE_CLOSE_STREAM2,
                            G_PRIORITY_DEFAULT, NULL, NULL, NULL);
  g_ptr_array_add (tunnel->streams, back);
  return TRUE;
}

static void
test_tls (Fixture *fixture, gconstpointer data)
{
  Tunnel tunnel
      = { .service = g_socket_service_new (),
          .target = ws_server_get_server_port (fixture->server),
          .streams = g_ptr_array_new_with_free_func (g_object_unref) };
  g_autoptr (WsSocket) client = ssl_client_new ();
  g_autofree char *url = NULL;

  tunnel.port
      = g_socket_listener_add_any_inet_port (G_SOCKET_LISTENER (tunnel.service),
                                             NULL, NULL);
  g_signal_connect (tunnel.service, "incoming", G_CALLBACK (on_incoming),
                    &tunnel);
  url = g_strdup_printf ("wss://localhost:%u/", tunnel.port);
  api_socket_open (client, url);
  expect_client (fixture, "198.51.100.7:50000");
  g_assert_true (fixture->is_secure);
  ws_socket_abort (client);
  ws_test_until (NULL, g_list_model_get_n_items (G_LIST_MODEL (fixture->server))
                           == 0);
  g_socket_service_stop (tunnel.service);
  g_socket_listener_close (G_SOCKET_LISTENER (tunnel.service));
  g_object_unref (tunnel.service);
  g_ptr_array_unref (tunnel.streams);
}

/* Without a header, with a bad one, and with nothing behind it. */
static void
test_tls_others (Fixture *fixture, gconstpointer data)
{
  g_autoptr (WsSocket) client = ssl_client_new ();
  RawPeer *peer
      = raw_peer_connect (ws_server_get_server_port (fixture->server));

  raw_peer_send (peer, bad_headers[0]);
  raw_peer_expect_eof (peer);
  raw_peer_free (peer);
  ws_test_until (NULL, fixture->n_failed == 1);
  g_assert_nonnull (
      strstr (ws_server_get_error_string (fixture->server), "PROXY header"));

  peer = raw_peer_connect (ws_server_get_server_port (fixture->server));
  raw_peer_send_bytes (peer, headers[3].header, headers[3].len);
  ssl_iterate (10);
  raw_peer_free (peer);
  ssl_iterate (10);
  g_assert_cmpuint (fixture->n_failed, ==, 1);

  api_socket_open (client, ws_server_get_url (fixture->server));
  expect_client (fixture, PEER);
  ws_socket_abort (client);
}

#define add(path, test) \
  g_test_add ("/api/proxies/" path, Fixture, NULL, set_up, test, tear_down)

static void
add_rows (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *path
          = g_strconcat ("/api/proxies/fields/", rows[i].name, NULL);

      g_test_add (path, Fixture, GUINT_TO_POINTER (i), set_up, test_fields,
                  tear_down);
    }
  for (guint i = 0; i < G_N_ELEMENTS (headers); i++)
    {
      g_autofree char *path
          = g_strconcat ("/api/proxies/header/", headers[i].name, NULL);

      g_test_add (path, Fixture, GUINT_TO_POINTER (i), set_up, test_header,
                  tear_down);
    }
}

int
main (int argc, char **argv)
{
  api_test_init (&argc, &argv);
  add_rows ();
  add ("http", test_http);
  add ("limit", test_limit);
  add ("limit-ipv6", test_limit_ipv6);
  add ("header-in-pieces", test_header_in_pieces);
  add ("header-untrusted", test_header_untrusted);
  add ("header-limit", test_header_limit);
  add ("bad-header", test_bad_header);
  add ("none", test_none);
  add ("required", test_required);
  g_test_add ("/api/proxies/tls", Fixture, NULL, set_up_secure, test_tls,
              tear_down);
  g_test_add ("/api/proxies/tls-others", Fixture, NULL, set_up_secure,
              test_tls_others, tear_down);
  return g_test_run ();
}
