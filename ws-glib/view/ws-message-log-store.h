/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "view/ws-message-log-entry-private.h"

G_BEGIN_DECLS

#define WS_MESSAGE_LOG_MAX_ENTRIES 1000
#define WS_MESSAGE_LOG_MAX_BYTES   (1024 * 1024)

/* The entries of a log, within their bounds: those that are shown, and those
 * that will be. */
typedef struct
{
  GListStore *shown; /* (owned): of WsMessageLogEntry */
  GQueue      fresh; /* of WsMessageLogEntry, owned: to be shown */
  guint64     n_bytes, n_fresh_bytes;
  guint64     max_bytes;
  guint       max_entries;
} WsMessageLogStore;

void ws_message_log_store_init (WsMessageLogStore *self);
void ws_message_log_store_clear (WsMessageLogStore *self);
/* Takes @entry, and shows it with ws_message_log_store_settle(). */
void
ws_message_log_store_add (WsMessageLogStore *self, WsMessageLogEntry *entry);
/* Shows what is fresh, and keeps to the bounds. What has changed of @shown runs
 * a user's code, which may do anything but end the store. */
void ws_message_log_store_settle (WsMessageLogStore *self);
void ws_message_log_store_remove_all (WsMessageLogStore *self);

G_END_DECLS
