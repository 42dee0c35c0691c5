/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What was published about topics lately, within one process. */
#include "broker/ws-memory-history.h"

#include <string.h>

#include "base/ws-name-hash.h"
#include "net/ws-random.h"

typedef struct
{
  char   *epoch;   /* (owned): another one for each history */
  guint64 offset;  /* of the last publication; 0: there was none */
  GQueue  entries; /* of Entry, the oldest first */
  guint64 max_age; /* ms; 0: any */
  gint64  used;    /* monotonic µs: when it was published about last */
  GList   link;    /* in the order; its data is the topic */
  char    name[];
} Topic;

typedef struct
{
  WsPublication *publication; /* (owned) */
  gint64         time;        /* monotonic µs */
} Entry;

static void
entry_free (gpointer data)
{
  Entry *self = data;

  ws_publication_unref (self->publication);
  g_free (self);
}

static void
topic_free (gpointer data)
{
  Topic *self = data;

  g_queue_clear_full (&self->entries, entry_free);
  g_free (self->epoch);
  g_free (self);
}

void
ws_memory_history_init (WsMemoryHistory *self)
{
  self->topics
      = g_hash_table_new_full (ws_name_hash, g_str_equal, NULL, topic_free);
  g_queue_init (&self->order);
  self->get_time = g_get_monotonic_time;
}

void
ws_memory_history_clear (WsMemoryHistory *self)
{
  g_hash_table_unref (self->topics);
}

static char *
make_epoch (void)
{
  guint32 numbers[2];

  if (!ws_random_bytes ((guint8 *) numbers, sizeof numbers))
    for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
      numbers[i] = g_random_int ();
  return g_strdup_printf ("%08x%08x", numbers[0], numbers[1]);
}

/* --- Topics --- */

static void
forget (WsMemoryHistory *self, Topic *topic)
{
  g_queue_unlink (&self->order, &topic->link);
  g_hash_table_remove (self->topics, topic->name);
}

/* Those that are too many, and those whose publications are all too old. */
static void
forget_old (WsMemoryHistory *self, gint64 now)
{
  Topic *first;

  while ((first = g_queue_peek_head (&self->order)) != NULL)
    {
      const gboolean is_old
          = first->max_age > 0
            && now - first->used > (gint64) first->max_age * 1000;

      if (!is_old && self->order.length <= WS_MEMORY_HISTORY_MAX_TOPICS)
        return;
      forget (self, first);
    }
}

static Topic *
ensure_topic (WsMemoryHistory *self, const char *name)
{
  Topic *topic = g_hash_table_lookup (self->topics, name);
  gsize  size = strlen (name) + 1;

  if (topic != NULL)
    return topic;
  topic = g_malloc0 (sizeof *topic + size);
  memcpy (topic->name, name, size);
  topic->epoch = make_epoch ();
  topic->used = self->get_time ();
  topic->link.data = topic;
  g_queue_push_tail_link (&self->order, &topic->link);
  g_hash_table_insert (self->topics, topic->name, topic);
  return topic;
}

static void
trim (Topic *topic, guint max_count, gint64 now)
{
  Entry *first;

  while ((first = g_queue_peek_head (&topic->entries)) != NULL)
    {
      const gboolean is_old
          = topic->max_age > 0
            && now - first->time > (gint64) topic->max_age * 1000;

      if (!is_old && topic->entries.length <= max_count)
        return;
      entry_free (g_queue_pop_head (&topic->entries));
    }
}

/* --- Publications --- */

WsPublication *
ws_memory_history_append (WsMemoryHistory *self,
                          WsPublication   *publication,
                          guint            max_count,
                          guint64          max_age)
{
  const gint64 now = self->get_time ();
  Topic *topic = ensure_topic (self, ws_publication_get_topic (publication));
  Entry *entry = g_new (Entry, 1);

  topic->max_age = max_age;
  topic->used = now;
  g_queue_unlink (&self->order, &topic->link);
  g_queue_push_tail_link (&self->order, &topic->link);
  topic->offset++;
  entry->time = now;
  entry->publication
      = ws_publication_new_at (publication, topic->epoch, topic->offset);
  g_queue_push_tail (&topic->entries, entry);
  trim (topic, max_count, now);
  publication = ws_publication_ref (entry->publication);
  forget_old (self, now);
  return publication;
}

void
ws_memory_history_read (WsMemoryHistory *self, WsBrokerQuery *query)
{
  const char   *epoch = ws_broker_query_get_epoch (query);
  const guint64 offset = ws_broker_query_get_offset (query);
  guint         n_left = ws_broker_query_get_max_count (query);
  Topic        *topic = ensure_topic (self, ws_broker_query_get_topic (query));

  trim (topic, G_MAXUINT, self->get_time ());
  ws_broker_query_set_position (query, topic->epoch, topic->offset);
  if (epoch != NULL && strcmp (epoch, topic->epoch) != 0)
    return;
  for (GList *i = topic->entries.head; i != NULL && n_left > 0; i = i->next)
    {
      const Entry *entry = i->data;

      if (ws_publication_get_offset (entry->publication) <= offset)
        continue;
      ws_broker_query_add_publication (query, entry->publication);
      n_left--;
    }
}
