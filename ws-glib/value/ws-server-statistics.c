/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The counters of a server, as a boxed type. */
#include "value/ws-server-statistics-private.h"

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

void
ws_server_statistics_add (WsServerStatistics       *self,
                          const WsServerStatistics *other)
{
  self->connections += other->connections;
  self->handshakes += other->handshakes;
  self->connections_total += other->connections_total;
  self->requests_total += other->requests_total;
  self->refused_limits += other->refused_limits;
  self->refused_policy += other->refused_policy;
  self->refused_request += other->refused_request;
  self->refused_failed += other->refused_failed;
  self->failed_tls += other->failed_tls;
  self->lost += other->lost;
  self->messages_sent += other->messages_sent;
  self->messages_received += other->messages_received;
  self->payload_bytes_sent += other->payload_bytes_sent;
  self->payload_bytes_received += other->payload_bytes_received;
  self->wire_bytes_sent += other->wire_bytes_sent;
  self->wire_bytes_received += other->wire_bytes_received;
  self->bytes_to_write += other->bytes_to_write;
  self->messages_dropped += other->messages_dropped;
  self->slow_clients += other->slow_clients;
}
