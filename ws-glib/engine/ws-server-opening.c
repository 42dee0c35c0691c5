/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How an accepted stream becomes a request, and an answer or a connection. */
#include "engine/ws-server-opening-private.h"

#include <string.h>

#include "engine/ws-engine-error.h"
#include "engine/ws-handshake-log.h"
#include "protocol/ws-forwarded.h"

/* How an accepted stream becomes a request, and an answer or a connection. */

/* What a peer may send with a request of plain HTTP. */
#define MAX_BODY (64 * 1024)

/* What a peer may send while it waits for the verdict. */
#define MAX_REST (64 * 1024)

void
ws_server_opening_unref (WsServerOpening *self)
{
  if (--self->n_refs > 0)
    return;
  ws_http_reader_clear (&self->reader);
  ws_buffer_clear (&self->early);
  ws_buffer_clear (&self->rest);
  ws_http_body_clear (&self->incoming);
  g_clear_pointer (&self->body, g_bytes_unref);
  g_free (self->header);
  g_clear_pointer (&self->credentials, ws_tls_credentials_unref);
  g_strfreev (self->alpn);
  g_clear_pointer (&self->content, g_bytes_unref);
  ws_server_handshake_clear (&self->handshake);
  ws_outbox_clear (&self->outbox);
  ws_poller_unref (self->poller);
  g_free (self->server_name);
  g_free (self);
}

void
ws_server_opening_free (WsServerOpening *self)
{
  self->state = WS_SERVER_OPENING_OVER;
  ws_poller_disarm (self->poller, &self->deadline);
  g_clear_pointer (&self->transport, ws_transport_free);
  ws_server_opening_unref (self);
}

WsTransport *
ws_server_opening_get_transport (WsServerOpening *self)
{
  return self->transport;
}

const WsServerHandshake *
ws_server_opening_get_handshake (WsServerOpening *self)
{
  return &self->handshake;
}

gboolean
ws_server_opening_parse (WsServerOpening *self, WsHttpRequest *request)
{
  WsHttpFault fault;

  return ws_http_request_parse (request, (const char *) self->reader.head.data,
                                self->reader.head.len, &fault);
}

gboolean
ws_server_opening_has_forwarded (WsServerOpening *self)
{
  return ws_forwarded_is_mentioned ((const char *) self->reader.head.data,
                                    self->reader.head.len);
}

GBytes *
ws_server_opening_get_body (WsServerOpening *self)
{
  return self->body;
}

WsServerOpeningState
ws_server_opening_get_state (const WsServerOpening *self)
{
  return self->state;
}

gboolean
ws_server_opening_is_asking (const WsServerOpening *self)
{
  return self->state == WS_SERVER_OPENING_ASKING;
}

/* --- How it ends --- */

void
ws_server_opening_end (WsServerOpening *self, GError *error)
{
  g_autoptr (GError) kept = error;

  self->sink->gone (self, kept, self->user_data);
}

/* Whether the peer owes nothing: it has not begun, or has its answer. */
static gboolean
may_leave (const WsServerOpening *self)
{
  return self->heard == 0 || self->state == WS_SERVER_OPENING_LINGERING;
}

/* The peer has left, with @error (transfer full) (nullable) or in order. */
static void
end_left (WsServerOpening *self, GError *error)
{
  if (may_leave (self))
    g_clear_error (&error);
  else if (error == NULL)
    error
        = g_error_new_literal (WS_ENGINE_ERROR, WS_ENGINE_ERROR_PEER_GONE,
                               self->state == WS_SERVER_OPENING_ASKING
                                   ? "The peer has left before it was answered"
                                   : "The peer has closed the connection");
  ws_server_opening_end (self, error);
}

/* Refuses what the owner does not decide about. */
void
ws_server_opening_refuse_invalid (WsServerOpening   *self,
                                  const WsHttpFault *fault)
{
  ws_server_opening_refuse (self, fault);
  self->sink->refused (self, fault, self->user_data);
}

/* --- Requests --- */

void
ws_server_opening_hold (WsServerOpening *self)
{
  self->is_held = TRUE;
}

void
ws_server_opening_ask_again (WsServerOpening *self)
{
  self->is_held = FALSE;
  self->sink->request (self, self->user_data);
}

/* The whole request is there. Reading goes on, so that a peer that leaves is
 * noticed; what else the peer sends is the connection's. */
static void
ask_owner (WsServerOpening *self, const guint8 *rest, gsize len)
{
  ws_buffer_append (&self->rest, rest, len);
  self->state = WS_SERVER_OPENING_ASKING;
  self->sink->request (self, self->user_data);
}

/* Whether what was being read is there now. */
static gboolean
is_whole (WsServerOpening *self, WsParse parse, const WsHttpFault *fault)
{
  if (parse == WS_FAILED)
    ws_server_opening_refuse_invalid (self, fault);
  return parse == WS_DONE;
}

