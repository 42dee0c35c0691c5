/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A client's requests: what is asked for, what is answered, and where redirects
 * lead. Credentials are asked for in ws-socket-auth.c. */
#include "socket/ws-socket-http.h"

#include "socket/ws-socket-log.h"
#include "socket/ws-socket-signals.h"
#include "socket/ws-socket-ssl.h"
#include "http/ws-handshake-response-private.h"
#include "http/ws-headers-private.h"
#include "base/ws-answered.h"

#define PROTOCOL_FIELD "Sec-WebSocket-Protocol"

/* --- Life --- */

WsSocketHttp *
ws_socket_ensure_http (WsSocket *self)
{
  WsSocketPrivate *priv = ws_socket_peek (self);

  if (priv->http == NULL)
    {
      priv->http = g_new0 (WsSocketHttp, 1);
      priv->http->limits = (WsHttpLimits) WS_HTTP_LIMITS_DEFAULT;
    }
  return priv->http;
}

void
ws_socket_end_request (WsSocket *self)
{
  WsSocketHttp *http = ws_socket_peek (self)->http;

  if (http == NULL)
    return;
  http->question = 0;
  g_clear_object (&http->hop);
}

static void
forget_response (WsSocketHttp *http)
{
  ws_client_response_clear (&http->answer);
  g_clear_object (&http->response);
}

void
ws_socket_clear_http (WsSocket *self)
{
  WsSocketPrivate *priv = ws_socket_peek (self);
  WsSocketHttp    *http = g_steal_pointer (&priv->http);

  if (http == NULL)
    return;
  forget_response (http);
  g_clear_object (&http->hop);
  g_clear_object (&http->request);
  g_clear_object (&http->begun);
  g_clear_object (&http->proxy_resolver);
  g_clear_object (&http->local_address);
  g_free (http->proxy_uri);
  g_free (http);
}

/* --- What is asked for --- */

/* The header's names are offered as well; those that are none are left out. */
static void
filter_header (WsHeaders *headers)
{
  g_autofree char *joined = ws_headers_get_list (headers, PROTOCOL_FIELD);
  g_autofree char *kept = NULL;
  g_auto (GStrv) names = NULL;
  g_auto (GStrv) valid = NULL;
  g_auto (GStrv) invalid = NULL;

  if (joined == NULL)
    return;
  names = ws_http_list_split (joined);
  valid = ws_client_handshake_filter_subprotocols ((const char *const *) names,
                                                   &invalid);
  if (invalid[0] == NULL)
    return;
  for (guint i = 0; invalid[i] != NULL; i++)
    {
      g_autofree char *quoted = ws_http_quote (invalid[i]);

      g_warning ("%s is not a subprotocol's name and is not offered", quoted);
    }
  ws_headers_remove (headers, PROTOCOL_FIELD);
  if (valid != NULL)
    kept = g_strjoinv (", ", valid);
  if (kept != NULL)
    ws_headers_append (headers, PROTOCOL_FIELD, kept, NULL);
}

void
ws_socket_begin_request (WsSocket *self, WsRequest *request)
{
  WsSocketPrivate   *priv = ws_socket_peek (self);
  WsSocketHttp      *http = ws_socket_ensure_http (self);
  WsHeaders         *headers = priv->extras->request_headers;
  const char        *origin = priv->origin;
  const char *const *subprotocols = (const char *const *) priv->subprotocols;
  g_autoptr (WsHeaders) copy = NULL;

  g_set_object (&http->request, request);
  forget_response (http);
  if (request != NULL)
    {
      headers = ws_request_get_headers (request);
      if (ws_request_get_origin (request) != NULL)
        origin = ws_request_get_origin (request);
      if (ws_request_get_subprotocols (request) != NULL)
        subprotocols = ws_request_get_subprotocols (request);
    }
  copy = headers != NULL ? ws_headers_copy (headers) : ws_headers_new ();
  filter_header (copy);
  ws_socket_end_request (self);
  http->hop = ws_request_new (priv->now.target->text);
  ws_request_set_headers (http->hop, copy);
  ws_request_set_origin (http->hop, origin);
  ws_request_set_subprotocols (http->hop, subprotocols);
  if (request == NULL)
    request = http->hop;
  g_set_object (&http->begun, request);
}

WsRequest *
ws_socket_peek_request (WsSocket *self)
{
  WsSocketHttp *http = ws_socket_peek (self)->http;

  return http != NULL ? http->request : NULL;
}

