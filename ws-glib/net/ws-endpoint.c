/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The ends of a connection, before anybody asks for them. */
#include "net/ws-endpoint.h"

#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

G_STATIC_ASSERT (sizeof (struct sockaddr_in) <= WS_ENDPOINT_IP_SIZE);
G_STATIC_ASSERT (sizeof (struct sockaddr_in6) <= WS_ENDPOINT_IP_SIZE);

void
ws_endpoint_init (WsEndpoint *self, gconstpointer native, gsize len)
{
  const sa_family_t family = ((const struct sockaddr *) native)->sa_family;

  *self = (WsEndpoint){ NULL };
  if ((family != AF_INET && family != AF_INET6) || len > sizeof self->ip)
    {
      self->other = g_socket_address_new_from_native ((gpointer) native, len);
      return;
    }
  memcpy (self->ip, native, len);
  self->len = (guint8) len;
}

void
ws_endpoint_clear (WsEndpoint *self)
{
  g_clear_object (&self->other);
  self->len = 0;
}

GSocketAddress *
ws_endpoint_make_address (const WsEndpoint *self)
{
  if (self->len > 0)
    return g_socket_address_new_from_native ((gpointer) self->ip, self->len);
  return self->other != NULL ? g_object_ref (self->other) : NULL;
}

void
ws_ends_free (WsEnds *self)
{
  ws_endpoint_clear (&self->of[0]);
  ws_endpoint_clear (&self->of[1]);
  g_free (self);
}
