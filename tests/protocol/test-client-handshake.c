/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "protocol/ws-client-handshake.h"

#include <string.h>

#include "head-feed.h"
#include "support/ws-test.h"

/* RFC 6455, 1.3: a key and what answers it. */
#define KEY    "dGhlIHNhbXBsZSBub25jZQ=="
#define ACCEPT "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="

#define STATUS      "HTTP/1.1 101 Switching Protocols\r\n"
#define UPGRADE     "Upgrade: websocket\r\n"
#define CONNECTION  "Connection: Upgrade\r\n"
#define WITH_ACCEPT "Sec-WebSocket-Accept: " ACCEPT "\r\n"
#define GOOD        STATUS UPGRADE CONNECTION WITH_ACCEPT

static const char *const no_names[] = { NULL };

static void
test_build (void)
{
  static const char *const subprotocols[] = { "chat", "mqtt", "chat", NULL };
  g_autoptr (WsUrl) url = ws_url_parse ("ws://u:p@[::1]:81/a b?c", NULL);
  g_autoptr (WsHttpHeaders) headers = ws_http_headers_new ();
  WsClientHandshake self = { .url = url, .key = KEY };
  g_autoptr (GString) least = ws_client_handshake_build (&self, NULL);
  g_autoptr (GString) same = NULL;
  g_autoptr (GString) most = NULL;

  g_assert_cmpstr (least->str, ==,
                   "GET /a%20b?c HTTP/1.1\r\n"
                   "Host: [::1]:81\r\n"
                   "Upgrade: websocket\r\n"
                   "Connection: Upgrade\r\n"
                   "Sec-WebSocket-Key: " KEY "\r\n"
                   "Sec-WebSocket-Version: 13\r\n\r\n");

  self.origin = "";
  self.subprotocols = no_names;
  self.extensions = "";
  self.headers = headers;
  same = ws_client_handshake_build (&self, NULL);
  g_assert_cmpstr (same->str, ==, least->str);

  ws_http_headers_append (headers, "x-B", "2");
  ws_http_headers_append (headers, "sec-websocket-protocol", "xmpp, mqtt");
  ws_http_headers_append (headers, "X-a", "1");
  ws_http_headers_append (headers, "x-B", "3");
  self.origin = "https://me.example";
  self.subprotocols = subprotocols;
  self.extensions = "x-one; p=1";
  most = ws_client_handshake_build (&self, NULL);
  g_assert_cmpstr (most->str, ==,
                   "GET /a%20b?c HTTP/1.1\r\n"
                   "Host: [::1]:81\r\n"
                   "Upgrade: websocket\r\n"
                   "Connection: Upgrade\r\n"
                   "Sec-WebSocket-Key: " KEY "\r\n"
                   "Sec-WebSocket-Version: 13\r\n"
                   "Origin: https://me.example\r\n"
                   "Sec-WebSocket-Protocol: chat, mqtt, xmpp\r\n"
                   "Sec-WebSocket-Extensions: x-one; p=1\r\n"
                   "x-B: 2\r\nX-a: 1\r\nx-B: 3\r\n\r\n");
}

