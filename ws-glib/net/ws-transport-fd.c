/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A transport over the descriptor of a socket. */
#include "net/ws-transport-private.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#ifndef IOV_MAX
#define IOV_MAX 16
#endif

/* A system may take so many ms to acknowledge (RFC 1122, 4.2.3.2). */
#define ACK_DELAY 500

/* Bytes that the kernel keeps for a peer beyond what is on its way. More makes
 * nothing faster, and thousands of peers that do not read would have it, at
 * megabytes each, out of what all of the system's connections share. */
#define MAX_NOT_SENT (128 * 1024)

/* A GOutputVector is passed to the kernel as it is. */
G_STATIC_ASSERT (sizeof (GOutputVector) == sizeof (struct iovec));
G_STATIC_ASSERT (G_STRUCT_OFFSET (GOutputVector, buffer)
                 == G_STRUCT_OFFSET (struct iovec, iov_base));
G_STATIC_ASSERT (G_STRUCT_OFFSET (GOutputVector, size)
                 == G_STRUCT_OFFSET (struct iovec, iov_len));

/* There is one for each idle connection: keep it small. */
typedef struct
{
  WsTransport parent;
  WsWatch     watch;

  /* Of a peer that is not Unix's: the kernel forgets it with a reset. */
  struct sockaddr_in6 peer;
} FdTransport;

typedef struct
{
  FdTransport        parent;
  GSocketConnection *connection; /* (owned): owns the fd */
} ConnectionTransport;

/* What a failed call says; errno is read first of all. */
static gssize
fail (const char *what, GError **error)
{
  int code = errno;

  if (code == EAGAIN || code == EWOULDBLOCK)
    return WS_IO_AGAIN;

  g_set_error (error, G_IO_ERROR, (int) g_io_error_from_errno (code),
               "Error %s data: %s", what, g_strerror (code));
  return WS_IO_ERROR;
}

static gssize
fd_read (WsTransport *transport, guint8 *data, gsize len, GError **error)
{
  FdTransport *self = (FdTransport *) transport;
  gssize       n;

  do
    n = recv (self->watch.fd, data, len, MSG_DONTWAIT);
  while (n < 0 && errno == EINTR);
  return n >= 0 ? n : fail ("receiving", error);
}

/* For what lies in one piece the kernel has less to look at: 4 % of a small
 * write. */
static gssize
send_vectors (int fd, const GOutputVector *vectors, guint n_vectors)
{
  const int     flags = MSG_DONTWAIT | MSG_NOSIGNAL;
  struct msghdr message = {
    .msg_iov = (struct iovec *) (gpointer) vectors,
    .msg_iovlen = MIN (n_vectors, IOV_MAX),
  };

  return n_vectors == 1 ? send (fd, vectors->buffer, vectors->size, flags)
                        : sendmsg (fd, &message, flags);
}

static gssize
fd_writev (WsTransport         *transport,
           const GOutputVector *vectors,
           guint                n_vectors,
           GError             **error)
{
  FdTransport *self = (FdTransport *) transport;
  gssize       n;

  do
    n = send_vectors (self->watch.fd, vectors, n_vectors);
  while (n < 0 && errno == EINTR);
  return n >= 0 ? n : fail ("sending", error);
}

static void
fd_want (WsTransport *transport, GIOCondition condition)
{
  ws_watch_want (&((FdTransport *) transport)->watch, condition);
}

static gboolean
fd_is_readable (WsTransport *transport)
{
  struct pollfd poll_fd
      = { .fd = ((FdTransport *) transport)->watch.fd, .events = POLLIN };

  return poll (&poll_fd, 1, 0) > 0;
}

gboolean
ws_transport_fd_is_heard (int fd, gint64 since)
{
#if defined(__linux__) && defined(TCP_INFO)
  struct tcp_info info;
  socklen_t       len = sizeof info;
  gint64          ago = (g_get_monotonic_time () - since) / 1000;

  if (getsockopt (fd, IPPROTO_TCP, TCP_INFO, &info, &len) == 0)
    return info.tcpi_state != TCP_CLOSE
           && info.tcpi_last_ack_recv <= ago + ACK_DELAY;
#endif
  return TRUE;
}

static gboolean
fd_is_heard (WsTransport *transport, gint64 since)
{
  return ws_transport_fd_is_heard (((FdTransport *) transport)->watch.fd,
                                   since);
}

static void
fd_shutdown (WsTransport *transport)
{
  /* An error says that the peer is gone, which a read tells better. */
  shutdown (((FdTransport *) transport)->watch.fd, SHUT_WR);
}

