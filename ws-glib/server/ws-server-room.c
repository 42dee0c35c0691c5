/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether there is room for one more client. Who finds the queue full is
 * refused at once, unless the application takes its clients with
 * accept_async(): it asks for the next one as soon as it can, and whoever comes
 * in a burst waits for that. */
#include "server/ws-server-room.h"

#include "server/ws-server-drain.h"
#include "server/ws-server-signals.h"

gboolean
ws_server_check_address (const WsServerClient *client, WsHttpFault *fault)
{
  guint max = ws_server_peek (client->server)->max_connections_per_address;

  if (max == 0
      || ws_server_count_address (client->server, client->address) <= max)
    return TRUE;
  ws_http_fault_set (fault, 503,
                     "%s has all the %u connections that "
                     "max-connections-per-address allows",
                     client->address, max);
  return FALSE;
}

/* Those that wait for a place will be connections, too. */
static guint
count_connections (const WsServerPrivate *priv)
{
  return g_sequence_get_length (priv->clients) + priv->arriving.length
         + priv->pending.length + priv->held.length;
}

static gboolean
is_queue_full (WsServer *self)
{
  WsServerPrivate *priv = ws_server_peek (self);

  return priv->accepts.length == 0
         && (gint64) priv->pending.length >= priv->max_pending_connections
         && !ws_server_has_listener (self, WS_SERVER_SIGNAL_CLIENT_CONNECTED);
}

gboolean
ws_server_check_room (const WsServerClient *client, WsHttpFault *fault)
{
  WsServer        *self = client->server;
  WsServerPrivate *priv = ws_server_peek (self);

  if (!ws_server_check_draining (self, fault))
    return FALSE;
  if (priv->max_connections > 0
      && count_connections (priv) >= priv->max_connections)
    ws_http_fault_set (fault, 503,
                       "The server has all the %u connections that "
                       "max-connections allows",
                       priv->max_connections);
  else if (!ws_server_check_address (client, fault))
    return FALSE;
  else if (!priv->is_asked && is_queue_full (self))
    ws_http_fault_set (fault, 503,
                       "The queue holds all the %d connections that "
                       "max-pending-connections allows",
                       MAX (0, priv->max_pending_connections));
  else
    return TRUE;
  return FALSE;
}

gboolean
ws_server_hold (WsServerClient *client)
{
  if (!is_queue_full (client->server))
    return FALSE;
  ws_server_client_enter (client, &ws_server_peek (client->server)->held);
  ws_server_opening_hold (client->opening);
  return TRUE;
}

static gboolean
on_place (gpointer user_data)
{
  WsServer        *self = user_data;
  WsServerPrivate *priv = ws_server_peek (self);

  priv->is_looking = FALSE;
  while (priv->held.length > 0 && !is_queue_full (self))
    {
      WsServerClient *client = g_queue_peek_head (&priv->held);

      ws_server_client_enter (client, &priv->openings);
      ws_server_opening_ask_again (client->opening);
    }
  g_object_unref (self);
  return G_SOURCE_REMOVE;
}

void
ws_server_note_place (WsServer *self)
{
  WsServerPrivate *priv = ws_server_peek (self);

  if (priv->held.length == 0 || priv->is_looking)
    return;
  priv->is_looking = TRUE;
  ws_home_run_later (&priv->home, on_place, self);
}
