/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "protocol/ws-url.h"

#include <string.h>

#include "support/ws-test.h"

static const struct
{
  const char *url;
  gboolean    secure;
  const char *host;
  guint       port;
  const char *resource;
  const char *authority;
} good_rows[] = {
  { "ws://a", FALSE, "a", 80, "/", "a" },
  { "ws://a/", FALSE, "a", 80, "/", "a" },
  { "wss://a", TRUE, "a", 443, "/", "a" },
  { "WSS://Example.COM", TRUE, "Example.COM", 443, "/", "Example.COM" },
  { "ws://a:80/", FALSE, "a", 80, "/", "a" },
  { "ws://a:443/", FALSE, "a", 443, "/", "a:443" },
  { "wss://a:443/", TRUE, "a", 443, "/", "a" },
  { "wss://a:80/", TRUE, "a", 80, "/", "a:80" },
  { "ws://a:/", FALSE, "a", 80, "/", "a" },
  { "ws://a:00081", FALSE, "a", 81, "/", "a:81" },
  { "ws://a:65535/x", FALSE, "a", 65535, "/x", "a:65535" },
  { "ws://127.0.0.1:9/x/y?q=1&r=/?", FALSE, "127.0.0.1", 9, "/x/y?q=1&r=/?",
    "127.0.0.1:9" },
  { "ws://a?q", FALSE, "a", 80, "/?q", "a" },
  { "ws://a/?", FALSE, "a", 80, "/?", "a" },
  { "ws://[::1]/", FALSE, "::1", 80, "/", "[::1]" },
  { "ws://[::1]:8080/", FALSE, "::1", 8080, "/", "[::1]:8080" },
  { "wss://[2001:db8::7]", TRUE, "2001:db8::7", 443, "/", "[2001:db8::7]" },
  { "ws://[fe80::1%25eth0]:81/", FALSE, "fe80::1%eth0", 81, "/",
    "[fe80::1]:81" },
  { "ws://[fe80::1%eth0]/", FALSE, "fe80::1%eth0", 80, "/", "[fe80::1]" },
  { "ws://under_score.example/", FALSE, "under_score.example", 80, "/",
    "under_score.example" },
  { "ws://b\xc3\xbc"
    "cher.example/",
    FALSE, "xn--bcher-kva.example", 80, "/", "xn--bcher-kva.example" },
  { "ws://a/two words?and more", FALSE, "a", 80, "/two%20words?and%20more",
    "a" },
  { "ws://a/caf\xc3\xa9?\xe2\x82\xac", FALSE, "a", 80, "/caf%C3%A9?%E2%82%AC",
    "a" },
  { "ws://a/%41%2f%zz%4", FALSE, "a", 80, "/%41%2f%25zz%254", "a" },
  { "ws://a/<\"{|}\\^`>", FALSE, "a", 80, "/%3C%22%7B%7C%7D%5C%5E%60%3E", "a" },
  { "ws://a/-._~!$&'()*+,;=:@[]", FALSE, "a", 80, "/-._~!$&'()*+,;=:@[]", "a" },
  { "ws://a/x?line=%0D%0A", FALSE, "a", 80, "/x?line=%0D%0A", "a" },
  { "ws://a/%250D", FALSE, "a", 80, "/%250D", "a" },
  { "ws://a/u@b", FALSE, "a", 80, "/u@b", "a" },
};

static void
test_good (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (good_rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (WsUrl) url = ws_url_parse (good_rows[i].url, &error);

      g_test_message ("row %" G_GSIZE_FORMAT, i);
      g_assert_no_error (error);
      g_assert_cmpint (url->secure, ==, good_rows[i].secure);
      g_assert_cmpstr (url->text, ==, good_rows[i].url);
      g_assert_cmpstr (url->host, ==, good_rows[i].host);
      g_assert_cmpuint (url->port, ==, good_rows[i].port);
      g_assert_cmpstr (url->resource, ==, good_rows[i].resource);
      g_assert_cmpstr (url->authority, ==, good_rows[i].authority);
      g_assert_null (url->userinfo);
      g_assert_null (url->unix_path);
    }
}

