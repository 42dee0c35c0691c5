/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Publications on their way to the class. Without a connection they are
 * refused, or wait for one, but not for ever; and there is a bound to what is
 * under way. */
#include "broker/ws-broker-publish.h"

#include "message/ws-publication-private.h"
#include "ws-socket-error.h"

#include "broker/ws-broker-query-private.h"

/* A publication that counts in queued_bytes until its query ends. It holds no
 * reference to the broker, which may hold the query. */
typedef struct
{
  WsBrokerErrand errand;
  GWeakRef       alive;       /* the broker */
  WsBroker      *broker;      /* (unowned): the same; until it is handed over */
  WsPublication *publication; /* (owned) */
  WsBrokerQuery *query;       /* (owned) (nullable): no more once it is gone */
  GCancellable  *cancellable; /* (owned) (nullable) */
  GSource       *cancel;      /* (owned) (nullable): while it waits */
  gint64         begun;       /* monotonic µs */
  GList          link;        /* while it waits; its data is this */
} Publishing;

static void
publishing_free (gpointer data)
{
  Publishing *self = data;

  g_clear_object (&self->cancellable);
  ws_publication_unref (self->publication);
  g_weak_ref_clear (&self->alive);
  g_free (self);
}

static void
on_answered (WsBrokerQuery *query, const GError *error, gpointer data)
{
  Publishing *self = data;
  g_autoptr (WsBroker) broker = g_weak_ref_get (&self->alive);
  WsBrokerPrivate *priv;

  if (broker == NULL)
    return;
  priv = ws_broker_lock (broker);
  priv->queued_bytes -= ws_publication_get_size (self->publication);
  if (error != NULL)
    priv->statistics.n_failed++;
  else
    priv->statistics.lag = g_get_monotonic_time () - self->begun;
  ws_broker_unlock (broker);
}

/* --- Whether it may go --- */

/* While the broker is locked. */
static gboolean
check_room (WsBrokerPrivate *priv, WsPublication *publication, GError **error)
{
  const gsize size = ws_publication_get_size (publication);

  if (priv->queued_bytes == 0
      || priv->queued_bytes + size <= priv->max_queued_bytes)
    return TRUE;
  g_set_error (
      error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_BUFFER_FULL,
      "The broker has no room for the publication: with it, %" G_GUINT64_FORMAT
      " bytes would wait, and max-queued-bytes allows %" G_GUINT64_FORMAT,
      priv->queued_bytes + size, priv->max_queued_bytes);
  return FALSE;
}

static gboolean
check_state (WsBrokerPrivate *priv, GError **error)
{
  if (priv->state == WS_BROKER_STATE_CONNECTED)
    return TRUE;
  g_set_error (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_NOT_CONNECTED,
               "The broker has no connection%s%s",
               priv->error_string != NULL ? ": " : " yet",
               priv->error_string != NULL ? priv->error_string : "");
  return FALSE;
}

static gboolean
check_topic (WsPublication *publication, GError **error)
{
  const char *topic = ws_publication_get_topic (publication);

  if (g_utf8_validate (topic, -1, NULL))
    return TRUE;
  g_set_error_literal (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_INVALID_ARGUMENT,
                       "The name of a topic is not valid UTF-8");
  return FALSE;
}

/* @state: whether there has to be a connection. Takes its room. */
static gboolean
reserve (WsBroker      *self,
         WsPublication *publication,
         gboolean       needs_connection,
         gboolean      *is_connected,
         GError       **error)
{
  WsBrokerPrivate *priv = ws_broker_lock (self);
  gboolean         is_taken;

  *is_connected = priv->state == WS_BROKER_STATE_CONNECTED;
  is_taken = (!needs_connection || check_state (priv, error))
             && check_room (priv, publication, error);
  if (is_taken)
    {
      priv->queued_bytes += ws_publication_get_size (publication);
      priv->statistics.n_published++;
    }
  else
    priv->statistics.n_refused++;
  ws_broker_unlock (self);
  return is_taken;
}

/* --- Going --- */

/* Takes @self's query: what is to end it ends @self. */
static void
hand_over (Publishing *self)
{
  WsBroker *broker = self->broker;
  g_autoptr (WsBrokerQuery) query = g_steal_pointer (&self->query);

  WS_BROKER_GET_CLASS (broker)->carry (broker, self->publication, query);
}

