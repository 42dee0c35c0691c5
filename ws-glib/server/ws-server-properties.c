/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "server/ws-server-private.h"

/* The properties of WsServer: what they are and mean. */

static GParamSpec *props[WS_SERVER_N_PROPS];

#define READ_ONLY \
  (G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS)
#define READ_WRITE (READ_ONLY | G_PARAM_WRITABLE)

void
ws_server_notify (WsServer *self, WsServerProp property)
{
  g_object_notify_by_pspec (G_OBJECT (self), props[property]);
}

gboolean
ws_server_may_set (WsServer *self, WsServerProp property)
{
  g_autofree char *caller = NULL;

  if (ws_server_check_thread (self, NULL))
    return TRUE;
  caller = g_strdup_printf ("The property %s cannot be set",
                            g_param_spec_get_name (props[property]));
  return ws_server_may_call (self, caller);
}

static void
install_own_properties (void)
{
  /**
   * WsServer:server-name: (getter get_server_name) (setter set_server_name)
   *
   * What the `Server` header field of later handshakes says; empty: it is left out.
   *
   * Since: 1.0
   */
  props[WS_SERVER_PROP_SERVER_NAME]
      = g_param_spec_string ("server-name", NULL, NULL, NULL, READ_WRITE);

  /**
   * WsServer:ssl-mode: (getter get_ssl_mode)
   *
   * Whether connections are encrypted.
   *
   * With %WS_SSL_MODE_SECURE the server needs a certificate and its key, or
   * pre-shared keys, in [property@Server:ssl-configuration].
   *
   * Since: 1.0
   */
  props[WS_SERVER_PROP_SSL_MODE]
      = g_param_spec_enum ("ssl-mode", NULL, NULL, WS_TYPE_SSL_MODE,
                           WS_SSL_MODE_NON_SECURE,
                           READ_WRITE | G_PARAM_CONSTRUCT_ONLY);

  /**
   * WsServer:ssl-configuration: (getter get_ssl_configuration) (setter set_ssl_configuration)
   *
   * The settings of TLS, for connections to come.
   *
   * Clients are not asked for a certificate unless the configuration says so.
   *
   * Since: 1.0
   */
  props[WS_SERVER_PROP_SSL_CONFIGURATION]
      = g_param_spec_object ("ssl-configuration", NULL, NULL,
                             WS_TYPE_SSL_CONFIGURATION, READ_WRITE);

  /**
   * WsServer:host: (getter get_host) (setter set_host)
   *
   * The IP address where [property@Server:listening] listens, or "localhost" for
   * the loopbacks of both IPv4 and IPv6; [method@Server.listen] does not look at
   * it.
   *
   * When it changes, a server that listens there begins anew; addresses that were
   * added stay.
   *
   * Since: 1.0
   */
  props[WS_SERVER_PROP_HOST]
      = g_param_spec_string ("host", NULL, NULL, WS_SERVER_DEFAULT_HOST,
                             READ_WRITE);

  /**
   * WsServer:port: (getter get_port) (setter set_port)
   *
   * The port; 0: any that is free, and while listening the real one, that of
   * [method@Server.get_server_address].
   *
   * When it changes, a server that listens there begins anew; addresses that were
   * added stay.
   *
   * Since: 1.0
   */
  props[WS_SERVER_PROP_PORT]
      = g_param_spec_uint ("port", NULL, NULL, 0, G_MAXUINT16, 0, READ_WRITE);

  /**
   * WsServer:url: (getter get_url)
   *
   * A URL that a client on this host can use; empty when the server does not listen.
   *
   * Since: 1.0
   */
  props[WS_SERVER_PROP_URL]
      = g_param_spec_string ("url", NULL, NULL, "", READ_ONLY);

  /**
   * WsServer:listening: (getter get_listening) (setter set_listening)
   *
   * Whether the server listens.
   *
   * Set to %TRUE it begins to, on [property@Server:host] and
   * [property@Server:port], from the context's idle, so that properties may be set
   * in any order; set to %FALSE it closes.
   *
   * Since: 1.0
   */
  props[WS_SERVER_PROP_LISTENING]
      = g_param_spec_boolean ("listening", NULL, NULL, FALSE, READ_WRITE);

  /**
   * WsServer:accepting: (getter get_accepting) (setter set_accepting)
   *
   * Whether connections are accepted, or left in the system's queue.
   *
   * Since: 1.0
   */
  props[WS_SERVER_PROP_ACCEPTING]
      = g_param_spec_boolean ("accepting", NULL, NULL, TRUE, READ_WRITE);

  /**
   * WsServer:supported-subprotocols: (getter get_supported_subprotocols) (setter set_supported_subprotocols)
   *
   * The subprotocols that the server speaks (RFC 6455, 1.9).
   *
   * The first that a client offers of them is agreed on; a connection without any is
   * accepted too.
   *
   * Since: 1.0
   */
  props[WS_SERVER_PROP_SUPPORTED_SUBPROTOCOLS]
      = g_param_spec_boxed ("supported-subprotocols", NULL, NULL, G_TYPE_STRV,
                            READ_WRITE);
}

