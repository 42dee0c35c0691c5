/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A tunnel through an HTTP proxy, which has been dialled: asked for, once more
 * with a login if the proxy wants one, and then used as if it
 * were the server. */
#include "engine/ws-client-opening-private.h"

#include "engine/ws-handshake-log.h"

#define CHALLENGE_FIELD "Proxy-Authenticate"

/* µs that the rest of a refusal's body is worth. */
#define BODY_TIMEOUT (2 * G_USEC_PER_SEC)

/* --- Asking --- */

static gboolean
make_request (WsClientOpening *self)
{
  WsClientAuth    *auth = &self->proxy.auth;
  g_autofree char *target
      = ws_http_connect_target (self->url->host, self->url->port);
  g_autofree char *authorization = NULL;
  g_autoptr (GString) request = NULL;
  g_autoptr (GError) error = NULL;

  if (auth->answers)
    authorization = ws_client_auth_authorize (auth, "CONNECT", target, &error);
  if (error != NULL)
    {
      ws_client_opening_fail_proxy (
          self, WS_ENGINE_ERROR_PROXY_AUTHENTICATION_REQUIRED, error->message);
      return FALSE;
    }
  request = ws_http_connect_build (target, authorization);
  ws_handshake_log (self->proxy.transport, TRUE, request->str, request->len);
  ws_outbox_push_raw (&self->outbox, request->str, request->len);
  return TRUE;
}

WsProgress
ws_client_opening_step_connect (WsClientOpening *self)
{
  g_clear_error (&self->error);
  ws_http_connect_clear (&self->proxy.answer);
  ws_outbox_clear (&self->outbox);
  ws_outbox_init (&self->outbox);
  if (!make_request (self))
    return WS_PROGRESS_FAILED;
  ws_client_opening_watch (self, self->proxy.transport);
  self->step = WS_STEP_CONNECTING;
  return WS_PROGRESS_NEXT;
}

static WsProgress
redial (WsClientOpening *self)
{
  WsOpeningProxy *proxy = &self->proxy;

  g_clear_pointer (&proxy->transport, ws_transport_free);
  g_free (proxy->chosen);
  proxy->chosen = g_strdup (proxy->uri);
  self->step = WS_STEP_DIAL;
  return WS_PROGRESS_NEXT;
}

/* Takes @error over; NULL: the end of the stream. A proxy may close a
 * connection that it has kept while it is asked again (RFC 9112, 9.3.1). */
static WsProgress
handle_end (WsClientOpening *self, GError *error)
{
  WsOpeningProxy *proxy = &self->proxy;
  g_autoptr (GError) own = error;

  if (proxy->answer.has_response)
    {
      self->step = WS_STEP_TUNNEL_JUDGE;
      return WS_PROGRESS_NEXT;
    }
  if (proxy->is_reused && proxy->answer.reader.head.len == 0)
    return redial (self);
  return ws_client_opening_fail_proxy (self, WS_ENGINE_ERROR_PROXY_CLOSED,
                                       own != NULL
                                           ? own->message
                                           : "It closed the connection");
}

WsProgress
ws_client_opening_step_connecting (WsClientOpening *self)
{
  WsTransport *transport = self->proxy.transport;
  GError      *error = NULL;

  gssize n = ws_outbox_flush (&self->outbox, transport, &error);

  if (n == WS_IO_ERROR)
    return handle_end (self, error);
  if (!ws_outbox_is_empty (&self->outbox))
    {
      ws_transport_want (transport, G_IO_OUT);
      return WS_PROGRESS_WAIT;
    }
  self->step = WS_STEP_TUNNEL;
  ws_transport_want (transport, G_IO_IN);
  return WS_PROGRESS_WAIT;
}

/* --- What is answered --- */

static WsProgress
take_input (WsClientOpening *self, const guint8 *data, gsize len)
{
  WsOpeningProxy *proxy = &self->proxy;
  WsHttpFault     fault;
  gsize           consumed = 0;

  switch (ws_http_connect_feed (&proxy->answer, data, len, &consumed, &fault))
    {
    case WS_NEED_MORE:
      if (proxy->answer.has_body
          && !ws_deadline_is_armed (&self->body_deadline))
        ws_poller_arm_after (self->poller, &self->body_deadline, BODY_TIMEOUT);
      return WS_PROGRESS_WAIT;
    case WS_FAILED:
      return ws_client_opening_fail_proxy (self, WS_ENGINE_ERROR_PROXY_PROTOCOL,
                                           fault.message);
    case WS_DONE:
      break;
    }
  proxy->has_rest = consumed < len;
  self->step = WS_STEP_TUNNEL_JUDGE;
  return WS_PROGRESS_NEXT;
}

