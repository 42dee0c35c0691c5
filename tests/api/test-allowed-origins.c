/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api-test.h"

#include <string.h>

/* Whose pages may connect. */

/* Other sites must not get in by a name that looks like an allowed one: what
 * is compared is scheme, host and port, and all of each. */
static const struct
{
  const char *origin; /* (nullable): it names none */
  gboolean    is_allowed;
} origins[] = {
  { "https://a.example", TRUE },
  { "HTTPS://A.example:443", TRUE },
  { "http://b.example:8080", TRUE },
  /* No browser. */
  { NULL, TRUE },
  { "null", FALSE },
  { "http://a.example", FALSE },
  { "https://a.example:8443", FALSE },
  { "https://xa.example", FALSE },
  { "https://x.a.example", FALSE },
  { "https://a.example.evil.example", FALSE },
  { "https://a.example/", FALSE },
  { "https://a.example@evil.example", FALSE },
  { "*", FALSE },
};

static void
check_origin (WsServer *server, const char *origin, gboolean is_allowed)
{
  g_autofree char *field
      = origin != NULL ? g_strdup_printf ("Origin: %s\r\n", origin) : NULL;
  g_autofree char *request = raw_peer_make_request (field);
  g_autoptr (RawPeer) peer
      = raw_peer_connect (ws_server_get_server_port (server));

  g_test_message ("%s", origin);
  raw_peer_send (peer, request);
  if (!is_allowed)
    {
      api_expect_refusal (peer, 403);
      g_assert_cmpuint (ws_server_get_error (server), ==, 1008);
      return;
    }
  raw_peer_wait_head (peer);
  g_assert_true (g_str_has_prefix (peer->head, "HTTP/1.1 101 "));
  /* They have no meaning for WebSocket. */
  g_assert_null (strstr (peer->head, "Access-Control"));
}

static void
deny (WsServer *server, WsCorsAuthenticator *authenticator)
{
  ws_cors_authenticator_set_allowed (authenticator, FALSE);
}

static void
test_allowed_origins (void)
{
  static const char *const list[]
      = { "https://a.example", "http://B.EXAMPLE:8080", "*", NULL };
  static const char *const with_null[] = { "null", NULL };
  static const char *const none[] = { NULL };
  WsServer                *server = api_server_new ();
  const char *const       *shown;
  guint                    n_asked = 0;

  api_count (server, "origin-authentication-required", &n_asked);
  g_assert_null (ws_server_get_allowed_origins (server));
  g_test_expect_message ("Ws", G_LOG_LEVEL_WARNING, "*\"*\" is not an origin*");
  ws_server_set_allowed_origins (server, list);
  g_test_assert_expected_messages ();
  shown = ws_server_get_allowed_origins (server);
  g_assert_cmpstr (shown[1], ==, "http://b.example:8080");
  g_assert_null (shown[2]);
  g_signal_connect (server, "origin-authentication-required", G_CALLBACK (deny),
                    NULL);
  for (guint i = 0; i < G_N_ELEMENTS (origins); i++)
    check_origin (server, origins[i].origin, origins[i].is_allowed);
  ws_server_set_allowed_origins (server, with_null);
  check_origin (server, "null", TRUE);
  check_origin (server, "https://a.example", FALSE);
  ws_server_set_allowed_origins (server, none);
  check_origin (server, "null", FALSE);
  check_origin (server, NULL, TRUE);
  g_assert_cmpuint (n_asked, ==, 0);
  ws_server_set_allowed_origins (server, NULL);
  check_origin (server, "https://a.example", FALSE);
  g_assert_cmpuint (n_asked, ==, 1);
  g_assert_finalize_object (server);
}

int
main (int argc, char **argv)
{
  api_test_init (&argc, &argv);
  g_test_add_func ("/api/allowed-origins", test_allowed_origins);
  return g_test_run ();
}
