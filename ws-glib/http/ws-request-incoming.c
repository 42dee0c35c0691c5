/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "http/ws-request-private.h"

#include <string.h>

#include "protocol/ws-url.h"

#include "http/ws-headers-private.h"

/* What a server knows of a request. */

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

/* (transfer full): what follows scheme and authority, without the fragment; also
 * of what cannot be opened, as a path alone. */
static char *
cut_resource (const char *url)
{
  const char      *start = url != NULL ? strstr (url, "://") : NULL;
  const char      *path = url != NULL ? url : "";
  g_autofree char *resource = NULL;
  g_autoptr (WsUrl) parsed = url != NULL ? ws_url_parse (url, NULL) : NULL;

  if (parsed != NULL)
    return g_strdup (parsed->resource);
  if (start != NULL && strcspn (url, "/?#") == (gsize) (start + 1 - url))
    path = start + 3 + strcspn (start + 3, "/?#");
  resource = g_strndup (path, strcspn (path, "#"));
  return g_strconcat (*resource == '/' ? "" : "/", resource, NULL);
}

/**
 * ws_request_get_resource_name:
 * @self: a request
 *
 * Gets the path and query of what is asked for.
 *
 * Returns: a path and query, percent-encoded
 *
 * Since: 1.0
 */
const char *
ws_request_get_resource_name (WsRequest *self)
{
  g_return_val_if_fail (WS_IS_REQUEST (self), NULL);

  if (self->resource == NULL)
    self->resource = cut_resource (self->url);
  return self->resource;
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
 * ws_request_get_peer_address:
 * @self: a request
 *
 * Gets where a server's request came from.
 *
 * Returns: (nullable) (transfer none): an address, if it is known
 *
 * Since: 1.0
 */
GSocketAddress *
ws_request_get_peer_address (WsRequest *self)
{
  g_return_val_if_fail (WS_IS_REQUEST (self), NULL);

  return self->peer_address;
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
