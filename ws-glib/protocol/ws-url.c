/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Takes WebSocket URLs apart, and quotes them for messages. */
#include "protocol/ws-url.h"

#include <string.h>

/* Bytes of a URL that a message quotes, once escaped; a last character may go
 * beyond. */
#define QUOTE_MAX 200

/* 3986, 3.3 and 3.4: what stands for itself in a path and a query, apart from
 * the unreserved characters. Brackets are tolerated, as everywhere. */
#define PATH_CHARS "%:@/?[]!$&'()*+,;="

#define HOST_CHARS "-._~!$&'()*+,;="

/* Appends the character at @text, and returns where the next one begins: what
 * can be read as it is, everything else percent-encoded. */
static const char *
append_readable (GString *out, const char *text)
{
  const gunichar c = g_utf8_get_char_validated (text, -1);
  const gboolean is_valid = c < (gunichar) -2;
  const char    *end = is_valid ? g_utf8_next_char (text) : text + 1;

  if (is_valid && g_unichar_isprint (c) && c != '"')
    g_string_append_len (out, text, end - text);
  else
    for (; text < end; text++)
      g_string_append_printf (out, "%%%02X", (guchar) *text);
  return end;
}

/* Appends as much of @text as may be seen: query and fragment may hold what
 * only the server is to know, and a long text is cut. */
static void
append_shown (GString *out, const char *text)
{
  const gsize start = out->len;

  while (*text != '\0' && *text != '?' && *text != '#'
         && out->len - start < QUOTE_MAX)
    text = append_readable (out, text);
  if (*text == '?' || *text == '#')
    g_string_append_c (out, *text);
  if (*text != '\0')
    g_string_append (out, "...");
}

char *
ws_url_show (const char *url)
{
  GString *out = g_string_new (NULL);

  append_shown (out, url);
  return g_string_free (out, FALSE);
}

/* @start and @rest together in quotes. */
static char *
quote (const char *start, gsize len, const char *rest)
{
  g_autofree char *text = g_strdup_printf ("%.*s%s", (int) len, start, rest);
  GString         *out = g_string_new ("\"");

  append_shown (out, text);
  g_string_append_c (out, '"');
  return g_string_free (out, FALSE);
}

char *
ws_url_quote (const char *url)
{
  return quote (url, 0, url);
}

/* The length of "scheme://" at the beginning of @text, or of what of it is
 * there. Further on, "//" may be a part of a password. */
static gsize
measure_scheme (const char *text)
{
  gsize len = strcspn (text, ":/@");

  if (text[len] == ':')
    len++;
  return g_str_has_prefix (text + len, "//") ? len + 2 : 0;
}

char *
ws_url_quote_anything (const char *text)
{
  const char *at = strrchr (text, '@');

  return at != NULL ? quote (text, measure_scheme (text), at + 1)
                    : ws_url_quote (text);
}

static void
set_error (GError **error, GUriError code, const char *url, const char *what)
{
  g_autofree char *quoted = ws_url_quote_anything (url);

  g_set_error (error, G_URI_ERROR, (int) code, "The URL %s %s", quoted, what);
}

static gboolean
is_escape (const char *text)
{
  return text[0] == '%' && g_ascii_isxdigit (text[1])
         && g_ascii_isxdigit (text[2]);
}

/* 3986, 3.2.2: reg-name and IPv4address */
static gboolean
is_reg_name (const char *host)
{
  if (*host == '\0')
    return FALSE;
  for (; *host != '\0'; host++)
    {
      if (!g_ascii_isalnum (*host) && strchr (HOST_CHARS, *host) == NULL
          && !is_escape (host))
        return FALSE;
      if (*host == '%')
        host += 2;
    }
  return TRUE;
}

/* 3986, 3.2.2: "v" 1*HEXDIG "." 1*( unreserved / sub-delims / ":" ) */
static gboolean
is_future_address (const char *text)
{
  if (*text != 'v' && *text != 'V')
    return FALSE;
  text++;
  if (!g_ascii_isxdigit (*text))
    return FALSE;
  while (g_ascii_isxdigit (*text))
    text++;
  if (*text != '.' || text[1] == '\0')
    return FALSE;
  for (text++; *text != '\0'; text++)
    {
      if (!g_ascii_isalnum (*text) && strchr (HOST_CHARS ":", *text) == NULL)
        return FALSE;
    }
  return TRUE;
}

