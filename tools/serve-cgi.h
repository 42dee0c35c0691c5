/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <ws-glib/ws-glib.h>

G_BEGIN_DECLS

char **serve_cgi_get_environment (WsServer *server,
                                  WsSocket *client) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
