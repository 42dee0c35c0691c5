/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib-object.h>

#include "base/ws-home.h"

G_BEGIN_DECLS

/* Who is to be reached where. */
typedef struct
{
  WsHome   where;
  gboolean is_own; /* the object says so: only that thread may use it */
} WsSignalHome;

/* The home of @receiver (nullable) if that is a WsHomed, else @connected, which
 * is where the connection was made. */
void     ws_signal_home_init (WsSignalHome *self,
                              const WsHome *connected,
                              GObject      *receiver);
void     ws_signal_home_clear (WsSignalHome *self);
gboolean ws_signal_home_is_here (const WsSignalHome *self);
/* Whether an emission of @sender is known to come from the
 * receiver's thread. */
gboolean ws_signal_home_is_shared (const WsSignalHome *self, GObject *sender);

G_END_DECLS
