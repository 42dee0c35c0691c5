/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "protocol/ws-http-auth.h"

#include <string.h>

#include "support/ws-test.h"

#define NONCE  "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v"
#define OPAQUE "FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"
#define CNONCE "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"

#define MD5_FIELD                                                  \
  "Digest realm=\"http-auth@example.org\", qop=\"auth, auth-int\"" \
  ", algorithm=MD5, nonce=\"" NONCE "\", opaque=\"" OPAQUE "\""
#define SHA_FIELD                                                  \
  "Digest realm=\"http-auth@example.org\", qop=\"auth, auth-int\"" \
  ", algorithm=SHA-256, nonce=\"" NONCE "\", opaque=\"" OPAQUE "\""

/* Fields are separated by line feeds here. */
static WsHttpHeaders *
make_headers (const char *fields)
{
  WsHttpHeaders *headers = ws_http_headers_new ();
  g_auto (GStrv) list = g_strsplit (fields, "\n", -1);

  ws_http_headers_append (headers, "Server", "Digest realm=\"no\"");
  for (gsize i = 0; list[i] != NULL; i++)
    ws_http_headers_append (headers,
                            i % 2 == 0 ? "WWW-Authenticate"
                                       : "www-authenticate",
                            list[i]);
  return headers;
}

static gboolean
choose (const char *fields, WsHttpChallenge *challenge)
{
  g_autoptr (WsHttpHeaders) headers = make_headers (fields);

  return ws_http_challenge_choose (headers, "WWW-Authenticate", challenge);
}

