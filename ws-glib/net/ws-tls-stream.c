/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A TLS session as a transport: its life, its handshake and its end. */
#include "net/ws-tls-stream-private.h"

#include "net/ws-log.h"
#include "net/ws-tls-linger.h"

/* Reads that one turn of the handshake makes. */
#define MAX_READS 4

/* --- WsTlsStreamState --- */

static void
set_state (WsTlsStream *self, WsTlsStreamState state)
{
  static const gboolean edges[WS_TLS_STREAM_N_STATES][WS_TLS_STREAM_N_STATES]
      = {
          [WS_TLS_STREAM_HANDSHAKE] = { [WS_TLS_STREAM_PAUSED] = TRUE,
                                        [WS_TLS_STREAM_OPEN] = TRUE,
                                        [WS_TLS_STREAM_FAILED] = TRUE },
          [WS_TLS_STREAM_PAUSED] = { [WS_TLS_STREAM_HANDSHAKE] = TRUE,
                                     [WS_TLS_STREAM_REFUSED] = TRUE },
          [WS_TLS_STREAM_REFUSED] = { [WS_TLS_STREAM_FAILED] = TRUE },
        };

  g_assert (edges[self->state][state]);
  self->state = state;
}

void
ws_tls_stream_update_inner (WsTlsStream *self)
{
  GIOCondition wanted = 0;

  if (self->state == WS_TLS_STREAM_HANDSHAKE
      && !ws_tls_session_is_resting (self->session))
    wanted = G_IO_IN;
  else if (self->state == WS_TLS_STREAM_OPEN)
    wanted = self->wanted;
  if (ws_tls_stream_has_output (self))
    wanted |= G_IO_OUT;
  if (self->busy || self->freed || self->state == WS_TLS_STREAM_PAUSED
      || self->state == WS_TLS_STREAM_FAILED)
    wanted = 0;

  ws_transport_want (self->inner, wanted);
}

static void
queue_job (WsTlsStream *self)
{
  ws_poller_queue (self->parent.poller, &self->job, WS_JOB_RESUME);
}

/* Goes on when others have had their turn. */
static void
rest (WsTlsStream *self)
{
  queue_job (self);
  ws_poller_rest (self->parent.poller);
}

void
ws_tls_stream_update_job (WsTlsStream *self)
{
  if (self->state != WS_TLS_STREAM_OPEN)
    return;

  if (ws_tls_news_is_waiting (&self->news)
      || ((self->wanted & G_IO_IN)
          && ws_tls_session_is_readable (self->session)))
    queue_job (self);
  else
    ws_poller_unqueue (self->parent.poller, &self->job);
}

/* --- Life --- */

/* The peer need not wait until nobody is at work here any more. */
static void
release_inner (WsTlsStream *self)
{
  WsTransport  *inner = self->inner;
  const guint8 *output;
  gsize         len = 0;

  if (self->state == WS_TLS_STREAM_OPEN && self->failure == NULL)
    {
      ws_tls_session_bye (self->session);
      ws_tls_stream_flush (self);
    }
  self->inner = NULL;
  output = ws_tls_session_peek_output (self->session, &len);
  if (len > 0 && self->state != WS_TLS_STREAM_HANDSHAKE)
    ws_tls_linger (inner, output, len);
  else
    ws_transport_free (inner);
}

void
ws_tls_stream_unref (WsTlsStream *self)
{
  if (--self->n_refs > 0)
    return;

  if (self->inner != NULL)
    release_inner (self);
  ws_tls_news_clear (&self->news);
  ws_tls_session_free (self->session);
  g_clear_error (&self->failure);
  ws_poller_unref (self->parent.poller);
  g_free (self);
}

/* --- The log --- */

/* What a handshake has led to. */
static void
tell_session (const WsTlsStream *self)
{
  g_autofree char *protocol = ws_tls_session_describe_protocol (self->session);
  g_autofree char *cipher = ws_tls_session_describe_cipher (self->session);
  g_autofree char *alpn = ws_tls_session_get_alpn (self->session);

  ws_log (&(WsLogFacts){ .topic = WS_LOG_TLS,
                         .socket = self->parent.log_number },
          "%s, %s%s%s%s", protocol, cipher,
          alpn != NULL ? ", application protocol " : "",
          alpn != NULL ? alpn : "",
          ws_tls_session_is_resumed (self->session) ? ", resumed" : "");
}

