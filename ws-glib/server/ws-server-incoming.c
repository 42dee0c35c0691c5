/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "server/ws-server-incoming.h"

#include "server/ws-server-client.h"
#include "server/ws-server-owner.h"
#include "server/ws-server-requests.h"
#include "server/ws-server-ssl.h"
#include "socket/ws-socket-incoming.h"

/* How a connection comes in: its opening handshake begins. */

/* The oldest makes room for a new one. */
static void
drop_stalled (WsServer *self)
{
  WsServerPrivate *priv = ws_server_peek (self);
  GList           *link = priv->openings.head;

  if (priv->max_handshakes == 0 || priv->openings.length < priv->max_handshakes)
    return;
  while (link != NULL && ((WsServerClient *) link->data)->is_deferred)
    link = link->next;
  if (link != NULL)
    {
      WsServerClient *client = link->data;

      ws_server_client_unlink (client);
      ws_server_client_end (client);
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
  drop_stalled (self);
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
  g_queue_push_tail (&priv->openings, client);
  client->link = priv->openings.tail;
  return client;
}
