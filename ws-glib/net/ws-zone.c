/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finds the zone of a link-local address that was given without one. */
#include "net/ws-zone.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>

/* (nullable): the address of @self on a link. */
static const struct sockaddr_in6 *
peek_link_local (const struct ifaddrs *self)
{
  const struct sockaddr_in6 *address = (gconstpointer) self->ifa_addr;

  return address != NULL && address->sin6_family == AF_INET6
                 && (self->ifa_flags & IFF_UP) != 0
                 && (self->ifa_flags & IFF_LOOPBACK) == 0
                 && IN6_IS_ADDR_LINKLOCAL (&address->sin6_addr)
             ? address
             : NULL;
}

/* The link of which @address is our own, or the only one; 0: neither. */
static guint32
find_zone (GInetAddress *address)
{
  const guint8   *bytes = g_inet_address_to_bytes (address);
  struct ifaddrs *all;
  guint32         zone = 0;
  gboolean        has_several = FALSE, is_ours = FALSE;

  if (getifaddrs (&all) != 0)
    return 0;
  for (const struct ifaddrs *one = all; one != NULL && !is_ours;
       one = one->ifa_next)
    {
      const struct sockaddr_in6 *found = peek_link_local (one);

      if (found == NULL)
        continue;
      is_ours = memcmp (&found->sin6_addr, bytes, sizeof found->sin6_addr) == 0;
      has_several |= zone != 0 && zone != found->sin6_scope_id;
      zone = found->sin6_scope_id;
    }
  freeifaddrs (all);
  return is_ours || !has_several ? zone : 0;
}

/* (transfer full) (nullable): what @target names, if that is an address of a
 * link, without its zone. */
static GInetAddress *
get_link_local (GSocketConnectable *target)
{
  g_autoptr (GInetAddress) address = NULL;

  if (G_IS_NETWORK_ADDRESS (target))
    address = g_inet_address_new_from_string (
        g_network_address_get_hostname (G_NETWORK_ADDRESS (target)));
  return address != NULL
                 && g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV6
                 && g_inet_address_get_is_link_local (address)
             ? g_steal_pointer (&address)
             : NULL;
}

GSocketConnectable *
ws_zone_complete (GSocketConnectable *target, GError **error)
{
  g_autoptr (GInetAddress) address = get_link_local (target);
  g_autofree char *name = NULL;
  guint32          zone;

  if (address == NULL)
    return g_object_ref (target);
  zone = find_zone (address);
  if (zone != 0)
    return g_object_new (G_TYPE_INET_SOCKET_ADDRESS, "address", address, "port",
                         (guint) g_network_address_get_port (
                             G_NETWORK_ADDRESS (target)),
                         "scope-id", zone, NULL);
  name = g_inet_address_to_string (address);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
               "The address %s is one of a link, and a zone has to say of "
               "which, as in [%s%%25eth0]",
               name, name);
  return NULL;
}
