/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <ws-glib/ws-glib.h>

G_BEGIN_DECLS

void serve_exec_start (WsServer          *server,
                       WsSocket          *client,
                       const char *const *program,
                       gboolean           is_binary);

G_END_DECLS
