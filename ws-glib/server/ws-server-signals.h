/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "server/ws-server-core.h"

G_BEGIN_DECLS

typedef enum
{
  WS_SERVER_SIGNAL_NEW_CONNECTION,
  WS_SERVER_SIGNAL_CLIENT_CONNECTED,
  WS_SERVER_SIGNAL_CLIENT_DISCONNECTED,
  WS_SERVER_SIGNAL_ORIGIN_AUTHENTICATION_REQUIRED,
  WS_SERVER_SIGNAL_HANDSHAKE_REQUESTED,
  WS_SERVER_SIGNAL_HTTP_REQUEST,
  WS_SERVER_SIGNAL_SERVER_ERROR,
  WS_SERVER_SIGNAL_PEER_FAILED,
  WS_SERVER_SIGNAL_ACCEPT_ERROR,
  WS_SERVER_SIGNAL_CLOSED,
  WS_SERVER_SIGNAL_PUBLICATIONS_LOST,
  WS_SERVER_SIGNAL_FORMAT_PUBLICATION,
  WS_SERVER_SIGNAL_SSL_ERRORS,
  WS_SERVER_SIGNAL_PEER_VERIFY_ERROR,
  WS_SERVER_SIGNAL_HANDSHAKE_INTERRUPTED_ON_ERROR,
  WS_SERVER_SIGNAL_PRE_SHARED_KEY_AUTHENTICATION_REQUIRED,
  WS_SERVER_SIGNAL_ALERT_SENT,
  WS_SERVER_SIGNAL_ALERT_RECEIVED,
  WS_SERVER_N_SIGNALS
} WsServerSignal;

/* Notes an error and signals it. */
void ws_server_report (WsServer *self, guint code, const char *message);
void ws_server_install_signals (void);
/* What a handler of @id, a signal of this class, has to do. */
WsAsking ws_server_get_asking (guint id);
gboolean ws_server_has_listener (WsServer *self, WsServerSignal signal);
void     ws_server_emit (WsServer *self, WsServerSignal signal, ...);

G_END_DECLS