/* What stands between brackets. */
static gboolean
is_ip_literal (const char *text)
{
  if (is_future_address (text))
    return TRUE;
  return strchr (text, ':') != NULL && strchr (text, '%') == NULL
         && g_hostname_is_ip_address (text);
}

/* 3986, 3.2.3; an empty port counts as none. */
static gboolean
parse_port (const char *text, guint *port)
{
  guint value = 0;

  *port = 0;
  if (*text == '\0')
    return TRUE;
  for (; *text != '\0'; text++)
    {
      if (!g_ascii_isdigit (*text))
        return FALSE;
      value = value * 10 + (guint) g_ascii_digit_value (*text);
      if (value > G_MAXUINT16)
        return FALSE;
    }
  *port = value;
  return value != 0;
}

/* Cuts "host:port" or "[host]:port"; neither part is judged. @port_text is NULL
 * if there is no colon. */
static gboolean
split_authority (const char  *authority,
                 char       **host,
                 gboolean    *in_brackets,
                 const char **port_text)
{
  const char *end;
  const char *rest;

  *in_brackets = authority[0] == '[';
  if (*in_brackets)
    {
      authority++;
      end = strchr (authority, ']');
      if (end == NULL)
        return FALSE;
      rest = end + 1;
    }
  else
    {
      end = authority + strcspn (authority, ":");
      rest = end;
    }
  if (*rest != '\0' && *rest != ':')
    return FALSE;
  *host = g_strndup (authority, (gsize) (end - authority));
  *port_text = *rest == ':' ? rest + 1 : NULL;
  return TRUE;
}

gboolean
ws_url_parse_authority (const char *authority, char **host, guint *port)
{
  g_autofree char *name = NULL;
  const char      *port_text;
  gboolean         in_brackets;

  if (!split_authority (authority, &name, &in_brackets, &port_text))
    return FALSE;
  if (in_brackets ? !is_ip_literal (name) : !is_reg_name (name))
    return FALSE;
  if (!parse_port (port_text != NULL ? port_text : "", port))
    return FALSE;
  *host = g_steal_pointer (&name);
  return TRUE;
}

/* Whether the path, not the query, of @resource encodes a line end: a server
 * that decodes it carelessly could be made to see another header. */
static gboolean
path_has_line_end (const char *resource)
{
  for (; *resource != '\0' && *resource != '?'; resource++)
    {
      if (g_ascii_strncasecmp (resource, "%0d", 3) == 0
          || g_ascii_strncasecmp (resource, "%0a", 3) == 0)
        return TRUE;
    }
  return FALSE;
}

/* Makes path and query of what follows the authority. */
static gboolean
parse_resource (WsUrl *self, const char *url, const char *rest, GError **error)
{
  g_autoptr (GString) resource = g_string_new (*rest == '/' ? "" : "/");
  g_autofree char *whole = NULL;

  if (path_has_line_end (rest))
    {
      set_error (error, G_URI_ERROR_BAD_PATH, url,
                 "has an encoded CR or LF in its path");
      return FALSE;
    }
  for (; *rest != '\0'; rest++)
    {
      if (*rest == '%' && !is_escape (rest))
        g_string_append (resource, "%25");
      else
        g_string_append_c (resource, *rest);
    }
  whole = g_uri_escape_string (resource->str, PATH_CHARS, FALSE);
  self->resource = g_steal_pointer (&whole);
  return TRUE;
}

static gboolean
parse_userinfo (WsUrl      *self,
                const char *url,
                const char *userinfo,
                gsize       len,
                GError    **error)
{
  g_autofree char *decoded = NULL;

  if (len == 0)
    return TRUE;
  decoded = g_uri_unescape_segment (userinfo, userinfo + len, NULL);
  if (decoded != NULL && g_utf8_validate (decoded, -1, NULL))
    {
      const char *p = decoded;

      /* 7617, 2: no control characters */
      while (*p != '\0' && !g_ascii_iscntrl (*p))
        p++;
      if (*p == '\0')
        {
          self->userinfo = g_steal_pointer (&decoded);
          return TRUE;
        }
    }
  set_error (error, G_URI_ERROR_BAD_USER, url,
             "has a user name or password that is badly encoded");
  return FALSE;
}

