/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(WS_INSIDE) && !defined(WS_COMPILATION)
#error "Only <ws-glib/ws-glib.h> can be included directly."
#endif

#include <gio/gio.h>

#include <ws-glib/ws-deflate-options.h>
#include <ws-glib/ws-enums.h>
#include <ws-glib/ws-handshake-response.h>
#include <ws-glib/ws-headers.h>
#include <ws-glib/ws-mask-generator.h>
#include <ws-glib/ws-message.h>
#include <ws-glib/ws-reconnect-policy.h>
#include <ws-glib/ws-request.h>
#include <ws-glib/ws-ssl-configuration.h>
#include <ws-glib/ws-ssl-session.h>
#include <ws-glib/ws-statistics.h>
#include <ws-glib/ws-version-macros.h>

G_BEGIN_DECLS

#define WS_TYPE_SOCKET (ws_socket_get_type ())

WS_AVAILABLE_IN_1_0
G_DECLARE_DERIVABLE_TYPE (WsSocket, ws_socket, WS, SOCKET, GObject)

/**
 * WsSocketClass:
 * @parent_class: the parent class
 * @connected: default handler of [signal@Socket::connected]
 * @disconnected: default handler of [signal@Socket::disconnected]
 * @state_changed: default handler of [signal@Socket::state-changed]
 * @error: default handler of [signal@Socket::error]
 * @message_received: default handler of [signal@Socket::message-received]
 * @text_message_received: default handler of
 *   [signal@Socket::text-message-received]
 * @binary_message_received: default handler of
 *   [signal@Socket::binary-message-received]
 *
 * The class of a [class@Socket]: a subclass overrides instead of connecting.
 *
 * Since: 1.0
 */
struct _WsSocketClass
{
  GObjectClass parent_class;

  void (*connected) (WsSocket *self);
  void (*disconnected) (WsSocket *self);
  void (*state_changed) (WsSocket *self, WsState state);
  void (*error) (WsSocket *self, const GError *error);
  void (*message_received) (WsSocket *self, WsMessage *message);
  void (*text_message_received) (WsSocket *self, const char *message);
  void (*binary_message_received) (WsSocket *self, GBytes *message);

  /*< private >*/
  gpointer padding[12];
};

WS_AVAILABLE_IN_1_0
WsSocket *ws_socket_new (void) G_GNUC_WARN_UNUSED_RESULT;
WS_AVAILABLE_IN_1_0
WsSocket *
ws_socket_new_with_origin (const char       *origin,
                           WsProtocolVersion version) G_GNUC_WARN_UNUSED_RESULT;

