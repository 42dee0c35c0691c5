/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/ws-client-opening.h"

#include "engine/ws-engine-error.h"
#include "engine/ws-outbox.h"
#include "net/ws-random.h"
#include "protocol/ws-key.h"

/* What a step answers: whether the next one may run at once. */
typedef enum
{
  PROGRESS_NEXT,
  PROGRESS_WAIT,
  PROGRESS_FAILED
} Progress;

typedef enum
{
  STEP_DIAL,
  STEP_SECURE,
  STEP_ASK,
  STEP_ANSWER,
  STEP_OPENED,
  STEP_OVER
} Step;

struct _WsClientOpening
{
  guint                      n_refs; /* the owner's, and the dialling's */
  Step                       step;
  WsPoller                  *poller; /* (owned) */
  const WsClientOpeningSink *sink;
  gpointer                   user_data;
  guint                      timeout;
  WsUrl                     *url;          /* (owned) */
  char                      *key;          /* (owned) */
  char                     **subprotocols; /* (owned) (nullable): offered */
  GString                   *request;      /* (owned) (nullable) */
  GCancellable              *cancellable;  /* (owned): of the dialling */
  WsTransport               *transport;    /* (owned) (nullable) */
  WsTlsCredentials          *credentials;  /* (owned) (nullable): wss */
  char                      *verify_name;  /* (owned) (nullable) */
  char                     **alpn;         /* (owned) (nullable) */
  GBytes                    *ticket;       /* (owned) (nullable) */
  const WsTlsSessionSink    *tls_sink;
  gint64                     left; /* µs of the time-out, while paused */
  WsOutbox                   outbox;
  WsHttpReader               reader;
  guint                      status; /* of the last answer, or 0 */
  WsClientVerdict            verdict;
  WsBuffer                   rest;
  GError                    *error; /* (owned) (nullable): why it failed */
  WsDeadline                 deadline;
};

static void on_ready (gpointer user_data, GIOCondition condition);

static void
opening_unref (WsClientOpening *self)
{
  if (--self->n_refs > 0)
    return;
  ws_url_free (self->url);
  g_free (self->key);
  g_strfreev (self->subprotocols);
  g_clear_pointer (&self->credentials, ws_tls_credentials_unref);
  g_free (self->verify_name);
  g_strfreev (self->alpn);
  g_clear_pointer (&self->ticket, g_bytes_unref);
  g_clear_object (&self->cancellable);
  g_clear_error (&self->error);
  ws_poller_unref (self->poller);
  g_free (self);
}

void
ws_client_opening_free (WsClientOpening *self)
{
  self->step = STEP_OVER;
  ws_poller_disarm (self->poller, &self->deadline);
  g_clear_pointer (&self->transport, ws_transport_free);
  ws_outbox_clear (&self->outbox);
  ws_http_reader_clear (&self->reader);
  ws_client_verdict_clear (&self->verdict);
  ws_buffer_clear (&self->rest);
  if (self->request != NULL)
    g_string_free (g_steal_pointer (&self->request), TRUE);
  g_cancellable_cancel (self->cancellable);
  opening_unref (self);
}

static Progress
fail (WsClientOpening *self, WsEngineError code, const char *message)
{
  g_clear_error (&self->error);
  self->error = g_error_new_literal (WS_ENGINE_ERROR, code, message);
  return PROGRESS_FAILED;
}

/* --- The steps --- */

static void on_dialled (GObject *source, GAsyncResult *result, gpointer data);

static Progress
step_dial (WsClientOpening *self)
{
  WsConnectorTarget target = { .host = self->url->host,
                               .port = self->url->port,
                               .secure = self->url->secure,
                               .unix_path = self->url->unix_path };

  self->n_refs++;
  ws_connector_dial_async (self->poller, &target, self->cancellable, on_dialled,
                           self);
  return PROGRESS_WAIT;
}

static const WsTlsStreamSink stream_sink;

static Progress
step_secure (WsClientOpening *self)
{
  WsTlsSessionOptions options = { .credentials = self->credentials,
                                  .host = self->url->host,
                                  .verify_name = self->verify_name,
                                  .alpn = (const char *const *) self->alpn,
                                  .ticket = self->ticket };

  self->transport
      = ws_tls_stream_new (self->transport, &options, &stream_sink,
                           self->tls_sink, self->user_data, &self->error);
  if (self->transport == NULL)
    return PROGRESS_FAILED;
  ws_tls_stream_set_sink_data (self->transport, self);
  return PROGRESS_WAIT;
}

static Progress
step_ask (WsClientOpening *self)
{
  if (ws_outbox_flush (&self->outbox, self->transport, &self->error)
      == WS_IO_ERROR)
    return PROGRESS_FAILED;
  if (!ws_outbox_is_empty (&self->outbox))
    {
      ws_transport_want (self->transport, G_IO_OUT);
      return PROGRESS_WAIT;
    }
  self->step = STEP_ANSWER;
  ws_transport_want (self->transport, G_IO_IN);
  return PROGRESS_WAIT;
}

