/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "protocol/ws-forwarded.h"

#include <string.h>

#include "support/ws-test.h"

static const char *const trusted_texts[]
    = { "10.0.0.0/8", "2001:db8:ffff::/48", NULL };

static WsHttpHeaders *
make_headers (const char *text)
{
  g_autoptr (WsHttpHeaders) headers = ws_http_headers_new ();
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (char **line = lines; *line != NULL && **line != '\0'; line++)
    {
      char *colon = strchr (*line, ':');

      *colon = '\0';
      ws_http_headers_append (headers, *line, colon + 1);
    }
  return g_steal_pointer (&headers);
}

static gboolean
read_text (WsForwarded     *self,
           const char      *text,
           WsForwardedKinds kinds,
           WsHttpFault     *fault)
{
  const char *culprit;
  g_autoptr (WsNetworks) trusted = ws_networks_parse (trusted_texts, &culprit);
  g_autoptr (WsHttpHeaders) headers = make_headers (text);

  return ws_forwarded_read (self, headers, trusted, kinds, fault);
}

typedef struct
{
  const char *headers;
  const char *client; /* "unknown": none */
  const char *name;
  const char *scheme; /* "http", "https" or NULL */
  const char *host;
} Row;

static void
check_rows (const Row *rows, gsize n, WsForwardedKinds kinds)
{
  for (gsize i = 0; i < n; i++)
    {
      WsForwarded      forwarded;
      WsHttpFault      fault = { 0 };
      g_autofree char *client = NULL;

      g_test_message ("%s", rows[i].headers);
      g_assert_true (read_text (&forwarded, rows[i].headers, kinds, &fault));
      client = ws_address_to_string (&forwarded.client);
      g_assert_cmpstr (client, ==, rows[i].client);
      g_assert_cmpstr (forwarded.name, ==, rows[i].name);
      g_assert_cmpstr (forwarded.host, ==, rows[i].host);
      g_assert_true (forwarded.has_scheme == (rows[i].scheme != NULL));
      g_assert_true (forwarded.is_secure
                     == (g_strcmp0 (rows[i].scheme, "https") == 0));
      ws_forwarded_clear (&forwarded);
      g_assert_null (forwarded.host);
    }
}

static void
test_standard (void)
{
  static const Row rows[] = {
    { "", "unknown", NULL, NULL, NULL },
    { "Forwarded: for=192.0.2.43", "192.0.2.43", NULL, NULL, NULL },
    { "Forwarded: For=\"192.0.2.43:47011\"", "192.0.2.43:47011", NULL, NULL,
      NULL },
    { "forwarded: for=\"[2001:db8:cafe::17]:4711\"", "[2001:db8:cafe::17]:4711",
      NULL, NULL, NULL },
    { "Forwarded: for=\"[2001:db8::1]\" ; proto=https;by=203.0.113.43",
      "2001:db8::1", NULL, "https", NULL },
    { "Forwarded: for=192.0.2.60;proto=HTTP;host=\"example.com:81\"",
      "192.0.2.60", NULL, "http", "example.com:81" },
    { "Forwarded: for=192.0.2.60;proto=wss", "192.0.2.60", NULL, "https",
      NULL },
    { "Forwarded: for=192.0.2.60;proto=ftp;host=\"a b\"", "192.0.2.60", NULL,
      NULL, NULL },
    { "Forwarded: for=\"192.0\\.2.60\"", "192.0.2.60", NULL, NULL, NULL },
    { "Forwarded: for=_gazonk", "unknown", "_gazonk", NULL, NULL },
    { "Forwarded: for=\"_gazonk:_port\";proto=https", "unknown",
      "_gazonk:_port", "https", NULL },
    { "Forwarded: for=unknown;host=a", "unknown", "unknown", NULL, "a" },
    { "Forwarded: proto=https", "unknown", NULL, "https", NULL },
    { "Forwarded: for=\"192.0.2.1:_x\"", "192.0.2.1", NULL, NULL, NULL },
    { "Forwarded: for=192.0.2.1;ext=\";,\"", "192.0.2.1", NULL, NULL, NULL },
    /* Several hops: as far as the trusted ones reach, and no farther. */
    { "Forwarded: for=1.1.1.1, for=192.0.2.2", "192.0.2.2", NULL, NULL, NULL },
    { "Forwarded: for=1.1.1.1;proto=https;host=a, for=10.0.0.1;proto=http",
      "1.1.1.1", NULL, "https", "a" },
    { "Forwarded: for=9.9.9.9, for=1.1.1.1, for=10.0.0.2,for=10.0.0.1",
      "1.1.1.1", NULL, NULL, NULL },
    { "Forwarded: for=10.0.0.3;proto=https, for=10.0.0.2, , for=10.0.0.1,",
      "10.0.0.3", NULL, "https", NULL },
    { "Forwarded: for=\"[2001:db8:ffff::9]\";host=b,for=10.0.0.1",
      "2001:db8:ffff::9", NULL, NULL, "b" },
    { "Forwarded: for=1.1.1.1\nForwarded: for=10.0.0.1", "1.1.1.1", NULL, NULL,
      NULL },
    { "Forwarded: for=10.0.0.1\nForwarded: for=1.1.1.1", "1.1.1.1", NULL, NULL,
      NULL },
    /* What the client of the farthest trusted proxy wrote itself. */
    { "Forwarded: for=_me;proto=https, for=10.0.0.1;proto=http", "10.0.0.1",
      "_me", "https", NULL },
    { "Forwarded: for=for=, for=10.0.0.1;proto=http", "10.0.0.1", NULL, "http",
      NULL },
  };

  check_rows (rows, G_N_ELEMENTS (rows), WS_FORWARDED_STANDARD);
}

