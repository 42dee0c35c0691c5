/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One GSource for all sockets, deadlines and jobs of a main context. */
#include "net/ws-poller.h"

#include "net/ws-poller-private.h"

typedef struct
{
  GSource   parent;
  WsPoller *poller; /* not owned: the poller owns the source */
} PollerSource;

/* Guards the table and the last references of the pollers in it, for a
 * context's poller may be looked up while its thread drops it. */
static GMutex      pollers_lock;
static GHashTable *pollers; /* of WsPoller, borrowed, by context and priority */

/* --- Jobs --- */

static void
link_job (WsJob *head, WsJob *job)
{
  job->prev = head->prev;
  job->next = head;
  head->prev->next = job;
  head->prev = job;
}

static void
unlink_job (WsJob *job)
{
  g_assert (job->prev != NULL && job->next != NULL);
  job->prev->next = job->next;
  job->next->prev = job->prev;
  job->next = NULL;
  job->prev = NULL;
}

/* Runs what is queued now; what is queued meanwhile waits for the next
 * dispatch. The jobs stay in the list until they run, so that a nested loop
 * runs the jobs that this one has not come to. Half-read connections wait for
 * the next dispatch, too, when this one is late: there may be thousands, and a
 * peer that says a word now and then has its turn in between. */
static void
run_jobs (WsPoller *self, WsJobKind kind)
{
  WsJob   *head = &self->jobs[kind];
  guint    last_round = self->round++;
  gboolean has_run = FALSE;

  /* The rounds in a list only grow; the difference outlives a wrap-around. */
  while (head->next != head && (int) (head->next->round - last_round) <= 0)
    {
      WsJob         *job = head->next;
      const gboolean is_late
          = kind == WS_JOB_RESUME && ws_poller_is_late (self);

      if (is_late && has_run)
        {
          ws_poller_rest (self);
          return;
        }
      ws_poller_unqueue (self, job);
      job->func (job);
      has_run = TRUE;
    }
}

/* --- The source --- */

/* Not more deadlines than were armed to begin with: a deadline that is armed
 * again for a time that has come must not hold up the rest. */
static void
run_deadlines (WsPoller *self)
{
  guint  n = self->deadlines.n_items;
  gint64 now;

  if (n == 0)
    return;

  now = ws_poller_now (self);
  for (; n > 0; n--)
    {
      WsDeadline *deadline = ws_deadline_heap_peek (&self->deadlines);

      if (deadline == NULL || deadline->due > now)
        return;
      ws_deadline_heap_remove (&self->deadlines, deadline);
      deadline->func (deadline);
    }
}

/* Milliseconds to wait, rounded up lest we wake before the time and spin; -1
 * for ever. */
static int
get_timeout (WsPoller *self)
{
  WsDeadline *first = ws_deadline_heap_peek (&self->deadlines);
  gint64      now;

  if (self->n_jobs > 0 || self->orphans != NULL || ws_poller_has_posts (self))
    return 0;
  if (first == NULL)
    return -1;

  now = g_source_get_time (self->source);
  if (first->due <= now)
    return 0;
  return (int) MIN ((first->due - now - 1) / 1000 + 1, G_MAXINT);
}

static gboolean
prepare (GSource *source, int *timeout)
{
  WsPoller *self = ((PollerSource *) source)->poller;

  ws_poller_check_fork (self);
  *timeout = get_timeout (self);
  return *timeout == 0 && !self->is_resting;
}

static gboolean
is_readable (WsPoller *self)
{
  return self->epoll_tag != NULL
         && g_source_query_unix_fd (self->source, self->epoll_tag) != 0;
}

static gboolean
check (GSource *source)
{
  WsPoller *self = ((PollerSource *) source)->poller;

  if (G_UNLIKELY (self->is_resting))
    {
      self->is_resting = FALSE;
      return FALSE;
    }
  return is_readable (self) || get_timeout (self) == 0;
}

/* Where it is crowded there may be more than one batch of those who will give
 * way, and whoever says little waits among them. */
static void
report_ready (WsPoller *self)
{
  const gint64 begun = self->is_crowded ? g_get_monotonic_time () : 0;
  gboolean     has_more;

  do
    has_more = ws_poller_epoll_dispatch (self);
  while (G_UNLIKELY (has_more) && self->is_crowded
         && g_get_monotonic_time () - begun <= WS_POLLER_LATE_TIME);
}

