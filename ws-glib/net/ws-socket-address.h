/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>
#include <sys/socket.h>

#include "protocol/ws-address.h"

G_BEGIN_DECLS

/* Addresses of the system and of GIO, as bytes and back. */

/* What is neither an IP nor a Unix address reads as WS_ADDRESS_NONE. */
void ws_socket_address_read_native (const struct sockaddr_storage *native,
                                    gsize                          len,
                                    WsAddress                     *address);
/* @self (nullable) */
void ws_socket_address_read (GSocketAddress *self, WsAddress *address);
/* (transfer full) (nullable): NULL for WS_ADDRESS_NONE. */
GSocketAddress *ws_socket_address_new (const WsAddress *address);
/* FALSE if no socket can be bound to that IP address, for no interface has it;
 * whatever the port. */
gboolean ws_socket_address_is_ours (GSocketAddress *self);

G_END_DECLS
