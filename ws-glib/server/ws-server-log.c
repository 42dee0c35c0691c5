/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tells where a server listens, who comes, and whom it has turned away. */
#include "server/ws-server-log.h"

#include "net/ws-log.h"
#include "protocol/ws-http-quote.h"
#include "socket/ws-socket-log.h"

void
ws_server_log (WsServer *self, const char *format, ...)
{
  va_list          args;
  g_autofree char *text = NULL;

  if (!ws_log_is_on ())
    return;
  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  ws_log (&(WsLogFacts){ .server
                         = ws_log_number (&ws_server_peek (self)->log_number) },
          "%s", text);
}

/* @server (nullable); @peer: for as long as the result is in use. */
static WsLogFacts
get_facts (WsServer *server, const WsServerClient *client, const char *peer)
{
  return (WsLogFacts){
    .server
    = server != NULL ? ws_log_number (&ws_server_peek (server)->log_number) : 0,
    .socket = ws_log_number (&client->peer->log_number),
    .peer = peer,
    .state = "connecting",
  };
}

void
ws_server_log_arrival (WsServerClient *client, WsTransport *transport)
{
  g_autofree char *peer = NULL;
  WsLogFacts       facts;

  if (!ws_log_is_on ())
    return;
  peer = ws_address_to_string (&client->peer->client);
  facts = get_facts (client->server, client, peer);
  ws_log (&facts, "%s has come to server %u", peer, facts.server);
  transport->log_number = facts.socket;
  if (client->socket != NULL)
    ws_socket_set_log_number (client->socket, facts.socket);
}

void
ws_server_log_answer (WsServerClient *client, guint status)
{
  g_autofree char *peer = NULL;
  g_autofree char *resource = NULL;
  WsLogFacts       facts;

  if (!ws_log_is_on ())
    return;
  peer = ws_address_to_string (&client->peer->client);
  resource = ws_http_quote_target (
      ws_server_opening_get_handshake (client->opening)->resource);
  facts = get_facts (client->server, client, peer);
  facts.status = status;
  ws_log (&facts, "a request for %s is answered with %u", resource, status);
}

void
ws_server_log_failure (WsServer             *self,
                       const WsServerClient *client,
                       const char           *text)
{
  g_autofree char *peer = NULL;
  WsLogFacts       facts;

  if (!ws_log_is_on ())
    return;
  peer = ws_address_to_string (&client->peer->client);
  facts = get_facts (self, client, peer);
  facts.state = "unconnected";
  ws_log (&facts, "no connection: %s", text);
}
