/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who has subscribed to what, and to how much: a set of topics, each with a
 * list of its subscriptions, a list of them for each client, and a set of them
 * all that knows whether a client has one. None of these exists before somebody
 * subscribes. Peers may have a say in it: a subscription is small, and they are
 * counted. */
#include "server/ws-server-topics.h"

#include <string.h>

#include "base/ws-name-hash.h"

#include "server/ws-server-presence.h"
#include "server/ws-server-settings.h"
#include "ws-socket-error.h"

typedef struct
{
  GQueue          subscriptions; /* of WsServerClient, by their in_topic */
  WsServerFollow *follow;        /* (owned) (nullable): of its history */
  char            name[];
} Topic;

/* That a client gets what is published about a topic. */
typedef struct
{
  GList   in_client; /* its data: (unowned): the topic */
  GList   in_topic;  /* its data: (unowned): the client */
  GSList *waiting;   /* of GCancellable (owned): what ends with it */
} Subscription;

static guint
hash_subscription (gconstpointer key)
{
  const Subscription *self = key;

  return g_direct_hash (self->in_topic.data) * 31
         + g_direct_hash (self->in_client.data);
}

static gboolean
equal_subscriptions (gconstpointer a, gconstpointer b)
{
  const Subscription *one = a, *two = b;

  return one->in_topic.data == two->in_topic.data
         && one->in_client.data == two->in_client.data;
}

/* The key of a topic is its own name. */
static Topic *
find_topic (WsServerPrivate *priv, const char *name)
{
  char *own
      = priv->topics != NULL ? g_hash_table_lookup (priv->topics, name) : NULL;

  return own != NULL ? (Topic *) (gpointer) (own - sizeof (Topic)) : NULL;
}

static Topic *
add_topic (WsServerPrivate *priv, const char *name)
{
  gsize  size = strlen (name) + 1;
  Topic *topic = g_malloc (sizeof *topic + size);

  topic->subscriptions = (GQueue) G_QUEUE_INIT;
  topic->follow = NULL;
  memcpy (topic->name, name, size);
  if (priv->topics == NULL)
    {
      priv->topics = g_hash_table_new (ws_name_hash, g_str_equal);
      priv->subscriptions
          = g_hash_table_new (hash_subscription, equal_subscriptions);
    }
  g_hash_table_add (priv->topics, topic->name);
  if (priv->member != NULL)
    ws_broker_member_join (priv->member, name);
  return topic;
}

static Subscription *
find_subscription (WsServerClient *client, const char *name)
{
  WsServerPrivate *priv = ws_server_peek (client->server);
  Subscription     key
      = { .in_client.data = find_topic (priv, name), .in_topic.data = client };

  return key.in_client.data != NULL
             ? g_hash_table_lookup (priv->subscriptions, &key)
             : NULL;
}

const GList *
ws_server_peek_subscribers (WsServer *self, const char *name)
{
  Topic *topic = find_topic (ws_server_peek (self), name);

  return topic != NULL ? topic->subscriptions.head : NULL;
}

guint
ws_server_count_subscribers (WsServer *self, const char *name)
{
  Topic *topic = find_topic (ws_server_peek (self), name);

  return topic != NULL ? topic->subscriptions.length : 0;
}

gboolean
ws_server_client_is_subscribed (WsServerClient *client, const char *name)
{
  return find_subscription (client, name) != NULL;
}

WsServerFollow **
ws_server_peek_follow (WsServer *self, const char *name)
{
  Topic *topic = find_topic (ws_server_peek (self), name);

  return topic != NULL ? &topic->follow : NULL;
}

void
ws_server_foreach_topic (WsServer *self, WsServerTopicFunc func, gpointer data)
{
  WsServerPrivate  *priv = ws_server_peek (self);
  g_autofree char **names = NULL;

  if (priv->topics == NULL)
    return;
  names = (char **) g_hash_table_get_keys_as_array (priv->topics, NULL);
  for (char **name = names; *name != NULL; name++)
    func (self, *name, data);
}

static guint
count_subscriptions (const WsServerClient *client)
{
  return client->subscriptions != NULL ? client->subscriptions->length : 0;
}

