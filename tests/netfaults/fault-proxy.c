/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fault-proxy.h"

#include <arpa/inet.h>
#include <errno.h>
#include <glib-unix.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct _Link Link;

/* One direction of a connection. */
typedef struct
{
  Link    *link;
  int      from, to;
  guint    in, out; /* sources, 0: none */
  guint8   data[16384];
  gsize    start, end; /* of what waits in @data */
  gboolean is_up;
} Way;

struct _Link
{
  FaultProxy *proxy;
  int         client, server;
  Way         up, down;
};

struct _FaultProxy
{
  int         listener;
  guint       source;
  guint16     server_port;
  guint16     port;
  GPtrArray  *links; /* (owned): of Link */
  Fault       fault;
  FaultMoment moment;
  gboolean    has_begun;
  gsize       n_left; /* bytes until it begins */
  guint       n_accepted;
};

static void watch (Way *self);

/* --- The fault --- */

static void
close_fd (int fd, gboolean with_reset)
{
  struct linger linger = { .l_onoff = 1, .l_linger = 0 };

  if (with_reset)
    setsockopt (fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
  close (fd);
}

static void
link_free (gpointer data)
{
  Link    *self = data;
  gboolean with_reset
      = self->proxy->has_begun && self->proxy->fault == FAULT_RESET;

  for (guint i = 0; i < 2; i++)
    {
      Way *way = i == 0 ? &self->up : &self->down;

      g_clear_handle_id (&way->in, g_source_remove);
      g_clear_handle_id (&way->out, g_source_remove);
    }
  close_fd (self->client, with_reset);
  close_fd (self->server, with_reset);
  g_free (self);
}

static gboolean
is_swallowed (const Way *self)
{
  const FaultProxy *proxy = self->link->proxy;

  if (!proxy->has_begun)
    return FALSE;
  return proxy->fault == FAULT_BLACK_HOLE
         || (proxy->fault == FAULT_HALF_OPEN_UP && self->is_up)
         || (proxy->fault == FAULT_HALF_OPEN_DOWN && !self->is_up);
}

/* TRUE when all connections are gone with it. */
static gboolean
begin (FaultProxy *self)
{
  self->has_begun = TRUE;
  if (self->fault == FAULT_RESET || self->fault == FAULT_CUT)
    {
      g_ptr_array_set_size (self->links, 0);
      return TRUE;
    }
  for (guint i = 0; i < self->links->len; i++)
    {
      Link *link = g_ptr_array_index (self->links, i);

      watch (&link->up);
      watch (&link->down);
    }
  return FALSE;
}

void
fault_proxy_set (FaultProxy *self,
                 Fault       fault,
                 FaultMoment moment,
                 guint       n_bytes)
{
  self->fault = fault;
  self->moment = moment;
  self->n_left = n_bytes;
  self->has_begun = FALSE;
  if (moment == FAULT_AT_ONCE)
    begin (self);
}

/* --- The bytes --- */

/* What it lets through is counted until the fault begins. */
static gboolean
is_counted (const Way *self)
{
  const FaultProxy *proxy = self->link->proxy;

  return !proxy->has_begun && proxy->fault != FAULT_NONE
         && proxy->moment == (self->is_up ? FAULT_AFTER_UP : FAULT_AFTER_DOWN);
}

/* How many bytes may leave now. */
static gsize
get_allowance (const Way *self)
{
  const FaultProxy *proxy = self->link->proxy;
  gsize             n = self->end - self->start;

  if (proxy->has_begun && proxy->fault == FAULT_TRICKLE)
    return MIN (n, 1);
  return is_counted (self) && proxy->n_left > 0 ? MIN (n, proxy->n_left) : n;
}

/* FALSE when the connection is gone. */
static gboolean
write_some (Way *self)
{
  FaultProxy *proxy = self->link->proxy;
  gssize      n;

  if (is_swallowed (self))
    {
      self->start = self->end = 0;
      return TRUE;
    }
  n = send (self->to, self->data + self->start, get_allowance (self),
            MSG_DONTWAIT | MSG_NOSIGNAL);
  if (n < 0 && errno != EAGAIN)
    {
      g_ptr_array_remove (proxy->links, self->link);
      return FALSE;
    }
  self->start += MAX (n, 0);
  if (self->start == self->end)
    self->start = self->end = 0;
  if (n <= 0 || !is_counted (self))
    return TRUE;
  proxy->n_left -= MIN (proxy->n_left, (gsize) n);
  return proxy->n_left > 0 || !begin (proxy);
}

static gboolean
on_writable (int fd, GIOCondition condition, gpointer user_data)
{
  Way *self = user_data;

  if (!write_some (self))
    return G_SOURCE_REMOVE;
  if (self->start < self->end)
    return G_SOURCE_CONTINUE;
  self->out = 0;
  watch (self);
  return G_SOURCE_REMOVE;
}

static gboolean
on_readable (int fd, GIOCondition condition, gpointer user_data)
{
  Way        *self = user_data;
  FaultProxy *proxy = self->link->proxy;
  gssize      n = recv (fd, self->data, sizeof self->data, MSG_DONTWAIT);

  if (n < 0 && errno == EAGAIN)
    return G_SOURCE_CONTINUE;
  self->in = 0;
  if (n < 0)
    {
      g_ptr_array_remove (proxy->links, self->link);
      return G_SOURCE_REMOVE;
    }
  if (n == 0)
    {
      /* A dead path passes on no end either. */
      if (!is_swallowed (self))
        shutdown (self->to, SHUT_WR);
      return G_SOURCE_REMOVE;
    }
  self->end = n;
  if (self->is_up && !proxy->has_begun && proxy->fault != FAULT_NONE
      && proxy->moment == FAULT_BEFORE_UP && begin (proxy))
    return G_SOURCE_REMOVE;
  if (write_some (self))
    watch (self);
  return G_SOURCE_REMOVE;
}

/* Waits for what is to be done next: for room, or for more. */
static void
watch (Way *self)
{
  const FaultProxy *proxy = self->link->proxy;
  gboolean          stalls = proxy->has_begun && proxy->fault == FAULT_STALL;

  if (stalls)
    {
      g_clear_handle_id (&self->in, g_source_remove);
      g_clear_handle_id (&self->out, g_source_remove);
    }
  else if (self->start < self->end && self->out == 0)
    self->out = g_unix_fd_add (self->to, G_IO_OUT, on_writable, self);
  else if (self->start == self->end && self->in == 0)
    self->in = g_unix_fd_add (self->from, G_IO_IN, on_readable, self);
}

/* --- The connections --- */

static struct sockaddr_in
make_address (guint16 port)
{
  return (struct sockaddr_in){ .sin_family = AF_INET,
                               .sin_port = htons (port),
                               .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
}

static gboolean
on_acceptable (int fd, GIOCondition condition, gpointer user_data)
{
  FaultProxy        *self = user_data;
  struct sockaddr_in address = make_address (self->server_port);
  Link              *link = g_new0 (Link, 1);

  self->n_accepted++;
  link->proxy = self;
  link->client = accept (fd, NULL, NULL);
  g_assert_cmpint (link->client, >=, 0);
  link->server = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint (link->server, >=, 0);
  g_ptr_array_add (self->links, link);
  if (connect (link->server, (struct sockaddr *) &address, sizeof address) < 0
      || (self->has_begun
          && (self->fault == FAULT_RESET || self->fault == FAULT_CUT)))
    {
      g_ptr_array_remove (self->links, link);
      return G_SOURCE_CONTINUE;
    }
  link->up = (Way){
    .link = link, .from = link->client, .to = link->server, .is_up = TRUE
  };
  link->down = (Way){ .link = link, .from = link->server, .to = link->client };
  watch (&link->up);
  watch (&link->down);
  return G_SOURCE_CONTINUE;
}

FaultProxy *
fault_proxy_new (guint16 port)
{
  FaultProxy        *self = g_new0 (FaultProxy, 1);
  struct sockaddr_in address = make_address (0);
  socklen_t          len = sizeof address;

  self->server_port = port;
  self->links = g_ptr_array_new_with_free_func (link_free);
  self->listener = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint (self->listener, >=, 0);
  g_assert_no_errno (
      bind (self->listener, (struct sockaddr *) &address, sizeof address));
  g_assert_no_errno (listen (self->listener, 16));
  g_assert_no_errno (
      getsockname (self->listener, (struct sockaddr *) &address, &len));
  self->port = ntohs (address.sin_port);
  self->source = g_unix_fd_add (self->listener, G_IO_IN, on_acceptable, self);
  return self;
}

void
fault_proxy_free (FaultProxy *self)
{
  g_source_remove (self->source);
  close (self->listener);
  g_ptr_array_unref (self->links);
  g_free (self);
}

guint16
fault_proxy_get_port (FaultProxy *self)
{
  return self->port;
}

guint
fault_proxy_count (FaultProxy *self)
{
  return self->n_accepted;
}