static void
test_userinfo (void)
{
  static const struct
  {
    const char *url;
    const char *userinfo; /* NULL: none */
    const char *text;
  } rows[] = {
    { "ws://u:p@a:81/x?y", "u:p", "ws://a:81/x?y" },
    { "wss://u@[::1]/", "u", "wss://[::1]/" },
    { "ws://u:p%40%3a@a", "u:p@:", "ws://a" },
    { "ws://u:p@w@a", "u:p@w", "ws://a" },
    { "ws://caf%C3%A9:@a", "caf\xc3\xa9:", "ws://a" },
    { "ws://@a/", NULL, "ws://a/" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (WsUrl) url = ws_url_parse (rows[i].url, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (url->userinfo, ==, rows[i].userinfo);
      g_assert_cmpstr (url->text, ==, rows[i].text);
    }
}

static void
test_unix (void)
{
  static const struct
  {
    const char *url;
    const char *path;
    const char *resource;
  } rows[] = {
    { "ws+unix:/run/x.sock", "/run/x.sock", "/" },
    { "ws+unix:/run/x.sock:", "/run/x.sock", "/" },
    { "ws+unix:@name:/chat", "@name", "/chat" },
    { "ws+unix:/run/x.sock:/chat?a=b:c", "/run/x.sock", "/chat?a=b:c" },
    { "ws+unix:/run/x.sock?a=b", "/run/x.sock", "/?a=b" },
    { "ws+unix:///run/x.sock:/chat", "/run/x.sock", "/chat" },
    { "WS+UNIX:/run/two words%3a:/a b", "/run/two words:", "/a%20b" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (WsUrl) url = ws_url_parse (rows[i].url, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (url->unix_path, ==, rows[i].path);
      g_assert_cmpstr (url->resource, ==, rows[i].resource);
      g_assert_cmpstr (url->host, ==, "localhost");
      g_assert_cmpstr (url->authority, ==, "localhost");
      g_assert_cmpstr (url->text, ==, rows[i].url);
      g_assert_false (url->secure);
    }
}

static const struct
{
  const char *url;
  int         code;
  const char *part; /* of the message */
} bad_rows[] = {
  { "http://a/", G_URI_ERROR_BAD_SCHEME, "\"http\"" },
  { "wss+unix:/x", G_URI_ERROR_BAD_SCHEME, "\"wss+unix\"" },
  { "localhost:80", G_URI_ERROR_BAD_SCHEME, "\"localhost\"" },
  { "", G_URI_ERROR_FAILED, "\"\" has no scheme" },
  { "//a/", G_URI_ERROR_FAILED, "\"//a/\" has no scheme" },
  { " ws://a", G_URI_ERROR_FAILED, "has no scheme" },
  { "ws:", G_URI_ERROR_BAD_HOST, "\"ws:\" has no host" },
  { "ws:a", G_URI_ERROR_BAD_HOST, "has no host" },
  { "ws:/a", G_URI_ERROR_BAD_HOST, "has no host" },
  { "ws://", G_URI_ERROR_BAD_HOST, "has no host" },
  { "ws:///x", G_URI_ERROR_BAD_HOST, "has no host" },
  { "ws://:80/", G_URI_ERROR_BAD_HOST, "has no host" },
  { "ws://u@/", G_URI_ERROR_BAD_HOST, "has no host" },
  { "ws://a#f", G_URI_ERROR_FAILED, "\"ws://a#...\" has a fragment" },
  { "ws://a/x#", G_URI_ERROR_FAILED, "has a fragment" },
  { "ws://a b/", G_URI_ERROR_BAD_HOST, "\"ws://a b/\" has an invalid host" },
  { "ws://a%20b/", G_URI_ERROR_BAD_HOST, "invalid host" },
  { "ws://a\\b/", G_URI_ERROR_BAD_HOST, "invalid host" },
  { "ws://a<b>/", G_URI_ERROR_BAD_HOST, "invalid host" },
  { "ws://[::1/", G_URI_ERROR_BAD_HOST, "invalid host" },
  { "ws://[::1]x/", G_URI_ERROR_BAD_HOST, "invalid host" },
  { "ws://[]/", G_URI_ERROR_BAD_HOST, "invalid host" },
  { "ws://[127.0.0.1]/", G_URI_ERROR_BAD_HOST, "invalid host" },
  { "ws://[::1%25]/", G_URI_ERROR_BAD_HOST, "invalid host" },
  { "ws://::1/", G_URI_ERROR_BAD_HOST, "has no host" },
  { "ws://fe80::1/", G_URI_ERROR_BAD_PORT, "has a port that is not" },
  { "ws://a:0/", G_URI_ERROR_BAD_PORT, "port" },
  { "ws://a:65536/", G_URI_ERROR_BAD_PORT, "port" },
  { "ws://a:4294967376/", G_URI_ERROR_BAD_PORT, "port" },
  { "ws://a:-1/", G_URI_ERROR_BAD_PORT, "port" },
  { "ws://a:8x/", G_URI_ERROR_BAD_PORT, "port" },
  { "ws://a/\r\nEvil: yes", G_URI_ERROR_FAILED,
    "\"ws://a/%0D%0AEvil: yes\" holds a control character" },
  { "ws://a\n/", G_URI_ERROR_FAILED, "control character" },
  { "ws://a/\x7f", G_URI_ERROR_FAILED, "control character" },
  { "ws://a/\xff", G_URI_ERROR_FAILED, "is not UTF-8" },
  { "ws://a/x%0d%0ay", G_URI_ERROR_BAD_PATH, "encoded CR or LF" },
  { "ws://a/x%0A?", G_URI_ERROR_BAD_PATH, "encoded CR or LF" },
  { "ws://u%00:p@a/", G_URI_ERROR_BAD_USER, "user name or password" },
  { "ws://u%0a:p@a/", G_URI_ERROR_BAD_USER, "user name or password" },
  { "ws://u%ff:p@a/", G_URI_ERROR_BAD_USER, "user name or password" },
  { "ws+unix:", G_URI_ERROR_BAD_PATH, "no absolute path" },
  { "ws+unix:/", G_URI_ERROR_BAD_PATH, "no absolute path" },
  { "ws+unix:@:/", G_URI_ERROR_BAD_PATH, "no absolute path" },
  { "ws+unix:x.sock", G_URI_ERROR_BAD_PATH, "no absolute path" },
  { "ws+unix://host/x.sock", G_URI_ERROR_BAD_PATH, "no absolute path" },
  { "ws+unix:/x%00", G_URI_ERROR_BAD_PATH, "badly encoded" },
  { "ws+unix:/x:chat", G_URI_ERROR_BAD_PATH, "does not begin with /" },
  { "ws+unix:/x:/%0a", G_URI_ERROR_BAD_PATH, "encoded CR or LF" },
};

static void
test_bad (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (bad_rows); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("row %" G_GSIZE_FORMAT, i);
      g_assert_null (ws_url_parse (bad_rows[i].url, &error));
      g_assert_error (error, G_URI_ERROR, bad_rows[i].code);
      g_assert_nonnull (strstr (error->message, bad_rows[i].part));
      g_assert_null (strchr (error->message, '\n'));
    }
}

/* Whatever is wrong with a URL, no message tells who it is for. */
static void
test_message_hides_login (void)
{
  static const struct
  {
    const char *url;
    const char *shown;
  } rows[] = {
    { "ws://user:secret@a b/", "\"ws://a b/\"" },
    { "ws://user:secret@a:x/p", "\"ws://a:x/p\"" },
    { "ws://user:sec/ret@a b/", "\"ws://a b/\"" },
    { "ws://user:sec?ret@a b/", "\"ws://a b/\"" },
    { "ws://user:sec#ret@a/", "\"ws://a/\"" },
    { "ws://user:sec@ret@a b/", "\"ws://a b/\"" },
    { "ws://user:secret\r\n@a/", "\"ws://a/\"" },
    { "ws:user:secret@a/", "\"a/\"" },
    { "ws:/user:secret@a/", "\"a/\"" },
    { "user:secret@a/b", "\"user\"" },
    { "://user:secret@a/", "\"://a/\"" },
    { "//user:secret@a/", "\"//a/\"" },
    { "us er:secret@a//b", "\"a//b\"" },
    { "ws:user:secret@a//b@c", "\"c\"" },
    { "ws:user:sec//ret@a", "\"a\"" },
    { "ws:/user:sec//ret@a", "\"a\"" },
    { "ws+unix:user:secret@a", "\"a\"" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (ws_url_parse (rows[i].url, &error));
      g_test_message ("%s", error->message);
      g_assert_null (strstr (error->message, "sec"));
      g_assert_null (strstr (error->message, "ret"));
      g_assert_nonnull (strstr (error->message, rows[i].shown));
    }
}

static void
test_quote (void)
{
  static const struct
  {
    const char *url;
    const char *quoted;
  } rows[] = {
    { "ws://a/u@b?c", "\"ws://a/u@b?...\"" },
    { "ws://a/b#c?d", "\"ws://a/b#...\"" },
    { "/a?", "\"/a?...\"" },
    { "ws://b\xc3\xbc"
      "cher.example/gr\xc3\xbc\xc3\x9f"
      "e",
      "\"ws://b\xc3\xbc"
      "cher.example/gr\xc3\xbc\xc3\x9f"
      "e\"" },
    { "ws://a/\xf0\x9f\xa6\x8a", "\"ws://a/\xf0\x9f\xa6\x8a\"" },
    { "ws://a/two words\\", "\"ws://a/two words\\\"" },
    { "\n\t\033[1m\"\x7f", "\"%0A%09%1B[1m%22%7F\"" },
    /* What turns the text around, or is none. */
    { "ws://a/\xe2\x80\xae/\xc2\x85", "\"ws://a/%E2%80%AE/%C2%85\"" },
    { "ws://a/\xff\xc3(", "\"ws://a/%FF%C3(\"" },
    { "\xc3", "\"%C3\"" },
    { "", "\"\"" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *quoted = ws_url_quote (rows[i].url);

      g_assert_cmpstr (quoted, ==, rows[i].quoted);
    }
}

/* A cut goes through no character. */
static void
test_quote_is_cut (void)
{
  g_autoptr (GString) text = g_string_new ("ws://a b/");
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 50000; i++)
    g_string_append (text, i % 2 == 0 ? "\xe2\x82\xac" : "\xff");
  for (guint i = 0; i < 4; i++)
    {
      g_autofree char *quoted = ws_url_quote (text->str + i);

      g_assert_cmpuint (strlen (quoted), <, 215);
      g_assert_true (g_utf8_validate (quoted, -1, NULL));
      g_assert_true (g_str_has_suffix (quoted, "...\""));
    }
  g_assert_null (ws_url_parse (text->str, &error));
  g_assert_cmpuint (strlen (error->message), <, 300);
}

/* Whoever sends us somewhere chooses the scheme: nothing of it may stay. */
static void
test_forgets_schemes (void)
{
  g_autofree char *huge = g_strnfill (100000, 'h');
  g_autofree char *long_url = g_strconcat (huge, "://a/", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (ws_url_parse ("Never-Seen.1://a/", NULL));
  g_assert_cmpuint (g_quark_try_string ("never-seen.1"), ==, 0);
  g_assert_cmpuint (g_quark_try_string ("Never-Seen.1"), ==, 0);

  g_assert_null (ws_url_parse (long_url, &error));
  g_assert_error (error, G_URI_ERROR, G_URI_ERROR_BAD_SCHEME);
  g_assert_cmpuint (strlen (error->message), <, 300);
}

/* Qt: tst_HandshakeRequest::tst_qtbug_57357 */
static const struct
{
  const char *authority;
  const char *host; /* NULL: refused */
  guint       port;
} authority_rows[] = {
  { "localhost", "localhost", 0 },
  { "localhost:1234", "localhost", 1234 },
  { "foo.com", "foo.com", 0 },
  { "foo.com:80", "foo.com", 80 },
  { "127.0.0.1", "127.0.0.1", 0 },
  { "127.0.0.1:1234", "127.0.0.1", 1234 },
  { "[::1]", "::1", 0 },
  { "[::1]:1234", "::1", 1234 },
  { "[56:56:56:56:56:56:56:56]:81", "56:56:56:56:56:56:56:56", 81 },
  { "[v1.a:b]", "v1.a:b", 0 },
  { "[vF0.x]:1234", "vF0.x", 1234 },
  { "a%20b", "a%20b", 0 },
  { "a:", "a", 0 },
  { "", NULL, 0 },
  { ":80", NULL, 0 },
  { "[::1", NULL, 0 },
  { "::1]", NULL, 0 },
  { "[::1]]", NULL, 0 },
  { "[[::1]]", NULL, 0 },
  { "::1", NULL, 0 },
  { "[::1]80", NULL, 0 },
  { "[]", NULL, 0 },
  { "[foo.com]", NULL, 0 },
  { "[127.0.0.1]", NULL, 0 },
  { "[fe80::1%eth0]", NULL, 0 },
  { "[v.x]", NULL, 0 },
  { "[v1.]", NULL, 0 },
  { "[v1x]", NULL, 0 },
  { "user@foo.com", NULL, 0 },
  { "user:password@foo.com", NULL, 0 },
  { "user:@foo.com", NULL, 0 },
  { "@foo.com", NULL, 0 },
  { "user@[::1]:80", NULL, 0 },
  { "foo.com/", NULL, 0 },
  { "foo.com:80/", NULL, 0 },
  { "foo.com?", NULL, 0 },
  { "foo.com, bar.com", NULL, 0 },
  { "foo com", NULL, 0 },
  { "foo.com:0", NULL, 0 },
  { "foo.com:65536", NULL, 0 },
  { "foo.com:99999999999999999999", NULL, 0 },
  { "foo.com:+80", NULL, 0 },
  { "foo.com:80x", NULL, 0 },
  { "foo.com:80:81", NULL, 0 },
  { "a%2", NULL, 0 },
  { "\xff\xff", NULL, 0 },
  { "b\xc3\xbc"
    "cher",
    NULL, 0 },
};

static void
test_authority (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (authority_rows); i++)
    {
      g_autofree char *host = NULL;
      guint            port = 7;
      const gboolean   ok
          = ws_url_parse_authority (authority_rows[i].authority, &host, &port);

      g_test_message ("row %" G_GSIZE_FORMAT, i);
      g_assert_cmpint (ok, ==, authority_rows[i].host != NULL);
      g_assert_cmpstr (host, ==, authority_rows[i].host);
      if (ok)
        g_assert_cmpuint (port, ==, authority_rows[i].port);
    }
}

int
main (int argc, char **argv)
{
  ws_test_init (&argc, &argv);

  g_test_add_func ("/protocol/url/good", test_good);
  g_test_add_func ("/protocol/url/userinfo", test_userinfo);
  g_test_add_func ("/protocol/url/unix", test_unix);
  g_test_add_func ("/protocol/url/bad", test_bad);
  g_test_add_func ("/protocol/url/quote", test_quote);
  g_test_add_func ("/protocol/url/quote-is-cut", test_quote_is_cut);
  g_test_add_func ("/protocol/url/message-hides-login",
                   test_message_hides_login);
  g_test_add_func ("/protocol/url/forgets-schemes", test_forgets_schemes);
  g_test_add_func ("/protocol/url/authority", test_authority);
  return g_test_run ();
}
