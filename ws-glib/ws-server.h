/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(WS_INSIDE) && !defined(WS_COMPILATION)
#error "Only <ws-glib/ws-glib.h> can be included directly."
#endif

#include <gio/gio.h>

#include <ws-glib/ws-broker.h>
#include <ws-glib/ws-cors-authenticator.h>
#include <ws-glib/ws-enums.h>
#include <ws-glib/ws-request.h>
#include <ws-glib/ws-response.h>
#include <ws-glib/ws-server-statistics.h>
#include <ws-glib/ws-socket.h>
#include <ws-glib/ws-version-macros.h>

G_BEGIN_DECLS

#define WS_TYPE_SERVER (ws_server_get_type ())

WS_AVAILABLE_IN_1_0
G_DECLARE_DERIVABLE_TYPE (WsServer, ws_server, WS, SERVER, GObject)

/**
 * WsServerClass:
 * @parent_class: the parent class
 * @new_connection: default handler of [signal@Server::new-connection]
 * @client_connected: default handler of [signal@Server::client-connected]
 * @client_disconnected: default handler of
 *   [signal@Server::client-disconnected]
 * @closed: default handler of [signal@Server::closed]
 *
 * The class of a [class@Server].
 *
 * Since: 1.0
 */
struct _WsServerClass
{
  GObjectClass parent_class;

  void (*new_connection) (WsServer *self);
  void (*client_connected) (WsServer *self, WsSocket *client);
  void (*client_disconnected) (WsServer *self, WsSocket *client);
  void (*closed) (WsServer *self);

  /*< private >*/
  gpointer padding[12];
};

WS_AVAILABLE_IN_1_0
WsServer *ws_server_new (const char *server_name,
                         WsSslMode   ssl_mode) G_GNUC_WARN_UNUSED_RESULT;

WS_AVAILABLE_IN_1_0
const char *ws_server_get_server_name (WsServer *self);
WS_AVAILABLE_IN_1_0
void ws_server_set_server_name (WsServer *self, const char *server_name);
WS_AVAILABLE_IN_1_0
WsSslMode ws_server_get_ssl_mode (WsServer *self);
WS_AVAILABLE_IN_1_0
WsSslConfiguration *ws_server_get_ssl_configuration (WsServer *self);
WS_AVAILABLE_IN_1_0
void ws_server_set_ssl_configuration (WsServer           *self,
                                      WsSslConfiguration *ssl_configuration);
WS_AVAILABLE_IN_1_0
const char *ws_server_get_host (WsServer *self);
WS_AVAILABLE_IN_1_0
void ws_server_set_host (WsServer *self, const char *host);
WS_AVAILABLE_IN_1_0
guint ws_server_get_port (WsServer *self);
WS_AVAILABLE_IN_1_0
void ws_server_set_port (WsServer *self, guint port);
WS_AVAILABLE_IN_1_0
const char *ws_server_get_url (WsServer *self);
WS_AVAILABLE_IN_1_0
gboolean ws_server_get_listening (WsServer *self);
WS_AVAILABLE_IN_1_0
void ws_server_set_listening (WsServer *self, gboolean listening);
WS_AVAILABLE_IN_1_0
gboolean ws_server_get_accepting (WsServer *self);
WS_AVAILABLE_IN_1_0
void ws_server_set_accepting (WsServer *self, gboolean accepting);
WS_AVAILABLE_IN_1_0
const char *const *ws_server_get_supported_subprotocols (WsServer *self);
WS_AVAILABLE_IN_1_0
void ws_server_set_supported_subprotocols (
    WsServer *self, const char *const *supported_subprotocols);
WS_AVAILABLE_IN_1_0
const char *const *ws_server_get_allowed_origins (WsServer *self);
WS_AVAILABLE_IN_1_0
void ws_server_set_allowed_origins (WsServer          *self,
                                    const char *const *allowed_origins);
