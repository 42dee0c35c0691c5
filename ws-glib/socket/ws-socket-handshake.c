/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is opened, what the handshake offers, and what it agreed on. */
#include "socket/ws-socket-handshake.h"

#include "socket/ws-socket-ending.h"
#include "socket/ws-socket-messages.h"
#include "socket/ws-socket-open.h"
#include "socket/ws-socket-state.h"
#include "http/ws-headers-private.h"

/**
 * ws_socket_get_url:
 * @self: a socket
 *
 * Gets where the socket goes.
 *
 * Returns: (nullable): a URL
 *
 * Since: 1.0
 */
const char *
ws_socket_get_url (WsSocket *self)
{
  g_return_val_if_fail (WS_IS_SOCKET (self), NULL);

  return ws_socket_peek (self)->url;
}

/**
 * ws_socket_set_url:
 * @self: a socket
 * @url: (nullable): a `ws:` or `ws+unix:` URL
 *
 * Sets where the socket goes. An active one is opened again, from the context's
 * idle.
 *
 * Since: 1.0
 */
void
ws_socket_set_url (WsSocket *self, const char *url)
{
  WsSocketPrivate *priv;

  g_return_if_fail (WS_IS_SOCKET (self));

  priv = ws_socket_peek (self);
  if (!ws_socket_may_set (self, WS_SOCKET_PROP_URL)
      || (priv->active && !ws_home_may_enter (G_STRFUNC))
      || !ws_socket_take_url (self, url))
    return;
  g_object_freeze_notify (G_OBJECT (self));
  if (priv->active)
    ws_socket_schedule_activation (self);
  ws_socket_notify (self, WS_SOCKET_PROP_URL);
  g_object_thaw_notify (G_OBJECT (self));
}

/**
 * ws_socket_get_active:
 * @self: a socket
 *
 * Gets whether a connection is wanted.
 *
 * Returns: whether it is wanted, or there
 *
 * Since: 1.0
 */
gboolean
ws_socket_get_active (WsSocket *self)
{
  g_return_val_if_fail (WS_IS_SOCKET (self), FALSE);

  return ws_socket_peek (self)->active;
}

/**
 * ws_socket_set_active:
 * @self: a socket
 * @active: %TRUE to open from the context's idle, %FALSE to close
 *
 * Sets whether the socket is to be open, and so opens or closes it.
 *
 * Since: 1.0
 */
void
ws_socket_set_active (WsSocket *self, gboolean active)
{
  WsSocketPrivate *priv;

  g_return_if_fail (WS_IS_SOCKET (self));

  priv = ws_socket_peek (self);
  if (priv->active == active || !ws_socket_may_set (self, WS_SOCKET_PROP_ACTIVE)
      || (active && !ws_home_may_enter (G_STRFUNC)))
    return;
  g_object_ref (self);
  ws_socket_set_active_flag (self, active);
  if (!active)
    ws_socket_close (self, WS_CLOSE_CODE_NORMAL, NULL, NULL);
  else if (priv->active
           && (priv->state == WS_STATE_UNCONNECTED
               || priv->state == WS_STATE_CLOSING))
    ws_socket_schedule_activation (self);
  g_object_unref (self);
}

/**
 * ws_socket_get_origin:
 * @self: a socket
 *
 * Gets the origin that the client announces, or has announced.
 *
 * Returns: (nullable): an origin
 *
 * Since: 1.0
 */
const char *
ws_socket_get_origin (WsSocket *self)
{
  g_return_val_if_fail (WS_IS_SOCKET (self), NULL);

  return ws_socket_peek (self)->origin;
}

/**
 * ws_socket_set_origin:
 * @self: a socket
 * @origin: (nullable): an origin, as in RFC 6454
 *
 * Sets the origin that the next opening announces.
 *
 * Since: 1.0
 */
void
ws_socket_set_origin (WsSocket *self, const char *origin)
{
  WsSocketPrivate *priv;

  g_return_if_fail (WS_IS_SOCKET (self));

  priv = ws_socket_peek (self);
  if (g_strcmp0 (priv->origin, origin) == 0
      || !ws_socket_may_set (self, WS_SOCKET_PROP_ORIGIN))
    return;
  g_free (priv->origin);
  priv->origin = g_strdup (origin);
  ws_socket_notify (self, WS_SOCKET_PROP_ORIGIN);
}

/**
 * ws_socket_get_version:
 * @self: a socket
 *
 * Gets the version of the protocol.
 *
 * Returns: a version
 *
 * Since: 1.0
 */
