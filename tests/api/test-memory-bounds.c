/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api-test.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <zlib.h>

#include "support/heap.h"

/* What one peer can make a server hold, at any moment: the server's properties
 * promise it, and every allocation of the process counts. The peer's end is a
 * bare descriptor, so that all of the growth is the server's. That there is
 * some proves that the attack gets as far as its limit. */

#define HEAD    8192
#define MESSAGE 65536

/* A connection, its socket and what GObject and GLib need for them. */
#define CONNECTION ((gsize) 24 * 1024)

typedef struct
{
  const char *name;
  const char *request; /* (nullable): instead of a handshake that succeeds */
  const char *offer;   /* (nullable): a header field of one that does */
  GBytes *(*begin) (void); /* (nullable): what is said first */
  GBytes *(*make) (void);  /* what is said then, again and again */
  gsize total;             /* as much of it, if the server takes that */
  gsize least, most;       /* bytes that the server holds */
} Attack;

/* --- What they say --- */

/* The mask is 0. */
static GBytes *
make_frame (guint8 first, const guint8 *payload, guint16 len)
{
  GByteArray *frame = g_byte_array_new ();
  guint8 header[8] = { first, 0x80 | 126, (guint8) (len >> 8), (guint8) len };

  g_byte_array_append (frame, header, sizeof header);
  if (len > 0)
    g_byte_array_append (frame, payload, len);
  return g_byte_array_free_to_bytes (frame);
}

static GBytes *
make_field (void)
{
  return g_bytes_new_static ("X-A: b\r\n", 8);
}

static GBytes *
make_letter (void)
{
  return g_bytes_new_static ("a", 1);
}

static GBytes *
make_subprotocol (void)
{
  return g_bytes_new_static ("a,", 2);
}

static GBytes *
make_first_fragment (void)
{
  return g_bytes_new_static ("\x02\x80\x00\x00\x00\x00", 6);
}

static GBytes *
make_fragment (void)
{
  return g_bytes_new_static ("\x00\x81\x00\x00\x00\x00"
                             "a",
                             7);
}

static GBytes *
make_ping (void)
{
  static const guint8 ping[6 + 125] = { 0x89, 0x80 | 125 };

  return g_bytes_new_static (ping, sizeof ping);
}

static GBytes *
make_message (void)
{
  static const guint8 payload[1024];

  return make_frame (0x82, payload, sizeof payload);
}

/* 2^62 bytes, of which none comes. */
static GBytes *
make_giant (void)
{
  return g_bytes_new_static ("\x82\xff\x40\0\0\0\0\0\0\0\0\0\0\0", 14);
}

/* As long as allowed, and never whole: one byte is missing. */
static GBytes *
make_half (void)
{
  static const guint8 payload[MESSAGE - 1];

  return make_frame (0x02, payload, sizeof payload);
}

/* 16 MiB of zeros. */
static GBytes *
make_bomb (void)
{
  static const guint8 zeros[1 << 20];
  g_autofree guint8  *out = g_malloc (G_MAXUINT16);
  z_stream            z = { .next_out = out, .avail_out = G_MAXUINT16 };

  g_assert_cmpint (deflateInit2 (&z, 9, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY),
                   ==, Z_OK);
  for (guint i = 0; i < 16; i++)
    {
      z.next_in = (Bytef *) zeros;
      z.avail_in = sizeof zeros;
      g_assert_cmpint (deflate (&z, i < 15 ? Z_NO_FLUSH : Z_SYNC_FLUSH), ==,
                       Z_OK);
    }
  deflateEnd (&z);
  return make_frame (0xc2, out, (guint16) (z.total_out - 4));
}

#define GET                                         \
  "GET / HTTP/1.1\r\n"                              \
  "Host: localhost\r\n"                             \
  "Upgrade: websocket\r\n"                          \
  "Connection: Upgrade\r\n"                         \
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" \
  "Sec-WebSocket-Version: 13\r\n"

static const Attack attacks[] = {
  { "fields", GET, NULL, NULL, make_field, 1 << 20, HEAD / 2, 2 * HEAD },
  { "a-line", "GET /", NULL, NULL, make_letter, 1 << 20, HEAD / 2, 2 * HEAD },
  { "subprotocols", GET "Sec-WebSocket-Protocol: ", NULL, NULL,
    make_subprotocol, 1 << 20, HEAD / 2, 2 * HEAD },
  { "fragments", NULL, NULL, make_first_fragment, make_fragment, 8 << 20,
    MESSAGE / 2, 2 * MESSAGE },
  { "pings", NULL, NULL, NULL, make_ping, 8 << 20, 0, MESSAGE / 2 },
  { "echoes", NULL, NULL, NULL, make_message, 16 << 20, MESSAGE / 2,
    2 * MESSAGE },
  { "a-giant", NULL, NULL, NULL, make_giant, 1 << 10, 0, MESSAGE / 4 },
  { "half-a-message", NULL, NULL, NULL, make_half, 8 << 20, MESSAGE / 2,
    2 * MESSAGE },
  { "a-bomb", NULL, "Sec-WebSocket-Extensions: permessage-deflate\r\n", NULL,
    make_bomb, 1 << 20, MESSAGE / 2, 3 * MESSAGE },
};

