/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "server/ws-server-incoming.h"

#include "server/ws-server-client.h"
#include "server/ws-server-owner.h"
#include "server/ws-server-requests.h"
#include "server/ws-server-ssl.h"
#include "server/ws-server-waiting.h"
#include "socket/ws-socket-incoming.h"

/* How a connection comes in: its opening handshake begins. */

/* A handler is about to answer a request that it has put off. */
static gboolean
can_be_dropped (const WsServerClient *client)
{
  return ws_server_opening_is_answering (client->opening)
             ? ws_server_opening_is_stalled (client->opening)
             : !client->is_deferred;
}

/* The oldest of a queue that is full makes room for a new one. */
static void
make_room (WsServer *self, GQueue *queue)
{
  guint  max = ws_server_peek (self)->max_handshakes;
  GList *link = queue->head;

  if (max == 0 || queue->length < max)
    return;
  while (link != NULL && !can_be_dropped (link->data))
    link = link->next;
  if (link != NULL)
    {
      WsServerClient *client = link->data;

      ws_server_client_end (client);
      ws_server_note_gone (self, client);
    }
}

WsServerClient *
ws_server_take_transport (WsServer         *self,
                          WsTransport      *transport,
                          WsTlsCredentials *credentials)
{
  WsServerPrivate       *priv = ws_server_peek (self);
  WsServerClient        *client;
  WsServerOpeningOptions options
      = { .timeout = MAX (0, priv->handshake_timeout),
          .limits = &priv->limits,
          .server_name = priv->server_name };

  priv->is_closed = FALSE;
  make_room (self, &priv->openings);
  make_room (self, &priv->answers);
  client = ws_server_client_new (self, transport);
  if (credentials != NULL)
    {
      /* The signals of TLS are about it. */
      client->socket
          = ws_socket_new_incoming (&priv->settings, priv->compression,
                                    &ws_server_socket_owner, client);
      ws_server_fill_tls_options (self, credentials, &options);
    }
  client->opening = ws_server_opening_new (transport, &options,
                                           &ws_server_opening_sink, client);
  ws_server_client_enter (client, &priv->openings);
  return client;
}
