/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <ws-glib-redis/ws-glib-redis.h>

#include "broker-table.h"

G_BEGIN_DECLS

/* Servers that a Redis joins: in this thread, with a broker each, or in
 * processes of their own. Topics h/… have a history of 50. */
typedef struct
{
  BrokerNodes nodes;
  WsBroker  **brokers;   /* (nullable): those here */
  WsServer  **servers;   /* (nullable): likewise */
  GPtrArray  *processes; /* (nullable): of GSubprocess */
} RedisNodes;

/* (transfer full): a broker that does not wait for long; begins to connect. */
WsBroker *redis_nodes_make_broker (const char *url) G_GNUC_WARN_UNUSED_RESULT;
/* Takes the last reference but those of publications, which hold their broker
 * until Redis has answered; that may be after they have come to who listens. */
void redis_nodes_drop_broker (WsBroker *broker);

/* @ping_interval: ms; 0: what is usual. */
RedisNodes *
redis_nodes_new (const char *url, guint n_nodes, guint ping_interval);
RedisNodes *redis_nodes_new_processes (const char *url, guint n_nodes);
void        redis_nodes_free (RedisNodes *self);
/* With SIGKILL. */
void redis_nodes_kill (RedisNodes *self, guint i);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RedisNodes, redis_nodes_free)

G_END_DECLS
