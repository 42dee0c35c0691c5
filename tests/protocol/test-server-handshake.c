/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "protocol/ws-server-handshake.h"

#include <string.h>

#include "head-feed.h"
#include "support/ws-test.h"

/* RFC 6455, 1.3: a key and what answers it. */
#define KEY "dGhlIHNhbXBsZSBub25jZQ=="

#define VERSION_13 "Sec-WebSocket-Version: 13\r\n"
#define WITH_KEY   "Sec-WebSocket-Key: " KEY "\r\n"
#define UPGRADE    "Upgrade: websocket\r\nConnection: Upgrade\r\n"
#define HOST       "Host: foo.com\r\n"
#define GET        "GET /test HTTP/1.1\r\n"

/* Everything but the request line and the Host field, which come before. */
#define REST VERSION_13 WITH_KEY UPGRADE "\r\n"

/* Reads, parses and judges a request that arrives in any split. The results of
 * the steps are one, as they are for the client. */
static gboolean
judge (const char *text, gsize len, WsServerHandshake *self, WsHttpFault *fault)
{
  g_autoptr (GString) head = NULL;
  WsHttpRequest request;
  gsize         consumed;
  gboolean      ok;

  *self = (WsServerHandshake){ 0 };
  if (head_feed (WS_HTTP_REQUEST, text, len, &head, &consumed, fault) != WS_DONE
      || !ws_http_request_parse (&request, head->str, head->len, fault))
    return FALSE;
  ok = ws_server_handshake_judge (self, &request, fault);
  ws_http_request_clear (&request);
  return ok;
}

static void
assert_empty (const WsServerHandshake *self)
{
  g_assert_null (self->resource);
  g_assert_null (self->host);
  g_assert_cmpuint (self->port, ==, 0);
  g_assert_null (self->origin);
  g_assert_null (self->key);
  g_assert_null (self->subprotocols);
  g_assert_null (self->extensions);
}

/* Qt: tst_HandshakeRequest::tst_initialization (the port and the secure flag of
 * the listener are no part of our request) */
static void
test_initialization (void)
{
  WsServerHandshake self = { 0 };

  assert_empty (&self);
  ws_server_handshake_clear (&self);
  assert_empty (&self);
}

typedef struct
{
  const char *name;
  const char *text;
  guint       status;
  const char *part; /* (nullable): of the message */
} BadRow;

static void
check_bad (const BadRow *rows, gsize n_rows)
{
  for (gsize i = 0; i < n_rows; i++)
    {
      WsServerHandshake self;
      WsHttpFault       fault = { 0, "" };

      g_test_message ("%s", rows[i].name);
      g_assert_false (
          judge (rows[i].text, strlen (rows[i].text), &self, &fault));
      g_test_message ("%s", fault.message);
      g_assert_cmpuint (fault.status, ==, rows[i].status);
      if (rows[i].part != NULL)
        g_assert_nonnull (strstr (fault.message, rows[i].part));
      assert_empty (&self);
    }
}

/* Qt: tst_HandshakeRequest::tst_invalidStream. Qt ignores such requests; we
 * answer, D: A.14, Q15. Qt refuses "Upgrade: websocket,ftp", which is the list
 * of RFC 9110, 7.8: see test_good(), D. */
