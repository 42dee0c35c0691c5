/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What was asked for, and by whom. */
#include "socket/ws-socket-visitor.h"

#include "http/ws-target.h"
#include "protocol/ws-query.h"
#include "protocol/ws-url.h"

/**
 * ws_socket_get_resource_name:
 * @self: a socket
 *
 * Gets the path and query of the URL in use, percent-encoded.
 *
 * Returns: a path and query, or ""
 *
 * Since: 1.0
 */
const char *
ws_socket_get_resource_name (WsSocket *self)
{
  WsSocketPrivate *priv;

  g_return_val_if_fail (WS_IS_SOCKET (self), NULL);

  priv = ws_socket_peek (self);
  if (priv->now.target != NULL)
    return priv->now.target->resource;
  if (priv->now.is_incoming && priv->now.resource == NULL)
    return ws_url_find_resource (priv->url);
  return priv->now.resource != NULL ? priv->now.resource : "";
}

/**
 * ws_socket_get_path:
 * @self: a socket
 *
 * Gets the part of [property@Socket:resource-name] before the query.
 *
 * Returns: a path, percent-encoded; or ""
 *
 * Since: 1.0
 */
const char *
ws_socket_get_path (WsSocket *self)
{
  WsAttemptFacts *facts;

  g_return_val_if_fail (WS_IS_SOCKET (self), NULL);

  facts = ws_attempt_get_facts (&ws_socket_peek (self)->now);
  g_free (facts->path);
  facts->path = ws_query_cut_path (ws_socket_get_resource_name (self));
  return facts->path;
}

/**
 * ws_socket_get_query:
 * @self: a socket
 *
 * Gets the part of [property@Socket:resource-name] behind the question mark.
 *
 * [method@Socket.get_query_parameter] takes it apart.
 *
 * Returns: (nullable): a query, percent-encoded; %NULL: none
 *
 * Since: 1.0
 */
const char *
ws_socket_get_query (WsSocket *self)
{
  g_return_val_if_fail (WS_IS_SOCKET (self), NULL);

  return ws_query_find (ws_socket_get_resource_name (self));
}

/**
 * ws_socket_get_query_parameter:
 * @self: a socket
 * @name: a parameter's name, decoded
 * @error: return location for an error
 *
 * Gets a parameter of the query, decoded: percent-encoding and "+" are undone.
 *
 * Where the name is repeated it is the first value;
 * [method@Socket.get_query_parameters] has all. Fails with
 * %WS_SOCKET_ERROR_INVALID_UTF8 where one is no percent-encoded UTF-8, or
 * holds U+0000.
 *
 * Returns: (transfer full) (nullable): its value, "" for a name alone; %NULL
 *   without an error if there is none
 *
 * Since: 1.0
 */
