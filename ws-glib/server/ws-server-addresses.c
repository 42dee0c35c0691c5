/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where a server listens, as clients and users see it. */
#include "server/ws-server-addresses.h"

#include <gio/gunixsocketaddress.h>

static char *
make_unix_url (GUnixSocketAddress *address)
{
  GUnixSocketAddressType type
      = g_unix_socket_address_get_address_type (address);
  const char      *path = g_unix_socket_address_get_path (address);
  g_autofree char *absolute = NULL;
  g_autofree char *escaped = NULL;

  if (type == G_UNIX_SOCKET_ADDRESS_PATH)
    absolute = g_canonicalize_filename (path, NULL);
  else if (type != G_UNIX_SOCKET_ADDRESS_ABSTRACT)
    return g_strdup ("");
  escaped
      = g_uri_escape_string (absolute != NULL ? absolute : path, "/", FALSE);
  return g_strconcat ("ws+unix:", absolute != NULL ? "" : "@", escaped, ":/",
                      NULL);
}

static char *
make_url (WsServer *self)
{
  WsServerPrivate *priv = ws_server_peek (self);
  gboolean         is_secure = priv->ssl_mode == WS_SSL_MODE_SECURE;
  GSocketFamily    family = g_socket_address_get_family (priv->address);
  GInetAddress    *address;
  g_autoptr (GInetAddress) loopback = NULL;
  g_autofree char *host = NULL;

  /* There is no such URL with TLS. */
  if (family == G_SOCKET_FAMILY_UNIX)
    return is_secure ? g_strdup ("")
                     : make_unix_url (G_UNIX_SOCKET_ADDRESS (priv->address));
  address = g_inet_socket_address_get_address (
      G_INET_SOCKET_ADDRESS (priv->address));
  /* "Any address" is none that a client could use. */
  if (g_inet_address_get_is_any (address))
    {
      if (ws_listener_speaks_ipv4 (ws_server_peek_listener (self)))
        family = G_SOCKET_FAMILY_IPV4;
      address = loopback = g_inet_address_new_loopback (family);
    }
  host = g_inet_address_to_string (address);
  return g_strdup_printf (family == G_SOCKET_FAMILY_IPV6 ? "%s://[%s]:%u"
                                                         : "%s://%s:%u",
                          is_secure ? "wss" : "ws", host,
                          ws_server_get_server_port (self));
}

/**
 * ws_server_get_url:
 * @self: a server
 *
 * Gets a URL that a client on this host can use, at the address of
 * [method@Server.get_server_address].
 *
 * Returns: a URL, `ws+unix:/path/of/socket:/` for a Unix socket without TLS; or
 *   "" when there is none, because the server does not listen
 *
 * Since: 1.0
 */
const char *
ws_server_get_url (WsServer *self)
{
  WsServerPrivate *priv;

  g_return_val_if_fail (WS_IS_SERVER (self), NULL);

  priv = ws_server_peek (self);
  if (priv->address == NULL)
    return "";
  if (priv->url == NULL)
    priv->url = make_url (self);
  return priv->url;
}

/**
 * ws_server_get_server_address:
 * @self: a server
 *
 * Gets the address that the server listens on.
 *
 * Where it listens at several, the one of [method@Server.listen] or of
 * [property@Server:listening], or without it the one that was added first; all
 * of them are in [method@Server.get_server_addresses].
 *
 * Returns: (transfer none) (nullable): an address, or %NULL when it does not
 *   listen
 *
 * Since: 1.0
 */
GSocketAddress *
ws_server_get_server_address (WsServer *self)
{
  g_return_val_if_fail (WS_IS_SERVER (self), NULL);

  return ws_server_peek (self)->address;
}

/**
 * ws_server_get_server_port:
 * @self: a server
 *
 * Gets the port of [method@Server.get_server_address].
 *
 * Returns: a port, or 0 when the server does not listen, or at a Unix socket
 *
 * Since: 1.0
 */
guint16
ws_server_get_server_port (WsServer *self)
{
  GSocketAddress *address;

  g_return_val_if_fail (WS_IS_SERVER (self), 0);

  address = ws_server_peek (self)->address;
  if (address == NULL || !G_IS_INET_SOCKET_ADDRESS (address))
    return 0;
  return g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address));
}

/**
 * ws_server_get_server_addresses:
 * @self: a server
 *
 * Gets all addresses that the server listens on, that of
 * [method@Server.get_server_address] first.
 *
 * Returns: (transfer container) (element-type GSocketAddress): the addresses,
 *   which the array holds references to; none when it does not listen
 *
 * Since: 1.0
 */
GPtrArray *
ws_server_get_server_addresses (WsServer *self)
{
  WsServerPrivate *priv;
  GPtrArray       *addresses;

  g_return_val_if_fail (WS_IS_SERVER (self), NULL);

  priv = ws_server_peek (self);
  addresses = g_ptr_array_new_with_free_func (g_object_unref);
  if (priv->listener != NULL)
    ws_listener_list_addresses (priv->listener, addresses);
  if (priv->added != NULL)
    ws_listener_list_addresses (priv->added, addresses);
  return addresses;
}

/**
 * ws_server_get_socket_descriptor:
 * @self: a server
 *
 * Gets the file descriptor of the socket at
 * [method@Server.get_server_address].
 *
 * Returns: a file descriptor that stays the server's, or -1 when it does not
 *   listen
 *
 * Since: 1.0
 */
int
ws_server_get_socket_descriptor (WsServer *self)
{
  WsListener *listener;

  g_return_val_if_fail (WS_IS_SERVER (self), -1);

  listener = ws_server_peek_listener (self);
  return listener != NULL ? ws_listener_get_fd (listener) : -1;
}

/* --- The properties --- */

/* clang-format off */
const WsProperty ws_server_addresses_properties[] = {
  /**
   * WsServer:url:
   *
   * A URL that a client on this host can use; empty when the server
   * does not listen.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_STRING (WsServer, WS_SERVER_PROP_URL, "url", "",
                        ws_server_get_url, NULL) },

  { 0 }
};
/* clang-format on */