static void
install_limit_properties (void)
{
  /**
   * WsServer:allowed-origins: (getter get_allowed_origins) (setter set_allowed_origins)
   *
   * Whose pages may connect (RFC 6455, 10.2); %NULL:
   * [signal@Server::origin-authentication-required] is asked, and without a
   * handler all may.
   *
   * Scheme, host and port must be the same, where letter case and a default
   * port do not matter; nothing in the list stands for several origins. Others
   * get a 403 without anybody being asked. A client that names no origin is no
   * browser, which could be told to name any, and may connect.
   *
   * Since: 1.0
   */
  props[WS_SERVER_PROP_ALLOWED_ORIGINS]
      = g_param_spec_boxed ("allowed-origins", NULL, NULL, G_TYPE_STRV,
                            READ_WRITE);

  /**
   * WsServer:max-pending-connections: (getter get_max_pending_connections) (setter set_max_pending_connections)
   *
   * How many connections may wait to be taken; 0 and less: none.
   *
   * Since: 1.0
   */
  props[WS_SERVER_PROP_MAX_PENDING_CONNECTIONS]
      = g_param_spec_int ("max-pending-connections", NULL, NULL, G_MININT,
                          G_MAXINT, WS_SERVER_DEFAULT_PENDING, READ_WRITE);

  /**
   * WsServer:max-connections: (getter get_max_connections) (setter set_max_connections)
   *
   * How many connections there may be at a time; 0: any number.
   *
   * Since: 1.0
   */
  props[WS_SERVER_PROP_MAX_CONNECTIONS]
      = g_param_spec_uint ("max-connections", NULL, NULL, 0, G_MAXUINT, 0,
                           READ_WRITE);

  /**
   * WsServer:max-connections-per-address: (getter get_max_connections_per_address) (setter set_max_connections_per_address)
   *
   * How many connections one IP address may have, handshakes included; 0: any number.
   *
   * Those are counted that were accepted while this was set.
   *
   * Since: 1.0
   */
  props[WS_SERVER_PROP_MAX_CONNECTIONS_PER_ADDRESS]
      = g_param_spec_uint ("max-connections-per-address", NULL, NULL, 0,
                           G_MAXUINT, 0, READ_WRITE);

  /**
   * WsServer:max-handshakes: (getter get_max_handshakes) (setter set_max_handshakes)
   *
   * How many unfinished handshakes there may be at a time; 0: any number.
   *
   * Beyond it the oldest is dropped for a new one, for most take no time: what
   * is old is stalled, and must not keep others out. Those whose answer a
   * handler has put off count, but are not dropped.
   *
   * Since: 1.0
   */
  props[WS_SERVER_PROP_MAX_HANDSHAKES]
      = g_param_spec_uint ("max-handshakes", NULL, NULL, 0, G_MAXUINT, 0,
                           READ_WRITE);

  /**
   * WsServer:handshake-timeout: (getter get_handshake_timeout) (setter set_handshake_timeout)
   *
   * Milliseconds until an unfinished opening handshake is given up; 0 and less:
   * never.
   *
   * It stands still while a handler has put its answer off. A client that takes
   * less than 64 KiB of an HTTP answer in that time is given up, too.
   *
   * Since: 1.0
   */
  props[WS_SERVER_PROP_HANDSHAKE_TIMEOUT]
      = g_param_spec_int ("handshake-timeout", NULL, NULL, G_MININT, G_MAXINT,
                          WS_SERVER_DEFAULT_HANDSHAKE_TIMEOUT, READ_WRITE);

  /**
   * WsServer:max-header-size: (getter get_max_header_size) (setter set_max_header_size)
   *
   * The largest head of a request, in bytes; what is larger gets a 431.
   *
   * Since: 1.0
   */
  props[WS_SERVER_PROP_MAX_HEADER_SIZE]
      = g_param_spec_uint ("max-header-size", NULL, NULL, 0, G_MAXUINT,
                           WS_HTTP_DEFAULT_MAX_HEAD, READ_WRITE);

  /**
   * WsServer:backlog: (getter get_backlog) (setter set_backlog)
   *
   * How many connections the system may queue; for the next listening.
   *
   * Since: 1.0
   */
  props[WS_SERVER_PROP_BACKLOG]
      = g_param_spec_uint ("backlog", NULL, NULL, 0, G_MAXUINT,
                           WS_SERVER_DEFAULT_BACKLOG, READ_WRITE);

  /**
   * WsServer:reuse-port: (getter get_reuse_port) (setter set_reuse_port)
   *
   * Whether the port is shared with other servers of this user that do the same
   * (`SO_REUSEPORT`); for the next listening.
   *
   * The system spreads new connections over them: with a server in each of
   * several threads a process uses several cores. One that pauses accepting still
   * gets its share, which waits then.
   *
   * Since: 1.0
   */
  props[WS_SERVER_PROP_REUSE_PORT]
      = g_param_spec_boolean ("reuse-port", NULL, NULL, FALSE, READ_WRITE);

  /**
   * WsServer:proxy-resolver: (getter get_proxy_resolver) (setter set_proxy_resolver)
   *
   * A proxy resolver, which has no effect.
   *
   * Qt can listen through a SOCKS proxy, GIO cannot: this is here so that what was
   * set can be asked for.
   *
   * Since: 1.0
   */
  props[WS_SERVER_PROP_PROXY_RESOLVER]
      = g_param_spec_object ("proxy-resolver", NULL, NULL,
                             G_TYPE_PROXY_RESOLVER, READ_WRITE);

  /**
   * WsServer:error: (getter get_error)
   *
   * What went wrong last, as a close code; 1000: nothing.
   *
   * Since: 1.0
   */
  props[WS_SERVER_PROP_ERROR]
      = g_param_spec_uint ("error", NULL, NULL, 0, G_MAXUINT, 1000, READ_ONLY);

  /**
   * WsServer:error-string: (getter get_error_string)
   *
   * What went wrong last; empty when all is fine.
   *
   * Since: 1.0
   */
  props[WS_SERVER_PROP_ERROR_STRING]
      = g_param_spec_string ("error-string", NULL, NULL, "", READ_ONLY);
}