static void
test_x (void)
{
  static const Row rows[] = {
    { "X-Forwarded-For: 192.0.2.43", "192.0.2.43", NULL, NULL, NULL },
    { "X-Forwarded-For: 192.0.2.43:50000", "192.0.2.43:50000", NULL, NULL,
      NULL },
    { "X-Forwarded-For: 2001:db8::7", "2001:db8::7", NULL, NULL, NULL },
    { "X-Forwarded-For: [2001:db8::7]:8", "[2001:db8::7]:8", NULL, NULL, NULL },
    { "X-Forwarded-For: unknown", "unknown", "unknown", NULL, NULL },
    { "X-Forwarded-For: 1.1.1.1, 192.0.2.2", "192.0.2.2", NULL, NULL, NULL },
    { "X-Forwarded-For: 1.1.1.1,192.0.2.2,10.0.0.1", "192.0.2.2", NULL, NULL,
      NULL },
    { "X-Forwarded-For: 1.1.1.1\nX-Forwarded-For: 10.0.0.1", "1.1.1.1", NULL,
      NULL, NULL },
    { "X-Forwarded-For: 10.0.0.2, 10.0.0.1", "10.0.0.2", NULL, NULL, NULL },
    { "X-Forwarded-For: junk, 10.0.0.1", "10.0.0.1", "junk", NULL, NULL },
    { "X-Forwarded-For: ", "unknown", NULL, NULL, NULL },
    { "X-Forwarded-For: 1.1.1.1\nX-Forwarded-Proto: https\n"
      "X-Forwarded-Host: example.com",
      "1.1.1.1", NULL, "https", "example.com" },
    { "X-Forwarded-Proto: https", "unknown", NULL, "https", NULL },
    { "X-Forwarded-Host: a:8", "unknown", NULL, NULL, "a:8" },
    { "X-Forwarded-Proto: http, https", "unknown", NULL, "https", NULL },
    /* One for each hop, one for all, or of the nearest ones only. */
    { "X-Forwarded-For: 1.1.1.1, 10.0.0.1\nX-Forwarded-Proto: https, http",
      "1.1.1.1", NULL, "https", NULL },
    { "X-Forwarded-For: 9.9.9.9, 1.1.1.1, 10.0.0.1\n"
      "X-Forwarded-Proto: ftp, https, http",
      "1.1.1.1", NULL, "https", NULL },
    { "X-Forwarded-For: 1.1.1.1, 10.0.0.1\nX-Forwarded-Proto: https", "1.1.1.1",
      NULL, "https", NULL },
    { "X-Forwarded-For: 1.1.1.1, 10.0.0.2, 10.0.0.1\n"
      "X-Forwarded-Proto: https, http",
      "1.1.1.1", NULL, NULL, NULL },
    { "X-Forwarded-For: 1.1.1.1\nX-Forwarded-Proto: https, http", "1.1.1.1",
      NULL, "http", NULL },
  };

  check_rows (rows, G_N_ELEMENTS (rows), WS_FORWARDED_X);
}

