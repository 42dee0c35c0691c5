/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The counters of a connection, as a boxed type. */
#include "ws-statistics.h"

G_DEFINE_BOXED_TYPE (WsStatistics,
                     ws_statistics,
                     ws_statistics_copy,
                     ws_statistics_free)

/**
 * ws_statistics_copy:
 * @self: statistics
 *
 * Copies statistics.
 *
 * Returns: (transfer full): a copy
 *
 * Since: 1.0
 */
WsStatistics *
ws_statistics_copy (const WsStatistics *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_memdup2 (self, sizeof *self);
}

/**
 * ws_statistics_free:
 * @self: (transfer full): statistics
 *
 * Frees statistics.
 *
 * Since: 1.0
 */
void
ws_statistics_free (WsStatistics *self)
{
  g_return_if_fail (self != NULL);

  g_free (self);
}
