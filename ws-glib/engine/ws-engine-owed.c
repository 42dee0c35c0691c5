/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a peer has begun it has to finish: it may not be silent for long in the
 * middle, nor take for ever. */
#include "engine/ws-engine-private.h"

#include "protocol/ws-close.h"

static gint64
to_time (guint ms)
{
  return ms > 0 ? ms * (gint64) 1000 : G_MAXINT64 / 2;
}

static gint64
get_frame_due (const WsEngine *self)
{
  return self->clocks->since.progressed
         + to_time (self->settings->frame_timeout);
}

/* What is handed out as it comes may take its time. */
static gint64
get_message_due (const WsEngine *self)
{
  return self->clocks->since.begun
         + to_time (self->clocks->since.what.is_gathered
                        ? self->settings->message_timeout
                        : 0);
}

static gint64
get_due (const WsEngine *self)
{
  return MIN (get_frame_due (self), get_message_due (self));
}

void
ws_engine_excuse_owed (WsEngine *self)
{
  WsEngineClocks *clocks = self->clocks;

  if (clocks != NULL)
    clocks->since.begun = clocks->since.progressed
        = ws_poller_now (self->poller);
}

/* Notes what has come of it; FALSE: nothing is owed. */
static gboolean
look (WsEngine *self)
{
  WsOwedSince *since;
  WsOwed       what;

  if (self->state != WS_ENGINE_OPEN
      || !ws_protocol_get_owed (&self->protocol, &what))
    return FALSE;
  since = &ws_engine_get_clocks (self)->since;
  if (what.offset != since->what.offset)
    ws_engine_excuse_owed (self);
  else if (what.progress != since->what.progress)
    since->progressed = ws_poller_now (self->poller);
  since->what = what;
  return self->settings->frame_timeout > 0
         || self->settings->message_timeout > 0;
}

/* What comes later is only looked at when the deadline is due. */
void
ws_engine_watch_owed (WsEngine *self)
{
  if (look (self) && !ws_deadline_is_armed (&self->clocks->owed))
    ws_poller_arm (self->poller, &self->clocks->owed, get_due (self));
}

static gboolean
is_late (WsEngine *self)
{
  return look (self) && ws_poller_now (self->poller) >= get_due (self);
}

/* Whether the rest may have come, while reading is paused. */
static gboolean
waits_unread (const WsEngine *self)
{
  return !self->reading
         && (ws_protocol_has_input (&self->protocol)
             || ws_transport_is_readable (self->transport));
}

static void
fail_late (WsEngine *self)
{
  WsFault fault;

  if (get_frame_due (self) < get_message_due (self))
    ws_fault_set (&fault, WS_CLOSE_GOING_AWAY,
                  "The rest of a message did not come within frame-timeout "
                  "(%u ms)",
                  self->settings->frame_timeout);
  else
    ws_fault_set (&fault, WS_CLOSE_GOING_AWAY,
                  "A message was not complete within message-timeout (%u ms)",
                  self->settings->message_timeout);
  ws_engine_fail (self, &fault, WS_ENGINE_ERROR_TIMED_OUT);
}

static void
on_owed_deadline (WsDeadline *deadline)
{
  WsEngine *self = ws_engine_ref (
      WS_CONTAINER_OF (deadline, WsEngineClocks, owed)->engine);

  if (is_late (self))
    ws_engine_catch_up (self);
  if (is_late (self))
    {
      if (waits_unread (self))
        ws_engine_excuse_owed (self);
      else
        fail_late (self);
    }
  ws_engine_watch_owed (self);
  ws_engine_unref (self);
}

void
ws_engine_init_owed (WsEngineClocks *clocks)
{
  clocks->owed.func = on_owed_deadline;
  clocks->since.what.offset = G_MAXUINT64;
}