static void
install_broadcast_properties (void)
{
  /**
   * WsServer:slow-client-policy: (getter get_slow_client_policy) (setter set_slow_client_policy)
   *
   * What becomes of a client that has no room for a broadcast.
   *
   * What waits for a client is bounded by its [property@Socket:max-bytes-to-write];
   * no other client waits for it.
   *
   * Since: 1.0
   */
  props[WS_SERVER_PROP_SLOW_CLIENT_POLICY]
      = g_param_spec_enum ("slow-client-policy", NULL, NULL,
                           WS_TYPE_SLOW_CLIENT_POLICY,
                           WS_SLOW_CLIENT_POLICY_CLOSE, READ_WRITE);
}

static void
install_socket_properties (void)
{
  /**
   * WsServer:compression: (getter get_compression) (setter set_compression)
   *
   * How messages of new clients are compressed with permessage-deflate (RFC 7692),
   * if they offer it; %NULL: not at all.
   *
   * A server asks clients not to compress with what it would have to remember of
   * their earlier messages, unless
   * [method@DeflateOptions.set_client_context_takeover] was told otherwise: then
   * an idle client costs as much as one that never compressed.
   *
   * Since: 1.0
   */
  props[WS_SERVER_PROP_COMPRESSION]
      = g_param_spec_boxed ("compression", NULL, NULL, WS_TYPE_DEFLATE_OPTIONS,
                            READ_WRITE);

  /**
   * WsServer:max-incoming-frame-size: (getter get_max_incoming_frame_size) (setter set_max_incoming_frame_size)
   *
   * The [property@Socket:max-incoming-frame-size] of new sockets, in bytes.
   *
   * Since: 1.0
   */
  props[WS_SERVER_PROP_MAX_INCOMING_FRAME_SIZE]
      = g_param_spec_uint64 ("max-incoming-frame-size", NULL, NULL, 0,
                             G_MAXUINT64, 16 * 1024 * 1024, READ_WRITE);

  /**
   * WsServer:max-incoming-fragments: (getter get_max_incoming_fragments) (setter set_max_incoming_fragments)
   *
   * The [property@Socket:max-incoming-fragments] of new sockets.
   *
   * Since: 1.0
   */
  props[WS_SERVER_PROP_MAX_INCOMING_FRAGMENTS]
      = g_param_spec_uint ("max-incoming-fragments", NULL, NULL, 0, G_MAXUINT,
                           128 * 1024, READ_WRITE);

  /**
   * WsServer:max-incoming-message-size: (getter get_max_incoming_message_size) (setter set_max_incoming_message_size)
   *
   * The [property@Socket:max-incoming-message-size] of new sockets, in bytes.
   *
   * Since: 1.0
   */
  props[WS_SERVER_PROP_MAX_INCOMING_MESSAGE_SIZE]
      = g_param_spec_uint64 ("max-incoming-message-size", NULL, NULL, 0,
                             G_MAXUINT64, 16 * 1024 * 1024, READ_WRITE);

  /**
   * WsServer:outgoing-frame-size: (getter get_outgoing_frame_size) (setter set_outgoing_frame_size)
   *
   * The [property@Socket:outgoing-frame-size] of new sockets, in bytes.
   *
   * Since: 1.0
   */
  props[WS_SERVER_PROP_OUTGOING_FRAME_SIZE]
      = g_param_spec_uint64 ("outgoing-frame-size", NULL, NULL, 0, G_MAXUINT64,
                             512 * 1024, READ_WRITE);

  /**
   * WsServer:max-bytes-to-write: (getter get_max_bytes_to_write) (setter set_max_bytes_to_write)
   *
   * The [property@Socket:max-bytes-to-write] of new sockets, in bytes.
   *
   * Since: 1.0
   */
  props[WS_SERVER_PROP_MAX_BYTES_TO_WRITE]
      = g_param_spec_uint64 ("max-bytes-to-write", NULL, NULL, 0, G_MAXUINT64,
                             64 * 1024 * 1024, READ_WRITE);

  /**
   * WsServer:write-high-water-mark: (getter get_write_high_water_mark) (setter set_write_high_water_mark)
   *
   * The [property@Socket:write-high-water-mark] of new sockets, in bytes.
   *
   * Since: 1.0
   */
  props[WS_SERVER_PROP_WRITE_HIGH_WATER_MARK]
      = g_param_spec_uint64 ("write-high-water-mark", NULL, NULL, 0,
                             G_MAXUINT64, 1024 * 1024, READ_WRITE);

  /**
   * WsServer:close-timeout: (getter get_close_timeout) (setter set_close_timeout)
   *
   * The [property@Socket:close-timeout] of new sockets, in milliseconds.
   *
   * Since: 1.0
   */
  props[WS_SERVER_PROP_CLOSE_TIMEOUT]
      = g_param_spec_uint ("close-timeout", NULL, NULL, 0, G_MAXUINT, 5000,
                           READ_WRITE);

  /**
   * WsServer:frame-timeout: (getter get_frame_timeout) (setter set_frame_timeout)
   *
   * The [property@Socket:frame-timeout] of new sockets, in milliseconds.
   *
   * Since: 1.0
   */
  props[WS_SERVER_PROP_FRAME_TIMEOUT]
      = g_param_spec_uint ("frame-timeout", NULL, NULL, 0, G_MAXUINT, 30000,
                           READ_WRITE);

  /**
   * WsServer:ping-interval: (getter get_ping_interval) (setter set_ping_interval)
   *
   * The [property@Socket:ping-interval] of new sockets, in milliseconds.
   *
   * Since: 1.0
   */
  props[WS_SERVER_PROP_PING_INTERVAL]
      = g_param_spec_uint ("ping-interval", NULL, NULL, 0, G_MAXUINT, 0,
                           READ_WRITE);

  /**
   * WsServer:ping-timeout: (getter get_ping_timeout) (setter set_ping_timeout)
   *
   * The [property@Socket:ping-timeout] of new sockets, in milliseconds.
   *
   * Since: 1.0
   */
  props[WS_SERVER_PROP_PING_TIMEOUT]
      = g_param_spec_uint ("ping-timeout", NULL, NULL, 0, G_MAXUINT, 20000,
                           READ_WRITE);
}

void
ws_server_install_properties (GObjectClass *object_class)
{
  object_class->get_property = ws_server_get_property;
  object_class->set_property = ws_server_set_property;
  install_own_properties ();
  install_limit_properties ();
  install_broadcast_properties ();
  install_socket_properties ();
  g_object_class_install_properties (object_class, WS_SERVER_N_PROPS, props);
}
