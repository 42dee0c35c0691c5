/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api-test.h"

#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A server at Unix sockets. */

static void
assert_error (GError **error, int code, const char *part)
{
  g_assert_error (*error, WS_SOCKET_ERROR, code);
  g_assert_nonnull (strstr ((*error)->message, part));
  g_clear_error (error);
}

typedef struct
{
  WsServer *server;
  char     *folder;
  char     *path;
} Unix;

static void
unix_set_up (Unix *fixture, gconstpointer data)
{
  fixture->server = ws_server_new (NULL, WS_SSL_MODE_NON_SECURE);
  fixture->folder = g_dir_make_tmp ("ws-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->folder, "a: b%?", NULL);
}

/* Nothing is left in the folder. */
static void
unix_tear_down (Unix *fixture, gconstpointer data)
{
  g_assert_finalize_object (fixture->server);
  g_assert_no_errno (g_rmdir (fixture->folder));
  g_free (fixture->folder);
  g_free (fixture->path);
}

static void
test_unix (Unix *fixture, gconstpointer data)
{
  WsServer *server = fixture->server;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) addresses = NULL;
  g_autofree char *url = NULL;

  ws_server_listen_unix (server, fixture->path, &error);
  g_assert_no_error (error);
  url = g_strdup (ws_server_get_url (server));
  g_assert_true (g_str_has_prefix (url, "ws+unix:/"));
  g_assert_true (g_str_has_suffix (url, "/a%3A%20b%25%3F:/"));
  g_assert_cmpuint (ws_server_get_server_port (server), ==, 0);
  g_assert_cmpuint (ws_server_get_port (server), ==, 0);
  api_server_visit (server, url);

  /* Beside TCP, and gone with it. */
  addresses = ws_server_get_server_addresses (server);
  g_assert_cmpuint (addresses->len, ==, 1);
  g_assert_true (G_IS_UNIX_SOCKET_ADDRESS (addresses->pdata[0]));
  {
    g_autoptr (GSocketAddress) address
        = g_inet_socket_address_new_from_string ("127.0.0.1", 0);

    g_assert_true (ws_server_listen_address (server, address, NULL));
  }
  api_server_visit (server, url);
  api_server_close (server);
  g_assert_false (g_file_test (fixture->path, G_FILE_TEST_EXISTS));
  g_assert_cmpstr (ws_server_get_url (server), ==, "");
}

static void
expect_mode (const char *path, guint mode)
{
  GStatBuf found;

  g_assert_no_errno (g_lstat (path, &found));
  g_assert_cmphex (found.st_mode & 07777, ==, mode);
}

static void
test_unix_mode (Unix *fixture, gconstpointer data)
{
  WsServer *server = fixture->server;
  mode_t    mask = umask (0077);
  guint     n_notified = 0;

  api_count (server, "notify::unix-mode", &n_notified);
  g_assert_true (ws_server_listen_unix (server, fixture->path, NULL));
  expect_mode (fixture->path, 0700);
  api_server_close (server);

  /* Whatever the umask is. */
  ws_server_set_unix_mode (server, 0666);
  g_assert_true (ws_server_listen_unix (server, fixture->path, NULL));
  umask (mask);
  expect_mode (fixture->path, 0666);
  api_server_visit (server, ws_server_get_url (server));

  g_test_expect_message ("Ws", G_LOG_LEVEL_WARNING, "*at most 07777");
  ws_server_set_unix_mode (server, 010000);
  g_test_assert_expected_messages ();
  g_assert_cmpuint (ws_server_get_unix_mode (server), ==, 0666);
  g_assert_cmpuint (n_notified, ==, 1);
}

/* What everybody may do: give it to a group that one belongs to. */
static void
test_unix_owner (Unix *fixture, gconstpointer data)
{
  WsServer        *server = fixture->server;
  g_autofree char *group = g_strdup_printf (":%u", (guint) getgid ());
  g_autoptr (GError) error = NULL;

  g_object_set (server, "unix-owner", "", NULL);
  g_assert_null (ws_server_get_unix_owner (server));
  ws_server_set_unix_owner (server, ":no such group");
  g_assert_false (ws_server_listen_unix (server, fixture->path, &error));
  assert_error (&error, WS_SOCKET_ERROR_SOCKET_ACCESS,
                "no group \"no such group\"");
  g_assert_false (g_file_test (fixture->path, G_FILE_TEST_EXISTS));

  ws_server_set_unix_owner (server, group);
  ws_server_listen_unix (server, fixture->path, &error);
  g_assert_no_error (error);
  api_server_visit (server, ws_server_get_url (server));
}