/* Judges a whole response. Interim ones are passed over (RFC 9110, 15.2). */
static Progress
judge_response (WsClientOpening *self)
{
  WsClientHandshake handshake
      = { .url = self->url,
          .key = self->key,
          .subprotocols = (const char *const *) self->subprotocols };
  WsHttpResponse response;
  WsHttpFault    fault;
  gboolean       accepted;

  if (!ws_http_response_parse (&response, (const char *) self->reader.head.data,
                               self->reader.head.len, &fault))
    return fail (self, WS_ENGINE_ERROR_HANDSHAKE_REJECTED, fault.message);
  self->status = response.status;
  if (response.status >= 100 && response.status < 200 && response.status != 101)
    {
      ws_http_response_clear (&response);
      ws_http_reader_clear (&self->reader);
      ws_http_reader_init (&self->reader);
      return PROGRESS_WAIT;
    }
  accepted = ws_client_handshake_judge (&handshake, &response, &self->verdict,
                                        &fault);
  ws_http_response_clear (&response);
  if (!accepted)
    return fail (self, WS_ENGINE_ERROR_HANDSHAKE_REJECTED, fault.message);
  self->step = STEP_OPENED;
  return PROGRESS_NEXT;
}

static Progress
take_input (WsClientOpening *self, const guint8 *data, gsize len)
{
  Progress progress = PROGRESS_WAIT;

  while (len > 0 && progress == PROGRESS_WAIT)
    {
      WsHttpFault fault;
      gsize       consumed = 0;
      WsParse     parse
          = ws_http_reader_feed (&self->reader, data, len, &consumed, &fault);

      if (parse == WS_NEED_MORE)
        return PROGRESS_WAIT;
      if (parse == WS_FAILED)
        return fail (self, WS_ENGINE_ERROR_HANDSHAKE_REJECTED, fault.message);
      data += consumed;
      len -= consumed;
      progress = judge_response (self);
    }
  if (progress == PROGRESS_NEXT)
    ws_buffer_append (&self->rest, data, len);
  return progress;
}

static Progress
step_answer (WsClientOpening *self)
{
  WsReadBuffer *buffer = ws_poller_acquire_buffer (self->poller);
  Progress      progress = PROGRESS_WAIT;
  gssize        n = ws_transport_read (self->transport, buffer->data,
                                       WS_READ_BUFFER_SIZE, &self->error);

  if (n > 0)
    progress = take_input (self, buffer->data, n);
  else if (n == WS_IO_ERROR)
    progress = PROGRESS_FAILED;
  else if (n == 0)
    progress = fail (self, WS_ENGINE_ERROR_PEER_GONE,
                     "The server closed the connection during the opening "
                     "handshake");
  ws_poller_release_buffer (self->poller, buffer);
  return progress;
}

/* --- Driving them --- */

/* Calls the owner, who frees: nothing of @self may be used after. */
static void
report (WsClientOpening *self, Progress progress)
{
  g_autoptr (GError) error = g_steal_pointer (&self->error);

  self->step = STEP_OVER;
  ws_poller_disarm (self->poller, &self->deadline);
  if (self->transport != NULL)
    ws_transport_want (self->transport, 0);
  if (progress == PROGRESS_FAILED)
    self->sink->failed (self, error, self->user_data);
  else
    self->sink->opened (self, self->user_data);
}

static void
run (WsClientOpening *self)
{
  Progress progress = PROGRESS_NEXT;

  /* A handler of a TLS signal may free it in the middle of a step. */
  self->n_refs++;
  while (progress == PROGRESS_NEXT && self->step != STEP_OPENED)
    switch (self->step)
      {
      case STEP_DIAL:
        progress = step_dial (self);
        break;
      case STEP_SECURE:
        progress = step_secure (self);
        break;
      case STEP_ASK:
        progress = step_ask (self);
        break;
      case STEP_ANSWER:
        progress = step_answer (self);
        break;
      case STEP_OPENED:
      case STEP_OVER:
        progress = PROGRESS_WAIT;
        break;
      }
  if (progress != PROGRESS_WAIT && self->step != STEP_OVER)
    report (self, progress);
  opening_unref (self);
}

static void
on_ready (gpointer user_data, GIOCondition condition)
{
  run (user_data);
}

/* The request leaves as soon as the stream, encrypted or not, takes it. */
static void
begin_asking (WsClientOpening *self)
{
  if (self->step != STEP_ASK)
    return;
  ws_outbox_push_raw (&self->outbox, self->request->str, self->request->len);
  g_string_free (g_steal_pointer (&self->request), TRUE);
  ws_transport_set_ready (self->transport, on_ready, self);
}

/* --- TLS --- */

static void
on_secured (WsTransport *stream, gpointer user_data)
{
  WsClientOpening *self = user_data;

  self->step = STEP_ASK;
  begin_asking (self);
  run (self);
}

static void
on_paused (WsTransport *stream, gpointer user_data)
{
  WsClientOpening *self = user_data;

  if (ws_deadline_is_armed (&self->deadline))
    self->left = MAX (1, self->deadline.due - ws_poller_now (self->poller));
  ws_poller_disarm (self->poller, &self->deadline);
  self->sink->paused (self, self->user_data);
}