static void
test_build_bad (void)
{
  static const char *const split[] = { "ok", "a\r\nEvil: yes", NULL };
  static const struct
  {
    const char        *origin;
    const char *const *subprotocols;
    const char        *extensions;
    const char        *name; /* of an extra header */
    const char        *value;
    const char        *part; /* of the message */
  } rows[] = {
    { "http://a\r\nEvil: yes", NULL, NULL, NULL, NULL,
      "Origin: \"http://a\\r\\nEvil: yes\" holds a control character" },
    { "a\nb", NULL, NULL, NULL, NULL, "Origin: \"a\\nb\"" },
    { NULL, split, NULL, NULL, NULL,
      "Sec-WebSocket-Protocol: \"a\\r\\nEvil: yes\" is not a token" },
    { NULL, NULL, "x\r\n", NULL, NULL,
      "Sec-WebSocket-Extensions: \"x\\r\\n\" holds a control character" },
    { NULL, NULL, NULL, "HOST", "u@a", "Host: \"u@a\" is no host" },
    { NULL, NULL, NULL, "Host", "", "Host: \"\" is no host" },
    { NULL, NULL, NULL, "Host", "a, b", "Host: \"a, b\" is no host" },
    { NULL, NULL, NULL, "Host", "a:99999", "Host: \"a:99999\" is no host" },
    { NULL, NULL, NULL, "Upgrade", "a", "Upgrade: \"a\"" },
    { NULL, NULL, NULL, "connection", "close", "connection: \"close\"" },
    { NULL, NULL, NULL, "Sec-WebSocket-Key", KEY, "Sec-WebSocket-Key: " },
    { NULL, NULL, NULL, "sec-websocket-version", "8",
      "sec-websocket-version: \"8\"" },
    { NULL, NULL, NULL, "Sec-WebSocket-Extensions", "x",
      "Sec-WebSocket-Extensions: " },
    { NULL, NULL, NULL, "Sec-WebSocket-Anything", "x",
      "Sec-WebSocket-Anything: " },
    { NULL, NULL, NULL, "Content-Length", "5", "Content-Length: \"5\"" },
    { NULL, NULL, NULL, "Transfer-Encoding", "chunked",
      "Transfer-Encoding: \"chunked\"" },
    { NULL, NULL, NULL, "Sec-WebSocket-Protocol", "a, b c",
      "Sec-WebSocket-Protocol: \"b c\" is not a token" },
    { "http://a", NULL, NULL, "origin", "http://b", "origin: \"http://b\"" },
  };
  g_autoptr (WsUrl) url = ws_url_parse ("ws://a/", NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (WsHttpHeaders) headers = ws_http_headers_new ();
      g_autoptr (GError) error = NULL;
      const WsClientHandshake self = {
        url,    KEY, rows[i].origin, rows[i].subprotocols, rows[i].extensions,
        headers
      };

      if (rows[i].name != NULL)
        ws_http_headers_append (headers, rows[i].name, rows[i].value);
      g_assert_null (ws_client_handshake_build (&self, &error));
      g_assert_error (error, G_URI_ERROR, G_URI_ERROR_FAILED);
      g_test_message ("%s", error->message);
      g_assert_nonnull (strstr (error->message, rows[i].part));
    }
}

/* 9110, 7.2: the field names what is asked for, the URL where that is. */
static void
test_build_host_header (void)
{
  static const char *const urls[]
      = { "ws://127.0.0.1:81/", "ws+unix:/run/chat.sock:/" };

  for (gsize i = 0; i < G_N_ELEMENTS (urls); i++)
    {
      g_autoptr (WsUrl) url = ws_url_parse (urls[i], NULL);
      g_autoptr (WsHttpHeaders) headers = ws_http_headers_new ();
      const WsClientHandshake self
          = { .url = url, .key = KEY, .headers = headers };
      g_autoptr (GString) out = NULL;
      g_autoptr (GError) error = NULL;

      ws_http_headers_append (headers, "X-a", "1");
      ws_http_headers_append (headers, "host", "chat.example:8080");
      out = ws_client_handshake_build (&self, NULL);
      g_assert_true (g_str_has_prefix (out->str, "GET / HTTP/1.1\r\n"
                                                 "Host: chat.example:8080\r\n"
                                                 "Upgrade: websocket\r\n"));
      g_assert_true (g_str_has_suffix (out->str, "13\r\nX-a: 1\r\n\r\n"));
      ws_http_headers_append (headers, "Host", "other.example");
      g_assert_null (ws_client_handshake_build (&self, &error));
      g_assert_nonnull (strstr (error->message, "cannot be one of several"));
    }
}

static void
test_build_origin_header (void)
{
  g_autoptr (WsUrl) url = ws_url_parse ("ws://a/", NULL);
  g_autoptr (WsHttpHeaders) headers = ws_http_headers_new ();
  const WsClientHandshake self
      = { .url = url, .key = KEY, .origin = "", .headers = headers };
  g_autoptr (GString) out = NULL;

  ws_http_headers_append (headers, "Origin", "http://b");
  out = ws_client_handshake_build (&self, NULL);
  g_assert_nonnull (strstr (out->str, "\r\nOrigin: http://b\r\n\r\n"));
}