/* Brings a host of a URL into the form that is dialled and sent: a name in
 * ASCII, an IPv6 address with a zone after a plain percent sign (6874, 2).
 * @sent is what the Host field may tell: no zone. */
static gboolean
normalize_host (char **host, gboolean in_brackets, char **sent)
{
  char *zone;

  if (!in_brackets)
    {
      if (g_hostname_is_non_ascii (*host))
        {
          char *ascii = g_hostname_to_ascii (*host);

          if (ascii == NULL)
            return FALSE;
          g_free (*host);
          *host = ascii;
        }
      *sent = g_strdup (*host);
      return is_reg_name (*host) && strchr (*host, '%') == NULL;
    }

  zone = strchr (*host, '%');
  *sent = zone != NULL ? g_strndup (*host, (gsize) (zone - *host))
                       : g_strdup (*host);
  if (!is_ip_literal (*sent))
    return FALSE;
  if (zone == NULL)
    return TRUE;
  if (g_str_has_prefix (zone, "%25"))
    memmove (zone + 1, zone + 3, strlen (zone + 3) + 1);
  return is_reg_name (zone + 1) && strchr (zone + 1, '%') == NULL;
}

static gboolean
parse_host (WsUrl *self, const char *url, const char *authority, GError **error)
{
  const guint      default_port = self->secure ? 443 : 80;
  g_autofree char *sent = NULL;
  g_autoptr (GString) whole = NULL;
  const char *port_text;
  gboolean    in_brackets;
  guint       port;

  if (*authority == '\0' || *authority == ':')
    {
      set_error (error, G_URI_ERROR_BAD_HOST, url, "has no host");
      return FALSE;
    }
  if (!split_authority (authority, &self->host, &in_brackets, &port_text)
      || !normalize_host (&self->host, in_brackets, &sent))
    {
      set_error (error, G_URI_ERROR_BAD_HOST, url, "has an invalid host");
      return FALSE;
    }
  if (!parse_port (port_text != NULL ? port_text : "", &port))
    {
      set_error (error, G_URI_ERROR_BAD_PORT, url,
                 "has a port that is not between 1 and 65535");
      return FALSE;
    }

  self->port = (guint16) (port != 0 ? port : default_port);
  whole = g_string_new (sent);
  if (in_brackets)
    {
      g_string_prepend_c (whole, '[');
      g_string_append_c (whole, ']');
    }
  if (self->port != default_port)
    g_string_append_printf (whole, ":%u", self->port);
  self->authority = g_string_free (g_steal_pointer (&whole), FALSE);
  return TRUE;
}

/* @rest begins behind the colon of the scheme. */
static gboolean
parse_tcp (WsUrl *self, const char *url, const char *rest, GError **error)
{
  g_autofree char *authority = NULL;
  const char      *start;
  const char      *end;
  const char      *at;

  if (!g_str_has_prefix (rest, "//"))
    {
      set_error (error, G_URI_ERROR_BAD_HOST, url, "has no host");
      return FALSE;
    }
  start = rest + 2;
  end = start + strcspn (start, "/?");
  at = g_strrstr_len (start, end - start, "@");
  if (at != NULL)
    {
      if (!parse_userinfo (self, url, start, (gsize) (at - start), error))
        return FALSE;
      start = at + 1;
    }

  authority = g_strndup (start, (gsize) (end - start));
  self->text
      = g_strdup_printf ("%.*s//%s%s", (int) (rest - url), url, authority, end);
  return parse_host (self, url, authority, error)
         && parse_resource (self, url, end, error);
}

/* ws+unix:/path/of/socket:/resource?query, also with an empty authority, or
 * with an abstract name behind a @ instead of the path. */
