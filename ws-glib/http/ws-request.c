/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A request: what a client asks for, or what a server was asked for. */
#include "http/ws-request-private.h"

#include <string.h>

#include "protocol/ws-client-handshake.h"

#include "http/ws-headers-private.h"
#include "http/ws-request-core.h"
#include "http/ws-request-target.h"

/**
 * WsRequest:
 *
 * An HTTP request: one that a client is to send, or one that came to a server.
 *
 * A client opens with [method@Socket.open_request], which reads
 * [property@Request:url], [property@Request:headers],
 * [property@Request:subprotocols] and [property@Request:origin].
 *
 * A server hands one to the handlers of [signal@Server::handshake-requested]
 * and [signal@Server::http-request], where all properties tell what has come;
 * what is set there changes nothing but the object.
 *
 * Since: 1.0
 */

G_DEFINE_FINAL_TYPE (WsRequest, ws_request, G_TYPE_OBJECT)

static GParamSpec *props[WS_REQUEST_N_PROPS];

static void
ws_request_finalize (GObject *object)
{
  WsRequest *self = WS_REQUEST (object);

  g_free (self->method);
  g_free (self->url);
  ws_headers_unref (self->headers);
  g_strfreev (self->subprotocols);
  g_free (self->origin);
  g_free (self->resource);
  g_free (self->path);
  g_free (self->http_version);
  g_clear_object (&self->peer_address);
  g_clear_object (&self->client_address);
  g_clear_pointer (&self->body, g_bytes_unref);
  G_OBJECT_CLASS (ws_request_parent_class)->finalize (object);
}

