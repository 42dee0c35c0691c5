/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The files of Unix sockets: their addresses, owners, modes and remains. */
#include "net/ws-unix-path.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gunixsocketaddress.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "net/ws-fork.h"
#include "protocol/ws-url.h"

GSocketAddress *
ws_unix_path_make_address (const char *path, GError **error)
{
  struct sockaddr_un native;
  gsize              len = strlen (path);

  if (len >= sizeof native.sun_path)
    {
      g_autofree char *quoted = ws_url_quote (path);

      g_set_error (error, G_IO_ERROR,
                   (int) g_io_error_from_errno (ENAMETOOLONG),
                   "The socket path %s has %" G_GSIZE_FORMAT
                   " bytes; at most %" G_GSIZE_FORMAT " are possible",
                   quoted, len, sizeof native.sun_path - 1);
      return NULL;
    }
  if (path[0] != '@')
    return g_unix_socket_address_new (path);
  if (!g_unix_socket_address_abstract_names_supported ())
    {
      g_autofree char *quoted = ws_url_quote (path);

      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                   "This system has no abstract socket names, such as %s",
                   quoted);
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

/* --- Between bind() and listen() --- */

/* A line of /proc/net/unix: number, references, protocol, flags, type, state,
 * inode, and the path as it was given to bind(). */
#define UNIX_LINE    "%*s %*s %*s %x %*s %x %*s %n"
#define IS_LISTENING 0x10000
#define UNCONNECTED  1

/* Whether a line is about a socket that is bound and does not listen, perhaps
 * to @path, which is the file @found. The name is as its process sees it: one
 * that leads to no file here may be ours all the same, seen from another folder
 * or another mount namespace. */
static gboolean
may_be_bound (const char *line, const char *path, const struct stat *found)
{
  struct stat      other;
  guint            flags, state;
  int              start = 0;
  g_autofree char *name = g_path_get_basename (path);
  g_autofree char *its_name = NULL;

  if (sscanf (line, UNIX_LINE, &flags, &state, &start) != 2 || start == 0
      || line[start] == '\0' || line[start] == '@'
      || (flags & IS_LISTENING) != 0 || state != UNCONNECTED)
    return FALSE;
  its_name = g_path_get_basename (line + start);
  if (strcmp (name, its_name) != 0)
    return FALSE;
  return line[start] != '/' || lstat (line + start, &other) != 0
         || is_same (&other, found);
}

/* Nobody is refused but by a socket that does not listen: that of a program
 * which is about to, or one that nobody has any more. Only the system knows of
 * the former, in our network namespace: whoever has no descriptor left to ask
 * with leaves the file alone. */
static gboolean
is_bound (const char *path, const struct stat *found)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  g_autoptr (GError) error = NULL;

  if (!g_file_get_contents ("/proc/net/unix", &text, NULL, &error))
    return !g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    if (may_be_bound (lines[i], path, found))
      return TRUE;
  return FALSE;
}

/* --- What is in the way --- */

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
  if (probe (path) != ECONNREFUSED || is_bound (path, &found))
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

/* --- The file of a listener --- */

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

void
ws_unix_file_remove_stale (WsUnixFile *self)
{
  if (self->path != NULL && probe (self->path) == ECONNREFUSED)
    ws_unix_file_remove (self);
  g_clear_pointer (&self->path, g_free);
}

/* --- Who may connect --- */

/* What the databases may say of a user or group, in bytes. */
#define MAX_ENTRY (64 * 1024)

/* A name of the user or group database, or a number. Returns 0, or an errno:
 * ENOENT if there is no such name. */
static int
look_up (const char *name, gboolean is_group, guint32 *id)
{
  g_autofree char *buffer = g_malloc (MAX_ENTRY);
  guint64          number;
  struct passwd    user, *found_user = NULL;
  struct group     group, *found_group = NULL;
  int              code;

  if (g_ascii_string_to_unsigned (name, 10, 0, G_MAXUINT32 - 1, &number, NULL))
    {
      *id = (guint32) number;
      return 0;
    }
  code = is_group ? getgrnam_r (name, &group, buffer, MAX_ENTRY, &found_group)
                  : getpwnam_r (name, &user, buffer, MAX_ENTRY, &found_user);
  if (found_group != NULL)
    *id = (guint32) group.gr_gid;
  else if (found_user != NULL)
    *id = (guint32) user.pw_uid;
  else
    return code != 0 ? code : ENOENT;
  return 0;
}

/* What else than 0 says that a name is in no database (getpwnam(3)). */
static gboolean
means_none (int code)
{
  return code == ENOENT || code == ESRCH || code == EBADF || code == EPERM;
}

/* @id is left as it is where @name is empty. */
static gboolean
find_id (const char *name, gboolean is_group, guint32 *id, GError **error)
{
  const char      *what = is_group ? "group" : "user";
  const int        code = *name != '\0' ? look_up (name, is_group, id) : 0;
  g_autofree char *quoted = code != 0 ? ws_url_quote (name) : NULL;

  if (code == 0)
    return TRUE;
  if (means_none (code))
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
                 "There is no %s %s who could own the socket file", what,
                 quoted);
  else
    g_set_error (error, G_IO_ERROR, (int) g_io_error_from_errno (code),
                 "The %s %s who is to own the socket file cannot be looked up: "
                 "%s",
                 what, quoted, g_strerror (code));
  return FALSE;
}

static gboolean
set_owner (const char *owner, const char *path, GError **error)
{
  const char      *colon = strchr (owner, ':');
  g_autofree char *user = colon != NULL
                              ? g_strndup (owner, (gsize) (colon - owner))
                              : g_strdup (owner);
  g_autofree char *quoted = ws_url_quote (owner);
  guint32          uid = G_MAXUINT32, gid = G_MAXUINT32;
  int              code;

  if (!find_id (user, FALSE, &uid, error)
      || !find_id (colon != NULL ? colon + 1 : "", TRUE, &gid, error))
    return FALSE;
  if (lchown (path, (uid_t) uid, (gid_t) gid) == 0)
    return TRUE;
  code = errno;
  g_set_error (error, G_IO_ERROR, (int) g_io_error_from_errno (code),
               "The socket file cannot be given to %s: %s", quoted,
               g_strerror (code));
  return FALSE;
}

/* To connect is to write, but a umask is made for files that others may read
 * and must not change: whoever may read the socket may connect. */
static guint
widen (guint mode)
{
  return mode | (mode & (S_IRUSR | S_IRGRP | S_IROTH)) >> 1;
}

gboolean
ws_unix_access_apply (const WsUnixAccess *self,
                      const char         *path,
                      GError            **error)
{
  struct stat found;
  guint       mode = self->mode;
  int         code;

  if (lstat (path, &found) == 0)
    {
      if (mode == 0)
        mode = widen (found.st_mode & 07777);
      if (chmod (path, (mode_t) mode) == 0)
        return self->owner == NULL || set_owner (self->owner, path, error);
    }
  code = errno;
  g_set_error (error, G_IO_ERROR, (int) g_io_error_from_errno (code),
               "The socket file cannot be given the mode 0%o: %s", mode,
               g_strerror (code));
  return FALSE;
}
