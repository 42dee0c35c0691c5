/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* accept4 */
#endif
#include "net/ws-listener.h"

#include "ws-config.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>

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
  gboolean           is_accepting;
  gboolean           is_freed;
};

/* A bound socket. Its address must not change, for the watch is in it. */
typedef struct
{
  WsListener *listener;
  GSocket    *socket; /* (owned) */
  WsWatch     watch;
} Port;

static void
port_free (Port *port)
{
  ws_watch_clear (&port->watch);
  g_socket_close (port->socket, NULL);
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

static int
accept_connection (int listening)
{
#ifdef HAVE_ACCEPT4
  return accept4 (listening, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
#else
  int fd = accept (listening, NULL, NULL);

  if (fd >= 0)
    {
      fcntl (fd, F_SETFD, FD_CLOEXEC);
      fcntl (fd, F_SETFL, fcntl (fd, F_GETFL) | O_NONBLOCK);
    }

  return fd;
#endif
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
accept_some (WsListener *self, int listening)
{
  for (int i = 0; i < MAX_ACCEPTS_PER_TURN && !self->is_freed && is_open (self);
       i++)
    {
      int fd = accept_connection (listening);
      int code = errno;

      if (fd >= 0)
        {
          self->accepted (fd, self->user_data);
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
  accept_some (self, watch->fd);
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

static void
add_port (WsListener *self, GSocket *socket)
{
  Port *port = g_new0 (Port, 1);

  port->listener = self;
  port->socket = g_object_ref (socket);
  ws_watch_init (&port->watch, self->poller, g_socket_get_fd (socket),
                 on_readable);
  g_ptr_array_add (self->ports, port);
  update (self);
}

static gboolean
listen_on (WsListener *self, GSocket *socket, int backlog, GError **error)
{
  g_socket_set_listen_backlog (socket, backlog > 0 ? backlog : SOMAXCONN);
  if (!g_socket_listen (socket, error))
    return FALSE;

  add_port (self, socket);

  return TRUE;
}

/* GSocket's own has one code for what it does not know, among which is that an
 * address is none of this host: G_IO_ERROR_INVALID_ARGUMENT here. */
static gboolean
bind_to (GSocket *socket, GSocketAddress *address, GError **error)
{
  struct sockaddr_storage native;
  gssize                  len = g_socket_address_get_native_size (address);
  int                     code;

  if (!g_socket_address_to_native (address, &native, sizeof native, error))
    return FALSE;
  g_socket_set_option (socket, SOL_SOCKET, SO_REUSEADDR, 1, NULL);
  if (bind (g_socket_get_fd (socket), (struct sockaddr *) &native,
            (socklen_t) len)
      == 0)
    return TRUE;
  code = errno;
  g_set_error_literal (error, G_IO_ERROR,
                       code == EADDRNOTAVAIL
                           ? G_IO_ERROR_INVALID_ARGUMENT
                           : (int) g_io_error_from_errno (code),
                       g_strerror (code));
  return FALSE;
}

gboolean
ws_listener_add_address (WsListener     *self,
                         GSocketAddress *address,
                         int             backlog,
                         GError        **error)
{
  GSocketFamily family = g_socket_address_get_family (address);
  g_autoptr (GSocket) socket = NULL;

  socket = g_socket_new (family, G_SOCKET_TYPE_STREAM,
                         G_SOCKET_PROTOCOL_DEFAULT, error);

  /* GLib leaves it to the system's default whether IPv6 speaks IPv4 too. */
  if (socket != NULL && family == G_SOCKET_FAMILY_IPV6)
    g_socket_set_option (socket, IPPROTO_IPV6, IPV6_V6ONLY, 0, NULL);

  if (socket == NULL || !bind_to (socket, address, error)
      || !listen_on (self, socket, backlog, error))
    {
      name_address (error, address);
      return FALSE;
    }

  return TRUE;
}

gboolean
ws_listener_add_socket (WsListener *self,
                        GSocket    *socket,
                        int         backlog,
                        GError    **error)
{
  if (g_socket_get_socket_type (socket) != G_SOCKET_TYPE_STREAM)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                           "Only a stream socket can listen");
      return FALSE;
    }

  return listen_on (self, socket, backlog, error);
}

void
ws_listener_set_accepting (WsListener *self, gboolean accepting)
{
  self->is_accepting = accepting;
  update (self);
}

GSocketAddress *
ws_listener_get_address (WsListener *self)
{
  Port *port;

  if (self->ports->len == 0)
    return NULL;

  port = g_ptr_array_index (self->ports, 0);

  return g_socket_get_local_address (port->socket, NULL);
}