/* Clients find at the same path whoever has taken the socket over. */
static void
test_handover (Unix *fixture, gconstpointer data)
{
  WsServer        *next = ws_server_new (NULL, WS_SSL_MODE_NON_SECURE);
  g_autofree char *url = NULL;
  int              fd;

  g_assert_true (ws_server_listen_unix (fixture->server, fixture->path, NULL));
  url = g_strdup (ws_server_get_url (fixture->server));
  fd = dup (ws_server_get_socket_descriptor (fixture->server));
  g_assert_true (ws_server_set_socket_descriptor (next, fd, NULL));
  api_server_close (fixture->server);
  api_server_visit (next, url);

  /* It is nobody's any more, and is replaced where a server wants it. */
  g_assert_finalize_object (next);
  g_assert_true (ws_server_listen_unix (fixture->server, fixture->path, NULL));
  g_assert_cmpint (ws_server_get_socket_descriptor (fixture->server), >=, 0);
  api_server_visit (fixture->server, url);
}

static void
test_unix_errors (Unix *fixture, gconstpointer data)
{
  WsServer        *server = fixture->server;
  WsServer        *other = ws_server_new (NULL, WS_SSL_MODE_NON_SECURE);
  g_autofree char *longer = g_strnfill (108, 'x');
  g_autofree char *missing
      = g_build_filename (fixture->folder, "missing", "socket", NULL);
  g_autoptr (GError) error = NULL;
  guint n_errors = 0;

  api_count (server, "server-error", &n_errors);
  g_assert_false (ws_server_listen_unix (server, longer, &error));
  g_assert_nonnull (strstr (error->message, "107 are possible"));
  assert_error (&error, WS_SOCKET_ERROR_INVALID_ARGUMENT, "\"xxxx");
  g_assert_false (ws_server_listen_unix (server, "", &error));
  assert_error (&error, WS_SOCKET_ERROR_INVALID_ARGUMENT, "empty");
  g_assert_false (ws_server_listen_unix (server, missing, &error));
  assert_error (&error, WS_SOCKET_ERROR_SOCKET_ADDRESS_NOT_AVAILABLE, missing);
  g_assert_cmpuint (n_errors, ==, 3);

  g_assert_true (ws_server_listen_unix (other, fixture->path, NULL));
  g_assert_false (ws_server_listen_unix (server, fixture->path, &error));
  assert_error (&error, WS_SOCKET_ERROR_ADDRESS_IN_USE, fixture->path);
  api_server_visit (other, ws_server_get_url (other));
  g_assert_finalize_object (other);

  g_assert_true (g_file_set_contents (fixture->path, "dear", -1, NULL));
  g_assert_false (ws_server_listen_unix (server, fixture->path, &error));
  assert_error (&error, WS_SOCKET_ERROR_ADDRESS_IN_USE, fixture->path);
  g_assert_no_errno (g_unlink (fixture->path));
  g_assert_false (ws_server_get_listening (server));
}

static void
test_unix_abstract (void)
{
  WsServer        *server = ws_server_new (NULL, WS_SSL_MODE_NON_SECURE);
  WsServer        *other = ws_server_new (NULL, WS_SSL_MODE_NON_SECURE);
  g_autofree char *name = g_strdup_printf ("@ws-glib test %u", g_random_int ());
  g_autoptr (GError) error = NULL;

  ws_server_listen_unix (server, name, &error);
  g_assert_no_error (error);
  g_assert_true (g_str_has_prefix (ws_server_get_url (server),
                                   "ws+unix:@ws-glib%20test%20"));
  api_server_visit (server, ws_server_get_url (server));
  g_assert_false (ws_server_listen_unix (other, name, &error));
  assert_error (&error, WS_SOCKET_ERROR_ADDRESS_IN_USE, "ws-glib test");
  g_assert_finalize_object (server);
  g_assert_true (ws_server_listen_unix (other, name, NULL));
  g_assert_finalize_object (other);
}

/* The file of a socket that was bound by somebody else is theirs. */
static void
test_foreign_file (Unix *fixture, gconstpointer data)
{
  g_autoptr (GSocketAddress) address
      = g_unix_socket_address_new (fixture->path);
  g_autoptr (GSocket) socket
      = g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_STREAM,
                      G_SOCKET_PROTOCOL_DEFAULT, NULL);

  g_assert_true (g_socket_bind (socket, address, FALSE, NULL));
  g_assert_true (ws_server_listen_socket (fixture->server, socket, NULL));
  api_server_visit (fixture->server, ws_server_get_url (fixture->server));
  api_server_close (fixture->server);
  g_assert_no_errno (g_unlink (fixture->path));
}

#define unix_add(path, test) \
  g_test_add (path, Unix, NULL, unix_set_up, test, unix_tear_down)

int
main (int argc, char **argv)
{
  api_test_init (&argc, &argv);
  unix_add ("/api/listening/unix/round-trip", test_unix);
  unix_add ("/api/listening/unix/mode", test_unix_mode);
  unix_add ("/api/listening/unix/owner", test_unix_owner);
  unix_add ("/api/listening/unix/handover", test_handover);
  unix_add ("/api/listening/unix/errors", test_unix_errors);
  g_test_add_func ("/api/listening/unix/abstract", test_unix_abstract);
  unix_add ("/api/listening/unix/foreign-file", test_foreign_file);
  return g_test_run ();
}
