/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "ws-reconnect-policy.h"

G_BEGIN_DECLS

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

/* Where this lies in an instance. */
extern int ws_reconnect_policy_offset;

static inline WsReconnectPolicyPrivate *
ws_reconnect_policy_peek (WsReconnectPolicy *self)
{
  return G_STRUCT_MEMBER_P (self, ws_reconnect_policy_offset);
}

void ws_reconnect_policy_install_properties (GObjectClass *object_class);

G_END_DECLS
