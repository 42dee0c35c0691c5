/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A child of a fork has an epoll set of its own, made when it first uses the
 * poller: it goes on with the watches that are shared, which are those of
 * listening sockets, and gives up the others. */
#include "net/ws-poller-private.h"

#include <pthread.h>

void
ws_watch_link (WsWatch *self, WsWatch **list)
{
  self->next = *list;
  self->place = list;
  if (self->next != NULL)
    self->next->place = &self->next;
  *list = self;
}

void
ws_watch_unlink (WsWatch *self)
{
  *self->place = self->next;
  if (self->next != NULL)
    self->next->place = self->place;
}

void
ws_watch_share (WsWatch *self)
{
  self->is_shared = TRUE;
}

static void
keep (WsWatch *watch)
{
  if (watch->wanted == 0 || watch->source != NULL)
    return;
  if (!ws_poller_epoll_update (watch, 0))
    ws_poller_fallback_update (watch);
}

/* A user who wants nothing of the watch is told as soon as that changes. */
static void
give_up (WsWatch *watch)
{
  if (watch->wanted == 0)
    return;
  watch->wanted = 0;
  if (watch->source != NULL)
    ws_poller_fallback_update (watch);
  ws_watch_unlink (watch);
  ws_watch_link (watch, &watch->poller->orphans);
}

void
ws_poller_renew (WsPoller *self)
{
  WsWatch *next;

  self->generation = ws_fork_get_generation ();
  if (self->epoll_fd >= 0)
    ws_poller_epoll_renew (self);
  for (WsWatch *watch = self->watches; watch != NULL; watch = next)
    {
      next = watch->next;
      if (watch->is_shared)
        keep (watch);
      else
        give_up (watch);
    }
}

void
ws_poller_tell_orphans (WsPoller *self)
{
  while (self->orphans != NULL)
    {
      WsWatch *watch = self->orphans;

      ws_watch_unlink (watch);
      ws_watch_link (watch, &self->watches);
      watch->func (watch, G_IO_IN);
    }
}

void
ws_poller_watch_forks (void)
{
  static gsize is_done;

  ws_fork_watch ();
  if (g_once_init_enter (&is_done))
    {
      pthread_atfork (ws_poller_lock_all, ws_poller_unlock_all,
                      ws_poller_unlock_all);
      g_once_init_leave (&is_done, 1);
    }
}