WsProgress
ws_client_opening_step_tunnel (WsClientOpening *self)
{
  WsReadBuffer *buffer = ws_poller_acquire_buffer (self->poller);
  WsProgress    progress = WS_PROGRESS_WAIT;
  GError       *error = NULL;
  gssize        n = ws_transport_read (self->proxy.transport, buffer->data,
                                       WS_READ_BUFFER_SIZE, &error);

  if (n > 0)
    {
      ws_client_opening_note_progress (self);
      progress = take_input (self, buffer->data, (gsize) n);
    }
  ws_poller_release_buffer (self->poller, buffer);
  if (n == 0 || n == WS_IO_ERROR)
    progress = handle_end (self, error);
  return progress;
}

/* --- The verdict --- */

static WsProgress
set_refusal (WsClientOpening *self, WsEngineError code, const char *what)
{
  const WsHttpResponse *response = &self->proxy.answer.response;
  const char           *reason = response->reason;
  g_autofree char      *phrase = ws_http_quote (
           *reason != '\0' ? reason : ws_http_status_phrase (response->status));
  g_autofree char *message = g_strdup_printf ("It answered %u %s: %s",
                                              response->status, phrase, what);

  return ws_client_opening_fail_proxy (self, code, message);
}

/* Asks the proxy once more, on the connection if it is kept. */
static void
repeat (WsClientOpening *self)
{
  if (self->proxy.transport == NULL)
    {
      redial (self);
      return;
    }
  self->proxy.is_reused = TRUE;
  self->step = WS_STEP_CONNECT;
}

/* 9110, 11.7.1 */
static WsProgress
judge_login (WsClientOpening *self)
{
  WsClientAuth    *auth = &self->proxy.auth;
  g_autofree char *what = NULL;
  const WsLogin    login
      = ws_client_auth_judge (auth, self->proxy.answer.response.headers,
                              CHALLENGE_FIELD, &what);

  set_refusal (self, WS_ENGINE_ERROR_PROXY_AUTHENTICATION_REQUIRED, what);
  if (login == WS_LOGIN_UNKNOWN)
    return WS_PROGRESS_FAILED;
  if (login == WS_LOGIN_ASK)
    return ws_client_opening_ask_login (self, auth, self->proxy.uri);
  repeat (self);
  return WS_PROGRESS_NEXT;
}

void
ws_client_opening_answer_tunnel (WsClientOpening *self)
{
  ws_client_auth_answer (&self->proxy.auth);
  repeat (self);
}

/* The server beyond the tunnel speaks when spoken to. */
static WsProgress
enter_tunnel (WsClientOpening *self)
{
  if (self->proxy.has_rest)
    return ws_client_opening_fail_proxy (
        self, WS_ENGINE_ERROR_PROXY_PROTOCOL,
        "It sends something behind its answer, before the server was asked");
  ws_http_connect_clear (&self->proxy.answer);
  ws_client_opening_enter_connection (self,
                                      g_steal_pointer (&self->proxy.transport));
  return WS_PROGRESS_NEXT;
}

WsProgress
ws_client_opening_step_tunnel_judge (WsClientOpening *self)
{
  WsOpeningProxy *proxy = &self->proxy;
  const guint     status = proxy->answer.response.status;

  ws_poller_disarm (self->poller, &self->body_deadline);
  ws_transport_want (proxy->transport, 0);
  ws_handshake_log (proxy->transport, FALSE, proxy->answer.reader.head.data,
                    proxy->answer.reader.head.len);
  if (ws_http_connect_is_open (&proxy->answer))
    return enter_tunnel (self);
  /* The connection need not be held open while somebody is asked. */
  if (!ws_http_connect_can_reuse (&proxy->answer) || proxy->has_rest)
    g_clear_pointer (&proxy->transport, ws_transport_free);
  if (status == 407)
    return judge_login (self);
  return set_refusal (self,
                      status == 403 ? WS_ENGINE_ERROR_PROXY_REFUSED
                                    : WS_ENGINE_ERROR_PROXY_PROTOCOL,
                      "it does not lead to the server");
}
