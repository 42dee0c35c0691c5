/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "ws-redis-link.h"
#include "ws-redis-settings.h"

G_BEGIN_DECLS

/* One data set, wherever its master is: two connections to it, one for commands
 * and one for subscriptions, which are made anew whenever they break. */
typedef struct _WsRedisShard WsRedisShard;

typedef struct
{
  /* None is called before the main context runs.
   * Whether it is ready has changed; or @error (nullable) has happened. */
  void (*changed) (gpointer data, WsRedisShard *shard, const GError *error);
  /* @payload belongs to whoever is called. */
  void (*came) (gpointer data, const char *topic, GBytes *payload);
  /* (transfer full): what is to be subscribed to. */
  GPtrArray *(*get_topics) (gpointer data, WsRedisShard *shard);
} WsRedisShardFuncs;

/* Something that is done at Redis. It is sent in its turn, or never. */
typedef struct _WsRedisJob WsRedisJob;
struct _WsRedisJob
{
  GList       link;  /* while it waits for its turn */
  const char *topic; /* waits until this is subscribed to */
  /* It is its turn. */
  void (*send) (WsRedisJob *self, WsRedisLink *link);
  /* There will be no turn: @error says why. Frees it. */
  void (*fail) (WsRedisJob *self, const GError *error);
};

/* (transfer full): begins to connect. Takes @url. */
WsRedisShard *ws_redis_shard_new (WsRedisUrl              *url,
                                  const WsRedisSettings   *settings,
                                  const WsRedisShardFuncs *funcs,
                                  gpointer data) G_GNUC_WARN_UNUSED_RESULT;
/* Calls nothing any more but the jobs that wait, which fail. */
void     ws_redis_shard_free (WsRedisShard *self);
gboolean ws_redis_shard_is_ready (WsRedisShard *self);
void     ws_redis_shard_subscribe (WsRedisShard *self, const char *topic);
void     ws_redis_shard_unsubscribe (WsRedisShard *self, const char *topic);
void     ws_redis_shard_submit (WsRedisShard *self, WsRedisJob *job);
/* Sends a job that was not done once more; what is behind has to wait until all
 * that was sent is replied to, so that nothing overtakes. */
void ws_redis_shard_send_again (WsRedisShard *self, WsRedisJob *job);
/* A reply has been used. */
void ws_redis_shard_advance (WsRedisShard *self);
/* Its connections are of no use any more. */
void ws_redis_shard_give_up (WsRedisShard *self, const GError *error);
/* Why it is not ready. */
const GError *ws_redis_shard_get_error (WsRedisShard *self);

/* (nullable): while it is ready. */
WsRedisLink *ws_redis_shard_peek_commands (WsRedisShard *self);

/* (transfer full): the name of a key for @topic. */
char *
ws_redis_shard_name (WsRedisShard *self, const char *kind, const char *topic);
char *ws_redis_shard_name_channel (WsRedisShard *self, const char *topic);

G_END_DECLS
