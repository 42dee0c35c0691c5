/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Binds addresses, and accepts what connects there. */
#include "net/ws-listener.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gunixsocketaddress.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/ws-accept.h"
#include "net/ws-socket-address.h"

/* A flood of newcomers must not starve those who are in. */
#define MAX_ACCEPTS_PER_TURN 64

/* µs: what a server out of fds waits, instead of spinning. */
#define REST (100 * G_TIME_SPAN_MILLISECOND)

struct _WsListener
{
  guint              n_refs; /* the user's, and one for each turn under way */
  WsPoller          *poller; /* (owned) */
  WsListenerAccepted accepted;
  WsListenerFailed   failed;
  gpointer           user_data;
  GPtrArray         *ports; /* (owned): of Port */
  WsDeadline         rest;
  guint              tag; /* of the next ones */
  gboolean           is_accepting;
  gboolean           is_freed;
};

/* A bound socket. Its address must not change, for the watch is in it. */
typedef struct
{
  WsListener *listener;
  GSocket    *socket;    /* (owned) */
  WsUnixFile  file;      /* of an adopted socket none */
  gboolean    is_shared; /* its fd was asked for */
  guint       tag;
  WsWatch     watch;
} Port;

static void
port_free (Port *port)
{
  ws_watch_clear (&port->watch);
  /* While the socket is in use still: nobody else takes the file for a stale
   * one. */
  if (!port->is_shared)
    ws_unix_file_remove (&port->file);
  g_socket_close (port->socket, NULL);
  ws_unix_file_remove_stale (&port->file);
  g_object_unref (port->socket);
  g_free (port);
}

static gboolean
is_open (WsListener *self)
{
  return self->is_accepting && !ws_deadline_is_armed (&self->rest);
}

static void
update (WsListener *self)
{
  for (guint i = 0; i < self->ports->len; i++)
    {
      Port *port = g_ptr_array_index (self->ports, i);

      ws_watch_want (&port->watch, is_open (self) ? G_IO_IN : 0);
    }
}

static void
on_rested (WsDeadline *deadline)
{
  update (WS_CONTAINER_OF (deadline, WsListener, rest));
}

static void
release (WsListener *self)
{
  if (--self->n_refs > 0)
    return;

  g_ptr_array_unref (self->ports);
  ws_poller_unref (self->poller);
  g_free (self);
}

/* What is not the peer's fault: nothing is left to accept with. (Linux passes
 * errors of the network on through accept(), which end one connection only.) */
static gboolean
is_shortage (int code)
{
  return code == EMFILE || code == ENFILE || code == ENOBUFS || code == ENOMEM;
}

static void
take_rest (WsListener *self, int code)
{
  g_autoptr (GError) error = NULL;

  ws_poller_arm_after (self->poller, &self->rest, REST);
  update (self);

  error = g_error_new (G_IO_ERROR, (int) g_io_error_from_errno (code),
                       "Error accepting connection: %s", g_strerror (code));
  self->failed (error, self->user_data);
}

static void
accept_some (WsListener *self, int listening, guint tag)
{
  for (int i = 0; i < MAX_ACCEPTS_PER_TURN && !self->is_freed && is_open (self);
       i++)
    {
      struct sockaddr_storage native;
      socklen_t               len = sizeof native;
      int                     fd = ws_accept (listening, &native, &len);
      int                     code = errno;

      if (fd >= 0)
        {
          WsAddress peer;

          ws_socket_address_read_native (&native, len, &peer);
          self->accepted (fd, &peer, tag, self->user_data);
          if (i == 0 && !ws_accept_has_another (listening))
            return;
        }
      else if (is_shortage (code))
        {
          take_rest (self, code);
        }
      else if (code == EAGAIN || code == EWOULDBLOCK || code == EBADF
               || code == EINVAL || code == ENOTSOCK)
        {
          return;
        }
    }
}

static void
on_readable (WsWatch *watch, GIOCondition condition)
{
  Port       *port = WS_CONTAINER_OF (watch, Port, watch);
  WsListener *self = port->listener;

  /* The port goes with the listener's _free, in a handler perhaps. */
  self->n_refs++;
  accept_some (self, watch->fd, port->tag);
  release (self);
}

