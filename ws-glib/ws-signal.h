/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(WS_INSIDE) && !defined(WS_COMPILATION)
#error "Only <ws-glib/ws-glib.h> can be included directly."
#endif

#include <ws-glib/ws-connection.h>
#include <ws-glib/ws-enums.h>
#include <ws-glib/ws-version-macros.h>

G_BEGIN_DECLS

WS_AVAILABLE_IN_1_0
WsConnection *ws_connect (GObject       *sender,
                          const char    *signal,
                          GObject       *receiver,
                          GCallback      slot,
                          WsConnectFlags flags,
                          GError       **error);
WS_AVAILABLE_IN_1_0
WsConnection *ws_connect_closure (GObject       *sender,
                                  const char    *signal,
                                  GObject       *receiver,
                                  GClosure      *slot,
                                  WsConnectFlags flags,
                                  GError       **error);
WS_AVAILABLE_IN_1_0
WsConnection *ws_connect_slot (GObject       *sender,
                               const char    *signal,
                               GObject       *receiver,
                               const char    *slot,
                               WsConnectFlags flags,
                               GError       **error);
WS_AVAILABLE_IN_1_0
gboolean ws_disconnect (WsConnection *connection);

G_END_DECLS