static void
on_tls_failed (WsTransport *stream, const GError *error, gpointer user_data)
{
  WsClientOpening *self = user_data;

  g_clear_error (&self->error);
  self->error = g_error_copy (error);
  report (self, PROGRESS_FAILED);
}

static const WsTlsStreamSink stream_sink = {
  .secured = on_secured,
  .paused = on_paused,
  .failed = on_tls_failed,
};

void
ws_client_opening_resume (WsClientOpening *self, gboolean accept)
{
  if (self->left > 0)
    ws_poller_arm_after (self->poller, &self->deadline, self->left);
  self->left = 0;
  ws_tls_stream_resume (self->transport, accept);
}

guint
ws_client_opening_get_status (WsClientOpening *self)
{
  return self->status;
}

WsTlsSession *
ws_client_opening_get_session (WsClientOpening *self)
{
  if (self->credentials == NULL || self->transport == NULL)
    return NULL;
  return ws_tls_stream_get_session (self->transport);
}

static void
on_dialled (GObject *source, GAsyncResult *result, gpointer data)
{
  WsClientOpening *self = data;
  g_autoptr (GError) error = NULL;
  WsTransport *transport = ws_connector_dial_finish (result, &error);

  if (self->step == STEP_OVER)
    g_clear_pointer (&transport, ws_transport_free);
  else if (transport == NULL)
    {
      self->error = g_steal_pointer (&error);
      report (self, PROGRESS_FAILED);
    }
  else
    {
      self->transport = transport;
      self->step = self->credentials != NULL ? STEP_SECURE : STEP_ASK;
      begin_asking (self);
      run (self);
    }
  opening_unref (self);
}

/* Due at once when the request could not be made, for the owner is never called
 * from inside _new; else when the time is up. */
static void
on_deadline (WsDeadline *deadline)
{
  WsClientOpening *self = WS_CONTAINER_OF (deadline, WsClientOpening, deadline);

  if (self->error == NULL)
    {
      g_autofree char *url = ws_url_quote (self->url->text);
      g_autofree char *message
          = g_strdup_printf ("The connection to %s was not open within "
                             "open-timeout (%u ms)",
                             url, self->timeout);

      fail (self, WS_ENGINE_ERROR_TIMED_OUT, message);
    }
  report (self, PROGRESS_FAILED);
}

static gboolean
make_request (WsClientOpening *self, const WsClientOpeningOptions *options)
{
  guint8            nonce[WS_KEY_NONCE_SIZE];
  WsClientHandshake handshake = { .url = self->url,
                                  .origin = options->origin,
                                  .subprotocols = options->subprotocols,
                                  .headers = options->headers };
  g_autoptr (GError) error = NULL;

  if (!ws_random_bytes (nonce, sizeof nonce))
    {
      fail (self, WS_ENGINE_ERROR_INVALID_REQUEST,
            "The random number generator failed");
      return FALSE;
    }
  self->key = ws_key_new (nonce);
  handshake.key = self->key;
  self->subprotocols = ws_client_handshake_offers (&handshake);
  self->request = ws_client_handshake_build (&handshake, &error);
  if (self->request == NULL)
    fail (self, WS_ENGINE_ERROR_INVALID_REQUEST, error->message);
  return self->request != NULL;
}

static void
keep_tls_options (WsClientOpening *self, const WsClientOpeningOptions *options)
{
  if (options->credentials == NULL)
    return;
  self->credentials = ws_tls_credentials_ref (options->credentials);
  self->verify_name = g_strdup (options->verify_name);
  self->alpn = g_strdupv ((char **) options->alpn);
  if (options->ticket != NULL)
    self->ticket = g_bytes_ref (options->ticket);
  self->tls_sink = options->tls_sink;
}

WsClientOpening *
ws_client_opening_new (WsPoller                     *poller,
                       const WsUrl                  *url,
                       const WsClientOpeningOptions *options,
                       const WsClientOpeningSink    *sink,
                       gpointer                      user_data)
{
  WsClientOpening *self = g_new0 (WsClientOpening, 1);

  self->n_refs = 1;
  self->poller = ws_poller_ref (poller);
  self->sink = sink;
  self->user_data = user_data;
  self->timeout = options->timeout;
  self->url = ws_url_parse (url->text, NULL);
  keep_tls_options (self, options);
  self->cancellable = g_cancellable_new ();
  self->deadline.func = on_deadline;
  ws_outbox_init (&self->outbox, NULL, NULL);
  ws_http_reader_init (&self->reader);
  if (!make_request (self, options))
    {
      ws_poller_arm_after (poller, &self->deadline, 0);
      return self;
    }
  if (self->timeout > 0)
    ws_poller_arm_after (poller, &self->deadline,
                         self->timeout * (gint64) 1000);
  run (self);
  return self;
}

WsClientOpened
ws_client_opening_steal (WsClientOpening *self)
{
  WsClientOpened opened = { .transport = g_steal_pointer (&self->transport),
                            .verdict = self->verdict,
                            .rest = self->rest };

  self->verdict = (WsClientVerdict){ 0 };
  self->rest = (WsBuffer){ 0 };
  return opened;
}
