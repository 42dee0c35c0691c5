/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ws-server-async.h"

#include "server/ws-server-private.h"
#include "socket/ws-socket-private.h"

/* A server's connections and its end, as GIO's asynchronous calls. */

/* Calls end in the order in which they got their results: GTask puts off what
 * is there within the iteration that the call was made in. */
#define ACCEPT_PRIORITY (G_PRIORITY_DEFAULT - 10)

/* A call that waits. Its task holds a reference to the server. */
typedef struct
{
  GTask      *task;   /* (owned) */
  GSource    *cancel; /* (owned) (nullable): while it can be cancelled */
  GHashTable *left;   /* (owned) (nullable): of a close_async(), whom it waits
                       * for: WsServerClient, unowned, and until the signal
                       * closed the server */
  gboolean    busy;   /* a close_async() that is closing them still */
} Call;

/* (transfer full) (nullable): none when it has ended already. */
static GTask *
begin_task (WsServer           *self,
            gpointer            source_tag,
            GCancellable       *cancellable,
            GAsyncReadyCallback callback,
            gpointer            user_data)
{
  GTask  *task = g_task_new (self, cancellable, callback, user_data);
  GError *error = NULL;

  g_task_set_source_tag (task, source_tag);
  /* A result that is there counts: a socket would be lost. */
  g_task_set_check_cancellable (task, FALSE);
  if (!ws_server_check_thread (self, &error))
    g_task_return_error (task, error);
  if (error == NULL && !g_task_return_error_if_cancelled (task))
    return task;
  g_object_unref (task);
  return NULL;
}

static Call *
call_new (GTask *task)
{
  Call *call = g_new0 (Call, 1);

  call->task = task;
  return call;
}

static void
watch_cancellable (Call *call, GCancellableSourceFunc function)
{
  GCancellable *cancellable = g_task_get_cancellable (call->task);

  if (cancellable == NULL)
    return;
  call->cancel = g_cancellable_source_new (cancellable);
  g_source_set_callback (call->cancel, G_SOURCE_FUNC (function), call, NULL);
  g_source_attach (call->cancel, g_task_get_context (call->task));
}

/* (transfer full): frees a call that is in no queue any more. */
static GTask *
call_steal_task (Call *call)
{
  GTask *task = call->task;

  if (call->cancel != NULL)
    {
      g_source_destroy (call->cancel);
      g_source_unref (call->cancel);
    }
  g_clear_pointer (&call->left, g_hash_table_unref);
  g_free (call);
  return task;
}

/* --- Accepting --- */

static gboolean
on_start (gpointer user_data)
{
  WsServerClient *client = user_data;

  if (client->server != NULL)
    ws_socket_start (client->socket);
  return G_SOURCE_REMOVE;
}

/* Reading begins a turn of the main loop later: whoever has got the socket may
 * still say how it is to be read. */
static void
start_later (WsServerClient *client)
{
  g_autoptr (GSource) source = NULL;

  if (client->is_started || client->server == NULL)
    return;
  client->is_started = TRUE;
  source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  ws_server_client_ref (client);
  g_source_set_callback (source, on_start, client,
                         (GDestroyNotify) ws_server_client_unref);
  g_source_attach (source, ws_server_peek (client->server)->home.context);
}

/* Nobody may have asked for the result. */
static void
on_completed (GTask *task, GParamSpec *pspec, gpointer user_data)
{
  start_later (g_task_get_task_data (task));
}

/* Takes @task. */
static void
give (WsServerClient *client, GTask *task)
{
  WsSocket *socket = g_object_ref (client->socket);

  ws_server_client_ref (client);
  g_task_set_task_data (task, client, (GDestroyNotify) ws_server_client_unref);
  g_signal_connect (task, "notify::completed", G_CALLBACK (on_completed), NULL);
  ws_server_client_join (client);
  g_task_return_pointer (task, socket, g_object_unref);
  g_object_unref (task);
}

gboolean
ws_server_give_to_accept (WsServerClient *client)
{
  Call *call = g_queue_pop_head (&ws_server_peek (client->server)->accepts);

  if (call == NULL)
    return FALSE;
  give (client, call_steal_task (call));
  return TRUE;
}

static void
fail_closed (GTask *task)
{
  g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CLOSED,
                           "The server was closed");
  g_object_unref (task);
}

void
ws_server_end_accepts (WsServer *self)
{
  WsServerPrivate *priv = ws_server_peek (self);
  GQueue           calls = priv->accepts;
  Call            *call;

  /* Who is told may ask for the next one. */
  g_queue_init (&priv->accepts);
  while ((call = g_queue_pop_head (&calls)) != NULL)
    fail_closed (call_steal_task (call));
}

