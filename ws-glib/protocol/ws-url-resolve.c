/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Resolves the location of a redirect against the URL in use. */
#include "protocol/ws-url.h"

#include <string.h>

/* The length of @url up to where its path begins; @rest is behind the scheme's
 * colon. */
static gsize
stem_len (const char *url, const char *rest)
{
  if (g_str_has_prefix (rest, "//"))
    rest += 2;
  return (gsize) (rest - url) + strcspn (rest, "/?");
}

/* (transfer full): what a path and query of @base come after. */
static char *
base_stem (const WsUrl *base)
{
  const char *text = base->text;
  const char *rest = strchr (text, ':') + 1;
  gsize       len;

  if (base->unix_path == NULL)
    return g_strndup (text, stem_len (text, rest));
  if (g_str_has_prefix (rest, "///"))
    rest += 2;
  len = (gsize) (rest - text) + strcspn (rest, ":?");
  return g_strdup_printf ("%.*s:", (int) len, text);
}

/* 3986, 5.2.4: @path begins with a slash or is empty. Appends the outcome. */
static void
append_without_dots (GString *out, const char *path, gsize len)
{
  const char *end = path + len;
  gsize       root = out->len;

  while (path < end)
    {
      const char *slash = memchr (path + 1, '/', (gsize) (end - path - 1));
      gsize       n = (gsize) ((slash != NULL ? slash : end) - path);
      gboolean    is_up = n == 3 && memcmp (path, "/..", 3) == 0;

      if (is_up)
        {
          while (out->len > root && out->str[out->len - 1] != '/')
            g_string_truncate (out, out->len - 1);
          if (out->len > root)
            g_string_truncate (out, out->len - 1);
        }
      else if (n != 2 || memcmp (path, "/.", 2) != 0)
        g_string_append_len (out, path, (gssize) n);
      if (slash == NULL && (is_up || (n == 2 && path[1] == '.')))
        g_string_append_c (out, '/');
      path += n;
    }
}

/* Appends a path that begins with a slash, and its query. */
static void
append_resource (GString *out, const char *resource)
{
  gsize len = strcspn (resource, "?");

  append_without_dots (out, resource, len);
  g_string_append (out, resource + len);
}

/* (transfer full): 3986, 5.2.2 and 5.2.3, for a reference without scheme and
 * authority. */
static char *
resolve_path (const WsUrl *base, const char *reference)
{
  const char      *old = base->resource;
  gsize            old_len = strcspn (old, "?");
  g_autofree char *stem = base_stem (base);
  g_autofree char *merged = NULL;
  g_autoptr (GString) out = g_string_new (stem);

  if (*reference == '\0')
    merged = g_strdup (old);
  else if (*reference == '?')
    merged = g_strdup_printf ("%.*s%s", (int) old_len, old, reference);
  else if (*reference == '/')
    merged = g_strdup (reference);
  else
    {
      const char *slash = g_strrstr_len (old, (gssize) old_len, "/");

      merged = g_strdup_printf ("%.*s/%s", (int) (slash - old), old, reference);
    }
  append_resource (out, merged);
  return g_string_free (g_steal_pointer (&out), FALSE);
}

/* (transfer full): @reference, which begins with "//", after @scheme. */
static char *
resolve_authority (const char *scheme, const char *reference)
{
  g_autoptr (GString) out = g_string_new (scheme);
  gsize len = stem_len (reference, reference);

  g_string_append_c (out, ':');
  g_string_append_len (out, reference, (gssize) len);
  append_resource (out, reference + len);
  return g_string_free (g_steal_pointer (&out), FALSE);
}

/* (transfer full) (nullable): @reference has the scheme @scheme. */
static char *
resolve_scheme (const WsUrl *base,
                const char  *scheme,
                const char  *reference,
                GError     **error)
{
  const char *rest = strchr (reference, ':') + 1;

  if (g_ascii_strcasecmp (scheme, "http") == 0)
    scheme = "ws";
  else if (g_ascii_strcasecmp (scheme, "https") == 0)
    scheme = "wss";
  else if (g_ascii_strcasecmp (scheme, "ws+unix") == 0
           && base->unix_path == NULL)
    {
      /* Nobody from outside chooses among the sockets of this machine. */
      g_set_error_literal (error, G_URI_ERROR, G_URI_ERROR_BAD_SCHEME,
                           "Only a server on a Unix socket may name one");
      return NULL;
    }
  if (!g_str_has_prefix (rest, "//")
      || g_ascii_strcasecmp (scheme, "ws+unix") == 0)
    return g_strconcat (scheme, ":", rest, NULL);
  return resolve_authority (scheme, rest);
}

WsUrl *
ws_url_resolve (const WsUrl *base, const char *location, GError **error)
{
  g_autofree char *reference = g_strndup (location, strcspn (location, "#"));
  g_autofree char *scheme = g_uri_parse_scheme (reference);
  g_autofree char *text = NULL;
  g_autoptr (WsUrl) self = NULL;
  gboolean is_relative = FALSE;

  if (scheme != NULL)
    text = resolve_scheme (base, scheme, reference, error);
  else if (g_str_has_prefix (reference, "//"))
    text = resolve_authority (base->secure ? "wss" : "ws", reference);
  else
    {
      text = resolve_path (base, reference);
      is_relative = TRUE;
    }

  if (text != NULL)
    self = ws_url_parse (text, error);
  if (self == NULL)
    {
      g_autofree char *quoted = ws_url_quote_anything (location);

      g_prefix_error (error, "The location %s leads nowhere: ", quoted);
      return NULL;
    }
  /* The text of a URL keeps no user-info, which is part of the authority. */
  if (is_relative)
    self->userinfo = g_strdup (base->userinfo);
  return g_steal_pointer (&self);
}

gboolean
ws_url_same_origin (const WsUrl *a, const WsUrl *b)
{
  if (a->unix_path != NULL || b->unix_path != NULL)
    return g_strcmp0 (a->unix_path, b->unix_path) == 0;
  return a->secure == b->secure && a->port == b->port
         && g_ascii_strcasecmp (a->host, b->host) == 0;
}
