/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "ws-message-log-entry.h"

G_BEGIN_DECLS

/* What an entry tells but for the message itself. */
typedef struct
{
  WsMessageDirection direction;
  WsMessageType      type;
  gint64             time;    /* µs since 1970 */
  GRefString        *name;    /* (owned): of the peer */
  GRefString        *address; /* (owned) (nullable): likewise */
} WsMessageLogFacts;

/* Takes the facts, and @bytes: what is kept of a message of @size bytes. */
WsMessageLogEntry *ws_message_log_entry_new (const WsMessageLogFacts *facts,
                                             GBytes                  *bytes,
                                             guint64                  size);
/* The bytes that are kept. */
gsize ws_message_log_entry_get_cost (WsMessageLogEntry *self);

G_END_DECLS