WsListener *
ws_listener_new (WsPoller          *poller,
                 WsListenerAccepted accepted,
                 WsListenerFailed   failed,
                 gpointer           user_data)
{
  WsListener *self = g_new0 (WsListener, 1);

  self->n_refs = 1;
  self->poller = ws_poller_ref (poller);
  self->accepted = accepted;
  self->failed = failed;
  self->user_data = user_data;
  self->ports = g_ptr_array_new_with_free_func ((GDestroyNotify) port_free);
  self->rest.func = on_rested;
  self->is_accepting = TRUE;
  return self;
}

void
ws_listener_free (WsListener *self)
{
  self->is_freed = TRUE;
  ws_poller_disarm (self->poller, &self->rest);
  g_ptr_array_set_size (self->ports, 0);
  release (self);
}

void
ws_listener_set_tag (WsListener *self, guint tag)
{
  self->tag = tag;
}

static Port *
add_port (WsListener *self, GSocket *socket)
{
  Port *port = g_new0 (Port, 1);

  /* Whoever is executed may live longer, and would keep the port. */
  fcntl (g_socket_get_fd (socket), F_SETFD, FD_CLOEXEC);
  port->listener = self;
  port->tag = self->tag;
  port->socket = g_object_ref (socket);
  ws_watch_init (&port->watch, self->poller, g_socket_get_fd (socket),
                 on_readable);
  ws_watch_share (&port->watch);
  g_ptr_array_add (self->ports, port);
  update (self);
  return port;
}

/* --- Addresses --- */

static int
limit_backlog (int backlog)
{
  return backlog > 0 ? backlog : SOMAXCONN;
}

/* GSocket's own translation has one code for all errors that it does not know,
 * among which is that an address is none of this host:
 * G_IO_ERROR_INVALID_ARGUMENT here, as for the path of a Unix socket in a
 * folder that does not exist. */
static int
translate_bind_error (int code)
{
  switch (code)
    {
    case EADDRNOTAVAIL:
    case ENOENT:
    case ENOTDIR:
      return G_IO_ERROR_INVALID_ARGUMENT;
    case EROFS:
      return G_IO_ERROR_PERMISSION_DENIED;
    default:
      return (int) g_io_error_from_errno (code);
    }
}

static gboolean
bind_to (GSocket *socket, GSocketAddress *address, GError **error)
{
  struct sockaddr_storage native;
  gssize                  len = g_socket_address_get_native_size (address);
  int                     code;

  if (!g_socket_address_to_native (address, &native, sizeof native, error))
    return FALSE;
  if (bind (g_socket_get_fd (socket), (struct sockaddr *) &native,
            (socklen_t) len)
      == 0)
    return TRUE;
  code = errno;
  g_set_error_literal (error, G_IO_ERROR, translate_bind_error (code),
                       g_strerror (code));
  return FALSE;
}

/* (nullable): the path of a Unix socket that is a file. */
static const char *
peek_path (GSocketAddress *address)
{
  GUnixSocketAddress *unix_address;

  if (!G_IS_UNIX_SOCKET_ADDRESS (address))
    return NULL;
  unix_address = G_UNIX_SOCKET_ADDRESS (address);
  if (g_unix_socket_address_get_address_type (unix_address)
      != G_UNIX_SOCKET_ADDRESS_PATH)
    return NULL;
  return g_unix_socket_address_get_path (unix_address);
}

/* The same, where a stale file in the way is removed. */
static gboolean
bind_over_stale (GSocket *socket, GSocketAddress *address, GError **error)
{
  const char *path = peek_path (address);
  g_autoptr (GError) problem = NULL;

  if (bind_to (socket, address, &problem))
    return TRUE;
  if (path != NULL
      && g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE))
    return ws_unix_path_remove_stale (path, error)
           && bind_to (socket, address, error);
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

