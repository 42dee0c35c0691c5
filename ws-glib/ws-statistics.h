/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(WS_INSIDE) && !defined(WS_COMPILATION)
#error "Only <ws-glib/ws-glib.h> can be included directly."
#endif

#include <glib-object.h>

#include <ws-glib/ws-version-macros.h>

G_BEGIN_DECLS

#define WS_TYPE_STATISTICS (ws_statistics_get_type ())

/**
 * WsStatistics:
 * @since: when the connection began, in microseconds of
 *   [func@GLib.get_monotonic_time]; 0: there was none yet
 * @since_real: the same in microseconds of [func@GLib.get_real_time]
 * @messages_sent: messages that were sent, also those that wait to be written
 * @messages_received: messages that came as a whole
 * @frames_sent: frames that were sent, control frames included, also those that
 *   wait to be written
 * @frames_received: frames that have begun to come, control frames included
 * @payload_bytes_sent: bytes of the messages that were sent
 * @payload_bytes_received: bytes of the messages that came
 * @wire_bytes_sent: bytes that were written: frames with their headers, but
 *   neither the opening handshake nor what TLS adds
 * @wire_bytes_received: bytes that were read, likewise
 * @pings_sent: pings that were sent, those of
 *   [property@Socket:ping-interval] included
 * @pings_received: pings that came; each is answered
 * @pongs_received: pongs that came
 * @messages_dropped: messages that were left out: broadcasts that found no room
 *   ([property@Server:slow-client-policy]) and what was posted in vain
 *   ([method@Socket.post_message])
 * @compression_ratio_sent: how much smaller compression has made the messages
 *   sent: bytes on the wire for each byte of payload; 1.0 without
 * @compression_ratio_received: the same of the messages that came
 *
 * What a connection has carried until some moment.
 *
 * Got from [property@Socket:statistics]; it does not change any more.
 *
 * Since: 1.0
 */
typedef struct
{
  gint64  since;
  gint64  since_real;
  guint64 messages_sent;
  guint64 messages_received;
  guint64 frames_sent;
  guint64 frames_received;
  guint64 payload_bytes_sent;
  guint64 payload_bytes_received;
  guint64 wire_bytes_sent;
  guint64 wire_bytes_received;
  guint64 pings_sent;
  guint64 pings_received;
  guint64 pongs_received;
  guint64 messages_dropped;
  double  compression_ratio_sent;
  double  compression_ratio_received;
  /*< private >*/
  guint64 padding[16];
} WsStatistics;

WS_AVAILABLE_IN_1_0
GType ws_statistics_get_type (void) G_GNUC_CONST;
WS_AVAILABLE_IN_1_0
WsStatistics *
ws_statistics_copy (const WsStatistics *self) G_GNUC_WARN_UNUSED_RESULT;
WS_AVAILABLE_IN_1_0
void ws_statistics_free (WsStatistics *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsStatistics, ws_statistics_free)

G_END_DECLS
