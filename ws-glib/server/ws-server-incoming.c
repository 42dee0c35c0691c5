/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How a connection comes in: room is made, and its handshake begins. */
#include "server/ws-server-incoming.h"

#include "server/ws-server-client.h"
#include "server/ws-server-log.h"
#include "server/ws-server-owner.h"
#include "server/ws-server-proxies.h"
#include "server/ws-server-reports.h"
#include "server/ws-server-requests.h"
#include "server/ws-server-settings.h"
#include "server/ws-server-ssl.h"
#include "server/ws-server-waiting.h"
#include "protocol/ws-close.h"
#include "socket/ws-socket-incoming.h"

/* A handler is about to answer a request that it has put off. */
static gboolean
can_be_dropped (const WsServerClient *client)
{
  return ws_server_opening_is_answering (client->opening)
             ? ws_server_opening_is_stalled (client->opening)
             : !client->is_deferred;
}

/* Somebody who made room. */
typedef struct
{
  WsServer       *server; /* (owned) */
  WsServerClient *client; /* (owned) */
  WsPeerPhase     phase;
} Dropped;

static void
dropped_free (gpointer data)
{
  Dropped *self = data;

  g_object_unref (self->server);
  ws_server_client_unref (self->client);
  g_free (self);
}

static gboolean
on_dropped (gpointer user_data)
{
  Dropped *self = user_data;

  ws_server_report_refusal (self->server, self->client, self->phase,
                            WS_CLOSE_ABNORMAL,
                            "Dropped for a newcomer: there were as many as "
                            "max-handshakes allows");
  return G_SOURCE_REMOVE;
}

/* It is told later: no handler runs while a newcomer is half in. */
static void
drop (WsServer *self, WsServerClient *client)
{
  Dropped *dropped = g_new (Dropped, 1);

  *dropped = (Dropped){ .server = g_object_ref (self),
                        .client = client,
                        .phase = ws_server_get_peer_phase (client) };
  ws_server_client_ref (client);
  ws_server_client_end (client);
  ws_server_note_gone (self, client);
  ws_home_invoke (&ws_server_peek (self)->home, on_dropped, dropped,
                  dropped_free);
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
    drop (self, link->data);
}

WsServerClient *
ws_server_take_transport (WsServer         *self,
                          WsTransport      *transport,
                          const WsAddress  *peer,
                          WsProxyHeaderUse  proxy_header,
                          WsTlsCredentials *credentials)
{
  WsServerPrivate       *priv = ws_server_peek (self);
  WsServerClient        *client;
  WsServerOpeningOptions options
      = { .timeout = MAX (0, priv->handshake_timeout),
          .limits = &priv->limits,
          .server_name = priv->server_name,
          .proxy_header = proxy_header };

  priv->is_closed = FALSE;
  make_room (self, &priv->openings);
  make_room (self, &priv->answers);
  client = ws_server_client_new (self, peer);
  /* Of a proxy it is to be told who it is. */
  if (!ws_server_trusts (self, peer))
    ws_server_client_count (client);
  if (credentials != NULL)
    {
      /* The signals of TLS are about this socket. */
      client->socket = ws_socket_new_incoming (priv->home.context,
                                               ws_server_share_settings (self),
                                               priv->compression,
                                               &ws_server_socket_owner, client);
      ws_server_fill_tls_options (self, credentials, &options);
    }
  ws_server_log_arrival (client, transport);
  client->opening = ws_server_opening_new (transport, &options,
                                           &ws_server_opening_sink, client);
  ws_server_client_enter (client, &priv->openings);
  return client;
}

void
ws_server_turn_away (WsServer        *self,
                     const WsAddress *peer,
                     WsPeerPhase      phase,
                     guint            code,
                     const char      *message)
{
  WsServerClient *client = ws_server_client_new (self, peer);

  ws_server_client_ref (client);
  ws_server_client_end (client);
  ws_server_report_refusal (self, client, phase, code, message);
  ws_server_client_unref (client);
}
