/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(WS_INSIDE) && !defined(WS_COMPILATION)
#error "Only <ws-glib/ws-glib.h> can be included directly."
#endif

#include <gio/gio.h>

#include <ws-glib/ws-broker-query.h>
#include <ws-glib/ws-broker-statistics.h>
#include <ws-glib/ws-enums.h>
#include <ws-glib/ws-publication.h>
#include <ws-glib/ws-version-macros.h>

G_BEGIN_DECLS

#define WS_TYPE_BROKER (ws_broker_get_type ())

WS_AVAILABLE_IN_1_0
G_DECLARE_DERIVABLE_TYPE (WsBroker, ws_broker, WS, BROKER, GObject)

/**
 * WsBrokerClass:
 * @parent_class: the parent class
 * @carry: carries a publication to all servers, this one included
 * @subscribe: a topic is wanted here
 * @unsubscribe: a topic is not wanted here any more
 * @read_history: looks for what was published about a topic
 * @announce: a client is present in a topic, or not any more
 * @read_presence: looks who is present in a topic
 *
 * What a broker implements.
 *
 * All of it is called in the thread where the broker was made.
 *
 * Since: 1.0
 */
struct _WsBrokerClass
{
  GObjectClass parent_class;

  void (*carry) (WsBroker      *self,
                 WsPublication *publication,
                 WsBrokerQuery *query);
  void (*subscribe) (WsBroker *self, const char *topic);
  void (*unsubscribe) (WsBroker *self, const char *topic);
  void (*read_history) (WsBroker *self, WsBrokerQuery *query);
  void (*announce) (WsBroker   *self,
                    const char *topic,
                    const char *client,
                    const char *data);
  void (*read_presence) (WsBroker *self, WsBrokerQuery *query);

  /*< private >*/
  gconstpointer direct;
  gpointer      padding[11];
};

/* --- For all who use one --- */

WS_AVAILABLE_IN_1_0
WsBrokerState ws_broker_get_state (WsBroker *self);
WS_AVAILABLE_IN_1_0
char *ws_broker_dup_error_string (WsBroker *self) G_GNUC_WARN_UNUSED_RESULT;
WS_AVAILABLE_IN_1_0
guint64 ws_broker_get_max_queued_bytes (WsBroker *self);
WS_AVAILABLE_IN_1_0
void ws_broker_set_max_queued_bytes (WsBroker *self, guint64 max_queued_bytes);
WS_AVAILABLE_IN_1_0
guint ws_broker_get_publish_timeout (WsBroker *self);
WS_AVAILABLE_IN_1_0
void ws_broker_set_publish_timeout (WsBroker *self, guint publish_timeout);
WS_AVAILABLE_IN_1_0
guint ws_broker_get_linger (WsBroker *self);
WS_AVAILABLE_IN_1_0
void ws_broker_set_linger (WsBroker *self, guint linger);
WS_AVAILABLE_IN_1_0
WsBrokerStatistics *
ws_broker_get_statistics (WsBroker *self) G_GNUC_WARN_UNUSED_RESULT;
WS_AVAILABLE_IN_1_0
void ws_broker_set_history (WsBroker   *self,
                            const char *pattern,
                            guint       max_count,
                            guint64     max_age);
WS_AVAILABLE_IN_1_0
gboolean ws_broker_get_history (WsBroker   *self,
                                const char *topic,
                                guint      *max_count,
                                guint64    *max_age);
WS_AVAILABLE_IN_1_0
gboolean
ws_broker_publish (WsBroker *self, WsPublication *publication, GError **error);
WS_AVAILABLE_IN_1_0
void ws_broker_publish_async (WsBroker           *self,
                              WsPublication      *publication,
                              GCancellable       *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer            user_data);
WS_AVAILABLE_IN_1_0
gboolean
ws_broker_publish_finish (WsBroker *self, GAsyncResult *result, GError **error);
WS_AVAILABLE_IN_1_0
void ws_broker_read_history_async (WsBroker           *self,
                                   const char         *topic,
                                   const char         *epoch,
                                   guint64             offset,
                                   guint               max_count,
                                   GCancellable       *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer            user_data);
WS_AVAILABLE_IN_1_0
GPtrArray *
ws_broker_read_history_finish (WsBroker     *self,
                               GAsyncResult *result,
                               char        **epoch,
                               guint64      *offset,
                               GError      **error) G_GNUC_WARN_UNUSED_RESULT;
WS_AVAILABLE_IN_1_0
void ws_broker_read_presence_async (WsBroker           *self,
                                    const char         *topic,
                                    GCancellable       *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer            user_data);
WS_AVAILABLE_IN_1_0
GHashTable *
ws_broker_read_presence_finish (WsBroker     *self,
                                GAsyncResult *result,
                                GError      **error) G_GNUC_WARN_UNUSED_RESULT;

/* --- For who implements one --- */

WS_AVAILABLE_IN_1_0
void ws_broker_deliver (WsBroker *self, WsPublication *publication);
WS_AVAILABLE_IN_1_0
void
ws_broker_set_state (WsBroker *self, WsBrokerState state, const GError *error);
WS_AVAILABLE_IN_1_0
void ws_broker_report_foreign (WsBroker *self, const GError *error);
WS_AVAILABLE_IN_1_0
void ws_broker_renew_presence (WsBroker *self);
WS_AVAILABLE_IN_1_0
char **ws_broker_get_topics (WsBroker *self) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
