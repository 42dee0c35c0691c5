/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which topics are wanted, and by whom. The first who wants one lets the class
 * subscribe to it; when the last is gone it stays subscribed to for a while, so
 * that clients which come and go cost nothing elsewhere. */
#include "broker/ws-broker-topics.h"

#include <string.h>

#include "base/ws-name-hash.h"

static WsBrokerTopic *
topic_new (const char *name)
{
  gsize          size = strlen (name) + 1;
  WsBrokerTopic *self = g_malloc0 (sizeof *self + size);

  self->members = g_ptr_array_new ();
  self->link.data = self;
  memcpy (self->name, name, size);
  return self;
}

static void
topic_free (gpointer data)
{
  WsBrokerTopic *self = data;

  g_ptr_array_unref (self->members);
  g_free (self);
}

WsBrokerTopic *
ws_broker_find_topic (WsBrokerPrivate *priv, const char *name)
{
  return g_hash_table_lookup (priv->topics, name);
}

/* --- In the thread of the broker --- */

typedef struct
{
  WsBrokerErrand errand;
  char           name[];
} Subscribing;

static void
on_subscribe (WsBrokerErrand *errand)
{
  Subscribing *self = WS_CONTAINER_OF (errand, Subscribing, errand);
  WsBroker    *broker = errand->broker;

  WS_BROKER_GET_CLASS (broker)->subscribe (broker, self->name);
  g_free (self);
}

static void
subscribe (WsBroker *self, const char *name)
{
  gsize        size = strlen (name) + 1;
  Subscribing *errand = g_malloc0 (sizeof *errand + size);

  memcpy (errand->name, name, size);
  ws_broker_send (self, &errand->errand, on_subscribe);
}

/* (nullable) (transfer full): the next one that was not wanted for long. */
static WsBrokerTopic *
take_unused (WsBroker *self, gint64 now)
{
  WsBrokerPrivate *priv = ws_broker_lock (self);
  WsBrokerTopic   *topic = g_queue_peek_head (&priv->unused);
  const gint64     due
      = topic != NULL ? topic->unused_since + priv->linger * 1000LL : 0;

  if (topic != NULL && (due <= now || priv->poller == NULL))
    {
      g_queue_unlink (&priv->unused, &topic->link);
      g_hash_table_steal (priv->topics, topic->name);
    }
  else
    {
      if (topic != NULL)
        ws_poller_arm (priv->poller, &priv->sweep, due);
      topic = NULL;
    }
  ws_broker_unlock (self);
  return topic;
}

static void
sweep (WsBroker *self)
{
  WsBrokerTopic *topic;

  while ((topic = take_unused (self, g_get_monotonic_time ())) != NULL)
    {
      WS_BROKER_GET_CLASS (self)->unsubscribe (self, topic->name);
      topic_free (topic);
    }
}

static void
on_sweep (WsDeadline *deadline)
{
  g_autoptr (WsBroker) self = g_object_ref (
      ws_broker_of (WS_CONTAINER_OF (deadline, WsBrokerPrivate, sweep)));

  sweep (self);
}

static void
on_unused (WsBrokerErrand *errand)
{
  WsBroker        *self = errand->broker;
  WsBrokerPrivate *priv = ws_broker_peek (self);

  g_free (errand);
  if (!ws_deadline_is_armed (&priv->sweep))
    sweep (self);
}

/* --- From any thread --- */

void
ws_broker_enter_topic (WsBroker *self, const char *name, gpointer member)
{
  WsBrokerPrivate *priv = ws_broker_lock (self);
  WsBrokerTopic   *topic = ws_broker_find_topic (priv, name);
  gboolean         is_new = topic == NULL;

  if (is_new)
    {
      topic = topic_new (name);
      g_hash_table_insert (priv->topics, topic->name, topic);
    }
  else if (topic->unused_since != 0)
    {
      g_queue_unlink (&priv->unused, &topic->link);
      topic->unused_since = 0;
    }
  if (!g_ptr_array_find (topic->members, member, NULL))
    g_ptr_array_add (topic->members, member);
  ws_broker_unlock (self);
  if (is_new && ws_broker_peek_direct (self) == NULL)
    subscribe (self, name);
}

void
ws_broker_leave_topic (WsBroker *self, const char *name, gpointer member)
{
  const gboolean   is_direct = ws_broker_peek_direct (self) != NULL;
  WsBrokerPrivate *priv = ws_broker_lock (self);
  WsBrokerTopic   *topic = ws_broker_find_topic (priv, name);
  gboolean         is_first = FALSE;

  if (topic != NULL && g_ptr_array_remove_fast (topic->members, member)
      && topic->members->len == 0)
    {
      if (is_direct)
        g_hash_table_remove (priv->topics, name);
      else
        {
          is_first = priv->unused.length == 0;
          topic->unused_since = g_get_monotonic_time ();
          g_queue_push_tail_link (&priv->unused, &topic->link);
        }
    }
  ws_broker_unlock (self);
  if (is_first)
    ws_broker_send (self, g_new0 (WsBrokerErrand, 1), on_unused);
}

/* --- Life --- */

void
ws_broker_init_topics (WsBroker *self)
{
  WsBrokerPrivate *priv = ws_broker_peek (self);

  priv->topics
      = g_hash_table_new_full (ws_name_hash, g_str_equal, NULL, topic_free);
  priv->sweep.func = on_sweep;
}

void
ws_broker_stop_sweeping (WsBroker *self)
{
  WsBrokerPrivate *priv = ws_broker_peek (self);

  if (priv->poller != NULL)
    ws_poller_disarm (priv->poller, &priv->sweep);
}

void
ws_broker_clear_topics (WsBroker *self)
{
  g_hash_table_unref (ws_broker_peek (self)->topics);
}

/**
 * ws_broker_get_topics:
 * @self: a broker
 *
 * Gets the topics that servers want here, or have wanted not long ago.
 *
 * For a derived class whose connection has come back: these it has to subscribe
 * to again. The name of all clients of all servers, "", is among them.
 *
 * Returns: (transfer full) (array zero-terminated=1): their names, in no order
 *
 * Since: 1.0
 */
char **
ws_broker_get_topics (WsBroker *self)
{
  WsBrokerPrivate *priv;
  GHashTableIter   iter;
  gpointer         topic;
  char           **names;
  guint            n = 0;

  g_return_val_if_fail (WS_IS_BROKER (self), NULL);

  priv = ws_broker_lock (self);
  names = g_new0 (char *, g_hash_table_size (priv->topics) + 1);
  g_hash_table_iter_init (&iter, priv->topics);
  while (g_hash_table_iter_next (&iter, NULL, &topic))
    names[n++] = g_strdup (((WsBrokerTopic *) topic)->name);
  ws_broker_unlock (self);
  return names;
}
