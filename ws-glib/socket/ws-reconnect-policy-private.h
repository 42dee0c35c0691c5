/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "ws-reconnect-policy.h"

G_BEGIN_DECLS

/* What the files of WsReconnectPolicy share, and what WsSocket needs of it. */

typedef struct
{
  guint    minimum; /* ms */
  guint    maximum; /* ms */
  double   factor;
  double   jitter;
  guint    reset_after; /* ms */
  guint    max_attempts;
  gboolean after_normal_close;
  GArray  *fatal_close_codes; /* (owned): of guint */
  gboolean has_warned;
} WsReconnectPolicyPrivate;

WsReconnectPolicyPrivate *ws_reconnect_policy_peek (WsReconnectPolicy *self);
void ws_reconnect_policy_install_properties (GObjectClass *object_class);

/* The milliseconds until the attempt with this number, from 1 on; -1: none is to
 * be made. May run a user's code. */
int ws_reconnect_policy_decide (WsReconnectPolicy *self,
                                WsSocket          *socket,
                                guint              attempt);

G_END_DECLS
