/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An open connection: its life, what it writes, and when. */
#include "engine/ws-engine-private.h"

#include "engine/ws-frame-tap.h"
#include "engine/ws-handshake-log.h"
#include "net/ws-log.h"

static void on_flush_job (WsJob *job);

WsEngine *
ws_engine_new (WsTransport        *transport,
               WsRole              role,
               const WsSettings   *settings,
               const WsEngineSink *sink,
               gpointer            user_data)
{
  WsEngine *self = g_new0 (WsEngine, 1);

  if (ws_log_has (WS_LOG_FRAMES))
    transport = ws_frame_tap_new (transport, role);
  self->n_refs = 1;
  self->transport = transport;
  self->poller = ws_poller_ref (transport->poller);
  self->settings = settings;
  self->sink = sink;
  self->user_data = user_data;
  self->flush_job.func = on_flush_job;
  ws_engine_init_life (self);
  self->traffic.since = ws_poller_now (self->poller);
  self->traffic.connected = g_get_real_time ();
  ws_keepalive_init (&self->keepalive, self->traffic.since);
  ws_protocol_init (&self->protocol, role);
  ws_outbox_init (&self->outbox);
  ws_engine_init_reading (self);
  ws_engine_update (self);
  return self;
}

WsEngine *
ws_engine_ref (WsEngine *self)
{
  self->n_refs++;
  return self;
}

void
ws_engine_release (WsEngine *self)
{
  self->state = WS_ENGINE_ENDED;
  ws_poller_unqueue (self->poller, &self->resume_job);
  ws_poller_unqueue (self->poller, &self->flush_job);
  ws_poller_disarm (self->poller, &self->life_deadline);
  ws_engine_clear_clocks (self);
  ws_engine_forget_idle (self);
  g_clear_pointer (&self->transport, ws_transport_free);
  ws_outbox_clear (&self->outbox);
  if (self->seldom != NULL)
    g_clear_pointer (&self->seldom->owed_pong, g_bytes_unref);
}

void
ws_engine_unref (WsEngine *self)
{
  if (--self->n_refs > 0)
    return;
  ws_engine_release (self);
  ws_protocol_clear (&self->protocol);
  ws_keepalive_clear (&self->keepalive);
  ws_engine_free_seldom (self);
  ws_poller_unref (self->poller);
  g_free (self);
}

void
ws_engine_drop (WsEngine *self)
{
  ws_engine_release (self);
  ws_engine_unref (self);
}

/* --- Writing --- */

void
ws_engine_update_wanted (WsEngine *self)
{
  const gboolean reads
      = self->reading ? !self->resting : ws_engine_may_look (self);
  GIOCondition wanted = reads ? G_IO_IN : 0;

  /* What was not tried yet may just leave. */
  if ((!ws_outbox_is_empty (&self->outbox) || self->unsent > 0)
      && !ws_job_is_queued (&self->flush_job))
    wanted |= G_IO_OUT;
  ws_transport_want (self->transport, wanted);
}

void
ws_engine_queue_flush (WsEngine *self)
{
  if (self->state == WS_ENGINE_ENDED)
    return;
  if (G_UNLIKELY (self->outbox.size > self->settings->write_high_water_mark))
    self->above_mark = TRUE;
  ws_poller_queue (self->poller, &self->flush_job, WS_JOB_FLUSH);
}

/* @n more bytes were taken; what TLS has of them waits as the rest does. */
static void
note_taken (WsEngine *self, gssize n)
{
  gsize before = self->unsent;

  self->unsent = (guint) ws_transport_get_unsent (self->transport);
  if (G_UNLIKELY (!ws_outbox_is_empty (&self->outbox) || self->unsent > 0))
    ws_engine_note_unread (self, n > 0 || self->unsent < before);
  else
    self->blocked = FALSE;
}

/* Writes what the transport takes; FALSE: the transport takes nothing any
 * more. */