static void
on_publish (WsBrokerErrand *errand)
{
  hand_over (WS_CONTAINER_OF (errand, Publishing, errand));
}

static Publishing *
publishing_new (WsBroker *self, WsPublication *publication, GTask *task)
{
  Publishing *publishing = g_new0 (Publishing, 1);

  publishing->broker = self;
  g_weak_ref_init (&publishing->alive, self);
  publishing->publication = ws_publication_ref (publication);
  publishing->begun = g_get_monotonic_time ();
  publishing->link.data = publishing;
  publishing->query
      = ws_broker_query_new (WS_BROKER_QUERY_PUBLISH,
                             ws_publication_get_topic (publication), task);
  ws_broker_query_watch (publishing->query, on_answered, publishing,
                         publishing_free);
  return publishing;
}

/* FALSE: the class does not do it right here. */
static gboolean
publish_direct (WsBroker *self, WsPublication *publication)
{
  const WsBrokerDirect *direct = ws_broker_peek_direct (self);

  if (direct == NULL)
    return FALSE;
  ws_broker_lock (self)->statistics.n_published++;
  ws_broker_unlock (self);
  direct->publish (self, publication);
  return TRUE;
}

/**
 * ws_broker_publish:
 * @self: a broker
 * @publication: what to publish
 * @error: return location for an error
 *
 * Publishes from outside of a server, from any thread.
 *
 * Servers do it with [method@Server.publish], [method@Server.broadcast] and
 * [method@Socket.publish]. What one thread publishes keeps its order.
 *
 * Fails with %WS_SOCKET_ERROR_NOT_CONNECTED if the broker has no connection
 * now, and the message says why; and with %WS_SOCKET_ERROR_BUFFER_FULL if
 * [property@Broker:max-queued-bytes] would be under way. What fails later is
 * counted in [method@Broker.get_statistics].
 *
 * Returns: whether the broker has taken it
 *
 * Since: 1.0
 */
gboolean
ws_broker_publish (WsBroker *self, WsPublication *publication, GError **error)
{
  gboolean    is_connected;
  Publishing *publishing;

  g_return_val_if_fail (WS_IS_BROKER (self), FALSE);
  g_return_val_if_fail (publication != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!check_topic (publication, error))
    return FALSE;
  if (publish_direct (self, publication))
    return TRUE;
  if (!reserve (self, publication, TRUE, &is_connected, error))
    return FALSE;
  publishing = publishing_new (self, publication, NULL);
  ws_broker_send (self, &publishing->errand, on_publish);
  return TRUE;
}

/* --- Waiting for a connection --- */

/* Ends what has waited. */
static void
give_up (Publishing *self, GError *error)
{
  g_autoptr (WsBrokerQuery) query = g_steal_pointer (&self->query);

  ws_broker_query_fail (query, error);
  g_error_free (error);
}

static void
leave_queue (Publishing *self)
{
  g_queue_unlink (&ws_broker_peek (self->broker)->waiting, &self->link);
  if (self->cancel == NULL)
    return;
  g_source_destroy (self->cancel);
  g_clear_pointer (&self->cancel, g_source_unref);
}

static void
give_up_late (Publishing *self)
{
  WsBrokerPrivate *priv = ws_broker_peek (self->broker);
  const char      *why = priv->error_string;

  leave_queue (self);
  give_up (self, g_error_new (WS_SOCKET_ERROR, WS_SOCKET_ERROR_SOCKET_TIMEOUT,
                              "The broker had no connection for the %u ms that "
                              "publish-timeout allows%s%s",
                              priv->publish_timeout, why != NULL ? ": " : "",
                              why != NULL ? why : ""));
}

static void
expire (WsBroker *self)
{
  WsBrokerPrivate *priv = ws_broker_peek (self);
  Publishing      *first;

  while ((priv->publish_timeout > 0 || priv->poller == NULL)
         && (first = g_queue_peek_head (&priv->waiting)) != NULL)
    {
      const gint64 due = first->begun + priv->publish_timeout * 1000LL;

      if (priv->poller != NULL && due > g_get_monotonic_time ())
        {
          ws_poller_arm (priv->poller, &priv->expiry, due);
          return;
        }
      give_up_late (first);
    }
}

static void
on_expiry (WsDeadline *deadline)
{
  g_autoptr (WsBroker) self = g_object_ref (
      ws_broker_of (WS_CONTAINER_OF (deadline, WsBrokerPrivate, expiry)));

  expire (self);
}

