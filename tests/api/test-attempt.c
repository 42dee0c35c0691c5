/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "socket/ws-attempt.h"

#include "support/ws-test.h"

/* Nothing of one attempt reaches the next. */

static WsUrl *
make_url (const char *text)
{
  WsUrl *url = ws_url_parse (text, NULL);

  g_assert_nonnull (url);
  return url;
}

/* All that an attempt can hold but opening and engine, which tests of the
 * socket give back. */
static void
fill (WsAttempt *self)
{
  ws_attempt_begin (self, make_url ("ws://localhost/first"));
  self->failed = self->is_hopeless = self->ssl_paused = TRUE;
  self->continues = self->receiving_paused = self->hears_messages = TRUE;
  self->is_slow = self->about_to_close = TRUE;
  self->read_finished = TRUE;
  ws_attempt_set_closing (self, &(WsClosing){ .reason = (char *) "Bye",
                                              .code = 4000,
                                              .sent = 4000,
                                              .received = 4000,
                                              .clean = TRUE });
  self->request_head = g_bytes_new_static ("GET", 3);
  self->resource = g_strdup ("/first");
  self->subprotocol = g_strdup ("chat");
  self->extensions = g_strdup ("permessage-deflate");
  ws_attempt_get_facts (self)->local_address
      = g_inet_socket_address_new_from_string ("127.0.0.1", 1);
  self->facts->peer_address
      = g_inet_socket_address_new_from_string ("127.0.0.1", 2);
  ws_attempt_get_tls (self)->ticket = g_bytes_new_static ("ticket", 6);
  self->tls->ssl_errors = g_ptr_array_new ();
  self->tls->ignored.has_all = TRUE;
  self->tls->ignored.list = g_ptr_array_new ();
}

static void
assert_new (const WsAttempt *self)
{
  g_assert_false (self->failed || self->is_hopeless || self->ssl_paused);
  g_assert_false (self->continues || self->receiving_paused);
  g_assert_false (self->hears_messages || self->is_slow);
  g_assert_false (self->about_to_close || self->read_finished);
  g_assert_null (self->opening);
  g_assert_null (self->engine);
  g_assert_null (self->facts);
  g_assert_cmpuint (ws_attempt_peek_facts (self)->closing.code, ==, 1000);
  g_assert_null (self->request_head);
  g_assert_null (self->resource);
  g_assert_null (self->subprotocol);
  g_assert_null (self->extensions);
  g_assert_null (self->tls);
}

static void
test_begin (void)
{
  WsAttempt attempt = { 0 };
  guint     number;

  fill (&attempt);
  number = attempt.number;
  ws_attempt_begin (&attempt, make_url ("ws://localhost/second"));
  assert_new (&attempt);
  g_assert_cmpstr (attempt.target->resource, ==, "/second");
  g_assert_cmpuint (attempt.number, >, number);
  ws_attempt_clear (&attempt);
}

static void
test_clear (void)
{
  WsAttempt attempt = { 0 };

  fill (&attempt);
  ws_attempt_clear (&attempt);
  assert_new (&attempt);
  g_assert_null (attempt.target);
  g_assert_cmpuint (attempt.number, >, 1);
}

/* What has ended can still be read. */
static void
test_leave (void)
{
  WsAttempt attempt = { 0 };
  guint     number;

  fill (&attempt);
  number = attempt.number;
  ws_attempt_leave (&attempt);
  g_assert_cmpuint (attempt.number, >, number);
  g_assert_cmpuint (attempt.facts->closing.code, ==, 4000);
  g_assert_cmpstr (attempt.subprotocol, ==, "chat");
  g_assert_cmpstr (attempt.target->resource, ==, "/first");
  ws_attempt_clear (&attempt);
}

static void
test_forget_ssl_errors (void)
{
  WsAttempt attempt = { 0 };

  fill (&attempt);
  ws_attempt_forget_ssl_errors (&attempt);
  g_assert_null (attempt.tls->ssl_errors);
  g_assert_false (attempt.ssl_paused);
  g_assert_false (attempt.tls->ignored.has_all);
  g_assert_null (attempt.tls->ignored.list);
  g_assert_cmpstr (attempt.target->resource, ==, "/first");
  ws_attempt_clear (&attempt);
}

int
main (int argc, char **argv)
{
  ws_test_init (&argc, &argv);
  g_test_add_func ("/api/attempt/begin", test_begin);
  g_test_add_func ("/api/attempt/clear", test_clear);
  g_test_add_func ("/api/attempt/leave", test_leave);
  g_test_add_func ("/api/attempt/forget-ssl-errors", test_forget_ssl_errors);
  return g_test_run ();
}
