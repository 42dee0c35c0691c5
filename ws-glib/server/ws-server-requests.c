/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What becomes of a request: who is asked about it, and what is answered. The
 * handlers on that way may do anything, close and drop the server included; so
 * references are held, and a record without a server is over. */
#include "server/ws-server-requests.h"

#include "server/ws-server-accept.h"
#include "server/ws-server-client.h"
#include "server/ws-server-clients.h"
#include "server/ws-server-deferrals.h"
#include "server/ws-server-figures.h"
#include "server/ws-server-log.h"
#include "server/ws-server-origins.h"
#include "server/ws-server-owner.h"
#include "server/ws-server-peer.h"
#include "server/ws-server-reports.h"
#include "server/ws-server-room.h"
#include "server/ws-server-settings.h"
#include "server/ws-server-signals.h"
#include "server/ws-server-ssl.h"
#include "server/ws-server-waiting.h"

#include "engine/ws-engine-error.h"
#include "http/ws-headers-private.h"
#include "http/ws-request-private.h"
#include "http/ws-response-private.h"
#include "socket/ws-socket-incoming.h"
#include "socket/ws-socket-log.h"
#include "socket/ws-socket-ssl.h"
#include "base/ws-answered.h"

/* --- Refusing --- */

/* The request has its answer: no connection will become of it. */
static void
note_answer (WsServerClient *client)
{
  client->is_deferred = FALSE;
  ws_server_client_enter (client, &ws_server_peek (client->server)->answers);
}

static void
refuse (WsServerClient *client, const WsHttpFault *fault, guint code)
{
  ws_server_opening_refuse (client->opening, fault);
  note_answer (client);
  ws_server_report_refusal (client->server, client, WS_PEER_PHASE_DECISION,
                            code, fault->message);
}

static void
refuse_origin (WsServerClient *client, const char *origin)
{
  g_autofree char *quoted = origin != NULL ? ws_http_quote (origin) : NULL;
  WsHttpFault      fault;

  if (quoted != NULL)
    ws_http_fault_set (&fault, 403, "The origin %s is not allowed", quoted);
  else
    ws_http_fault_set (&fault, 403, "A request without origin is not allowed");
  refuse (client, &fault, WS_CLOSE_CODE_POLICY_VIOLATED);
}

/* --- Accepting --- */

/* Makes the record's opening a socket. */
static void
accept_request (WsServerClient      *client,
                const char          *subprotocol,
                const WsHttpHeaders *headers)
{
  WsServerPrivate         *priv = ws_server_peek (client->server);
  const WsServerHandshake *handshake
      = ws_server_opening_get_handshake (client->opening);
  WsServerAnswer answer = {
    .subprotocol = subprotocol,
    .server_name = priv->server_name,
    .date = g_get_real_time () / G_USEC_PER_SEC,
    .headers = headers,
  };
  WsServerOpened  opened;
  WsSocketVisitor visitor;
  g_autoptr (GSocketAddress) address = NULL;

  ws_server_client_enter (client, &priv->arriving);
  ws_server_count_connection (client->server);
  if (client->socket == NULL)
    client->socket
        = ws_socket_new_incoming (priv->home.context,
                                  ws_server_share_settings (client->server),
                                  priv->compression, &ws_server_socket_owner,
                                  client);
  ws_socket_set_log_number (client->socket, client->peer->log_number);
  if (ws_server_is_proxied (client))
    address = ws_server_get_client_address (client);
  visitor.address = address;
  visitor.is_secure = ws_server_is_client_secure (client);
  visitor.url = ws_server_make_client_url (client);
  opened = ws_server_opening_steal (client->opening);
  ws_socket_accept (client->socket, &opened, &visitor, handshake, &answer);
  g_clear_pointer (&client->opening, ws_server_opening_free);
  ws_server_client_forget_peer (client);
  /* Its handlers may do anything: whoever hands out looks again. */
  if (opened.is_secure)
    ws_socket_note_session (client->socket,
                            ws_tls_stream_get_session (opened.transport));
}

/* Gives the socket to a call that waits, to a handler, or to the queue. */
static void
give_away (WsServerClient *client)
{
  WsServer        *self = client->server;
  WsServerPrivate *priv = ws_server_peek (self);
  g_autoptr (WsSocket) socket = g_object_ref (client->socket);

  if (ws_server_give_to_accept (client))
    return;
  if (!ws_server_has_listener (self, WS_SERVER_SIGNAL_CLIENT_CONNECTED))
    {
      ws_server_client_enter (client, &priv->pending);
      ws_server_emit (self, WS_SERVER_SIGNAL_NEW_CONNECTION);
      return;
    }
  ws_server_client_join (client);
  if (ws_server_client_is_over (client))
    return;
  /* Before the handlers, which may wait for a message in a nested loop. */
  ws_socket_start (socket);
  ws_server_emit (self, WS_SERVER_SIGNAL_CLIENT_CONNECTED, socket);
}

