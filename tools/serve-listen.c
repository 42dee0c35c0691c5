/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where "ws-glib serve" listens: addresses, and names that have several. */
#include "serve-listen.h"

/* How many free ports are tried until one is free at all addresses. */
#define MAX_ATTEMPTS 16

static gboolean
is_not_here (const GError *error)
{
  return g_error_matches (error, WS_SOCKET_ERROR,
                          WS_SOCKET_ERROR_SOCKET_ADDRESS_NOT_AVAILABLE);
}

static gboolean
is_taken (const GError *error)
{
  return g_error_matches (error, WS_SOCKET_ERROR,
                          WS_SOCKET_ERROR_ADDRESS_IN_USE);
}

/* At all of them that this machine has; a machine may know ::1 by name and have
 * no IPv6. */
static gboolean
listen_at_all (WsServer *server, GList *addresses, guint16 port, GError **error)
{
  g_autoptr (GError) not_here = NULL;

  for (GList *link = addresses; link != NULL; link = link->next)
    {
      const guint16 known = ws_server_get_server_port (server);
      g_autoptr (GSocketAddress) address
          = g_inet_socket_address_new (link->data, known != 0 ? known : port);
      g_autoptr (GError) failure = NULL;

      if (ws_server_listen_address (server, address, &failure))
        continue;
      if (!is_not_here (failure))
        {
          g_propagate_error (error, g_steal_pointer (&failure));
          return FALSE;
        }
      g_clear_error (&not_here);
      not_here = g_steal_pointer (&failure);
    }
  if (ws_server_get_listening (server))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&not_here));
  return FALSE;
}

gboolean
serve_listen (WsServer *server, const char *host, guint16 port, GError **error)
{
  g_autoptr (GResolver) resolver = g_resolver_get_default ();
  /* An address is its own only one. */
  GList *addresses
      = g_resolver_lookup_by_name (resolver, host != NULL ? host : "127.0.0.1",
                                   NULL, error);
  gboolean listens = FALSE;

  if (addresses == NULL)
    return FALSE;
  for (guint i = 1; !listens; i++)
    {
      g_autoptr (GError) failure = NULL;

      listens = listen_at_all (server, addresses, port, &failure);
      if (listens || port != 0 || i == MAX_ATTEMPTS || !is_taken (failure))
        {
          if (!listens)
            g_propagate_error (error, g_steal_pointer (&failure));
          break;
        }
      ws_server_close (server);
    }
  g_resolver_free_addresses (addresses);
  return listens;
}
