/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/ws-transport.h"

G_BEGIN_DECLS

/* (transfer full): @inner sends a copy of @data, what a TLS stream that is
 * freed could not send yet, and closes, as the kernel does with the rest of an
 * unencrypted connection. A peer that does not read is given up after a
 * while. */
void ws_tls_linger (WsTransport *inner, const guint8 *data, gsize len);

G_END_DECLS
