/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where the server listens, what it says, and how it is. */
#include "server/ws-server-status.h"

#include "server/ws-server-listening.h"

#include <string.h>

/**
 * ws_server_get_server_name:
 * @self: a server
 *
 * Gets what the `Server` header field says.
 *
 * Returns: a name, or ""
 *
 * Since: 1.0
 */
const char *
ws_server_get_server_name (WsServer *self)
{
  WsServerPrivate *priv;

  g_return_val_if_fail (WS_IS_SERVER (self), NULL);

  priv = ws_server_peek (self);
  return priv->server_name != NULL ? priv->server_name : "";
}

/**
 * ws_server_set_server_name:
 * @self: a server
 * @server_name: (nullable): a name; "" and %NULL leave the field out
 *
 * Sets what the `Server` header field of later handshakes says.
 *
 * Since: 1.0
 */
void
ws_server_set_server_name (WsServer *self, const char *server_name)
{
  WsServerPrivate *priv;

  g_return_if_fail (WS_IS_SERVER (self));

  priv = ws_server_peek (self);
  if (g_strcmp0 (priv->server_name, server_name) == 0
      || !ws_server_may_set (self, WS_SERVER_PROP_SERVER_NAME))
    return;
  g_free (priv->server_name);
  priv->server_name = g_strdup (server_name);
  ws_server_notify (self, WS_SERVER_PROP_SERVER_NAME);
}

/**
 * ws_server_get_ssl_mode:
 * @self: a server
 *
 * Gets whether connections are encrypted.
 *
 * Returns: the mode
 *
 * Since: 1.0
 */
WsSslMode
ws_server_get_ssl_mode (WsServer *self)
{
  WsServerPrivate *priv;

  g_return_val_if_fail (WS_IS_SERVER (self), WS_SSL_MODE_NON_SECURE);

  priv = ws_server_peek (self);
  return priv->ssl_mode;
}

/**
 * ws_server_get_host:
 * @self: a server
 *
 * Gets the address where [property@Server:listening] listens.
 *
 * Returns: an IP address, or "localhost"
 *
 * Since: 1.0
 */
const char *
ws_server_get_host (WsServer *self)
{
  WsServerPrivate *priv;

  g_return_val_if_fail (WS_IS_SERVER (self), NULL);

  priv = ws_server_peek (self);
  return priv->host;
}

/**
 * ws_server_set_host:
 * @self: a server
 * @host: an IPv4 or IPv6 address, or "localhost", which is both loopbacks; with
 *   anything else listening will fail
 *
 * Sets the address to listen on. A server that listens there begins anew;
 * addresses that were added stay.
 *
 * Since: 1.0
 */
void
ws_server_set_host (WsServer *self, const char *host)
{
  WsServerPrivate *priv;

  g_return_if_fail (WS_IS_SERVER (self));
  g_return_if_fail (host != NULL);

  priv = ws_server_peek (self);
  if (strcmp (priv->host, host) == 0
      || !ws_server_may_set (self, WS_SERVER_PROP_HOST))
    return;
  g_free (priv->host);
  priv->host = g_strdup (host);
  ws_server_notify (self, WS_SERVER_PROP_HOST);
  ws_server_restart (self);
}

/**
 * ws_server_get_port:
 * @self: a server
 *
 * Gets the port.
 *
 * Returns: a port; the real one while the server listens
 *
 * Since: 1.0
 */
guint
ws_server_get_port (WsServer *self)
{
  WsServerPrivate *priv;

  g_return_val_if_fail (WS_IS_SERVER (self), 0);

  priv = ws_server_peek (self);
  return priv->address != NULL ? ws_server_get_server_port (self) : priv->port;
}

/**
 * ws_server_set_port:
 * @self: a server
 * @port: a port up to 65535; 0: any that is free
 *
 * Sets the port to listen on. A server that listens there begins anew;
 * addresses that were added stay. A larger number is ignored with a warning.
 *
 * Since: 1.0
 */