WS_AVAILABLE_IN_1_0
const char *const *ws_server_get_trusted_proxies (WsServer *self);
WS_AVAILABLE_IN_1_0
void ws_server_set_trusted_proxies (WsServer          *self,
                                    const char *const *trusted_proxies);
WS_AVAILABLE_IN_1_0
WsProxyProtocol ws_server_get_proxy_protocol (WsServer *self);
WS_AVAILABLE_IN_1_0
void
ws_server_set_proxy_protocol (WsServer *self, WsProxyProtocol proxy_protocol);
WS_AVAILABLE_IN_1_0
int ws_server_get_max_pending_connections (WsServer *self);
WS_AVAILABLE_IN_1_0
void ws_server_set_max_pending_connections (WsServer *self,
                                            int       max_pending_connections);
WS_AVAILABLE_IN_1_0
guint ws_server_get_max_connections (WsServer *self);
WS_AVAILABLE_IN_1_0
void ws_server_set_max_connections (WsServer *self, guint max_connections);
WS_AVAILABLE_IN_1_0
guint ws_server_get_max_connections_per_address (WsServer *self);
WS_AVAILABLE_IN_1_0
void
ws_server_set_max_connections_per_address (WsServer *self,
                                           guint max_connections_per_address);
WS_AVAILABLE_IN_1_0
guint ws_server_get_max_handshakes (WsServer *self);
WS_AVAILABLE_IN_1_0
void ws_server_set_max_handshakes (WsServer *self, guint max_handshakes);
WS_AVAILABLE_IN_1_0
guint ws_server_get_max_deferred_requests (WsServer *self);
WS_AVAILABLE_IN_1_0
void ws_server_set_max_deferred_requests (WsServer *self,
                                          guint     max_deferred_requests);
WS_AVAILABLE_IN_1_0
int ws_server_get_handshake_timeout (WsServer *self);
WS_AVAILABLE_IN_1_0
void ws_server_set_handshake_timeout (WsServer *self, int handshake_timeout);
WS_AVAILABLE_IN_1_0
guint ws_server_get_max_header_size (WsServer *self);
WS_AVAILABLE_IN_1_0
void ws_server_set_max_header_size (WsServer *self, guint max_header_size);
WS_AVAILABLE_IN_1_0
guint ws_server_get_max_header_line_size (WsServer *self);
WS_AVAILABLE_IN_1_0
void
ws_server_set_max_header_line_size (WsServer *self, guint max_header_line_size);
WS_AVAILABLE_IN_1_0
guint ws_server_get_max_header_count (WsServer *self);
WS_AVAILABLE_IN_1_0
void ws_server_set_max_header_count (WsServer *self, guint max_header_count);
WS_AVAILABLE_IN_1_0
guint ws_server_get_backlog (WsServer *self);
WS_AVAILABLE_IN_1_0
void ws_server_set_backlog (WsServer *self, guint backlog);
WS_AVAILABLE_IN_1_0
gboolean ws_server_get_reuse_port (WsServer *self);
WS_AVAILABLE_IN_1_0
void ws_server_set_reuse_port (WsServer *self, gboolean reuse_port);
WS_AVAILABLE_IN_1_0
guint ws_server_get_unix_mode (WsServer *self);
WS_AVAILABLE_IN_1_0
void ws_server_set_unix_mode (WsServer *self, guint unix_mode);
WS_AVAILABLE_IN_1_0
const char *ws_server_get_unix_owner (WsServer *self);
WS_AVAILABLE_IN_1_0
void ws_server_set_unix_owner (WsServer *self, const char *unix_owner);
WS_AVAILABLE_IN_1_0
GProxyResolver *ws_server_get_proxy_resolver (WsServer *self);
WS_AVAILABLE_IN_1_0
void
ws_server_set_proxy_resolver (WsServer *self, GProxyResolver *proxy_resolver);
WS_AVAILABLE_IN_1_0
guint ws_server_get_error (WsServer *self);
WS_AVAILABLE_IN_1_0
const char *ws_server_get_error_string (WsServer *self);
WS_AVAILABLE_IN_1_0
guint64 ws_server_get_max_incoming_frame_size (WsServer *self);
WS_AVAILABLE_IN_1_0
void ws_server_set_max_incoming_frame_size (WsServer *self,
                                            guint64   max_incoming_frame_size);
