/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "signal-bell.h"

G_BEGIN_DECLS

/* A receiver in another context, which only the test runs,
 * in its own thread. */
typedef struct
{
  GMainContext *context;
  Bell         *sender;
  Bell         *receiver; /* (nullable): once the test has dropped it */
} Elsewhere;

void elsewhere_set_up (Elsewhere *self, gconstpointer data);
void elsewhere_tear_down (Elsewhere *self, gconstpointer data);
/* (transfer full): queued. */
WsConnection *elsewhere_connect (Elsewhere  *self,
                                 gpointer    sender,
                                 const char *signal,
                                 GCallback   slot);
/* Calls all slots whose turn it is. */
void elsewhere_deliver (Elsewhere *self);

/* What an emission counts beside its arguments. */
#define ELSEWHERE_OVERHEAD 512

G_END_DECLS