void
ws_server_set_port (WsServer *self, guint port)
{
  WsServerPrivate *priv;

  g_return_if_fail (WS_IS_SERVER (self));

  priv = ws_server_peek (self);
  if (port > G_MAXUINT16)
    {
      g_warning ("%u is no port; it is at most 65535", port);
      return;
    }
  if (priv->port == port || !ws_server_may_set (self, WS_SERVER_PROP_PORT))
    return;
  priv->port = port;
  ws_server_notify (self, WS_SERVER_PROP_PORT);
  ws_server_restart (self);
}

/**
 * ws_server_get_listening:
 * @self: a server
 *
 * Gets whether the server listens.
 *
 * Returns: whether it does
 *
 * Since: 1.0
 */
gboolean
ws_server_get_listening (WsServer *self)
{
  g_return_val_if_fail (WS_IS_SERVER (self), FALSE);

  return ws_server_is_listening (self);
}

/**
 * ws_server_set_listening:
 * @self: a server
 * @listening: %TRUE to listen from the context's idle, %FALSE to close
 *
 * Sets whether the server listens, and so begins or ends listening.
 *
 * Since: 1.0
 */
void
ws_server_set_listening (WsServer *self, gboolean listening)
{
  WsServerPrivate *priv;

  g_return_if_fail (WS_IS_SERVER (self));

  if (!ws_server_may_set (self, WS_SERVER_PROP_LISTENING)
      || (listening && !ws_home_may_enter (G_STRFUNC)))
    return;
  priv = ws_server_peek (self);
  if (listening && !ws_server_is_listening (self))
    ws_server_schedule_startup (self);
  else if (!listening
           && (ws_server_is_listening (self) || priv->startup != NULL))
    ws_server_close (self);
}

/**
 * ws_server_get_accepting:
 * @self: a server
 *
 * Gets whether connections are accepted.
 *
 * Returns: whether they are
 *
 * Since: 1.0
 */
gboolean
ws_server_get_accepting (WsServer *self)
{
  WsServerPrivate *priv;

  g_return_val_if_fail (WS_IS_SERVER (self), FALSE);

  priv = ws_server_peek (self);
  return priv->accepting;
}

/**
 * ws_server_set_accepting:
 * @self: a server
 * @accepting: whether to accept connections
 *
 * Sets whether connections are accepted, or left in the system's queue.
 *
 * Since: 1.0
 */
void
ws_server_set_accepting (WsServer *self, gboolean accepting)
{
  WsServerPrivate *priv;

  g_return_if_fail (WS_IS_SERVER (self));

  priv = ws_server_peek (self);
  accepting = !!accepting;
  if (priv->accepting == accepting
      || !ws_server_may_set (self, WS_SERVER_PROP_ACCEPTING))
    return;
  priv->accepting = accepting;
  if (priv->listener != NULL)
    ws_listener_set_accepting (priv->listener, accepting);
  if (priv->added != NULL)
    ws_listener_set_accepting (priv->added, accepting);
  ws_server_notify (self, WS_SERVER_PROP_ACCEPTING);
}

/**
 * ws_server_pause_accepting:
 * @self: a server
 *
 * Leaves new connections in the system's queue until
 * [method@Server.resume_accepting].
 *
 * Since: 1.0
 */
void
ws_server_pause_accepting (WsServer *self)
{
  ws_server_set_accepting (self, FALSE);
}

/**
 * ws_server_resume_accepting:
 * @self: a server
 *
 * Accepts connections again, those first that have come meanwhile.
 *
 * Since: 1.0
 */
void
ws_server_resume_accepting (WsServer *self)
{
  ws_server_set_accepting (self, TRUE);
}

/**
 * ws_server_get_supported_subprotocols:
 * @self: a server
 *
 * Gets the subprotocols that the server speaks.
 *
 * Returns: (nullable) (array zero-terminated=1) (transfer none): their names
 *
 * Since: 1.0
 */
