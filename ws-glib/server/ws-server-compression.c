/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How messages of new clients are compressed. */
#include "server/ws-server-compression.h"

#include "value/ws-deflate-options-private.h"

/**
 * ws_server_get_compression:
 * @self: a server
 *
 * Gets how messages of new clients are compressed.
 *
 * Returns: (transfer full) (nullable): a copy of the options;
 *   %NULL: they are not
 *
 * Since: 1.0
 */
WsDeflateOptions *
ws_server_get_compression (WsServer *self)
{
  WsServerPrivate *priv;

  g_return_val_if_fail (WS_IS_SERVER (self), NULL);

  priv = ws_server_peek (self);
  return priv->compression != NULL ? ws_deflate_options_copy (priv->compression)
                                   : NULL;
}

/**
 * ws_server_set_compression:
 * @self: a server
 * @compression: (nullable): options, which are copied; %NULL: what is offered
 *   is declined
 *
 * Sets how messages of new clients are compressed, if they offer
 * that (RFC 7692).
 *
 * Since: 1.0
 */
void
ws_server_set_compression (WsServer *self, const WsDeflateOptions *compression)
{
  WsServerPrivate *priv;

  g_return_if_fail (WS_IS_SERVER (self));

  priv = ws_server_peek (self);
  if (!ws_server_may_set (self, WS_SERVER_PROP_COMPRESSION)
      || ws_deflate_options_equal (priv->compression, compression))
    return;
  g_clear_pointer (&priv->compression, ws_deflate_options_free);
  if (compression != NULL)
    priv->compression = ws_deflate_options_copy (compression);
  ws_server_notify (self, WS_SERVER_PROP_COMPRESSION);
}

/* --- The properties --- */

/* clang-format off */
const WsProperty ws_server_compression_properties[] = {
  /**
   * WsServer:compression:
   *
   * How messages of new clients are compressed with permessage-deflate (RFC
   * 7692), if they offer it; %NULL: not at all.
   *
   * A server asks clients not to compress with what it would have to remember
   * of their earlier messages, unless
   * [method@DeflateOptions.set_client_context_takeover] was told otherwise:
   * then an idle client costs as much as one that never compressed.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_BOXED (WsServer, WS_SERVER_PROP_COMPRESSION, "compression",
                       WsDeflateOptions *, const WsDeflateOptions *,
                       ws_deflate_options_get_type, ws_server_get_compression,
                       ws_server_set_compression),
    .is_taken = TRUE },

  { 0 }
};
/* clang-format on */
