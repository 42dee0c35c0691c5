/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* All that leads to the end of a connection: our close, the peer's, a broken
 * rule, silence, a stream that is gone. */
#include "engine/ws-engine-private.h"

#include <string.h>

#include "net/ws-excuse.h"
#include "protocol/ws-close.h"
#include "net/ws-translate.h"

void
ws_engine_end (WsEngine *self, const GError *error)
{
  WsClosing *closing;

  if (self->state == WS_ENGINE_ENDED)
    return;
  closing = &ws_engine_get_seldom (self)->closing;
  /* Our close frame is the last to leave. */
  if (self->is_broken || !ws_outbox_is_empty (&self->outbox))
    closing->sent = 0;
  closing->clean
      = closing->sent != 0 && closing->received != 0 && !self->failed;
  if (closing->code == 0)
    closing->code = WS_CLOSE_ABNORMAL;
  self->seldom->ends = ws_engine_take_ends (self);
  ws_engine_release (self);
  self->sink->ended (self->user_data, error);
}

/* What TLS says of an open connection is not about a handshake. */
static GError *
translate (const GError *error)
{
  if (error->domain != G_TLS_ERROR || error->code == G_TLS_ERROR_EOF)
    return g_error_copy (error);
  return g_error_new_literal (WS_ENGINE_ERROR, WS_ENGINE_ERROR_ENCRYPTION,
                              error->message);
}

void
ws_engine_lose (WsEngine *self, const GError *error)
{
  g_autoptr (GError) translated = NULL;

  if (self->state == WS_ENGINE_OPEN)
    translated = translate (error);
  ws_engine_end (self, translated);
}

/* The server closes TCP first, the client waits for it (RFC 6455, 7.1.1). A
 * peer that broke a rule may have lost its place in the stream: such a peer
 * gets a FIN, and time to close, for what it still sends must not reset the
 * connection. */
void
ws_engine_check_finished (WsEngine *self)
{
  if (self->state != WS_ENGINE_CLOSING
      || self->protocol.reader.role != WS_ROLE_SERVER
      || !ws_outbox_is_empty (&self->outbox))
    return;
  if (self->peer_closed)
    ws_engine_end (self, NULL);
  else if (self->failed)
    ws_transport_shutdown (self->transport);
}

static void
arm_close_deadline (WsEngine *self, gboolean half)
{
  const gint64 timeout = self->settings->close_timeout * (gint64) 1000;

  if (timeout > 0)
    ws_poller_arm_after (self->poller, &ws_engine_get_clocks (self)->closing,
                         half ? timeout / 2 : timeout);
}

/* Queues our close frame, behind every message that waits, and starts the one
 * deadline of the closing handshake. */
static void
enter_closing (WsEngine *self, guint code, const char *reason)
{
  WsFrameHeader header = { .fin = TRUE, .opcode = WS_OPCODE_CLOSE };
  guint8        payload[WS_CLOSE_PAYLOAD_MAX];
  gsize         len = ws_close_write (code, reason, payload);

  self->state = WS_ENGINE_CLOSING;
  ws_engine_get_seldom (self)->closing.sent = code;
  ws_poller_disarm (self->poller, &self->life_deadline);
  if (self->clocks != NULL)
    ws_poller_disarm (self->poller, &self->clocks->owed);
  /* What the owner does not read by half of the time is read for nobody. */
  self->is_halfway = self->started;
  arm_close_deadline (self, self->is_halfway);
  if (ws_protocol_closes_next (&self->protocol))
    ws_engine_begin_discarding (self);
  ws_outbox_push_copy (&self->outbox, &header, payload, len);
  ws_outbox_seal (&self->outbox);
  ws_engine_queue_flush (self);
}

/* (transfer full): a reason may hold U+0000, which no C string can carry and
 * which is to cut nothing off: the replacement character stands for it. */
