/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "raw-peer.h"

#include "support/ws-test.h"

#include <arpa/inet.h>
#include <errno.h>
#include <glib-unix.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define KEY  "AAECAwQFBgcICQoLDA0ODw=="
#define GUID "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

static const guint8 mask[4] = { 0x12, 0x34, 0x56, 0x78 };

static gboolean
on_readable (int fd, GIOCondition condition, gpointer user_data)
{
  RawPeer *self = user_data;
  guint8   data[16384];
  gssize   n = recv (fd, data, sizeof data, MSG_DONTWAIT);

  if (n > 0)
    g_byte_array_append (self->received, data, n);
  if (n > 0 || (n < 0 && errno == EAGAIN))
    return G_SOURCE_CONTINUE;
  self->is_eof = TRUE;
  self->source = 0;
  return G_SOURCE_REMOVE;
}

void
raw_peer_set_reading (RawPeer *self, gboolean reading)
{
  if (reading && self->source == 0 && !self->is_eof)
    self->source = g_unix_fd_add (self->fd, G_IO_IN, on_readable, self);
  else if (!reading)
    g_clear_handle_id (&self->source, g_source_remove);
}

static RawPeer *
peer_new (int fd, gboolean masks)
{
  RawPeer *self = g_new0 (RawPeer, 1);
  int      on = 1;

  self->fd = fd;
  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  self->masks = masks;
  self->received = g_byte_array_new ();
  raw_peer_set_reading (self, TRUE);
  return self;
}

