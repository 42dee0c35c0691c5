/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "ws-reconnect-policy.h"

G_BEGIN_DECLS

/* The milliseconds until the attempt with this number, from 1 on; -1: none is
 * to be made. May run a user's code. */
int ws_reconnect_policy_decide (WsReconnectPolicy *self,
                                WsSocket          *socket,
                                guint              attempt);

G_END_DECLS
