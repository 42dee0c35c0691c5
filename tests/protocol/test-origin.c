/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "protocol/ws-origin.h"

#include "support/ws-test.h"

/* What is compared is the whole of an origin. */

static void
test_normalize (void)
{
  static const struct
  {
    const char *text;
    const char *normal; /* (nullable): it is no origin */
  } rows[] = {
    { "null", "null" },
    { "NULL", NULL },
    { "https://a.example", "https://a.example" },
    { "HTTPS://A.Example", "https://a.example" },
    { "https://a.example:443", "https://a.example" },
    { "https://a.example:80", "https://a.example:80" },
    { "http://a.example:80", "http://a.example" },
    { "http://a.example:443", "http://a.example:443" },
    { "http://a.example:", "http://a.example" },
    { "http://a.example:08080", "http://a.example:8080" },
    { "https://b\303\274cher.example:8443",
      "https://xn--bcher-kva.example:8443" },
    { "http://[::1]:80", "http://[::1]" },
    { "http://[2001:DB8::1]:81", "http://[2001:db8::1]:81" },
    { "http://127.0.0.1:8080", "http://127.0.0.1:8080" },
    { "file://", "file://" },
    { "chrome-extension://abcdef", "chrome-extension://abcdef" },
    { "app+x.y-z://host", "app+x.y-z://host" },
    { "", NULL },
    { "*", NULL },
    { "a.example", NULL },
    { "//a.example", NULL },
    { "://a.example", NULL },
    { "https:a.example", NULL },
    { "https://", NULL },
    { "https://a.example/", NULL },
    { "https://a.example/page", NULL },
    { "https://a.example?x", NULL },
    { "https://a.example#x", NULL },
    { "https://user@a.example", NULL },
    { "https://a.example:0", NULL },
    { "https://a.example:65536", NULL },
    { "https://a.example:x", NULL },
    { "https://a.example https://b.example", NULL },
    { "https://[::1", NULL },
    { "1https://a.example", NULL },
    { "ht tps://a.example", NULL },
    { "https://\377", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *normal = ws_origin_normalize (rows[i].text);

      g_assert_cmpstr (normal, ==, rows[i].normal);
    }
}

static void
test_is_one_of (void)
{
  static const char *const allowed[]
      = { "https://a.example", "http://a.example:8080", "https://[::1]", NULL };
  static const char *const with_null[] = { "null", NULL };
  static const char *const none[] = { NULL };
  static const struct
  {
    const char *origin;
    gboolean    is_one;
  } rows[] = {
    { "https://a.example", TRUE },
    { "https://A.EXAMPLE:443", TRUE },
    { "http://a.example:8080", TRUE },
    { "https://[::1]", TRUE },
    { "http://a.example", FALSE },
    { "https://a.example:8080", FALSE },
    { "https://evil-a.example", FALSE },
    { "https://x.a.example", FALSE },
    { "https://a.example.evil", FALSE },
    { "https://a.example.", FALSE },
    { "https://a.exampl", FALSE },
    { "https://a.example/", FALSE },
    { "wss://a.example", FALSE },
    { "null", FALSE },
    { "*", FALSE },
    { "", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_test_message ("%s", rows[i].origin);
      g_assert_cmpint (ws_origin_is_one_of (rows[i].origin, allowed), ==,
                       rows[i].is_one);
      g_assert_false (ws_origin_is_one_of (rows[i].origin, none));
    }
  g_assert_true (ws_origin_is_one_of ("null", with_null));
  g_assert_false (ws_origin_is_one_of ("NULL", with_null));
}

int
main (int argc, char **argv)
{
  ws_test_init (&argc, &argv);
  g_test_add_func ("/protocol/origin/normalize", test_normalize);
  g_test_add_func ("/protocol/origin/is-one-of", test_is_one_of);
  return g_test_run ();
}
