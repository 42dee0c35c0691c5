/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a server has carried, and whom it has refused. */
#include "server/ws-server-figures.h"

#include "socket/ws-socket-figures.h"
#include "ws-socket-error.h"

/* --- Counting --- */

void
ws_server_init_figures (WsServer *self)
{
  WsServerStatistics *gone = &ws_server_peek (self)->gone;

  gone->since = g_get_monotonic_time ();
  gone->since_real = g_get_real_time ();
}

void
ws_server_count_connection (WsServer *self)
{
  ws_server_peek (self)->gone.connections_total++;
}

void
ws_server_count_request (WsServer *self)
{
  ws_server_peek (self)->gone.requests_total++;
}

void
ws_server_count_failure (WsServer *self, guint code, const GError *error)
{
  WsServerStatistics *gone = &ws_server_peek (self)->gone;

  if (code == WS_CLOSE_CODE_TLS_HANDSHAKE_FAILED)
    gone->failed_tls++;
  else if (!g_error_matches (error, WS_SOCKET_ERROR,
                             WS_SOCKET_ERROR_HANDSHAKE_REJECTED))
    gone->lost++;
  else if (code == WS_CLOSE_CODE_POLICY_VIOLATED)
    gone->refused_policy++;
  else if (code == WS_CLOSE_CODE_BAD_OPERATION)
    gone->refused_failed++;
  else if (code == WS_CLOSE_CODE_ABNORMAL_DISCONNECTION)
    gone->refused_limits++;
  else
    gone->refused_request++;
}

void
ws_server_count_gone (WsServer *self, WsSocket *socket)
{
  ws_socket_add_figures (socket, &ws_server_peek (self)->gone);
}

/* --- Asking --- */

static void
add_client (gpointer client, gpointer statistics)
{
  ws_socket_add_figures (((WsServerClient *) client)->socket, statistics);
}

/**
 * ws_server_get_statistics:
 * @self: a server
 *
 * Gets what the server has carried until now.
 *
 * It takes a look at each connection, and nothing while nobody asks. Only the
 * server's own thread may ask; in another one all is 0, with a warning.
 *
 * Returns: (transfer full): a snapshot
 *
 * Since: 1.0
 */
WsServerStatistics *
ws_server_get_statistics (WsServer *self)
{
  WsServerPrivate    *priv;
  WsServerStatistics *statistics;

  g_return_val_if_fail (WS_IS_SERVER (self), NULL);

  priv = ws_server_peek (self);
  if (!ws_server_may_call (self, G_STRFUNC))
    return g_new0 (WsServerStatistics, 1);
  statistics = ws_server_statistics_copy (&priv->gone);
  g_queue_foreach (&priv->arriving, add_client, statistics);
  g_queue_foreach (&priv->pending, add_client, statistics);
  g_sequence_foreach (priv->clients, add_client, statistics);
  statistics->connections = (guint) g_sequence_get_length (priv->clients)
                            + priv->pending.length + priv->arriving.length;
  statistics->handshakes
      = priv->openings.length + priv->held.length + priv->answers.length;
  return statistics;
}

/* --- The properties --- */

/* clang-format off */
const WsProperty ws_server_figures_properties[] = {
  /**
   * WsServer:statistics:
   *
   * What the server has carried until now.
   *
   * A snapshot, to be read again whenever that is of interest: it is never
   * notified.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_BOXED (WsServer, WS_SERVER_PROP_STATISTICS, "statistics",
                       WsServerStatistics *, WsServerStatistics *,
                       ws_server_statistics_get_type,
                       ws_server_get_statistics, NULL),
    .is_taken = TRUE },

  { 0 }
};
/* clang-format on */
