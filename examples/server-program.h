/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <ws-glib/ws-glib.h>

G_BEGIN_DECLS

WsServer *server_program_new (const char    *name,
                              int            argc,
                              char         **argv,
                              GInetAddress **address) G_GNUC_WARN_UNUSED_RESULT;
int       server_program_run (WsServer *server);

G_END_DECLS
