/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "socket/ws-socket-properties.h"

#include "socket/ws-socket-compression.h"
#include "socket/ws-socket-receive-private.h"

/* The properties of WsSocket: what they are and mean. */

static GParamSpec **const props = ws_socket_props;

#define READ_ONLY  WS_SOCKET_READ_ONLY
#define READ_WRITE WS_SOCKET_READ_WRITE

static void
install_first_handshake_properties (void)
{
  /**
   * WsSocket:url: (getter get_url) (setter set_url)
   *
   * Where [method@Socket.open] and [property@Socket:active] go.
   *
   * A `ws:` URL (RFC 6455, 3), or `ws+unix:/path/of/socket:/resource`. On a server's
   * socket the one that the client seems to have used. When it changes while
   * [property@Socket:active] is %TRUE, the socket is opened again.
   *
   * Since: 1.0
   */
  props[WS_SOCKET_PROP_URL]
      = g_param_spec_string ("url", NULL, NULL, NULL, READ_WRITE);

  /**
   * WsSocket:active: (getter get_active) (setter set_active)
   *
   * Whether a connection is wanted, or there.
   *
   * Set to %TRUE it opens [property@Socket:url], from the context's idle, so that
   * properties may be set in any order; set to %FALSE it closes. It becomes %FALSE
   * when the connection, or the attempt, has ended, unless
   * [property@Socket:reconnect] has a new one made: then it stays %TRUE all the
   * while.
   *
   * Since: 1.0
   */
  props[WS_SOCKET_PROP_ACTIVE]
      = g_param_spec_boolean ("active", NULL, NULL, FALSE, READ_WRITE);

  /**
   * WsSocket:origin: (getter get_origin) (setter set_origin)
   *
   * The origin that a client announces (RFC 6454), or that a server's client has
   * announced.
   *
   * Since: 1.0
   */
  props[WS_SOCKET_PROP_ORIGIN]
      = g_param_spec_string ("origin", NULL, NULL, NULL, READ_WRITE);

  /**
   * WsSocket:version: (getter get_version) (setter set_version)
   *
   * The version of the protocol.
   *
   * Only 13 is spoken; another value is remembered, as in Qt, and changes nothing.
   *
   * Since: 1.0
   */
  props[WS_SOCKET_PROP_VERSION]
      = g_param_spec_enum ("version", NULL, NULL, WS_TYPE_PROTOCOL_VERSION,
                           WS_PROTOCOL_VERSION_LATEST, READ_WRITE);
}

static void
install_further_handshake_properties (void)
{
  /**
   * WsSocket:subprotocols: (getter get_subprotocols) (setter set_subprotocols)
   *
   * The subprotocols that a client offers, the preferred one first.
   *
   * On a server's socket those that the client has offered. What is not a token is
   * left out with a warning (RFC 6455, 4.1).
   *
   * Since: 1.0
   */
  props[WS_SOCKET_PROP_SUBPROTOCOLS]
      = g_param_spec_boxed ("subprotocols", NULL, NULL, G_TYPE_STRV,
                            READ_WRITE);

  /**
   * WsSocket:subprotocol: (getter get_subprotocol)
   *
   * The subprotocol that was agreed on (RFC 6455, 1.9); empty if none was.
   *
   * Since: 1.0
   */
  props[WS_SOCKET_PROP_SUBPROTOCOL]
      = g_param_spec_string ("subprotocol", NULL, NULL, "", READ_ONLY);

  /**
   * WsSocket:resource-name: (getter get_resource_name)
   *
   * The path and query of the URL in use, percent-encoded.
   *
   * Since: 1.0
   */
  props[WS_SOCKET_PROP_RESOURCE_NAME]
      = g_param_spec_string ("resource-name", NULL, NULL, "", READ_ONLY);

  /**
   * WsSocket:peer-name: (getter get_peer_name)
   *
   * The host of the URL in use.
   *
   * Since: 1.0
   */
  props[WS_SOCKET_PROP_PEER_NAME]
      = g_param_spec_string ("peer-name", NULL, NULL, "", READ_ONLY);

  /**
   * WsSocket:request-headers: (getter get_request_headers) (setter set_request_headers)
   *
   * Header fields that a client sends beside those of the handshake.
   *
   * On a server's socket all that the client has sent.
   *
   * Since: 1.0
   */
  props[WS_SOCKET_PROP_REQUEST_HEADERS]
      = g_param_spec_boxed ("request-headers", NULL, NULL, WS_TYPE_HEADERS,
                            READ_WRITE);
}

