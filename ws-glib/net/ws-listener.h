/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/ws-transport.h"
#include "net/ws-unix-path.h"
#include "protocol/ws-address.h"

G_BEGIN_DECLS

/* Bound sockets that accept without making a GSocket for each connection. */
typedef struct _WsListener WsListener;

/* A connection came from @peer. The fd, which does not block and is closed on
 * exec, is the handler's. @tag: of the socket that it has come to. */
typedef void (*WsListenerAccepted) (int              fd,
                                    const WsAddress *peer,
                                    guint            tag,
                                    gpointer         user_data);
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

typedef struct
{
  int          backlog;    /* 0: as many as the system allows */
  gboolean     reuse_port; /* SO_REUSEPORT; IP addresses only */
  WsUnixAccess access;     /* of the file of a Unix socket */
} WsListenerOptions;

/* Of the sockets that are added from now on; 0 until then. */
void ws_listener_set_tag (WsListener *self, guint tag);

/* Binds and listens; may be called several times. IPv6 any listens on IPv4 as
 * well. A stale file in the place of a Unix socket is replaced, and the new one
 * goes with the listener, unless somebody who has got its fd still listens
 * there. Errors name the address. @options (nullable): the defaults. */
gboolean ws_listener_add_address (WsListener              *self,
                                  GSocketAddress          *address,
                                  const WsListenerOptions *options,
                                  GError                 **error);
/* Adopts a bound or listening socket, which is closed with the listener; a file
 * that the socket is bound to stays. */
gboolean ws_listener_add_socket (WsListener *self,
                                 GSocket    *socket,
                                 int         backlog,
                                 GError    **error);
/* The same for fds from @first on, which are the listener's on success only:
 * all of them, or none. */
gboolean ws_listener_add_fds (
    WsListener *self, int first, guint n_fds, int backlog, GError **error);
/* Whether the listener does not listen on @fd yet. */
gboolean ws_listener_check_fd (WsListener *self, int fd, GError **error);
/* A listener accepts from the start. A paused listener leaves connections in
 * the kernel's queue. */
void     ws_listener_set_accepting (WsListener *self, gboolean accepting);
gboolean ws_listener_is_empty (WsListener *self);
/* (transfer full) (nullable): of the first socket. */
GSocketAddress *ws_listener_get_address (WsListener *self);
/* Whether a client with IPv4 can reach the first socket. */
gboolean ws_listener_speaks_ipv4 (WsListener *self);
/* Of the first socket, for whoever wants to share it; -1: there is none. */
int ws_listener_get_fd (WsListener *self);
/* Appends (transfer full) the addresses of all sockets. */
void ws_listener_list_addresses (WsListener *self, GPtrArray *addresses);

G_END_DECLS