static void
test_invalid_stream (void)
{
  static const BadRow rows[] = {
    { "garbage on two lines", "foofoofoo\r\nfoofoo\r\n\r\n", 400,
      "the first line is \"foofoofoo\"" },
    { "short fields", "V R P\r\n\r\n", 400, "\"V R P\"" },
    { "invalid fields", "VERB RESOURCE PROTOCOL\r\n\r\n", 400, NULL },
    { "bad version", "V R HTTP/invalid\r\n\r\n", 400, "\"V R HTTP/invalid\"" },
    { "empty field", GET "HEADER: \r\n\r\n", 400, "no Host header" },
    { "bad host", GET "Host: \xff\xff\r\n" REST, 400,
      "Host: \"\\377\\377\" is not a host" },
    { "bad version number",
      GET HOST "Sec-WebSocket-Version: \xff\xff\r\n" WITH_KEY UPGRADE "\r\n",
      426, "Sec-WebSocket-Version: \"\\377\\377\" does not offer 13" },
    { "wrong verb", "VERB /test HTTP/1.1\r\n" HOST REST, 405,
      "The method \"VERB\" is not GET" },
    { "wrong HTTP version", "GET /test HTTP/a.1\r\n" HOST REST, 400, NULL },
    { "wrong connection",
      GET HOST VERSION_13 WITH_KEY
      "Upgrade: websocket\r\nConnection: xxxxxxx\r\n\r\n",
      426, "Connection: \"xxxxxxx\" does not name Upgrade" },
    { "wrong upgrade",
      GET HOST VERSION_13 WITH_KEY
      "Upgrade: wabsocket\r\nConnection: Upgrade\r\n\r\n",
      426, "Upgrade: \"wabsocket\" does not ask for websocket" },
    { "leading fold", GET " folded: x\r\n" HOST REST, 400,
      "begins with a blank" },
    { "bare LF", GET HOST "A: b\n" REST, 400, "ends with LF, without CR" },
    { "line without colon", GET HOST "foo\r\n" REST, 400,
      "\"foo\" has no colon" },
  };
  static const struct
  {
    const char *data;
    gsize       len;
  } nuls[] = { { "V R\0 P", 6 }, { "\0\0\0\0\0\0\0\0\0\0", 10 } };

  check_bad (rows, G_N_ELEMENTS (rows));
  for (gsize i = 0; i < G_N_ELEMENTS (nuls); i++)
    {
      WsServerHandshake self;
      WsHttpFault       fault;

      g_assert_false (judge (nuls[i].data, nuls[i].len, &self, &fault));
      g_assert_cmpuint (fault.status, ==, 400);
    }
}

