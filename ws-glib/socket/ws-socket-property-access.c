/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "socket/ws-socket-properties.h"
#include "ws-socket-receive.h"

/* From a property's number to its accessors, which stand in
 * ws-socket-handshake.c, ws-socket-status.c, ws-socket-settings.c,
 * ws-socket-ssl.c and ws-socket-reconnect.c. */

/* How the connection has ended. */
static void
get_closing_property (WsSocket *self, guint prop_id, GValue *value)
{
  switch (prop_id)
    {
    case WS_SOCKET_PROP_CLOSE_CODE:
      g_value_set_uint (value, ws_socket_get_close_code (self));
      break;
    case WS_SOCKET_PROP_CLOSE_REASON:
      g_value_set_string (value, ws_socket_get_close_reason (self));
      break;
    case WS_SOCKET_PROP_CLOSE_CODE_SENT:
      g_value_set_uint (value, ws_socket_get_close_code_sent (self));
      break;
    case WS_SOCKET_PROP_CLOSE_CODE_RECEIVED:
      g_value_set_uint (value, ws_socket_get_close_code_received (self));
      break;
    case WS_SOCKET_PROP_WAS_CLEAN:
      g_value_set_boolean (value, ws_socket_get_was_clean (self));
      break;
    default:
      g_assert_not_reached ();
    }
}

/* What the handshake is about. */
static void
get_agreed_property (WsSocket *self, guint prop_id, GValue *value)
{
  switch (prop_id)
    {
    case WS_SOCKET_PROP_ORIGIN:
      g_value_set_string (value, ws_socket_get_origin (self));
      break;
    case WS_SOCKET_PROP_VERSION:
      g_value_set_enum (value, ws_socket_get_version (self));
      break;
    case WS_SOCKET_PROP_SUBPROTOCOLS:
      g_value_set_boxed (value, ws_socket_get_subprotocols (self));
      break;
    case WS_SOCKET_PROP_SUBPROTOCOL:
      g_value_set_string (value, ws_socket_get_subprotocol (self));
      break;
    case WS_SOCKET_PROP_COMPRESSION:
      g_value_take_boxed (value, ws_socket_get_compression (self));
      break;
    case WS_SOCKET_PROP_EXTENSIONS:
      g_value_set_string (value, ws_socket_get_extensions (self));
      break;
    default:
      g_assert_not_reached ();
    }
}

static void
get_time_property (WsSocket *self, guint prop_id, GValue *value)
{
  switch (prop_id)
    {
    case WS_SOCKET_PROP_OPEN_TIMEOUT:
      g_value_set_uint (value, ws_socket_get_open_timeout (self));
      break;
    case WS_SOCKET_PROP_CLOSE_TIMEOUT:
      g_value_set_uint (value, ws_socket_get_close_timeout (self));
      break;
    case WS_SOCKET_PROP_FRAME_TIMEOUT:
      g_value_set_uint (value, ws_socket_get_frame_timeout (self));
      break;
    case WS_SOCKET_PROP_PING_INTERVAL:
      g_value_set_uint (value, ws_socket_get_ping_interval (self));
      break;
    case WS_SOCKET_PROP_PING_TIMEOUT:
      g_value_set_uint (value, ws_socket_get_ping_timeout (self));
      break;
    default:
      g_assert_not_reached ();
    }
}

static void
get_receiving_property (WsSocket *self, guint prop_id, GValue *value)
{
  if (prop_id == WS_SOCKET_PROP_PULL)
    g_value_set_boolean (value, ws_socket_get_pull (self));
  else
    g_value_set_int64 (value, ws_socket_get_read_buffer_size (self));
}

static void
get_http_property (WsSocket *self, guint prop_id, GValue *value)
{
  if (prop_id == WS_SOCKET_PROP_RESPONSE)
    g_value_set_object (value, ws_socket_get_response (self));
  else if (prop_id == WS_SOCKET_PROP_MAX_REDIRECTS)
    g_value_set_uint (value, ws_socket_get_max_redirects (self));
  else
    g_value_set_object (value, ws_socket_get_proxy_resolver (self));
}

