/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/ws-server-opening.h"

#include <string.h>

#include "engine/ws-outbox.h"
#include "protocol/ws-http-body.h"

/* What a peer may send with a request of plain HTTP. */
#define MAX_BODY (64 * 1024)

/* What a peer may send while it waits for the verdict. */
#define MAX_REST (64 * 1024)

/* A reader of an answer must take so much within each time-out, and a fast one
 * gets so much at once. */
#define ANSWER_STEP  (64 * 1024)
#define ANSWER_BURST (1024 * 1024)

/* What a refused peer may still send before it is cut off: closing with unread
 * input would reset the connection, and the answer might be lost. */
#define LINGER_BUDGET  (1024 * 1024)
#define LINGER_TIMEOUT (2 * G_USEC_PER_SEC)

typedef enum
{
  STATE_SECURING, /* the TLS handshake */
  STATE_READING,
  STATE_READING_BODY, /* of plain HTTP */
  STATE_ASKING,       /* the owner is to give its verdict */
  STATE_ANSWERING,    /* the answer is being written */
  STATE_LINGERING,    /* the peer is to close */
  STATE_OVER
} State;

struct _WsServerOpening
{
  State                      state;
  WsTransport               *transport; /* (owned) (nullable): until stolen */
  gboolean                   is_secure; /* @transport is a TLS stream */
  gboolean                   is_head;   /* the request's method is HEAD */
  WsPoller                  *poller;    /* (owned) */
  const WsServerOpeningSink *sink;
  gpointer                   user_data;
  char                      *server_name; /* (owned) (nullable) */
  gint64                     timeout;     /* µs; 0: none */
  WsBuffer                   early;       /* input from before */
  WsHttpReader               reader;
  WsHttpBody                 incoming; /* while STATE_READING_BODY */
  GBytes                    *body;     /* (owned) (nullable): of the request */
  WsBuffer                   rest;
  WsServerHandshake          handshake;
  WsOutbox                   outbox;
  GBytes                    *content; /* (owned) (nullable): of the answer */
  gsize                      content_sent;
  gsize                      progress; /* bytes since the deadline was set */
  WsDeadline                 deadline;
  gsize                      lingered; /* bytes */
  GError *error; /* (owned) (nullable): why there is no TLS session */
};

static void
on_deadline (WsDeadline *deadline)
{
  WsServerOpening *self = WS_CONTAINER_OF (deadline, WsServerOpening, deadline);
  g_autoptr (GError) error = g_steal_pointer (&self->error);

  if (error != NULL)
    self->sink->tls_failed (self, error, self->user_data);
  else
    self->sink->gone (self, self->user_data);
}

