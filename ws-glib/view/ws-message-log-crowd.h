/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "view/ws-message-log-source.h"

G_BEGIN_DECLS

/* All sockets of a list model as sources of entries, as they come and go. */
typedef struct
{
  const WsMessageLogSink *sink;
  gpointer                log;
  GThread                *thread;
  GWeakRef                model;
  gulong                  changes; /* a handler of @model */
  GPtrArray *sources; /* (owned) (element-type WsMessageLogSource): one for each
                       * item, NULL for what is no socket */
} WsMessageLogCrowd;

void ws_message_log_crowd_init (WsMessageLogCrowd      *self,
                                const WsMessageLogSink *sink,
                                gpointer                log);
void ws_message_log_crowd_clear (WsMessageLogCrowd *self);
/* @model (nullable): of objects, among which sockets count. */
void ws_message_log_crowd_follow (WsMessageLogCrowd *self, GListModel *model);
/* (transfer full) (nullable): unless it is gone. */
GListModel *ws_message_log_crowd_dup_model (WsMessageLogCrowd *self);

G_END_DECLS
