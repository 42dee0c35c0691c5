/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <ws-glib/ws-connection.h>

#include "base/ws-property.h"

G_BEGIN_DECLS

extern const WsProperty ws_connection_queue_properties[];

G_END_DECLS
