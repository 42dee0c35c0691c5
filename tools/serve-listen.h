/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <ws-glib/ws-glib.h>

G_BEGIN_DECLS

/* At all addresses that @host (nullable: 127.0.0.1) has on this machine, on one
 * port; 0: any that is free. */
gboolean
serve_listen (WsServer *server, const char *host, guint16 port, GError **error);

G_END_DECLS