WsProtocolVersion
ws_socket_get_version (WsSocket *self)
{
  g_return_val_if_fail (WS_IS_SOCKET (self), WS_PROTOCOL_VERSION_UNKNOWN);

  return ws_socket_peek (self)->version;
}

/**
 * ws_socket_set_version:
 * @self: a socket
 * @version: a version; only 13 is spoken
 *
 * Sets the version of the protocol, which is only remembered.
 *
 * Since: 1.0
 */
void
ws_socket_set_version (WsSocket *self, WsProtocolVersion version)
{
  WsSocketPrivate *priv;

  g_return_if_fail (WS_IS_SOCKET (self));

  priv = ws_socket_peek (self);
  if (priv->version == version
      || !ws_socket_may_set (self, WS_SOCKET_PROP_VERSION))
    return;
  priv->version = version;
  ws_socket_notify (self, WS_SOCKET_PROP_VERSION);
}

static void
warn_forgotten (const char *caller)
{
  ws_home_warn (caller, "The client's request is no longer known: ask for it "
                        "where you get the socket, then it is kept");
}

/**
 * ws_socket_get_subprotocols:
 * @self: a socket
 *
 * Gets the subprotocols that are offered, or were by the client.
 *
 * On a server's socket they have to be asked for as
 * [property@Socket:request-headers] has.
 *
 * Returns: (nullable) (array zero-terminated=1) (transfer none): their names,
 *   the preferred one first
 *
 * Since: 1.0
 */
const char *const *
ws_socket_get_subprotocols (WsSocket *self)
{
  WsSocketPrivate *priv;

  g_return_val_if_fail (WS_IS_SOCKET (self), NULL);

  priv = ws_socket_peek (self);
  if (priv->now.offers_none && !priv->now.offers_seen)
    priv->subprotocols = g_new0 (char *, 1);
  if (priv->now.offers_forgotten && !priv->now.offers_seen)
    warn_forgotten (G_STRFUNC);
  priv->now.offers_seen = TRUE;
  return (const char *const *) priv->subprotocols;
}

/**
 * ws_socket_set_subprotocols:
 * @self: a socket
 * @subprotocols: (nullable) (array zero-terminated=1): their names, the
 *   preferred one first
 *
 * Sets the subprotocols that the next opening offers. Names that are not tokens
 * are left out with a warning.
 *
 * Since: 1.0
 */
void
ws_socket_set_subprotocols (WsSocket *self, const char *const *subprotocols)
{
  WsSocketPrivate *priv;
  g_auto (GStrv) valid = NULL;
  g_auto (GStrv) invalid = NULL;

  g_return_if_fail (WS_IS_SOCKET (self));

  if (!ws_socket_may_set (self, WS_SOCKET_PROP_SUBPROTOCOLS))
    return;
  priv = ws_socket_peek (self);
  valid = ws_client_handshake_filter_subprotocols (subprotocols, &invalid);
  if (invalid != NULL)
    for (guint i = 0; invalid[i] != NULL; i++)
      {
        g_autofree char *quoted = ws_http_quote (invalid[i]);

        g_warning ("%s is not a subprotocol's name and is not offered", quoted);
      }
  priv->now.offers_seen = TRUE;
  g_strfreev (priv->subprotocols);
  priv->subprotocols = g_steal_pointer (&valid);
  ws_socket_notify (self, WS_SOCKET_PROP_SUBPROTOCOLS);
}

/**
 * ws_socket_get_subprotocol:
 * @self: a socket
 *
 * Gets the subprotocol that was agreed on, for the connection or the last one.
 *
 * Returns: its name, or ""
 *
 * Since: 1.0
 */
const char *
ws_socket_get_subprotocol (WsSocket *self)
{
  WsSocketPrivate *priv;

  g_return_val_if_fail (WS_IS_SOCKET (self), NULL);

  priv = ws_socket_peek (self);
  return priv->now.subprotocol != NULL ? priv->now.subprotocol : "";
}

/**
 * ws_socket_get_peer_name:
 * @self: a socket
 *
 * Gets the host of the URL in use.
 *
 * Returns: a host name or address, or ""
 *
 * Since: 1.0
 */
const char *
ws_socket_get_peer_name (WsSocket *self)
{
  WsSocketPrivate *priv;

  g_return_val_if_fail (WS_IS_SOCKET (self), NULL);

  priv = ws_socket_peek (self);
  return priv->now.target != NULL ? priv->now.target->host : "";
}

/* A server's socket has the head of the request as it came for as long as it is
 * new, and parses it when somebody asks. */
