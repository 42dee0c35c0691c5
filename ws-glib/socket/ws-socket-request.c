/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the last opening was begun with, of either end. */
#include "socket/ws-socket-request.h"

#include "socket/ws-socket-http.h"

/* What a server's socket was opened with. */
static void
make_received (WsSocket *self)
{
  WsSocketPrivate *priv = ws_socket_peek (self);
  WsRequest       *request = ws_request_new (priv->url);

  ws_request_set_origin (request, priv->origin);
  ws_request_set_subprotocols (request, ws_socket_get_subprotocols (self));
  ws_request_set_headers (request, ws_socket_get_request_headers (self));
  ws_socket_ensure_http (self)->begun = request;
}

/**
 * ws_socket_get_request:
 * @self: a socket
 *
 * Gets what the last opening was begun with.
 *
 * Returns: (transfer none) (nullable): as in [property@Socket:request]
 *
 * Since: 1.0
 */
WsRequest *
ws_socket_get_request (WsSocket *self)
{
  WsSocketPrivate *priv;

  g_return_val_if_fail (WS_IS_SOCKET (self), NULL);

  priv = ws_socket_peek (self);
  if (priv->now.is_incoming
      && (priv->http == NULL || priv->http->begun == NULL))
    make_received (self);
  return priv->http != NULL ? priv->http->begun : NULL;
}

/* --- The properties --- */

/* clang-format off */
const WsProperty ws_socket_request_properties[] = {
  /**
   * WsSocket:request:
   *
   * What the last opening was begun with; on a server's socket what the client
   * has asked for.
   *
   * That is the request of [method@Socket.open_request], or one that is made of
   * [property@Socket:url] and its companions as they were. Redirects, and
   * headers that the handshake writes itself, do not show. %NULL before
   * the first opening. On a server's socket it has to be asked for in time, as
   * [property@Socket:request-headers] has.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_OBJECT (WsSocket, WS_SOCKET_PROP_REQUEST, "request", WsRequest,
                        ws_request_get_type, ws_socket_get_request, NULL) },

  { 0 }
};
/* clang-format on */
