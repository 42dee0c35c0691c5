/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fuzz.h"

#include <string.h>

#include "protocol/ws-http-auth.h"

/* A challenge from a server, one field a line, and its answers. The first line
 * is the user's name and password. */

#define FIELD "WWW-Authenticate"

/* An answer is of the form of a challenge, so our own parser reads it: the
 * texts come back as they were, whatever they hold. */
static void
check_answer (const WsHttpChallenge *challenge, const char *answer)
{
  g_autoptr (WsHttpHeaders) headers = ws_http_headers_new ();
  WsHttpChallenge again;
  const char     *qop;

  g_assert_true (ws_http_header_value_is_valid (answer));
  g_assert_true (
      g_str_has_prefix (answer, ws_http_auth_scheme_name (challenge->scheme)));
  if (challenge->scheme == WS_HTTP_AUTH_BASIC)
    return;
  ws_http_headers_append (headers, FIELD, answer);
  g_assert_true (ws_http_challenge_choose (headers, FIELD, &again));
  g_assert_cmpstr (again.realm, ==, challenge->realm);
  g_assert_cmpstr (again.nonce, ==, challenge->nonce);
  g_assert_cmpstr (again.opaque, ==, challenge->opaque);
  g_assert_true (again.hash == challenge->hash);
  g_assert_true (again.is_session == challenge->is_session);
  g_assert_true (again.hashes_user == challenge->hashes_user);
  qop = strstr (answer, "qop=auth");
  g_assert_true (!challenge->qop_auth || qop != NULL);
  ws_http_challenge_clear (&again);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_auto (GStrv) lines = g_strsplit (text, "\n", 16);
  g_autoptr (WsHttpHeaders) headers = ws_http_headers_new ();
  WsHttpChallenge challenge;

  for (gsize i = 1; lines[0] != NULL && lines[i] != NULL; i++)
    {
      if (ws_http_header_value_is_valid (lines[i]))
        ws_http_headers_append (headers, FIELD, lines[i]);
    }
  if (ws_http_challenge_choose (headers, FIELD, &challenge))
    {
      g_autofree char *user = g_utf8_make_valid (lines[0], -1);
      g_autofree char *answer
          = ws_http_challenge_answer (&challenge, user, user, "GET", user,
                                      "abc", (guint) size);

      g_assert_nonnull (challenge.realm);
      if (answer != NULL)
        check_answer (&challenge, answer);
    }
  else
    g_assert_null (challenge.realm);
  ws_http_challenge_clear (&challenge);
  return 0;
}
