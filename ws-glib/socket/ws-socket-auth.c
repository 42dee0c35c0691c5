/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Asks a client's user for credentials, and chooses its proxy. */
#include "socket/ws-socket-auth.h"

#include "ws-socket-error.h"
#include "socket/ws-socket-http.h"
#include "socket/ws-socket-log.h"
#include "socket/ws-socket-signals.h"
#include "http/ws-authenticator-private.h"
#include "protocol/ws-proxy-uri.h"

/* --- Asking --- */

static void
give_answer (WsSocket *self, const char *user, const char *password)
{
  WsSocketPrivate *priv = ws_socket_peek (self);

  priv->http->question = 0;
  if (user != NULL)
    ws_client_opening_authenticate (priv->now.opening, user, password);
  else
    ws_client_opening_give_up (priv->now.opening, NULL);
}

/* A number is asked once in the life of a socket. */
static gboolean
is_open_question (WsSocket *self, guint number)
{
  WsSocketPrivate *priv = ws_socket_peek (self);

  return priv->now.opening != NULL && priv->http != NULL
         && priv->http->question == number;
}

static gboolean
on_answer (gpointer asker, guint number, const char *user, const char *password)
{
  WsSocket *self = asker;

  if (!ws_socket_may_call (self, "ws_authenticator_done"))
    return FALSE;
  if (is_open_question (self, number))
    give_answer (self, user, password);
  return TRUE;
}

static void
ask (WsSocket *self, const WsClientQuestion *question)
{
  WsSocketPrivate *priv = ws_socket_peek (self);
  WsSocketHttp    *http = ws_socket_ensure_http (self);
  guint            number = ++http->n_questions;
  g_autofree char *uri = g_strdup (question->uri);
  const char      *user;
  const char      *password;
  g_autoptr (WsAuthenticator) authenticator
      = ws_authenticator_new (question, self, number, priv->home.context,
                              on_answer);

  http->question = number;
  if (question->is_proxy)
    ws_socket_emit (self, WS_SOCKET_SIGNAL_PROXY_AUTHENTICATION_REQUIRED, uri,
                    authenticator);
  else
    ws_socket_emit (self, WS_SOCKET_SIGNAL_AUTHENTICATION_REQUIRED,
                    authenticator);
  if (ws_authenticator_finish (authenticator, &user, &password)
      && is_open_question (self, number))
    give_answer (self, user, password);
}

/* What the question points to belongs to the opening, which
 * handlers may end. */
static WsClientQuestion *
copy_question (const WsClientQuestion *question)
{
  WsClientQuestion *copy = g_new (WsClientQuestion, 1);

  *copy = *question;
  copy->uri = g_strdup (question->uri);
  copy->realm = g_strdup (question->realm);
  copy->user = g_strdup (question->user);
  copy->password = g_strdup (question->password);
  return copy;
}

static void
question_free (WsClientQuestion *question)
{
  g_free ((char *) question->uri);
  g_free ((char *) question->realm);
  g_free ((char *) question->user);
  g_free ((char *) question->password);
  g_free (question);
}

void
ws_socket_on_opening_asked (WsClientOpening        *opening,
                            const WsClientQuestion *question,
                            gpointer                user_data)
{
  WS_SOCKET_INSIDE (user_data);
  WsSocket         *self = g_object_ref (user_data);
  WsSocketPrivate  *priv = ws_socket_peek (self);
  guint             attempt = priv->now.number;
  WsClientQuestion *copy = copy_question (question);
  WsSocketSignal    signal = WS_SOCKET_SIGNAL_AUTHENTICATION_REQUIRED;

  ws_socket_log (self, "%s wants a login%s%s",
                 question->is_proxy ? "a proxy" : "the server",
                 *question->scheme != '\0' ? ", " : "", question->scheme);
  if (question->is_proxy)
    signal = WS_SOCKET_SIGNAL_PROXY_AUTHENTICATION_REQUIRED;
  else
    {
      ws_socket_take_response (self, opening);
      ws_socket_notify (self, WS_SOCKET_PROP_RESPONSE);
    }
  if (attempt == priv->now.number)
    {
      if (ws_socket_has_listener (self, signal))
        ask (self, copy);
      else
        ws_client_opening_give_up (opening, NULL);
    }
  question_free (copy);
  g_object_unref (self);
}

/* --- Proxies --- */

static void
take_resolver (WsSocket *self, GProxyResolver *resolver, const char *uri)
{
  WsSocketHttp *http = ws_socket_ensure_http (self);

  g_free (http->proxy_uri);
  http->proxy_uri = g_strdup (uri);
  if (g_set_object (&http->proxy_resolver, resolver))
    ws_socket_notify (self, WS_SOCKET_PROP_PROXY_RESOLVER);
}

/**
 * ws_socket_get_proxy_resolver:
 * @self: a socket
 *
 * Gets who chooses the proxies.
 *
 * Returns: (nullable) (transfer none): a resolver; %NULL: the system's
 *
 * Since: 1.0
 */