void
ws_poller_dispatch (WsPoller *poller)
{
  /* A handler may drop the last reference of another's. */
  g_autoptr (WsPoller) self = ws_poller_ref (poller);
  const gint64 outer = self->begun;

  self->begun = 0;
  self->depth++;
  if (G_UNLIKELY (self->rest != NULL))
    ws_poller_end_rest (self);
  ws_poller_check_fork (self);
  if (G_UNLIKELY (self->orphans != NULL))
    ws_poller_tell_orphans (self);
  if (ws_poller_has_posts (self))
    ws_poller_run_posts (self);
  run_jobs (self, WS_JOB_RESUME);
  if (is_readable (self))
    report_ready (self);
  run_deadlines (self);
  run_jobs (self, WS_JOB_FLUSH);
  run_jobs (self, WS_JOB_CALL);
  /* Where little was to do nobody has started the clock. */
  self->is_crowded = self->begun > 0 && ws_poller_is_late (self);
  self->depth--;
  self->begun = outer;
}

static gboolean
dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  ws_poller_dispatch (((PollerSource *) source)->poller);
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs source_funcs = {
  .prepare = prepare,
  .check = check,
  .dispatch = dispatch,
};

/* --- The poller --- */

static guint
hash_poller (gconstpointer key)
{
  const WsPoller *self = key;

  return g_direct_hash (self->context) + (guint) self->priority;
}

static gboolean
is_same_place (gconstpointer a, gconstpointer b)
{
  const WsPoller *left = a;
  const WsPoller *right = b;

  return left->context == right->context && left->priority == right->priority;
}

static WsPoller *
poller_new (GMainContext *context, int priority)
{
  WsPoller *self = g_new0 (WsPoller, 1);

  ws_poller_watch_forks ();
  self->n_refs = 1;
  self->context = g_main_context_ref (context);
  self->priority = priority;
  self->generation = ws_fork_get_generation ();
  self->epoll_fd = -1;
  self->begun = -1;
  for (int kind = 0; kind < WS_JOB_N_KINDS; kind++)
    self->jobs[kind].next = self->jobs[kind].prev = &self->jobs[kind];

  self->source = g_source_new (&source_funcs, sizeof (PollerSource));
  ((PollerSource *) self->source)->poller = self;
  g_source_set_static_name (self->source, "ws-poller");
  g_source_set_priority (self->source, priority);
  g_source_set_can_recurse (self->source, TRUE);

  if (g_strcmp0 (g_getenv ("WS_POLLER"), "fallback") != 0)
    ws_poller_epoll_open (self);

  g_source_attach (self->source, context);
  return self;
}

static void
poller_free (WsPoller *self)
{
  ws_poller_end_rest (self);
  g_source_destroy (self->source);
  g_source_unref (self->source);
  ws_poller_epoll_close (self);

  for (int kind = 0; kind < WS_JOB_N_KINDS; kind++)
    while (self->jobs[kind].next != &self->jobs[kind])
      unlink_job (self->jobs[kind].next);
  ws_deadline_heap_clear (&self->deadlines);
  ws_poller_forget_memory (self);

  g_main_context_unref (self->context);
  g_free (self);
}

void
ws_poller_lock_all (void)
{
  g_mutex_lock (&pollers_lock);
}

void
ws_poller_unlock_all (void)
{
  g_mutex_unlock (&pollers_lock);
}

WsPoller *
ws_poller_get (GMainContext *context)
{
  return ws_poller_get_at (context, G_PRIORITY_DEFAULT);
}

WsPoller *
ws_poller_get_at (GMainContext *context, int priority)
{
  g_autoptr (GMainContext) owned = NULL;
  WsPoller *self;
  WsPoller  key = { .priority = priority };

  if (context == NULL)
    context = owned = g_main_context_ref_thread_default ();

  g_mutex_lock (&pollers_lock);
  if (pollers == NULL)
    pollers = g_hash_table_new (hash_poller, is_same_place);

  key.context = context;
  self = g_hash_table_lookup (pollers, &key);
  if (self != NULL)
    {
      ws_poller_ref (self);
    }
  else
    {
      self = poller_new (context, priority);
      g_hash_table_add (pollers, self);
    }
  g_mutex_unlock (&pollers_lock);
  return self;
}

