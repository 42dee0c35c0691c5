/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A bit lock, which nobody ever waits for: the owner takes it when a connection
 * begins or ends, never for a message. */
#include "socket/ws-mailbox.h"

#include "base/ws-tsan-private.h"

#define LOCK_BIT 0

static void
lock (WsMailbox *self)
{
  g_bit_lock (&self->lock, LOCK_BIT);
  WS_TSAN_ACQUIRE (&self->lock);
}

static void
unlock (WsMailbox *self)
{
  WS_TSAN_RELEASE (&self->lock);
  g_bit_unlock (&self->lock, LOCK_BIT);
}

/* @poller (transfer full) (nullable). */
static void
replace_poller (WsMailbox *self, WsPoller *poller)
{
  WsPoller *before;

  lock (self);
  before = self->poller;
  self->poller = poller;
  self->connection++;
  if (poller != NULL)
    self->n_lost = 0;
  unlock (self);
  if (before != NULL)
    ws_poller_unref (before);
}

void
ws_mailbox_open (WsMailbox *self, WsPoller *poller)
{
  replace_poller (self, ws_poller_ref (poller));
}

void
ws_mailbox_close (WsMailbox *self)
{
  /* Only the owner writes it. */
  if (self->poller != NULL)
    replace_poller (self, NULL);
}

gboolean
ws_mailbox_submit (WsMailbox *self, WsMail *mail)
{
  gboolean is_open;

  lock (self);
  is_open = self->poller != NULL;
  if (is_open)
    {
      mail->connection = self->connection;
      ws_poller_post (self->poller, &mail->post);
    }
  unlock (self);
  return is_open;
}

gboolean
ws_mailbox_is_current (WsMailbox *self, const WsMail *mail)
{
  gboolean is_current;

  lock (self);
  is_current = self->poller != NULL && self->connection == mail->connection;
  unlock (self);
  return is_current;
}

void
ws_mailbox_note_lost (WsMailbox *self)
{
  lock (self);
  self->n_lost++;
  unlock (self);
}

guint
ws_mailbox_count_lost (WsMailbox *self)
{
  guint n;

  lock (self);
  n = self->n_lost;
  unlock (self);
  return n;
}
