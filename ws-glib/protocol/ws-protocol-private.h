/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "protocol/ws-protocol.h"

G_BEGIN_DECLS

/* What ws-protocol.c (data) shares with ws-protocol-control.c. */

/* What events without a payload point to; nobody writes there. */
#define WS_EVENT_NOTHING ((guint8 *) ws_event_nothing)
G_GNUC_INTERNAL extern const guint8 ws_event_nothing[1];

/* Never NULL. */
WsProtocolSeldom *ws_protocol_get_seldom (WsProtocol *self);
void              ws_protocol_free_seldom (WsProtocol *self);
/* Nothing is read any more, and what is unread is dropped. */
void ws_protocol_end (WsProtocol *self);
/* Enters @phase and yields the connection's only fault. TRUE: there is an
 * event. */
gboolean ws_protocol_fail (WsProtocol     *self,
                           WsProtocolPhase phase,
                           const WsFault  *fault,
                           WsEvent        *event);
/* An event of a control frame whose payload is in @event already. */
gboolean ws_protocol_take_control (WsProtocol *self, WsEvent *event);

G_END_DECLS
