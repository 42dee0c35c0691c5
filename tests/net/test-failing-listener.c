/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/ws-fd-limit.h"
#include "net/ws-inherited.h"
#include "net/ws-listener.h"

#include "support/faults.h"
#include "support/ws-test.h"

#include <errno.h>
#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* Each system call on the way to a connection that is accepted, failing: what
 * is told of it, and that neither a descriptor nor a file is left. */

#define FINE (-1) /* instead of a code: nobody is told */

typedef struct
{
  GMainContext *context;
  WsPoller     *poller;
  WsListener   *listener;
  char         *dir;
  char         *path;
  guint         n_accepted;
  guint         n_failed;
  int           failure; /* the last one's code */
  guint         n_fds;   /* of the process, before the test */
} Fixture;

static guint
count_fds (void)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static void
on_accepted (int fd, const WsAddress *peer, guint tag, gpointer user_data)
{
  close (fd);
  ((Fixture *) user_data)->n_accepted++;
}

static void
on_failed (const GError *error, gpointer user_data)
{
  Fixture *fixture = user_data;

  g_assert_true (error->domain == G_IO_ERROR);
  fixture->failure = error->code;
  fixture->n_failed++;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->dir = g_dir_make_tmp ("ws-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->dir, "socket", NULL);
  fixture->context = g_main_context_new ();
  fixture->poller = ws_poller_get (fixture->context);
  fixture->listener
      = ws_listener_new (fixture->poller, on_accepted, on_failed, fixture);
  fixture->n_fds = count_fds ();
}

static void
begin_again (Fixture *fixture)
{
  ws_listener_free (fixture->listener);
  g_remove (fixture->path);
  g_assert_cmpuint (count_fds (), ==, fixture->n_fds);
  fixture->n_accepted = fixture->n_failed = 0;
  fixture->listener
      = ws_listener_new (fixture->poller, on_accepted, on_failed, fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  ws_listener_free (fixture->listener);
  g_assert_no_errno (g_rmdir (fixture->dir));
  g_free (fixture->path);
  g_free (fixture->dir);
  ws_poller_unref (fixture->poller);
  g_main_context_unref (fixture->context);
}

static gboolean
has_file (Fixture *fixture)
{
  return g_file_test (fixture->path, G_FILE_TEST_EXISTS);
}

static void
make_stale (Fixture *fixture)
{
  struct sockaddr_un native = { .sun_family = AF_UNIX };
  int                fd = socket (AF_UNIX, SOCK_STREAM, 0);

  g_strlcpy (native.sun_path, fixture->path, sizeof native.sun_path);
  g_assert_no_errno (bind (fd, (struct sockaddr *) &native, sizeof native));
  close (fd);
}

/* --- Listening --- */

typedef enum
{
  AT_PORT = 1 << 0,
  AT_PATH = 1 << 1,
  REUSES = 1 << 2,
  HAS_STALE = 1 << 3, /* a file is in the way */
  HAS_OWNER = 1 << 4,
  KEEPS_FILE = 1 << 5, /* that is in the way */
  HAS_NAMES = 1 << 6   /* of an owner and a group */
} How;

typedef struct
{
  FaultsCall call;
  guint      skip; /* so many of these calls are well */
  int        code;
  How        how;
  int        expected; /* a GIOErrorEnum; FINE: it listens all the same */
} Row;

static const Row listening[] = {
  { FAULTS_SOCKET, 0, EMFILE, AT_PORT, G_IO_ERROR_TOO_MANY_OPEN_FILES },
  { FAULTS_SOCKET, 0, ENFILE, AT_PORT, G_IO_ERROR_TOO_MANY_OPEN_FILES },
  { FAULTS_SOCKET, 0, EACCES, AT_PORT, G_IO_ERROR_PERMISSION_DENIED },
  { FAULTS_SOCKET, 0, EAFNOSUPPORT, AT_PORT, G_IO_ERROR_NOT_SUPPORTED },
  { FAULTS_SOCKET, 0, EMFILE, AT_PATH, G_IO_ERROR_TOO_MANY_OPEN_FILES },
  { FAULTS_SETSOCKOPT, 0, ENOPROTOOPT, AT_PORT, FINE },
  { FAULTS_SETSOCKOPT, 0, ENOPROTOOPT, AT_PORT | REUSES, G_IO_ERROR_FAILED },
  { FAULTS_BIND, 0, EADDRINUSE, AT_PORT, G_IO_ERROR_ADDRESS_IN_USE },
  { FAULTS_BIND, 0, EACCES, AT_PORT, G_IO_ERROR_PERMISSION_DENIED },
  { FAULTS_BIND, 0, EADDRNOTAVAIL, AT_PORT, G_IO_ERROR_INVALID_ARGUMENT },
  { FAULTS_BIND, 0, ENOENT, AT_PATH, G_IO_ERROR_INVALID_ARGUMENT },
  { FAULTS_BIND, 0, ENOTDIR, AT_PATH, G_IO_ERROR_INVALID_ARGUMENT },
  { FAULTS_BIND, 0, EROFS, AT_PATH, G_IO_ERROR_PERMISSION_DENIED },
  { FAULTS_BIND, 0, EADDRINUSE, AT_PATH, FINE }, /* it has just gone */
  { FAULTS_LISTEN, 0, EADDRINUSE, AT_PORT, G_IO_ERROR_ADDRESS_IN_USE },
  { FAULTS_LISTEN, 0, EADDRINUSE, AT_PATH, G_IO_ERROR_ADDRESS_IN_USE },
  { FAULTS_LSTAT, 0, EACCES, AT_PATH | HAS_STALE | KEEPS_FILE,
    G_IO_ERROR_ADDRESS_IN_USE },
  { FAULTS_LSTAT, 1, EACCES, AT_PATH | HAS_STALE | KEEPS_FILE,
    G_IO_ERROR_ADDRESS_IN_USE },
  { FAULTS_SOCKET, 1, EMFILE, AT_PATH | HAS_STALE | KEEPS_FILE,
    G_IO_ERROR_ADDRESS_IN_USE },
  { FAULTS_CONNECT, 0, EACCES, AT_PATH | HAS_STALE | KEEPS_FILE,
    G_IO_ERROR_ADDRESS_IN_USE },
  { FAULTS_CONNECT, 0, EAGAIN, AT_PATH | HAS_STALE | KEEPS_FILE,
    G_IO_ERROR_ADDRESS_IN_USE },
  { FAULTS_OPEN, 0, EMFILE, AT_PATH | HAS_STALE | KEEPS_FILE,
    G_IO_ERROR_ADDRESS_IN_USE },
  { FAULTS_OPEN, 0, EACCES, AT_PATH | HAS_STALE | KEEPS_FILE,
    G_IO_ERROR_ADDRESS_IN_USE },
  { FAULTS_OPEN, 0, ENOENT, AT_PATH | HAS_STALE, FINE }, /* no /proc */
  { FAULTS_UNLINK, 0, EACCES, AT_PATH | HAS_STALE | KEEPS_FILE,
    G_IO_ERROR_ADDRESS_IN_USE },
  { FAULTS_BIND, 1, EACCES, AT_PATH | HAS_STALE, G_IO_ERROR_PERMISSION_DENIED },
  { FAULTS_CHMOD, 0, EPERM, AT_PATH, G_IO_ERROR_PERMISSION_DENIED },
  { FAULTS_CHMOD, 0, EROFS, AT_PATH, G_IO_ERROR_READ_ONLY },
  { FAULTS_LCHOWN, 0, EPERM, AT_PATH | HAS_OWNER,
    G_IO_ERROR_PERMISSION_DENIED },
  { FAULTS_GETPWNAM, 0, 0, AT_PATH | HAS_NAMES, G_IO_ERROR_PERMISSION_DENIED },
  { FAULTS_GETPWNAM, 0, ESRCH, AT_PATH | HAS_NAMES,
    G_IO_ERROR_PERMISSION_DENIED },
  { FAULTS_GETPWNAM, 0, EMFILE, AT_PATH | HAS_NAMES,
    G_IO_ERROR_TOO_MANY_OPEN_FILES },
  { FAULTS_GETPWNAM, 0, EIO, AT_PATH | HAS_NAMES, G_IO_ERROR_FAILED },
  { FAULTS_GETGRNAM, 0, 0, AT_PATH | HAS_NAMES, G_IO_ERROR_PERMISSION_DENIED },
  { FAULTS_GETGRNAM, 0, ENFILE, AT_PATH | HAS_NAMES,
    G_IO_ERROR_TOO_MANY_OPEN_FILES },
  { FAULTS_LSTAT, 1, EACCES, AT_PATH, G_IO_ERROR_PERMISSION_DENIED },
};

static GSocketAddress *
make_address (Fixture *fixture, How how)
{
  return how & AT_PATH ? g_unix_socket_address_new (fixture->path)
                       : g_inet_socket_address_new_from_string ("127.0.0.1", 0);
}

/* (transfer full) (nullable) */
static char *
make_owner (How how)
{
  if (how & HAS_NAMES)
    return g_strdup ("root:root");
  return how & HAS_OWNER ? g_strdup_printf ("%u", getuid ()) : NULL;
}

static void
check_listening (Fixture *fixture, const Row *row)
{
  g_autoptr (GSocketAddress) address = make_address (fixture, row->how);
  g_autoptr (GError) error = NULL;
  g_autofree char  *owner = make_owner (row->how);
  WsListenerOptions options
      = { .reuse_port = (row->how & REUSES) != 0, .access.owner = owner };
  gboolean ok;

  if (row->how & HAS_STALE)
    make_stale (fixture);
  /* How many options GIO sets before ours depends on its version. */
  faults_arm (row->call, row->skip, row->how & REUSES ? FAULTS_FOR_EVER : 1,
              row->code);
  ok = ws_listener_add_address (fixture->listener, address, &options, &error);
  g_assert_cmpuint (faults_disarm (row->call), >=, 1);
  g_assert_true (ok == (row->expected == FINE));
  if (ok)
    return;
  g_assert_error (error, G_IO_ERROR, row->expected);
  g_assert_true (ws_listener_is_empty (fixture->listener));
  g_assert_cmpuint (count_fds (), ==, fixture->n_fds);
  g_assert_true (has_file (fixture) == ((row->how & KEEPS_FILE) != 0));
}

static void
test_listening (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (listening); i++)
    {
      g_test_message ("row %u: %s", i, g_strerror (listening[i].code));
      check_listening (fixture, &listening[i]);
      begin_again (fixture);
    }
}

/* The file of a listener that ends. */
static void
test_removing (Fixture *fixture, gconstpointer data)
{
  static const FaultsCall calls[] = { FAULTS_LSTAT, FAULTS_UNLINK };

  for (guint i = 0; i < G_N_ELEMENTS (calls); i++)
    {
      g_autoptr (GSocketAddress) address = make_address (fixture, AT_PATH);

      g_assert_true (
          ws_listener_add_address (fixture->listener, address, NULL, NULL));
      faults_arm (calls[i], 0, FAULTS_FOR_EVER, EACCES);
      ws_listener_free (fixture->listener);
      g_assert_cmpuint (faults_disarm (calls[i]), >, 0);
      g_assert_true (has_file (fixture));
      fixture->listener
          = ws_listener_new (fixture->poller, on_accepted, on_failed, fixture);
      begin_again (fixture);
    }
}

/* --- Accepting --- */

typedef struct
{
  int code;
  int expected; /* a GIOErrorEnum; FINE: nobody is told */
} AcceptRow;

/* All are passed on by accept(), and end at most the connection at hand; the
 * next one is accepted, after a rest if the fault is ours. */
static const AcceptRow accepting[] = {
  { EMFILE, G_IO_ERROR_TOO_MANY_OPEN_FILES },
  { ENFILE, G_IO_ERROR_TOO_MANY_OPEN_FILES },
  { ENOBUFS, G_IO_ERROR_FAILED },
  { ENOMEM, G_IO_ERROR_NO_SPACE },
  { ECONNABORTED, FINE },
  { EINTR, FINE },
  { EPROTO, FINE },
  { EPERM, FINE },
  { ENETDOWN, FINE },
  { ENOPROTOOPT, FINE },
  { EHOSTDOWN, FINE },
  { ENONET, FINE },
  { EHOSTUNREACH, FINE },
  { EOPNOTSUPP, FINE },
  { ENETUNREACH, FINE },
  { EAGAIN, FINE },
  { EINVAL, FINE },
  { EBADF, FINE },
  { ENOTSOCK, FINE },
};

static int
dial (WsListener *listener)
{
  g_autoptr (GSocketAddress) address = ws_listener_get_address (listener);
  struct sockaddr_in native;
  int                fd = socket (AF_INET, SOCK_STREAM, 0);

  g_assert_true (
      g_socket_address_to_native (address, &native, sizeof native, NULL));
  g_assert_no_errno (connect (fd, (struct sockaddr *) &native, sizeof native));
  return fd;
}

static void
test_accepting (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (accepting); i++)
    {
      const AcceptRow *row = &accepting[i];
      g_autoptr (GSocketAddress) address = make_address (fixture, AT_PORT);
      int fd;

      g_test_message ("row %u: %s", i, g_strerror (row->code));
      g_assert_true (
          ws_listener_add_address (fixture->listener, address, NULL, NULL));
      fd = dial (fixture->listener);
      faults_arm (FAULTS_ACCEPT4, 0, 1, row->code);
      ws_test_until (fixture->context, fixture->n_accepted == 1);
      g_assert_cmpuint (faults_disarm (FAULTS_ACCEPT4), ==, 1);
      g_assert_cmpuint (fixture->n_failed, ==, row->expected != FINE);
      if (row->expected != FINE)
        g_assert_cmpint (fixture->failure, ==, row->expected);
      close (fd);
      begin_again (fixture);
    }
}

