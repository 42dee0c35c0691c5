/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Closes a server with all its clients, and waits for their end. */
#include "server/ws-server-core.h"

#include "server/ws-server-accept.h"
#include "server/ws-server-waiting.h"
#include "ws-server-async.h"
#include "socket/ws-socket-ending.h"

static void
add_client (gpointer client, gpointer clients)
{
  ws_server_client_ref (client);
  g_ptr_array_add (clients, client);
}

/* (transfer full): references, for handlers may change every list. */
static GPtrArray *
list_clients (WsServer *self)
{
  WsServerPrivate *priv = ws_server_peek (self);
  GPtrArray       *clients = g_ptr_array_new_with_free_func (
            (GDestroyNotify) ws_server_client_unref);

  g_queue_foreach (&priv->openings, add_client, clients);
  g_queue_foreach (&priv->held, add_client, clients);
  g_queue_foreach (&priv->answers, add_client, clients);
  g_queue_foreach (&priv->arriving, add_client, clients);
  g_queue_foreach (&priv->pending, add_client, clients);
  g_sequence_foreach (priv->clients, add_client, clients);
  return clients;
}

/* Those who have not waited long enough are cut off. */
static void
cut_off (WsServerClient *client)
{
  WsServer *self = client->server;

  if (client->opening == NULL)
    {
      ws_socket_abort (client->socket);
      return;
    }
  ws_server_client_end (client);
  ws_server_note_gone (self, client);
}

static void
on_cancelled (gpointer server, WsCall *call)
{
  WsServer *self = server;
  g_autoptr (GPtrArray) clients = list_clients (self);

  for (guint i = 0; i < clients->len; i++)
    {
      WsServerClient *client = g_ptr_array_index (clients, i);

      if (client->server != NULL
          && g_hash_table_contains (((WsServerClosing *) call)->left, client))
        cut_off (client);
    }
  ws_server_check_accepts (self);
}

static void
clear (WsCall *call)
{
  WsServerClosing *self = (WsServerClosing *) call;

  g_hash_table_unref (self->left);
  g_free (self->reason);
}

static const WsCallClass close_class
    = { sizeof (WsServerClosing), on_cancelled, clear };

static void
close_all (WsServer *self, WsServerClosing *call)
{
  g_autoptr (GPtrArray) clients = list_clients (self);

  g_hash_table_add (call->left, self);
  for (guint i = 0; i < clients->len; i++)
    g_hash_table_add (call->left, g_ptr_array_index (clients, i));
  ws_call_queue (&call->base, &ws_server_peek (self)->closings);
  call->busy = TRUE;
  ws_server_close (self);
  for (guint i = 0; i < clients->len; i++)
    {
      WsServerClient *client = g_ptr_array_index (clients, i);

      if (client->server != NULL)
        ws_server_see_off (client, call);
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
 * Stops listening, as [method@Server.close], closes every client, and waits
 * until all of them are gone, and all answers are written.
 *
 * Each client has its [property@Socket:close-timeout] for that. Connections
 * that wait in the queue are told @code and @reason too, and left.
 *
 * Nobody who has come in time is left without an answer: one that is being
 * written goes on to its end, a request that is being read is asked about, and
 * a handshake is accepted and then closed as the others are. What is not there
 * when [property@Server:handshake-timeout] is over, or where a handler has put
 * its answer off after a quarter of that (but not less than 2 s), gets a 503.
 * So a server that has inherited its socket may be replaced without a loss.
 *
 * It is done when [signal@Server::closed] and each
 * [signal@Server::client-disconnected] has been emitted; who connects
 * meanwhile, because the server listens again, is not waited for. Cancelling it
 * aborts what is left. What [method@Socket.close] would refuse is refused with
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

  if (ws_server_check_begin (self, &refusal))
    ws_socket_check_closing (code, reason, &refusal);
  call = (WsServerClosing *) ws_call_begin (&close_class, self,
                                            ws_server_close_async, refusal,
                                            cancellable, callback, user_data);
  if (call == NULL)
    return;
  call->code = code;
  call->reason = g_strdup (reason);
  call->left = g_hash_table_new (NULL, NULL);
  close_all (self, call);
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
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result,
                                                  ws_server_close_async),
                        FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
