/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads HTTP challenges, and computes the answers of Basic and Digest. */
#include "protocol/ws-http-auth.h"

#include <stdarg.h>
#include <string.h>

/* A challenge while it is read. */
typedef struct
{
  char    *scheme; /* (owned) (nullable): none has begun */
  char    *realm;  /* (owned) (nullable), as all that follow */
  char    *nonce;
  char    *opaque;
  char    *algorithm;
  char    *qop;
  char    *charset;
  char    *stale;
  char    *userhash;
  gboolean is_malformed;
} Draft;

typedef struct
{
  const char   *name;
  GChecksumType hash;
  gboolean      is_session;
} Algorithm;

static const Algorithm algorithms[] = {
  { "MD5", G_CHECKSUM_MD5, FALSE },
  { "MD5-sess", G_CHECKSUM_MD5, TRUE },
  { "SHA-256", G_CHECKSUM_SHA256, FALSE },
  { "SHA-256-sess", G_CHECKSUM_SHA256, TRUE },
};

static void
draft_clear (Draft *self)
{
  g_free (self->scheme);
  g_free (self->realm);
  g_free (self->nonce);
  g_free (self->opaque);
  g_free (self->algorithm);
  g_free (self->qop);
  g_free (self->charset);
  g_free (self->stale);
  g_free (self->userhash);
  *self = (Draft){ 0 };
}

/* Where a parameter of that name goes, or NULL. */
static char **
draft_slot (Draft *self, const char *name)
{
  const struct
  {
    const char *name;
    char      **slot;
  } slots[] = {
    { "realm", &self->realm },   { "nonce", &self->nonce },
    { "opaque", &self->opaque }, { "algorithm", &self->algorithm },
    { "qop", &self->qop },       { "charset", &self->charset },
    { "stale", &self->stale },   { "userhash", &self->userhash },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (slots); i++)
    {
      if (g_ascii_strcasecmp (name, slots[i].name) == 0)
        return slots[i].slot;
    }
  return NULL;
}

static gboolean
equal (const char *value, const char *expected)
{
  return value != NULL && g_ascii_strcasecmp (value, expected) == 0;
}

static const char *
skip_blanks (const char *text)
{
  return text + strspn (text, " \t");
}

/* What is malformed, or comes twice (9110, 11.2), spoils the challenge. */
static void
add_parameter (Draft *self, const char *text)
{
  g_autofree char *name = NULL;
  g_autofree char *value = NULL;
  char           **slot;

  if (!ws_http_parameter_parse (text, &name, &value) || value == NULL)
    {
      self->is_malformed = TRUE;
      return;
    }
  slot = draft_slot (self, name);
  if (slot == NULL)
    return;
  if (*slot != NULL)
    self->is_malformed = TRUE;
  else
    *slot = g_steal_pointer (&value);
}

/* Whether "auth" is one of the list's. */
static gboolean
offers_auth (const char *qop)
{
  g_auto (GStrv) list = ws_http_list_split (qop);

  for (gsize i = 0; list != NULL && list[i] != NULL; i++)
    {
      if (equal (list[i], "auth"))
        return TRUE;
    }
  return FALSE;
}

/* 7616, 3.3 */
static gboolean
read_digest (const Draft *draft, WsHttpChallenge *challenge)
{
  const char *name = draft->algorithm != NULL ? draft->algorithm : "MD5";
  gsize       i = 0;

  while (i < G_N_ELEMENTS (algorithms) && !equal (name, algorithms[i].name))
    i++;
  if (i == G_N_ELEMENTS (algorithms) || draft->realm == NULL
      || draft->nonce == NULL)
    return FALSE;

  challenge->scheme = WS_HTTP_AUTH_DIGEST;
  challenge->hash = algorithms[i].hash;
  challenge->is_session = algorithms[i].is_session;
  challenge->qop_auth = offers_auth (draft->qop);
  challenge->hashes_user = equal (draft->userhash, "true");
  challenge->stale = equal (draft->stale, "true");
  if (challenge->qop_auth)
    return TRUE;
  /* 2069 knew neither qop nor the sessions, which need a cnonce. */
  return (draft->qop == NULL || *draft->qop == '\0') && !challenge->is_session;
}

