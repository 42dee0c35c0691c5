/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The counters of a broker, as a boxed type. */
#include "ws-broker-statistics.h"

G_DEFINE_BOXED_TYPE (WsBrokerStatistics,
                     ws_broker_statistics,
                     ws_broker_statistics_copy,
                     ws_broker_statistics_free)

/**
 * ws_broker_statistics_copy:
 * @self: statistics
 *
 * Copies statistics.
 *
 * Returns: (transfer full): a copy
 *
 * Since: 1.0
 */
WsBrokerStatistics *
ws_broker_statistics_copy (const WsBrokerStatistics *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_memdup2 (self, sizeof *self);
}

/**
 * ws_broker_statistics_free:
 * @self: (transfer full): statistics
 *
 * Frees statistics.
 *
 * Since: 1.0
 */
void
ws_broker_statistics_free (WsBrokerStatistics *self)
{
  g_return_if_fail (self != NULL);

  g_free (self);
}