static gboolean
set_up_socket (GSocket                 *socket,
               const WsListenerOptions *options,
               GError                 **error)
{
  GSocketFamily family = g_socket_get_family (socket);

  if (family == G_SOCKET_FAMILY_UNIX)
    return TRUE;
  g_socket_set_option (socket, SOL_SOCKET, SO_REUSEADDR, 1, NULL);
  /* GLib leaves it to the system's default whether IPv6 speaks IPv4 too. */
  if (family == G_SOCKET_FAMILY_IPV6)
    g_socket_set_option (socket, IPPROTO_IPV6, IPV6_V6ONLY, 0, NULL);
  if (!options->reuse_port)
    return TRUE;
#ifdef SO_REUSEPORT
  return g_socket_set_option (socket, SOL_SOCKET, SO_REUSEPORT, 1, error);
#else
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                       "This system cannot share a port");
  return FALSE;
#endif
}

static gboolean
listen_on (WsListener              *self,
           GSocketAddress          *address,
           const WsListenerOptions *options,
           GError                 **error)
{
  const char *path = peek_path (address);
  WsUnixFile  file = { NULL };
  g_autoptr (GSocket) socket
      = g_socket_new (g_socket_address_get_family (address),
                      G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, error);

  if (socket == NULL || !set_up_socket (socket, options, error)
      || !bind_over_stale (socket, address, error))
    return FALSE;
  if (path != NULL)
    ws_unix_file_init (&file, path);
  g_socket_set_listen_backlog (socket, limit_backlog (options->backlog));
  if ((path != NULL && !ws_unix_access_apply (&options->access, path, error))
      || !g_socket_listen (socket, error))
    {
      ws_unix_file_remove (&file);
      return FALSE;
    }

  add_port (self, socket)->file = file;
  return TRUE;
}

/* What GIO says about an address does not always tell which. */
static void
name_address (GError **error, GSocketAddress *address)
{
  g_autofree char *name = NULL;

  name = g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (address));
  if (error != NULL && *error != NULL
      && strstr ((*error)->message, name) == NULL)
    g_prefix_error (error, "%s: ", name);
}

gboolean
ws_listener_add_address (WsListener              *self,
                         GSocketAddress          *address,
                         const WsListenerOptions *options,
                         GError                 **error)
{
  static const WsListenerOptions defaults;

  if (listen_on (self, address, options != NULL ? options : &defaults, error))
    return TRUE;

  name_address (error, address);
  return FALSE;
}

/* --- Adopted sockets --- */

static gboolean
is_bound (const struct sockaddr_storage *native, socklen_t len)
{
  switch (native->ss_family)
    {
    case AF_INET:
      return ((const struct sockaddr_in *) native)->sin_port != 0;
    case AF_INET6:
      return ((const struct sockaddr_in6 *) native)->sin6_port != 0;
    default:
      return len > sizeof native->ss_family;
    }
}

/* (nullable): why @fd cannot listen. */
static const char *
find_flaw (int fd)
{
  struct sockaddr_storage native = { .ss_family = AF_UNSPEC };
  socklen_t               len = sizeof native;
  int                     type;
  socklen_t               type_len = sizeof type;

  if (getsockopt (fd, SOL_SOCKET, SO_TYPE, &type, &type_len) != 0)
    return errno == ENOTSOCK ? "it is no socket" : "it is not open";
  if (type != SOCK_STREAM)
    return "only a stream socket can";
  if (getsockname (fd, (struct sockaddr *) &native, &len) != 0
      || (native.ss_family != AF_INET && native.ss_family != AF_INET6
          && native.ss_family != AF_UNIX))
    return "it is neither an IP nor a Unix socket";
  if (!is_bound (&native, len))
    return "it is not bound to an address";
  len = sizeof native;
  if (getpeername (fd, (struct sockaddr *) &native, &len) == 0)
    return "it is connected";
  return NULL;
}

static gboolean
refuse_fd (int fd, const char *flaw, GError **error)
{
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
               "The file descriptor %d cannot listen: %s", fd, flaw);
  return FALSE;
}

