/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writes a client's request for the upgrade, and judges the response. */
#include "engine/ws-client-opening-private.h"

#include "engine/ws-handshake-log.h"
#include "net/ws-random.h"
#include "protocol/ws-key.h"
#include "net/ws-translate.h"

/* µs that the rest of a refusal's body is worth. */
#define BODY_TIMEOUT (2 * G_USEC_PER_SEC)

/* --- What is asked --- */

void
ws_client_opening_clear_request (WsClientOpening *self)
{
  g_clear_pointer (&self->origin, g_free);
  g_clear_pointer (&self->subprotocols, g_strfreev);
  g_clear_pointer (&self->headers, ws_http_headers_free);
  g_clear_pointer (&self->key, g_free);
  g_clear_pointer (&self->offers, g_strfreev);
  g_clear_pointer (&self->extensions, g_free);
  if (self->request != NULL)
    g_string_free (g_steal_pointer (&self->request), TRUE);
}

void
ws_client_opening_keep_request (WsClientOpening              *self,
                                const WsClientOpeningOptions *options)
{
  ws_client_opening_clear_request (self);
  self->origin = g_strdup (options->origin);
  self->subprotocols = g_strdupv ((char **) options->subprotocols);
  if (options->headers != NULL)
    self->headers = ws_http_headers_copy (options->headers);
  if (options->deflate == NULL)
    return;
  self->deflate = *options->deflate;
  self->extensions = ws_deflate_offer_build (&self->deflate);
}

/* (transfer full) (nullable): the header fields beside those of the handshake;
 * NULL with the error if the login cannot be sent. */
static WsHttpHeaders *
make_headers (WsClientOpening *self)
{
  g_autofree char *authorization = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (WsHttpHeaders) headers = self->headers != NULL
                                          ? ws_http_headers_copy (self->headers)
                                          : ws_http_headers_new ();

  if (!self->auth.answers)
    return g_steal_pointer (&headers);
  authorization = ws_client_auth_authorize (&self->auth, "GET",
                                            self->url->resource, &error);
  if (authorization == NULL)
    {
      ws_client_opening_fail (self, error->code, error->message);
      return NULL;
    }
  ws_http_headers_remove (headers, "Authorization");
  ws_http_headers_append (headers, "Authorization", authorization);
  return g_steal_pointer (&headers);
}

gboolean
ws_client_opening_make_request (WsClientOpening *self)
{
  guint8            nonce[WS_KEY_NONCE_SIZE];
  WsClientHandshake handshake
      = { .url = self->url,
          .origin = self->origin,
          .subprotocols = (const char *const *) self->subprotocols,
          .extensions = self->extensions };
  g_autoptr (WsHttpHeaders) headers = NULL;
  g_autoptr (GError) error = NULL;

  if (!ws_random_bytes (nonce, sizeof nonce))
    {
      ws_client_opening_fail (self, WS_ENGINE_ERROR_INVALID_REQUEST,
                              "The random number generator failed");
      return FALSE;
    }
  headers = make_headers (self);
  if (headers == NULL)
    return FALSE;
  g_free (self->key);
  self->key = ws_key_new (nonce);
  handshake.key = self->key;
  handshake.headers = headers;
  g_strfreev (self->offers);
  self->offers = ws_client_handshake_offers (&handshake);
  if (self->request != NULL)
    g_string_free (self->request, TRUE);
  self->request = ws_client_handshake_build (&handshake, &error);
  if (self->request == NULL)
    ws_client_opening_fail (self, WS_ENGINE_ERROR_INVALID_REQUEST,
                            error->message);
  return self->request != NULL;
}

/* A server may close a connection that it has kept, while we write: then its
 * end is no answer to this request (RFC 9112, 9.3.1). */
static WsProgress
fail_or_redial (WsClientOpening *self, GError *error)
{
  if (self->is_reused && self->reader.head.len == 0)
    {
      g_clear_error (&error);
      return ws_client_opening_redial (self);
    }
  g_clear_error (&self->error);
  self->error = error;
  return WS_PROGRESS_FAILED;
}

