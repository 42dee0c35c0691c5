/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The pump of an open connection: what is read and told, and in whose turn. */
#include "engine/ws-engine-private.h"

#include "protocol/ws-storage.h"

/* What waits beyond so many bytes when a connection's turn is over is written
 * at once: so much would fill a write of its own anyway, and its memory is
 * hot. */
#define FLUSH_EARLY (8 * 1024)

/* What a connection handles in a turn that says little, in frames and bytes,
 * and where it is crowded what that may take (µs of the processor); and how
 * many of those make it one of which nothing else is expected. Whoever has just
 * come is not known for it. */
#define LIGHT_FRAMES 8
#define LIGHT_BYTES  (4 * 1024)
#define LIGHT_TIME   250
#define LIGHT_TURNS  4

/* The first read of a message where the last one was large: what comes with its
 * header is copied, and the rest is read to where it stays. */
#define FIRST_SIZE ((gsize) 16 * 1024)

/* What inflating WS_PROTOCOL_BUSY_SIZE is worth, in small messages. */
#define BUSY_EVENTS 256

static void
on_ping (WsEngine *self, WsEvent *event)
{
  ws_engine_get_seldom (self)->pings_received++;
  if (self->state == WS_ENGINE_OPEN)
    ws_engine_answer_ping (self, event->data, event->len);
  if (self->state != WS_ENGINE_ENDED)
    self->sink->ping (self->user_data, event);
}

static void
on_pong (WsEngine *self, WsEvent *event)
{
  gboolean by_user;
  gint64 elapsed = ws_keepalive_pong (&self->keepalive, event->data, event->len,
                                      g_get_monotonic_time (), &by_user);

  ws_engine_get_seldom (self)->pongs_received++;
  self->sink->pong (self->user_data, event, elapsed, by_user);
}

static inline void
handle_message (WsEngine *self, WsEvent *event)
{
  self->traffic.messages_received++;
  self->traffic.payload_received += event->len;
  self->sink->message (self->user_data, event);
}

static G_NO_INLINE void
handle_rare_event (WsEngine *self, WsEvent *event)
{
  if (event->owned.size >= WS_STORAGE_MIN)
    {
      self->expects_large = TRUE;
      ws_poller_keep_storage (self->poller);
    }
  if (G_UNLIKELY (self->selective) && ws_engine_ignores (self, event))
    return;
  switch (event->type)
    {
    case WS_EVENT_FRAME:
      self->sink->frame (self->user_data, event);
      break;
    case WS_EVENT_MESSAGE:
      handle_message (self, event);
      break;
    case WS_EVENT_PIECE:
      self->traffic.messages_received += event->is_last;
      self->traffic.payload_received += event->len;
      self->sink->piece (self->user_data, event);
      break;
    case WS_EVENT_PING:
      on_ping (self, event);
      break;
    case WS_EVENT_PONG:
      on_pong (self, event);
      break;
    case WS_EVENT_CLOSE:
      ws_engine_handle_close (self, event);
      break;
    case WS_EVENT_BUSY:
      break;
    case WS_EVENT_FAULT:
      ws_engine_handle_fault (self, event->fault);
      break;
    }
}

static inline void
handle_event (WsEngine *self, WsEvent *event)
{
  if (G_LIKELY (!event->is_rare && !self->selective))
    handle_message (self, event);
  else
    handle_rare_event (self, event);
}

/* There may be more, but others come first. */
static void
rest (WsEngine *self)
{
  if (self->state == WS_ENGINE_ENDED || self->resting)
    return;
  self->resting = TRUE;
  ws_engine_update_wanted (self);
  ws_poller_queue (self->poller, &self->resume_job, WS_JOB_RESUME);
  ws_poller_rest (self->poller);
}

/* Whether it is time to look at the clock. */
static gboolean
count_event (WsTurn *turn, const WsEvent *event)
{
  if (G_UNLIKELY (event->type == WS_EVENT_BUSY))
    return ws_turn_add (turn, BUSY_EVENTS);
  return ws_turn_is_due (turn);
}

/* Input that a handler leaves unread, because it runs a nested loop, is on the
 * poller's list, so that the nested loop goes on with it. */
