/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Brings origins into one spelling, and compares them. */
#include "protocol/ws-origin.h"

#include <string.h>

#include "protocol/ws-url.h"

/* 6454, 4: the ports that go without saying; 0: the scheme has none. */
static guint
default_port (const char *scheme)
{
  if (g_str_equal (scheme, "http") || g_str_equal (scheme, "ws"))
    return 80;
  if (g_str_equal (scheme, "https") || g_str_equal (scheme, "wss"))
    return 443;
  return 0;
}

/* (transfer full) (nullable): what stands before "://", in lower case (3986,
 * 3.1). */
static char *
cut_scheme (const char *text, const char *end)
{
  if (end == NULL || !g_ascii_isalpha (*text))
    return NULL;
  for (const char *p = text; p < end; p++)
    if (!g_ascii_isalnum (*p) && strchr ("+-.", *p) == NULL)
      return NULL;
  return g_ascii_strdown (text, end - text);
}

/* (transfer full) (nullable): host and port, the host in ASCII, for the list of
 * a server may be written by people. */
static char *
make_ascii (const char *authority)
{
  const char      *colon = strrchr (authority, ':');
  g_autofree char *host = NULL;
  g_autofree char *ascii = NULL;

  if (g_str_is_ascii (authority))
    return g_strdup (authority);
  host = g_strndup (authority, colon != NULL ? (gsize) (colon - authority)
                                             : strlen (authority));
  ascii = g_hostname_to_ascii (host);
  return ascii != NULL ? g_strconcat (ascii, colon, NULL) : NULL;
}

char *
ws_origin_normalize (const char *text)
{
  const char      *end = strstr (text, "://");
  g_autofree char *scheme = cut_scheme (text, end);
  g_autofree char *authority = NULL;
  g_autofree char *host = NULL;
  g_autofree char *name = NULL;
  guint            port;

  if (g_str_equal (text, "null"))
    return g_strdup (text);
  if (scheme == NULL || !g_utf8_validate (text, -1, NULL))
    return NULL;
  /* Those of files and of applications may have no host. */
  if (end[3] == '\0' && default_port (scheme) == 0)
    return g_strconcat (scheme, "://", NULL);
  authority = make_ascii (end + 3);
  if (authority == NULL || !ws_url_parse_authority (authority, &host, &port))
    return NULL;
  name = g_ascii_strdown (host, -1);
  g_free (host);
  host = strchr (name, ':') != NULL ? g_strdup_printf ("[%s]", name)
                                    : g_strdup (name);
  if (port == 0 || port == default_port (scheme))
    return g_strconcat (scheme, "://", host, NULL);
  return g_strdup_printf ("%s://%s:%u", scheme, host, port);
}

gboolean
ws_origin_is_one_of (const char *origin, const char *const *allowed)
{
  g_autofree char *normal = ws_origin_normalize (origin);

  return normal != NULL && g_strv_contains (allowed, normal);
}
