/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whose pages may connect. */
#include "server/ws-server-origins.h"

#include "protocol/ws-http.h"
#include "protocol/ws-origin.h"

/* (transfer full) (nullable) */
static char **
normalize (const char *const *origins)
{
  g_autoptr (GPtrArray) normal = NULL;

  if (origins == NULL)
    return NULL;
  normal = g_ptr_array_new_with_free_func (g_free);
  for (; *origins != NULL; origins++)
    {
      g_autofree char *origin = ws_origin_normalize (*origins);
      g_autofree char *quoted = NULL;

      if (origin != NULL)
        {
          g_ptr_array_add (normal, g_steal_pointer (&origin));
          continue;
        }
      quoted = ws_http_quote (*origins);
      g_warning ("%s is not an origin and is left out of allowed-origins",
                 quoted);
    }
  g_ptr_array_add (normal, NULL);
  return (char **) g_ptr_array_steal (normal, NULL);
}

/* A browser always says where a page is from (RFC 6455, 10.2); whoever does not
 * could say anything. */
gboolean
ws_server_knows_origin (WsServer *self, const char *origin)
{
  char **allowed = ws_server_peek (self)->allowed_origins;

  return allowed == NULL || origin == NULL
         || ws_origin_is_one_of (origin, (const char *const *) allowed);
}

/**
 * ws_server_get_allowed_origins:
 * @self: a server
 *
 * Gets whose pages may connect.
 *
 * Returns: (nullable) (array zero-terminated=1) (transfer none): origins, in
 *   their one spelling; %NULL: the signal is asked
 *
 * Since: 1.0
 */
const char *const *
ws_server_get_allowed_origins (WsServer *self)
{
  g_return_val_if_fail (WS_IS_SERVER (self), NULL);

  return (const char *const *) ws_server_peek (self)->allowed_origins;
}

/**
 * ws_server_set_allowed_origins:
 * @self: a server
 * @allowed_origins: (nullable) (array zero-terminated=1): origins, as in
 *   `https://a.example:8443`, or `null`; %NULL: the signal is asked
 *
 * Sets whose pages may connect, from the next handshake on. What is not an
 * origin, as a path behind it or a `*`, is left out with a warning.
 *
 * Since: 1.0
 */
void
ws_server_set_allowed_origins (WsServer          *self,
                               const char *const *allowed_origins)
{
  WsServerPrivate *priv;
  char           **normal;

  g_return_if_fail (WS_IS_SERVER (self));

  priv = ws_server_peek (self);
  if (!ws_server_may_set (self, WS_SERVER_PROP_ALLOWED_ORIGINS))
    return;
  normal = normalize (allowed_origins);
  g_strfreev (priv->allowed_origins);
  priv->allowed_origins = normal;
  ws_server_notify (self, WS_SERVER_PROP_ALLOWED_ORIGINS);
}

/* --- The properties --- */

/* clang-format off */
const WsProperty ws_server_origins_properties[] = {
  /**
   * WsServer:allowed-origins:
   *
   * Whose pages may connect (RFC 6455, 10.2); %NULL:
   * [signal@Server::origin-authentication-required] is asked, and without a
   * handler all may.
   *
   * Scheme, host and port must be the same, where letter case and a default
   * port do not matter; nothing in the list stands for several origins. Others
   * get a 403 without anybody being asked. A client that names no origin is no
   * browser, which could be told to name any, and may connect.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_BOXED (WsServer, WS_SERVER_PROP_ALLOWED_ORIGINS,
                       "allowed-origins", const char *const *,
                       const char *const *, g_strv_get_type,
                       ws_server_get_allowed_origins,
                       ws_server_set_allowed_origins) },

  { 0 }
};
/* clang-format on */
