/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "broker/ws-broker-core.h"

G_BEGIN_DECLS

void ws_broker_init_publishing (WsBroker *self);
/* What waits for a connection fails. */
void ws_broker_clear_publishing (WsBroker *self);
/* There is a connection: what waits for one goes out. In the broker's thread.
 */
void ws_broker_publish_waiting (WsBroker *self);

G_END_DECLS
