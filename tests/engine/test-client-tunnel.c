/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "client-rig.h"

#include <string.h>
#include <sys/socket.h>

/* A client that goes through an HTTP proxy, which the test plays: the server
 * that it asks for is nowhere. */

#define SERVER "ws://[2001:db8::1]:8080/chat"
#define TARGET "[2001:db8::1]:8080"
#define OK     "HTTP/1.1 200 Connection established\r\n\r\n"
#define WHO    "HTTP/1.1 407 Who\r\nContent-Length: 0\r\nProxy-Authenticate: "
#define BASIC  "Basic realm=\"x\"\r\n\r\n"
#define DIGEST \
  "Digest realm=\"y\", nonce=\"n\", qop=\"auth\", algorithm=SHA-256\r\n\r\n"
/* "user:secret" and "user:better" */
#define SECRET "Basic dXNlcjpzZWNyZXQ="
#define BETTER "Basic dXNlcjpiZXR0ZXI="

/* @login: for the proxy's URI, with "@"; or "". */
static void
begin (ClientRig *rig, const char *login)
{
  static const char *const subprotocols[] = { "a", "b", NULL };
  g_autoptr (GSocketAddress) address = ws_listener_get_address (rig->listener);
  g_autofree char *uri = g_strdup_printf ("http://%s127.0.0.1:%u", login,
                                          g_inet_socket_address_get_port (
                                              G_INET_SOCKET_ADDRESS (address)));
  g_autoptr (GProxyResolver) resolver = g_simple_proxy_resolver_new (uri, NULL);
  WsClientOpeningOptions options = { .subprotocols = subprotocols,
                                     .timeout = WS_TEST_DEADLINE * 1000,
                                     .proxy_resolver = resolver };

  ws_url_free (rig->url);
  rig->url = ws_url_parse (SERVER, NULL);
  client_rig_begin_with (rig, &options);
}

/* @authorization (nullable): the beginning of its login. */
static void
expect_connect (ClientRig *rig, const char *authorization)
{
  const char *field;

  client_rig_expect_request (rig);
  g_assert_true (g_str_has_prefix (rig->request->str,
                                   "CONNECT " TARGET " HTTP/1.1\r\n"
                                   "Host: " TARGET "\r\n"));
  field = strstr (rig->request->str, "Proxy-Authorization: ");
  g_assert_true ((field != NULL) == (authorization != NULL));
  if (field != NULL)
    g_assert_true (g_str_has_prefix (field + strlen ("Proxy-Authorization: "),
                                     authorization));
}

static void
answer (ClientRig *rig, const char *text)
{
  g_string_truncate (rig->request, 0);
  client_rig_say_text (rig, text);
}

/* The proxy answers what comes first, which is without a login. */
static void
try_tunnel (ClientRig *rig, const char *login, const char *text)
{
  begin (rig, login);
  expect_connect (rig, NULL);
  answer (rig, text);
}

/* The tunnel is there; what comes through it is the server's. */
static void
expect_upgrade (ClientRig *rig)
{
  g_autofree char *switching = NULL;

  client_rig_expect_request (rig);
  g_assert_true (g_str_has_prefix (rig->request->str, "GET /chat HTTP/1.1\r\n"
                                                      "Host: " TARGET "\r\n"));
  g_assert_null (strstr (rig->request->str, "Proxy-"));
  switching = client_rig_make_answer (rig);
  client_rig_say_text (rig, switching);
  client_rig_expect_opened (rig, "");
}

/* Then the login comes, and is right. */
static void
log_in (ClientRig *rig, const char *authorization)
{
  expect_connect (rig, authorization);
  answer (rig, OK);
  expect_upgrade (rig);
}

static void
expect_failed (ClientRig *rig, WsEngineError code, const char *what)
{
  client_rig_expect_failed (rig, WS_ENGINE_ERROR, (int) code);
  g_test_message ("%s", rig->error->message);
  g_assert_true (
      g_str_has_prefix (rig->error->message, "The proxy \"http://127.0.0.1:"));
  g_assert_nonnull (strstr (rig->error->message, what));
  g_assert_null (strstr (rig->error->message, "secret"));
}

/* --- Tunnels --- */

static void
test_open (ClientRig *rig, gconstpointer data)
{
  try_tunnel (rig, "", OK);
  expect_upgrade (rig);
  g_assert_cmpuint (rig->n_accepted, ==, 1);
}

static void
test_byte_by_byte (ClientRig *rig, gconstpointer data)
{
  static const char text[] = "HTTP/1.1 100 Wait\r\n\r\n" OK;

  begin (rig, "");
  expect_connect (rig, NULL);
  g_string_truncate (rig->request, 0);
  for (const char *p = text; *p != '\0'; p++)
    {
      client_rig_say (rig, p, 1);
      client_rig_settle (rig);
      g_assert_cmpuint (rig->log->len, ==, 0);
    }
  expect_upgrade (rig);
}

/* --- Logins --- */

