/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Accepts what has connected. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* accept4 */
#endif
#include "net/ws-accept.h"

#include "ws-config.h"

#include <fcntl.h>
#include <poll.h>

int
ws_accept (int listening, struct sockaddr_storage *native, socklen_t *len)
{
  struct sockaddr *address = (struct sockaddr *) native;
#ifdef HAVE_ACCEPT4
  return accept4 (listening, address, len, SOCK_NONBLOCK | SOCK_CLOEXEC);
#else
  int fd = accept (listening, address, len);

  if (fd >= 0)
    {
      fcntl (fd, F_SETFD, FD_CLOEXEC);
      fcntl (fd, F_SETFL, fcntl (fd, F_GETFL) | O_NONBLOCK);
    }
  return fd;
#endif
}

gboolean
ws_accept_has_another (int listening)
{
  struct pollfd poll_fd = { .fd = listening, .events = POLLIN };

  return poll (&poll_fd, 1, 0) > 0;
}
