/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What a connection does, as somebody sees it who uses a program. */
typedef enum
{
  WS_SOCKET_PHASE_CLOSED,
  WS_SOCKET_PHASE_FAILED,
  WS_SOCKET_PHASE_CONNECTING,
  WS_SOCKET_PHASE_CONNECTED,
  WS_SOCKET_PHASE_CLOSING,
  WS_SOCKET_PHASE_WAITING, /* for the next attempt */
  WS_SOCKET_PHASE_HELD,    /* until there is a network */
  WS_SOCKET_PHASE_RETRYING
} WsSocketPhase;

/* (transfer full): a sentence in the user's language. @seconds: until the next
 * attempt; @error (nullable): the last one, a WsSocketError. */
char *ws_socket_describe_phase (WsSocketPhase phase,
                                int           seconds,
                                const GError *error);

G_END_DECLS