/* --- What others have made --- */

static int
make_bound (void)
{
  struct sockaddr_in address = { .sin_family = AF_INET };
  int                fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  g_assert_no_errno (bind (fd, (struct sockaddr *) &address, sizeof address));
  return fd;
}

static const Row adopting[] = {
  { FAULTS_GETSOCKOPT, 0, ENOTSOCK, 0, G_IO_ERROR_NOT_SUPPORTED },
  { FAULTS_GETSOCKOPT, 0, EBADF, 0, G_IO_ERROR_NOT_SUPPORTED },
  { FAULTS_GETSOCKNAME, 0, ENOBUFS, 0, G_IO_ERROR_NOT_SUPPORTED },
  { FAULTS_GETPEERNAME, 0, ENOTCONN, 0, FINE },
  { FAULTS_GETSOCKOPT, 1, ENOPROTOOPT, 0, FINE }, /* SO_ACCEPTCONN */
  { FAULTS_LISTEN, 0, EADDRINUSE, 0, G_IO_ERROR_ADDRESS_IN_USE },
  { FAULTS_LISTEN, 0, EOPNOTSUPP, 0, G_IO_ERROR_NOT_SUPPORTED },
};

static void
test_adopting (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (adopting); i++)
    {
      const Row *row = &adopting[i];
      g_autoptr (GError) error = NULL;
      int      fd = make_bound ();
      gboolean ok;

      g_test_message ("row %u: %s", i, g_strerror (row->code));
      faults_arm (row->call, row->skip, 1, row->code);
      ok = ws_listener_add_fds (fixture->listener, fd, 1, 0, &error);
      g_assert_cmpuint (faults_disarm (row->call), ==, 1);
      g_assert_true (ok == (row->expected == FINE));
      if (!ok)
        {
          g_assert_error (error, G_IO_ERROR, row->expected);
          g_assert_no_errno (close (fd)); /* it is still ours */
        }
      begin_again (fixture);
    }
}