/* The challenge in short: scheme, algorithm, realm and flags. */
static char *
describe (const WsHttpChallenge *challenge)
{
  g_autoptr (GString) text = g_string_new (NULL);

  g_string_append (text, ws_http_auth_scheme_name (challenge->scheme));
  if (challenge->scheme == WS_HTTP_AUTH_DIGEST)
    g_string_append (text,
                     challenge->hash == G_CHECKSUM_MD5 ? " MD5" : " SHA-256");
  g_string_append_printf (text, "%s%s%s%s%s '%s'",
                          challenge->is_session ? " sess" : "",
                          challenge->qop_auth ? " auth" : "",
                          challenge->hashes_user ? " userhash" : "",
                          challenge->utf8 ? " utf8" : "",
                          challenge->stale ? " stale" : "", challenge->realm);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* clang-format off */
static const struct
{
  const char *fields;
  const char *chosen; /* NULL: none */
} choices[] = {
  { "Basic realm=\"a\"", "Basic 'a'" },
  { "basic REALM=a", "Basic 'a'" },
  { "Basic", "Basic ''" },
  { "Basic realm=\"\"", "Basic ''" },
  { "Basic realm = \"a\" , charset=\"utf-8\"", "Basic utf8 'a'" },
  { "Basic realm=\"a, \\\"b\\\" \\\\ =c\", x=y", "Basic 'a, \"b\" \\ =c'" },
  { "Basic realm=\"caf\xe9\"", "Basic 'caf\xe9'" },
  { "", NULL },
  { ",, ,", NULL },
  { "realm=\"a\"", NULL },
  { "Negotiate", NULL },
  { "Negotiate abc/+=", NULL },
  { "Negotiate abc==, Basic realm=a", "Basic 'a'" },
  { "Basic realm=a, Negotiate", "Basic 'a'" },
  { "NTLM\nBasic realm=a\nBearer", "Basic 'a'" },
  { "Newauth realm=\"apps\", type=1, title=\"Login to \\\"apps\\\"\", Basic "
    "realm=\"simple\"", "Basic 'simple'" },
  { "Basic realm=first, Basic realm=second", "Basic 'first'" },
  { "Basic realm=first\nBasic realm=second", "Basic 'first'" },
  { "Basic abc", NULL },
  { "Basic abc==", NULL },
  { "Basic realm=a, realm=b", NULL },
  { "Basic realm=\"open", NULL },
  { "Basic realm=\"open\\", NULL },
  { "Basic realm=\"a\"b", NULL },
  { "Basic realm=a b", NULL },
  { "Basic realm=", NULL },
  { "Basic realm=\"open\nBasic realm=b", "Basic 'b'" },
  { "Digest realm=\"r\", nonce=\"n\"", "Digest MD5 'r'" },
  { "Digest realm=\"r\",nonce=\"n\",qop=\"auth\"", "Digest MD5 auth 'r'" },
  { "Digest realm=\"r\", nonce=\"n\", qop=auth", "Digest MD5 auth 'r'" },
  { "Digest realm=\"r\", nonce=\"n\", qop=\"auth-int , AUTH\"",
    "Digest MD5 auth 'r'" },
  { "Digest realm=\"r\", nonce=\"n\", qop=\"\"", "Digest MD5 'r'" },
  { "Digest realm=\"r\", nonce=\"n\", qop=\"auth-int\"", NULL },
  { "Digest realm=\"r\", nonce=\"n\", qop=\"authentic\"", NULL },
  { "Digest realm=\"r\", nonce=\"n\", algorithm=md5-SESS, qop=\"auth\"",
    "Digest MD5 sess auth 'r'" },
  { "Digest realm=\"r\", nonce=\"n\", algorithm=MD5-sess", NULL },
  { "Digest realm=\"r\", nonce=\"n\", algorithm=\"SHA-256\", qop=\"auth\"",
    "Digest SHA-256 auth 'r'" },
  { "Digest realm=\"r\", nonce=\"n\", algorithm=SHA-256-sess, qop=\"auth\"",
    "Digest SHA-256 sess auth 'r'" },
  { "Digest realm=\"r\", nonce=\"n\", algorithm=SHA-512-256, qop=\"auth\"",
    NULL },
  { "Digest realm=\"r\", nonce=\"n\", algorithm=SHA-512-256, qop=\"auth\", "
    "Digest realm=\"s\", nonce=\"n\", qop=auth", "Digest MD5 auth 's'" },
  { "Digest realm=\"r\"", NULL },
  { "Digest nonce=\"n\"", NULL },
  { "Digest realm=\"r\", nonce=\"n\", stale=TRUE, userhash=true, "
    "charset=UTF-8, domain=\"/a /b\"", "Digest MD5 userhash utf8 stale 'r'" },
  { "Digest realm=\"r\", nonce=\"n\", stale=false, userhash=false",
    "Digest MD5 'r'" },
  { "Basic realm=b, Digest realm=\"r\", nonce=\"n\"", "Digest MD5 'r'" },
  { "Digest realm=\"r\", nonce=\"n\", Basic realm=b", "Digest MD5 'r'" },
  { "Digest realm=\"r\", nonce=\"n\", qop=\"auth-int\", Basic realm=b",
    "Basic 'b'" },
  { MD5_FIELD "\n" SHA_FIELD, "Digest SHA-256 auth 'http-auth@example.org'" },
  { SHA_FIELD ", " MD5_FIELD ", Basic realm=b",
    "Digest SHA-256 auth 'http-auth@example.org'" },
};
/* clang-format on */

static void
test_choose (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (choices); i++)
    {
      WsHttpChallenge  challenge;
      g_autofree char *chosen = NULL;
      g_autofree char *shown = g_strescape (choices[i].fields, NULL);

      g_test_message ("%s", shown);
      if (choose (choices[i].fields, &challenge))
        chosen = describe (&challenge);
      else
        g_assert_null (challenge.realm);
      g_assert_cmpstr (chosen, ==, choices[i].chosen);
      ws_http_challenge_clear (&challenge);
    }
}

/* The name is the caller's. */
static void
test_name (void)
{
  g_autoptr (WsHttpHeaders) headers = make_headers ("Basic realm=a");
  WsHttpChallenge challenge;

  g_assert_false (
      ws_http_challenge_choose (headers, "Proxy-Authenticate", &challenge));
  ws_http_headers_append (headers, "Proxy-Authenticate", "Basic realm=p");
  g_assert_true (
      ws_http_challenge_choose (headers, "proxy-authenticate", &challenge));
  g_assert_cmpstr (challenge.realm, ==, "p");
  ws_http_challenge_clear (&challenge);
}

