/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a server's socket has subscribed to; the server keeps it. */
#include "socket/ws-socket-core.h"

#include "socket/ws-socket-recovered.h"

#include "ws-socket-error.h"

static gboolean
check_topic (WsSocket *self, const char *topic, GError **error)
{
  WsSocketPrivate *priv = ws_socket_peek (self);

  if (!ws_socket_check_thread (self, error))
    return FALSE;
  if (priv->owner == NULL && !priv->now.is_incoming)
    {
      g_set_error_literal (error, WS_SOCKET_ERROR,
                           WS_SOCKET_ERROR_UNSUPPORTED_SOCKET_OPERATION,
                           "Topics are for the sockets of a server; this is a "
                           "client's");
      return FALSE;
    }
  if (*topic != '\0' && g_utf8_validate (topic, -1, NULL))
    return TRUE;
  g_set_error_literal (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_INVALID_ARGUMENT,
                       *topic == '\0' ? "The name of a topic is empty"
                                      : "The name of a topic is not valid "
                                        "UTF-8");
  return FALSE;
}

static gboolean
check_connected (WsSocket *self, const char *topic, GError **error)
{
  WsSocketPrivate *priv = ws_socket_peek (self);

  if (!check_topic (self, topic, error))
    return FALSE;
  if (priv->owner != NULL && priv->state == WS_STATE_CONNECTED)
    return TRUE;
  g_set_error_literal (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_NOT_CONNECTED,
                       "Only a connected socket has to do with topics");
  return FALSE;
}

/**
 * ws_socket_subscribe:
 * @self: a socket of a server
 * @topic: the topic's name: any text but the empty one
 * @error: return location for an error
 *
 * Lets a client get what [method@Server.publish] sends about a topic.
 *
 * That ends with [method@Socket.unsubscribe] or with the connection. It is for
 * the server to decide: nothing of it goes to the client. Subscribing twice is
 * as good as once.
 *
 * Fails with %WS_SOCKET_ERROR_LIMIT_REACHED beyond
 * [property@Server:max-topics-per-client] or [property@Server:max-topic-size],
 * with %WS_SOCKET_ERROR_NOT_CONNECTED, with %WS_SOCKET_ERROR_INVALID_ARGUMENT
 * for a name that is empty or not UTF-8, and with
 * %WS_SOCKET_ERROR_UNSUPPORTED_SOCKET_OPERATION on a client's socket.
 *
 * Returns: whether the topic is subscribed to
 *
 * Since: 1.0
 */
gboolean
ws_socket_subscribe (WsSocket *self, const char *topic, GError **error)
{
  WsSocketPrivate *priv;

  g_return_val_if_fail (WS_IS_SOCKET (self), FALSE);
  g_return_val_if_fail (topic != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!check_connected (self, topic, error))
    return FALSE;
  priv = ws_socket_peek (self);
  return priv->owner->subscribe (priv->owner_data, topic, error);
}

/**
 * ws_socket_unsubscribe:
 * @self: a socket of a server
 * @topic: the topic's name
 * @error: return location for an error
 *
 * Ends what [method@Socket.subscribe] has begun.
 *
 * Fails as that, but not on a socket that is not connected: its subscriptions
 * have ended, or will.
 *
 * Returns: whether the topic is not subscribed to any more, also when it never
 *   was
 *
 * Since: 1.0
 */
gboolean
ws_socket_unsubscribe (WsSocket *self, const char *topic, GError **error)
{
  WsSocketPrivate *priv;

  g_return_val_if_fail (WS_IS_SOCKET (self), FALSE);
  g_return_val_if_fail (topic != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!check_topic (self, topic, error))
    return FALSE;
  priv = ws_socket_peek (self);
  if (priv->owner != NULL)
    priv->owner->unsubscribe (priv->owner_data, topic);
  return TRUE;
}

/**
 * ws_socket_get_topics:
 * @self: a socket
 *
 * Gets the topics that are subscribed to, the oldest subscription first.
 *
 * They are still there in the handlers of [signal@Socket::disconnected], and
 * gone in those of [signal@Server::client-disconnected].
 *
 * Returns: (transfer full) (array zero-terminated=1): their names; none on a
 *   client's socket, and in a thread that the socket does not belong to
 *
 * Since: 1.0
 */
char **
ws_socket_get_topics (WsSocket *self)
{
  WsSocketPrivate *priv;

  g_return_val_if_fail (WS_IS_SOCKET (self), NULL);

  priv = ws_socket_peek (self);
  if (!ws_socket_check_thread (self, NULL) || priv->owner == NULL)
    return g_new0 (char *, 1);
  return priv->owner->list_topics (priv->owner_data);
}

/**
 * ws_socket_publish:
 * @self: a socket of a server
 * @topic: what the message is about
 * @message: the message
 * @error: return location for an error
 *
 * Sends a message to all other clients that have subscribed to a topic.
 *
 * As [method@Server.publish], but not to this one, which need not have
 * subscribed itself: what somebody says in a chat goes to everybody else. Fails
 * as [method@Socket.subscribe].
 *
 * Returns: the number of clients that will get it, or -1 on error
 *
 * Since: 1.0
 */
gssize
ws_socket_publish (WsSocket   *self,
                   const char *topic,
                   WsMessage  *message,
                   GError    **error)
{
  WsSocketPrivate *priv;

  g_return_val_if_fail (WS_IS_SOCKET (self), -1);
  g_return_val_if_fail (topic != NULL, -1);
  g_return_val_if_fail (message != NULL, -1);
  g_return_val_if_fail (error == NULL || *error == NULL, -1);

  if (!check_connected (self, topic, error))
    return -1;
  priv = ws_socket_peek (self);
  return priv->owner->publish (priv->owner_data, topic, message, error);
}

