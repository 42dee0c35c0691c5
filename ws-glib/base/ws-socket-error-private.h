/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "ws-socket-error.h"

G_BEGIN_DECLS

/* (transfer full): @error as users see it: an error of our own layers or of GIO
 * becomes one of WS_SOCKET_ERROR with the same message; cancellation stays. */
GError *ws_socket_error_translate (const GError *error);

G_END_DECLS
