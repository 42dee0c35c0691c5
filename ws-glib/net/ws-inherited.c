/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Takes over listening sockets that were passed to the process. */
#include "net/ws-inherited.h"

#include <fcntl.h>
#include <gio/gio.h>
#include <unistd.h>

/* Of the process, as the sockets are. */
static int is_taken;

static gboolean
read_number (const char *variable, guint64 *number)
{
  const char *text = g_getenv (variable);

  return text != NULL
         && g_ascii_string_to_unsigned (text, 10, 1, G_MAXINT, number, NULL);
}

guint
ws_inherited_count (GError **error)
{
  guint64 pid, n_fds;

  if (!read_number ("LISTEN_PID", &pid) || !read_number ("LISTEN_FDS", &n_fds))
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                           "No sockets were inherited: LISTEN_PID and "
                           "LISTEN_FDS do not say so");
      return 0;
    }
  if (pid != (guint64) getpid ())
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                   "No sockets were inherited: LISTEN_PID is %" G_GUINT64_FORMAT
                   ", another process",
                   pid);
      return 0;
    }
  if (g_atomic_int_get (&is_taken))
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                           "The inherited sockets were taken already");
      return 0;
    }
  for (guint i = 0; i < n_fds; i++)
    if (fcntl (WS_INHERITED_FIRST + (int) i, F_SETFD, FD_CLOEXEC) != 0)
      {
        g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                     "LISTEN_FDS is %" G_GUINT64_FORMAT
                     ", but the file descriptor %d is not open",
                     n_fds, WS_INHERITED_FIRST + (int) i);
        return 0;
      }
  return (guint) n_fds;
}

void
ws_inherited_take (void)
{
  g_atomic_int_set (&is_taken, TRUE);
}
