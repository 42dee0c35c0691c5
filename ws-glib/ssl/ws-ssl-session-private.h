/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <ws-glib/ws-ssl-session.h>

G_BEGIN_DECLS

/* (transfer full): what a TLS session has agreed on. @next_protocol:
 * (nullable).
 * @chain: (nullable) (element-type GBytes): DER, the peer's own first. */
WsSslSession *ws_ssl_session_new (const char *protocol,
                                  const char *cipher,
                                  const char *next_protocol,
                                  gboolean    resumed,
                                  GPtrArray  *chain);

G_END_DECLS
