/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/ws-unix-path.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gunixsocketaddress.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "net/ws-fork.h"

/* Bytes of a path that is too long which the message quotes. */
#define QUOTED 64

GSocketAddress *
ws_unix_path_make_address (const char *path, GError **error)
{
  struct sockaddr_un native;
  gsize              len = strlen (path);

  if (len >= sizeof native.sun_path)
    {
      g_autofree char *escaped = g_strescape (path, NULL);

      g_set_error (error, G_IO_ERROR,
                   (int) g_io_error_from_errno (ENAMETOOLONG),
                   "The socket path \"%.*s...\" has %" G_GSIZE_FORMAT
                   " bytes; at most %" G_GSIZE_FORMAT " are possible",
                   QUOTED, escaped, len, sizeof native.sun_path - 1);
      return NULL;
    }
  if (path[0] != '@')
    return g_unix_socket_address_new (path);
  if (!g_unix_socket_address_abstract_names_supported ())
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                   "This system has no abstract socket names, such as %s",
                   path);
      return NULL;
    }
  return g_unix_socket_address_new_with_type (path + 1, (int) len - 1,
                                              G_UNIX_SOCKET_ADDRESS_ABSTRACT);
}

/* What a client meets at @path: 0, or an errno. */
static int
probe (const char *path)
{
  struct sockaddr_un native = { .sun_family = AF_UNIX };
  int                fd = socket (AF_UNIX, SOCK_STREAM, 0);
  int                code = 0;

  if (fd < 0)
    return errno;
  fcntl (fd, F_SETFD, FD_CLOEXEC);
  /* A listener with a full queue must not stop us. */
  fcntl (fd, F_SETFL, O_NONBLOCK);
  g_strlcpy (native.sun_path, path, sizeof native.sun_path);
  if (connect (fd, (struct sockaddr *) &native, sizeof native) != 0)
    code = errno;
  close (fd);
  return code;
}

static gboolean
is_same (const struct stat *a, const struct stat *b)
{
  return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

static void
set_in_use (GError **error, const char *why)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE, why);
}

gboolean
ws_unix_path_remove_stale (const char *path, GError **error)
{
  struct stat found, now;

  if (lstat (path, &found) != 0)
    return TRUE;
  if (!S_ISSOCK (found.st_mode))
    {
      set_in_use (error, "There is a file of this name that is no socket");
      return FALSE;
    }
  if (probe (path) != ECONNREFUSED)
    {
      set_in_use (error, g_strerror (EADDRINUSE));
      return FALSE;
    }
  /* Somebody else may have been quicker. */
  if (lstat (path, &now) == 0 && is_same (&found, &now) && unlink (path) != 0)
    {
      set_in_use (error, "The stale socket file cannot be removed");
      return FALSE;
    }
  return TRUE;
}

void
ws_unix_file_init (WsUnixFile *self, const char *path)
{
  struct stat found;

  if (lstat (path, &found) != 0)
    return;
  /* The process may change its directory meanwhile. */
  self->path = g_canonicalize_filename (path, NULL);
  self->device = found.st_dev;
  self->inode = found.st_ino;
  self->generation = ws_fork_get_generation ();
}

void
ws_unix_file_remove (WsUnixFile *self)
{
  struct stat found;

  if (self->path != NULL && self->generation == ws_fork_get_generation ()
      && lstat (self->path, &found) == 0 && found.st_dev == self->device
      && found.st_ino == self->inode)
    unlink (self->path);
  g_clear_pointer (&self->path, g_free);
}