/**
 * ws_socket_subscribe_since_async:
 * @self: a socket of a server
 * @topic: the topic's name: any text but the empty one
 * @epoch: (nullable): the epoch that @offset belongs to; %NULL: the client
 *   knows nothing of the topic yet
 * @offset: the offset of the last publication that the client has got
 * @cancellable: (nullable): gives up waiting; the subscription stays, and what
 *   is missing is sent all the same
 * @callback: (scope async) (closure user_data): called when the client has it
 * @user_data: for @callback
 *
 * Subscribes to a topic with a history ([method@Broker.set_history]), and sends
 * what was published after the client had left.
 *
 * The client gets everything after @offset in its order, with no gap and
 * nothing twice, and then what is published from now on. It says itself how far
 * it has come: [signal@Server::format-publication] is where it can be told.
 *
 * If that cannot be known, since it is not kept any more or the history has
 * begun anew, nothing of it is sent, and the callback learns so: the client has
 * to load its state as of the position that
 * [method@Socket.subscribe_since_finish] tells, and gets what is published
 * after that.
 *
 * What the client itself has published before it left comes, too. A topic
 * without a history is just subscribed to; the call ends when what any server
 * publishes from then on reaches the client.
 *
 * Since: 1.0
 */
void
ws_socket_subscribe_since_async (WsSocket           *self,
                                 const char         *topic,
                                 const char         *epoch,
                                 guint64             offset,
                                 GCancellable       *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer            user_data)
{
  WsSocketPrivate *priv;
  GError          *error = NULL;
  GTask           *task;

  g_return_if_fail (WS_IS_SOCKET (self));
  g_return_if_fail (topic != NULL);
  g_return_if_fail (epoch == NULL || g_utf8_validate (epoch, -1, NULL));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, ws_socket_subscribe_since_async);
  if (!check_connected (self, topic, &error))
    {
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }
  priv = ws_socket_peek (self);
  priv->owner->recover (priv->owner_data, topic, epoch, offset, task);
}

/**
 * ws_socket_subscribe_since_finish:
 * @self: a socket of a server
 * @result: what the callback got
 * @recovered: (out) (optional): whether the client has missed nothing
 * @epoch: (out) (optional) (nullable): the epoch of the topic now; %NULL: the
 *   topic has no history
 * @offset: (out) (optional): the offset up to which the client has everything,
 *   or, if not @recovered, after which it gets everything
 * @error: return location for an error
 *
 * Gets how [method@Socket.subscribe_since_async] went.
 *
 * Fails as [method@Socket.subscribe], and with what the broker says; then the
 * client is not subscribed, unless it was before. When the client leaves or is
 * unsubscribed meanwhile the call ends at once, with
 * %WS_SOCKET_ERROR_NOT_CONNECTED, whether the broker has answered or not.
 *
 * Returns: whether the client is subscribed
 *
 * Since: 1.0
 */
gboolean
ws_socket_subscribe_since_finish (WsSocket     *self,
                                  GAsyncResult *result,
                                  gboolean     *recovered,
                                  char        **epoch,
                                  guint64      *offset,
                                  GError      **error)
{
  WsRecovered *found;

  g_return_val_if_fail (WS_IS_SOCKET (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (
      g_async_result_is_tagged (result, ws_socket_subscribe_since_async),
      FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  found = g_task_propagate_pointer (G_TASK (result), error);
  if (recovered != NULL)
    *recovered = found != NULL && found->is_recovered;
  if (epoch != NULL)
    *epoch = found != NULL ? g_strdup (found->epoch) : NULL;
  if (offset != NULL)
    *offset = found != NULL ? found->offset : 0;
  if (found == NULL)
    return FALSE;
  ws_recovered_free (found);
  return TRUE;
}

/**
 * ws_socket_announce:
 * @self: a socket of a server
 * @topic: the name of a topic that it has subscribed to
 * @text: (nullable): what others may know of the client; %NULL: it is not
 *   present any more
 * @error: return location for an error
 *
 * Says that a client is present in a topic.
 *
 * All servers of the [property@Server:broker] can ask who is
 * ([method@Broker.read_presence_async]). It ends with the subscription. Saying
 * it again changes the text.
 *
 * Fails as [method@Socket.subscribe], with
 * %WS_SOCKET_ERROR_UNSUPPORTED_SOCKET_OPERATION if the server has no broker,
 * and with %WS_SOCKET_ERROR_INVALID_ARGUMENT if the client has not subscribed
 * to the topic, or the text is not UTF-8.
 *
 * Returns: whether the broker knows
 *
 * Since: 1.0
 */
gboolean
ws_socket_announce (WsSocket   *self,
                    const char *topic,
                    const char *text,
                    GError    **error)
{
  WsSocketPrivate *priv;

  g_return_val_if_fail (WS_IS_SOCKET (self), FALSE);
  g_return_val_if_fail (topic != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!check_connected (self, topic, error))
    return FALSE;
  if (text != NULL && !g_utf8_validate (text, -1, NULL))
    {
      g_set_error_literal (error, WS_SOCKET_ERROR,
                           WS_SOCKET_ERROR_INVALID_ARGUMENT,
                           "What is to be told of the client is not valid "
                           "UTF-8");
      return FALSE;
    }
  priv = ws_socket_peek (self);
  return priv->owner->announce (priv->owner_data, topic, text, error);
}
