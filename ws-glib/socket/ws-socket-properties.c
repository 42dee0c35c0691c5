/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The properties of WsSocket, gathered: each stands beside its accessors. */
#include "socket/ws-socket-properties.h"

#include "socket/ws-socket-addresses.h"
#include "socket/ws-socket-auth.h"
#include "socket/ws-socket-compression.h"
#include "socket/ws-socket-handshake.h"
#include "socket/ws-socket-heads.h"
#include "socket/ws-socket-http.h"
#include "socket/ws-socket-keeping.h"
#include "socket/ws-socket-receive-private.h"
#include "socket/ws-socket-reconnect.h"
#include "socket/ws-socket-request.h"
#include "socket/ws-socket-settings.h"
#include "socket/ws-socket-ssl.h"
#include "socket/ws-socket-status.h"
#include "socket/ws-socket-timeouts.h"
#include "socket/ws-socket-view.h"
#include "socket/ws-socket-visitor.h"

static const WsProperty *const tables[] = {
  ws_socket_handshake_properties,
  ws_socket_status_properties,
  ws_socket_ssl_properties,
  ws_socket_reconnect_properties,
  ws_socket_heads_properties,
  ws_socket_http_properties,
  ws_socket_auth_properties,
  ws_socket_settings_properties,
  ws_socket_timeout_properties,
  ws_socket_receive_properties,
  ws_socket_compression_properties,
  ws_socket_keeping_properties,
  ws_socket_addresses_properties,
  ws_socket_request_properties,
  ws_socket_visitor_properties,
  ws_socket_view_properties,
  NULL,
};

void
ws_socket_install_properties (GObjectClass *object_class)
{
  ws_property_install (object_class, tables, ws_socket_props,
                       WS_SOCKET_N_PROPS);
}
