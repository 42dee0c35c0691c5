/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define _GNU_SOURCE
#include "load-run.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "load-connection.h"
#include "load-fail.h"
#include "load-probe.h"

#define MAX_EVENTS 256
#define SECOND     1000000000u
/* What the first connections make a server allocate once for all is not the
 * cost of a connection. */
#define MEMORY_PRIMER 64
#define MEMORY_SETTLE 1.0
#define IDLE_SETTLE   0.5
/* Time for a reply too many to come in. */
#define SURPLUS_SETTLE 0.05

typedef struct
{
  const LoadOptions *options;
  LoadResult        *result;
  LoadTemplates      templates;
  LoadTarget         target;
  LoadConnection    *connections; /* (owned): the idle ones first */
  unsigned           n_connections;
  unsigned           n_opened;  /* began to connect */
  unsigned           n_open;    /* have ended their opening handshake */
  uint64_t           n_closed;  /* have ended their closing handshake */
  uint64_t           received;  /* messages, on all connections */
  uint64_t           broadcast; /* messages the sender may have sent */
  bool               active;    /* answers lead to further messages */
  bool               measuring;
  uint64_t           last_progress;
  uint64_t           due;  /* with a rate: when the next message is, or 0 */
  unsigned           next; /* and on which connection */
} LoadRun;

static LoadConnection *
sender (LoadRun *self)
{
  return &self->connections[self->options->idle];
}

/* How many messages the connection may send in all. */
static uint64_t
quota (LoadRun *self, const LoadConnection *connection)
{
  uint64_t count = self->options->count;
  unsigned index = connection->number - self->options->idle;

  if (!self->active)
    return connection->posted;
  if (count == 0)
    return UINT64_MAX;
  if (self->options->mode == LOAD_BROADCAST)
    return count;
  return count / self->options->connections
         + (index < count % self->options->connections);
}

/* @due: from when on the answer is waited for. */
static void
post_at (LoadRun        *self,
         LoadConnection *connection,
         uint64_t        messages,
         uint64_t        due)
{
  uint64_t left = quota (self, connection) - connection->posted;

  if (messages > left)
    messages = left;
  if (messages == 0)
    return;
  load_connection_post (connection, messages);
  if (connection->mark == 0)
    {
      connection->mark = connection->posted;
      connection->mark_time = due;
    }
}

static void
post (LoadRun *self, LoadConnection *connection, uint64_t messages)
{
  post_at (self, connection, messages, load_probe_now ());
}

/* Posts what is due with a rate, on each connection in turn. */
static void
keep_rate (LoadRun *self)
{
  const uint64_t now = load_probe_now ();
  const uint64_t step = (uint64_t) (SECOND / self->options->rate);

  while (self->due <= now)
    {
      post_at (self, &self->connections[self->options->idle + self->next], 1,
               self->due);
      self->next = (self->next + 1) % self->options->connections;
      self->due += step > 0 ? step : 1;
    }
}

/* How long to wait: until the next message is due, if that is sooner. */
static struct timespec
get_patience (const LoadRun *self, int milliseconds)
{
  uint64_t left = (uint64_t) milliseconds * 1000000;
  uint64_t now = self->due > 0 ? load_probe_now () : 0;

  if (self->due > 0 && self->due < now + left)
    left = self->due > now ? self->due - now : 0;
  return (struct timespec){ .tv_sec = (time_t) (left / SECOND),
                            .tv_nsec = (long) (left % SECOND) };
}

static void
open_next (LoadRun *self, LoadConnection *connection)
{
  unsigned number = self->n_opened++;
  unsigned start = number % self->templates.count;

  if (self->options->mode == LOAD_BROADCAST)
    start = 0;
  load_connection_open (connection, &self->target, &self->templates, number,
                        start);
}

static void
take_latency (LoadRun *self, LoadConnection *connection)
{
  if (connection->mark == 0 || connection->reader.messages < connection->mark)
    return;
  if (self->measuring)
    load_histogram_add (&self->result->latencies,
                        load_probe_now () - connection->mark_time);
  connection->mark = 0;
}

static void
on_messages (LoadRun *self, LoadConnection *connection, uint64_t messages)
{
  bool     is_broadcast = self->options->mode == LOAD_BROADCAST;
  uint64_t questions = is_broadcast ? self->broadcast : connection->posted;

  if (connection->reader.messages > questions)
    load_fail (LOAD_WRONG, "connection %u: a reply to no question",
               connection->number);
  self->received += messages;
  take_latency (self, connection);
  if (!is_broadcast)
    {
      if (self->options->rate == 0)
        post (self, connection, messages);
      return;
    }
  /* The sender waits for the slowest: all together decide when it goes on. */
  connection = sender (self);
  post (self, connection,
        self->received / self->options->connections + self->options->depth
            - connection->posted);
  self->broadcast = connection->posted;
}