/* Whether the finished draft can be answered. */
static gboolean
read_draft (const Draft *draft, WsHttpChallenge *challenge)
{
  *challenge = (WsHttpChallenge){ .utf8 = equal (draft->charset, "UTF-8") };
  if (draft->is_malformed)
    return FALSE;
  if (equal (draft->scheme, "Basic"))
    challenge->scheme = WS_HTTP_AUTH_BASIC;
  else if (!equal (draft->scheme, "Digest") || !read_digest (draft, challenge))
    return FALSE;

  challenge->realm = g_strdup (draft->realm != NULL ? draft->realm : "");
  if (challenge->scheme == WS_HTTP_AUTH_DIGEST)
    {
      challenge->nonce = g_strdup (draft->nonce);
      challenge->opaque = g_strdup (draft->opaque);
      challenge->algorithm = g_strdup (draft->algorithm);
    }
  return TRUE;
}

/* 0: none. */
static guint
strength (const WsHttpChallenge *challenge)
{
  if (challenge->realm == NULL)
    return 0;
  if (challenge->scheme == WS_HTTP_AUTH_BASIC)
    return 1;
  return challenge->hash == G_CHECKSUM_MD5 ? 2 : 3;
}

/* Keeps the draft if it is stronger than the @best so far. */
static void
finish_draft (Draft *draft, WsHttpChallenge *best)
{
  WsHttpChallenge challenge;

  if (read_draft (draft, &challenge))
    {
      if (strength (&challenge) > strength (best))
        {
          ws_http_challenge_clear (best);
          *best = challenge;
        }
      else
        ws_http_challenge_clear (&challenge);
    }
  draft_clear (draft);
}

/* 9110, 11.3: an element of the list begins a challenge, alone or with the
 * first parameter or a token68, or is one more parameter of the last one. */
static void
read_element (Draft *draft, const char *element, WsHttpChallenge *best)
{
  const char *rest = element + strcspn (element, " \t=\"");

  if (*skip_blanks (rest) == '=')
    {
      add_parameter (draft, element);
      return;
    }
  finish_draft (draft, best);
  draft->scheme = g_strndup (element, (gsize) (rest - element));
  rest = skip_blanks (rest);
  /* No scheme that we know takes a token68, which spoils the draft. */
  if (*rest != '\0')
    add_parameter (draft, rest);
}

gboolean
ws_http_challenge_choose (const WsHttpHeaders *headers,
                          const char          *name,
                          WsHttpChallenge     *challenge)
{
  const guint n = ws_http_headers_length (headers);

  *challenge = (WsHttpChallenge){ 0 };
  for (guint i = 0; i < n; i++)
    {
      Draft draft = { 0 };
      g_auto (GStrv) list = NULL;

      if (g_ascii_strcasecmp (ws_http_headers_peek_name (headers, i), name)
          != 0)
        continue;
      list = ws_http_list_split (ws_http_headers_peek_value (headers, i));
      for (gsize k = 0; list[k] != NULL; k++)
        read_element (&draft, list[k], challenge);
      finish_draft (&draft, challenge);
    }
  return strength (challenge) > 0;
}

void
ws_http_challenge_clear (WsHttpChallenge *challenge)
{
  g_free (challenge->realm);
  g_free (challenge->nonce);
  g_free (challenge->opaque);
  g_free (challenge->algorithm);
  *challenge = (WsHttpChallenge){ 0 };
}

static gboolean
has_controls (const char *text)
{
  while (*text != '\0' && !g_ascii_iscntrl (*text))
    text++;
  return *text != '\0';
}

/* (transfer full): 7617, 2.1 and 7616, 4: who says UTF-8 means its form C. */
static char *
normalize (const WsHttpChallenge *challenge, const char *text)
{
  char *normal
      = challenge->utf8 ? g_utf8_normalize (text, -1, G_NORMALIZE_NFC) : NULL;

  return normal != NULL ? normal : g_strdup (text);
}

static char *
answer_basic (const char *user, const char *password)
{
  g_autofree char *pair = NULL;
  g_autofree char *encoded = NULL;

  if (strchr (user, ':') != NULL)
    return NULL;
  pair = g_strconcat (user, ":", password, NULL);
  encoded = g_base64_encode ((const guchar *) pair, strlen (pair));
  return g_strconcat ("Basic ", encoded, NULL);
}

/* (transfer full): the hash of the texts, up to a NULL, with colons between. */
static char *G_GNUC_NULL_TERMINATED
hash (const WsHttpChallenge *challenge, const char *first, ...)
{
  g_autoptr (GChecksum) sum = g_checksum_new (challenge->hash);
  const char *text;
  va_list     args;

  va_start (args, first);
  g_checksum_update (sum, (const guchar *) first, -1);
  while ((text = va_arg (args, const char *)) != NULL)
    {
      g_checksum_update (sum, (const guchar *) ":", 1);
      g_checksum_update (sum, (const guchar *) text, -1);
    }
  va_end (args);
  return g_strdup (g_checksum_get_string (sum));
}