static void
fd_get_endpoint (WsTransport *transport, gboolean remote, WsEndpoint *endpoint)
{
  FdTransport            *self = (FdTransport *) transport;
  int                     fd = self->watch.fd;
  struct sockaddr_storage native;
  socklen_t               len = sizeof native;
  int                     result;

  *endpoint = (WsEndpoint){ NULL };
  if (remote && self->peer.sin6_family != AF_UNSPEC)
    {
      ws_endpoint_init (endpoint, &self->peer, sizeof self->peer);
      return;
    }
  result = remote ? getpeername (fd, (struct sockaddr *) &native, &len)
                  : getsockname (fd, (struct sockaddr *) &native, &len);
  if (result == 0)
    ws_endpoint_init (endpoint, &native, len);
}

/* A user may hold the GSocketConnection as well, and shall see that it is
 * closed. */
static void
close_connection (GSocketConnection *connection)
{
  if (G_IS_TCP_CONNECTION (connection))
    g_tcp_connection_set_graceful_disconnect (G_TCP_CONNECTION (connection),
                                              FALSE); /* it would block */
  g_io_stream_close (G_IO_STREAM (connection), NULL, NULL);

  /* An operation of the user's that is pending keeps the stream from closing,
   * but not the socket. */
  g_socket_close (g_socket_connection_get_socket (connection), NULL);
  g_object_unref (connection);
}

static void
fd_free (WsTransport *transport)
{
  FdTransport *self = (FdTransport *) transport;
  int          fd = self->watch.fd;

  ws_watch_clear (&self->watch);
  close (fd);
  ws_poller_unref (transport->poller);
  g_free (self);
}

static void
connection_free (WsTransport *transport)
{
  ConnectionTransport *self = (ConnectionTransport *) transport;

  ws_watch_clear (&self->parent.watch);
  close_connection (self->connection);
  ws_poller_unref (transport->poller);
  g_free (self);
}

#define FD_CLASS(its_free)                                  \
  {                                                         \
    .read = fd_read, .writev = fd_writev, .want = fd_want,  \
    .is_readable = fd_is_readable, .is_heard = fd_is_heard, \
    .shutdown = fd_shutdown, .short_read_is_last = TRUE,    \
    .get_endpoint = fd_get_endpoint, .free = its_free       \
  }

static const WsTransportClass fd_class = FD_CLASS (fd_free);
static const WsTransportClass connection_class = FD_CLASS (connection_free);

static void
on_watch (WsWatch *watch, GIOCondition condition)
{
  WsTransport *transport = &WS_CONTAINER_OF (watch, FdTransport, watch)->parent;

  transport->ready (transport->user_data, condition);
}

static void
add_flag (int fd, int get, int set, int flag)
{
  int flags = fcntl (fd, get);

  if (flags >= 0 && !(flags & flag))
    fcntl (fd, set, flags | flag);
}

/* Errors are fine: not everything is TCP. */
static void
set_up (int fd)
{
  int on = 1;

  add_flag (fd, F_GETFL, F_SETFL, O_NONBLOCK);
  add_flag (fd, F_GETFD, F_SETFD, FD_CLOEXEC);
  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  setsockopt (fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
#ifdef TCP_NOTSENT_LOWAT
  setsockopt (fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &(int){ MAX_NOT_SENT },
              sizeof (int));
#endif
}

static void
note_peer (FdTransport *self)
{
  socklen_t len = sizeof self->peer;

  if (getpeername (self->watch.fd, (struct sockaddr *) &self->peer, &len) != 0
      || (self->peer.sin6_family != AF_INET
          && self->peer.sin6_family != AF_INET6))
    self->peer.sin6_family = AF_UNSPEC;
}

WsTransport *
ws_transport_fd_new (WsPoller *poller, int fd, GSocketConnection *connection)
{
  gboolean     is_bare = connection == NULL;
  FdTransport *self = is_bare ? g_new0 (FdTransport, 1)
                              : (FdTransport *) g_new0 (ConnectionTransport, 1);

  set_up (fd);
  self->parent.klass = is_bare ? &fd_class : &connection_class;
  self->parent.is_quiet = TRUE;
  ws_transport_note_generation (&self->parent);
  self->parent.poller = ws_poller_ref (poller);
  if (!is_bare)
    ((ConnectionTransport *) self)->connection = g_object_ref (connection);
  ws_watch_init (&self->watch, poller, fd, on_watch);
  note_peer (self);
  return &self->parent;
}
