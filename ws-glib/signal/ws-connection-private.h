/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <ws-glib/ws-connection.h>

#include "signal/ws-signal-slot.h"

G_BEGIN_DECLS

/* (transfer none) (nullable): connects a new one; as ws_connect(). */
WsConnection *ws_connection_establish (GObject       *sender,
                                       const char    *signal,
                                       GObject       *receiver,
                                       WsSignalSlot  *slot,
                                       const char    *slot_name,
                                       WsConnectFlags flags,
                                       GError       **error);
/* Returns whether the connection was connected; as ws_disconnect(). */
gboolean ws_connection_end (WsConnection *self);

G_END_DECLS