static gboolean
parse_unix (WsUrl *self, const char *url, const char *rest, GError **error)
{
  const char *start = g_str_has_prefix (rest, "///") ? rest + 2 : rest;
  const char *end = start + strcspn (start, ":?");
  const char *resource = *end == ':' ? end + 1 : end;

  if ((start[0] != '@' && (start[0] != '/' || start[1] == '/'))
      || end - start < 2)
    {
      set_error (error, G_URI_ERROR_BAD_PATH, url,
                 "names no absolute path of a socket");
      return FALSE;
    }
  self->unix_path = g_uri_unescape_segment (start, end, NULL);
  if (self->unix_path == NULL)
    {
      set_error (error, G_URI_ERROR_BAD_PATH, url,
                 "has a socket path that is badly encoded");
      return FALSE;
    }
  if (*resource != '\0' && *resource != '/' && *resource != '?')
    {
      set_error (error, G_URI_ERROR_BAD_PATH, url,
                 "has a resource that does not begin with /");
      return FALSE;
    }

  self->text = g_strdup (url);
  self->host = g_strdup ("localhost");
  self->authority = g_strdup ("localhost");
  self->port = 80;
  return parse_resource (self, url, resource, error);
}

static gboolean
check_characters (const char *url, GError **error)
{
  const char *what = NULL;

  for (const char *p = url; *p != '\0' && what == NULL; p++)
    {
      if (g_ascii_iscntrl (*p))
        what = "holds a control character";
      else if (*p == '#')
        what = "has a fragment, which a WebSocket URL cannot have";
    }
  if (what == NULL && !g_utf8_validate (url, -1, NULL))
    what = "is not UTF-8";
  if (what == NULL)
    return TRUE;
  set_error (error, G_URI_ERROR_FAILED, url, what);
  return FALSE;
}

static void
set_scheme_error (GError **error, const char *scheme)
{
  g_autofree char *quoted = ws_url_quote (scheme);

  g_set_error (error, G_URI_ERROR, G_URI_ERROR_BAD_SCHEME,
               "The scheme %s is not ws, wss or ws+unix", quoted);
}

/* (transfer full) (nullable): 3986, 3.1, in lower case. g_uri_peek_scheme()
 * would keep whatever it saw for as long as the process lives. */
static char *
parse_scheme (const char *url)
{
  g_autofree char *scheme = g_uri_parse_scheme (url);

  return scheme != NULL ? g_ascii_strdown (scheme, -1) : NULL;
}

WsUrl *
ws_url_parse (const char *url, GError **error)
{
  g_autofree char *scheme = parse_scheme (url);
  g_autoptr (WsUrl) self = NULL;
  const char *rest;
  gboolean    ok;

  /* Control characters first, so that no message is about anything else. */
  if (!check_characters (url, error))
    return NULL;
  if (scheme == NULL)
    {
      set_error (error, G_URI_ERROR_FAILED, url, "has no scheme");
      return NULL;
    }

  rest = strchr (url, ':') + 1;
  self = g_new0 (WsUrl, 1);
  self->secure = strcmp (scheme, "wss") == 0;
  if (strcmp (scheme, "ws+unix") == 0)
    ok = parse_unix (self, url, rest, error);
  else if (self->secure || strcmp (scheme, "ws") == 0)
    ok = parse_tcp (self, url, rest, error);
  else
    {
      set_scheme_error (error, scheme);
      return NULL;
    }
  return ok ? g_steal_pointer (&self) : NULL;
}

char *
ws_url_join (const char *scheme,
             const char *host,
             guint       port,
             const char *resource)
{
  const gboolean is_ipv6 = strchr (host, ':') != NULL;
  char           digits[16];
  char          *suffix = digits + sizeof digits - 1;

  *suffix = '\0';
  if (port != 0)
    {
      for (guint rest = port; rest != 0; rest /= 10)
        *--suffix = (char) ('0' + rest % 10);
      *--suffix = ':';
    }
  return g_strconcat (scheme, is_ipv6 ? "://[" : "://", host,
                      is_ipv6 ? "]" : "", suffix, resource, NULL);
}

const char *
ws_url_find_resource (const char *url)
{
  const char *host = strstr (url, "://");

  return host != NULL ? strchr (host + 3, '/') : NULL;
}

void
ws_url_free (WsUrl *self)
{
  if (self == NULL)
    return;
  g_free (self->text);
  g_free (self->unix_path);
  g_free (self->host);
  g_free (self->resource);
  g_free (self->authority);
  g_free (self->userinfo);
  g_free (self);
}
