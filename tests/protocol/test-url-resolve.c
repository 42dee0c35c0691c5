/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "protocol/ws-url.h"

#include <string.h>

#include "support/ws-test.h"

/* RFC 3986, 5.4, as far as it concerns us: without fragments and parameters
 * of other schemes. */
#define RFC_BASE "ws://a/b/c/d;p?q"

/* clang-format off */
static const struct
{
  const char *base;
  const char *location;
  const char *expected;
} rows[] = {
  { RFC_BASE, "g", "ws://a/b/c/g" },
  { RFC_BASE, "./g", "ws://a/b/c/g" },
  { RFC_BASE, "g/", "ws://a/b/c/g/" },
  { RFC_BASE, "/g", "ws://a/g" },
  { RFC_BASE, "//g", "ws://g/" },
  { RFC_BASE, "?y", "ws://a/b/c/d;p?y" },
  { RFC_BASE, "g?y", "ws://a/b/c/g?y" },
  { RFC_BASE, "#s", "ws://a/b/c/d;p?q" },
  { RFC_BASE, "g#s", "ws://a/b/c/g" },
  { RFC_BASE, "g?y#s", "ws://a/b/c/g?y" },
  { RFC_BASE, ";x", "ws://a/b/c/;x" },
  { RFC_BASE, "g;x?y#s", "ws://a/b/c/g;x?y" },
  { RFC_BASE, "", "ws://a/b/c/d;p?q" },
  { RFC_BASE, ".", "ws://a/b/c/" },
  { RFC_BASE, "./", "ws://a/b/c/" },
  { RFC_BASE, "..", "ws://a/b/" },
  { RFC_BASE, "../", "ws://a/b/" },
  { RFC_BASE, "../g", "ws://a/b/g" },
  { RFC_BASE, "../..", "ws://a/" },
  { RFC_BASE, "../../", "ws://a/" },
  { RFC_BASE, "../../g", "ws://a/g" },
  { RFC_BASE, "../../../g", "ws://a/g" },
  { RFC_BASE, "../../../../g", "ws://a/g" },
  { RFC_BASE, "/./g", "ws://a/g" },
  { RFC_BASE, "/../g", "ws://a/g" },
  { RFC_BASE, "g.", "ws://a/b/c/g." },
  { RFC_BASE, ".g", "ws://a/b/c/.g" },
  { RFC_BASE, "g..", "ws://a/b/c/g.." },
  { RFC_BASE, "..g", "ws://a/b/c/..g" },
  { RFC_BASE, "./../g", "ws://a/b/g" },
  { RFC_BASE, "./g/.", "ws://a/b/c/g/" },
  { RFC_BASE, "g/./h", "ws://a/b/c/g/h" },
  { RFC_BASE, "g/../h", "ws://a/b/c/h" },
  { RFC_BASE, "g;x=1/./y", "ws://a/b/c/g;x=1/y" },
  { RFC_BASE, "g;x=1/../y", "ws://a/b/c/y" },
  { RFC_BASE, "g?y/./x", "ws://a/b/c/g?y/./x" },
  { RFC_BASE, "g?y/../x", "ws://a/b/c/g?y/../x" },
  { "ws://a", "g", "ws://a/g" },
  { "ws://a?q", "?r", "ws://a/?r" },
  { "ws://a?q", "", "ws://a/?q" },
  { "ws://a/x?q=/y/z", "g", "ws://a/g" },
  { "ws://a:81/x", "/y", "ws://a:81/y" },
  { "wss://a:444/x", "y", "wss://a:444/y" },
  { "wss://a/x", "//b:1/../y/..", "wss://b:1/" },
  { "ws://a/x//y/", "../z", "ws://a/x//z" },
  { "ws://a/x", "two words", "ws://a/two%20words" },
  { "ws://a/x", "/caf\xc3\xa9", "ws://a/caf%C3%A9" },
  { "ws://a/x", "http://b/y", "ws://b/y" },
  { "ws://a/x", "HTTPS://b:1/y#f", "wss://b:1/y" },
  { "wss://a/x", "http://b", "ws://b/" },
  { "ws://a/x", "wss://b?q", "wss://b/?q" },
  { "ws://a/x", "ws://b/./c/../d", "ws://b/d" },
  { "ws://[fe80::1%25eth0]:81/x", "/y", "ws://[fe80::1%eth0]:81/y" },
  { "ws+unix:/run/s%3a:/x/y?q", "z", "unix /run/s: /x/z" },
  { "ws+unix:/run/s:/x", "/y?z", "unix /run/s /y?z" },
  { "ws+unix:///run/s", "?r", "unix /run/s /?r" },
  { "ws+unix:/run/s?q", "", "unix /run/s /?q" },
  { "ws+unix:/run/s", "ws+unix:/run/t:/u", "unix /run/t /u" },
  { "ws+unix:/run/s", "//b/c", "ws://b/c" },
  { "ws+unix:/run/s", "https://b/c", "wss://b/c" },
};

