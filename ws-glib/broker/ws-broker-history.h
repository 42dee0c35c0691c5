/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "broker/ws-broker-core.h"
#include "broker/ws-broker-query-private.h"

G_BEGIN_DECLS

void ws_broker_init_history (WsBroker *self);
void ws_broker_clear_history (WsBroker *self);
/* (transfer full): as ws_broker_read_history_finish(), for ourselves. */
WsBrokerHistory *ws_broker_take_history (GAsyncResult *result, GError **error);

G_END_DECLS
