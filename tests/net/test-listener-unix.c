/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/ws-listener.h"
#include "net/ws-unix-path.h"

#include "support/ws-test.h"

#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* Whose file is in the way, and whose stays. */

typedef struct
{
  GMainContext *context;
  WsPoller     *poller;
  WsListener   *listener; /* (nullable): once a test has freed it */
  guint         n_accepted;
} Fixture;

static void
on_accepted (int fd, const WsAddress *peer, guint tag, gpointer user_data)
{
  Fixture *fixture = user_data;

  close (fd);
  fixture->n_accepted++;
}

static void
on_failed (const GError *error, gpointer user_data)
{
  g_assert_not_reached ();
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->context = g_main_context_new ();
  fixture->poller = ws_poller_get (fixture->context);
  fixture->listener
      = ws_listener_new (fixture->poller, on_accepted, on_failed, fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_pointer (&fixture->listener, ws_listener_free);
  ws_poller_unref (fixture->poller);
  g_main_context_unref (fixture->context);
}

static int
dial_address (GSocketAddress *address)
{
  struct sockaddr_storage native;
  gssize                  len = g_socket_address_get_native_size (address);
  int fd = socket (g_socket_address_get_family (address), SOCK_STREAM, 0);

  g_assert_true (
      g_socket_address_to_native (address, &native, sizeof native, NULL));
  g_assert_no_errno (
      connect (fd, (struct sockaddr *) &native, (socklen_t) len));
  return fd;
}

typedef struct
{
  char           *dir;
  char           *path;
  GSocketAddress *address;
} Place;

static void
place_init (Place *place)
{
  place->dir = g_dir_make_tmp ("ws-XXXXXX", NULL);
  place->path = g_build_filename (place->dir, "socket", NULL);
  place->address = g_unix_socket_address_new (place->path);
}

/* Nothing is left there. */
static void
place_clear (Place *place)
{
  g_assert_no_errno (g_rmdir (place->dir));
  g_free (place->dir);
  g_free (place->path);
  g_object_unref (place->address);
}

static void
make_stale (const char *path)
{
  struct sockaddr_un native = { .sun_family = AF_UNIX };
  int                fd = socket (AF_UNIX, SOCK_STREAM, 0);

  g_strlcpy (native.sun_path, path, sizeof native.sun_path);
  g_assert_no_errno (bind (fd, (struct sockaddr *) &native, sizeof native));
  close (fd);
}

static void
make_file (const char *path)
{
  g_assert_true (g_file_set_contents (path, "dear", -1, NULL));
}

static void
make_link (const char *path)
{
  g_autofree char *target = g_strconcat (path, "-target", NULL);

  make_stale (target);
  g_assert_no_errno (symlink (target, path));
}

static const struct
{
  const char *name;
  void (*make) (const char *path);
  gboolean is_replaced;
} obstacles[] = {
  { "stale", make_stale, TRUE },
  { "file", make_file, FALSE },
  { "link", make_link, FALSE },
};

static void
test_obstacle (Fixture *fixture, gconstpointer data)
{
  guint            i = GPOINTER_TO_UINT (data);
  Place            place;
  g_autofree char *target = NULL;
  g_autoptr (GError) error = NULL;

  place_init (&place);
  target = g_strconcat (place.path, "-target", NULL);
  obstacles[i].make (place.path);
  g_assert_true (
      ws_listener_add_address (fixture->listener, place.address, NULL, &error)
      == obstacles[i].is_replaced);
  if (obstacles[i].is_replaced)
    {
      close (dial_address (place.address));
      ws_test_until (fixture->context, fixture->n_accepted == 1);
      g_clear_pointer (&fixture->listener, ws_listener_free);
    }
  else
    {
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE);
      g_assert_nonnull (strstr (error->message, place.path));
      g_assert_no_errno (g_unlink (place.path));
    }
  g_unlink (target);
  place_clear (&place);
}

/* One in use stays in use, also while its listener is paused, with a full
 * queue. */