static gboolean
on_accept_cancelled (GCancellable *cancellable, gpointer user_data)
{
  Call     *call = user_data;
  WsServer *self = g_task_get_source_object (call->task);
  g_autoptr (GTask) task = NULL;

  g_queue_remove (&ws_server_peek (self)->accepts, call);
  task = call_steal_task (call);
  g_task_return_error_if_cancelled (task);
  return G_SOURCE_REMOVE;
}

/**
 * ws_server_accept_async:
 * @self: a server
 * @cancellable: (nullable): gives up waiting
 * @callback: (scope async) (closure user_data): called when a client has
 *   connected
 * @user_data: for @callback
 *
 * Takes the connection that waits longest, or waits for the next one.
 *
 * Several calls are served in the order in which they were made. While one
 * waits, a new connection goes to it: not to the queue, whatever
 * [property@Server:max-pending-connections] is, nor to the handlers of
 * [signal@Server::client-connected]. From then on the socket is an item of the
 * server's list model, and the server keeps a reference until it is
 * disconnected.
 *
 * The socket is not read before [method@Server.accept_finish] has returned it and
 * the main loop has turned once more (or the callback has returned): until then
 * it can be set up, which is what [property@Socket:pull] needs.
 *
 * When the server is closed, calls that wait end with %G_IO_ERROR_CLOSED, as does
 * a call on a server that was closed and does not listen anew. On one that has
 * never listened it waits for [method@Server.handle_connection]. Like all calls
 * that wait it holds a reference to the server.
 *
 * Since: 1.0
 */
