/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a request asks for, and for whom. */
#include "http/ws-request-target.h"

#include <string.h>

#include "http/ws-target.h"
#include "protocol/ws-query.h"
#include "protocol/ws-url.h"

/* (transfer full): what follows scheme and authority, without the fragment;
 * also of what cannot be opened, as a path alone. */
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
 * ws_request_get_path:
 * @self: a request
 *
 * Gets the part of [property@Request:resource-name] before the query.
 *
 * Returns: a path, percent-encoded as it came
 *
 * Since: 1.0
 */
const char *
ws_request_get_path (WsRequest *self)
{
  g_return_val_if_fail (WS_IS_REQUEST (self), NULL);

  if (self->path == NULL)
    self->path = ws_query_cut_path (ws_request_get_resource_name (self));
  return self->path;
}

/**
 * ws_request_get_query:
 * @self: a request
 *
 * Gets the part of [property@Request:resource-name] behind the question mark.
 *
 * [method@Request.get_query_parameter] takes it apart.
 *
 * Returns: (nullable): a query, percent-encoded as it came; %NULL: none
 *
 * Since: 1.0
 */
const char *
ws_request_get_query (WsRequest *self)
{
  g_return_val_if_fail (WS_IS_REQUEST (self), NULL);

  return ws_query_find (ws_request_get_resource_name (self));
}

/**
 * ws_request_get_query_parameter:
 * @self: a request
 * @name: a parameter's name, decoded
 * @error: return location for an error
 *
 * Gets a parameter of the query, decoded: percent-encoding and "+" are undone.
 *
 * Where the name is repeated it is the first value;
 * [method@Request.get_query_parameters] has all. Fails with
 * %WS_SOCKET_ERROR_INVALID_UTF8 where one is no percent-encoded UTF-8, or
 * holds U+0000.
 *
 * Returns: (transfer full) (nullable): its value, "" for a name alone; %NULL
 *   without an error if there is none
 *
 * Since: 1.0
 */
char *
ws_request_get_query_parameter (WsRequest  *self,
                                const char *name,
                                GError    **error)
{
  g_return_val_if_fail (WS_IS_REQUEST (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  return ws_target_get_parameter (ws_request_get_resource_name (self), name,
                                  error);
}

/**
 * ws_request_get_query_parameters:
 * @self: a request
 * @name: a parameter's name, decoded
 * @error: return location for an error
 *
 * Gets all values of a parameter of the query, as
 * [method@Request.get_query_parameter] gets the first.
 *
 * Returns: (transfer full) (array zero-terminated=1): the values in their
 *   order;
 *   none if there is no such parameter
 *
 * Since: 1.0
 */
char **
ws_request_get_query_parameters (WsRequest  *self,
                                 const char *name,
                                 GError    **error)
{
  g_return_val_if_fail (WS_IS_REQUEST (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  return ws_target_get_parameters (ws_request_get_resource_name (self), name,
                                   error);
}

/**
 * ws_request_list_query_parameters:
 * @self: a request
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
ws_request_list_query_parameters (WsRequest *self, GError **error)
{
  g_return_val_if_fail (WS_IS_REQUEST (self), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  return ws_target_list_parameters (ws_request_get_resource_name (self), error);
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
 * ws_request_get_client_address:
 * @self: a request
 *
 * Gets where the client is that a server's request came from.
 *
 * Returns: (nullable) (transfer none): an address, if it is known
 *
 * Since: 1.0
 */
GSocketAddress *
ws_request_get_client_address (WsRequest *self)
{
  g_return_val_if_fail (WS_IS_REQUEST (self), NULL);

  return self->client_address;
}

/**
 * ws_request_dup_client_address_string:
 * @self: a request
 *
 * Gets [property@Request:client-address] as a text: `198.51.100.7:50000`,
 * `[2001:db8::1]:443`, `/run/socket`; without the port where that is not known.
 *
 * Returns: (transfer full) (nullable): the address, if it is known
 *
 * Since: 1.0
 */
char *
ws_request_dup_client_address_string (WsRequest *self)
{
  g_return_val_if_fail (WS_IS_REQUEST (self), NULL);

  return ws_target_name_address (ws_request_get_client_address (self));
}

/**
 * ws_request_dup_peer_address_string:
 * @self: a request
 *
 * Gets [property@Request:peer-address] as a text: `198.51.100.7:50000`,
 * `[2001:db8::1]:443`, `/run/socket`; without the port where that is not known.
 *
 * Returns: (transfer full) (nullable): the address, if it is known
 *
 * Since: 1.0
 */
char *
ws_request_dup_peer_address_string (WsRequest *self)
{
  g_return_val_if_fail (WS_IS_REQUEST (self), NULL);

  return ws_target_name_address (ws_request_get_peer_address (self));
}

/**
 * ws_request_get_is_secure:
 * @self: a request
 *
 * Gets whether it came over TLS, or is going to.
 *
 * Returns: whether it does
 *
 * Since: 1.0
 */
gboolean
ws_request_get_is_secure (WsRequest *self)
{
  g_return_val_if_fail (WS_IS_REQUEST (self), FALSE);

  return self->is_secure
         || (self->url != NULL
             && (g_ascii_strncasecmp (self->url, "wss:", 4) == 0
                 || g_ascii_strncasecmp (self->url, "https:", 6) == 0));
}

/* clang-format off */
const WsProperty ws_request_target_properties[] = {
  /**
   * WsRequest:resource-name:
   *
   * The path and query of [property@Request:url], percent-encoded.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_STRING (WsRequest, WS_REQUEST_PROP_RESOURCE_NAME,
                        "resource-name", "/",
                        ws_request_get_resource_name, NULL) },

  /**
   * WsRequest:peer-address:
   *
   * Where a server's request came from; %NULL if that is not known.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_OBJECT (WsRequest, WS_REQUEST_PROP_PEER_ADDRESS, "peer-address",
                        GSocketAddress, g_socket_address_get_type,
                        ws_request_get_peer_address, NULL) },

  /**
   * WsRequest:client-address:
   *
   * Where the client is that a server's request came from:
   * [property@Request:peer-address], unless that is one of
   * [property@Server:trusted-proxies] and names another. Its port is 0 where
   * the proxy does not tell it. %NULL if it is not known.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_OBJECT (WsRequest, WS_REQUEST_PROP_CLIENT_ADDRESS,
                        "client-address", GSocketAddress,
                        g_socket_address_get_type,
                        ws_request_get_client_address, NULL) },

  /**
   * WsRequest:is-secure:
   *
   * Whether the request came over TLS, or is going to.
   *
   * Behind a proxy that is one of [property@Server:trusted-proxies] it is the
   * client's way to that proxy that counts, if the proxy tells.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_BOOLEAN (WsRequest, WS_REQUEST_PROP_IS_SECURE, "is-secure",
                         FALSE, ws_request_get_is_secure, NULL) },

  /**
   * WsRequest:path:
   *
   * The part of [property@Request:resource-name] before the query,
   * percent-encoded.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_STRING (WsRequest, WS_REQUEST_PROP_PATH, "path", "/",
                        ws_request_get_path, NULL) },

  /**
   * WsRequest:query:
   *
   * The part of [property@Request:resource-name] behind the question mark,
   * percent-encoded; %NULL: there is none.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_STRING (WsRequest, WS_REQUEST_PROP_QUERY, "query", NULL,
                        ws_request_get_query, NULL) },

  { 0 }
};
/* clang-format on */
