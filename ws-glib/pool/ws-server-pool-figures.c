/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What all servers of a pool have carried together, asked for in their threads,
 * and what those get who watch them. */
#include "pool/ws-server-pool-core.h"

#include "base/ws-tsan-private.h"
#include "server/ws-server-health.h"
#include "value/ws-server-statistics-private.h"

/* --- Counting --- */

/* What the answers of the servers are gathered in; in the pool's thread. */
typedef struct
{
  guint n_left; /* servers that have not answered yet */

  WsServerStatistics figures;
  gboolean           is_well; /* all of them */
  char              *name;    /* (owned) (nullable): of all of them, so far */

  gboolean is_given_up;
  GSource *cancelled; /* (owned) (nullable) */
} Census;

/* The answer of one server, on its way to the pool's thread. */
typedef struct
{
  GTask             *task; /* (unowned): lives until all answers are there */
  WsServerStatistics figures;
  gboolean           is_well;
  char              *name; /* (owned) (nullable) */
} Count;

static void
census_free (gpointer data)
{
  Census *self = data;

  g_free (self->name);
  g_free (self);
}

static void
drop_cancelled (Census *self)
{
  if (self->cancelled != NULL)
    g_source_destroy (self->cancelled);
  g_clear_pointer (&self->cancelled, g_source_unref);
}

static void
add_count (Census *self, const Count *count)
{
  ws_server_statistics_add (&self->figures, &count->figures);
  self->is_well = self->is_well && count->is_well;
  /* A label for all is what all are named. */
  if (self->name == NULL)
    self->name = g_strdup (count->name != NULL ? count->name : "");
  else if (g_strcmp0 (self->name, count->name) != 0)
    *self->name = '\0';
}

static gboolean
on_counted (gpointer data)
{
  g_autofree Count *self = data;
  GTask            *task;
  Census           *census;

  WS_TSAN_ACQUIRE (self);
  task = self->task;
  census = g_task_get_task_data (task);
  add_count (census, self);
  g_free (self->name);
  if (--census->n_left > 0)
    return G_SOURCE_REMOVE;
  drop_cancelled (census);
  if (!census->is_given_up)
    g_task_return_boolean (task, TRUE);
  g_object_unref (task);
  return G_SOURCE_REMOVE;
}

/* In the thread of @server. */
static void
count_one (WsServer *server, gpointer data)
{
  const WsServerMetrics metrics = ws_server_health_get_metrics (server);
  Count                *count = g_new (Count, 1);

  *count = (Count){ data, metrics.figures, metrics.is_well,
                    g_strdup (metrics.name) };
  WS_TSAN_RELEASE (count);
  g_main_context_invoke (g_task_get_context (data), on_counted, count);
}

static gboolean
on_cancelled (GCancellable *cancellable, gpointer data)
{
  Census *census = g_task_get_task_data (data);

  census->is_given_up = TRUE;
  drop_cancelled (census);
  g_task_return_error_if_cancelled (data);
  return G_SOURCE_REMOVE;
}

static void
watch_cancellable (GTask *task)
{
  Census       *census = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);

  if (cancellable == NULL)
    return;
  census->cancelled = g_cancellable_source_new (cancellable);
  g_task_attach_source (task, census->cancelled, G_SOURCE_FUNC (on_cancelled));
}

/* (transfer full): it returns TRUE when all servers have been asked. */
static GTask *
begin (WsServerPool       *self,
       gpointer            source_tag,
       GCancellable       *cancellable,
       GAsyncReadyCallback callback,
       gpointer            user_data)
{
  GTask  *task = g_task_new (self, cancellable, callback, user_data);
  Census *census = g_new0 (Census, 1);

  g_task_set_source_tag (task, source_tag);
  census->figures = self->gone;
  census->is_well = self->threads->len > 0;
  census->n_left = self->threads->len;
  g_task_set_task_data (task, census, census_free);
  return task;
}

/* Takes @task. */
static void
count (WsServerPool *self, GTask *task)
{
  GError *error = NULL;

  if (ws_server_pool_check_thread (self, &error)
      && !g_task_return_error_if_cancelled (task) && self->threads->len > 0)
    {
      watch_cancellable (task);
      ws_server_pool_invoke (self, count_one, task, NULL);
      return;
    }
  if (error != NULL)
    g_task_return_error (task, error);
  else if (!g_task_had_error (task))
    g_task_return_boolean (task, TRUE);
  g_object_unref (task);
}

static WsServerMetrics
get_metrics (GTask *task)
{
  const WsServerPool *self = g_task_get_source_object (task);
  const Census       *census = g_task_get_task_data (task);

  return (WsServerMetrics){ census->figures, census->is_well, census->name,
                            self->broker };
}

/* --- Asking --- */

/**
 * ws_server_pool_get_statistics_async:
 * @self: a pool
 * @cancellable: (nullable): gives up
 * @callback: (scope async) (closure user_data): called when all servers have
 *   been asked
 * @user_data: for @callback
 *
 * Gets what all servers of a pool have carried together.
 *
 * Each one is asked in its own thread, so that a handler that takes its time
 * holds this up; give up with @cancellable. What servers have carried that are
 * no more, for the pool was closed, still counts. Ends with
 * %WS_SOCKET_ERROR_WRONG_CONTEXT in another thread than that where the pool was
 * made.
 *
 * Since: 1.0
 */