void
ws_socket_fill_http_options (WsSocket *self, WsClientOpeningOptions *options)
{
  WsSocketHttp *http = ws_socket_ensure_http (self);

  options->origin = ws_request_get_origin (http->hop);
  options->subprotocols = ws_request_get_subprotocols (http->hop);
  options->headers = ws_headers_peek_http (ws_request_get_headers (http->hop));
  options->max_redirects = http->max_redirects;
  options->limits = &http->limits;
  options->proxy_resolver = http->proxy_resolver;
  options->local_address = http->local_address;
  if (ws_socket_peek (self)->compression != NULL)
    options->deflate = &ws_socket_peek (self)->compression->settings;
}

/* --- What is answered --- */

void
ws_socket_take_response (WsSocket *self, WsClientOpening *opening)
{
  WsSocketHttp    *http = ws_socket_ensure_http (self);
  WsClientResponse answer = ws_client_opening_steal_response (opening);

  /* What was taken when the user was asked is still the last one. */
  if (answer.head.len == 0)
    return;
  forget_response (http);
  http->answer = answer;
}

/**
 * ws_socket_get_response:
 * @self: a socket
 *
 * Gets what the server answered to the handshake.
 *
 * Returns: (transfer none) (nullable): the last answer that came since the
 *   socket was last opened; %NULL when none has, and on a server's socket
 *
 * Since: 1.0
 */
WsHandshakeResponse *
ws_socket_get_response (WsSocket *self)
{
  WsSocketHttp *http;

  g_return_val_if_fail (WS_IS_SOCKET (self), NULL);

  http = ws_socket_peek (self)->http;
  if (http == NULL)
    return NULL;
  if (http->response == NULL)
    http->response = ws_handshake_response_new_take (&http->answer);
  return http->response;
}

/* --- Redirects --- */

/**
 * ws_socket_get_max_redirects:
 * @self: a socket
 *
 * Gets how many redirects an opening follows.
 *
 * Returns: a number; 0: none
 *
 * Since: 1.0
 */
guint
ws_socket_get_max_redirects (WsSocket *self)
{
  WsSocketHttp *http;

  g_return_val_if_fail (WS_IS_SOCKET (self), 0);

  http = ws_socket_peek (self)->http;
  return http != NULL ? http->max_redirects : 0;
}

/**
 * ws_socket_set_max_redirects:
 * @self: a socket
 * @max_redirects: a number; 0: none
 *
 * Sets how many redirects the next opening follows.
 *
 * Since: 1.0
 */
void
ws_socket_set_max_redirects (WsSocket *self, guint max_redirects)
{
  g_return_if_fail (WS_IS_SOCKET (self));

  if (ws_socket_get_max_redirects (self) == max_redirects
      || !ws_socket_may_set (self, WS_SOCKET_PROP_MAX_REDIRECTS))
    return;
  ws_socket_ensure_http (self)->max_redirects = max_redirects;
  ws_socket_notify (self, WS_SOCKET_PROP_MAX_REDIRECTS);
}

/**
 * ws_socket_refuse_redirect:
 * @self: a socket
 *
 * Refuses to go where [signal@Socket::redirected] says, in whose handler it
 * must be called: the opening fails with %WS_SOCKET_ERROR_HANDSHAKE_REJECTED.
 * At any other time it does nothing.
 *
 * Since: 1.0
 */
void
ws_socket_refuse_redirect (WsSocket *self)
{
  g_return_if_fail (WS_IS_SOCKET (self));

  ws_socket_ensure_http (self)->is_refused = TRUE;
}

/* The request of the next hop: another origin gets nothing that the user meant
 * for this one. */
static WsRequest *
make_hop (WsSocketHttp *http, const WsUrl *url, gboolean is_same_origin)
{
  WsRequest *hop = ws_request_new (url->text);

  ws_request_set_origin (hop, ws_request_get_origin (http->hop));
  ws_request_set_subprotocols (hop, ws_request_get_subprotocols (http->hop));
  if (is_same_origin)
    {
      g_autoptr (WsHeaders) headers
          = ws_headers_copy (ws_request_get_headers (http->hop));

      ws_request_set_headers (hop, headers);
    }
  return hop;
}

static void
go_to (WsSocket *self, const WsUrl *url, gboolean is_same_origin)
{
  WsSocketPrivate *priv = ws_socket_peek (self);

  if (!is_same_origin)
    ws_attempt_forget_ssl_errors (&priv->now);
  ws_url_free (priv->now.target);
  priv->now.target = ws_url_parse (url->text, NULL);
}

