/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "signal/ws-signal-link.h"

G_BEGIN_DECLS

/* Looks whether the queue of @link has filled up or has room again, and if so
 * tells its sender. In any thread, without the lock. */
void ws_signal_holding_update (WsSignalLink *link);

G_END_DECLS