/* fcntl() says whether a descriptor that was promised is there. */
static void
test_inherited (void)
{
  g_autofree char *pid = g_strdup_printf ("%u", getpid ());
  g_autoptr (GError) error = NULL;

  g_setenv ("LISTEN_PID", pid, TRUE);
  g_setenv ("LISTEN_FDS", "1", TRUE);
  faults_arm (FAULTS_FCNTL, 0, 1, EBADF);
  g_assert_cmpuint (ws_inherited_count (&error), ==, 0);
  g_assert_cmpuint (faults_disarm (FAULTS_FCNTL), ==, 1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
}

static void
test_limit (void)
{
  faults_arm (FAULTS_GETRLIMIT, 0, 1, EPERM);
  g_assert_cmpuint (ws_fd_limit_get (), ==, G_MAXUINT);
  g_assert_cmpuint (faults_disarm (FAULTS_GETRLIMIT), ==, 1);
}

#define add(name, test)                                                   \
  g_test_add ("/net/failing-listener/" name, Fixture, NULL, set_up, test, \
              tear_down)

int
main (int argc, char **argv)
{
  ws_test_init (&argc, &argv);
  add ("listening", test_listening);
  add ("removing", test_removing);
  add ("accepting", test_accepting);
  add ("adopting", test_adopting);
  g_test_add_func ("/net/failing-listener/inherited", test_inherited);
  g_test_add_func ("/net/failing-listener/limit", test_limit);
  return g_test_run ();
}