static void
handle_events (WsEngine *self)
{
  WsEvent *const outer = self->event;
  WsEvent        event;
  WsTurn         turn = { 0 };

  ws_event_init (&event);
  self->event = &event;
  while (self->state != WS_ENGINE_ENDED && self->reading
         && ws_protocol_next_event (&self->protocol, &event))
    {
      if (!ws_job_is_queued (&self->resume_job)
          && ws_protocol_has_input (&self->protocol))
        ws_poller_queue (self->poller, &self->resume_job, WS_JOB_RESUME);
      handle_event (self, &event);
      ws_event_release (&event);
      if (count_event (&turn, &event) && ws_protocol_has_input (&self->protocol)
          && ws_turn_is_over (&turn, self->poller))
        {
          rest (self);
          break;
        }
    }
  self->event = outer;
}

/* Hands out what was fed. */
static void
pull (WsEngine *self)
{
  self->has_read = TRUE;
  ws_protocol_set_frame_events (&self->protocol,
                                self->sink->enter (self->user_data));
  handle_events (self);
  if (self->state == WS_ENGINE_ENDED)
    return;
  if (!self->is_broken && !self->resting)
    ws_poller_unqueue (self->poller, &self->resume_job);
  if (ws_protocol_has_input (&self->protocol))
    ws_protocol_keep_input (&self->protocol);
  ws_engine_watch_owed (self);
  if (self->protocol.extension != NULL)
    ws_engine_watch_contexts (self);
}

/* How much to read into a buffer that all share. Over TLS a part of a record
 * would be decrypted in vain. */
static gsize
get_size (const WsEngine *self)
{
  const gsize size = ws_poller_get_read_size (self->poller);

  return G_UNLIKELY (self->expects_large) && !self->transport->is_encrypted
             ? MIN (size, FIRST_SIZE)
             : size;
}

/* Where the next read may put its bytes: where those of a large message stay,
 * or else into @buffer. A program's code, which a read may run, could have the
 * message moved meanwhile. */
static guint8 *
find_place (WsEngine *self, gsize *size, WsReadBuffer **buffer)
{
  guint8 *place = NULL;

  if (self->transport->is_quiet)
    place = ws_protocol_get_place (&self->protocol, size);
  if (place == NULL)
    {
      *size = get_size (self);
      *buffer = ws_poller_acquire_buffer (self->poller);
      self->expects_large = FALSE;
      return (*buffer)->data;
    }
  *size = MIN (*size, WS_READ_BUFFER_SIZE);
  return place;
}

/* Writes what waits, if it is much, before its memory is cold; not where the
 * peer does not take it. The caller holds a reference. */
static void
write_early (WsEngine *self)
{
  if (self->outbox.size > FLUSH_EARLY && !self->blocked)
    ws_engine_write_and_tell (self);
}

/* The next read will need @buffer again: what was lent of it leaves, or is
 * copied. */
static void
give_back (WsEngine *self, WsReadBuffer *buffer)
{
  if (self->outbox.owes)
    {
      if (!self->blocked)
        ws_engine_write_and_tell (self);
      ws_outbox_settle (&self->outbox);
    }
  ws_poller_release_buffer (self->poller, buffer);
}

/* Reads once and hands out what came. TRUE when there may be more: what a read
 * did not fill says that nothing is left, unless the peer takes care that it
 * does not (urgent data, or descriptors over a Unix socket, end a read), which
 * does not matter where the transport reports again. */
static gboolean
read_once (WsEngine *self, gsize *budget, gboolean to_the_end)
{
  g_autoptr (GError) error = NULL;
  WsReadBuffer *buffer = NULL;
  gboolean      short_read_is_last
      = !to_the_end && self->transport->klass->short_read_is_last;
  gsize   size;
  guint8 *place = find_place (self, &size, &buffer);
  gssize  n = ws_transport_read (self->transport, place, size, &error);

  if (G_UNLIKELY (self->state == WS_ENGINE_ENDED))
    g_clear_error (&error);
  else if (n > 0)
    {
      self->keepalive.last_received = ws_poller_now (self->poller);
      self->traffic.wire_received += n;
      ws_protocol_feed (&self->protocol, place, n);
      pull (self);
      *budget -= MIN (*budget, (gsize) n);
    }
  else if (n == 0)
    ws_engine_handle_eof (self);
  else if (n == WS_IO_ERROR)
    ws_engine_lose (self, error);
  if (buffer != NULL)
    give_back (self, buffer);
  return n > 0 && (!short_read_is_last || (gsize) n == size);
}

/* What a turn may read beyond its budget, so that it does not end just before a
 * message does. */
