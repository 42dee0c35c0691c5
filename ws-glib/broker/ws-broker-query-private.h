/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <ws-glib/ws-broker-query.h>

G_BEGIN_DECLS

typedef struct _WsBroker WsBroker;

typedef enum
{
  WS_BROKER_QUERY_PUBLISH,
  WS_BROKER_QUERY_HISTORY,
  WS_BROKER_QUERY_PRESENCE
} WsBrokerQueryKind;

/* What a history says. */
typedef struct
{
  GPtrArray *publications; /* (owned): of WsPublication */
  char      *epoch;        /* (owned) (nullable): there is no history */
  guint64    offset;       /* of the last publication; 0: none was there yet */
} WsBrokerHistory;

void ws_broker_history_free (WsBrokerHistory *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsBrokerHistory, ws_broker_history_free)

/* Told what became of it, once, in any thread. */
typedef void (*WsBrokerQueryFunc) (WsBrokerQuery *query,
                                   const GError  *error,
                                   gpointer       data);

/* @task (transfer full) (nullable): gets TRUE, a WsBrokerHistory or a table of
 * texts, as the kind says. */
WsBrokerQuery *ws_broker_query_new (WsBrokerQueryKind kind,
                                    const char       *topic,
                                    GTask *task) G_GNUC_WARN_UNUSED_RESULT;
/* From where on, and how much, for a history. @epoch (nullable). */
void ws_broker_query_set_range (WsBrokerQuery *self,
                                const char    *epoch,
                                guint64        offset,
                                guint          max_count);
/* @func is called before the task ends. */
void ws_broker_query_watch (WsBrokerQuery    *self,
                            WsBrokerQueryFunc func,
                            gpointer          data,
                            GDestroyNotify    destroy);

G_END_DECLS