/* Who comes while the server closes is closed, too. */
static void
hand_out (WsServerClient *client)
{
  ws_server_client_ref (client);
  if (!ws_server_client_is_over (client))
    give_away (client);
  ws_server_see_off_late (client);
  ws_server_client_unref (client);
}

static const char *
choose_subprotocol (WsServerClient *client)
{
  return ws_server_handshake_choose (
      ws_server_opening_get_handshake (client->opening),
      (const char *const *) ws_server_peek (client->server)
          ->supported_subprotocols);
}

/* --- What a handler has answered --- */

/* FALSE if the handler has chosen what the client does not offer. */
static gboolean
take_subprotocol (WsServerClient *client,
                  WsResponse     *response,
                  const char    **subprotocol)
{
  const char *chosen = ws_response_get_subprotocol (response);
  char      **offers
      = ws_server_opening_get_handshake (client->opening)->subprotocols;

  *subprotocol = chosen == NULL    ? choose_subprotocol (client)
                 : *chosen == '\0' ? NULL
                                   : chosen;
  return *subprotocol == NULL
         || g_strv_contains ((const char *const *) offers, *subprotocol);
}

static void
accept_response (WsServerClient *client, WsResponse *response)
{
  g_autofree char *quoted = NULL;
  const char      *subprotocol;
  WsHttpFault      fault;

  if (!ws_server_check_room (client, &fault))
    {
      refuse (client, &fault, WS_CLOSE_CODE_ABNORMAL_DISCONNECTION);
      return;
    }
  if (take_subprotocol (client, response, &subprotocol))
    {
      accept_request (client, subprotocol,
                      ws_headers_peek_http (
                          ws_response_get_headers (response)));
      hand_out (client);
      return;
    }
  quoted = ws_http_quote (subprotocol);
  ws_http_fault_set (&fault, 500,
                     "The subprotocol %s was chosen, but not offered", quoted);
  refuse (client, &fault, WS_CLOSE_CODE_BAD_OPERATION);
}

static void
send_response (WsServerClient *client, WsResponse *response)
{
  WsHttpAnswer answer = { .status = ws_response_get_status (response),
                          .reason = ws_response_get_reason (response),
                          .headers = ws_headers_peek_http (
                              ws_response_get_headers (response)) };

  ws_server_opening_answer (client->opening, &answer,
                            ws_response_get_body (response));
  ws_server_log_answer (client, answer.status);
  if (ws_server_opening_get_handshake (client->opening)->key == NULL)
    ws_server_count_request (client->server);
  note_answer (client);
}

static void
conclude_handshake (WsServerClient *client, WsResponse *response)
{
  g_autofree char *message = NULL;

  if (ws_response_get_status (response) == 101)
    {
      accept_response (client, response);
      return;
    }
  message = g_strdup_printf ("A handler refused a handshake with status %u",
                             ws_response_get_status (response));
  send_response (client, response);
  ws_server_report_refusal (client->server, client, WS_PEER_PHASE_DECISION,
                            WS_CLOSE_CODE_POLICY_VIOLATED, message);
}

static void
conclude_http (WsServerClient *client, WsResponse *response)
{
  WsHttpFault fault;

  if (!ws_response_is_untouched (response))
    {
      send_response (client, response);
      return;
    }
  ws_http_fault_set (&fault, 426, "Only WebSocket is spoken here");
  refuse (client, &fault, WS_CLOSE_CODE_PROTOCOL_ERROR);
}

/* Whether the client still waits: handlers take their time, and the client or
 * the server may have gone meanwhile, or the server may have refused the
 * client. */
static gboolean
is_waiting (const WsServerClient *client)
{
  return !ws_server_client_is_over (client)
         && ws_server_opening_is_asking (client->opening);
}

static void
conclude (WsServerClient *client, WsResponse *response)
{
  WsServer *self = client->server;

  if (!is_waiting (client))
    return;
  g_object_ref (self);
  client->is_deferred = FALSE;
  if (ws_server_opening_get_handshake (client->opening)->key != NULL)
    conclude_handshake (client, response);
  else
    conclude_http (client, response);
  ws_server_check_accepts (self);
  g_object_unref (self);
}

static void
on_answered (WsResponse *response, gpointer user_data)
{
  conclude (ws_server_deferral_get_client (user_data), response);
}