static void
take_body (WsServerOpening *self, const guint8 *data, gsize len)
{
  WsHttpFault fault;
  gsize       consumed = 0;
  WsParse     parse
      = ws_http_body_feed (&self->incoming, data, len, &consumed, &fault);

  if (!is_whole (self, parse, &fault))
    return;
  if (self->incoming.kept.len > 0)
    self->body
        = g_bytes_new (self->incoming.kept.data, self->incoming.kept.len);
  ws_http_body_clear (&self->incoming);
  self->incoming = (WsHttpBody){ 0 };
  ask_owner (self, data + consumed, len - consumed);
}

/* 9110, 10.1.1: a peer that waits is told to go on, unless it has. */
static void
greet_body (WsServerOpening *self, const WsHttpRequest *request)
{
  if (request->minor == 0
      || !ws_http_headers_has_token (request->headers, "Expect",
                                     "100-continue"))
    return;
  ws_outbox_push_raw (&self->outbox, "HTTP/1.1 100 Continue\r\n\r\n", 25);
  ws_transport_want (self->transport, G_IO_IN | G_IO_OUT);
}

static gboolean
judge_request (WsServerOpening     *self,
               const WsHttpRequest *request,
               gboolean             has_more,
               WsHttpFault         *fault)
{
  self->is_head = strcmp (request->method, "HEAD") == 0;
  if (!ws_server_handshake_is_plain (request) || self->sink->wants_http == NULL
      || !self->sink->wants_http (self, self->user_data))
    return ws_server_handshake_judge (&self->handshake, request, fault);
  if (!ws_server_handshake_judge_plain (&self->handshake, request, fault)
      || !ws_http_body_init_request (&self->incoming, request, MAX_BODY, fault))
    return FALSE;
  self->state = WS_SERVER_OPENING_READING_BODY;
  if (!has_more && self->incoming.framing != WS_HTTP_BODY_NONE)
    greet_body (self, request);
  return TRUE;
}

static gboolean
parse_request (WsServerOpening *self, gboolean has_more, WsHttpFault *fault)
{
  WsHttpRequest request;
  gboolean      valid;

  ws_handshake_log (self->transport, FALSE, self->reader.head.data,
                    self->reader.head.len);
  if (!ws_http_request_parse (&request, (const char *) self->reader.head.data,
                              self->reader.head.len, fault))
    return FALSE;
  valid = judge_request (self, &request, has_more, fault);
  ws_http_request_clear (&request);
  return valid;
}

void
ws_server_opening_take_input (WsServerOpening *self,
                              const guint8    *data,
                              gsize            len)
{
  WsHttpFault fault;
  gsize       consumed = 0;
  WsParse     parse
      = ws_http_reader_feed (&self->reader, data, len, &consumed, &fault);

  if (!is_whole (self, parse, &fault))
    return;
  if (!parse_request (self, consumed < len, &fault))
    ws_server_opening_refuse_invalid (self, &fault);
  else if (self->state == WS_SERVER_OPENING_READING_BODY)
    take_body (self, data + consumed, len - consumed);
  else
    ask_owner (self, data + consumed, len - consumed);
}

/* --- Input --- */

/* Of a peer that is impatient. */
static void
keep_rest (WsServerOpening *self, const guint8 *data, gsize len)
{
  ws_buffer_append (&self->rest, data, len);
  if (self->rest.len >= MAX_REST)
    ws_transport_want (self->transport, 0);
}

static void
dispatch_input (WsServerOpening *self, const guint8 *data, gsize len)
{
  switch (self->state)
    {
    case WS_SERVER_OPENING_ARRIVING:
      ws_server_opening_take_start (self, data, len);
      break;
    case WS_SERVER_OPENING_PROXY:
      ws_server_opening_take_proxy_header (self, data, len);
      break;
    case WS_SERVER_OPENING_READING:
      ws_server_opening_take_input (self, data, len);
      break;
    case WS_SERVER_OPENING_READING_BODY:
      take_body (self, data, len);
      break;
    case WS_SERVER_OPENING_ASKING:
      keep_rest (self, data, len);
      break;
    case WS_SERVER_OPENING_LINGERING:
      ws_server_opening_count_late (self, len);
      break;
    case WS_SERVER_OPENING_SECURING:
    case WS_SERVER_OPENING_ANSWERING:
    case WS_SERVER_OPENING_OVER:
      break;
    }
}

/* A client of plain HTTP that has nothing more to say may still listen (9112,
 * 9.6). Whether the client does is seen when the answer is written. */
static gboolean
is_complete (const WsServerOpening *self)
{
  return self->state == WS_SERVER_OPENING_ASKING && self->handshake.key == NULL;
}

