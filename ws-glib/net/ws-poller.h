/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* All readiness of one GMainContext, in one GSource: an epoll set that holds
 * the fds, a heap of deadlines, and two lists of jobs. Where there is no epoll
 * (or WS_POLLER=fallback is set) fds are watched by a GSource each; everything
 * else is the same.
 *
 * One dispatch runs, in this order: posts, RESUME jobs, ready watches,
 * deadlines that are due, FLUSH jobs. A dispatch may be entered again from a
 * handler's nested loop. Nothing is called from prepare or check. */
typedef struct _WsPoller WsPoller;

/* (transfer full): the poller of @context (NULL: the thread-default one), at
 * the usual priority. The poller goes with its last reference. */
WsPoller *ws_poller_get (GMainContext *context); /* from any thread */
/* The same for a GSource's priority; each has a poller of its own. */
WsPoller     *ws_poller_get_at (GMainContext *context, int priority);
WsPoller     *ws_poller_ref (WsPoller *self);
void          ws_poller_unref (WsPoller *self);
GMainContext *ws_poller_get_context (WsPoller *self);
int           ws_poller_get_priority (WsPoller *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsPoller, ws_poller_unref)

/* From an embedded watch, deadline or job back to what embeds it. */
#define WS_CONTAINER_OF(pointer, Type, member) \
  ((Type *) G_STRUCT_MEMBER_P ((pointer), -G_STRUCT_OFFSET (Type, member)))

/* --- Watches: an fd's readiness, level-triggered --- */

typedef struct _WsWatch WsWatch;
/* @condition: G_IO_IN, G_IO_OUT; an error or hang-up is reported as whatever
 * was asked for. May clear and free the watch, and run a nested loop. */
typedef void (*WsWatchFunc) (WsWatch *watch, GIOCondition condition);

/* Embedded in its user; private but for @func's sake. */
struct _WsWatch
{
  WsPoller   *poller; /* (owned) (nullable): none until _init */
  WsWatchFunc func;
  int         fd;
  guint8      wanted; /* a GIOCondition */
  guint8      is_shared;
  GSource    *source;        /* (owned) (nullable): fallback only */
  WsWatch    *next, **place; /* in a list of the poller's; @place points here */
};

void ws_watch_init (WsWatch *self, WsPoller *poller, int fd, WsWatchFunc func);
/* Call before the fd is closed. Any later report is withdrawn, also of a batch
 * under way. Does nothing on a watch that is not initialised. */
void ws_watch_clear (WsWatch *self);
/* 0 takes the fd out of the set, for a hang-up would be reported all the same.
 */
void ws_watch_want (WsWatch *self, GIOCondition condition);
/* The child of a fork goes on with this watch. Every other watch is reported in
 * the child once, as G_IO_IN, and never again unless it is wanted anew: so its
 * user finds out that the fd belongs to the parent. */
void ws_watch_share (WsWatch *self);

/* --- Deadlines --- */

typedef struct _WsDeadline WsDeadline;
typedef void (*WsDeadlineFunc) (WsDeadline *deadline);

/* Embedded; zero but for @func is "not armed". */
struct _WsDeadline
{
  WsDeadlineFunc func;
  gint64         due;   /* monotonic µs */
  guint          index; /* in the heap, from 1; 0: not armed */
};

/* Moves a deadline that is armed. A deadline is disarmed before its function
 * runs, which may free it. */
void ws_poller_arm (WsPoller *self, WsDeadline *deadline, gint64 due);
/* @after: µs from now, by the clock itself: whoever arms may do so in a handler
 * that has taken its time, and ws_poller_now() does not know of that. */
void ws_poller_arm_after (WsPoller *self, WsDeadline *deadline, gint64 after);
void ws_poller_disarm (WsPoller *self, WsDeadline *deadline);
static inline gboolean
ws_deadline_is_armed (const WsDeadline *deadline)
{
  return deadline->index != 0;
}
/* Monotonic µs: the dispatch's own reading of the clock inside one (cheap),
 * the clock elsewhere. */
gint64 ws_poller_now (WsPoller *self);

/* --- Jobs: run once, in the same or the next iteration --- */

