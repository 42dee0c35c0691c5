/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What Redis does in one step. Redis 6 and later run them. */

typedef enum
{
  /* Keys: the head and the stream of a topic. Arguments: the channel, a
   * publication, how many are kept, for how many ms (0: any), after how many ms
   * without use all is forgotten, an epoch for a topic that has none. Keeps the
   * publication, publishes it, and replies with its offset. */
  WS_REDIS_SCRIPT_KEEP,
  /* Keys: the same. Arguments: the epoch that is asked about ("": any), the
   * offset after which, how many, how many ms old (0: any), how many bytes,
   * after how many ms without use all is forgotten, an epoch for a topic that
   * has none. Replies with the epoch, the offset of the last one, and of each
   * publication its id and its bytes; at least one if there is one. */
  WS_REDIS_SCRIPT_READ,
  /* Key: the hash of who is present. Argument: what the key of a node begins
   * with. Replies with names and data, and forgets those of dead nodes. */
  WS_REDIS_SCRIPT_PRESENCE,
  WS_REDIS_N_SCRIPTS
} WsRedisScript;

const char *ws_redis_script_get_text (WsRedisScript self);
/* Its name for EVALSHA. */
const char *ws_redis_script_get_hash (WsRedisScript self);

G_END_DECLS