static void
test_filter_subprotocols (void)
{
  static const char *const mixed[]
      = { "a", "", "b c", "B", "a", "b", "d,e", "x\r\n", NULL };
  static const char *const bad[] = { "", NULL };
  g_auto (GStrv) invalid = NULL;
  g_auto (GStrv) valid = NULL;
  g_autofree char *valid_text = NULL;
  g_autofree char *invalid_text = NULL;

  valid = ws_client_handshake_filter_subprotocols (mixed, &invalid);
  valid_text = g_strjoinv ("|", valid);
  invalid_text = g_strjoinv ("|", invalid);
  g_assert_cmpstr (valid_text, ==, "a|B|b");
  g_assert_cmpstr (invalid_text, ==, "|b c|d,e|x\r\n");

  g_assert_null (ws_client_handshake_filter_subprotocols (bad, NULL));
  g_assert_null (ws_client_handshake_filter_subprotocols (no_names, NULL));
  g_strfreev (g_steal_pointer (&invalid));
  g_assert_null (ws_client_handshake_filter_subprotocols (NULL, &invalid));
  g_assert_cmpuint (g_strv_length (invalid), ==, 0);
}

/* Reads, parses and judges a response that arrives in any split, as one who has
 * offered "chat", "mqtt" and, in an extra header, "xmpp", and extensions. */
static gboolean
judge (const char *text, WsClientVerdict *verdict, WsHttpFault *fault)
{
  static const char *const subprotocols[] = { "chat", "mqtt", NULL };
  g_autoptr (WsHttpHeaders) headers = ws_http_headers_new ();
  g_autoptr (WsUrl) url = ws_url_parse ("ws://a/", NULL);
  const WsClientHandshake self
      = { url, KEY, NULL, subprotocols, "x-one; p=\"a, b\", x-two;q", headers };
  g_autoptr (GString) head = NULL;
  WsHttpResponse response;
  gsize          consumed;
  gboolean       ok;

  ws_http_headers_append (headers, "Sec-WebSocket-Protocol", "xmpp");
  g_assert_cmpint (head_feed (WS_HTTP_RESPONSE, text, strlen (text), &head,
                              &consumed, fault),
                   ==, WS_DONE);
  g_assert_true (
      ws_http_response_parse (&response, head->str, head->len, fault));
  ok = ws_client_handshake_judge (&self, &response, verdict, fault);
  ws_http_response_clear (&response);
  return ok;
}

