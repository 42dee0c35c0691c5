/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/ws-server-opening.h"

#include "engine/ws-outbox.h"

/* What a refused peer may still send before it is cut off: closing with unread
 * input would reset the connection, and the answer might be lost. */
#define LINGER_BUDGET  (1024 * 1024)
#define LINGER_TIMEOUT (2 * G_USEC_PER_SEC)

typedef enum
{
  STATE_SECURING, /* the TLS handshake */
  STATE_READING,
  STATE_ASKING,    /* the owner is to give its verdict */
  STATE_REFUSING,  /* the answer is being written */
  STATE_LINGERING, /* the peer is to close */
  STATE_OVER
} State;

struct _WsServerOpening
{
  State                      state;
  WsTransport               *transport; /* (owned) (nullable): until stolen */
  gboolean                   is_secure; /* @transport is a TLS stream */
  WsPoller                  *poller;    /* (owned) */
  const WsServerOpeningSink *sink;
  gpointer                   user_data;
  char                      *server_name; /* (owned) (nullable) */
  WsHttpReader               reader;
  WsBuffer                   rest;
  WsServerHandshake          handshake;
  WsOutbox                   outbox;
  WsDeadline                 deadline;
  gsize                      lingered; /* bytes */
};

static void
on_deadline (WsDeadline *deadline)
{
  WsServerOpening *self = WS_CONTAINER_OF (deadline, WsServerOpening, deadline);

  self->sink->gone (self, self->user_data);
}

void
ws_server_opening_free (WsServerOpening *self)
{
  ws_poller_disarm (self->poller, &self->deadline);
  g_clear_pointer (&self->transport, ws_transport_free);
  ws_http_reader_clear (&self->reader);
  ws_buffer_clear (&self->rest);
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

static void
write_answer (WsServerOpening *self)
{
  if (ws_outbox_flush (&self->outbox, self->transport, NULL) == WS_IO_ERROR)
    self->sink->gone (self, self->user_data);
  else if (ws_outbox_is_empty (&self->outbox))
    enter_lingering (self);
  else
    ws_transport_want (self->transport, G_IO_OUT);
}

void
ws_server_opening_refuse (WsServerOpening *self, const WsHttpFault *fault)
{
  WsServerAnswer answer = { .server_name = self->server_name,
                            .date = g_get_real_time () / G_USEC_PER_SEC };
  GString       *text = ws_server_handshake_refuse (fault, &answer);

  ws_outbox_push_raw (&self->outbox, text->str, text->len);
  g_string_free (text, TRUE);
  self->state = STATE_REFUSING;
  /* Written when the transport says so: the owner is not called from here. */
  ws_transport_want (self->transport, G_IO_OUT);
}

/* Refuses what the owner is not asked about. */
static void
refuse_invalid (WsServerOpening *self, const WsHttpFault *fault)
{
  ws_server_opening_refuse (self, fault);
  self->sink->refused (self, fault, self->user_data);
}

static gboolean
parse_request (WsServerOpening *self, WsHttpFault *fault)
{
  WsHttpRequest request;
  gboolean      valid;

  if (!ws_http_request_parse (&request, (const char *) self->reader.head.data,
                              self->reader.head.len, fault))
    return FALSE;
  valid = ws_server_handshake_judge (&self->handshake, &request, fault);
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
  if (!parse_request (self, &fault))
    {
      refuse_invalid (self, &fault);
      return;
    }
  ws_buffer_append (&self->rest, data + consumed, len - consumed);
  self->state = STATE_ASKING;
  ws_transport_want (self->transport, 0);
  self->sink->request (self, self->user_data);
}

static void
read_input (WsServerOpening *self)
{
  WsPoller     *poller = ws_poller_ref (self->poller);
  WsReadBuffer *buffer = ws_poller_acquire_buffer (poller);
  gssize        n = ws_transport_read (self->transport, buffer->data,
                                       WS_READ_BUFFER_SIZE, NULL);

  if (n == 0 || n == WS_IO_ERROR)
    self->sink->gone (self, self->user_data);
  else if (n > 0 && self->state == STATE_READING)
    take_input (self, buffer->data, n);
  else if (n > 0 && (self->lingered += n) > LINGER_BUDGET)
    self->sink->gone (self, self->user_data);
  ws_poller_release_buffer (poller, buffer);
  ws_poller_unref (poller);
}

static void
on_ready (gpointer user_data, GIOCondition condition)
{
  WsServerOpening *self = user_data;

  switch (self->state)
    {
    case STATE_READING:
    case STATE_LINGERING:
      read_input (self);
      break;
    case STATE_REFUSING:
      write_answer (self);
      break;
    case STATE_SECURING:
    case STATE_ASKING:
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

/* A session that cannot even be made is over with the next turn. */
static void
begin_securing (WsServerOpening *self, const WsServerOpeningOptions *options)
{
  WsTlsSessionOptions tls = { .is_server = TRUE,
                              .credentials = options->credentials,
                              .alpn = options->alpn };

  g_autoptr (GError) error = NULL;

  self->state = STATE_SECURING;
  self->transport
      = ws_tls_stream_new (self->transport, &tls, &stream_sink,
                           options->tls_sink, self->user_data, &error);
  self->is_secure = self->transport != NULL;
  if (self->is_secure)
    {
      ws_tls_stream_set_sink_data (self->transport, self);
      return;
    }
  g_warning ("A TLS session could not be made: %s", error->message);
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
  ws_http_reader_init (&self->reader);
  self->reader.max_head = options->max_head;
  ws_outbox_init (&self->outbox, NULL, NULL);
  if (options->timeout > 0)
    ws_poller_arm_after (self->poller, &self->deadline,
                         options->timeout * (gint64) 1000);
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
  return opened;
}