WS_AVAILABLE_IN_1_0
const char *ws_socket_get_url (WsSocket *self);
WS_AVAILABLE_IN_1_0
void ws_socket_set_url (WsSocket *self, const char *url);
WS_AVAILABLE_IN_1_0
gboolean ws_socket_get_active (WsSocket *self);
WS_AVAILABLE_IN_1_0
void ws_socket_set_active (WsSocket *self, gboolean active);
WS_AVAILABLE_IN_1_0
gboolean ws_socket_get_stays_alive (WsSocket *self);
WS_AVAILABLE_IN_1_0
void ws_socket_set_stays_alive (WsSocket *self, gboolean stays_alive);
WS_AVAILABLE_IN_1_0
WsState ws_socket_get_state (WsSocket *self);
WS_AVAILABLE_IN_1_0
WsStatus ws_socket_get_status (WsSocket *self);
WS_AVAILABLE_IN_1_0
const GError *ws_socket_get_error (WsSocket *self);
WS_AVAILABLE_IN_1_0
const char *ws_socket_get_error_string (WsSocket *self);
WS_AVAILABLE_IN_1_0
const char *ws_socket_get_origin (WsSocket *self);
WS_AVAILABLE_IN_1_0
void ws_socket_set_origin (WsSocket *self, const char *origin);
WS_AVAILABLE_IN_1_0
WsProtocolVersion ws_socket_get_version (WsSocket *self);
WS_AVAILABLE_IN_1_0
void ws_socket_set_version (WsSocket *self, WsProtocolVersion version);
WS_AVAILABLE_IN_1_0
const char *const *ws_socket_get_subprotocols (WsSocket *self);
WS_AVAILABLE_IN_1_0
void
ws_socket_set_subprotocols (WsSocket *self, const char *const *subprotocols);
WS_AVAILABLE_IN_1_0
const char *ws_socket_get_subprotocol (WsSocket *self);
WS_AVAILABLE_IN_1_0
const char *ws_socket_get_resource_name (WsSocket *self);
WS_AVAILABLE_IN_1_0
const char *ws_socket_get_peer_name (WsSocket *self);
WS_AVAILABLE_IN_1_0
WsHeaders *ws_socket_get_request_headers (WsSocket *self);
WS_AVAILABLE_IN_1_0
void ws_socket_set_request_headers (WsSocket *self, WsHeaders *request_headers);
WS_AVAILABLE_IN_1_0
GSocketAddress *ws_socket_get_local_address (WsSocket *self);
WS_AVAILABLE_IN_1_0
void
ws_socket_set_local_address (WsSocket *self, GSocketAddress *local_address);
WS_AVAILABLE_IN_1_0
char *
ws_socket_dup_local_address_string (WsSocket *self) G_GNUC_WARN_UNUSED_RESULT;
WS_AVAILABLE_IN_1_0
const char *ws_socket_get_path (WsSocket *self);
WS_AVAILABLE_IN_1_0
const char *ws_socket_get_query (WsSocket *self);
WS_AVAILABLE_IN_1_0
char *ws_socket_get_query_parameter (WsSocket   *self,
                                     const char *name,
                                     GError    **error);
WS_AVAILABLE_IN_1_0
char **ws_socket_get_query_parameters (WsSocket   *self,
                                       const char *name,
                                       GError    **error);
WS_AVAILABLE_IN_1_0
char **ws_socket_list_query_parameters (WsSocket *self, GError **error);
WS_AVAILABLE_IN_1_0
GSocketAddress *ws_socket_get_client_address (WsSocket *self);
WS_AVAILABLE_IN_1_0
char *ws_socket_dup_client_address_string (WsSocket *self);
WS_AVAILABLE_IN_1_0
gboolean ws_socket_get_is_secure (WsSocket *self);
WS_AVAILABLE_IN_1_0
gboolean ws_socket_get_is_connected (WsSocket *self);
WS_AVAILABLE_IN_1_0
gboolean ws_socket_get_is_connecting (WsSocket *self);
WS_AVAILABLE_IN_1_0
gboolean ws_socket_get_is_reconnecting (WsSocket *self);
WS_AVAILABLE_IN_1_0
int ws_socket_get_next_attempt (WsSocket *self);
WS_AVAILABLE_IN_1_0
char *ws_socket_dup_status_text (WsSocket *self) G_GNUC_WARN_UNUSED_RESULT;
WS_AVAILABLE_IN_1_0
GSocketAddress *ws_socket_get_peer_address (WsSocket *self);
WS_AVAILABLE_IN_1_0
char *
ws_socket_dup_peer_address_string (WsSocket *self) G_GNUC_WARN_UNUSED_RESULT;
WS_AVAILABLE_IN_1_0
guint ws_socket_get_close_code (WsSocket *self);
WS_AVAILABLE_IN_1_0
const char *ws_socket_get_close_reason (WsSocket *self);
WS_AVAILABLE_IN_1_0
guint ws_socket_get_close_code_sent (WsSocket *self);
WS_AVAILABLE_IN_1_0
guint ws_socket_get_close_code_received (WsSocket *self);
WS_AVAILABLE_IN_1_0
gboolean ws_socket_get_was_clean (WsSocket *self);
WS_AVAILABLE_IN_1_0
WsMaskGenerator *ws_socket_get_mask_generator (WsSocket *self);
WS_AVAILABLE_IN_1_0
void
ws_socket_set_mask_generator (WsSocket *self, WsMaskGenerator *mask_generator);
WS_AVAILABLE_IN_1_0
guint64 ws_socket_get_max_incoming_frame_size (WsSocket *self);
WS_AVAILABLE_IN_1_0
void ws_socket_set_max_incoming_frame_size (WsSocket *self,
                                            guint64   max_incoming_frame_size);