static void
on_abandoned (gpointer user_data)
{
  WsServerClient *client = ws_server_deferral_get_client (user_data);
  WsServer       *self = client->server;
  WsHttpFault     fault;

  if (!is_waiting (client))
    return;
  g_object_ref (self);
  ws_http_fault_set (&fault, 500, "The answer was dropped");
  refuse (client, &fault, WS_CLOSE_CODE_BAD_OPERATION);
  ws_server_check_accepts (self);
  g_object_unref (self);
}

static void
free_deferral (gpointer user_data)
{
  ws_server_deferral_free (user_data);
}

static const WsResponseOwner response_owner
    = { on_answered, on_abandoned, free_deferral };

/* --- Asking --- */

static WsRequest *
make_request (WsServerClient *client)
{
  const WsServerHandshake *handshake
      = ws_server_opening_get_handshake (client->opening);
  gboolean         is_handshake = handshake->key != NULL;
  g_autofree char *url = ws_server_make_client_url (client);
  g_autoptr (GSocketAddress) address = ws_transport_get_address (
      ws_server_opening_get_transport (client->opening), TRUE);
  g_autoptr (GSocketAddress) client_address
      = ws_server_get_client_address (client);
  WsHttpRequest  http;
  WsRequestParts parts = {
    .http = &http,
    .url = url,
    .resource = handshake->resource,
    .origin = handshake->origin,
    .subprotocols
    = is_handshake ? (const char *const *) handshake->subprotocols : NULL,
    .peer_address = address,
    .client_address = client_address,
    .is_secure = ws_server_is_client_secure (client),
    .body = ws_server_opening_get_body (client->opening),
    .is_handshake = is_handshake,
  };
  WsRequest *request;

  /* The head was parsed before. */
  if (!ws_server_opening_parse (client->opening, &http))
    g_assert_not_reached ();
  request = ws_request_new_incoming (&parts);
  ws_http_request_clear (&http);
  return request;
}

/* An exception has ended a handler, which may have meant to refuse. */
static void
refuse_for_handler (WsServerClient *client, const char *signal)
{
  WsHttpFault fault;

  ws_http_fault_set (&fault, 500, "A handler of %s has failed", signal);
  refuse (client, &fault, WS_CLOSE_CODE_BAD_OPERATION);
}

/* Asks the handlers of @signal, and acts on what they say, now or later. */
static void
ask_handlers (WsServerClient *client, WsServerSignal signal)
{
  WsServer  *self = client->server;
  WsAnswered answered = WS_ANSWERED;
  g_autoptr (WsServerDeferral) deferral = ws_server_deferral_new (client);
  g_autoptr (WsRequest) request = make_request (client);
  g_autoptr (WsResponse) response
      = ws_response_new_asking (signal == WS_SERVER_SIGNAL_HANDSHAKE_REQUESTED,
                                ws_server_peek (self)->home.context);

  ws_server_emit (self, signal, request, response, &answered);
  if (!is_waiting (client))
    return;
  if (answered == WS_ANSWERED_BY_FAILING)
    {
      refuse_for_handler (client, signal == WS_SERVER_SIGNAL_HTTP_REQUEST
                                      ? "http-request"
                                      : "handshake-requested");
      return;
    }
  if (!ws_response_wait (response, &response_owner, deferral))
    {
      conclude (client, response);
      return;
    }
  deferral = NULL; /* the response's */
  client->is_deferred = TRUE;
  ws_server_opening_wait (client->opening);
}

/* Not before some of those that a handler has put off are answered. */
static void
ask_if_few_wait (WsServerClient *client, WsServerSignal signal)
{
  WsHttpFault fault;

  if (ws_server_check_deferrals (client->server, &fault))
    ask_handlers (client, signal);
  else
    refuse (client, &fault, WS_CLOSE_CODE_ABNORMAL_DISCONNECTION);
}

/* Asks whether the origin may connect; without a handler each may. */
static gboolean
ask_origin (WsServer *self, const char *origin, WsAnswered *answered)
{
  g_autoptr (WsCorsAuthenticator) authenticator = NULL;

  if (ws_server_peek (self)->allowed_origins != NULL)
    return ws_server_knows_origin (self, origin);
  if (!ws_server_has_listener (self,
                               WS_SERVER_SIGNAL_ORIGIN_AUTHENTICATION_REQUIRED))
    return TRUE;
  authenticator = ws_cors_authenticator_new (origin);
  ws_server_emit (self, WS_SERVER_SIGNAL_ORIGIN_AUTHENTICATION_REQUIRED,
                  authenticator, answered);
  return ws_cors_authenticator_get_allowed (authenticator);
}