void
ws_broker_publish_waiting (WsBroker *self)
{
  Publishing *first;

  while (ws_broker_get_state (self) == WS_BROKER_STATE_CONNECTED
         && (first = g_queue_peek_head (&ws_broker_peek (self)->waiting))
                != NULL)
    {
      leave_queue (first);
      hand_over (first);
    }
}

static gboolean
on_cancelled (GCancellable *cancellable, gpointer data)
{
  leave_queue (data);
  give_up (data, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED,
                                      "Publishing was cancelled"));
  return G_SOURCE_REMOVE;
}

static void
watch_cancellable (Publishing *self)
{
  if (self->cancellable == NULL)
    return;
  self->cancel = g_cancellable_source_new (self->cancellable);
  g_source_set_callback (self->cancel, G_SOURCE_FUNC (on_cancelled), self,
                         NULL);
  g_source_attach (self->cancel, ws_broker_peek (self->broker)->home.context);
}

static void
on_enqueue (WsBrokerErrand *errand)
{
  Publishing      *self = WS_CONTAINER_OF (errand, Publishing, errand);
  WsBroker        *broker = self->broker;
  WsBrokerPrivate *priv = ws_broker_peek (broker);

  g_queue_push_tail_link (&priv->waiting, &self->link);
  watch_cancellable (self);
  ws_broker_publish_waiting (broker);
  if (!ws_deadline_is_armed (&priv->expiry))
    expire (broker);
}

/**
 * ws_broker_publish_async:
 * @self: a broker
 * @publication: what to publish
 * @cancellable: (nullable): gives up waiting, and what still waits for a
 *   connection; what the broker has may be published all the same
 * @callback: (scope async) (closure user_data): called when it was carried
 * @user_data: for @callback
 *
 * Publishes from outside of a server, and waits until that is done.
 *
 * As [method@Broker.publish]; but where there is no connection the publication
 * waits for one, for [property@Broker:publish-timeout]. That it was carried
 * means that the broker has it, not that every client does.
 *
 * Since: 1.0
 */
void
ws_broker_publish_async (WsBroker           *self,
                         WsPublication      *publication,
                         GCancellable       *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer            user_data)
{
  g_autoptr (GTask) task = NULL;
  GError     *error = NULL;
  gboolean    is_connected;
  Publishing *publishing;

  g_return_if_fail (WS_IS_BROKER (self));
  g_return_if_fail (publication != NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, ws_broker_publish_async);
  if (g_task_return_error_if_cancelled (task))
    return;
  if (!check_topic (publication, &error))
    g_task_return_error (task, error);
  else if (publish_direct (self, publication))
    g_task_return_boolean (task, TRUE);
  else if (!reserve (self, publication, FALSE, &is_connected, &error))
    g_task_return_error (task, error);
  else
    {
      publishing = publishing_new (self, publication, g_steal_pointer (&task));
      g_set_object (&publishing->cancellable, cancellable);
      ws_broker_send (self, &publishing->errand, on_enqueue);
    }
}

/**
 * ws_broker_publish_finish:
 * @self: a broker
 * @result: what the callback got
 * @error: return location for an error
 *
 * Gets how [method@Broker.publish_async] went.
 *
 * Fails with %WS_SOCKET_ERROR_SOCKET_TIMEOUT if there was no connection for
 * [property@Broker:publish-timeout], with %WS_SOCKET_ERROR_BUFFER_FULL as
 * [method@Broker.publish], and with what the broker says.
 *
 * Returns: whether the broker has carried it
 *
 * Since: 1.0
 */
gboolean
ws_broker_publish_finish (WsBroker *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (WS_IS_BROKER (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result,
                                                  ws_broker_publish_async),
                        FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* --- Life --- */

void
ws_broker_init_publishing (WsBroker *self)
{
  ws_broker_peek (self)->expiry.func = on_expiry;
}

void
ws_broker_clear_publishing (WsBroker *self)
{
  WsBrokerPrivate *priv = ws_broker_peek (self);

  Publishing *first;

  if (priv->poller != NULL)
    ws_poller_disarm (priv->poller, &priv->expiry);
  while ((first = g_queue_peek_head (&priv->waiting)) != NULL)
    {
      leave_queue (first);
      give_up (first, g_error_new_literal (WS_SOCKET_ERROR,
                                           WS_SOCKET_ERROR_NOT_CONNECTED,
                                           "The broker has been disposed of"));
    }
}