void
ws_server_pool_get_statistics_async (WsServerPool       *self,
                                     GCancellable       *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer            user_data)
{
  g_return_if_fail (WS_IS_SERVER_POOL (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  count (self, begin (self, ws_server_pool_get_statistics_async, cancellable,
                      callback, user_data));
}

/**
 * ws_server_pool_get_statistics_finish:
 * @self: a pool
 * @result: what the callback got
 * @error: return location for an error
 *
 * Gets what [method@ServerPool.get_statistics_async] has found.
 *
 * Returns: (transfer full): a snapshot, which began when the pool was made
 *
 * Since: 1.0
 */
WsServerStatistics *
ws_server_pool_get_statistics_finish (WsServerPool *self,
                                      GAsyncResult *result,
                                      GError      **error)
{
  const Census *census;

  g_return_val_if_fail (WS_IS_SERVER_POOL (self), NULL);
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (
      g_async_result_is_tagged (result, ws_server_pool_get_statistics_async),
      NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!g_task_propagate_boolean (G_TASK (result), error))
    return NULL;
  census = g_task_get_task_data (G_TASK (result));
  return ws_server_statistics_copy (&census->figures);
}

/**
 * ws_server_pool_dup_metrics_async:
 * @self: a pool
 * @cancellable: (nullable): gives up
 * @callback: (scope async) (closure user_data): called when all servers have
 *   been asked
 * @user_data: for @callback
 *
 * Gets the figures of [method@ServerPool.get_statistics_async] in the text
 * format of Prometheus, as [method@Server.dup_metrics] does for one server.
 *
 * The label `server` is what [property@Server:server-name] says of all of them.
 *
 * Since: 1.0
 */
void
ws_server_pool_dup_metrics_async (WsServerPool       *self,
                                  GCancellable       *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer            user_data)
{
  g_return_if_fail (WS_IS_SERVER_POOL (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  count (self, begin (self, ws_server_pool_dup_metrics_async, cancellable,
                      callback, user_data));
}

/**
 * ws_server_pool_dup_metrics_finish:
 * @self: a pool
 * @result: what the callback got
 * @error: return location for an error
 *
 * Gets the text of [method@ServerPool.dup_metrics_async].
 *
 * Returns: (transfer full): a text
 *
 * Since: 1.0
 */
char *
ws_server_pool_dup_metrics_finish (WsServerPool *self,
                                   GAsyncResult *result,
                                   GError      **error)
{
  WsServerMetrics metrics;

  g_return_val_if_fail (WS_IS_SERVER_POOL (self), NULL);
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (
      g_async_result_is_tagged (result, ws_server_pool_dup_metrics_async),
      NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!g_task_propagate_boolean (G_TASK (result), error))
    return NULL;
  metrics = get_metrics (G_TASK (result));
  return ws_server_metrics_to_text (&metrics);
}

/* --- Answering --- */

typedef struct
{
  WsServerHealthQuestion question;
  WsResponse            *response; /* (owned) */
} Answer;

static void
on_counted_for_answer (GObject *pool, GAsyncResult *result, gpointer data)
{
  g_autofree Answer    *self = data;
  const WsServerMetrics metrics = get_metrics (G_TASK (result));

  ws_server_health_answer (self->question, &metrics, self->response);
  ws_response_done (self->response);
  g_object_unref (self->response);
}

/**
 * ws_server_pool_answer_health:
 * @self: the pool that is asked about
 * @request: a request of plain HTTP
 * @response: the answer to it
 *
 * Answers those who watch a pool, as [method@Server.answer_health] does for a
 * server: `/healthz` is 200 while all its servers are well, `/metrics` has the
 * figures of all of them.
 *
 * To be called in a handler of [signal@Server::http-request] of a server that
 * belongs to the thread where the pool was made. The answer is put off until
 * all servers have been asked: where a thread hangs there is none.
 *
 * Returns: whether the request was one of these; if not, the answer is
 *   untouched
 *
 * Since: 1.0
 */
gboolean
ws_server_pool_answer_health (WsServerPool *self,
                              WsRequest    *request,
                              WsResponse   *response)
{
  WsServerHealthQuestion question;
  Answer                *answer;

  g_return_val_if_fail (WS_IS_SERVER_POOL (self), FALSE);
  g_return_val_if_fail (WS_IS_REQUEST (request), FALSE);
  g_return_val_if_fail (WS_IS_RESPONSE (response), FALSE);

  question = ws_server_health_read_question (request, response);
  if (question < WS_SERVER_HEALTH_STATE)
    return question == WS_SERVER_HEALTH_WRONG;
  if (!ws_server_pool_may_call (self, G_STRFUNC))
    {
      ws_response_refuse (response, 500, NULL);
      return TRUE;
    }
  answer = g_new (Answer, 1);
  *answer = (Answer){ question, g_object_ref (response) };
  ws_response_defer (response);
  count (self, begin (self, ws_server_pool_answer_health, NULL,
                      on_counted_for_answer, answer));
  return TRUE;
}
