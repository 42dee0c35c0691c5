/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which clients of the servers here are present in a topic, and the question
 * who is on all of them. */
#include "broker/ws-broker-presence.h"

#include "broker/ws-broker-asking.h"
#include "broker/ws-broker-query-private.h"
#include "base/ws-name-hash.h"

void
ws_broker_init_presence (WsBroker *self)
{
  ws_broker_peek (self)->presence
      = g_hash_table_new_full (ws_name_hash, g_str_equal, g_free,
                               (GDestroyNotify) g_hash_table_unref);
}

void
ws_broker_clear_presence (WsBroker *self)
{
  g_hash_table_unref (ws_broker_peek (self)->presence);
}

/* --- Who is here --- */

typedef struct
{
  WsBrokerErrand errand;
  char          *topic;  /* (owned) */
  char          *client; /* (owned) */
  char          *data;   /* (owned) (nullable) */
} Announcement;

static void
on_announce (WsBrokerErrand *errand)
{
  Announcement *self = WS_CONTAINER_OF (errand, Announcement, errand);
  WsBroker     *broker = errand->broker;

  WS_BROKER_GET_CLASS (broker)->announce (broker, self->topic, self->client,
                                          self->data);
  g_free (self->topic);
  g_free (self->client);
  g_free (self->data);
  g_free (self);
}

static void
announce_elsewhere (WsBroker   *self,
                    const char *topic,
                    const char *client,
                    const char *data)
{
  Announcement *announcement = g_new0 (Announcement, 1);

  announcement->topic = g_strdup (topic);
  announcement->client = g_strdup (client);
  announcement->data = g_strdup (data);
  ws_broker_send (self, &announcement->errand, on_announce);
}

/* While the broker is locked. */
static void
note (WsBrokerPrivate *priv,
      const char      *topic,
      const char      *client,
      const char      *data)
{
  GHashTable *clients = g_hash_table_lookup (priv->presence, topic);

  if (data == NULL)
    {
      if (clients != NULL && g_hash_table_remove (clients, client)
          && g_hash_table_size (clients) == 0)
        g_hash_table_remove (priv->presence, topic);
      return;
    }
  if (clients == NULL)
    {
      clients
          = g_hash_table_new_full (ws_name_hash, g_str_equal, g_free, g_free);
      g_hash_table_insert (priv->presence, g_strdup (topic), clients);
    }
  g_hash_table_insert (clients, g_strdup (client), g_strdup (data));
}

void
ws_broker_announce (WsBroker   *self,
                    const char *topic,
                    const char *client,
                    const char *data)
{
  note (ws_broker_lock (self), topic, client, data);
  ws_broker_unlock (self);
  if (ws_broker_peek_direct (self) == NULL)
    announce_elsewhere (self, topic, client, data);
}

/* (transfer full): of Announcement. */
static GPtrArray *
list_all (WsBroker *self)
{
  WsBrokerPrivate *priv = ws_broker_lock (self);
  GPtrArray       *all = g_ptr_array_new ();
  GHashTableIter   topics, clients;
  gpointer         topic, table, client, data;

  g_hash_table_iter_init (&topics, priv->presence);
  while (g_hash_table_iter_next (&topics, &topic, &table))
    {
      g_hash_table_iter_init (&clients, table);
      while (g_hash_table_iter_next (&clients, &client, &data))
        {
          Announcement *announcement = g_new0 (Announcement, 1);

          announcement->topic = g_strdup (topic);
          announcement->client = g_strdup (client);
          announcement->data = g_strdup (data);
          g_ptr_array_add (all, announcement);
        }
    }
  ws_broker_unlock (self);
  return all;
}

/**
 * ws_broker_renew_presence:
 * @self: a broker
 *
 * Announces all clients here once more, as when the connection comes back.
 *
 * For derived classes, when what they have announced may be forgotten
 * elsewhere.
 *
 * Since: 1.0
 */
void
ws_broker_renew_presence (WsBroker *self)
{
  g_autoptr (GPtrArray) all = NULL;

  g_return_if_fail (WS_IS_BROKER (self));

  all = list_all (self);

  for (guint i = 0; i < all->len; i++)
    ws_broker_send (self, g_ptr_array_index (all, i), on_announce);
}

/* --- Who is anywhere --- */

void
ws_broker_read_presence_here (WsBroker *self, WsBrokerQuery *query)
{
  WsBrokerPrivate *priv = ws_broker_lock (self);
  GHashTable      *clients
      = g_hash_table_lookup (priv->presence, ws_broker_query_get_topic (query));
  GHashTableIter iter;
  gpointer       client, data;

  if (clients != NULL)
    {
      g_hash_table_iter_init (&iter, clients);
      while (g_hash_table_iter_next (&iter, &client, &data))
        ws_broker_query_add_presence (query, client, data);
    }
  ws_broker_unlock (self);
  ws_broker_query_succeed (query);
}

/**
 * ws_broker_read_presence_async:
 * @self: a broker
 * @topic: a topic's name
 * @cancellable: (nullable): gives up waiting
 * @callback: (scope async) (closure user_data): called with the answer
 * @user_data: for @callback
 *
 * Looks who is present in a topic, on all servers.
 *
 * Those are the clients whom [method@Socket.announce] has announced. Who was on
 * a server that has died is not there any more after a minute.
 *
 * Since: 1.0
 */
void
ws_broker_read_presence_async (WsBroker           *self,
                               const char         *topic,
                               GCancellable       *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer            user_data)
{
  GTask *task;
  g_autoptr (WsBrokerQuery) query = NULL;

  g_return_if_fail (WS_IS_BROKER (self));
  g_return_if_fail (topic != NULL && g_utf8_validate (topic, -1, NULL));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, ws_broker_read_presence_async);
  query = ws_broker_query_new (WS_BROKER_QUERY_PRESENCE, topic, task);
  /* All servers are in this process. */
  if (ws_broker_peek_direct (self) != NULL)
    ws_broker_read_presence_here (self, query);
  else
    ws_broker_ask (self, query, WS_BROKER_GET_CLASS (self)->read_presence);
}

/**
 * ws_broker_read_presence_finish:
 * @self: a broker
 * @result: what the callback got
 * @error: return location for an error
 *
 * Gets what [method@Broker.read_presence_async] has found.
 *
 * Returns: (transfer full) (element-type utf8 utf8): a table of what was
 *   announced of each client, by a name that no other client has; or %NULL with
 *   @error set
 *
 * Since: 1.0
 */
GHashTable *
ws_broker_read_presence_finish (WsBroker     *self,
                                GAsyncResult *result,
                                GError      **error)
{
  g_return_val_if_fail (WS_IS_BROKER (self), NULL);
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (
      g_async_result_is_tagged (result, ws_broker_read_presence_async), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
