/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "broker/ws-broker-core.h"

G_BEGIN_DECLS

void ws_broker_init_presence (WsBroker *self);
void ws_broker_clear_presence (WsBroker *self);
/* A client of a server here is present in a topic. @data (nullable): not any
 * more. From any thread. */
void ws_broker_announce (WsBroker   *self,
                         const char *topic,
                         const char *client,
                         const char *data);
/* Answers with those who were announced here. */
void ws_broker_read_presence_here (WsBroker *self, WsBrokerQuery *query);

G_END_DECLS
