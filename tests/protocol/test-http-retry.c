/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "protocol/ws-http-retry.h"

#include "support/ws-test.h"

/* RFC 9110, 10.2.3: how long a server wants to be left alone. */

#define NOW 784111777 /* Sun, 06 Nov 1994 08:49:37 GMT */

static const struct
{
  const char *value;
  gint64      seconds;
} rows[] = {
  { "0", 0 },
  { "120", 120 },
  { "0120", 120 },
  { "18446744073709551615", G_MAXINT / 1000 },
  { "18446744073709551616", -1 },
  { "-1", -1 },
  { "+1", -1 },
  { "1.5", -1 },
  { "", -1 },
  { "soon", -1 },
  { "Sun, 06 Nov 1994 08:49:37 GMT", 0 },
  { "Sun, 06 Nov 1994 08:50:00 GMT", 23 },
  { "Mon, 07 Nov 1994 08:49:37 GMT", 86400 },
  { "Sun, 06 Nov 1994 08:49:36 GMT", 0 },
  { "Sat, 31 Dec 9999 23:59:59 GMT", G_MAXINT / 1000 },
  { "Sun, 31 Nov 1994 08:49:37 GMT", -1 },
  { "Sun, 06 Nix 1994 08:49:37 GMT", -1 },
  { "Sun, 06 Nov 1994 25:49:37 GMT", -1 },
  { "Sun, 06 Nov 1994 08:49:37 CET", -1 },
  { "Sun, 06 Nov 1994 08:49:37", -1 },
  { "Sun, 06 Nov 0000 08:49:37 GMT", -1 },
  { "Sun Nov  6 08:49:37 1994", -1 },
};

static void
test_rows (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_test_message ("%s", rows[i].value);
      g_assert_cmpint (ws_http_parse_retry_after (rows[i].value, NOW), ==,
                       rows[i].seconds);
    }
}

int
main (int argc, char **argv)
{
  ws_test_init (&argc, &argv);
  g_test_add_func ("/protocol/http-retry/rows", test_rows);
  return g_test_run ();
}
