/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "ws-handshake-response.h"

#include "engine/ws-client-opening.h"

G_BEGIN_DECLS

/* (transfer full) (nullable): takes what @response holds; NULL if it holds no
 * answer. */
WsHandshakeResponse *
ws_handshake_response_new_take (WsClientResponse *response);

G_END_DECLS