WS_AVAILABLE_IN_1_0
guint ws_socket_get_max_incoming_fragments (WsSocket *self);
WS_AVAILABLE_IN_1_0
void ws_socket_set_max_incoming_fragments (WsSocket *self,
                                           guint     max_incoming_fragments);
WS_AVAILABLE_IN_1_0
guint64 ws_socket_get_max_incoming_message_size (WsSocket *self);
WS_AVAILABLE_IN_1_0
void
ws_socket_set_max_incoming_message_size (WsSocket *self,
                                         guint64   max_incoming_message_size);
WS_AVAILABLE_IN_1_0
guint64 ws_socket_get_outgoing_frame_size (WsSocket *self);
WS_AVAILABLE_IN_1_0
void
ws_socket_set_outgoing_frame_size (WsSocket *self, guint64 outgoing_frame_size);
WS_AVAILABLE_IN_1_0
guint64 ws_socket_get_bytes_to_write (WsSocket *self);
WS_AVAILABLE_IN_1_0
guint64 ws_socket_get_max_bytes_to_write (WsSocket *self);
WS_AVAILABLE_IN_1_0
void
ws_socket_set_max_bytes_to_write (WsSocket *self, guint64 max_bytes_to_write);
WS_AVAILABLE_IN_1_0
guint64 ws_socket_get_write_high_water_mark (WsSocket *self);
WS_AVAILABLE_IN_1_0
void ws_socket_set_write_high_water_mark (WsSocket *self,
                                          guint64   write_high_water_mark);
WS_AVAILABLE_IN_1_0
guint ws_socket_get_open_timeout (WsSocket *self);
WS_AVAILABLE_IN_1_0
void ws_socket_set_open_timeout (WsSocket *self, guint open_timeout);
WS_AVAILABLE_IN_1_0
guint ws_socket_get_close_timeout (WsSocket *self);
WS_AVAILABLE_IN_1_0
void ws_socket_set_close_timeout (WsSocket *self, guint close_timeout);
WS_AVAILABLE_IN_1_0
guint ws_socket_get_frame_timeout (WsSocket *self);
WS_AVAILABLE_IN_1_0
void ws_socket_set_frame_timeout (WsSocket *self, guint frame_timeout);
WS_AVAILABLE_IN_1_0
guint ws_socket_get_message_timeout (WsSocket *self);
WS_AVAILABLE_IN_1_0
void ws_socket_set_message_timeout (WsSocket *self, guint message_timeout);
WS_AVAILABLE_IN_1_0
guint ws_socket_get_write_timeout (WsSocket *self);
WS_AVAILABLE_IN_1_0
void ws_socket_set_write_timeout (WsSocket *self, guint write_timeout);
WS_AVAILABLE_IN_1_0
guint ws_socket_get_ping_interval (WsSocket *self);
WS_AVAILABLE_IN_1_0
void ws_socket_set_ping_interval (WsSocket *self, guint ping_interval);
WS_AVAILABLE_IN_1_0
guint ws_socket_get_ping_timeout (WsSocket *self);
WS_AVAILABLE_IN_1_0
void ws_socket_set_ping_timeout (WsSocket *self, guint ping_timeout);
WS_AVAILABLE_IN_1_0
int ws_socket_get_priority (WsSocket *self);
WS_AVAILABLE_IN_1_0
void ws_socket_set_priority (WsSocket *self, int priority);
WS_AVAILABLE_IN_1_0
gint64 ws_socket_get_latency (WsSocket *self);
WS_AVAILABLE_IN_1_0
WsStatistics *
ws_socket_get_statistics (WsSocket *self) G_GNUC_WARN_UNUSED_RESULT;