static void
tell (const WsTlsStream *self, const char *text)
{
  if (ws_log_has (WS_LOG_TLS))
    ws_log (&(WsLogFacts){ .topic = WS_LOG_TLS,
                           .socket = self->parent.log_number },
            "%s", text);
}

/* --- Handshake --- */

/* The sink's functions may free the stream: they come last. */
static void
fail (WsTlsStream *self, const GError *error)
{
  tell (self, error->message);
  set_state (self, WS_TLS_STREAM_FAILED);
  ws_tls_stream_flush (self);
  ws_tls_stream_update_inner (self);
  if (!self->freed)
    self->sink->failed (&self->parent, error, self->sink_data);
}

static WsTlsProgress
step_handshake (WsTlsStream *self, GError **error)
{
  WsTlsProgress progress;

  self->busy = TRUE;
  progress = ws_tls_session_handshake (self->session, error);
  self->busy = FALSE;
  ws_tls_stream_flush (self);
  return progress;
}

/* A failed write counts once all that has come is read and tells nothing
 * better: an alert says why the peer has left. */
static WsTlsProgress
judge_failure (WsTlsStream *self, WsTlsProgress progress, GError **error)
{
  if (self->failure == NULL || progress == WS_TLS_DONE
      || progress == WS_TLS_PAUSED)
    return progress;
  if (progress == WS_TLS_AGAIN
      && (ws_tls_session_is_resting (self->session)
          || ws_transport_is_readable (self->inner)))
    return progress;
  if (progress == WS_TLS_FAILED
      && !g_error_matches (*error, G_TLS_ERROR, G_TLS_ERROR_EOF))
    return progress;
  g_clear_error (error);
  *error = g_error_copy (self->failure);
  return WS_TLS_FAILED;
}

static WsTlsProgress
read_handshake (WsTlsStream *self, GError **error)
{
  WsReadBuffer *buffer = ws_poller_acquire_buffer (self->parent.poller);
  WsTlsProgress progress = WS_TLS_AGAIN;
  guint         n_reads = 0;

  self->drained = FALSE;
  while (progress == WS_TLS_AGAIN && !self->drained && n_reads++ < MAX_READS
         && !ws_tls_session_is_resting (self->session) && !self->freed)
    {
      gssize n = ws_tls_stream_feed (self, buffer, WS_READ_BUFFER_SIZE, error);

      if (n == WS_IO_ERROR)
        progress = WS_TLS_FAILED;
      else if (n >= 0 && !self->freed)
        progress = step_handshake (self, error);
      ws_tls_session_keep_input (self->session);
    }
  ws_poller_release_buffer (self->parent.poller, buffer);
  return judge_failure (self, progress, error);
}

static void
handle_progress (WsTlsStream *self, WsTlsProgress progress, const GError *error)
{
  /* Nothing goes on in a nested loop of a handler of the news. */
  self->busy = TRUE;
  ws_tls_news_deliver (&self->news);
  self->busy = FALSE;
  if (self->freed)
    return;

  switch (progress)
    {
    case WS_TLS_AGAIN:
      ws_tls_stream_update_inner (self);
      if (ws_tls_session_is_resting (self->session))
        rest (self);
      break;
    case WS_TLS_DONE:
      if (ws_log_has (WS_LOG_TLS))
        tell_session (self);
      set_state (self, WS_TLS_STREAM_OPEN);
      ws_tls_stream_update_inner (self);
      ws_tls_stream_update_job (self);
      self->sink->secured (&self->parent, self->sink_data);
      break;
    case WS_TLS_PAUSED:
      tell (self, "the handshake waits: the certificates have problems");
      set_state (self, WS_TLS_STREAM_PAUSED);
      ws_tls_stream_update_inner (self);
      self->sink->paused (&self->parent, self->sink_data);
      break;
    case WS_TLS_FAILED:
      fail (self, error);
      break;
    }
}

/* Begins, or goes on after a pause. */
static void
run_handshake (WsTlsStream *self)
{
  g_autoptr (GError) error = NULL;
  WsTlsProgress progress = step_handshake (self, &error);

  if (progress == WS_TLS_AGAIN && self->failure != NULL && !self->freed)
    progress = read_handshake (self, &error);
  handle_progress (self, progress, error);
}

