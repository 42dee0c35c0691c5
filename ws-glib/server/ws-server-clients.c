/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "server/ws-server-private.h"

#include <string.h>

#include "socket/ws-socket-private.h"

/* A connection's way through a server: accepted, asked about, queued or handed
 * out, gone. The handlers on that way may do anything, close and drop the
 * server included; so references are held, and a record without a server is
 * over. */

/* --- The list model --- */

static GType
get_item_type (GListModel *model)
{
  return WS_TYPE_SOCKET;
}

static guint
get_n_items (GListModel *model)
{
  return g_sequence_get_length (ws_server_peek (WS_SERVER (model))->clients);
}

static gpointer
get_item (GListModel *model, guint position)
{
  GSequence     *clients = ws_server_peek (WS_SERVER (model))->clients;
  GSequenceIter *iter = g_sequence_get_iter_at_pos (clients, position);

  if (g_sequence_iter_is_end (iter))
    return NULL;
  return g_object_ref (((WsServerClient *) g_sequence_get (iter))->socket);
}

void
ws_server_install_model (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

void
ws_server_init_clients (WsServer *self)
{
  ws_server_peek (self)->clients = g_sequence_new (NULL);
}

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

void
ws_server_client_unlink (WsServerClient *client)
{
  WsServerPrivate *priv = ws_server_peek (client->server);

  if (client->link != NULL)
    g_queue_delete_link (client->opening != NULL ? &priv->openings
                                                 : &priv->pending,
                         client->link);
  client->link = NULL;
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
  change_address (client->server, client->address, -1);
  ws_server_client_unsubscribe_all (client);
  client->server = NULL;
  if (client->opening != NULL && client->socket != NULL)
    {
      /* It was seen in a TLS signal, and nothing will become of it. */
      ws_socket_peek (client->socket)->gone = NULL;
      ws_socket_leave (client->socket);
    }
  g_clear_pointer (&client->opening, ws_server_opening_free);
  ws_server_client_unref (client);
}

void
ws_server_client_join (WsServerClient *client)
{
  WsServerPrivate *priv = ws_server_peek (client->server);
  guint            position = g_sequence_get_length (priv->clients);

  client->iter = g_sequence_append (priv->clients, client);
  g_list_model_items_changed (G_LIST_MODEL (client->server), position, 0, 1);
}

void
ws_server_on_client_gone (WsSocket *socket, gpointer user_data)
{
  WsServerClient *client = user_data;
  WsServer       *self = g_object_ref (client->server);

  g_object_ref (socket);
  if (client->iter != NULL)
    {
      guint position = g_sequence_iter_get_position (client->iter);

      g_sequence_remove (client->iter);
      ws_server_client_end (client);
      g_list_model_items_changed (G_LIST_MODEL (self), position, 1, 0);
      ws_server_emit (self, WS_SERVER_SIGNAL_CLIENT_DISCONNECTED, socket);
      ws_server_note_gone (self, client);
    }
  else
    {
      ws_server_client_unlink (client);
      ws_server_client_end (client);
    }
  g_object_unref (socket);
  g_object_unref (self);
}

/* --- Beginning --- */

/* The oldest makes room for a new one. */
static void
drop_stalled (WsServer *self)
{
  WsServerPrivate *priv = ws_server_peek (self);
  GList           *link = priv->openings.head;

  if (priv->max_handshakes == 0 || priv->openings.length < priv->max_handshakes)
    return;
  while (link != NULL && ((WsServerClient *) link->data)->is_deferred)
    link = link->next;
  if (link != NULL)
    {
      WsServerClient *client = link->data;

      ws_server_client_unlink (client);
      ws_server_client_end (client);
    }
}

WsServerClient *
ws_server_take_transport (WsServer         *self,
                          WsTransport      *transport,
                          WsTlsCredentials *credentials)
{
  WsServerPrivate       *priv = ws_server_peek (self);
  WsServerClient        *client = g_new0 (WsServerClient, 1);
  const WsHttpLimits     limits = { .max_head = priv->max_header_size,
                                    .max_line = WS_HTTP_DEFAULT_MAX_LINE,
                                    .max_lines = WS_HTTP_DEFAULT_MAX_LINES };
  WsServerOpeningOptions options
      = { .timeout = MAX (0, priv->handshake_timeout),
          .limits = &limits,
          .server_name = priv->server_name };

  priv->is_closed = FALSE;
  drop_stalled (self);
  client->n_refs = 1;
  client->server = self;
  client->address = make_address (priv, transport);
  change_address (self, client->address, +1);
  if (credentials != NULL)
    {
      /* The signals of TLS are about it. */
      client->socket
          = ws_socket_new_incoming (&priv->settings, priv->compression,
                                    ws_server_on_client_gone, client);
      ws_server_fill_tls_options (self, credentials, &options);
    }
  client->opening = ws_server_opening_new (transport, &options,
                                           &ws_server_opening_sink, client);
  g_queue_push_tail (&priv->openings, client);
  client->link = priv->openings.tail;
  return client;
}

/* --- The queue --- */

/**
 * ws_server_has_pending_connections:
 * @self: a server
 *
 * Gets whether a connection waits to be taken.
 *
 * Returns: whether [method@Server.next_pending_connection] would return one
 *
 * Since: 1.0
 */
gboolean
ws_server_has_pending_connections (WsServer *self)
{
  g_return_val_if_fail (WS_IS_SERVER (self), FALSE);

  return ws_server_peek (self)->pending.length > 0;
}

/**
 * ws_server_next_pending_connection:
 * @self: a server
 *
 * Takes the connection that waits longest.
 *
 * From now on it is read, and is an item of the server's list model. The server
 * keeps a reference until it is disconnected.
 *
 * Returns: (transfer full) (nullable): a connected socket, or %NULL if none
 *   waits
 *
 * Since: 1.0
 */
WsSocket *
ws_server_next_pending_connection (WsServer *self)
{
  WsServerPrivate *priv;
  WsServerClient  *client;
  WsSocket        *socket;

  g_return_val_if_fail (WS_IS_SERVER (self), NULL);

  priv = ws_server_peek (self);
  if (priv->pending.length == 0 || !ws_server_check_thread (self, NULL))
    return NULL;
  client = g_queue_pop_head (&priv->pending);
  client->link = NULL;
  socket = g_object_ref (client->socket);
  ws_server_client_join (client);
  /* Not before: a nested loop in there must not read what nobody hears yet. */
  ws_socket_start (socket);
  return socket;
}

/* --- Ending --- */

void
ws_server_drop_waiting (WsServer *self)
{
  WsServerPrivate *priv = ws_server_peek (self);
  WsServerClient  *client;

  while ((client = g_queue_pop_head (&priv->openings)) != NULL)
    {
      client->link = NULL;
      ws_server_client_end (client);
    }
  while ((client = g_queue_peek_head (&priv->pending)) != NULL)
    ws_socket_leave (client->socket);
}

void
ws_server_drop_clients (WsServer *self)
{
  WsServerPrivate *priv = ws_server_peek (self);

  while (g_sequence_get_length (priv->clients) > 0)
    {
      GSequenceIter  *iter = g_sequence_get_begin_iter (priv->clients);
      WsServerClient *client = g_sequence_get (iter);

      g_sequence_remove (iter);
      ws_socket_peek (client->socket)->gone = NULL;
      ws_socket_leave (client->socket);
      ws_server_client_end (client);
    }
  g_clear_pointer (&priv->addresses, g_hash_table_unref);
}