static void
test_login (ClientRig *rig, gconstpointer data)
{
  rig->logins[0][0] = (char *) "user";
  rig->logins[0][1] = (char *) "secret";
  try_tunnel (rig, "", WHO BASIC);
  log_in (rig, SECRET);
  g_assert_cmpstr (rig->asked->str, ==, "Basic \"x\" -;");
  g_assert_cmpuint (rig->n_accepted, ==, 1);
}

static void
test_wrong_login (ClientRig *rig, gconstpointer data)
{
  rig->logins[0][0] = rig->logins[1][0] = (char *) "user";
  rig->logins[0][1] = (char *) "secret";
  rig->logins[1][1] = (char *) "better";
  try_tunnel (rig, "", WHO BASIC);
  expect_connect (rig, SECRET);
  answer (rig, WHO BASIC);
  log_in (rig, BETTER);
  g_assert_cmpstr (rig->asked->str, ==, "Basic \"x\" -;Basic \"x\" user;");
}

/* A login in the proxy's URI is sent when the proxy asks; the user is not
 * asked. */
static void
test_login_in_uri (ClientRig *rig, gconstpointer data)
{
  try_tunnel (rig, "user:secret@", WHO BASIC);
  log_in (rig, SECRET);
  g_assert_cmpstr (rig->asked->str, ==, "");
}

static void
test_wrong_login_in_uri (ClientRig *rig, gconstpointer data)
{
  try_tunnel (rig, "user:secret@", WHO BASIC);
  expect_connect (rig, SECRET);
  answer (rig, WHO BASIC);
  expect_failed (rig, WS_ENGINE_ERROR_PROXY_AUTHENTICATION_REQUIRED,
                 "407 \"Who\": it refused the credentials for Basic");
  g_assert_cmpstr (rig->asked->str, ==, "Basic \"x\" user;");
}

/* Digest is for the method and the target of the tunnel; a nonce that is too
 * old is no reason to ask again. */
static void
test_digest (ClientRig *rig, gconstpointer data)
{
  try_tunnel (rig, "user:secret@", WHO BASIC);
  expect_connect (rig, SECRET);
  answer (rig, "HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic realm=\"x\"\r\n"
               "Content-Length: 5\r\nProxy-Authenticate: " DIGEST "hello");
  client_rig_expect_failed (rig, WS_ENGINE_ERROR,
                            WS_ENGINE_ERROR_PROXY_AUTHENTICATION_REQUIRED);
  g_assert_cmpstr (rig->asked->str, ==, "Digest \"y\" user;");
  client_rig_end (rig);

  try_tunnel (rig, "user:secret@", WHO DIGEST);
  expect_connect (rig,
                  "Digest username=\"user\", realm=\"y\", uri=\"" TARGET "\"");
  g_assert_nonnull (strstr (rig->request->str, "nc=00000001"));
  answer (rig, WHO "Digest realm=\"y\", nonce=\"m\", stale=true, "
                   "qop=\"auth\"\r\n\r\n");
  expect_connect (rig, "Digest ");
  g_assert_nonnull (strstr (rig->request->str, "nonce=\"m\", nc=00000001"));
  answer (rig, OK);
  expect_upgrade (rig);
  g_assert_cmpstr (rig->asked->str, ==, "");
}

/* A proxy that closes behind its 407, or that speaks HTTP/1.0, is dialled
 * anew. */
static void
test_new_connection (ClientRig *rig, gconstpointer data)
{
  static const char *const refusals[] = {
    "HTTP/1.1 407 Who\r\nConnection: close\r\nContent-Length: 0\r\n"
    "Proxy-Authenticate: " BASIC,
    "HTTP/1.0 407 Who\r\nProxy-Authenticate: " BASIC "Who are you?",
    "HTTP/1.1 407 Who\r\nProxy-Authenticate: " BASIC,
  };

  for (gsize i = 0; i < G_N_ELEMENTS (refusals); i++)
    {
      try_tunnel (rig, "user:secret@", refusals[i]);
      expect_connect (rig, SECRET);
      g_assert_cmpuint (rig->n_accepted, ==, 2);
      answer (rig, OK);
      expect_upgrade (rig);
      client_rig_end (rig);
    }
}

/* The rest of the body never comes, or the proxy goes in the middle of it. */
static void
test_cut_refusal (ClientRig *rig, gconstpointer data)
{
  try_tunnel (
      rig, "user:secret@",
      "HTTP/1.1 407 Who\r\nContent-Length: 9\r\nProxy-Authenticate: " BASIC
      "hello");
  client_rig_settle (rig);
  client_rig_close_server (rig);
  expect_connect (rig, SECRET);
  g_assert_cmpuint (rig->n_accepted, ==, 2);
  answer (rig, OK);
  expect_upgrade (rig);
}

