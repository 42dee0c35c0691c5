/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api-test.h"

#include <libintl.h>
#include <locale.h>

/* What people read, in their language. */

/* Any locale but C will do where LANGUAGE is set, which gettext looks at when
 * the locale changes. */
static void
speak (const char *language)
{
  g_setenv ("LANGUAGE", language, TRUE);
  g_assert_nonnull (setlocale (LC_ALL, "C"));
  g_assert_nonnull (setlocale (LC_ALL, "C.UTF-8"));
}

/* The library tells gettext where the catalogues will be installed, when it
 * needs them first; those of the build are bound after that. */
static void
bind_built (void)
{
  g_autoptr (WsSslError) error
      = ws_ssl_error_new (WS_SSL_ERROR_CODE_UNSPECIFIED);

  g_assert_cmpstr (ws_ssl_error_get_text (error), ==,
                   "The certificate is not trusted");
  g_assert_nonnull (bindtextdomain ("ws-glib-1.0", TEST_LOCALE_FOLDER));
}

static void
expect_status (WsSocket *socket, const char *expected)
{
  g_autofree char *text = ws_socket_dup_status_text (socket);

  g_assert_cmpstr (text, ==, expected);
}

static void
set_policy (WsSocket *socket, guint delay)
{
  g_autoptr (WsReconnectPolicy) policy
      = g_object_new (WS_TYPE_RECONNECT_POLICY, "minimum", delay, "maximum",
                      delay, "jitter", 0.0, NULL);

  ws_socket_set_reconnect (socket, policy);
}

static void
test_status_text (Half *half, gconstpointer data)
{
  speak ("en");
  expect_status (half->socket, "Connected");
  speak ("de");
  expect_status (half->socket, "Verbunden");
  set_policy (half->socket, 3000000);
  g_clear_pointer (&half->peer, raw_peer_free);
  ws_test_until (NULL, ws_socket_get_is_reconnecting (half->socket));
  expect_status (half->socket, "Neuer Verbindungsversuch in 3000 Sekunden …");
  speak ("fr");
  expect_status (half->socket, "Nouvelle tentative dans 3000 secondes…");
  ws_socket_set_reconnect (half->socket, NULL);
  expect_status (half->socket, "Déconnecté : le serveur a fermé la connexion");
}

/* What is part of an error is in the language of the time when it happened. */
static void
test_errors (Half *half, gconstpointer data)
{
  speak ("de");
  g_clear_pointer (&half->peer, raw_peer_free);
  api_wait_state (half->socket, WS_STATE_UNCONNECTED);
  speak ("en");
  g_assert_cmpstr (ws_socket_get_error_string (half->socket), ==,
                   "Die Gegenstelle hat die Verbindung ohne Close-Frame "
                   "getrennt");
}

static void
test_certificates (void)
{
  g_autoptr (WsSslError) error = NULL;

  speak ("fr");
  error = ws_ssl_error_new (WS_SSL_ERROR_CODE_CERTIFICATE_EXPIRED);
  g_assert_cmpstr (ws_ssl_error_get_text (error), ==,
                   "Le certificat n\xe2\x80\x99"
                   "est plus valable");
}

int
main (int argc, char **argv)
{
  api_test_init (&argc, &argv);
  bind_built ();
  half_add_client ("/api/languages/status-text", NULL, test_status_text);
  half_add_client ("/api/languages/errors", NULL, test_errors);
  g_test_add_func ("/api/languages/certificates", test_certificates);
  return g_test_run ();
}
