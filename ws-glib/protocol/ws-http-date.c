/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writes dates as HTTP has them. */
#include "protocol/ws-http-date.h"

#include <string.h>

typedef struct
{
  gint64 unix_time;
  char   text[WS_HTTP_DATE_SIZE];
} LastDate;

static void
write_date (gint64 unix_time, char out[WS_HTTP_DATE_SIZE])
{
  static const char days[][4]
      = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };
  static const char months[][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
  g_autoptr (GDateTime) date = g_date_time_new_from_unix_utc (unix_time);

  /* Beyond the years that GDateTime knows. */
  if (date == NULL)
    date = g_date_time_new_from_unix_utc (0);
  g_snprintf (out, WS_HTTP_DATE_SIZE, "%s, %02d %s %04d %02d:%02d:%02d GMT",
              days[g_date_time_get_day_of_week (date) - 1],
              g_date_time_get_day_of_month (date),
              months[g_date_time_get_month (date) - 1],
              g_date_time_get_year (date), g_date_time_get_hour (date),
              g_date_time_get_minute (date), g_date_time_get_second (date));
}

/* Answers of the same second have the same date. */
void
ws_http_date (gint64 unix_time, char out[WS_HTTP_DATE_SIZE])
{
  static GPrivate of_thread = G_PRIVATE_INIT (g_free);
  LastDate       *last = g_private_get (&of_thread);

  if (last == NULL)
    {
      last = g_new (LastDate, 1);
      last->unix_time = ~unix_time;
      g_private_set (&of_thread, last);
    }
  if (last->unix_time != unix_time)
    {
      last->unix_time = unix_time;
      write_date (unix_time, last->text);
    }
  memcpy (out, last->text, sizeof last->text);
}