static const struct
{
  const char *location;
  int         code; /* GUriError */
  const char *message; /* part of it */
} bad_rows[] = {
  { "ftp://b/", G_URI_ERROR_BAD_SCHEME, "\"ftp://b/\"" },
  { "a:b", G_URI_ERROR_BAD_SCHEME, "\"a:b\"" },
  { "javascript:alert(1)", G_URI_ERROR_BAD_SCHEME, "javascript" },
  { "ws+unix:/run/s:/", G_URI_ERROR_BAD_SCHEME, "ws+unix" },
  { "http:/x", G_URI_ERROR_BAD_HOST, "no host" },
  { "http://", G_URI_ERROR_BAD_HOST, "no host" },
  { "//", G_URI_ERROR_BAD_HOST, "\"//\"" },
  { "//:80/", G_URI_ERROR_BAD_HOST, "no host" },
  { "//b:99999/", G_URI_ERROR_BAD_PORT, "99999" },
  { "//b\\c/", G_URI_ERROR_BAD_HOST, "host" },
  { "/x%0d%0aEvil: yes", G_URI_ERROR_BAD_PATH, "CR" },
  { "/x\r\nEvil: yes", G_URI_ERROR_FAILED, "control" },
  { "/caf\xe9", G_URI_ERROR_FAILED, "UTF-8" },
};
/* clang-format on */

/* (transfer full) */
static char *
describe (const WsUrl *url)
{
  if (url->unix_path != NULL)
    return g_strdup_printf ("unix %s %s", url->unix_path, url->resource);
  if (strchr (url->host, ':') != NULL)
    return g_strdup_printf ("%s://[%s]:%u%s", url->secure ? "wss" : "ws",
                            url->host, url->port, url->resource);
  return g_strdup_printf ("%s://%s%s", url->secure ? "wss" : "ws",
                          url->authority, url->resource);
}

static void
test_resolve (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (WsUrl) base = ws_url_parse (rows[i].base, &error);
      g_autoptr (WsUrl) url = NULL;
      g_autofree char *text = NULL;

      g_assert_no_error (error);
      g_test_message ("%s + %s", rows[i].base, rows[i].location);
      url = ws_url_resolve (base, rows[i].location, &error);
      g_assert_no_error (error);
      text = describe (url);
      g_assert_cmpstr (text, ==, rows[i].expected);
    }
}

static void
test_bad (void)
{
  g_autoptr (WsUrl) base = ws_url_parse (RFC_BASE, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (bad_rows); i++)
    {
      g_autoptr (GError) error = NULL;

      g_autofree char *shown = g_strescape (bad_rows[i].location, NULL);

      g_test_message ("%s", shown);
      g_assert_null (ws_url_resolve (base, bad_rows[i].location, &error));
      g_assert_error (error, G_URI_ERROR, bad_rows[i].code);
      g_assert_true (g_str_has_prefix (error->message, "The location \""));
      g_assert_nonnull (strstr (error->message, bad_rows[i].message));
    }
}

/* Passwords stay where they are, and are never shown. */
static void
test_userinfo (void)
{
  g_autoptr (WsUrl) base = ws_url_parse ("ws://u:secret@a/x", NULL);
  g_autoptr (WsUrl) same = ws_url_resolve (base, "y", NULL);
  g_autoptr (WsUrl) other = ws_url_resolve (base, "//a/y", NULL);
  g_autoptr (WsUrl) given = ws_url_resolve (base, "http://v:w@b/y", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpstr (same->userinfo, ==, "u:secret");
  g_assert_null (other->userinfo);
  g_assert_cmpstr (given->userinfo, ==, "v:w");
  g_assert_null (ws_url_resolve (base, "ftp://v:hidden@b/", &error));
  g_assert_null (strstr (error->message, "hidden"));
}

static void
test_same_origin (void)
{
  static const struct
  {
    const char *a;
    const char *b;
    gboolean    expected;
  } pairs[] = {
    { "ws://a/x", "ws://A:80/y", TRUE },
    { "ws://a", "ws://u:p@a", TRUE },
    { "wss://a", "wss://a:443/", TRUE },
    { "ws://a", "wss://a", FALSE },
    { "ws://a:443", "wss://a", FALSE },
    { "ws://a", "ws://a:81", FALSE },
    { "ws://a", "ws://b", FALSE },
    { "ws://a.b", "ws://b", FALSE },
    { "ws://[::1]", "ws://[::1]:80", TRUE },
    { "ws://[::1]", "ws://[::2]", FALSE },
    { "ws+unix:/run/s", "ws+unix:///run/s:/x", TRUE },
    { "ws+unix:/run/s", "ws+unix:/run/t", FALSE },
    { "ws+unix:/run/s", "ws://localhost", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (pairs); i++)
    {
      g_autoptr (WsUrl) a = ws_url_parse (pairs[i].a, NULL);
      g_autoptr (WsUrl) b = ws_url_parse (pairs[i].b, NULL);

      g_assert_cmpint (ws_url_same_origin (a, b), ==, pairs[i].expected);
      g_assert_cmpint (ws_url_same_origin (b, a), ==, pairs[i].expected);
    }
}

int
main (int argc, char **argv)
{
  ws_test_init (&argc, &argv);

  g_test_add_func ("/protocol/url-resolve/resolve", test_resolve);
  g_test_add_func ("/protocol/url-resolve/bad", test_bad);
  g_test_add_func ("/protocol/url-resolve/userinfo", test_userinfo);
  g_test_add_func ("/protocol/url-resolve/same-origin", test_same_origin);
  return g_test_run ();
}
