/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/ws-poller.h"

G_BEGIN_DECLS

/* Where other threads put what they want of a connection. A mailbox is open as
 * long as there is a connection; mail for an earlier connection is told
 * apart. */
typedef struct
{
  WsPoller *poller;     /* (owned) (nullable): while open */
  int       lock;       /* for all of this */
  guint     connection; /* changes with every opening and closing */
  guint     n_lost;     /* pieces of mail that were in vain */
} WsMailbox;

/* What is put into a mailbox: the first member of a struct with the rest. */
typedef struct
{
  WsPost post;       /* its func is called in the poller's thread */
  guint  connection; /* that the mail is meant for */
} WsMail;

/* For a connection that begins, in the connection's thread. Afterwards
 * ws_mailbox_count_lost() is 0. */
void ws_mailbox_open (WsMailbox *self, WsPoller *poller);
/* Also when the mailbox is closed already. */
void ws_mailbox_close (WsMailbox *self);

/* The others are for any thread. */

/* Has @mail come to the poller's thread, which must free it; FALSE, with @mail
 * untouched, when the mailbox is closed. */
gboolean ws_mailbox_submit (WsMailbox *self, WsMail *mail);
/* Whether the connection is still there that @mail was meant for. */
gboolean ws_mailbox_is_current (WsMailbox *self, const WsMail *mail);
void     ws_mailbox_note_lost (WsMailbox *self);
guint    ws_mailbox_count_lost (WsMailbox *self);

G_END_DECLS
