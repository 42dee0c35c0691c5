/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading stops and goes on as the owner wishes. What was read already stays
 * where it is; the transport is left alone, so that the peer is held up. */
#include "engine/ws-engine-private.h"

/* A record of TLS, of which a part would be decrypted in vain. */
#define LOOK_SIZE ((gsize) 16 * 1024)

static void
go_on (WsEngine *self)
{
  /* We did not listen: the peer's silence begins now. */
  self->keepalive.last_received = ws_poller_now (self->poller);
  ws_engine_excuse_owed (self);
  ws_engine_update (self);
  ws_engine_update_wanted (self);
  if (ws_protocol_has_input (&self->protocol) || self->is_broken)
    ws_poller_queue (self->poller, &self->resume_job, WS_JOB_RESUME);
}

/* The transport's readiness is given up when it is next reported, not here:
 * whoever takes messages one by one pauses and resumes with each of them. */
void
ws_engine_set_paused (WsEngine *self, gboolean paused)
{
  if (self->paused == paused)
    return;
  self->paused = paused != FALSE;
  self->reading = self->started && (!paused || self->discarding);
  if (self->reading && self->state != WS_ENGINE_ENDED)
    go_on (self);
}

gboolean
ws_engine_ignores (WsEngine *self, const WsEvent *event)
{
  const gboolean is_of_message = event->type == WS_EVENT_FRAME
                                 || event->type == WS_EVENT_MESSAGE
                                 || event->type == WS_EVENT_PIECE;

  return (self->failed && event->type != WS_EVENT_CLOSE)
         || (self->discarding && is_of_message);
}

void
ws_engine_begin_discarding (WsEngine *self)
{
  if (self->state != WS_ENGINE_CLOSING || !self->started || self->reading)
    return;
  self->discarding = self->selective = TRUE;
  self->reading = TRUE;
  go_on (self);
}

gboolean
ws_engine_may_look (WsEngine *self)
{
  return self->state == WS_ENGINE_CLOSING && self->started && !self->reading
         && !self->has_looked && !ws_protocol_has_input (&self->protocol)
         && !self->is_broken;
}

/* What was read, if it is not the answer, waits as what came before a pause. */
static void
judge_look (WsEngine *self)
{
  ws_protocol_keep_input (&self->protocol);
  if (ws_protocol_closes_next (&self->protocol))
    ws_engine_begin_discarding (self);
  else
    ws_engine_update_wanted (self);
}

void
ws_engine_look (WsEngine *self)
{
  g_autoptr (GError) error = NULL;
  WsReadBuffer *buffer = ws_poller_acquire_buffer (self->poller);
  gssize        n
      = ws_transport_read (self->transport, buffer->data, LOOK_SIZE, &error);

  self->has_looked = n != WS_IO_AGAIN;
  if (self->state == WS_ENGINE_ENDED)
    g_clear_error (&error);
  else if (n > 0)
    {
      self->keepalive.last_received = ws_poller_now (self->poller);
      self->traffic.wire_received += n;
      ws_protocol_feed (&self->protocol, buffer->data, n);
      judge_look (self);
    }
  else if (n == 0)
    ws_engine_handle_eof (self);
  else if (n == WS_IO_ERROR)
    ws_engine_lose (self, error);
  ws_poller_release_buffer (self->poller, buffer);
}

gboolean
ws_engine_has_read (WsEngine *self)
{
  return self->has_read;
}

void
ws_engine_set_streaming (WsEngine *self, gboolean wanted)
{
  ws_protocol_set_streaming (&self->protocol, wanted);
  if (wanted && self->reading && self->state != WS_ENGINE_ENDED
      && ws_protocol_has_input (&self->protocol))
    ws_poller_queue (self->poller, &self->resume_job, WS_JOB_RESUME);
}
