/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The steps of a client's opening. */
#include "engine/ws-client-opening-private.h"

#include <string.h>

#include "engine/ws-handshake-log.h"

/* --- Life --- */

void
ws_client_opening_unref (WsClientOpening *self)
{
  if (--self->n_refs > 0)
    return;
  g_clear_object (&self->cancellable);
  g_clear_object (&self->local_address);
  ws_poller_unref (self->poller);
  g_free (self);
}

static void
clear_tls_options (WsClientOpening *self)
{
  g_clear_pointer (&self->credentials, ws_tls_credentials_unref);
  g_clear_pointer (&self->verify_name, g_free);
  g_clear_pointer (&self->alpn, g_strfreev);
  g_clear_pointer (&self->ticket, g_bytes_unref);
}

static void
keep_tls_options (WsClientOpening *self, const WsClientOpeningOptions *options)
{
  clear_tls_options (self);
  if (options->credentials == NULL)
    return;
  self->credentials = ws_tls_credentials_ref (options->credentials);
  self->verify_name = g_strdup (options->verify_name);
  self->alpn = g_strdupv ((char **) options->alpn);
  if (options->ticket != NULL)
    self->ticket = g_bytes_ref (options->ticket);
  self->tls_sink = options->tls_sink;
}

void
ws_client_opening_free (WsClientOpening *self)
{
  self->step = WS_STEP_OVER;
  ws_poller_disarm (self->poller, &self->deadline);
  ws_poller_disarm (self->poller, &self->body_deadline);
  ws_poller_unqueue (self->poller, &self->job);
  g_clear_pointer (&self->transport, ws_transport_free);
  ws_outbox_clear (&self->outbox);
  ws_client_opening_clear_answer (self);
  ws_client_opening_clear_request (self);
  ws_client_opening_clear_proxy (self);
  ws_client_response_clear (&self->response);
  ws_client_auth_clear (&self->auth);
  clear_tls_options (self);
  g_clear_pointer (&self->url, ws_url_free);
  g_clear_pointer (&self->next, ws_url_free);
  g_clear_error (&self->error);
  g_cancellable_cancel (self->cancellable);
  ws_client_opening_unref (self);
}

WsProgress
ws_client_opening_fail (WsClientOpening *self,
                        WsEngineError    code,
                        const char      *message)
{
  g_clear_error (&self->error);
  self->error = g_error_new_literal (WS_ENGINE_ERROR, code, message);
  return WS_PROGRESS_FAILED;
}

/* --- TLS --- */

static const WsTlsStreamSink stream_sink;

static WsProgress
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
    return WS_PROGRESS_FAILED;
  ws_tls_stream_set_sink_data (self->transport, self);
  return WS_PROGRESS_WAIT;
}

static void
on_secured (WsTransport *stream, gpointer user_data)
{
  WsClientOpening *self = user_data;

  ws_client_opening_note_progress (self);
  self->step = WS_STEP_ASK;
  ws_client_opening_begin_asking (self);
  ws_client_opening_run (self);
}

static void
on_paused (WsTransport *stream, gpointer user_data)
{
  WsClientOpening *self = user_data;

  ws_client_opening_stop_clock (self);
  self->sink->paused (self, self->user_data);
}

static void
on_tls_failed (WsTransport *stream, const GError *error, gpointer user_data)
{
  WsClientOpening *self = user_data;

  g_clear_error (&self->error);
  self->error = g_error_copy (error);
  ws_client_opening_report (self, WS_PROGRESS_FAILED);
}

static const WsTlsStreamSink stream_sink = {
  .secured = on_secured,
  .paused = on_paused,
  .failed = on_tls_failed,
};

