/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "socket/ws-socket-core.h"
#include "protocol/ws-deflate-offer.h"

G_BEGIN_DECLS

/* (transfer full) (nullable): what a server's socket answers to @offers; NULL:
 * nothing, and the socket does not compress. */
char *ws_socket_accept_extensions (WsSocket        *self,
                                   const char      *offers,
                                   WsDeflateParams *params);
/* The engine is there, and has not started. */
void ws_socket_begin_compression (WsSocket                *self,
                                  WsRole                   role,
                                  const char              *extensions,
                                  const WsDeflateParams   *params,
                                  const WsDeflateSettings *settings);

extern const WsProperty ws_socket_compression_properties[];

G_END_DECLS
