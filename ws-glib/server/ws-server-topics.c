/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who has subscribed to what: a table of topics, each with an array of its
 * subscriptions, a list of them for each client, and a set of them all that
 * knows whether a client has one. None of these exists before somebody
 * subscribes. */
#include "server/ws-server-topics.h"

#include <string.h>

#include "base/ws-name-hash.h"

typedef struct
{
  GPtrArray *subscriptions; /* of WsSubscription */
  char       name[];
} Topic;

static guint
hash_subscription (gconstpointer key)
{
  const WsSubscription *self = key;

  return g_direct_hash (self->client) * 31 + g_direct_hash (self->topic);
}

static gboolean
equal_subscriptions (gconstpointer a, gconstpointer b)
{
  const WsSubscription *one = a, *two = b;

  return one->client == two->client && one->topic == two->topic;
}

static Topic *
find_topic (WsServerPrivate *priv, const char *name)
{
  return priv->topics != NULL ? g_hash_table_lookup (priv->topics, name) : NULL;
}

static Topic *
add_topic (WsServerPrivate *priv, const char *name)
{
  gsize  size = strlen (name) + 1;
  Topic *topic = g_malloc (sizeof *topic + size);

  topic->subscriptions = g_ptr_array_new ();
  memcpy (topic->name, name, size);
  if (priv->topics == NULL)
    {
      priv->topics = g_hash_table_new (ws_name_hash, g_str_equal);
      priv->subscriptions
          = g_hash_table_new (hash_subscription, equal_subscriptions);
    }
  g_hash_table_insert (priv->topics, topic->name, topic);
  return topic;
}

static WsSubscription *
find_subscription (WsServerClient *client, const char *name)
{
  WsServerPrivate *priv = ws_server_peek (client->server);
  WsSubscription   key = { .client = client, .topic = find_topic (priv, name) };

  return key.topic != NULL ? g_hash_table_lookup (priv->subscriptions, &key)
                           : NULL;
}

GPtrArray *
ws_server_peek_subscriptions (WsServer *self, const char *name)
{
  Topic *topic = find_topic (ws_server_peek (self), name);

  return topic != NULL ? topic->subscriptions : NULL;
}

void
ws_server_client_subscribe (WsServerClient *client, const char *name)
{
  WsServerPrivate *priv = ws_server_peek (client->server);
  WsSubscription  *subscription = find_subscription (client, name);
  Topic           *topic;

  if (subscription != NULL)
    return;
  topic = find_topic (priv, name);
  if (topic == NULL)
    topic = add_topic (priv, name);
  subscription = g_new (WsSubscription, 1);
  *subscription = (WsSubscription){
    .client = client,
    .topic = topic,
    .index = topic->subscriptions->len,
    .next = client->subscriptions,
  };
  if (client->subscriptions != NULL)
    client->subscriptions->prev = subscription;
  client->subscriptions = subscription;
  g_ptr_array_add (topic->subscriptions, subscription);
  g_hash_table_add (priv->subscriptions, subscription);
}

/* The last subscription takes the place of the one that goes. */
static void
remove_from_topic (WsServerPrivate *priv, WsSubscription *subscription)
{
  Topic     *topic = subscription->topic;
  GPtrArray *others = topic->subscriptions;

  g_ptr_array_remove_index_fast (others, subscription->index);
  if (subscription->index < others->len)
    ((WsSubscription *) g_ptr_array_index (others, subscription->index))->index
        = subscription->index;
  if (others->len > 0)
    return;
  g_hash_table_remove (priv->topics, topic->name);
  g_ptr_array_unref (others);
  g_free (topic);
}

static void
end_subscription (WsSubscription *subscription)
{
  WsServerClient  *client = subscription->client;
  WsServerPrivate *priv = ws_server_peek (client->server);

  g_hash_table_remove (priv->subscriptions, subscription);
  remove_from_topic (priv, subscription);
  if (subscription->prev != NULL)
    subscription->prev->next = subscription->next;
  else
    client->subscriptions = subscription->next;
  if (subscription->next != NULL)
    subscription->next->prev = subscription->prev;
  g_free (subscription);
}

void
ws_server_client_unsubscribe (WsServerClient *client, const char *name)
{
  WsSubscription *subscription = find_subscription (client, name);

  if (subscription != NULL)
    end_subscription (subscription);
}

void
ws_server_client_unsubscribe_all (WsServerClient *client)
{
  while (client->subscriptions != NULL)
    end_subscription (client->subscriptions);
}

char **
ws_server_client_list_topics (WsServerClient *client)
{
  guint  n = 0;
  char **names;

  for (WsSubscription *i = client->subscriptions; i != NULL; i = i->next)
    n++;
  names = g_new0 (char *, n + 1);
  /* The newest is the first in the list. */
  for (WsSubscription *i = client->subscriptions; i != NULL; i = i->next)
    names[--n] = g_strdup (((Topic *) i->topic)->name);
  return names;
}

void
ws_server_clear_topics (WsServer *self)
{
  WsServerPrivate *priv = ws_server_peek (self);

  g_clear_pointer (&priv->topics, g_hash_table_unref);
  g_clear_pointer (&priv->subscriptions, g_hash_table_unref);
  g_clear_pointer (&priv->pack, ws_shared_unref);
}