WsPoller *
ws_poller_ref (WsPoller *self)
{
  g_atomic_int_inc (&self->n_refs);
  return self;
}

void
ws_poller_unref (WsPoller *self)
{
  int      n_refs = g_atomic_int_get (&self->n_refs);
  gboolean is_last;

  while (n_refs > 1)
    if (g_atomic_int_compare_and_exchange_full (&self->n_refs, n_refs,
                                                n_refs - 1, &n_refs))
      return;

  g_mutex_lock (&pollers_lock);
  is_last = g_atomic_int_dec_and_test (&self->n_refs);
  if (is_last)
    g_hash_table_remove (pollers, self);
  g_mutex_unlock (&pollers_lock);

  if (is_last)
    poller_free (self);
}

GMainContext *
ws_poller_get_context (WsPoller *self)
{
  return self->context;
}

int
ws_poller_get_priority (WsPoller *self)
{
  return self->priority;
}

/* --- Watches --- */

void
ws_watch_init (WsWatch *self, WsPoller *poller, int fd, WsWatchFunc func)
{
  *self = (WsWatch){
    .poller = ws_poller_ref (poller),
    .func = func,
    .fd = fd,
  };
  ws_poller_check_fork (poller);
  ws_watch_link (self, &poller->watches);
}

void
ws_watch_clear (WsWatch *self)
{
  if (self->poller == NULL)
    return;

  ws_watch_want (self, 0);
  ws_poller_epoll_withdraw (self);
  ws_watch_unlink (self);
  g_clear_pointer (&self->poller, ws_poller_unref);
}

static void
change (WsWatch *self, GIOCondition condition)
{
  GIOCondition before;
  gboolean     is_done = FALSE;

  ws_poller_check_fork (self->poller);
  before = (GIOCondition) self->wanted;
  self->wanted = (guint8) condition;
  if (self->poller->epoll_fd >= 0 && self->source == NULL)
    is_done = ws_poller_epoll_update (self, before);
  if (!is_done)
    ws_poller_fallback_update (self);
}

void
ws_watch_want (WsWatch *self, GIOCondition condition)
{
  g_return_if_fail (self->poller != NULL);

  if (condition != (GIOCondition) self->wanted)
    change (self, condition);
}

/* --- Deadlines --- */

void
ws_poller_arm (WsPoller *self, WsDeadline *deadline, gint64 due)
{
  g_return_if_fail (deadline->func != NULL);

  ws_deadline_heap_put (&self->deadlines, deadline, due);
}

void
ws_poller_arm_after (WsPoller *self, WsDeadline *deadline, gint64 after)
{
  ws_poller_arm (self, deadline, g_get_monotonic_time () + after);
}

void
ws_poller_disarm (WsPoller *self, WsDeadline *deadline)
{
  ws_deadline_heap_remove (&self->deadlines, deadline);
}

gint64
ws_poller_now (WsPoller *self)
{
  return self->depth > 0 ? g_source_get_time (self->source)
                         : g_get_monotonic_time ();
}

/* --- Jobs, from outside --- */

void
ws_poller_enter (WsPoller *self)
{
  ws_poller_ref (self);
  self->depth++;
}

void
ws_poller_leave (WsPoller *self)
{
  run_jobs (self, WS_JOB_CALL);
  self->depth--;
  ws_poller_unref (self);
}

gboolean
ws_poller_is_inside (WsPoller *self)
{
  return self->depth > 0;
}

void
ws_poller_queue (WsPoller *self, WsJob *job, WsJobKind kind)
{
  g_return_if_fail (job->func != NULL);

  if (ws_job_is_queued (job))
    return;

  job->round = self->round;
  link_job (&self->jobs[kind], job);

  /* Whoever iterates the context asks prepare before it sleeps. */
  if (self->n_jobs++ == 0 && self->depth == 0
      && !g_main_context_is_owner (self->context))
    g_main_context_wakeup (self->context);
}

void
ws_poller_unqueue (WsPoller *self, WsJob *job)
{
  if (!ws_job_is_queued (job))
    return;

  unlink_job (job);
  self->n_jobs--;
}
