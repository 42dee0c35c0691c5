/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads the Retry-After field. */
#include "protocol/ws-http-retry.h"

#include <string.h>

/* So many seconds are still an int in milliseconds. */
#define LATEST (G_MAXINT / 1000)

/* The month from 1 on, or 0. */
static int
parse_month (const char *text)
{
  static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

  for (int i = 0; i < 12; i++)
    if (strncmp (text, names + 3 * i, 3) == 0)
      return i + 1;
  return 0;
}

/* What the letters of @pattern stand for must be digits, all else is as it is;
 * a '?' is any letter. */
static gboolean
has_shape (const char *text, const char *pattern)
{
  if (strlen (text) != strlen (pattern))
    return FALSE;
  for (; *pattern != '\0'; text++, pattern++)
    if (*pattern == '0'   ? !g_ascii_isdigit (*text)
        : *pattern == '?' ? !g_ascii_isalpha (*text)
                          : *text != *pattern)
      return FALSE;
  return TRUE;
}

static int
number_at (const char *text, gsize len)
{
  int number = 0;

  while (len-- > 0)
    number = number * 10 + (*text++ - '0');
  return number;
}

/* RFC 9110, 5.6.7: an IMF-fixdate, which is all that servers may send. */
static gint64
parse_date (const char *text)
{
  g_autoptr (GDateTime) date = NULL;

  if (!has_shape (text, "???, 00 ??? 0000 00:00:00 GMT"))
    return -1;
  date = g_date_time_new_utc (number_at (text + 12, 4), parse_month (text + 8),
                              number_at (text + 5, 2), number_at (text + 17, 2),
                              number_at (text + 20, 2),
                              number_at (text + 23, 2));
  return date != NULL ? g_date_time_to_unix (date) : -1;
}

gint64
ws_http_parse_retry_after (const char *value, gint64 now)
{
  guint64 seconds;
  gint64  date;

  if (g_ascii_string_to_unsigned (value, 10, 0, G_MAXUINT64, &seconds, NULL))
    return (gint64) MIN (seconds, LATEST);
  date = parse_date (value);
  return date >= 0 ? CLAMP (date - now, 0, LATEST) : -1;
}
