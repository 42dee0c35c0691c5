/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Both ends of the connection, and where a client's is to come from. */
#include "socket/ws-socket-addresses.h"

#include "socket/ws-socket-http.h"

static char *
describe (GSocketAddress *address)
{
  if (address == NULL)
    return NULL;
  return g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (address));
}

/**
 * ws_socket_get_local_address:
 * @self: a socket
 *
 * Gets our end of the connection, or of the last one until the next opening.
 *
 * Returns: (nullable) (transfer none): an address; without a connection what
 *   was set with [method@Socket.set_local_address]
 *
 * Since: 1.0
 */
GSocketAddress *
ws_socket_get_local_address (WsSocket *self)
{
  WsSocketPrivate *priv;
  GSocketAddress  *address;

  g_return_val_if_fail (WS_IS_SOCKET (self), NULL);

  priv = ws_socket_peek (self);
  address = ws_attempt_get_address (&priv->now, FALSE);
  if (address == NULL && priv->http != NULL)
    address = priv->http->local_address;
  return address;
}

/**
 * ws_socket_set_local_address:
 * @self: a socket
 * @local_address: (nullable): an address of this host, with a port or 0 for
 *   any; %NULL: whatever the system chooses
 *
 * Sets where the next openings come from.
 *
 * That matters on a host with several addresses. One that the host does not
 * have makes an opening fail, as does one of another family than the peer's. It
 * does not concern Unix sockets, and with a proxy it is the connection to that.
 *
 * Since: 1.0
 */
void
ws_socket_set_local_address (WsSocket *self, GSocketAddress *local_address)
{
  WsSocketPrivate *priv;

  g_return_if_fail (WS_IS_SOCKET (self));
  g_return_if_fail (local_address == NULL
                    || G_IS_SOCKET_ADDRESS (local_address));

  priv = ws_socket_peek (self);
  if (!ws_socket_may_set (self, WS_SOCKET_PROP_LOCAL_ADDRESS)
      || !g_set_object (&ws_socket_ensure_http (self)->local_address,
                        local_address))
    return;
  /* What is set is what is shown, unless there is a connection. */
  if (priv->now.engine == NULL)
    ws_attempt_forget_local_address (&priv->now);
  g_object_freeze_notify (G_OBJECT (self));
  ws_socket_notify (self, WS_SOCKET_PROP_LOCAL_ADDRESS);
  ws_socket_notify (self, WS_SOCKET_PROP_LOCAL_ADDRESS_STRING);
  g_object_thaw_notify (G_OBJECT (self));
}

/**
 * ws_socket_get_peer_address:
 * @self: a socket
 *
 * Gets the other end of the connection, or of the last one until the next
 * opening.
 *
 * Returns: (nullable) (transfer none): an address
 *
 * Since: 1.0
 */
GSocketAddress *
ws_socket_get_peer_address (WsSocket *self)
{
  g_return_val_if_fail (WS_IS_SOCKET (self), NULL);

  return ws_attempt_get_address (&ws_socket_peek (self)->now, TRUE);
}

/**
 * ws_socket_dup_local_address_string:
 * @self: a socket
 *
 * Gets [property@Socket:local-address] as a text.
 *
 * Returns: (nullable) (transfer full): as in
 *   [property@Socket:local-address-string]
 *
 * Since: 1.0
 */
char *
ws_socket_dup_local_address_string (WsSocket *self)
{
  g_return_val_if_fail (WS_IS_SOCKET (self), NULL);

  return describe (ws_socket_get_local_address (self));
}

/**
 * ws_socket_dup_peer_address_string:
 * @self: a socket
 *
 * Gets [property@Socket:peer-address] as a text.
 *
 * Returns: (nullable) (transfer full): as in
 *   [property@Socket:peer-address-string]
 *
 * Since: 1.0
 */
char *
ws_socket_dup_peer_address_string (WsSocket *self)
{
  g_return_val_if_fail (WS_IS_SOCKET (self), NULL);

  return describe (ws_socket_get_peer_address (self));
}

/* --- The properties --- */

/* clang-format off */
const WsProperty ws_socket_addresses_properties[] = {
  /**
   * WsSocket:local-address:
   *
   * Our end of the connection, or of the last one until the next opening.
   *
   * Set it before an opening on a host with several addresses: it is where that
   * comes from. Without a connection it shows what was set. An opening from an
   * address that this machine has not fails with
   * %WS_SOCKET_ERROR_SOCKET_ADDRESS_NOT_AVAILABLE.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_OBJECT (WsSocket, WS_SOCKET_PROP_LOCAL_ADDRESS,
                        "local-address", GSocketAddress,
                        g_socket_address_get_type,
                        ws_socket_get_local_address,
                        ws_socket_set_local_address) },

  /**
   * WsSocket:local-address-string: (getter dup_local_address_string)
   *
   * [property@Socket:local-address] as a text: `192.0.2.1:80`,
   * `[2001:db8::1]:80`, or the path of a Unix socket; %NULL if there is none.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_TAKEN_STRING (WsSocket, WS_SOCKET_PROP_LOCAL_ADDRESS_STRING,
                              "local-address-string",
                              ws_socket_dup_local_address_string) },

  /**
   * WsSocket:peer-address:
   *
   * The other end of the connection, or of the last one until the next opening;
   * %NULL when there was none.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_OBJECT (WsSocket, WS_SOCKET_PROP_PEER_ADDRESS, "peer-address",
                        GSocketAddress, g_socket_address_get_type,
                        ws_socket_get_peer_address, NULL) },

  /**
   * WsSocket:peer-address-string: (getter dup_peer_address_string)
   *
   * [property@Socket:peer-address] as a text: `192.0.2.1:80`,
   * `[2001:db8::1]:80`, or what there is to say of a Unix socket; %NULL if
   * there is none.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_TAKEN_STRING (WsSocket, WS_SOCKET_PROP_PEER_ADDRESS_STRING,
                              "peer-address-string",
                              ws_socket_dup_peer_address_string) },

  { 0 }
};
/* clang-format on */
