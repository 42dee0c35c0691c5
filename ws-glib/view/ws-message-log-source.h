/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "ws-socket.h"

#include "view/ws-message-log-entry-private.h"

G_BEGIN_DECLS

/* A socket as a source of entries. */
typedef struct _WsMessageLogSource WsMessageLogSource;

/* What becomes of entries; called in the middle of whatever the socket does. */
typedef struct
{
  /* The most bytes of a message that are wanted. */
  gsize (*get_limit) (gpointer log);
  void (*add) (gpointer log, WsMessageLogEntry *entry); /* (transfer full) */
} WsMessageLogSink;

/* In the thread of @socket, which is not held. */
WsMessageLogSource *ws_message_log_source_new (WsSocket               *socket,
                                               const WsMessageLogSink *sink,
                                               gpointer                log);
/* No entry comes after this. */
void ws_message_log_source_free (WsMessageLogSource *self);
/* (transfer full) (nullable): unless it is gone. */
WsSocket *ws_message_log_source_dup_socket (WsMessageLogSource *self);

G_END_DECLS
