/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether a server sends its clients away, for others to see. */
#include "server/ws-server-drain.h"

gboolean
ws_server_is_well (WsServer *self)
{
  WsServerPrivate *priv = ws_server_peek (self);

  return !priv->is_closed && priv->closings.length == 0;
}

gboolean
ws_server_check_draining (WsServer *self, WsHttpFault *fault)
{
  if (ws_server_peek (self)->n_drains == 0)
    return TRUE;
  ws_http_fault_set (fault, 503, "The server is restarting");
  return FALSE;
}

void
ws_server_note_drain (WsServer *self, gboolean has_begun)
{
  WsServerPrivate *priv = ws_server_peek (self);

  if (has_begun)
    priv->n_drains++;
  else
    priv->n_drains--;
  if (priv->n_drains == (has_begun ? 1 : 0))
    ws_server_notify (self, WS_SERVER_PROP_DRAINING);
}

/**
 * ws_server_get_draining:
 * @self: a server
 *
 * Gets whether the server sends its clients away: [method@Server.drain_async].
 *
 * Returns: whether it does
 *
 * Since: 1.0
 */
gboolean
ws_server_get_draining (WsServer *self)
{
  g_return_val_if_fail (WS_IS_SERVER (self), FALSE);

  return ws_server_peek (self)->n_drains > 0;
}

/* --- The properties --- */

/* clang-format off */
const WsProperty ws_server_drain_properties[] = {
  /**
   * WsServer:draining:
   *
   * Whether the server sends its clients away, from the call of
   * [method@Server.drain_async] until that is done.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_BOOLEAN (WsServer, WS_SERVER_PROP_DRAINING, "draining",
                         FALSE, ws_server_get_draining, NULL) },

  { 0 }
};
/* clang-format on */