static const BadRow bad_rows[] = {
  { "HTTP/1.0", "GET /test HTTP/1.0\r\n" HOST REST, 426,
    "HTTP/1.0 cannot be upgraded; a proxy before this server has to pass it on "
    "in HTTP/1.1" },
  /* What nginx makes of it without being told. */
  { "HTTP/1.0 of a proxy",
    "GET /test HTTP/1.0\r\n" HOST "Connection: close\r\n" WITH_KEY VERSION_13
    "\r\n",
    426, "HTTP/1.0 cannot be upgraded; a proxy" },
  { "HTTP/2.0", "GET /test HTTP/2.0\r\n" HOST REST, 505, "HTTP/2.0" },
  { "POST", "POST /test HTTP/1.1\r\n" HOST REST, 405, "\"POST\"" },
  { "methods have a case", "get /test HTTP/1.1\r\n" HOST REST, 405, NULL },
  { "no Host", GET REST, 400, "no Host header" },
  { "two Hosts", GET HOST HOST REST, 400, "has 2 Host headers" },
  { "empty Host", GET "Host:\r\n" REST, 400, "Host: \"\" is not" },
  { "Host with user", GET "Host: a@foo.com\r\n" REST, 400, "\"a@foo.com\"" },
  { "Host with slash", GET "Host: foo.com/\r\n" REST, 400, "\"foo.com/\"" },
  { "target", "GET . HTTP/1.1\r\n" HOST REST, 400,
    "target \".\" does not begin with /" },
  { "asterisk", "GET * HTTP/1.1\r\n" HOST REST, 400, "\"*\"" },
  { "authority form", "GET foo.com:80 HTTP/1.1\r\n" HOST REST, 400, NULL },
  { "fragment", "GET /a#b HTTP/1.1\r\n" HOST REST, 400, "a fragment" },
  { "other scheme", "GET ftp://foo.com/ HTTP/1.1\r\n" HOST REST, 400, NULL },
  { "no host in target", "GET http:///x HTTP/1.1\r\n" HOST REST, 400,
    "names no valid host" },
  { "user in target", "GET ws://u@foo.com/x HTTP/1.1\r\n" HOST REST, 400,
    "names no valid host" },
  { "plain request", GET HOST "\r\n", 426, "no Upgrade header" },
  { "no Connection", GET HOST VERSION_13 WITH_KEY "Upgrade: websocket\r\n\r\n",
    426, "no Connection header; a proxy before this server has to pass it on" },
  { "no Upgrade", GET HOST VERSION_13 WITH_KEY "Connection: Upgrade\r\n\r\n",
    426, "no Upgrade header; a proxy before this server has to pass it on" },
  { "h2c", GET HOST "Upgrade: h2c\r\nConnection: Upgrade\r\n\r\n", 426,
    "\"h2c\"" },
  { "chunked", GET HOST "Transfer-Encoding: chunked\r\n" REST, 400,
    "Transfer-Encoding: \"chunked\" means a body" },
  { "length", GET HOST "Content-Length: 5\r\n" REST, 400,
    "Content-Length: \"5\" means a body" },
  { "two lengths", GET HOST "Content-Length: 0\r\nContent-Length: 5\r\n" REST,
    400, "\"0, 5\"" },
  { "no version", GET HOST WITH_KEY UPGRADE "\r\n", 426,
    "no Sec-WebSocket-Version header" },
  { "version 8",
    GET HOST "Sec-WebSocket-Version: 8\r\n" WITH_KEY UPGRADE "\r\n", 426,
    "Sec-WebSocket-Version: \"8\" does not offer 13" },
  { "version 130",
    GET HOST "Sec-WebSocket-Version: 130\r\n" WITH_KEY UPGRADE "\r\n", 426,
    NULL },
  { "list of versions",
    GET HOST "Sec-WebSocket-Version: 13, 8\r\n" WITH_KEY UPGRADE "\r\n", 400,
    "Sec-WebSocket-Version: \"13, 8\" is not 13 alone" },
  { "two versions",
    GET HOST VERSION_13 "Sec-WebSocket-Version: 8\r\n" WITH_KEY UPGRADE "\r\n",
    400, "Sec-WebSocket-Version: \"13, 8\" is not 13 alone" },
  { "the same version twice", GET HOST VERSION_13 REST, 400,
    "\"13, 13\" is not 13 alone" },
  { "two other versions",
    GET                                                                 HOST
    "Sec-WebSocket-Version: 8\r\nSec-WebSocket-Version: 7\r\n" WITH_KEY UPGRADE
    "\r\n",
    426, "Sec-WebSocket-Version: \"8, 7\" does not offer 13" },
  { "no key", GET HOST VERSION_13 UPGRADE "\r\n", 400,
    "no Sec-WebSocket-Key header" },
  { "two keys", GET HOST WITH_KEY REST, 400,
    "has 2 Sec-WebSocket-Key headers" },
  /* Qt takes any key that is not empty, D: RFC 6455, 4.2.1 (5). */
  { "short key",
    GET HOST VERSION_13 "Sec-WebSocket-Key: AVDFBDDFF\r\n" UPGRADE "\r\n", 400,
    "Sec-WebSocket-Key: \"AVDFBDDFF\" is not the base64 of 16 bytes" },
  { "folded key",
    GET HOST VERSION_13 "Sec-WebSocket-Key: dGhlIHNhbXBs\r\n "
                        "ZSBub25jZQ==\r\n" UPGRADE "\r\n",
    400, "\" ...\" begins with a blank" },
  { "two origins", GET HOST "Origin: http://a\r\nOrigin: http://b\r\n" REST,
    400, "has 2 Origin headers" },
  { "origin", GET HOST "Origin: http://\xe9\r\n" REST, 400,
    "Origin: \"http://\\351\" is not ASCII" },
  { "subprotocol", GET HOST "Sec-WebSocket-Protocol: a, b c\r\n" REST, 400,
    "Sec-WebSocket-Protocol: \"b c\" is not a token" },
  { "blank before colon", GET "Host : foo.com\r\n" REST, 400,
    "\"Host ...\" has a blank before its colon" },
};

static void
test_bad (void)
{
  check_bad (bad_rows, G_N_ELEMENTS (bad_rows));
}

/* --- Plain HTTP --- */