static char *
copy_reason (const char *reason, gsize len)
{
  GString *copy = g_string_sized_new (len);

  for (gsize i = 0; i < len; i++)
    if (reason[i] != '\0')
      g_string_append_c (copy, reason[i]);
    else
      g_string_append (copy, "\xef\xbf\xbd");
  return g_string_free (copy, FALSE);
}

static void
note_closing (WsEngine *self, guint code, const char *reason, gsize len)
{
  WsClosing *closing = &ws_engine_get_seldom (self)->closing;

  closing->code = code;
  g_free (closing->reason);
  closing->reason = copy_reason (reason, len);
}

/* Announces the end, then answers with @code and the reason, the peer's own or
 * what the peer did wrong. The owner may have closed in the handler; what is
 * already decided stays. */
static void
announce_closing (WsEngine *self, const GError *error, guint code)
{
  self->state = WS_ENGINE_FINISHING;
  self->sink->about_to_close (self->user_data, error);
  if (self->state == WS_ENGINE_FINISHING)
    {
      enter_closing (self, code, self->seldom->closing.reason);
      if (self->state == WS_ENGINE_CLOSING)
        self->sink->closing (self->user_data);
    }
  ws_engine_check_finished (self);
}

void
ws_engine_close (WsEngine *self, guint code, const char *reason)
{
  if (self->state == WS_ENGINE_OPEN)
    {
      char  *text = g_strdup (reason != NULL ? reason : "");
      guint8 payload[WS_CLOSE_PAYLOAD_MAX];
      gsize  len = ws_close_write (code, text, payload);

      note_closing (self, code, text, len - 2);
      enter_closing (self, code, text);
      g_free (text);
    }
  else if (self->state == WS_ENGINE_FINISHING)
    {
      const WsClosing *closing = ws_engine_get_closing (self);

      enter_closing (self, self->failed ? closing->code : closing->received,
                     closing->reason);
    }
}

void
ws_engine_handle_close (WsEngine *self, const WsEvent *event)
{
  guint code = event->close_code;

  self->peer_closed = TRUE;
  if (event->fault != NULL && !self->failed)
    {
      ws_engine_handle_fault (self, event->fault);
      return;
    }
  if (event->fault == NULL)
    ws_engine_get_seldom (self)->closing.received = code;
  if (self->state == WS_ENGINE_OPEN)
    {
      note_closing (self, code == WS_CLOSE_NO_STATUS ? WS_CLOSE_NORMAL : code,
                    (const char *) event->data, event->len);
      announce_closing (self, NULL, code);
    }
  else if (self->state == WS_ENGINE_CLOSING)
    {
      self->sink->read_finished (self->user_data);
      ws_engine_check_finished (self);
    }
}

void
ws_engine_fail (WsEngine *self, const WsFault *fault, WsEngineError kind)
{
  g_autoptr (GError) error
      = g_error_new_literal (WS_ENGINE_ERROR, kind, fault->reason);

  self->failed = self->selective = TRUE;
  if (self->state == WS_ENGINE_OPEN)
    {
      note_closing (self, fault->close_code, fault->reason,
                    strlen (fault->reason));
      announce_closing (self, error, fault->close_code);
    }
  else
    ws_engine_end (self, error);
}

static WsEngineError
kind_of_fault (const WsFault *fault)
{
  switch (fault->close_code)
    {
    case WS_CLOSE_INVALID_PAYLOAD:
      return WS_ENGINE_ERROR_INVALID_UTF8;
    case WS_CLOSE_TOO_BIG:
      return WS_ENGINE_ERROR_TOO_BIG;
    default:
      return WS_ENGINE_ERROR_PROTOCOL;
    }
}

void
ws_engine_handle_fault (WsEngine *self, const WsFault *fault)
{
  ws_engine_fail (self, fault, kind_of_fault (fault));
}

