/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <ws-glib/ws-glib.h>

G_BEGIN_DECLS

/* (transfer full): the server that the command line asks for, of wss if it
 * names a certificate. A mistake ends the program. */
WsServer *interop_options_make_server (int argc, char **argv);

G_END_DECLS
