/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <ws-glib/ws-glib.h>

G_BEGIN_DECLS

/* All that a socket says, in order and as words:
 *
 *   state=NICK code=N inactive       property notifications; what an opening
 *                                    resets, in no certain order, is left out
 *   changed:NICK connected about-to-close read-finished disconnected
 *   error:NICK text:TEXT binary:SIZE drained reconnecting:ATTEMPT
 */
typedef struct
{
  WsSocket *socket; /* (unowned) */
  GString  *words;
} SignalLog;

SignalLog *signal_log_new (WsSocket *socket);
void       signal_log_free (SignalLog *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SignalLog, signal_log_free)

/* Compares, and begins anew. */
void signal_log_expect (SignalLog *self, const char *words);
/* How often a word has come. */
guint signal_log_count (SignalLog *self, const char *word);

/* What belongs together. */
#define SIGNAL_LOG_OPENING "state=connecting changed:connecting"
#define SIGNAL_LOG_OPENED  "state=connected changed:connected connected"
#define SIGNAL_LOG_CLOSING "state=closing changed:closing"
#define SIGNAL_LOG_OVER    "state=unconnected changed:unconnected disconnected"
#define SIGNAL_LOG_ENDED   SIGNAL_LOG_OVER " inactive"

G_END_DECLS