WS_AVAILABLE_IN_1_0
WsDeflateOptions *
ws_socket_get_compression (WsSocket *self) G_GNUC_WARN_UNUSED_RESULT;
WS_AVAILABLE_IN_1_0
void
ws_socket_set_compression (WsSocket *self, const WsDeflateOptions *compression);
WS_AVAILABLE_IN_1_0
const char *ws_socket_get_extensions (WsSocket *self);
WS_AVAILABLE_IN_1_0
WsReconnectPolicy *ws_socket_get_reconnect (WsSocket *self);
WS_AVAILABLE_IN_1_0
void ws_socket_set_reconnect (WsSocket *self, WsReconnectPolicy *reconnect);
WS_AVAILABLE_IN_1_0
WsPauseModes ws_socket_get_pause_mode (WsSocket *self);
WS_AVAILABLE_IN_1_0
void ws_socket_set_pause_mode (WsSocket *self, WsPauseModes pause_mode);
WS_AVAILABLE_IN_1_0
WsSslConfiguration *ws_socket_get_ssl_configuration (WsSocket *self);
WS_AVAILABLE_IN_1_0
void ws_socket_set_ssl_configuration (WsSocket           *self,
                                      WsSslConfiguration *ssl_configuration);
WS_AVAILABLE_IN_1_0
WsSslSession *ws_socket_get_ssl_session (WsSocket *self);

WS_AVAILABLE_IN_1_0
WsRequest *ws_socket_get_request (WsSocket *self);
WS_AVAILABLE_IN_1_0
WsHandshakeResponse *ws_socket_get_response (WsSocket *self);
WS_AVAILABLE_IN_1_0
guint ws_socket_get_max_redirects (WsSocket *self);
WS_AVAILABLE_IN_1_0
void ws_socket_set_max_redirects (WsSocket *self, guint max_redirects);
WS_AVAILABLE_IN_1_0
guint ws_socket_get_max_header_size (WsSocket *self);
WS_AVAILABLE_IN_1_0
void ws_socket_set_max_header_size (WsSocket *self, guint max_header_size);
WS_AVAILABLE_IN_1_0
guint ws_socket_get_max_header_line_size (WsSocket *self);
WS_AVAILABLE_IN_1_0
void
ws_socket_set_max_header_line_size (WsSocket *self, guint max_header_line_size);
WS_AVAILABLE_IN_1_0
guint ws_socket_get_max_header_count (WsSocket *self);
WS_AVAILABLE_IN_1_0
void ws_socket_set_max_header_count (WsSocket *self, guint max_header_count);
WS_AVAILABLE_IN_1_0
GProxyResolver *ws_socket_get_proxy_resolver (WsSocket *self);
WS_AVAILABLE_IN_1_0
void
ws_socket_set_proxy_resolver (WsSocket *self, GProxyResolver *proxy_resolver);
WS_AVAILABLE_IN_1_0
const char *ws_socket_get_proxy (WsSocket *self);
WS_AVAILABLE_IN_1_0
gboolean ws_socket_set_proxy (WsSocket *self, const char *uri, GError **error);

WS_AVAILABLE_IN_1_0
gboolean ws_socket_is_valid (WsSocket *self);
WS_AVAILABLE_IN_1_0
gboolean ws_socket_open (WsSocket *self, const char *url, GError **error);
WS_AVAILABLE_IN_1_0
gboolean ws_socket_open_stream (WsSocket   *self,
                                GIOStream  *stream,
                                const char *url,
                                GError    **error);
WS_AVAILABLE_IN_1_0
gboolean
ws_socket_open_request (WsSocket *self, WsRequest *request, GError **error);
WS_AVAILABLE_IN_1_0
gboolean
ws_socket_open_and_stay (WsSocket *self, const char *url, GError **error);
WS_AVAILABLE_IN_1_0
gboolean ws_socket_open_request_and_stay (WsSocket  *self,
                                          WsRequest *request,
                                          GError   **error);
