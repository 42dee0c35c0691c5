/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "ws-redis-broker-core.h"

G_BEGIN_DECLS

void ws_redis_broker_install_properties (GObjectClass *object_class);
/* What is not set otherwise. */
void ws_redis_broker_init_settings (WsRedisBroker *self);

G_END_DECLS