static WsHeaders *
parse_request_head (WsSocketPrivate *priv)
{
  WsHttpRequest request;
  WsHttpFault   fault;
  WsHeaders    *headers;
  gsize         len;
  const char   *head = g_bytes_get_data (priv->now.request_head, &len);

  if (!ws_http_request_parse (&request, head, len, &fault))
    return ws_headers_new ();
  headers = ws_headers_new_take (g_steal_pointer (&request.headers));
  ws_http_request_clear (&request);
  return headers;
}

/**
 * ws_socket_get_request_headers:
 * @self: a socket
 *
 * Gets the header fields of the handshake's request.
 *
 * Those that a client sends beside its own, which may be changed here before it
 * opens; on a server's socket all that came, if they are asked for in time, as
 * [property@Socket:request-headers] tells.
 *
 * Returns: (transfer none): the live list
 *
 * Since: 1.0
 */
WsHeaders *
ws_socket_get_request_headers (WsSocket *self)
{
  WsSocketPrivate *priv;

  g_return_val_if_fail (WS_IS_SOCKET (self), NULL);

  priv = ws_socket_peek (self);
  if (priv->extras->request_headers != NULL)
    return priv->extras->request_headers;
  if (priv->now.is_incoming && priv->now.request_head == NULL)
    warn_forgotten (G_STRFUNC);
  ws_socket_get_extras (self)->request_headers = priv->now.request_head != NULL
                                                     ? parse_request_head (priv)
                                                     : ws_headers_new ();
  return priv->extras->request_headers;
}

/**
 * ws_socket_set_request_headers:
 * @self: a socket
 * @request_headers: (nullable): further header fields
 *
 * Sets what the next opening sends beside the fields of the handshake.
 *
 * The list is referenced, not copied. An opening fails with
 * %WS_SOCKET_ERROR_CONNECTION_REFUSED if it holds a field that the handshake
 * writes itself (RFC 6455, 4.1): `Upgrade`, `Connection`, `Origin` where
 * [property@Socket:origin] is set, those of a body, and `Sec-WebSocket-` with
 * anything but `Protocol`. `Host` takes the place of the URL's host.
 *
 * Since: 1.0
 */
void
ws_socket_set_request_headers (WsSocket *self, WsHeaders *request_headers)
{
  WsSocketPrivate *priv;
  WsSocketExtras  *extras;

  g_return_if_fail (WS_IS_SOCKET (self));

  priv = ws_socket_peek (self);
  if (priv->extras->request_headers == request_headers
      || !ws_socket_may_set (self, WS_SOCKET_PROP_REQUEST_HEADERS))
    return;
  extras = ws_socket_get_extras (self);
  g_clear_pointer (&extras->request_headers, ws_headers_unref);
  if (request_headers != NULL)
    extras->request_headers = ws_headers_ref (request_headers);
  ws_socket_notify (self, WS_SOCKET_PROP_REQUEST_HEADERS);
}

/**
 * ws_socket_get_mask_generator:
 * @self: a socket
 *
 * Gets where the masks come from; %NULL: the built-in generator.
 *
 * Returns: (nullable) (transfer none): a generator
 *
 * Since: 1.0
 */
WsMaskGenerator *
ws_socket_get_mask_generator (WsSocket *self)
{
  g_return_val_if_fail (WS_IS_SOCKET (self), NULL);

  return ws_socket_peek (self)->extras->mask_generator;
}

/**
 * ws_socket_set_mask_generator:
 * @self: a socket
 * @mask_generator: (nullable): a generator; %NULL: the built-in one
 *
 * Sets where the masks of the following frames come from.
 *
 * Since: 1.0
 */
void
ws_socket_set_mask_generator (WsSocket *self, WsMaskGenerator *mask_generator)
{
  g_return_if_fail (WS_IS_SOCKET (self));
  g_return_if_fail (mask_generator == NULL
                    || WS_IS_MASK_GENERATOR (mask_generator));

  if (ws_socket_may_set (self, WS_SOCKET_PROP_MASK_GENERATOR)
      && g_set_object (&ws_socket_get_extras (self)->mask_generator,
                       mask_generator))
    {
      ws_socket_update_masks (self);
      ws_socket_notify (self, WS_SOCKET_PROP_MASK_GENERATOR);
    }
}

/* --- The properties --- */