const char *const *
ws_server_get_supported_subprotocols (WsServer *self)
{
  WsServerPrivate *priv;

  g_return_val_if_fail (WS_IS_SERVER (self), NULL);

  priv = ws_server_peek (self);
  return (const char *const *) priv->supported_subprotocols;
}

/**
 * ws_server_set_supported_subprotocols:
 * @self: a server
 * @supported_subprotocols: (nullable) (array zero-terminated=1): their names
 *
 * Sets the subprotocols that the server speaks.
 *
 * Since: 1.0
 */
void
ws_server_set_supported_subprotocols (WsServer          *self,
                                      const char *const *supported_subprotocols)
{
  WsServerPrivate *priv;

  g_return_if_fail (WS_IS_SERVER (self));

  if (!ws_server_may_set (self, WS_SERVER_PROP_SUPPORTED_SUBPROTOCOLS))
    return;
  priv = ws_server_peek (self);
  g_strfreev (priv->supported_subprotocols);
  priv->supported_subprotocols = g_strdupv ((char **) supported_subprotocols);
  ws_server_notify (self, WS_SERVER_PROP_SUPPORTED_SUBPROTOCOLS);
}

/**
 * ws_server_get_error:
 * @self: a server
 *
 * Gets what went wrong last.
 *
 * Returns: a close code; 1000: nothing
 *
 * Since: 1.0
 */
guint
ws_server_get_error (WsServer *self)
{
  WsServerPrivate *priv;

  g_return_val_if_fail (WS_IS_SERVER (self), 0);

  priv = ws_server_peek (self);
  return priv->error;
}

/**
 * ws_server_get_error_string:
 * @self: a server
 *
 * Gets what went wrong last.
 *
 * Returns: a text, or ""
 *
 * Since: 1.0
 */
const char *
ws_server_get_error_string (WsServer *self)
{
  WsServerPrivate *priv;

  g_return_val_if_fail (WS_IS_SERVER (self), NULL);

  priv = ws_server_peek (self);
  return priv->error_string != NULL ? priv->error_string : "";
}

/**
 * ws_server_get_proxy_resolver:
 * @self: a server
 *
 * Gets what [property@Server:proxy-resolver] was set to.
 *
 * Returns: (transfer none) (nullable): a resolver
 *
 * Since: 1.0
 */
GProxyResolver *
ws_server_get_proxy_resolver (WsServer *self)
{
  g_return_val_if_fail (WS_IS_SERVER (self), NULL);

  return ws_server_peek (self)->proxy_resolver;
}

/**
 * ws_server_set_proxy_resolver:
 * @self: a server
 * @proxy_resolver: (nullable): a resolver
 *
 * Sets a proxy resolver, which is only remembered; see
 * [property@Server:proxy-resolver].
 *
 * Since: 1.0
 */
void
ws_server_set_proxy_resolver (WsServer *self, GProxyResolver *proxy_resolver)
{
  g_return_if_fail (WS_IS_SERVER (self));
  g_return_if_fail (proxy_resolver == NULL
                    || G_IS_PROXY_RESOLVER (proxy_resolver));

  if (ws_server_may_set (self, WS_SERVER_PROP_PROXY_RESOLVER)
      && g_set_object (&ws_server_peek (self)->proxy_resolver, proxy_resolver))
    ws_server_notify (self, WS_SERVER_PROP_PROXY_RESOLVER);
}

/* --- The properties --- */

static void
init_ssl_mode (WsServer *self, WsSslMode ssl_mode)
{
  ws_server_peek (self)->ssl_mode = ssl_mode;
}

