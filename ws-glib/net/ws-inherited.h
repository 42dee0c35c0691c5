/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Listening sockets that whoever started this process has made for it, as
 * systemd does: LISTEN_PID says that they are for us, LISTEN_FDS how many. */

#define WS_INHERITED_FIRST 3 /* the fds count up from here */

/* How many such sockets there are, closed on exec from now on; 0: none, with
 * @error. The environment stays as it is: unsetenv() is no good beside other
 * threads. */
guint ws_inherited_count (GError **error);
/* The sockets have an owner from now on: ws_inherited_count() will fail. */
void ws_inherited_take (void);

G_END_DECLS