typedef enum
{
  WS_JOB_RESUME,
  WS_JOB_FLUSH,
  WS_JOB_CALL, /* of a program's own functions, which may do anything: when
                  nobody of ours is at work any more */
  WS_JOB_N_KINDS
} WsJobKind;
typedef struct _WsJob WsJob;
typedef void (*WsJobFunc) (WsJob *job);

/* Embedded; zero but for @func is "not queued". */
struct _WsJob
{
  WsJobFunc func;
  WsJob    *next, *prev; /* both set exactly while queued */
  guint     round;       /* private */
};

/* Does nothing for a job that is queued already. A job that is queued while
 * jobs of its kind run waits for the next dispatch. Like everything here but
 * ws_poller_get(), for the context's own thread. */
void ws_poller_queue (WsPoller *self, WsJob *job, WsJobKind kind);
void ws_poller_unqueue (WsPoller *self, WsJob *job);
static inline gboolean
ws_job_is_queued (const WsJob *job)
{
  return job->next != NULL;
}

/* Around what a source of somebody else's reports. At the end the jobs that
 * call are run. */
void ws_poller_enter (WsPoller *self);
void ws_poller_leave (WsPoller *self);
/* Whether somebody of ours is at work, for the loop. */
gboolean ws_poller_is_inside (WsPoller *self);

/* --- Turns --- */

/* What somebody does in a row who could go on and on. Zero is a turn that
 * begins. */
typedef struct
{
  guint  n;     /* things that were done */
  gint64 begun; /* monotonic µs, 0: not looked at yet */
} WsTurn;

/* Counts one thing more: whether it is time to look at the clock, which is
 * after 1, 4, 16, 64… things */
static inline gboolean
ws_turn_is_due (WsTurn *self)
{
  self->n++;
  return G_UNLIKELY ((self->n & (self->n - 1)) == 0
                     && (self->n & 0x55555555) != 0)
         != FALSE;
}

/* Counts @n that were done at once, and are worth a look at the clock. */
static inline gboolean
ws_turn_add (WsTurn *self, guint n)
{
  self->n += n;
  return TRUE;
}

/* Whether others shall have their turn now, for the number of things or for the
 * time; not before the second look. It takes less where the dispatch has taken
 * long already, for then there are many who go on and on.
 * @poller: (nullable) */
gboolean ws_turn_is_over (WsTurn *self, WsPoller *poller);

/* Whether there was more to do than one dispatch came to, or than it could do
 * in time: those who say little go first then, and the others queue a RESUME
 * job for each of their turns. */
gboolean ws_poller_is_crowded (WsPoller *self);

/* µs that this thread has kept the processor; always 0 where it is not crowded,
 * for nobody need know then. */
gint64 ws_poller_get_work (WsPoller *self);

/* How much to read at once: what is read and not handled is kept, and where
 * it is crowded that is for long. */
gsize ws_poller_get_read_size (WsPoller *self);

/* Something was put off for that reason: other sources of the context, of lower
 * priority, too, run before the next dispatch. */
void ws_poller_rest (WsPoller *self);

/* --- Posts: what another thread wants to have done --- */

typedef struct _WsPost WsPost;
typedef void (*WsPostFunc) (WsPost *post);

/* Embedded; @func owns it. */
struct _WsPost
{
  WsPostFunc func;
  WsPost    *next; /* private */
};

/* From any thread that makes sure that the poller lives until this returns:
 * @post runs once, in the context's thread, after those posted before. Takes no
 * lock but the context's own, and that only where the context may sleep. */
void ws_poller_post (WsPoller *self, WsPost *post);

/* --- The shared read buffer --- */

#define WS_READ_BUFFER_SIZE (256 * 1024)

typedef struct
{
  guint8 *data; /* WS_READ_BUFFER_SIZE bytes */
  guint   n_refs;
} WsReadBuffer;

/* A buffer nobody else holds: the same one over and over, unless a handler that
 * runs a nested loop still holds it. */
WsReadBuffer *ws_poller_acquire_buffer (WsPoller *self);
WsReadBuffer *ws_read_buffer_ref (WsReadBuffer *buffer);
void          ws_poller_release_buffer (WsPoller *self, WsReadBuffer *buffer);

/* A large message has come: the thread keeps the storage of such messages for
 * the next ones, until none has come for a second or two. */
void ws_poller_keep_storage (WsPoller *self);

G_END_DECLS
