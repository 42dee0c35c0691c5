/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "hostile.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

/* --- What they say --- */

static void
append (GByteArray *out, const char *text)
{
  g_byte_array_append (out, (const guint8 *) text, (guint) strlen (text));
}

/* A client's frame of @len bytes; the mask is 0. */
static void
append_frame (GByteArray *out, guint8 first, gconstpointer data, gsize len)
{
  guint8 head[8] = { first, (guint8) (0x80 | (len < 126 ? len : 126)) };
  gsize  n = 2;

  if (len >= 126)
    {
      head[n++] = (guint8) (len >> 8);
      head[n++] = (guint8) len;
    }
  g_byte_array_append (out, head, (guint) n);
  g_byte_array_append (out, (const guint8 *) "\0\0\0\0", 4);
  if (len > 0)
    g_byte_array_append (out, data, (guint) len);
}

static void
say_nothing (GByteArray *out, guint n)
{
}

static void
say_head_slowly (GByteArray *out, guint n)
{
  static const char head[] = "GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ";

  g_byte_array_append (out, (const guint8 *) &head[MIN (n, sizeof head - 2)],
                       1);
}

/* A mebibyte is announced, half of a KiB comes. */
static void
say_half_a_frame (GByteArray *out, guint n)
{
  static const guint8 head[]
      = { 0x82, 0xff, 0, 0, 0, 0, 0, 0x10, 0, 0, 0, 0, 0, 0 };
  static const guint8 part[512];

  if (n > 0)
    return;
  g_byte_array_append (out, head, sizeof head);
  g_byte_array_append (out, part, sizeof part);
}

static void
say_pings (GByteArray *out, guint n)
{
  static const guint8 payload[125];

  for (guint i = 0; i < 64; i++)
    append_frame (out, 0x89, payload, sizeof payload);
}

static void
say_fragments (GByteArray *out, guint n)
{
  for (guint i = 0; i < 512; i++)
    append_frame (out, n == 0 && i == 0 ? 0x02 : 0x00, "a", 1);
}

static void
say_giant_head (GByteArray *out, guint n)
{
  g_autofree char *value = g_strnfill (8000, 'a');

  if (n == 0)
    append (out, "GET / HTTP/1.1\r\nHost: localhost\r\n");
  append (out, "X-Giant: ");
  append (out, value);
  append (out, "\r\n");
}

static void
say_tiny_frames (GByteArray *out, guint n)
{
  for (guint i = 0; i < 512; i++)
    append_frame (out, 0x81, "a", 1);
}

/* 16 KiB that become 16 MiB: a stored block of zeros, and 258 of them over and
 * over again. */
static void
say_bomb (GByteArray *out, guint n)
{
  guint8 bomb[16000];

  /* RFC 1951, 3.2.6: a literal 0 with fixed codes, then matches of 258 bytes at
   * a distance of 1, which are "00010111" and "00000" each, and so 13 bits. */
  static const guint8 match[] = { 1, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0 };
  static const guint8 start[] = { 0, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0 };
  gsize               at = 0;

  memset (bomb, 0, sizeof bomb);
  for (gsize i = 0; i < sizeof start; i++, at++)
    bomb[at / 8] |= (guint8) (start[i] << at % 8);
  for (gsize i = 0; at < sizeof bomb * 8 - 8; i++, at++)
    bomb[at / 8] |= (guint8) (match[i % sizeof match] << at % 8);
  append_frame (out, 0xc2, bomb, sizeof bomb);
}

static void
say_much (GByteArray *out, guint n)
{
  static const guint8 payload[32768];

  append_frame (out, 0x82, payload, sizeof payload);
}

static void
say_part_of_hello (GByteArray *out, guint n)
{
  static const guint8 part[] = { 22, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3 };

  if (n == 0)
    g_byte_array_append (out, part, sizeof part);
}