WS_AVAILABLE_IN_1_0
guint ws_server_get_max_incoming_fragments (WsServer *self);
WS_AVAILABLE_IN_1_0
void ws_server_set_max_incoming_fragments (WsServer *self,
                                           guint     max_incoming_fragments);
WS_AVAILABLE_IN_1_0
guint64 ws_server_get_max_incoming_message_size (WsServer *self);
WS_AVAILABLE_IN_1_0
void
ws_server_set_max_incoming_message_size (WsServer *self,
                                         guint64   max_incoming_message_size);
WS_AVAILABLE_IN_1_0
guint64 ws_server_get_outgoing_frame_size (WsServer *self);
WS_AVAILABLE_IN_1_0
void
ws_server_set_outgoing_frame_size (WsServer *self, guint64 outgoing_frame_size);
WS_AVAILABLE_IN_1_0
guint64 ws_server_get_max_bytes_to_write (WsServer *self);
WS_AVAILABLE_IN_1_0
void
ws_server_set_max_bytes_to_write (WsServer *self, guint64 max_bytes_to_write);
WS_AVAILABLE_IN_1_0
guint64 ws_server_get_write_high_water_mark (WsServer *self);
WS_AVAILABLE_IN_1_0
void ws_server_set_write_high_water_mark (WsServer *self,
                                          guint64   write_high_water_mark);
WS_AVAILABLE_IN_1_0
guint ws_server_get_close_timeout (WsServer *self);
WS_AVAILABLE_IN_1_0
void ws_server_set_close_timeout (WsServer *self, guint close_timeout);
WS_AVAILABLE_IN_1_0
guint ws_server_get_frame_timeout (WsServer *self);
WS_AVAILABLE_IN_1_0
void ws_server_set_frame_timeout (WsServer *self, guint frame_timeout);
WS_AVAILABLE_IN_1_0
guint ws_server_get_message_timeout (WsServer *self);
WS_AVAILABLE_IN_1_0
void ws_server_set_message_timeout (WsServer *self, guint message_timeout);
WS_AVAILABLE_IN_1_0
guint ws_server_get_write_timeout (WsServer *self);
WS_AVAILABLE_IN_1_0
void ws_server_set_write_timeout (WsServer *self, guint write_timeout);
WS_AVAILABLE_IN_1_0
guint ws_server_get_ping_interval (WsServer *self);
WS_AVAILABLE_IN_1_0
void ws_server_set_ping_interval (WsServer *self, guint ping_interval);
WS_AVAILABLE_IN_1_0
guint ws_server_get_ping_timeout (WsServer *self);
WS_AVAILABLE_IN_1_0
void ws_server_set_ping_timeout (WsServer *self, guint ping_timeout);
WS_AVAILABLE_IN_1_0
int ws_server_get_priority (WsServer *self);
WS_AVAILABLE_IN_1_0
void ws_server_set_priority (WsServer *self, int priority);

WS_AVAILABLE_IN_1_0
gboolean ws_server_listen (WsServer     *self,
                           GInetAddress *address,
                           guint16       port,
                           GError      **error);
WS_AVAILABLE_IN_1_0
gboolean ws_server_listen_address (WsServer       *self,
                                   GSocketAddress *address,
                                   GError        **error);