/* A server that leaves before it has read all may have said why: that is read
 * before the failed write counts. */
WsProgress
ws_client_opening_step_ask (WsClientOpening *self)
{
  gssize n = ws_outbox_flush (&self->outbox, self->transport, &self->unsent);

  if (self->step == WS_STEP_OVER)
    return WS_PROGRESS_WAIT;
  if (n != WS_IO_ERROR && !ws_outbox_is_empty (&self->outbox))
    {
      ws_transport_want (self->transport, G_IO_OUT);
      return WS_PROGRESS_WAIT;
    }
  self->step = WS_STEP_ANSWER;
  ws_transport_want (self->transport, G_IO_IN);
  return n == WS_IO_ERROR ? WS_PROGRESS_NEXT : WS_PROGRESS_WAIT;
}

/* --- What is answered --- */

void
ws_client_opening_clear_answer (WsClientOpening *self)
{
  ws_http_reader_clear (&self->reader);
  if (self->has_parsed)
    ws_http_response_clear (&self->parsed);
  if (self->has_body)
    ws_http_body_clear (&self->body);
  g_clear_error (&self->unsent);
  self->has_parsed = FALSE;
  self->has_body = FALSE;
  ws_client_verdict_clear (&self->verdict);
  ws_buffer_clear (&self->rest);
}

/* The owner may look at the response from now on. */
static void
keep_head (WsClientOpening *self)
{
  ws_client_response_clear (&self->response);
  ws_handshake_log (self->transport, FALSE, self->reader.head.data,
                    self->reader.head.len);
  self->response.head = self->reader.head;
  self->reader.head = (WsBuffer){ 0 };
}

void
ws_client_opening_keep_body (WsClientOpening *self)
{
  if (!self->has_body)
    return;
  ws_buffer_clear (&self->response.body);
  self->response.body = self->body.kept;
  self->body.kept = (WsBuffer){ 0 };
}

static void
end_body (WsClientOpening *self)
{
  self->step = WS_STEP_JUDGE;
  self->is_reusable = self->has_body && ws_http_body_can_reuse (&self->body);
}

static void
begin_body (WsClientOpening *self)
{
  WsHttpFault fault;

  self->has_body = ws_http_body_init_response (&self->body, &self->parsed,
                                               WS_CLIENT_RESPONSE_KEEP, &fault);
  if (!self->has_body)
    {
      end_body (self);
      return;
    }
  self->step = WS_STEP_BODY;
  ws_poller_arm_after (self->poller, &self->body_deadline, BODY_TIMEOUT);
}

/* Judges what the server answers to the offer of permessage-deflate. */
static gboolean
judge_extensions (WsClientOpening *self, WsHttpFault *fault)
{
  return self->verdict.extensions == NULL
         || ws_deflate_offer_judge (self->verdict.extensions, &self->deflate,
                                    &self->agreed, fault);
}

/* Judges a whole response. Interim ones are passed over (RFC 9110, 15.2). */
static WsProgress
judge_head (WsClientOpening *self)
{
  WsClientHandshake handshake
      = { .url = self->url,
          .key = self->key,
          .subprotocols = (const char *const *) self->offers,
          .extensions = self->extensions };
  WsHttpFault fault;
  guint       status;

  if (!ws_http_response_parse (&self->parsed,
                               (const char *) self->reader.head.data,
                               self->reader.head.len, &fault))
    return ws_client_opening_fail (self, WS_ENGINE_ERROR_HANDSHAKE_REJECTED,
                                   fault.message);
  self->has_parsed = TRUE;
  status = self->status = self->parsed.status;
  if (status >= 100 && status < 200 && status != 101)
    {
      ws_client_opening_clear_answer (self);
      return WS_PROGRESS_WAIT;
    }
  keep_head (self);
  if (ws_client_handshake_judge (&handshake, &self->parsed, &self->verdict,
                                 &fault)
      && judge_extensions (self, &fault))
    {
      self->step = WS_STEP_OPENED;
      return WS_PROGRESS_NEXT;
    }
  ws_client_opening_fail (self, WS_ENGINE_ERROR_HANDSHAKE_REJECTED,
                          fault.message);
  if (status == 101)
    return WS_PROGRESS_FAILED;
  begin_body (self);
  return self->step == WS_STEP_JUDGE ? WS_PROGRESS_NEXT : WS_PROGRESS_WAIT;
}