static char *
answer (const char *fields,
        const char *user,
        const char *password,
        const char *target,
        const char *cnonce,
        guint       count)
{
  WsHttpChallenge challenge;
  char           *text;

  g_assert_true (choose (fields, &challenge));
  text = ws_http_challenge_answer (&challenge, user, password, "GET", target,
                                   cnonce, count);
  ws_http_challenge_clear (&challenge);
  return text;
}

/* RFC 7616, 3.9.1 */
static void
test_rfc_7616 (void)
{
  static const struct
  {
    const char *field;
    const char *algorithm;
    const char *response;
  } rows[] = {
    { MD5_FIELD, "MD5", "8ca523f5e9506fed4657c9700eebdbec" },
    { SHA_FIELD, "SHA-256",
      "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = answer (rows[i].field, "Mufasa", "Circle of Life",
                                      "/dir/index.html", CNONCE, 1);
      g_autofree char *expected = g_strdup_printf (
          "Digest username=\"Mufasa\", realm=\"http-auth@example.org\", "
          "uri=\"/dir/index.html\", algorithm=%s, nonce=\"" NONCE "\", "
          "nc=00000001, cnonce=\"" CNONCE "\", qop=auth, response=\"%s\", "
          "opaque=\"" OPAQUE "\"",
          rows[i].algorithm, rows[i].response);

      g_assert_cmpstr (text, ==, expected);
    }
}

/* RFC 2617, 3.5, and without its qop as RFC 2069 has it. */
static void
test_old_digest (void)
{
  static const struct
  {
    const char *more;
    const char *response;
  } rows[] = {
    { ", qop=\"auth,auth-int\"", "6629fae49393a05397450978507c4ef1" },
    { "", "670fd8c2df070c60b045671b8b24ff02" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *field
          = g_strconcat ("Digest realm=\"testrealm@host.com\", "
                         "nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", "
                         "opaque=\"5ccc069c403ebaf9f0171e9517f40e41\"",
                         rows[i].more, NULL);
      g_autofree char *text = answer (field, "Mufasa", "Circle Of Life",
                                      "/dir/index.html", "0a4f113b", 1);
      g_autofree char *expected
          = g_strdup_printf ("response=\"%s\"", rows[i].response);

      g_assert_nonnull (strstr (text, expected));
      g_assert_null (strstr (text, "algorithm"));
      g_assert_true ((strstr (text, "cnonce") != NULL)
                     == (strstr (text, "qop=auth") != NULL));
    }
}

/* The hash in hex of texts joined with colons, as the RFC writes it. */
static char *
hex (const char *text)
{
  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);
}