static void
test_judge_good (void)
{
  static const struct
  {
    const char *text;
    const char *subprotocol; /* (nullable) */
    const char *extensions;  /* (nullable) */
  } rows[] = {
    { GOOD "\r\n", NULL, NULL },
    { "HTTP/1.1 101\r\n" UPGRADE CONNECTION WITH_ACCEPT "\r\n", NULL, NULL },
    { "HTTP/1.2 101 x\r\n" UPGRADE CONNECTION WITH_ACCEPT "\r\n", NULL, NULL },
    /* Qt refuses a list here, D: A.14, Q10 */
    { STATUS "UPGRADE: WebSocket\r\nCONNECTION: keep-alive, uPGRADE\r\n"
             "sec-websocket-accept: " ACCEPT "\r\n\r\n",
      NULL, NULL },
    { GOOD "Connection: keep-alive\r\n\r\n", NULL, NULL },
    { GOOD "Sec-WebSocket-Protocol: mqtt\r\n\r\n", "mqtt", NULL },
    { GOOD "Sec-WebSocket-Protocol:  xmpp \r\n\r\n", "xmpp", NULL },
    { GOOD "Sec-WebSocket-Extensions: x-two\r\n\r\n", NULL, "x-two" },
    { GOOD "Sec-WebSocket-Extensions: x-one ; p=\"c, d\"; r\r\n"
           "Sec-WebSocket-Extensions: x-two\r\n\r\n",
      NULL, "x-one ; p=\"c, d\"; r, x-two" },
    { GOOD "Sec-WebSocket-Extensions: \r\n\r\n", NULL, NULL },
    { GOOD "X: y\r\n\r\n\x81\x05Hello", NULL, NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      WsClientVerdict verdict;
      WsHttpFault     fault = { 0, "" };
      gboolean        ok = judge (rows[i].text, &verdict, &fault);

      g_test_message ("row %" G_GSIZE_FORMAT ": %s", i, fault.message);
      g_assert_true (ok);
      g_assert_cmpstr (verdict.subprotocol, ==, rows[i].subprotocol);
      g_assert_cmpstr (verdict.extensions, ==, rows[i].extensions);
      ws_client_verdict_clear (&verdict);
      g_assert_null (verdict.subprotocol);
      g_assert_null (verdict.extensions);
    }
}

static const struct
{
  const char *text;
  guint       status;
  const char *message;
} judge_bad_rows[] = {
  { "HTTP/1.1 404 Nothing here\r\n\r\n", 404,
    "The server answered 404 \"Nothing here\" instead of upgrading" },
  { "HTTP/1.1 503 \r\n\r\n", 503,
    "The server answered 503 \"Service Unavailable\" instead of upgrading" },
  { "HTTP/1.1 302 Found\r\nLocation: ws://b/\r\n\r\n", 302,
    "The server answered 302 \"Found\" instead of upgrading" },
  { "HTTP/1.1 200 \xff\xfe\r\n" UPGRADE CONNECTION WITH_ACCEPT "\r\n", 200,
    "The server answered 200 \"\\377\\376\" instead of upgrading" },
  { "HTTP/1.1 400 Bad Request\r\n\r\n", 400,
    "The server answered 400 \"Bad Request\" instead of upgrading" },
  { "HTTP/1.1 400 Bad Request\r\nSec-WebSocket-Version: 8, 7\r\n\r\n", 400,
    "The server answered 400 \"Bad Request\": it refuses WebSocket version "
    "13 and speaks \"8, 7\"" },
  { "HTTP/1.1 426 Upgrade Required\r\nSec-WebSocket-Version: 25\r\n\r\n", 426,
    "The server answered 426 \"Upgrade Required\": it refuses WebSocket "
    "version 13 and speaks \"25\"" },
  /* What it speaks, no quarrel about versions. */
  { "HTTP/1.1 426 Upgrade Required\r\nSec-WebSocket-Version: 13\r\n\r\n", 426,
    "The server answered 426 \"Upgrade Required\" instead of upgrading" },
  { "HTTP/1.1 400 Bad Request\r\nSec-WebSocket-Version: 8, 13\r\n\r\n", 400,
    "The server answered 400 \"Bad Request\" instead of upgrading" },
  { "HTTP/1.1 400 No\r\nSec-WebSocket-Version: 8\r\n"
    "Sec-WebSocket-Version: 13\r\n\r\n",
    400, "The server answered 400 \"No\" instead of upgrading" },
  { "HTTP/1.1 426 No\r\nSec-WebSocket-Version: 8\r\n"
    "Sec-WebSocket-Version: 130\r\n\r\n",
    426,
    "The server answered 426 \"No\": it refuses WebSocket version 13 and "
    "speaks \"8, 130\"" },
  { "HTTP/1.0 101 Old\r\n" UPGRADE CONNECTION WITH_ACCEPT "\r\n", 101,
    "The server answered 101 \"Old\" in HTTP/1.0, not HTTP/1.1" },
  { STATUS CONNECTION WITH_ACCEPT "\r\n", 101,
    "The server answered 101 Switching Protocols, but without the header "
    "Upgrade" },
  { STATUS UPGRADE UPGRADE CONNECTION WITH_ACCEPT "\r\n", 101,
    "The server answered 101 Switching Protocols, but Upgrade: \"websocket, "
    "websocket\" comes more than once" },
  { STATUS "Upgrade: h2c\r\n" CONNECTION WITH_ACCEPT "\r\n", 101,
    "The server answered 101 Switching Protocols, but Upgrade: \"h2c\" is "
    "not websocket" },
  { STATUS UPGRADE WITH_ACCEPT "\r\n", 101,
    "The server answered 101 Switching Protocols, but without the header "
    "Connection" },
  { STATUS UPGRADE "Connection: close\r\n" WITH_ACCEPT "\r\n", 101,
    "The server answered 101 Switching Protocols, but Connection: \"close\" "
    "does not name Upgrade" },
  { STATUS UPGRADE CONNECTION "\r\n", 101,
    "The server answered 101 Switching Protocols, but without the header "
    "Sec-WebSocket-Accept" },
  { GOOD WITH_ACCEPT "\r\n", 101,
    "The server answered 101 Switching Protocols, but Sec-WebSocket-Accept: "
    "\"" ACCEPT ", s3pPLMBiTxaQ9kY...\" comes more than once" },
  { STATUS UPGRADE CONNECTION
    "Sec-WebSocket-Accept: S3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n",
    101,
    "The server answered 101 Switching Protocols, but Sec-WebSocket-Accept: "
    "\"S3pPLMBiTxaQ9kYGzzhZRbK+xOo=\" does not answer our key" },
  { GOOD "Sec-WebSocket-Protocol: Chat\r\n\r\n", 101,
    "The server answered 101 Switching Protocols, but "
    "Sec-WebSocket-Protocol: \"Chat\" was not offered" },
  { GOOD "Sec-WebSocket-Protocol: chat, mqtt\r\n\r\n", 101,
    "The server answered 101 Switching Protocols, but "
    "Sec-WebSocket-Protocol: \"chat, mqtt\" was not offered" },
  { GOOD "Sec-WebSocket-Protocol: \r\n\r\n", 101,
    "The server answered 101 Switching Protocols, but "
    "Sec-WebSocket-Protocol: \"\" was not offered" },
  { GOOD "Sec-WebSocket-Protocol: chat\r\n"
         "Sec-WebSocket-Protocol: chat\r\n\r\n",
    101,
    "The server answered 101 Switching Protocols, but "
    "Sec-WebSocket-Protocol: \"chat, chat\" comes more than once" },
  { GOOD "Sec-WebSocket-Protocol: chat\r\n"
         "Sec-WebSocket-Extensions: x-one, x-three; p=1\r\n\r\n",
    101,
    "The server answered 101 Switching Protocols, but "
    "Sec-WebSocket-Extensions: \"x-three\" was not offered" },
  { GOOD "Sec-WebSocket-Extensions: b\r\n\r\n", 101,
    "The server answered 101 Switching Protocols, but "
    "Sec-WebSocket-Extensions: \"b\" was not offered" },
  { GOOD "Sec-WebSocket-Extensions: ;x\r\n\r\n", 101,
    "The server answered 101 Switching Protocols, but "
    "Sec-WebSocket-Extensions: \"\" was not offered" },
};

static void
test_judge_bad (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (judge_bad_rows); i++)
    {
      WsClientVerdict verdict;
      WsHttpFault     fault = { 0, "" };

      g_test_message ("row %" G_GSIZE_FORMAT, i);
      g_assert_false (judge (judge_bad_rows[i].text, &verdict, &fault));
      g_assert_cmpuint (fault.status, ==, judge_bad_rows[i].status);
      g_assert_cmpstr (fault.message, ==, judge_bad_rows[i].message);
      g_assert_null (verdict.subprotocol);
      g_assert_null (verdict.extensions);
    }
}