GProxyResolver *
ws_socket_get_proxy_resolver (WsSocket *self)
{
  WsSocketHttp *http;

  g_return_val_if_fail (WS_IS_SOCKET (self), NULL);

  http = ws_socket_peek (self)->http;
  return http != NULL ? http->proxy_resolver : NULL;
}

/**
 * ws_socket_set_proxy_resolver:
 * @self: a socket
 * @proxy_resolver: (nullable): a resolver; %NULL: the system's
 *
 * Sets who chooses the proxies of the next opening.
 *
 * Since: 1.0
 */
void
ws_socket_set_proxy_resolver (WsSocket *self, GProxyResolver *proxy_resolver)
{
  g_return_if_fail (WS_IS_SOCKET (self));
  g_return_if_fail (proxy_resolver == NULL
                    || G_IS_PROXY_RESOLVER (proxy_resolver));

  if (ws_socket_may_set (self, WS_SOCKET_PROP_PROXY_RESOLVER))
    take_resolver (self, proxy_resolver, NULL);
}

/* Messages show no user-info. */
static gboolean
refuse_proxy (const char *uri, const char *what, GError **error)
{
  g_autofree char *quoted = ws_url_quote_anything (uri);

  g_set_error (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_INVALID_ARGUMENT,
               "The proxy %s %s", quoted, what);
  return FALSE;
}

static gboolean
check_parts (const char *uri, const WsProxyUri *parsed, GError **error)
{
  static const char *const schemes[]
      = { "http", "socks5", "socks4", "socks4a", NULL };

  if (g_str_equal (parsed->scheme, "direct"))
    return TRUE;
  if (!g_strv_contains (schemes, parsed->scheme))
    return refuse_proxy (uri,
                         "is not of http:, socks5:, socks5h:, socks4:, "
                         "socks4a: or direct:",
                         error);
  if (parsed->port == 0)
    return refuse_proxy (uri, "has no port", error);
  if (parsed->has_rest)
    return refuse_proxy (uri, "has something behind its port", error);
  return TRUE;
}

static gboolean
check_proxy (const char *uri, GError **error)
{
  g_autoptr (GError) problem = NULL;
  WsProxyUri parsed;
  gboolean   ok;

  if (!ws_proxy_uri_parse (&parsed, uri, &problem))
    {
      g_set_error_literal (error, WS_SOCKET_ERROR,
                           WS_SOCKET_ERROR_INVALID_ARGUMENT, problem->message);
      return FALSE;
    }
  ok = check_parts (uri, &parsed, error);
  ws_proxy_uri_clear (&parsed);
  return ok;
}

/**
 * ws_socket_get_proxy:
 * @self: a socket
 *
 * Gets what was set with [method@Socket.set_proxy].
 *
 * Returns: (nullable) (transfer none): a URI, as it was given; %NULL if
 *   [property@Socket:proxy-resolver] decides
 *
 * Since: 1.0
 */
const char *
ws_socket_get_proxy (WsSocket *self)
{
  WsSocketHttp *http;

  g_return_val_if_fail (WS_IS_SOCKET (self), NULL);

  http = ws_socket_peek (self)->http;
  return http != NULL ? http->proxy_uri : NULL;
}

/**
 * ws_socket_set_proxy:
 * @self: a socket
 * @uri: (nullable): `http://HOST:PORT`, `socks5://HOST:PORT` (or `socks5h:`),
 *   `socks4:` or `socks4a:`, with `USER:PASSWORD@` before the host if need be;
 *   %NULL or `direct://`: no proxy, whatever the system says
 * @error: return location for an error
 *
 * Sets one proxy for all that the next openings reach, but for Unix sockets.
 *
 * A short way to set [property@Socket:proxy-resolver]; setting that to %NULL
 * returns to the system's settings. A URI that cannot be used is
 * %WS_SOCKET_ERROR_INVALID_ARGUMENT, and nothing changes.
 *
 * Returns: whether it was set
 *
 * Since: 1.0
 */
gboolean
ws_socket_set_proxy (WsSocket *self, const char *uri, GError **error)
{
  g_autoptr (GProxyResolver) resolver = NULL;

  g_return_val_if_fail (WS_IS_SOCKET (self), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (uri == NULL)
    uri = "direct://";
  if (ws_socket_peek (self)->state != WS_STATE_UNCONNECTED
      && !ws_socket_check_thread (self, error))
    return FALSE;
  if (!check_proxy (uri, error))
    return FALSE;
  resolver = g_simple_proxy_resolver_new (uri, NULL);
  take_resolver (self, resolver, uri);
  return TRUE;
}

/* --- The properties --- */

/* clang-format off */
const WsProperty ws_socket_auth_properties[] = {
  /**
   * WsSocket:proxy-resolver:
   *
   * Who chooses the proxies; %NULL: the system's settings.
   *
   * It is asked for `http:` or `https:` instead of `ws:` or `wss:`.
   * [method@Socket.set_proxy] is the short way to one proxy.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_OBJECT (WsSocket, WS_SOCKET_PROP_PROXY_RESOLVER,
                        "proxy-resolver", GProxyResolver,
                        g_proxy_resolver_get_type,
                        ws_socket_get_proxy_resolver,
                        ws_socket_set_proxy_resolver) },

  { 0 }
};
/* clang-format on */
