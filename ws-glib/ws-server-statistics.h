/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(WS_INSIDE) && !defined(WS_COMPILATION)
#error "Only <ws-glib/ws-glib.h> can be included directly."
#endif

#include <glib-object.h>

#include <ws-glib/ws-version-macros.h>

G_BEGIN_DECLS

#define WS_TYPE_SERVER_STATISTICS (ws_server_statistics_get_type ())

/**
 * WsServerStatistics:
 * @since: when the server was made, in microseconds of
 *   [func@GLib.get_monotonic_time]
 * @since_real: the same in microseconds of [func@GLib.get_real_time]
 * @connections: connections that there are now, those that wait to be taken
 *   included
 * @handshakes: openings that are under way now: TLS, requests, and answers that
 *   are being written
 * @connections_total: connections that there ever were
 * @requests_total: requests of plain HTTP that a handler of
 *   [signal@Server::http-request] has answered
 * @refused_limits: peers for whom there was no room: see
 *   [property@Server:max-connections] and its relatives
 * @refused_policy: peers that were not allowed: by their origin, by a handler,
 *   or because they are no trusted proxy
 * @refused_request: peers whose request could not be understood, or was too
 *   long
 * @refused_failed: peers that were refused because a handler failed
 * @failed_tls: peers with which no TLS session came about
 * @lost: peers that left, or took too long, before there was a connection
 * @messages_sent: messages that were sent, also those that wait to be written
 * @messages_received: messages that came as a whole
 * @payload_bytes_sent: bytes of the messages that were sent
 * @payload_bytes_received: bytes of the messages that came
 * @wire_bytes_sent: bytes that were written: frames with their headers, but
 *   neither the opening handshake nor what TLS adds
 * @wire_bytes_received: bytes that were read, likewise
 * @bytes_to_write: bytes that wait to be written now
 * @messages_dropped: messages that were left out, as in [struct@Statistics]
 * @slow_clients: connections that were closed because a broadcast found no room
 *   ([property@Server:slow-client-policy])
 *
 * What a server has carried until some moment, all of its connections together,
 * those included that are gone.
 *
 * Got from [property@Server:statistics]; it does not change any more. What
 * counts something ever only grows.
 *
 * Since: 1.0
 */
typedef struct
{
  gint64  since;
  gint64  since_real;
  guint   connections;
  guint   handshakes;
  guint64 connections_total;
  guint64 requests_total;
  guint64 refused_limits;
  guint64 refused_policy;
  guint64 refused_request;
  guint64 refused_failed;
  guint64 failed_tls;
  guint64 lost;
  guint64 messages_sent;
  guint64 messages_received;
  guint64 payload_bytes_sent;
  guint64 payload_bytes_received;
  guint64 wire_bytes_sent;
  guint64 wire_bytes_received;
  guint64 bytes_to_write;
  guint64 messages_dropped;
  guint64 slow_clients;
  /*< private >*/
  guint64 padding[24];
} WsServerStatistics;

WS_AVAILABLE_IN_1_0
GType ws_server_statistics_get_type (void) G_GNUC_CONST;
WS_AVAILABLE_IN_1_0
WsServerStatistics *ws_server_statistics_copy (const WsServerStatistics *self)
    G_GNUC_WARN_UNUSED_RESULT;
WS_AVAILABLE_IN_1_0
void ws_server_statistics_free (WsServerStatistics *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsServerStatistics, ws_server_statistics_free)

G_END_DECLS