/* --- The server --- */

static void
on_binary (WsSocket *socket, GBytes *message)
{
  ws_test_ignore (ws_socket_send_binary_message (socket, message, NULL));
}

static void
on_client_connected (WsServer *server, WsSocket *socket)
{
  g_signal_connect (socket, "binary-message-received", G_CALLBACK (on_binary),
                    NULL);
}

static WsServer *
make_server (void)
{
  WsServer *server = api_server_new ();
  g_autoptr (WsDeflateOptions) options = ws_deflate_options_new ();

  g_object_set (server, "max-header-size", HEAD, "max-header-line-size", HEAD,
                "max-incoming-frame-size", (guint64) MESSAGE,
                "max-incoming-message-size", (guint64) MESSAGE,
                "max-bytes-to-write", (guint64) MESSAGE, NULL);
  ws_server_set_compression (server, options);
  g_signal_connect (server, "client-connected",
                    G_CALLBACK (on_client_connected), NULL);
  return server;
}

/* --- The peer --- */

/* Iterations without progress after which the server is taken to listen no
 * more. */
#define PATIENCE 50

/* As much as the server takes; what it does not take waits in the kernel. */
static void
say (RawPeer *peer, GBytes *unit, gsize total)
{
  gsize         len, sent = 0, done = 0;
  const guint8 *data = g_bytes_get_data (unit, &len);

  for (guint idle = 0; done < total && idle < PATIENCE; idle++)
    {
      gssize n = send (peer->fd, data + sent, len - sent,
                       MSG_DONTWAIT | MSG_NOSIGNAL);

      if (n < 0 && errno != EAGAIN)
        return;
      if (n > 0)
        {
          sent = (sent + (gsize) n) % len;
          done += (gsize) n;
          idle = 0;
        }
      /* Many small ones at a time. */
      if (n < 0 || done / 16384 != (done - (gsize) n) / 16384)
        while (g_main_context_iteration (NULL, FALSE))
          ;
    }
}

static void
attack (WsServer *server, const Attack *row)
{
  g_autoptr (GBytes) first = row->begin != NULL ? row->begin () : NULL;
  g_autoptr (GBytes) unit = row->make ();
  guint16 port = ws_server_get_server_port (server);
  g_autoptr (RawPeer) peer = NULL;
  const gsize before = heap_get_size ();
  gsize       growth;

  peer = row->request != NULL ? raw_peer_connect (port)
                              : raw_peer_join (port, row->offer);
  raw_peer_set_reading (peer, FALSE);
  /* Else the kernel keeps for the peer what it does not read. */
  setsockopt (peer->fd, SOL_SOCKET, SO_RCVBUF, &(int){ 4096 }, sizeof (int));
  heap_forget_peak ();
  if (row->request != NULL)
    raw_peer_send (peer, row->request);
  if (first != NULL)
    say (peer, first, g_bytes_get_size (first));
  say (peer, unit, row->total);
  for (guint i = 0; i < PATIENCE; i++)
    g_main_context_iteration (NULL, FALSE);
  /* Telling takes memory, too. */
  growth = heap_get_peak () - before;
  g_test_message ("%s: %" G_GSIZE_FORMAT " KiB of %" G_GSIZE_FORMAT, row->name,
                  growth / 1024, (row->most + CONNECTION) / 1024);
  g_assert_cmpuint (growth, >=, row->least);
  g_assert_cmpuint (growth, <=, row->most + CONNECTION);
}

static void
test_attack (gconstpointer data)
{
  WsServer     *server = make_server ();
  const Attack *row = data;

  /* What all connections share comes with the first one. */
  g_clear_pointer (
      &(RawPeer *){ raw_peer_join (ws_server_get_server_port (server), NULL) },
      raw_peer_free);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  attack (server, row);
  api_server_close (server);
  g_object_unref (server);
}

int
main (int argc, char **argv)
{
  api_test_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (attacks); i++)
    {
      g_autofree char *path
          = g_strconcat ("/memory-bounds/", attacks[i].name, NULL);

      g_test_add_data_func (path, &attacks[i], test_attack);
    }
  return g_test_run ();
}
