/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/ws-transport.h"

G_BEGIN_DECLS

/* How far dialling has come: G_SOCKET_CLIENT_RESOLVING, _CONNECTING and so on,
 * in the poller's context; not after a cancellation. */
typedef void (*WsConnectorProgress) (GSocketClientEvent event,
                                     gpointer           user_data);

/* Dials with GSocketClient: happy eyeballs and SOCKS come from GIO. An HTTP
 * proxy is only dialled: whoever asked says CONNECT. */
typedef struct
{
  const char         *host; /* name or address */
  guint16             port;
  gboolean            secure; /* which proxies apply: scheme https, else http */
  const char         *unix_path;      /* (nullable): instead of host and port */
  GSocketAddress     *local_address;  /* (nullable): to come from, but for Unix
                                       * sockets */
  GProxyResolver     *proxy_resolver; /* (nullable): the system's */
  const char         *proxy_uri;      /* (nullable): this proxy, instead */
  WsConnectorProgress progress; /* (nullable): gets dial_async's user_data */
} WsConnectorTarget;

/* Which proxies apply to @target's host, as g_proxy_resolver_lookup_async() of
 * the resolver, which knows neither ws nor wss: @callback takes them with
 * g_proxy_resolver_lookup_finish(). */
void ws_connector_look_up_proxies (const WsConnectorTarget *target,
                                   GCancellable            *cancellable,
                                   GAsyncReadyCallback      callback,
                                   gpointer                 user_data);

/* Calls back once, in the poller's context and never from inside; a cancelled
 * one with G_IO_ERROR_CANCELLED. There is no time-out but the kernel's. @target
 * is not needed any more when this returns. Of several proxies the first one
 * that can be reached is taken. */
void ws_connector_dial_async (WsPoller                *poller,
                              const WsConnectorTarget *target,
                              GCancellable            *cancellable,
                              GAsyncReadyCallback      callback,
                              gpointer                 user_data);
/* (transfer full): errors of GIO, unchanged. */
WsTransport *ws_connector_dial_finish (GAsyncResult *result, GError **error);

/* The proxy that was dialled, or the last one in vain. Owned by the result. */
typedef struct
{
  const char *uri;      /* (nullable): without user-info; NULL: none */
  const char *user;     /* (nullable): that the proxy's URI held */
  const char *password; /* (nullable) */
  gboolean    is_http;  /* what was dialled is the proxy itself */
  gboolean    talked;   /* SOCKS: the proxy was reached */
} WsConnectorProxy;

void
ws_connector_dial_get_proxy (GAsyncResult *result, WsConnectorProxy *proxy);

G_END_DECLS
