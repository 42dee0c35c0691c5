/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which proxies are trusted, and how they say for whom they speak. */
#include "server/ws-server-proxies.h"

/* The machine itself: whoever can connect from there has an account on it. */
static const char *const default_proxies[]
    = { "127.0.0.0/8", "::1", "unix", NULL };

void
ws_server_init_proxies (WsServer *self)
{
  WsServerPrivate *priv = ws_server_peek (self);
  const char      *culprit;

  priv->trusted_proxies = g_strdupv ((char **) default_proxies);
  priv->trusted = ws_networks_parse (default_proxies, &culprit);
  priv->proxy_protocol = WS_PROXY_PROTOCOL_ACCEPTED;
}

void
ws_server_clear_proxies (WsServer *self)
{
  WsServerPrivate *priv = ws_server_peek (self);

  g_strfreev (priv->trusted_proxies);
  ws_networks_free (priv->trusted);
}

gboolean
ws_server_trusts (WsServer *self, const WsAddress *peer)
{
  return ws_networks_contain (ws_server_peek (self)->trusted, peer);
}

WsProxyHeaderUse
ws_server_expect_header (WsServer        *self,
                         WsProxyProtocol  use,
                         const WsAddress *peer)
{
  if (use == WS_PROXY_PROTOCOL_NONE || !ws_server_trusts (self, peer))
    return WS_PROXY_HEADER_NEVER;
  return use == WS_PROXY_PROTOCOL_REQUIRED ? WS_PROXY_HEADER_ALWAYS
                                           : WS_PROXY_HEADER_DETECTED;
}

/**
 * ws_server_get_trusted_proxies:
 * @self: a server
 *
 * Gets which proxies are believed.
 *
 * Returns: (array zero-terminated=1) (transfer none): addresses, networks, and
 *   "unix"; empty: none
 *
 * Since: 1.0
 */
const char *const *
ws_server_get_trusted_proxies (WsServer *self)
{
  g_return_val_if_fail (WS_IS_SERVER (self), NULL);

  return (const char *const *) ws_server_peek (self)->trusted_proxies;
}

/* (transfer full): without what is no address. */
static char **
filter (const char *const *proxies)
{
  g_autoptr (GPtrArray) sound = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; proxies != NULL && proxies[i] != NULL; i++)
    {
      const char *const one[] = { proxies[i], NULL };
      const char       *culprit;
      g_autoptr (WsNetworks) network = ws_networks_parse (one, &culprit);
      g_autofree char *quoted = NULL;

      if (network != NULL)
        {
          g_ptr_array_add (sound, g_strdup (proxies[i]));
          continue;
        }
      quoted = ws_http_quote (proxies[i]);
      g_warning ("%s is no address, no network and not \"unix\", and is left "
                 "out of trusted-proxies",
                 quoted);
    }
  g_ptr_array_add (sound, NULL);
  return (char **) g_ptr_array_steal (sound, NULL);
}

/**
 * ws_server_set_trusted_proxies:
 * @self: a server
 * @trusted_proxies: (nullable) (array zero-terminated=1): addresses, networks,
 *   and "unix"; %NULL and an empty list: none
 *
 * Sets which proxies are believed, for connections to come. What is no address
 * is left out with a warning.
 *
 * Since: 1.0
 */
void
ws_server_set_trusted_proxies (WsServer          *self,
                               const char *const *trusted_proxies)
{
  WsServerPrivate *priv;
  const char      *culprit;

  g_return_if_fail (WS_IS_SERVER (self));

  if (!ws_server_may_set (self, WS_SERVER_PROP_TRUSTED_PROXIES))
    return;
  priv = ws_server_peek (self);
  ws_server_clear_proxies (self);
  priv->trusted_proxies = filter (trusted_proxies);
  priv->trusted
      = ws_networks_parse ((const char *const *) priv->trusted_proxies,
                           &culprit);
  ws_server_notify (self, WS_SERVER_PROP_TRUSTED_PROXIES);
}

/**
 * ws_server_get_proxy_protocol:
 * @self: a server
 *
 * Gets whether connections begin with a header of the PROXY protocol.
 *
 * Returns: whether they do
 *
 * Since: 1.0
 */
WsProxyProtocol
ws_server_get_proxy_protocol (WsServer *self)
{
  g_return_val_if_fail (WS_IS_SERVER (self), WS_PROXY_PROTOCOL_NONE);

  return ws_server_peek (self)->proxy_protocol;
}

/**
 * ws_server_set_proxy_protocol:
 * @self: a server
 * @proxy_protocol: whether they do
 *
 * Sets whether connections begin with a header of the PROXY protocol, for the
 * next listening.
 *
 * Since: 1.0
 */
void
ws_server_set_proxy_protocol (WsServer *self, WsProxyProtocol proxy_protocol)
{
  WsServerPrivate *priv;

  g_return_if_fail (WS_IS_SERVER (self));

  priv = ws_server_peek (self);
  if (priv->proxy_protocol == proxy_protocol
      || !ws_server_may_set (self, WS_SERVER_PROP_PROXY_PROTOCOL))
    return;
  priv->proxy_protocol = proxy_protocol;
  ws_server_notify (self, WS_SERVER_PROP_PROXY_PROTOCOL);
}

/* --- The properties --- */

/* clang-format off */
const WsProperty ws_server_proxies_properties[] = {
  /**
   * WsServer:trusted-proxies:
   *
   * Which proxies are believed when they say for whom they speak: addresses,
   * networks such as `10.0.0.0/8` and `fd00::/8`, and `unix` for whoever comes
   * through a Unix socket.
   *
   * What they say in `Forwarded` (RFC 7239), `X-Forwarded-For`,
   * `X-Forwarded-Proto` and `X-Forwarded-Host`, and with the PROXY protocol,
   * makes [property@Request:client-address], [property@Request:is-secure],
   * [property@Request:url] and [property@Server:max-connections-per-address].
   * Where several proxies stand in a row, the client is the last one that is
   * none of these. What anybody else says is ignored.
   *
   * A request with a `Forwarded` field that cannot be understood is refused,
   * and one where it and `X-Forwarded-For` tell different addresses: such a
   * proxy lets through what its client has written.
   *
   * The default is this machine: `127.0.0.0/8`, `::1` and `unix`. An empty list
   * trusts nobody.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_BOXED (WsServer, WS_SERVER_PROP_TRUSTED_PROXIES,
                       "trusted-proxies", const char *const *,
                       const char *const *, g_strv_get_type,
                       ws_server_get_trusted_proxies,
                       ws_server_set_trusted_proxies) },

  /**
   * WsServer:proxy-protocol:
   *
   * Whether connections begin with a header of the PROXY protocol (version 1 or
   * 2), in which a proxy tells its client's address; for the next listening, so
   * that listeners may differ.
   *
   * It comes before all else, before the TLS handshake too. The specification
   * forbids to guess whether one is there, for a client could write it: so it
   * is looked for in connections of [property@Server:trusted-proxies] only,
   * whose word counts anyway, and nothing that begins a request or a TLS
   * handshake looks like one. Set %WS_PROXY_PROTOCOL_NONE where a trusted proxy
   * passes its clients' bytes on without a header, a tunnel for instance.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_ENUM (WsServer, WS_SERVER_PROP_PROXY_PROTOCOL,
                      "proxy-protocol", WsProxyProtocol,
                      ws_proxy_protocol_get_type, WS_PROXY_PROTOCOL_ACCEPTED,
                      ws_server_get_proxy_protocol,
                      ws_server_set_proxy_protocol) },

  { 0 }
};
/* clang-format on */
