/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "ws-glib-redis/ws-redis-broker.h"

#include "ws-redis-settings.h"

G_BEGIN_DECLS

/* The struct of a broker, for the files of its class. */

struct _WsRedisBroker
{
  WsBroker parent_instance;

  GThread        *thread;   /* (unowned): its home */
  char          **urls;     /* (owned) (nullable) */
  WsRedisSettings settings; /* for the shards */
  GPtrArray      *shards;   /* of WsRedisShard */
  GSource        *problem;  /* (owned) (nullable): is about to tell that the
                              * URLs are wrong */
};

G_END_DECLS
