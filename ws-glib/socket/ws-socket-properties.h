/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "socket/ws-socket-core.h"

G_BEGIN_DECLS

#define WS_SOCKET_READ_ONLY \
  (G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS)
#define WS_SOCKET_READ_WRITE (WS_SOCKET_READ_ONLY | G_PARAM_WRITABLE)

void ws_socket_install_properties (GObjectClass *object_class);
/* --- ws-socket-property-settings.c --- */
void ws_socket_install_settings_properties (GParamSpec **props);

/* --- ws-socket-property-access.c --- */

void ws_socket_get_property (GObject    *object,
                             guint       prop_id,
                             GValue     *value,
                             GParamSpec *pspec);
void ws_socket_set_property (GObject      *object,
                             guint         prop_id,
                             const GValue *value,
                             GParamSpec   *pspec);

G_END_DECLS
