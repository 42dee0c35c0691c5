/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <ws-glib/ws-publication.h>
#include <ws-glib/ws-broker-query.h>

G_BEGIN_DECLS

/* The last publications of topics, in memory; for one thread at a time. */

/* How many topics can have a history at a time: beyond that, those that were
 * published about longest ago lose theirs. */
#define WS_MEMORY_HISTORY_MAX_TOPICS 100000

typedef struct
{
  GHashTable *topics;
  GQueue      order;         /* the one published about longest ago first */
  gint64 (*get_time) (void); /* monotonic µs */
} WsMemoryHistory;

void ws_memory_history_init (WsMemoryHistory *self);
void ws_memory_history_clear (WsMemoryHistory *self);
/* (transfer full): @publication with its place, which is kept. @max_age: ms, 0:
 * any */
WsPublication *ws_memory_history_append (WsMemoryHistory *self,
                                         WsPublication   *publication,
                                         guint            max_count,
                                         guint64          max_age);
/* Answers @query; a topic that has not been published about begins here. */
void ws_memory_history_read (WsMemoryHistory *self, WsBrokerQuery *query);

G_END_DECLS
