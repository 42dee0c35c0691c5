/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which topics have a history, and how it is asked for. */
#include "broker/ws-broker-history.h"

#include "broker/ws-broker-asking.h"

/* --- Which topics --- */

typedef struct
{
  char         *text;    /* (owned) */
  GPatternSpec *pattern; /* (owned): the same */
  guint         max_count;
  guint64       max_age; /* ms; 0: any */
} Rule;

static void
rule_free (gpointer data)
{
  Rule *self = data;

  g_free (self->text);
  g_pattern_spec_free (self->pattern);
  g_free (self);
}

void
ws_broker_init_history (WsBroker *self)
{
  ws_broker_peek (self)->rules = g_ptr_array_new_with_free_func (rule_free);
}

void
ws_broker_clear_history (WsBroker *self)
{
  g_ptr_array_unref (ws_broker_peek (self)->rules);
}

static Rule *
find_rule (WsBrokerPrivate *priv, const char *topic)
{
  for (guint i = 0; i < priv->rules->len; i++)
    {
      Rule *rule = g_ptr_array_index (priv->rules, i);

      if (g_pattern_spec_match_string (rule->pattern, topic))
        return rule;
    }
  return NULL;
}

static Rule *
ensure_rule (WsBrokerPrivate *priv, const char *pattern)
{
  Rule *rule;

  for (guint i = 0; i < priv->rules->len; i++)
    {
      rule = g_ptr_array_index (priv->rules, i);
      if (g_str_equal (rule->text, pattern))
        return rule;
    }
  rule = g_new0 (Rule, 1);
  rule->text = g_strdup (pattern);
  rule->pattern = g_pattern_spec_new (pattern);
  g_ptr_array_add (priv->rules, rule);
  return rule;
}

/**
 * ws_broker_set_history:
 * @self: a broker
 * @pattern: names of topics, with `*` for any characters and `?` for one
 * @max_count: how many publications of each are kept; 0: none
 * @max_age: for how long, in milliseconds; 0: as long as @max_count allows
 *
 * Sets which topics have a history: none has one by itself.
 *
 * Clients that were away get what they have missed with
 * [method@Socket.subscribe_since_async], and servers whose broker was away
 * catch up by themselves. The first pattern that fits counts, in the order in
 * which they were set; setting one again changes it. All servers that a broker
 * joins have to say the same, and before they publish.
 *
 * Broadcasts have no history.
 *
 * Since: 1.0
 */
void
ws_broker_set_history (WsBroker   *self,
                       const char *pattern,
                       guint       max_count,
                       guint64     max_age)
{
  WsBrokerPrivate *priv;
  Rule            *rule;

  g_return_if_fail (WS_IS_BROKER (self));
  g_return_if_fail (pattern != NULL);
  g_return_if_fail (g_utf8_validate (pattern, -1, NULL));

  priv = ws_broker_lock (self);
  rule = ensure_rule (priv, pattern);
  rule->max_count = max_count;
  rule->max_age = max_age;
  ws_broker_unlock (self);
}

/**
 * ws_broker_get_history:
 * @self: a broker
 * @topic: a topic's name
 * @max_count: (out) (optional): how many publications are kept
 * @max_age: (out) (optional): for how long, in milliseconds; 0: as long as
 *   @max_count allows
 *
 * Gets whether a topic has a history, as [method@Broker.set_history] has said.
 *
 * Returns: whether it has one
 *
 * Since: 1.0
 */
gboolean
ws_broker_get_history (WsBroker   *self,
                       const char *topic,
                       guint      *max_count,
                       guint64    *max_age)
{
  WsBrokerPrivate *priv;
  Rule             none = { 0 };
  const Rule      *rule;

  g_return_val_if_fail (WS_IS_BROKER (self), FALSE);
  g_return_val_if_fail (topic != NULL, FALSE);

  priv = ws_broker_lock (self);
  rule = *topic != '\0' ? find_rule (priv, topic) : NULL;
  if (rule != NULL)
    none = *rule;
  ws_broker_unlock (self);
  if (max_count != NULL)
    *max_count = none.max_count;
  if (max_age != NULL)
    *max_age = none.max_age;
  return none.max_count > 0;
}

/* --- Reading --- */

/**
 * ws_broker_read_history_async:
 * @self: a broker
 * @topic: a topic's name
 * @epoch: (nullable): the epoch that @offset belongs to; %NULL: whichever there
 *   is
 * @offset: the publications after this one; 0: from the first that is kept
 * @max_count: how many, the oldest ones first; 0: only the position
 * @cancellable: (nullable): gives up waiting
 * @callback: (scope async) (closure user_data): called with the answer
 * @user_data: for @callback
 *
 * Looks for what was published about a topic.
 *
 * Since: 1.0
 */
void
ws_broker_read_history_async (WsBroker           *self,
                              const char         *topic,
                              const char         *epoch,
                              guint64             offset,
                              guint               max_count,
                              GCancellable       *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer            user_data)
{
  const WsBrokerDirect *direct;
  GTask                *task;
  g_autoptr (WsBrokerQuery) query = NULL;

  g_return_if_fail (WS_IS_BROKER (self));
  g_return_if_fail (topic != NULL && g_utf8_validate (topic, -1, NULL));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, ws_broker_read_history_async);
  query = ws_broker_query_new (WS_BROKER_QUERY_HISTORY, topic, task);
  ws_broker_query_set_range (query, epoch, offset, max_count);
  direct = ws_broker_peek_direct (self);
  if (direct != NULL)
    direct->read_history (self, query);
  else
    ws_broker_ask (self, query, WS_BROKER_GET_CLASS (self)->read_history);
}

WsBrokerHistory *
ws_broker_take_history (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * ws_broker_read_history_finish:
 * @self: a broker
 * @result: what the callback got
 * @epoch: (out) (optional) (nullable): the epoch that there is now; %NULL: the
 *   topic has no history
 * @offset: (out) (optional): the offset of the last publication; 0: there was
 *   none yet
 * @error: return location for an error
 *
 * Gets what [method@Broker.read_history_async] has found.
 *
 * There is no gap in it, but the first may come later than right after the
 * offset that was asked for: what lies between is not kept any more. If the
 * epoch is another one, there are none.
 *
 * Returns: (transfer container) (element-type Ws.Publication): what was
 *   published, the oldest first, or %NULL with @error set
 *
 * Since: 1.0
 */
GPtrArray *
ws_broker_read_history_finish (WsBroker     *self,
                               GAsyncResult *result,
                               char        **epoch,
                               guint64      *offset,
                               GError      **error)
{
  g_autoptr (WsBrokerHistory) history = NULL;

  g_return_val_if_fail (WS_IS_BROKER (self), NULL);
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result,
                                                  ws_broker_read_history_async),
                        NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  history = ws_broker_take_history (result, error);
  if (epoch != NULL)
    *epoch = history != NULL ? g_strdup (history->epoch) : NULL;
  if (offset != NULL)
    *offset = history != NULL ? history->offset : 0;
  return history != NULL ? g_ptr_array_ref (history->publications) : NULL;
}
