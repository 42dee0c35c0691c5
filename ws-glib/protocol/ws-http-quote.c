/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shows of a peer's HTTP what others may see. */
#include "protocol/ws-http-quote.h"

#include <string.h>

#include "protocol/ws-url.h"

/* Bytes of a peer's text that a message quotes, once escaped. */
#define QUOTE_MAX 48

/* --- In messages --- */

char *
ws_http_quote (const char *text)
{
  g_autofree char *head = g_strndup (text, QUOTE_MAX + 1);
  g_autofree char *escaped = g_strescape (head, NULL);

  if (strlen (escaped) > QUOTE_MAX)
    return g_strdup_printf ("\"%.*s...\"", QUOTE_MAX - 3, escaped);
  return g_strdup_printf ("\"%s\"", escaped);
}

/* The first @len bytes of @line, and whether there is more. */
static char *
quote_start (const char *line, gsize len)
{
  g_autofree char *start = g_strndup (line, len);
  g_autofree char *shown
      = g_strconcat (start, strlen (line) > len ? "..." : NULL, NULL);

  return ws_http_quote (shown);
}

char *
ws_http_quote_request_line (const char *line)
{
  gsize len = strcspn (line, "?");

  return quote_start (line, line[len] == '?' ? len + 1 : len);
}

/* A login may stand before the last "@", whatever is in it. */
char *
ws_http_quote_target (const char *target)
{
  const char *at = *target != '/' ? strrchr (target, '@') : NULL;

  return ws_http_quote_request_line (at != NULL ? at + 1 : target);
}

char *
ws_http_quote_field (const char *line)
{
  gsize blanks = strspn (line, " \t");
  gsize len = strcspn (line, ": \t");

  if (blanks > 0)
    return quote_start (line, blanks);
  return quote_start (line, line[len] != '\0' ? len + 1 : len);
}

/* --- Whole heads --- */

/* Fields in whose values nobody hides anything. */
static const char *const open_fields[] = {
  "Accept",
  "Accept-Encoding",
  "Accept-Language",
  "Allow",
  "Cache-Control",
  "Connection",
  "Content-Length",
  "Content-Type",
  "Date",
  "Expect",
  "Forwarded",
  "Host",
  "Origin",
  "Pragma",
  "Retry-After",
  "Sec-WebSocket-Accept",
  "Sec-WebSocket-Extensions",
  "Sec-WebSocket-Version",
  "Server",
  "Transfer-Encoding",
  "Upgrade",
  "User-Agent",
  "Via",
  "WWW-Authenticate",
  "X-Forwarded-For",
  "X-Forwarded-Host",
  "X-Forwarded-Proto",
};

static gboolean
is_open (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (open_fields); i++)
    if (g_ascii_strcasecmp (name, open_fields[i]) == 0)
      return TRUE;
  return FALSE;
}

/* @line is cut at its colon. Programs without a place for a token send one as
 * the name of a subprotocol; what a server chooses is none. */
static void
append_field (GString *out, char *line, gboolean is_response)
{
  char *colon = strchr (line, ':');

  if (colon == NULL)
    return;
  *colon = '\0';
  g_strstrip (colon + 1);
  if (is_open (line)
      || (is_response
          && g_ascii_strcasecmp (line, "Sec-WebSocket-Protocol") == 0))
    g_string_append_printf (out, "; %s: %s", line, colon + 1);
  else if (g_ascii_strcasecmp (line, "Location") == 0)
    {
      g_autofree char *url = ws_url_quote_anything (colon + 1);

      g_string_append_printf (out, "; %s: %s", line, url);
    }
  else
    g_string_append_printf (out, "; %s: (%" G_GSIZE_FORMAT " bytes)", line,
                            strlen (colon + 1));
}

/* A request's target is between the two others. */
static void
append_start (GString *out, const char *line, gboolean is_response)
{
  g_auto (GStrv) parts = g_strsplit (line, " ", 3);
  g_autofree char *target = NULL;

  if (is_response || g_strv_length (parts) < 3)
    {
      g_string_append (out, is_response ? line : "a malformed request");
      return;
    }
  target = *parts[1] == '/' ? ws_url_show (parts[1])
                            : ws_url_quote_anything (parts[1]);
  g_string_append_printf (out, "%s %s %s", parts[0], target, parts[2]);
}

char *
ws_http_describe_head (const char *head, gsize len)
{
  g_autofree char *text = g_strndup (head, len);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  const gboolean is_response = g_str_has_prefix (text, "HTTP/");
  GString       *out = g_string_new (NULL);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_strchomp (lines[i]);
      if (i == 0)
        append_start (out, lines[i], is_response);
      else if (*lines[i] == '\0')
        break;
      else
        append_field (out, lines[i], is_response);
    }
  return g_string_free (out, FALSE);
}
