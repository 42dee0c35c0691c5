/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "ws-redis-shard.h"

G_BEGIN_DECLS

/* What a broker is asked for, as something that is done at a shard. All of them
 * take a reference to what they are given, and end @query. */

/* @max_count 0: it has no history. */
void ws_redis_job_publish (WsRedisShard          *shard,
                           const WsRedisSettings *settings,
                           WsPublication         *publication,
                           guint                  max_count,
                           guint64                max_age,
                           WsBrokerQuery         *query);
/* The topic has a history if @has_history; else the query ends when all is
 * subscribed to. */
void ws_redis_job_read_history (WsRedisShard          *shard,
                                const WsRedisSettings *settings,
                                gboolean               has_history,
                                guint64                max_age,
                                WsBrokerQuery         *query);
void ws_redis_job_read_presence (WsRedisShard          *shard,
                                 const WsRedisSettings *settings,
                                 WsBrokerQuery         *query);
/* @data (nullable): the client is not there any more. */
void ws_redis_job_announce (WsRedisShard          *shard,
                            const WsRedisSettings *settings,
                            const char            *topic,
                            const char            *client,
                            const char            *data);

G_END_DECLS
