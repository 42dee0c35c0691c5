/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <ws-glib/ws-server-statistics.h>

G_BEGIN_DECLS

/* Adds @other to @self, all but the moment since when they count. */
void ws_server_statistics_add (WsServerStatistics       *self,
                               const WsServerStatistics *other);

G_END_DECLS
