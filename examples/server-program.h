/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <ws-glib/ws-glib.h>

G_BEGIN_DECLS

void server_program_parse (WsServer *server, int argc, char **argv);
int  server_program_run (WsServer *server);

G_END_DECLS