gboolean
ws_listener_check_fd (WsListener *self, int fd, GError **error)
{
  for (guint i = 0; i < self->ports->len; i++)
    if (((Port *) g_ptr_array_index (self->ports, i))->watch.fd == fd)
      return refuse_fd (fd, "it does already", error);
  return TRUE;
}

static gboolean
check_fd (WsListener *self, int fd, GError **error)
{
  const char *flaw = find_flaw (fd);

  if (flaw != NULL)
    return refuse_fd (fd, flaw, error);
  return ws_listener_check_fd (self, fd, error);
}

static gboolean
is_listening (int fd)
{
  int       is_so = 0;
  socklen_t len = sizeof is_so;

  return getsockopt (fd, SOL_SOCKET, SO_ACCEPTCONN, &is_so, &len) == 0 && is_so;
}

gboolean
ws_listener_add_socket (WsListener *self,
                        GSocket    *socket,
                        int         backlog,
                        GError    **error)
{
  int fd = g_socket_get_fd (socket);

  if (!check_fd (self, fd, error))
    return FALSE;
  if (!is_listening (fd))
    {
      g_socket_set_listen_backlog (socket, limit_backlog (backlog));
      if (!g_socket_listen (socket, error))
        return FALSE;
    }

  /* accept() must not wait for a peer that has left again. */
  fcntl (fd, F_SETFL, fcntl (fd, F_GETFL) | O_NONBLOCK);
  add_port (self, socket);
  return TRUE;
}

static gboolean
begin_listening (int fd, int backlog, GError **error)
{
  int code;

  if (is_listening (fd) || listen (fd, limit_backlog (backlog)) == 0)
    return TRUE;

  code = errno;
  g_set_error (error, G_IO_ERROR, (int) g_io_error_from_errno (code),
               "The file descriptor %d cannot listen: %s", fd,
               g_strerror (code));
  return FALSE;
}

gboolean
ws_listener_add_fds (
    WsListener *self, int first, guint n_fds, int backlog, GError **error)
{
  g_autoptr (GPtrArray) sockets
      = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < n_fds; i++)
    if (!check_fd (self, first + (int) i, error))
      return FALSE;
  for (guint i = 0; i < n_fds; i++)
    if (!begin_listening (first + (int) i, backlog, error))
      return FALSE;
  for (guint i = 0; i < n_fds; i++)
    {
      GSocket *socket = g_socket_new_from_fd (first + (int) i, error);

      if (socket == NULL)
        return FALSE;
      g_ptr_array_add (sockets, socket);
    }
  for (guint i = 0; i < n_fds; i++)
    add_port (self, g_ptr_array_index (sockets, i));
  return TRUE;
}

/* --- What it listens on --- */

void
ws_listener_set_accepting (WsListener *self, gboolean accepting)
{
  self->is_accepting = accepting;
  update (self);
}

gboolean
ws_listener_is_empty (WsListener *self)
{
  return self->ports->len == 0;
}

/* (nullable) */
static Port *
peek_first (WsListener *self)
{
  return self->ports->len > 0 ? g_ptr_array_index (self->ports, 0) : NULL;
}

GSocketAddress *
ws_listener_get_address (WsListener *self)
{
  Port *port = peek_first (self);

  return port != NULL ? g_socket_get_local_address (port->socket, NULL) : NULL;
}

gboolean
ws_listener_speaks_ipv4 (WsListener *self)
{
  Port *port = peek_first (self);

  return port != NULL && g_socket_speaks_ipv4 (port->socket);
}

int
ws_listener_get_fd (WsListener *self)
{
  Port *port = peek_first (self);

  if (port == NULL)
    return -1;
  port->is_shared = TRUE;
  return port->watch.fd;
}

void
ws_listener_list_addresses (WsListener *self, GPtrArray *addresses)
{
  for (guint i = 0; i < self->ports->len; i++)
    {
      Port           *port = g_ptr_array_index (self->ports, i);
      GSocketAddress *address = g_socket_get_local_address (port->socket, NULL);

      if (address != NULL)
        g_ptr_array_add (addresses, address);
    }
}