static WsProgress
take_head (WsClientOpening *self,
           const guint8    *data,
           gsize            len,
           gsize           *consumed)
{
  WsHttpFault fault;
  WsParse     parse
      = ws_http_reader_feed (&self->reader, data, len, consumed, &fault);

  if (parse == WS_NEED_MORE)
    return WS_PROGRESS_WAIT;
  if (parse == WS_FAILED)
    return ws_client_opening_fail (self, WS_ENGINE_ERROR_HANDSHAKE_REJECTED,
                                   fault.message);
  return judge_head (self);
}

/* No more is read than what is kept, and nothing is waited for that only the
 * end of the connection tells, if there is another one to come anyway. */
static WsProgress
take_body (WsClientOpening *self,
           const guint8    *data,
           gsize            len,
           gsize           *consumed)
{
  WsHttpFault fault;
  WsParse parse = ws_http_body_feed (&self->body, data, len, consumed, &fault);

  if (parse == WS_NEED_MORE && self->body.kept.len < WS_CLIENT_RESPONSE_KEEP
      && !(ws_http_body_ends_at_eof (&self->body)
           && ws_client_opening_may_follow (self)))
    return WS_PROGRESS_WAIT;
  end_body (self);
  return WS_PROGRESS_NEXT;
}

static WsProgress
take_input (WsClientOpening *self, const guint8 *data, gsize len)
{
  WsProgress progress = WS_PROGRESS_WAIT;

  while (progress == WS_PROGRESS_WAIT
         && (len > 0 || self->step == WS_STEP_BODY))
    {
      gboolean is_body = self->step == WS_STEP_BODY;
      gsize    consumed = 0;

      if (is_body)
        progress = take_body (self, data, len, &consumed);
      else
        progress = take_head (self, data, len, &consumed);
      data += consumed;
      len -= consumed;
      if (is_body && progress == WS_PROGRESS_WAIT)
        break;
    }
  if (self->step == WS_STEP_OPENED)
    ws_buffer_append (&self->rest, data, len);
  else if (len > 0)
    self->is_reusable = FALSE;
  return progress;
}

static WsProgress
handle_end (WsClientOpening *self, GError *error)
{
  if (self->step == WS_STEP_BODY)
    {
      g_clear_error (&error);
      end_body (self);
      return WS_PROGRESS_NEXT;
    }
  if (self->unsent != NULL && (error == NULL || error->domain != G_TLS_ERROR))
    {
      g_clear_error (&error);
      error = g_steal_pointer (&self->unsent);
    }
  if (error == NULL)
    error = g_error_new_literal (WS_ENGINE_ERROR, WS_ENGINE_ERROR_PEER_GONE,
                                 _ ("The server closed the connection during "
                                    "the opening handshake"));
  return fail_or_redial (self, error);
}

WsProgress
ws_client_opening_step_answer (WsClientOpening *self)
{
  WsReadBuffer *buffer = ws_poller_acquire_buffer (self->poller);
  WsProgress    progress = WS_PROGRESS_WAIT;
  GError       *error = NULL;
  gssize        n = ws_transport_read (self->transport, buffer->data,
                                       WS_READ_BUFFER_SIZE, &error);

  if (self->step == WS_STEP_OVER)
    {
      g_clear_error (&error);
      ws_poller_release_buffer (self->poller, buffer);
      return WS_PROGRESS_WAIT;
    }
  if (n > 0)
    {
      ws_client_opening_note_progress (self);
      progress = take_input (self, buffer->data, n);
    }
  ws_poller_release_buffer (self->poller, buffer);
  if (n == 0 || n == WS_IO_ERROR
      || (n == WS_IO_AGAIN && self->unsent != NULL
          && !ws_transport_is_readable (self->transport)))
    progress = handle_end (self, error);
  return progress;
}