/* A connection that was kept may be closed before the login comes. */
static void
test_kept_connection_is_gone (ClientRig *rig, gconstpointer data)
{
  try_tunnel (rig, "user:secret@", WHO BASIC);
  client_rig_close_server (rig);
  expect_connect (rig, SECRET);
  g_assert_cmpuint (rig->n_accepted, ==, 2);
  answer (rig, OK);
  expect_upgrade (rig);
}

static void
test_unknown_login (ClientRig *rig, gconstpointer data)
{
  try_tunnel (rig, "user:secret@", WHO "NTLM\r\n\r\n");
  expect_failed (rig, WS_ENGINE_ERROR_PROXY_AUTHENTICATION_REQUIRED,
                 "in no way that is known here: \"NTLM\"");
  g_assert_cmpstr (rig->asked->str, ==, "");
}

/* --- Refusals --- */

static void
test_refusals (ClientRig *rig, gconstpointer data)
{
  static const struct
  {
    const char   *answer;
    WsEngineError code;
    const char   *what;
  } rows[] = {
    { "HTTP/1.1 403 No\r\nContent-Length: 100\r\n\r\n",
      WS_ENGINE_ERROR_PROXY_REFUSED, "It answered 403 \"No\"" },
    { "HTTP/1.0 502 Bad Gateway\r\n\r\n<html>", WS_ENGINE_ERROR_PROXY_PROTOCOL,
      "502 \"Bad Gateway\"" },
    { "HTTP/1.1 503\r\n\r\n", WS_ENGINE_ERROR_PROXY_PROTOCOL,
      "503 \"Service Unavailable\"" },
    { "HTTP/1.1 302 x\r\nLocation: http://127.0.0.1/\r\n\r\n",
      WS_ENGINE_ERROR_PROXY_PROTOCOL, "302 \"x\"" },
    { "SSH-2.0-x\r\n", WS_ENGINE_ERROR_PROXY_PROTOCOL, "This is not HTTP/1.1" },
    { OK "hello", WS_ENGINE_ERROR_PROXY_PROTOCOL, "behind its answer" },
    { "HTTP/1.1 407 Who\r\n\r\n", WS_ENGINE_ERROR_PROXY_AUTHENTICATION_REQUIRED,
      "in no way that is known here" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      try_tunnel (rig, "", rows[i].answer);
      expect_failed (rig, rows[i].code, rows[i].what);
      client_rig_end (rig);
    }
}

static void
test_closed (ClientRig *rig, gconstpointer data)
{
  static const char *const beginnings[]
      = { "", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 100 x\r\n\r\n" };

  for (gsize i = 0; i < G_N_ELEMENTS (beginnings); i++)
    {
      try_tunnel (rig, "", beginnings[i]);
      client_rig_settle (rig);
      client_rig_close_server (rig);
      expect_failed (rig, WS_ENGINE_ERROR_PROXY_CLOSED, "closed");
      client_rig_end (rig);
    }
}

static void
test_limits (ClientRig *rig, gconstpointer data)
{
  g_autofree char *x = g_strnfill (20000, 'x');

  try_tunnel (rig, "", "HTTP/1.1 200 OK\r\nX: ");
  send (rig->server, x, strlen (x), MSG_NOSIGNAL);
  expect_failed (rig, WS_ENGINE_ERROR_PROXY_PROTOCOL, "max-header-line-size");
}

/* Whoever waits for the proxy may go at any time. */
static void
test_freed (ClientRig *rig, gconstpointer data)
{
  begin (rig, "");
  client_rig_end (rig);
  begin (rig, "");
  expect_connect (rig, NULL);
  client_rig_end (rig);
  try_tunnel (
      rig, "",
      "HTTP/1.1 407 Who\r\nContent-Length: 9\r\nProxy-Authenticate: " BASIC
      "hello");
  client_rig_settle (rig);
  client_rig_end (rig);
  rig->frees = TRUE;
  try_tunnel (rig, "", "HTTP/1.1 502 No\r\n\r\n");
  client_rig_expect_log (rig, "failed ");
  g_assert_null (rig->opening);
}

static void
add (const char *name, void (*test) (ClientRig *, gconstpointer))
{
  g_autofree char *path = g_strdup_printf ("/engine/client-tunnel/%s", name);

  g_test_add (path, ClientRig, NULL, client_rig_set_up, test,
              client_rig_tear_down);
}

int
main (int argc, char *argv[])
{
  ws_test_init (&argc, &argv);

  add ("open", test_open);
  add ("byte-by-byte", test_byte_by_byte);
  add ("login", test_login);
  add ("wrong-login", test_wrong_login);
  add ("login-in-uri", test_login_in_uri);
  add ("wrong-login-in-uri", test_wrong_login_in_uri);
  add ("digest", test_digest);
  add ("new-connection", test_new_connection);
  add ("cut-refusal", test_cut_refusal);
  add ("kept-connection-is-gone", test_kept_connection_is_gone);
  add ("unknown-login", test_unknown_login);
  add ("refusals", test_refusals);
  add ("closed", test_closed);
  add ("limits", test_limits);
  add ("freed", test_freed);
  return g_test_run ();
}
