/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "ws-redis-broker-core.h"

G_BEGIN_DECLS

/* FALSE: a URL is wrong, and there are no shards. */
gboolean ws_redis_broker_create_shards (WsRedisBroker *self);
void     ws_redis_broker_set_carrier (WsBrokerClass *klass);

G_END_DECLS
