/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What one connection adds to the figures of a server. */
#include "socket/ws-socket-figures.h"

void
ws_socket_add_figures (WsSocket *self, WsServerStatistics *sum)
{
  WsSocketPrivate *priv = ws_socket_peek (self);
  WsTraffic        traffic = { 0 };

  if (priv->now.engine != NULL)
    ws_engine_get_traffic (priv->now.engine, &traffic);
  else if (priv->last_traffic != NULL)
    traffic = *priv->last_traffic;
  sum->messages_sent += traffic.messages_sent;
  sum->messages_received += traffic.messages_received;
  sum->payload_bytes_sent += traffic.payload_sent;
  sum->payload_bytes_received += traffic.payload_received;
  sum->wire_bytes_sent += traffic.wire_sent;
  sum->wire_bytes_received += traffic.wire_received;
  sum->messages_dropped
      += traffic.dropped + ws_mailbox_count_lost (&priv->mailbox);
  sum->slow_clients += priv->now.is_slow;
  if (priv->now.engine != NULL)
    sum->bytes_to_write += ws_engine_get_bytes_to_write (priv->now.engine);
}