char *
ws_socket_get_query_parameter (WsSocket *self, const char *name, GError **error)
{
  g_return_val_if_fail (WS_IS_SOCKET (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  return ws_target_get_parameter (ws_socket_get_resource_name (self), name,
                                  error);
}

/**
 * ws_socket_get_query_parameters:
 * @self: a socket
 * @name: a parameter's name, decoded
 * @error: return location for an error
 *
 * Gets all values of a parameter of the query, as
 * [method@Socket.get_query_parameter] gets the first.
 *
 * Returns: (transfer full) (array zero-terminated=1): the values in their
 *   order;
 *   none if there is no such parameter
 *
 * Since: 1.0
 */
char **
ws_socket_get_query_parameters (WsSocket   *self,
                                const char *name,
                                GError    **error)
{
  g_return_val_if_fail (WS_IS_SOCKET (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  return ws_target_get_parameters (ws_socket_get_resource_name (self), name,
                                   error);
}

/**
 * ws_socket_list_query_parameters:
 * @self: a socket
 * @error: return location for an error
 *
 * Lists the parameters of the query.
 *
 * Fails with %WS_SOCKET_ERROR_INVALID_UTF8 where a name is no percent-encoded
 * UTF-8, or holds U+0000.
 *
 * Returns: (transfer full) (array zero-terminated=1): their names, decoded,
 *   each
 *   once
 *
 * Since: 1.0
 */
char **
ws_socket_list_query_parameters (WsSocket *self, GError **error)
{
  g_return_val_if_fail (WS_IS_SOCKET (self), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  return ws_target_list_parameters (ws_socket_get_resource_name (self), error);
}

/**
 * ws_socket_get_client_address:
 * @self: a socket
 *
 * Gets where the client of a server's socket is.
 *
 * Returns: (nullable) (transfer none): an address, if it is known; %NULL for a
 *   client's socket
 *
 * Since: 1.0
 */
GSocketAddress *
ws_socket_get_client_address (WsSocket *self)
{
  WsSocketPrivate *priv;
  GSocketAddress  *address;

  g_return_val_if_fail (WS_IS_SOCKET (self), NULL);

  priv = ws_socket_peek (self);
  address = ws_attempt_peek_facts (&priv->now)->client_address;
  if (address != NULL || !priv->now.is_incoming)
    return address;
  return ws_socket_get_peer_address (self);
}

/**
 * ws_socket_dup_client_address_string:
 * @self: a socket
 *
 * Gets [property@Socket:client-address] as a text: `198.51.100.7:50000`,
 * `[2001:db8::1]:443`, `/run/socket`; without the port where that is not known.
 *
 * Returns: (transfer full) (nullable): the address, if it is known
 *
 * Since: 1.0
 */
char *
ws_socket_dup_client_address_string (WsSocket *self)
{
  g_return_val_if_fail (WS_IS_SOCKET (self), NULL);

  return ws_target_name_address (ws_socket_get_client_address (self));
}

/**
 * ws_socket_get_is_secure:
 * @self: a socket
 *
 * Gets whether the connection is encrypted.
 *
 * Returns: whether it is
 *
 * Since: 1.0
 */
gboolean
ws_socket_get_is_secure (WsSocket *self)
{
  WsSocketPrivate *priv;

  g_return_val_if_fail (WS_IS_SOCKET (self), FALSE);

  priv = ws_socket_peek (self);
  return priv->now.is_secure
         || (priv->now.target != NULL && priv->now.target->secure);
}

/* clang-format off */
const WsProperty ws_socket_visitor_properties[] = {
  /**
   * WsSocket:client-address:
   *
   * Where the client of a server's socket is: [property@Socket:peer-address],
   * unless that is one of [property@Server:trusted-proxies] and names another.
   * Its port is 0 where the proxy does not tell it. %NULL if it is not known,
   * and for a client's socket.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_OBJECT (WsSocket, WS_SOCKET_PROP_CLIENT_ADDRESS,
                        "client-address", GSocketAddress,
                        g_socket_address_get_type,
                        ws_socket_get_client_address, NULL) },

  /**
   * WsSocket:is-secure:
   *
   * Whether the connection is encrypted: of a client whether the URL in use is
   * `wss:`, of a server's socket whether it came over TLS. Behind a proxy that
   * is one of [property@Server:trusted-proxies] it is the client's way to that
   * proxy that counts, if the proxy tells.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_BOOLEAN (WsSocket, WS_SOCKET_PROP_IS_SECURE, "is-secure", FALSE,
                         ws_socket_get_is_secure, NULL) },

  /**
   * WsSocket:path:
   *
   * The part of [property@Socket:resource-name] before the query,
   * percent-encoded.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_STRING (WsSocket, WS_SOCKET_PROP_PATH, "path", "",
                        ws_socket_get_path, NULL) },

  /**
   * WsSocket:query:
   *
   * The part of [property@Socket:resource-name] behind the question mark,
   * percent-encoded; %NULL: there is none.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_STRING (WsSocket, WS_SOCKET_PROP_QUERY, "query", NULL,
                        ws_socket_get_query, NULL) },

  { 0 }
};
/* clang-format on */