void
ws_socket_get_property (GObject    *object,
                        guint       prop_id,
                        GValue     *value,
                        GParamSpec *pspec)
{
  WsSocket *self = WS_SOCKET (object);

  switch ((WsSocketProp) prop_id)
    {
    case WS_SOCKET_PROP_URL:
      g_value_set_string (value, ws_socket_get_url (self));
      break;
    case WS_SOCKET_PROP_ACTIVE:
      g_value_set_boolean (value, ws_socket_get_active (self));
      break;
    case WS_SOCKET_PROP_STATE:
      g_value_set_enum (value, ws_socket_get_state (self));
      break;
    case WS_SOCKET_PROP_STATUS:
      g_value_set_enum (value, ws_socket_get_status (self));
      break;
    case WS_SOCKET_PROP_ERROR_STRING:
      g_value_set_string (value, ws_socket_get_error_string (self));
      break;
    case WS_SOCKET_PROP_ORIGIN:
    case WS_SOCKET_PROP_VERSION:
    case WS_SOCKET_PROP_SUBPROTOCOLS:
    case WS_SOCKET_PROP_SUBPROTOCOL:
    case WS_SOCKET_PROP_COMPRESSION:
    case WS_SOCKET_PROP_EXTENSIONS:
      get_agreed_property (self, prop_id, value);
      break;
    case WS_SOCKET_PROP_RESOURCE_NAME:
      g_value_set_string (value, ws_socket_get_resource_name (self));
      break;
    case WS_SOCKET_PROP_PEER_NAME:
      g_value_set_string (value, ws_socket_get_peer_name (self));
      break;
    case WS_SOCKET_PROP_REQUEST_HEADERS:
      g_value_set_boxed (value, ws_socket_get_request_headers (self));
      break;
    case WS_SOCKET_PROP_LOCAL_ADDRESS:
      g_value_set_object (value, ws_socket_get_local_address (self));
      break;
    case WS_SOCKET_PROP_PEER_ADDRESS:
      g_value_set_object (value, ws_socket_get_peer_address (self));
      break;
    case WS_SOCKET_PROP_CLOSE_CODE:
    case WS_SOCKET_PROP_CLOSE_REASON:
    case WS_SOCKET_PROP_CLOSE_CODE_SENT:
    case WS_SOCKET_PROP_CLOSE_CODE_RECEIVED:
    case WS_SOCKET_PROP_WAS_CLEAN:
      get_closing_property (self, prop_id, value);
      break;
    case WS_SOCKET_PROP_MASK_GENERATOR:
      g_value_set_object (value, ws_socket_get_mask_generator (self));
      break;
    case WS_SOCKET_PROP_MAX_INCOMING_FRAME_SIZE:
      g_value_set_uint64 (value, ws_socket_get_max_incoming_frame_size (self));
      break;
    case WS_SOCKET_PROP_MAX_INCOMING_FRAGMENTS:
      g_value_set_uint (value, ws_socket_get_max_incoming_fragments (self));
      break;
    case WS_SOCKET_PROP_MAX_INCOMING_MESSAGE_SIZE:
      g_value_set_uint64 (value,
                          ws_socket_get_max_incoming_message_size (self));
      break;
    case WS_SOCKET_PROP_OUTGOING_FRAME_SIZE:
      g_value_set_uint64 (value, ws_socket_get_outgoing_frame_size (self));
      break;
    case WS_SOCKET_PROP_BYTES_TO_WRITE:
      g_value_set_uint64 (value, ws_socket_get_bytes_to_write (self));
      break;
    case WS_SOCKET_PROP_MAX_BYTES_TO_WRITE:
      g_value_set_uint64 (value, ws_socket_get_max_bytes_to_write (self));
      break;
    case WS_SOCKET_PROP_WRITE_HIGH_WATER_MARK:
      g_value_set_uint64 (value, ws_socket_get_write_high_water_mark (self));
      break;
    case WS_SOCKET_PROP_OPEN_TIMEOUT:
    case WS_SOCKET_PROP_CLOSE_TIMEOUT:
    case WS_SOCKET_PROP_FRAME_TIMEOUT:
    case WS_SOCKET_PROP_PING_INTERVAL:
    case WS_SOCKET_PROP_PING_TIMEOUT:
      get_time_property (self, prop_id, value);
      break;
    case WS_SOCKET_PROP_LATENCY:
      g_value_set_int64 (value, ws_socket_get_latency (self));
      break;
    case WS_SOCKET_PROP_STATISTICS:
      g_value_take_boxed (value, ws_socket_get_statistics (self));
      break;
    case WS_SOCKET_PROP_PAUSE_MODE:
      g_value_set_flags (value, ws_socket_get_pause_mode (self));
      break;
    case WS_SOCKET_PROP_SSL_CONFIGURATION:
      g_value_set_object (value, ws_socket_get_ssl_configuration (self));
      break;
    case WS_SOCKET_PROP_RECONNECT:
      g_value_set_object (value, ws_socket_get_reconnect (self));
      break;
    case WS_SOCKET_PROP_SSL_SESSION:
      g_value_set_object (value, ws_socket_get_ssl_session (self));
      break;
    case WS_SOCKET_PROP_PULL:
    case WS_SOCKET_PROP_READ_BUFFER_SIZE:
      get_receiving_property (self, prop_id, value);
      break;
    case WS_SOCKET_PROP_RESPONSE:
    case WS_SOCKET_PROP_MAX_REDIRECTS:
    case WS_SOCKET_PROP_PROXY_RESOLVER:
      get_http_property (self, prop_id, value);
      break;
    case WS_SOCKET_N_PROPS:
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

void
ws_socket_set_property (GObject      *object,
                        guint         prop_id,
                        const GValue *value,
                        GParamSpec   *pspec)
{
  WsSocket *self = WS_SOCKET (object);

  switch ((WsSocketProp) prop_id)
    {
    case WS_SOCKET_PROP_URL:
      ws_socket_set_url (self, g_value_get_string (value));
      break;
    case WS_SOCKET_PROP_ACTIVE:
      ws_socket_set_active (self, g_value_get_boolean (value));
      break;
    case WS_SOCKET_PROP_ORIGIN:
      ws_socket_set_origin (self, g_value_get_string (value));
      break;
    case WS_SOCKET_PROP_VERSION:
      ws_socket_set_version (self, g_value_get_enum (value));
      break;
    case WS_SOCKET_PROP_SUBPROTOCOLS:
      ws_socket_set_subprotocols (self, g_value_get_boxed (value));
      break;
    case WS_SOCKET_PROP_REQUEST_HEADERS:
      ws_socket_set_request_headers (self, g_value_get_boxed (value));
      break;
    case WS_SOCKET_PROP_MASK_GENERATOR:
      ws_socket_set_mask_generator (self, g_value_get_object (value));
      break;
    case WS_SOCKET_PROP_MAX_INCOMING_FRAME_SIZE:
      ws_socket_set_max_incoming_frame_size (self, g_value_get_uint64 (value));
      break;
    case WS_SOCKET_PROP_MAX_INCOMING_FRAGMENTS:
      ws_socket_set_max_incoming_fragments (self, g_value_get_uint (value));
      break;
    case WS_SOCKET_PROP_MAX_INCOMING_MESSAGE_SIZE:
      ws_socket_set_max_incoming_message_size (self,
                                               g_value_get_uint64 (value));
      break;
    case WS_SOCKET_PROP_OUTGOING_FRAME_SIZE:
      ws_socket_set_outgoing_frame_size (self, g_value_get_uint64 (value));
      break;
    case WS_SOCKET_PROP_MAX_BYTES_TO_WRITE:
      ws_socket_set_max_bytes_to_write (self, g_value_get_uint64 (value));
      break;
    case WS_SOCKET_PROP_WRITE_HIGH_WATER_MARK:
      ws_socket_set_write_high_water_mark (self, g_value_get_uint64 (value));
      break;
    case WS_SOCKET_PROP_OPEN_TIMEOUT:
      ws_socket_set_open_timeout (self, g_value_get_uint (value));
      break;
    case WS_SOCKET_PROP_CLOSE_TIMEOUT:
      ws_socket_set_close_timeout (self, g_value_get_uint (value));
      break;
    case WS_SOCKET_PROP_FRAME_TIMEOUT:
      ws_socket_set_frame_timeout (self, g_value_get_uint (value));
      break;
    case WS_SOCKET_PROP_PING_INTERVAL:
      ws_socket_set_ping_interval (self, g_value_get_uint (value));
      break;
    case WS_SOCKET_PROP_PING_TIMEOUT:
      ws_socket_set_ping_timeout (self, g_value_get_uint (value));
      break;
    case WS_SOCKET_PROP_PAUSE_MODE:
      ws_socket_set_pause_mode (self, g_value_get_flags (value));
      break;
    case WS_SOCKET_PROP_SSL_CONFIGURATION:
      ws_socket_set_ssl_configuration (self, g_value_get_object (value));
      break;
    case WS_SOCKET_PROP_PULL:
      ws_socket_set_pull (self, g_value_get_boolean (value));
      break;
    case WS_SOCKET_PROP_READ_BUFFER_SIZE:
      ws_socket_set_read_buffer_size (self, g_value_get_int64 (value));
      break;
    case WS_SOCKET_PROP_COMPRESSION:
      ws_socket_set_compression (self, g_value_get_boxed (value));
      break;
    case WS_SOCKET_PROP_RECONNECT:
      ws_socket_set_reconnect (self, g_value_get_object (value));
      break;
    case WS_SOCKET_PROP_MAX_REDIRECTS:
      ws_socket_set_max_redirects (self, g_value_get_uint (value));
      break;
    case WS_SOCKET_PROP_PROXY_RESOLVER:
      ws_socket_set_proxy_resolver (self, g_value_get_object (value));
      break;
    case WS_SOCKET_PROP_RESPONSE:
    case WS_SOCKET_PROP_STATE:
    case WS_SOCKET_PROP_STATUS:
    case WS_SOCKET_PROP_ERROR_STRING:
    case WS_SOCKET_PROP_EXTENSIONS:
    case WS_SOCKET_PROP_SUBPROTOCOL:
    case WS_SOCKET_PROP_RESOURCE_NAME:
    case WS_SOCKET_PROP_PEER_NAME:
    case WS_SOCKET_PROP_LOCAL_ADDRESS:
    case WS_SOCKET_PROP_PEER_ADDRESS:
    case WS_SOCKET_PROP_CLOSE_CODE:
    case WS_SOCKET_PROP_CLOSE_REASON:
    case WS_SOCKET_PROP_CLOSE_CODE_SENT:
    case WS_SOCKET_PROP_CLOSE_CODE_RECEIVED:
    case WS_SOCKET_PROP_WAS_CLEAN:
    case WS_SOCKET_PROP_BYTES_TO_WRITE:
    case WS_SOCKET_PROP_LATENCY:
    case WS_SOCKET_PROP_STATISTICS:
    case WS_SOCKET_PROP_SSL_SESSION:
    case WS_SOCKET_N_PROPS:
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}