void
ws_client_opening_resume (WsClientOpening *self, gboolean is_accepted)
{
  ws_client_opening_start_clock (self);
  ws_tls_stream_resume (self->transport, is_accepted);
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

/* --- Driving the steps --- */

void
ws_client_opening_pause (WsClientOpening *self, WsAsked asked)
{
  ws_client_opening_stop_clock (self);
  self->step = WS_STEP_PAUSED;
  self->asked = asked;
}

WsProgress
ws_client_opening_ask_login (WsClientOpening *self,
                             WsClientAuth    *auth,
                             const char      *uri)
{
  const gboolean   is_proxy = auth == &self->proxy.auth;
  WsClientQuestion question = { .is_proxy = is_proxy,
                                .uri = uri,
                                .scheme = "",
                                .realm = "",
                                .user = auth->user,
                                .password = auth->password,
                                .retries = auth->n_asked };

  if (self->sink->asked == NULL)
    return WS_PROGRESS_FAILED;
  /* A SOCKS proxy wants a login without more words. */
  if (auth->has_challenge)
    {
      question.scheme = ws_http_auth_scheme_name (auth->challenge.scheme);
      question.realm = auth->challenge.realm;
    }
  auth->n_asked++;
  ws_client_opening_pause (self, is_proxy ? WS_ASKED_PROXY_CREDENTIALS
                                          : WS_ASKED_CREDENTIALS);
  self->sink->asked (self, &question, self->user_data);
  return WS_PROGRESS_WAIT;
}

void
ws_client_opening_go_on (WsClientOpening *self, WsStep step)
{
  ws_client_opening_start_clock (self);
  /* From here on the refusal is no reason to fail for, be it
   * that time is up. */
  if (step != WS_STEP_GIVE_UP)
    g_clear_error (&self->error);
  self->step = step;
  self->asked = WS_ASKED_NOTHING;
  ws_poller_queue (self->poller, &self->job, WS_JOB_RESUME);
}

/* Calls the owner, who frees: nothing of @self may be used after. */
void
ws_client_opening_report (WsClientOpening *self, WsProgress progress)
{
  g_autoptr (GError) error = g_steal_pointer (&self->error);

  self->step = WS_STEP_OVER;
  ws_poller_disarm (self->poller, &self->deadline);
  ws_poller_disarm (self->poller, &self->body_deadline);
  ws_poller_unqueue (self->poller, &self->job);
  if (self->transport != NULL)
    ws_transport_want (self->transport, 0);
  if (self->proxy.transport != NULL)
    ws_transport_want (self->proxy.transport, 0);
  if (progress == WS_PROGRESS_FAILED)
    self->sink->failed (self, error, self->user_data);
  else
    self->sink->opened (self, self->user_data);
}

static WsProgress
run_step (WsClientOpening *self)
{
  switch (self->step)
    {
    case WS_STEP_DIAL:
      return ws_client_opening_step_dial (self);
    case WS_STEP_CONNECT:
      return ws_client_opening_step_connect (self);
    case WS_STEP_CONNECTING:
      return ws_client_opening_step_connecting (self);
    case WS_STEP_TUNNEL:
      return ws_client_opening_step_tunnel (self);
    case WS_STEP_TUNNEL_JUDGE:
      return ws_client_opening_step_tunnel_judge (self);
    case WS_STEP_SECURE:
      return step_secure (self);
    case WS_STEP_ASK:
      return ws_client_opening_step_ask (self);
    case WS_STEP_ANSWER:
    case WS_STEP_BODY:
      return ws_client_opening_step_answer (self);
    case WS_STEP_JUDGE:
      return ws_client_opening_step_judge (self);
    case WS_STEP_AGAIN:
      return ws_client_opening_step_again (self);
    case WS_STEP_GIVE_UP:
      return WS_PROGRESS_FAILED;
    case WS_STEP_PAUSED:
    case WS_STEP_OPENED:
    case WS_STEP_OVER:
      break;
    }
  return WS_PROGRESS_WAIT;
}

void
ws_client_opening_run (WsClientOpening *self)
{
  WsProgress progress = WS_PROGRESS_NEXT;

  /* A handler of the owner's may free the opening in the middle of a step. */
  self->n_refs++;
  while (progress == WS_PROGRESS_NEXT && self->step != WS_STEP_OPENED)
    progress = run_step (self);
  if (progress != WS_PROGRESS_WAIT && self->step != WS_STEP_OVER)
    ws_client_opening_report (self, progress);
  ws_client_opening_unref (self);
}

static void
on_ready (gpointer user_data, GIOCondition condition)
{
  ws_client_opening_run (user_data);
}

static void
on_job (WsJob *job)
{
  ws_client_opening_run (WS_CONTAINER_OF (job, WsClientOpening, job));
}

void
ws_client_opening_watch (WsClientOpening *self, WsTransport *transport)
{
  ws_transport_set_ready (transport, on_ready, self);
}

/* The request leaves as soon as the stream, encrypted or not, takes it. */
void
ws_client_opening_begin_asking (WsClientOpening *self)
{
  if (self->step != WS_STEP_ASK)
    return;
  ws_handshake_log (self->transport, TRUE, self->request->str,
                    self->request->len);
  ws_outbox_push_raw (&self->outbox, self->request->str, self->request->len);
  g_string_free (g_steal_pointer (&self->request), TRUE);
  ws_client_opening_watch (self, self->transport);
}

void
ws_client_opening_enter_connection (WsClientOpening *self,
                                    WsTransport     *transport)
{
  ws_client_opening_note_progress (self);
  self->transport = transport;
  transport->log_number = self->log_number;
  self->step = self->credentials != NULL ? WS_STEP_SECURE : WS_STEP_ASK;
  ws_client_opening_begin_asking (self);
}

static void
keep_userinfo (WsClientOpening *self, const char *userinfo)
{
  const char      *colon;
  g_autofree char *user = NULL;

  if (userinfo == NULL)
    return;
  colon = strchr (userinfo, ':');
  user = colon != NULL ? g_strndup (userinfo, colon - userinfo)
                       : g_strdup (userinfo);
  ws_client_auth_set_login (&self->auth, user, colon != NULL ? colon + 1 : "");
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
  self->log_number = options->log_number;
  self->max_redirects = options->max_redirects;
  g_set_object (&self->proxy.resolver, options->proxy_resolver);
  g_set_object (&self->local_address, options->local_address);
  self->url = ws_url_parse (url->text, NULL);
  keep_userinfo (self, url->userinfo);
  keep_tls_options (self, options);
  ws_client_opening_keep_request (self, options);
  self->cancellable = g_cancellable_new ();
  ws_client_opening_init_time (self);
  self->job.func = on_job;
  ws_outbox_init (&self->outbox);
  ws_http_reader_init (&self->reader, WS_HTTP_RESPONSE, options->limits);
  ws_http_connect_init (&self->proxy.answer, options->limits);
  self->transport = options->transport;
  self->is_given = self->transport != NULL;
  if (!ws_client_opening_make_request (self))
    {
      ws_poller_arm_after (poller, &self->deadline, 0);
      return self;
    }
  if (self->timeout > 0)
    ws_poller_arm_after (poller, &self->deadline,
                         self->timeout * (gint64) 1000);
  if (self->is_given)
    {
      ws_client_opening_enter_connection (self, self->transport);
      ws_poller_queue (poller, &self->job, WS_JOB_RESUME);
    }
  else
    ws_client_opening_run (self);
  return self;
}

void
ws_client_opening_follow (WsClientOpening              *self,
                          const WsClientOpeningOptions *options)
{
  g_return_if_fail (self->asked == WS_ASKED_REDIRECT);

  /* Nobody else is told what one server was told. */
  if (!ws_url_same_origin (self->url, self->next))
    ws_client_auth_clear (&self->auth);
  self->auth.tried = FALSE;
  self->auth.answers = FALSE;
  self->is_reusable = FALSE;
  g_clear_pointer (&self->proxy.chosen, g_free);
  self->proxy.auth.tried = FALSE;
  ws_url_free (self->url);
  self->url = g_steal_pointer (&self->next);
  keep_tls_options (self, options);
  ws_client_opening_keep_request (self, options);
  ws_client_opening_go_on (self, WS_STEP_AGAIN);
}

WsClientOpened
ws_client_opening_steal (WsClientOpening *self)
{
  WsClientOpened opened = { .transport = g_steal_pointer (&self->transport),
                            .verdict = self->verdict,
                            .deflate = self->agreed,
                            .settings = self->deflate,
                            .rest = self->rest };

  self->verdict = (WsClientVerdict){ 0 };
  self->rest = (WsBuffer){ 0 };
  return opened;
}

WsClientResponse
ws_client_opening_steal_response (WsClientOpening *self)
{
  WsClientResponse response = self->response;

  self->response = (WsClientResponse){ 0 };
  return response;
}

void
ws_client_response_clear (WsClientResponse *self)
{
  ws_buffer_clear (&self->head);
  ws_buffer_clear (&self->body);
}