WS_AVAILABLE_IN_1_0
gboolean
ws_server_listen_unix (WsServer *self, const char *path, GError **error);
WS_AVAILABLE_IN_1_0
gboolean
ws_server_listen_socket (WsServer *self, GSocket *socket, GError **error);
WS_AVAILABLE_IN_1_0
gboolean ws_server_listen_inherited (WsServer *self, GError **error);
WS_AVAILABLE_IN_1_0
gboolean ws_server_set_socket_descriptor (WsServer *self,
                                          int       socket_descriptor,
                                          GError  **error);
WS_AVAILABLE_IN_1_0
int ws_server_get_socket_descriptor (WsServer *self);
WS_AVAILABLE_IN_1_0
void ws_server_close (WsServer *self);
WS_AVAILABLE_IN_1_0
gboolean ws_server_get_draining (WsServer *self);

WS_AVAILABLE_IN_1_0
WsServerStatistics *
ws_server_get_statistics (WsServer *self) G_GNUC_WARN_UNUSED_RESULT;
WS_AVAILABLE_IN_1_0
char *ws_server_dup_metrics (WsServer *self) G_GNUC_WARN_UNUSED_RESULT;
WS_AVAILABLE_IN_1_0
gboolean ws_server_answer_health (WsServer   *self,
                                  WsRequest  *request,
                                  WsResponse *response);
WS_AVAILABLE_IN_1_0
void ws_server_pause_accepting (WsServer *self);
WS_AVAILABLE_IN_1_0
void ws_server_resume_accepting (WsServer *self);
WS_AVAILABLE_IN_1_0
gboolean ws_server_has_pending_connections (WsServer *self);
WS_AVAILABLE_IN_1_0
WsSocket *ws_server_next_pending_connection (WsServer *self);
WS_AVAILABLE_IN_1_0
gboolean
ws_server_handle_connection (WsServer *self, GIOStream *stream, GError **error);
WS_AVAILABLE_IN_1_0
gboolean ws_server_handle_request (WsServer  *self,
                                   GIOStream *stream,
                                   WsRequest *request,
                                   GError   **error);
WS_AVAILABLE_IN_1_0
WsDeflateOptions *
ws_server_get_compression (WsServer *self) G_GNUC_WARN_UNUSED_RESULT;
WS_AVAILABLE_IN_1_0
void
ws_server_set_compression (WsServer *self, const WsDeflateOptions *compression);
WS_AVAILABLE_IN_1_0
WsSlowClientPolicy ws_server_get_slow_client_policy (WsServer *self);
WS_AVAILABLE_IN_1_0
void ws_server_set_slow_client_policy (WsServer          *self,
                                       WsSlowClientPolicy slow_client_policy);
WS_AVAILABLE_IN_1_0
guint ws_server_get_max_topics_per_client (WsServer *self);
WS_AVAILABLE_IN_1_0
void ws_server_set_max_topics_per_client (WsServer *self,
                                          guint     max_topics_per_client);
WS_AVAILABLE_IN_1_0
guint ws_server_get_max_topic_size (WsServer *self);
WS_AVAILABLE_IN_1_0
void ws_server_set_max_topic_size (WsServer *self, guint max_topic_size);
WS_AVAILABLE_IN_1_0
WsBroker *ws_server_get_broker (WsServer *self);
WS_AVAILABLE_IN_1_0
void ws_server_set_broker (WsServer *self, WsBroker *broker);
WS_AVAILABLE_IN_1_0
gssize ws_server_broadcast (WsServer *self, WsMessage *message, GError **error);
WS_AVAILABLE_IN_1_0
gssize ws_server_publish (WsServer   *self,
                          const char *topic,
                          WsMessage  *message,
                          GError    **error);
WS_AVAILABLE_IN_1_0
GSocketAddress *ws_server_get_server_address (WsServer *self);
WS_AVAILABLE_IN_1_0
guint16 ws_server_get_server_port (WsServer *self);
WS_AVAILABLE_IN_1_0
GPtrArray *ws_server_get_server_addresses (WsServer *self);
WS_AVAILABLE_IN_1_0
GArray *ws_server_get_supported_versions (WsServer *self);

G_END_DECLS
