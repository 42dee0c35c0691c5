/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/ws-transport.h"

G_BEGIN_DECLS

/* Bound sockets that accept without making a GSocket for each connection. */
typedef struct _WsListener WsListener;

/* A connection came. The fd, which does not block and is closed on exec, is the
 * handler's. */
typedef void (*WsListenerAccepted) (int fd, gpointer user_data);
/* accept() failed for a reason that is not the peer's (no fds, no memory): it
 * tries again after a short rest. */
typedef void (*WsListenerFailed) (const GError *error, gpointer user_data);

WsListener *ws_listener_new (WsPoller          *poller,
                             WsListenerAccepted accepted,
                             WsListenerFailed   failed,
                             gpointer           user_data);
/* Stops at once; legal inside its own callbacks. */
void ws_listener_free (WsListener *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsListener, ws_listener_free)

/* Binds and listens; may be called several times. IPv6 any listens on IPv4 as
 * well. @backlog: 0 for as many as the system allows. Errors name the address.
 */
gboolean ws_listener_add_address (WsListener     *self,
                                  GSocketAddress *address,
                                  int             backlog,
                                  GError        **error);
/* Adopts a bound or listening socket, which is closed with the listener. */
gboolean ws_listener_add_socket (WsListener *self,
                                 GSocket    *socket,
                                 int         backlog,
                                 GError    **error);
/* It accepts from the start. A paused one leaves connections in the kernel's
 * queue. */
void ws_listener_set_accepting (WsListener *self, gboolean accepting);
/* (transfer full) (nullable): of the first socket. */
GSocketAddress *ws_listener_get_address (WsListener *self);

G_END_DECLS
