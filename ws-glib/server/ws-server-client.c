/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a server knows of one connection, from the accepted stream on: a record
 * without a server is over. */
#include "server/ws-server-client.h"

#include "server/ws-server-topics.h"

#include <string.h>

#include "base/ws-name-hash.h"

#include "socket/ws-socket-ending.h"
#include "socket/ws-socket-state.h"

/* --- Counting addresses --- */

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
        = g_hash_table_new_full (ws_name_hash, g_str_equal, g_free, NULL);
  if (n > 0)
    g_hash_table_insert (priv->addresses, g_strdup (address),
                         GUINT_TO_POINTER (n));
  else
    g_hash_table_remove (priv->addresses, address);
}

/* (transfer full) (nullable): the client's IP address, while it matters. Of
 * IPv6 it is the network, for all addresses of a /64 are one subscriber's. */
static char *
make_address (WsServerPrivate *priv, const WsAddress *client)
{
  WsAddress        address = *client;
  g_autofree char *network = NULL;

  address.port = 0;
  if (priv->max_connections_per_address == 0)
    return NULL;
  if (address.family == WS_ADDRESS_IPV4)
    return ws_address_to_string (&address);
  if (address.family != WS_ADDRESS_IPV6)
    return NULL;
  memset (address.bytes + 8, 0, 8);
  network = ws_address_to_string (&address);
  return g_strconcat (network, "/64", NULL);
}

/* --- Records --- */

WsServerClient *
ws_server_client_new (WsServer *server, const WsAddress *address)
{
  WsServerClient *self = g_new0 (WsServerClient, 1);

  self->n_refs = 1;
  self->server = server;
  self->peer = g_new0 (WsServerPeer, 1);
  self->peer->tcp = self->peer->client = *address;
  return self;
}

void
ws_server_client_count (WsServerClient *client)
{
  if (client->address != NULL)
    return;
  client->address
      = make_address (ws_server_peek (client->server), &client->peer->client);
  change_address (client->server, client->address, +1);
}

void
ws_server_client_forget_peer (WsServerClient *client)
{
  if (client->peer != NULL)
    g_free (client->peer->host);
  g_clear_pointer (&client->peer, g_free);
}

G_STATIC_ASSERT (sizeof (WsServerPrivate) < 1 << 12);

void
ws_server_client_leave (WsServerClient *client)
{
  if (client->queue != 0)
    g_queue_delete_link (G_STRUCT_MEMBER_P (ws_server_peek (client->server),
                                            client->queue),
                         client->link);
  client->queue = 0;
}

void
ws_server_client_enter (WsServerClient *client, GQueue *queue)
{
  ws_server_client_leave (client);
  g_queue_push_tail (queue, client);
  client->queue
      = (guint) ((guint8 *) queue - (guint8 *) ws_server_peek (client->server))
        & 0xfff;
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
  ws_server_client_forget_peer (client);
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
      /* Handlers of a TLS signal have seen the socket, and nothing will become
       * of it. */
      ws_socket_disown (client->socket);
      ws_socket_leave (client->socket);
    }
  g_clear_pointer (&client->opening, ws_server_opening_free);
  ws_server_client_unref (client);
}
