/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api-test.h"

#include <libintl.h>
#include <locale.h>
#include <unistd.h>

#include <glib/gstdio.h>

/* What people read, in their language. */

#define SYSTEM_LOCALE "/usr/lib/locale/C.utf8"
#define OWN_LOCALE    "en_US.UTF-8"

/* In the locale C nothing is translated, nor in C.UTF-8 by glibc from 2.41 on.
 * Any other name of what this machine surely has will do. Returns what to
 * remove, with the link in there (owned by the caller). */
static char *
make_locale (void)
{
  char            *folder = g_dir_make_tmp ("ws-locale-XXXXXX", NULL);
  g_autofree char *link = g_build_filename (folder, OWN_LOCALE, NULL);

  g_assert_cmpint (symlink (SYSTEM_LOCALE, link), ==, 0);
  g_setenv ("LOCPATH", folder, TRUE);
  return folder;
}

static void
remove_locale (char *folder)
{
  g_autofree char *link = g_build_filename (folder, OWN_LOCALE, NULL);

  g_remove (link);
  g_rmdir (folder);
  g_free (folder);
}

/* Of LANGUAGE gettext takes note when the locale changes. */
static void
speak (const char *language)
{
  g_setenv ("LANGUAGE", language, TRUE);
  g_assert_nonnull (setlocale (LC_ALL, "C"));
  g_assert_nonnull (setlocale (LC_ALL, OWN_LOCALE));
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
  char *folder;
  int   status;

  api_test_init (&argc, &argv);
  folder = make_locale ();
  bind_built ();
  half_add_client ("/api/languages/status-text", NULL, test_status_text);
  half_add_client ("/api/languages/errors", NULL, test_errors);
  g_test_add_func ("/api/languages/certificates", test_certificates);
  status = g_test_run ();
  remove_locale (folder);
  return status;
}
