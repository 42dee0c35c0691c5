/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <ws-glib/ws-glib.h>

G_BEGIN_DECLS

#define HOST_TYPE_CLIENT (host_client_get_type ())
G_DECLARE_FINAL_TYPE (HostClient, host_client, HOST, CLIENT, GObject)

HostClient *host_client_new (WsSocket *socket);
WsSocket   *host_client_get_socket (HostClient *self);
void        host_client_set_name (HostClient *self, const char *name);
void        host_client_refresh (HostClient *self);

G_END_DECLS
