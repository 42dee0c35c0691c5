/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "poller-rig.h"

#include "net/ws-poller-private.h"

void
poller_rig_set_up (PollerRig *rig, gconstpointer data)
{
  rig->context = g_main_context_new ();
  rig->poller = ws_poller_get (rig->context);
  rig->log = g_string_new (NULL);
}

void
poller_rig_tear_down (PollerRig *rig, gconstpointer data)
{
  g_assert_false (g_main_context_iteration (rig->context, FALSE));
  g_assert_cmpint (rig->poller->n_refs, ==, 1);
  g_string_free (rig->log, TRUE);
  ws_poller_unref (rig->poller);
  g_main_context_unref (rig->context);
}

void
poller_rig_expect (PollerRig *rig, const char *letters)
{
  g_string_truncate (rig->log, 0);
  g_main_context_iteration (rig->context, FALSE);
  g_assert_cmpstr (rig->log->str, ==, letters);
}

/* --- What runs --- */

static void
run (Letter *self)
{
  g_assert_false (ws_job_is_queued (&self->job));
  g_assert_false (ws_deadline_is_armed (&self->deadline));
  g_string_append_c (self->rig->log, self->letter);
  if (self->then != NULL)
    self->then (self);
}

static void
on_job (WsJob *job)
{
  run (WS_CONTAINER_OF (job, Letter, job));
}

static void
on_deadline (WsDeadline *deadline)
{
  run (WS_CONTAINER_OF (deadline, Letter, deadline));
}

Letter
poller_rig_letter (PollerRig *rig, char letter, void (*then) (Letter *letter))
{
  return (Letter){ .job.func = on_job,
                   .deadline.func = on_deadline,
                   .rig = rig,
                   .letter = letter,
                   .then = then };
}
