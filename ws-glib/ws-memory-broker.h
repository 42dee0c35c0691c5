/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(WS_INSIDE) && !defined(WS_COMPILATION)
#error "Only <ws-glib/ws-glib.h> can be included directly."
#endif

#include <ws-glib/ws-broker.h>
#include <ws-glib/ws-version-macros.h>

G_BEGIN_DECLS

#define WS_TYPE_MEMORY_BROKER (ws_memory_broker_get_type ())

WS_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (
    WsMemoryBroker, ws_memory_broker, WS, MEMORY_BROKER, WsBroker)

WS_AVAILABLE_IN_1_0
WsBroker *ws_memory_broker_new (void) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
