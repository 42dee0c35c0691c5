/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the owner of a connection may ask about it. */
#include "engine/ws-engine-private.h"

#include "protocol/ws-deflate.h"

gboolean
ws_engine_has_ended (WsEngine *self)
{
  return self->state == WS_ENGINE_ENDED;
}

WsTransport *
ws_engine_get_transport (WsEngine *self)
{
  return self->transport;
}

GSocketAddress *
ws_engine_get_address (WsEngine *self, gboolean remote)
{
  if (self->transport != NULL)
    return ws_transport_get_address (self->transport, remote);
  return self->seldom != NULL && self->seldom->ends != NULL
             ? ws_endpoint_make_address (
                 &self->seldom->ends->of[remote ? 1 : 0])
             : NULL;
}

WsEnds *
ws_engine_take_ends (WsEngine *self)
{
  WsEnds *ends
      = self->seldom != NULL ? g_steal_pointer (&self->seldom->ends) : NULL;

  if (ends != NULL || self->transport == NULL)
    return ends;
  ends = g_new (WsEnds, 1);
  ws_transport_get_endpoint (self->transport, FALSE, &ends->of[0]);
  ws_transport_get_endpoint (self->transport, TRUE, &ends->of[1]);
  return ends;
}

WsPoller *
ws_engine_get_poller (WsEngine *self)
{
  return self->poller;
}

const WsClosing *
ws_engine_get_closing (WsEngine *self)
{
  static const WsClosing none;

  return self->seldom != NULL ? &self->seldom->closing : &none;
}

guint64
ws_engine_get_bytes_to_write (WsEngine *self)
{
  return self->outbox.size;
}

gint64
ws_engine_get_latency (WsEngine *self)
{
  return ws_keepalive_get_latency (&self->keepalive);
}

void
ws_engine_get_traffic (WsEngine *self, WsTraffic *traffic)
{
  const WsEngineTraffic *now = &self->traffic;

  *traffic = (WsTraffic){
    .messages_sent = now->messages_sent,
    .messages_received = now->messages_received,
    .frames_sent = self->outbox.n_frames,
    .frames_received = self->protocol.reader.n_frames,
    .payload_sent = now->payload_sent,
    .payload_received = now->payload_received,
    .wire_sent = now->wire_sent - MIN (now->wire_sent, self->head_len),
    .wire_received = now->wire_received,
    .since = now->since,
    .connected = now->connected,
  };
  if (self->seldom != NULL)
    {
      traffic->saved_sent = self->seldom->saved_sent;
      traffic->pings_sent = self->seldom->pings_sent;
      traffic->pings_received = self->seldom->pings_received;
      traffic->pongs_received = self->seldom->pongs_received;
      traffic->dropped = self->seldom->dropped;
    }
  if (self->protocol.extension != NULL)
    {
      WsDeflateUse use;

      ws_deflate_get_use (self->protocol.extension, &use);
      traffic->saved_received = use.saved_received;
    }
}
