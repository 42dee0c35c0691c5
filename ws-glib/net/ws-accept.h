/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <sys/socket.h>

G_BEGIN_DECLS

/* accept(), which does not block, and whose descriptor is not inherited by who
 * is executed. */
int ws_accept (int listening, struct sockaddr_storage *native, socklen_t *len);

/* Whether somebody else waits to be accepted. To find that out by accepting in
 * vain takes as long as ten other calls. */
gboolean ws_accept_has_another (int listening);

G_END_DECLS
