/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Watches descriptors with one epoll set. */
#include "net/ws-poller-private.h"

#include "ws-config.h"

#ifdef HAVE_EPOLL

#include <errno.h>
#include <sys/epoll.h>
#include <unistd.h>

/* Events of a batch for which it is worth while to look at the clock. */
#define MANY 8

/* The watches of one epoll_wait(), on the stack of the dispatch that reports
 * them. The batch has pointers, not fd numbers, for a number is reused at
 * once. */
struct _WsPollerBatch
{
  WsPollerBatch     *outer; /* (nullable): of the dispatch that we nest in */
  int                next;
  int                n_events;
  struct epoll_event events[WS_POLLER_BATCH_SIZE];
};

static guint32
to_epoll (GIOCondition condition)
{
  return ((condition & G_IO_IN) ? (guint32) EPOLLIN : 0)
         | ((condition & G_IO_OUT) ? (guint32) EPOLLOUT : 0);
}

/* What is wanted now counts, not what was when the batch was fetched. */
static GIOCondition
from_epoll (guint32 events, GIOCondition wanted)
{
  GIOCondition condition = 0;

  if (events & (EPOLLERR | EPOLLHUP))
    return wanted;
  if (events & EPOLLIN)
    condition |= G_IO_IN;
  if (events & EPOLLOUT)
    condition |= G_IO_OUT;
  return condition & wanted;
}

gboolean
ws_poller_epoll_open (WsPoller *self)
{
  self->epoll_fd = epoll_create1 (EPOLL_CLOEXEC);
  if (self->epoll_fd < 0)
    return FALSE;

  self->epoll_tag = g_source_add_unix_fd (self->source, self->epoll_fd,
                                          G_IO_IN | G_IO_ERR | G_IO_HUP);
  return TRUE;
}

void
ws_poller_epoll_renew (WsPoller *self)
{
  g_source_remove_unix_fd (self->source, self->epoll_tag);
  self->epoll_tag = NULL;
  ws_poller_epoll_close (self);
  ws_poller_epoll_open (self);
}

void
ws_poller_epoll_close (WsPoller *self)
{
  if (self->epoll_fd >= 0)
    close (self->epoll_fd);
  self->epoll_fd = -1;
}

static void
report (const struct epoll_event *event)
{
  WsWatch     *watch = event->data.ptr;
  GIOCondition condition;

  if (watch == NULL)
    return;

  condition = from_epoll (event->events, (GIOCondition) watch->wanted);
  if (condition != 0)
    watch->func (watch, condition);
}

gboolean
ws_poller_epoll_dispatch (WsPoller *self)
{
  WsPollerBatch batch;
  gboolean      is_full;

  do
    batch.n_events
        = epoll_wait (self->epoll_fd, batch.events, WS_POLLER_BATCH_SIZE, 0);
  while (batch.n_events < 0 && errno == EINTR);

  if (batch.n_events <= 0)
    return FALSE;
  is_full = batch.n_events == WS_POLLER_BATCH_SIZE;

  /* What the batches around us still hold is out of date: this one, or the
   * next, reports again what is still ready. */
  for (WsPollerBatch *b = self->batches; b != NULL; b = b->outer)
    b->n_events = 0;

  if (batch.n_events >= MANY)
    ws_poller_is_late (self);
  batch.next = 0;
  batch.outer = self->batches;
  self->batches = &batch;

  while (batch.next < batch.n_events)
    report (&batch.events[batch.next++]);

  self->batches = batch.outer;
  return is_full;
}

gboolean
ws_poller_epoll_update (WsWatch *watch, GIOCondition before)
{
  struct epoll_event event
      = { .events = to_epoll ((GIOCondition) watch->wanted) };
  int epoll_fd = watch->poller->epoll_fd;

  event.data.ptr = watch;

  /* An error of DEL says that the fd was closed, and so has left the set. */
  if (watch->wanted == 0)
    {
      epoll_ctl (epoll_fd, EPOLL_CTL_DEL, watch->fd, &event);
      return TRUE;
    }
  return epoll_ctl (epoll_fd, before == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD,
                    watch->fd, &event)
         == 0;
}

void
ws_poller_epoll_withdraw (WsWatch *watch)
{
  for (WsPollerBatch *b = watch->poller->batches; b != NULL; b = b->outer)
    for (int i = b->next; i < b->n_events; i++)
      if (b->events[i].data.ptr == watch)
        b->events[i].data.ptr = NULL;
}

#else

gboolean
ws_poller_epoll_open (WsPoller *self)
{
  return FALSE;
}

void
ws_poller_epoll_renew (WsPoller *self)
{
}

void
ws_poller_epoll_close (WsPoller *self)
{
}

gboolean
ws_poller_epoll_dispatch (WsPoller *self)
{
  return FALSE;
}

gboolean
ws_poller_epoll_update (WsWatch *watch, GIOCondition before)
{
  return FALSE;
}

void
ws_poller_epoll_withdraw (WsWatch *watch)
{
}

#endif
