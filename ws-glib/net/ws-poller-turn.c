/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lets others have their turn when one connection, or all, have more to do. */
#include "net/ws-poller-private.h"

#include <time.h>

/* µs that a turn may take, and things that take no time to speak of. */
#define TURN_TIME (4 * G_TIME_SPAN_MILLISECOND)
#define TURN_MAX  1024

/* What is left of a turn when a dispatch is late. */
#define LATE_MAX 256

#define CROWDED_SIZE ((gsize) 16 * 1024)

static gboolean
is_late (WsPoller *self, gint64 now)
{
  if (self->begun == 0)
    self->begun = now;
  return self->begun > 0 && now - self->begun > WS_POLLER_LATE_TIME;
}

gboolean
ws_poller_is_late (WsPoller *self)
{
  return is_late (self, g_get_monotonic_time ());
}

gboolean
ws_turn_is_over (WsTurn *self, WsPoller *poller)
{
  gint64 now = g_get_monotonic_time ();

  if (self->begun == 0)
    self->begun = now;
  if (now - self->begun > TURN_TIME || self->n >= TURN_MAX)
    return TRUE;
  return self->n >= LATE_MAX && poller != NULL && is_late (poller, now);
}

void
ws_poller_note_iteration (WsPoller *self, gint64 begun)
{
  if (g_get_monotonic_time () - begun > WS_POLLER_LATE_TIME)
    self->is_crowded = TRUE;
}

gboolean
ws_poller_is_crowded (WsPoller *self)
{
  return self->is_crowded;
}

gint64
ws_poller_get_work (WsPoller *self)
{
  struct timespec used;

  if (G_LIKELY (!self->is_crowded)
      || clock_gettime (CLOCK_THREAD_CPUTIME_ID, &used) != 0)
    return 0;
  return used.tv_sec * G_USEC_PER_SEC + used.tv_nsec / 1000;
}

gsize
ws_poller_get_read_size (WsPoller *self)
{
  return self->is_crowded ? CROWDED_SIZE : WS_READ_BUFFER_SIZE;
}

/* Nobody else had anything to do. */
static gboolean
on_rested (gpointer user_data)
{
  WsPoller *self = user_data;

  ws_poller_dispatch (self);
  return G_SOURCE_CONTINUE;
}

void
ws_poller_rest (WsPoller *self)
{
  GSource *rest;

  self->is_resting = TRUE;
  if (self->rest != NULL)
    return;
  rest = g_idle_source_new ();
  g_source_set_static_name (rest, "ws-poller-rest");
  g_source_set_priority (rest, G_MAXINT);
  g_source_set_can_recurse (rest, TRUE);
  g_source_set_callback (rest, on_rested, self, NULL);
  self->rest = rest;
  g_source_attach (rest, self->context);
}

void
ws_poller_end_rest (WsPoller *self)
{
  self->is_resting = FALSE;
  if (self->rest == NULL)
    return;
  g_source_destroy (self->rest);
  g_clear_pointer (&self->rest, g_source_unref);
}
