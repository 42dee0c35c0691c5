/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Closes a server with all its clients, at once or one after the other, and
 * waits for their end. */
#include "server/ws-server-core.h"

#include "server/ws-server-accept.h"
#include "server/ws-server-drain.h"
#include "server/ws-server-log.h"
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
  WsServer        *server = g_task_get_source_object (call->task);

  if (ws_deadline_is_armed (&self->deadline))
    ws_poller_disarm (ws_server_peek (server)->poller, &self->deadline);
  g_clear_pointer (&self->waiting, g_ptr_array_unref);
  g_hash_table_unref (self->left);
  g_free (self->reason);
  if (self->is_drain)
    ws_server_note_drain (server, FALSE);
}

static const WsCallClass close_class
    = { sizeof (WsServerClosing), on_cancelled, clear };

/* --- One after the other --- */

/* Monotonic µs: the first is told at once, and after the last nobody waits. */
static gint64
get_due (const WsServerClosing *call, guint i)
{
  return call->begun + call->window * i / (gint64) call->waiting->len;
}

/* What is later than that is put off, with all that follows: a server that was
 * held up goes on evenly, rather than to send away at once who should have been
 * gone. */
static gint64
get_most_late (const WsServerClosing *call)
{
  return call->window / 40;
}

/* (transfer full): whose time has come. */
static GPtrArray *
take_due (WsServerClosing *call, gint64 now)
{
  GPtrArray *due = g_ptr_array_new_with_free_func (
      (GDestroyNotify) ws_server_client_unref);
  const gint64 late = now - get_due (call, call->n_told);

  if (late > get_most_late (call))
    call->begun += late - get_most_late (call);
  while (call->n_told < call->waiting->len
         && get_due (call, call->n_told) <= now)
    add_client (g_ptr_array_index (call->waiting, call->n_told++), due);
  return due;
}

/* A handler may end the call, which nothing may look at any more then. */
static void
tell_due (WsServer *self, WsServerClosing *call)
{
  WsPoller        *poller = ws_server_peek (self)->poller;
  const guint      code = call->code;
  g_autofree char *reason = g_strdup (call->reason);
  g_autoptr (GPtrArray) due = take_due (call, ws_poller_now (poller));

  if (call->n_told < call->waiting->len)
    ws_poller_arm (poller, &call->deadline, get_due (call, call->n_told));
  g_object_ref (self);
  for (guint i = 0; i < due->len; i++)
    {
      WsServerClient *client = g_ptr_array_index (due, i);

      if (client->server != NULL)
        ws_server_see_off (client, code, reason);
    }
  g_object_unref (self);
}

static void
on_deadline (WsDeadline *deadline)
{
  WsServerClosing *call = WS_CONTAINER_OF (deadline, WsServerClosing, deadline);

  tell_due (g_task_get_source_object (call->base.task), call);
}

/* Whether it is a connection that somebody has taken; others have no time to
 * wait for. */
static gboolean
may_wait (WsServerClient *client)
{
  return client->iter != NULL;
}

static void
begin_to_wait (WsServer *self, WsServerClosing *call, GPtrArray *clients)
{
  call->waiting = g_ptr_array_new_with_free_func (
      (GDestroyNotify) ws_server_client_unref);
  for (guint i = 0; i < clients->len; i++)
    if (may_wait (g_ptr_array_index (clients, i)))
      add_client (g_ptr_array_index (clients, i), call->waiting);
  call->begun = ws_poller_now (ws_server_peek (self)->poller);
  call->deadline.func = on_deadline;
  if (call->waiting->len > 0)
    tell_due (self, call);
}

/* --- Beginning --- */

