/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who a connection is: the peer that the system names, or whom it speaks for if
 * it is a proxy that is trusted. */
#include "server/ws-server-peer.h"

#include "net/ws-socket-address.h"
#include "protocol/ws-url.h"
#include "server/ws-server-proxies.h"

void
ws_server_hear_header (WsServerClient *client, const WsProxyHeader *header)
{
  WsServerPeer *peer = client->peer;

  peer->is_secure = header->is_secure;
  if (header->source.family != WS_ADDRESS_NONE)
    peer->client = header->source;
  if (!ws_server_trusts (client->server, &peer->client))
    ws_server_client_count (client);
}

/* All proxies on the way are trusted, as far as they are told apart. */
static void
take_fields (WsServerPeer *peer, WsForwarded *fields)
{
  if (fields->client.family != WS_ADDRESS_NONE)
    peer->client = fields->client;
  peer->has_scheme = fields->has_scheme;
  if (fields->has_scheme)
    peer->is_secure = fields->is_secure;
  peer->host = g_steal_pointer (&fields->host);
}

static gboolean
read_fields (WsServerClient *client, WsHttpFault *fault)
{
  WsHttpRequest request;
  WsForwarded   fields;
  gboolean      is_sound;

  /* It was parsed before. */
  if (!ws_server_opening_parse (client->opening, &request))
    g_assert_not_reached ();
  is_sound = ws_forwarded_read (&fields, request.headers,
                                ws_server_peek (client->server)->trusted,
                                WS_FORWARDED_STANDARD | WS_FORWARDED_X, fault);
  if (is_sound)
    {
      take_fields (client->peer, &fields);
      ws_forwarded_clear (&fields);
    }
  ws_http_request_clear (&request);
  return is_sound;
}

gboolean
ws_server_hear_fields (WsServerClient *client, WsHttpFault *fault)
{
  gboolean is_sound = TRUE;

  if (client->peer->is_heard)
    return TRUE;
  client->peer->is_heard = TRUE;
  if (ws_server_trusts (client->server, &client->peer->client)
      && ws_server_opening_has_forwarded (client->opening))
    is_sound = read_fields (client, fault);
  ws_server_client_count (client);
  return is_sound;
}

gboolean
ws_server_is_client_secure (const WsServerClient *client)
{
  const WsServerPeer *peer = client->peer;

  if (peer->has_scheme || peer->is_secure)
    return peer->is_secure;
  return ws_server_opening_get_transport (client->opening)->is_encrypted;
}

gboolean
ws_server_is_proxied (const WsServerClient *client)
{
  return !ws_address_equal (&client->peer->client, &client->peer->tcp);
}

GSocketAddress *
ws_server_get_client_address (const WsServerClient *client)
{
  return ws_socket_address_new (&client->peer->client);
}

char *
ws_server_make_client_url (const WsServerClient *client)
{
  static const char *const schemes[2][2]
      = { { "http", "https" }, { "ws", "wss" } };
  const WsServerHandshake *handshake
      = ws_server_opening_get_handshake (client->opening);
  gboolean         is_secure = ws_server_is_client_secure (client);
  gboolean         is_handshake = handshake->key != NULL;
  g_autofree char *told = NULL;
  const char      *host = handshake->host;
  guint            port = handshake->port;

  if (client->peer->host != NULL
      && ws_url_parse_authority (client->peer->host, &told, &port))
    host = told;
  if (*host == '\0' || *handshake->resource != '/')
    return NULL;
  return ws_url_join (schemes[is_handshake ? 1 : 0][is_secure ? 1 : 0], host,
                      port, handshake->resource);
}
