/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/ws-transport.h"

G_BEGIN_DECLS

/* Over an fd, which the transport owns, unless it is that of @connection
 * (nullable), which is kept alive and closed instead. */
WsTransport *
ws_transport_fd_new (WsPoller *poller, int fd, GSocketConnection *connection);

/* As a transport's is_heard, of a socket. */
gboolean ws_transport_fd_is_heard (int fd, gint64 since);

/* Over a stream whose halves can be polled. */
WsTransport *ws_transport_stream_new (WsPoller *poller, GIOStream *stream);

/* (transfer none) (nullable): the connection itself, not one that merely wraps
 * it. */
GSocketConnection *ws_transport_peek_plain_connection (GIOStream *stream);

G_END_DECLS
