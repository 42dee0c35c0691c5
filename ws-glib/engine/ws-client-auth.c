/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Answers a server's or a proxy's challenge with the user's login. */
#include "engine/ws-client-auth.h"

#include "engine/ws-engine-error.h"
#include "net/ws-random.h"
#include "protocol/ws-http.h"

/* Fresh nonces in a row that are believed to be needed (RFC 7616, 3.3). */
#define MAX_STALE 3

void
ws_client_auth_clear (WsClientAuth *self)
{
  g_free (self->user);
  g_free (self->password);
  if (self->has_challenge)
    ws_http_challenge_clear (&self->challenge);
  *self = (WsClientAuth){ 0 };
}

void
ws_client_auth_set_login (WsClientAuth *self,
                          const char   *user,
                          const char   *password)
{
  char *own_user = g_strdup (user);
  char *own_password = g_strdup (password);

  g_free (self->user);
  g_free (self->password);
  self->user = own_user;
  self->password = own_password;
  self->tried = FALSE;
  self->n_stale = 0;
}

void
ws_client_auth_answer (WsClientAuth *self)
{
  self->tried = TRUE;
  self->answers = TRUE;
}

char *
ws_client_auth_authorize (WsClientAuth *self,
                          const char   *method,
                          const char   *target,
                          GError      **error)
{
  guint8           random[16];
  g_autofree char *cnonce = NULL;
  char            *value;

  if (!ws_random_bytes (random, sizeof random))
    {
      g_set_error_literal (error, WS_ENGINE_ERROR,
                           WS_ENGINE_ERROR_INVALID_REQUEST,
                           "The random number generator failed");
      return NULL;
    }
  cnonce = g_base64_encode (random, sizeof random);
  value
      = ws_http_challenge_answer (&self->challenge, self->user, self->password,
                                  method, target, cnonce, ++self->nonce_count);
  if (value == NULL)
    g_set_error (error, WS_ENGINE_ERROR,
                 WS_ENGINE_ERROR_AUTHENTICATION_REQUIRED,
                 "User name and password cannot be sent with %s: they hold a "
                 "control character, or the user name a colon",
                 ws_http_auth_scheme_name (self->challenge.scheme));
  return value;
}

/* --- Challenges --- */

static void
take_challenge (WsClientAuth *self, const WsHttpChallenge *challenge)
{
  if (self->has_challenge)
    ws_http_challenge_clear (&self->challenge);
  self->challenge = *challenge;
  self->has_challenge = TRUE;
  self->nonce_count = 0;
}

static char *
describe (const WsClientAuth *self)
{
  g_autofree char *realm = ws_http_quote (self->challenge.realm);

  return g_strdup_printf (self->tried
                              ? "it refused the credentials for %s, realm %s"
                              : "it asks for credentials for %s, realm %s",
                          ws_http_auth_scheme_name (self->challenge.scheme),
                          realm);
}

static char *
describe_unknown (const WsHttpHeaders *headers, const char *name)
{
  g_autofree char *asked = ws_http_headers_join (headers, name);
  g_autofree char *quoted = ws_http_quote (asked != NULL ? asked : "");

  return g_strdup_printf (
      "it asks for credentials in no way that is known here: %s", quoted);
}

WsLogin
ws_client_auth_judge (WsClientAuth        *self,
                      const WsHttpHeaders *headers,
                      const char          *name,
                      char               **what)
{
  WsHttpChallenge challenge;
  gboolean        is_stale;

  if (!ws_http_challenge_choose (headers, name, &challenge))
    {
      *what = describe_unknown (headers, name);
      return WS_LOGIN_UNKNOWN;
    }
  /* The last answer had a nonce that was too old: the same login may do. */
  is_stale = self->has_challenge && self->tried && challenge.stale
             && self->n_stale < MAX_STALE;
  self->n_stale = is_stale ? self->n_stale + 1 : 0;
  take_challenge (self, &challenge);
  *what = describe (self);
  if (self->user == NULL || (self->tried && !is_stale))
    return WS_LOGIN_ASK;
  ws_client_auth_answer (self);
  return WS_LOGIN_ANSWER;
}