static void
judge_handshake (WsServerClient *client)
{
  WsServer        *self = client->server;
  g_autofree char *origin
      = g_strdup (ws_server_opening_get_handshake (client->opening)->origin);
  WsHttpFault fault;
  WsAnswered  answered = WS_ANSWERED;
  gboolean    allowed;

  if (!ws_server_check_room (client, &fault))
    {
      refuse (client, &fault, WS_CLOSE_CODE_ABNORMAL_DISCONNECTION);
      return;
    }
  if (ws_server_hold (client))
    return;
  allowed = ask_origin (self, origin, &answered);
  if (!is_waiting (client))
    return;
  if (answered == WS_ANSWERED_BY_FAILING)
    refuse_for_handler (client, "origin-authentication-required");
  else if (!allowed)
    refuse_origin (client, origin);
  else if (ws_server_has_listener (self, WS_SERVER_SIGNAL_HANDSHAKE_REQUESTED))
    ask_if_few_wait (client, WS_SERVER_SIGNAL_HANDSHAKE_REQUESTED);
  else if (!ws_server_check_room (client, &fault))
    refuse (client, &fault, WS_CLOSE_CODE_ABNORMAL_DISCONNECTION);
  else
    {
      accept_request (client, choose_subprotocol (client), NULL);
      hand_out (client);
    }
}

static void
judge_http (WsServerClient *client)
{
  WsHttpFault fault;

  if (ws_server_check_address (client, &fault))
    ask_if_few_wait (client, WS_SERVER_SIGNAL_HTTP_REQUEST);
  else
    refuse (client, &fault, WS_CLOSE_CODE_ABNORMAL_DISCONNECTION);
}

/* --- What an opening reports --- */

static gboolean
on_wants_http (WsServerOpening *opening, gpointer user_data)
{
  WsServerClient *client = user_data;

  return ws_server_has_listener (client->server, WS_SERVER_SIGNAL_HTTP_REQUEST);
}

static void
on_proxied (WsServerOpening     *opening,
            const WsProxyHeader *header,
            gpointer             user_data)
{
  ws_server_hear_header (user_data, header);
}

static void
on_request (WsServerOpening *opening, gpointer user_data)
{
  WsServerClient *client = user_data;
  WsServer       *self = g_object_ref (client->server);
  WsHttpFault     fault;

  ws_server_client_ref (client);
  if (!ws_server_hear_fields (client, &fault))
    refuse (client, &fault, WS_CLOSE_CODE_PROTOCOL_ERROR);
  else if (ws_server_opening_get_handshake (opening)->key != NULL)
    judge_handshake (client);
  else
    judge_http (client);
  ws_server_check_accepts (self);
  ws_server_client_unref (client);
  g_object_unref (self);
}

static void
on_refused (WsServerOpening   *opening,
            const WsHttpFault *fault,
            gpointer           user_data)
{
  WsServerClient *client = user_data;
  WsServer       *self = g_object_ref (client->server);
  gboolean        too_big
      = fault->status == 413 || fault->status == 414 || fault->status == 431;
  guint code = too_big                ? WS_CLOSE_CODE_TOO_MUCH_DATA
               : fault->status == 503 ? WS_CLOSE_CODE_ABNORMAL_DISCONNECTION
                                      : WS_CLOSE_CODE_PROTOCOL_ERROR;

  note_answer (client);
  ws_server_report_refusal (client->server, client, WS_PEER_PHASE_REQUEST, code,
                            fault->message);
  ws_server_check_accepts (self);
  g_object_unref (self);
}

/* It ends without a connection; @error (nullable): why. */
static void
end (WsServerClient *client, guint code, const GError *error)
{
  WsServer   *self = g_object_ref (client->server);
  WsPeerPhase phase = ws_server_get_peer_phase (client);

  ws_server_client_ref (client);
  ws_server_client_end (client);
  ws_server_note_gone (self, client);
  ws_server_check_accepts (self);
  if (error != NULL)
    ws_server_report_peer (self, client, phase, code, error);
  ws_server_client_unref (client);
  g_object_unref (self);
}

static void
on_gone (WsServerOpening *opening, const GError *error, gpointer user_data)
{
  gboolean is_wrong
      = g_error_matches (error, WS_ENGINE_ERROR, WS_ENGINE_ERROR_PROTOCOL);

  end (user_data,
       is_wrong ? WS_CLOSE_CODE_PROTOCOL_ERROR
                : WS_CLOSE_CODE_ABNORMAL_DISCONNECTION,
       error);
}

static void
on_tls_failed (WsServerOpening *opening,
               const GError    *error,
               gpointer         user_data)
{
  end (user_data, WS_CLOSE_CODE_TLS_HANDSHAKE_FAILED, error);
}

const WsServerOpeningSink ws_server_opening_sink = {
  .paused = ws_server_on_opening_paused,
  .proxied = on_proxied,
  .tls_failed = on_tls_failed,
  .request = on_request,
  .refused = on_refused,
  .gone = on_gone,
  .wants_http = on_wants_http,
};
