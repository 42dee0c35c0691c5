/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/ws-deadline-heap.h"
#include "net/ws-fork.h"
#include "net/ws-poller.h"

G_BEGIN_DECLS

/* What ws-poller.c shares with the back ends of its watches. */

/* Enough for a loaded server, which then reads for many connections with one
 * epoll_wait(); more would only postpone the deadlines. */
#define WS_POLLER_BATCH_SIZE 256

/* µs after which a dispatch is late. */
#define WS_POLLER_LATE_TIME (8 * G_TIME_SPAN_MILLISECOND)

typedef struct _WsPollerBatch WsPollerBatch;

#define WS_POLLER_MAX_IDLE_BUFFERS 2

struct _WsPoller
{
  int           n_refs;  /* atomic; the last one goes under the table's lock */
  GMainContext *context; /* (owned) */
  int           priority;
  GSource      *source;     /* (owned) */
  GSource      *rest;       /* (owned) (nullable): while others come first */
  gboolean      is_resting; /* the source is not ready for once */
  int           generation; /* of the process: see ws-fork.h */
  WsWatch      *watches;    /* (unowned) (nullable): all but @orphans */
  WsWatch      *orphans; /* (unowned) (nullable): the parent's, to be told so */
  int           epoll_fd;  /* (owned): -1 where every watch is a GSource */
  gpointer      epoll_tag; /* (nullable): of epoll_fd in the source */
  WsPollerBatch *batches;  /* (nullable): being reported, the innermost first */
  guint          depth;    /* of dispatches and reports under way */
  gint64         begun;    /* monotonic µs: the innermost dispatch; 0: nobody
                              has asked for it yet; -1: none */
  gboolean       is_crowded; /* the last one was late */
  WsDeadlineHeap deadlines;
  WsJob          jobs[WS_JOB_N_KINDS]; /* heads of circular lists */
  guint          n_jobs;               /* queued ones of all kinds */
  guint          round;                /* of the jobs that are queued now */
  WsPost        *posted;               /* atomic; the last one first */
  WsPost        *due_posts, *last_due_post; /* taken from there, in order */
  WsReadBuffer  *idle_buffers[WS_POLLER_MAX_IDLE_BUFFERS]; /* (owned) */
  guint          n_idle_buffers;
  WsDeadline     storage_deadline; /* while storage is kept */
};

/* Readiness through an epoll set; FALSE where there is none. */
gboolean ws_poller_epoll_open (WsPoller *self);
/* In the child of a fork: an epoll set of its own, empty. */
void ws_poller_epoll_renew (WsPoller *self);
void ws_poller_epoll_close (WsPoller *self);
/* Reports one batch: TRUE when more may be ready than it had room for. */
gboolean ws_poller_epoll_dispatch (WsPoller *self);
/* FALSE if the set refuses this fd: the fallback has to watch it. */
gboolean ws_poller_epoll_update (WsWatch *watch, GIOCondition before);
/* Takes the watch out of every batch. */
void ws_poller_epoll_withdraw (WsWatch *watch);

static inline gboolean
ws_poller_has_posts (WsPoller *self)
{
  return self->due_posts != NULL
         || g_atomic_pointer_get (&self->posted) != NULL;
}

void ws_poller_run_posts (WsPoller *self);

/* --- ws-poller.c --- */

void ws_poller_dispatch (WsPoller *self);

/* --- ws-poller-memory.c --- */

void ws_poller_forget_memory (WsPoller *self);

/* --- ws-poller-turn.c --- */

/* Whether those who are always there have had enough of this dispatch. The
 * first question starts the clock. */
gboolean ws_poller_is_late (WsPoller *self);
/* The same for one iteration of the context, which has so many dispatches. */
void ws_poller_note_iteration (WsPoller *self, gint64 begun);
void ws_poller_end_rest (WsPoller *self);

/* --- ws-poller-fork.c --- */

/* Before a fork and after it nobody else has the pollers' table. */
void ws_poller_watch_forks (void);
void ws_poller_lock_all (void);
void ws_poller_unlock_all (void);

void ws_poller_renew (WsPoller *self);

/* To be called before anything that reaches the epoll set. */
static inline void
ws_poller_check_fork (WsPoller *self)
{
  if (G_UNLIKELY (self->generation != ws_fork_get_generation ()))
    ws_poller_renew (self);
}

void ws_poller_tell_orphans (WsPoller *self);

void ws_watch_link (WsWatch *self, WsWatch **list);
void ws_watch_unlink (WsWatch *self);

/* Readiness through a GSource for each watch. */
void ws_poller_fallback_update (WsWatch *watch);

G_END_DECLS