static void
install_first_life_properties (void)
{
  /**
   * WsSocket:state: (getter get_state)
   *
   * Where the connection is in its life.
   *
   * Since: 1.0
   */
  props[WS_SOCKET_PROP_STATE]
      = g_param_spec_enum ("state", NULL, NULL, WS_TYPE_STATE,
                           WS_STATE_UNCONNECTED, READ_ONLY);

  /**
   * WsSocket:status: (getter get_status)
   *
   * The state as a user wants to see it.
   *
   * %WS_STATUS_ERROR stays until the next opening, so that a bound label can show
   * it.
   *
   * Since: 1.0
   */
  props[WS_SOCKET_PROP_STATUS]
      = g_param_spec_enum ("status", NULL, NULL, WS_TYPE_STATUS,
                           WS_STATUS_CLOSED, READ_ONLY);

  /**
   * WsSocket:error-string: (getter get_error_string)
   *
   * What went wrong last; empty when all is fine.
   *
   * Cleared by the next opening.
   *
   * Since: 1.0
   */
  props[WS_SOCKET_PROP_ERROR_STRING]
      = g_param_spec_string ("error-string", NULL, NULL, "", READ_ONLY);

  /**
   * WsSocket:local-address: (getter get_local_address)
   *
   * Our end of the connection; %NULL when there is none.
   *
   * Since: 1.0
   */
  props[WS_SOCKET_PROP_LOCAL_ADDRESS]
      = g_param_spec_object ("local-address", NULL, NULL, G_TYPE_SOCKET_ADDRESS,
                             READ_ONLY);

  /**
   * WsSocket:peer-address: (getter get_peer_address)
   *
   * The other end of the connection; %NULL when there is none.
   *
   * Since: 1.0
   */
  props[WS_SOCKET_PROP_PEER_ADDRESS]
      = g_param_spec_object ("peer-address", NULL, NULL, G_TYPE_SOCKET_ADDRESS,
                             READ_ONLY);
}

static void
install_further_life_properties (void)
{
  /**
   * WsSocket:close-code: (getter get_close_code)
   *
   * How the connection was closed (RFC 6455, 7.1.5).
   *
   * Our code after [method@Socket.close], the peer's if it closed first; 1000 before
   * any close and for a peer that gave no code; 1006 when it was lost or
   * aborted.
   *
   * Since: 1.0
   */
  props[WS_SOCKET_PROP_CLOSE_CODE]
      = g_param_spec_uint ("close-code", NULL, NULL, 0, G_MAXUINT, 1000,
                           READ_ONLY);

  /**
   * WsSocket:close-reason: (getter get_close_reason)
   *
   * The reason that came with [property@Socket:close-code] (RFC 6455, 7.1.6);
   * empty if none did.
   *
   * Since: 1.0
   */
  props[WS_SOCKET_PROP_CLOSE_REASON]
      = g_param_spec_string ("close-reason", NULL, NULL, "", READ_ONLY);

  /**
   * WsSocket:close-code-sent: (getter get_close_code_sent)
   *
   * The close code that we sent; 0: none, 1005: an empty close frame (RFC 6455,
   * 7.4.1).
   *
   * Since: 1.0
   */
  props[WS_SOCKET_PROP_CLOSE_CODE_SENT]
      = g_param_spec_uint ("close-code-sent", NULL, NULL, 0, G_MAXUINT, 0,
                           READ_ONLY);

  /**
   * WsSocket:close-code-received: (getter get_close_code_received)
   *
   * The close code that the peer sent; 0: none, 1005: an empty close frame (RFC
   * 6455, 7.4.1).
   *
   * Since: 1.0
   */
  props[WS_SOCKET_PROP_CLOSE_CODE_RECEIVED]
      = g_param_spec_uint ("close-code-received", NULL, NULL, 0, G_MAXUINT, 0,
                           READ_ONLY);

  /**
   * WsSocket:was-clean: (getter get_was_clean)
   *
   * Whether the closing handshake was completed (RFC 6455, 7.1.4).
   *
   * Since: 1.0
   */
  props[WS_SOCKET_PROP_WAS_CLEAN]
      = g_param_spec_boolean ("was-clean", NULL, NULL, FALSE, READ_ONLY);

  /**
   * WsSocket:latency: (getter get_latency)
   *
   * The microseconds that the last answered ping took; -1: unknown.
   *
   * Since: 1.0
   */
  props[WS_SOCKET_PROP_LATENCY]
      = g_param_spec_int64 ("latency", NULL, NULL, -1, G_MAXINT64, -1,
                            READ_ONLY);

  /**
   * WsSocket:statistics: (getter get_statistics)
   *
   * What the connection has carried until now.
   *
   * A snapshot, to be read again whenever that is of interest: it is notified when
   * a connection begins and ends, not with each message. It stays after the
   * end, until the next connection begins.
   *
   * Since: 1.0
   */
  props[WS_SOCKET_PROP_STATISTICS]
      = g_param_spec_boxed ("statistics", NULL, NULL, WS_TYPE_STATISTICS,
                            READ_ONLY);
}

