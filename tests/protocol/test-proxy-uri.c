/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "protocol/ws-proxy-uri.h"

#include <string.h>

#include "support/ws-test.h"

static const struct
{
  const char *text;
  const char *scheme;
  const char *host;
  guint       port;
  const char *user;
  const char *password;
  const char *uri;
  const char *shown;
  gboolean    has_rest;
} good_rows[] = {
  { "http://a:3128", "http", "a", 3128, NULL, NULL, "http://a:3128",
    "http://a:3128", FALSE },
  { "HTTP://A:3128/", "http", "A", 3128, NULL, NULL, "http://A:3128/",
    "http://A:3128", FALSE },
  { "http://a", "http", "a", 0, NULL, NULL, "http://a", "http://a", FALSE },
  { "http://[2001:db8::1]:8", "http", "2001:db8::1", 8, NULL, NULL,
    "http://[2001:db8::1]:8", "http://[2001:db8::1]:8", FALSE },
  { "http://u%40x:p%3Aq@a:1", "http", "a", 1, "u@x", "p:q",
    "http://u%40x:p%3Aq@a:1", "http://a:1", FALSE },
  { "http://u@a:1", "http", "a", 1, "u", NULL, "http://u@a:1", "http://a:1",
    FALSE },
  { "http://u:@a:1", "http", "a", 1, "u", "", "http://u:@a:1", "http://a:1",
    FALSE },
  { "Socks5H://u:p@a:1080", "socks5", "a", 1080, "u", "p",
    "socks5://u:p@a:1080", "socks5://a:1080", FALSE },
  { "SOCKS4a://a:1", "socks4a", "a", 1, NULL, NULL, "socks4a://a:1",
    "socks4a://a:1", FALSE },
  { "https://a:443", "https", "a", 443, NULL, NULL, "https://a:443",
    "https://a:443", FALSE },
  { "http://a:1/path", "http", "a", 1, NULL, NULL, "http://a:1/path",
    "http://a:1", TRUE },
  { "http://a:1?q", "http", "a", 1, NULL, NULL, "http://a:1?q", "http://a:1",
    TRUE },
  { "http://a:1#f", "http", "a", 1, NULL, NULL, "http://a:1#f", "http://a:1",
    TRUE },
  { "direct://", "direct", "", 0, NULL, NULL, "direct://", "direct://", FALSE },
  { "DIRECT://", "direct", "", 0, NULL, NULL, "direct://", "direct://", FALSE },
};

static void
test_good (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (good_rows); i++)
    {
      g_autoptr (GError) error = NULL;
      WsProxyUri self;

      g_test_message ("%s", good_rows[i].text);
      g_assert_true (ws_proxy_uri_parse (&self, good_rows[i].text, &error));
      g_assert_no_error (error);
      g_assert_cmpstr (self.scheme, ==, good_rows[i].scheme);
      g_assert_cmpstr (self.host, ==, good_rows[i].host);
      g_assert_cmpuint (self.port, ==, good_rows[i].port);
      g_assert_cmpstr (self.user, ==, good_rows[i].user);
      g_assert_cmpstr (self.password, ==, good_rows[i].password);
      g_assert_cmpstr (self.uri, ==, good_rows[i].uri);
      g_assert_cmpstr (self.shown, ==, good_rows[i].shown);
      g_assert_true (self.has_rest == good_rows[i].has_rest);
      ws_proxy_uri_clear (&self);
    }
}

/* No message shows what stands before an "@". */
static void
test_bad (void)
{
  static const struct
  {
    const char *text;
    const char *what;
  } rows[] = {
    { "", "is not a URI" },
    { "proxy", "is not a URI" },
    { "//a:1", "is not a URI" },
    { "http://", "has no host" },
    { "http:a:1", "has no host" },
    { "http://user:secret@:1", "has no host" },
    { "http://user:secret@a:99999", "is not a URI" },
    { "http://user:secret@a:x", "is not a URI" },
    { "http://a:1\r\n", "control character" },
    { "http://user:secret@a:1\r\nX: y", "control character" },
    { "http://a\t:1", "control character" },
    { "\nhttp://a:1", "control character" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      WsProxyUri self;

      g_assert_false (ws_proxy_uri_parse (&self, rows[i].text, &error));
      g_test_message ("%s", error->message);
      g_assert_nonnull (strstr (error->message, rows[i].what));
      g_assert_null (strstr (error->message, "secret"));
      g_assert_null (strchr (error->message, '\n'));
      g_assert_null (self.uri);
    }
}

static void
test_with_login (void)
{
  g_autofree char *plain = ws_proxy_uri_with_login ("socks5://a:1", "u", "p");
  g_autofree char *wild
      = ws_proxy_uri_with_login ("socks5://[::1]:1", "u@:/", "p\xc3\xa9?#");
  g_autoptr (GError) error = NULL;
  WsProxyUri self;

  g_assert_cmpstr (plain, ==, "socks5://u:p@a:1");
  g_assert_true (ws_proxy_uri_parse (&self, wild, &error));
  g_assert_cmpstr (self.user, ==, "u@:/");
  g_assert_cmpstr (self.password, ==, "p\xc3\xa9?#");
  g_assert_cmpstr (self.shown, ==, "socks5://[::1]:1");
  ws_proxy_uri_clear (&self);
}

int
main (int argc, char **argv)
{
  ws_test_init (&argc, &argv);
  g_test_add_func ("/protocol/proxy-uri/good", test_good);
  g_test_add_func ("/protocol/proxy-uri/bad", test_bad);
  g_test_add_func ("/protocol/proxy-uri/with-login", test_with_login);
  return g_test_run ();
}
