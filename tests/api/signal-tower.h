/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "signal-bell.h"
#include "support/worker.h"

G_BEGIN_DECLS

/* A sender of ours, and a receiver that lives in a thread of its own. */
typedef struct
{
  Worker        *tower;
  gpointer       sender;     /* (owned) (nullable): a Bell, or a WsSocket */
  Bell          *receiver;   /* (owned) (nullable) */
  WsConnection  *connection; /* (owned) (nullable) */
  const char    *signal;
  GCallback      slot;
  WsConnectFlags flags;
} TowerTest;

void tower_set_up (TowerTest *self, gconstpointer data);
void tower_tear_down (TowerTest *self, gconstpointer data);
/* Connects in the receiver's thread, so that this is where it
 * wants its calls. */
void tower_connect (TowerTest     *self,
                    const char    *signal,
                    GCallback      slot,
                    WsConnectFlags flags);
/* What was queued before has been delivered afterwards. */
void tower_settle (TowerTest *self);
/* To be run in the tower, with the TowerTest. */
void tower_drop_receiver (gpointer data);
void tower_renew_receiver (gpointer data);

G_END_DECLS
