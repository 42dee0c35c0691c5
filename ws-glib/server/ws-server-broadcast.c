/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Messages to all, or to those who want them: here, or wherever the broker
 * carries them. */
#include "server/ws-server-broadcast.h"

#include "server/ws-server-broker.h"
#include "server/ws-server-fan-out.h"

/**
 * ws_server_broadcast:
 * @self: a server
 * @message: the message
 * @error: return location for an error
 *
 * Sends a message to all clients.
 *
 * Those are the items of the server's list that are
 * [enum@Ws.State.connected]; a connection that still waits in the queue does
 * not get it. The message is framed once, and one copy of it serves all
 * clients. It keeps its place among what is sent to a client otherwise, and
 * counts in its [property@Socket:bytes-to-write].
 *
 * A client that reads too slowly holds up nobody:
 * [property@Server:slow-client-policy] says what becomes of it. No signal is
 * emitted before this call returns.
 *
 * With a [property@Server:broker] it is sent to the clients of all servers that
 * the broker joins. Those here get it when the broker hands it back, in the
 * order that all servers see, and not before.
 *
 * Fails with %WS_SOCKET_ERROR_WRONG_CONTEXT in a thread that the server does
 * not belong to, and as [method@Broker.publish].
 *
 * Returns: the number of clients of this server that will get it, with a broker
 *   that it has now; or -1 on error
 *
 * Since: 1.0
 */
gssize
ws_server_broadcast (WsServer *self, WsMessage *message, GError **error)
{
  g_return_val_if_fail (WS_IS_SERVER (self), -1);
  g_return_val_if_fail (message != NULL, -1);
  g_return_val_if_fail (error == NULL || *error == NULL, -1);

  if (!ws_server_check_thread (self, error))
    return -1;
  if (ws_server_peek (self)->broker != NULL)
    return ws_server_broker_publish (self, "", message, NULL, error);
  return ws_server_send_to_all (self, message, NULL, NULL);
}

/**
 * ws_server_publish:
 * @self: a server
 * @topic: what the message is about
 * @message: the message
 * @error: return location for an error
 *
 * Sends a message to the clients that have subscribed to a topic.
 *
 * Who they are is decided with [method@Socket.subscribe]; in everything else as
 * [method@Server.broadcast]. It costs nothing for other clients. A topic need
 * not be known.
 *
 * Returns: the number of clients of this server that will get it, with a broker
 *   those who have subscribed now; or -1 on error
 *
 * Since: 1.0
 */
gssize
ws_server_publish (WsServer   *self,
                   const char *topic,
                   WsMessage  *message,
                   GError    **error)
{
  g_return_val_if_fail (WS_IS_SERVER (self), -1);
  g_return_val_if_fail (topic != NULL, -1);
  g_return_val_if_fail (message != NULL, -1);
  g_return_val_if_fail (error == NULL || *error == NULL, -1);

  if (!ws_server_check_thread (self, error))
    return -1;
  return ws_server_publish_except (self, topic, message, NULL, error);
}

static gboolean
is_another (WsServerClient *client, gpointer data)
{
  return client != data;
}

gssize
ws_server_publish_except (WsServer       *self,
                          const char     *topic,
                          WsMessage      *message,
                          WsServerClient *except,
                          GError        **error)
{
  if (ws_server_peek (self)->broker != NULL)
    return ws_server_broker_publish (self, topic, message, except, error);
  return ws_server_send_to_topic (self, topic, message,
                                  except != NULL ? is_another : NULL, except);
}

/* --- The policy --- */

/**
 * ws_server_get_slow_client_policy:
 * @self: a server
 *
 * Gets what becomes of a client that has no room for a broadcast.
 *
 * Returns: the policy
 *
 * Since: 1.0
 */
WsSlowClientPolicy
ws_server_get_slow_client_policy (WsServer *self)
{
  g_return_val_if_fail (WS_IS_SERVER (self), WS_SLOW_CLIENT_POLICY_CLOSE);

  return ws_server_peek (self)->slow_client_policy;
}

/**
 * ws_server_set_slow_client_policy:
 * @self: a server
 * @slow_client_policy: the policy
 *
 * Sets what becomes of a client that has no room for a broadcast.
 *
 * Since: 1.0
 */
void
ws_server_set_slow_client_policy (WsServer          *self,
                                  WsSlowClientPolicy slow_client_policy)
{
  WsServerPrivate *priv;

  g_return_if_fail (WS_IS_SERVER (self));

  priv = ws_server_peek (self);
  if (priv->slow_client_policy == slow_client_policy
      || !ws_server_may_set (self, WS_SERVER_PROP_SLOW_CLIENT_POLICY))
    return;
  priv->slow_client_policy = slow_client_policy;
  ws_server_notify (self, WS_SERVER_PROP_SLOW_CLIENT_POLICY);
}

/* --- The properties --- */

/* clang-format off */
const WsProperty ws_server_broadcast_properties[] = {
  /**
   * WsServer:slow-client-policy:
   *
   * What becomes of a client that has no room for a broadcast.
   *
   * What waits for a client is bounded by its
   * [property@Socket:max-bytes-to-write]; no other client waits for it.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_ENUM (WsServer, WS_SERVER_PROP_SLOW_CLIENT_POLICY,
                      "slow-client-policy", WsSlowClientPolicy,
                      ws_slow_client_policy_get_type,
                      WS_SLOW_CLIENT_POLICY_CLOSE,
                      ws_server_get_slow_client_policy,
                      ws_server_set_slow_client_policy) },

  { 0 }
};
/* clang-format on */