static void
close_all (WsServer *self, WsServerClosing *call)
{
  g_autoptr (GPtrArray) clients = list_clients (self);

  g_hash_table_add (call->left, self);
  for (guint i = 0; i < clients->len; i++)
    g_hash_table_add (call->left, g_ptr_array_index (clients, i));
  ws_call_queue (&call->base, &ws_server_peek (self)->closings);
  call->busy = TRUE;
  if (call->is_drain)
    {
      ws_server_log (self,
                     "draining: %u connections in %" G_GINT64_FORMAT " ms",
                     clients->len, call->window / 1000);
      ws_server_note_drain (self, TRUE);
    }
  ws_server_close (self);
  for (guint i = 0; i < clients->len; i++)
    {
      WsServerClient *client = g_ptr_array_index (clients, i);

      if (client->server != NULL && !(call->is_drain && may_wait (client)))
        ws_server_see_off (client, call->code, call->reason);
    }
  if (call->is_drain)
    begin_to_wait (self, call, clients);
  call->busy = FALSE;
}

/* Takes @refusal. */
static void
begin_closing (WsServer              *self,
               const WsServerClosing *wanted,
               gpointer               source_tag,
               GError                *refusal,
               GCancellable          *cancellable,
               GAsyncReadyCallback    callback,
               gpointer               user_data)
{
  WsServerClosing *call
      = (WsServerClosing *) ws_call_begin (&close_class, self, source_tag,
                                           refusal, cancellable, callback,
                                           user_data);

  if (call == NULL)
    return;
  call->code = wanted->code;
  call->reason = g_strdup (wanted->reason);
  call->is_drain = wanted->is_drain;
  call->window = wanted->window;
  call->left = g_hash_table_new (NULL, NULL);
  close_all (self, call);
  /* A handler may have run the main loop until all was over. */
  if (g_hash_table_size (call->left) == 0)
    ws_call_return (&call->base);
  else
    ws_call_watch_cancellable (&call->base);
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
  WsServerClosing wanted = { .code = code, .reason = (char *) reason };
  GError         *refusal = NULL;

  g_return_if_fail (WS_IS_SERVER (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  if (ws_server_check_begin (self, &refusal))
    ws_socket_check_closing (code, reason, &refusal);
  begin_closing (self, &wanted, ws_server_close_async, refusal, cancellable,
                 callback, user_data);
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

/**
 * ws_server_drain_async:
 * @self: a server
 * @window: milliseconds for all clients together; 0: all at once
 * @cancellable: (nullable): ends all connections at once
 * @callback: (scope async) (closure user_data): called when all is over
 * @user_data: for @callback
 *
 * Stops listening, as [method@Server.close], and sends the clients away, one
 * after the other and evenly over @window, so that nobody is stormed by all of
 * them: neither this server, nor the one that takes them over.
 *
 * Each is told 1012, the server is restarting (the registry of RFC 6455,
 * 11.7), and has its [property@Socket:close-timeout] to answer; whose time has
 * not come goes on as ever. A [class@ReconnectPolicy] comes back then. Who is
 * on the way gets in no more, but a 503 that says `Retry-After`; requests of
 * plain HTTP are answered as ever, and answers written to their end.
 *
 * A server that is held up meanwhile goes on evenly, and takes so much longer.
 * It is done when all are gone, as [method@Server.close_async] is, which may be
 * called meanwhile where there is no more time. [property@Server:draining] is
 * %TRUE until then. Cancelling it aborts what is left.
 *
 * Since: 1.0
 */
void
ws_server_drain_async (WsServer           *self,
                       guint               window,
                       GCancellable       *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer            user_data)
{
  WsServerClosing wanted = { .code = WS_CLOSE_CODE_SERVICE_RESTART,
                             .reason = (char *) "The server is restarting",
                             .is_drain = TRUE,
                             .window = window * (gint64) 1000 };
  GError         *refusal = NULL;

  g_return_if_fail (WS_IS_SERVER (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  ws_server_check_begin (self, &refusal);
  begin_closing (self, &wanted, ws_server_drain_async, refusal, cancellable,
                 callback, user_data);
}

/**
 * ws_server_drain_finish:
 * @self: a server
 * @result: what the callback got
 * @error: return location for an error
 *
 * Gets how [method@Server.drain_async] went.
 *
 * Returns: whether all clients are gone in order, or by their own fault
 *
 * Since: 1.0
 */
gboolean
ws_server_drain_finish (WsServer *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (WS_IS_SERVER (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result,
                                                  ws_server_drain_async),
                        FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