static void
follow (WsSocket *self, const WsUrl *url, gboolean is_same_origin)
{
  WsSocketPrivate       *priv = ws_socket_peek (self);
  WsClientOpeningOptions options = { 0 };
  g_autoptr (WsTlsCredentials) credentials = NULL;
  g_autoptr (WsHeaders) headers = NULL;
  g_autoptr (GError) error = NULL;

  go_to (self, url, is_same_origin);
  if (url->secure)
    {
      credentials = ws_socket_load_credentials (self, &error);
      if (credentials == NULL)
        {
          ws_client_opening_give_up (priv->now.opening, error->message);
          return;
        }
      ws_socket_fill_tls_options (self, credentials, &options);
    }
  /* The list may be one of the handler's own. */
  headers = ws_headers_copy (ws_request_get_headers (priv->http->hop));
  filter_header (headers);
  ws_request_set_headers (priv->http->hop, headers);
  ws_socket_fill_http_options (self, &options);
  ws_client_opening_follow (priv->now.opening, &options);
  g_object_freeze_notify (G_OBJECT (self));
  ws_socket_notify (self, WS_SOCKET_PROP_RESOURCE_NAME);
  ws_socket_notify (self, WS_SOCKET_PROP_PATH);
  ws_socket_notify (self, WS_SOCKET_PROP_QUERY);
  ws_socket_notify (self, WS_SOCKET_PROP_IS_SECURE);
  ws_socket_notify (self, WS_SOCKET_PROP_PEER_NAME);
  g_object_thaw_notify (G_OBJECT (self));
}

/* @url belongs to the opening, which a handler may end. */
void
ws_socket_on_opening_redirected (WsClientOpening *opening,
                                 const WsUrl     *url,
                                 gboolean         is_same_origin,
                                 gpointer         user_data)
{
  WS_SOCKET_INSIDE (user_data);
  WsSocket        *self = g_object_ref (user_data);
  WsSocketPrivate *priv = ws_socket_peek (self);
  WsSocketHttp    *http = ws_socket_ensure_http (self);
  guint            attempt = priv->now.number;
  WsAnswered       answered = WS_ANSWERED;
  g_autoptr (WsUrl) next = ws_url_parse (url->text, NULL);
  g_autoptr (WsRequest) hop = make_hop (http, next, is_same_origin);

  ws_socket_take_response (self, opening);
  ws_socket_notify (self, WS_SOCKET_PROP_RESPONSE);
  if (attempt == priv->now.number)
    {
      http->is_refused = FALSE;
      ws_socket_emit (self, WS_SOCKET_SIGNAL_REDIRECTED, hop, &answered);
      if (answered == WS_ANSWERED_BY_FAILING)
        http->is_refused = TRUE;
    }
  if (attempt == priv->now.number && http->is_refused)
    {
      g_autofree char *quoted = ws_url_quote (next->text);
      g_autofree char *message
          = g_strdup_printf ("the redirect to %s was refused", quoted);

      ws_client_opening_give_up (opening, message);
    }
  else if (attempt == priv->now.number)
    {
      g_autofree char *shown = ws_url_show (next->text);

      ws_socket_log (self, "redirected to %s", shown);
      g_set_object (&http->hop, hop);
      follow (self, next, is_same_origin);
    }
  g_object_unref (self);
}

/* --- The properties --- */

/* clang-format off */
const WsProperty ws_socket_http_properties[] = {
  /**
   * WsSocket:response:
   *
   * What the server answered to the handshake, also when it refused.
   *
   * It is there from [signal@Socket::connected] or [signal@Socket::error] on,
   * until the next opening; in [signal@Socket::authentication-required] and
   * [signal@Socket::redirected] it is the answer that led there. A refusal's
   * content is awaited for two seconds at most before the error is told. %NULL
   * on a server's socket.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_OBJECT (WsSocket, WS_SOCKET_PROP_RESPONSE, "response",
                        WsHandshakeResponse, ws_handshake_response_get_type,
                        ws_socket_get_response, NULL) },

  /**
   * WsSocket:max-redirects:
   *
   * How many redirects an opening follows (RFC 9110, 15.4); 0: none.
   *
   * Each is told with [signal@Socket::redirected]. None leads from `wss:` to
   * `ws:`. [property@Socket:open-timeout] covers all of it.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_UINT (WsSocket, WS_SOCKET_PROP_MAX_REDIRECTS, "max-redirects",
                      0, G_MAXUINT, 0, ws_socket_get_max_redirects,
                      ws_socket_set_max_redirects) },

  { 0 }
};
/* clang-format on */