void
ws_server_accept_async (WsServer           *self,
                        GCancellable       *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer            user_data)
{
  WsServerPrivate *priv;
  WsServerClient  *client;
  GTask           *task;
  Call            *call;

  g_return_if_fail (WS_IS_SERVER (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  priv = ws_server_peek (self);
  task = begin_task (self, ws_server_accept_async, cancellable, callback,
                     user_data);
  if (task == NULL)
    return;
  g_task_set_priority (task, ACCEPT_PRIORITY);
  client = g_queue_pop_head (&priv->pending);
  if (client != NULL)
    {
      client->link = NULL;
      give (client, task);
    }
  else if (priv->is_closed)
    fail_closed (task);
  else
    {
      ws_server_adopt_context (self);
      call = call_new (task);
      g_queue_push_tail (&priv->accepts, call);
      watch_cancellable (call, on_accept_cancelled);
    }
}

/**
 * ws_server_accept_finish:
 * @self: a server
 * @result: what the callback got
 * @error: return location for an error
 *
 * Gets the connection that [method@Server.accept_async] has waited for.
 *
 * Returns: (transfer full): a socket, which may have been disconnected meanwhile;
 *   %NULL on error
 *
 * Since: 1.0
 */
WsSocket *
ws_server_accept_finish (WsServer *self, GAsyncResult *result, GError **error)
{
  WsServerClient *client;

  g_return_val_if_fail (WS_IS_SERVER (self), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result,
                                                  ws_server_accept_async),
                        NULL);
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  client = g_task_get_task_data (G_TASK (result));
  if (client != NULL)
    start_later (client);
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* --- Closing --- */

static void
return_true (Call *call)
{
  g_autoptr (GTask) task = call_steal_task (call);

  g_task_return_boolean (task, TRUE);
}

void
ws_server_note_gone (WsServer *self, gpointer who)
{
  WsServerPrivate *priv = ws_server_peek (self);
  GQueue           over = G_QUEUE_INIT;
  GList           *next;

  for (GList *link = priv->closings.head; link != NULL; link = next)
    {
      Call *call = link->data;

      next = link->next;
      if (!g_hash_table_remove (call->left, who) || call->busy
          || g_hash_table_size (call->left) > 0)
        continue;
      g_queue_unlink (&priv->closings, link);
      g_queue_push_tail_link (&over, link);
    }
  while (over.length > 0)
    return_true (g_queue_pop_head (&over));
}

void
ws_server_end_closings (WsServer *self)
{
  WsServerPrivate *priv = ws_server_peek (self);
  GQueue           over = G_QUEUE_INIT;
  GList           *next;

  for (GList *link = priv->closings.head; link != NULL; link = next)
    {
      Call *call = link->data;

      next = link->next;
      g_hash_table_remove_all (call->left);
      if (call->busy)
        continue;
      g_queue_unlink (&priv->closings, link);
      g_queue_push_tail_link (&over, link);
    }
  while (over.length > 0)
    return_true (g_queue_pop_head (&over));
}

/* (transfer full): references, for handlers may change every list. */
static GPtrArray *
list_left (Call *call, WsServer *self)
{
  WsServerPrivate *priv = ws_server_peek (self);
  GPtrArray       *clients = g_ptr_array_new_with_free_func (
            (GDestroyNotify) ws_server_client_unref);
  GSequenceIter *iter = g_sequence_get_begin_iter (priv->clients);

  for (; !g_sequence_iter_is_end (iter); iter = g_sequence_iter_next (iter))
    {
      WsServerClient *client = g_sequence_get (iter);

      if (!g_hash_table_contains (call->left, client))
        continue;
      ws_server_client_ref (client);
      g_ptr_array_add (clients, client);
    }
  return clients;
}

/* Those who have not waited long enough are cut off. */
static gboolean
on_close_cancelled (GCancellable *cancellable, gpointer user_data)
{
  Call     *call = user_data;
  WsServer *self = g_task_get_source_object (call->task);
  g_autoptr (GPtrArray) clients = list_left (call, self);
  g_autoptr (GTask) task = NULL;

  g_queue_remove (&ws_server_peek (self)->closings, call);
  task = call_steal_task (call);
  for (guint i = 0; i < clients->len; i++)
    {
      WsServerClient *client = g_ptr_array_index (clients, i);

      if (client->server != NULL)
        ws_socket_abort (client->socket);
    }
  g_task_return_error_if_cancelled (task);
  return G_SOURCE_REMOVE;
}

static void
add_left (gpointer client, gpointer left)
{
  g_hash_table_add (left, client);
}

/* What nobody has taken is told, but not waited for. */
static void
close_pending (WsServer *self, guint code, const char *reason)
{
  WsServerPrivate *priv = ws_server_peek (self);

  for (GList *link = priv->pending.head; link != NULL; link = link->next)
    {
      WsServerClient  *client = link->data;
      WsSocketPrivate *socket = ws_socket_peek (client->socket);

      if (socket->engine != NULL)
        ws_engine_close (socket->engine, code, reason);
    }
}

static void
close_all (WsServer *self, Call *call, guint code, const char *reason)
{
  WsServerPrivate *priv = ws_server_peek (self);
  g_autoptr (GPtrArray) clients = NULL;

  call->left = g_hash_table_new (NULL, NULL);
  g_hash_table_add (call->left, self);
  g_sequence_foreach (priv->clients, add_left, call->left);
  clients = list_left (call, self);
  g_queue_push_tail (&priv->closings, call);
  call->busy = TRUE;
  close_pending (self, code, reason);
  ws_server_close (self);
  for (guint i = 0; i < clients->len; i++)
    {
      WsServerClient *client = g_ptr_array_index (clients, i);

      if (client->server != NULL)
        ws_socket_close (client->socket, code, reason, NULL);
    }
  call->busy = FALSE;
}

/**
 * ws_server_close_async:
 * @self: a server
 * @code: the close code for the clients, as for [method@Socket.close]
 * @reason: (nullable): why, for the clients
 * @cancellable: (nullable): ends all connections at once
 * @callback: (scope async) (closure user_data): called when all is over
 * @user_data: for @callback
 *
 * Stops listening, as [method@Server.close], closes every client, and waits until
 * all of them are gone.
 *
 * Each has its [property@Socket:close-timeout] for that. Connections that wait in
 * the queue are told @code and @reason too, and left. It is done when
 * [signal@Server::closed] and each [signal@Server::client-disconnected] has been
 * emitted; who connects meanwhile, because the server listens again, is not waited
 * for. Cancelling it aborts the connections that are left. What
 * [method@Socket.close] would refuse is refused with
 * %WS_SOCKET_ERROR_INVALID_ARGUMENT, and nothing is closed.
 *
 * Since: 1.0
 */
void
ws_server_close_async (WsServer           *self,
                       guint               code,
                       const char         *reason,
                       GCancellable       *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer            user_data)
{
  GTask  *task;
  Call   *call;
  GError *error = NULL;

  g_return_if_fail (WS_IS_SERVER (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = begin_task (self, ws_server_close_async, cancellable, callback,
                     user_data);
  if (task == NULL)
    return;
  if (!ws_socket_check_closing (code, reason, &error))
    {
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }
  call = call_new (g_object_ref (task));
  close_all (self, call, code, reason);
  /* A handler may have run the main loop until all was over. */
  if (g_hash_table_size (call->left) == 0)
    {
      g_queue_remove (&ws_server_peek (self)->closings, call);
      return_true (call);
    }
  else
    watch_cancellable (call, on_close_cancelled);
  g_object_unref (task);
}

/**
 * ws_server_close_finish:
 * @self: a server
 * @result: what the callback got
 * @error: return location for an error
 *
 * Gets how [method@Server.close_async] went.
 *
 * Returns: whether all clients are gone in order, or by their own fault
 *
 * Since: 1.0
 */
gboolean
ws_server_close_finish (WsServer *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (WS_IS_SERVER (self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result,
                                                  ws_server_close_async),
                        FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
