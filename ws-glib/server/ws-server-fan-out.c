/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One message to many clients. No user's code runs while the list is walked:
 * what has to be told is posted. */
#include "server/ws-server-fan-out.h"

#include "message/ws-message-private.h"
#include "server/ws-server-topics.h"
#include "socket/ws-socket-broadcast.h"

typedef struct
{
  WsMessage     *message; /* (unowned) */
  WsPrepared     prepared;
  gboolean       closes; /* the connections that have no room */
  WsServerFilter filter; /* (nullable) */
  gpointer       data;
} FanOut;

static void
fan_out_init (FanOut        *self,
              WsServer      *server,
              WsMessage     *message,
              WsServerFilter filter,
              gpointer       data)
{
  WsServerPrivate *priv = ws_server_peek (server);
  WsOpcode         opcode
      = ws_message_type_to_opcode (ws_message_get_message_type (message));
  gsize         len;
  const guint8 *payload = ws_message_get_data (message, &len);

  self->message = message;
  self->closes = priv->slow_client_policy == WS_SLOW_CLIENT_POLICY_CLOSE;
  self->filter = filter;
  self->data = data;
  ws_prepared_init (&self->prepared, opcode, payload, len, &priv->pack);
}

/* Not while the socket waits in the queue. */
static gboolean
deliver (FanOut *self, WsServerClient *client)
{
  return client->iter != NULL
         && (self->filter == NULL || self->filter (client, self->data))
         && ws_socket_broadcast (client->socket, self->message, &self->prepared,
                                 self->closes);
}

gssize
ws_server_send_to_all (WsServer      *self,
                       WsMessage     *message,
                       WsServerFilter filter,
                       gpointer       data)
{
  GSequenceIter *iter
      = g_sequence_get_begin_iter (ws_server_peek (self)->clients);
  FanOut fan_out;
  gssize n = 0;

  fan_out_init (&fan_out, self, message, filter, data);
  for (; !g_sequence_iter_is_end (iter); iter = g_sequence_iter_next (iter))
    n += deliver (&fan_out, g_sequence_get (iter));
  ws_prepared_clear (&fan_out.prepared);
  return n;
}

gssize
ws_server_send_to_topic (WsServer      *self,
                         const char    *topic,
                         WsMessage     *message,
                         WsServerFilter filter,
                         gpointer       data)
{
  const GList *subscribers = ws_server_peek_subscribers (self, topic);
  FanOut       fan_out;
  gssize       n = 0;

  if (subscribers == NULL)
    return 0;
  fan_out_init (&fan_out, self, message, filter, data);
  for (const GList *i = subscribers; i != NULL; i = i->next)
    n += deliver (&fan_out, i->data);
  ws_prepared_clear (&fan_out.prepared);
  return n;
}

void
ws_server_send_to_client (WsServerClient *client, WsMessage *message)
{
  FanOut fan_out;

  fan_out_init (&fan_out, client->server, message, NULL, NULL);
  deliver (&fan_out, client);
  ws_prepared_clear (&fan_out.prepared);
}
