/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads addresses of the system and of GIO as plain values, and back. */
#include "net/ws-socket-address.h"

#include <errno.h>
#include <gio/gunixsocketaddress.h>
#include <netinet/in.h>
#include <stddef.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

void
ws_socket_address_read_native (const struct sockaddr_storage *native,
                               gsize                          len,
                               WsAddress                     *address)
{
  const struct sockaddr_in  *in = (const struct sockaddr_in *) native;
  const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *) native;
  const struct sockaddr_un  *un = (const struct sockaddr_un *) native;
  const gsize                path = offsetof (struct sockaddr_un, sun_path);

  *address = (WsAddress){ 0 };
  if (len < sizeof native->ss_family)
    return;
  if (native->ss_family == AF_INET && len >= sizeof *in)
    ws_address_set_ip (address, (const guint8 *) &in->sin_addr, 4,
                       g_ntohs (in->sin_port));
  else if (native->ss_family == AF_INET6 && len >= sizeof *in6)
    ws_address_set_ip (address, (const guint8 *) &in6->sin6_addr, 16,
                       g_ntohs (in6->sin6_port));
  else if (native->ss_family == AF_UNIX)
    ws_address_set_path (address, (const guint8 *) un->sun_path,
                         len > path ? len - path : 0);
}

void
ws_socket_address_read (GSocketAddress *self, WsAddress *address)
{
  struct sockaddr_storage native = { .ss_family = AF_UNSPEC };

  *address = (WsAddress){ 0 };
  if (self != NULL
      && g_socket_address_to_native (self, &native, sizeof native, NULL))
    ws_socket_address_read_native (
        &native, (gsize) g_socket_address_get_native_size (self), address);
}

static GSocketAddress *
new_inet (const WsAddress *address, GSocketFamily family)
{
  g_autoptr (GInetAddress) inner
      = g_inet_address_new_from_bytes (address->bytes, family);

  return g_inet_socket_address_new (inner, address->port);
}

static GSocketAddress *
new_unix (const char *path)
{
  if (*path == '@')
    return g_unix_socket_address_new_with_type (path + 1, -1,
                                                G_UNIX_SOCKET_ADDRESS_ABSTRACT);
  if (*path == '\0')
    return g_unix_socket_address_new_with_type (
        path, 0, G_UNIX_SOCKET_ADDRESS_ANONYMOUS);
  return g_unix_socket_address_new (path);
}

GSocketAddress *
ws_socket_address_new (const WsAddress *address)
{
  switch (address->family)
    {
    case WS_ADDRESS_IPV4:
      return new_inet (address, G_SOCKET_FAMILY_IPV4);
    case WS_ADDRESS_IPV6:
      return new_inet (address, G_SOCKET_FAMILY_IPV6);
    case WS_ADDRESS_UNIX:
      return new_unix (address->path);
    case WS_ADDRESS_NONE:
      break;
    }
  return NULL;
}

static GSocketAddress *
without_port (GSocketAddress *self)
{
  return g_inet_socket_address_new (g_inet_socket_address_get_address (
                                        G_INET_SOCKET_ADDRESS (self)),
                                    0);
}

gboolean
ws_socket_address_is_ours (GSocketAddress *self)
{
  struct sockaddr_storage native;
  g_autoptr (GSocketAddress) any_port = NULL;
  gboolean is_ours = TRUE;
  int      fd;

  if (!G_IS_INET_SOCKET_ADDRESS (self))
    return TRUE;
  any_port = without_port (self);
  fd = socket ((int) g_socket_address_get_family (self),
               SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0)
    return TRUE;
  if (g_socket_address_to_native (any_port, &native, sizeof native, NULL)
      && bind (fd, (const struct sockaddr *) &native,
               (socklen_t) g_socket_address_get_native_size (any_port))
             != 0)
    is_ours = errno != EADDRNOTAVAIL;
  close (fd);
  return is_ours;
}