static void
refuse (WsTlsStream *self)
{
  g_autoptr (GError) error = NULL;

  ws_tls_session_handshake (self->session, &error);
  fail (self, error);
}

/* Reports what lies in the session, or was passed over because of news. */
static void
report_readable (WsTlsStream *self)
{
  if (!(self->wanted & G_IO_IN))
    return;

  ws_tls_stream_update_job (self);
  self->parent.ready (self->parent.user_data, G_IO_IN);
}

static void
run_job (WsTlsStream *self)
{
  switch (self->state)
    {
    case WS_TLS_STREAM_HANDSHAKE:
      run_handshake (self);
      break;
    case WS_TLS_STREAM_REFUSED:
      if (ws_tls_news_deliver (&self->news))
        refuse (self);
      break;
    case WS_TLS_STREAM_OPEN:
      if (ws_tls_news_deliver (&self->news))
        report_readable (self);
      break;
    case WS_TLS_STREAM_PAUSED:
    case WS_TLS_STREAM_FAILED:
    case WS_TLS_STREAM_N_STATES:
      break;
    }
}

static void
on_job (WsJob *job)
{
  WsTlsStream *self = WS_CONTAINER_OF (job, WsTlsStream, job);

  if (self->busy)
    return;

  self->n_refs++;
  run_job (self);
  ws_tls_stream_unref (self);
}

static void
handle_ready (WsTlsStream *self, GIOCondition condition)
{
  GIOCondition report = condition & self->wanted;
  g_autoptr (GError) error = NULL;

  if (condition & G_IO_OUT)
    ws_tls_stream_flush (self);
  if (self->shuts_down && !self->freed)
    ws_tls_stream_say_bye (self);
  if (self->freed)
    return;
  if (self->state == WS_TLS_STREAM_HANDSHAKE && (condition & G_IO_IN))
    {
      WsTlsProgress progress = read_handshake (self, &error);

      handle_progress (self, progress, error);
      return;
    }

  if (self->state != WS_TLS_STREAM_OPEN)
    report = 0;
  if (ws_tls_stream_has_output (self))
    report &= ~(guint) G_IO_OUT;
  ws_tls_stream_update_inner (self);
  if (report != 0)
    self->parent.ready (self->parent.user_data, report);
}

static void
on_inner_ready (gpointer user_data, GIOCondition condition)
{
  WsTlsStream *self = user_data;

  /* A nested loop of a handler that the session called. */
  if (self->busy || self->freed)
    {
      ws_transport_want (self->inner, 0);
      return;
    }

  self->n_refs++;
  handle_ready (self, condition);
  ws_tls_stream_unref (self);
}

static void
tls_want (WsTransport *transport, GIOCondition condition)
{
  WsTlsStream *self = (WsTlsStream *) transport;

  if (condition == self->wanted)
    return;

  self->wanted = condition;
  ws_tls_stream_update_inner (self);
  ws_tls_stream_update_job (self);
}

static gboolean
tls_is_readable (WsTransport *transport)
{
  WsTlsStream *self = (WsTlsStream *) transport;

  return ws_tls_session_is_readable (self->session)
         || ws_transport_is_readable (self->inner);
}

static gboolean
tls_is_heard (WsTransport *transport, gint64 since)
{
  return ws_transport_is_heard (((WsTlsStream *) transport)->inner, since);
}

static gsize
tls_get_unsent (WsTransport *transport)
{
  gsize len;

  ws_tls_session_peek_output (((WsTlsStream *) transport)->session, &len);
  return len;
}

void
ws_tls_stream_say_bye (WsTlsStream *self)
{
  self->shuts_down = FALSE;
  self->busy = TRUE;
  ws_tls_session_bye (self->session);
  self->busy = FALSE;
  self->says_bye = TRUE;
  ws_tls_stream_flush (self);
}

static void
tls_shutdown (WsTransport *transport)
{
  WsTlsStream *self = (WsTlsStream *) transport;

  if (self->state != WS_TLS_STREAM_OPEN)
    return;
  if (self->busy)
    {
      self->shuts_down = TRUE;
      return;
    }

  self->n_refs++;
  ws_tls_stream_say_bye (self);
  ws_tls_stream_update_inner (self);
  ws_tls_stream_unref (self);
}