static const struct
{
  const char *name;
  const char *text;
  guint       status; /* 0: fine */
  const char *resource;
  const char *host;
} plain_rows[] = {
  { "page", GET HOST "\r\n", 0, "/test", "foo.com" },
  { "post", "POST /a?b HTTP/1.1\r\n" HOST "Content-Length: 3\r\n\r\n", 0,
    "/a?b", "foo.com" },
  { "other method", "PURGE / HTTP/1.1\r\n" HOST "\r\n", 0, "/", "foo.com" },
  { "h2c", GET HOST "Upgrade: h2c\r\nConnection: Upgrade\r\n\r\n", 0, "/test",
    "foo.com" },
  { "absolute", "GET http://bar.com:81/x HTTP/1.1\r\n" HOST "\r\n", 0, "/x",
    "bar.com" },
  { "server", "OPTIONS * HTTP/1.1\r\n" HOST "\r\n", 0, "*", "foo.com" },
  { "HTTP/1.0", "GET / HTTP/1.0\r\n\r\n", 0, "/", "" },
  { "HTTP/1.0 with host", "GET / HTTP/1.0\r\n" HOST "\r\n", 0, "/", "foo.com" },
  { "no host", GET "\r\n", 400, NULL, NULL },
  { "bad host", GET "Host: a/b\r\n\r\n", 400, NULL, NULL },
  { "asterisk", "GET * HTTP/1.1\r\n" HOST "\r\n", 400, NULL, NULL },
  { "tunnel", "CONNECT a:80 HTTP/1.1\r\n" HOST "\r\n", 400, NULL, NULL },
  { "two origins", GET HOST "Origin: a\r\nOrigin: b\r\n\r\n", 400, NULL, NULL },
  { "HTTP/2", "PRI * HTTP/2.0\r\n\r\n", 505, NULL, NULL },
};

static void
test_plain (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (plain_rows); i++)
    {
      WsServerHandshake self;
      WsHttpRequest     request;
      WsHttpFault       fault = { 0, "" };

      g_test_message ("%s", plain_rows[i].name);
      g_assert_true (ws_http_request_parse (&request, plain_rows[i].text,
                                            strlen (plain_rows[i].text),
                                            &fault));
      g_assert_true (ws_server_handshake_is_plain (&request));
      g_assert_cmpint (ws_server_handshake_judge_plain (&self, &request,
                                                        &fault),
                       ==, plain_rows[i].status == 0);
      g_assert_cmpuint (fault.status, ==, plain_rows[i].status);
      g_assert_cmpstr (self.resource, ==, plain_rows[i].resource);
      g_assert_cmpstr (self.host, ==, plain_rows[i].host);
      g_assert_null (self.key);
      ws_server_handshake_clear (&self);
      ws_http_request_clear (&request);
    }
}

/* A handshake that lost its Upgrade on the way is none, but not plain HTTP
 * either: whoever looks for the reason is told. */
static void
test_not_plain (void)
{
  static const char *const rows[] = {
    GET HOST            REST,
    GET HOST VERSION_13 WITH_KEY "Connection: close\r\n\r\n",
    GET                 HOST "Upgrade: h2c, WebSocket\r\n\r\n",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      WsHttpRequest request;
      WsHttpFault   fault;

      g_assert_true (
          ws_http_request_parse (&request, rows[i], strlen (rows[i]), &fault));
      g_assert_false (ws_server_handshake_is_plain (&request));
      ws_http_request_clear (&request);
    }
}

static void
test_message_is_short (void)
{
  g_autofree char  *huge = g_strnfill (8000, '\033' + 64);
  g_autofree char  *text = g_strconcat (GET HOST "Sec-WebSocket-Protocol: [",
                                        huge, "\r\n" REST, NULL);
  WsServerHandshake self;
  WsHttpFault       fault;

  g_assert_false (judge (text, strlen (text), &self, &fault));
  g_assert_cmpuint (strlen (fault.message), <, 110);
  g_assert_true (g_str_has_suffix (fault.message, "...\" is not a token"));
}

/* So many that it would be worth an attacker's while are refused, repeated or
 * not. */
static void
test_many_offers (void)
{
  for (guint n = WS_SERVER_HANDSHAKE_MAX_OFFERS;
       n <= WS_SERVER_HANDSHAKE_MAX_OFFERS + 1; n++)
    {
      for (guint repeats = 0; repeats <= 1; repeats++)
        {
          g_autoptr (GString) text
              = g_string_new (GET HOST "Sec-WebSocket-Protocol: ");
          WsServerHandshake self;
          WsHttpFault       fault = { 0 };
          gboolean          ok;

          for (guint i = 0; i < n; i++)
            g_string_append_printf (text, "p%u, ", repeats ? 1 : i);
          g_string_append (text, "\r\n" REST);
          ok = judge (text->str, text->len, &self, &fault);
          g_assert_true (ok == (n == WS_SERVER_HANDSHAKE_MAX_OFFERS));
          if (ok)
            g_assert_cmpuint (g_strv_length (self.subprotocols), ==,
                              repeats ? 1 : n);
          else
            g_assert_cmpstr (fault.message, ==,
                             "Sec-WebSocket-Protocol: over 100 are offered");
          ws_server_handshake_clear (&self);
        }
    }
}