/* 9110, 5.6.4 */
static void
append_quoted (GString *out, const char *name, const char *value)
{
  g_string_append_printf (out, ", %s=\"", name);
  for (; *value != '\0'; value++)
    {
      if (*value == '"' || *value == '\\')
        g_string_append_c (out, '\\');
      g_string_append_c (out, *value);
    }
  g_string_append_c (out, '"');
}

/* 7616, 3.4.4: the name hashed; or encoded, for a server that knows UTF-8, if
 * it is not ASCII; or as it is. */
static void
append_user (const WsHttpChallenge *challenge, const char *user, GString *out)
{
  g_autofree char *encoded = NULL;

  if (challenge->hashes_user)
    {
      encoded = hash (challenge, user, challenge->realm, NULL);
      append_quoted (out, "username", encoded);
    }
  else if (challenge->utf8 && !g_str_is_ascii (user))
    {
      encoded = g_uri_escape_string (user, NULL, FALSE);
      g_string_append_printf (out, ", username*=UTF-8''%s", encoded);
    }
  else
    append_quoted (out, "username", user);
}

/* (transfer full): 7616, 3.4.1 to 3.4.3 */
static char *
digest_response (const WsHttpChallenge *challenge,
                 const char            *user,
                 const char            *password,
                 const char            *method,
                 const char            *target,
                 const char            *cnonce,
                 const char            *nc)
{
  g_autofree char *a1
      = hash (challenge, user, challenge->realm, password, NULL);
  g_autofree char *a2 = hash (challenge, method, target, NULL);

  if (challenge->is_session)
    {
      char *key = hash (challenge, a1, challenge->nonce, cnonce, NULL);

      g_free (a1);
      a1 = key;
    }
  if (!challenge->qop_auth)
    return hash (challenge, a1, challenge->nonce, a2, NULL);
  return hash (challenge, a1, challenge->nonce, nc, cnonce, "auth", a2, NULL);
}

static char *
answer_digest (const WsHttpChallenge *challenge,
               const char            *user,
               const char            *password,
               const char            *method,
               const char            *target,
               const char            *cnonce,
               guint                  count)
{
  g_autofree char *nc = g_strdup_printf ("%08x", count);
  g_autofree char *response
      = digest_response (challenge, user, password, method, target, cnonce, nc);
  g_autoptr (GString) parameters = g_string_new (NULL);

  append_user (challenge, user, parameters);
  append_quoted (parameters, "realm", challenge->realm);
  append_quoted (parameters, "uri", target);
  if (challenge->algorithm != NULL)
    g_string_append_printf (parameters, ", algorithm=%s", challenge->algorithm);
  append_quoted (parameters, "nonce", challenge->nonce);
  if (challenge->qop_auth)
    {
      g_string_append_printf (parameters, ", nc=%s", nc);
      append_quoted (parameters, "cnonce", cnonce);
      g_string_append (parameters, ", qop=auth");
    }
  append_quoted (parameters, "response", response);
  if (challenge->opaque != NULL)
    append_quoted (parameters, "opaque", challenge->opaque);
  if (challenge->hashes_user)
    g_string_append (parameters, ", userhash=true");
  /* Without the first comma. */
  return g_strconcat ("Digest", parameters->str + 1, NULL);
}

char *
ws_http_challenge_answer (const WsHttpChallenge *challenge,
                          const char            *user,
                          const char            *password,
                          const char            *method,
                          const char            *target,
                          const char            *cnonce,
                          guint                  count)
{
  g_autofree char *normal_user = normalize (challenge, user);
  g_autofree char *normal_password = normalize (challenge, password);
  g_autofree char *answer = NULL;

  if (has_controls (user) || has_controls (password))
    return NULL;
  if (challenge->scheme == WS_HTTP_AUTH_BASIC)
    answer = answer_basic (normal_user, normal_password);
  else
    answer = answer_digest (challenge, normal_user, normal_password, method,
                            target, cnonce, count);
  /* Whatever the challenge and the request were made of. */
  if (answer == NULL || !ws_http_header_value_is_valid (answer))
    return NULL;
  return g_steal_pointer (&answer);
}

const char *
ws_http_auth_scheme_name (WsHttpAuthScheme scheme)
{
  return scheme == WS_HTTP_AUTH_BASIC ? "Basic" : "Digest";
}