static gboolean
write_out (WsEngine *self)
{
  GError *error = NULL;
  gssize  n;

  if (self->state == WS_ENGINE_ENDED || self->is_broken)
    return FALSE;
  ws_poller_unqueue (self->poller, &self->flush_job);
  ws_engine_ref (self);
  n = ws_outbox_flush (&self->outbox, self->transport, &error);
  if (G_UNLIKELY (self->state == WS_ENGINE_ENDED || self->is_broken))
    {
      g_clear_error (&error);
      ws_engine_unref (self);
      return FALSE;
    }
  self->n_refs--;
  if (n == WS_IO_ERROR)
    {
      ws_engine_note_broken (self, error);
      return FALSE;
    }
  self->traffic.wire_sent += n;
  self->untold += n;
  note_taken (self, n);
  ws_engine_update_wanted (self);
  return TRUE;
}

void
ws_engine_write (WsEngine *self)
{
  if (write_out (self) && self->untold > 0)
    ws_engine_queue_flush (self);
}

void
ws_engine_write_and_tell (WsEngine *self)
{
  guint64 n;

  if (!write_out (self))
    return;
  n = self->untold;
  self->untold = 0;
  if (n > 0)
    self->sink->written (self->user_data, n);
  if (self->state != WS_ENGINE_ENDED && self->above_mark
      && self->outbox.size <= self->settings->write_high_water_mark / 2)
    {
      self->above_mark = FALSE;
      self->sink->drained (self->user_data);
    }
  if (G_UNLIKELY (self->seldom != NULL && self->seldom->owed_pong != NULL))
    ws_engine_settle_pong (self);
  ws_engine_check_finished (self);
}

static void
on_flush_job (WsJob *job)
{
  WsEngine *self = ws_engine_ref (WS_CONTAINER_OF (job, WsEngine, flush_job));

  ws_engine_write_and_tell (self);
  ws_engine_unref (self);
}

gboolean
ws_engine_flush (WsEngine *self)
{
  guint64  before = self->traffic.wire_sent;
  gboolean has_written;

  ws_engine_ref (self);
  ws_engine_write_and_tell (self);
  has_written = self->traffic.wire_sent > before;
  ws_engine_unref (self);
  return has_written;
}

/* --- What the owner calls --- */

void
ws_engine_set_draw (WsEngine *self, WsOutboxDraw draw, gpointer user_data)
{
  ws_outbox_set_draw (&self->outbox, draw, user_data);
}

void
ws_engine_set_settings (WsEngine *self, const WsSettings *settings)
{
  self->settings = settings;
}

void
ws_engine_push_head (WsEngine *self, const char *head, gsize len)
{
  ws_handshake_log (self->transport, TRUE, head, len);
  ws_outbox_push_raw (&self->outbox, head, len);
  self->head_len += (guint) len;
  ws_engine_queue_flush (self);
}

void
ws_engine_push_input (WsEngine *self, const guint8 *data, gsize len)
{
  g_autofree guint8 *copy = NULL;

  if (len == 0)
    return;
  if (ws_log_has (WS_LOG_FRAMES))
    ws_frame_tap_note_input (self->transport, data, len);
  self->traffic.wire_received += len;
  copy = g_memdup2 (data, len);
  ws_protocol_feed (&self->protocol, copy, len);
  ws_protocol_keep_input (&self->protocol);
}

void
ws_engine_start (WsEngine *self)
{
  if (self->state == WS_ENGINE_ENDED)
    return;
  self->started = TRUE;
  self->reading = !self->paused;
  self->keepalive.last_received = ws_poller_now (self->poller);
  ws_engine_update (self);
  ws_engine_update_wanted (self);
  if (ws_protocol_has_input (&self->protocol) || self->is_broken)
    ws_poller_queue (self->poller, &self->resume_job, WS_JOB_RESUME);
}

void
ws_engine_update (WsEngine *self)
{
  ws_protocol_set_limits (&self->protocol,
                          self->settings->max_incoming_frame_size,
                          self->settings->max_incoming_message_size);
  ws_protocol_set_max_fragments (&self->protocol,
                                 self->settings->max_incoming_fragments);
  if (self->state == WS_ENGINE_ENDED)
    return;
  ws_engine_renew_unread (self);
  if (self->state != WS_ENGINE_OPEN || !self->started)
    return;
  ws_engine_watch_owed (self);
  ws_engine_watch_life (self);
}
