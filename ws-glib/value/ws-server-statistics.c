/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The counters of a server, as a boxed type. */
#include "ws-server-statistics.h"

G_DEFINE_BOXED_TYPE (WsServerStatistics,
                     ws_server_statistics,
                     ws_server_statistics_copy,
                     ws_server_statistics_free)

/**
 * ws_server_statistics_copy:
 * @self: statistics
 *
 * Copies statistics.
 *
 * Returns: (transfer full): a copy
 *
 * Since: 1.0
 */
WsServerStatistics *
ws_server_statistics_copy (const WsServerStatistics *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_memdup2 (self, sizeof *self);
}

/**
 * ws_server_statistics_free:
 * @self: (transfer full): statistics
 *
 * Frees statistics.
 *
 * Since: 1.0
 */
void
ws_server_statistics_free (WsServerStatistics *self)
{
  g_return_if_fail (self != NULL);

  g_free (self);
}
