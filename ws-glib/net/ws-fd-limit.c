/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The limit is asked for anew each time, for it may be raised. */
#include "net/ws-fd-limit.h"

#include <sys/resource.h>

guint
ws_fd_limit_get (void)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur > G_MAXUINT)
    return G_MAXUINT;
  return (guint) limit.rlim_cur;
}
