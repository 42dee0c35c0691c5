/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The names of Unix sockets: files, or with a leading @ abstract ones, which
 * only Linux has. */

/* (transfer full): FILENAME_TOO_LONG for what GIO would cut short without a
 * word, and name something else. */
GSocketAddress *ws_unix_path_make_address (const char *path, GError **error);

/* Removes the file of a socket at which nobody listens any more. What is no
 * socket, and a socket in use, stay: ADDRESS_IN_USE. */
gboolean ws_unix_path_remove_stale (const char *path, GError **error);

/* A file that a listening socket has made. */
typedef struct
{
  char   *path; /* (owned) (nullable): absolute; none: there is no file */
  guint64 device;
  guint64 inode;
  int     generation; /* of the process that made the file: see ws-fork.h */
} WsUnixFile;

/* Remembers the file at @path, which was made just now. */
void ws_unix_file_init (WsUnixFile *self, const char *path);
/* Removes the file, if it is still the same one and of this process. */
void ws_unix_file_remove (WsUnixFile *self);
/* The same, but only if nobody listens there any more. */
void ws_unix_file_remove_stale (WsUnixFile *self);

/* Who may connect: whoever may write to the file. */
typedef struct
{
  guint       mode;  /* as of chmod(); 0: those whom the umask lets read */
  const char *owner; /* (nullable): as of chown(): "user", "user:group" or
                        ":group", by name or number; NULL: as it is */
} WsUnixAccess;

/* For a file that was made just now, before anybody listens there. */
gboolean ws_unix_access_apply (const WsUnixAccess *self,
                               const char         *path,
                               GError            **error);

G_END_DECLS
