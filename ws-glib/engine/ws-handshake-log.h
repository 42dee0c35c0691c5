/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/ws-transport.h"

G_BEGIN_DECLS

/* Logs the head of a request or an answer, if that is wanted. */
void ws_handshake_log (const WsTransport *transport,
                       gboolean           is_sent,
                       const void        *head,
                       gsize              len);

G_END_DECLS
