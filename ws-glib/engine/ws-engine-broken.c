/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A connection that cannot be written to any has_more. What was received before
 * still has to be read, so that the end is judged later, and never inside a
 * call of the user's. */
#include "engine/ws-engine-private.h"

void
ws_engine_note_broken (WsEngine *self, GError *error)
{
  ws_engine_get_seldom (self)->broken = error;
  self->is_broken = TRUE;
  self->unsent = 0;
  ws_outbox_clear (&self->outbox);
  ws_engine_update_wanted (self);
  ws_poller_queue (self->poller, &self->resume_job, WS_JOB_RESUME);
}

const GError *
ws_engine_get_failure (WsEngine *self)
{
  return self->is_broken ? self->seldom->broken : NULL;
}

void
ws_engine_tell_broken (WsEngine *self)
{
  if (!self->is_broken || self->seldom->told_broken
      || self->state == WS_ENGINE_ENDED)
    return;
  self->seldom->told_broken = TRUE;
  self->sink->broken (self->user_data, self->seldom->broken);
}

/* Whoever has paused, or not begun, may still go on and get what was received;
 * a peer may still be sending. But nobody is waited for without an end. */
static void
await_end (WsEngine *self)
{
  const gint64 timeout = self->settings->close_timeout * (gint64) 1000;
  WsDeadline  *deadline;

  if (self->state == WS_ENGINE_ENDED || timeout == 0)
    return;
  deadline = &ws_engine_get_clocks (self)->closing;
  if (!ws_deadline_is_armed (deadline))
    ws_poller_arm_after (self->poller, deadline, timeout);
}

void
ws_engine_settle_broken (WsEngine *self)
{
  gboolean has_more, is_held, is_readable;

  if (!self->is_broken || self->state == WS_ENGINE_ENDED)
    return;
  has_more = ws_engine_read_to_the_end (self);
  if (self->state == WS_ENGINE_ENDED)
    return;
  is_held = self->paused || !self->started;
  is_readable
      = !is_held && !has_more && ws_transport_is_readable (self->transport);
  if (!is_held && !has_more && !is_readable)
    {
      ws_engine_lose (self, self->seldom->broken);
      return;
    }
  await_end (self);
  /* TLS tells of an alert before the end that comes of it, and reports when its
   * record is there. */
  if (has_more || (is_readable && !self->transport->is_encrypted))
    ws_poller_queue (self->poller, &self->resume_job, WS_JOB_RESUME);
}