static gsize
get_extra (const WsEngine *self)
{
  const WsFrameReader *reader = &self->protocol.reader;

  return reader->in_frame && reader->left <= WS_READ_BUFFER_SIZE
             ? (gsize) reader->left
             : 0;
}

static gboolean
may_read (const WsEngine *self)
{
  return self->state != WS_ENGINE_ENDED && self->reading && !self->resting
         && !ws_protocol_has_input (&self->protocol);
}

static gboolean
read_some (WsEngine *self, gboolean to_the_end)
{
  gsize    budget = WS_ENGINE_READ_BUDGET;
  gboolean is_extended = FALSE;
  WsTurn   turn = { 0 };

  while (may_read (self) && budget > 0)
    {
      if (!read_once (self, &budget, to_the_end))
        return FALSE;
      if (ws_turn_is_due (&turn) && ws_turn_is_over (&turn, self->poller))
        return TRUE;
      if (!to_the_end)
        write_early (self);
      if (budget == 0 && !is_extended)
        {
          is_extended = TRUE;
          budget = get_extra (self);
        }
    }
  return budget == 0;
}

gboolean
ws_engine_read_to_the_end (WsEngine *self)
{
  return read_some (self, TRUE);
}

void
ws_engine_catch_up (WsEngine *self)
{
  if (self->state == WS_ENGINE_OPEN && self->reading)
    ws_engine_read_to_the_end (self);
}

/* Reads as long as it is this connection's turn, and rests if there is more. */
static void
take_turn (WsEngine *self)
{
  const guint64  frames = self->protocol.reader.n_frames;
  const guint64  bytes = self->traffic.wire_received;
  const gint64   work = ws_poller_get_work (self->poller);
  const gboolean has_more = read_some (self, FALSE);

  if (has_more || self->resting
      || self->protocol.reader.n_frames - frames > LIGHT_FRAMES
      || self->traffic.wire_received - bytes > LIGHT_BYTES
      || (G_UNLIKELY (work > 0)
          && ws_poller_get_work (self->poller) - work > LIGHT_TIME))
    self->n_heavy = LIGHT_TURNS;
  else if (G_UNLIKELY (self->n_heavy > 0))
    self->n_heavy--;
  if (G_UNLIKELY (has_more))
    rest (self);
}

/* Whether those who say little go first. */
static gboolean
gives_way (WsEngine *self)
{
  return G_UNLIKELY (self->n_heavy > 0) && ws_poller_is_crowded (self->poller);
}

static void
on_readable (WsEngine *self)
{
  if (G_UNLIKELY (!self->reading || self->resting))
    {
      if (ws_engine_may_look (self))
        ws_engine_look (self);
      else if (self->state != WS_ENGINE_ENDED)
        ws_engine_update_wanted (self);
    }
  else if (gives_way (self))
    rest (self);
  else
    take_turn (self);
}

static void
on_ready (gpointer user_data, GIOCondition condition)
{
  WsEngine *self = ws_engine_ref (user_data);

  if (condition & G_IO_OUT)
    ws_engine_write_and_tell (self);
  if (condition & G_IO_IN)
    on_readable (self);
  write_early (self);
  ws_engine_unref (self);
}

/* What was read before the fork is for the parent's user. */
static void
lose_inherited (WsEngine *self)
{
  g_autoptr (GError) error = NULL;

  ws_transport_refuse (&error);
  ws_engine_lose (self, error);
}

static void
on_resume_job (WsJob *job)
{
  WsEngine *self = ws_engine_ref (WS_CONTAINER_OF (job, WsEngine, resume_job));
  gboolean  has_rested;

  if (ws_transport_is_inherited (self->transport))
    lose_inherited (self);
  ws_engine_tell_broken (self);
  has_rested = self->resting;
  self->resting = FALSE;
  if (self->state != WS_ENGINE_ENDED && self->reading)
    {
      if (ws_protocol_has_input (&self->protocol))
        pull (self);
      else if (has_rested)
        take_turn (self);
      write_early (self);
    }
  if (self->state != WS_ENGINE_ENDED)
    ws_engine_update_wanted (self);
  ws_engine_settle_broken (self);
  ws_engine_unref (self);
}

void
ws_engine_init_reading (WsEngine *self)
{
  self->n_heavy = LIGHT_TURNS;
  self->resume_job.func = on_resume_job;
  ws_transport_set_ready (self->transport, on_ready, self);
}