/* clang-format off */
const WsProperty ws_server_status_properties[] = {
  /**
   * WsServer:server-name:
   *
   * What the `Server` header field of later handshakes says;
   * empty: it is left out.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_STRING (WsServer, WS_SERVER_PROP_SERVER_NAME, "server-name",
                        NULL, ws_server_get_server_name,
                        ws_server_set_server_name) },

  /**
   * WsServer:ssl-mode:
   *
   * Whether connections are encrypted.
   *
   * With %WS_SSL_MODE_SECURE the server needs a certificate and its key, or
   * pre-shared keys, in [property@Server:ssl-configuration].
   *
   * Since: 1.0
   */
  { WS_PROPERTY_ENUM (WsServer, WS_SERVER_PROP_SSL_MODE, "ssl-mode",
                      WsSslMode, ws_ssl_mode_get_type, WS_SSL_MODE_NON_SECURE,
                      ws_server_get_ssl_mode, init_ssl_mode),
    .flags = G_PARAM_CONSTRUCT_ONLY },

  /**
   * WsServer:host:
   *
   * The IP address where [property@Server:listening] listens, or "localhost"
   * for the loopbacks of both IPv4 and IPv6; [method@Server.listen] does not
   * look at it.
   *
   * When it changes, a server that listens there begins anew; addresses that
   * were added stay.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_STRING (WsServer, WS_SERVER_PROP_HOST, "host",
                        WS_SERVER_DEFAULT_HOST, ws_server_get_host,
                        ws_server_set_host) },

  /**
   * WsServer:port:
   *
   * The port; 0: any that is free, and while listening the real one, that of
   * [method@Server.get_server_address].
   *
   * When it changes, a server that listens there begins anew; addresses that
   * were added stay.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_UINT (WsServer, WS_SERVER_PROP_PORT, "port", 0, G_MAXUINT16,
                      0, ws_server_get_port, ws_server_set_port) },

  /**
   * WsServer:listening:
   *
   * Whether the server listens.
   *
   * Set to %TRUE it begins to, on [property@Server:host] and
   * [property@Server:port], from the context's idle, so that properties may be
   * set in any order; set to %FALSE it closes.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_BOOLEAN (WsServer, WS_SERVER_PROP_LISTENING, "listening",
                         FALSE, ws_server_get_listening,
                         ws_server_set_listening) },

  /**
   * WsServer:accepting:
   *
   * Whether connections are accepted, or left in the system's queue.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_BOOLEAN (WsServer, WS_SERVER_PROP_ACCEPTING, "accepting",
                         TRUE, ws_server_get_accepting,
                         ws_server_set_accepting) },

  /**
   * WsServer:supported-subprotocols:
   *
   * The subprotocols that the server speaks (RFC 6455, 1.9).
   *
   * The first that a client offers of them is agreed on; a connection without
   * any is accepted too.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_BOXED (WsServer, WS_SERVER_PROP_SUPPORTED_SUBPROTOCOLS,
                       "supported-subprotocols", const char *const *,
                       const char *const *, g_strv_get_type,
                       ws_server_get_supported_subprotocols,
                       ws_server_set_supported_subprotocols) },

  /**
   * WsServer:proxy-resolver:
   *
   * A proxy resolver, which has no effect.
   *
   * Qt can listen through a SOCKS proxy, GIO cannot: this is here so that what
   * was set can be asked for.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_OBJECT (WsServer, WS_SERVER_PROP_PROXY_RESOLVER,
                        "proxy-resolver", GProxyResolver,
                        g_proxy_resolver_get_type,
                        ws_server_get_proxy_resolver,
                        ws_server_set_proxy_resolver) },

  /**
   * WsServer:error:
   *
   * What went wrong last, as a close code; 1000: nothing.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_UINT (WsServer, WS_SERVER_PROP_ERROR, "error", 0, G_MAXUINT,
                      1000, ws_server_get_error, NULL) },

  /**
   * WsServer:error-string:
   *
   * What went wrong last; empty when all is fine.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_STRING (WsServer, WS_SERVER_PROP_ERROR_STRING, "error-string",
                        "", ws_server_get_error_string, NULL) },

  { 0 }
};
/* clang-format on */