static const struct
{
  const char *name;
  const char *text;
  const char *resource;
  const char *host;
  guint       port;
  const char *origin;       /* (nullable) */
  const char *subprotocols; /* joined with | */
  const char *extensions;   /* (nullable) */
} good_rows[] = {
  { "plain", GET HOST REST, "/test", "foo.com", 0, NULL, "", NULL },
  { "query", "GET /a/b?c=d&e HTTP/1.1\r\n" HOST REST, "/a/b?c=d&e", "foo.com",
    0, NULL, "", NULL },
  { "HTTP/1.2", "GET / HTTP/1.2\r\n" HOST REST, "/", "foo.com", 0, NULL, "",
    NULL },
  /* Qt: tst_HandshakeRequest::tst_qtbug_39355 */
  { "port", "GET /ABC/DEF/ HTTP/1.1\r\nHost: localhost:1234\r\n" REST,
    "/ABC/DEF/", "localhost", 1234, NULL, "", NULL },
  { "IPv6", GET "Host: [::1]:99\r\n" REST, "/test", "::1", 99, NULL, "", NULL },
  { "absolute", "GET http://bar.com:81/x?y HTTP/1.1\r\n" HOST REST, "/x?y",
    "bar.com", 81, NULL, "", NULL },
  { "absolute without path", "GET WS://[::1]?y HTTP/1.1\r\n" HOST REST, "/?y",
    "::1", 0, NULL, "", NULL },
  { "absolute without anything", "GET wss://b HTTP/1.1\r\n" HOST REST, "/", "b",
    0, NULL, "", NULL },
  { "lists",
    GET HOST VERSION_13 WITH_KEY
    "upgrade: h2c, WebSocket\r\nconnection: keep-alive\r\n"
    "connection: upgrade, x\r\n\r\n",
    "/test", "foo.com", 0, NULL, "", NULL },
  { "two values in Upgrade",
    GET HOST VERSION_13 WITH_KEY
    "Upgrade: websocket,ftp\r\nConnection: Upgrade\r\n\r\n",
    "/test", "foo.com", 0, NULL, "", NULL },
  { "empty body", GET HOST "Content-Length: 0\r\n" REST, "/test", "foo.com", 0,
    NULL, "", NULL },
  { "offers",
    GET HOST "Origin: https://me.example\r\n"
             "Sec-WebSocket-Protocol: chat, superchat\r\n"
             "Sec-WebSocket-Extensions: x-one; p=\"a,b\"\r\n"
             "Sec-WebSocket-Protocol: Chat,chat ,, mqtt\r\n"
             "Sec-WebSocket-Extensions: x-two\r\n" REST,
    "/test", "foo.com", 0, "https://me.example", "chat|superchat|Chat|mqtt",
    "x-one; p=\"a,b\", x-two" },
  /* Qt: tst_HandshakeRequest::tst_parsingWhitespaceInHeaders, D: nothing is
   * folded. */
  { "whitespace",
    GET "Host:foo.com\t \r\nSec-WebSocket-Protocol: a,   b\r\n"
        "Sec-WebSocket-Key:   " KEY "   \r\n" VERSION_13 UPGRADE "\r\n",
    "/test", "foo.com", 0, NULL, "a|b", NULL },
};

static void
test_good (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (good_rows); i++)
    {
      g_autofree char  *offers = NULL;
      WsServerHandshake self;
      WsHttpFault       fault = { 0, "" };
      gboolean          ok;

      ok = judge (good_rows[i].text, strlen (good_rows[i].text), &self, &fault);
      g_test_message ("%s: %s", good_rows[i].name, fault.message);
      g_assert_true (ok);
      g_assert_cmpstr (self.resource, ==, good_rows[i].resource);
      g_assert_cmpstr (self.host, ==, good_rows[i].host);
      g_assert_cmpuint (self.port, ==, good_rows[i].port);
      g_assert_cmpstr (self.origin, ==, good_rows[i].origin);
      g_assert_cmpstr (self.key, ==, KEY);
      offers = g_strjoinv ("|", self.subprotocols);
      g_assert_cmpstr (offers, ==, good_rows[i].subprotocols);
      g_assert_cmpstr (self.extensions, ==, good_rows[i].extensions);
      ws_server_handshake_clear (&self);
      assert_empty (&self);
    }
}