static void
install_ssl_properties (void)
{
  /**
   * WsSocket:pause-mode: (getter get_pause_mode) (setter set_pause_mode)
   *
   * Whether the opening pauses at certificate errors.
   *
   * With %WS_PAUSE_MODES_ON_SSL_ERRORS nothing is sent or read after
   * [signal@Socket::ssl-errors] until [method@Socket.resume], for as long as it
   * takes to ask the user; [property@Socket:open-timeout] stands still meanwhile.
   *
   * Since: 1.0
   */
  props[WS_SOCKET_PROP_PAUSE_MODE]
      = g_param_spec_flags ("pause-mode", NULL, NULL, WS_TYPE_PAUSE_MODES,
                            WS_PAUSE_MODES_NEVER, READ_WRITE);

  /**
   * WsSocket:ssl-configuration: (getter get_ssl_configuration) (setter set_ssl_configuration)
   *
   * The settings of TLS, which several sockets may share.
   *
   * By default the server's certificate is verified against the system's
   * authorities, its host name included.
   *
   * Since: 1.0
   */
  props[WS_SOCKET_PROP_SSL_CONFIGURATION]
      = g_param_spec_object ("ssl-configuration", NULL, NULL,
                             WS_TYPE_SSL_CONFIGURATION, READ_WRITE);

  /**
   * WsSocket:ssl-session: (getter get_ssl_session)
   *
   * What the TLS session has agreed on; known from
   * [signal@Socket::ssl-errors] on.
   *
   * Since: 1.0
   */
  props[WS_SOCKET_PROP_SSL_SESSION]
      = g_param_spec_object ("ssl-session", NULL, NULL, WS_TYPE_SSL_SESSION,
                             READ_ONLY);
}

static void
install_reconnect_properties (void)
{
  /**
   * WsSocket:reconnect: (getter get_reconnect) (setter set_reconnect)
   *
   * When to open the socket again after an end that nobody asked for; %NULL:
   * never.
   *
   * The connection, or attempt, ends as it does without a policy, with
   * [signal@Socket::disconnected] and all that belongs to it, but
   * [property@Socket:active] stays %TRUE and [signal@Socket::reconnecting] tells
   * what comes. [property@Socket:state] and [property@Socket:status] say how the
   * last one ended while the socket waits. Then it is opened anew: names are
   * resolved, the same handlers hear the same signals as ever.
   *
   * [method@Socket.close], [method@Socket.abort] and [property@Socket:active] set
   * to %FALSE end the wait, as does %NULL here; [method@Socket.open] or another
   * [property@Socket:url] makes the attempt at once, and counts from the
   * beginning. Another policy is asked at the next end. A server's socket takes
   * no notice of it.
   *
   * Since: 1.0
   */
  props[WS_SOCKET_PROP_RECONNECT]
      = g_param_spec_object ("reconnect", NULL, NULL, WS_TYPE_RECONNECT_POLICY,
                             READ_WRITE);
}

static void
install_http_properties (void)
{
  /**
   * WsSocket:response: (getter get_response)
   *
   * What the server answered to the handshake, also when it refused.
   *
   * It is there from [signal@Socket::connected] or [signal@Socket::error] on,
   * until the next opening; in [signal@Socket::authentication-required] and
   * [signal@Socket::redirected] it is the answer that led there. A refusal's content is awaited for two seconds at
   * most before the error is told. %NULL on a server's socket.
   *
   * Since: 1.0
   */
  props[WS_SOCKET_PROP_RESPONSE]
      = g_param_spec_object ("response", NULL, NULL, WS_TYPE_HANDSHAKE_RESPONSE,
                             READ_ONLY);

  /**
   * WsSocket:max-redirects: (getter get_max_redirects) (setter set_max_redirects)
   *
   * How many redirects an opening follows (RFC 9110, 15.4); 0: none.
   *
   * Each is told with [signal@Socket::redirected]. None leads from `wss:` to
   * `ws:`. [property@Socket:open-timeout] covers all of it.
   *
   * Since: 1.0
   */
  props[WS_SOCKET_PROP_MAX_REDIRECTS]
      = g_param_spec_uint ("max-redirects", NULL, NULL, 0, G_MAXUINT, 0,
                           READ_WRITE);

  /**
   * WsSocket:proxy-resolver: (getter get_proxy_resolver) (setter set_proxy_resolver)
   *
   * Who chooses the proxies; %NULL: the system's settings.
   *
   * It is asked for `http:` or `https:` instead of `ws:` or `wss:`.
   * [method@Socket.set_proxy] is the short way to one proxy.
   *
   * Since: 1.0
   */
  props[WS_SOCKET_PROP_PROXY_RESOLVER]
      = g_param_spec_object ("proxy-resolver", NULL, NULL,
                             G_TYPE_PROXY_RESOLVER, READ_WRITE);
}

void
ws_socket_install_properties (GObjectClass *object_class)
{
  object_class->get_property = ws_socket_get_property;
  object_class->set_property = ws_socket_set_property;
  install_first_handshake_properties ();
  install_further_handshake_properties ();
  install_first_life_properties ();
  install_further_life_properties ();
  ws_socket_install_settings_properties (props);
  install_ssl_properties ();
  install_reconnect_properties ();
  ws_socket_install_receiving_properties (props);
  ws_socket_install_compression_properties (props);
  install_http_properties ();
  g_object_class_install_properties (object_class, WS_SOCKET_N_PROPS, props);
}
