/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "server/ws-server-core.h"

G_BEGIN_DECLS

/* A call that waits. Its task holds a reference to the server. */
typedef struct
{
  GTask      *task;   /* (owned) */
  GSource    *cancel; /* (owned) (nullable): while it can be cancelled */
  GHashTable *left;   /* (owned) (nullable): of a close_async(), whom it waits
                       * for: WsServerClient, unowned, and until the signal
                       * closed the server */
  gboolean    busy;   /* a close_async() that is closing them still */
} WsServerCall;

/* (transfer full) (nullable): none when it has ended already. */
GTask        *ws_server_begin_task (WsServer           *self,
                                    gpointer            source_tag,
                                    GCancellable       *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer            user_data);
WsServerCall *ws_server_call_new (GTask *task);
void ws_server_call_watch (WsServerCall *call, GCancellableSourceFunc function);
/* (transfer full): frees a call that is in no queue any more. */
GTask *ws_server_call_steal_task (WsServerCall *call);

G_END_DECLS
