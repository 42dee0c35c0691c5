/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a server's socket has subscribed to; the server keeps it. */
#include "socket/ws-socket-core.h"

#include "ws-socket-error.h"

static gboolean
check_topic (WsSocket *self, const char *topic, GError **error)
{
  WsSocketPrivate *priv = ws_socket_peek (self);

  if (!ws_socket_check_thread (self, error))
    return FALSE;
  if (priv->owner == NULL && priv->now.resource == NULL)
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
  return priv->owner->publish (priv->owner_data, topic, message, self);
}