static void
read_input (WsServerOpening *self)
{
  WsPoller     *poller = ws_poller_ref (self->poller);
  WsReadBuffer *buffer = ws_poller_acquire_buffer (poller);
  /* So that no more is kept than MAX_REST and one such read. */
  const gsize len = self->state == WS_SERVER_OPENING_ASKING
                        ? MAX_REST
                        : WS_READ_BUFFER_SIZE;
  GError     *error = NULL;
  gssize n = ws_transport_read (self->transport, buffer->data, len, &error);

  if (self->state == WS_SERVER_OPENING_OVER)
    g_clear_error (&error);
  else if (n == 0 && is_complete (self))
    ws_transport_want (self->transport, 0);
  else if (n == 0 || n == WS_IO_ERROR)
    end_left (self, error);
  else if (n > 0)
    {
      self->heard = self->arrived = ws_poller_now (poller);
      dispatch_input (self, buffer->data, n);
    }
  ws_poller_release_buffer (poller, buffer);
  ws_poller_unref (poller);
}

static void
take_early (WsServerOpening *self)
{
  WsBuffer early = self->early;

  self->early = (WsBuffer){ 0 };
  ws_transport_want (self->transport, G_IO_IN);
  ws_server_opening_take_input (self, early.data, early.len);
  ws_buffer_clear (&early);
}

/* FALSE: the opening is over. */
static gboolean
write_greeting (WsServerOpening *self)
{
  GError *error = NULL;
  gssize  n = ws_outbox_flush (&self->outbox, self->transport, &error);

  if (self->state == WS_SERVER_OPENING_OVER)
    return FALSE;
  if (n == WS_IO_ERROR)
    {
      end_left (self, error);
      return FALSE;
    }
  if (ws_outbox_is_empty (&self->outbox))
    ws_transport_want (self->transport, G_IO_IN);
  return TRUE;
}

static void
handle_ready (WsServerOpening *self, GIOCondition condition)
{
  switch (self->state)
    {
    case WS_SERVER_OPENING_READING:
      if (self->early.len > 0)
        take_early (self);
      else
        read_input (self);
      break;
    case WS_SERVER_OPENING_READING_BODY:
    case WS_SERVER_OPENING_ASKING:
      if ((condition & G_IO_OUT) != 0 && !write_greeting (self))
        break;
      if ((condition & G_IO_IN) != 0)
        read_input (self);
      break;
    case WS_SERVER_OPENING_ARRIVING:
    case WS_SERVER_OPENING_PROXY:
    case WS_SERVER_OPENING_LINGERING:
      read_input (self);
      break;
    case WS_SERVER_OPENING_ANSWERING:
      ws_server_opening_write_answer (self);
      break;
    case WS_SERVER_OPENING_SECURING:
    case WS_SERVER_OPENING_OVER:
      break;
    }
}

static void
on_ready (gpointer user_data, GIOCondition condition)
{
  WsServerOpening *self = user_data;

  self->n_refs++;
  handle_ready (self, condition);
  ws_server_opening_unref (self);
}

void
ws_server_opening_begin_reading (WsServerOpening *self)
{
  self->state = WS_SERVER_OPENING_READING;
  self->heard = 0;
  ws_transport_set_ready (self->transport, on_ready, self);
  ws_transport_want (self->transport, G_IO_IN);
}

void
ws_server_opening_push_input (WsServerOpening *self,
                              gconstpointer    data,
                              gsize            len)
{
  ws_buffer_append (&self->early, data, len);
  /* A transport can almost always be written to, so that is soon. */
  ws_transport_want (self->transport, G_IO_IN | G_IO_OUT);
}

/* --- Life --- */

WsServerOpening *
ws_server_opening_new (WsTransport                  *transport,
                       const WsServerOpeningOptions *options,
                       const WsServerOpeningSink    *sink,
                       gpointer                      user_data)
{
  WsServerOpening *self = g_new0 (WsServerOpening, 1);

  self->n_refs = 1;
  self->transport = transport;
  self->poller = ws_poller_ref (transport->poller);
  self->sink = sink;
  self->user_data = user_data;
  self->server_name = g_strdup (options->server_name);
  ws_server_opening_init_time (self);
  ws_http_reader_init (&self->reader, WS_HTTP_REQUEST, options->limits);
  ws_outbox_init (&self->outbox);
  self->timeout = options->timeout * (gint64) 1000;
  ws_server_opening_arm (self);
  ws_server_opening_begin_reading (self);
  if (options->credentials != NULL
      || options->proxy_header != WS_PROXY_HEADER_NEVER)
    ws_server_opening_await_start (self, options);
  return self;
}

WsServerOpened
ws_server_opening_steal (WsServerOpening *self)
{
  WsServerOpened opened = { .transport = g_steal_pointer (&self->transport),
                            .is_secure = self->is_secure,
                            .head = self->reader.head,
                            .rest = self->rest };

  self->state = WS_SERVER_OPENING_OVER;
  self->reader.head = (WsBuffer){ 0 };
  self->rest = (WsBuffer){ 0 };
  /* Whoever takes the transport says when it is read; mostly that is at once,
   * and nothing changes. */
  return opened;
}