/* Before anything is stored. */
static gboolean
check_limits (WsServerClient *client, const char *name, GError **error)
{
  const WsServerPrivate *priv = ws_server_peek (client->server);
  const gsize            len = strlen (name);

  if (priv->max_topic_size > 0 && len > priv->max_topic_size)
    g_set_error (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_LIMIT_REACHED,
                 "The name of a topic has %" G_GSIZE_FORMAT
                 " bytes, and max-topic-size allows %u",
                 len, priv->max_topic_size);
  else if (priv->max_topics_per_client > 0
           && count_subscriptions (client) >= priv->max_topics_per_client)
    g_set_error (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_LIMIT_REACHED,
                 "The client has subscribed to all the %u topics that "
                 "max-topics-per-client allows",
                 priv->max_topics_per_client);
  else
    return TRUE;
  return FALSE;
}

gboolean
ws_server_client_subscribe (WsServerClient *client,
                            const char     *name,
                            GError        **error)
{
  WsServerPrivate *priv = ws_server_peek (client->server);
  Subscription    *subscription;
  Topic           *topic;

  if (find_subscription (client, name) != NULL)
    return TRUE;
  if (!check_limits (client, name, error))
    return FALSE;
  topic = find_topic (priv, name);
  if (topic == NULL)
    topic = add_topic (priv, name);
  subscription = g_new (Subscription, 1);
  *subscription
      = (Subscription){ .in_client.data = topic, .in_topic.data = client };
  if (client->subscriptions == NULL)
    client->subscriptions = g_queue_new ();
  g_queue_push_tail_link (client->subscriptions, &subscription->in_client);
  g_queue_push_tail_link (&topic->subscriptions, &subscription->in_topic);
  g_hash_table_add (priv->subscriptions, subscription);
  return TRUE;
}

static void
remove_topic (WsServerPrivate *priv, Topic *topic)
{
  if (priv->member != NULL)
    ws_broker_member_leave (priv->member, topic->name);
  g_clear_pointer (&topic->follow, ws_server_follow_end);
  g_hash_table_remove (priv->topics, topic->name);
  g_free (topic);
}

/* --- What ends with a subscription --- */

static void
cancel (gpointer cancellable, gpointer data)
{
  g_cancellable_cancel (cancellable);
}

static void
end_waiting (Subscription *subscription)
{
  GSList *waiting = g_steal_pointer (&subscription->waiting);

  g_slist_foreach (waiting, cancel, NULL);
  g_slist_free_full (waiting, g_object_unref);
}

GCancellable *
ws_server_client_begin_waiting (WsServerClient *client, const char *name)
{
  Subscription *subscription = find_subscription (client, name);
  GCancellable *cancellable = g_cancellable_new ();

  subscription->waiting
      = g_slist_prepend (subscription->waiting, g_object_ref (cancellable));
  return cancellable;
}

gboolean
ws_server_client_finish_waiting (WsServerClient *client,
                                 const char     *name,
                                 GCancellable   *cancellable)
{
  Subscription *subscription = !ws_server_client_is_over (client)
                                   ? find_subscription (client, name)
                                   : NULL;
  GSList       *link = NULL;

  if (subscription != NULL)
    link = g_slist_find (subscription->waiting, cancellable);
  if (link != NULL)
    {
      subscription->waiting = g_slist_delete_link (subscription->waiting, link);
      g_object_unref (cancellable);
    }
  g_object_unref (cancellable);
  return link != NULL;
}

void
ws_server_cancel_waiting (WsServer *self, const char *name)
{
  Topic *topic = find_topic (ws_server_peek (self), name);

  for (GList *i = topic->subscriptions.head; i != NULL; i = i->next)
    g_slist_foreach (WS_CONTAINER_OF (i, Subscription, in_topic)->waiting,
                     cancel, NULL);
}

/* --- The end --- */

/* A topic goes with its last subscription. */
static void
end_subscription (WsServerClient *client, Subscription *subscription)
{
  WsServerPrivate *priv = ws_server_peek (client->server);
  Topic           *topic = subscription->in_client.data;

  ws_server_client_withdraw (client, topic->name);
  g_hash_table_remove (priv->subscriptions, subscription);
  g_queue_unlink (client->subscriptions, &subscription->in_client);
  if (client->subscriptions->length == 0)
    g_clear_pointer (&client->subscriptions, g_queue_free);
  g_queue_unlink (&topic->subscriptions, &subscription->in_topic);
  end_waiting (subscription);
  g_free (subscription);
  if (topic->subscriptions.length == 0)
    remove_topic (priv, topic);
}

