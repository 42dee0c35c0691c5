/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a broker is asked, and takes the answer of. */
#include "broker/ws-broker-query-private.h"

#include "base/ws-name-hash.h"
#include "base/ws-wait.h"
#include "ws-socket-error.h"

/**
 * WsBrokerQuery:
 *
 * What a broker is asked, for classes that are derived from [class@Broker].
 *
 * It says what is wanted, takes the parts of the answer, and ends with
 * [method@BrokerQuery.succeed] or [method@BrokerQuery.fail], at once or later.
 * A query that is dropped without either fails by itself. It may be answered in
 * any thread, but by one at a time. Whoever asked may have given up meanwhile,
 * which changes nothing for the broker.
 *
 * Since: 1.0
 */

struct _WsBrokerQuery
{
  GObject parent_instance;

  WsBrokerQueryKind kind;
  char             *topic;     /* (owned) */
  char             *epoch;     /* (owned) (nullable) */
  guint64           offset;    /* what came after that */
  guint             max_count; /* 0: only the position is wanted */
  WsBrokerHistory  *history;   /* (owned) (nullable) */
  GHashTable       *presence;  /* (owned) (nullable): client → data */
  gboolean          is_over;

  WsWait           *wait; /* (owned) (nullable): for the answer */
  WsBrokerQueryFunc func; /* (nullable) */
  gpointer          data;
  GDestroyNotify    destroy; /* (nullable) */
};

G_DEFINE_FINAL_TYPE (WsBrokerQuery, ws_broker_query, G_TYPE_OBJECT)

void
ws_broker_history_free (WsBrokerHistory *self)
{
  g_ptr_array_unref (self->publications);
  g_free (self->epoch);
  g_free (self);
}

/* --- Life --- */

static void
end_task (WsBrokerQuery *self, GTask *task, const GError *error)
{
  if (error != NULL)
    g_task_return_error (task, g_error_copy (error));
  else if (self->kind == WS_BROKER_QUERY_PUBLISH)
    g_task_return_boolean (task, TRUE);
  else if (self->kind == WS_BROKER_QUERY_HISTORY)
    g_task_return_pointer (task, g_steal_pointer (&self->history),
                           (GDestroyNotify) ws_broker_history_free);
  else
    g_task_return_pointer (task, g_steal_pointer (&self->presence),
                           (GDestroyNotify) g_hash_table_unref);
}

static void
end (WsBrokerQuery *self, const GError *error)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (!self->is_over);

  self->is_over = TRUE;
  if (self->func != NULL)
    self->func (self, error, self->data);
  if (self->wait != NULL)
    task = ws_wait_end (g_steal_pointer (&self->wait));
  if (task != NULL)
    end_task (self, task, error);
}

static void
ws_broker_query_dispose (GObject *object)
{
  WsBrokerQuery *self = WS_BROKER_QUERY (object);

  if (!self->is_over)
    {
      g_autoptr (GError) error = g_error_new_literal (
          WS_SOCKET_ERROR, WS_SOCKET_ERROR_OPERATION,
          "The broker has dropped the query without an answer");

      end (self, error);
    }
  G_OBJECT_CLASS (ws_broker_query_parent_class)->dispose (object);
}

static void
ws_broker_query_finalize (GObject *object)
{
  WsBrokerQuery *self = WS_BROKER_QUERY (object);

  if (self->destroy != NULL)
    self->destroy (self->data);
  g_clear_pointer (&self->history, ws_broker_history_free);
  g_clear_pointer (&self->presence, g_hash_table_unref);
  g_free (self->topic);
  g_free (self->epoch);
  G_OBJECT_CLASS (ws_broker_query_parent_class)->finalize (object);
}

static void
ws_broker_query_class_init (WsBrokerQueryClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = ws_broker_query_dispose;
  object_class->finalize = ws_broker_query_finalize;
}

static void
ws_broker_query_init (WsBrokerQuery *self)
{
  self->topic = g_strdup ("");
}

WsBrokerQuery *
ws_broker_query_new (WsBrokerQueryKind kind, const char *topic, GTask *task)
{
  WsBrokerQuery *self = g_object_new (WS_TYPE_BROKER_QUERY, NULL);

  self->kind = kind;
  g_free (self->topic);
  self->topic = g_strdup (topic);
  if (task != NULL)
    self->wait = ws_wait_new (task);
  if (kind == WS_BROKER_QUERY_HISTORY)
    {
      self->history = g_new0 (WsBrokerHistory, 1);
      self->history->publications = g_ptr_array_new_with_free_func (
          (GDestroyNotify) ws_publication_unref);
    }
  else if (kind == WS_BROKER_QUERY_PRESENCE)
    self->presence
        = g_hash_table_new_full (ws_name_hash, g_str_equal, g_free, g_free);
  return self;
}

void
ws_broker_query_set_range (WsBrokerQuery *self,
                           const char    *epoch,
                           guint64        offset,
                           guint          max_count)
{
  self->epoch = g_strdup (epoch);
  self->offset = offset;
  self->max_count = max_count;
}