void
ws_engine_handle_eof (WsEngine *self)
{
  g_autoptr (GError) error = NULL;

  /* The owner still announces the end, in a nested loop. */
  if (self->state == WS_ENGINE_FINISHING)
    ws_engine_close (self, 0, NULL);
  if (self->state == WS_ENGINE_CLOSING)
    {
      if (ws_engine_get_closing (self)->received != 0)
        ws_engine_write (self);
      else
        self->sink->read_finished (self->user_data);
    }
  else
    error = g_error_new_literal (WS_ENGINE_ERROR, WS_ENGINE_ERROR_PEER_GONE,
                                 _ ("The peer closed the connection without a "
                                    "close frame"));
  ws_engine_end (self, error);
}

/* (transfer full) (nullable): what the peer did not do in time; NULL: the owner
 * knows already that something is wrong. */
static GError *
explain_late (WsEngine *self)
{
  guint timeout = self->settings->close_timeout;

  if (self->failed)
    return NULL;
  if (!ws_outbox_is_empty (&self->outbox))
    return g_error_new (WS_ENGINE_ERROR, WS_ENGINE_ERROR_TIMED_OUT,
                        _ ("The peer did not read all that was sent within "
                           "close-timeout (%u ms)"),
                        timeout);
  if (ws_engine_get_closing (self)->received == 0)
    return g_error_new (WS_ENGINE_ERROR, WS_ENGINE_ERROR_TIMED_OUT,
                        _ ("The peer did not answer the close frame within "
                           "close-timeout (%u ms)"),
                        timeout);
  return NULL;
}

/* Where our own loop was late the close frame may not have left yet, or the
 * answer waits unread: the peer gets as much time again, once. */
static gboolean
excuse_closing (WsEngine *self)
{
  WsEngineClocks *clocks = self->clocks;
  gint64          excused = 0;

  if (clocks->is_excused || self->settings->close_timeout == 0)
    return FALSE;
  clocks->is_excused
      = ws_excuse (self->poller, &clocks->closing,
                   self->settings->close_timeout * (gint64) 1000, &excused);
  return clocks->is_excused;
}

static void
judge_closing (WsEngine *self)
{
  g_autoptr (GError) error = NULL;

  if (self->is_halfway)
    {
      self->is_halfway = FALSE;
      arm_close_deadline (self, TRUE);
      ws_engine_begin_discarding (self);
      return;
    }
  error = explain_late (self);
  ws_engine_end (self, error);
}

static void
on_close_deadline (WsDeadline *deadline)
{
  WsEngine *self = ws_engine_ref (
      WS_CONTAINER_OF (deadline, WsEngineClocks, closing)->engine);

  if (self->is_broken)
    ws_engine_lose (self, self->seldom->broken);
  else if (!excuse_closing (self))
    judge_closing (self);
  ws_engine_unref (self);
}

/* Reads what the peer has sent, for nobody: closing with input unread would
 * reset the connection, and what was just written might be lost. */
static void
discard_input (WsEngine *self)
{
  WsReadBuffer *buffer = ws_poller_acquire_buffer (self->poller);
  gssize        n;
  gsize         budget = WS_ENGINE_READ_BUDGET;

  do
    {
      n = ws_transport_read (self->transport, buffer->data, WS_READ_BUFFER_SIZE,
                             NULL);
      budget -= MIN (budget, (gsize) MAX (n, 0));
    }
  while (n > 0 && budget > 0 && self->transport != NULL);
  ws_poller_release_buffer (self->poller, buffer);
}

void
ws_engine_leave (WsEngine *self, guint code)
{
  ws_engine_close (self, code, NULL);
  if (self->state != WS_ENGINE_ENDED && !self->is_broken
      && ws_outbox_flush (&self->outbox, self->transport, NULL) != WS_IO_ERROR
      && self->transport != NULL)
    {
      ws_transport_shutdown (self->transport);
      discard_input (self);
    }
  ws_engine_drop (self);
}

void
ws_engine_init_closing (WsEngineClocks *clocks)
{
  clocks->closing.func = on_close_deadline;
}
