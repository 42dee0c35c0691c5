/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A server's connections, as GIO's asynchronous calls. */
#include "server/ws-server-accept.h"

#include "server/ws-server-broker.h"
#include "server/ws-server-client.h"
#include "server/ws-server-clients.h"
#include "server/ws-server-room.h"
#include "ws-server-async.h"
#include "socket/ws-socket-incoming.h"
#include "base/ws-call.h"

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
 * still say how to read it. */
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

/* Ends @call with the client's socket. */
static void
give (WsServerClient *client, WsCall *call)
{
  GTask    *task = ws_call_steal_task (call);
  WsSocket *socket = g_object_ref (client->socket);

  ws_server_client_ref (client);
  ws_server_client_leave (client);
  g_task_set_task_data (task, client, (GDestroyNotify) ws_server_client_unref);
  g_signal_connect (task, "notify::completed", G_CALLBACK (on_completed), NULL);
  ws_server_client_join (client);
  g_task_return_pointer (task, socket, g_object_unref);
  g_object_unref (task);
}

gboolean
ws_server_give_to_accept (WsServerClient *client)
{
  WsCall *call = g_queue_peek_head (&ws_server_peek (client->server)->accepts);

  if (call == NULL)
    return FALSE;
  give (client, call);
  return TRUE;
}

static void
fail_closed (WsCall *call)
{
  ws_call_fail (call, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CLOSED,
                                           "The server was closed"));
}

void
ws_server_end_accepts (WsServer *self)
{
  WsServerPrivate *priv = ws_server_peek (self);
  GQueue           calls = G_QUEUE_INIT;

  /* Who is told may ask for the next one. */
  while (priv->accepts.length > 0)
    ws_call_queue (priv->accepts.head->data, &calls);
  while (calls.length > 0)
    fail_closed (calls.head->data);
}

/* Whether the server was closed, and nobody is on the way any more. */
static gboolean
is_over (const WsServerPrivate *priv)
{
  return priv->is_closed && priv->openings.length == 0
         && priv->held.length == 0;
}

void
ws_server_check_accepts (WsServer *self)
{
  if (is_over (ws_server_peek (self)))
    ws_server_end_accepts (self);
}

static const WsCallClass accept_class = { sizeof (WsCall), NULL, NULL };

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
 * Once this was called, whoever finds the queue full is not refused, but waits
 * for the next call, for as long as [property@Server:handshake-timeout] says,
 * and gets a 503 then: a burst loses nobody.
 *
 * The socket is not read before [method@Server.accept_finish] has returned it
 * and the main loop has turned once more (or the callback has returned): until
 * then it can be set up, which is what [property@Socket:pull] needs.
 *
 * When the server is closed, calls that wait end with %G_IO_ERROR_CLOSED as
 * soon as nobody is on the way any more, as does a call on a server that was
 * closed and does not listen anew. On one that has never listened it waits for
 * [method@Server.handle_connection]. Like all calls that wait it holds a
 * reference to the server.
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
  WsCall          *call;
  GError          *refusal = NULL;

  g_return_if_fail (WS_IS_SERVER (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  priv = ws_server_peek (self);
  ws_server_check_begin (self, &refusal);
  call = ws_call_begin (&accept_class, self, ws_server_accept_async, refusal,
                        cancellable, callback, user_data);
  if (call == NULL)
    return;
  priv->is_asked = TRUE;
  client = g_queue_peek_head (&priv->pending);
  if (client != NULL)
    give (client, call);
  else if (is_over (priv))
    fail_closed (call);
  else
    {
      ws_server_adopt_context (self);
      ws_server_attach_broker (self);
      ws_call_queue (call, &priv->accepts);
      ws_call_watch_cancellable (call);
    }
  ws_server_note_place (self);
}

/**
 * ws_server_accept_finish:
 * @self: a server
 * @result: what the callback got
 * @error: return location for an error
 *
 * Gets the connection that [method@Server.accept_async] has waited for.
 *
 * Returns: (transfer full): a socket, which may have been disconnected
 *   meanwhile; %NULL on error
 *
 * Since: 1.0
 */
WsSocket *
ws_server_accept_finish (WsServer *self, GAsyncResult *result, GError **error)
{
  WsServerClient *client;

  g_return_val_if_fail (WS_IS_SERVER (self), NULL);
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result,
                                                  ws_server_accept_async),
                        NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  client = g_task_get_task_data (G_TASK (result));
  if (client != NULL)
    start_later (client);
  return g_task_propagate_pointer (G_TASK (result), error);
}
