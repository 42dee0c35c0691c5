/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "http/ws-request-core.h"

G_BEGIN_DECLS

/* What is asked for, and by whom. */
extern const WsProperty ws_request_target_properties[];

G_END_DECLS