static void
test_both (void)
{
  static const Row rows[] = {
    { "Forwarded: for=1.1.1.1;proto=https\nX-Forwarded-For: 1.1.1.1\n"
      "X-Forwarded-Host: a",
      "1.1.1.1", NULL, "https", "a" },
    { "Forwarded: for=\"1.1.1.1:80\"\nX-Forwarded-For: 1.1.1.1", "1.1.1.1:80",
      NULL, NULL, NULL },
    { "X-Forwarded-For: 1.1.1.1\nX-Forwarded-Proto: https", "1.1.1.1", NULL,
      "https", NULL },
    { "Forwarded: for=_x;host=b\nX-Forwarded-For: 1.1.1.1\n"
      "X-Forwarded-Host: c",
      "1.1.1.1", "_x", NULL, "b" },
  };

  check_rows (rows, G_N_ELEMENTS (rows),
              WS_FORWARDED_STANDARD | WS_FORWARDED_X);
}

/* What nobody is to believe. */
static void
test_kinds (void)
{
  static const Row standard[] = {
    { "X-Forwarded-For: 1.1.1.1\nX-Forwarded-Proto: https", "unknown", NULL,
      NULL, NULL },
  };
  static const Row x[] = {
    { "Forwarded: for=1.1.1.1;proto=https", "unknown", NULL, NULL, NULL },
    { "Forwarded: \"", "unknown", NULL, NULL, NULL },
  };

  check_rows (standard, G_N_ELEMENTS (standard), WS_FORWARDED_STANDARD);
  check_rows (x, G_N_ELEMENTS (x), WS_FORWARDED_X);
}

static void
test_bad (void)
{
  static const struct
  {
    const char *headers;
    const char *what;
  } rows[] = {
    { "Forwarded: 192.0.2.1", "malformed" },
    { "Forwarded: for", "malformed" },
    { "Forwarded: for=", "malformed" },
    { "Forwarded: for=192.0.2.1:80", "malformed" },
    { "Forwarded: for=[::1]", "malformed" },
    { "Forwarded: for=\"192.0.2.1", "malformed" },
    { "Forwarded: for=192.0.2.1;for=192.0.2.1", "malformed" },
    { "Forwarded: for=192.0.2.1;proto=http;Proto=https", "malformed" },
    { "Forwarded: for=1.1.1.1, for=", "malformed" },
    { "Forwarded: \"x, for=10.0.0.1", "malformed" },
    { "Forwarded: for=1.1.1.1\nX-Forwarded-For: 1.1.1.2", "contradict" },
    { "Forwarded: for=1.1.1.1\nX-Forwarded-For: 1.1.1.1, 10.0.0.1, 1.1.1.2",
      "contradict" },
    { "Forwarded: for=1.1.1.1;proto=https\nX-Forwarded-For: 1.1.1.1\n"
      "X-Forwarded-Proto: http",
      "contradict" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      WsForwarded forwarded;
      WsHttpFault fault = { 0 };

      g_test_message ("%s", rows[i].headers);
      g_assert_false (read_text (&forwarded, rows[i].headers,
                                 WS_FORWARDED_STANDARD | WS_FORWARDED_X,
                                 &fault));
      g_assert_cmpuint (fault.status, ==, 400);
      g_assert_nonnull (strstr (fault.message, rows[i].what));
      g_assert_null (forwarded.name);
      g_assert_null (forwarded.host);
    }
}

static void
test_mentioned (void)
{
  static const struct
  {
    const char *head;
    gboolean    is_mentioned;
  } rows[] = {
    { "GET / HTTP/1.1\r\nHost: a\r\n\r\n", FALSE },
    { "GET / HTTP/1.1\r\nForwarded: for=a\r\n\r\n", TRUE },
    { "GET / HTTP/1.1\r\nx-FORWARDED-proto: https\r\n\r\n", TRUE },
    { "GET / HTTP/1.1\r\nX-Forward: a\r\nw: w\r\n\r\n", FALSE },
    { "forwarded", TRUE },
    { "forwarde", FALSE },
    { "w", FALSE },
    { "", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      gsize   len = strlen (rows[i].head);
      guint8 *head = ws_test_guarded ((const guint8 *) rows[i].head, len);

      g_assert_cmpint (ws_forwarded_is_mentioned ((const char *) head, len), ==,
                       rows[i].is_mentioned);
      ws_test_guarded_free (head, len);
    }
}

int
main (int argc, char **argv)
{
  ws_test_init (&argc, &argv);
  g_test_add_func ("/protocol/forwarded/standard", test_standard);
  g_test_add_func ("/protocol/forwarded/x", test_x);
  g_test_add_func ("/protocol/forwarded/both", test_both);
  g_test_add_func ("/protocol/forwarded/kinds", test_kinds);
  g_test_add_func ("/protocol/forwarded/bad", test_bad);
  g_test_add_func ("/protocol/forwarded/mentioned", test_mentioned);
  return g_test_run ();
}
