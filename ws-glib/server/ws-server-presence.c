/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which clients are present in a topic, as the broker is told. Most servers
 * never do, so clients hold nothing for it: there is a table. */
#include "server/ws-server-presence.h"

#include "base/ws-name-hash.h"
#include "broker/ws-broker-presence.h"
#include "ws-socket-error.h"

/* (transfer full): a name that no client of any server has. */
static char *
name_client (WsServerClient *client)
{
  WsServerPrivate *priv = ws_server_peek (client->server);

  return g_strdup_printf ("%016" G_GINT64_MODIFIER "x-%u",
                          ws_broker_member_get_node (priv->member),
                          ws_server_client_get_number (client));
}

static GHashTable *
ensure_topics (WsServerClient *client)
{
  WsServerPrivate *priv = ws_server_peek (client->server);
  GHashTable      *topics;

  if (priv->announced == NULL)
    priv->announced
        = g_hash_table_new_full (NULL, NULL, NULL,
                                 (GDestroyNotify) g_hash_table_unref);
  topics = g_hash_table_lookup (priv->announced, client);
  if (topics == NULL)
    {
      topics = g_hash_table_new_full (ws_name_hash, g_str_equal, g_free, NULL);
      g_hash_table_insert (priv->announced, client, topics);
    }
  return topics;
}

gboolean
ws_server_client_announce (WsServerClient *client,
                           const char     *topic,
                           const char     *text,
                           GError        **error)
{
  WsServerPrivate *priv = ws_server_peek (client->server);
  g_autofree char *name = NULL;

  if (priv->member == NULL)
    {
      g_set_error_literal (error, WS_SOCKET_ERROR,
                           WS_SOCKET_ERROR_UNSUPPORTED_SOCKET_OPERATION,
                           "The server has no broker, which keeps who is "
                           "present: give it a WsMemoryBroker");
      return FALSE;
    }
  if (text == NULL)
    {
      ws_server_client_withdraw (client, topic);
      return TRUE;
    }
  name = name_client (client);
  g_hash_table_add (ensure_topics (client), g_strdup (topic));
  ws_broker_announce (priv->broker, topic, name, text);
  return TRUE;
}

void
ws_server_client_withdraw (WsServerClient *client, const char *topic)
{
  WsServerPrivate *priv = ws_server_peek (client->server);
  GHashTable      *topics = priv->announced != NULL
                                ? g_hash_table_lookup (priv->announced, client)
                                : NULL;
  g_autofree char *name = NULL;

  if (topics == NULL || !g_hash_table_remove (topics, topic))
    return;
  name = name_client (client);
  if (g_hash_table_size (topics) == 0)
    g_hash_table_remove (priv->announced, client);
  ws_broker_announce (priv->broker, topic, name, NULL);
}

void
ws_server_withdraw_all (WsServer *self)
{
  WsServerPrivate *priv = ws_server_peek (self);
  GHashTableIter   clients, iter;
  gpointer         client, topics, topic;

  if (priv->announced == NULL)
    return;
  g_hash_table_iter_init (&clients, priv->announced);
  while (g_hash_table_iter_next (&clients, &client, &topics))
    {
      g_autofree char *name = name_client (client);

      g_hash_table_iter_init (&iter, topics);
      while (g_hash_table_iter_next (&iter, &topic, NULL))
        ws_broker_announce (priv->broker, topic, name, NULL);
    }
  g_clear_pointer (&priv->announced, g_hash_table_unref);
}
