/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Publishing that waits until the broker has carried the message. */
#include "server/ws-server-broadcast.h"

#include "server/ws-server-broker.h"
#include "ws-server-async.h"

static void
on_published (GObject *broker, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;

  if (ws_broker_publish_finish (WS_BROKER (broker), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* Takes @task. */
static void
publish (WsServer       *self,
         const char     *topic,
         WsMessage      *message,
         WsServerClient *except,
         GTask          *task)
{
  WsServerPrivate *priv = ws_server_peek (self);
  g_autoptr (WsPublication) publication = NULL;
  GError *error = NULL;

  if (priv->broker != NULL)
    {
      publication = ws_server_make_publication (self, topic, message, except);
      ws_broker_publish_async (priv->broker, publication,
                               g_task_get_cancellable (task), on_published,
                               task);
      return;
    }
  if (ws_server_publish_except (self, topic, message, except, &error) >= 0)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
  g_object_unref (task);
}

/* (nullable) */
static WsServerClient *
find_client (WsServer *self, WsSocket *socket)
{
  GSequence     *clients = ws_server_peek (self)->clients;
  GSequenceIter *iter = g_sequence_get_begin_iter (clients);

  for (; !g_sequence_iter_is_end (iter); iter = g_sequence_iter_next (iter))
    {
      WsServerClient *client = g_sequence_get (iter);

      if (client->socket == socket)
        return client;
    }
  return NULL;
}

/**
 * ws_server_publish_async:
 * @self: a server
 * @topic: what the message is about; "": it is for all clients
 * @message: the message
 * @except: (nullable): a client who does not get it
 * @cancellable: (nullable): gives up waiting, and what still waits for a
 *   connection; what the broker has may be published all the same
 * @callback: (scope async) (closure user_data): called when it was carried
 * @user_data: for @callback
 *
 * Publishes as [method@Server.publish], and waits until the
 * [property@Server:broker] has carried the message.
 *
 * Where the broker has no connection the message waits for one, for
 * [property@Broker:publish-timeout]. Without a broker it is sent at once.
 *
 * Since: 1.0
 */
void
ws_server_publish_async (WsServer           *self,
                         const char         *topic,
                         WsMessage          *message,
                         WsSocket           *except,
                         GCancellable       *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer            user_data)
{
  GTask  *task;
  GError *error = NULL;

  g_return_if_fail (WS_IS_SERVER (self));
  g_return_if_fail (topic != NULL);
  g_return_if_fail (message != NULL);
  g_return_if_fail (except == NULL || WS_IS_SOCKET (except));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, ws_server_publish_async);
  if (ws_server_check_thread (self, &error))
    {
      publish (self, topic, message,
               except != NULL ? find_client (self, except) : NULL, task);
      return;
    }
  g_task_return_error (task, error);
  g_object_unref (task);
}

/**
 * ws_server_publish_finish:
 * @self: a server
 * @result: what the callback got
 * @error: return location for an error
 *
 * Gets how [method@Server.publish_async] went.
 *
 * Fails as [method@Server.publish] and [method@Broker.publish_finish].
 *
 * Returns: whether the message was carried
 *
 * Since: 1.0
 */
gboolean
ws_server_publish_finish (WsServer *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (WS_IS_SERVER (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result,
                                                  ws_server_publish_async),
                        FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
