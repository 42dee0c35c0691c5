/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The connections of a server: those that wait to be taken, and the list model
 * of those that were. */
#include "server/ws-server-clients.h"

#include "server/ws-server-client.h"
#include "server/ws-server-newcomers.h"
#include "server/ws-server-room.h"
#include "socket/ws-socket-ending.h"
#include "socket/ws-socket-incoming.h"
#include "socket/ws-socket-state.h"

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

void
ws_server_client_join (WsServerClient *client)
{
  WsServerPrivate *priv = ws_server_peek (client->server);
  guint            position = g_sequence_get_length (priv->clients);

  client->iter = g_sequence_append (priv->clients, client);
  ws_server_note_newcomer (client);
  ws_server_announce_items (client->server, position, 0, 1);
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
  client = g_queue_peek_head (&priv->pending);
  priv->is_asked = FALSE;
  ws_server_client_leave (client);
  ws_server_note_place (self);
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

  while ((client = g_queue_peek_head (&priv->openings)) != NULL)
    ws_server_client_end (client);
  while ((client = g_queue_peek_head (&priv->held)) != NULL)
    ws_server_client_end (client);
  while ((client = g_queue_peek_head (&priv->answers)) != NULL)
    ws_server_client_end (client);
  while ((client = g_queue_peek_head (&priv->arriving)) != NULL)
    ws_socket_leave (client->socket);
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
      ws_socket_disown (client->socket);
      ws_socket_leave (client->socket);
      ws_server_client_end (client);
    }
  g_clear_pointer (&priv->addresses, g_hash_table_unref);
}

/* --- The properties --- */

static guint
count_items (WsServer *self)
{
  return get_n_items (G_LIST_MODEL (self));
}

/* clang-format off */
const WsProperty ws_server_clients_properties[] = {
  /**
   * WsServer:n-items:
   *
   * How many sockets the list model has, for labels that are bound to it: see
   * [method@Gio.ListModel.get_n_items].
   *
   * Notified behind `items-changed`.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_UINT (WsServer, WS_SERVER_PROP_N_ITEMS, "n-items", 0,
                      G_MAXUINT, 0, count_items, NULL) },

  { 0 }
};
/* clang-format on */