void
ws_server_client_unsubscribe (WsServerClient *client, const char *name)
{
  Subscription *subscription = find_subscription (client, name);

  if (subscription != NULL)
    end_subscription (client, subscription);
}

void
ws_server_client_unsubscribe_all (WsServerClient *client)
{
  while (client->subscriptions != NULL)
    end_subscription (client, (Subscription *) client->subscriptions->head);
}

char **
ws_server_client_list_topics (WsServerClient *client)
{
  char **names = g_new0 (char *, count_subscriptions (client) + 1);
  GList *link
      = count_subscriptions (client) > 0 ? client->subscriptions->head : NULL;

  for (guint n = 0; link != NULL; link = link->next)
    names[n++] = g_strdup (((Topic *) link->data)->name);
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

/* --- The limits --- */

/**
 * ws_server_get_max_topics_per_client:
 * @self: a server
 *
 * Gets how many topics a client may be subscribed to.
 *
 * Returns: a number; 0: any
 *
 * Since: 1.0
 */
guint
ws_server_get_max_topics_per_client (WsServer *self)
{
  g_return_val_if_fail (WS_IS_SERVER (self), 0);

  return ws_server_peek (self)->max_topics_per_client;
}

/**
 * ws_server_set_max_topics_per_client:
 * @self: a server
 * @max_topics_per_client: a number; 0: any
 *
 * Sets how many topics a client may be subscribed to.
 *
 * Since: 1.0
 */
void
ws_server_set_max_topics_per_client (WsServer *self,
                                     guint     max_topics_per_client)
{
  g_return_if_fail (WS_IS_SERVER (self));

  ws_server_change_number (self, &ws_server_peek (self)->max_topics_per_client,
                           max_topics_per_client,
                           WS_SERVER_PROP_MAX_TOPICS_PER_CLIENT);
}

/**
 * ws_server_get_max_topic_size:
 * @self: a server
 *
 * Gets how long the name of a topic may be.
 *
 * Returns: bytes; 0: any number
 *
 * Since: 1.0
 */
guint
ws_server_get_max_topic_size (WsServer *self)
{
  g_return_val_if_fail (WS_IS_SERVER (self), 0);

  return ws_server_peek (self)->max_topic_size;
}

/**
 * ws_server_set_max_topic_size:
 * @self: a server
 * @max_topic_size: bytes; 0: any number
 *
 * Sets how long the name of a topic may be.
 *
 * Since: 1.0
 */
void
ws_server_set_max_topic_size (WsServer *self, guint max_topic_size)
{
  g_return_if_fail (WS_IS_SERVER (self));

  ws_server_change_number (self, &ws_server_peek (self)->max_topic_size,
                           max_topic_size, WS_SERVER_PROP_MAX_TOPIC_SIZE);
}

/* --- The properties --- */

/* clang-format off */
const WsProperty ws_server_topics_properties[] = {
  /**
   * WsServer:max-topics-per-client:
   *
   * How many topics a client may be subscribed to; 0: any number.
   *
   * A server often subscribes a client to what the client asks for. What goes
   * beyond is an error of [method@Socket.subscribe]; what a client is
   * subscribed to already stays, also when the limit is lowered.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_UINT (WsServer, WS_SERVER_PROP_MAX_TOPICS_PER_CLIENT,
                      "max-topics-per-client", 0, G_MAXUINT,
                      WS_SERVER_DEFAULT_TOPICS,
                      ws_server_get_max_topics_per_client,
                      ws_server_set_max_topics_per_client) },

  /**
   * WsServer:max-topic-size:
   *
   * How long the name of a topic may be, in bytes of UTF-8; 0: any length.
   *
   * A longer one is an error of [method@Socket.subscribe].
   *
   * Since: 1.0
   */
  { WS_PROPERTY_UINT (WsServer, WS_SERVER_PROP_MAX_TOPIC_SIZE,
                      "max-topic-size", 0, G_MAXUINT,
                      WS_SERVER_DEFAULT_TOPIC_SIZE,
                      ws_server_get_max_topic_size,
                      ws_server_set_max_topic_size) },

  { 0 }
};
/* clang-format on */
