/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A peer that does not read: what waits for it stays bounded, whatever it
 * sends, and does not wait for ever. */
#include "engine/ws-engine-private.h"

/* --- Pongs --- */

static gboolean
has_pong_waiting (const WsEngine *self)
{
  return self->seldom != NULL
         && self->traffic.wire_sent < self->seldom->pong_end;
}

static gboolean
has_room (const WsEngine *self)
{
  return self->outbox.size <= self->settings->max_bytes_to_write;
}

static void
push_pong (WsEngine *self, const guint8 *data, gsize len)
{
  ws_engine_push_control (self, WS_OPCODE_PONG, data, len);
  ws_engine_get_seldom (self)->pong_end
      = self->traffic.wire_sent + ws_outbox_get_control_end (&self->outbox);
}

/* RFC 6455, 5.5.3: whoever has not answered earlier pings may answer the newest
 * one only. */
void
ws_engine_answer_ping (WsEngine *self, const guint8 *data, gsize len)
{
  WsEngineSeldom *seldom = ws_engine_get_seldom (self);

  g_clear_pointer (&seldom->owed_pong, g_bytes_unref);
  if (has_room (self) && !(self->blocked && has_pong_waiting (self)))
    push_pong (self, data, len);
  else
    seldom->owed_pong = g_bytes_new (data, len);
}

void
ws_engine_settle_pong (WsEngine *self)
{
  g_autoptr (GBytes) owed = NULL;
  gconstpointer data;
  gsize         len;

  if (self->seldom->owed_pong == NULL || self->state != WS_ENGINE_OPEN
      || !has_room (self) || has_pong_waiting (self))
    return;
  owed = g_steal_pointer (&self->seldom->owed_pong);
  data = g_bytes_get_data (owed, &len);
  push_pong (self, data, len);
}

/* --- Time --- */

void
ws_engine_watch_unread (WsEngine *self)
{
  const gint64    timeout = self->settings->write_timeout * (gint64) 1000;
  WsEngineClocks *clocks = self->clocks;

  /* Whoever is blocked has clocks. */
  if (clocks == NULL)
    return;
  if (timeout == 0 || !self->blocked || self->is_broken)
    ws_poller_disarm (self->poller, &clocks->unread);
  else if (!ws_deadline_is_armed (&clocks->unread))
    ws_poller_arm (self->poller, &clocks->unread, clocks->progressed + timeout);
}

void
ws_engine_renew_unread (WsEngine *self)
{
  if (self->clocks != NULL)
    ws_poller_disarm (self->poller, &self->clocks->unread);
  ws_engine_watch_unread (self);
}

void
ws_engine_note_unread (WsEngine *self, gboolean progressed)
{
  if (progressed || !self->blocked)
    ws_engine_get_clocks (self)->progressed = ws_poller_now (self->poller);
  self->blocked = TRUE;
  ws_engine_watch_unread (self);
}

static gboolean
is_late (const WsEngine *self)
{
  return ws_poller_now (self->poller)
         >= self->clocks->progressed
                + self->settings->write_timeout * (gint64) 1000;
}

/* It may be our own loop that was late, and the peer has read meanwhile. */
static void
judge_unread (WsEngine *self)
{
  ws_engine_write (self);
  if (self->state == WS_ENGINE_ENDED || self->is_broken || !self->blocked)
    return;
  if (self->settings->write_timeout > 0 && is_late (self))
    ws_engine_note_broken (
        self, g_error_new (WS_ENGINE_ERROR, WS_ENGINE_ERROR_TIMED_OUT,
                           "The peer read nothing within write-timeout (%u "
                           "ms), and %" G_GUINT64_FORMAT " bytes wait for it",
                           self->settings->write_timeout,
                           self->outbox.size + self->unsent));
  else
    ws_engine_watch_unread (self);
}

static void
on_write_deadline (WsDeadline *deadline)
{
  WsEngine *self = ws_engine_ref (
      WS_CONTAINER_OF (deadline, WsEngineClocks, unread)->engine);

  judge_unread (self);
  ws_engine_unref (self);
}

void
ws_engine_init_unread (WsEngineClocks *clocks)
{
  clocks->unread.func = on_write_deadline;
}