static void
test_judge_nothing_offered (void)
{
  static const char *const texts[] = {
    GOOD "Sec-WebSocket-Protocol: chat\r\n\r\n",
    GOOD "Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n",
  };
  g_autoptr (WsUrl) url = ws_url_parse ("ws://a/", NULL);
  const WsClientHandshake self = { .url = url, .key = KEY };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      WsHttpResponse  response;
      WsClientVerdict verdict;
      WsHttpFault     fault;

      g_assert_true (ws_http_response_parse (&response, texts[i],
                                             strlen (texts[i]), &fault));
      g_assert_false (
          ws_client_handshake_judge (&self, &response, &verdict, &fault));
      g_assert_cmpuint (fault.status, ==, 101);
      g_assert_true (g_str_has_suffix (fault.message, "was not offered"));
      ws_http_response_clear (&response);
    }
}

int
main (int argc, char **argv)
{
  ws_test_init (&argc, &argv);

  g_test_add_func ("/protocol/client-handshake/build", test_build);
  g_test_add_func ("/protocol/client-handshake/build-bad", test_build_bad);
  g_test_add_func ("/protocol/client-handshake/build-host-header",
                   test_build_host_header);
  g_test_add_func ("/protocol/client-handshake/build-origin-header",
                   test_build_origin_header);
  g_test_add_func ("/protocol/client-handshake/filter-subprotocols",
                   test_filter_subprotocols);
  g_test_add_func ("/protocol/client-handshake/judge-good", test_judge_good);
  g_test_add_func ("/protocol/client-handshake/judge-bad", test_judge_bad);
  g_test_add_func ("/protocol/client-handshake/judge-nothing-offered",
                   test_judge_nothing_offered);
  return g_test_run ();
}
