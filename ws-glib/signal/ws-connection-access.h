/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <ws-glib/ws-connection.h>

#include "signal/ws-signal-link.h"

G_BEGIN_DECLS

struct _WsConnection
{
  GObject parent_instance;

  WsSignalHub   *sender;   /* (owned) (nullable) */
  WsSignalHub   *receiver; /* (owned) (nullable) */
  char          *signal;   /* (owned) (nullable) */
  char          *slot;     /* (owned) (nullable): its name, if it has one */
  WsSignalSlot   function; /* if it has none */
  WsConnectFlags flags;
  WsSignalLink  *link;  /* (owned) (nullable): under ws_signal_lock() */
  GError        *error; /* (owned) (nullable) */
};

typedef enum
{
  WS_CONNECTION_PROP_SENDER = 1,
  WS_CONNECTION_PROP_SIGNAL,
  WS_CONNECTION_PROP_RECEIVER,
  WS_CONNECTION_PROP_SLOT,
  WS_CONNECTION_PROP_FLAGS,
  WS_CONNECTION_PROP_CONNECTED,
  WS_CONNECTION_PROP_ERROR_STRING,
  WS_CONNECTION_N_PROPS
} WsConnectionProp;

void ws_connection_install_properties (GObjectClass *object_class);
void ws_connection_notify (WsConnection *self, WsConnectionProp property);

G_END_DECLS
