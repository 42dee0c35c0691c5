/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* permessage-deflate (RFC 7692): what a socket wants, and
 * what was agreed on. */
#include "socket/ws-socket-compression.h"

#include "protocol/ws-deflate.h"

/* (transfer full) (nullable): options */
static void
take_compression (WsSocket *self, WsDeflateOptions *options)
{
  WsSocketPrivate  *priv = ws_socket_peek (self);
  WsDeflateOptions *old = priv->compression;
  gboolean          same = ws_deflate_options_equal (old, options);

  priv->compression = options;
  if (old != NULL)
    ws_deflate_options_free (old);
  if (!same)
    ws_socket_notify (self, WS_SOCKET_PROP_COMPRESSION);
}

char *
ws_socket_accept_extensions (WsSocket        *self,
                             const char      *offers,
                             WsDeflateParams *params)
{
  WsSocketPrivate  *priv = ws_socket_peek (self);
  WsDeflateSettings settings;
  char             *answer;

  if (priv->compression == NULL)
    return NULL;
  settings = ws_deflate_options_get_server_settings (priv->compression);
  answer = ws_deflate_offer_accept (offers, &settings, params);
  if (answer == NULL)
    take_compression (self, NULL);
  return answer;
}

void
ws_socket_begin_compression (WsSocket                *self,
                             WsRole                   role,
                             const char              *extensions,
                             const WsDeflateParams   *params,
                             const WsDeflateSettings *settings)
{
  WsSocketPrivate *priv = ws_socket_peek (self);

  g_free (priv->now.extensions);
  priv->now.extensions = g_strdup (extensions);
  if (extensions != NULL)
    ws_engine_take_deflate (priv->now.engine,
                            ws_deflate_new (role, params, settings),
                            settings->idle_release);
}

/**
 * ws_socket_get_compression:
 * @self: a socket
 *
 * Gets how messages are compressed.
 *
 * Returns: (transfer full) (nullable): a copy of the options;
 *   %NULL: they are not
 *
 * Since: 1.0
 */
WsDeflateOptions *
ws_socket_get_compression (WsSocket *self)
{
  WsSocketPrivate *priv;

  g_return_val_if_fail (WS_IS_SOCKET (self), NULL);

  priv = ws_socket_peek (self);
  return priv->compression != NULL ? ws_deflate_options_copy (priv->compression)
                                   : NULL;
}

/**
 * ws_socket_set_compression:
 * @self: a socket
 * @compression: (nullable): options, which are copied; %NULL: messages are not
 *   to be compressed
 *
 * Sets how messages are compressed after the next opening (RFC 7692).
 *
 * Since: 1.0
 */
void
ws_socket_set_compression (WsSocket *self, const WsDeflateOptions *compression)
{
  WsSocketPrivate *priv;

  g_return_if_fail (WS_IS_SOCKET (self));

  priv = ws_socket_peek (self);
  if (!ws_socket_may_set (self, WS_SOCKET_PROP_COMPRESSION)
      || ws_deflate_options_equal (priv->compression, compression))
    return;
  take_compression (self, compression != NULL
                              ? ws_deflate_options_copy (compression)
                              : NULL);
}

/**
 * ws_socket_get_extensions:
 * @self: a socket
 *
 * Gets the extensions that were agreed on, for the connection or the last one.
 *
 * Returns: the server's answer, as in its `Sec-WebSocket-Extensions` field; ""
 *   when there is none
 *
 * Since: 1.0
 */
const char *
ws_socket_get_extensions (WsSocket *self)
{
  WsSocketPrivate *priv;

  g_return_val_if_fail (WS_IS_SOCKET (self), NULL);

  priv = ws_socket_peek (self);
  return priv->now.extensions != NULL ? priv->now.extensions : "";
}

/* --- The properties --- */

/* clang-format off */
const WsProperty ws_socket_compression_properties[] = {
  /**
   * WsSocket:compression:
   *
   * How messages are compressed with permessage-deflate (RFC 7692); %NULL: not
   * at all.
   *
   * A client offers this, and it is used if the server agrees:
   * [property@Socket:extensions] tells. By default that are the options that
   * [ctor@DeflateOptions.new] makes. What is set while there is a connection
   * concerns the next one. A server's socket has the options of
   * [property@Server:compression] if its client has agreed, else %NULL.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_BOXED (WsSocket, WS_SOCKET_PROP_COMPRESSION, "compression",
                       WsDeflateOptions *, const WsDeflateOptions *,
                       ws_deflate_options_get_type, ws_socket_get_compression,
                       ws_socket_set_compression),
    .is_taken = TRUE },

  /**
   * WsSocket:extensions:
   *
   * The extensions that were agreed on (RFC 6455, 9.1), as the server has
   * answered them; "" when there is none. They stay until the next opening.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_STRING (WsSocket, WS_SOCKET_PROP_EXTENSIONS, "extensions", "",
                        ws_socket_get_extensions, NULL) },

  { 0 }
};
/* clang-format on */