static struct sockaddr_in
make_address (guint16 port)
{
  return (struct sockaddr_in){ .sin_family = AF_INET,
                               .sin_port = htons (port),
                               .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
}

RawPeer *
raw_peer_connect (guint16 port)
{
  struct sockaddr_in address = make_address (port);
  int                fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_assert_cmpint (fd, >=, 0);
  g_assert_no_errno (
      connect (fd, (struct sockaddr *) &address, sizeof address));
  return peer_new (fd, TRUE);
}

RawPeer *
raw_peer_new_for_fd (int fd)
{
  return peer_new (fd, FALSE);
}

RawPeer *
raw_peer_join (guint16 port, const char *fields)
{
  RawPeer         *self = raw_peer_connect (port);
  g_autofree char *request = raw_peer_make_request (fields);

  raw_peer_send (self, request);
  raw_peer_wait_head (self);
  g_assert_true (g_str_has_prefix (self->head, "HTTP/1.1 101 "));
  return self;
}

void
raw_peer_free (RawPeer *self)
{
  raw_peer_set_reading (self, FALSE);
  close (self->fd);
  g_byte_array_unref (self->received);
  g_free (self->head);
  g_free (self);
}

void
raw_peer_reset (RawPeer *self)
{
  struct linger at_once = { .l_onoff = 1, .l_linger = 0 };

  g_assert_no_errno (
      setsockopt (self->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once));
  raw_peer_free (self);
}

/* --- Sending --- */

void
raw_peer_send_bytes (RawPeer *self, const void *data, gsize len)
{
  const guint8 *at = data;

  while (len > 0)
    {
      gssize n = send (self->fd, at, len, MSG_NOSIGNAL);

      g_assert_cmpint (n, >, 0);
      at += n;
      len -= n;
    }
}

void
raw_peer_send (RawPeer *self, const char *text)
{
  raw_peer_send_bytes (self, text, strlen (text));
}

void
raw_peer_send_frame (RawPeer    *self,
                     guint8      first,
                     const void *payload,
                     gsize       len)
{
  g_autoptr (GByteArray) frame = g_byte_array_new ();
  guint8 header[4]
      = { first, (len < 126 ? len : 126) | (self->masks ? 0x80 : 0), len >> 8,
          len };
  guint start;

  g_assert_cmpuint (len, <=, G_MAXUINT16);
  g_byte_array_append (frame, header, len < 126 ? 2 : 4);
  if (self->masks)
    g_byte_array_append (frame, mask, sizeof mask);
  start = frame->len;
  if (len > 0)
    g_byte_array_append (frame, payload, len);
  for (guint i = start; self->masks && i < frame->len; i++)
    frame->data[i] ^= mask[(i - start) % sizeof mask];
  raw_peer_send_bytes (self, frame->data, frame->len);
}

void
raw_peer_send_close (RawPeer *self, guint code, const char *reason)
{
  gsize  len = strlen (reason);
  guint8 payload[125] = { code >> 8, code };

  g_assert_cmpuint (len, <=, sizeof payload - 2);
  memcpy (payload + 2, reason, len);
  raw_peer_send_frame (self, 0x88, payload, code == 0 ? 0 : 2 + len);
}

/* --- The opening handshake --- */

char *
raw_peer_make_request (const char *fields)
{
  return g_strdup_printf ("GET /raw HTTP/1.1\r\n"
                          "Host: localhost\r\n"
                          "Upgrade: websocket\r\n"
                          "Connection: Upgrade\r\n"
                          "Sec-WebSocket-Key: " KEY "\r\n"
                          "Sec-WebSocket-Version: 13\r\n%s\r\n",
                          fields != NULL ? fields : "");
}

/* The bytes of the head that was received, or 0. */
static gsize
find_head (RawPeer *self)
{
  const char *start = (const char *) self->received->data;
  const char *end = NULL;

  if (self->received->len > 0)
    end = g_strstr_len (start, self->received->len, "\r\n\r\n");
  return end != NULL ? end + 4 - start : 0;
}

void
raw_peer_wait_head (RawPeer *self)
{
  gsize len;

  ws_test_until (NULL, find_head (self) > 0 || self->is_eof);
  len = find_head (self);
  g_assert_cmpuint (len, >, 0);
  g_free (self->head);
  self->head = g_strndup ((const char *) self->received->data, len);
  g_byte_array_remove_range (self->received, 0, len);
}

char *
raw_peer_make_answer (RawPeer *self, const char *fields)
{
  const char *start = strstr (self->head, "Sec-WebSocket-Key: ");
  guint8      digest[20];
  gsize       len = sizeof digest;
  g_autoptr (GChecksum) sha1 = g_checksum_new (G_CHECKSUM_SHA1);
  g_autofree char *accept = NULL;

  g_assert_nonnull (start);
  start += strlen ("Sec-WebSocket-Key: ");
  g_checksum_update (sha1, (const guchar *) start, strcspn (start, "\r"));
  g_checksum_update (sha1, (const guchar *) GUID, strlen (GUID));
  g_checksum_get_digest (sha1, digest, &len);
  accept = g_base64_encode (digest, len);
  return g_strdup_printf ("HTTP/1.1 101 Switching Protocols\r\n"
                          "Upgrade: websocket\r\n"
                          "Connection: Upgrade\r\n"
                          "Sec-WebSocket-Accept: %s\r\n%s\r\n",
                          accept, fields != NULL ? fields : "");
}

void
raw_peer_accept (RawPeer *self)
{
  g_autofree char *answer = NULL;

  raw_peer_wait_head (self);
  answer = raw_peer_make_answer (self, NULL);
  raw_peer_send (self, answer);
}

/* --- Frames --- */

/* The whole frame's size and that of its header; 0: there is none yet. */
static gsize
measure_frame (GByteArray *bytes, gsize *header)
{
  const guint8 *data = bytes->data;
  guint64       len;

  if (bytes->len < 2)
    return 0;
  len = data[1] & 0x7f;
  *header = len < 126 ? 2 : len == 126 ? 4 : 10;
  if (bytes->len < *header)
    return 0;
  if (len >= 126)
    {
      len = 0;
      for (gsize i = 2; i < *header; i++)
        len = len << 8 | data[i];
    }
  if (data[1] & 0x80)
    *header += sizeof mask;
  return bytes->len >= *header + len ? *header + len : 0;
}

RawFrame
raw_peer_take_frame (RawPeer *self)
{
  RawFrame      frame = { .payload = g_byte_array_new () };
  gsize         header = 0;
  gsize         size;
  const guint8 *key;

  ws_test_until (NULL,
                 measure_frame (self->received, &header) > 0 || self->is_eof);
  size = measure_frame (self->received, &header);
  g_assert_cmpuint (size, >, 0);
  frame.first = self->received->data[0];
  frame.is_masked = (self->received->data[1] & 0x80) != 0;
  key = self->received->data + header - sizeof mask;
  if (frame.is_masked)
    frame.key = (guint32) key[0] << 24 | key[1] << 16 | key[2] << 8 | key[3];
  for (gsize i = header; frame.is_masked && i < size; i++)
    self->received->data[i] ^= key[(i - header) % sizeof mask];
  g_byte_array_append (frame.payload, self->received->data + header,
                       size - header);
  g_byte_array_append (frame.payload, (const guint8 *) "", 1);
  g_byte_array_set_size (frame.payload, size - header);
  g_byte_array_remove_range (self->received, 0, size);
  return frame;
}

void
raw_frame_clear (RawFrame *self)
{
  g_clear_pointer (&self->payload, g_byte_array_unref);
}

void
raw_peer_expect_close (RawPeer *self, guint code, const char *reason)
{
  g_auto (RawFrame) frame = raw_peer_take_frame (self);
  const guint8 *data = frame.payload->data;

  g_assert_cmphex (frame.first, ==, 0x88);
  g_assert_true (frame.is_masked == !self->masks);
  if (code == 1005)
    {
      g_assert_cmpuint (frame.payload->len, ==, 0);
      return;
    }
  g_assert_cmpuint (frame.payload->len, >=, 2);
  g_assert_cmpuint (data[0] << 8 | data[1], ==, code);
  if (reason != NULL)
    g_assert_cmpstr ((const char *) data + 2, ==, reason);
}

void
raw_peer_expect_text (RawPeer *self, const char *text)
{
  g_auto (RawFrame) frame = raw_peer_take_frame (self);

  g_assert_cmphex (frame.first, ==, 0x81);
  g_assert_true (frame.is_masked == !self->masks);
  g_assert_cmpstr ((const char *) frame.payload->data, ==, text);
}

void
raw_peer_expect_eof (RawPeer *self)
{
  raw_peer_set_reading (self, TRUE);
  ws_test_until (NULL, self->is_eof);
  g_assert_cmpuint (self->received->len, ==, 0);
}

/* --- Listening --- */

static RawListener *
listener_new_at (guint32 host)
{
  RawListener       *self = g_new0 (RawListener, 1);
  struct sockaddr_in address = make_address (0);
  socklen_t          len = sizeof address;

  address.sin_addr.s_addr = host;
  self->host = host;
  self->fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint (self->fd, >=, 0);
  g_assert_no_errno (
      bind (self->fd, (struct sockaddr *) &address, sizeof address));
  g_assert_no_errno (listen (self->fd, 64));
  g_assert_no_errno (
      getsockname (self->fd, (struct sockaddr *) &address, &len));
  self->port = ntohs (address.sin_port);
  return self;
}

RawListener *
raw_listener_new (void)
{
  return listener_new_at (htonl (INADDR_LOOPBACK));
}

RawListener *
raw_listener_new_apart (void)
{
  return listener_new_at (
      htonl ((127U << 24) | (1U << 22) | ((guint32) getpid () & 0x3fffff)));
}

void
raw_listener_free (RawListener *self)
{
  close (self->fd);
  g_free (self);
}

char *
raw_listener_make_url (RawListener *self, const char *path)
{
  char host[INET_ADDRSTRLEN];

  g_assert_nonnull (inet_ntop (AF_INET, &self->host, host, sizeof host));
  return g_strdup_printf ("ws://%s:%u%s", host, self->port, path);
}

static gboolean
on_acceptable (int fd, GIOCondition condition, gpointer user_data)
{
  int *accepted = user_data;

  *accepted = accept (fd, NULL, NULL);
  g_assert_cmpint (*accepted, >=, 0);
  return G_SOURCE_REMOVE;
}

RawPeer *
raw_listener_take (RawListener *self)
{
  int accepted = -1;

  g_unix_fd_add (self->fd, G_IO_IN, on_acceptable, &accepted);
  ws_test_until (NULL, accepted >= 0);
  return peer_new (accepted, FALSE);
}