static void
on_state (LoadRun *self, LoadConnection *connection)
{
  if (connection->state == LOAD_OPEN)
    {
      self->n_open++;
      if (self->options->mode == LOAD_CONNECT)
        load_connection_close (connection);
      return;
    }
  if (connection->state != LOAD_CLOSED)
    return;
  self->n_closed++;
  if (self->active
      && (self->options->count == 0 || self->n_opened < self->options->count))
    open_next (self, connection);
}

static void
on_ready (LoadRun *self, LoadConnection *connection, uint32_t events)
{
  LoadState state = connection->state;
  uint64_t  messages = connection->reader.messages;

  load_connection_on_ready (connection, events);
  if (connection->reader.messages != messages)
    on_messages (self, connection, connection->reader.messages - messages);
  if (connection->state != state)
    on_state (self, connection);
}

/* Serves what is ready within @milliseconds, and returns the time. */
static uint64_t
turn (LoadRun *self, int milliseconds)
{
  struct epoll_event events[MAX_EVENTS];
  uint64_t           progress = self->n_open + self->n_closed + self->received;
  struct timespec    patience = get_patience (self, milliseconds);
  uint64_t           now;
  int n = epoll_pwait2 (self->target.epoll_fd, events, MAX_EVENTS, &patience,
                        NULL);

  if (n < 0 && errno != EINTR)
    load_fail (LOAD_BROKEN, "epoll_wait: %s", strerror (errno));
  for (int i = 0; i < n; i++)
    on_ready (self, events[i].data.ptr, events[i].events);
  if (self->due > 0)
    keep_rate (self);
  now = load_probe_now ();
  if (self->n_open + self->n_closed + self->received != progress)
    self->last_progress = now;
  return now;
}

static void
check_progress (LoadRun *self, uint64_t now, const char *what)
{
  if ((double) now - (double) self->last_progress
      > self->options->timeout * SECOND)
    load_fail (LOAD_LATE,
               "%s: nothing for %g s (%u opened, %u open, %llu "
               "replies)",
               what, self->options->timeout, self->n_opened, self->n_open,
               (unsigned long long) self->received);
}

static void
run_for (LoadRun *self, double seconds, bool expecting)
{
  uint64_t now = load_probe_now ();
  uint64_t end = now + (uint64_t) (seconds * SECOND);

  self->last_progress = now;
  while (now < end)
    {
      now = turn (self, 1 + (int) ((end - now) / 1000000));
      if (expecting)
        check_progress (self, now, "running");
    }
}

static void
open_until (LoadRun *self, unsigned wanted)
{
  self->last_progress = load_probe_now ();
  while (self->n_open < wanted)
    {
      while (self->n_opened < wanted
             && self->n_opened - self->n_open < self->options->window)
        open_next (self, &self->connections[self->n_opened]);
      check_progress (self, turn (self, 1000), "opening");
    }
}

static bool
is_all_answered (LoadRun *self)
{
  if (self->options->mode == LOAD_CONNECT)
    return self->n_closed == self->n_opened;
  for (unsigned i = self->options->idle; i < self->n_connections; i++)
    {
      LoadConnection *connection = &self->connections[i];
      uint64_t        questions = self->options->mode == LOAD_BROADCAST
                                      ? self->broadcast
                                      : connection->posted;

      if (connection->reader.messages < questions)
        return false;
    }
  return true;
}

/* Looks at all connections only once enough replies have come in: this is part
 * of what is measured. */
static void
await_answers (LoadRun *self)
{
  uint64_t wanted = self->options->count;

  if (self->options->mode == LOAD_BROADCAST)
    wanted *= self->options->connections;
  self->last_progress = load_probe_now ();
  while ((self->active && self->options->mode != LOAD_CONNECT
          && self->received < wanted)
         || !is_all_answered (self))
    check_progress (self, turn (self, 1000), "awaiting the last replies");
}

static void
start_load (LoadRun *self)
{
  self->active = true;
  if (self->options->rate > 0)
    self->due = load_probe_now ();
  else if (self->options->mode == LOAD_ECHO)
    for (unsigned i = self->options->idle; i < self->n_connections; i++)
      post (self, &self->connections[i], self->options->depth);
  if (self->options->mode == LOAD_BROADCAST)
    {
      post (self, sender (self), self->options->depth);
      self->broadcast = sender (self)->posted;
    }
  if (self->options->mode == LOAD_CONNECT)
    while (
        self->n_opened < self->options->window
        && (self->options->count == 0 || self->n_opened < self->options->count))
      open_next (self, &self->connections[self->n_opened]);
}

