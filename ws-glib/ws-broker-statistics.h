/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(WS_INSIDE) && !defined(WS_COMPILATION)
#error "Only <ws-glib/ws-glib.h> can be included directly."
#endif

#include <glib-object.h>

#include <ws-glib/ws-version-macros.h>

G_BEGIN_DECLS

#define WS_TYPE_BROKER_STATISTICS (ws_broker_statistics_get_type ())

/**
 * WsBrokerStatistics:
 * @n_published: publications that were accepted here
 * @n_refused: publications that were refused here: there was no connection, or
 *   no room
 * @n_failed: publications that were accepted here, and may not have been
 *   carried: there was an error, or the connection broke
 * @n_received: publications that came, those from here included
 * @n_delivered: publications that were handed to a server, each counted for
 *   each server
 * @n_dropped: publications that found no room in what waits for the thread of a
 *   server ([property@Broker:max-queued-bytes])
 * @n_foreign: what came and was no publication
 * @n_interruptions: how often the state has left
 *   [enum@Ws.BrokerState.connected]; what is published meanwhile about topics
 *   without a history is lost here, and nobody knows how much that was
 * @n_topics: topics that are subscribed to now
 * @queued_bytes: bytes of publications that wait to be carried
 * @lag: microseconds from the last publication that was carried to the answer
 *
 * What a broker has carried until some moment.
 *
 * Got from [method@Broker.get_statistics]; it does not change any more.
 *
 * Since: 1.0
 */
typedef struct
{
  guint64 n_published;
  guint64 n_refused;
  guint64 n_failed;
  guint64 n_received;
  guint64 n_delivered;
  guint64 n_dropped;
  guint64 n_foreign;
  guint64 n_interruptions;
  guint64 n_topics;
  guint64 queued_bytes;
  gint64  lag;
  /*< private >*/
  guint64 padding[13];
} WsBrokerStatistics;

WS_AVAILABLE_IN_1_0
GType ws_broker_statistics_get_type (void) G_GNUC_CONST;
WS_AVAILABLE_IN_1_0
WsBrokerStatistics *ws_broker_statistics_copy (const WsBrokerStatistics *self)
    G_GNUC_WARN_UNUSED_RESULT;
WS_AVAILABLE_IN_1_0
void ws_broker_statistics_free (WsBrokerStatistics *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsBrokerStatistics, ws_broker_statistics_free)

G_END_DECLS
