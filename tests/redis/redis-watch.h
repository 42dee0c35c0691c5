/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <ws-glib-redis/ws-glib-redis.h>

G_BEGIN_DECLS

/* What a broker has said of itself. */
typedef struct
{
  WsBroker *broker;   /* (owned) */
  guint     n_errors; /* how often it was "error" */
  GError   *error;    /* (owned) (nullable): the last one */
  gulong    handler;
} RedisWatch;

RedisWatch *redis_watch_new (WsBroker *broker);
void        redis_watch_free (RedisWatch *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RedisWatch, redis_watch_free)

void redis_watch_wait (RedisWatch *self, WsBrokerState state);
/* Waits until an error says @text. */
void redis_watch_expect (RedisWatch *self, const char *text);

/* (transfer full): waits until @broker has done it. */
GError *
redis_watch_publish (WsBroker *broker, const char *topic, const char *text);
/* One of the numbers of its statistics, by its place in the struct. */
#define redis_watch_count(broker, member)               \
  ({                                                    \
    g_autoptr (WsBrokerStatistics) redis_watch_numbers_ \
        = ws_broker_get_statistics (broker);            \
    redis_watch_numbers_->member;                       \
  })

G_END_DECLS
