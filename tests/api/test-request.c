/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <ws-glib/ws-glib.h>

#include "support/ws-test.h"

static void
test_initial (void)
{
  WsRequest *request = ws_request_new (NULL);

  g_assert_cmpstr (ws_request_get_method (request), ==, "GET");
  g_assert_null (ws_request_get_url (request));
  g_assert_cmpuint (ws_headers_get_length (ws_request_get_headers (request)),
                    ==, 0);
  g_assert_null (ws_request_get_subprotocols (request));
  g_assert_null (ws_request_get_origin (request));
  g_assert_true (ws_request_get_is_handshake (request));
  g_assert_cmpstr (ws_request_get_resource_name (request), ==, "/");
  g_assert_cmpstr (ws_request_get_http_version (request), ==, "1.1");
  g_assert_null (ws_request_get_peer_address (request));
  g_assert_null (ws_request_get_body (request));
  g_assert_finalize_object (request);
}

static void
test_resource_name (void)
{
  static const struct
  {
    const char *url;
    const char *resource;
  } rows[] = {
    { "ws://a.example", "/" },
    { "ws://a.example:81/", "/" },
    { "wss://a.example/chat?room=1#top", "/chat?room=1" },
    { "ws://a.example?room=1", "/?room=1" },
    { "/chat?next=http://b.example/", "/chat?next=http://b.example/" },
    { "/a://b", "/a://b" },
    { "http://a.example/page?a#top", "/page?a" },
    { "ws+unix:/run/a.socket:/chat?room=1", "/chat?room=1" },
    { "ws+unix:/run/a.socket", "/" },
    { "ws://a.example/one room", "/one%20room" },
    { "", "/" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      WsRequest *request = ws_request_new (rows[i].url);

      g_assert_cmpstr (ws_request_get_url (request), ==, rows[i].url);
      g_assert_cmpstr (ws_request_get_resource_name (request), ==,
                       rows[i].resource);
      g_assert_finalize_object (request);
    }
}

static void
count (gpointer object, GParamSpec *pspec, gpointer user_data)
{
  ++*(guint *) user_data;
}

static void
test_properties (void)
{
  static const char *const offers[] = { "chat", "a b", "chat", "news", NULL };
  WsRequest               *request = ws_request_new ("ws://a.example/1");
  WsHeaders               *headers = ws_headers_new ();
  guint                    n = 0;

  g_signal_connect (request, "notify", G_CALLBACK (count), &n);
  ws_request_set_url (request, "ws://a.example/2");
  /* The URL, and what is taken from it. */
  g_assert_cmpuint (n, ==, 5);
  g_assert_cmpstr (ws_request_get_resource_name (request), ==, "/2");
  ws_request_set_url (request, "ws://a.example/2");
  ws_request_set_origin (request, "https://a.example");
  ws_request_set_origin (request, "https://a.example");
  g_assert_cmpuint (n, ==, 6);
  g_test_expect_message ("Ws", G_LOG_LEVEL_WARNING, "*\"a b\"*");
  ws_request_set_subprotocols (request, offers);
  g_test_assert_expected_messages ();
  g_assert_cmpstr (ws_request_get_subprotocols (request)[0], ==, "chat");
  g_assert_cmpstr (ws_request_get_subprotocols (request)[1], ==, "news");
  g_assert_null (ws_request_get_subprotocols (request)[2]);
  ws_request_set_headers (request, headers);
  g_assert_true (ws_request_get_headers (request) == headers);
  ws_request_set_headers (request, NULL);
  g_assert_true (ws_request_get_headers (request) != headers);
  g_assert_cmpuint (n, ==, 9);
  ws_headers_unref (headers);
  g_assert_finalize_object (request);
}

int
main (int argc, char **argv)
{
  ws_test_init (&argc, &argv);
  g_test_add_func ("/api/request/initial", test_initial);
  g_test_add_func ("/api/request/resource-name", test_resource_name);
  g_test_add_func ("/api/request/properties", test_properties);
  return g_test_run ();
}
