/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How a server's opening writes an answer, and how it ends then. */
#include "engine/ws-server-opening-private.h"

#include <string.h>

#include "engine/ws-handshake-log.h"

/* A reader of an answer must take so much within each time-out, and a fast one
 * gets so much at once. */
#define ANSWER_STEP  (64 * 1024)
#define ANSWER_BURST (1024 * 1024)

/* µs: who has taken nothing for so long is not about to. */
#define STALL G_USEC_PER_SEC

/* What a peer that was answered may still send before it is cut off: closing
 * with unread input would reset the connection, and the
 * answer might be lost. */
#define LINGER_BUDGET  (1024 * 1024)
#define LINGER_TIMEOUT (2 * G_USEC_PER_SEC)

/* Everything is written: our end is closed, the peer has a little time to close
 * the other end. */
static void
enter_lingering (WsServerOpening *self)
{
  self->state = WS_SERVER_OPENING_LINGERING;
  self->moved = ws_poller_now (self->poller);
  ws_poller_arm_after (self->poller, &self->deadline, LINGER_TIMEOUT);
  ws_transport_want (self->transport, G_IO_IN);
  ws_transport_shutdown (self->transport);
}

/* Bytes written, 0 included, or WS_IO_ERROR. */
static gssize
write_content (WsServerOpening *self, GError **error)
{
  gsize         size;
  const guint8 *data = g_bytes_get_data (self->content, &size);
  gsize         start = self->content_sent;

  while (self->content_sent < size && self->content_sent - start < ANSWER_BURST)
    {
      GOutputVector vector = { data + self->content_sent,
                               MIN (size - self->content_sent, ANSWER_BURST) };
      gssize n = ws_transport_writev (self->transport, &vector, 1, error);

      if (n == WS_IO_ERROR)
        return n;
      if (n == WS_IO_AGAIN)
        break;
      self->content_sent += n;
    }
  return self->content_sent - start;
}

static gboolean
is_written (const WsServerOpening *self)
{
  return ws_outbox_is_empty (&self->outbox)
         && (self->content == NULL
             || self->content_sent == g_bytes_get_size (self->content));
}

void
ws_server_opening_write_answer (WsServerOpening *self)
{
  GError *error = NULL;
  gssize  n = ws_outbox_flush (&self->outbox, self->transport, &error);

  if (self->state == WS_SERVER_OPENING_ANSWERING && n != WS_IO_ERROR
      && ws_outbox_is_empty (&self->outbox) && self->content != NULL)
    n = write_content (self, &error);
  if (self->state != WS_SERVER_OPENING_ANSWERING)
    {
      g_clear_error (&error);
      return;
    }
  if (n == WS_IO_ERROR)
    {
      ws_server_opening_end (self, error);
      return;
    }
  if (is_written (self))
    {
      enter_lingering (self);
      return;
    }
  if (n > 0)
    self->moved = ws_poller_now (self->poller);
  self->progress += n;
  if (self->progress >= ANSWER_STEP)
    {
      self->progress = 0;
      ws_server_opening_arm (self);
    }
}

/* (transfer full): @head is to be sent, once the transport says that it can be
 * written to: the owner is not called from here. */
static void
begin_answer (WsServerOpening *self, GString *head)
{
  ws_handshake_log (self->transport, TRUE, head->str, head->len);
  ws_outbox_push_raw (&self->outbox, head->str, head->len);
  g_string_free (head, TRUE);
  self->state = WS_SERVER_OPENING_ANSWERING;
  self->moved = ws_poller_now (self->poller);
  ws_server_opening_arm (self);
  ws_transport_want (self->transport, G_IO_OUT);
}

void
ws_server_opening_answer (WsServerOpening    *self,
                          const WsHttpAnswer *answer,
                          GBytes             *body)
{
  WsHttpAnswer full = *answer;

  full.server_name = self->server_name;
  full.date = g_get_real_time () / G_USEC_PER_SEC;
  full.body_len = body != NULL ? g_bytes_get_size (body) : 0;
  if (full.body_len > 0 && !self->is_head
      && ws_http_answer_has_body (full.status))
    self->content = g_bytes_ref (body);
  begin_answer (self, ws_http_answer_head (&full));
}

void
ws_server_opening_refuse (WsServerOpening *self, const WsHttpFault *fault)
{
  WsServerAnswer answer = { .server_name = self->server_name,
                            .date = g_get_real_time () / G_USEC_PER_SEC };
  GString       *text = ws_server_handshake_refuse (fault, &answer);

  /* 9110, 9.3.2: whoever asks for the head gets the head. */
  if (self->is_head)
    g_string_truncate (text, strstr (text->str, "\r\n\r\n") + 4 - text->str);
  begin_answer (self, text);
}

void
ws_server_opening_count_late (WsServerOpening *self, gsize len)
{
  self->lingered += len;
  if (self->lingered > LINGER_BUDGET)
    ws_server_opening_end (self, NULL);
}

gboolean
ws_server_opening_is_answering (const WsServerOpening *self)
{
  return self->state == WS_SERVER_OPENING_ANSWERING
         || self->state == WS_SERVER_OPENING_LINGERING;
}

gboolean
ws_server_opening_is_stalled (const WsServerOpening *self)
{
  return ws_server_opening_is_answering (self)
         && ws_poller_now (self->poller) - self->moved > STALL;
}
