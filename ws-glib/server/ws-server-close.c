/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "server/ws-server-core.h"

#include "server/ws-server-client.h"
#include "server/ws-server-waiting.h"
#include "ws-server-async.h"
#include "socket/ws-socket-ending.h"

/* (transfer full): references, for handlers may change every list. */
static GPtrArray *
list_left (WsServerClosing *call, WsServer *self)
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
static void
abort_left (gpointer server, WsCall *call)
{
  g_autoptr (GPtrArray) clients = list_left ((WsServerClosing *) call, server);

  for (guint i = 0; i < clients->len; i++)
    {
      WsServerClient *client = g_ptr_array_index (clients, i);

      if (client->server != NULL)
        ws_socket_abort (client->socket);
    }
}

static void
clear_left (WsCall *call)
{
  g_hash_table_unref (((WsServerClosing *) call)->left);
}

static const WsCallClass close_class
    = { sizeof (WsServerClosing), abort_left, clear_left };

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
      WsServerClient *client = link->data;

      ws_socket_close_unread (client->socket, code, reason);
    }
}

static void
close_all (WsServer        *self,
           WsServerClosing *call,
           guint            code,
           const char      *reason)
{
  WsServerPrivate *priv = ws_server_peek (self);
  g_autoptr (GPtrArray) clients = NULL;

  g_hash_table_add (call->left, self);
  g_sequence_foreach (priv->clients, add_left, call->left);
  clients = list_left (call, self);
  ws_call_queue (&call->base, &priv->closings);
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
  WsServerClosing *call;
  GError          *refusal = NULL;

  g_return_if_fail (WS_IS_SERVER (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  if (ws_server_check_thread (self, &refusal))
    ws_socket_check_closing (code, reason, &refusal);
  call = (WsServerClosing *) ws_call_begin (&close_class, self,
                                            ws_server_close_async, refusal,
                                            cancellable, callback, user_data);
  if (call == NULL)
    return;
  call->left = g_hash_table_new (NULL, NULL);
  close_all (self, call, code, reason);
  /* A handler may have run the main loop until all was over. */
  if (g_hash_table_size (call->left) == 0)
    ws_call_return (&call->base);
  else
    ws_call_watch_cancellable (&call->base);
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
