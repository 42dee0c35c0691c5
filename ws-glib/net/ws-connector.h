/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/ws-transport.h"

G_BEGIN_DECLS

/* Dials with GSocketClient: happy eyeballs, proxies, SOCKS come from GIO. */
typedef struct
{
  const char     *host; /* name or address */
  guint16         port;
  gboolean        secure;    /* which proxies apply: scheme https, else http */
  const char     *unix_path; /* (nullable): instead of host and port */
  GProxyResolver *proxy_resolver; /* (nullable): the system's */
} WsConnectorTarget;

/* Calls back in the poller's context, never from inside, unless cancelled, in
 * which case it calls back with G_IO_ERROR_CANCELLED. @lookup (nullable) is
 * called when names are resolved (G_SOCKET_CLIENT_CONNECTING and so on). */
void ws_connector_dial_async (WsPoller                *poller,
                              const WsConnectorTarget *target,
                              GCancellable            *cancellable,
                              GAsyncReadyCallback      callback,
                              gpointer                 user_data);
/* (transfer full): errors of GIO, unchanged. */
WsTransport *ws_connector_dial_finish (GAsyncResult *result, GError **error);

G_END_DECLS
