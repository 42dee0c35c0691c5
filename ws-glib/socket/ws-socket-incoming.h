/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "socket/ws-socket-core.h"
#include "engine/ws-server-opening.h"

G_BEGIN_DECLS

/* A server's sockets: they are handed over connected. */

/* (transfer full): a server's socket that is not connected yet. */
WsSocket *ws_socket_new_incoming (GMainContext        *context,
                                  WsSettings          *settings,
                                  WsDeflateOptions    *compression,
                                  const WsSocketOwner *owner,
                                  gpointer             owner_data);
/* Who has come, as far as that is not told by TCP. */
typedef struct
{
  GSocketAddress *address; /* (nullable): another one than the peer's */
  gboolean        is_secure;
  char           *url; /* (owned) (nullable): ends with the resource */
} WsSocketVisitor;

/* Makes the socket connected, with what @opened and @visitor hold, which is
 * taken. Nothing is read before ws_socket_start(). */
void ws_socket_accept (WsSocket                *self,
                       WsServerOpened          *opened,
                       WsSocketVisitor         *visitor,
                       const WsServerHandshake *handshake,
                       const WsServerAnswer    *answer);
void ws_socket_start (WsSocket *self);
/* Whoever got the socket could have asked for what the client has sent: what
 * was not asked for takes no memory any more. */
void ws_socket_forget_request (WsSocket *self);

G_END_DECLS
