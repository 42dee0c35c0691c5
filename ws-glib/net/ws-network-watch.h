/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/ws-connector.h"

G_BEGIN_DECLS

/* Hears of the system's network in one context, in whichever thread GIO's
 * monitor lives. */
typedef struct _WsNetworkWatch WsNetworkWatch;

/* Called from the context; each may free the watch. */
typedef struct
{
  /* Something has changed; @came_back: and there is a network where there was
   * none. */
  void (*changed) (gboolean came_back, gpointer user_data);
  /* Answers ws_network_watch_ask(). */
  void (*answered) (gboolean can_reach, gpointer user_data);
} WsNetworkWatchSink;

WsNetworkWatch *ws_network_watch_new (GMainContext             *context,
                                      const WsNetworkWatchSink *sink,
                                      gpointer                  user_data);
/* In the context's thread; nothing is called any more. */
void ws_network_watch_free (WsNetworkWatch *self);

/* Whether there is a way to the world: a default route. */
gboolean ws_network_watch_is_available (WsNetworkWatch *self);
/* Asks whether there is a way at least to the host of @target, or to the first
 * proxy that applies to it. An earlier question is forgotten. */
void
ws_network_watch_ask (WsNetworkWatch *self, const WsConnectorTarget *target);
/* Whether no network is needed to get to @host. */
gboolean ws_network_watch_is_local (const char *host);

G_END_DECLS
