/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "server/ws-server-private.h"

/* From a property's number to its accessors, which stand in ws-server-status.c,
 * ws-server-limits.c and ws-server-settings.c. */

void
ws_server_get_property (GObject    *object,
                        guint       prop_id,
                        GValue     *value,
                        GParamSpec *pspec)
{
  WsServer *self = WS_SERVER (object);

  switch ((WsServerProp) prop_id)
    {
    case WS_SERVER_PROP_SERVER_NAME:
      g_value_set_string (value, ws_server_get_server_name (self));
      break;
    case WS_SERVER_PROP_SSL_MODE:
      g_value_set_enum (value, ws_server_get_ssl_mode (self));
      break;
    case WS_SERVER_PROP_SSL_CONFIGURATION:
      g_value_set_object (value, ws_server_get_ssl_configuration (self));
      break;
    case WS_SERVER_PROP_HOST:
      g_value_set_string (value, ws_server_get_host (self));
      break;
    case WS_SERVER_PROP_PORT:
      g_value_set_uint (value, ws_server_get_port (self));
      break;
    case WS_SERVER_PROP_URL:
      g_value_set_string (value, ws_server_get_url (self));
      break;
    case WS_SERVER_PROP_LISTENING:
      g_value_set_boolean (value, ws_server_get_listening (self));
      break;
    case WS_SERVER_PROP_ACCEPTING:
      g_value_set_boolean (value, ws_server_get_accepting (self));
      break;
    case WS_SERVER_PROP_SUPPORTED_SUBPROTOCOLS:
      g_value_set_boxed (value, ws_server_get_supported_subprotocols (self));
      break;
    case WS_SERVER_PROP_ALLOWED_ORIGINS:
      g_value_set_boxed (value, ws_server_get_allowed_origins (self));
      break;
    case WS_SERVER_PROP_MAX_PENDING_CONNECTIONS:
      g_value_set_int (value, ws_server_get_max_pending_connections (self));
      break;
    case WS_SERVER_PROP_MAX_CONNECTIONS:
      g_value_set_uint (value, ws_server_get_max_connections (self));
      break;
    case WS_SERVER_PROP_MAX_CONNECTIONS_PER_ADDRESS:
      g_value_set_uint (value,
                        ws_server_get_max_connections_per_address (self));
      break;
    case WS_SERVER_PROP_MAX_HANDSHAKES:
      g_value_set_uint (value, ws_server_get_max_handshakes (self));
      break;
    case WS_SERVER_PROP_HANDSHAKE_TIMEOUT:
      g_value_set_int (value, ws_server_get_handshake_timeout (self));
      break;
    case WS_SERVER_PROP_MAX_HEADER_SIZE:
      g_value_set_uint (value, ws_server_get_max_header_size (self));
      break;
    case WS_SERVER_PROP_COMPRESSION:
      g_value_take_boxed (value, ws_server_get_compression (self));
      break;
    case WS_SERVER_PROP_SLOW_CLIENT_POLICY:
      g_value_set_enum (value, ws_server_get_slow_client_policy (self));
      break;
    case WS_SERVER_PROP_BACKLOG:
      g_value_set_uint (value, ws_server_get_backlog (self));
      break;
    case WS_SERVER_PROP_REUSE_PORT:
      g_value_set_boolean (value, ws_server_get_reuse_port (self));
      break;
    case WS_SERVER_PROP_PROXY_RESOLVER:
      g_value_set_object (value, ws_server_get_proxy_resolver (self));
      break;
    case WS_SERVER_PROP_ERROR:
      g_value_set_uint (value, ws_server_get_error (self));
      break;
    case WS_SERVER_PROP_ERROR_STRING:
      g_value_set_string (value, ws_server_get_error_string (self));
      break;
    case WS_SERVER_PROP_MAX_INCOMING_FRAME_SIZE:
      g_value_set_uint64 (value, ws_server_get_max_incoming_frame_size (self));
      break;
    case WS_SERVER_PROP_MAX_INCOMING_FRAGMENTS:
      g_value_set_uint (value, ws_server_get_max_incoming_fragments (self));
      break;
    case WS_SERVER_PROP_MAX_INCOMING_MESSAGE_SIZE:
      g_value_set_uint64 (value,
                          ws_server_get_max_incoming_message_size (self));
      break;
    case WS_SERVER_PROP_OUTGOING_FRAME_SIZE:
      g_value_set_uint64 (value, ws_server_get_outgoing_frame_size (self));
      break;
    case WS_SERVER_PROP_MAX_BYTES_TO_WRITE:
      g_value_set_uint64 (value, ws_server_get_max_bytes_to_write (self));
      break;
    case WS_SERVER_PROP_WRITE_HIGH_WATER_MARK:
      g_value_set_uint64 (value, ws_server_get_write_high_water_mark (self));
      break;
    case WS_SERVER_PROP_CLOSE_TIMEOUT:
      g_value_set_uint (value, ws_server_get_close_timeout (self));
      break;
    case WS_SERVER_PROP_FRAME_TIMEOUT:
      g_value_set_uint (value, ws_server_get_frame_timeout (self));
      break;
    case WS_SERVER_PROP_PING_INTERVAL:
      g_value_set_uint (value, ws_server_get_ping_interval (self));
      break;
    case WS_SERVER_PROP_PING_TIMEOUT:
      g_value_set_uint (value, ws_server_get_ping_timeout (self));
      break;
    case WS_SERVER_N_PROPS:
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

void
ws_server_set_property (GObject      *object,
                        guint         prop_id,
                        const GValue *value,
                        GParamSpec   *pspec)
{
  WsServer *self = WS_SERVER (object);

  switch ((WsServerProp) prop_id)
    {
    case WS_SERVER_PROP_SERVER_NAME:
      ws_server_set_server_name (self, g_value_get_string (value));
      break;
    case WS_SERVER_PROP_SSL_MODE:
      ws_server_peek (self)->ssl_mode = g_value_get_enum (value);
      break;
    case WS_SERVER_PROP_SSL_CONFIGURATION:
      ws_server_set_ssl_configuration (self, g_value_get_object (value));
      break;
    case WS_SERVER_PROP_HOST:
      ws_server_set_host (self, g_value_get_string (value));
      break;
    case WS_SERVER_PROP_PORT:
      ws_server_set_port (self, g_value_get_uint (value));
      break;
    case WS_SERVER_PROP_LISTENING:
      ws_server_set_listening (self, g_value_get_boolean (value));
      break;
    case WS_SERVER_PROP_ACCEPTING:
      ws_server_set_accepting (self, g_value_get_boolean (value));
      break;
    case WS_SERVER_PROP_SUPPORTED_SUBPROTOCOLS:
      ws_server_set_supported_subprotocols (self, g_value_get_boxed (value));
      break;
    case WS_SERVER_PROP_ALLOWED_ORIGINS:
      ws_server_set_allowed_origins (self, g_value_get_boxed (value));
      break;
    case WS_SERVER_PROP_MAX_PENDING_CONNECTIONS:
      ws_server_set_max_pending_connections (self, g_value_get_int (value));
      break;
    case WS_SERVER_PROP_MAX_CONNECTIONS:
      ws_server_set_max_connections (self, g_value_get_uint (value));
      break;
    case WS_SERVER_PROP_MAX_CONNECTIONS_PER_ADDRESS:
      ws_server_set_max_connections_per_address (self,
                                                 g_value_get_uint (value));
      break;
    case WS_SERVER_PROP_MAX_HANDSHAKES:
      ws_server_set_max_handshakes (self, g_value_get_uint (value));
      break;
    case WS_SERVER_PROP_HANDSHAKE_TIMEOUT:
      ws_server_set_handshake_timeout (self, g_value_get_int (value));
      break;
    case WS_SERVER_PROP_MAX_HEADER_SIZE:
      ws_server_set_max_header_size (self, g_value_get_uint (value));
      break;
    case WS_SERVER_PROP_COMPRESSION:
      ws_server_set_compression (self, g_value_get_boxed (value));
      break;
    case WS_SERVER_PROP_SLOW_CLIENT_POLICY:
      ws_server_set_slow_client_policy (self, g_value_get_enum (value));
      break;
    case WS_SERVER_PROP_BACKLOG:
      ws_server_set_backlog (self, g_value_get_uint (value));
      break;
    case WS_SERVER_PROP_REUSE_PORT:
      ws_server_set_reuse_port (self, g_value_get_boolean (value));
      break;
    case WS_SERVER_PROP_PROXY_RESOLVER:
      ws_server_set_proxy_resolver (self, g_value_get_object (value));
      break;
    case WS_SERVER_PROP_MAX_INCOMING_FRAME_SIZE:
      ws_server_set_max_incoming_frame_size (self, g_value_get_uint64 (value));
      break;
    case WS_SERVER_PROP_MAX_INCOMING_FRAGMENTS:
      ws_server_set_max_incoming_fragments (self, g_value_get_uint (value));
      break;
    case WS_SERVER_PROP_MAX_INCOMING_MESSAGE_SIZE:
      ws_server_set_max_incoming_message_size (self,
                                               g_value_get_uint64 (value));
      break;
    case WS_SERVER_PROP_OUTGOING_FRAME_SIZE:
      ws_server_set_outgoing_frame_size (self, g_value_get_uint64 (value));
      break;
    case WS_SERVER_PROP_MAX_BYTES_TO_WRITE:
      ws_server_set_max_bytes_to_write (self, g_value_get_uint64 (value));
      break;
    case WS_SERVER_PROP_WRITE_HIGH_WATER_MARK:
      ws_server_set_write_high_water_mark (self, g_value_get_uint64 (value));
      break;
    case WS_SERVER_PROP_CLOSE_TIMEOUT:
      ws_server_set_close_timeout (self, g_value_get_uint (value));
      break;
    case WS_SERVER_PROP_FRAME_TIMEOUT:
      ws_server_set_frame_timeout (self, g_value_get_uint (value));
      break;
    case WS_SERVER_PROP_PING_INTERVAL:
      ws_server_set_ping_interval (self, g_value_get_uint (value));
      break;
    case WS_SERVER_PROP_PING_TIMEOUT:
      ws_server_set_ping_timeout (self, g_value_get_uint (value));
      break;
    case WS_SERVER_PROP_URL:
    case WS_SERVER_PROP_ERROR:
    case WS_SERVER_PROP_ERROR_STRING:
    case WS_SERVER_N_PROPS:
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}
