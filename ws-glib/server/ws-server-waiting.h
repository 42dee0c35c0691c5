/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "server/ws-server-core.h"
#include "base/ws-call.h"

G_BEGIN_DECLS

/* A close_async(). */
typedef struct
{
  WsCall      base;
  GHashTable *left; /* (owned): whom it waits for: WsServerClient, unowned, and
                     * until the signal closed the server */
  gboolean    busy; /* it is closing them still, and must not end */
} WsServerClosing;

/* @who, a client or (of the signal closed) the server, is gone. */
void ws_server_note_gone (WsServer *self, gpointer who);
/* The server itself is over. */
void ws_server_end_closings (WsServer *self);

G_END_DECLS