void
ws_server_opening_free (WsServerOpening *self)
{
  ws_poller_disarm (self->poller, &self->deadline);
  g_clear_pointer (&self->transport, ws_transport_free);
  ws_http_reader_clear (&self->reader);
  ws_buffer_clear (&self->early);
  ws_buffer_clear (&self->rest);
  ws_http_body_clear (&self->incoming);
  g_clear_pointer (&self->body, g_bytes_unref);
  g_clear_error (&self->error);
  g_clear_pointer (&self->content, g_bytes_unref);
  ws_server_handshake_clear (&self->handshake);
  ws_outbox_clear (&self->outbox);
  ws_poller_unref (self->poller);
  g_free (self->server_name);
  g_free (self);
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

GBytes *
ws_server_opening_get_body (WsServerOpening *self)
{
  return self->body;
}

static void
arm (WsServerOpening *self)
{
  if (self->timeout > 0)
    ws_poller_arm_after (self->poller, &self->deadline, self->timeout);
}

void
ws_server_opening_wait (WsServerOpening *self)
{
  ws_poller_disarm (self->poller, &self->deadline);
}

/* --- Answers --- */

/* Everything is written: our end is closed, the peer has a little time to close
 * its own. */
static void
enter_lingering (WsServerOpening *self)
{
  self->state = STATE_LINGERING;
  ws_poller_arm_after (self->poller, &self->deadline, LINGER_TIMEOUT);
  ws_transport_want (self->transport, G_IO_IN);
  ws_transport_shutdown (self->transport);
}

/* Bytes written, 0 included, or WS_IO_ERROR. */
static gssize
write_content (WsServerOpening *self)
{
  gsize         size;
  const guint8 *data = g_bytes_get_data (self->content, &size);
  gsize         start = self->content_sent;

  while (self->content_sent < size && self->content_sent - start < ANSWER_BURST)
    {
      GOutputVector vector = { data + self->content_sent,
                               MIN (size - self->content_sent, ANSWER_BURST) };
      gssize        n = ws_transport_writev (self->transport, &vector, 1, NULL);

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

static void
write_answer (WsServerOpening *self)
{
  gssize n = ws_outbox_flush (&self->outbox, self->transport, NULL);

  if (n != WS_IO_ERROR && ws_outbox_is_empty (&self->outbox)
      && self->content != NULL)
    n = write_content (self);
  if (n == WS_IO_ERROR)
    {
      self->sink->gone (self, self->user_data);
      return;
    }
  if (is_written (self))
    {
      enter_lingering (self);
      return;
    }
  self->progress += n;
  if (self->progress >= ANSWER_STEP)
    {
      self->progress = 0;
      arm (self);
    }
}

/* (transfer full): @head is sent. It is written when the transport says so: the
 * owner is not called from here. */
static void
begin_answer (WsServerOpening *self, GString *head)
{
  ws_outbox_push_raw (&self->outbox, head->str, head->len);
  g_string_free (head, TRUE);
  self->state = STATE_ANSWERING;
  arm (self);
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

/* Refuses what the owner is not asked about. */
static void
refuse_invalid (WsServerOpening *self, const WsHttpFault *fault)
{
  ws_server_opening_refuse (self, fault);
  self->sink->refused (self, fault, self->user_data);
}

/* --- Requests --- */

/* All of it is there. Reading goes on, so that a peer that leaves is noticed;
 * what it sends is the connection's. */
static void
ask_owner (WsServerOpening *self, const guint8 *rest, gsize len)
{
  ws_buffer_append (&self->rest, rest, len);
  self->state = STATE_ASKING;
  self->sink->request (self, self->user_data);
}

static void
take_body (WsServerOpening *self, const guint8 *data, gsize len)
{
  WsHttpFault fault;
  gsize       consumed = 0;

  switch (ws_http_body_feed (&self->incoming, data, len, &consumed, &fault))
    {
    case WS_NEED_MORE:
      return;
    case WS_FAILED:
      refuse_invalid (self, &fault);
      return;
    case WS_DONE:
      break;
    }
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
  self->state = STATE_READING_BODY;
  if (!has_more && self->incoming.framing != WS_HTTP_BODY_NONE)
    greet_body (self, request);
  return TRUE;
}

static gboolean
parse_request (WsServerOpening *self, gboolean has_more, WsHttpFault *fault)
{
  WsHttpRequest request;
  gboolean      valid;

  if (!ws_http_request_parse (&request, (const char *) self->reader.head.data,
                              self->reader.head.len, fault))
    return FALSE;
  valid = judge_request (self, &request, has_more, fault);
  ws_http_request_clear (&request);
  return valid;
}

static void
take_input (WsServerOpening *self, const guint8 *data, gsize len)
{
  WsHttpFault fault;
  gsize       consumed = 0;

  switch (ws_http_reader_feed (&self->reader, data, len, &consumed, &fault))
    {
    case WS_NEED_MORE:
      return;
    case WS_FAILED:
      refuse_invalid (self, &fault);
      return;
    case WS_DONE:
      break;
    }
  if (!parse_request (self, consumed < len, &fault))
    refuse_invalid (self, &fault);
  else if (self->state == STATE_READING_BODY)
    take_body (self, data + consumed, len - consumed);
  else
    ask_owner (self, data + consumed, len - consumed);
}

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
    case STATE_READING:
      take_input (self, data, len);
      break;
    case STATE_READING_BODY:
      take_body (self, data, len);
      break;
    case STATE_ASKING:
      keep_rest (self, data, len);
      break;
    case STATE_LINGERING:
      self->lingered += len;
      if (self->lingered > LINGER_BUDGET)
        self->sink->gone (self, self->user_data);
      break;
    case STATE_SECURING:
    case STATE_ANSWERING:
    case STATE_OVER:
      break;
    }
}

/* A client of plain HTTP that has nothing more to say may still listen (9112,
 * 9.6). Whether it does is seen when it is answered. */
static gboolean
is_complete (const WsServerOpening *self)
{
  return self->state == STATE_ASKING && self->handshake.key == NULL;
}

static void
read_input (WsServerOpening *self)
{
  WsPoller     *poller = ws_poller_ref (self->poller);
  WsReadBuffer *buffer = ws_poller_acquire_buffer (poller);
  /* So that no more is kept than MAX_REST and one such read. */
  const gsize len
      = self->state == STATE_ASKING ? MAX_REST : WS_READ_BUFFER_SIZE;
  gssize n = ws_transport_read (self->transport, buffer->data, len, NULL);

  if (n == 0 && is_complete (self))
    ws_transport_want (self->transport, 0);
  else if (n == 0 || n == WS_IO_ERROR)
    self->sink->gone (self, self->user_data);
  else if (n > 0)
    dispatch_input (self, buffer->data, n);
  ws_poller_release_buffer (poller, buffer);
  ws_poller_unref (poller);
}

static void
take_early (WsServerOpening *self)
{
  WsBuffer early = self->early;

  self->early = (WsBuffer){ 0 };
  ws_transport_want (self->transport, G_IO_IN);
  take_input (self, early.data, early.len);
  ws_buffer_clear (&early);
}

/* FALSE: it is over. */
static gboolean
write_greeting (WsServerOpening *self)
{
  if (ws_outbox_flush (&self->outbox, self->transport, NULL) == WS_IO_ERROR)
    {
      self->sink->gone (self, self->user_data);
      return FALSE;
    }
  if (ws_outbox_is_empty (&self->outbox))
    ws_transport_want (self->transport, G_IO_IN);
  return TRUE;
}

static void
on_ready (gpointer user_data, GIOCondition condition)
{
  WsServerOpening *self = user_data;

  switch (self->state)
    {
    case STATE_READING:
      if (self->early.len > 0)
        take_early (self);
      else
        read_input (self);
      break;
    case STATE_READING_BODY:
    case STATE_ASKING:
      if ((condition & G_IO_OUT) != 0 && !write_greeting (self))
        break;
      if ((condition & G_IO_IN) != 0)
        read_input (self);
      break;
    case STATE_LINGERING:
      read_input (self);
      break;
    case STATE_ANSWERING:
      write_answer (self);
      break;
    case STATE_SECURING:
    case STATE_OVER:
      break;
    }
}

static void
begin_reading (WsServerOpening *self)
{
  self->state = STATE_READING;
  ws_transport_set_ready (self->transport, on_ready, self);
  ws_transport_want (self->transport, G_IO_IN);
}

void
ws_server_opening_push_input (WsServerOpening *self,
                              gconstpointer    data,
                              gsize            len)
{
  ws_buffer_append (&self->early, data, len);
  /* It can almost always be written to, so that is soon. */
  ws_transport_want (self->transport, G_IO_IN | G_IO_OUT);
}

/* --- TLS --- */

static void
on_secured (WsTransport *stream, gpointer user_data)
{
  begin_reading (user_data);
}

static void
on_paused (WsTransport *stream, gpointer user_data)
{
  WsServerOpening *self = user_data;

  self->sink->paused (self, self->user_data);
}

static void
on_tls_failed (WsTransport *stream, const GError *error, gpointer user_data)
{
  WsServerOpening *self = user_data;

  self->sink->tls_failed (self, error, self->user_data);
}

static const WsTlsStreamSink stream_sink = {
  .secured = on_secured,
  .paused = on_paused,
  .failed = on_tls_failed,
};

/* A session that cannot even be made has failed with the next turn. */
static void
begin_securing (WsServerOpening *self, const WsServerOpeningOptions *options)
{
  WsTlsSessionOptions tls = { .is_server = TRUE,
                              .credentials = options->credentials,
                              .alpn = options->alpn };

  self->state = STATE_SECURING;
  self->transport
      = ws_tls_stream_new (self->transport, &tls, &stream_sink,
                           options->tls_sink, self->user_data, &self->error);
  self->is_secure = self->transport != NULL;
  if (self->is_secure)
    {
      ws_tls_stream_set_sink_data (self->transport, self);
      return;
    }
  ws_poller_arm (self->poller, &self->deadline, ws_poller_now (self->poller));
}

void
ws_server_opening_resume (WsServerOpening *self, gboolean accept)
{
  ws_tls_stream_resume (self->transport, accept);
}

WsTlsSession *
ws_server_opening_get_session (WsServerOpening *self)
{
  if (!self->is_secure || self->transport == NULL)
    return NULL;
  return ws_tls_stream_get_session (self->transport);
}

WsServerOpening *
ws_server_opening_new (WsTransport                  *transport,
                       const WsServerOpeningOptions *options,
                       const WsServerOpeningSink    *sink,
                       gpointer                      user_data)
{
  WsServerOpening *self = g_new0 (WsServerOpening, 1);

  self->transport = transport;
  self->poller = ws_poller_ref (transport->poller);
  self->sink = sink;
  self->user_data = user_data;
  self->server_name = g_strdup (options->server_name);
  self->deadline.func = on_deadline;
  ws_http_reader_init (&self->reader, WS_HTTP_REQUEST, options->limits);
  ws_outbox_init (&self->outbox, NULL, NULL);
  self->timeout = options->timeout * (gint64) 1000;
  arm (self);
  if (options->credentials != NULL)
    begin_securing (self, options);
  else
    begin_reading (self);
  return self;
}

WsServerOpened
ws_server_opening_steal (WsServerOpening *self)
{
  WsServerOpened opened = { .transport = g_steal_pointer (&self->transport),
                            .is_secure = self->is_secure,
                            .head = self->reader.head,
                            .rest = self->rest };

  self->state = STATE_OVER;
  self->reader.head = (WsBuffer){ 0 };
  self->rest = (WsBuffer){ 0 };
  /* Whoever takes it says when it is read. */
  ws_transport_want (opened.transport, 0);
  return opened;
}