/* Qt: tst_HandshakeRequest::tst_multipleValuesInConnectionHeader (with a key
 * that is one, D) */
static void
test_multiple_values_in_connection (void)
{
  static const char text[] = GET HOST VERSION_13 WITH_KEY
      "Upgrade: websocket\r\nConnection: Upgrade,keepalive\r\n\r\n";
  g_autoptr (GArray) versions = NULL;
  WsServerHandshake self;
  WsHttpRequest     request;
  WsHttpFault       fault;

  g_assert_true (
      ws_http_request_parse (&request, text, sizeof text - 1, &fault));
  g_assert_cmpuint (ws_http_headers_length (request.headers), ==, 5);
  g_assert_true (ws_server_handshake_judge (&self, &request, &fault));
  g_assert_cmpstr (self.host, ==, "foo.com");
  g_assert_cmpstr (self.resource, ==, "/test");
  versions = ws_server_handshake_versions (request.headers);
  g_assert_cmpuint (versions->len, ==, 1);
  g_assert_cmpint (g_array_index (versions, int, 0), ==, 13);
  ws_server_handshake_clear (&self);
  ws_http_request_clear (&request);
}

/* Qt: tst_HandshakeRequest::tst_multipleVersions */
static void
test_versions (void)
{
  static const struct
  {
    const char *first;
    const char *second; /* (nullable) */
    const char *sorted;
  } rows[] = {
    { "4, 5, 6, 7, 8, 13", NULL, "13 8 7 6 5 4 " },
    { "13", NULL, "13 " },
    { "8, 13", "25, 7", "13 8 7 -1 " },
    { "0,foo,0,bar", "13,013", "13 0 -1 " },
    { "", NULL, "" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (WsHttpHeaders) headers = ws_http_headers_new ();
      g_autoptr (GString) sorted = g_string_new (NULL);
      g_autoptr (GArray) versions = NULL;

      ws_http_headers_append (headers, "Sec-WebSocket-Version", rows[i].first);
      if (rows[i].second != NULL)
        ws_http_headers_append (headers, "sec-websocket-version",
                                rows[i].second);
      versions = ws_server_handshake_versions (headers);
      for (guint j = 0; j < versions->len; j++)
        g_string_append_printf (sorted, "%d ",
                                g_array_index (versions, int, j));
      g_assert_cmpstr (sorted->str, ==, rows[i].sorted);
    }
}

/* Qt: tst_WebSocketProtocol::tst_versionFromString */
static void
test_version_from_string (void)
{
  for (int i = -2; i <= 20; i++)
    {
      g_autofree char *text = g_strdup_printf ("%d", i);
      const gboolean   known = i == 0 || (i >= 4 && i <= 8) || i == 13;

      g_assert_cmpint (ws_server_handshake_version_from_string (text), ==,
                       known ? i : -1);
    }
  g_assert_cmpint (ws_server_handshake_version_from_string (""), ==, -1);
  g_assert_cmpint (ws_server_handshake_version_from_string ("013"), ==, -1);
  g_assert_cmpint (ws_server_handshake_version_from_string ("13 "), ==, -1);
  g_assert_cmpint (ws_server_handshake_version_from_string ("x"), ==, -1);
}

int
main (int argc, char **argv)
{
  ws_test_init (&argc, &argv);

  g_test_add_func ("/protocol/server-handshake/initialization",
                   test_initialization);
  g_test_add_func ("/protocol/server-handshake/invalid-stream",
                   test_invalid_stream);
  g_test_add_func ("/protocol/server-handshake/bad", test_bad);
  g_test_add_func ("/protocol/server-handshake/message-is-short",
                   test_message_is_short);
  g_test_add_func ("/protocol/server-handshake/plain", test_plain);
  g_test_add_func ("/protocol/server-handshake/not-plain", test_not_plain);
  g_test_add_func ("/protocol/server-handshake/many-offers", test_many_offers);
  g_test_add_func ("/protocol/server-handshake/good", test_good);
  g_test_add_func ("/protocol/server-handshake/multiple-values-in-connection",
                   test_multiple_values_in_connection);
  g_test_add_func ("/protocol/server-handshake/versions", test_versions);
  g_test_add_func ("/protocol/server-handshake/version-from-string",
                   test_version_from_string);
  return g_test_run ();
}