static void
tls_get_endpoint (WsTransport *transport, gboolean remote, WsEndpoint *endpoint)
{
  ws_transport_get_endpoint (((WsTlsStream *) transport)->inner, remote,
                             endpoint);
}

static void
tls_free (WsTransport *transport)
{
  WsTlsStream *self = (WsTlsStream *) transport;

  self->freed = TRUE;
  ws_tls_news_mute (&self->news);
  self->wanted = 0;
  ws_poller_unqueue (transport->poller, &self->job);
  ws_tls_session_mute (self->session);
  if (self->busy)
    ws_transport_want (self->inner, 0);
  else
    release_inner (self);
  ws_tls_stream_unref (self);
}

/* What is left in the session or the kernel is reported again, so that a short
 * read need not be followed by one that finds nothing. */
static const WsTransportClass tls_class = {
  .read = ws_tls_stream_read,
  .writev = ws_tls_stream_writev,
  .want = tls_want,
  .is_readable = tls_is_readable,
  .is_heard = tls_is_heard,
  .get_unsent = tls_get_unsent,
  .shutdown = tls_shutdown,
  .short_read_is_last = TRUE,
  .get_endpoint = tls_get_endpoint,
  .free = tls_free,
};

/* --- Birth --- */

static void
on_news (WsTlsNews *news)
{
  queue_job (WS_CONTAINER_OF (news, WsTlsStream, news));
}

WsTransport *
ws_tls_stream_new (WsTransport               *inner,
                   const WsTlsSessionOptions *options,
                   const WsTlsStreamSink     *sink,
                   const WsTlsSessionSink    *session_sink,
                   gpointer                   user_data,
                   GError                   **error)
{
  WsTlsStream *self = g_new0 (WsTlsStream, 1);

  self->session
      = ws_tls_session_new (options, &ws_tls_news_sink, &self->news, error);
  if (self->session == NULL)
    {
      ws_transport_free (inner);
      g_free (self);
      return NULL;
    }

  self->n_refs = 1;
  self->parent.klass = &tls_class;
  self->parent.poller = ws_poller_ref (inner->poller);
  self->parent.is_encrypted = TRUE;
  self->parent.is_quiet = inner->is_quiet;
  self->parent.generation = inner->generation;
  self->parent.log_number = inner->log_number;
  self->inner = inner;
  self->sink = sink;
  self->sink_data = user_data;
  self->news = (WsTlsNews){ .sink = session_sink,
                            .user_data = user_data,
                            .arrived = on_news,
                            .log_number = inner->log_number };
  self->job.func = on_job;
  ws_transport_set_ready (inner, on_inner_ready, self);
  ws_transport_want (inner, 0);
  queue_job (self);
  tell (self, options->is_server ? "the handshake begins as server"
                                 : "the handshake begins as client");
  return &self->parent;
}

void
ws_tls_stream_push_input (WsTransport *stream, const guint8 *data, gsize len)
{
  WsTlsStream *self = (WsTlsStream *) stream;

  ws_tls_session_feed (self->session, data, len);
  ws_tls_session_keep_input (self->session);
}

void
ws_tls_stream_set_sink_data (WsTransport *stream, gpointer user_data)
{
  g_return_if_fail (stream->klass == &tls_class);

  ((WsTlsStream *) stream)->sink_data = user_data;
}

void
ws_tls_stream_resume (WsTransport *stream, gboolean is_accepted)
{
  WsTlsStream *self = (WsTlsStream *) stream;

  g_return_if_fail (stream->klass == &tls_class);
  g_return_if_fail (self->state == WS_TLS_STREAM_PAUSED);

  if (is_accepted)
    {
      ws_tls_session_accept_problems (self->session);
      set_state (self, WS_TLS_STREAM_HANDSHAKE);
    }
  else
    {
      set_state (self, WS_TLS_STREAM_REFUSED);
      self->busy = TRUE;
      ws_tls_session_reject (self->session);
      self->busy = FALSE;
    }
  queue_job (self);
}

WsTlsSession *
ws_tls_stream_get_session (WsTransport *stream)
{
  g_return_val_if_fail (stream->klass == &tls_class, NULL);

  return ((WsTlsStream *) stream)->session;
}