static uint64_t
done (LoadRun *self)
{
  return self->options->mode == LOAD_CONNECT ? self->n_closed : self->received;
}

static void
measure (LoadRun *self)
{
  LoadResult *result = self->result;
  pid_t       pid = self->options->pid;
  uint64_t    own = load_probe_cpu (0);
  uint64_t    server = pid > 0 ? load_probe_cpu (pid) : 0;
  uint64_t    before = done (self);
  uint64_t    start = load_probe_now ();

  self->measuring = true;
  if (self->options->count > 0)
    {
      start_load (self);
      await_answers (self);
    }
  else
    run_for (self, self->options->seconds, true);
  self->measuring = false;
  result->messages = done (self) - before;
  result->seconds = (double) (load_probe_now () - start) / SECOND;
  result->server_cpu = pid > 0 ? load_probe_cpu (pid) - server : 0;
  result->own_cpu = load_probe_cpu (0) - own;
}

static void
run_messages (LoadRun *self)
{
  open_until (self, self->options->idle);
  if (self->options->idle > 0)
    run_for (self, IDLE_SETTLE, false);
  if (self->options->mode != LOAD_CONNECT)
    open_until (self, self->n_connections);
  if (self->options->count == 0)
    {
      start_load (self);
      run_for (self, self->options->warmup, true);
    }
  measure (self);
  self->active = false;
  self->due = 0;
  await_answers (self);
  run_for (self, SURPLUS_SETTLE, false);
}

static void
run_memory (LoadRun *self)
{
  LoadResult *result = self->result;
  unsigned    primer = self->n_connections / 2;

  if (primer > MEMORY_PRIMER)
    primer = MEMORY_PRIMER;
  open_until (self, primer);
  run_for (self, MEMORY_SETTLE, false);
  result->pss_before = load_probe_pss (self->options->pid);
  open_until (self, self->n_connections);
  run_for (self, MEMORY_SETTLE, false);
  result->pss_after = load_probe_pss (self->options->pid);
  result->pss_connections = self->n_connections - primer;
}

static void
init_target (LoadRun *self)
{
  LoadTarget *target = &self->target;

  channel_set_up (NULL, NULL);
  target->path = self->options->path;
  target->address.sin_family = AF_INET;
  target->address.sin_port = htons ((uint16_t) self->options->port);
  if (inet_pton (AF_INET, self->options->host, &target->address.sin_addr) != 1)
    load_fail (LOAD_BROKEN, "%s is no IPv4 address", self->options->host);
  target->buffer = malloc (LOAD_BUFFER_SIZE);
  target->epoll_fd = epoll_create1 (EPOLL_CLOEXEC);
  if (target->buffer == NULL || target->epoll_fd < 0)
    load_fail (LOAD_BROKEN, "epoll: %s", strerror (errno));
}

static void
init_run (LoadRun *self, const LoadOptions *options, LoadResult *result)
{
  self->options = options;
  self->result = result;
  self->n_connections = options->mode == LOAD_CONNECT
                            ? options->window
                            : options->connections + options->idle;
  self->connections = calloc (self->n_connections, sizeof *self->connections);
  if (self->connections == NULL)
    load_fail (LOAD_BROKEN, "no memory for %u connections",
               self->n_connections);
  /* An echo server gives to all what begins with a B. */
  load_templates_init (&self->templates, options->size, options->content,
                       options->templates, options->depth,
                       options->mode == LOAD_BROADCAST ? 'B' : 'e');
  init_target (self);
}

static void
clear_run (LoadRun *self)
{
  for (unsigned i = 0; i < self->n_connections; i++)
    {
      self->result->pings += self->connections[i].reader.pings;
      if (self->connections[i].state == LOAD_CLOSED)
        continue;
      channel_clear (&self->connections[i].channel);
      close (self->connections[i].fd);
    }
  close (self->target.epoll_fd);
  free (self->target.buffer);
  free (self->connections);
  load_templates_clear (&self->templates);
}

void
load_run (const LoadOptions *options, LoadResult *result)
{
  LoadRun self = { 0 };

  memset (result, 0, sizeof *result);
  result->pss_before = -1;
  result->pss_after = -1;
  init_run (&self, options, result);
  if (options->mode == LOAD_MEMORY)
    run_memory (&self);
  else
    run_messages (&self);
  clear_run (&self);
}
