/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Pings, and what the peer's silence means. */
#include "engine/ws-engine-private.h"
#include "net/ws-translate.h"

/* @now: by the clock itself, as for its pong. */
static void
send_ping (
    WsEngine *self, const guint8 *data, gsize len, gboolean by_user, gint64 now)
{
  ws_keepalive_ping (&self->keepalive, data, len, by_user, now);
  ws_engine_get_seldom (self)->pings_sent++;
  ws_engine_push_control (self, WS_OPCODE_PING, data, len);
}

/* What was received before may still be read by who has paused. */
static void
declare_dead (WsEngine *self)
{
  GError *error = g_error_new (WS_ENGINE_ERROR, WS_ENGINE_ERROR_TIMED_OUT,
                               _ ("The peer gave no sign of life within "
                                  "ping-timeout (%u ms)"),
                               self->settings->ping_timeout);

  ws_engine_note_broken (self, error);
}

/* Handlers may have taken their time since the dispatch has looked at the
 * clock; the peer is not to pay for that. Returns when the peer was asked. */
static gint64
ask_for_life (WsEngine *self)
{
  gint64 now = g_get_monotonic_time ();
  /* Differs from every other payload, so that the pong is known. */
  gint64 stamp = GINT64_TO_BE (now);

  send_ping (self, (const guint8 *) &stamp, sizeof stamp, FALSE, now);
  ws_engine_get_seldom (self)->ping_end
      = self->traffic.wire_sent + ws_outbox_get_control_end (&self->outbox);
  return now;
}

static gboolean
may_judge (const WsEngine *self)
{
  return self->settings->ping_interval > 0 && self->state == WS_ENGINE_OPEN
         && self->started && !self->is_broken;
}

/* While reading is paused the answer may be among what waits unread; but the
 * peer's system has to have been heard. */
static gboolean
may_have_answered (const WsEngine *self)
{
  return !self->reading && ws_transport_is_readable (self->transport)
         && ws_transport_is_heard (self->transport, ws_keepalive_get_last_ping (
                                                        &self->keepalive));
}

/* A ping that waits behind a large frame has not been asked yet: as long as the
 * peer's system takes of that frame, its time has not begun. */
static void
excuse_ping (WsEngine *self)
{
  WsKeepalivePings *pings = self->keepalive.pings;

  if (self->blocked && pings != NULL
      && self->traffic.wire_sent < self->seldom->ping_end
      && self->clocks->progressed > pings->last_ping)
    pings->last_ping = self->clocks->progressed;
}

/* The same once more, after all that tells of life was looked at. */
static WsLife
judge_again (WsEngine *self, gint64 now, gint64 *due)
{
  ws_engine_catch_up (self);
  if (!may_judge (self))
    return WS_LIFE_FINE;
  if (may_have_answered (self))
    self->keepalive.last_received = now;
  excuse_ping (self);
  return ws_keepalive_judge (&self->keepalive, self->settings, now, due);
}

static void
judge_life (WsEngine *self)
{
  gint64 now = ws_poller_now (self->poller);
  gint64 due;
  WsLife life;

  if (!may_judge (self))
    return;
  life = ws_keepalive_judge (&self->keepalive, self->settings, now, &due);
  if (life == WS_LIFE_DEAD)
    life = judge_again (self, now, &due);
  if (!may_judge (self))
    return;
  if (life == WS_LIFE_DEAD)
    {
      declare_dead (self);
      return;
    }
  if (life == WS_LIFE_ASK)
    due += ask_for_life (self) - now;
  if (may_judge (self))
    ws_poller_arm (self->poller, &self->life_deadline, due);
}

static void
on_life_deadline (WsDeadline *deadline)
{
  WsEngine *self
      = ws_engine_ref (WS_CONTAINER_OF (deadline, WsEngine, life_deadline));

  judge_life (self);
  ws_engine_unref (self);
}

void
ws_engine_watch_life (WsEngine *self)
{
  gint64 due = ws_poller_now (self->poller);

  if (self->settings->ping_interval == 0)
    {
      ws_poller_disarm (self->poller, &self->life_deadline);
      return;
    }
  if (ws_keepalive_judge (&self->keepalive, self->settings, due, &due)
      == WS_LIFE_ASK)
    due = ws_poller_now (self->poller);
  ws_poller_arm (self->poller, &self->life_deadline, due);
}

void
ws_engine_init_life (WsEngine *self)
{
  self->life_deadline.func = on_life_deadline;
}

gint64
ws_engine_ping (WsEngine *self, const guint8 *data, gsize len)
{
  gint64 now = g_get_monotonic_time ();

  send_ping (self, data, len, TRUE, now);
  return now;
}

gint64
ws_engine_get_answered (WsEngine *self)
{
  return self->keepalive.pings != NULL ? self->keepalive.pings->answered : 0;
}

void
ws_engine_probe (WsEngine *self)
{
  gboolean asked = ws_keepalive_get_last_ping (&self->keepalive)
                   > self->keepalive.last_received;

  if (!may_judge (self) || asked || self->settings->ping_timeout == 0)
    return;
  ask_for_life (self);
  ws_engine_update (self);
}
