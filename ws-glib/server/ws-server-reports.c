/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whom the server has turned away, or lost on the way: where it was, how far it
 * had come, and why. */
#include "server/ws-server-reports.h"

#include "base/ws-socket-error-private.h"
#include "net/ws-socket-address.h"
#include "server/ws-server-figures.h"
#include "server/ws-server-log.h"
#include "server/ws-server-signals.h"

WsPeerPhase
ws_server_get_peer_phase (const WsServerClient *client)
{
  switch (ws_server_opening_get_state (client->opening))
    {
    case WS_SERVER_OPENING_PROXY:
      return WS_PEER_PHASE_PROXY_HEADER;
    case WS_SERVER_OPENING_ARRIVING:
      /* There is a socket for the signals of TLS. */
      return client->socket != NULL ? WS_PEER_PHASE_TLS_HANDSHAKE
                                    : WS_PEER_PHASE_REQUEST;
    case WS_SERVER_OPENING_SECURING:
      return WS_PEER_PHASE_TLS_HANDSHAKE;
    case WS_SERVER_OPENING_READING:
    case WS_SERVER_OPENING_READING_BODY:
      return WS_PEER_PHASE_REQUEST;
    case WS_SERVER_OPENING_ASKING:
      return WS_PEER_PHASE_DECISION;
    case WS_SERVER_OPENING_ANSWERING:
    case WS_SERVER_OPENING_LINGERING:
    case WS_SERVER_OPENING_OVER:
      break;
    }
  return WS_PEER_PHASE_ANSWER;
}

static const char *
name_phase (WsPeerPhase phase)
{
  switch (phase)
    {
    case WS_PEER_PHASE_PROXY_HEADER:
      return "PROXY header";
    case WS_PEER_PHASE_TLS_HANDSHAKE:
      return "TLS handshake";
    case WS_PEER_PHASE_REQUEST:
      return "request";
    case WS_PEER_PHASE_DECISION:
      return "decision";
    case WS_PEER_PHASE_ANSWER:
      return "answer";
    }
  return "";
}

/* (transfer full): whom the system names, too, if it is another one. */
static char *
name_peer (const WsServerPeer *peer)
{
  g_autofree char *client = ws_address_to_string (&peer->client);
  g_autofree char *tcp = NULL;

  if (ws_address_equal (&peer->client, &peer->tcp))
    return g_steal_pointer (&client);
  tcp = ws_address_to_string (&peer->tcp);
  return g_strdup_printf ("%s through %s", client, tcp);
}

void
ws_server_report_peer (WsServer       *self,
                       WsServerClient *client,
                       WsPeerPhase     phase,
                       guint           code,
                       const GError   *error)
{
  g_autoptr (GError) public_error = NULL;
  g_autoptr (GSocketAddress) address = NULL;
  g_autofree char *who = NULL;
  g_autofree char *text = NULL;

  if (client->is_reported)
    return;
  client->is_reported = TRUE;
  public_error = ws_socket_error_translate (error);
  ws_server_count_failure (self, code, public_error);
  address = ws_socket_address_new (&client->peer->client);
  who = name_peer (client->peer);
  text = g_strdup_printf ("%s, %s: %s", who, name_phase (phase),
                          public_error->message);
  ws_server_log_failure (self, client, text);
  g_object_ref (self);
  ws_server_emit (self, WS_SERVER_SIGNAL_PEER_FAILED, address, phase,
                  public_error);
  ws_server_report (self, code, text);
  g_object_unref (self);
}

void
ws_server_report_refusal (WsServer       *self,
                          WsServerClient *client,
                          WsPeerPhase     phase,
                          guint           code,
                          const char     *message)
{
  g_autoptr (GError) error
      = g_error_new_literal (WS_SOCKET_ERROR,
                             WS_SOCKET_ERROR_HANDSHAKE_REJECTED, message);

  ws_server_report_peer (self, client, phase, code, error);
}