static void
test_unix_in_use (Fixture *fixture, gconstpointer data)
{
  g_autoptr (WsListener) other
      = ws_listener_new (fixture->poller, on_accepted, on_failed, fixture);
  WsListenerOptions options = { .backlog = 1 };
  Place             place;
  g_autoptr (GError) error = NULL;
  int clients[2];

  place_init (&place);
  ws_listener_set_accepting (other, FALSE);
  g_assert_true (
      ws_listener_add_address (other, place.address, &options, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (clients); i++)
    clients[i] = dial_address (place.address);
  g_assert_false (
      ws_listener_add_address (fixture->listener, place.address, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE);
  g_clear_pointer (&other, ws_listener_free);
  for (guint i = 0; i < G_N_ELEMENTS (clients); i++)
    close (clients[i]);
  place_clear (&place);
}

/* A file that has taken the place of ours is not ours to remove. */
static void
test_unix_replaced (Fixture *fixture, gconstpointer data)
{
  Place place;

  place_init (&place);
  g_assert_true (
      ws_listener_add_address (fixture->listener, place.address, NULL, NULL));
  g_assert_no_errno (g_unlink (place.path));
  make_file (place.path);
  g_clear_pointer (&fixture->listener, ws_listener_free);
  g_assert_no_errno (g_unlink (place.path));
  place_clear (&place);
}

static const struct
{
  guint umask;
  guint mode; /* asked for; 0: as the umask says */
  guint result;
} modes[] = {
  { 0022, 0, 0777 },    { 0002, 0, 0777 },   { 0027, 0, 0770 },
  { 0077, 0, 0700 },    { 0777, 0, 0 },      { 0077, 0666, 0666 },
  { 0022, 0660, 0660 }, { 0, 02620, 02620 },
};

/* Whom the umask lets read may connect, unless the mode is said. */
static void
test_mode (Fixture *fixture, gconstpointer data)
{
  guint             i = GPOINTER_TO_UINT (data);
  WsListenerOptions options = { .access = { .mode = modes[i].mode } };
  mode_t            mask = umask ((mode_t) modes[i].umask);
  Place             place;
  GStatBuf          found;
  g_autoptr (GError) error = NULL;

  place_init (&place);
  g_assert_no_errno (chmod (place.dir, 0700));
  ws_listener_add_address (fixture->listener, place.address, &options, &error);
  umask (mask);
  g_assert_no_error (error);
  g_assert_no_errno (g_lstat (place.path, &found));
  g_assert_cmphex (found.st_mode & 07777, ==, modes[i].result);
  g_clear_pointer (&fixture->listener, ws_listener_free);
  place_clear (&place);
}

static const struct
{
  const char *owner;
  const char *part; /* of the error; NULL: there is none */
} owners[] = {
  { "", NULL },
  { ":", NULL },
  { "no such user", "no user \"no such user\"" },
  { "4294967295", "no user \"4294967295\"" },
  { "no such\nuser:", "no user \"no such%0Auser\"" },
  { "n\303\266 such user", "no user \"n\303\266 such user\"" },
  { ":no such group", "no group \"no such group\"" },
};

/* An owner that there is not leaves no file behind. */
static void
test_owner (Fixture *fixture, gconstpointer data)
{
  guint             i = GPOINTER_TO_UINT (data);
  WsListenerOptions options = { .access = { .owner = owners[i].owner } };
  Place             place;
  g_autoptr (GError) error = NULL;

  place_init (&place);
  ws_listener_add_address (fixture->listener, place.address, &options, &error);
  if (owners[i].part != NULL)
    {
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED);
      g_assert_nonnull (strstr (error->message, owners[i].part));
      g_assert_nonnull (strstr (error->message, place.path));
      g_assert_true (ws_listener_is_empty (fixture->listener));
    }
  else
    g_assert_no_error (error);
  g_clear_pointer (&fixture->listener, ws_listener_free);
  place_clear (&place);
}

/* By name and by number, to oneself: that is allowed to everybody. */
static void
test_own (Fixture *fixture, gconstpointer data)
{
  g_autofree char *owner
      = g_strdup_printf ("%s:%u", g_get_user_name (), (guint) getegid ());
  WsListenerOptions options = { .access = { .owner = owner } };
  Place             place;
  g_autoptr (GError) error = NULL;

  place_init (&place);
  ws_listener_add_address (fixture->listener, place.address, &options, &error);
  g_assert_no_error (error);
  g_clear_pointer (&fixture->listener, ws_listener_free);
  place_clear (&place);
}

/* Whoever has got the fd may listen on: the file goes with the last of them, if
 * that is the one who has made it. */
static void
test_shared (Fixture *fixture, gconstpointer data)
{
  WsListener *heir
      = ws_listener_new (fixture->poller, on_accepted, on_failed, fixture);
  gboolean heir_goes_first = data != NULL;
  Place    place;

  place_init (&place);
  g_assert_true (
      ws_listener_add_address (fixture->listener, place.address, NULL, NULL));
  g_assert_true (
      ws_listener_add_fds (heir, dup (ws_listener_get_fd (fixture->listener)),
                           1, 0, NULL));
  if (heir_goes_first)
    g_clear_pointer (&heir, ws_listener_free);
  g_clear_pointer (&fixture->listener, ws_listener_free);
  if (heir != NULL)
    {
      close (dial_address (place.address));
      /* The first was to see whether somebody listens. */
      ws_test_until (fixture->context, fixture->n_accepted == 2);
      ws_listener_free (heir);
      g_assert_no_errno (g_unlink (place.path));
    }
  place_clear (&place);
}

static void
test_unix_no_folder (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GSocketAddress) address
      = g_unix_socket_address_new ("/nonexistent/folder/socket");
  g_autoptr (GError) error = NULL;

  g_assert_false (
      ws_listener_add_address (fixture->listener, address, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
  g_assert_nonnull (strstr (error->message, "/nonexistent/folder/socket"));
  g_assert_true (ws_listener_is_empty (fixture->listener));
}

static void
add (const char *path, void (*test) (Fixture *, gconstpointer))
{
  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

/* --- Bound, and about to listen --- */

static int
bind_at (const char *path)
{
  struct sockaddr_un native = { .sun_family = AF_UNIX };
  int                fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_assert_no_errno (fd);
  g_strlcpy (native.sun_path, path, sizeof native.sun_path);
  g_assert_no_errno (bind (fd, (struct sockaddr *) &native, sizeof native));
  return fd;
}

/* What another program is about to listen on is not taken away from it. */
static void
test_not_listening_yet (void)
{
  g_autofree char *folder = g_dir_make_tmp ("ws-XXXXXX", NULL);
  g_autofree char *other = g_dir_make_tmp ("ws-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "socket-x7", NULL);
  g_autofree char *alike = g_build_filename (other, "socket-x7", NULL);
  g_autofree char *before = g_get_current_dir ();
  g_autoptr (GError) error = NULL;

  for (guint is_relative = 0; is_relative < 2; is_relative++)
    {
      int fd;

      g_assert_no_errno (g_chdir (is_relative ? folder : before));
      fd = bind_at (is_relative ? "socket-x7" : path);
      g_assert_no_errno (g_chdir (before));
      g_assert_false (ws_unix_path_remove_stale (path, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE);
      g_clear_error (&error);
      g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
      g_assert_no_errno (listen (fd, 1));
      g_assert_false (ws_unix_path_remove_stale (path, NULL));
      close (fd);
      g_assert_true (ws_unix_path_remove_stale (path, NULL));
      g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
    }

  /* One of the same name elsewhere is nobody's business. */
  close (bind_at (path));
  {
    int fd = bind_at (alike);

    g_assert_true (ws_unix_path_remove_stale (path, NULL));
    close (fd);
  }
  g_unlink (alike);
  g_rmdir (folder);
  g_rmdir (other);
}

int
main (int argc, char **argv)
{
  ws_test_init (&argc, &argv);

  for (guint i = 0; i < G_N_ELEMENTS (obstacles); i++)
    {
      g_autofree char *path
          = g_strdup_printf ("/net/listener/unix/%s", obstacles[i].name);

      g_test_add (path, Fixture, GUINT_TO_POINTER (i), set_up, test_obstacle,
                  tear_down);
    }
  for (guint i = 0; i < G_N_ELEMENTS (modes); i++)
    {
      g_autofree char *path = g_strdup_printf ("/net/listener/unix/mode/%u", i);

      g_test_add (path, Fixture, GUINT_TO_POINTER (i), set_up, test_mode,
                  tear_down);
    }
  for (guint i = 0; i < G_N_ELEMENTS (owners); i++)
    {
      g_autofree char *path
          = g_strdup_printf ("/net/listener/unix/owner/%u", i);

      g_test_add (path, Fixture, GUINT_TO_POINTER (i), set_up, test_owner,
                  tear_down);
    }
  add ("/net/listener/unix/own", test_own);
  add ("/net/listener/unix/shared", test_shared);
  g_test_add ("/net/listener/unix/shared-back", Fixture, GUINT_TO_POINTER (1),
              set_up, test_shared, tear_down);
  add ("/net/listener/unix/in-use", test_unix_in_use);
  add ("/net/listener/unix/replaced", test_unix_replaced);
  add ("/net/listener/unix/no-folder", test_unix_no_folder);
  g_test_add_func ("/net/listener-unix/not-listening-yet",
                   test_not_listening_yet);
  return g_test_run ();
}
