/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What follows a response that is not the upgrade: another request with a login
 * or to another place, once the owner has been asked; or the end. */
#include "engine/ws-client-opening-private.h"

#include <string.h>

#define CHALLENGE_FIELD "WWW-Authenticate"

/* --- Another request --- */

static gboolean
can_ask_here (const WsClientOpening *self)
{
  return self->is_reusable && self->transport != NULL;
}

static WsProgress
begin_again (WsClientOpening *self)
{
  gboolean is_same = can_ask_here (self);

  if (self->is_given && !is_same)
    return ws_client_opening_fail (self, WS_ENGINE_ERROR_PEER_GONE,
                                   "The server closed the stream during the "
                                   "opening handshake");
  ws_client_opening_clear_answer (self);
  ws_outbox_clear (&self->outbox);
  ws_outbox_init (&self->outbox);
  self->is_reusable = FALSE;
  if (!is_same)
    g_clear_pointer (&self->transport, ws_transport_free);
  /* What an earlier answer would have failed with is settled. */
  g_clear_error (&self->error);
  if (!ws_client_opening_make_request (self))
    return WS_PROGRESS_FAILED;
  self->is_reused = is_same;
  self->step = is_same ? WS_STEP_ASK : WS_STEP_DIAL;
  if (is_same)
    ws_client_opening_begin_asking (self);
  return WS_PROGRESS_NEXT;
}

WsProgress
ws_client_opening_step_again (WsClientOpening *self)
{
  return begin_again (self);
}

WsProgress
ws_client_opening_redial (WsClientOpening *self)
{
  self->is_reusable = FALSE;
  return begin_again (self);
}

/* --- Credentials --- */

static void
set_refusal (WsClientOpening *self, WsEngineError code, const char *what)
{
  const char      *reason = self->parsed.reason;
  g_autofree char *phrase = ws_http_quote (
      *reason != '\0' ? reason : ws_http_status_phrase (self->parsed.status));
  g_autofree char *message
      = g_strdup_printf ("The server answered %u %s: %s", self->parsed.status,
                         phrase, what);

  ws_client_opening_fail (self, code, message);
}

/* 9110, 4.2.2: what the login is for, as users know it. */
static char *
describe_server (const WsUrl *url)
{
  if (url->unix_path != NULL)
    return g_strconcat ("ws+unix:", url->unix_path, NULL);
  return g_strconcat (url->secure ? "wss://" : "ws://", url->authority, NULL);
}

/* 9110, 11.6.1 */
static WsProgress
judge_login (WsClientOpening *self)
{
  g_autofree char *what = NULL;
  g_autofree char *uri = NULL;
  const WsLogin login = ws_client_auth_judge (&self->auth, self->parsed.headers,
                                              CHALLENGE_FIELD, &what);

  set_refusal (self, WS_ENGINE_ERROR_AUTHENTICATION_REQUIRED, what);
  if (login == WS_LOGIN_UNKNOWN || (self->is_given && !can_ask_here (self)))
    return WS_PROGRESS_FAILED;
  if (login == WS_LOGIN_ANSWER)
    return begin_again (self);
  uri = describe_server (self->url);
  return ws_client_opening_ask_login (self, &self->auth, uri);
}

void
ws_client_opening_authenticate (WsClientOpening *self,
                                const char      *user,
                                const char      *password)
{
  g_return_if_fail (self->asked == WS_ASKED_CREDENTIALS
                    || self->asked == WS_ASKED_PROXY_CREDENTIALS);

  if (self->asked == WS_ASKED_PROXY_CREDENTIALS)
    {
      ws_client_opening_authenticate_proxy (self, user, password);
      return;
    }
  ws_client_auth_set_login (&self->auth, user, password);
  ws_client_auth_answer (&self->auth);
  ws_client_opening_go_on (self, WS_STEP_AGAIN);
}

void
ws_client_opening_give_up (WsClientOpening *self, const char *message)
{
  g_return_if_fail (self->step == WS_STEP_PAUSED);

  if (message != NULL)
    {
      if (self->has_parsed)
        set_refusal (self, WS_ENGINE_ERROR_HANDSHAKE_REJECTED, message);
      else
        ws_client_opening_fail (self, WS_ENGINE_ERROR_HANDSHAKE_REJECTED,
                                message);
    }
  ws_client_opening_go_on (self, WS_STEP_GIVE_UP);
}

/* --- Redirects --- */

/* 9110, 15.4: those that name one other place. */
static gboolean
is_redirect (guint status)
{
  return status == 301 || status == 302 || status == 303 || status == 307
         || status == 308;
}

static WsProgress
refuse_redirect (WsClientOpening *self, const char *what)
{
  set_refusal (self, WS_ENGINE_ERROR_HANDSHAKE_REJECTED, what);
  return WS_PROGRESS_FAILED;
}

/* (transfer full) (nullable): where the response leads to; NULL with the
 * error. */
static WsUrl *
resolve_location (WsClientOpening *self)
{
  const char *location
      = ws_http_headers_peek (self->parsed.headers, "Location");
  g_autoptr (GError) error = NULL;
  g_autoptr (WsUrl) url = NULL;
  g_autofree char *what = NULL;

  if (location == NULL)
    {
      refuse_redirect (self, "it names no place in the header Location");
      return NULL;
    }
  url = ws_url_resolve (self->url, location, &error);
  if (url == NULL)
    what = g_strdup (error->message);
  else if (self->url->secure && !url->secure)
    {
      g_autofree char *quoted = ws_url_quote (url->text);

      what = g_strdup_printf ("a redirect from wss to ws is not followed: %s",
                              quoted);
    }
  if (what != NULL)
    refuse_redirect (self, what);
  return what == NULL ? g_steal_pointer (&url) : NULL;
}

static WsProgress
judge_redirect (WsClientOpening *self)
{
  g_autofree char *what = NULL;

  if (self->is_given)
    return refuse_redirect (self,
                            "a redirect cannot be followed over a stream");
  if (self->n_redirects >= self->max_redirects)
    {
      what = g_strdup_printf ("a redirect beyond max-redirects (%u)",
                              self->max_redirects);
      return refuse_redirect (self, what);
    }
  ws_url_free (self->next);
  self->next = resolve_location (self);
  if (self->next == NULL || self->sink->redirected == NULL)
    return WS_PROGRESS_FAILED;
  self->n_redirects++;
  ws_client_opening_pause (self, WS_ASKED_REDIRECT);
  self->sink->redirected (self, self->next,
                          ws_url_same_origin (self->url, self->next),
                          self->user_data);
  return WS_PROGRESS_WAIT;
}

/* --- The verdict --- */

static gboolean
wants_login (WsClientOpening *self)
{
  return self->parsed.status == 401
         && ws_http_headers_count (self->parsed.headers, CHALLENGE_FIELD) > 0;
}

gboolean
ws_client_opening_may_follow (WsClientOpening *self)
{
  return wants_login (self)
         || (self->max_redirects > 0 && is_redirect (self->parsed.status));
}

WsProgress
ws_client_opening_step_judge (WsClientOpening *self)
{
  ws_poller_disarm (self->poller, &self->body_deadline);
  ws_transport_want (self->transport, 0);
  ws_client_opening_keep_body (self);
  /* The connection need not be held open while somebody is asked. */
  if (!self->is_reusable)
    g_clear_pointer (&self->transport, ws_transport_free);
  if (wants_login (self))
    return judge_login (self);
  if (self->max_redirects > 0 && is_redirect (self->parsed.status))
    return judge_redirect (self);
  return WS_PROGRESS_FAILED;
}