/* clang-format off */
static const WsProperty properties[] = {
  /**
   * WsRequest:method:
   *
   * The method; a handshake's is `GET`.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_STRING (WsRequest, WS_REQUEST_PROP_METHOD, "method", "GET",
                        ws_request_get_method, NULL) },

  /**
   * WsRequest:url:
   *
   * What is asked for: `ws:`, `wss:` and `ws+unix:` for a handshake.
   *
   * On a server it is put together of the host that the client named and of
   * [property@Request:resource-name]; that of plain HTTP is `http:` or
   * `https:`.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_STRING (WsRequest, WS_REQUEST_PROP_URL, "url", NULL,
                        ws_request_get_url,
                        ws_request_set_url) },

  /**
   * WsRequest:headers:
   *
   * The header fields: those that a client adds, or all that came to a server.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_BOXED (WsRequest, WS_REQUEST_PROP_HEADERS, "headers",
                       WsHeaders *,
                       WsHeaders *, ws_headers_get_type,
                       ws_request_get_headers, ws_request_set_headers) },

  /**
   * WsRequest:subprotocols:
   *
   * The subprotocols on offer, the preferred one first.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_BOXED (WsRequest, WS_REQUEST_PROP_SUBPROTOCOLS, "subprotocols",
                       const char *const *, const char *const *,
                       g_strv_get_type, ws_request_get_subprotocols,
                       ws_request_set_subprotocols) },

  /**
   * WsRequest:origin:
   *
   * The origin that is announced (RFC 6454); %NULL: none.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_STRING (WsRequest, WS_REQUEST_PROP_ORIGIN, "origin", NULL,
                        ws_request_get_origin, ws_request_set_origin) },

  /**
   * WsRequest:is-handshake:
   *
   * Whether this is a WebSocket handshake; %FALSE for plain HTTP.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_BOOLEAN (WsRequest, WS_REQUEST_PROP_IS_HANDSHAKE,
                         "is-handshake", TRUE,
                         ws_request_get_is_handshake, NULL) },

  /**
   * WsRequest:http-version:
   *
   * The version of HTTP, as in `1.1`.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_STRING (WsRequest, WS_REQUEST_PROP_HTTP_VERSION,
                        "http-version", "1.1",
                        ws_request_get_http_version, NULL) },

  /**
   * WsRequest:body:
   *
   * What came with a plain HTTP request; %NULL if nothing did.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_BOXED (WsRequest, WS_REQUEST_PROP_BODY, "body", GBytes *,
                       GBytes *,
                       g_bytes_get_type, ws_request_get_body, NULL) },

  { 0 }
};
/* clang-format on */

static const WsProperty *const tables[]
    = { properties, ws_request_target_properties, NULL };

static void
ws_request_class_init (WsRequestClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = ws_request_finalize;
  ws_property_install (object_class, tables, props, WS_REQUEST_N_PROPS);
}

static void
ws_request_init (WsRequest *self)
{
  self->method = g_strdup ("GET");
  self->http_version = g_strdup ("1.1");
  self->headers = ws_headers_new ();
  self->is_handshake = TRUE;
}

/**
 * ws_request_new:
 * @url: (nullable): what is asked for
 *
 * Creates a request for a handshake.
 *
 * Returns: (transfer full): a new request
 *
 * Since: 1.0
 */
WsRequest *
ws_request_new (const char *url)
{
  return g_object_new (WS_TYPE_REQUEST, "url", url, NULL);
}

/**
 * ws_request_get_method:
 * @self: a request
 *
 * Gets the method.
 *
 * Returns: `GET`, or what came to a server
 *
 * Since: 1.0
 */
const char *
ws_request_get_method (WsRequest *self)
{
  g_return_val_if_fail (WS_IS_REQUEST (self), NULL);

  return self->method;
}

/**
 * ws_request_get_url:
 * @self: a request
 *
 * Gets what is asked for.
 *
 * Returns: (nullable): a URL
 *
 * Since: 1.0
 */
const char *
ws_request_get_url (WsRequest *self)
{
  g_return_val_if_fail (WS_IS_REQUEST (self), NULL);

  return self->url;
}

/**
 * ws_request_set_url:
 * @self: a request
 * @url: (nullable): a URL
 *
 * Sets what is asked for. It is not examined before it is opened.
 *
 * Since: 1.0
 */
void
ws_request_set_url (WsRequest *self, const char *url)
{
  g_return_if_fail (WS_IS_REQUEST (self));

  if (g_strcmp0 (self->url, url) == 0)
    return;
  g_free (self->url);
  self->url = g_strdup (url);
  g_clear_pointer (&self->resource, g_free);
  g_clear_pointer (&self->path, g_free);
  g_object_freeze_notify (G_OBJECT (self));
  g_object_notify_by_pspec (G_OBJECT (self), props[WS_REQUEST_PROP_URL]);
  g_object_notify_by_pspec (G_OBJECT (self),
                            props[WS_REQUEST_PROP_RESOURCE_NAME]);
  g_object_notify_by_pspec (G_OBJECT (self), props[WS_REQUEST_PROP_PATH]);
  g_object_notify_by_pspec (G_OBJECT (self), props[WS_REQUEST_PROP_QUERY]);
  g_object_notify_by_pspec (G_OBJECT (self), props[WS_REQUEST_PROP_IS_SECURE]);
  g_object_thaw_notify (G_OBJECT (self));
}

/**
 * ws_request_get_headers:
 * @self: a request
 *
 * Gets the header fields.
 *
 * Returns: (transfer none): the live list
 *
 * Since: 1.0
 */
WsHeaders *
ws_request_get_headers (WsRequest *self)
{
  g_return_val_if_fail (WS_IS_REQUEST (self), NULL);

  return self->headers;
}

/**
 * ws_request_set_headers:
 * @self: a request
 * @headers: (nullable): header fields; %NULL: none
 *
 * Sets the header fields. The list is referenced, not copied.
 *
 * Since: 1.0
 */
void
ws_request_set_headers (WsRequest *self, WsHeaders *headers)
{
  g_return_if_fail (WS_IS_REQUEST (self));

  if (self->headers == headers)
    return;
  ws_headers_unref (self->headers);
  self->headers
      = headers != NULL ? ws_headers_ref (headers) : ws_headers_new ();
  g_object_notify_by_pspec (G_OBJECT (self), props[WS_REQUEST_PROP_HEADERS]);
}

/**
 * ws_request_get_subprotocols:
 * @self: a request
 *
 * Gets the subprotocols on offer.
 *
 * Returns: (nullable) (array zero-terminated=1) (transfer none): their names,
 *   the preferred one first
 *
 * Since: 1.0
 */
const char *const *
ws_request_get_subprotocols (WsRequest *self)
{
  g_return_val_if_fail (WS_IS_REQUEST (self), NULL);

  return (const char *const *) self->subprotocols;
}

/**
 * ws_request_set_subprotocols:
 * @self: a request
 * @subprotocols: (nullable) (array zero-terminated=1): their names, the
 *   preferred one first
 *
 * Sets the subprotocols on offer. Names that are not tokens are left out with a
 * warning.
 *
 * Since: 1.0
 */
void
ws_request_set_subprotocols (WsRequest *self, const char *const *subprotocols)
{
  g_auto (GStrv) valid = NULL;
  g_auto (GStrv) invalid = NULL;

  g_return_if_fail (WS_IS_REQUEST (self));

  valid = ws_client_handshake_filter_subprotocols (subprotocols, &invalid);
  for (guint i = 0; invalid != NULL && invalid[i] != NULL; i++)
    {
      g_autofree char *quoted = ws_http_quote (invalid[i]);

      g_warning ("%s is not a subprotocol's name and is not offered", quoted);
    }
  g_strfreev (self->subprotocols);
  self->subprotocols = g_steal_pointer (&valid);
  g_object_notify_by_pspec (G_OBJECT (self),
                            props[WS_REQUEST_PROP_SUBPROTOCOLS]);
}

/**
 * ws_request_get_origin:
 * @self: a request
 *
 * Gets the origin that is announced.
 *
 * Returns: (nullable): an origin
 *
 * Since: 1.0
 */
const char *
ws_request_get_origin (WsRequest *self)
{
  g_return_val_if_fail (WS_IS_REQUEST (self), NULL);

  return self->origin;
}

/**
 * ws_request_set_origin:
 * @self: a request
 * @origin: (nullable): an origin, as in RFC 6454
 *
 * Sets the origin that is announced.
 *
 * Since: 1.0
 */
void
ws_request_set_origin (WsRequest *self, const char *origin)
{
  g_return_if_fail (WS_IS_REQUEST (self));

  if (g_strcmp0 (self->origin, origin) == 0)
    return;
  g_free (self->origin);
  self->origin = g_strdup (origin);
  g_object_notify_by_pspec (G_OBJECT (self), props[WS_REQUEST_PROP_ORIGIN]);
}

/* --- What a server knows of a request --- */

WsRequest *
ws_request_new_incoming (WsRequestParts *parts)
{
  WsRequest *self = ws_request_new (parts->url);

  g_free (self->method);
  self->method = g_strdup (parts->http->method);
  ws_headers_unref (self->headers);
  self->headers = ws_headers_new_take (g_steal_pointer (&parts->http->headers));
  self->subprotocols = g_strdupv ((char **) parts->subprotocols);
  self->origin = g_strdup (parts->origin);
  self->resource = g_strdup (parts->resource);
  g_free (self->http_version);
  self->http_version
      = g_strdup_printf ("%u.%u", parts->http->major, parts->http->minor);
  g_set_object (&self->peer_address, parts->peer_address);
  g_set_object (&self->client_address, parts->client_address);
  self->is_secure = parts->is_secure;
  self->body = parts->body != NULL ? g_bytes_ref (parts->body) : NULL;
  self->is_handshake = parts->is_handshake;
  return self;
}

/**
 * ws_request_get_is_handshake:
 * @self: a request
 *
 * Gets whether this is a WebSocket handshake.
 *
 * Returns: %FALSE for plain HTTP
 *
 * Since: 1.0
 */
gboolean
ws_request_get_is_handshake (WsRequest *self)
{
  g_return_val_if_fail (WS_IS_REQUEST (self), FALSE);

  return self->is_handshake;
}

/**
 * ws_request_get_http_version:
 * @self: a request
 *
 * Gets the version of HTTP.
 *
 * Returns: a version, as in `1.1`
 *
 * Since: 1.0
 */
const char *
ws_request_get_http_version (WsRequest *self)
{
  g_return_val_if_fail (WS_IS_REQUEST (self), NULL);

  return self->http_version;
}

/**
 * ws_request_get_body:
 * @self: a request
 *
 * Gets what came with a plain HTTP request.
 *
 * Returns: (nullable) (transfer none): the body, if there was one
 *
 * Since: 1.0
 */
GBytes *
ws_request_get_body (WsRequest *self)
{
  g_return_val_if_fail (WS_IS_REQUEST (self), NULL);

  return self->body;
}
