/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "broker/ws-broker-core.h"

G_BEGIN_DECLS

/* Calls @func in the thread of the broker, with a reference to @query. */
void ws_broker_ask (WsBroker      *self,
                    WsBrokerQuery *query,
                    void (*func) (WsBroker *self, WsBrokerQuery *query));

G_END_DECLS
