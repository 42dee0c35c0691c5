/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "socket/ws-socket-core.h"

G_BEGIN_DECLS

void ws_socket_install_properties (GObjectClass *object_class);

G_END_DECLS