WS_AVAILABLE_IN_1_0
gboolean ws_socket_open_stream_and_stay (WsSocket   *self,
                                         GIOStream  *stream,
                                         const char *url,
                                         GError    **error);
WS_AVAILABLE_IN_1_0
gboolean ws_socket_close (WsSocket   *self,
                          guint       code,
                          const char *reason,
                          GError    **error);
WS_AVAILABLE_IN_1_0
void ws_socket_abort (WsSocket *self);
WS_AVAILABLE_IN_1_0
gboolean ws_socket_flush (WsSocket *self);
WS_AVAILABLE_IN_1_0
void ws_socket_resume (WsSocket *self);
WS_AVAILABLE_IN_1_0
void ws_socket_ignore_ssl_errors (WsSocket *self);
WS_AVAILABLE_IN_1_0
void ws_socket_ignore_ssl_errors_always (WsSocket *self);
WS_AVAILABLE_IN_1_0
void ws_socket_ignore_ssl_error_list_always (WsSocket *self, GPtrArray *errors);
WS_AVAILABLE_IN_1_0
void ws_socket_ignore_ssl_error_list (WsSocket *self, GPtrArray *errors);
WS_AVAILABLE_IN_1_0
void ws_socket_refuse_redirect (WsSocket *self);
WS_AVAILABLE_IN_1_0
void ws_socket_continue_interrupted_handshake (WsSocket *self);
WS_AVAILABLE_IN_1_0
gboolean ws_socket_ping (WsSocket *self, GBytes *payload, GError **error);
WS_AVAILABLE_IN_1_0
gssize ws_socket_send_text_message (WsSocket   *self,
                                    const char *message,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
WS_AVAILABLE_IN_1_0
gssize ws_socket_send_characters (WsSocket       *self,
                                  const gunichar *message,
                                  gsize           n_characters,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
WS_AVAILABLE_IN_1_0
gssize ws_socket_send_binary_message (WsSocket *self,
                                      GBytes   *message,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
WS_AVAILABLE_IN_1_0
gssize ws_socket_send_data (WsSocket     *self,
                            WsMessageType type,
                            const guint8 *data,
                            gsize         length,
                            GError      **error) G_GNUC_WARN_UNUSED_RESULT;
WS_AVAILABLE_IN_1_0
gssize ws_socket_send_message (WsSocket  *self,
                               WsMessage *message,
                               GError   **error) G_GNUC_WARN_UNUSED_RESULT;
WS_AVAILABLE_IN_1_0
gboolean
ws_socket_subscribe (WsSocket *self, const char *topic, GError **error);
WS_AVAILABLE_IN_1_0
gboolean
ws_socket_unsubscribe (WsSocket *self, const char *topic, GError **error);
WS_AVAILABLE_IN_1_0
gssize ws_socket_publish (WsSocket   *self,
                          const char *topic,
                          WsMessage  *message,
                          GError    **error);
WS_AVAILABLE_IN_1_0
void ws_socket_subscribe_since_async (WsSocket           *self,
                                      const char         *topic,
                                      const char         *epoch,
                                      guint64             offset,
                                      GCancellable       *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer            user_data);
WS_AVAILABLE_IN_1_0
gboolean ws_socket_subscribe_since_finish (WsSocket     *self,
                                           GAsyncResult *result,
                                           gboolean     *recovered,
                                           char        **epoch,
                                           guint64      *offset,
                                           GError      **error);
WS_AVAILABLE_IN_1_0
gboolean ws_socket_announce (WsSocket   *self,
                             const char *topic,
                             const char *text,
                             GError    **error);
WS_AVAILABLE_IN_1_0
char **ws_socket_get_topics (WsSocket *self) G_GNUC_WARN_UNUSED_RESULT;
WS_AVAILABLE_IN_1_0
void ws_socket_post_message (WsSocket *self, WsMessage *message);
WS_AVAILABLE_IN_1_0
gboolean ws_socket_post_close (WsSocket   *self,
                               guint       code,
                               const char *reason,
                               GError    **error);

G_END_DECLS