void
ws_broker_query_watch (WsBrokerQuery    *self,
                       WsBrokerQueryFunc func,
                       gpointer          data,
                       GDestroyNotify    destroy)
{
  self->func = func;
  self->data = data;
  self->destroy = destroy;
}

/* --- The question --- */

/**
 * ws_broker_query_get_topic:
 * @self: a query
 *
 * Gets the topic that is asked about.
 *
 * Returns: the topic's name; "" means all clients of all servers
 *
 * Since: 1.0
 */
const char *
ws_broker_query_get_topic (WsBrokerQuery *self)
{
  g_return_val_if_fail (WS_IS_BROKER_QUERY (self), NULL);

  return self->topic;
}

/**
 * ws_broker_query_get_epoch:
 * @self: a query about a history
 *
 * Gets the epoch that [method@BrokerQuery.get_offset] belongs to.
 *
 * Returns: (nullable): the epoch; %NULL: whichever there is
 *
 * Since: 1.0
 */
const char *
ws_broker_query_get_epoch (WsBrokerQuery *self)
{
  g_return_val_if_fail (WS_IS_BROKER_QUERY (self), NULL);

  return self->epoch;
}

/**
 * ws_broker_query_get_offset:
 * @self: a query about a history
 *
 * Gets the offset of the publication that those which are wanted come after.
 *
 * Where the epoch is another one now, that does not matter: then nothing is to
 * be added but the position.
 *
 * Returns: the offset; 0: from the first one that is there
 *
 * Since: 1.0
 */
guint64
ws_broker_query_get_offset (WsBrokerQuery *self)
{
  g_return_val_if_fail (WS_IS_BROKER_QUERY (self), 0);

  return self->offset;
}

/**
 * ws_broker_query_get_max_count:
 * @self: a query about a history
 *
 * Gets how many publications are wanted, the oldest ones first.
 *
 * Returns: the number; 0: only the position is
 *
 * Since: 1.0
 */
guint
ws_broker_query_get_max_count (WsBrokerQuery *self)
{
  g_return_val_if_fail (WS_IS_BROKER_QUERY (self), 0);

  return self->max_count;
}

/* --- The answer --- */

/**
 * ws_broker_query_add_publication:
 * @self: a query about a history
 * @publication: the next one, with its place ([method@Publication.new_at])
 *
 * Adds a publication to the answer.
 *
 * Since: 1.0
 */
void
ws_broker_query_add_publication (WsBrokerQuery *self,
                                 WsPublication *publication)
{
  g_return_if_fail (WS_IS_BROKER_QUERY (self));
  g_return_if_fail (publication != NULL);
  g_return_if_fail (self->history != NULL);
  g_return_if_fail (ws_publication_get_offset (publication) > 0);

  g_ptr_array_add (self->history->publications,
                   ws_publication_ref (publication));
}

/**
 * ws_broker_query_set_position:
 * @self: a query about a history
 * @epoch: the epoch that there is now
 * @offset: the offset of the last publication; 0: there was none yet
 *
 * Sets how far the topic has come.
 *
 * Each answer to a query about a history needs that, unless the topic has none.
 *
 * Since: 1.0
 */
void
ws_broker_query_set_position (WsBrokerQuery *self,
                              const char    *epoch,
                              guint64        offset)
{
  g_return_if_fail (WS_IS_BROKER_QUERY (self));
  g_return_if_fail (epoch != NULL);
  g_return_if_fail (self->history != NULL);

  g_free (self->history->epoch);
  self->history->epoch = g_strdup (epoch);
  self->history->offset = offset;
}

/**
 * ws_broker_query_add_presence:
 * @self: a query about who is present
 * @client: a name for the client that no other has
 * @data: what was told of it
 *
 * Adds a client to the answer.
 *
 * Since: 1.0
 */
void
ws_broker_query_add_presence (WsBrokerQuery *self,
                              const char    *client,
                              const char    *data)
{
  g_return_if_fail (WS_IS_BROKER_QUERY (self));
  g_return_if_fail (client != NULL);
  g_return_if_fail (data != NULL);
  g_return_if_fail (self->presence != NULL);

  g_hash_table_insert (self->presence, g_strdup (client), g_strdup (data));
}

/**
 * ws_broker_query_succeed:
 * @self: a query
 *
 * Ends a query: the answer is whole, or the publication was carried.
 *
 * Since: 1.0
 */
void
ws_broker_query_succeed (WsBrokerQuery *self)
{
  g_return_if_fail (WS_IS_BROKER_QUERY (self));

  end (self, NULL);
}

/**
 * ws_broker_query_fail:
 * @self: a query
 * @error: why
 *
 * Ends a query that got no answer.
 *
 * Since: 1.0
 */
void
ws_broker_query_fail (WsBrokerQuery *self, const GError *error)
{
  g_return_if_fail (WS_IS_BROKER_QUERY (self));
  g_return_if_fail (error != NULL);

  end (self, error);
}
