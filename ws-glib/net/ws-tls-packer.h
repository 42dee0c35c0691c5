/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/ws-tls-session.h"

G_BEGIN_DECLS

/* Writes the first of @vectors to @session, small ones together, so that its
 * records are full. Bytes taken (some), or WS_IO_ERROR. */
gssize ws_tls_pack (WsTlsSession        *session,
                    const GOutputVector *vectors,
                    guint                n_vectors,
                    GError             **error);

G_END_DECLS