/* TLS 1.2, ECDHE with ECDSA: the server signs before it knows who it is. */
static void
say_hello (GByteArray *out, guint n)
{
  static const guint8 start[] = { 22, 3, 1, 0, 0, 1, 0, 0, 0, 3, 3 };
  static const guint8 rest[]
      = { 0, 0, 2,  0xc0, 0x2b, 1, 0,    0, 34, 0,    10, 0, 4, 0,
          2, 0, 23, 0,    11,   0, 2,    1, 0,  0,    13, 0, 6, 0,
          4, 4, 3,  5,    3,    0, 0x17, 0, 0,  0xff, 1,  0, 1, 0 };
  guint8 random[32];
  guint  at = out->len;

  if (n > 0)
    return;
  for (guint i = 0; i < sizeof random; i++)
    random[i] = (guint8) g_random_int ();
  g_byte_array_append (out, start, sizeof start);
  g_byte_array_append (out, random, sizeof random);
  g_byte_array_append (out, rest, sizeof rest);
  /* The lengths, of the extensions too. */
  out->data[at + 4] = (guint8) (out->len - at - 5);
  out->data[at + 8] = (guint8) (out->len - at - 9);
  out->data[at + sizeof start + 32 + 8] = sizeof rest - 9;
}

static void
say_topics (GByteArray *out, guint n)
{
  for (guint i = 0; i < 100; i++)
    {
      g_autofree char *text = g_strdup_printf ("+topic-%u", n * 100 + i);

      append_frame (out, 0x81, text, strlen (text));
    }
}

#define TALKS (HOSTILE_UPGRADES | HOSTILE_READS)

const HostileAttack hostile_attacks[] = {
  { "nobody", 0, NULL },
  { "nothing is said", 0, say_nothing },
  { "a head, a byte a second", 0, say_head_slowly },
  { "half a frame", TALKS, say_half_a_frame },
  { "pings", TALKS | HOSTILE_FLOODS, say_pings },
  { "pings, answers unread", HOSTILE_UPGRADES | HOSTILE_FLOODS, say_pings },
  { "fragments", TALKS | HOSTILE_FLOODS, say_fragments },
  { "giant heads", HOSTILE_FLOODS | HOSTILE_COMES_BACK | HOSTILE_READS,
    say_giant_head },
  { "frames of a byte", TALKS | HOSTILE_FLOODS, say_tiny_frames },
  { "bombs", TALKS | HOSTILE_DEFLATES | HOSTILE_FLOODS | HOSTILE_COMES_BACK,
    say_bomb },
  { "echoes, unread", HOSTILE_UPGRADES | HOSTILE_FLOODS, say_much },
  { "resets", HOSTILE_UPGRADES | HOSTILE_RESETS | HOSTILE_COMES_BACK,
    say_nothing },
  { "subscriptions", TALKS | HOSTILE_FLOODS, say_topics },
  { "TLS stalls", HOSTILE_TLS, say_part_of_hello },
  { "TLS handshakes", HOSTILE_TLS | HOSTILE_RESETS | HOSTILE_COMES_BACK,
    say_hello },
};
const guint hostile_n_attacks = G_N_ELEMENTS (hostile_attacks);

/* --- Connections --- */

typedef struct
{
  int         fd; /* -1: none */
  GByteArray *out;
  gsize       n_written; /* of it */
  guint       n_said;
  gboolean    is_in; /* or need not be let in */
  gint64      next;  /* time to say more */
} Peer;

typedef struct
{
  const HostileAttack *attack;
  struct sockaddr_in   address;
  Peer                *peers;
  guint                n;
  int                  epoll;
  HostileCount         count;
} Siege;

/* Not all from one address: whoever attacks has more of them. */
static void
bind_peer (int fd, guint number)
{
  struct sockaddr_in address = { .sin_family = AF_INET };

  address.sin_addr.s_addr = htonl (0x7f000100u + number % 250);
  bind (fd, (struct sockaddr *) &address, sizeof address);
}

/* What the system keeps for attackers is elsewhere in earnest, and would be
 * taken here from what it has for the server and for its clients. */
static void
spare_memory (int fd)
{
  setsockopt (fd, SOL_SOCKET, SO_RCVBUF, &(int){ 8192 }, sizeof (int));
  setsockopt (fd, SOL_SOCKET, SO_SNDBUF, &(int){ 65536 }, sizeof (int));
}

