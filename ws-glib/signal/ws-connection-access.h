/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <ws-glib/ws-connection.h>

#include "signal/ws-signal-link.h"
#include "base/ws-property.h"

G_BEGIN_DECLS

struct _WsConnection
{
  GObject parent_instance;

  WsSignalHub   *sender;   /* (owned) (nullable) */
  WsSignalHub   *receiver; /* (owned) (nullable) */
  char          *signal;   /* (owned) (nullable) */
  char          *slot;     /* (owned) (nullable): the slot's name */
  WsSignalSlot   function; /* if the slot has no name */
  WsConnectFlags flags;
  GError        *error; /* (owned) (nullable) */

  guint64          max_queued; /* bytes; 0: no bound */
  WsOverflowPolicy policy;

  /* Under ws_signal_lock(). */
  WsSignalLink *link;      /* (owned) (nullable) */
  guint64       n_dropped; /* by the links that the connection had before */
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
  WS_CONNECTION_PROP_MAX_QUEUED_BYTES,
  WS_CONNECTION_PROP_OVERFLOW_POLICY,
  WS_CONNECTION_PROP_QUEUED_BYTES,
  WS_CONNECTION_PROP_N_DROPPED,
  WS_CONNECTION_N_PROPS
} WsConnectionProp;

/* What says which signal is connected to what, and what became of it. */
extern const WsProperty ws_connection_access_properties[];
/* Filled by the class. */
extern G_GNUC_INTERNAL GParamSpec *ws_connection_props[WS_CONNECTION_N_PROPS];

void ws_connection_notify (WsConnection *self, WsConnectionProp property);

G_END_DECLS