/* clang-format off */
const WsProperty ws_socket_handshake_properties[] = {
  /**
   * WsSocket:url:
   *
   * Where [method@Socket.open] and [property@Socket:active] go.
   *
   * A `ws:` URL (RFC 6455, 3), or `ws+unix:/path/of/socket:/resource`. On a
   * server's socket the one that the client seems to have used. When it changes
   * while [property@Socket:active] is %TRUE, the socket is opened again.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_STRING (WsSocket, WS_SOCKET_PROP_URL, "url", NULL,
                        ws_socket_get_url, ws_socket_set_url) },

  /**
   * WsSocket:active:
   *
   * Whether a connection is wanted, or there.
   *
   * Set to %TRUE it opens [property@Socket:url], from the context's idle, so
   * that properties may be set in any order; set to %FALSE it closes. It
   * becomes %FALSE when the connection, or the attempt, has ended, unless
   * [property@Socket:reconnect] has a new one made: then it stays %TRUE all the
   * while.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_BOOLEAN (WsSocket, WS_SOCKET_PROP_ACTIVE, "active", FALSE,
                         ws_socket_get_active, ws_socket_set_active) },

  /**
   * WsSocket:origin:
   *
   * The origin that a client announces (RFC 6454), or that a server's client
   * has announced.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_STRING (WsSocket, WS_SOCKET_PROP_ORIGIN, "origin", NULL,
                        ws_socket_get_origin, ws_socket_set_origin) },

  /**
   * WsSocket:version:
   *
   * The version of the protocol.
   *
   * Only 13 is spoken; another value is remembered, as in Qt, and
   * changes nothing.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_ENUM (WsSocket, WS_SOCKET_PROP_VERSION, "version",
                      WsProtocolVersion, ws_protocol_version_get_type,
                      WS_PROTOCOL_VERSION_LATEST, ws_socket_get_version,
                      ws_socket_set_version) },

  /**
   * WsSocket:subprotocols:
   *
   * The subprotocols that a client offers, the preferred one first.
   *
   * On a server's socket those that the client has offered, for who asks in
   * time, as with [property@Socket:request-headers]. What is not a token is
   * left out with a warning (RFC 6455, 4.1).
   *
   * Since: 1.0
   */
  { WS_PROPERTY_BOXED (WsSocket, WS_SOCKET_PROP_SUBPROTOCOLS, "subprotocols",
                       const char *const *, const char *const *,
                       g_strv_get_type, ws_socket_get_subprotocols,
                       ws_socket_set_subprotocols) },

  /**
   * WsSocket:subprotocol:
   *
   * The subprotocol that was agreed on (RFC 6455, 1.9); empty if none was. It
   * stays until the next opening.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_STRING (WsSocket, WS_SOCKET_PROP_SUBPROTOCOL, "subprotocol",
                        "", ws_socket_get_subprotocol, NULL) },

  /**
   * WsSocket:resource-name:
   *
   * The path and query of the URL in use, percent-encoded.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_STRING (WsSocket, WS_SOCKET_PROP_RESOURCE_NAME,
                        "resource-name", "",
                        ws_socket_get_resource_name, NULL) },

  /**
   * WsSocket:peer-name:
   *
   * The host of the URL in use.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_STRING (WsSocket, WS_SOCKET_PROP_PEER_NAME, "peer-name", "",
                        ws_socket_get_peer_name, NULL) },

  /**
   * WsSocket:request-headers:
   *
   * Header fields that a client sends beside those of the handshake.
   *
   * On a server's socket all that the client has sent. They do not stay in
   * memory unless somebody asks for them where the socket is handed over: in a
   * handler of [signal@Server::client-connected], or when
   * [method@Server.next_pending_connection] or [method@Server.accept_finish]
   * has returned it, before the main loop has nothing more urgent to do. Who
   * asks then, for these or for [property@Socket:request], may do so again
   * until the next opening; who asks later for the first time gets an empty
   * list and a warning. [property@Socket:url], [property@Socket:origin] and
   * what else has a property of its own are always there.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_BOXED (WsSocket, WS_SOCKET_PROP_REQUEST_HEADERS,
                       "request-headers", WsHeaders *, WsHeaders *,
                       ws_headers_get_type, ws_socket_get_request_headers,
                       ws_socket_set_request_headers) },

  /**
   * WsSocket:mask-generator:
   *
   * Where the masks of a client's frames come from (RFC 6455, 5.3); %NULL: the
   * built-in generator.
   *
   * It may be changed while connected.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_OBJECT (WsSocket, WS_SOCKET_PROP_MASK_GENERATOR,
                        "mask-generator", WsMaskGenerator,
                        ws_mask_generator_get_type,
                        ws_socket_get_mask_generator,
                        ws_socket_set_mask_generator) },

  { 0 }
};
/* clang-format on */