static void
peer_open (Siege *self, Peer *peer)
{
  struct epoll_event event = { EPOLLIN | EPOLLOUT | EPOLLET, { peer } };
  const int          fd
      = socket (AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

  if (fd < 0)
    return;
  spare_memory (fd);
  bind_peer (fd, (guint) (peer - self->peers));
  if (connect (fd, (struct sockaddr *) &self->address, sizeof self->address) < 0
      && errno != EINPROGRESS)
    {
      close (fd);
      return;
    }
  peer->fd = fd;
  peer->n_said = 0;
  peer->n_written = 0;
  peer->next = 0;
  g_byte_array_set_size (peer->out, 0);
  peer->is_in = !(self->attack->flags & HOSTILE_UPGRADES);
  if (!peer->is_in)
    {
      append (peer->out,
              "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
              "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
              "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n");
      if (self->attack->flags & HOSTILE_DEFLATES)
        append (peer->out, "Sec-WebSocket-Extensions: permessage-deflate\r\n");
      append (peer->out, "\r\n");
    }
  self->count.n_opened++;
  epoll_ctl (self->epoll, EPOLL_CTL_ADD, fd, &event);
}

static void
peer_close (Siege *self, Peer *peer, gboolean by_reset)
{
  struct linger linger = { 1, 0 };

  if (peer->fd < 0)
    return;
  if (by_reset)
    setsockopt (peer->fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
  close (peer->fd);
  peer->fd = -1;
}

/* What the server says, at most a part of it. */
static void
peer_read (Siege *self, Peer *peer)
{
  static char data[65536];
  gssize      n = recv (peer->fd, data, sizeof data, 0);

  if (n == 0 || (n < 0 && errno != EAGAIN))
    {
      self->count.n_ended++;
      peer_close (self, peer, FALSE);
      return;
    }
  if (n <= 0)
    return;
  if (!peer->is_in && g_str_has_prefix (data, "HTTP/1.1 101"))
    {
      self->count.n_upgraded++;
      peer->is_in = TRUE;
    }
  if (self->attack->flags & HOSTILE_RESETS)
    peer_close (self, peer, TRUE);
}

static void
peer_write (Siege *self, Peer *peer, gint64 now)
{
  gssize n;

  if (peer->n_written == peer->out->len && peer->is_in && now >= peer->next)
    {
      g_byte_array_set_size (peer->out, 0);
      peer->n_written = 0;
      self->attack->say (peer->out, peer->n_said++);
      peer->next = self->attack->flags & HOSTILE_FLOODS ? 0 : now + 1000000;
    }
  if (peer->n_written == peer->out->len)
    return;
  n = send (peer->fd, peer->out->data + peer->n_written,
            peer->out->len - peer->n_written, MSG_NOSIGNAL);
  if (n > 0)
    {
      peer->n_written += (gsize) n;
      self->count.n_written += (guint64) n;
    }
  else if (n < 0 && errno != EAGAIN && errno != ENOTCONN)
    {
      self->count.n_ended++;
      peer_close (self, peer, FALSE);
    }
}

static void
peer_turn (Siege *self, Peer *peer, gint64 now)
{
  if (peer->fd < 0)
    {
      if (peer->out->len == 0 || !peer->is_in
          || self->attack->flags & HOSTILE_COMES_BACK)
        peer_open (self, peer);
      return;
    }
  if (!peer->is_in || self->attack->flags & (HOSTILE_READS | HOSTILE_RESETS))
    peer_read (self, peer);
  if (peer->fd >= 0)
    peer_write (self, peer, now);
}

HostileCount
hostile_run (const HostileAttack *attack,
             guint                n,
             guint                ms,
             guint16              port,
             guint16              tls_port)
{
  Siege        self = { .attack = attack, .n = n };
  const gint64 end = g_get_monotonic_time () + ms * (gint64) 1000;
  gint64       now;

  if (attack->say == NULL)
    {
      g_usleep (ms * 1000);
      return self.count;
    }
  self.address.sin_family = AF_INET;
  self.address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  self.address.sin_port = htons (attack->flags & HOSTILE_TLS ? tls_port : port);
  self.epoll = epoll_create1 (EPOLL_CLOEXEC);
  self.peers = g_new0 (Peer, n);
  for (guint i = 0; i < n; i++)
    self.peers[i] = (Peer){ .fd = -1, .out = g_byte_array_new () };
  while ((now = g_get_monotonic_time ()) < end)
    {
      struct epoll_event events[1];

      for (guint i = 0; i < n; i++)
        peer_turn (&self, &self.peers[i], now);
      /* A moment for the others where there is nothing to do. */
      epoll_wait (self.epoll, events, 1,
                  attack->flags & HOSTILE_FLOODS ? 0 : 5);
    }
  for (guint i = 0; i < n; i++)
    {
      peer_close (&self, &self.peers[i], FALSE);
      g_byte_array_unref (self.peers[i].out);
    }
  g_free (self.peers);
  close (self.epoll);
  return self.count;
}
