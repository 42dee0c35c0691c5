/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "server/ws-server-client.h"

#include "server/ws-server-topics.h"

#include <string.h>

#include "socket/ws-socket-ending.h"
#include "socket/ws-socket-state.h"

/* What a server knows of one connection, from the accepted stream on: a record
 * without a server is over. */

/* --- Counting addresses --- */

/* ::ffff:0:0/96 (RFC 4291, 2.5.5.2) */
static const guint8 ipv4_mapped[] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255 };

guint
ws_server_count_address (WsServer *self, const char *address)
{
  WsServerPrivate *priv = ws_server_peek (self);

  if (priv->addresses == NULL || address == NULL)
    return 0;
  return GPOINTER_TO_UINT (g_hash_table_lookup (priv->addresses, address));
}

static void
change_address (WsServer *self, const char *address, int by)
{
  WsServerPrivate *priv = ws_server_peek (self);
  guint            n;

  if (address == NULL)
    return;
  n = ws_server_count_address (self, address) + by;
  if (priv->addresses == NULL)
    priv->addresses
        = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  if (n > 0)
    g_hash_table_insert (priv->addresses, g_strdup (address),
                         GUINT_TO_POINTER (n));
  else
    g_hash_table_remove (priv->addresses, address);
}

/* IPv4 that has come through a socket of IPv6 is IPv4 still. */
static char *
name_address (GInetAddress *address)
{
  const guint8 *bytes = g_inet_address_to_bytes (address);
  g_autoptr (GInetAddress) inner = NULL;

  if (g_inet_address_get_family (address) != G_SOCKET_FAMILY_IPV6
      || memcmp (bytes, ipv4_mapped, sizeof ipv4_mapped) != 0)
    return g_inet_address_to_string (address);
  inner = g_inet_address_new_from_bytes (bytes + sizeof ipv4_mapped,
                                         G_SOCKET_FAMILY_IPV4);
  return g_inet_address_to_string (inner);
}

/* The peer's IP address, while it matters. */
static char *
make_address (WsServerPrivate *priv, WsTransport *transport)
{
  g_autoptr (GSocketAddress) address = NULL;

  if (priv->max_connections_per_address == 0)
    return NULL;
  address = ws_transport_get_address (transport, TRUE);
  if (address == NULL || !G_IS_INET_SOCKET_ADDRESS (address))
    return NULL;
  return name_address (
      g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address)));
}

/* --- Records --- */

WsServerClient *
ws_server_client_new (WsServer *server, WsTransport *transport)
{
  WsServerClient *self = g_new0 (WsServerClient, 1);

  self->n_refs = 1;
  self->server = server;
  self->address = make_address (ws_server_peek (server), transport);
  change_address (server, self->address, +1);
  return self;
}

void
ws_server_client_leave (WsServerClient *client)
{
  if (client->queue != NULL)
    g_queue_delete_link (client->queue, client->link);
  client->queue = NULL;
}

void
ws_server_client_enter (WsServerClient *client, GQueue *queue)
{
  ws_server_client_leave (client);
  g_queue_push_tail (queue, client);
  client->queue = queue;
  client->link = queue->tail;
}

void
ws_server_client_ref (WsServerClient *client)
{
  client->n_refs++;
}

void
ws_server_client_unref (WsServerClient *client)
{
  if (--client->n_refs > 0)
    return;
  g_clear_object (&client->socket);
  g_free (client->address);
  g_free (client);
}

void
ws_server_client_end (WsServerClient *client)
{
  ws_server_client_leave (client);
  change_address (client->server, client->address, -1);
  ws_server_client_unsubscribe_all (client);
  client->server = NULL;
  if (client->opening != NULL && client->socket != NULL)
    {
      /* It was seen in a TLS signal, and nothing will become of it. */
      ws_socket_disown (client->socket);
      ws_socket_leave (client->socket);
    }
  g_clear_pointer (&client->opening, ws_server_opening_free);
  ws_server_client_unref (client);
}
