/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ssl-tap.h"

#include <arpa/inet.h>
#include <errno.h>
#include <glib-unix.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

/* Type, version and length (RFC 8446, 5.1). */
#define RECORD_HEADER 5

static void
end_close (SslTapEnd *end)
{
  g_clear_handle_id (&end->source, g_source_remove);
  if (end->fd >= 0)
    close (end->fd);
  end->fd = -1;
}

void
ssl_tap_cut (SslTap *self)
{
  end_close (&self->client);
  end_close (&self->server);
}

static void
hand_on (SslTapEnd *to, const guint8 *data, gsize len)
{
  while (len > 0 && to->fd >= 0)
    {
      gssize n = send (to->fd, data, len, MSG_NOSIGNAL);

      if (n < 0)
        {
          to->is_eof = TRUE;
          return;
        }
      data += n;
      len -= (gsize) n;
    }
}

static gboolean
on_readable (int fd, GIOCondition condition, gpointer user_data)
{
  SslTapEnd *end = user_data;
  SslTapEnd *other
      = end == &end->tap->client ? &end->tap->server : &end->tap->client;
  guint8 data[16384];
  gssize n = recv (fd, data, sizeof data, MSG_DONTWAIT);

  if (n < 0 && errno == EAGAIN)
    return G_SOURCE_CONTINUE;
  if (n > 0)
    {
      g_byte_array_append (end->received, data, (guint) n);
      hand_on (other, data, (gsize) n);
      return G_SOURCE_CONTINUE;
    }
  end->is_eof = TRUE;
  end->source = 0;
  if (other->fd >= 0)
    shutdown (other->fd, SHUT_WR);
  return G_SOURCE_REMOVE;
}

static void
end_begin (SslTapEnd *end, int fd)
{
  end->fd = fd;
  end->is_eof = FALSE;
  g_byte_array_set_size (end->received, 0);
  end->source = g_unix_fd_add (fd, G_IO_IN, on_readable, end);
}

static struct sockaddr_in
make_address (guint16 port)
{
  return (struct sockaddr_in){ .sin_family = AF_INET,
                               .sin_port = htons (port),
                               .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
}

static int
connect_server (SslTap *self)
{
  struct sockaddr_in address = make_address (self->target);
  int                fd = self->next;

  self->next = -1;
  if (fd >= 0)
    return fd;
  fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_assert_no_errno (
      connect (fd, (struct sockaddr *) &address, sizeof address));
  return fd;
}

static gboolean
on_client (int fd, GIOCondition condition, gpointer user_data)
{
  SslTap *self = user_data;
  int     client = accept (fd, NULL, NULL);

  g_assert_cmpint (client, >=, 0);
  ssl_tap_cut (self);
  end_begin (&self->client, client);
  end_begin (&self->server, connect_server (self));
  self->n_clients++;
  return G_SOURCE_CONTINUE;
}

void
ssl_tap_use_fd (SslTap *self, int fd)
{
  self->next = fd;
}

SslTap *
ssl_tap_new (guint16 target)
{
  SslTap            *self = g_new0 (SslTap, 1);
  struct sockaddr_in address = make_address (0);
  socklen_t          len = sizeof address;

  self->target = target;
  self->next = -1;
  self->client = (SslTapEnd){ .tap = self, .fd = -1 };
  self->server = (SslTapEnd){ .tap = self, .fd = -1 };
  self->client.received = g_byte_array_new ();
  self->server.received = g_byte_array_new ();
  self->listener = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_assert_no_errno (
      bind (self->listener, (struct sockaddr *) &address, sizeof address));
  g_assert_no_errno (listen (self->listener, 64));
  g_assert_no_errno (
      getsockname (self->listener, (struct sockaddr *) &address, &len));
  self->port = ntohs (address.sin_port);
  self->source = g_unix_fd_add (self->listener, G_IO_IN, on_client, self);
  return self;
}

void
ssl_tap_free (SslTap *self)
{
  ssl_tap_cut (self);
  g_source_remove (self->source);
  close (self->listener);
  g_byte_array_unref (self->client.received);
  g_byte_array_unref (self->server.received);
  g_free (self);
}

char *
ssl_tap_make_url (SslTap *self)
{
  return g_strdup_printf ("wss://127.0.0.1:%u", self->port);
}

void
ssl_tap_hold (SslTap *self, SslTapEnd *from)
{
  g_clear_handle_id (&from->source, g_source_remove);
}

void
ssl_tap_release (SslTap *self, SslTapEnd *from)
{
  if (from->source == 0 && from->fd >= 0)
    from->source = g_unix_fd_add (from->fd, G_IO_IN, on_readable, from);
}

static gsize
measure_record (SslTapEnd *end, gsize at)
{
  const guint8 *data = end->received->data + at;

  return RECORD_HEADER + (data[3] << 8 | data[4]);
}

gsize
ssl_tap_count (SslTapEnd *end, int type)
{
  gsize total = 0;

  for (gsize at = 0; at + RECORD_HEADER <= end->received->len;)
    {
      gsize len = measure_record (end, at);

      if (type < 0 || end->received->data[at] == type)
        total += MIN (len, end->received->len - at);
      at += len;
    }
  return total;
}

gsize
ssl_tap_count_first (SslTapEnd *end)
{
  g_assert_cmpuint (end->received->len, >=, RECORD_HEADER);
  return measure_record (end, 0);
}