/* 7616, 3.4.2 and 3.4.4 */
static void
test_session_and_userhash (void)
{
  g_autofree char *text
      = answer ("Digest realm=\"r\", nonce=\"n\", qop=\"auth\", "
                "algorithm=SHA-256-sess, userhash=true",
                "us:er", "pass", "/x?y=\"z\"", "c", 0xabc);
  g_autofree char *user = hex ("us:er:r");
  g_autofree char *secret = hex ("us:er:r:pass");
  g_autofree char *a1 = g_strconcat (secret, ":n:c", NULL);
  g_autofree char *h1 = hex (a1);
  g_autofree char *h2 = hex ("GET:/x?y=\"z\"");
  g_autofree char *all = g_strdup_printf ("%s:n:00000abc:c:auth:%s", h1, h2);
  g_autofree char *response = hex (all);
  g_autofree char *expected = g_strdup_printf (
      "Digest username=\"%s\", realm=\"r\", uri=\"/x?y=\\\"z\\\"\", "
      "algorithm=SHA-256-sess, nonce=\"n\", nc=00000abc, cnonce=\"c\", "
      "qop=auth, response=\"%s\", userhash=true",
      user, response);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_digest_names (void)
{
  static const struct
  {
    const char *user;
    const char *more;
    const char *expected;
  } rows[] = {
    { "plain", "", "username=\"plain\", " },
    { "qu\"o\\te", "", "username=\"qu\\\"o\\\\te\", " },
    { "", "", "username=\"\", " },
    { "caf\xc3\xa9", "", "username=\"caf\xc3\xa9\", " },
    { "caf\xc3\xa9", ", charset=UTF-8", "username*=UTF-8''caf%C3%A9, " },
    /* An accent of its own becomes one with its letter. */
    { "cafe\xcc\x81", ", charset=UTF-8", "username*=UTF-8''caf%C3%A9, " },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *field = g_strconcat (
          "Digest realm=\"api@example.org\", nonce=\"n\", algorithm=SHA-256",
          rows[i].more, NULL);
      g_autofree char *text = answer (field, rows[i].user, "p", "/", "c", 1);

      g_assert_nonnull (strstr (text, rows[i].expected));
    }
}

/* What came with quotes and escapes goes back the same way. */
static void
test_escapes (void)
{
  g_autofree char *text
      = answer ("Digest realm=\"a \\\"b\\\" \\\\c\", nonce=\"\\n, m\", "
                "opaque=\"\\\"\"",
                "u", "p", "/", "c", 1);

  g_assert_nonnull (strstr (text, "realm=\"a \\\"b\\\" \\\\c\", "));
  g_assert_nonnull (strstr (text, "nonce=\"n, m\", "));
  g_assert_true (g_str_has_suffix (text, "opaque=\"\\\"\""));
}

/* RFC 7617, 2 and 2.1 */
static void
test_basic (void)
{
  static const struct
  {
    const char *user;
    const char *password;
    const char *more;
    const char *expected; /* NULL: it cannot be said */
  } rows[] = {
    { "Aladdin", "open sesame", "", "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==" },
    { "test", "123\xc2\xa3", ", charset=\"UTF-8\"", "Basic dGVzdDoxMjPCow==" },
    { "", "", "", "Basic Og==" },
    { "u", "p:w", "", "Basic dTpwOnc=" },
    { "cafe\xcc\x81", "", ", charset=UTF-8", "Basic Y2Fmw6k6" },
    { "u:v", "p", "", NULL },
    { "u\n", "p", "", NULL },
    { "u", "p\r\nEvil: yes", "", NULL },
    { "u", "\x7f", "", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *field
          = g_strconcat ("Basic realm=\"foo\"", rows[i].more, NULL);
      g_autofree char *text
          = answer (field, rows[i].user, rows[i].password, "/", "c", 1);

      g_assert_cmpstr (text, ==, rows[i].expected);
    }
}

/* Nothing of what an answer is made of can begin another line. */
static void
test_injection (void)
{
  static const char *const fields[]
      = { "Basic realm=a", "Digest realm=a, nonce=n",
          "Digest realm=a, nonce=n, userhash=true, qop=auth" };

  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      WsHttpChallenge challenge;

      g_assert_null (answer (fields[i], "u\r\nX: y", "p", "/", "c", 1));
      g_assert_null (answer (fields[i], "u", "p\n", "/", "c", 1));
      if (i == 0)
        continue;
      g_assert_null (answer (fields[i], "u", "p", "/\r\nX: y", "c", 1));
      g_assert_true (choose (fields[i], &challenge));
      g_free (challenge.realm);
      challenge.realm = g_strdup ("a\r\nX: y");
      g_assert_null (
          ws_http_challenge_answer (&challenge, "u", "p", "GET", "/", "c", 1));
      ws_http_challenge_clear (&challenge);
    }
}

int
main (int argc, char **argv)
{
  ws_test_init (&argc, &argv);

  g_test_add_func ("/protocol/http-auth/choose", test_choose);
  g_test_add_func ("/protocol/http-auth/name", test_name);
  g_test_add_func ("/protocol/http-auth/rfc-7616", test_rfc_7616);
  g_test_add_func ("/protocol/http-auth/old-digest", test_old_digest);
  g_test_add_func ("/protocol/http-auth/session-and-userhash",
                   test_session_and_userhash);
  g_test_add_func ("/protocol/http-auth/digest-names", test_digest_names);
  g_test_add_func ("/protocol/http-auth/escapes", test_escapes);
  g_test_add_func ("/protocol/http-auth/basic", test_basic);
  g_test_add_func ("/protocol/http-auth/injection", test_injection);
  return g_test_run ();
}
